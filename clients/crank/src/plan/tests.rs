//! Plans made late, twice, in the middle of somebody else's work, and while the chain is not ready.

use std::sync::Arc;

use sluice_sdk::restaking_vault::accounts::{Allocation, SlashRequest, Vault};
use sluice_sdk::staking_pool::accounts::Ticket;

use super::*;
use crate::snapshot::{Occupied, Sighting};
use crate::stage::*;

#[test]
fn an_epoch_begins_with_the_pools_update_and_the_rest_waits() {
    let snapshot = snapshot(5);
    assert_eq!(
        planned(&snapshot),
        [
            (Kind::Update, 5, true),
            (Kind::FinishUpdate, 1, false),
            (Kind::Observe, 5, false),
            (Kind::Allocate, 1, false),
        ]
    );
    let plan = plan(&snapshot);
    assert!(plan.is_open && !plan.is_done());
    assert_eq!(plan.next().unwrap().kind, Kind::Update);
}

#[test]
fn while_rewards_are_paid_nothing_touches_stake() {
    let mut snapshot = snapshot(5);
    snapshot.rewards_active = true;
    assert!(plan(&snapshot).next().is_none());
    let mut later = finished(5);
    later.rewards_active = true;
    later.selection.as_mut().unwrap().candidates[1].seat.target = 5 * SOL;
    seen(&mut later, 2, None);
    assert_eq!(planned(&later), [(Kind::Emergency, 1, false), (Kind::Rebalance, 1, false)]);
    assert!(plan(&later).next().is_none() && !plan(&later).is_done());
}

#[test]
fn half_an_update_is_finished_and_not_done_again() {
    let mut snapshot = snapshot(5);
    for at in [0, 2, 3] {
        snapshot.records[at].updated_epoch = EPOCH;
    }
    assert_eq!(planned(&snapshot)[..2], [(Kind::Update, 2, true), (Kind::FinishUpdate, 1, false)]);
    snapshot.records.iter_mut().for_each(|record| record.updated_epoch = EPOCH);
    assert_eq!(planned(&snapshot)[0], (Kind::FinishUpdate, 1, true));
}

#[test]
fn a_pool_without_validators_is_updated_too() {
    let snapshot = snapshot(0);
    assert_eq!(planned(&snapshot), [(Kind::FinishUpdate, 1, true)]);
}

#[test]
fn stages_follow_each_other_whoever_did_the_one_before() {
    let mut snapshot = snapshot(4);
    updated(&mut snapshot);
    assert_eq!(planned(&snapshot), [(Kind::Observe, 4, true), (Kind::Allocate, 1, false)]);
    snapshot.selection.as_mut().unwrap().candidates[2].measured_epoch = EPOCH;
    assert_eq!(planned(&snapshot)[0], (Kind::Observe, 3, true));
    observed(&mut snapshot);
    assert_eq!(planned(&snapshot), [(Kind::Allocate, 1, true)]);
    allocated(&mut snapshot);
    assert_eq!(planned(&snapshot), [(Kind::Settle, 4, true)]);
    settled(&mut snapshot);
    assert!(plan(&snapshot).is_done());
}

#[test]
fn while_an_allocation_runs_nothing_but_it_goes_on() {
    let mut snapshot = snapshot(4);
    updated(&mut snapshot);
    seen(&mut snapshot, 1, None);
    // Somebody began it after the grace period, without having observed all.
    snapshot.selection.as_mut().unwrap().config.allocating_epoch = EPOCH;
    assert_eq!(
        planned(&snapshot),
        [(Kind::Emergency, 1, false), (Kind::Observe, 4, false), (Kind::Allocate, 1, true),]
    );
    // When it is done, those who were not looked at still are: their bonds pay by what they brought.
    allocated(&mut snapshot);
    assert_eq!(planned(&snapshot)[..2], [(Kind::Emergency, 1, true), (Kind::Observe, 4, true)]);
}

#[test]
fn stake_moves_by_the_programs_own_decision_decreases_first() {
    let mut snapshot = finished(4);
    let candidates = &mut snapshot.selection.as_mut().unwrap().candidates;
    candidates[0].seat.target = 15 * SOL;
    candidates[0].seat.ideal = 15 * SOL;
    candidates[2].seat.target = 4 * SOL;
    candidates[3].seat.target = 0;
    snapshot.records[3].stake = 0;
    snapshot.records[3].stake_state = 0;
    let steps = moves::rebalance(&snapshot, snapshot.selection.as_ref().unwrap());
    let tasks: Vec<_> = steps.iter().map(|step| (step.index, step.task, step.beside)).collect();
    assert_eq!(
        tasks,
        [
            (2, moves::Task::Decrease { whole: false }, false),
            (0, moves::Task::Increase { first: false }, true),
            (3, moves::Task::Drop, false),
        ]
    );
}

