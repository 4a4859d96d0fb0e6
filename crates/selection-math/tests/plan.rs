//! The allocation: what a pool relies on, over random pools, against plain arithmetic.

// A test fails by panicking.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod common;

use common::*;
use proptest::prelude::*;
use sluice_money::Lamports;
use sluice_selection_math::*;

/// What two may differ by in worth and still be ranked beside each other: a bucket, of which there are 1,788 for the
/// better half of the best worth and 256 for the other, and what is not exchanged for.
fn tolerated(pool: &Pool, worth: u64) -> u64 {
    let best = held_worth(pool, pool.terms.best.0);
    2 + if worth < best / 2 { best / 500 } else { best / 1_500 }
}

fn most(pool: &Pool, seat: &Seat) -> u64 {
    seat.bound.min(pool.terms.budget.cap.0)
}

fn least_move(pool: &Pool) -> u64 {
    pool.terms.min_move.0.max(pool.terms.min_delegation.0)
}

fn held_worth(pool: &Pool, score: u64) -> u64 {
    score + score * u64::from(pool.terms.move_cost.get()) / 10_000
}

fn followed(pool: &Pool, seat: &Seat) -> u64 {
    let (all, most) = (pool.terms.directed.0, pool.terms.budget.directed.0);
    if all <= most {
        seat.directed
    } else {
        (u128::from(seat.directed) * u128::from(most) / u128::from(all)) as u64
    }
}

/// Sums over the members of a group; those without a number are in none.
fn group(seats: &[Seat], number: impl Fn(&Seat) -> u16, of: u16, amount: impl Fn(&Seat) -> u64) -> u64 {
    seats.iter().filter(|seat| number(seat) == of && of > 0).map(amount).sum()
}

/// What the caps on a seat's groups leave.
fn room(pool: &Pool, seats: &[Seat], seat: &Seat) -> u64 {
    let left = |cap: Lamports, number: fn(&Seat) -> u16| match number(seat) {
        0 => u64::MAX,
        of => cap.0.saturating_sub(group(seats, number, of, |member| member.ideal)),
    };
    left(pool.terms.budget.aso, |seat| seat.aso).min(left(pool.terms.budget.country, |seat| seat.country))
}

/// How far an ideal may rise by what it is worth most for, and that worth.
fn upward(pool: &Pool, seat: &Seat) -> (u64, u64) {
    let most = most(pool, seat);
    let returns = seat.held.min(most).saturating_sub(seat.ideal);
    if returns >= least_move(pool) || most.saturating_sub(seat.held) < least_move(pool) {
        (returns, held_worth(pool, seat.score))
    } else {
        (most.saturating_sub(seat.ideal), seat.score)
    }
}

