//! `allocate`: each line of its specification, and each way it refuses.

use sluice_sdk::validator_selection::types::{Candidate, Params, SeatRecord};
use sluice_selection_math::Constraint;
use sluice_tests::pool::compute_limit;
use sluice_tests::selection::{NOT_IN_POOL, open_params, write_account, write_candidates, write_config};
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;

use crate::{Error, FULL, blank, joined, next_epoch, voted};

fn decided(svm: &Svm, selection: &SelectionFixture, vote: &Address) -> (u64, Constraint) {
    let candidate = selection.candidate(svm, vote);
    (candidate.seat.target, Constraint::from_code(candidate.seat.constraint).unwrap())
}

fn with(change: impl FnOnce(&mut Params)) -> Params {
    let mut params = open_params();
    change(&mut params);
    params
}

#[test]
fn the_best_get_the_cap_and_the_next_what_is_left() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, with(|p| p.cap_bps = 3_000));
    let names = ["fifth", "second", "fourth", "first", "third"];
    // A thousandth apart: the ranking tells 0.03 % of the best.
    let credits = [4, 1, 3, 0, 2].map(|behind| FULL - behind * FULL / 1_000);
    let votes: Vec<_> = names
        .iter()
        .zip(credits)
        .map(|(name, credits)| joined(&mut svm, &selection, name, credits, 0))
        .collect();
    selection.fund(&mut svm, 99 * SOL);
    let total = selection.pool.state(&svm).total_lamports;
    assert_eq!(total, 100 * SOL);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);

    let outcome: Vec<_> = votes.iter().map(|vote| decided(&svm, &selection, vote)).collect();
    assert_eq!(
        outcome,
        [
            (0, Constraint::Score),
            (30 * SOL, Constraint::Cap),
            (5 * SOL, Constraint::Funds),
            (30 * SOL, Constraint::Cap),
            (30 * SOL, Constraint::Cap),
        ]
    );
    let state = selection.state(&svm);
    assert_eq!((state.allocated_epoch, state.targets), (100, 95 * SOL));
    assert_eq!((state.reserve_target, state.move_limit), (5 * SOL, 100 * SOL));
    assert_eq!((state.moved_up, state.moved_down), (0, 0));
}

#[test]
fn commission_alone_does_not_rank() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, with(|p| p.cap_bps = 9_500));
    let free_but_lazy = joined(&mut svm, &selection, "free", FULL * 80 / 100, 0);
    let paid_and_good = joined(&mut svm, &selection, "paid", FULL, 500);
    selection.fund(&mut svm, 99 * SOL);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    assert_eq!(decided(&svm, &selection, &paid_and_good), (95 * SOL, Constraint::Cap));
    assert_eq!(decided(&svm, &selection, &free_but_lazy), (0, Constraint::Score));
}

#[test]
fn what_tickets_are_owed_and_stake_rent_are_not_delegated() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, with(|p| p.cap_bps = 10_000));
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    selection.fund(&mut svm, 99 * SOL);
    selection.crank(&mut svm);
    next_epoch(&mut svm, &selection);
    voted(&mut svm, "alpha", FULL, 0);
    let (depositor, ticket) = (keypair("depositor"), keypair("ticket"));
    let lst = keypair("depositor's slSOL").pubkey();
    let order = selection.pool.order_unstake(&depositor.pubkey(), &lst, &ticket.pubkey(), 10 * SOL);
    svm.must(&[order], &[&depositor, &ticket]);
    selection.observe_all(&mut svm);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let pool = selection.pool.state(&svm);
    assert!(pool.stake_rent > 0 && pool.ticket_lamports > 9 * SOL);
    let reserve = pool.total_lamports.div_ceil(20);
    let target = pool.total_lamports - reserve - pool.ticket_lamports - pool.stake_rent;
    assert_eq!(decided(&svm, &selection, &vote).0, target);
}

