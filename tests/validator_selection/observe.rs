//! `observe`: each line of its specification, and each way it refuses.

use sluice_money::Lamports;
use sluice_sdk::AccountData;
use sluice_sdk::slab::SlabHeader;
use sluice_sdk::staking_pool::accounts::ValidatorListHeader;
use sluice_sdk::validator_selection::types::{Params, Place};
use sluice_selection_math::*;
use sluice_tests::selection::{
    NOT_IN_POOL, Vote, VoteLayout, close_account, open_params, write_account, write_candidates, write_config,
};
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;

use crate::{Error, FULL, blank, joined, next_epoch, voted};

/// What the pool recorded for a validator: stake that could earn, and what inflation paid on it.
fn record_growth(svm: &mut Svm, selection: &SelectionFixture, vote: &Address, earning: u64, growth: i64) {
    record_growth_and_extra(svm, selection, vote, earning, growth, 0);
}

/// The same, with what came beside inflation.
fn record_growth_and_extra(
    svm: &mut Svm,
    selection: &SelectionFixture,
    vote: &Address,
    earning: u64,
    inflation: i64,
    extra: u64,
) {
    let growth = inflation + extra as i64;
    let (index, _) = selection.pool.record(svm, vote);
    let epoch = svm.clock().epoch;
    let mut account = svm.account(&selection.pool.list).unwrap();
    let record = &mut account.data[ValidatorListHeader::record_offset(index as usize)..];
    record[56..64].copy_from_slice(&epoch.to_le_bytes());
    record[64..72].copy_from_slice(&earning.to_le_bytes());
    record[72..80].copy_from_slice(&growth.to_le_bytes());
    record[88..96].copy_from_slice(&extra.to_le_bytes());
    svm.0.set_account(selection.pool.list, account).unwrap();
}

/// A selection whose candidates all hold stake for a whole epoch, in the epoch after.
fn staked(svm: &mut Svm, names: &[&str], commission_bps: u16) -> (SelectionFixture, Vec<Address>) {
    let selection = SelectionFixture::new(svm);
    let votes: Vec<_> =
        names.iter().map(|name| joined(svm, &selection, name, FULL, commission_bps)).collect();
    selection.fund(svm, 1_000 * SOL);
    selection.crank(svm);
    for _ in 0..2 {
        next_epoch(svm, &selection);
        for name in names {
            voted(svm, name, FULL, commission_bps);
        }
    }
    (selection, votes)
}

#[test]
fn an_epoch_counts_once() {
    let mut svm = Svm::new();
    let (selection, votes) = staked(&mut svm, &["a", "b", "c"], 500);
    for vote in &votes {
        record_growth(&mut svm, &selection, vote, 100 * SOL, 16_000_000);
    }
    let bytes =
        |svm: &Svm| (svm.account(&selection.config).unwrap(), svm.account(&selection.registry).unwrap());
    selection.observe_all(&mut svm);
    assert_eq!(selection.state(&svm).observed, 3);
    assert!(selection.state(&svm).epoch_sums.growth > 0);
    let once = bytes(&svm);
    selection.observe_all(&mut svm);
    // Nor does one candidate that fills a batch.
    let again = selection.observe(&svm, &[votes[0], votes[0], votes[1]]);
    svm.must(&[again], &[&selection.pool.payer]);
    assert_eq!(bytes(&svm), once);
}

#[test]
fn the_order_of_observations_does_not_matter() {
    let names = ["a", "b", "c"];
    let seen = |order: [usize; 3]| {
        let mut svm = Svm::new();
        let (selection, votes) = staked(&mut svm, &names, 500);
        for (vote, growth) in votes.iter().zip([10_000_000, 16_000_000, 40_000_000]) {
            record_growth(&mut svm, &selection, vote, 100 * SOL, growth);
        }
        for index in order {
            let observe = selection.observe(&svm, &[votes[index]]);
            svm.must(&[observe], &[&selection.pool.payer]);
        }
        (selection.state(&svm), selection.registry(&svm).records)
    };
    assert_eq!(seen([0, 1, 2]), seen([2, 0, 1]));
}

