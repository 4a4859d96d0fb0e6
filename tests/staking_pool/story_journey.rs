//! One SOL, all the way round, on the real Bank: deposit, delegation, real rewards, a higher rate, three exits.

use sluice_localnet::ValidatorScript;
use sluice_tests::ledger::{Backing, assert_balanced};
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;

/// A cluster of honest validators with 7 % a year on stake.
fn bank_of(names: &[&str]) -> (Bank, Vec<Address>) {
    let scripts = names.iter().map(|name| ValidatorScript::new(*name).stake_sol(1_000_000)).collect();
    let bank = Bank::start(scripts);
    let votes = names.iter().map(|name| bank.0.validator(name).vote_address()).collect();
    (bank, votes)
}

/// A pool over those validators with 300 SOL of alice's, 99 with each of three validators.
fn delegated_pool(bank: &mut Bank, votes: &[Address]) -> (PoolFixture, solana_keypair::Keypair, Address) {
    let pool = PoolFixture::new(bank);
    let (alice, lst) = pool.user(bank, "alice", 1_000 * SOL);
    for vote in votes {
        bank.must(&[pool.add_validator(vote)], &[&pool.payer, &pool.delegation]);
    }
    bank.must(&[pool.deposit_sol(&alice.pubkey(), &lst, 300 * SOL, 0)], &[&alice]);
    for vote in votes.iter().take(3) {
        let increase = pool.increase_stake(bank, vote, 99 * SOL);
        bank.must(&[increase], &[&pool.payer, &pool.delegation]);
        assert_balanced(bank, &pool);
    }
    (pool, alice, lst)
}

#[test]
fn real_rewards_raise_the_rate_and_every_exit_pays() {
    let (mut bank, votes) = bank_of(&["ann", "ben", "cat", "dan"]);
    let (pool, alice, lst) = delegated_pool(&mut bank, &votes);
    assert_eq!(pool.rate(&bank), 1_000_000_000);

    // The first epoch only warms up; the second earns.
    bank.0.advance_epoch();
    pool.update(&mut bank);
    assert_eq!(pool.rate(&bank), 1_000_000_000, "nothing was earned while warming up");
    assert_balanced(&bank, &pool);

    let mut rates = vec![pool.rate(&bank)];
    for _ in 0..10 {
        let report = bank.0.advance_epoch();
        let before = pool.state(&bank);
        let held: Vec<u64> = pool.list(&bank).records.iter().map(|record| record.stake).collect();
        pool.update(&mut bank);
        assert_balanced(&bank, &pool);
        // What the pool found is what the Bank says it paid, to the lamport.
        let paid: u64 = votes.iter().map(|vote| report.reward_of(&pool.stake(vote))).sum();
        assert!(paid > 0);
        assert_eq!(pool.state(&bank).total_lamports, before.total_lamports + paid);
        for (record, held) in pool.list(&bank).records.iter().zip(held) {
            assert_eq!(record.growth, report.reward_of(&pool.stake(&record.vote)) as i64);
            assert_eq!(record.earning, held);
        }
        rates.push(pool.rate(&bank));
    }
    assert!(rates.windows(2).all(|pair| pair[1] >= pair[0]), "the rate never falls: {rates:?}");
    assert!(rates[10] > rates[0]);

    // Exit 1: instant, from the reserve, for a fee.
    let wallet = bank.lamports(&alice.pubkey());
    let shares = SOL;
    let quote = pool.expect_exit(&bank, shares);
    let sent = bank.must(&[pool.withdraw_sol(&alice.pubkey(), &lst, shares, quote.paid.0)], &[&alice]);
    assert_eq!(bank.lamports(&alice.pubkey()), wallet + quote.paid.0 - sent.fee);
    assert!(quote.paid.0 > SOL, "after fees, a share is worth more than the SOL it cost");
    assert_balanced(&bank, &pool);

    // Exit 2: a stake account, still earning, in the user's own name.
    let destination = pool.new_stake_account(&mut bank, "alice's stake");
    let (index, record) = pool.record(&bank, &votes[0]);
    let slot = bank.clock().slot;
    let accrual = pool.accrual(&bank, &votes[0]);
    let ledger = pool.ledger(&bank);
    let shares = sluice_money::LstAmount(20 * SOL);
    let quote = sluice_pool_math::stake_exit(&ledger, slot, shares, &accrual).unwrap();
    assert!(quote.fee.0 > 0, "what the stake has earned this epoch stays");
    bank.must(
        &[pool.withdraw_stake(
            &alice.pubkey(),
            &lst,
            (index, &votes[0]),
            &destination,
            20 * SOL,
            quote.paid.0,
        )],
        &[&alice],
    );
    let stake = bank.0.stake_activation(&destination).unwrap();
    assert_eq!(stake.effective, quote.paid.0);
    assert_eq!(pool.record(&bank, &votes[0]).1.stake, record.stake - quote.paid.0);
    assert_balanced(&bank, &pool);

    // Exit 3: delayed and free, paid out of stake that cools down meanwhile.
    let ticket = keypair("ticket");
    let rest = token::balance(&bank, &lst);
    let ordered = pool
        .ledger(&bank)
        .at(bank.clock().slot)
        .unwrap()
        .lamports_for(sluice_money::LstAmount(rest))
        .unwrap();
    bank.must(&[pool.order_unstake(&alice.pubkey(), &lst, &ticket.pubkey(), rest)], &[&alice, &ticket]);
    assert_balanced(&bank, &pool);
    for vote in votes.iter().take(3) {
        let all = pool.record(&bank, vote).1.stake;
        let decrease = pool.decrease_stake(&bank, vote, all);
        bank.must(&[decrease], &[&pool.payer, &pool.delegation]);
        assert_balanced(&bank, &pool);
    }
    bank.0.advance_epoch();
    pool.update(&mut bank);
    assert_balanced(&bank, &pool);
    let wallet = bank.lamports(&alice.pubkey());
    let rent = bank.lamports(&ticket.pubkey());
    bank.must(&[pool.claim_ticket(&ticket.pubkey(), &alice.pubkey())], &[&pool.payer]);
    assert_eq!(
        bank.lamports(&alice.pubkey()),
        wallet + ordered.0 + rent,
        "paid its value when ordered, and the rent"
    );
    assert!(bank.account(&ticket.pubkey()).is_none());
    assert_balanced(&bank, &pool);

    // What remains belongs to the seed and the treasury, and all of it is in the reserve.
    bank.0.advance_epoch();
    pool.update(&mut bank);
    let backing = Backing::of(&bank, &pool);
    assert_eq!((backing.delegated, backing.stake_rent, backing.strays), (0, 0, 0));
    assert_eq!(token::balance(&bank, &pool.escrow), SOL, "the escrow holds the seed and nothing else");
    assert_balanced(&bank, &pool);
}

