//! Collateral and shares under Token-2022: what is counted, what is refused and why, and what wallets read.

use sluice_tests::token_2022::{self, Extension};

use crate::prelude::*;

fn taxed(bps: u16) -> VaultFixture {
    VaultFixture::opened(|plan| {
        let collector = Address::new_unique();
        plan.collateral = Collateral::Extended(vec![Extension::transfer_fee(&collector, bps)]);
        plan.params.seed = 2 * ONE;
    })
}

#[test]
fn a_transfer_fee_is_paid_by_who_moves_the_token_and_never_by_the_vault() {
    let mut world = taxed(100);
    let vault = world.vault();
    assert_eq!((vault.assets, vault.vrt_supply), (198 * ONE / 100, 198 * ONE / 100), "the seed that arrived");
    let (alice, bob) = (world.user(100 * ONE), world.user(100 * ONE));
    assert_refused(world.deposit_for(&alice, 100 * ONE, 99 * ONE + 1), E::SlippageExceeded);
    world.deposit_for(&alice, 100 * ONE, 99 * ONE).unwrap();
    assert_eq!(world.balance(&alice.vrt), 99 * ONE);
    world.deposit(&bob, 100 * ONE).unwrap();
    let ticket = world.enqueue(&alice, 99 * ONE).unwrap();
    world.leave_for(&bob, 99 * ONE, 9_801 * ONE / 100).unwrap();
    assert_eq!(world.balance(&bob.collateral), 9_801 * ONE / 100);
    world.pass_epochs(2);
    assert_refused(world.claim_for(&alice, ticket, 9_801 * ONE / 100 + 1), E::SlippageExceeded);
    world.claim_for(&alice, ticket, 9_801 * ONE / 100).unwrap();
    assert_eq!(world.balance(&alice.collateral), 9_801 * ONE / 100);
    assert_eq!(world.vault().assets, 198 * ONE / 100);
    world.settle();
}

#[test]
fn slashes_and_rewards_of_a_taxed_token_are_counted_by_what_arrives() {
    let mut world = taxed(100);
    world.depositor(100 * ONE);
    let insurance = world.user(0);
    let team = world.team(Some(insurance.collateral));
    world.allocate(&team, 10 * ONE).unwrap();
    world.warm_up();
    let before = world.vault().assets;
    world.slash(&team, 10 * ONE);
    assert_eq!(world.vault().assets, before - 10 * ONE);
    assert_eq!(world.balance(&insurance.collateral), 99 * ONE / 10);
    let payer = world.user(10 * ONE);
    world.reward(&payer, 10 * ONE).unwrap();
    assert_eq!(world.vault().locked_rewards, 99 * ONE / 10);
    world.settle();
}

#[test]
fn a_token_that_takes_everything_buys_nothing() {
    let mut world = taxed(9_999);
    let alice = world.user(ONE);
    assert_refused(world.deposit(&alice, 1), E::DepositTooSmall);
    let payer = world.user(1);
    assert_refused(world.reward(&payer, 1), E::ZeroAmount);
    world.settle();
    // Nor does it open a vault.
    let (mut world, open) = VaultFixture::planned(|plan| {
        let collector = Address::new_unique();
        plan.collateral = Collateral::Extended(vec![Extension::transfer_fee(&collector, 10_000)]);
    });
    assert_refused(world.send(&[open], &[&world.admin.key.insecure_clone()]), E::SeedTooSmall);
}

#[test]
fn each_extension_that_others_could_use_is_refused_by_name() {
    let somebody = Address::new_unique();
    for extension in Extension::others(&somebody) {
        let refused = match extension.name {
            "MintCloseAuthority" | "InterestBearingConfig" | "TransferFeeConfig" => None,
            "GroupPointer" | "GroupMemberPointer" => None,
            "ConfidentialTransferMint" => Some(E::CollateralConfidential),
            "DefaultAccountState" => Some(E::CollateralMayBeginFrozen),
            "NonTransferable" => Some(E::CollateralNotTransferable),
            "PermanentDelegate" => Some(E::CollateralHasPermanentDelegate),
            "TransferHook" => Some(E::CollateralHasTransferHook),
            "PausableConfig" => Some(E::CollateralPausable),
            other => panic!("{other} is new"),
        };
        // The admin's collateral cannot be made of each of these: the plain mint is given the extension's bytes.
        let (mut world, open) =
            VaultFixture::planned(|plan| plan.collateral_token_program = TOKEN_2022_PROGRAM);
        let key = Keypair::new();
        let (payer, authority) = (world.bank.insecure_clone(), world.bank.pubkey());
        let name = extension.name;
        token_2022::create_mint(&mut world.svm, &payer, &key, &authority, &[extension], None).unwrap();
        let extended = world.data(&key.pubkey());
        world.forge(world.at.collateral_mint, |mint| {
            mint.data.resize(extended.len(), 0);
            mint.data[82..].copy_from_slice(&extended[82..]);
        });
        let attempt = world.send(&[open], &[&world.admin.key.insecure_clone()]);
        match refused {
            Some(code) => assert_refused(attempt, code),
            // A token with a fee of every transfer has accounts of its own kind: those tests are above.
            None if name == "TransferFeeConfig" => {}
            None => drop(attempt.unwrap_or_else(|failed| panic!("{name}: {:?}", failed.err))),
        }
    }
}

