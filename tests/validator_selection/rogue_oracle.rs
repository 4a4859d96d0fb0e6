//! The oracle's key in the wrong hands. It groups and cannot pick, so what it can do has a bound, and this is it:
//!
//! In no epoch does more stake leave validators than the movement limit, whatever the groups. A lamport that was made to
//! move loses the yield of the epoch it moves in, and from then on, in each epoch, the difference between the best score
//! and that of the worst place that stake can be given to: nothing, if it has to wait in the reserve because caps leave
//! no place. So after `n` epochs the pool has lost no more than
//!
//! ```text
//! sum over epochs of moved * (move cost + epochs since * (best score - worst eligible score))
//! ```
//!
//! and no validator, however grouped, holds more than one validator may.

use sluice_sdk::validator_selection::types::Params;
use sluice_tests::pool::compute_limit;
use sluice_tests::selection::{open_params, write_candidates, write_config};
use sluice_tests::*;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::FULL;
use crate::stage::Stage;

const EPOCHS: u64 = 6;
const FRIEND: &str = "friend";

/// A movement limit of 3 %, a cap of 10 % a validator, and one for a provider.
fn params(aso_cap_bps: u16) -> Params {
    Params {
        cap_bps: 1_000,
        aso_cap_bps,
        country_cap_bps: 10_000,
        max_moved_bps: 300,
        move_cost_bps: 10_000,
        horizon_epochs: 20,
        ..open_params()
    }
}

/// Twelve good validators, three of each of four providers, who hold all there is; and a friend of the thief's who
/// earns a fifth less and has nothing.
fn cast(aso_cap_bps: u16) -> (Stage, SelectionFixture, Keypair, Vec<u64>) {
    let names: Vec<String> = (0..12).map(|i| format!("v{i}")).collect();
    let mut validators: Vec<_> =
        names.iter().enumerate().map(|(i, name)| (name.as_str(), FULL - FULL / 100 * i as u64)).collect();
    validators.push((FRIEND, FULL / 5 * 4));
    let open = Params { max_moved_bps: 10_000, ..params(aso_cap_bps) };
    let (mut stage, selection) = Stage::new(open, 10_000 * SOL, &validators);
    let oracle = stage.svm.wallet("oracle", SOL);
    stage.svm.must(&[selection.set_oracle(&oracle.pubkey())], &[&selection.pool.admin]);
    regroup(&mut stage, &selection, &oracle, honest);
    let candidates = selection.registry(&stage.svm).records;
    let scores: Vec<_> = candidates.iter().map(|candidate| candidate.seat.score).collect();
    crank(&mut stage, &selection, &scores);
    stage.svm.must(&[selection.set_params(params(aso_cap_bps))], &[&selection.pool.admin]);
    stage.next(&selection);
    crank(&mut stage, &selection, &scores);
    assert_eq!(selection.held(&stage.svm, &stage.vote(FRIEND)), 0);
    (stage, selection, oracle, scores)
}

fn honest(index: usize) -> u16 {
    index as u16 / 3 + 1
}

fn regroup(stage: &mut Stage, selection: &SelectionFixture, oracle: &Keypair, of: impl Fn(usize) -> u16) {
    let groups: Vec<_> =
        stage.votes().into_iter().enumerate().map(|(index, vote)| (vote, of(index), 0)).collect();
    for groups in groups.chunks(8) {
        let set = selection.set_groups(&stage.svm, &oracle.pubkey(), groups);
        stage.svm.must(&[set], &[oracle]);
    }
}

/// The epoch's cranks with everybody's score as it was at first: LiteSVM pays no rewards, which would be held against
/// those who have stake.
fn crank(stage: &mut Stage, selection: &SelectionFixture, scores: &[u64]) {
    selection.observe_all(&mut stage.svm);
    let mut candidates = selection.registry(&stage.svm).records;
    for (candidate, score) in candidates.iter_mut().zip(scores) {
        candidate.seat.score = *score;
    }
    write_candidates(&mut stage.svm, selection, &candidates);
    let best = scores.iter().copied().max().unwrap_or(0);
    write_config(&mut stage.svm, selection, |config| config.best_score = best);
    stage.svm.must(&[compute_limit(1_400_000), selection.allocate()], &[&selection.pool.payer]);
    selection.rebalance_all(&mut stage.svm);
}

/// What the pool's stake earns this epoch, by the validators' scores: all that was active as it began. In 10^-12
/// lamports.
fn earned(stage: &Stage, selection: &SelectionFixture, scores: &[u64]) -> i128 {
    let candidates = selection.registry(&stage.svm).records;
    selection
        .pool
        .list(&stage.svm)
        .records
        .iter()
        .map(|record| {
            let index = candidates.iter().position(|candidate| candidate.vote == record.vote);
            i128::from(record.stake) * i128::from(scores[index.expect("a candidate")])
        })
        .sum()
}

