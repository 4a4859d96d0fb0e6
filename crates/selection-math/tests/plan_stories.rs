//! The allocation as those it decides on see it: who keeps stake, who gets it, who is told why not.

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
use sluice_money::{Bps, Lamports};
use sluice_selection_math::*;

const NO_LIMIT: Lamports = Lamports(u64::MAX / 2);

fn seat(score: u64, held: u64) -> Seat {
    Seat { score, held: held * SOL, bound: u64::MAX, bound_by: Constraint::Bond.code(), ..Seat::default() }
}

/// So many SOL to give, as much of it at once as there is beyond what is held.
fn pool(delegable: u64, cap: u64, seats: Vec<Seat>) -> Pool {
    let held: u64 = seats.iter().map(|seat| seat.held).sum();
    let delegable = Lamports(delegable * SOL);
    Pool::new(
        seats,
        Budget {
            delegable,
            cash: delegable.saturating_sub(Lamports(held)),
            cap: Lamports(cap * SOL),
            moved: NO_LIMIT,
            aso: NO_LIMIT,
            country: NO_LIMIT,
            ..Budget::default()
        },
    )
}

fn ideals(outcome: &Outcome) -> Vec<u64> {
    outcome.seats.iter().map(|seat| seat.ideal / SOL).collect()
}

fn targets(outcome: &Outcome) -> Vec<u64> {
    outcome.seats.iter().map(|seat| seat.target / SOL).collect()
}

fn reasons(outcome: &Outcome) -> Vec<Constraint> {
    outcome.seats.iter().map(|seat| Constraint::from_code(seat.constraint).unwrap()).collect()
}

#[test]
fn the_best_get_the_cap_and_the_last_what_is_left() {
    let outcome =
        pool(250, 100, vec![seat(FAIR, 0), seat(FAIR - 3_000_000, 0), seat(FAIR + 1, 0), seat(FAIR / 2, 0)])
            .allocate();
    assert_eq!(ideals(&outcome), [100, 50, 100, 0]);
    assert_eq!(targets(&outcome), [100, 50, 100, 0]);
    use Constraint::{Cap, Funds, Score};
    assert_eq!(reasons(&outcome), [Cap, Funds, Cap, Score]);
    assert_eq!(outcome.plan.clearing, FAIR - 3_000_000);
}

#[test]
fn where_there_is_enough_for_all_nothing_clears() {
    let outcome = pool(500, 100, vec![seat(FAIR, 0), seat(FAIR / 2, 0)]).allocate();
    assert_eq!(ideals(&outcome), [100, 100]);
    assert_eq!((outcome.plan.clearing, outcome.plan.delegable), (0, 300 * SOL));
}

#[test]
fn less_than_a_delegation_goes_to_nobody() {
    let mut pool = pool(100, 100, vec![seat(FAIR, 0), seat(FAIR / 2, 0)]);
    pool.terms.budget.delegable = Lamports(101 * SOL - 1);
    let outcome = pool.allocate();
    assert_eq!(ideals(&outcome), [100, 0]);
    assert_eq!(reasons(&outcome)[1], Constraint::TooSmall);
    assert_eq!(outcome.plan.clearing, FAIR / 2);
}

#[test]
fn whoever_has_stake_keeps_it_until_a_better_one_pays_for_the_move() {
    for cost in [0u16, 100, 300, 2_000] {
        let displaces = |score: u64| {
            let mut pool = pool(100, 100, vec![seat(score, 0), seat(FAIR, 100)]);
            pool.terms.move_cost = Bps::saturating(cost);
            targets(&pool.allocate()) == [0, 0]
        };
        // A bucket is 0.03 % of the best worth.
        let worth = FAIR + FAIR * u64::from(cost) / 10_000;
        assert!(!displaces(FAIR) && !displaces(worth - worth / 2_000), "at {cost}");
        assert!(displaces(worth + worth / 1_000), "at {cost}");
    }
}

#[test]
fn stake_comes_home_before_it_goes_to_another() {
    let mut pool = pool(100, 100, vec![seat(FAIR, 0), seat(FAIR / 2, 100)]);
    let first = pool.allocate();
    assert_eq!((ideals(&first), targets(&first)), (vec![100, 0], vec![0, 0]));
    assert_eq!(reasons(&first), [Constraint::Waiting, Constraint::Score]);
    pool = pool.moved(&first, |seat| seat.target);
    pool.terms.budget.cash = Lamports(100 * SOL);
    let second = pool.allocate();
    assert_eq!((ideals(&second), targets(&second)), (vec![100, 0], vec![100, 0]));
}

