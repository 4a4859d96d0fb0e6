//! Pools of other kinds: one that a second key must sign deposits of, one with a Token-2022 mint, one that is paused, one that
//! nobody has updated; and a person at a terminal.

use sluice_client::tokens::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM, find_associated};
use sluice_sdk::staking_pool::types::Roles;
use sluice_tests::chain::Chain;
use sluice_tests::pool::PoolOptions;
use sluice_tests::token;
use sluice_tests::{PoolFixture, SOL, keypair};
use solana_signer::Signer;

use crate::common::{FEE, Served, event, key, number, row};
use crate::world::World;

/// One more pool on the shared chain.
fn pool(name: &str, change: impl FnOnce(&mut PoolOptions)) -> (Served, PoolFixture) {
    let world = World::shared();
    let mut options = PoolOptions::default();
    change(&mut options);
    let pool = world.served.chain(|net| PoolFixture::named(net, name, options));
    (world.served.of(pool.mint), pool)
}

#[test]
fn a_second_key_signs_deposits_where_the_pool_asks_for_it() {
    let (served, pool) = pool("guarded ", |_| {});
    let guard = served.person("guard", SOL);
    served.chain(|net| {
        let state = pool.state(net);
        let roles = Roles {
            fee_authority: state.fee_authority,
            pauser: state.pauser,
            deposit_authority: guard.address(),
        };
        net.must(&[pool.set_roles(roles)], &[&pool.admin]);
    });
    let person = served.person("guarded", 10 * SOL);
    let said = served.refuses(&person, &["stake", "1"]);
    assert!(said.contains(&format!("only with the signature of {}", guard.address())), "{said}");
    let own = person.file.to_str().unwrap();
    let said = served.refuses(&person, &["stake", "1", "--deposit-authority", own]);
    assert!(said.contains(&format!("this pool's deposit authority is {}", guard.address())), "{said}");
    let with = ["stake", "1", "--deposit-authority", guard.file.to_str().unwrap()];
    let done = served.does(&person, &with);
    let lst = find_associated(&person.address(), &pool.mint, &TOKEN_PROGRAM);
    assert_eq!(served.tokens(&lst), number(&event(&done, "SolDeposited")["minted"]));
    let rent = served.chain(|net| net.rent_exempt(165));
    assert_eq!(served.lamports(&person.address()), 9 * SOL - rent - 2 * FEE, "two sign");
    // The guard needs no other.
    served.does(&guard, &["stake", "0.5"]);
}

#[test]
fn a_token_2022_pool_is_dealt_with_as_any_other() {
    let (served, pool) = pool("new ", |options| options.token_2022(true));
    let person = served.person("modern", 10 * SOL);
    // Where nothing is released, what is shown is what comes, to the unit.
    let preview = served.previews(&person, &["stake", "4"]);
    assert_eq!(row(&preview, "You receive"), "4 LST, at least 3.996 LST");
    let done = served.does(&person, &["stake", "4"]);
    let lst = find_associated(&person.address(), &pool.mint, &TOKEN_2022_PROGRAM);
    let minted = number(&event(&done, "SolDeposited")["minted"]);
    assert_eq!((served.tokens(&lst), minted), (4 * SOL, 4 * SOL), "nothing has earned yet");
    let rent = served.chain(|net| net.rent_exempt(net.account(&lst).unwrap().data.len()));
    assert_eq!(served.lamports(&person.address()), 6 * SOL - rent - FEE);
    let preview = served.previews(&person, &["unstake", "1", "--instant", "--slippage-bps", "0"]);
    assert_eq!(row(&preview, "You receive"), "0.999 SOL, at least 0.999 SOL");
    let done = served.does(&person, &["unstake", "1", "--instant", "--slippage-bps", "0"]);
    let paid = number(&event(&done, "SolWithdrawn")["paid"]);
    assert_eq!(paid, 999_000_000);
    assert_eq!(served.lamports(&person.address()), 6 * SOL - rent - 2 * FEE + paid);
    let said = served.refuses(&person, &["liquidity", "add", "1"]);
    assert!(said.ends_with("has no liquidity pool: its admin opens one"), "{said}");
}