#[test]
fn the_worst_commission_of_the_last_eight_epochs_counts() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    svm.advance_epoch();
    voted(&mut svm, "alpha", FULL, 10_000);
    selection.observe_all(&mut svm);
    assert_eq!(selection.candidate(&svm, &vote).seat.score, 0);
    for _ in 0..7 {
        svm.advance_epoch();
        voted(&mut svm, "alpha", FULL, 0);
        selection.observe_all(&mut svm);
        assert_eq!(selection.candidate(&svm, &vote).seat.score, 0);
    }
    svm.advance_epoch();
    voted(&mut svm, "alpha", FULL, 0);
    selection.observe_all(&mut svm);
    assert!(selection.candidate(&svm, &vote).seat.score > 0);
}

#[test]
fn a_commission_raised_after_the_first_look_is_seen_by_the_second() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 100);
    let before = selection.candidate(&svm, &vote);
    voted(&mut svm, "alpha", FULL, 5_000);
    selection.observe_all(&mut svm);
    let raised = selection.candidate(&svm, &vote);
    assert_eq!(raised.commissions[100 % 8], 5_000);
    assert!(raised.seat.score < before.seat.score * 6 / 10);
    voted(&mut svm, "alpha", FULL, 100);
    selection.observe_all(&mut svm);
    assert_eq!(selection.candidate(&svm, &vote), raised);
}

#[test]
fn an_account_that_is_gone_scores_nothing_and_stops_nobody() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let votes: Vec<_> =
        ["a", "b", "c", "d"].iter().map(|name| joined(&mut svm, &selection, name, FULL, 0)).collect();
    svm.advance_epoch();
    for name in ["a", "b", "c", "d"] {
        voted(&mut svm, name, FULL, 0);
    }
    close_account(&mut svm, &votes[0]);
    write_account(&mut svm, &votes[1], vec![0; 3_762], solana_sdk_ids::vote::ID);
    let data = svm.account(&votes[2]).unwrap().data;
    write_account(&mut svm, &votes[2], data, solana_sdk_ids::system_program::ID);
    selection.observe_all(&mut svm);
    for vote in &votes[..3] {
        let candidate = selection.candidate(&svm, vote);
        assert_eq!(
            (candidate.seat.score, candidate.last_credits, candidate.history, candidate.idle),
            (0, 0, 0, 1)
        );
        assert_eq!(candidate.observed_epoch, 101);
    }
    assert!(selection.candidate(&svm, &votes[3]).seat.score > 0);
}

#[test]
fn a_validator_that_stops_voting_is_seen_in_the_next_epoch() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    // Still the account of epoch 100, in which it voted; then nothing.
    svm.advance_epoch();
    selection.observe_all(&mut svm);
    assert_eq!(selection.candidate(&svm, &vote).last_credits, 1_000);
    svm.advance_epoch();
    selection.observe_all(&mut svm);
    let candidate = selection.candidate(&svm, &vote);
    assert_eq!(
        (candidate.last_credits, candidate.credits, candidate.seat.score, candidate.idle),
        (0, 0, 0, 1)
    );
}

#[test]
fn an_account_created_anew_starts_without_the_past_of_the_other() {
    let mut svm = Svm::new();
    let (selection, votes) = staked(&mut svm, &["a"], 9_900);
    record_growth(&mut svm, &selection, &votes[0], 100 * SOL, 0);
    selection.observe_all(&mut svm);
    let before = selection.candidate(&svm, &votes[0]);
    assert_eq!(before.commissions, [9_900; 8]);

    next_epoch(&mut svm, &selection);
    Vote { layout: VoteLayout::V3, ..Vote::steady(103, 1, FULL, 200) }.write(&mut svm, "a");
    selection.observe_all(&mut svm);
    let after = selection.candidate(&svm, &votes[0]);
    assert!(after.total_credits < before.total_credits);
    assert_eq!((after.commissions, after.history), ([200; 8], 1));
}

