//! What happened, with before and after of every balance it changed: enough to rebuild the ledger from logs.

use anchor_lang::prelude::*;
use sluice_pool_math::Ledger;

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

#[event(bytemuck)]
pub struct PoolInitialized {
    pub pool: Address,
    pub lst_mint: Address,
    pub admin: Address,
    pub delegation_authority: Address,
    pub treasury: Address,
    pub seed_lamports: u64,
    pub after: LedgerEntry,
    pub reward_fee_bps: u64,
    pub instant_fee_bps: u64,
}

#[event(bytemuck)]
pub struct DelegationAuthoritySet {
    pub pool: Address,
    pub before: Address,
    pub after: Address,
}

#[event(bytemuck)]
pub struct SolDeposited {
    pub pool: Address,
    pub user: Address,
    pub lamports: u64,
    pub minted: u64,
    pub reserve_after: u64,
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
    pub reserve_after: u64,
    pub before: LedgerEntry,
    pub after: LedgerEntry,
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
    pub lamports: u64,
    /// What the stake has earned this epoch and leaves behind.
    pub accrued: u64,
    pub stake_before: u64,
    pub stake_after: u64,
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
    pub minted: u64,
    pub stake_after: u64,
    pub reserve_after: u64,
    pub before: LedgerEntry,
    pub after: LedgerEntry,
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

#[event(bytemuck)]
pub struct StakeDecreased {
    pub pool: Address,
    pub vote: Address,
    pub lamports: u64,
    pub rent: u64,
    pub stake_before: u64,
    pub stake_after: u64,
    pub reserve_after: u64,
}

/// One validator whose accounts an update merged, collected or swept. Validators that only grew are
/// read from their records: an event for each would cost more than the update itself.
#[event(bytemuck)]
pub struct ValidatorMoved {
    pub pool: Address,
    pub vote: Address,
    pub held_before: u64,
    pub held_after: u64,
    /// Lamports that went to the reserve.
    pub collected: u64,
}

#[event(bytemuck)]
pub struct ValidatorsUpdated {
    pub pool: Address,
    pub epoch: u64,
    pub start: u64,
    pub updated: u64,
    pub held_before: u64,
    pub held_after: u64,
    pub reserve_after: u64,
}

#[event(bytemuck)]
pub struct UpdateFinished {
    pub pool: Address,
    pub epoch: u64,
    pub profit: u64,
    pub loss: u64,
    pub fee_lamports: u64,
    pub fee_shares: u64,
    pub burnt_shares: u64,
    pub validator_lamports: u64,
    pub stake_rent: u64,
    pub reserve_lamports: u64,
    pub before: LedgerEntry,
    pub after: LedgerEntry,
}
