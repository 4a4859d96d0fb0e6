//! Attacks. Each states what holds against one.

use sluice_sdk::slab::SlabHeader;
use sluice_sdk::staking_pool::accounts::ValidatorListHeader;
use sluice_sdk::validator_selection::types::{Candidate, Params, Place, SeatRecord};
use sluice_tests::pool::compute_limit;
use sluice_tests::selection::{NOT_IN_POOL, open_params, write_candidates, write_config};
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;

use crate::{FULL, joined, next_epoch, voted};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn running(params: Params, lamports: u64) -> (Svm, SelectionFixture, Vec<Address>) {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, params);
    let votes = NAMES
        .iter()
        .enumerate()
        .map(|(i, name)| joined(&mut svm, &selection, name, FULL - 100_000 * i as u64, 0))
        .collect();
    selection.fund(&mut svm, lamports - SOL);
    selection.crank(&mut svm);
    (svm, selection, votes)
}

fn epoch(svm: &mut Svm, selection: &SelectionFixture) {
    next_epoch(svm, selection);
    for (i, name) in NAMES.iter().enumerate() {
        voted(svm, name, FULL - 100_000 * i as u64, 0);
    }
    selection.crank(svm);
}

/// Whether a ticket for so many shares of the depositor's is paid within ten fully cranked epochs.
fn paid_within_ten_epochs(svm: &mut Svm, selection: &SelectionFixture, shares: u64) -> bool {
    let depositor = keypair("depositor");
    let lst = keypair("depositor's slSOL").pubkey();
    let ticket = keypair("ticket");
    let order = selection.pool.order_unstake(&depositor.pubkey(), &lst, &ticket.pubkey(), shares);
    svm.must(&[order], &[&depositor, &ticket]);
    for _ in 0..10 {
        epoch(svm, selection);
        let claim = selection.pool.claim_ticket(&ticket.pubkey(), &depositor.pubkey());
        if svm.send(&[claim], &[&selection.pool.payer]).is_ok() {
            return true;
        }
    }
    false
}

/// Takes by instant exits all that is free in the reserve.
fn drain(svm: &mut Svm, selection: &SelectionFixture) {
    let depositor = keypair("depositor");
    let lst = keypair("depositor's slSOL").pubkey();
    // The fee stays: a few exits take it nearly all.
    for _ in 0..3 {
        let free = selection.pool.reserve_lamports(svm);
        let exit = selection.pool.withdraw_sol(&depositor.pubkey(), &lst, free, 0);
        svm.must(&[exit], &[&depositor]);
    }
}

/// A ticket smaller than the chain's minimum delegation, with the reserve drained by instant exits.
#[test]
fn a_small_ticket_is_paid_although_the_reserve_is_empty() {
    let (mut svm, selection, _) = running(open_params(), 12 * SOL);
    drain(&mut svm, &selection);
    // Rent for splits is there: see the next test.
    svm.airdrop(&selection.pool.reserve, 10_000_000);
    assert!(paid_within_ten_epochs(&mut svm, &selection, SOL / 4));
}

/// A reserve drained to the last lamport cannot lay out the rent of a split, so no part of any stake comes home.
#[test]
fn an_emptied_reserve_does_not_block_the_tickets_after_it() {
    let (mut svm, selection, _) = running(open_params(), 100 * SOL);
    drain(&mut svm, &selection);
    assert!(paid_within_ten_epochs(&mut svm, &selection, 8 * SOL));
}

/// Every parameter is within its bounds, and no stake comes home for anybody.
#[test]
fn no_setting_within_its_bounds_stops_tickets_from_being_paid() {
    let (mut svm, selection, _) = running(open_params(), 100 * SOL);
    let params = Params { min_move: 10_000 * SOL, ..open_params() };
    svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
    assert!(paid_within_ten_epochs(&mut svm, &selection, 8 * SOL));
}

