//! What happened, with before and after of every balance it changed: enough to rebuild the ledger from logs.

use anchor_lang::prelude::*;

use crate::state::Vault;

/// The price inputs at one moment: base units of the collateral and of the VRT, of both classes where there are two.
/// Rewards that have become due are in `assets` and `junior_assets`; those that have not are in `locked_rewards`.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, IdlType)]
#[repr(C)]
pub struct BookEntry {
    pub assets: u64,
    pub supply: u64,
    pub junior_assets: u64,
    pub junior_supply: u64,
    pub locked_rewards: u64,
    /// What the depositors of a shielded vault brought, in lamports.
    pub principal: u64,
}

impl From<&Vault> for BookEntry {
    #[inline(always)]
    fn from(vault: &Vault) -> Self {
        Self {
            assets: vault.assets,
            supply: vault.vrt_supply,
            junior_assets: vault.junior_assets,
            junior_supply: vault.junior_supply,
            locked_rewards: vault.locked_rewards,
            principal: vault.principal_lamports,
        }
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
    pub pauser: Address,
    pub staking_pool: Address,
    pub min_deposit: u64,
    pub capacity: u64,
    pub stream_slots: u64,
    pub cooldown_epochs: u64,
    pub veto_epochs: u64,
    pub execution_epochs: u64,
    pub warmup_epochs: u64,
    pub deallocation_epochs: u64,
    pub slash_cap_bps: u64,
    pub leverage_bps: u64,
    pub shielded: u64,
}

#[event(bytemuck)]
pub struct JuniorInitialized {
    pub vault: Address,
    pub junior_mint: Address,
    pub premium_bps: u64,
    pub before: BookEntry,
    pub after: BookEntry,
}

#[event(bytemuck)]
pub struct AdminProposed {
    pub vault: Address,
    pub admin: Address,
    pub proposed: Address,
}

#[event(bytemuck)]
pub struct AdminChanged {
    pub vault: Address,
    pub before: Address,
    pub after: Address,
}

#[event(bytemuck)]
pub struct RolesSet {
    pub vault: Address,
    pub delegation_admin: Address,
    pub pauser: Address,
    pub resolver: Address,
    pub next_resolver: Address,
    /// First epoch of the next resolver; zero: no change is scheduled.
    pub next_resolver_epoch: u64,
}

#[event(bytemuck)]
pub struct LimitsSet {
    pub vault: Address,
    pub min_deposit: u64,
    pub capacity: u64,
    pub leverage_bps: u64,
}

#[event(bytemuck)]
pub struct VaultFeeSet {
    pub vault: Address,
    pub fee_account: Address,
    pub fee_bps_before: u64,
    pub fee_bps_after: u64,
    pub next_fee_bps: u64,
    /// First epoch of the next fee; zero: no change is scheduled.
    pub next_fee_epoch: u64,
}

#[event(bytemuck)]
pub struct Paused {
    pub vault: Address,
    pub by: Address,
    pub until_epoch: u64,
}

#[event(bytemuck)]
pub struct Resumed {
    pub vault: Address,
    pub by: Address,
}

#[event(bytemuck)]
pub struct CollateralDeposited {
    pub vault: Address,
    pub depositor: Address,
    /// What left the depositor, and what of it arrived: a collateral may take a fee of every transfer.
    pub amount: u64,
    pub credited: u64,
    pub minted: u64,
    /// 1: junior shares.
    pub junior: u64,
    pub before: BookEntry,
    pub after: BookEntry,
}

#[event(bytemuck)]
pub struct StakedAndRestaked {
    pub vault: Address,
    pub user: Address,
    pub lamports: u64,
    /// LST that the staking pool minted to the vault.
    pub credited: u64,
    pub minted: u64,
    pub junior: u64,
    pub before: BookEntry,
    pub after: BookEntry,
}

#[event(bytemuck)]
pub struct InstantlyWithdrawn {
    pub vault: Address,
    pub owner: Address,
    pub vrt_amount: u64,
    /// What left the vault, and what of it arrived.
    pub paid: u64,
    pub received: u64,
    pub junior: u64,
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
    pub junior: u64,
    pub queued_before: u64,
    pub queued_after: u64,
}

#[event(bytemuck)]
pub struct TicketTransferred {
    pub vault: Address,
    pub ticket: Address,
    pub before: Address,
    pub after: Address,
}

#[event(bytemuck)]
pub struct WithdrawalClaimed {
    pub vault: Address,
    pub owner: Address,
    pub ticket: Address,
    pub vrt_amount: u64,
    /// What left the vault, and what of it arrived.
    pub paid: u64,
    pub received: u64,
    pub junior: u64,
    pub queued_before: u64,
    pub queued_after: u64,
    pub before: BookEntry,
    pub after: BookEntry,
}

/// The collateral of a claimed ticket went on into a ticket of the staking pool.
#[event(bytemuck)]
pub struct UnstakeOrdered {
    pub vault: Address,
    pub owner: Address,
    pub ticket: Address,
    pub pool_ticket: Address,
    pub shares: u64,
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
pub struct OperatorFeeSet {
    pub operator: Address,
    pub fee_bps_before: u64,
    pub fee_bps_after: u64,
    pub next_fee_bps: u64,
    /// First epoch of the next fee; zero: no change is scheduled.
    pub next_fee_epoch: u64,
}

#[event(bytemuck)]
pub struct OptedIn {
    pub vault: Address,
    pub allocation: Address,
    pub operator: Address,
    pub service: Address,
    pub by: Address,
    pub beneficiary: Address,
    /// Bits: 1 the vault, 2 the operator, 4 the service.
    pub consents_before: u64,
    pub consents_after: u64,
}

#[event(bytemuck)]
pub struct OptedOut {
    pub vault: Address,
    pub allocation: Address,
    pub by: Address,
    pub consents_before: u64,
    pub consents_after: u64,
    /// Was still warming up, and is free at once.
    pub freed: u64,
    pub cooling_before: u64,
    pub cooling_after: u64,
    pub cooled_at: u64,
    pub total_allocated_before: u64,
    pub total_allocated_after: u64,
}

#[event(bytemuck)]
pub struct CollateralAllocated {
    pub vault: Address,
    pub allocation: Address,
    pub warming_before: u64,
    pub warming_after: u64,
    pub warm_from: u64,
    pub total_allocated_before: u64,
    pub total_allocated_after: u64,
    pub book: BookEntry,
}

#[event(bytemuck)]
pub struct DeallocationStarted {
    pub allocation: Address,
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
pub struct RewardsPaid {
    pub vault: Address,
    pub payer: Address,
    /// Whose work was paid for; zero: nobody's in particular.
    pub operator: Address,
    pub amount: u64,
    pub to_operator: u64,
    pub to_fee_account: u64,
    /// What arrived in the vault, to be released until `end_slot`.
    pub streamed: u64,
    pub end_slot: u64,
    pub before: BookEntry,
    pub after: BookEntry,
}

#[event(bytemuck)]
pub struct DistributionCreated {
    pub vault: Address,
    pub distribution: Address,
    pub creator: Address,
    pub mint: Address,
    pub root: [u8; 32],
    /// What left the creator, and what of it arrived.
    pub amount: u64,
    pub total: u64,
    pub leaves: u64,
    pub expiry_epoch: u64,
}

#[event(bytemuck)]
pub struct RewardClaimed {
    pub distribution: Address,
    pub owner: Address,
    pub index: u64,
    pub amount: u64,
    pub claimed_before: u64,
    pub claimed_after: u64,
}

#[event(bytemuck)]
pub struct RewardsClawedBack {
    pub distribution: Address,
    pub creator: Address,
    pub claimed: u64,
    pub returned: u64,
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
