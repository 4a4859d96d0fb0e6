//! `rebalance`: each line of its specification, and each way it refuses.

use sluice_sdk::Event;
use sluice_sdk::staking_pool::errors::StakingPoolError;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::types::{Params, Place, Rebalanced};
use sluice_selection_math::Constraint;
use sluice_tests::pool::compute_limit;
use sluice_tests::selection::{NOT_IN_POOL, close_account, open_params, write_account, write_candidates};
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;

use crate::{Error, FULL, joined, next_epoch, voted};

mod accounts;

fn with(change: impl FnOnce(&mut Params)) -> Params {
    let mut params = open_params();
    change(&mut params);
    params
}

/// A pool of `lamports` and candidates of these names, allocated, nothing moved.
fn allocated(
    svm: &mut Svm,
    params: Params,
    names: &[&str],
    lamports: u64,
) -> (SelectionFixture, Vec<Address>) {
    let selection = SelectionFixture::with_params(svm, params);
    let votes = names
        .iter()
        .enumerate()
        .map(|(i, name)| joined(svm, &selection, name, FULL - 100_000 * i as u64, 0))
        .collect();
    selection.fund(svm, lamports - SOL);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    (selection, votes)
}

/// The next epoch, with the pool updated, everybody as good as before, and targets set.
fn reallocate(svm: &mut Svm, selection: &SelectionFixture, names: &[&str]) {
    next_epoch(svm, selection);
    for (i, name) in names.iter().enumerate() {
        voted(svm, name, FULL - 100_000 * i as u64, 0);
    }
    selection.observe_all(svm);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
}

/// One validator's move, as the pool logged it.
#[derive(Debug)]
struct Moved {
    vote: Address,
    increased: u64,
    decreased: u64,
}

fn moves(sent: &[Sent]) -> Vec<Moved> {
    sent.iter()
        .flat_map(Sent::events)
        .filter_map(|event| match event {
            Event::StakingPool(StakingPoolEvent::StakeIncreased(moved)) => {
                Some(Moved { vote: moved.vote, increased: moved.lamports, decreased: 0 })
            }
            Event::StakingPool(StakingPoolEvent::StakeDecreased(moved)) => {
                Some(Moved { vote: moved.vote, increased: 0, decreased: moved.lamports })
            }
            _ => None,
        })
        .collect()
}

fn batches(sent: &[Sent]) -> Vec<Rebalanced> {
    sent.iter()
        .flat_map(Sent::events)
        .filter_map(|event| match event {
            Event::ValidatorSelection(ValidatorSelectionEvent::Rebalanced(batch)) => Some(batch),
            _ => None,
        })
        .collect()
}

#[test]
fn anyone_moves_stake_to_its_targets_and_a_second_time_moves_nothing() {
    let mut svm = Svm::new();
    let (selection, votes) = allocated(&mut svm, open_params(), &["a", "b", "c", "d", "e"], 100 * SOL);
    let passer_by = svm.wallet("passer-by", SOL);
    let mut sent = Vec::new();
    for votes in votes.chunks(3) {
        let rebalance = selection.rebalance(&svm, votes);
        sent.push(svm.must(&[compute_limit(1_400_000), rebalance], &[&passer_by]));
    }
    let targets: Vec<_> = votes.iter().map(|vote| selection.candidate(&svm, vote).seat.target).collect();
    assert_eq!(targets, [25 * SOL, 25 * SOL, 25 * SOL, 20 * SOL, 0]);
    let held: Vec<_> = votes.iter().map(|vote| selection.held(&svm, vote)).collect();
    // The last one's rent came out of what it was to get: the reserve target is kept.
    let rent = svm.rent_exempt(200);
    assert_eq!(held, [25 * SOL, 25 * SOL, 25 * SOL, 20 * SOL - 4 * rent, 0]);
    assert_eq!(selection.pool.reserve_lamports(&svm), 5 * SOL);
    let state = selection.state(&svm);
    assert_eq!((state.moved_up, state.moved_down), (95 * SOL - 4 * rent, 0));
    // Only those with stake are in the pool's list.
    assert_eq!(selection.pool.list(&svm).records.len(), 4);
    let moved = moves(&sent);
    assert_eq!(moved.iter().map(|m| m.increased).collect::<Vec<_>>(), held[..4]);
    assert_eq!(moved.iter().map(|m| m.vote).collect::<Vec<_>>(), votes[..4]);
    let [first, second] = &batches(&sent)[..] else { panic!("an event a batch") };
    assert_eq!((first.epoch, first.increases, second.increases, second.decreases), (100, 3, 1, 0));
    assert_eq!((first.moved_up_before, first.moved_up_after), (0, 75 * SOL));
    assert_eq!((second.moved_up_before, second.moved_up_after), (75 * SOL, state.moved_up));
    assert_eq!(first.reserve_before - first.reserve_after, 75 * SOL + 3 * rent);
    assert_eq!(second.reserve_before, first.reserve_after);
    ledger::assert_balanced(&svm, &selection.pool);

    let before: Vec<_> =
        votes.iter().map(|vote| selection.pool.stake(vote)).map(|s| svm.account(&s)).collect();
    assert!(moves(&selection.rebalance_all(&mut svm)).is_empty());
    let after: Vec<_> =
        votes.iter().map(|vote| selection.pool.stake(vote)).map(|s| svm.account(&s)).collect();
    assert_eq!(before, after);
}