/// What a game comes to: lamports with the friend; as shares of the pool, what moved; as shares of what the pool earns
/// in an epoch, what was lost and the bound of that.
#[derive(Debug)]
struct Outcome {
    friend: u64,
    moved_bps: u64,
    loss_bps: i128,
    bound_bps: i128,
}

/// Plays `EPOCHS` epochs with groups as the thief wants them, each epoch anew; checks what holds in each, and compares
/// with the same epochs of an honest oracle.
fn play(aso_cap_bps: u16, rogue: impl Fn(u64, usize) -> u16, has_place: bool) -> Outcome {
    let (stage, selection, oracle, scores) = cast(aso_cap_bps);
    let (mut honest_stage, mut stage) = (stage.clone(), stage);
    let best = scores.iter().copied().max().unwrap_or(0);
    let worst = if has_place { scores.iter().copied().min().unwrap_or(0) } else { 0 };
    let (mut loss, mut bound, mut all_moved) = (0i128, 0i128, 0u64);
    for epoch in 0..EPOCHS {
        for stage in [&mut honest_stage, &mut stage] {
            stage.next(&selection);
        }
        loss += earned(&honest_stage, &selection, &scores) - earned(&stage, &selection, &scores);
        crank(&mut honest_stage, &selection, &scores);

        regroup(&mut stage, &selection, &oracle, |index| rogue(epoch, index));
        crank(&mut stage, &selection, &scores);
        let (state, pool) = (selection.state(&stage.svm), selection.pool.state(&stage.svm));
        assert_eq!(state.move_limit, pool.total_lamports * 3 / 100);
        assert!(state.moved_down <= state.move_limit && state.moved_up <= state.move_limit);
        all_moved += state.moved_down;
        // What moves now misses the next epoch, and earns less in all that are left.
        let left = i128::from(EPOCHS - 1 - epoch);
        bound += i128::from(state.moved_down) * (i128::from(best) + left * i128::from(best - worst));
        assert!(loss <= bound, "epoch {epoch}: {loss} of {bound}");
        for vote in stage.votes() {
            assert!(selection.held(&stage.svm, &vote) <= pool.total_lamports / 10 + SOL);
        }
        ledger::assert_balanced(&stage.svm, &selection.pool);
    }
    let total = selection.pool.state(&stage.svm).total_lamports;
    let epochs_yield = i128::from(total) * i128::from(best);
    let outcome = Outcome {
        friend: selection.held(&stage.svm, &stage.vote(FRIEND)),
        moved_bps: all_moved * 10_000 / total,
        loss_bps: loss * 10_000 / epochs_yield,
        bound_bps: bound * 10_000 / epochs_yield,
    };
    println!("{outcome:?}");
    // The movement limit alone bounds it: 300 + 600 + .. + 1,800.
    assert!(outcome.moved_bps <= 300 * EPOCHS && outcome.bound_bps <= 6_300);
    assert!(outcome.loss_bps <= outcome.bound_bps);
    outcome
}

/// Everybody in one provider: a part of the pool keeps its place, the rest leaves at the movement limit, and waits.
#[test]
fn everybody_in_one_group_costs_what_the_movement_limit_lets_go() {
    let outcome = play(4_000, |_, _| 1, false);
    assert!(outcome.moved_bps > 1_700 && outcome.loss_bps > 4_000);
    assert_eq!(outcome.friend, 0);
}

#[test]
fn rivals_in_one_group_give_a_friend_outside_no_more_than_its_cap() {
    let outcome = play(4_000, |_, index| if index == 12 { 2 } else { 1 }, false);
    assert!(outcome.friend > 990 * SOL && outcome.friend <= 1_000 * SOL, "a tenth of 10,000");
    assert!(outcome.loss_bps > 1_000);
}

/// Ten of the rivals share a provider's cap, and the friend has what the others leave: all of the stake has a place, so
/// it loses the difference of the scores.
#[test]
fn where_all_stake_has_a_place_it_costs_the_difference_of_the_scores() {
    let outcome = play(7_000, |_, index| u16::from((2..12).contains(&index)), true);
    assert!(outcome.friend > 100 * SOL && outcome.friend <= 1_000 * SOL);
    // 300 a move, and a fifth of 300, 600, .. 1,500 since.
    assert!(outcome.bound_bps <= 1_800 + 900);
}

#[test]
fn everybody_ungrouped_concentrates_up_to_the_cap_of_one_and_costs_the_moves() {
    let outcome = play(2_500, |_, _| 0, true);
    assert!(outcome.moved_bps > 0);
    assert!(outcome.loss_bps <= 1_800, "the moves, and nothing after");
    assert_eq!(outcome.friend, 0);
}

#[test]
fn groups_that_change_every_epoch_move_no_more_than_the_limit_either() {
    let outcome = play(4_000, |epoch, index| 1 + ((index as u64 + epoch) % 2) as u16, false);
    assert!(outcome.friend <= 1_000 * SOL);
}
