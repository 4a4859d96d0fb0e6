//! `initialize`: each line of its specification, and each way it refuses.

use sluice_sdk::validator_selection::types::Params;
use sluice_tests::selection::{open_params, write_account};
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::Error;

#[test]
fn a_selection_starts_with_its_settings_and_nothing_measured() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let state = selection.state(&svm);
    assert_eq!(state.pool, selection.pool.pool);
    assert_eq!(state.registry, selection.registry);
    assert_eq!(state.validator_list, selection.pool.list);
    assert_eq!(state.admin, selection.pool.admin.pubkey());
    assert_eq!(state.params, open_params());
    assert_eq!((state.kappa, state.sums.growth, state.sums.weight), (24_000_000, 0, 0));
    assert_eq!((state.observed_epoch, state.allocated_epoch), (u64::MAX, u64::MAX));
    let registry = selection.registry(&svm);
    assert_eq!(registry.header.config, selection.config);
    assert_eq!((registry.records.len(), registry.capacity), (0, 100));
}

#[test]
fn only_the_pools_admin_claims_its_selection() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::prepare(&mut svm, 10, 10);
    let mallory = svm.wallet("mallory", SOL);
    let mut accounts = selection.initialize_accounts();
    accounts.admin = mallory.pubkey();
    let args =
        sluice_sdk::validator_selection::instructions::InitializeInstructionArgs { params: open_params() };
    let payer = &selection.pool.payer;
    let (registry, ranking) = (&keypair("registry"), &keypair("ranking"));
    svm.refuses(&[accounts.instruction(args)], &[payer, &mallory, registry, ranking], Error::NotAdmin);

    // Neither does anybody claim another's new registry, or ranking.
    let keys = [(2, &selection.pool.admin), (4, registry), (5, ranking)];
    for (unsigned, _) in keys {
        let mut initialize = selection.initialize(open_params());
        initialize.accounts[unsigned].is_signer = false;
        let mut signers = vec![payer];
        signers.extend(keys.iter().filter(|(at, _)| *at != unsigned).map(|(_, key)| *key));
        svm.refuses_with(&[initialize], &signers, InstructionError::MissingRequiredSignature);
    }
}

#[test]
fn a_second_selection_of_the_same_pool_is_refused() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let mut accounts = selection.initialize_accounts();
    accounts.registry = SelectionFixture::new_registry(&mut svm, &selection.pool.payer, "another", 10);
    accounts.ranking = SelectionFixture::new_ranking(&mut svm, &selection.pool.payer, "another ranking");
    let args =
        sluice_sdk::validator_selection::instructions::InitializeInstructionArgs { params: open_params() };
    let signers =
        [&selection.pool.payer, &selection.pool.admin, &keypair("another"), &keypair("another ranking")];
    let sent = svm.send(&[accounts.instruction(args)], &signers);
    assert!(sent.is_err());
    assert_eq!(selection.state(&svm).registry, selection.registry);
}

#[test]
fn every_setting_has_bounds_in_code() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::prepare(&mut svm, 10, 10);
    let bad: [fn(&mut Params); 37] = [
        |p| p.kappa_prior = 0,
        |p| p.kappa_prior = 1_000_000_000_001,
        |p| p.min_move = 10_000 * SOL + 1,
        |p| p.grace_slots = 216_001,
        |p| p.min_history = 0,
        |p| p.min_history = 64,
        |p| p.cap_bps = 0,
        |p| p.cap_bps = 10_001,
        |p| p.reserve_bps = 5_001,
        |p| p.max_moved_bps = 99,
        |p| p.max_moved_bps = 10_001,
        |p| p.max_commission_bps = 10_001,
        |p| p.delinquent_slots = 127,
        |p| p.delinquent_slots = 216_001,
        |p| p.join_bond = 10_000 * SOL + 1,
        |p| p.aso_cap_bps = 499,
        |p| p.aso_cap_bps = 10_001,
        |p| p.country_cap_bps = 499,
        |p| p.country_cap_bps = 10_001,
        |p| p.network_cap_bps = 9,
        |p| p.network_cap_bps = 10_001,
        |p| p.directed_bps = 2_001,
        |p| p.emergency_bps = 99,
        |p| p.emergency_bps = 10_001,
        |p| p.horizon_epochs = 0,
        |p| p.horizon_epochs = 501,
        |p| p.move_cost_bps = 20_001,
        |p| p.hysteresis_bps = 1_001,
        |p| p.min_bond_bps = 1_001,
        |p| p.bid_epochs = 33,
        |p| p.notice_epochs = 1,
        |p| p.notice_epochs = 31,
        |p| p.performance_grace_bps = 10_001,
        |p| p.untried_bps = 20_001,
        |p| p.padding = [0, 0, 1],
        |p| p.cap_bps = u16::MAX,
        |p| p.kappa_prior = u64::MAX,
    ];
    for change in bad {
        let mut params = open_params();
        change(&mut params);
        svm.refuses(
            &[selection.initialize(params)],
            &[&selection.pool.payer, &selection.pool.admin, &keypair("registry"), &keypair("ranking")],
            Error::InvalidParams,
        );
    }
    svm.must(
        &[selection.initialize(open_params())],
        &[&selection.pool.payer, &selection.pool.admin, &keypair("registry"), &keypair("ranking")],
    );
}

#[test]
fn a_registry_must_be_new_and_neither_too_small_nor_too_large() {
    let mut svm = Svm::new();
    let mut selection = SelectionFixture::prepare(&mut svm, 10, 10);
    for room in [0, 5_001] {
        let name = format!("room {room}");
        selection.registry = SelectionFixture::new_registry(&mut svm, &selection.pool.payer, &name, room);
        let signers = [&selection.pool.payer, &selection.pool.admin, &keypair(&name), &keypair("ranking")];
        svm.refuses(&[selection.initialize(open_params())], &signers, Error::UnusableRegistry);
    }
    // One that claims records before it exists.
    let mut data = svm.account(&selection.registry).unwrap().data;
    data[128] = 1;
    let owner = sluice_sdk::validator_selection::programs::VALIDATOR_SELECTION_ID;
    write_account(&mut svm, &selection.registry, data, owner);
    let signers = [&selection.pool.payer, &selection.pool.admin, &keypair("room 5001"), &keypair("ranking")];
    svm.refuses(&[selection.initialize(open_params())], &signers, Error::UnusableRegistry);
}

#[test]
fn a_registry_of_another_program_or_in_use_is_refused() {
    let mut svm = Svm::new();
    let mut selection = SelectionFixture::prepare(&mut svm, 10, 10);
    let (payer, admin) = (selection.pool.payer.insecure_clone(), selection.pool.admin.insecure_clone());
    let own = selection.registry;
    selection.registry = keypair("foreign").pubkey();
    let data = vec![0; svm.account(&own).unwrap().data.len()];
    write_account(&mut svm, &selection.registry, data, sluice_sdk::staking_pool::programs::STAKING_POOL_ID);
    let signers = [&payer, &admin, &keypair("foreign"), &keypair("ranking")];
    assert!(svm.send(&[selection.initialize(open_params())], &signers).is_err());

    selection.registry = own;
    let signers = [&payer, &admin, &keypair("registry"), &keypair("ranking")];
    svm.must(&[selection.initialize(open_params())], &signers);
    assert!(svm.send(&[selection.initialize(open_params())], &signers).is_err());
}
