//! The arithmetic of fees, in 128 bits. Not that of the programs, which is `crates/pool-math`: the same formulas, written again.

use sluice_sdk::staking_pool::types::{FeeEntry, Fees, LedgerEntry};

const WHOLE: u128 = 10_000;

/// `bps` of an amount, at most all of it, rounded down.
pub fn part(amount: u64, bps: u16) -> u64 {
    narrow(u128::from(amount) * u128::from(bps).min(WHOLE) / WHOLE)
}

/// The same rounded up.
pub fn part_up(amount: u64, bps: u16) -> u64 {
    narrow((u128::from(amount) * u128::from(bps).min(WHOLE)).div_ceil(WHOLE))
}

/// `amount * times / by`, rounded down; zero where `by` is.
fn scaled(amount: u64, times: u64, by: u64) -> u64 {
    narrow((u128::from(amount) * u128::from(times)).checked_div(u128::from(by)).unwrap_or(0))
}

fn narrow(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Whose a fee is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    pub referrer: u64,
    pub insurance: u64,
    pub treasury: u64,
}

impl Split {
    /// The insurance fund's part is rounded down, the rest is the treasury's.
    fn of(fee: u64, fees: &Fees) -> Self {
        let insurance = part(fee, fees.insurance_bps);
        Self { referrer: 0, insurance, treasury: fee.saturating_sub(insurance) }
    }

    pub fn recorded(entry: &FeeEntry) -> Self {
        Self { referrer: entry.referrer, insurance: entry.insurance, treasury: entry.treasury }
    }

    pub fn total(&self) -> u64 {
        self.referrer.saturating_add(self.insurance).saturating_add(self.treasury)
    }

    pub fn parts(&self) -> [u64; 3] {
        [self.referrer, self.insurance, self.treasury]
    }
}

/// What a deposit that bought so many shares costs of them: rounded up; who brought it gets their part of it first, rounded
/// down.
pub fn of_deposit(bought: u64, is_referred: bool, fees: &Fees) -> Split {
    let fee = part_up(bought, fees.deposit_bps);
    let referrer = if is_referred { part(fee, fees.referral_bps) } else { 0 };
    Split { referrer, ..Split::of(fee.saturating_sub(referrer), fees) }
}

/// What is released of a total at a slot: all but the profit that is locked, which falls linearly to its end, rounded up.
pub fn worth(entry: &LedgerEntry, slot: u64) -> u64 {
    let locked = if slot >= entry.profit_end_slot {
        0
    } else if slot <= entry.profit_slot {
        entry.locked_profit
    } else {
        let left = entry.profit_end_slot.saturating_sub(slot);
        let whole = entry.profit_end_slot.saturating_sub(entry.profit_slot).max(1);
        narrow((u128::from(entry.locked_profit) * u128::from(left)).div_ceil(u128::from(whole)))
    };
    entry.total_lamports.saturating_sub(locked)
}

/// What there was to pay an instant exit from: lamports.
#[derive(Clone, Copy, Debug)]
pub struct Funds {
    /// The reserve's that are promised to nobody.
    pub free: u64,
    /// Liquidity providers'.
    pub liquidity: u64,
    /// What of both together costs least to take from.
    pub target: u64,
}

/// What an instant exit costs, and what is taken of what liquidity providers earn by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitFee {
    /// Lamports.
    pub fee: u64,
    /// Shares, as are what liquidity providers took over.
    pub cut: Split,
    pub to_liquidity: u64,
}

/// `before` is the ledger the exit found.
pub fn of_exit(before: &LedgerEntry, slot: u64, shares: u64, funds: Funds, fees: &Fees) -> ExitFee {
    let (worth, supply) = (worth(before, slot), before.supply);
    let value = scaled(shares, worth, supply);
    let asked = value.saturating_sub(price(value, funds, fees));
    let from_reserve = asked.min(funds.free);
    let lacking = asked.saturating_sub(from_reserve);
    // The shares that go to liquidity providers, for what they pay; what they earn by it, and what is taken of that.
    let taken = scaled(shares, lacking, asked);
    let taken_value = scaled(taken, worth, supply);
    let from_liquidity = lacking.min(taken_value);
    let earned = scaled(taken, taken_value.saturating_sub(from_liquidity), taken_value);
    let cut = Split::of(part(earned, fees.liquidity_cut_bps), fees);
    ExitFee {
        fee: value.saturating_sub(from_reserve).saturating_sub(from_liquidity),
        cut,
        to_liquidity: taken.saturating_sub(cut.total()),
    }
}

