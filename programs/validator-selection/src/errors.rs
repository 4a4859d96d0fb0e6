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
    #[msg("An allocation is under way: send allocate until it is done, then try again")]
    AllocationRunning,
    #[msg("The account is not the ranking of this selection")]
    WrongRanking,
    #[msg("The vault must be a plain token account of the selection for the pool's LST")]
    UnusableVault,
    #[msg("The account is not the vault of this selection")]
    WrongVault,
    #[msg("The account is not the mint of this selection's pool")]
    WrongMint,
    #[msg("The account is not the token program of this selection's pool")]
    WrongTokenProgram,
    #[msg("LST owned by the incinerator or the system program can be burnt by anybody and counts for nobody")]
    UnusableTokenAccount,
    #[msg("Another candidate has this validator identity")]
    IdentityTaken,
    #[msg("The candidate's identity needs no confirmation")]
    IdentityKnown,
    #[msg(
        "The vote account is not there any more, or has another identity than was observed: observe it again"
    )]
    IdentityChanged,
    #[msg("The signer is not the oracle that groups validators")]
    NotOracle,
    #[msg("There is no such group: hosting providers are numbered to 255, countries to 63, and 0 is none")]
    UnknownGroup,
    #[msg("The amount must be above zero")]
    ZeroAmount,
    #[msg("Joining takes a larger bond")]
    BondTooSmall,
    #[msg("The bond, less what is leaving already, is smaller than that")]
    InsufficientBond,
    #[msg("The signer is not who may take this bond back: the authorized withdrawer of the vote account")]
    NotBondOwner,
    #[msg("The bond's notice is not over")]
    BondNotReleased,
    #[msg("This epoch's charges are not known or not paid yet: observe, allocate and settle first")]
    NotSettled,
    #[msg("The candidate still has a bond: its owner can take it back")]
    StillBonded,
    #[msg("The bid is above the highest that is taken: 1,000,000 lamports per SOL and epoch")]
    BidTooHigh,
    #[msg("The places are outside of the registry")]
    WrongRange,
    #[msg("The account is no direction of this selection, or another validator's")]
    WrongDirection,
    #[msg("The signer is not the owner of the directed stake")]
    NotDirectionOwner,
    #[msg("The directed amount is below the least that is taken: 0.1 LST")]
    DirectionTooSmall,
    #[msg("The directed stake was taken back already")]
    AlreadyReleasing,
    #[msg("The directed stake was not taken back, or its cool-down is not over")]
    DirectionNotReleased,
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

impl<T> OrOverflow<T> for core::result::Result<T, sluice_pool_math::PoolMathError> {
    #[inline(always)]
    fn or_overflow(self) -> Result<T> {
        self.map_err(|_| SelectionError::Overflow.into())
    }
}