/// Of a small pool the least that must be allowed to move is less than the chain moves at all.
#[test]
fn no_movement_limit_stops_the_tickets_of_a_small_pool() {
    let (mut svm, selection, _) = running(open_params(), 12 * SOL);
    let params = Params { min_move: 10_000 * SOL, max_moved_bps: 100, ..open_params() };
    svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
    drain(&mut svm, &selection);
    svm.airdrop(&selection.pool.reserve, 10_000_000);
    assert!(paid_within_ten_epochs(&mut svm, &selection, SOL));
}

/// Whole validators leave beyond the movement limit, but no more of them than tickets need.
#[test]
fn without_rent_for_a_split_one_whole_validator_leaves_for_a_ticket() {
    let (mut svm, selection, votes) = running(open_params(), 100 * SOL);
    let params = Params { max_moved_bps: 100, ..open_params() };
    svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
    drain(&mut svm, &selection);
    let (depositor, ticket) = (keypair("depositor"), keypair("ticket"));
    let lst = keypair("depositor's slSOL").pubkey();
    let order = selection.pool.order_unstake(&depositor.pubkey(), &lst, &ticket.pubkey(), 8 * SOL);
    svm.must(&[order], &[&depositor, &ticket]);
    epoch(&mut svm, &selection);
    let leaving = |svm: &Svm| {
        let states = votes.iter().map(|vote| selection.pool.record(svm, vote).1.stake_state);
        states.filter(|state| *state == 2).count()
    };
    assert_eq!(leaving(&svm), 1);
    selection.rebalance_all(&mut svm);
    assert_eq!(leaving(&svm), 1, "a second time moves nothing");
    epoch(&mut svm, &selection);
    let claim = selection.pool.claim_ticket(&ticket.pubkey(), &depositor.pubkey());
    svm.must(&[claim], &[&selection.pool.payer]);
}

/// More eligible candidates than one allocation ranks. Who brought them pays two votes an epoch for each.
#[test]
fn a_crowd_of_candidates_cannot_stop_the_allocation() {
    let mut svm = Svm::new();
    let params = Params { cap_bps: 100, ..open_params() };
    let selection = SelectionFixture::with_capacity(&mut svm, params, 5_000, 100);
    selection.fund(&mut svm, 9_999 * SOL);
    joined(&mut svm, &selection, "honest", FULL, 0);
    let honest = selection.registry(&svm).records[0].clone();
    let mut candidates = vec![honest.clone()];
    for i in 0..3_000u64 {
        let mut vote = [7; 32];
        vote[..8].copy_from_slice(&i.to_le_bytes());
        // A credit an epoch: next to nothing, but no delinquent.
        candidates.push(Candidate {
            vote: Address::new_from_array(vote),
            seat: SeatRecord { score: 0, ..honest.seat.clone() },
            credits: 1,
            last_credits: 1,
            ..honest.clone()
        });
    }
    write_candidates(&mut svm, &selection, &candidates);
    write_config(&mut svm, &selection, |config| config.observed = candidates.len() as u64);
    let sent = svm.send(&[compute_limit(1_400_000), selection.allocate()], &[&selection.pool.payer]);
    assert!(sent.is_ok(), "{:?}", sent.err().map(|failed| failed.err));
}