#[test]
fn stake_of_those_who_fell_behind_goes_to_those_who_lead() {
    let mut svm = Svm::new();
    let names = ["a", "b", "c"];
    let (selection, votes) = allocated(&mut svm, with(|p| p.cap_bps = 4_000), &names, 100 * SOL);
    selection.rebalance_all(&mut svm);
    let held = selection.held(&svm, &votes[1]);
    next_epoch(&mut svm, &selection);
    // The second changes places with the third, which had the rest.
    for (name, credits) in names.iter().zip([FULL, FULL / 2, FULL - 1_000_000]) {
        voted(&mut svm, name, credits, 0);
    }
    selection.observe_all(&mut svm);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let moved = moves(&selection.rebalance_all(&mut svm));
    // A part of the second is split off; the third must wait until it has cooled down.
    let rent = svm.rent_exempt(200);
    assert_eq!(moved.len(), 1);
    let target = selection.candidate(&svm, &votes[1]).seat.target;
    assert_eq!((moved[0].vote, moved[0].decreased), (votes[1], held - target));
    let (_, record) = selection.pool.record(&svm, &votes[1]);
    assert_eq!((record.stake, record.deactivating), (target, held - target));
    ledger::assert_balanced(&svm, &selection.pool);
    assert!(moves(&selection.rebalance_all(&mut svm)).is_empty());

    next_epoch(&mut svm, &selection);
    for (name, credits) in names.iter().zip([FULL, FULL / 2, FULL - 1_000_000]) {
        voted(&mut svm, name, credits, 0);
    }
    selection.observe_all(&mut svm);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let moved = moves(&selection.rebalance_all(&mut svm));
    assert_eq!(moved.iter().map(|m| m.vote).collect::<Vec<_>>(), [votes[2]]);
    assert!(selection.held(&svm, &votes[2]) > 40 * SOL - 4 * rent);
    ledger::assert_balanced(&svm, &selection.pool);
}

#[test]
fn one_with_neither_target_nor_stake_leaves_the_list_and_the_others_keep_theirs() {
    let mut svm = Svm::new();
    let names = ["a", "b", "c"];
    let (selection, votes) = allocated(&mut svm, open_params(), &names, 100 * SOL);
    selection.rebalance_all(&mut svm);
    svm.must(&[selection.ban(&svm, &votes[0], true)], &[&selection.pool.admin]);
    reallocate(&mut svm, &selection, &names);
    let moved = moves(&selection.rebalance_all(&mut svm));
    assert_eq!(moved.iter().map(|m| (m.vote, m.decreased)).collect::<Vec<_>>(), [(votes[0], 25 * SOL)]);
    reallocate(&mut svm, &selection, &names);
    let list =
        |svm: &Svm| selection.pool.list(svm).records.iter().map(|record| record.vote).collect::<Vec<_>>();
    assert_eq!(list(&svm).len(), 3);
    selection.rebalance_all(&mut svm);
    assert!(!list(&svm).contains(&votes[0]) && list(&svm).len() == 2);
    assert_eq!(selection.candidate(&svm, &votes[0]).pool_index, NOT_IN_POOL);
    // Whoever took its place in the list is found again there.
    reallocate(&mut svm, &selection, &names);
    selection.fund(&mut svm, 100 * SOL);
    reallocate(&mut svm, &selection, &names);
    assert_eq!(moves(&selection.rebalance_all(&mut svm)).len(), 2);
    assert_eq!(list(&svm).len(), 2);
    ledger::assert_balanced(&svm, &selection.pool);
}

