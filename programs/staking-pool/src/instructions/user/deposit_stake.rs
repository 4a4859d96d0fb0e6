//! `deposit_stake`: an active stake account in, LST out.

use anchor_lang::prelude::*;

use super::intake::{self, Bought, Receipt, StakeIntake, StakeTerms};
use crate::constants::*;
use crate::errors::PoolError;
use crate::events::StakeDeposited;
use crate::state::{Pool, Reserve, ValidatorList};

/// Specification
/// - the user signs, is both staker and withdrawer of the source, and no lockup binds it
/// - the pool is of this epoch and not paused; where it has a deposit authority, that signs too
/// - `index` is the place in the list of the validator the source is delegated to
/// - source and canonical account are wholly active: what warms up or cools down is refused
/// - the source's authorities move to the pool inside, it is merged whole, and what lies above its delegation, rent
///   included, goes to the reserve
/// - mints for all its lamports, rounded down, less the deposit fee rounded up, at least `min_out`; they are at least the
///   pool's minimum deposit, and do not take the total above the cap
/// - the validator's record grows by exactly the delegation, the reserve by exactly the rest, the total by their sum
#[derive(Accounts)]
pub struct DepositStake {
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
    #[account(mut)]
    pub referrer: Option<UncheckedAccount>,
    pub deposit_authority: Option<Signer>,
}

pub fn handler(ctx: &mut Context<DepositStake>, index: u32, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    intake::require_deposits(&accounts.pool, &clock, &accounts.user, accounts.deposit_authority.as_ref())?;

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
    let terms =
        StakeTerms { index, holder: accounts.user.address(), is_referred: referrer.is_some(), min_out };
    let Bought { taken, before, outcome, held_after } =
        intake.buy(&mut accounts.pool, &mut accounts.validator_list, &terms, &clock)?;

    intake.take_over(accounts.user.account());
    intake.merge(&taken, accounts.lst_mint.address(), bump);
    let receipt = Receipt {
        token_program: accounts.token_program.address(),
        mint: accounts.lst_mint.account(),
        pool: accounts.pool.account(),
        user: accounts.user_lst.account(),
        referrer,
    };
    receipt.mint(&outcome, bump);

    let pool = *accounts.pool.address();
    emit!(StakeDeposited {
        pool,
        user: *accounts.user.address(),
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