#[test]
fn no_more_is_planned_than_the_reserve_and_the_epoch_allow() {
    let mut snapshot = finished(6);
    for candidate in &mut snapshot.selection.as_mut().unwrap().candidates {
        candidate.seat.target = 18 * SOL;
        candidate.seat.ideal = 18 * SOL;
    }
    // 20 SOL are there: two whole increases, and what is left of them for a third.
    assert_eq!(planned(&snapshot), [(Kind::Rebalance, 3, true)]);
    snapshot.selection.as_mut().unwrap().config.move_limit = 9 * SOL;
    assert_eq!(planned(&snapshot), [(Kind::Rebalance, 2, true)], "a whole one, and the least there is");
    snapshot.selection.as_mut().unwrap().config.moved_up = 9 * SOL;
    assert!(plan(&snapshot).is_done());
}

#[test]
fn who_is_silent_gone_or_greedy_is_unstaked_once() {
    let mut snapshot = finished(6);
    let slot = snapshot.clock.slot;
    let config = &mut snapshot.selection.as_mut().unwrap().config;
    config.params.max_commission_bps = 2_000;
    let sight = |last_vote_slot, commission_bps| Some(Sighting { last_vote_slot, commission_bps });
    seen(&mut snapshot, 0, sight(slot - 1_000, 2_000));
    seen(&mut snapshot, 1, sight(slot - 1_001, 0));
    seen(&mut snapshot, 2, sight(slot, 2_001));
    seen(&mut snapshot, 3, None);
    assert_eq!(planned(&snapshot), [(Kind::Emergency, 3, true)]);
    // It is leaving as a whole and its target is zero: there is nothing more to take.
    for at in [1, 2, 3] {
        snapshot.records[at].stake_state = 2;
        let candidate = &mut snapshot.selection.as_mut().unwrap().candidates[at];
        (candidate.seat.target, candidate.seat.ideal, candidate.flags) = (0, 0, 16);
    }
    assert!(plan(&snapshot).is_done());
}

#[test]
fn tickets_that_are_due_are_claimed_as_far_as_the_reserve_goes() {
    let mut snapshot = finished(3);
    let ticket = |of: usize, sol: u64, claim_epoch| {
        let mut ticket: Ticket = zeroed();
        (ticket.shares, ticket.ordered_lamports, ticket.claim_epoch) = (sol * SOL, sol * SOL, claim_epoch);
        (address(500 + of), ticket)
    };
    Arc::make_mut(&mut snapshot.watched).tickets = vec![
        ticket(1, 5, EPOCH),
        ticket(2, 100, EPOCH - 1),
        ticket(3, 12, EPOCH - 2),
        ticket(4, 1, EPOCH + 1),
        ticket(5, 4, EPOCH),
    ];
    let plan = plan(&snapshot);
    let claims: Vec<_> = plan.stages[0].items.iter().map(|item| item.of).collect();
    assert_eq!(claims, [address(503), address(501)], "the oldest first, and those that fit 20 SOL");
    assert_eq!(plan.stages[0].kind, Kind::Claim);
}

#[test]
fn stake_is_called_home_when_tickets_have_lacked_sol_for_two_epochs() {
    let mut snapshot = finished(3);
    snapshot.selection = None;
    snapshot.records[1].stake = 30 * SOL;
    snapshot.pool.ticket_lamports = 25 * SOL;
    snapshot.pool.lack_since_epoch = EPOCH - 1;
    assert!(plan(&snapshot).is_done(), "not yet");
    snapshot.pool.lack_since_epoch = EPOCH - 2;
    assert_eq!(planned(&snapshot), [(Kind::Decrease, 1, true)]);
    assert_eq!(moves::overdue(&snapshot), Some((1, 5 * SOL)));
    snapshot.pool.leaving_lamports = 5 * SOL;
    assert!(plan(&snapshot).is_done(), "it is on its way");
}

