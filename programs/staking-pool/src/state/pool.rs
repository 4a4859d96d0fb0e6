//! The pool: who may do what, what it holds, and how far this epoch's update has come.

use anchor_lang::prelude::*;
use sluice_money::{BPS_DENOMINATOR, Bps, Lamports, LpAmount, LstAmount, Rounding};
use sluice_pool_math::{
    Accrual, DepositFee, FeeCurve, FeeSplit, InstantTerms, Ledger, Liquidity, RewardFee, YIELD_ONE,
    epoch_yield,
};

use super::ValidatorRecord;
use crate::constants::*;

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
    /// LST that claims `total_lamports`, in base units: the mint's supply less what waits to be burnt, and the shares that
    /// are not minted: `insurance_shares`, `fee_shares`, `liquidity_shares`.
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

    // Roles. Each is set to the admin when the pool opens.
    /// Becomes the admin when it accepts; zero: nobody was proposed.
    pub pending_admin: Address,
    /// May set fees, within caps and steps.
    pub fee_authority: Address,
    /// May stop deposits and instant exits for a while.
    pub pauser: Address,
    /// Signs every deposit beside the depositor; zero: anyone may deposit.
    pub deposit_authority: Address,
    /// Becomes the delegation authority with the first update of `delegation_authority_epoch` or later; an epoch of zero: no
    /// change is scheduled.
    pub next_delegation_authority: Address,
    pub delegation_authority_epoch: u64,
    /// Where the delegation authority would have stake accounts be taken from; zero: no preference. Binds nobody.
    pub preferred_validator: Address,

    // Fees.
    pub fees: Fees,
    /// In force after the first update of `next_fees_epoch` or later; an epoch of zero: no change is scheduled.
    pub next_fees: Fees,
    pub next_fees_epoch: u64,

    // Limits and brakes.
    /// The most that `total_lamports` may be after a deposit.
    pub tvl_cap: u64,
    /// Deposits and instant exits are refused before this epoch.
    pub paused_until_epoch: u64,
    /// The pauser may not pause again before this epoch.
    pub pausable_from_epoch: u64,
    /// The epoch `moved_lamports` belongs to.
    pub moved_epoch: u64,
    /// Stake whose cool-down was started in `moved_epoch`, other than for tickets, in lamports.
    pub moved_lamports: u64,
    /// Stake that is cooling down, in lamports: what the last update found, and what was started, or withdrawn, since; the
    /// rent of accounts that were split off since comes home with it.
    pub leaving_lamports: u64,
    /// The epoch since whose update tickets have lacked something; 0: at the last update they did not.
    pub lack_since_epoch: u64,
    /// What the validators updated in `update_epoch` have cooling down, in lamports.
    pub update_deactivating: u64,

    // Shares of the supply that are not minted.
    /// The insurance fund's, burnt to cover a loss.
    pub insurance_shares: u64,
    /// Fees that the next update mints to the treasury.
    pub fee_shares: u64,
    /// Taken over by liquidity providers from instant exits.
    pub liquidity_shares: u64,

    // The liquidity pool.
    /// SOL of liquidity providers in the reserve account; not part of `total_lamports`.
    pub liquidity_lamports: u64,
    /// Claims on both, in base units: what the LP mint has issued, and the seed's, which is nobody's.
    pub liquidity_supply: u64,
    /// Mint of those claims; zero: there is no liquidity pool.
    pub lp_mint: Address,
    /// Reserve and liquidity at and above which an instant exit costs the least, in lamports.
    pub liquidity_target: u64,

    /// Share of the total whose cool-down may be started in an epoch, other than for tickets; one whole: no cap.
    pub movement_cap_bps: u16,
    pub bump: u8,
    pub reserve_bump: u8,
    pub history_bump: u8,
    pub version: u8,
    /// 1: the mint shows amounts scaled by the rate, which every update sets.
    pub scaled_ui: u8,
    pub _padding: [u8; 1],
    /// Zero today; new fields are taken from its front.
    pub _reserved: [u8; 256],
}

