//! What happened, with before and after of every balance it changed: enough to rebuild the ledger from logs.

use anchor_lang::prelude::*;
use sluice_vault_math::Book;

/// The price inputs at one moment: base units of the collateral and of the VRT.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, IdlType)]
#[repr(C)]
pub struct BookEntry {
    pub assets: u64,
    pub supply: u64,
}

impl From<Book> for BookEntry {
    #[inline(always)]
    fn from(book: Book) -> Self {
        Self { assets: book.assets.0, supply: book.supply.0 }
    }
}

#[event(bytemuck)]
pub struct VaultInitialized {
    pub vault: Address,
    pub admin: Address,
    pub delegation_admin: Address,
    pub resolver: Address,
    pub collateral_mint: Address,
    pub vrt_mint: Address,
    pub after: BookEntry,
    pub min_deposit: u64,
    pub cooldown_epochs: u64,
    pub veto_epochs: u64,
    pub execution_epochs: u64,
    pub deallocation_epochs: u64,
    pub slash_cap_bps: u64,
}

#[event(bytemuck)]
pub struct CollateralDeposited {
    pub vault: Address,
    pub depositor: Address,
    pub amount: u64,
    pub minted: u64,
    pub before: BookEntry,
    pub after: BookEntry,
}

#[event(bytemuck)]
pub struct WithdrawalEnqueued {
    pub vault: Address,
    pub owner: Address,
    pub ticket: Address,
    pub vrt_amount: u64,
    pub unlock_epoch: u64,
    pub release_epoch: u64,
    pub queued_before: u64,
    pub queued_after: u64,
}

#[event(bytemuck)]
pub struct WithdrawalClaimed {
    pub vault: Address,
    pub owner: Address,
    pub ticket: Address,
    pub vrt_amount: u64,
    pub paid: u64,
    pub queued_before: u64,
    pub queued_after: u64,
    pub before: BookEntry,
    pub after: BookEntry,
}

#[event(bytemuck)]
pub struct OperatorRegistered {
    pub operator: Address,
    pub authority: Address,
}

#[event(bytemuck)]
pub struct ServiceRegistered {
    pub service: Address,
    pub authority: Address,
}

#[event(bytemuck)]
pub struct CollateralAllocated {
    pub vault: Address,
    pub operator: Address,
    pub service: Address,
    pub beneficiary: Address,
    pub amount_before: u64,
    pub amount_after: u64,
    pub total_allocated_before: u64,
    pub total_allocated_after: u64,
    pub book: BookEntry,
}

#[event(bytemuck)]
pub struct DeallocationStarted {
    pub allocation: Address,
    pub by: Address,
    pub amount: u64,
    pub cooling_before: u64,
    pub cooling_after: u64,
    pub cooled_at: u64,
}

#[event(bytemuck)]
pub struct AllocationReleased {
    pub vault: Address,
    pub allocation: Address,
    pub amount_before: u64,
    pub amount_after: u64,
    pub total_allocated_before: u64,
    pub total_allocated_after: u64,
}

#[event(bytemuck)]
pub struct SlashRequested {
    pub vault: Address,
    pub allocation: Address,
    pub request: Address,
    pub evidence: [u8; 32],
    pub nonce: u64,
    pub amount: u64,
    pub executable_epoch: u64,
    pub expiry_epoch: u64,
    pub open_requests_after: u64,
}

#[event(bytemuck)]
pub struct SlashVetoed {
    pub vault: Address,
    pub allocation: Address,
    pub request: Address,
    pub amount: u64,
    pub open_requests_after: u64,
}

#[event(bytemuck)]
pub struct SlashExecuted {
    pub vault: Address,
    pub allocation: Address,
    pub request: Address,
    /// All zeros where the collateral was burnt, be it that the agreed beneficiary cannot receive it.
    pub beneficiary: Address,
    pub slashed: u64,
    /// What the request may still take.
    pub request_left: u64,
    pub allocated_before: u64,
    pub allocated_after: u64,
    pub total_allocated_before: u64,
    pub total_allocated_after: u64,
    pub epoch_slashed_before: u64,
    pub epoch_slashed_after: u64,
    pub open_requests_after: u64,
    pub before: BookEntry,
    pub after: BookEntry,
}

#[event(bytemuck)]
pub struct SlashRequestClosed {
    pub vault: Address,
    pub allocation: Address,
    pub request: Address,
    pub amount: u64,
    pub executed: u64,
    pub open_requests_after: u64,
}