#[test]
fn what_a_vault_needs_is_done_when_it_is_due() {
    let mut snapshot = finished(1);
    let watched = Arc::make_mut(&mut snapshot.watched);
    watched.vaults.insert(address(600), zeroed::<Vault>());
    let mut allocation: Allocation = zeroed();
    (allocation.vault, allocation.cooling_amount, allocation.cooled_at) = (address(600), 5, EPOCH);
    watched.allocations.insert(address(601), allocation.clone());
    allocation.request_open = 1;
    watched.allocations.insert(address(602), allocation.clone());
    (allocation.request_open, allocation.cooled_at) = (0, EPOCH + 1);
    watched.allocations.insert(address(603), allocation);
    for (of, executable, expiry) in [(0, EPOCH + 1, EPOCH + 3), (1, EPOCH, EPOCH + 2), (2, EPOCH - 4, EPOCH)]
    {
        let mut request: SlashRequest = zeroed();
        (request.vault, request.allocation) = (address(600), address(602));
        (request.executable_epoch, request.expiry_epoch) = (executable, expiry);
        watched.requests.push((address(610 + of), request));
    }
    assert_eq!(
        planned(&snapshot),
        [
            (Kind::ReleaseAllocation, 1, true),
            (Kind::ExecuteSlash, 1, true),
            (Kind::CloseSlashRequest, 1, true),
        ]
    );
    let plan = plan(&snapshot);
    assert_eq!(plan.stages[1].items[0].of, address(611));
    assert_eq!(plan.stages[2].items[0].of, address(612));
    // Whoever makes one of them impossible holds up none of the others.
    assert_eq!(plan.now().len(), 3);
}

#[test]
fn what_stands_alone_waits_for_what_the_epoch_needs_and_for_nothing_else() {
    let mut snapshot = finished(3);
    let mut ticket: Ticket = zeroed();
    (ticket.shares, ticket.ordered_lamports, ticket.claim_epoch) = (SOL, SOL, EPOCH);
    snapshot.reserve_lamports = 100 * SOL;
    snapshot.pool.ticket_lamports = SOL;
    snapshot.pool.pending_burn = SOL;
    let watched = Arc::make_mut(&mut snapshot.watched);
    watched.tickets.push((address(800), ticket));
    watched.vaults.insert(address(600), zeroed::<Vault>());
    let mut request: SlashRequest = zeroed();
    (request.vault, request.expiry_epoch) = (address(600), EPOCH);
    watched.requests.push((address(611), request));
    let kinds = |snapshot: &Snapshot| plan(snapshot).now().iter().map(|stage| stage.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&snapshot), [Kind::Claim, Kind::CloseSlashRequest]);
    snapshot.selection.as_mut().unwrap().candidates[0].settled_epoch = EPOCH - 1;
    assert_eq!(kinds(&snapshot), [Kind::Settle]);
}

#[test]
fn an_epoch_is_not_done_while_what_is_watched_was_not_read() {
    let mut snapshot = finished(2);
    assert!(plan(&snapshot).is_done());
    snapshot.is_blind = true;
    assert!(!plan(&snapshot).is_done());
}

#[test]
fn an_occupied_address_is_cleared_before_stake_moves() {
    let mut snapshot = finished(2);
    Arc::make_mut(&mut snapshot.watched).occupied =
        vec![Occupied { vote: address(1), address: address(700) }];
    assert_eq!(planned(&snapshot), [(Kind::ClearAddress, 1, true)]);
}

#[test]
fn a_selection_that_does_not_steer_is_left_alone() {
    let mut snapshot = snapshot(3);
    snapshot.selection = None;
    assert_eq!(planned(&snapshot), [(Kind::Update, 3, true), (Kind::FinishUpdate, 1, false)]);
    updated(&mut snapshot);
    assert!(plan(&snapshot).is_done());
}

#[test]
fn what_is_held_back_keeps_the_epoch_from_being_done() {
    let mut snapshot = finished(3);
    snapshot.selection.as_mut().unwrap().candidates[0].settled_epoch = EPOCH - 1;
    let mut plan = plan(&snapshot);
    plan.hold(&HashSet::from([(Kind::Settle, address(0)), (Kind::Settle, address(1))]));
    assert!(plan.next().is_none() && plan.held == 1 && !plan.is_done());
}

#[test]
fn what_nothing_can_be_done_about_does_not() {
    let mut snapshot = finished(3);
    snapshot.selection.as_mut().unwrap().candidates[1].seat.target = 5 * SOL;
    let mut plan = plan(&snapshot);
    assert_eq!(stages(&plan), [(Kind::Rebalance, 1, true)]);
    plan.drop(&HashSet::from([(Kind::Rebalance, address(1))]));
    assert!(plan.is_done());
}