const _: () = assert!(core::mem::size_of::<Pool>() == 15 * 32 + 39 * 8 + 2 * 16 + 8 + 256);

/// A basis point, in parts of [`YIELD_ONE`].
const YIELD_BPS: u64 = YIELD_ONE / 10_000;

/// What the pool charges, in basis points.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    AnchorDeserialize,
    AnchorSerialize,
    IdlType,
    bytemuck::Pod,
    bytemuck::Zeroable,
)]
#[repr(C)]
pub struct Fees {
    /// Of each epoch's profit.
    pub reward_bps: u16,
    /// Of each deposit.
    pub deposit_bps: u16,
    /// Of an instant exit that leaves plenty of liquidity.
    pub instant_least_bps: u16,
    /// Of the last lamport of liquidity.
    pub instant_most_bps: u16,
    /// Of what liquidity providers earn.
    pub liquidity_cut_bps: u16,
    /// Of every fee, for the insurance fund; the rest is the treasury's.
    pub insurance_bps: u16,
    /// Of a deposit fee, before that, for who brought the deposit.
    pub referral_bps: u16,
    pub _padding: u16,
}

impl Fees {
    /// Whether every fee is within its cap in code.
    pub fn are_capped(&self) -> bool {
        self.reward_bps <= MAX_REWARD_FEE_BPS
            && self.deposit_bps <= MAX_OTHER_FEE_BPS
            && self.instant_least_bps <= self.instant_most_bps
            && self.instant_most_bps <= MAX_OTHER_FEE_BPS
            && self.liquidity_cut_bps <= MAX_LIQUIDITY_CUT_BPS
            && self.insurance_bps <= BPS_DENOMINATOR
            && self.referral_bps <= BPS_DENOMINATOR
    }

    /// What somebody pays, old and new, and the most it may rise by at once. The rest only divides what is paid.
    fn charges(&self, new: &Fees) -> [(u16, u16, u16); 5] {
        [
            (self.reward_bps, new.reward_bps, REWARD_FEE_STEP_BPS),
            (self.deposit_bps, new.deposit_bps, OTHER_FEE_STEP_BPS),
            (self.instant_least_bps, new.instant_least_bps, OTHER_FEE_STEP_BPS),
            (self.instant_most_bps, new.instant_most_bps, OTHER_FEE_STEP_BPS),
            (self.liquidity_cut_bps, new.liquidity_cut_bps, LIQUIDITY_CUT_STEP_BPS),
        ]
    }

    /// Whether `new` raises anything.
    pub fn are_raised_by(&self, new: &Fees) -> bool {
        self.charges(new).iter().any(|(old, new, _)| new > old)
    }

