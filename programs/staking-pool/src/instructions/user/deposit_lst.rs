//! `deposit_lst`: another stake pool's token in, this one's out.

use anchor_lang::prelude::*;

use super::intake::{self, Bought, Receipt, StakeIntake, StakeTerms};
use crate::constants::*;
use crate::errors::PoolError;
use crate::events::{LstConverted, StakeDeposited};
use crate::invoke::StakePoolWithdrawal;
use crate::sol;
use crate::state::{Pool, Reserve, ValidatorList};

/// Specification
/// - the user signs, and holds (or is delegate of) `tokens` of a pool of one of the SPL stake pool programs
/// - the pool is of this epoch and not paused; where it has a deposit authority, that signs too
/// - the other program burns the tokens and splits stake of the validator at `index` into `source`, a new stake account
///   with its rent, which is the pool's from the start
/// - what it handed over is checked as a deposit of stake is, and taken in whole; whatever the other pool charges or leaves
///   behind, the user gets shares for what came
/// - at least `min_out` shares are minted
#[derive(Accounts)]
pub struct DepositLst {
    #[account(mut)]
    pub pool: Account<Pool>,
    pub user: Signer,
    #[account(mut, address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
    #[account(mut)]
    pub stake: UncheckedAccount,
    #[account(mut, owner = STAKE_PROGRAM @ PoolError::WrongStakeAccount)]
    pub source: UncheckedAccount,
    #[account(mut, address = pool.lst_mint @ PoolError::WrongMint)]
    pub lst_mint: UncheckedAccount,
    #[account(mut)]
    pub user_lst: UncheckedAccount,
    #[account(address = CLOCK_SYSVAR @ PoolError::WrongProgramAccount)]
    pub clock: UncheckedAccount,
    #[account(address = STAKE_HISTORY_SYSVAR @ PoolError::WrongProgramAccount)]
    pub stake_history: UncheckedAccount,
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
    #[account(address = STAKE_PROGRAM @ PoolError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
    #[account(constraint(STAKE_POOL_PROGRAMS.contains(stake_pool_program.address()) @ PoolError::UnknownStakePool))]
    pub stake_pool_program: UncheckedAccount,
    /// The other pool, its list of validators and its authority over stake, in the order of its `WithdrawStake`.
    #[account(mut)]
    pub stake_pool: UncheckedAccount,
    #[account(mut)]
    pub stake_pool_list: UncheckedAccount,
    pub stake_pool_authority: UncheckedAccount,
    /// The other pool's stake account with the validator.
    #[account(mut)]
    pub stake_pool_stake: UncheckedAccount,
    #[account(mut)]
    pub user_tokens: UncheckedAccount,
    #[account(mut)]
    pub stake_pool_fee: UncheckedAccount,
    #[account(mut)]
    pub stake_pool_mint: UncheckedAccount,
    pub stake_pool_token_program: UncheckedAccount,
    #[account(mut)]
    pub referrer: Option<UncheckedAccount>,
    pub deposit_authority: Option<Signer>,
}

pub fn handler(ctx: &mut Context<DepositLst>, index: u32, tokens: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    intake::require_deposits(&accounts.pool, &clock, &accounts.user, accounts.deposit_authority.as_ref())?;
    require!(tokens > 0, PoolError::ZeroAmount);
    require!(sol::is_new_stake_account(&accounts.source)?, PoolError::UnusableDestination);

    StakePoolWithdrawal {
        program: accounts.stake_pool_program.address(),
        stake_pool: accounts.stake_pool.account(),
        validator_list: accounts.stake_pool_list.account(),
        withdraw_authority: accounts.stake_pool_authority.account(),
        split_from: accounts.stake_pool_stake.account(),
        split_to: accounts.source.account(),
        new_authority: accounts.pool.account(),
        user: accounts.user.account(),
        user_tokens: accounts.user_tokens.account(),
        fee_account: accounts.stake_pool_fee.account(),
        mint: accounts.stake_pool_mint.account(),
        clock: accounts.clock.account(),
        token_program: accounts.stake_pool_token_program.account(),
        stake_program: accounts.stake_program.account(),
    }
    .invoke(tokens);

    let vote = *accounts.vote.address();
    let bump = accounts.pool.bump;
    let intake = StakeIntake {
        pool: *accounts.pool.account(),
        reserve: *accounts.reserve.account(),
        stake: *accounts.stake.account(),
        source: *accounts.source.account(),
        clock: *accounts.clock.account(),
        stake_history: *accounts.stake_history.account(),
        vote,
    };
    let referrer = intake::payable_referrer(&accounts.pool, accounts.referrer.as_ref());
    let holder = *accounts.pool.address();
    let terms = StakeTerms { index, holder: &holder, is_referred: referrer.is_some(), min_out };
    let Bought { taken, before, outcome, held_after } =
        intake.buy(&mut accounts.pool, &mut accounts.validator_list, &terms, &clock)?;

    intake.merge(&taken, accounts.lst_mint.address(), bump);
    let receipt = Receipt {
        token_program: accounts.token_program.address(),
        mint: accounts.lst_mint.account(),
        pool: accounts.pool.account(),
        user: accounts.user_lst.account(),
        referrer,
    };
    receipt.mint(&outcome, bump);

    let (pool, user) = (*accounts.pool.address(), *accounts.user.address());
    emit!(LstConverted {
        pool,
        user,
        program: *accounts.stake_pool_program.address(),
        stake_pool: *accounts.stake_pool.address(),
        lst_mint: *accounts.stake_pool_mint.address(),
        tokens,
        lamports: taken.lamports()?,
    });
    emit!(StakeDeposited {
        pool,
        user,
        vote,
        source: *accounts.source.address(),
        delegated: taken.delegated,
        excess: taken.excess,
        minted: outcome.minted.0,
        fee: (&outcome.fee).into(),
        referrer: referrer.map_or(pool, |referrer| *referrer.address()),
        held_after,
        reserve_after: accounts.reserve.account().lamports(),
        before: (&before).into(),
        after: (&outcome.ledger).into(),
    });
    Ok(())
}