#[test]
fn a_stale_place_neither_moves_the_wrong_stake_nor_adds_a_validator_twice() {
    let mut svm = Svm::new();
    let names = ["a", "b"];
    let (selection, votes) = allocated(&mut svm, open_params(), &names, 100 * SOL);
    selection.rebalance_all(&mut svm);
    selection.fund(&mut svm, 100 * SOL);
    reallocate(&mut svm, &selection, &names);
    for wrong in [NOT_IN_POOL, 1, 9] {
        let mut candidates = selection.registry(&svm).records;
        candidates[0].pool_index = wrong;
        write_candidates(&mut svm, &selection, &candidates);
        let place = Place { index: 0, pool_index: wrong };
        let metas = selection.rebalance_metas(&svm, &votes[0]);
        let rebalance = selection.rebalance_places(vec![place], &metas);
        let sent = svm.must(&[compute_limit(1_400_000), rebalance], &[&selection.pool.payer]);
        let moved = moves(&[sent]);
        assert_eq!(moved.len(), usize::from(wrong == NOT_IN_POOL));
        assert!(moved.iter().all(|moved| moved.vote == votes[0]));
    }
    assert_eq!(selection.pool.list(&svm).records.len(), 2);
    assert_eq!(selection.held(&svm, &votes[1]), 25 * SOL);
    ledger::assert_balanced(&svm, &selection.pool);
}

#[test]
fn a_reserve_too_small_raises_as_far_as_it_goes() {
    let mut svm = Svm::new();
    let (selection, votes) = allocated(&mut svm, open_params(), &["a", "b"], 100 * SOL);
    // Somebody leaves with most of the reserve before the moves are made.
    let depositor = keypair("depositor");
    let lst = keypair("depositor's slSOL").pubkey();
    svm.must(&[selection.pool.withdraw_sol(&depositor.pubkey(), &lst, 60 * SOL, 0)], &[&depositor]);
    let free = selection.pool.reserve_lamports(&svm) - 5 * SOL;
    selection.rebalance_all(&mut svm);
    let rent = svm.rent_exempt(200);
    assert_eq!(selection.held(&svm, &votes[0]) + selection.held(&svm, &votes[1]), free - 2 * rent);
    assert_eq!(selection.pool.reserve_lamports(&svm), 5 * SOL);
    ledger::assert_balanced(&svm, &selection.pool);

    // With less than a delegation left, nothing is raised.
    let mut svm = Svm::new();
    let (selection, votes) = allocated(&mut svm, open_params(), &["a"], 100 * SOL);
    let minimum = selection.pool.state(&svm).min_delegation;
    let keep = 5 * SOL + rent + minimum - 1;
    let shares = selection.pool.reserve_lamports(&svm) - keep;
    svm.must(
        &[selection.pool.withdraw_sol(&depositor.pubkey(), &lst, shares + shares / 900, 0)],
        &[&depositor],
    );
    assert!(selection.pool.reserve_lamports(&svm) <= keep);
    assert!(moves(&selection.rebalance_all(&mut svm)).is_empty());
    assert_eq!(selection.held(&svm, &votes[0]), 0);
}

#[test]
fn what_tickets_are_owed_stays_in_the_reserve() {
    let mut svm = Svm::new();
    let (selection, votes) = allocated(&mut svm, with(|p| p.cap_bps = 10_000), &["a"], 100 * SOL);
    let (depositor, ticket) = (keypair("depositor"), keypair("ticket"));
    let lst = keypair("depositor's slSOL").pubkey();
    let order = selection.pool.order_unstake(&depositor.pubkey(), &lst, &ticket.pubkey(), 30 * SOL);
    svm.must(&[order], &[&depositor, &ticket]);
    selection.rebalance_all(&mut svm);
    assert_eq!(selection.held(&svm, &votes[0]), 65 * SOL - svm.rent_exempt(200));
    assert_eq!(selection.pool.reserve_lamports(&svm), 35 * SOL);
}