#[test]
fn profit_is_released_slot_by_slot() {
    let (mut bank, votes) = bank_of(&["ann", "ben", "cat"]);
    let (pool, ..) = delegated_pool(&mut bank, &votes);
    for _ in 0..2 {
        bank.0.advance_epoch();
        pool.update(&mut bank);
    }
    let start = pool.rate(&bank);
    let state = pool.state(&bank);
    assert!(state.locked_profit > 0);
    assert_eq!(state.profit_end_slot - state.profit_slot, bank.0.epoch_schedule().slots_per_epoch);
    let full = sluice_pool_math::Ledger { locked_profit: sluice_money::Lamports(0), ..pool.ledger(&bank) };
    let end = full.rate_at(0).unwrap();
    bank.0.warp_slots(16);
    let middle = pool.rate(&bank);
    assert!(start < middle && middle < end, "{start} {middle} {end}");
    let expected = start + (end - start) / 4;
    assert!(
        middle.abs_diff(expected) <= (end - start) / 16,
        "a quarter of the epoch, a quarter of the profit"
    );
}

#[test]
fn buying_before_the_update_and_selling_after_it_earns_nothing() {
    let (mut bank, votes) = bank_of(&["ann", "ben", "cat"]);
    let (pool, ..) = delegated_pool(&mut bank, &votes);
    for _ in 0..3 {
        bank.0.advance_epoch();
        pool.update(&mut bank);
    }
    let (mallory, lst) = pool.user(&mut bank, "mallory", 10_000 * SOL);
    bank.0.advance_to_last_slot();
    let wallet = bank.lamports(&mallory.pubkey());
    let bought = bank.must(&[pool.deposit_sol(&mallory.pubkey(), &lst, 5_000 * SOL, 0)], &[&mallory]);
    bank.0.advance_epoch();
    pool.update(&mut bank);
    let shares = token::balance(&bank, &lst);
    let sold = bank.must(&[pool.withdraw_sol(&mallory.pubkey(), &lst, shares, 0)], &[&mallory]);
    assert!(bank.lamports(&mallory.pubkey()) + bought.fee + sold.fee <= wallet, "mallory gained");
    assert_balanced(&bank, &pool);
}

#[test]
fn more_stake_for_the_same_validator_is_merged_next_epoch() {
    let (mut bank, votes) = bank_of(&["ann", "ben", "cat"]);
    let (pool, alice, lst) = delegated_pool(&mut bank, &votes);
    bank.0.advance_epoch();
    pool.update(&mut bank);
    bank.must(&[pool.deposit_sol(&alice.pubkey(), &lst, 50 * SOL, 0)], &[&alice]);
    let increase = pool.increase_stake(&bank, &votes[0], 40 * SOL);
    bank.must(&[increase], &[&pool.payer, &pool.delegation]);
    assert_eq!(pool.record(&bank, &votes[0]).1.activating, 40 * SOL);
    assert_balanced(&bank, &pool);

    bank.0.advance_epoch();
    let before = pool.record(&bank, &votes[0]).1;
    pool.update(&mut bank);
    let after = pool.record(&bank, &votes[0]).1;
    assert_eq!(after.activating, 0);
    assert_eq!(after.stake, before.stake + before.activating + u64::try_from(after.growth).unwrap());
    assert_eq!(after.earning, before.stake, "what was warming up could not earn");
    assert!(bank.account(&pool.activating(&votes[0])).is_none(), "merged and gone");
    assert_balanced(&bank, &pool);
}

