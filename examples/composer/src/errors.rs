//! Everything this program can refuse, append-only. What the pool refuses comes through with the pool's own number.

use anchor_lang::prelude::*;
use sluice_money::MathError;
use sluice_pool_math::PoolMathError;

#[error_code]
pub enum ComposerError {
    #[msg("The amount must be above zero")]
    ZeroAmount,
    #[msg("The result does not fit 64 bits")]
    Overflow,
    #[msg(
        "Loan to value must be above zero and below the liquidation threshold, and that, with the bonus, within one whole"
    )]
    InvalidTerms,
    #[msg(
        "The collateral account must be a plain token account of the pool's mint that only the market can move"
    )]
    UnusableCollateral,
    #[msg("The signer is not this market's lender")]
    NotLender,
    #[msg("The signer is not this position's owner")]
    NotOwner,
    #[msg("The position is another market's")]
    WrongMarket,
    #[msg("The account is not this market's pool")]
    WrongPool,
    #[msg("The account is not this market's collateral account")]
    WrongCollateral,
    #[msg("The account is not the staking pool's program")]
    WrongPoolProgram,
    #[msg("The account is not the token program of the pool's mint")]
    WrongTokenProgram,
    #[msg("The pool has not been updated this epoch: its rate is not good for a loan")]
    PoolStale,
    #[msg("The debt would be above what the collateral is good for")]
    AboveLimit,
    #[msg("The position is not above the liquidation threshold")]
    NotLiquidatable,
    #[msg("The market does not hold that much")]
    InsufficientCash,
    #[msg("The position does not hold that much")]
    InsufficientShares,
    #[msg("The outcome is below the minimum the caller accepts")]
    SlippageExceeded,
    #[msg("The account is not the restaking vault's program")]
    WrongVaultProgram,
}

impl From<MathError> for ComposerError {
    fn from(_: MathError) -> Self {
        ComposerError::Overflow
    }
}

impl From<PoolMathError> for ComposerError {
    fn from(_: PoolMathError) -> Self {
        ComposerError::Overflow
    }
}

/// Checked operations and formulas fail with a [`ComposerError`] in a handler's `?`.
pub trait OrError<T> {
    fn or_error(self) -> Result<T>;
}

impl<T, E: Into<ComposerError>> OrError<T> for core::result::Result<T, E> {
    #[inline(always)]
    fn or_error(self) -> Result<T> {
        self.map_err(|error| error.into().into())
    }
}

impl<T> OrError<T> for Option<T> {
    /// `None` of a checked operation is an overflow.
    #[inline(always)]
    fn or_error(self) -> Result<T> {
        self.ok_or_else(|| ComposerError::Overflow.into())
    }
}