#[test]
fn what_the_stake_realised_is_compared_with_what_the_credits_promised() {
    let mut svm = Svm::new();
    let (selection, votes) = staked(&mut svm, &["as promised", "more", "less", "unmeasured"], 500);
    let net = net_credits(FULL, sluice_money::Bps::saturating(500));
    let promised = model(Kappa(24_000_000), net).0;
    // A year's yield of 100 SOL at the model, a tenth more, half, and too little stake to measure.
    let at = |parts: u64| i64::try_from(promised * parts / 1_000).unwrap();
    for (vote, (earning, growth)) in votes.iter().zip([
        (100 * SOL, at(100)),
        (100 * SOL, at(110)),
        (100 * SOL, at(50)),
        (SOL - 1, at(900)),
    ]) {
        record_growth(&mut svm, &selection, vote, earning, growth);
    }
    selection.observe_all(&mut svm);
    let deviations: Vec<_> = votes.iter().map(|vote| selection.candidate(&svm, vote).deviation_ppm).collect();
    assert!(deviations[0].abs() < 10, "{deviations:?}");
    // A quarter of the way to a tenth more would be 25,000: more than a twentieth is not believed.
    assert_eq!(deviations[1], MAX_DEVIATION_PPM / 4);
    assert!((deviations[2] + 125_000).abs() < 10, "{deviations:?}");
    assert_eq!(deviations[3], 0);
    for (vote, deviation) in votes.iter().zip(&deviations) {
        let worth = expected(Yield(promised), Deviation(*deviation), Extra::default());
        let candidate = selection.candidate(&svm, vote);
        assert_eq!((candidate.expected, candidate.seat.score), (worth.0, worth.0));
    }
    // The calibration takes in what was measured, and kappa follows it from the next epoch on.
    let state = selection.state(&svm);
    let mut sums = Calibration::default();
    for inflation in [at(100), at(110), at(50)] {
        let evidence = Evidence {
            earning: Lamports(100 * SOL),
            inflation,
            extra: Lamports(0),
            credits: FULL,
            net_credits: net,
        };
        sums = sums.plus(Calibration::of(Kappa(24_000_000), &evidence));
    }
    assert_eq!((state.epoch_sums.growth, state.epoch_sums.weight), (sums.growth, sums.weight));
    assert_eq!(state.kappa, 24_000_000);
    next_epoch(&mut svm, &selection);
    selection.observe_all(&mut svm);
    assert_eq!(selection.state(&svm).kappa, sums.kappa(Kappa(24_000_000)).0);
}

#[test]
fn tips_are_learnt_apart_from_inflation_and_their_mean_is_the_prior_of_those_without_stake() {
    let mut svm = Svm::new();
    let (selection, votes) = staked(&mut svm, &["shares tips", "keeps them"], 0);
    let stranger = joined(&mut svm, &selection, "without stake", FULL, 0);
    let promised = model(Kappa(24_000_000), FULL).0;
    let inflation = i64::try_from(promised / 10).unwrap();
    // Tips of a tenth of what inflation pays.
    let tips = promised / 100;
    record_growth_and_extra(&mut svm, &selection, &votes[0], 100 * SOL, inflation, tips);
    record_growth(&mut svm, &selection, &votes[1], 100 * SOL, inflation);
    selection.observe_all(&mut svm);
    let seen = |svm: &Svm, vote| {
        let candidate = selection.candidate(svm, vote);
        (candidate.deviation_ppm, candidate.extra)
    };
    let (deviation, extra) = seen(&svm, &votes[0]);
    assert!(deviation.abs() < 10, "tips are no inflation: {deviation}");
    // A quarter of the way, per 10^12 lamports; and of that what 100 SOL say of as much as one may hold.
    let cap = Lamports(selection.state(&svm).cap);
    assert!(cap.0 > 250 * SOL);
    assert_eq!(extra, credible(Yield(tips * 10), Yield(0), Lamports(100 * SOL), cap).0 / 4);
    assert_eq!(seen(&svm, &votes[1]).1, 0);
    assert_eq!(seen(&svm, &stranger), (0, 0));
    let candidate = selection.candidate(&svm, &votes[0]);
    assert_eq!(candidate.expected, expected(Yield(promised), Deviation(deviation), Extra(Yield(extra))).0);

    // Kappa does not follow tips; the mean is half of them.
    next_epoch(&mut svm, &selection);
    for name in ["shares tips", "keeps them", "without stake"] {
        voted(&mut svm, name, FULL, 0);
    }
    selection.observe_all(&mut svm);
    let state = selection.state(&svm);
    assert!(state.kappa.abs_diff(24_000_000) < 10, "{}", state.kappa);
    assert_eq!(state.average_extra, tips * 10 / 2);
    assert_eq!(seen(&svm, &stranger).1, tips * 10 / 2, "whoever was never tried is taken for the mean");
    let newcomer = joined(&mut svm, &selection, "newcomer", FULL, 0);
    assert_eq!(seen(&svm, &newcomer).1, tips * 10 / 2);
    // Or for more, so that it is tried.
    let params = Params { untried_bps: 15_000, ..open_params() };
    svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
    let bold = joined(&mut svm, &selection, "bold", FULL, 0);
    assert_eq!(seen(&svm, &bold).1, tips * 10 / 2 * 3 / 2);
}

