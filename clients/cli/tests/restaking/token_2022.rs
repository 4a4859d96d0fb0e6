//! A vault of a Token-2022 mint that takes a fee of every transfer, with shares under Token-2022: amounts are what arrives.

use sluice_client::tokens::{create_associated, find_associated};
use sluice_sdk::restaking_vault::accounts::Distribution;
use sluice_tests::chain::Chain;
use sluice_tests::token::{self, TOKEN_2022_PROGRAM};
use sluice_tests::token_2022::{self, Extension};
use sluice_tests::{PoolOptions, SOL, keypair};
use solana_address::Address;

use crate::common::{Person, event, key, number, row};
use crate::world::{World, file, free_path};

/// A mint that takes 1 % of every transfer, and somebody who has a hundred of it.
fn taxed(world: &World) -> (Person, Address) {
    let issuer = world.served.person("issuer", 10 * SOL);
    let mint = keypair("taxed");
    let address = solana_signer::Signer::pubkey(&mint);
    world.chain(|net| {
        let extensions = [Extension::transfer_fee(&issuer.address(), 100)];
        token_2022::create_mint(net, &issuer.key, &mint, &issuer.address(), &extensions, None).unwrap();
        let (owner, program) = (issuer.address(), TOKEN_2022_PROGRAM);
        let held = find_associated(&owner, &address, &program);
        let give = token::of(&program, token::mint_to(&address, &held, &owner, 100 * SOL));
        net.must(&[create_associated(&owner, &owner, &address, &program), give], &[&issuer.key]);
    });
    (issuer, address)
}

#[test]
fn what_arrives_of_a_taxed_token_is_what_counts() {
    let world = World::new();
    let (issuer, mint) = taxed(&world);
    let owner = issuer.address();
    let held = find_associated(&owner, &mint, &TOKEN_2022_PROGRAM);
    let [mint_text, resolver] = [mint, world.resolver.address()].map(|address| address.to_string());
    let done = world.does(
        &issuer,
        &[
            "vault",
            "create",
            "--collateral",
            &mint_text,
            "--seed",
            "10",
            "--resolver",
            &resolver,
            "--token-2022",
        ],
    );
    let opened = event(&done, "VaultInitialized");
    let (vault, vrt) = (key(&opened["vault"]), key(&opened["vrt_mint"]));
    assert_eq!(number(&opened["after"]["assets"]), 9_900_000_000);
    let at = vault.to_string();
    let there = ["--vault", at.as_str()];

    let deposit = [&["vault", "deposit", "20"][..], &there].concat();
    let preview = world.previews(&issuer, &deposit);
    assert_eq!(row(&preview, "You give"), "20 tokens");
    assert_eq!(row(&preview, "Of which arrives"), "19.8 tokens");
    assert_eq!(row(&preview, "You receive"), "19.8 VRT, at least 19.7802 VRT");
    world.does(&issuer, &deposit);
    let shares = find_associated(&owner, &vrt, &TOKEN_2022_PROGRAM);
    assert_eq!((world.tokens(&shares), world.tokens(&held)), (19_800_000_000, 70 * SOL));

    // Of what leaves a hundredth stays behind, too: the bound is on what arrives.
    let leave = [&["vault", "instant-withdraw", "9.8"][..], &there].concat();
    let preview = world.previews(&issuer, &leave);
    assert!(row(&preview, "You receive").starts_with("9.702 tokens, at least "), "{preview}");
    world.does(&issuer, &leave);
    assert_eq!((world.tokens(&shares), world.tokens(&held)), (10 * SOL, 79_702_000_000));
    let error = world.refuses(&issuer, &[&["restake", "1"][..], &there].concat());
    assert!(error.contains("holds another token than a staking pool's LST"), "{error}");
}

#[test]
fn a_taxed_token_is_distributed_into_an_account_of_the_right_size() {
    let world = World::new();
    let (issuer, mint) = taxed(&world);
    let alice = world.served.person("alice", SOL);
    let table = file("taxed.csv", &format!("recipient,amount\n{},9\n", alice.address()));
    let (mint_text, proofs) = (mint.to_string(), free_path("taxed.json"));
    let distribute =
        ["vault", "distribute", &table, "--mint", &mint_text, "--epochs", "2", "--proofs", &proofs];
    let preview = world.previews_there(&issuer, &distribute);
    let lack = row(&preview, "Does not arrive");
    assert!(lack.starts_with("0.09 are the token's own fee"), "{lack}");
    let done = world.does_there(&issuer, &distribute);
    let told = event(&done, "DistributionCreated");
    assert_eq!((number(&told["amount"]), number(&told["total"])), (9 * SOL, 8_910_000_000));
    let state: Distribution = world.account(&key(&told["distribution"]));
    assert_eq!(world.tokens(&state.token_account), 8_910_000_000);
    // The last to claim finds less than the leaf says.
    let error = world.refuses(&alice, &["vault", "rewards", &proofs]);
    assert!(error.contains("DistributionExhausted"), "{error}");
}

#[test]
fn an_lst_under_token_2022_is_restaked_and_comes_back() {
    let mut options = PoolOptions::default();
    options.token_2022(true);
    let world = World::of(options, &["--token-2022"]);
    let alice = world.served.person("alice", 50 * SOL);
    world.does_there(&alice, &["restake", "20"]);
    let shares = find_associated(&alice.address(), &world.vrt, &TOKEN_2022_PROGRAM);
    assert_eq!(world.tokens(&shares), 20 * SOL);
    world.does_there(&alice, &["vault", "instant-withdraw", "5"]);
    let lst = find_associated(&alice.address(), &world.pool.mint, &TOKEN_2022_PROGRAM);
    assert_eq!(world.tokens(&lst), 5 * SOL);
    let done = world.does_there(&alice, &["vault", "withdraw", "all"]);
    let ticket = key(&event(&done, "WithdrawalEnqueued")["ticket"]).to_string();
    world.epochs(2);
    world.does_there(&alice, &["vault", "claim-and-unstake", &ticket]);
    assert_eq!((world.tokens(&lst), world.state().assets), (5 * SOL, SOL));
}
