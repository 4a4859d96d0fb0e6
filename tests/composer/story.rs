//! One loan from its first lamport to its last, with every lamport counted.

use sluice_money::LstAmount;
use sluice_pool_math as math;
use sluice_sdk::staking_pool::errors::StakingPoolError::SlippageExceeded;
use sluice_tests::composer::ComposerError::*;
use sluice_tests::*;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::stage::*;

/// Lamports of everybody and everything the story moves them between.
fn everything(stage: &Stage, people: &[&Keypair], more: &[solana_address::Address]) -> u64 {
    let (pool, market) = (&stage.pool, &stage.market);
    let mut addresses = vec![pool.payer.pubkey(), pool.reserve, market.market, market.lender.pubkey()];
    addresses.extend(people.iter().map(|key| key.pubkey()));
    addresses.extend_from_slice(more);
    addresses.iter().map(|address| stage.svm.lamports(address)).sum()
}

#[test]
fn a_loan_against_shares_that_earn() {
    let mut stage = Stage::new();
    let alice = stage.borrower("alice");
    let stranger = stage.svm.wallet("stranger", 10 * SOL);
    let owner = alice.pubkey();
    let ticket = keypair("ticket");
    let people = [&alice, &stranger];
    let start = everything(&stage, &people, &[ticket.pubkey()]);
    let mut fees = 0;

    // SOL in, shares locked: at a rate of one, ten for ten.
    let market = &stage.market;
    let deposit = market.deposit_and_lock(&owner, 10 * SOL, 10 * SOL);
    fees += stage.must(deposit, &[&alice]).fee;
    assert_eq!(stage.position(&alice).shares, 10 * SOL);
    assert_eq!(stage.value(&alice), 10 * SOL);
    fees += 5_000;

    // Eight of ten, and not one lamport more.
    stage.refuses(stage.market.borrow(&owner, 8 * SOL + 1), &[&alice], AboveLimit);
    let before = stage.lamports(&alice);
    fees += stage.must(stage.market.borrow(&owner, 8 * SOL), &[&alice]).fee;
    assert_eq!(stage.lamports(&alice), before + 8 * SOL);
    stage.refuses(stage.market.borrow(&owner, 1), &[&alice], AboveLimit);
    fees += 2 * 10_000;

    // The pool earns 1.1 SOL. At the epoch's first slot none of it is in the rate.
    stage.donate(&stage.pool.reserve.clone(), 1_100_000_000);
    stage.svm.advance_epoch();
    stage.refuses(stage.market.borrow(&owner, 1), &[&alice], PoolStale);
    let cranked: u64 = stage.pool.update(&mut stage.svm).iter().map(|sent| sent.fee).sum();
    stage.refuses(stage.market.borrow(&owner, 1), &[&alice], AboveLimit);
    fees += 2 * 10_000 + cranked;

    // Half an epoch on, half of it is: the limit has grown by 80 % of what the shares gained, exactly.
    stage.svm.advance_slots(EPOCH / 2);
    let ledger = stage.pool.ledger(&stage.svm).at(stage.svm.clock().slot).expect("priced");
    let value = ledger.lamports_for(LstAmount(10 * SOL)).expect("priced").0;
    assert!(value > 10 * SOL);
    assert_eq!(stage.value(&alice), value);
    let more = value * 8_000 / 10_000 - 8 * SOL;
    stage.refuses(stage.market.borrow(&owner, more + 1), &[&alice], AboveLimit);
    fees += stage.must(stage.market.borrow(&owner, more), &[&alice]).fee;
    stage.refuses(stage.market.borrow(&owner, 1), &[&alice], AboveLimit);
    fees += 5_000 + 2 * 10_000;

    // A stranger pays a part, alice the rest: more than she owes is not taken.
    let debt = stage.position(&alice).debt;
    fees += stage.must(stage.market.repay(&stranger.pubkey(), &owner, SOL), &[&stranger]).fee;
    let before = stage.lamports(&alice);
    fees += stage.must(stage.market.repay(&owner, &owner, u64::MAX), &[&alice]).fee;
    assert_eq!(stage.lamports(&alice), before - (debt - SOL));
    assert_eq!(stage.books().lent, 0);
    assert_eq!(stage.books().cash, CASH);

    // Out at once: what the pool's own formula says, less its fee, and no lamport stays with the market.
    let exit = math::instant_exit(
        &stage.pool.ledger(&stage.svm),
        &stage.pool.liquidity(&stage.svm),
        stage.svm.clock().slot,
        LstAmount(4 * SOL),
        &stage.pool.instant_terms(&stage.svm),
    )
    .expect("liquid");
    assert!(exit.fee.0 > 0);
    let too_much = stage.market.unlock_and_exit(&owner, 4 * SOL, exit.paid.0 + 1);
    stage.refuses(too_much, &[&alice], SlippageExceeded);
    let before = stage.lamports(&alice);
    let leave = stage.market.unlock_and_exit(&owner, 4 * SOL, exit.paid.0);
    fees += stage.must(leave, &[&alice]).fee + 10_000;
    assert_eq!(stage.lamports(&alice), before + exit.paid.0);
    assert_eq!(stage.pool.ledger(&stage.svm), exit.ledger);

    // Out by ticket, free of charge: ordered by the program, alice's own, paid to her after the next epoch's update.
    let worth = stage.value(&alice);
    let order = stage.market.unlock_and_order(&owner, &ticket.pubkey(), 6 * SOL, worth);
    fees += 5_000 + stage.must(order, &[&alice, &ticket]).fee;
    assert_eq!(stage.position(&alice), Default::default());
    stage.svm.advance_epoch();
    fees += stage.pool.update(&mut stage.svm).iter().map(|sent| sent.fee).sum::<u64>();
    let (before, rent) = (stage.lamports(&alice), stage.svm.lamports(&ticket.pubkey()));
    fees += stage.must(stage.pool.claim_ticket(&ticket.pubkey(), &owner), &[]).fee;
    assert_eq!(stage.lamports(&alice), before + worth + rent);

    // The lender leaves with what he brought. What was donated is all there is more than at the start.
    let lender = stage.market.lender.insecure_clone();
    fees += stage.must(stage.market.defund(CASH), &[&lender]).fee;
    assert_eq!(stage.books(), Default::default());
    assert_eq!(everything(&stage, &people, &[ticket.pubkey()]), start + 1_100_000_000 - fees);
    ledger::assert_balanced(&stage.svm, &stage.pool);
}