#[test]
fn a_donation_to_oneself_buys_no_more_than_the_bound() {
    let mut svm = Svm::new();
    let (selection, votes) = staked(&mut svm, &["donor", "honest"], 0);
    for epochs in 0..12 {
        let epoch = svm.clock().epoch;
        let promised = model(Kappa(selection.state(&svm).kappa), FULL).0;
        let inflation = (promised / 10) as i64;
        record_growth_and_extra(&mut svm, &selection, &votes[0], 100 * SOL, inflation, 1_000 * SOL);
        record_growth(&mut svm, &selection, &votes[1], 100 * SOL, inflation);
        selection.observe_all(&mut svm);
        let donor = selection.candidate(&svm, &votes[0]);
        let modelled = model(Kappa(selection.state(&svm).kappa), FULL).0;
        assert!(donor.seat.score <= modelled + modelled / 5 + 10, "epoch {epoch} ({epochs})");
        assert!(donor.extra <= modelled / 5 + 1);
        // Nor does it lift the others beyond the bound.
        assert!(selection.state(&svm).average_extra <= modelled / 5);
        next_epoch(&mut svm, &selection);
        voted(&mut svm, "donor", FULL, 0);
        voted(&mut svm, "honest", FULL, 0);
    }
    assert!(selection.candidate(&svm, &votes[0]).extra > 0);
}

#[test]
fn a_yield_the_pool_measures_later_in_the_epoch_is_still_counted_and_once() {
    let mut svm = Svm::new();
    let (selection, votes) = staked(&mut svm, &["a"], 0);
    svm.advance_epoch();
    voted(&mut svm, "a", FULL, 0);
    selection.observe_all(&mut svm);
    let early = selection.candidate(&svm, &votes[0]);
    assert_ne!(early.realised_epoch, svm.clock().epoch);
    record_growth(&mut svm, &selection, &votes[0], 100 * SOL, 1);
    for _ in 0..2 {
        selection.observe_all(&mut svm);
        let late = selection.candidate(&svm, &votes[0]);
        assert_eq!(late.realised_epoch, svm.clock().epoch);
        let learnt = Deviation(early.deviation_ppm).observe(Yield(10), Yield(1_000_000_000));
        assert_eq!(late.deviation_ppm, learnt.0);
        assert_eq!(selection.state(&svm).epoch_sums.growth, 1);
    }
}

#[test]
fn a_wrong_place_in_the_pools_list_is_ignored_and_a_right_one_remembered() {
    let mut svm = Svm::new();
    let (selection, votes) = staked(&mut svm, &["a", "b"], 0);
    record_growth(&mut svm, &selection, &votes[0], 100 * SOL, 16_000_000);
    let place = selection.place(&svm, &votes[0]);
    for wrong in [NOT_IN_POOL, 7, 1 - place.pool_index] {
        let batch = vec![Place { index: place.index, pool_index: wrong }];
        svm.must(&[selection.observe_places(batch, &votes[..1])], &[&selection.pool.payer]);
        assert_eq!(selection.candidate(&svm, &votes[0]).pool_index, place.pool_index);
    }
    assert_eq!(selection.candidate(&svm, &votes[0]).realised_epoch, svm.clock().epoch);

    let mut lost = selection.registry(&svm).records;
    lost[place.index as usize].pool_index = NOT_IN_POOL;
    write_candidates(&mut svm, &selection, &lost);
    let right = selection.observe(&svm, &votes[..1]);
    svm.must(&[right], &[&selection.pool.payer]);
    assert_eq!(selection.candidate(&svm, &votes[0]).pool_index, place.pool_index);
}