#[test]
fn an_extension_that_this_program_does_not_know_is_refused() {
    for (bytes, code) in [
        (&[1, 0xe7, 3, 0, 0][..], E::CollateralExtensionUnknown),
        // Of the wrong kind, cut off, with something behind the end.
        (&[2, 18, 0, 0, 0], E::UnusableCollateralMint),
        (&[1, 18, 0, 9, 0], E::UnusableCollateralMint),
        (&[1, 0, 0, 0, 0, 7], E::UnusableCollateralMint),
    ] {
        let (mut world, open) =
            VaultFixture::planned(|plan| plan.collateral_token_program = TOKEN_2022_PROGRAM);
        world.forge(world.at.collateral_mint, |mint| {
            mint.data.resize(165, 0);
            mint.data.extend_from_slice(bytes);
        });
        assert_refused(world.send(&[open], &[&world.admin.key.insecure_clone()]), code);
    }
}

#[test]
fn shares_carry_their_name_where_wallets_look_for_it() {
    let (mut world, _) = VaultFixture::planned(|plan| plan.vrt_token_program = TOKEN_2022_PROGRAM);
    let (payer, admin, key) = (world.bank.insecure_clone(), world.admin.key.insecure_clone(), Keypair::new());
    let vault = ix::vault_address(&key.pubkey());
    let text = Some(("Restaked slSOL", "rslSOL", "https://sluice.example/rslsol.json"));
    let pointer = Extension::metadata_pointer(&payer.pubkey(), &key.pubkey());
    token_2022::create_mint(&mut world.svm, &payer, &key, &vault, &[pointer], text).unwrap();
    let mut at = ix::VaultAddresses { vault, vrt_mint: key.pubkey(), ..world.at };
    at.collateral_account = world.collateral_account_of(vault);
    at.vrt_escrow = world.token_account(TOKEN_2022_PROGRAM, at.vrt_mint, vault);
    let open = ix::initialize_vault(&at, admin.pubkey(), world.admin.collateral, &world.params);
    world.send(&[open], &[&admin, &key]).unwrap();
    let metadata = token_2022::metadata(&world.svm, &at.vrt_mint).unwrap();
    assert_eq!((metadata.name.as_str(), metadata.symbol.as_str()), ("Restaked slSOL", "rslSOL"));
    // They are shares like any others.
    world.at = at;
    let alice = world.depositor(9 * ONE);
    let ticket = world.enqueue(&alice, 9 * ONE).unwrap();
    world.pass_epochs(2);
    world.claim(&alice, ticket).unwrap();
    assert_eq!(world.balance(&alice.collateral), 9 * ONE);
}

#[test]
fn shares_with_anything_but_metadata_are_refused() {
    let somebody = Address::new_unique();
    let mut extensions = Extension::others(&somebody);
    extensions.push(Extension::scaled_ui(&somebody, 1.0));
    for extension in extensions {
        let (mut world, _) = VaultFixture::planned(|plan| plan.vrt_token_program = TOKEN_2022_PROGRAM);
        let (payer, admin, key) =
            (world.bank.insecure_clone(), world.admin.key.insecure_clone(), Keypair::new());
        let vault = ix::vault_address(&key.pubkey());
        token_2022::create_mint(&mut world.svm, &payer, &key, &vault, &[extension], None).unwrap();
        let at = ix::VaultAddresses { vault, vrt_mint: key.pubkey(), ..world.at };
        let open = ix::initialize_vault(&at, admin.pubkey(), world.admin.collateral, &world.params);
        assert_refused(world.send(&[open], &[&admin, &key]), E::UnusableVrtMint);
    }
}

#[test]
fn an_account_of_the_vault_that_could_refuse_transfers_is_none() {
    let (mut world, open) = VaultFixture::planned(|plan| plan.collateral_token_program = TOKEN_2022_PROGRAM);
    let admin = world.admin.key.insecure_clone();
    let plain = world.svm.account(&world.at.collateral_account).unwrap();
    // One that may want memos, one with a guard, one of an unknown kind.
    for kind in [8u8, 11, 99] {
        world.forge(world.at.collateral_account, |account| {
            account.data.extend_from_slice(&[2, kind, 0, 1, 0, 0]);
        });
        assert_refused(world.send(std::slice::from_ref(&open), &[&admin]), E::UnusableVaultAccount);
        world.forge(world.at.collateral_account, |account| *account = plain.clone());
    }
    // An owner that cannot change harms nobody: that is what associated accounts have.
    world.forge(world.at.collateral_account, |account| account.data.extend_from_slice(&[2, 7, 0, 0, 0]));
    world.send(&[open], &[&admin]).unwrap();
}