#[test]
fn each_reason_to_get_nothing_is_named() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(
        &mut svm,
        with(|p| {
            p.max_commission_bps = 1_000;
            p.min_history = 5;
        }),
    );
    let names = ["banned", "left", "delinquent", "young", "greedy", "fine"];
    let votes: Vec<_> = names.iter().map(|name| joined(&mut svm, &selection, name, FULL, 500)).collect();
    svm.must(&[selection.ban(&svm, &votes[0], true)], &[&selection.pool.admin]);
    let node = svm.wallet("left's node", SOL);
    svm.must(&[selection.leave(&svm, &votes[1], &node.pubkey(), true)], &[&node]);
    selection.fund(&mut svm, 99 * SOL);
    next_epoch(&mut svm, &selection);
    for name in ["banned", "left", "fine"] {
        voted(&mut svm, name, FULL, 500);
    }
    voted(&mut svm, "delinquent", 0, 500);
    selection::Vote::steady(101, 4, FULL, 500).write(&mut svm, "young");
    voted(&mut svm, "greedy", FULL, 1_001);
    selection.observe_all(&mut svm);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let reasons: Vec<_> = votes.iter().map(|vote| decided(&svm, &selection, vote).1).collect();
    use Constraint::*;
    assert_eq!(reasons, [Banned, Left, Delinquent, NewNoHistory, Commission, Cap]);
    assert_eq!(selection.state(&svm).targets, 25 * SOL);
}

#[test]
fn without_room_in_the_pools_list_only_its_validators_compete() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_capacity(&mut svm, with(|p| p.cap_bps = 9_500), 10, 1);
    let inside = joined(&mut svm, &selection, "inside", FULL / 2, 0);
    selection.fund(&mut svm, 99 * SOL);
    selection.crank(&mut svm);
    next_epoch(&mut svm, &selection);
    voted(&mut svm, "inside", FULL / 2, 0);
    let outside = joined(&mut svm, &selection, "outside", FULL, 0);
    selection.observe_all(&mut svm);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    assert_eq!(decided(&svm, &selection, &outside), (0, Constraint::PoolFull));
    assert!(decided(&svm, &selection, &inside).0 > 0);
}

#[test]
fn what_is_left_below_a_delegation_stays_in_the_reserve() {
    let mut svm = Svm::new();
    let minimum = selection_minimum(&mut svm);
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, with(|p| p.cap_bps = 4_749));
    let votes: Vec<_> = [FULL, FULL / 2, FULL / 4]
        .iter()
        .enumerate()
        .map(|(i, credits)| joined(&mut svm, &selection, &format!("v{i}"), *credits, 0))
        .collect();
    // 95 % less twice 47.49 % of the pool is 0.02 %: below any minimum above that.
    let total = (minimum * 4_000).max(2 * SOL);
    selection.fund(&mut svm, total - SOL);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let last = decided(&svm, &selection, &votes[2]);
    if minimum > total / 5_000 {
        assert_eq!(last, (0, Constraint::TooSmall));
    } else {
        assert_eq!(last.1, Constraint::Funds);
    }
    assert_eq!(decided(&svm, &selection, &votes[1]).1, Constraint::Cap);
}

/// The chain's minimum delegation, as a pool read it.
fn selection_minimum(svm: &mut Svm) -> u64 {
    let selection = SelectionFixture::new(svm);
    selection.pool.state(svm).min_delegation
}

#[test]
fn of_equals_those_with_stake_come_first() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, with(|p| p.cap_bps = 9_500));
    let newer = joined(&mut svm, &selection, "newer", FULL / 2, 0);
    let older = joined(&mut svm, &selection, "older", FULL, 0);
    selection.fund(&mut svm, 99 * SOL);
    selection.crank(&mut svm);
    assert!(decided(&svm, &selection, &older).0 > 0);
    // The newer one, first in the registry, has caught up.
    next_epoch(&mut svm, &selection);
    voted(&mut svm, "newer", FULL, 0);
    voted(&mut svm, "older", FULL, 0);
    // Without growth the stake's surplus fell: equal scores are written down.
    selection.observe_all(&mut svm);
    let mut equals = selection.registry(&svm).records;
    for candidate in &mut equals {
        candidate.seat.score = 1_000_000;
    }
    write_candidates(&mut svm, &selection, &equals);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    // Rent of the stake account keeps it below the cap, by less than is moved.
    assert_eq!(decided(&svm, &selection, &older).1, Constraint::Cap);
    assert_eq!(decided(&svm, &selection, &newer), (0, Constraint::Score));
}

#[test]
fn an_epoch_is_allocated_once() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    joined(&mut svm, &selection, "alpha", FULL, 0);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let once = (svm.account(&selection.config), svm.account(&selection.registry));
    svm.refuses(&[selection.allocate()], &[&selection.pool.payer], Error::AlreadyAllocated);
    assert_eq!((svm.account(&selection.config), svm.account(&selection.registry)), once);
}