/// The price of liquidity, rounded up: `least` while `target` is left, growing linearly to `most` for the last lamport.
fn price(value: u64, funds: Funds, fees: &Fees) -> u64 {
    let (least, most) = (u128::from(fees.instant_least_bps), u128::from(fees.instant_most_bps));
    let (least, slope) = (least.min(WHOLE), most.min(WHOLE).saturating_sub(least));
    let there = funds.free.saturating_add(funds.liquidity);
    let target = funds.target.min(u64::MAX / 2);
    let weight = if target == 0 || slope == 0 {
        0
    } else {
        let (before, after) = (there.min(target), there.saturating_sub(value).min(target));
        let distances = u128::from(target - before) + u128::from(target - after);
        let averaged = (u128::from(before - after) * distances).div_ceil(2 * u128::from(target));
        averaged + u128::from(value.saturating_sub(there))
    };
    narrow((u128::from(value) * least + weight * slope).div_ceil(WHOLE))
}

/// What an update takes of the profit it found, and what the insurance fund gives for the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UpdateFee {
    /// Lamports of the profit, and the shares they pay for.
    pub fee_lamports: u64,
    pub fee: Split,
    pub insurance_burnt: u64,
}

/// `before` is the ledger the update found, `supply` what was left of its shares when those that holders had burnt were
/// gone, `counted` the backing, `insurance` the fund's shares.
pub fn of_update(
    before: &LedgerEntry,
    slot: u64,
    supply: u64,
    counted: u64,
    insurance: u64,
    fees: &Fees,
) -> UpdateFee {
    let worth = worth(before, slot);
    // What was burnt is locked like profit.
    let burnt = scaled(before.supply.saturating_sub(supply), worth, before.supply);
    let worth = worth.saturating_sub(burnt);
    match counted.checked_sub(before.total_lamports) {
        Some(profit) => {
            let asked = part(profit, fees.reward_bps);
            if supply == 0 || worth == 0 {
                return UpdateFee::default();
            }
            let shares = scaled(asked, supply, worth);
            if supply.checked_add(shares).is_none() {
                return UpdateFee::default();
            }
            let fee = Split::of(shares, fees);
            UpdateFee { fee_lamports: asked, fee, insurance_burnt: 0 }
        }
        None => {
            let loss = before.total_lamports.saturating_sub(counted);
            let locked = before.total_lamports.saturating_sub(worth).saturating_sub(loss);
            let left = counted.saturating_sub(locked);
            let needed = supply.saturating_sub(scaled(supply, left, worth));
            let insurance_burnt = if left >= worth { 0 } else { needed.min(insurance) };
            UpdateFee { insurance_burnt, ..UpdateFee::default() }
        }
    }
}

#[cfg(test)]
mod tests {
    //! Two ways to the same numbers: the program's formulas, and these.

    use proptest::prelude::*;
    use sluice_money::{Bps, Lamports, LstAmount};
    use sluice_pool_math::{
        DepositFee, FeeCurve, FeeSplit, InstantTerms, Ledger, Liquidity, RewardFee, absorb_burn,
        instant_exit, update,
    };

    use super::*;

    fn bps(number: u16) -> Bps {
        Bps::new(number).unwrap()
    }

    fn split(fee: &FeeSplit) -> Split {
        Split { referrer: fee.referrer.0, insurance: fee.insurance.0, treasury: fee.treasury.0 }
    }

    fn fees() -> impl Strategy<Value = Fees> {
        let rates =
            (0..=1_000u16, 0..=20u16, 0..=20u16, 0..=20u16, 0..=5_000u16, 0..=10_000u16, 0..=10_000u16);
        rates.prop_map(|(reward, deposit, one, other, cut, insurance, referral)| Fees {
            reward_bps: reward,
            deposit_bps: deposit,
            instant_least_bps: one.min(other),
            instant_most_bps: one.max(other),
            liquidity_cut_bps: cut,
            insurance_bps: insurance,
            referral_bps: referral,
            padding: 0,
        })
    }

