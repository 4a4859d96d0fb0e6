//! The auction and its bonds: nobody pays more than was bid, and a bond stands for what it covers.

#![allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]

mod common;

use common::{SOL, bps};
use proptest::prelude::*;
use sluice_money::{Bps, Lamports};
use sluice_selection_math::*;

/// All SOL there is, with room to grow.
const ALL_SOL: u64 = 1_000_000_000 * SOL;

fn bids() -> impl Strategy<Value = Bid> {
    (0..=Bid::MAX.0).prop_map(Bid)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8192))]

    #[test]
    fn a_winner_pays_what_it_lacks_to_the_clearing_yield_and_at_most_its_bid(
        clearing in any::<u64>(), expected in any::<u64>(), bid in bids(),
    ) {
        let paid = price(Yield(clearing), Yield(expected), bid);
        prop_assert!(paid <= bid.yielded());
        prop_assert_eq!(paid.0, clearing.saturating_sub(expected).min(u64::from(bid.0) * 1_000));
        // With it, the pool gets the clearing yield of whoever was worth it.
        if expected.saturating_add(bid.yielded().0) >= clearing {
            prop_assert!(expected.saturating_add(paid.0) >= clearing);
        }
    }

    #[test]
    fn the_price_rises_with_the_bid_and_the_clearing_yield_and_falls_with_what_is_earned(
        a in any::<(u64, u64)>(), b in any::<(u64, u64)>(), bid in bids(), other in bids(),
    ) {
        let at = |clearing: u64, expected: u64, bid: Bid| price(Yield(clearing), Yield(expected), bid);
        prop_assert!(
            at(a.0.max(b.0), a.1.min(b.1), bid.max(other)) >= at(a.0.min(b.0), a.1.max(b.1), bid.min(other))
        );
    }

    #[test]
    fn a_bond_stands_for_the_stake_it_is_asked_for(
        stake in 0..ALL_SOL, bond in 0..ALL_SOL, least in bps(), bid in bids(), epochs in 0u16..100,
    ) {
        let covers = |bond: Lamports| bonded_stake(bond, least, bid, epochs);
        let asks = |stake: Lamports| bond_for(stake, least, bid, epochs);
        if least == Bps::ZERO && (bid.0 == 0 || epochs == 0) {
            prop_assert_eq!((covers(Lamports(bond)).0, asks(Lamports(stake)).0), (u64::MAX, 0));
            return Ok(());
        }
        // The least bond for a stake, and the most stake for a bond.
        let (stake, bond) = (Lamports(stake), Lamports(bond));
        prop_assert!(covers(asks(stake)) >= stake);
        if asks(stake).0 > 0 {
            prop_assert!(covers(Lamports(asks(stake).0 - 1)) < stake);
        }
        prop_assert!(asks(covers(bond)) <= bond);
        let rate = u128::from(least.get()) * 100_000_000 + u128::from(bid.0) * 1_000 * u128::from(epochs);
        prop_assert_eq!(u128::from(asks(stake).0), (u128::from(stake.0) * rate).div_ceil(1_000_000_000_000));
    }

    #[test]
    fn no_bond_or_stake_panics(bond in any::<u64>(), least in bps(), bid in any::<u32>(), epochs in any::<u16>()) {
        let _ = (bonded_stake(Lamports(bond), least, Bid(bid), epochs), bond_for(Lamports(bond), least, Bid(bid), epochs));
    }
}

#[test]
fn a_bid_of_one_per_mille_an_epoch_takes_a_thousandth_of_the_stake() {
    let paid = due(Bid::MAX.yielded(), Lamports(1_000 * SOL));
    assert_eq!(paid, Lamports(SOL));
}

#[test]
fn a_higher_bid_asks_for_a_higher_bond() {
    let least = Bps::saturating(100);
    let asked = |bid| bond_for(Lamports(1_000 * SOL), least, Bid(bid), 10);
    assert_eq!(asked(0), Lamports(10 * SOL));
    assert_eq!(asked(100_000), Lamports(11 * SOL));
    assert_eq!(bonded_stake(Lamports(11 * SOL), least, Bid(100_000), 10), Lamports(1_000 * SOL));
}