#[test]
fn batch_and_accounts_must_fit() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let votes = [joined(&mut svm, &selection, "a", FULL, 0), joined(&mut svm, &selection, "b", FULL, 0)];
    let payer = &selection.pool.payer;
    let places = |votes: &[Address]| votes.iter().map(|vote| selection.place(&svm, vote)).collect::<Vec<_>>();
    let (one, two) = (places(&votes[..1]), places(&votes));
    svm.refuses(&[selection.observe_places(one.clone(), &votes)], &[payer], Error::WrongAccountCount);
    svm.refuses(&[selection.observe_places(two, &votes[..1])], &[payer], Error::WrongAccountCount);
    svm.refuses(&[selection.observe_places(one, &votes[1..])], &[payer], Error::WrongCandidate);
    let beyond = vec![Place { index: 2, pool_index: NOT_IN_POOL }];
    svm.refuses(&[selection.observe_places(beyond, &votes[..1])], &[payer], Error::WrongCandidate);
}

#[test]
fn foreign_lists_and_registries_are_refused() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "a", FULL, 0);
    let payer = &selection.pool.payer;
    for (at, like, error) in [
        (1, selection.registry, Error::WrongRegistry),
        (2, selection.pool.pool, Error::WrongPool),
        (3, selection.pool.list, Error::WrongValidatorList),
    ] {
        let copy = keypair("copy").pubkey();
        let account = svm.account(&like).unwrap();
        write_account(&mut svm, &copy, account.data, account.owner);
        let mut observe = selection.observe(&svm, &[vote]);
        observe.accounts[at].pubkey = copy;
        svm.refuses(&[observe], &[payer], error);
    }
    // The same account in two writable places.
    let mut twice = selection.observe(&svm, &[vote]);
    twice.accounts[4].pubkey = selection.registry;
    svm.refuses(&[twice], &[payer], chain::DUPLICATE_MUTABLE_ACCOUNT);
}

#[test]
fn counters_refuse_to_wrap() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "a", FULL, 0);
    write_config(&mut svm, &selection, |config| config.observed = u64::MAX);
    let mut fresh = selection.candidate(&svm, &vote);
    (fresh.observed_epoch, fresh.measured_epoch) = (99, 99);
    write_candidates(&mut svm, &selection, &[fresh]);
    let observe = selection.observe(&svm, &[vote]);
    svm.refuses(&[observe], &[&selection.pool.payer], Error::Overflow);
}

/// Compute units a transaction of `count` observations takes, every candidate with stake, growth, and full histories.
fn cost(count: usize, layout: VoteLayout) -> u64 {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_capacity(&mut svm, open_params(), 100, 100);
    let names: Vec<_> = (0..count).map(|i| format!("validator {i}")).collect();
    let votes: Vec<_> = names.iter().map(|name| keypair(name).pubkey()).collect();
    let mut candidates = Vec::new();
    let header = ValidatorListHeader::SIZE;
    let mut list = svm.account(&selection.pool.list).unwrap();
    list.data[header..][..4].copy_from_slice(&(count as u32).to_le_bytes());
    svm.advance_epoch();
    for (index, (name, vote)) in names.iter().zip(&votes).enumerate() {
        Vote { layout, ..Vote::steady(101, 63, FULL - index as u64, 500) }.write(&mut svm, name);
        candidates.push(blank(*vote));
        let record =
            &mut list.data[ValidatorListHeader::record_offset(index)..][..ValidatorListHeader::RECORD_SIZE];
        record[..32].copy_from_slice(vote.as_ref());
        record[56..64].copy_from_slice(&101u64.to_le_bytes());
        record[64..72].copy_from_slice(&(50_000 * SOL).to_le_bytes());
        record[72..80].copy_from_slice(&(8 * SOL).to_le_bytes());
        record[88..96].copy_from_slice(&(SOL / 2).to_le_bytes());
    }
    svm.0.set_account(selection.pool.list, list).unwrap();
    write_candidates(&mut svm, &selection, &candidates);
    let observe = selection.observe(&svm, &votes);
    let sent = svm.must(&[observe], &[&selection.pool.payer]);
    assert_eq!(selection.state(&svm).observed, count as u64);
    assert!(selection.candidate(&svm, &votes[0]).realised_epoch == 101);
    sent.compute_units
}

#[test]
fn one_more_validator_costs_at_most_3_000_compute_units() {
    for layout in [VoteLayout::V1_14_11, VoteLayout::V3, VoteLayout::V4] {
        let (few, many) = (cost(4, layout), cost(20, layout));
        let each = (many - few) / 16;
        println!("observe, {layout:?}: {few} for 4, {many} for 20, {each} each");
        assert!(each <= 3_000, "{layout:?}: {each}");
    }
}