#[test]
fn the_pool_must_be_of_this_epoch() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    joined(&mut svm, &selection, "alpha", FULL, 0);
    svm.advance_epoch();
    voted(&mut svm, "alpha", FULL, 0);
    selection.observe_all(&mut svm);
    svm.refuses(&[selection.allocate()], &[&selection.pool.payer], Error::PoolStale);
    selection.pool.update(&mut svm);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
}

#[test]
fn an_allocation_waits_for_observations_but_not_for_ever() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let votes: Vec<_> =
        ["a", "b", "c"].iter().map(|name| joined(&mut svm, &selection, name, FULL, 0)).collect();
    selection.fund(&mut svm, 99 * SOL);
    selection.crank(&mut svm);
    let before: Vec<_> = votes.iter().map(|vote| decided(&svm, &selection, vote).0).collect();
    assert_eq!(before, [25 * SOL; 3]);

    next_epoch(&mut svm, &selection);
    svm.refuses(&[selection.allocate()], &[&selection.pool.payer], Error::NotObserved);
    selection.fund(&mut svm, 100 * SOL);
    voted(&mut svm, "a", FULL, 0);
    let observe = selection.observe(&svm, &votes[..1]);
    svm.must(&[observe], &[&selection.pool.payer]);
    svm.advance_slots(999);
    svm.refuses(&[selection.allocate()], &[&selection.pool.payer], Error::NotAllObserved);
    svm.advance_slots(1);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    // The one that was looked at is raised; the others keep what they have.
    assert!(decided(&svm, &selection, &votes[0]).0 > 49 * SOL);
    for vote in &votes[1..] {
        assert_eq!(decided(&svm, &selection, vote), (25 * SOL, Constraint::Stale));
    }
    // All that was promised is no more than there is.
    assert!(selection.state(&svm).targets <= selection.pool.state(&svm).total_lamports * 95 / 100);
}

#[test]
fn one_nobody_looked_at_is_not_raised_beyond_what_it_holds() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let votes: Vec<_> =
        ["a", "b", "c"].iter().map(|name| joined(&mut svm, &selection, name, FULL, 0)).collect();
    selection.fund(&mut svm, 99 * SOL);
    // Targets are set, but only the first is ever given its stake.
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let rebalance = selection.rebalance(&svm, &votes[..1]);
    svm.must(&[compute_limit(1_400_000), rebalance], &[&selection.pool.payer]);
    next_epoch(&mut svm, &selection);
    let mut candidates = selection.registry(&svm).records;
    // The third's place in the pool's list is remembered wrongly: what it holds is not known.
    candidates[2].pool_index = 5;
    write_candidates(&mut svm, &selection, &candidates);
    joined(&mut svm, &selection, "d", FULL, 0);
    svm.advance_slots(1_000);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let targets: Vec<_> = votes.iter().map(|vote| decided(&svm, &selection, vote)).collect();
    assert_eq!(targets, [25 * SOL, 0, 25 * SOL].map(|target| (target, Constraint::Stale)));
}

#[test]
fn foreign_pools_lists_and_registries_are_refused() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    joined(&mut svm, &selection, "alpha", FULL, 0);
    for (at, like, error) in [
        (1, selection.registry, Error::WrongRegistry),
        (2, selection.ranking, Error::WrongRanking),
        (3, selection.pool.pool, Error::WrongPool),
        (4, selection.pool.reserve, Error::WrongReserve),
        (5, selection.pool.list, Error::WrongValidatorList),
    ] {
        let copy = keypair("copy").pubkey();
        let account = svm.account(&like).unwrap();
        write_account(&mut svm, &copy, account.data, account.owner);
        let mut allocate = selection.allocate();
        allocate.accounts[at].pubkey = copy;
        svm.refuses(&[allocate], &[&selection.pool.payer], error);
    }
    // An account with the pool's bytes that another program owns.
    let fake = keypair("fake").pubkey();
    let data = svm.account(&selection.pool.pool).unwrap().data;
    write_account(&mut svm, &fake, data, solana_sdk_ids::system_program::ID);
    let mut allocate = selection.allocate();
    allocate.accounts[3].pubkey = fake;
    assert!(svm.send(&[allocate], &[&selection.pool.payer]).is_err());
}

