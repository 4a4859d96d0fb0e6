//! `propose_admin` and `accept_admin`: a vault is handed over in two steps.

use crate::prelude::*;

#[test]
fn nothing_changes_until_the_proposed_key_accepts() {
    let mut world = VaultFixture::new();
    let (admin, heir, other) = (world.admin.key.insecure_clone(), world.funded_key(), world.funded_key());
    let at = world.at;
    let propose = |to: &Keypair| ix::propose_admin(&at, admin.pubkey(), to.pubkey());
    let accept = |by: &Keypair| ix::accept_admin(&at, by.pubkey());
    assert_refused(world.send(&[accept(&heir)], &[&heir]), E::NotPendingAdmin);
    world.send(&[propose(&other)], &[&admin]).unwrap();
    // The last proposal counts.
    world.send(&[propose(&heir)], &[&admin]).unwrap();
    assert_eq!(world.vault().admin, admin.pubkey());
    assert_refused(world.send(&[accept(&other)], &[&other]), E::NotPendingAdmin);
    world.send(&[accept(&heir)], &[&heir]).unwrap();
    assert_eq!((world.vault().admin, world.vault().pending_admin), (heir.pubkey(), Address::default()));
    assert_refused(world.send(&[accept(&heir)], &[&heir]), E::NotPendingAdmin);
    // The old admin can do nothing any more.
    assert_refused(world.send(&[propose(&other)], &[&admin]), E::NotAdmin);
    assert_refused(world.set_roles(world.roles()), E::NotAdmin);
    assert_refused(world.pause(&admin), E::NotPauser);
    world.settle();
}

#[test]
fn a_proposal_can_be_taken_back() {
    let mut world = VaultFixture::new();
    let (admin, heir) = (world.admin.key.insecure_clone(), world.funded_key());
    let propose = |world: &VaultFixture, to| ix::propose_admin(&world.at, admin.pubkey(), to);
    let first = propose(&world, heir.pubkey());
    world.send(&[first], &[&admin]).unwrap();
    let back = propose(&world, Address::default());
    world.send(&[back], &[&admin]).unwrap();
    let accept = ix::accept_admin(&world.at, heir.pubkey());
    assert_refused(world.send(&[accept], &[&heir]), E::NotPendingAdmin);
    // Nobody is the zero address.
    let mut nobody = ix::accept_admin(&world.at, Address::default());
    nobody.accounts[1].is_signer = false;
    assert_fails(world.send(&[nobody], &[]), InstructionError::MissingRequiredSignature);
}

#[test]
fn only_the_admin_proposes() {
    let mut world = VaultFixture::new();
    let stranger = world.funded_key();
    let propose = ix::propose_admin(&world.at, stranger.pubkey(), stranger.pubkey());
    assert_refused(world.send(&[propose], &[&stranger]), E::NotAdmin);
}
