//! `fund_insurance`: LST becomes the insurance fund's.

use anchor_lang::prelude::*;

use crate::errors::{OrPoolError, PoolError};
use crate::events::InsuranceFunded;
use crate::invoke;
use crate::state::Pool;
use crate::token::require_held;

/// Specification
/// - the user signs and holds (or is delegate of) the LST
/// - the tokens are burnt, their shares stay in the supply as the insurance fund's: the rate does not change
/// - works at any time; nobody can take anything out of the fund, only a loss does
/// - LST in an account of the incinerator or of the system program, which anybody may burn from, count for nobody
#[derive(Accounts)]
pub struct FundInsurance {
    #[account(mut)]
    pub pool: Account<Pool>,
    pub user: Signer,
    #[account(mut, address = pool.lst_mint @ PoolError::WrongMint)]
    pub lst_mint: UncheckedAccount,
    #[account(mut)]
    pub user_lst: UncheckedAccount,
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<FundInsurance>, shares: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require!(shares > 0, PoolError::ZeroAmount);
    require_held(accounts.user_lst.account())?;
    let pool = &mut accounts.pool;
    pool.insurance_shares = pool.insurance_shares.checked_add(shares).or_pool_error()?;
    invoke::burn(
        &pool.token_program,
        accounts.user_lst.account(),
        accounts.lst_mint.account(),
        accounts.user.account(),
        shares,
        &[],
    );
    emit!(InsuranceFunded {
        pool: *accounts.pool.address(),
        user: *accounts.user.address(),
        shares,
        insurance_after: accounts.pool.insurance_shares,
    });
    Ok(())
}
