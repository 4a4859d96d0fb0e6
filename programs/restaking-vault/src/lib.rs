//! Sluice restaking vault: collateral in, a receipt token (VRT) out, the collateral at risk for the services it
//! secures.
//!
//! Owns the collateral and the share price. A slash lowers the price, so everybody who holds VRT, in a wallet or
//! in a withdrawal ticket, bears the same part of it; where there are junior shares they bear it first, and a shielded
//! principal is out of its reach. Never judges an operator: services accuse, the vault's resolver may veto, and what can
//! be taken is bounded by what vault, operator and service agreed on. Never needs a crank.
//!
//! A table of instructions; each lives in a file of its own under `instructions/`, by who calls it.

use anchor_lang::prelude::*;

pub mod constants;
pub mod errors;
pub mod events;
pub mod instructions;
pub mod invoke;
pub mod pool;
pub mod state;
pub mod token;

use instructions::*;

declare_id!("8sM7LMFP8Uo6EZRSPTaDxMjJ1XFp4A9FH31Q9cQvLsCY");

#[program]
pub mod restaking_vault {
    use super::*;

    // The admin and the pauser.

    /// Opens a vault with a seed deposit that is locked for ever.
    pub fn initialize_vault(ctx: &mut Context<InitializeVault>, params: VaultParams) -> Result<()> {
        admin::initialize_vault::handler(ctx, params)
    }

    /// Gives a vault without holders junior shares, which bear losses first, with a seed that is locked for ever.
    pub fn initialize_junior(ctx: &mut Context<InitializeJunior>, seed: u64, premium_bps: u16) -> Result<()> {
        admin::initialize_junior::handler(ctx, seed, premium_bps)
    }

    /// Names the vault's next admin.
    pub fn propose_admin(ctx: &mut Context<ProposeAdmin>) -> Result<()> {
        admin::propose_admin::handler(ctx)
    }

    /// Takes the vault over.
    pub fn accept_admin(ctx: &mut Context<AcceptAdmin>) -> Result<()> {
        admin::accept_admin::handler(ctx)
    }

    /// Replaces delegation admin and pauser, and the resolver after a while.
    pub fn set_roles(ctx: &mut Context<SetRoles>, roles: Roles) -> Result<()> {
        admin::set_roles::handler(ctx, roles)
    }

    /// Replaces the limits on deposits.
    pub fn set_limits(ctx: &mut Context<SetLimits>, limits: Limits) -> Result<()> {
        admin::set_limits::handler(ctx, limits)
    }

    /// Sets what the vault keeps of rewards, at once or, if that is a rise, after a while; and where it goes.
    pub fn set_vault_fee(ctx: &mut Context<SetVaultFee>, fee_bps: u16) -> Result<()> {
        admin::set_vault_fee::handler(ctx, fee_bps)
    }

    /// Stops deposits and instant exits for two epochs.
    pub fn pause(ctx: &mut Context<Pause>) -> Result<()> {
        admin::pause::handler(ctx)
    }

    /// Ends a pause.
    pub fn resume(ctx: &mut Context<Pause>) -> Result<()> {
        admin::resume::handler(ctx)
    }

    // Holders.

    /// Pays collateral in and mints VRT at the current share price.
    pub fn deposit(ctx: &mut Context<Deposit>, amount: u64, min_vrt_out: u64) -> Result<()> {
        user::deposit::handler(ctx, amount, min_vrt_out)
    }

    /// Stakes SOL with the staking pool and pays its LST in, in one step with one bound.
    pub fn stake_and_restake(
        ctx: &mut Context<StakeAndRestake>,
        lamports: u64,
        min_vrt_out: u64,
    ) -> Result<()> {
        user::stake_and_restake::handler(ctx, lamports, min_vrt_out)
    }

    /// Burns VRT and pays collateral at once, by what would be left if everything allocated were slashed.
    pub fn instant_withdraw(ctx: &mut Context<InstantWithdraw>, vrt_amount: u64, min_out: u64) -> Result<()> {
        user::instant_withdraw::handler(ctx, vrt_amount, min_out)
    }

    /// Puts VRT into a ticket that can be claimed after the vault's cool-down.
    pub fn enqueue_withdrawal(ctx: &mut Context<EnqueueWithdrawal>, vrt_amount: u64) -> Result<()> {
        user::enqueue_withdrawal::handler(ctx, vrt_amount)
    }

    /// Gives a ticket to somebody else.
    pub fn transfer_ticket(ctx: &mut Context<TransferTicket>) -> Result<()> {
        user::transfer_ticket::handler(ctx)
    }

    /// Pays a ticket out at the current share price. Anyone may trigger it; only the owner is paid.
    pub fn claim_withdrawal(ctx: &mut Context<ClaimWithdrawal>, min_out: u64) -> Result<()> {
        user::claim_withdrawal::handler(ctx, min_out)
    }

    /// Pays a ticket out in LST, and puts that under a ticket of the staking pool worth at least `min_out` lamports.
    pub fn claim_and_unstake(ctx: &mut Context<ClaimAndUnstake>, min_out: u64) -> Result<()> {
        user::claim_and_unstake::handler(ctx, min_out)
    }

    // Operators and services.

    /// Registers the signer as an operator.
    pub fn register_operator(ctx: &mut Context<RegisterOperator>) -> Result<()> {
        registry::register_operator::handler(ctx)
    }

    /// Registers the signer as a service.
    pub fn register_service(ctx: &mut Context<RegisterService>) -> Result<()> {
        registry::register_service::handler(ctx)
    }

    /// Sets what an operator keeps of rewards, at once or, if that is a rise, after a while.
    pub fn set_operator_fee(ctx: &mut Context<SetOperatorFee>, fee_bps: u16) -> Result<()> {
        registry::set_operator_fee::handler(ctx, fee_bps)
    }

    // Agreements.

    /// Vault, operator or service agrees that collateral may be put at risk, and where what is slashed goes.
    pub fn opt_in(ctx: &mut Context<OptIn>) -> Result<()> {
        delegation::opt_in::handler(ctx)
    }

    /// Vault, operator or service ends the agreement: all of it cools down, and stays slashable until released.
    pub fn opt_out(ctx: &mut Context<OptOut>) -> Result<()> {
        delegation::opt_out::handler(ctx)
    }

    /// Puts more collateral at risk, from the end of the vault's warm-up on.
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

    // Slashes.

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

    // Rewards.

    /// Pays collateral that reaches the share price slot by slot.
    pub fn pay_rewards(ctx: &mut Context<PayRewards>, amount: u64) -> Result<()> {
        rewards::pay_rewards::handler(ctx, amount)
    }

    /// Sets tokens of any mint aside for whoever a tree of hashes names.
    pub fn create_distribution(
        ctx: &mut Context<CreateDistribution>,
        params: DistributionParams,
    ) -> Result<()> {
        rewards::create_distribution::handler(ctx, params)
    }

    /// Pays one leaf of a distribution to its owner. Anyone may trigger it.
    pub fn claim_reward(
        ctx: &mut Context<ClaimReward>,
        index: u32,
        amount: u64,
        proof: Vec<[u8; 32]>,
    ) -> Result<()> {
        rewards::claim_reward::handler(ctx, index, amount, proof)
    }

    /// Returns what nobody has claimed to who created the distribution.
    pub fn claw_back(ctx: &mut Context<ClawBack>) -> Result<()> {
        rewards::claw_back::handler(ctx)
    }
}
