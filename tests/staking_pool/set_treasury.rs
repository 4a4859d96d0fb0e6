//! `set_treasury`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::TreasurySet;
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

#[test]
fn fees_go_to_the_new_treasury_and_those_that_were_waiting_too() {
    let mut stage = Stage::with(|options| options.params.fees.deposit_bps = 20);
    let bob = stage.newcomer("bob");
    // 0.2 % of nine SOL wait to be minted.
    stage.holder("alice", 9 * SOL);
    assert_eq!(stage.pool.state(&stage.svm).fee_shares, 18_000_000);
    let (old, before) = (stage.pool.treasury, stage.pool.state(&stage.svm));

    let sent = stage.administer(stage.pool.set_treasury(&bob.lst));

    stage.changed_only(before, |pool| pool.treasury = bob.lst);
    let event = TreasurySet { pool: stage.pool.pool, before: old, after: bob.lst };
    assert_eq!(events(&sent), [StakingPoolEvent::TreasurySet(event)]);

    // The old one is not the treasury any more, and the new one gets what waited, and 5 % of a profit.
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.svm.advance_epoch();
    stage.refuses(stage.pool.finish_update(), &[], WrongTreasury);
    stage.pool.treasury = bob.lst;
    stage.must(stage.pool.finish_update(), &[]);
    assert_eq!(stage.tokens(&old), 0);
    assert_eq!(stage.tokens(&bob.lst), 18_000_000 + 50_000_000);
    stage.assert_balanced();
}

#[test]
fn a_treasury_is_a_token_account_of_the_mint_that_can_receive() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let (alice, frozen, closed) = (stage.newcomer("alice"), stage.newcomer("bob"), stage.newcomer("carol"));
    let (_, foreign) = other.user(&mut stage.svm, "alice", 0);
    stage.freeze(&frozen.lst);
    stage.must(token::close(&closed.lst, &closed.address()), &[&closed.key]);
    let admin = stage.pool.admin.insecure_clone();
    for unusable in [
        foreign,
        frozen.lst,
        closed.lst,
        stage.svm.forgery(&alice.lst),
        alice.address(),
        stage.pool.mint,
        stage.pool.reserve,
        // Its tokens are spoken for: tickets', and nobody's.
        stage.pool.escrow,
    ] {
        stage.refuses(stage.pool.set_treasury(&unusable), &[&admin], UnusableTokenAccount);
    }
    // Whoever owns it; and the same once more.
    for usable in [alice.lst, stage.pool.treasury, stage.pool.treasury] {
        stage.administer(stage.pool.set_treasury(&usable));
        assert_eq!(stage.pool.state(&stage.svm).treasury, usable);
    }
}

#[test]
fn only_the_admin_may_set_it() {
    let mut stage = Stage::new();
    let (admin, bob) = (stage.pool.admin.pubkey(), stage.newcomer("bob"));
    let right = stage.pool.set_treasury(&bob.lst);
    stage.refuses(unsigned(&right, &admin), &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [stage.pool.delegation.insecure_clone(), bob.key] {
        let wrong = substitute(&right, &admin, &stranger.pubkey());
        stage.refuses(wrong, &[&stranger], NotAdmin);
    }
}

#[test]
fn the_admin_of_one_pool_is_nobody_in_another() {
    let mut stage = Stage::new();
    let (other, bob) = (stage.other_pool(), stage.newcomer("bob"));
    let (admin, foreign) = (stage.pool.admin.insecure_clone(), other.admin.insecure_clone());
    let right = stage.pool.set_treasury(&bob.lst);
    let pool = stage.pool.pool;
    let forged_pool = stage.svm.forgery(&pool);
    stage.refuses(substitute(&right, &pool, &other.pool), &[&admin], NotAdmin);
    stage.refuses(substitute(&right, &admin.pubkey(), &foreign.pubkey()), &[&foreign], NotAdmin);
    let wrong = substitute(&right, &pool, &forged_pool);
    stage.refuses(wrong, &[&admin], shared(InstructionError::IllegalOwner));
}