#[test]
fn a_partial_decrease_cools_down_and_comes_home() {
    let (mut bank, votes) = bank_of(&["ann", "ben", "cat"]);
    let (pool, ..) = delegated_pool(&mut bank, &votes);
    bank.0.advance_epoch();
    pool.update(&mut bank);
    let reserve = pool.reserve_lamports(&bank);
    let decrease = pool.decrease_stake(&bank, &votes[1], 30 * SOL);
    bank.must(&[decrease], &[&pool.payer, &pool.delegation]);
    assert_balanced(&bank, &pool);
    bank.0.advance_epoch();
    pool.update(&mut bank);
    let record = pool.record(&bank, &votes[1]).1;
    assert_eq!(record.deactivating, 0);
    let tolerance = 99 * SOL / 1_000;
    assert!(record.stake.abs_diff(69 * SOL) < tolerance);
    assert!(pool.reserve_lamports(&bank) >= reserve + 30 * SOL);
    assert!(bank.account(&pool.deactivating(&votes[1])).is_none());
    assert_balanced(&bank, &pool);
}

#[test]
fn tips_on_a_stake_account_are_swept_and_shared() {
    let scripts = vec![
        ValidatorScript::new("tipped").stake_sol(1_000_000).mev(0, 1_000_000),
        ValidatorScript::new("plain").stake_sol(1_000_000),
    ];
    let mut bank = Bank::start(scripts);
    let votes = [bank.0.validator("tipped").vote_address(), bank.0.validator("plain").vote_address()];
    let (pool, ..) = delegated_pool(&mut bank, &votes);
    bank.0.advance_epoch();
    pool.update(&mut bank);
    let report = bank.0.advance_epoch();
    let (stake, before) = (pool.stake(&votes[0]), pool.state(&bank).total_lamports);
    let tips = report.tips_of(&stake);
    assert!(tips >= 10_000_000, "{tips} lamports of tips reach the sweep threshold");
    pool.update(&mut bank);
    let record = pool.record(&bank, &votes[0]).1;
    assert_eq!(
        record.growth,
        (report.reward_of(&stake) + tips) as i64,
        "tips count for the validator that brought them"
    );
    let rewards: u64 = votes.iter().map(|vote| report.reward_of(&pool.stake(vote))).sum();
    assert_eq!(pool.state(&bank).total_lamports, before + rewards + tips);
    assert_eq!(Backing::of(&bank, &pool).strays, 0);
    assert_balanced(&bank, &pool);
}

#[test]
fn nothing_that_needs_final_balances_runs_while_rewards_are_paid() {
    use sluice_sdk::staking_pool::errors::StakingPoolError as E;
    let (mut bank, votes) = bank_of(&["ann", "ben", "cat"]);
    let (pool, alice, lst) = delegated_pool(&mut bank, &votes);
    bank.0.advance_epoch();
    pool.update(&mut bank);
    let ticket = keypair("ticket");
    bank.must(&[pool.order_unstake(&alice.pubkey(), &lst, &ticket.pubkey(), SOL)], &[&alice, &ticket]);

    bank.0.advance_into_rewards();
    let update = pool.update_validators(&bank, 0, 3);
    let refused = bank.0.simulate_instructions(&[update], &pool.payer.pubkey());
    let code = E::EpochRewardsActive as u32;
    assert!(format!("{:?}", refused.result).contains(&format!("Custom({code})")), "{:?}", refused.result);
    let refused = bank.0.simulate_instructions(&[pool.finish_update()], &pool.payer.pubkey());
    assert!(format!("{:?}", refused.result).contains(&format!("Custom({code})")), "{:?}", refused.result);
    // Ordering an exit needs no price of this epoch.
    let another = keypair("another ticket");
    let order = pool.order_unstake(&alice.pubkey(), &lst, &another.pubkey(), SOL);
    let allowed = bank.0.simulate_instructions(&[order], &alice.pubkey());
    assert!(allowed.result.is_ok(), "{:?}", allowed.logs);
}

#[test]
fn five_epochs_without_a_crank_are_caught_up_in_one_update() {
    let (mut bank, votes) = bank_of(&["ann", "ben", "cat"]);
    let (pool, ..) = delegated_pool(&mut bank, &votes);
    bank.0.advance_epoch();
    pool.update(&mut bank);
    let before = pool.state(&bank).total_lamports;
    let mut paid = 0;
    for _ in 0..5 {
        let report = bank.0.advance_epoch();
        paid += votes.iter().map(|vote| report.reward_of(&pool.stake(vote))).sum::<u64>();
    }
    pool.update(&mut bank);
    assert_eq!(pool.state(&bank).total_lamports, before + paid);
    assert_balanced(&bank, &pool);
}
