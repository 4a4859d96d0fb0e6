//! `accept_admin`: each line of its specification, and each way it refuses.

use sluice_sdk::validator_selection::instructions::AcceptAdmin;
use sluice_tests::selection::open_params;
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;

use crate::Error;
use crate::propose_admin::propose;

#[test]
fn the_proposed_admin_takes_over_and_the_proposal_is_spent() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let heir = svm.wallet("heir", SOL);
    let accept = AcceptAdmin { config: selection.config, pending_admin: heir.pubkey() }.instruction();
    svm.refuses(std::slice::from_ref(&accept), &[&heir], Error::NotPendingAdmin);

    svm.must(&[propose(&selection, &heir.pubkey())], &[&selection.pool.admin]);
    svm.must(std::slice::from_ref(&accept), &[&heir]);
    let state = selection.state(&svm);
    assert_eq!((state.admin, state.pending_admin), (heir.pubkey(), Address::default()));
    svm.refuses(&[selection.set_params(open_params())], &[&selection.pool.admin], Error::NotAdmin);
    svm.refuses(&[accept], &[&heir], Error::NotPendingAdmin);
}
