//! Sluice staking pool: SOL in, a liquid staking token out, stake delegated in between.
//!
//! Owns the pool's money and its exchange rate. Never decides who is delegated to or how much: that is the
//! pool's delegation authority, usually the validator-selection program.
//!
//! A table of instructions; each lives in a file of its own under `instructions/`, by who calls it. `discrim` is the first
//! byte of an instruction's data: a number is never given to another instruction.

use anchor_lang::prelude::*;

pub mod constants;
pub mod errors;
pub mod events;
pub mod instructions;
pub mod invoke;
pub mod sol;
pub mod state;
pub mod token;

use instructions::*;
use state::Fees;

declare_id!("9fBPjPo6BzfjkkBjkZ7P9BF3rYK6ehDmr6FhWRDBPgeH");

#[program]
pub mod staking_pool {
    use super::*;

    /// Creates a pool over an existing mint, reserve and validator list, with a seed deposit nobody can redeem.
    #[discrim = 2]
    pub fn initialize(ctx: &mut Context<Initialize>, params: InitializeParams) -> Result<()> {
        admin::initialize::handler(ctx, params)
    }

    // The admin.

    /// Opens the pool's liquidity pool over an existing mint, with a seed nobody can redeem.
    #[discrim = 3]
    pub fn initialize_liquidity(ctx: &mut Context<InitializeLiquidity>, seed_lamports: u64) -> Result<()> {
        admin::initialize_liquidity::handler(ctx, seed_lamports)
    }

    /// Proposes another admin, who must accept; the zero address takes a proposal back.
    #[discrim = 4]
    pub fn propose_admin(ctx: &mut Context<ProposeAdmin>) -> Result<()> {
        admin::propose_admin::handler(ctx)
    }

    /// The proposed admin takes over.
    #[discrim = 5]
    pub fn accept_admin(ctx: &mut Context<AcceptAdmin>) -> Result<()> {
        admin::accept_admin::handler(ctx)
    }

    /// Says who sets fees, who may pause, and whose signature deposits need, if anybody's.
    #[discrim = 6]
    pub fn set_roles(ctx: &mut Context<SetRoles>, roles: Roles) -> Result<()> {
        admin::set_roles::handler(ctx, roles)
    }

    /// Sets the limits on deposits and on the movement of stake.
    #[discrim = 7]
    pub fn set_limits(ctx: &mut Context<SetLimits>, limits: Limits) -> Result<()> {
        admin::set_limits::handler(ctx, limits)
    }

    /// Sends future fees to another token account.
    #[discrim = 8]
    pub fn set_treasury(ctx: &mut Context<SetTreasury>) -> Result<()> {
        admin::set_treasury::handler(ctx)
    }

    /// Schedules another delegation authority, two epochs ahead.
    #[discrim = 9]
    pub fn set_delegation_authority(ctx: &mut Context<SetDelegationAuthority>) -> Result<()> {
        admin::set_delegation_authority::handler(ctx)
    }

    /// Ends a validator: all its stake starts to cool down, whatever the delegation authority says.
    #[discrim = 10]
    pub fn retire_validator(ctx: &mut Context<RetireValidator>, index: u32) -> Result<()> {
        admin::retire_validator::handler(ctx, index)
    }

    /// Changes the fees: at once what falls, two epochs ahead and in steps what rises.
    #[discrim = 11]
    pub fn set_fees(ctx: &mut Context<SetFees>, fees: Fees) -> Result<()> {
        admin::set_fees::handler(ctx, fees)
    }

    /// Stops deposits and instant exits for two epochs.
    #[discrim = 12]
    pub fn pause(ctx: &mut Context<Pause>) -> Result<()> {
        admin::pause::handler(ctx)
    }

    /// Ends a pause.
    #[discrim = 13]
    pub fn resume(ctx: &mut Context<Pause>) -> Result<()> {
        admin::resume::handler(ctx)
    }

    // Holders.

    /// Deposits `lamports` and mints LST at the released rate, at least `min_out` base units.
    #[discrim = 14]
    pub fn deposit_sol(ctx: &mut Context<DepositSol>, lamports: u64, min_out: u64) -> Result<()> {
        user::deposit_sol::handler(ctx, lamports, min_out)
    }

    /// Takes in a whole active stake account of a validator of the pool and mints LST for all its lamports, at least
    /// `min_out` base units.
    #[discrim = 15]
    pub fn deposit_stake(ctx: &mut Context<DepositStake>, index: u32, min_out: u64) -> Result<()> {
        user::deposit_stake::handler(ctx, index, min_out)
    }

    /// Turns `tokens` of another stake pool's LST into this one's: withdraws stake there and deposits it here, for at
    /// least `min_out` base units.
    #[discrim = 16]
    pub fn deposit_lst(ctx: &mut Context<DepositLst>, index: u32, tokens: u64, min_out: u64) -> Result<()> {
        user::deposit_lst::handler(ctx, index, tokens, min_out)
    }

