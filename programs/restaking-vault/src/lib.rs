//! Sluice restaking vault: collateral in, a receipt token (VRT) out, the collateral at risk for the services it
//! secures.
//!
//! Owns the collateral and the share price. A slash lowers the price, so everybody who holds VRT, in a wallet or
//! in a withdrawal ticket, bears the same part of it. Never judges an operator: services accuse, the vault's
//! resolver may veto, and what can be taken is bounded by what vault, operator and service agreed on.
//!
//! A table of instructions; each lives in a file of its own under `instructions/`, by who calls it.

use anchor_lang::prelude::*;

pub mod constants;
pub mod errors;
pub mod events;
pub mod instructions;
pub mod invoke;
pub mod state;
pub mod token;

use instructions::*;

declare_id!("8sM7LMFP8Uo6EZRSPTaDxMjJ1XFp4A9FH31Q9cQvLsCY");

#[program]
pub mod restaking_vault {
    use super::*;

    /// Opens a vault with a seed deposit that is locked for ever.
    pub fn initialize_vault(ctx: &mut Context<InitializeVault>, params: VaultParams) -> Result<()> {
        admin::initialize_vault::handler(ctx, params)
    }

    /// Pays collateral in and mints VRT at the current share price.
    pub fn deposit(ctx: &mut Context<Deposit>, amount: u64, min_vrt_out: u64) -> Result<()> {
        user::deposit::handler(ctx, amount, min_vrt_out)
    }

    /// Puts VRT into a ticket that can be claimed after the vault's cool-down.
    pub fn enqueue_withdrawal(ctx: &mut Context<EnqueueWithdrawal>, vrt_amount: u64) -> Result<()> {
        user::enqueue_withdrawal::handler(ctx, vrt_amount)
    }

    /// Pays a ticket out at the current share price. Anyone may trigger it; only the owner is paid.
    pub fn claim_withdrawal(ctx: &mut Context<ClaimWithdrawal>, min_out: u64) -> Result<()> {
        user::claim_withdrawal::handler(ctx, min_out)
    }

    /// Registers the signer as an operator.
    pub fn register_operator(ctx: &mut Context<RegisterOperator>) -> Result<()> {
        registry::register_operator::handler(ctx)
    }

    /// Registers the signer as a service.
    pub fn register_service(ctx: &mut Context<RegisterService>) -> Result<()> {
        registry::register_service::handler(ctx)
    }

    /// Puts collateral of the vault at risk for what an operator does for a service; all three sign.
    pub fn allocate(ctx: &mut Context<Allocate>, amount: u64) -> Result<()> {
        delegation::allocate::handler(ctx, amount)
    }

    /// Starts the cool-down of a part of an allocation, which stays slashable until it is released.
    pub fn deallocate(ctx: &mut Context<Deallocate>, amount: u64) -> Result<()> {
        delegation::deallocate::handler(ctx, amount)
    }

    /// Frees what has cooled down.
    pub fn release_allocation(ctx: &mut Context<ReleaseAllocation>) -> Result<()> {
        delegation::release_allocation::handler(ctx)
    }

    /// Accuses an operator: a service asks for a part of its allocation, with the hash of its evidence.
    pub fn request_slash(ctx: &mut Context<RequestSlash>, amount: u64, evidence: [u8; 32]) -> Result<()> {
        slashing::request_slash::handler(ctx, amount, evidence)
    }

    /// Dismisses a request within its veto window.
    pub fn veto_slash(ctx: &mut Context<VetoSlash>) -> Result<()> {
        slashing::veto_slash::handler(ctx)
    }

    /// Takes what a request asked for, as far as the bounds allow, once its veto window is over.
    pub fn execute_slash(ctx: &mut Context<ExecuteSlash>) -> Result<()> {
        slashing::execute_slash::handler(ctx)
    }

    /// Removes a request that has expired.
    pub fn close_slash_request(ctx: &mut Context<CloseSlashRequest>) -> Result<()> {
        slashing::close_slash_request::handler(ctx)
    }
}
