//! `set_roles`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{Roles, RolesSet};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::doors::Doors;
use crate::stage::*;

fn roles(fee_authority: &Address, pauser: &Address, deposit_authority: &Address) -> Roles {
    Roles { fee_authority: *fee_authority, pauser: *pauser, deposit_authority: *deposit_authority }
}

#[test]
fn all_three_are_replaced_at_once() {
    let mut stage = Stage::new();
    let [fees, pauser, gate] = ["fees", "pauser", "gatekeeper"].map(keypair);
    let admin = stage.pool.admin.insecure_clone();
    let before = stage.pool.state(&stage.svm);
    assert_eq!(
        (before.fee_authority, before.pauser, before.deposit_authority),
        (admin.pubkey(), admin.pubkey(), Address::default()),
        "the admin's until somebody else has them, and anyone deposits"
    );

    let new = roles(&fees.pubkey(), &pauser.pubkey(), &gate.pubkey());
    let sent = stage.administer(stage.pool.set_roles(new));

    stage.changed_only(before.clone(), |pool| {
        pool.fee_authority = fees.pubkey();
        pool.pauser = pauser.pubkey();
        pool.deposit_authority = gate.pubkey();
    });
    let event = RolesSet {
        pool: stage.pool.pool,
        fee_authority: fees.pubkey(),
        pauser: pauser.pubkey(),
        deposit_authority: gate.pubkey(),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::RolesSet(event)]);

    // Who had the role before has it no more.
    let by_admin = stage.pool.set_fees(before.fees);
    stage.refuses(by_admin.clone(), &[&admin], NotFeeAuthority);
    stage.must(substitute(&by_admin, &admin.pubkey(), &fees.pubkey()), &[&fees]);
    stage.must(stage.pool.pause(&pauser.pubkey()), &[&pauser]);
    // None of them has what another has.
    for stranger in [&fees, &gate] {
        stage.refuses(stage.pool.resume(&stranger.pubkey()), &[stranger], NotPauser);
        let wrong =
            substitute(&stage.pool.propose_admin(&stranger.pubkey()), &admin.pubkey(), &stranger.pubkey());
        stage.refuses(wrong, &[stranger], NotAdmin);
    }
}

#[test]
fn every_deposit_wants_the_deposit_authoritys_signature_and_no_exit_does() {
    let mut stage = Stage::new();
    let doors = Doors::of(&mut stage);
    let (admin, gate) = (stage.pool.admin.pubkey(), keypair("gatekeeper").pubkey());
    stage.administer(stage.pool.set_roles(roles(&admin, &admin, &gate)));
    let stranger = keypair("stranger");
    let bare = doors.deposits(&stage, None);
    let strange = doors.deposits(&stage, Some(stranger.pubkey()));
    for (place, (_, right)) in doors.deposits(&stage, Some(gate)).into_iter().enumerate() {
        doors.refuses(&mut stage, bare[place].1.clone(), DepositAuthorityRequired);
        let signers = [&doors.alice.key, &stranger];
        stage.refuses(strange[place].1.clone(), &signers, DepositAuthorityRequired);
        let named_only = unsigned(&right, &gate);
        doors.refuses(&mut stage, named_only, shared(InstructionError::MissingRequiredSignature));
        doors.take(&mut stage, right);
    }
    let instant = doors.instant(&stage);
    doors.take(&mut stage, instant);
    doors.all_leave(&mut stage);
    // Zero is nobody, and nobody's signature is wanted.
    stage.administer(stage.pool.set_roles(roles(&admin, &admin, &Address::default())));
    let [(_, deposit_sol), ..] = doors.deposits(&stage, None);
    doors.take(&mut stage, deposit_sol);
    stage.assert_balanced();
}