    /// Whether `new` raises nothing by more than its step.
    pub fn may_become(&self, new: &Fees) -> bool {
        self.charges(new).iter().all(|(old, new, step)| *new <= old.saturating_add(*step))
    }
}

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

    /// What the cheapest instant exit costs, as a charge on stake.
    #[inline(always)]
    pub fn least_charge(&self) -> Accrual {
        Accrual {
            epoch_yield: u64::from(self.fees.instant_least_bps).saturating_mul(YIELD_BPS),
            elapsed: 1,
            slots: 1,
        }
    }

    /// Books the rent of a new stake account. `None` on overflow.
    #[inline(always)]
    pub fn pay_stake_rent(&mut self, rent: u64) -> Option<()> {
        self.stake_rent = self.stake_rent.checked_add(rent)?;
        self.stake_account_rent = self.stake_account_rent.max(rent);
        Some(())
    }

    /// The liquidity side of the pool, as the formulas want it.
    #[inline(always)]
    pub fn liquidity(&self) -> Liquidity {
        Liquidity {
            lamports: Lamports(self.liquidity_lamports),
            shares: LstAmount(self.liquidity_shares),
            supply: LpAmount(self.liquidity_supply),
        }
    }

    /// Writes back what a formula made of [`Pool::liquidity`].
    #[inline(always)]
    pub fn set_liquidity(&mut self, liquidity: &Liquidity) {
        self.liquidity_lamports = liquidity.lamports.0;
        self.liquidity_shares = liquidity.shares.0;
        self.liquidity_supply = liquidity.supply.0;
    }

    /// Books a fee's shares for those who hold theirs unminted. `None` on overflow.
    #[inline(always)]
    pub fn book_fee(&mut self, fee: &FeeSplit) -> Option<()> {
        self.insurance_shares = self.insurance_shares.checked_add(fee.insurance.0)?;
        self.fee_shares = self.fee_shares.checked_add(fee.treasury.0)?;
        Some(())
    }

    /// Shares of the supply that the mint has not issued. `None` on overflow.
    #[inline(always)]
    pub fn unminted(&self) -> Option<u64> {
        self.insurance_shares.checked_add(self.fee_shares)?.checked_add(self.liquidity_shares)
    }

    #[inline(always)]
    pub fn reward_fee(&self) -> RewardFee {
        RewardFee {
            fee: Bps::saturating(self.fees.reward_bps),
            insurance: Bps::saturating(self.fees.insurance_bps),
        }
    }

    /// What a deposit costs, with or without somebody who brought it.
    #[inline(always)]
    pub fn deposit_fee(&self, referred: bool) -> DepositFee {
        DepositFee {
            fee: Bps::saturating(self.fees.deposit_bps),
            referral: if referred { Bps::saturating(self.fees.referral_bps) } else { Bps::ZERO },
            insurance: Bps::saturating(self.fees.insurance_bps),
        }
    }

    /// What an instant exit costs while the reserve may pay `free` lamports.
    #[inline(always)]
    pub fn instant_terms(&self, free: u64) -> InstantTerms {
        InstantTerms {
            free: Lamports(free),
            curve: FeeCurve {
                least: Bps::saturating(self.fees.instant_least_bps),
                most: Bps::saturating(self.fees.instant_most_bps),
                target: Lamports(self.liquidity_target),
            },
            cut: Bps::saturating(self.fees.liquidity_cut_bps),
            insurance: Bps::saturating(self.fees.insurance_bps),
        }
    }

    /// What tickets are owed beyond `reserve` lamports and what is on its way there.
    #[inline(always)]
    pub fn tickets_lack(&self, reserve: u64) -> u64 {
        self.ticket_lamports.saturating_sub(reserve).saturating_sub(self.leaving_lamports)
    }

    /// Stake whose cool-down was started in `epoch` for other reasons than tickets, in lamports.
    #[inline(always)]
    fn moved(&self, epoch: u64) -> u64 {
        if self.moved_epoch == epoch { self.moved_lamports } else { 0 }
    }

    /// Stake whose cool-down may still be started in `epoch` for other reasons than tickets, in lamports.
    #[inline(always)]
    pub fn movable(&self, epoch: u64) -> u64 {
        let cap = Bps::saturating(self.movement_cap_bps);
        if cap == Bps::ONE {
            return u64::MAX;
        }
        cap.of(self.total_lamports, Rounding::Floor).unwrap_or(0).saturating_sub(self.moved(epoch))
    }

    /// Books `lamports` that start to cool down in `epoch`, for tickets or not, and the `rent` that was laid out to split them
    /// off, which comes home with them. Saturates, which cannot happen: all SOL fit 64 bits.
    #[inline(always)]
    pub fn book_move(&mut self, epoch: u64, lamports: u64, rent: u64, for_tickets: bool) {
        self.leaving_lamports = self.leaving_lamports.saturating_add(lamports).saturating_add(rent);
        if !for_tickets {
            self.moved_lamports = self.moved(epoch).saturating_add(lamports);
            self.moved_epoch = epoch;
        }
    }
}
