//! Sluice staking pool: SOL in, a liquid staking token out, stake delegated in between.
//!
//! Owns the pool's money and its exchange rate. Never decides who is delegated to or how much: that is the
//! pool's delegation authority, usually the validator-selection program.
//!
//! A table of instructions; each lives in a file of its own under `instructions/`, by who calls it.

use anchor_lang::prelude::*;

pub mod constants;
pub mod errors;
pub mod events;
pub mod instructions;
pub mod invoke;
pub mod sol;
pub mod state;

use instructions::*;

declare_id!("9fBPjPo6BzfjkkBjkZ7P9BF3rYK6ehDmr6FhWRDBPgeH");

#[program]
pub mod staking_pool {
    use super::*;

    /// Creates a pool over an existing mint, reserve and validator list, with a seed deposit nobody can redeem.
    pub fn initialize(ctx: &mut Context<Initialize>, params: InitializeParams) -> Result<()> {
        admin::initialize::handler(ctx, params)
    }

    /// Hands the choice of validators to another key.
    pub fn set_delegation_authority(ctx: &mut Context<SetDelegationAuthority>) -> Result<()> {
        admin::set_delegation_authority::handler(ctx)
    }

    /// Deposits `lamports` and mints LST at the released rate, at least `min_out` base units.
    pub fn deposit_sol(ctx: &mut Context<DepositSol>, lamports: u64, min_out: u64) -> Result<()> {
        user::deposit_sol::handler(ctx, lamports, min_out)
    }

    /// Takes in a whole active stake account of a validator of the pool and mints LST for all its lamports, at least
    /// `min_out` base units.
    pub fn deposit_stake(ctx: &mut Context<DepositStake>, index: u32, min_out: u64) -> Result<()> {
        user::deposit_stake::handler(ctx, index, min_out)
    }

    /// Burns `shares` base units of LST and pays SOL at once from the free reserve, less a fee, at least `min_out` lamports.
    pub fn withdraw_sol(ctx: &mut Context<WithdrawSol>, shares: u64, min_out: u64) -> Result<()> {
        user::withdraw_sol::handler(ctx, shares, min_out)
    }

    /// Escrows `shares` base units of LST under a ticket that pays SOL after the next epoch's update, free of charge.
    pub fn order_unstake(ctx: &mut Context<OrderUnstake>, shares: u64) -> Result<()> {
        user::order_unstake::handler(ctx, shares)
    }

    /// Pays a ticket that is due to its owner: the lower of its value when ordered and now.
    pub fn claim_ticket(ctx: &mut Context<ClaimTicket>) -> Result<()> {
        user::claim_ticket::handler(ctx)
    }

    /// Burns `shares` base units of LST and splits their value off a validator as a stake account of the user, at least `min_out` lamports.
    pub fn withdraw_stake(
        ctx: &mut Context<WithdrawStake>,
        index: u32,
        shares: u64,
        min_out: u64,
    ) -> Result<()> {
        user::withdraw_stake::handler(ctx, index, shares, min_out)
    }

    /// Appends a vote account to the pool's list, without stake.
    pub fn add_validator(ctx: &mut Context<AddValidator>) -> Result<()> {
        delegation::add_validator::handler(ctx)
    }

    /// Takes a validator that holds nothing out of the list; the last record takes its index.
    pub fn remove_validator(ctx: &mut Context<RemoveValidator>, index: u32) -> Result<()> {
        delegation::remove_validator::handler(ctx, index)
    }

    /// Delegates `lamports` of the free reserve to a validator.
    pub fn increase_stake(ctx: &mut Context<IncreaseStake>, index: u32, lamports: u64) -> Result<()> {
        delegation::increase_stake::handler(ctx, index, lamports)
    }

    /// Starts the cool-down of `lamports` of a validator's stake.
    pub fn decrease_stake(ctx: &mut Context<DecreaseStake>, index: u32, lamports: u64) -> Result<()> {
        delegation::decrease_stake::handler(ctx, index, lamports)
    }

    /// Brings `count` records from `start` up to date: counts, merges, collects, sweeps. Anyone may send it.
    pub fn update_validators(ctx: &mut Context<UpdateValidators>, start: u32, count: u8) -> Result<()> {
        crank::update_validators::handler(ctx, start, count)
    }

    /// Frees an address for a stake account that somebody has occupied; what lies there goes to the reserve. Anyone may
    /// send it.
    pub fn clear_stake_address(ctx: &mut Context<ClearStakeAddress>, index: u32) -> Result<()> {
        crank::clear_stake_address::handler(ctx, index)
    }

    /// Closes the epoch's update: profit or loss reaches the ledger and the fee is minted. Anyone may send it.
    pub fn finish_update(ctx: &mut Context<FinishUpdate>) -> Result<()> {
        crank::finish_update::handler(ctx)
    }
}
