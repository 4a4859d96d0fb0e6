//! What the property tests share: ledgers and liquidity as they may be, and comparisons without rounding.

// Every test file uses a part of it.
#![allow(dead_code)]

use core::cmp::Ordering;

use proptest::prelude::*;
use sluice_money::*;
use sluice_pool_math::*;

pub const SOL: u64 = 1_000_000_000;
/// More than there is.
pub const ALL_SOL: u64 = 600_000_000 * SOL;
/// Now.
pub const SLOT: u64 = 1_000_000;
/// Slots over which profit is released.
pub const EPOCH: u64 = 432_000;

pub fn bps(bps: u16) -> Bps {
    Bps::new(bps).unwrap()
}

/// From one to `most`, every order of magnitude alike: what goes wrong by a lamport shows where there are few.
pub fn amounts(most: u64) -> impl Strategy<Value = u64> {
    (0..=most.ilog2(), any::<u64>()).prop_map(move |(bits, noise)| {
        let low = 1u64 << bits;
        (low + noise % low).min(most)
    })
}

/// Small, exact and largest numbers among random ones.
pub fn edgy() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => any::<u64>(),
        4 => amounts(u64::MAX),
        1 => 0u64..=3,
        1 => (0u32..64).prop_map(|bit| 1 << bit),
        1 => (1u32..=64).prop_map(|bits| u64::MAX >> (64 - bits)),
        1 => (0u64..=3).prop_map(|below| u64::MAX - below),
    ]
}

/// A ledger with everything released.
pub fn released(total: u64, supply: u64) -> Ledger {
    Ledger {
        total: Lamports(total),
        supply: LstAmount(supply),
        locked_profit: Lamports(0),
        profit_slot: 0,
        profit_end_slot: 0,
    }
}

/// Ledgers of every size up to all SOL, with shares from nearly worthless to precious, and profit locked, half released or
/// wholly released at [`SLOT`].
pub fn ledgers() -> impl Strategy<Value = Ledger> {
    let supply = prop_oneof![
        // Near one to one, as pools are.
        3 => (1u64..=3_000).prop_map(Err),
        1 => amounts(ALL_SOL).prop_map(Ok),
    ];
    (amounts(ALL_SOL), 0u64..=9_999, supply, 0..=EPOCH + 1_000).prop_map(
        |(total, locked_bps, supply, elapsed)| {
            let locked = share_of(total, locked_bps, 20_000);
            let supply = match supply {
                Ok(supply) => supply,
                Err(permille) => share_of(total - locked, permille, 1_000).max(1),
            };
            Ledger {
                total: Lamports(total),
                supply: LstAmount(supply),
                locked_profit: Lamports(locked),
                profit_slot: SLOT - elapsed,
                profit_end_slot: SLOT - elapsed + EPOCH,
            }
        },
    )
}

/// The liquidity of a pool with `supply` shares: none of them, some, or all.
pub fn liquidity_of(supply: LstAmount) -> impl Strategy<Value = Liquidity> {
    let lamports = prop_oneof![1 => Just(0u64), 5 => amounts(ALL_SOL)];
    let shares = prop_oneof![
        1 => Just(0u64),
        3 => amounts(supply.0),
        1 => (0u64..=1_000).prop_map(move |permille| share_of(supply.0, permille, 1_000)),
    ];
    (lamports, shares, amounts(ALL_SOL)).prop_map(|(lamports, shares, claims)| Liquidity {
        lamports: Lamports(lamports),
        shares: LstAmount(shares),
        supply: LpAmount(claims),
    })
}

pub fn pools() -> impl Strategy<Value = (Ledger, Liquidity)> {
    ledgers().prop_flat_map(|ledger| (Just(ledger), liquidity_of(ledger.supply)))
}

/// `amount * numerator / denominator`, rounded down.
pub fn share_of(amount: u64, numerator: u64, denominator: u64) -> u64 {
    mul_div(amount, numerator, denominator, Rounding::Floor).unwrap()
}

/// The value as recorded.
pub fn value(ledger: &Ledger) -> u128 {
    u128::from(ledger.total.0) - u128::from(ledger.locked_profit.0)
}

pub fn supply(ledger: &Ledger) -> u128 {
    u128::from(ledger.supply.0)
}

/// Whether value / supply did not fall, both as recorded. Without shares there is nobody whose rate could.
pub fn rate_not_lower(before: &Ledger, after: &Ledger) -> bool {
    // Cross multiplication of two 64-bit numbers fits 128 bits.
    before.supply.is_zero()
        || after.supply.is_zero()
        || value(after) * supply(before) >= value(before) * supply(after)
}

/// Compares two fractions by their continued fractions: exact, and never larger than what it is given.
pub fn compare((mut a, mut b): (u128, u128), (mut c, mut d): (u128, u128)) -> Ordering {
    let mut reversed = false;
    loop {
        let order = match ((a / b).cmp(&(c / d)), a % b, c % d) {
            (Ordering::Equal, 0, 0) => Ordering::Equal,
            (Ordering::Equal, 0, _) => Ordering::Less,
            (Ordering::Equal, _, 0) => Ordering::Greater,
            (Ordering::Equal, left, right) => {
                (a, b, c, d) = (b, left, d, right);
                reversed = !reversed;
                continue;
            }
            (order, ..) => order,
        };
        return if reversed { order.reverse() } else { order };
    }
}

/// What liquidity providers own together, in lamports, as a fraction. Amounts up to [`ALL_SOL`].
pub fn liquidity_worth(liquidity: &Liquidity, ledger: &Ledger) -> (u128, u128) {
    let lamports = u128::from(liquidity.lamports.0);
    if ledger.supply.is_zero() {
        assert!(liquidity.shares.is_zero());
        return (lamports, 1);
    }
    (lamports * supply(ledger) + u128::from(liquidity.shares.0) * value(ledger), supply(ledger))
}

/// What one of their claims is worth.
pub fn claim_worth(liquidity: &Liquidity, ledger: &Ledger) -> (u128, u128) {
    let (worth, parts) = liquidity_worth(liquidity, ledger);
    (worth, parts * u128::from(liquidity.supply.0))
}

/// Whether liquidity providers lost nothing.
pub fn worth_not_lower(before: (u128, u128), after: (u128, u128)) -> bool {
    compare(before, after) != Ordering::Greater
}
