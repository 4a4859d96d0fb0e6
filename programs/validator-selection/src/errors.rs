//! Everything this program can refuse, append-only: a client may match on the number.

use anchor_lang::prelude::*;

#[error_code]
pub enum SelectionError {
    #[msg("The pool has not been updated this epoch: run its update_validators and finish_update first")]
    PoolStale,
    #[msg("This epoch's allocation was made already")]
    AlreadyAllocated,
    #[msg("Nobody has observed any candidate this epoch: run observe first")]
    NotObserved,
    #[msg("Some candidates were not observed this epoch: observe them, or wait for the grace period to end")]
    NotAllObserved,
    #[msg("No allocation was made this epoch: run allocate first")]
    NotAllocated,
    #[msg("The chain is still paying this epoch's rewards: try again in a few slots")]
    EpochRewardsActive,
    #[msg("The account is not the pool of this selection")]
    WrongPool,
    #[msg("The account is not the registry of this selection")]
    WrongRegistry,
    #[msg("The account is not the validator list of this selection's pool")]
    WrongValidatorList,
    #[msg("The account is not the reserve of this selection's pool")]
    WrongReserve,
    #[msg("The account is not the program or sysvar this place needs")]
    WrongProgramAccount,
    #[msg("The signer is not the admin")]
    NotAdmin,
    #[msg("The signer is not the admin that was proposed")]
    NotPendingAdmin,
    #[msg("The signer is neither the node nor the authorized withdrawer of the vote account")]
    NotTheValidator,
    #[msg("A parameter is outside its bounds")]
    InvalidParams,
    #[msg("The registry must be new, empty and hold 1 to 5,000 candidates")]
    UnusableRegistry,
    #[msg("The registry is full")]
    RegistryFull,
    #[msg("The vote account is a candidate already")]
    AlreadyJoined,
    #[msg("The account is not an initialized vote account")]
    NotAVoteAccount,
    #[msg("The vote account has too few epochs with credits")]
    NotEnoughHistory,
    #[msg("No candidate is at this index with this vote account: read the registry again")]
    WrongCandidate,
    #[msg(
        "The accounts do not fit the batch: one vote account for each to observe, three accounts for each to rebalance"
    )]
    WrongAccountCount,
    #[msg("The candidate is still in the pool's list: rebalance it first")]
    StillInPool,
    #[msg("The candidate neither left eight epochs ago nor stopped voting for ten, or it is banned")]
    NotRemovable,
    #[msg("The result does not fit 64 bits")]
    Overflow,
}

/// `None` of a checked operation is an overflow.
pub trait OrOverflow<T> {
    fn or_overflow(self) -> Result<T>;
}

impl<T> OrOverflow<T> for Option<T> {
    #[inline(always)]
    fn or_overflow(self) -> Result<T> {
        self.ok_or_else(|| SelectionError::Overflow.into())
    }
}

impl<T> OrOverflow<T> for core::result::Result<T, sluice_money::MathError> {
    #[inline(always)]
    fn or_overflow(self) -> Result<T> {
        self.map_err(|_| SelectionError::Overflow.into())
    }
}
