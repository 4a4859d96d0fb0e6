//! `initialize`: a pool gets a selection.

use anchor_lang::prelude::*;
use staking_pool::state::Pool;
use staking_pool::token::is_escrow;

use crate::constants::*;
use crate::errors::SelectionError;
use crate::events::SelectionInitialized;
use crate::state::{Config, Params, Ranking, Registry};

/// Specification
/// - the pool's admin signs, so nobody else can claim a pool's selection; it becomes the selection's admin
/// - the payer signs and pays the config's rent
/// - registry and ranking sign: they are new keys, and nobody else can claim them first
/// - they are new accounts of this program, the registry with room for 1 to 5,000 candidates
/// - the vault is a plain token account of the config for the pool's LST, empty or not, made by the client
/// - every parameter is within its bounds; nobody groups validators before the admin names an oracle
/// - the pool is not changed: it follows this selection once its admin names the config as delegation authority
#[derive(Accounts)]
pub struct Initialize {
    #[account(mut)]
    pub payer: Signer,
    pub pool: Account<Pool>,
    #[account(address = pool.admin @ SelectionError::NotAdmin)]
    pub admin: Signer,
    #[account(init, payer = payer, seeds = [b"selection", pool.address().as_ref()], bump)]
    pub config: Account<Config>,
    #[account(zeroed, signer)]
    pub registry: Registry,
    #[account(zeroed, signer)]
    pub ranking: Account<Ranking>,
    pub vault: UncheckedAccount,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<Initialize>, params: Params) -> Result<()> {
    let bump = ctx.bumps.config;
    let accounts = &mut ctx.accounts;
    require!(params.are_valid(), SelectionError::InvalidParams);
    let room = accounts.registry.capacity();
    let most = usize::try_from(MAX_CANDIDATES).unwrap_or(usize::MAX);
    require!((1..=most).contains(&room) && accounts.registry.is_empty(), SelectionError::UnusableRegistry);

    let config_address = *accounts.config.address();
    let registry_address = *accounts.registry.address();
    let pool = &accounts.pool;
    require!(
        is_escrow(accounts.vault.account(), &pool.token_program, &pool.lst_mint, &config_address),
        SelectionError::UnusableVault
    );
    accounts.registry.config = config_address;
    accounts.ranking.config = config_address;
    let config = &mut accounts.config;
    config.pool = *accounts.pool.address();
    config.registry = registry_address;
    config.ranking = *accounts.ranking.address();
    config.validator_list = accounts.pool.validator_list;
    config.lst_mint = accounts.pool.lst_mint;
    config.token_program = accounts.pool.token_program;
    config.vault = *accounts.vault.address();
    config.admin = *accounts.admin.address();
    config.params = params;
    config.observed_epoch = NEVER;
    config.allocating_epoch = NEVER;
    config.allocated_epoch = NEVER;
    config.kappa = params.kappa_prior;
    config.bump = bump;
    config.version = Config::VERSION;

    emit!(SelectionInitialized {
        config: config_address,
        pool: config.pool,
        registry: registry_address,
        admin: config.admin,
        params,
    });
    Ok(())
}
