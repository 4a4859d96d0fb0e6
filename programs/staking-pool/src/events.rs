//! What happened, with before and after of every balance it changed: enough to rebuild the ledger from logs.

use anchor_lang::prelude::*;
use sluice_pool_math::{FeeSplit, Ledger, Liquidity};

use crate::state::Fees;

/// The price inputs at one moment: lamports, LST base units, slots.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, IdlType)]
#[repr(C)]
pub struct LedgerEntry {
    pub total_lamports: u64,
    pub supply: u64,
    pub locked_profit: u64,
    pub profit_slot: u64,
    pub profit_end_slot: u64,
}

impl From<&Ledger> for LedgerEntry {
    #[inline(always)]
    fn from(ledger: &Ledger) -> Self {
        Self {
            total_lamports: ledger.total.0,
            supply: ledger.supply.0,
            locked_profit: ledger.locked_profit.0,
            profit_slot: ledger.profit_slot,
            profit_end_slot: ledger.profit_end_slot,
        }
    }
}

/// What liquidity providers own at one moment: lamports, base units of LST, and their claims on both.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, IdlType)]
#[repr(C)]
pub struct LiquidityEntry {
    pub lamports: u64,
    pub shares: u64,
    pub supply: u64,
}

impl From<&Liquidity> for LiquidityEntry {
    #[inline(always)]
    fn from(liquidity: &Liquidity) -> Self {
        Self { lamports: liquidity.lamports.0, shares: liquidity.shares.0, supply: liquidity.supply.0 }
    }
}

/// Shares taken as a fee. The referrer's are minted at once, the treasury's by the next update, the insurance fund's never.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, IdlType)]
#[repr(C)]
pub struct FeeEntry {
    pub referrer: u64,
    pub insurance: u64,
    pub treasury: u64,
}

impl From<&FeeSplit> for FeeEntry {
    #[inline(always)]
    fn from(fee: &FeeSplit) -> Self {
        Self { referrer: fee.referrer.0, insurance: fee.insurance.0, treasury: fee.treasury.0 }
    }
}

#[event(bytemuck)]
pub struct PoolInitialized {
    pub pool: Address,
    pub lst_mint: Address,
    pub admin: Address,
    pub delegation_authority: Address,
    pub treasury: Address,
    pub seed_lamports: u64,
    pub after: LedgerEntry,
    pub fees: Fees,
}

#[event(bytemuck)]
pub struct AdminProposed {
    pub pool: Address,
    pub admin: Address,
    pub proposed: Address,
}

#[event(bytemuck)]
pub struct AdminChanged {
    pub pool: Address,
    pub before: Address,
    pub after: Address,
}

#[event(bytemuck)]
pub struct RolesSet {
    pub pool: Address,
    pub fee_authority: Address,
    pub pauser: Address,
    pub deposit_authority: Address,
}

#[event(bytemuck)]
pub struct TreasurySet {
    pub pool: Address,
    pub before: Address,
    pub after: Address,
}

#[event(bytemuck)]
pub struct LimitsSet {
    pub pool: Address,
    pub min_deposit: u64,
    pub tvl_cap: u64,
    pub sweep_threshold: u64,
    pub liquidity_target: u64,
    pub movement_cap_bps: u64,
}

/// `next` is in force after the first update of `epoch` or later.
#[event(bytemuck)]
pub struct FeesScheduled {
    pub pool: Address,
    pub epoch: u64,
    pub now: Fees,
    pub next: Fees,
}

#[event(bytemuck)]
pub struct FeesSet {
    pub pool: Address,
    pub before: Fees,
    pub after: Fees,
}

/// `next` decides after the first update of `epoch` or later.
#[event(bytemuck)]
pub struct DelegationAuthorityScheduled {
    pub pool: Address,
    pub now: Address,
    pub next: Address,
    pub epoch: u64,
}

#[event(bytemuck)]
pub struct DelegationAuthoritySet {
    pub pool: Address,
    pub before: Address,
    pub after: Address,
}

#[event(bytemuck)]
pub struct PreferredValidatorSet {
    pub pool: Address,
    pub before: Address,
    pub after: Address,
}

/// Deposits and instant exits are refused before `until_epoch`.
#[event(bytemuck)]
pub struct Paused {
    pub pool: Address,
    pub by: Address,
    pub until_epoch: u64,
}

