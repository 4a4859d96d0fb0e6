//! `sluice validator join|bid|bond|leave|confirm-identity`: a validator comes, offers, leaves and is paid out.

use sluice_client::tokens::{TOKEN_PROGRAM, find_associated};
use sluice_tests::SOL;
use sluice_tests::chain::Chain;
use sluice_tests::keypair;
use solana_signer::Signer;

use crate::common::{FEE, complaint, event, number, row, said};
use crate::world::{JOIN_BOND, NOTICE, World};

#[test]
fn a_validator_comes_bids_leaves_and_takes_its_bond_back() {
    let world = World::tell();
    let served = &world.served;
    let vote = world.newcomer.to_string();
    let [identity, withdrawer] = world.keys("newcomer");
    let [identity_file, withdrawer_file] =
        [&identity, &withdrawer].map(|person| person.file.to_str().unwrap());
    let (person, lst) = world.holder("joiner", 20 * SOL);

    // Who has no LST cannot bring it in.
    let poor = served.person("poor", SOL);
    let told = served.refuses(&poor, &["validator", "join", &vote]);
    assert_eq!(
        told,
        "joining takes a bond of 2 LST, and there are 0 LST to take it from: `sluice stake` gets more"
    );
    let told = served.refuses(&person, &["validator", "bid", &vote, "5"]);
    assert!(
        told.starts_with(&format!("{vote} has not joined: ")) && told.contains("`sluice validator join`"),
        "{told}"
    );
    let told = served.refuses(&person, &["validator", "join", &vote, "--bond", "1"]);
    assert!(told.starts_with("Joining takes a larger bond"), "{told}");
    let told = served.refuses(&person, &["validator", "join", &served.mint.to_string()]);
    assert!(told.contains("NotAVoteAccount"), "{told}");

    // It joins with what that takes, to the unit.
    let (had, vault) = (served.tokens(&lst), world.vault());
    let preview = served.previews(&person, &["validator", "join", &vote]);
    assert!(row(&preview, "Bond").starts_with("2 LST, "), "{preview}");
    assert!(row(&preview, "Score").contains(" of 2 have a higher one"), "{preview}");
    let done = served.does(&person, &["validator", "join", &vote]);
    assert_eq!(number(&event(&done, "CandidateJoined")["bond"]), JOIN_BOND);
    assert_eq!((served.tokens(&lst), world.vault()), (had - JOIN_BOND, vault + JOIN_BOND));
    let told = served.refuses(&person, &["validator", "join", &vote]);
    assert!(told.contains("AlreadyJoined"), "{told}");
    let page = served.tells(&["validator", "explain", &vote]);
    assert!(page.starts_with("You hold 0.00 SOL."), "{page}");

    // Only its own keys bid for it.
    let told = served.refuses(&person, &["validator", "bid", &vote, "12000"]);
    assert!(told.contains("NotTheValidator") && told.contains("--authority"), "{told}");
    let bid = ["validator", "bid", &vote, "12000", "--authority", identity_file];
    let preview = served.previews(&person, &bid);
    assert!(row(&preview, "Bid").starts_with("12,000, 0 until now"), "{preview}");
    let done = served.does(&person, &bid);
    assert_eq!(number(&event(&done, "BidSet")["after"]), 12_000);
    assert_eq!(world.candidate(&world.newcomer).next_bid, 12_000);
    served.does(&person, &["validator", "bid", &vote, "0", "--authority", withdrawer_file]);
    let output = served.run(&person, &["validator", "bid", &vote, "1000001"]);
    assert_eq!(output.status.code(), Some(2));

    // More bond, by anybody.
    let (had, vault) = (served.tokens(&lst), world.vault());
    let done = served.does(&person, &["validator", "bond", "fund", &vote, "3.5"]);
    assert_eq!(number(&event(&done, "BondChanged")["bond_after"]), 5_500_000_000);
    assert_eq!((served.tokens(&lst), world.vault()), (had - 3_500_000_000, vault + 3_500_000_000));

    // Back on notice, by its withdrawer alone.
    let withdraw = |by| {
        served.run(
            &person,
            &["validator", "bond", "withdraw", &vote, "4", "-y", "--output", "json", "--authority", by],
        )
    };
    let told = complaint(&withdraw(identity_file));
    assert!(told.starts_with(&format!("this bond is {}'s", withdrawer.address())), "{told}");
    let claim = ["validator", "bond", "claim", &vote, "--authority", withdrawer_file];
    let told = served.refuses(&person, &claim);
    assert!(told.starts_with("nothing of this bond waits to be claimed"), "{told}");
    let told = served
        .refuses(&person, &["validator", "bond", "withdraw", &vote, "9", "--authority", withdrawer_file]);
    assert_eq!(told, "9 LST were asked for, and there are 5.5 LST to take them from");
    let done: serde_json::Value = serde_json::from_str(&said(&withdraw(withdrawer_file))).unwrap();
    let told = event(&done, "BondChanged");
    assert_eq!((number(&told["bond_after"]), number(&told["leaving_after"])), (1_500_000_000, 4 * SOL));
    let release = number(&told["release_epoch"]);
    let told = served.refuses(&person, &claim);
    assert_eq!(told, format!("the notice ends with epoch {release}: claim then"));

    // It leaves, comes back and leaves.
    let leave = ["validator", "leave", &vote, "--authority", identity_file];
    let back = ["validator", "leave", &vote, "--back", "--authority", identity_file];
    let told = served.refuses(&person, &["validator", "leave", &vote]);
    assert!(told.contains("NotTheValidator"), "{told}");
    served.does(&person, &leave);
    assert!(served.tells(&["validator", "explain", &vote]).contains("You asked to leave"));
    served.does(&person, &back);
    served.does(&person, &leave);

    // Nobody has observed it in the new epoch: what it owes is not known.
    served.chain(|net| {
        net.advance_epochs(NOTICE);
        net.warp_slots(2);
    });
    let told = served.refuses(&person, &claim);
    assert!(told.contains("NotSettled") && told.contains("`sluice crank --once`"), "{told}");
    world.next_epochs(1);
    let account = find_associated(&withdrawer.address(), &served.mint, &TOKEN_PROGRAM);
    let (vault, lamports) = (world.vault(), served.lamports(&person.address()));
    let leaving = world.candidate(&world.newcomer).bond_leaving;
    assert_eq!(leaving, 4 * SOL, "it held no stake that could fall short");
    let preview = served.previews(&person, &claim);
    assert_eq!(row(&preview, "Pays"), format!("4 LST to {}, in its account {account}", withdrawer.address()));
    served.does(&person, &claim);
    assert_eq!((served.tokens(&account), world.vault()), (leaving, vault - leaving));
    let rent = served.chain(|net| net.rent_exempt(165));
    assert_eq!(served.lamports(&person.address()), lamports - rent - 2 * FEE);
}

#[test]
fn an_identity_that_changed_is_confirmed_by_anybody() {
    let world = World::tell();
    let served = &world.served;
    let vote = world.candidates[0];
    let person = served.person("confirmer", SOL);
    let confirm = ["validator", "confirm-identity", &vote.to_string()];
    let told = served.refuses(&person, &confirm);
    assert!(told.contains("IdentityKnown"), "{told}");
    let [_, withdrawer] = world.keys("first");
    let node = keypair("another identity");
    let change = solana_vote_interface::instruction::update_validator_identity(
        &vote,
        &withdrawer.address(),
        &node.pubkey(),
    );
    served.chain(|net| net.must(&[change], &[&world.selection.pool.payer, &withdrawer.key, &node]));
    world.next_epochs(1);
    assert!(
        served
            .tells(&["validator", "explain", &vote.to_string()])
            .contains("sluice validator confirm-identity")
    );
    let done = served.does(&person, &confirm);
    let told = event(&done, "CandidateFlagged");
    assert_ne!(told["flags_before"], told["flags_after"]);
    assert_eq!(served.lamports(&person.address()), SOL - FEE);
}