/// A crank that names a wrong place in the pool's list, where the one remembered is out of date, makes the program
/// forget what the stake realised.
#[test]
fn a_crank_cannot_hide_what_a_validator_realised() {
    let (mut svm, selection, votes) = running(open_params(), 100 * SOL);
    // `a` leaves the pool; the last in the list takes its place.
    svm.must(&[selection.ban(&svm, &votes[0], true)], &[&selection.pool.admin]);
    epoch(&mut svm, &selection);
    next_epoch(&mut svm, &selection);
    for name in NAMES {
        voted(&mut svm, name, FULL, 0);
    }
    selection.observe_all(&mut svm);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let list = |svm: &Svm| selection.pool.list(svm).records.iter().map(|r| r.vote).collect::<Vec<_>>();
    let mallory = *list(&svm).last().unwrap();
    let remove = selection.rebalance(&svm, &[votes[0]]);
    svm.must(&[compute_limit(1_400_000), remove], &[&selection.pool.payer]);
    let place = list(&svm).iter().position(|vote| *vote == mallory).unwrap();
    assert_ne!(selection.candidate(&svm, &mallory).pool_index as usize, place);

    next_epoch(&mut svm, &selection);
    for name in NAMES {
        voted(&mut svm, name, FULL, 0);
    }
    // Its stake brought nothing last epoch.
    let epoch = svm.clock().epoch;
    let mut account = svm.account(&selection.pool.list).unwrap();
    let record = &mut account.data[ValidatorListHeader::record_offset(place)..];
    record[56..64].copy_from_slice(&epoch.to_le_bytes());
    record[64..72].copy_from_slice(&(20 * SOL).to_le_bytes());
    record[72..80].copy_from_slice(&0i64.to_le_bytes());
    svm.0.set_account(selection.pool.list, account).unwrap();

    let mut honest = svm.clone();
    selection.observe_all(&mut honest);
    let expected = selection.candidate(&honest, &mallory).deviation_ppm;
    assert!(expected < 0, "a quarter of the way to a total loss: {expected}");

    let index = selection.place(&svm, &mallory).index;
    let hide = selection.observe_places(vec![Place { index, pool_index: NOT_IN_POOL }], &[mallory]);
    svm.must(&[hide], &[&selection.pool.payer]);
    selection.observe_all(&mut svm);
    assert_eq!(selection.candidate(&svm, &mallory).deviation_ppm, expected);
}

/// The next allocation acts, before the chain charges the raise: that takes two epochs (SIMD-0249).
#[test]
fn a_commission_raised_after_the_allocation_costs_the_target_in_the_next_epoch() {
    let params = Params { max_commission_bps: 1_000, ..open_params() };
    let (mut svm, selection, votes) = running(params, 100 * SOL);
    let target = selection.candidate(&svm, &votes[0]).seat.target;
    assert!(target > 0);
    voted(&mut svm, "a", FULL, 10_000);
    selection.observe_all(&mut svm);
    assert_eq!(selection.candidate(&svm, &votes[0]).worst_commission_bps, 10_000);
    // This epoch's allocation was made; to set one target again would leave the others' where they were.
    assert_eq!(selection.candidate(&svm, &votes[0]).seat.target, target);

    // Taken back before anybody looks again, it still counts.
    epoch(&mut svm, &selection);
    let candidate = selection.candidate(&svm, &votes[0]);
    assert_eq!((candidate.worst_commission_bps, candidate.seat.target), (10_000, 0));
    let (_, record) = selection.pool.record(&svm, &votes[0]);
    assert_eq!(record.stake_state, 2, "all of it cools down");
}

/// An update that comes late finds several epochs' rewards; the yield of one epoch is what is learnt.
#[test]
fn a_missed_update_does_not_make_a_poor_validator_look_rich() {
    let (mut svm, selection, votes) = running(open_params(), 100 * SOL);
    for _ in 0..2 {
        epoch(&mut svm, &selection);
    }
    let before = selection.candidate(&svm, &votes[0]).deviation_ppm;
    // Two epochs nobody cranks, at half of the 166 ppm of the model.
    for _ in 0..3 {
        svm.advance_epoch();
    }
    for name in NAMES {
        voted(&mut svm, name, FULL, 0);
    }
    let (index, record) = selection.pool.record(&svm, &votes[0]);
    let stake = selection.pool.stake(&votes[0]);
    let reward = record.stake / 1_000_000 * 83 * 3;
    svm.edit(&stake, |account| {
        account.lamports += reward;
        let delegated = record.stake + reward;
        account.data[156..164].copy_from_slice(&delegated.to_le_bytes());
    });
    selection.pool.update(&mut svm);
    let after = selection.pool.list(&svm).records[index as usize].clone();
    assert_eq!((after.growth, after.growth_epochs), (reward as i64, 3));
    let calibrated = selection.state(&svm);
    selection.observe_all(&mut svm);
    let surplus = selection.candidate(&svm, &votes[0]).deviation_ppm;
    assert_eq!(surplus, before, "nothing can be told of one epoch");
    let state = selection.state(&svm);
    assert!(calibrated.observed_epoch < state.observed_epoch);
    assert_eq!((state.epoch_sums.growth, state.epoch_sums.weight), (0, 0));
}