fn is_delegation(pool: &Pool, seat: &Seat, ideal: u64) -> bool {
    let beyond = ideal.saturating_sub(seat.held);
    (ideal == 0 || ideal >= pool.terms.min_delegation.0) && (beyond == 0 || beyond >= least_move(pool))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn ideals_stay_within_the_funds_and_every_cap(pool in pools()) {
        let Outcome { seats, plan, .. } = pool.allocate();
        let budget = &pool.terms.budget;
        prop_assert!(seats.iter().map(|seat| seat.ideal).sum::<u64>() <= budget.delegable.0);
        for ((seat, before), standing) in seats.iter().zip(&pool.seats).zip(&pool.standings) {
            prop_assert!(seat.ideal <= budget.cap.0);
            match standing {
                Standing::Competes => {
                    prop_assert!(seat.ideal <= before.bound);
                    prop_assert!(is_delegation(&pool, seat, seat.ideal));
                }
                Standing::Out(reason) => {
                    prop_assert_eq!((seat.ideal, seat.constraint), (0, reason.code()));
                }
                Standing::Keeps(kept) => {
                    prop_assert!(seat.ideal <= *kept && seat.ideal <= seat.held && seat.target <= seat.held);
                    prop_assert_eq!(seat.constraint, Constraint::Stale.code());
                }
            }
        }
        let kept: Vec<Seat> =
            seats.iter().zip(&pool.standings).filter(|(_, s)| matches!(s, Standing::Keeps(_))).map(|(s, _)| *s).collect();
        for of in 1..8 {
            for (cap, number) in
                [(budget.aso, (|seat| seat.aso) as fn(&Seat) -> u16), (budget.country, |seat| seat.country)]
            {
                let ideals = group(&seats, number, of, |seat| seat.ideal);
                prop_assert!(ideals <= cap.0.max(group(&kept, number, of, |seat| seat.ideal)));
            }
        }
        prop_assert_eq!(plan.stage(), Stage::Done);
    }

    #[test]
    fn the_epochs_moves_stay_within_cash_limits_and_groups(pool in pools()) {
        let Outcome { seats, .. } = pool.allocate();
        let budget = &pool.terms.budget;
        let up = |seat: &Seat| seat.target.saturating_sub(seat.held);
        let down = |seat: &Seat| seat.held.saturating_sub(seat.target);
        prop_assert!(seats.iter().map(up).sum::<u64>() <= budget.cash.0);
        prop_assert!(seats.iter().map(down).sum::<u64>() <= budget.moved.0);
        for seat in &seats {
            // Toward the ideal, never past it.
            prop_assert!(seat.target >= seat.held.min(seat.ideal) && seat.target <= seat.held.max(seat.ideal));
            prop_assert!(up(seat) == 0 || up(seat) >= least_move(&pool));
            prop_assert!(down(seat) == 0 || down(seat) >= least_move(&pool) || seat.target == 0);
            prop_assert!(seat.target == seat.held || seat.target == 0 || seat.target >= SOL);
        }
        for of in 1..8 {
            for (cap, number) in
                [(budget.aso, (|seat| seat.aso) as fn(&Seat) -> u16), (budget.country, |seat| seat.country)]
            {
                // What leaves makes room when it has left.
                let risen = group(&seats, number, of, |seat| seat.held.max(seat.target));
                prop_assert!(risen <= cap.0.max(group(&seats, number, of, |seat| seat.held)));
            }
        }
    }

    #[test]
    fn the_sums_are_those_of_the_seats(pool in pools()) {
        let Outcome { seats, plan, .. } = pool.allocate();
        let sum = |of: fn(&Seat) -> u64| seats.iter().map(of).sum::<u64>();
        prop_assert_eq!(plan.ideals, sum(|seat| seat.ideal));
        prop_assert_eq!(plan.targets, sum(|seat| seat.target));
        prop_assert_eq!(plan.excess, sum(|seat| seat.held.saturating_sub(seat.ideal)));
        prop_assert_eq!(plan.wanted, sum(|seat| seat.ideal.saturating_sub(seat.held)));
        prop_assert_eq!(u64::from(plan.chosen), sum(|seat| u64::from(seat.ideal > 0)));
        let stale = pool.standings.iter().filter(|standing| matches!(standing, Standing::Keeps(_))).count();
        prop_assert_eq!(plan.stale as usize, stale);
        let budget = &pool.terms.budget;
        prop_assert_eq!(plan.delegable, budget.delegable.0 - plan.ideals);
        prop_assert_eq!(plan.cash, budget.cash.0 - sum(|seat| seat.target.saturating_sub(seat.held)));
        prop_assert_eq!(plan.moves, budget.moved.0 - sum(|seat| seat.held.saturating_sub(seat.target)));
    }

    #[test]
    fn it_does_not_matter_how_many_steps_are_made_at_a_time(pool in pools()) {
        let whole = pool.allocate();
        for work in [1, 7] {
            let steps = pool.allocate_by(work);
            prop_assert_eq!(&steps.seats, &whole.seats);
            prop_assert!(bytemuck::bytes_of(&*steps.plan) == bytemuck::bytes_of(&*whole.plan));
        }
    }

    #[test]
    fn nobody_has_what_a_better_one_could_get_instead(pool in pools()) {
        let Outcome { seats, plan, .. } = pool.allocate();
        let step = least_move(&pool);
        for better in seats.iter().filter(|seat| seat.fixed == 0) {
            let (up, gain) = upward(&pool, better);
            // From the funds, as they are.
            let at_once = up.min(room(&pool, &seats, better)).min(plan.delegable);
            prop_assert!(gain <= tolerated(&pool, 0) || at_once < step || !is_delegation(&pool, better, better.ideal + at_once));
            for worse in seats.iter().filter(|seat| seat.fixed == 0 && **seat != *better) {
                let directed = followed(&pool, worse).min(worse.ideal);
                let beyond = worse.ideal.saturating_sub(worse.held.max(directed));
                let (down, loss) = if beyond > 0 {
                    (beyond, worse.score)
                } else {
                    (worse.ideal - directed, held_worth(&pool, worse.score))
                };
                if gain <= loss + tolerated(&pool, loss) {
                    continue;
                }
                // In its stead: in a group both are in, the one makes room for the other.
                let aso = if worse.aso == better.aso { u64::MAX } else {
                    room(&pool, &seats, &Seat { country: 0, ..*better })
                };
                let country = if worse.country == better.country { u64::MAX } else {
                    room(&pool, &seats, &Seat { aso: 0, ..*better })
                };
                let amount = up.min(down).min(aso).min(country);
                prop_assert!(
                    amount < step
                        || !is_delegation(&pool, better, better.ideal + amount)
                        || !is_delegation(&pool, worse, worse.ideal - amount),
                    "{} for {} of {better:?} and {worse:?}", gain, loss
                );
            }
        }
    }

    #[test]
    fn the_clearing_yield_is_the_best_that_funds_refused(pool in pools()) {
        let Outcome { seats, plan, .. } = pool.allocate();
        let refused = |seat: &&Seat| {
            let (up, _) = upward(&pool, seat);
            seat.fixed == 0 && up >= least_move(&pool) && room(&pool, &seats, seat) >= up.min(least_move(&pool))
        };
        let worth = |seat: &Seat| upward(&pool, seat).1;
        let best = seats.iter().filter(refused).map(worth).max().unwrap_or(0);
        if plan.delegable >= least_move(&pool) {
            prop_assert_eq!(plan.clearing, 0);
        } else if best > 0 {
            let clearing = seats.iter().filter(refused).filter(|seat| seat.score == plan.clearing).map(worth).max();
            prop_assert!(clearing.is_some_and(|worth| worth + tolerated(&pool, worth) >= best), "{} of {best}", plan.clearing);
        }
    }
}