#[event(bytemuck)]
pub struct Resumed {
    pub pool: Address,
    pub by: Address,
}

/// The admin ended a validator: its stake starts to cool down, and nothing more is delegated to it.
#[event(bytemuck)]
pub struct ValidatorRetired {
    pub pool: Address,
    pub vote: Address,
    /// Stake whose cool-down started, in lamports.
    pub lamports: u64,
}

#[event(bytemuck)]
pub struct SolDeposited {
    pub pool: Address,
    pub user: Address,
    /// Token account that got the referrer's part of the fee; the pool's own address: there was none.
    pub referrer: Address,
    pub lamports: u64,
    pub minted: u64,
    pub fee: FeeEntry,
    /// Lamports that went to liquidity providers, for shares they sold.
    pub to_liquidity: u64,
    pub from_liquidity: u64,
    pub reserve_after: u64,
    pub liquidity_after: LiquidityEntry,
    pub before: LedgerEntry,
    pub after: LedgerEntry,
}

#[event(bytemuck)]
pub struct SolWithdrawn {
    pub pool: Address,
    pub user: Address,
    pub shares: u64,
    pub paid: u64,
    pub fee: u64,
    /// The part of `paid` that came from liquidity providers, and the shares they took over.
    pub from_liquidity: u64,
    pub to_liquidity: u64,
    /// What treasury and insurance fund got of the liquidity providers' fee.
    pub cut: FeeEntry,
    pub reserve_after: u64,
    pub liquidity_after: LiquidityEntry,
    pub before: LedgerEntry,
    pub after: LedgerEntry,
}

#[event(bytemuck)]
pub struct LiquidityPoolOpened {
    pub pool: Address,
    pub lp_mint: Address,
    pub seed_lamports: u64,
    pub reserve_after: u64,
    pub liquidity_after: LiquidityEntry,
}

#[event(bytemuck)]
pub struct LiquidityAdded {
    pub pool: Address,
    pub user: Address,
    pub lamports: u64,
    pub minted: u64,
    pub reserve_after: u64,
    pub liquidity_before: LiquidityEntry,
    pub liquidity_after: LiquidityEntry,
    /// The price inputs, which do not change.
    pub ledger: LedgerEntry,
}

#[event(bytemuck)]
pub struct LiquidityRemoved {
    pub pool: Address,
    pub user: Address,
    pub burnt: u64,
    pub lamports: u64,
    pub shares: u64,
    pub reserve_after: u64,
    pub liquidity_before: LiquidityEntry,
    pub liquidity_after: LiquidityEntry,
}

#[event(bytemuck)]
pub struct InsuranceFunded {
    pub pool: Address,
    pub user: Address,
    pub shares: u64,
    pub insurance_after: u64,
}

#[event(bytemuck)]
pub struct UnstakeOrdered {
    pub pool: Address,
    pub owner: Address,
    pub ticket: Address,
    pub shares: u64,
    pub ordered_lamports: u64,
    pub claim_epoch: u64,
    pub ticket_shares_after: u64,
    pub ticket_lamports_after: u64,
}

#[event(bytemuck)]
pub struct TicketTransferred {
    pub pool: Address,
    pub ticket: Address,
    pub before: Address,
    pub after: Address,
}

#[event(bytemuck)]
pub struct TicketSplit {
    pub pool: Address,
    pub ticket: Address,
    pub part: Address,
    pub part_shares: u64,
    pub part_lamports: u64,
    pub rest_shares: u64,
    pub rest_lamports: u64,
}

#[event(bytemuck)]
pub struct TicketCancelled {
    pub pool: Address,
    pub owner: Address,
    pub ticket: Address,
    pub shares: u64,
    pub ordered_lamports: u64,
    /// Shares that went back to the owner.
    pub returned: u64,
    pub before: LedgerEntry,
    pub after: LedgerEntry,
}

#[event(bytemuck)]
pub struct TicketClaimed {
    pub pool: Address,
    pub owner: Address,
    pub ticket: Address,
    pub shares: u64,
    pub ordered_lamports: u64,
    pub paid: u64,
    pub reserve_after: u64,
    pub before: LedgerEntry,
    pub after: LedgerEntry,
}

