//! What the staking pool does with stake accounts.

use sluice_money::{Lamports, LstAmount};
use sluice_pool_math::{self as math, Accrual, Liquidity, YIELD_ONE, epoch_yield};

use crate::refusal::{fits, require};
use crate::words::numbers;
use crate::{Moment, PoolRefusal, PoolState, Refusal};

/// The validator's canonical account.
pub const STAKE_CANONICAL: u8 = 0;
/// The account that activates beside it.
pub const STAKE_ACTIVATING: u8 = 1;
/// The account that deactivates beside it.
pub const STAKE_DEACTIVATING: u8 = 2;

numbers! {
    /// What the pool has with a validator, by the fields of its record.
    pub struct Holding {
        /// Delegation of the canonical stake account, in lamports.
        pub stake: u64,
        /// Delegation of the activating one, in lamports.
        pub activating: u64,
        /// Delegation of the deactivating one, in lamports.
        pub deactivating: u64,
        pub earning: u64,
        pub growth: i64,
        pub growth_epochs: u16,
        /// Whether the canonical account is delegated: `stake_state` is 1.
        pub is_delegated: bool,
    }

    /// The account that stake is taken from.
    pub struct StakeSource {
        /// 0: the validator's canonical account, 1: its activating one, 2: its deactivating one.
        pub which: u8,
        /// Everything on the account, in lamports.
        pub lamports: u64,
        /// Whether it is delegated at all: a restart of the cluster may have undone that.
        pub is_delegated: bool,
        pub activation_epoch: u64,
        pub deactivation_epoch: u64,
    }

    /// What a stake account sold at once pays.
    pub struct LiquidUnstake {
        /// What the owner gets, in lamports.
        pub paid: u64,
        /// What it costs: the account's lamports less `paid`.
        pub fee: u64,
        pub from_reserve: u64,
        pub from_liquidity: u64,
    }

    /// What leaves as stake.
    pub struct StakeWithdrawal {
        /// What the destination gets, in lamports, delegated or not.
        pub lamports: u64,
        /// The part of it that is not delegated: of an account that is taken whole.
        pub beside: u64,
        /// What was earned in this epoch and stays, in lamports.
        pub fee: u64,
        /// What is burnt, in base units of LST; fewer than asked where the account is taken whole.
        pub shares: u64,
    }
}

/// A basis point, in parts of [`YIELD_ONE`].
const YIELD_BPS: u64 = YIELD_ONE / 10_000;

impl PoolState {
    fn accrual(&self, holding: &Holding, slot: u64) -> Accrual {
        let own = epoch_yield(holding.growth, holding.earning, u64::from(holding.growth_epochs)).unwrap_or(0);
        Accrual {
            epoch_yield: self.epoch_yield.max(own),
            elapsed: slot.saturating_sub(self.epoch_start_slot),
            slots: self.epoch_slots,
        }
    }

    fn least_charge(&self) -> Accrual {
        let epoch_yield = u64::from(self.instant_least_bps).saturating_mul(YIELD_BPS);
        Accrual { epoch_yield, elapsed: 1, slots: 1 }
    }
}

/// `liquid_unstake`: a stake account of `delegated` lamports and `excess` beside them in, SOL out at once.
pub fn liquid_unstake(
    pool: &PoolState,
    moment: &Moment,
    delegated: u64,
    excess: u64,
) -> Result<LiquidUnstake, Refusal> {
    let lamports = fits(delegated.checked_add(excess))?;
    let deposit = pool.deposit(moment, &Liquidity::NONE, lamports, false)?;
    let terms = pool.instant_terms(pool.free_after(excess)?);
    let exit = math::instant_exit(&deposit.ledger, &pool.liquidity(), moment.slot, deposit.minted, &terms)?;
    Ok(LiquidUnstake {
        paid: exit.paid.0,
        fee: lamports.saturating_sub(exit.paid.0),
        from_reserve: exit.from_reserve.0,
        from_liquidity: exit.from_liquidity.0,
    })
}

/// `withdraw_stake`: what at most `shares` take from `source`, an account of the validator of `holding`.
pub fn withdraw_stake(
    pool: &PoolState,
    moment: &Moment,
    holding: &Holding,
    source: &StakeSource,
    shares: u64,
) -> Result<StakeWithdrawal, Refusal> {
    pool.require_fresh(moment)?;
    require(shares > 0, PoolRefusal::ZeroAmount)?;
    let held = match source.which {
        STAKE_CANONICAL => holding.stake,
        STAKE_ACTIVATING => holding.activating,
        STAKE_DEACTIVATING => holding.deactivating,
        _ => return Err(PoolRefusal::WrongStakeAccount.into()),
    };
    require(held > 0 && source.is_delegated, PoolRefusal::StakeNotUsable)?;

    let ledger = pool.ledger();
    let accrual = if source.activation_epoch == moment.epoch {
        pool.least_charge()
    } else {
        pool.accrual(holding, moment.slot)
    };
    let exit = math::stake_exit(&ledger, moment.slot, LstAmount(shares), &accrual)?;
    let minimum = pool.min_delegation;
    if source.which != STAKE_CANONICAL && holding.is_delegated {
        let leaves = exit.paid.0.min(held);
        let canonical_can = holding.stake.checked_sub(leaves).is_some_and(|left| left >= minimum);
        require(!canonical_can, PoolRefusal::StakeNotUsable)?;
    }
    if held.checked_sub(exit.paid.0).is_some_and(|left| left >= minimum) {
        require(exit.paid.0 >= minimum, PoolRefusal::BelowMinimumDelegation)?;
        return Ok(StakeWithdrawal { lamports: exit.paid.0, beside: 0, fee: exit.fee.0, shares });
    }

    // Less than the minimum would stay: all of the account, for as many of the shares as that costs.
    let beside = source.lamports.checked_sub(held).ok_or(PoolRefusal::StakeNotUsable)?;
    let rent_at_most = pool.stake_rent_now.max(pool.stake_account_rent);
    let booked = fits(held.checked_add(beside.min(rent_at_most).min(pool.stake_rent)))?;
    let lamports = Lamports(source.lamports);
    let whole = math::whole_stake_exit(&ledger, moment.slot, lamports, Lamports(booked), &accrual)?;
    require(whole.shares.0 <= shares, PoolRefusal::BelowMinimumDelegation)?;
    Ok(StakeWithdrawal { lamports: source.lamports, beside, fee: whole.fee.0, shares: whole.shares.0 })
}