/// One account cannot be named twice where one place is writable: its signature as the depositor is enough.
#[test]
fn the_deposit_authority_itself_signs_once() {
    let mut stage = Stage::new();
    let doors = Doors::of(&mut stage);
    let (admin, alice) = (stage.pool.admin.pubkey(), doors.alice.address());
    stage.administer(stage.pool.set_roles(roles(&admin, &admin, &alice)));
    for (_, deposit) in doors.deposits(&stage, None) {
        doors.take(&mut stage, deposit);
    }
    // Nobody else's is.
    let bob = stage.newcomer("bob");
    let wrong = stage.pool.deposit_sol(&bob.address(), &bob.lst, SOL, 0);
    stage.refuses(wrong, &[&bob.key], DepositAuthorityRequired);
    stage.assert_balanced();
}

#[test]
fn a_role_that_is_nobodys_is_used_by_nobody() {
    let mut stage = Stage::new();
    let (admin, nobody) = (stage.pool.admin.insecure_clone(), Address::default());
    stage.administer(stage.pool.set_roles(roles(&nobody, &nobody, &nobody)));
    let fees = stage.pool.state(&stage.svm).fees;
    let right = stage.pool.set_fees(fees);
    stage.refuses(right.clone(), &[&admin], NotFeeAuthority);
    let wrong = unsigned(&substitute(&right, &admin.pubkey(), &nobody), &nobody);
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
    // The admin may pause whoever the pauser is.
    stage.administer(stage.pool.pause(&admin.pubkey()));
}

#[test]
fn only_the_admin_may_set_them() {
    let mut stage = Stage::new();
    let [fees, pauser, gate] = ["fees", "pauser", "gatekeeper"].map(keypair);
    let given = roles(&fees.pubkey(), &pauser.pubkey(), &gate.pubkey());
    stage.administer(stage.pool.set_roles(given));
    let admin = stage.pool.admin.pubkey();
    let mallory = keypair("mallory");
    let right = stage.pool.set_roles(roles(&mallory.pubkey(), &mallory.pubkey(), &mallory.pubkey()));
    stage.refuses(unsigned(&right, &admin), &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [stage.pool.delegation.insecure_clone(), mallory, fees, pauser, gate] {
        let wrong = substitute(&right, &admin, &stranger.pubkey());
        stage.refuses(wrong, &[&stranger], NotAdmin);
    }
}

#[test]
fn the_roles_of_one_pool_are_nobody_in_another() {
    let mut stage = Stage::new();
    let doors = Doors::of(&mut stage);
    let other = stage.other_pool();
    let [fees, pauser, gate, foreign_gate] = ["fees", "pauser", "gatekeeper", "foreign gate"].map(keypair);
    let given = roles(&fees.pubkey(), &pauser.pubkey(), &gate.pubkey());
    stage.administer(stage.pool.set_roles(given));
    let foreign = roles(&other.admin.pubkey(), &other.admin.pubkey(), &foreign_gate.pubkey());
    stage.svm.must(&[other.set_roles(foreign)], &[&other.payer, &other.admin]);

    let set_fees =
        substitute(&other.set_fees(stage.pool.state(&stage.svm).fees), &other.admin.pubkey(), &fees.pubkey());
    stage.refuses(set_fees, &[&fees], NotFeeAuthority);
    stage.refuses(other.pause(&pauser.pubkey()), &[&pauser], NotPauser);
    // The other pool's gatekeeper opens no door of this one.
    for (_, wrong) in doors.deposits(&stage, Some(foreign_gate.pubkey())) {
        let signers = [&doors.alice.key, &foreign_gate];
        stage.refuses(wrong, &signers, DepositAuthorityRequired);
    }
    // Nor does its admin.
    let (admin, foreign) = (stage.pool.admin.insecure_clone(), other.admin.insecure_clone());
    let right = stage.pool.set_roles(roles(&fees.pubkey(), &fees.pubkey(), &fees.pubkey()));
    let pool = stage.pool.pool;
    let forged_pool = stage.svm.forgery(&pool);
    stage.refuses(substitute(&right, &pool, &other.pool), &[&admin], NotAdmin);
    stage.refuses(substitute(&right, &admin.pubkey(), &foreign.pubkey()), &[&foreign], NotAdmin);
    let wrong = substitute(&right, &pool, &forged_pool);
    stage.refuses(wrong, &[&admin], shared(InstructionError::IllegalOwner));
}
