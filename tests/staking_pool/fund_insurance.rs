//! `fund_insurance`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::InsuranceFunded;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

fn fund(stage: &Stage, user: &Holder, shares: u64) -> Instruction {
    stage.pool.fund_insurance(&user.address(), &user.lst, shares)
}

#[test]
fn lst_becomes_the_funds_and_the_rate_does_not_move() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    let (before, ledger) = (stage.pool.state(&stage.svm), stage.pool.ledger(&stage.svm));
    let minted = token::supply(&stage.svm, &stage.pool.mint);

    let sent = stage.must(fund(&stage, &alice, 2 * SOL + 3), &[&alice.key]);

    assert_eq!(stage.tokens(&alice.lst), 9 * SOL - 2 * SOL - 3);
    assert_eq!(token::supply(&stage.svm, &stage.pool.mint), minted - 2 * SOL - 3);
    let mut after = stage.pool.state(&stage.svm);
    assert_eq!(after.insurance_shares, 2 * SOL + 3);
    after.insurance_shares = 0;
    assert_eq!(after, before);
    stage.assert_balanced();
    let event = InsuranceFunded {
        pool: stage.pool.pool,
        user: alice.address(),
        shares: 2 * SOL + 3,
        insurance_after: 2 * SOL + 3,
    };
    assert_eq!(events(&sent), [StakingPoolEvent::InsuranceFunded(event)]);
    // An update does not take it for what holders burnt: the fund earns like everybody.
    stage.next_epoch();
    assert_eq!(stage.pool.ledger(&stage.svm).total, ledger.total);
    assert_eq!(stage.pool.ledger(&stage.svm).supply, ledger.supply);
    assert_eq!(stage.pool.state(&stage.svm).locked_profit, 0);
    stage.must(fund(&stage, &alice, 1), &[&alice.key]);
    assert_eq!(stage.pool.state(&stage.svm).insurance_shares, 2 * SOL + 4);
    stage.assert_balanced();
}

#[test]
fn it_works_at_any_time() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let admin = stage.pool.admin.insecure_clone();
    stage.must(stage.pool.pause(&admin.pubkey()), &[&admin]);
    stage.must(fund(&stage, &alice, SOL), &[&alice.key]);
    stage.svm.advance_epoch();
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    stage.must(fund(&stage, &alice, SOL), &[&alice.key]);
    stage.svm.set_rewards_active(false);
    stage.pool.update(&mut stage.svm);
    assert_eq!(stage.pool.state(&stage.svm).insurance_shares, 2 * SOL);
    stage.assert_balanced();
}

#[test]
fn a_loss_that_is_foreseen_is_covered_by_whoever_funds_before_the_update() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    stage.lose(&stage.pool.reserve.clone(), SOL);
    stage.must(fund(&stage, &alice, 2 * SOL), &[&alice.key]);
    stage.next_epoch();
    // 9 SOL behind 10 LST: one of the fund's two is burnt, and nine are worth nine.
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.total_lamports, state.supply, state.insurance_shares), (9 * SOL, 9 * SOL, SOL));
    assert_eq!(stage.pool.rate(&stage.svm), SOL);
    stage.assert_balanced();
}

#[test]
fn a_delegate_may_give_what_he_was_lent() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.newcomer("bob"));
    stage.must(token::approve(&alice.lst, &bob.address(), &alice.address(), SOL), &[&alice.key]);
    let by_bob = |shares| stage.pool.fund_insurance(&bob.address(), &alice.lst, shares);
    let (all, more) = (by_bob(SOL), by_bob(1));
    stage.must(all, &[&bob.key]);
    stage.refuses(more, &[&bob.key], by_token(4));
    assert_eq!(stage.tokens(&alice.lst), 8 * SOL);
}

#[test]
fn nothing_and_more_than_one_has_are_refused() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.newcomer("bob"));
    stage.refuses(fund(&stage, &alice, 0), &[&alice.key], ZeroAmount);
    stage.refuses(fund(&stage, &alice, 9 * SOL + 1), &[&alice.key], by_token(1));
    stage.refuses(fund(&stage, &alice, u64::MAX), &[&alice.key], by_token(1));
    stage.refuses(fund(&stage, &bob, 1), &[&bob.key], by_token(1));
    stage.must(fund(&stage, &alice, 1), &[&alice.key]);
    stage.refuses(fund(&stage, &alice, u64::MAX), &[&alice.key], Overflow);
    stage.must(fund(&stage, &alice, 9 * SOL - 1), &[&alice.key]);
    assert_eq!(stage.tokens(&alice.lst), 0);
    stage.assert_balanced();
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.holder("bob", 9 * SOL));
    let foreign = holder_of(&mut stage.svm, &other, "alice", 9 * SOL);
    let right = fund(&stage, &alice, SOL);
    let (pool, mint) = (stage.pool.pool, stage.pool.mint);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_lst = stage.svm.forgery(&alice.lst);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, stage.pool.list, shared(InstructionError::InvalidAccountData)),
        (pool, other.pool, WrongMint.into()),
        (mint, other.mint, WrongMint.into()),
        (mint, stage.pool.escrow, WrongMint.into()),
        // Another pool's tokens would fund this one with nothing.
        (alice.lst, foreign.lst, by_token(3)),
        (alice.lst, bob.lst, by_token(4)),
        (alice.lst, stage.pool.escrow, by_token(4)),
        (alice.lst, forged_lst, by_token_with(InstructionError::ExternalAccountDataModified)),
        (token::TOKEN_PROGRAM, TOKEN_2022, WrongTokenProgram.into()),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[&alice.key], refusal);
    }
    for (place, stand_in) in pairs(&[pool, mint, alice.lst]) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[&alice.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
    stage.must(right, &[&alice.key]);
}

#[test]
fn the_holder_must_sign_and_a_frozen_account_gives_nothing() {
    let mut stage = Stage::new();
    let (alice, mallory) = (stage.holder("alice", 9 * SOL), stage.newcomer("mallory"));
    let right = fund(&stage, &alice, SOL);
    let wrong = unsigned(&right, &alice.address());
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
    let by_mallory = substitute(&right, &alice.address(), &mallory.address());
    stage.refuses(by_mallory, &[&mallory.key], by_token(4));
    stage.freeze(&alice.lst);
    stage.refuses(right, &[&alice.key], by_token(17));
}
