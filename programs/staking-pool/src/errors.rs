//! Everything this program can refuse, append-only: a client may match on the number.

use anchor_lang::prelude::*;
use sluice_pool_math::PoolMathError;

#[error_code]
pub enum PoolError {
    #[msg("The pool has not been updated this epoch: run update_validators and finish_update first")]
    PoolStale,
    #[msg("The amount must be above zero")]
    ZeroAmount,
    #[msg("The deposit is below the pool's minimum")]
    BelowMinimumDeposit,
    #[msg("The amount is too small to be worth one unit of what it buys")]
    AmountTooSmall,
    #[msg("The outcome is below the minimum the caller accepts")]
    SlippageExceeded,
    #[msg("The reserve does not hold enough free SOL: order a delayed exit or withdraw stake")]
    ReserveInsufficient,
    #[msg("The result does not fit 64 bits, or more was asked for than there is")]
    Overflow,
    #[msg("The pool has shares but no value: nothing can be priced")]
    Insolvent,
    #[msg("The account is not this pool's reserve")]
    WrongReserve,
    #[msg("The account is not this pool's validator list")]
    WrongValidatorList,
    #[msg("The account is not this pool's LST mint")]
    WrongMint,
    #[msg("The account is not this pool's escrow")]
    WrongEscrow,
    #[msg("The account is not this pool's treasury")]
    WrongTreasury,
    #[msg("The account is not the token program of this pool's mint")]
    WrongTokenProgram,
    #[msg("The account is not the program or sysvar this place needs")]
    WrongProgramAccount,
    #[msg("The signer is not this pool's admin")]
    NotAdmin,
    #[msg("The signer is not this pool's delegation authority")]
    NotDelegationAuthority,
    #[msg("The ticket belongs to another pool")]
    WrongPool,
    #[msg("The account is not the ticket's owner")]
    NotTicketOwner,
    #[msg("The ticket is payable only after an update in a later epoch")]
    TicketNotReady,
    #[msg(
        "The mint must have 9 decimals, no supply, no freeze authority, the pool as its authority, and no extensions but metadata and a scaled UI amount that the pool sets"
    )]
    UnusableMint,
    #[msg("The token account must be initialized, of the pool's mint, and owned by the key this place needs")]
    UnusableTokenAccount,
    #[msg("The fee is above the cap in code")]
    FeeAboveCap,
    #[msg("The seed deposit is below the minimum")]
    SeedTooSmall,
    #[msg("The validator list must be new, empty and hold at most 5,000 records")]
    UnusableValidatorList,
    #[msg("The validator list is full")]
    ValidatorListFull,
    #[msg("No validator of this pool is at this index with this vote account: read the list again")]
    WrongValidatorIndex,
    #[msg("The validator is in the pool already")]
    ValidatorExists,
    #[msg("The account is not a vote account")]
    NotAVoteAccount,
    #[msg("The validator still holds stake of the pool")]
    ValidatorHoldsStake,
    #[msg("The account is not the stake account this validator's record names")]
    WrongStakeAccount,
    #[msg("The validator has stake in this transition already: try again next epoch")]
    TransientExists,
    #[msg("The validator has no stake that could be used this way")]
    StakeNotUsable,
    #[msg("The amount, or what it would leave behind, is below the chain's minimum delegation")]
    BelowMinimumDelegation,
    #[msg(
        "The destination must be a new stake account: owned by the stake program, uninitialized, rent-exempt"
    )]
    UnusableDestination,
    #[msg("The chain is still paying this epoch's rewards: try again in a few slots")]
    EpochRewardsActive,
    #[msg("This epoch's update has finished already")]
    AlreadyUpdated,
    #[msg("Not every validator has been updated this epoch")]
    UpdateIncomplete,
    #[msg("The mint's supply is above what the pool has recorded")]
    SupplyMismatch,
    #[msg("The chain did not answer as the program expects")]
    UnexpectedChainState,
    #[msg("The signer is not both staker and withdrawer of the stake account")]
    NotStakeAuthority,
    #[msg("The stake account is locked up")]
    StakeLockedUp,
    #[msg("The stake account must be delegated to this validator")]
    WrongDelegation,
    #[msg(
        "Stake can be deposited only while all of it, and of the pool's with this validator, is active: wait for the warm-up, or choose SOL"
    )]
    StakeNotActive,
    #[msg("The stake address is in use, or free already: there is nothing to clear")]
    AddressUsable,
    #[msg("The signer is not the proposed admin")]
    NotPendingAdmin,
    #[msg("The signer is not this pool's fee authority")]
    NotFeeAuthority,
    #[msg("The signer is not this pool's pauser or admin")]
    NotPauser,
    #[msg("The fee may not rise that much at once: raise it in steps")]
    FeeStepTooLarge,
    #[msg(
        "Deposits and instant exits are paused: order a delayed exit, withdraw stake, or wait for the pause to end"
    )]
    PoolPaused,
    #[msg("The pauser has paused not long ago: only the admin may pause again")]
    PauseTooSoon,
    #[msg("The deposit would take the pool above its cap")]
    TvlCapExceeded,
    #[msg("This pool takes deposits only with the signature of its deposit authority")]
    DepositAuthorityRequired,
    #[msg("The account is not this pool's rate history")]
    WrongRateHistory,
    #[msg("The account is not the mint of this pool's liquidity, or there is none")]
    WrongLpMint,
    #[msg("The pool has a liquidity pool already")]
    LiquidityPoolExists,
    #[msg("The share is above one whole")]
    ShareAboveOne,
    #[msg("More stake would be moved than this epoch's cap allows")]
    MovementCapExceeded,
    #[msg("The validator was retired by the admin: nothing is delegated to it any more")]
    ValidatorRetired,
    #[msg("The account is not the stake pool program, or not one that this pool converts tokens of")]
    UnknownStakePool,
    #[msg("The ticket must keep some shares, and give some away")]
    TicketNotDivisible,
}

impl From<PoolMathError> for PoolError {
    fn from(error: PoolMathError) -> Self {
        match error {
            PoolMathError::Overflow => PoolError::Overflow,
            PoolMathError::Insolvent => PoolError::Insolvent,
            PoolMathError::TooSmall => PoolError::AmountTooSmall,
            PoolMathError::Illiquid => PoolError::ReserveInsufficient,
        }
    }
}

/// Pool formulas fail with a [`PoolError`] in a handler's `?`.
pub trait OrPoolError<T> {
    fn or_pool_error(self) -> Result<T>;
}

impl<T> OrPoolError<T> for core::result::Result<T, PoolMathError> {
    #[inline(always)]
    fn or_pool_error(self) -> Result<T> {
        self.map_err(|error| PoolError::from(error).into())
    }
}

impl<T> OrPoolError<T> for Option<T> {
    /// `None` of a checked operation is an overflow.
    #[inline(always)]
    fn or_pool_error(self) -> Result<T> {
        self.ok_or_else(|| PoolError::Overflow.into())
    }
}