#[test]
fn the_worst_leaves_first_as_far_as_the_movement_limit_goes() {
    let mut pool = pool(
        300,
        100,
        vec![
            seat(FAIR, 0),
            seat(FAIR, 0),
            seat(FAIR, 0),
            seat(FAIR / 2, 100),
            seat(FAIR / 3, 100),
            seat(FAIR / 4, 100),
        ],
    );
    pool.terms.budget.moved = Lamports(150 * SOL);
    let outcome = pool.allocate();
    assert_eq!(targets(&outcome), [0, 0, 0, 100, 50, 0]);
    assert_eq!(outcome.plan.excess, 300 * SOL);
}

#[test]
fn who_may_not_stay_leaves_before_who_is_merely_worse() {
    let mut pool = pool(200, 100, vec![seat(FAIR, 0), seat(FAIR / 2, 100), seat(FAIR, 100)]);
    pool.terms.budget.moved = Lamports(100 * SOL);
    pool.standings[2] = Standing::Out(Constraint::Delinquent);
    let outcome = pool.allocate();
    assert_eq!(targets(&outcome), [0, 100, 0]);
    assert_eq!(reasons(&outcome)[2], Constraint::Delinquent);
}

#[test]
fn what_is_above_a_bond_leaves_first_and_the_rest_by_its_rank() {
    let bonded = Seat { bound: 80 * SOL, ..seat(FAIR / 2, 100) };
    let mut pool = pool(200, 100, vec![seat(FAIR, 0), seat(FAIR, 0), bonded, seat(FAIR / 4, 100)]);
    pool.terms.budget.moved = Lamports(60 * SOL);
    assert_eq!(targets(&pool.allocate()), [0, 0, 80, 60]);
}

#[test]
fn a_part_that_leaves_is_a_delegation_and_leaves_one() {
    let left = |held: u64, bound: u64, moved: u64| {
        let mut pool = pool(1_000, 1_000, vec![Seat { bound, held, ..seat(FAIR, 0) }]);
        pool.terms.budget.moved = Lamports(moved);
        pool.allocate().seats[0].target
    };
    // What is above the bound is too little, enough, and all but less than a delegation.
    assert_eq!(left(10 * SOL, 9 * SOL + 1, 100 * SOL), 10 * SOL);
    assert_eq!(left(10 * SOL, 9 * SOL, 100 * SOL), 9 * SOL);
    assert_eq!(left(10 * SOL, SOL / 2, 100 * SOL), 0);
    assert_eq!(left(10 * SOL, SOL / 2, 10 * SOL - 1), SOL);
    assert_eq!(left(SOL / 3, 0, 100 * SOL), 0, "however small, the whole may leave");
}

#[test]
fn a_full_group_makes_room_for_its_best_and_says_so() {
    let member = |score, held| Seat { aso: 7, ..seat(score, held) };
    let mut pool = pool(300, 100, vec![member(FAIR, 0), member(FAIR - FAIR / 20, 100), seat(FAIR / 2, 0)]);
    pool.terms.budget.aso = Lamports(100 * SOL);
    let outcome = pool.allocate();
    assert_eq!(ideals(&outcome), [100, 0, 100]);
    // Until what is held has left, the group has no room.
    assert_eq!(targets(&outcome), [0, 0, 100]);
    assert_eq!(reasons(&outcome), [Constraint::Waiting, Constraint::Aso, Constraint::Cap]);
    assert_eq!(outcome.plan.clearing, 0, "funds were left");
}

#[test]
fn one_that_keeps_two_others_out_makes_room_for_both() {
    let at = |score, aso, country| Seat { aso, country, ..seat(score, 0) };
    let mut pool =
        pool(1_000, 100, vec![at(FAIR, 1, 1), at(FAIR - FAIR / 10, 1, 2), at(FAIR - FAIR / 5, 2, 1)]);
    pool.terms.budget.aso = Lamports(100 * SOL);
    pool.terms.budget.country = Lamports(100 * SOL);
    let outcome = pool.allocate();
    assert_eq!(ideals(&outcome), [0, 100, 100]);
}

#[test]
fn numbers_that_no_group_has_are_not_grouped() {
    let beyond = Seat { aso: PROVIDERS as u16, country: COUNTRIES as u16, ..seat(FAIR, 0) };
    let mut pool = pool(1_000, 100, vec![beyond, Seat { aso: u16::MAX, country: u16::MAX, ..beyond }]);
    pool.terms.budget.aso = Lamports(10 * SOL);
    pool.terms.budget.country = Lamports(10 * SOL);
    assert_eq!(ideals(&pool.allocate()), [100, 100]);
}

