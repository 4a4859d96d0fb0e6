//! The epoch's amounts: shares of what the pool has, never more than it has.

// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::as_conversions)]

mod common;

use common::{SOL, bps};
use proptest::prelude::*;
use sluice_money::{Bps, Lamports};
use sluice_selection_math::*;

fn lamports() -> impl Strategy<Value = Lamports> {
    prop_oneof![Just(0), Just(SOL), 0..1_000 * SOL, 0..u64::MAX / 4, any::<u64>()].prop_map(Lamports)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_budget_never_exceeds_the_total(
        total in lamports(), tickets in lamports(), stake_rent in lamports(), reserve in lamports(),
        shares in (bps(), bps(), bps(), bps(), bps(), bps()),
    ) {
        let funds = Funds { total, tickets, stake_rent, reserve, min_delegation: Lamports(SOL) };
        let (cap, kept, moved, aso, country, directed) = shares;
        let budget = budget(&funds, &Terms { cap, reserve: kept, moved, aso, country, directed }).unwrap();

        prop_assert!(budget.delegable <= total && budget.reserve <= total && budget.directed <= total);
        let target = (u128::from(total.0) * u128::from(kept.get())).div_ceil(10_000);
        prop_assert_eq!(u128::from(budget.reserve.0), target);
        let spoken_for = budget.reserve.0.saturating_add(tickets.0).saturating_add(stake_rent.0);
        prop_assert_eq!(budget.delegable.0, total.0.saturating_sub(spoken_for));

        let share = |of: Bps| (u128::from(total.0) * u128::from(of.get()) / 10_000) as u64;
        prop_assert_eq!(budget.moved.0, share(moved).max(2 * SOL));
        prop_assert_eq!(budget.cap.0, share(cap).max(SOL));
        prop_assert_eq!(budget.aso.0, share(aso).max(SOL));
        prop_assert_eq!(budget.country.0, share(country).max(SOL));
        prop_assert_eq!(budget.directed.0, share(directed));

        let free = reserve.0.saturating_sub(tickets.0).saturating_sub(budget.reserve.0);
        prop_assert_eq!(budget.cash.0, free.min(budget.moved.0).min(budget.delegable.0));
    }
}

#[test]
fn what_tickets_are_owed_is_neither_delegated_nor_kept_twice() {
    let funds = Funds {
        total: Lamports(1_000 * SOL),
        tickets: Lamports(100 * SOL),
        stake_rent: Lamports(SOL),
        reserve: Lamports(160 * SOL),
        min_delegation: Lamports(SOL),
    };
    let share = |percent: u16| Bps::saturating(percent * 100);
    let terms = Terms {
        cap: share(10),
        reserve: share(5),
        moved: share(20),
        aso: share(30),
        country: share(40),
        directed: share(15),
    };
    let budget = budget(&funds, &terms).unwrap();
    let sol = |amount: Lamports| amount.0 / SOL;
    assert_eq!((sol(budget.delegable), sol(budget.reserve), sol(budget.cash)), (849, 50, 10));
    assert_eq!((sol(budget.cap), sol(budget.moved), sol(budget.directed)), (100, 200, 150));
    assert_eq!((sol(budget.aso), sol(budget.country)), (300, 400));
}