/// A registry of `count` candidates as a busy mainnet pool would have it, observed this epoch.
fn crowd(count: usize) -> (Svm, SelectionFixture) {
    let mut svm = Svm::new();
    let params = with(|p| p.cap_bps = 100);
    let selection = SelectionFixture::with_capacity(&mut svm, params, count.max(1), 100);
    selection.fund(&mut svm, 99_999 * SOL);
    joined(&mut svm, &selection, "first", FULL, 0);
    let first = selection.registry(&svm).records[0].clone();
    let mut seed = 7u64;
    let candidates: Vec<Candidate> = (0..count)
        .map(|i| {
            // A linear congruential generator: scores in no order, some of them equal.
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mut vote = [0; 32];
            vote[..8].copy_from_slice(&(i as u64 + 1).to_le_bytes());
            vote[8..16].copy_from_slice(&seed.to_le_bytes());
            let score = 150_000_000 + (seed >> 40) % 20_000_000;
            Candidate {
                seat: SeatRecord { score, ..first.seat.clone() },
                pool_index: NOT_IN_POOL,
                vote: Address::new_from_array(vote),
                ..first.clone()
            }
        })
        .collect();
    write_crowd(&mut svm, &selection, &candidates);
    (svm, selection)
}

/// Candidates as if all had been observed.
fn write_crowd(svm: &mut Svm, selection: &SelectionFixture, candidates: &[Candidate]) {
    write_candidates(svm, selection, candidates);
    write_config(svm, selection, |config| {
        config.observed = candidates.len() as u64;
        config.best_score = candidates.iter().map(|candidate| candidate.seat.score).max().unwrap_or(0);
    });
}

#[test]
fn a_thousand_candidates_fit_one_transaction_at_150_compute_units_each() {
    let cost = |count| {
        let (mut svm, selection) = crowd(count);
        let sent = svm.must(&[compute_limit(1_400_000), selection.allocate()], &[&selection.pool.payer]);
        let chosen: Vec<_> = selection
            .registry(&svm)
            .records
            .into_iter()
            .filter(|candidate| candidate.seat.target > 0)
            .collect();
        assert_eq!(chosen.len(), count.min(95));
        let others = selection.registry(&svm).records;
        let worst = chosen.iter().map(|candidate| candidate.seat.score).min().unwrap();
        let best = others.iter().filter(|c| c.seat.target == 0).map(|c| c.seat.score).max().unwrap_or(0);
        let grain = selection.state(&svm).best_score * 3 / 10_000;
        assert!(worst + grain >= best);
        sent.compute_units
    };
    let (few, many, most) = (cost(200), cost(1_000), cost(3_000));
    println!("allocate: {few} for 200, {many} for 1,000, {most} for 3,000; {} each", (many - few) / 800);
    assert!((many - few) / 800 <= 150 && (most - many) / 2_000 <= 150);
}

#[test]
fn of_five_thousand_the_best_are_chosen() {
    let count = 5_000;
    let (mut svm, selection) = crowd(count);
    svm.must(&[selection.set_params(with(|p| p.cap_bps = 7))], &[&selection.pool.admin]);
    // The best are the last, so that every one before was ranked without them.
    let mut candidates = selection.registry(&svm).records;
    candidates.sort_by_key(|candidate| candidate.seat.score);
    write_crowd(&mut svm, &selection, &candidates);
    let sent = svm.must(&[compute_limit(1_400_000), selection.allocate()], &[&selection.pool.payer]);
    println!("allocate: {} for {count}", sent.compute_units);

    let after = selection.registry(&svm).records;
    let (chosen, others): (Vec<_>, Vec<_>) = after.iter().partition(|candidate| candidate.seat.target > 0);
    assert_eq!(chosen.len(), 1_358, "95 % of the pool, 0.07 % each, and the last of it");
    let worst = chosen.iter().map(|candidate| candidate.seat.score).min().unwrap();
    let best = others.iter().map(|candidate| candidate.seat.score).max().unwrap();
    // The ranking tells apart what differs by more than 0.03 % of the best.
    let grain = selection.state(&svm).best_score * 3 / 10_000;
    assert!(worst + grain >= best, "{worst} was chosen, {best} was not");
    for candidate in others {
        assert_eq!(Constraint::from_code(candidate.seat.constraint), Some(Constraint::Score));
    }
}

#[test]
fn a_candidate_never_observed_has_no_constraint_yet() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    assert_eq!(decided(&svm, &selection, &vote), (0, Constraint::None));
    assert_eq!(blank(vote).seat.constraint, Constraint::None.code());
}
