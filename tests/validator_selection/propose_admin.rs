//! `propose_admin`: each line of its specification, and each way it refuses.

use sluice_sdk::validator_selection::instructions::ProposeAdmin;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

use crate::Error;

pub fn propose(selection: &SelectionFixture, proposed: &Address) -> Instruction {
    ProposeAdmin { config: selection.config, admin: selection.pool.admin.pubkey(), proposed: *proposed }
        .instruction()
}

#[test]
fn the_admin_stays_until_the_other_accepts() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    for name in ["first", "second"] {
        let proposed = keypair(name).pubkey();
        svm.must(&[propose(&selection, &proposed)], &[&selection.pool.admin]);
        let state = selection.state(&svm);
        assert_eq!((state.admin, state.pending_admin), (selection.pool.admin.pubkey(), proposed));
    }
}

#[test]
fn nobody_else_proposes() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let mallory = svm.wallet("mallory", SOL);
    let mut foreign = propose(&selection, &mallory.pubkey());
    foreign.accounts[1].pubkey = mallory.pubkey();
    svm.refuses(&[foreign], &[&mallory], Error::NotAdmin);
}
