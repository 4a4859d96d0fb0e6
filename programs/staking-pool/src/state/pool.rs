//! The pool: who may do what, what it holds, and how far this epoch's update has come.

use anchor_lang::prelude::*;
use sluice_money::{Bps, Lamports, LstAmount};
use sluice_pool_math::{Accrual, Ledger, epoch_yield};

use super::ValidatorRecord;

/// One staking pool. PDA `["pool", lst_mint]`; it is the mint authority, the staker and the withdrawer of
/// everything the pool holds.
#[account]
pub struct Pool {
    pub lst_mint: Address,
    pub token_program: Address,
    pub reserve: Address,
    pub validator_list: Address,
    /// Token account of the pool holding LST of open tickets, and the seed shares nobody can redeem.
    pub escrow: Address,
    /// LST token account that receives the reward fee.
    pub treasury: Address,
    pub admin: Address,
    /// The only key that may add, remove, increase or decrease validators; usually validator-selection's PDA.
    pub delegation_authority: Address,

    /// Everything that backs the LST, in lamports: delegations, what is cooling down, and the reserve above its rent.
    pub total_lamports: u64,
    /// LST that claims `total_lamports`, in base units: the mint's supply less what waits to be burnt.
    pub supply: u64,
    /// Profit not yet released to the rate at `profit_slot`, in lamports.
    pub locked_profit: u64,
    pub profit_slot: u64,
    /// Slot at which the whole locked profit is released.
    pub profit_end_slot: u64,

    /// The epoch of the last finished update.
    pub updated_epoch: u64,
    /// The epoch the counters below belong to.
    pub update_epoch: u64,
    /// Sum of what the validators updated in `update_epoch` hold, in lamports.
    pub update_lamports: u64,
    /// Rent found in the stake accounts of those validators, in lamports.
    pub update_rent: u64,
    /// What those validators brought since their last update, in lamports, and the stake that could earn it.
    pub update_growth: i64,
    pub update_earning: u64,
    /// How many validators were updated in `update_epoch`.
    pub update_count: u64,

    /// What an epoch yields on stake, in 10^-12, as found by the last update that could tell; the most that is ever
    /// charged until one could.
    pub epoch_yield: u64,
    /// First slot of `updated_epoch`, and how many slots it has.
    pub epoch_start_slot: u64,
    pub epoch_slots: u64,

    /// LST escrowed by open tickets.
    pub ticket_shares: u64,
    /// What open tickets are owed at most, in lamports: the reserve keeps this for them.
    pub ticket_lamports: u64,
    /// LST of claimed tickets still in escrow; the next update burns it.
    pub pending_burn: u64,

    /// Rent in the pool's stake accounts, in lamports; part of the backing, because closing them returns it.
    pub stake_rent: u64,
    /// The highest rent paid for a stake account so far, in lamports: that much beside a delegation is taken for rent,
    /// also after the chain's rent fell.
    pub stake_account_rent: u64,
    /// The chain's minimum delegation as read at the last update, in lamports.
    pub min_delegation: u64,
    /// Smallest deposit, in lamports.
    pub min_deposit: u64,
    /// Lamports above a stake account's delegation and rent that make an update sweep it into the reserve.
    pub sweep_threshold: u64,

    pub reward_fee_bps: u16,
    pub instant_fee_bps: u16,
    pub bump: u8,
    pub reserve_bump: u8,
    pub version: u8,
    pub _padding: [u8; 1],
    /// Zero today; new fields are taken from its front.
    pub _reserved: [u8; 456],
}

const _: () = assert!(core::mem::size_of::<Pool>() == 8 * 32 + 23 * 8 + 8 + 456);

impl Pool {
    pub const VERSION: u8 = 1;

    /// The money side of the pool, as the formulas want it.
    #[inline(always)]
    pub fn ledger(&self) -> Ledger {
        Ledger {
            total: Lamports(self.total_lamports),
            supply: LstAmount(self.supply),
            locked_profit: Lamports(self.locked_profit),
            profit_slot: self.profit_slot,
            profit_end_slot: self.profit_end_slot,
        }
    }

    /// Writes back what a formula made of [`Pool::ledger`].
    #[inline(always)]
    pub fn set_ledger(&mut self, ledger: &Ledger) {
        self.total_lamports = ledger.total.0;
        self.supply = ledger.supply.0;
        self.locked_profit = ledger.locked_profit.0;
        self.profit_slot = ledger.profit_slot;
        self.profit_end_slot = ledger.profit_end_slot;
    }

    /// How far the pool's epoch is at `slot`, for what stake that leaves has earned: by the pool's yield, or by the
    /// validator's own if that was higher.
    #[inline(always)]
    pub fn accrual(&self, record: &ValidatorRecord, slot: u64) -> Accrual {
        let own = epoch_yield(record.growth, record.earning, u64::from(record.growth_epochs)).unwrap_or(0);
        Accrual {
            epoch_yield: self.epoch_yield.max(own),
            elapsed: slot.saturating_sub(self.epoch_start_slot),
            slots: self.epoch_slots,
        }
    }

    /// Books the rent of a new stake account. `None` on overflow.
    #[inline(always)]
    pub fn pay_stake_rent(&mut self, rent: u64) -> Option<()> {
        self.stake_rent = self.stake_rent.checked_add(rent)?;
        self.stake_account_rent = self.stake_account_rent.max(rent);
        Some(())
    }

    #[inline(always)]
    pub fn reward_fee(&self) -> Bps {
        Bps::saturating(self.reward_fee_bps)
    }

    #[inline(always)]
    pub fn instant_fee(&self) -> Bps {
        Bps::saturating(self.instant_fee_bps)
    }
}