#[test]
fn one_absurd_bid_does_not_blur_the_ranking_of_the_others() {
    let mut seats = vec![
        seat(FAIR - FAIR / 1_000, 0),
        seat(FAIR, 0),
        Seat { bound: SOL, ..seat(FAIR + 1_000_000_000, 0) },
    ];
    seats.push(Seat { bound: SOL, ..seat(FAIR * 2, 0) });
    let mut pool = pool(102, 100, seats);
    pool.terms.best = Yield(FAIR / 2 * 3);
    // Who is above is served before all others.
    assert_eq!(ideals(&pool.allocate()), [0, 100, 1, 1]);
}

#[test]
fn nothing_is_expected_of_a_score_of_zero() {
    let outcome =
        pool(1_000, 100, vec![seat(0, 50), seat(FAIR, 0), Seat { directed: 50 * SOL, ..seat(0, 0) }])
            .allocate();
    assert_eq!((ideals(&outcome), targets(&outcome)), (vec![0, 100, 0], vec![0, 100, 0]));
    assert_eq!(reasons(&outcome)[0], Constraint::Score);
}

#[test]
fn nobody_looked_so_it_keeps_what_it_has_and_gets_no_more() {
    let mut pool = pool(1_000, 100, vec![seat(FAIR, 40), seat(FAIR, 40), seat(FAIR, 400), seat(FAIR, 0)]);
    pool.standings = [30, 90, 400, 50].map(|kept| Standing::Keeps(kept * SOL)).to_vec();
    let outcome = pool.allocate();
    assert_eq!(ideals(&outcome), [30, 40, 100, 0]);
    assert_eq!(targets(&outcome), [30, 40, 100, 0]);
    assert_eq!(outcome.plan.stale, 4);
}

#[test]
fn what_holders_directed_comes_first_up_to_its_share_and_pro_rata() {
    let directed = |score, directed: u64| Seat { directed: directed * SOL, ..seat(score, 0) };
    let mut pool = pool(100, 100, vec![directed(FAIR / 2, 60), seat(FAIR, 0), directed(FAIR / 3, 20)]);
    pool.terms.budget.directed = Lamports(80 * SOL);
    assert_eq!(ideals(&pool.allocate()), [60, 20, 20]);
    pool.terms.budget.directed = Lamports(40 * SOL);
    // A half of each, but for what 2^-20 rounds off.
    assert_eq!(ideals(&pool.allocate()), [30, 60, 10]);
    pool.terms.budget.directed = Lamports(0);
    assert_eq!(ideals(&pool.allocate()), [0, 100, 0]);
}

#[test]
fn what_was_directed_to_one_that_holds_it_already_is_not_given_twice() {
    let mut pool = pool(150, 100, vec![Seat { directed: 50 * SOL, ..seat(FAIR / 2, 80) }, seat(FAIR, 70)]);
    pool.terms.budget.directed = Lamports(50 * SOL);
    assert_eq!(ideals(&pool.allocate()), [50, 100]);
}

#[test]
fn of_equal_ones_the_first_is_served_first_and_all_are_visited() {
    let many = vec![seat(FAIR, 0); 5_000];
    let outcome = pool(25_000, 10, many).allocate();
    assert!(outcome.seats[..2_500].iter().all(|seat| seat.target == 10 * SOL));
    assert!(outcome.seats[2_500..].iter().all(|seat| seat.target == 0));
}

#[test]
fn five_thousand_candidates_take_a_few_visits_each() {
    for spread in [0, 1, 20_000] {
        let mut seats: Vec<Seat> =
            (0..5_000).map(|index| seat(FAIR + index * spread, index % 3 * 5)).collect();
        for (index, seat) in seats.iter_mut().enumerate() {
            seat.directed = (index as u64 % 2) * SOL;
        }
        let mut pool = pool(20_000, 10, seats);
        pool.terms.budget.directed = Lamports(500 * SOL);
        let outcome = pool.allocate_by(10);
        let visits = outcome.calls * 10;
        // Of each of its three parts when the best get, when increases are promised, and when the worst lose.
        assert!(visits <= 9 * 5_000 + 1_000, "{visits} at {spread}");
    }
}

#[test]
fn exchanges_between_groups_end() {
    let mut random = Random(11);
    let seats = (0..5_000)
        .map(|_| Seat {
            aso: random.below(60) as u16,
            country: random.below(25) as u16,
            ..seat(FAIR - random.below(FAIR / 4), 0)
        })
        .collect();
    let mut pool = pool(20_000, 10, seats);
    pool.terms.budget.aso = Lamports(300 * SOL);
    pool.terms.budget.country = Lamports(700 * SOL);
    let outcome = pool.allocate_by(1_000);
    assert!(outcome.calls * 1_000 < 9 * 5_000 + (1 << 19) + (1 << 17), "{}", outcome.calls);
    assert!(outcome.plan.ideals > 17_000 * SOL, "{}", outcome.plan.ideals);
}