#[event(bytemuck)]
pub struct StakeWithdrawn {
    pub pool: Address,
    pub user: Address,
    pub vote: Address,
    pub destination: Address,
    pub shares: u64,
    /// What the destination got.
    pub lamports: u64,
    /// The part of `lamports` that is not delegated: rent and strays of an account that was taken whole.
    pub beside: u64,
    /// What the stake has earned this epoch and leaves behind.
    pub accrued: u64,
    /// Everything the pool held with the validator.
    pub held_before: u64,
    pub held_after: u64,
    pub before: LedgerEntry,
    pub after: LedgerEntry,
}

#[event(bytemuck)]
pub struct StakeDeposited {
    pub pool: Address,
    pub user: Address,
    pub vote: Address,
    pub source: Address,
    /// Delegation that was merged into the pool's.
    pub delegated: u64,
    /// Lamports beside it, rent included, that went to the reserve.
    pub excess: u64,
    /// Shares that the whole account bought, less the fee.
    pub minted: u64,
    pub fee: FeeEntry,
    pub referrer: Address,
    pub held_after: u64,
    pub reserve_after: u64,
    pub before: LedgerEntry,
    pub after: LedgerEntry,
}

/// LST of another pool became stake of this one; a `StakeDeposited` follows.
#[event(bytemuck)]
pub struct LstConverted {
    pub pool: Address,
    pub user: Address,
    pub program: Address,
    pub stake_pool: Address,
    pub lst_mint: Address,
    /// Tokens of the other pool that were given.
    pub tokens: u64,
    /// Lamports of the stake account that came of them, its rent included.
    pub lamports: u64,
}

#[event(bytemuck)]
pub struct ValidatorAdded {
    pub pool: Address,
    pub vote: Address,
    pub index: u64,
}

#[event(bytemuck)]
pub struct ValidatorRemoved {
    pub pool: Address,
    pub vote: Address,
    pub index: u64,
}

/// An address for a stake account of this validator is free again; what lay there is the reserve's.
#[event(bytemuck)]
pub struct StakeAddressCleared {
    pub pool: Address,
    pub vote: Address,
    pub address: Address,
    pub lamports: u64,
    pub reserve_after: u64,
}

#[event(bytemuck)]
pub struct StakeIncreased {
    pub pool: Address,
    pub vote: Address,
    pub lamports: u64,
    pub rent: u64,
    pub held_before: u64,
    pub held_after: u64,
    pub reserve_after: u64,
}

/// Stake starts to cool down; what the pool holds with the validator does not change.
#[event(bytemuck)]
pub struct StakeDecreased {
    pub pool: Address,
    pub vote: Address,
    pub lamports: u64,
    pub rent: u64,
    pub reserve_after: u64,
}

/// One validator whose accounts an update merged, collected or swept.
#[event(bytemuck)]
pub struct ValidatorMoved {
    pub pool: Address,
    pub vote: Address,
    pub held_before: u64,
    pub held_after: u64,
    /// Lamports that went to the reserve.
    pub collected: u64,
}

#[event]
pub struct ValidatorsUpdated {
    pub pool: Address,
    pub epoch: u64,
    pub start: u64,
    pub updated: u64,
    pub held_before: u64,
    pub held_after: u64,
    pub reserve_after: u64,
    /// What the pool holds with each validator from `start` on, in lamports, updated now or before.
    pub held: Vec<u64>,
}

#[event(bytemuck)]
pub struct UpdateFinished {
    pub pool: Address,
    pub epoch: u64,
    pub profit: u64,
    pub loss: u64,
    pub fee_lamports: u64,
    pub fee: FeeEntry,
    /// Shares of the insurance fund that covered the loss.
    pub insurance_burnt: u64,
    pub insurance_after: u64,
    /// Shares minted to the treasury: this fee's and those that were waiting.
    pub minted_shares: u64,
    /// Fee shares that the treasury could not take: they are gone, and what they were worth is the holders'.
    pub forgone_shares: u64,
    /// LST of claimed tickets that was burnt.
    pub burnt_shares: u64,
    pub validator_lamports: u64,
    pub stake_rent: u64,
    pub reserve_lamports: u64,
    pub tickets_lack: u64,
    pub before: LedgerEntry,
    pub after: LedgerEntry,
}
