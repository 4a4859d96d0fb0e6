//! Sluice validator selection: who is in the pool, and how much each gets.
//!
//! Owns the registry of candidates, their scores and their targets, and is the delegation authority of one staking
//! pool. Never holds a lamport, never picks by anybody's word: what a validator gets follows from its vote account and
//! from what the pool's own stake realised with it.
//!
//! Once an epoch, after the pool's update, anyone runs `observe` for every candidate, `allocate` once, and `rebalance`
//! until nothing moves. A table of instructions; each lives in a file of its own under `instructions/`, by who calls
//! it.

use anchor_lang::prelude::*;

pub mod chain;
pub mod constants;
pub mod errors;
pub mod events;
pub mod instructions;
pub mod pool;
pub mod state;

use instructions::*;
use state::Params;

declare_id!("2tpNZ9aTGFW2GF1WjkGfEgregLH51rJaYwda9EXCADVL");

#[program]
pub mod validator_selection {
    use super::*;

    /// A pool gets a selection, run by the pool's admin.
    pub fn initialize(ctx: &mut Context<Initialize>, params: Params) -> Result<()> {
        admin::initialize::handler(ctx, params)
    }

    /// The admin changes the bounds of the selection.
    pub fn set_params(ctx: &mut Context<SetParams>, params: Params) -> Result<()> {
        admin::set_params::handler(ctx, params)
    }

    /// The admin names another one, who has to accept.
    pub fn propose_admin(ctx: &mut Context<ProposeAdmin>) -> Result<()> {
        admin::propose_admin::handler(ctx)
    }

    /// The proposed admin takes over.
    pub fn accept_admin(ctx: &mut Context<AcceptAdmin>) -> Result<()> {
        admin::accept_admin::handler(ctx)
    }

    /// The admin bans a candidate, or ends its ban.
    pub fn ban(ctx: &mut Context<Ban>, index: u32, banned: bool) -> Result<()> {
        admin::ban::handler(ctx, index, banned)
    }

    /// Anyone makes a vote account with history a candidate.
    pub fn join(ctx: &mut Context<Join>) -> Result<()> {
        validator::join::handler(ctx)
    }

    /// A validator leaves, or comes back.
    pub fn leave(ctx: &mut Context<Leave>, index: u32, leaving: bool) -> Result<()> {
        validator::leave::handler(ctx, index, leaving)
    }

    /// Anyone records what vote accounts and the pool's own stake say; one remaining account a place, the vote account.
    pub fn observe(ctx: &mut Context<Observe>, batch: Vec<Place>) -> Result<()> {
        crank::observe::handler(ctx, &batch)
    }

    /// Anyone sets every candidate's target for this epoch, once.
    pub fn allocate(ctx: &mut Context<Allocate>) -> Result<()> {
        crank::allocate::handler(ctx)
    }

    /// Anyone moves stake toward the targets; three remaining accounts a place: vote, stake, deactivating stake.
    pub fn rebalance(ctx: &mut Context<Rebalance>, batch: Vec<Place>) -> Result<()> {
        crank::rebalance::handler(ctx, &batch)
    }

    /// Anyone removes a candidate that is gone.
    pub fn remove(ctx: &mut Context<Remove>, index: u32) -> Result<()> {
        crank::remove::handler(ctx, index)
    }
}
