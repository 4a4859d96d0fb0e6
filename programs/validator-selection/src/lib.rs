//! Sluice validator selection: who is in the pool, and how much each gets.
//!
//! Owns the registry of candidates, their scores, bonds, bids and targets, and is the delegation authority of one staking
//! pool. Holds no lamport and, of LST, bonds and what holders directed. Never picks by anybody's word: what a validator
//! gets follows from its vote account, from what the pool's own stake realised with it, and from what it pays.
//!
//! Once an epoch, after the pool's update, anyone runs `observe` for every candidate, `allocate` until it is done,
//! `rebalance` until nothing moves, and `settle`. A table of instructions; each lives in a file of its own under
//! `instructions/`, by who calls it.

use anchor_lang::prelude::*;

pub mod chain;
pub mod constants;
pub mod errors;
pub mod events;
pub mod instructions;
pub mod pool;
pub mod state;
pub mod watch;

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

    /// The admin says who groups validators.
    pub fn set_oracle(ctx: &mut Context<SetOracle>) -> Result<()> {
        admin::set_oracle::handler(ctx)
    }

    /// The oracle says which hosting provider and country candidates belong to; one remaining account each, the vote
    /// account.
    pub fn set_groups(ctx: &mut Context<SetGroups>, batch: Vec<Grouping>) -> Result<()> {
        admin::set_groups::handler(ctx, &batch)
    }

    /// Anyone makes a vote account with history a candidate, with a bond.
    pub fn join(ctx: &mut Context<Join>, bond: u64) -> Result<()> {
        validator::join::handler(ctx, bond)
    }

    /// A validator leaves, or comes back.
    pub fn leave(ctx: &mut Context<Leave>, index: u32, leaving: bool) -> Result<()> {
        validator::leave::handler(ctx, index, leaving)
    }

    /// A validator says what it pays for stake.
    pub fn set_bid(ctx: &mut Context<SetBid>, index: u32, bid: u32) -> Result<()> {
        validator::set_bid::handler(ctx, index, bid)
    }

    /// Anyone adds to a bond.
    pub fn fund_bond(ctx: &mut Context<FundBond>, index: u32, shares: u64) -> Result<()> {
        validator::fund_bond::handler(ctx, index, shares)
    }

    /// A bond's owner gives notice that it wants a part of it back.
    pub fn withdraw_bond(ctx: &mut Context<WithdrawBond>, index: u32, shares: u64) -> Result<()> {
        validator::withdraw_bond::handler(ctx, index, shares)
    }

    /// A bond's owner takes back what it gave notice of.
    pub fn claim_bond(ctx: &mut Context<ClaimBond>, index: u32) -> Result<()> {
        validator::claim_bond::handler(ctx, index)
    }

    /// A holder locks LST behind a validator.
    pub fn direct_stake(ctx: &mut Context<DirectStake>, index: u32, shares: u64) -> Result<()> {
        holder::direct_stake::handler(ctx, index, shares)
    }

    /// A holder takes its weight back.
    pub fn undirect_stake(ctx: &mut Context<UndirectStake>, index: u32) -> Result<()> {
        holder::undirect_stake::handler(ctx, index)
    }

    /// A holder gets its LST back.
    pub fn claim_directed(ctx: &mut Context<ClaimDirected>) -> Result<()> {
        holder::claim_directed::handler(ctx)
    }

    /// Anyone records what vote accounts and the pool's own stake say; one remaining account a place, the vote account.
    pub fn observe(ctx: &mut Context<Observe>, batch: Vec<Place>) -> Result<()> {
        crank::observe::handler(ctx, &batch)
    }

    /// Anyone confirms that no other candidate has a candidate's new identity.
    pub fn confirm_identity(ctx: &mut Context<ConfirmIdentity>, index: u32) -> Result<()> {
        crank::confirm_identity::handler(ctx, index)
    }

    /// Anyone sets every candidate's target for this epoch, in as many steps of `work` candidates as it takes.
    pub fn allocate(ctx: &mut Context<Allocate>, work: u32) -> Result<()> {
        crank::allocate::handler(ctx, work)
    }

    /// Anyone moves stake toward the targets; three remaining accounts a place: vote, stake, deactivating stake.
    pub fn rebalance(ctx: &mut Context<MoveStake>, batch: Vec<Place>) -> Result<()> {
        crank::rebalance::handler(ctx, &batch)
    }

    /// Anyone takes stake from validators that broke their word or stopped voting; accounts as for `rebalance`.
    pub fn emergency_unstake(ctx: &mut Context<MoveStake>, batch: Vec<Place>) -> Result<()> {
        crank::emergency_unstake::handler(ctx, &batch)
    }

    /// Anyone charges the bonds of `count` candidates from `start` on for the last epoch.
    pub fn settle(ctx: &mut Context<Settle>, start: u32, count: u32) -> Result<()> {
        crank::settle::handler(ctx, start, count)
    }

    /// Anyone removes a candidate that is gone.
    pub fn remove(ctx: &mut Context<Remove>, index: u32) -> Result<()> {
        crank::remove::handler(ctx, index)
    }

    /// What decided a candidate's stake, and what it would take to get more.
    pub fn explain(ctx: &mut Context<Explain>, index: u32) -> Result<Explanation> {
        view::explain::handler(ctx, index)
    }
}
