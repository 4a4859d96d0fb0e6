//! How much may come in.

use anchor_lang::prelude::*;
use sluice_vault_math::BPS_DENOMINATOR;

use crate::errors::VaultError;
use crate::events::LimitsSet;
use crate::state::Vault;

/// Limits on deposits. None of them stops an exit.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct Limits {
    /// Smallest deposit, in base units of the collateral.
    pub min_deposit: u64,
    /// The most collateral there may be after a deposit, in base units.
    pub capacity: u64,
    /// The same, of all that the staking pool has issued; zero: no limit.
    pub leverage_bps: u16,
}

/// Specification:
/// - the vault's admin signs;
/// - all limits are replaced, at once; the minimum is above zero, a share at most one whole;
/// - a limit of leverage needs a vault with a staking pool.
#[derive(Accounts)]
pub struct SetLimits {
    #[account(mut)]
    pub vault: Account<Vault>,
    #[account(address = vault.admin @ VaultError::NotAdmin)]
    pub admin: Signer,
}

pub(crate) fn handler(ctx: &mut Context<SetLimits>, limits: Limits) -> Result<()> {
    let vault = &mut ctx.accounts.vault;
    let Limits { min_deposit, capacity, leverage_bps } = limits;
    require!(min_deposit > 0, VaultError::ZeroAmount);
    require!(leverage_bps <= BPS_DENOMINATOR, VaultError::ShareAboveCap);
    require!(leverage_bps == 0 || vault.staking_pool != Address::default(), VaultError::StakingPoolMissing);
    vault.min_deposit = min_deposit;
    vault.capacity = capacity;
    vault.leverage_bps = leverage_bps;
    emit!(LimitsSet {
        vault: *vault.address(),
        min_deposit,
        capacity,
        leverage_bps: u64::from(leverage_bps),
    });
    Ok(())
}