#[test]
fn an_allocation_of_nobody_is_done_at_once() {
    let outcome = pool(1_000, 100, vec![]).allocate();
    assert_eq!((outcome.plan.stage(), outcome.plan.clearing, outcome.plan.chosen), (Stage::Done, 0, 0));
}

#[test]
fn an_allocation_that_was_not_begun_or_is_entered_twice_does_nothing() {
    let mut plan: Box<Plan> = Box::new(bytemuck::Zeroable::zeroed());
    let mut one = seat(FAIR, 5);
    plan.enter(&mut one, Standing::Competes);
    assert!(!plan.advance(std::slice::from_mut(&mut one), ALL));
    assert_eq!((plan.stage(), one), (Stage::Idle, seat(FAIR, 5)));

    let Outcome { mut seats, mut plan, .. } = pool(100, 50, vec![seat(FAIR, 5)]).allocate();
    let (before, sums) = (seats.clone(), *plan);
    plan.enter(&mut seats[0], Standing::Out(Constraint::Banned));
    assert!(plan.advance(&mut seats, ALL));
    assert!(seats == before && bytemuck::bytes_of(&*plan) == bytemuck::bytes_of(&sums));
}

#[test]
fn a_seat_that_is_missing_stops_nothing() {
    let pool = pool(1_000, 100, vec![Seat { aso: 1, ..seat(FAIR, 10) }; 40]);
    let Outcome { mut seats, mut plan, .. } = pool.allocate();
    plan.begin(&pool.terms);
    while plan.left > 0 {
        let index = plan.left as usize - 1;
        plan.enter(&mut seats[index], Standing::Competes);
    }
    seats.truncate(20);
    assert!(plan.advance(&mut seats, ALL));
    assert!(seats.iter().map(|seat| seat.ideal).sum::<u64>() <= 1_000 * SOL);
}

/// Whatever there can be in 64 bits.
fn absurd() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(1), Just(YIELD_ONE), Just(u64::MAX), any::<u64>(), 0..1_000 * SOL]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn no_numbers_make_it_panic_or_go_on_forever(
        numbers in proptest::collection::vec((any::<[u16; 3]>(), [absurd(), absurd(), absurd(), absurd()], 0u8..8), 0..50),
        amounts in [absurd(), absurd(), absurd(), absurd(), absurd(), absurd(), absurd(), absurd(), absurd(), absurd(), absurd()],
        move_cost in bps(),
    ) {
        let [delegable, cash, moved, cap, aso, country, directed, best, all_directed, least, smallest] = amounts;
        let seats = numbers.iter().map(|([aso, country, links], [score, bound, held, directed], _)| Seat {
            score: *score, bound: *bound, held: *held, directed: *directed,
            aso: aso % 300, country: country % 70, links: [*links; 3], constraint: 255, fixed: 9, ..Seat::default()
        }).collect();
        let mut pool = Pool::new(seats, Budget {
            delegable: Lamports(delegable), cash: Lamports(cash), moved: Lamports(moved), cap: Lamports(cap),
            aso: Lamports(aso), country: Lamports(country), directed: Lamports(directed), reserve: Lamports(0),
        });
        for (standing, (_, [score, ..], way)) in pool.standings.iter_mut().zip(&numbers) {
            match way {
                0 => *standing = Standing::Keeps(*score),
                1 => *standing = Standing::Out(Constraint::Banned),
                _ => {}
            }
        }
        pool.terms.best = Yield(best);
        pool.terms.directed = Lamports(all_directed);
        pool.terms.min_delegation = Lamports(least);
        pool.terms.min_move = Lamports(smallest);
        pool.terms.move_cost = move_cost;
        let outcome = pool.allocate_by(1_000);
        prop_assert!(outcome.calls < 1_200, "{}", outcome.calls);
    }

    #[test]
    fn to_offer_more_never_gets_less(pool in pools(), who in any::<prop::sample::Index>(), more in FAIR / 500..FAIR) {
        prop_assume!(!pool.seats.is_empty());
        let who = who.index(pool.seats.len());
        let given = |pool: &Pool| {
            let mut raised = pool.clone();
            raised.seats[who].score += more;
            raised.count();
            (pool.allocate().seats[who].ideal, raised.allocate().seats[who].ideal)
        };
        // Exchanges are of the least that is moved, or more.
        let step = pool.terms.min_move.0.max(SOL);
        let (before, after) = given(&pool);
        prop_assert!(after + 2 * step > before, "{after} after {before}");
        let mut free = pool;
        (free.terms.budget.aso, free.terms.budget.country) = (NO_LIMIT, NO_LIMIT);
        let (before, after) = given(&free);
        prop_assert!(after >= before, "{after} after {before} without groups");
    }
}
