//! Insurance fund, treasury, providers and the history of rates.

use super::*;

/// Ten SOL behind ten LST of which the fund has one and alice eight.
fn insured(stage: &mut Stage) -> Holder {
    let alice = stage.holder("alice", 9 * SOL);
    stage.must(stage.pool.fund_insurance(&alice.address(), &alice.lst, SOL), &[&alice.key]);
    alice
}

#[test]
fn a_loss_is_taken_from_locked_profit_then_from_the_fund_and_then_from_the_rate() {
    // The loss; and what is left of total, supply, locked profit, and the fund's shares.
    for (loss, total, supply, locked, fund) in [
        // 0.3 of the 0.5 SOL that are locked.
        (300_000_000, 10_200_000_000, 10 * SOL, 200_000_000, SOL),
        (500_000_000, 10 * SOL, 10 * SOL, 0, SOL),
        // Beyond that, a share of the fund for every lamport: the rate stays at one.
        (500_000_001, 10 * SOL - 1, 10 * SOL - 1, 0, SOL - 1),
        (1_200_000_000, 9_300_000_000, 9_300_000_000, 0, 300_000_000),
        (1_500_000_000, 9 * SOL, 9 * SOL, 0, 0),
        // And beyond that, eight SOL for nine LST.
        (2_500_000_000, 8 * SOL, 9 * SOL, 0, 0),
    ] {
        let mut stage = Stage::with(|options| options.params.fees.reward_bps = 0);
        insured(&mut stage);
        // Half of a SOL of profit is released, late in the epoch; the other half is locked when the loss is found.
        stage.donate(&stage.pool.reserve.clone(), SOL / 2);
        stage.next_epoch();
        let rate = stage.pool.rate(&stage.svm);
        assert_eq!((rate, stage.pool.state(&stage.svm).locked_profit), (SOL, SOL / 2));
        stage.lose(&stage.pool.reserve.clone(), loss);
        // The next update is so early that nothing is released before.
        let slot = stage.svm.clock().slot;
        let mut clock = stage.svm.clock();
        clock.epoch += 1;
        stage.svm.0.set_sysvar(&clock);
        assert_eq!(stage.svm.clock().slot, slot);
        let sent = stage.pool.update(&mut stage.svm).pop().expect("the end of an update");

        let state = stage.pool.state(&stage.svm);
        assert_eq!((state.total_lamports, state.supply), (total, supply), "a loss of {loss}");
        assert_eq!((state.locked_profit, state.insurance_shares), (locked, fund), "a loss of {loss}");
        let expected = if loss > 1_500_000_000 { 888_888_888 } else { SOL };
        assert_eq!(stage.pool.rate(&stage.svm), expected, "a loss of {loss}");
        let [StakingPoolEvent::UpdateFinished(event)] = &events(&sent)[..] else { panic!("one event") };
        assert_eq!((event.loss, event.insurance_burnt, event.insurance_after), (loss, SOL - fund, fund));
        stage.assert_balanced();
    }
}

#[test]
fn the_fund_is_fed_by_its_share_of_every_fee() {
    let mut stage = Stage::liquid(10 * SOL, |options| {
        let fees = &mut options.params.fees;
        (fees.reward_bps, fees.deposit_bps, fees.liquidity_cut_bps) = (1_000, 20, 5_000);
        (fees.insurance_bps, fees.referral_bps) = (2_500, 0);
        options.instant_fee(20);
    });
    let fund = |stage: &Stage| {
        let state = stage.pool.state(&stage.svm);
        (state.insurance_shares, state.fee_shares, stage.tokens(&stage.pool.treasury))
    };
    // Of a deposit of ten SOL: 0.02 LST, a quarter of it the fund's.
    let alice = stage.holder("alice", 10 * SOL);
    assert_eq!(fund(&stage), (5_000_000, 15_000_000, 0));
    // Of an exit of one LST from liquidity: 0.002 SOL, half of it cut, a quarter of that the fund's.
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), 8 * SOL);
    stage.must(order, &[&alice.key, &ticket]);
    stage.lose(&stage.pool.reserve.clone(), 3 * SOL);
    stage.exit(&alice.key, &alice.lst, SOL);
    stage.donate(&stage.pool.reserve.clone(), 3 * SOL);
    assert_eq!(fund(&stage), (5_250_000, 15_750_000, 0));
    // Of a profit of one SOL: 0.1, a quarter of it the fund's. The rest, and what has waited, is minted.
    let sent = profit(&mut stage, SOL);
    assert_eq!(fund(&stage), (5_250_000 + 25_000_000, 0, 15_750_000 + 75_000_000));
    let [StakingPoolEvent::UpdateFinished(event)] = &events(&sent)[..] else { panic!("one event") };
    assert_eq!(event.fee, FeeEntry { referrer: 0, insurance: 25_000_000, treasury: 75_000_000 });
    assert_eq!((event.minted_shares, event.forgone_shares), (90_750_000, 0));
    stage.assert_balanced();
    // Nothing is minted twice.
    stage.next_epoch();
    assert_eq!(fund(&stage), (30_250_000, 0, 90_750_000));
    stage.assert_balanced();
}