    /// Pools of any size, whose profit is released over 100 slots from slot 1,000 on.
    fn ledger() -> impl Strategy<Value = LedgerEntry> {
        let sizes = (0..64u32, any::<u64>(), any::<u64>(), any::<u64>());
        sizes.prop_map(|(shift, total, supply, locked)| {
            let total_lamports = (total >> shift) / 4 + 1;
            LedgerEntry {
                total_lamports,
                supply: (supply >> shift) / 4 + 1,
                locked_profit: locked % total_lamports,
                profit_slot: 1_000,
                profit_end_slot: 1_100,
            }
        })
    }

    fn theirs(entry: &LedgerEntry) -> Ledger {
        Ledger {
            total: Lamports(entry.total_lamports),
            supply: LstAmount(entry.supply),
            locked_profit: Lamports(entry.locked_profit),
            profit_slot: entry.profit_slot,
            profit_end_slot: entry.profit_end_slot,
        }
    }

    proptest! {
        #[test]
        fn a_deposits_fee_is_the_programs(bought in any::<u64>(), is_referred in any::<bool>(), fees in fees()) {
            let referral = bps(if is_referred { fees.referral_bps } else { 0 });
            let program = DepositFee { fee: bps(fees.deposit_bps), referral, insurance: bps(fees.insurance_bps) };
            let program = program.of(LstAmount(bought)).unwrap();
            prop_assert_eq!(of_deposit(bought, is_referred, &fees), split(&program));
        }

        #[test]
        fn an_instant_exits_fee_and_cut_are_the_programs(
            entry in ledger(),
            slot in 990..1_110u64,
            shares in any::<u64>(),
            parts in (0..=120u64, 0..=120u64, 0..=300u64),
            fees in fees(),
        ) {
            // Of what is asked for so much is free and liquid, in hundredths.
            let shares = shares % entry.supply + 1;
            let value = scaled(shares, worth(&entry, slot), entry.supply);
            let hundredths = |part: u64| scaled(value, part, 100);
            let funds = Funds {
                free: hundredths(parts.0),
                liquidity: hundredths(parts.1),
                target: hundredths(parts.2),
            };
            let liquidity = Liquidity { lamports: Lamports(funds.liquidity), ..Liquidity::NONE };
            let curve = FeeCurve {
                least: bps(fees.instant_least_bps),
                most: bps(fees.instant_most_bps),
                target: Lamports(funds.target),
            };
            let (cut, insurance) = (bps(fees.liquidity_cut_bps), bps(fees.insurance_bps));
            let terms = InstantTerms { free: Lamports(funds.free), curve, cut, insurance };
            // What the program refuses leaves no event.
            if let Ok(exit) = instant_exit(&theirs(&entry), &liquidity, slot, LstAmount(shares), &terms) {
                let program = ExitFee { fee: exit.fee.0, cut: split(&exit.cut), to_liquidity: exit.to_liquidity.0 };
                prop_assert_eq!(of_exit(&entry, slot, shares, funds, &fees), program);
            }
        }

        #[test]
        fn an_updates_fee_and_cover_are_the_programs(
            entry in ledger(),
            slot in 990..1_110u64,
            burnt in 0..=100u64,
            counted in 0..=200u64,
            insurance in 0..=100u64,
            fees in fees(),
        ) {
            let supply = entry.supply - scaled(entry.supply, burnt, 101);
            let counted = scaled(entry.total_lamports, counted, 100);
            let insurance = scaled(supply, insurance, 101);
            let fee = RewardFee { fee: bps(fees.reward_bps), insurance: bps(fees.insurance_bps) };
            let program = absorb_burn(&theirs(&entry), slot, 100, LstAmount(supply)).and_then(|ledger| {
                update(&ledger, LstAmount(insurance), slot, 100, Lamports(counted), &fee)
            });
            if let Ok(program) = program {
                let again = of_update(&entry, slot, supply, counted, insurance, &fees);
                prop_assert_eq!(again.insurance_burnt, program.insurance_burnt.0);
                // Where shares have no price, or not as many numbers, the program forgoes the fee.
                if program.fee.0 > 0 {
                    prop_assert_eq!(again.fee_lamports, program.fee.0);
                    prop_assert_eq!(again.fee, split(&program.fee_shares));
                }
            }
        }
    }
}
