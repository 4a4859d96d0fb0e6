//! `sluice convert`: the token of an SPL stake pool in, LST out.

use sluice_client::tokens::{TOKEN_PROGRAM, find_associated};
use sluice_tests::chain::Chain;
use sluice_tests::keypair;
use solana_signer::Signer;

use crate::common::{FEE, event, number, row};
use crate::world::World;

#[test]
fn another_pools_token_becomes_lst() {
    let world = World::shared();
    let person = world.person("converter");
    let tokens = keypair("converter's SPL tokens").pubkey();
    let (had, lamports) = (world.served.tokens(&tokens), world.served.lamports(&person.address()));
    let token = world.spl.mint.to_string();
    let preview = world.served.previews(&person, &["convert", &token, "100.5"]);
    assert!(row(&preview, "You give").starts_with(&format!("100.5 of {token}, for which")), "{preview}");
    let done = world.served.does(&person, &["convert", &token, "100.5"]);
    let (converted, bought) = (event(&done, "LstConverted"), event(&done, "StakeDeposited"));
    assert_eq!(number(&converted["tokens"]), 100_500_000_000);
    assert_eq!(converted["stake_pool"], world.spl.pool.to_string());
    assert_eq!(number(&bought["delegated"]) + number(&bought["excess"]), number(&converted["lamports"]));
    assert_eq!(world.served.tokens(&tokens), had - 100_500_000_000);
    let lst = find_associated(&person.address(), &world.pool.mint, &TOKEN_PROGRAM);
    assert_eq!(world.served.tokens(&lst), number(&bought["minted"]));
    // The rent of the stake account went in with it; two sign.
    let rents = world.served.chain(|net| net.rent_exempt(165) + net.rent_exempt(200));
    assert_eq!(world.served.lamports(&person.address()), lamports - rents - 2 * FEE);

    // From the validator that was asked for, and by the pool's own account.
    let vote = world.votes[1].to_string();
    let pool = world.spl.pool.to_string();
    let done =
        world.served.does(&person, &["convert", &token, "10", "--validator", &vote, "--stake-pool", &pool]);
    assert_eq!(event(&done, "StakeDeposited")["vote"], vote);
}

#[test]
fn what_cannot_be_converted_is_told_why() {
    let world = World::shared();
    let person = world.person("converter");
    let (token, ours) = (world.spl.mint.to_string(), world.pool.mint.to_string());
    let said = world.served.refuses(&person, &["convert", &ours, "1"]);
    assert!(
        said.starts_with(&format!("{ours} is not the token of a pool of the SPL stake pool program")),
        "{said}"
    );
    let said =
        world.served.refuses(&person, &["convert", &token, "1", "--validator", &world.votes[2].to_string()]);
    assert!(said.starts_with("the two pools have no active validator in common"), "{said}");
    let said =
        world.served.refuses(&person, &["convert", &ours, "1", "--stake-pool", &world.spl.pool.to_string()]);
    assert!(said.starts_with(&format!("the stake pool {} has the token {token}", world.spl.pool)), "{said}");
    let said = world.served.refuses(&person, &["convert", &token, "1", "--stake-pool", &ours]);
    assert!(said.contains("it is no pool of the SPL stake pool program"), "{said}");
    let said = world.served.refuses(&person, &["convert", &token, "99999"]);
    assert!(said.starts_with("99999 tokens were asked for"), "{said}");
    let said = world.served.refuses(&person, &["convert", &token, "5", "--at-least", "5"]);
    assert!(said.contains("SlippageExceeded"), "{said}");
    // More than any validator has, and less than anybody may delegate.
    for amount in ["1500", "1"] {
        let said = world.served.refuses(&person, &["convert", &token, amount]);
        assert!(
            said.starts_with("none of 2 validators that both pools have gives stake for that: "),
            "{said}"
        );
    }
}