#[test]
fn fees_reach_the_treasury_with_the_next_update() {
    let mut stage = Stage::with(|options| options.params.fees.deposit_bps = 20);
    stage.holder("alice", 10 * SOL);
    stage.holder("bob", 5 * SOL);
    assert_eq!(stage.pool.state(&stage.svm).fee_shares, 30_000_000);
    assert_eq!(stage.tokens(&stage.pool.treasury), 0);
    stage.next_epoch();
    // They were part of the supply already: no rate moves, and no profit is needed.
    assert_eq!(stage.tokens(&stage.pool.treasury), 30_000_000);
    assert_eq!((stage.pool.state(&stage.svm).fee_shares, stage.pool.rate(&stage.svm)), (0, SOL));
    assert_eq!(stage.pool.state(&stage.svm).supply, 16 * SOL);
    stage.assert_balanced();
}

#[test]
fn a_broken_treasury_forgoes_what_has_waited_and_its_value_is_the_holders() {
    let mut stage = Stage::with(|options| {
        (options.params.fees.deposit_bps, options.params.fees.insurance_bps) = (20, 5_000);
    });
    stage.holder("alice", 10 * SOL);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.fee_shares, state.insurance_shares), (10_000_000, 10_000_000));
    stage.freeze(&stage.pool.treasury.clone());
    let sent = profit(&mut stage, SOL);
    let state = stage.pool.state(&stage.svm);
    // Twelve SOL behind what is not forgone; the SOL found, and the 0.01 SOL the forgone shares were worth, are locked.
    assert_eq!((state.total_lamports, state.supply), (12 * SOL, 11 * SOL - 10_000_000));
    assert_eq!((state.locked_profit, state.fee_shares), (SOL + 10_000_000, 0));
    assert_eq!(
        state.insurance_shares, 10_000_000,
        "the fund keeps what it has, and gets nothing of this profit"
    );
    assert_eq!(stage.pool.rate(&stage.svm), SOL);
    let [StakingPoolEvent::UpdateFinished(event)] = &events(&sent)[..] else { panic!("one event") };
    assert_eq!((event.minted_shares, event.forgone_shares, &event.fee), (0, 10_000_000, &NO_FEE));
    stage.assert_balanced();
    stage.next_epoch();
    // 12 / 10.99.
    assert_eq!(stage.pool.rate(&stage.svm), 1_091_901_728);
    // Mended, it gets what is charged from then on.
    stage.svm.edit(&stage.pool.treasury.clone(), |account| account.data[108] = 1);
    stage.holder("bob", 10 * SOL);
    let waiting = stage.pool.state(&stage.svm).fee_shares;
    stage.next_epoch();
    assert_eq!(stage.tokens(&stage.pool.treasury), waiting);
    stage.assert_balanced();
}

#[test]
fn what_the_providers_have_is_no_profit_and_its_loss_none_of_the_pools() {
    let mut stage = Stage::liquid(5 * SOL, |options| options.instant_fee(20));
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.provider("bob", 5 * SOL));
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 10 * SOL);
    stage.leave_free(0);
    stage.exit(&alice.key, &alice.lst, 5 * SOL);
    stage.remove(&bob, 2 * SOL);
    let sent = stage.next_epoch().pop().expect("the end of an update");
    let [StakingPoolEvent::UpdateFinished(event)] = &events(&sent)[..] else { panic!("one event") };
    assert_eq!((event.profit, event.loss), (0, 0));
    stage.assert_balanced();
}