    /// Takes in a whole active stake account and pays SOL for it at once, less the fees of a deposit and an instant exit,
    /// at least `min_out` lamports.
    #[discrim = 17]
    pub fn liquid_unstake(ctx: &mut Context<LiquidUnstake>, index: u32, min_out: u64) -> Result<()> {
        user::liquid_unstake::handler(ctx, index, min_out)
    }

    /// Burns `shares` base units of LST and pays SOL at once, from the free reserve and then from the liquidity pool, less a
    /// fee, at least `min_out` lamports.
    #[discrim = 18]
    pub fn withdraw_sol(ctx: &mut Context<WithdrawSol>, shares: u64, min_out: u64) -> Result<()> {
        user::withdraw_sol::handler(ctx, shares, min_out)
    }

    /// Escrows `shares` base units of LST, worth at least `min_out` lamports, under a ticket that pays SOL after the next
    /// epoch's update, free of charge.
    #[discrim = 19]
    pub fn order_unstake(ctx: &mut Context<OrderUnstake>, shares: u64, min_out: u64) -> Result<()> {
        user::order_unstake::handler(ctx, shares, min_out)
    }

    /// Gives a ticket to somebody else.
    #[discrim = 20]
    pub fn transfer_ticket(ctx: &mut Context<TransferTicket>) -> Result<()> {
        user::transfer_ticket::handler(ctx)
    }

    /// Moves `shares` of a ticket, and their part of what it pays, to a new ticket of the same owner.
    #[discrim = 21]
    pub fn split_ticket(ctx: &mut Context<SplitTicket>, shares: u64) -> Result<()> {
        user::split_ticket::handler(ctx, shares)
    }

    /// Closes a ticket that is due and gives back the LST that what it would pay is worth now, at least `min_out` base
    /// units.
    #[discrim = 22]
    pub fn cancel_ticket(ctx: &mut Context<CancelTicket>, min_out: u64) -> Result<()> {
        user::cancel_ticket::handler(ctx, min_out)
    }

    /// Pays a ticket that is due to its owner: the lower of its value when ordered and now.
    #[discrim = 23]
    pub fn claim_ticket(ctx: &mut Context<ClaimTicket>) -> Result<()> {
        user::claim_ticket::handler(ctx)
    }

    /// Burns at most `shares` base units of LST and splits their value off a validator as a stake account of the user, at
    /// least `min_out` lamports; takes the account whole where less than the chain's minimum would be left.
    #[discrim = 24]
    pub fn withdraw_stake(
        ctx: &mut Context<WithdrawStake>,
        index: u32,
        shares: u64,
        min_out: u64,
    ) -> Result<()> {
        user::withdraw_stake::handler(ctx, index, shares, min_out)
    }

    /// Adds `lamports` to the liquidity pool for at least `min_out` base units of its token.
    #[discrim = 25]
    pub fn add_liquidity(ctx: &mut Context<AddLiquidity>, lamports: u64, min_out: u64) -> Result<()> {
        user::add_liquidity::handler(ctx, lamports, min_out)
    }

    /// Burns `amount` base units of the liquidity token and pays their part of both sides, at least `min_lamports` and
    /// `min_shares`.
    #[discrim = 26]
    pub fn remove_liquidity(
        ctx: &mut Context<RemoveLiquidity>,
        amount: u64,
        min_lamports: u64,
        min_shares: u64,
    ) -> Result<()> {
        user::remove_liquidity::handler(ctx, amount, min_lamports, min_shares)
    }

    /// Gives `shares` base units of LST to the insurance fund, for good.
    #[discrim = 27]
    pub fn fund_insurance(ctx: &mut Context<FundInsurance>, shares: u64) -> Result<()> {
        user::fund_insurance::handler(ctx, shares)
    }

    // The delegation authority.

    /// Appends a vote account to the pool's list, without stake.
    #[discrim = 28]
    pub fn add_validator(ctx: &mut Context<AddValidator>) -> Result<()> {
        delegation::add_validator::handler(ctx)
    }

    /// Takes a validator that holds nothing out of the list; the last record takes its index.
    #[discrim = 29]
    pub fn remove_validator(ctx: &mut Context<RemoveValidator>, index: u32) -> Result<()> {
        delegation::remove_validator::handler(ctx, index)
    }

    /// Names the validator that stake should rather be withdrawn from; the zero address names none.
    #[discrim = 30]
    pub fn set_preferred_validator(ctx: &mut Context<SetPreferredValidator>, index: u32) -> Result<()> {
        delegation::set_preferred_validator::handler(ctx, index)
    }

