//! `sluice deposit-stake`: a whole active stake account in, LST out.

use sluice_client::tokens::{TOKEN_PROGRAM, find_associated};
use sluice_tests::SOL;
use sluice_tests::chain::Chain;
use sluice_tests::keypair;
use solana_signer::Signer;
use solana_stake_interface::state::{Authorized, Lockup};

use crate::common::{FEE, event, number, row};
use crate::world::{DEPOSIT_BPS, STAKED, World};

fn stake_of(name: &str) -> String {
    keypair(&format!("{name}'s stake")).pubkey().to_string()
}

#[test]
fn an_active_stake_account_buys_lst_with_all_that_is_on_it() {
    let world = World::shared();
    let person = world.person("depositor");
    let account = keypair("depositor's stake").pubkey();
    let (held, lamports) = (world.served.lamports(&account), world.served.lamports(&person.address()));
    assert!(held > STAKED, "it has earned");
    let preview = world.served.previews(&person, &["deposit-stake", &account.to_string()]);
    assert_eq!(row(&preview, "Validator"), world.votes[0].to_string());
    let done = world.served.does(&person, &["deposit-stake", &account.to_string()]);
    let told = event(&done, "StakeDeposited");
    assert_eq!(number(&told["delegated"]) + number(&told["excess"]), held);
    let (minted, fee) = (number(&told["minted"]), number(&told["fee"]["treasury"]));
    assert_eq!(fee, ((minted + fee) * u64::from(DEPOSIT_BPS)).div_ceil(10_000));
    let lst = find_associated(&person.address(), &world.pool.mint, &TOKEN_PROGRAM);
    assert_eq!(world.served.tokens(&lst), minted);
    assert_eq!(world.served.lamports(&account), 0);
    let rent = world.served.chain(|net| net.rent_exempt(165));
    assert_eq!(world.served.lamports(&person.address()), lamports - rent - FEE);
}

#[test]
fn stake_that_is_not_taken_is_told_why() {
    let world = World::shared();
    let refuses = |owner: &str, stake: &str| {
        world.served.refuses(&world.person(owner), &["deposit-stake", &stake_of(stake)])
    };
    let said = refuses("warming", "warming");
    assert!(
        said.ends_with("is not active: it is warming up; stake is taken while all of it earns"),
        "{said}"
    );
    let said = refuses("cooling", "cooling");
    assert!(said.contains("is not active: it is cooling down"), "{said}");
    let said = refuses("elsewhere", "elsewhere");
    assert!(
        said.contains(&format!("is delegated to {}, which is no validator of this pool", world.stranger)),
        "{said}"
    );
    let said = refuses("elsewhere", "cooling");
    let (owner, signer) = (keypair("cooling").pubkey(), keypair("elsewhere").pubkey());
    assert!(
        said.contains(&format!("has the withdraw authority {owner}, and this keypair is {signer}")),
        "{said}"
    );

    // Made now: nobody has delegated one, and the other is locked up.
    let person = world.served.person("locked", 10 * SOL);
    let make = |name: &str, lockup: &Lockup| {
        let account = keypair(name);
        let both = Authorized::auto(&person.address());
        let create = solana_stake_interface::instruction::create_account(
            &person.address(),
            &account.pubkey(),
            &both,
            lockup,
            2 * SOL,
        );
        world.served.chain(|net| net.must(&create, &[&person.key, &account]));
        account.pubkey().to_string()
    };
    let idle = make("locked's idle stake", &Lockup::default());
    let said = world.served.refuses(&person, &["deposit-stake", &idle]);
    assert!(said.starts_with(&format!("{idle} is not delegated")), "{said}");
    let bound = make("locked's stake", &Lockup { epoch: 9_999, ..Lockup::default() });
    let said = world.served.refuses(&person, &["deposit-stake", &bound]);
    assert!(said.starts_with(&format!("{bound} is locked up until epoch 9999 ")), "{said}");

    let said = world.served.refuses(&person, &["deposit-stake", &world.pool.mint.to_string()]);
    assert!(said.ends_with("it is no stake account, or an empty one"), "{said}");
    let nobody = stake_of("nobody");
    let said = world.served.refuses(&person, &["deposit-stake", &nobody]);
    assert_eq!(said, format!("there is no stake account at {nobody}"));
    let said = world.served.refuses(&person, &["unstake", "--account", &nobody]);
    assert_eq!(said, format!("there is no stake account at {nobody}"));
}