// The history.

fn history(stage: &Stage) -> RateHistory {
    let account = stage.svm.account(&stage.pool.rate_history()).expect("the history exists");
    RateHistory::decode_owned(&account.owner, &account.data).expect("a history")
}

/// As [`Stage::next_epoch`], two days later.
fn two_days_on(stage: &mut Stage) {
    let mut clock = stage.svm.clock();
    clock.unix_timestamp += 172_800;
    stage.svm.0.set_sysvar(&clock);
    stage.svm.advance_epoch();
}

#[test]
fn every_update_leaves_its_rate_and_an_epoch_without_one_leaves_nothing() {
    let (mut stage, _) = ten_sol();
    assert_eq!(history(&stage).count, 0, "the epoch of a pool's birth has no update");
    assert_eq!(history(&stage).pool, stage.pool.pool);
    two_days_on(&mut stage);
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.pool.update(&mut stage.svm);
    // Nobody comes for an epoch.
    two_days_on(&mut stage);
    two_days_on(&mut stage);
    stage.pool.update(&mut stage.svm);
    let (epoch, now) = (stage.svm.clock().epoch, stage.svm.clock().unix_timestamp);
    let found = history(&stage);
    assert_eq!(found.count, 2);
    let [first, second] = [&found.entries[0], &found.entries[1]];
    // Eleven SOL, 0.95 of them locked at first, behind 10.05 LST.
    assert_eq!((first.epoch, first.unix_timestamp), (epoch - 2, now - 345_600));
    assert_eq!((first.value, first.total, first.supply), (10_050_000_000, 11 * SOL, 10_050_000_000));
    assert_eq!((second.epoch, second.unix_timestamp), (epoch, now));
    assert_eq!((second.value, second.total, second.supply), (11 * SOL, 11 * SOL, 10_050_000_000));
    assert!(found.entries[2..].iter().all(|entry| entry.epoch == 0 && entry.supply == 0));
}

#[test]
fn the_ring_wraps_after_250_updates_and_tells_the_yield() {
    let mut stage = Stage::with(|options| options.params.fees.reward_bps = 0);
    stage.holder("alice", 999 * SOL);
    let first_epoch = stage.svm.clock().epoch + 1;
    let mut rates = Vec::new();
    for _ in 0..263 {
        two_days_on(&mut stage);
        // Two hundredths of a percent an epoch.
        let profit = stage.pool.state(&stage.svm).total_lamports / 5_000;
        stage.donate(&stage.pool.reserve.clone(), profit);
        stage.pool.update(&mut stage.svm);
        rates.push(stage.pool.rate(&stage.svm));
    }
    let found = history(&stage);
    assert_eq!(found.count, 263);
    // Updates 13 to 262 are there, in the places of their numbers modulo 250.
    for (number, found_then) in rates.iter().enumerate().skip(13) {
        let entry = &found.entries[number % 250];
        assert_eq!(entry.epoch, first_epoch + number as u64);
        let rate = u128::from(entry.value) * u128::from(SOL) / u128::from(entry.supply);
        assert_eq!(rate, u128::from(*found_then), "the rate at that update");
    }
    // Any client can tell the yield of the year from the oldest and the newest.
    let ring = |number: usize| &found.entries[number % 250];
    let (oldest, newest) = (ring(13), ring(262));
    let rate = |entry: &sluice_sdk::staking_pool::types::RateEntry| entry.value as f64 / entry.supply as f64;
    let years = (newest.unix_timestamp - oldest.unix_timestamp) as f64 / (365.25 * 86_400.0);
    let apy = (rate(newest) / rate(oldest)).powf(1.0 / years) - 1.0;
    let grown = (rates[262] as f64 / rates[13] as f64).powf(1.0 / years) - 1.0;
    assert!((apy - grown).abs() < 1e-8, "{apy} against {grown}");
    // 1.0002 to the power of 182.625 epochs a year: 3.72 %.
    assert!((apy - (1.0002f64.powf(182.625) - 1.0)).abs() < 1e-6, "{apy}");
}