    /// Delegates `lamports` of the free reserve to a validator.
    #[discrim = 31]
    pub fn increase_stake(ctx: &mut Context<IncreaseStake>, index: u32, lamports: u64) -> Result<()> {
        delegation::increase_stake::handler(ctx, index, lamports)
    }

    /// Starts the cool-down of `lamports` of a validator's stake. Anyone may, for tickets that have lacked SOL for long.
    #[discrim = 32]
    pub fn decrease_stake(ctx: &mut Context<DecreaseStake>, index: u32, lamports: u64) -> Result<()> {
        delegation::decrease_stake::handler(ctx, index, lamports)
    }

    // Anyone.

    /// Brings `count` records from `start` up to date: counts, merges, collects, sweeps. Anyone may send it.
    #[discrim = 33]
    pub fn update_validators(ctx: &mut Context<UpdateValidators>, start: u32, count: u8) -> Result<()> {
        crank::update_validators::handler(ctx, start, count)
    }

    /// Frees an address for a stake account that somebody has occupied; what lies there goes to the reserve. Anyone may
    /// send it.
    #[discrim = 34]
    pub fn clear_stake_address(ctx: &mut Context<ClearStakeAddress>, index: u32) -> Result<()> {
        crank::clear_stake_address::handler(ctx, index)
    }

    /// Closes the epoch's update: profit or loss reaches the ledger and the fee is minted. Anyone may send it.
    #[discrim = 35]
    pub fn finish_update(ctx: &mut Context<FinishUpdate>) -> Result<()> {
        crank::finish_update::handler(ctx)
    }

    // Views: they change nothing and answer by return data.

    /// What `lst_amount` base units of LST are worth in lamports: the least and the most, which are the same. In the
    /// call format of routers: one byte of discriminator, the mint first.
    #[discrim = 0]
    pub fn lst_to_sol(ctx: &mut Context<Price>, lst_amount: u64) -> Result<ValueRange> {
        view::price::lst_to_sol(ctx, lst_amount)
    }

    /// What `lamports` are worth in base units of LST. In the call format of routers.
    #[discrim = 1]
    pub fn sol_to_lst(ctx: &mut Context<Price>, lamports: u64) -> Result<ValueRange> {
        view::price::sol_to_lst(ctx, lamports)
    }

    /// What `deposit_sol` would mint now, with or without a referrer.
    #[discrim = 36]
    pub fn quote_deposit_sol(ctx: &mut Context<Quote>, lamports: u64, referred: bool) -> Result<Quoted> {
        view::quote::deposit_sol(ctx, lamports, referred)
    }

    /// What `deposit_stake`, or `deposit_lst`, would mint now for a stake account of `lamports`.
    #[discrim = 37]
    pub fn quote_deposit_stake(ctx: &mut Context<Quote>, lamports: u64, referred: bool) -> Result<Quoted> {
        view::quote::deposit_stake(ctx, lamports, referred)
    }

    /// What `liquid_unstake` would pay now for a stake account of `delegated` and `excess` lamports beside.
    #[discrim = 38]
    pub fn quote_liquid_unstake(ctx: &mut Context<Quote>, delegated: u64, excess: u64) -> Result<Quoted> {
        view::quote::liquid_unstake(ctx, delegated, excess)
    }

    /// What `withdraw_sol` would pay now.
    #[discrim = 39]
    pub fn quote_withdraw_sol(ctx: &mut Context<Quote>, shares: u64) -> Result<Quoted> {
        view::quote::withdraw_sol(ctx, shares)
    }

    /// What a ticket ordered now would pay at most.
    #[discrim = 40]
    pub fn quote_order_unstake(ctx: &mut Context<Quote>, shares: u64) -> Result<Quoted> {
        view::quote::order_unstake(ctx, shares)
    }

    /// What `claim_ticket` would pay, and `cancel_ticket` give back, now.
    #[discrim = 41]
    pub fn quote_ticket(ctx: &mut Context<QuoteTicket>) -> Result<QuotedTicket> {
        view::quote::ticket(ctx)
    }

    /// What `withdraw_stake` would take from this account of the validator now.
    #[discrim = 42]
    pub fn quote_withdraw_stake(
        ctx: &mut Context<QuoteStake>,
        index: u32,
        shares: u64,
    ) -> Result<QuotedStake> {
        view::quote::withdraw_stake(ctx, index, shares)
    }

    /// What `add_liquidity` would mint now.
    #[discrim = 43]
    pub fn quote_add_liquidity(ctx: &mut Context<Quote>, lamports: u64) -> Result<Quoted> {
        view::quote::add_liquidity(ctx, lamports)
    }

    /// What `remove_liquidity` would pay now.
    #[discrim = 44]
    pub fn quote_remove_liquidity(ctx: &mut Context<Quote>, amount: u64) -> Result<QuotedLiquidity> {
        view::quote::remove_liquidity(ctx, amount)
    }
}