#[test]
fn no_more_than_the_epochs_limit_moves_in_either_direction() {
    let mut svm = Svm::new();
    let names = ["a", "b", "c", "d"];
    let params = with(|p| p.max_moved_bps = 3_000);
    let (selection, votes) = allocated(&mut svm, params, &names, 100 * SOL);
    selection.rebalance_all(&mut svm);
    assert_eq!(selection.state(&svm).moved_up, 30 * SOL);
    let held: u64 = votes.iter().map(|vote| selection.held(&svm, vote)).sum();
    assert_eq!(held, 30 * SOL);
    assert!(moves(&selection.rebalance_all(&mut svm)).is_empty());

    for _ in 0..3 {
        reallocate(&mut svm, &selection, &names);
        selection.rebalance_all(&mut svm);
    }
    let held: Vec<_> = votes.iter().map(|vote| selection.held(&svm, vote)).collect();
    assert!(held.iter().sum::<u64>() > 94 * SOL, "{held:?}");
    // All are banned at once: an admin's mistake, or his stolen key, takes days to undo the pool.
    for vote in &votes {
        svm.must(&[selection.ban(&svm, vote, true)], &[&selection.pool.admin]);
    }
    reallocate(&mut svm, &selection, &names);
    selection.rebalance_all(&mut svm);
    let state = selection.state(&svm);
    assert_eq!((state.moved_down, state.moved_up), (30 * SOL, 0));
    assert!(moves(&selection.rebalance_all(&mut svm)).is_empty());
    ledger::assert_balanced(&svm, &selection.pool);
}

/// The pool with another cap on what comes from validators.
fn cap_pool(svm: &mut Svm, selection: &SelectionFixture, movement_cap_bps: u16) {
    let limits = sluice_tests::pool::PoolOptions::default().params.limits;
    let set =
        selection.pool.set_limits(sluice_sdk::staking_pool::types::Limits { movement_cap_bps, ..limits });
    svm.must(&[set], &[&selection.pool.admin]);
}

#[test]
fn the_pools_own_cap_binds_where_it_is_lower_and_fails_no_batch() {
    let mut svm = Svm::new();
    let names = ["a", "b", "c", "d"];
    let (selection, votes) = allocated(&mut svm, open_params(), &names, 100 * SOL);
    selection.rebalance_all(&mut svm);
    cap_pool(&mut svm, &selection, 1_200);
    for vote in &votes {
        svm.must(&[selection.ban(&svm, vote, true)], &[&selection.pool.admin]);
    }
    for _ in 0..2 {
        reallocate(&mut svm, &selection, &names);
        assert!(selection.state(&svm).move_limit > 90 * SOL, "the selection would move everything");
        let moved: u64 = moves(&selection.rebalance_all(&mut svm)).iter().map(|m| m.decreased).sum();
        assert_eq!(moved, 12 * SOL);
        assert_eq!(selection.pool.state(&svm).moved_lamports, 12 * SOL);
        assert!(moves(&selection.rebalance_all(&mut svm)).is_empty());
        ledger::assert_balanced(&svm, &selection.pool);
    }
}

#[test]
fn the_pools_own_cap_keeps_no_stake_from_tickets() {
    let mut svm = Svm::new();
    let names = ["a", "b", "c", "d"];
    let (selection, _) = allocated(&mut svm, open_params(), &names, 100 * SOL);
    selection.rebalance_all(&mut svm);
    cap_pool(&mut svm, &selection, 0);
    let (depositor, ticket) = (keypair("depositor"), keypair("ticket"));
    let lst = keypair("depositor's slSOL").pubkey();
    let order = selection.pool.order_unstake(&depositor.pubkey(), &lst, &ticket.pubkey(), 30 * SOL);
    svm.must(&[order], &[&depositor, &ticket]);
    reallocate(&mut svm, &selection, &names);
    let lack = 30 * SOL - selection.pool.reserve_lamports(&svm);
    let moved: u64 = moves(&selection.rebalance_all(&mut svm)).iter().map(|m| m.decreased).sum();
    assert_eq!(moved, lack, "what lacks, and nothing more");
    assert_eq!(selection.pool.state(&svm).moved_lamports, 0);
    reallocate(&mut svm, &selection, &names);
    selection.rebalance_all(&mut svm);
    svm.must(&[selection.pool.claim_ticket(&ticket.pubkey(), &depositor.pubkey())], &[&depositor]);
    ledger::assert_balanced(&svm, &selection.pool);
}