#[test]
fn a_pause_closes_deposits_and_instant_exits_and_no_other() {
    let (served, pool) = pool("paused ", |_| {});
    let person = served.person("caught", 20 * SOL);
    served.does(&person, &["stake", "10"]);
    served.chain(|net| net.must(&[pool.pause(&pool.admin.pubkey())], &[&pool.admin]));
    assert!(
        row(&served.tells(&["pool"]), "Pause").starts_with("no deposits and no instant exits until epoch")
    );
    for arguments in [&["stake", "1"][..], &["unstake", "1", "--instant"]] {
        let said = served.refuses(&person, arguments);
        assert!(said.starts_with("Deposits and instant exits are paused: order a delayed exit"), "{said}");
    }
    let output = served.run(&person, &["unstake", "1", "--output", "json"]);
    let exits: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(exits["instant"]["pays"].is_null());
    assert!(exits["instant"]["refused"].as_str().unwrap().contains("PoolPaused"), "{exits:#}");
    assert_eq!(number(&exits["delayed"]["pays"]), SOL);
    let refused = exits["stake_account"]["refused"].as_str().unwrap();
    assert!(refused.starts_with("the pool holds no stake that could be taken"), "{refused}");
    served.does(&person, &["unstake", "1", "--delayed"]);
}

#[test]
fn a_pool_that_nobody_updated_names_the_crank() {
    let world = World::tell();
    let (person, _) = world.holder("late", 5 * SOL, 5 * SOL);
    world.served.chain(|net| net.advance_epoch());
    let stake = keypair("depositor's stake").pubkey().to_string();
    let depositor = world.person("depositor");
    for (who, arguments) in [
        (&person, &["stake", "1"][..]),
        (&person, &["unstake", "1", "--instant"]),
        (&person, &["unstake", "2", "--stake-account"]),
        (&person, &["liquidity", "add", "1"]),
        (&depositor, &["deposit-stake", &stake]),
    ] {
        let said = world.served.refuses(who, arguments);
        assert!(
            said.contains("PoolStale") && said.contains("`sluice crank --once`"),
            "{arguments:?}: {said}"
        );
    }
    let token = world.spl.mint.to_string();
    let said = world.served.refuses(&world.person("converter"), &["convert", &token, "5"]);
    assert!(said.contains("its own crank has to run before its token is redeemed"), "{said}");
    assert!(row(&world.served.tells(&["pool"]), "Epoch").contains("not done, 0 of 4 validators are"));
    assert!(world.served.tells(&["rate"]).contains("has no update yet"));
    // A ticket needs no price of today.
    world.served.does(&person, &["unstake", "1", "--delayed"]);
}

#[test]
fn lst_in_several_accounts_is_taken_from_the_one_that_is_named() {
    let world = World::shared();
    let (person, first) = world.holder("scattered", 2 * SOL, 3 * SOL);
    let second = world.served.chain(|net| {
        let account = keypair("scattered's second");
        let second =
            token::create_token_account(net, &person.key, &account, &world.pool.mint, &person.address());
        net.must(&[token::transfer(&first, &second, &person.address(), SOL)], &[&person.key]);
        second
    });
    let said = world.served.refuses(&person, &["unstake", "all", "--instant"]);
    assert!(
        said.starts_with("your LST is in 2 accounts, of which the fullest, ")
            && said.ends_with("name one by --from"),
        "{said}"
    );
    let from = second.to_string();
    let done = world.served.does(&person, &["unstake", "all", "--instant", "--from", &from]);
    assert_eq!(number(&event(&done, "SolWithdrawn")["shares"]), SOL);
    assert_eq!(world.served.tokens(&second), 0);
}

#[test]
fn a_person_at_a_terminal_is_asked() {
    let world = World::shared();
    let (person, lst) = world.holder("typist", SOL, 10 * SOL);
    let had = world.served.tokens(&lst);
    let (shown, well) = world.served.converses(&person, &["unstake", "1", "--instant"], "n\n");
    assert!(shown.contains("Do it? [y/N]") && shown.contains("error: not done, as you said"), "{shown}");
    assert!(!well && world.served.tokens(&lst) == had);
    let (shown, well) = world.served.converses(&person, &["unstake", "1", "--instant"], "y\n");
    assert!(well && shown.contains("Done: "), "{shown}");
    assert_eq!(world.served.tokens(&lst), had - SOL);

    // Which exit, and whether: two questions.
    let (shown, well) = world.served.converses(&person, &["unstake", "2"], "2\ny\n");
    assert!(
        well && shown.contains("Which? [1/2/3]") && shown.contains("Unstake 2 LST by a ticket"),
        "{shown}"
    );
    assert_eq!(world.served.tokens(&lst), had - 3 * SOL);
    let owner = person.address().to_string();
    let listed = world.served.answers(&["tickets", "--owner", &owner]);
    assert_eq!(number(&listed["tickets"][0]["shares"]), 2 * SOL);
    assert_ne!(key(&listed["tickets"][0]["ticket"]), person.address());
    let (shown, well) = world.served.converses(&person, &["unstake", "2"], "none\n");
    assert!(!well && shown.contains("error: not done, as you said"), "{shown}");
}
