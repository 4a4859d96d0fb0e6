//! `set_params`: each line of its specification, and each way it refuses.

use sluice_tests::selection::open_params;
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::Error;

#[test]
fn the_admin_sets_them_and_nothing_else_changes() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let before = selection.state(&svm);
    let mut params = open_params();
    params.cap_bps = 100;
    svm.must(&[selection.set_params(params.clone())], &[&selection.pool.admin]);
    let after = selection.state(&svm);
    assert_eq!(after.params, params);
    assert_eq!(
        sluice_sdk::validator_selection::accounts::Config { params: before.params.clone(), ..after },
        before
    );
}

#[test]
fn bounds_hold_afterwards_too() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let mut params = open_params();
    params.reserve_bps = 10_000;
    svm.refuses(&[selection.set_params(params)], &[&selection.pool.admin], Error::InvalidParams);
}

#[test]
fn nobody_else_may() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let mallory = svm.wallet("mallory", SOL);
    let mut foreign = selection.set_params(open_params());
    foreign.accounts[1].pubkey = mallory.pubkey();
    svm.refuses(&[foreign], &[&mallory], Error::NotAdmin);
    let mut unsigned = selection.set_params(open_params());
    unsigned.accounts[1].is_signer = false;
    svm.refuses_with(&[unsigned], &[&mallory], InstructionError::MissingRequiredSignature);
}