#[test]
fn a_validator_the_pools_admin_retired_is_stepped_over_and_stops_nobody() {
    let mut svm = Svm::new();
    let names = ["a", "b", "c"];
    let (selection, votes) = allocated(&mut svm, open_params(), &names, 100 * SOL);
    selection.rebalance_all(&mut svm);
    let retire = selection.pool.retire_validator(&svm, &votes[0]);
    svm.must(&[retire], &[&selection.pool.payer, &selection.pool.admin]);
    assert!(moves(&selection.rebalance_all(&mut svm)).is_empty());

    // Home again: the others get its part, and it nothing.
    selection.fund(&mut svm, 60 * SOL);
    reallocate(&mut svm, &selection, &names);
    let seat = selection.candidate(&svm, &votes[0]).seat;
    assert_eq!((seat.target, seat.ideal, seat.constraint), (0, 0, Constraint::Retired.code()));
    let moved = moves(&selection.rebalance_all(&mut svm));
    assert_eq!(moved.iter().map(|moved| moved.vote).collect::<Vec<_>>(), votes[1..]);
    assert_eq!(selection.held(&svm, &votes[0]), 0);

    // It stays in the list, retired, until the pool's admin removes it.
    let (index, record) = selection.pool.record(&svm, &votes[0]);
    assert_eq!(record.retired, 1);
    let remove = selection.pool.remove_validator(index, &votes[0]);
    let remove = substitute(&remove, &selection.pool.delegation.pubkey(), &selection.pool.admin.pubkey());
    svm.must(&[remove], &[&selection.pool.payer, &selection.pool.admin]);
    svm.must(&[selection.ban(&svm, &votes[0], true)], &[&selection.pool.admin]);
    // Whoever took its place is found there, and it is nowhere.
    reallocate(&mut svm, &selection, &names);
    selection.rebalance_all(&mut svm);
    assert_eq!(selection.pool.list(&svm).records.len(), 2);
    ledger::assert_balanced(&svm, &selection.pool);
}

#[test]
fn a_pause_of_the_pool_stops_no_move() {
    let mut svm = Svm::new();
    let (selection, _) = allocated(&mut svm, open_params(), &["a", "b", "c"], 100 * SOL);
    let pause = selection.pool.pause(&selection.pool.admin.pubkey());
    svm.must(&[pause], &[&selection.pool.payer, &selection.pool.admin]);
    assert_eq!(moves(&selection.rebalance_all(&mut svm)).len(), 3);
    ledger::assert_balanced(&svm, &selection.pool);
}

#[test]
fn small_moves_are_not_made() {
    let mut svm = Svm::new();
    let names = ["a", "b", "c"];
    let (selection, _) = allocated(&mut svm, with(|p| p.min_move = 20 * SOL), &names, 100 * SOL);
    selection.rebalance_all(&mut svm);
    selection.fund(&mut svm, 60 * SOL);
    reallocate(&mut svm, &selection, &names);
    // Fifteen more for each is worth nobody's fee yet.
    assert!(moves(&selection.rebalance_all(&mut svm)).is_empty());
    selection.fund(&mut svm, 30 * SOL);
    reallocate(&mut svm, &selection, &names);
    assert_eq!(moves(&selection.rebalance_all(&mut svm)).len(), 3);
}

#[test]
fn those_that_cannot_be_moved_are_skipped_and_stop_nobody() {
    let mut svm = Svm::new();
    let names = ["closed", "deactivated", "fine"];
    let (selection, votes) = allocated(&mut svm, open_params(), &names, 100 * SOL);
    let rebalance = selection.rebalance(&svm, &votes[1..2]);
    svm.must(&[compute_limit(1_400_000), rebalance], &[&selection.pool.payer]);
    close_account(&mut svm, &votes[0]);
    // A third party deactivates the second's stake after the pool's update; then it is banned.
    let stake = selection.pool.stake(&votes[1]);
    let mut account = svm.account(&stake).unwrap();
    account.data[172..180].copy_from_slice(&100u64.to_le_bytes());
    svm.0.set_account(stake, account).unwrap();
    svm.must(&[selection.ban(&svm, &votes[1], true)], &[&selection.pool.admin]);
    let moved = moves(&selection.rebalance_all(&mut svm));
    assert_eq!(moved.iter().map(|moved| moved.vote).collect::<Vec<_>>(), [votes[2]]);
    ledger::assert_balanced(&svm, &selection.pool);
}

/// Leftovers of a stake account stand at `address` until the pool clears them.
fn occupy(svm: &mut Svm, address: &Address) {
    write_account(svm, address, vec![0; 200], solana_sdk_ids::stake::ID);
}

#[test]
fn those_whose_new_stake_account_has_no_room_are_skipped_and_stop_nobody() {
    let mut svm = Svm::new();
    let names = ["a", "b", "c"];
    let (selection, votes) = allocated(&mut svm, open_params(), &names, 100 * SOL);
    let address = selection.pool.stake(&votes[0]);
    occupy(&mut svm, &address);
    let moved = moves(&selection.rebalance_all(&mut svm));
    assert_eq!(moved.iter().map(|moved| moved.vote).collect::<Vec<_>>(), votes[1..]);
    assert_eq!(selection.pool.list(&svm).records.len(), 2, "nobody enters the list without stake");

    // Parts of the other two leave, of which one cannot be split.
    svm.must(&[selection.set_params(with(|p| p.cap_bps = 1_000))], &[&selection.pool.admin]);
    svm.0.set_account(address, Default::default()).unwrap();
    reallocate(&mut svm, &selection, &names);
    let address = selection.pool.deactivating(&votes[1]);
    occupy(&mut svm, &address);
    let moved = moves(&selection.rebalance_all(&mut svm));
    let mut moved: Vec<_> = moved.iter().map(|moved| moved.vote).collect();
    moved.sort_by_key(|vote| *vote != votes[0]);
    assert_eq!(moved, [votes[0], votes[2]]);
    // The whole needs no new account.
    svm.must(&[selection.ban(&svm, &votes[1], true)], &[&selection.pool.admin]);
    let rebalance = selection.rebalance(&svm, &votes[1..2]);
    let sent = svm.must(&[compute_limit(1_400_000), rebalance], &[&selection.pool.payer]);
    assert_eq!(moves(&[sent]).len(), 1);
}

#[test]
fn a_full_list_takes_nobody_in() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_capacity(&mut svm, open_params(), 10, 1);
    let votes: Vec<_> = ["a", "b"].iter().map(|name| joined(&mut svm, &selection, name, FULL, 0)).collect();
    selection.fund(&mut svm, 99 * SOL);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    // Both have a target, because the list had room for either.
    assert_eq!(moves(&selection.rebalance_all(&mut svm)).len(), 1);
    assert_eq!(votes.iter().map(|vote| selection.held(&svm, vote)).sum::<u64>(), 25 * SOL);
}

#[test]
fn without_an_allocation_of_this_epoch_nothing_moves() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "a", FULL, 0);
    selection.fund(&mut svm, 99 * SOL);
    let rebalance = selection.rebalance(&svm, &[vote]);
    svm.refuses(std::slice::from_ref(&rebalance), &[&selection.pool.payer], Error::NotAllocated);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    // An epoch late.
    next_epoch(&mut svm, &selection);
    svm.refuses(&[rebalance], &[&selection.pool.payer], Error::NotAllocated);
}

#[test]
fn not_while_the_chain_pays_rewards() {
    let mut svm = Svm::new();
    let (selection, votes) = allocated(&mut svm, open_params(), &["a"], 100 * SOL);
    let mut rewards: solana_epoch_rewards::EpochRewards = svm.0.get_sysvar();
    rewards.active = true;
    svm.0.set_sysvar(&rewards);
    let rebalance = selection.rebalance(&svm, &votes);
    svm.refuses(&[rebalance], &[&selection.pool.payer], Error::EpochRewardsActive);
}
