//! Everything this program can refuse, append-only: a client may match on the number.

use anchor_lang::prelude::*;
use sluice_pool_math::PoolMathError;
use sluice_vault_math::{FeeRefusal, MathError};

#[error_code]
pub enum VaultError {
    #[msg("The amount must be above zero")]
    ZeroAmount,
    #[msg("The outcome is below the minimum the caller accepts")]
    SlippageExceeded,
    #[msg("The result does not fit 64 bits, or more was asked for than there is")]
    Overflow,
    #[msg("The deposit is below the vault's minimum, or too small to buy one unit of VRT")]
    DepositTooSmall,
    #[msg("The seed deposit is below the minimum in code")]
    SeedTooSmall,
    #[msg(
        "An epoch or slot count is outside the range in code, the warm-up is shorter than a ticket's cool-down, or the allocation cool-down is not longer than two request lifetimes"
    )]
    WindowOutOfRange,
    #[msg("The slash cap must be between 1 and 5,000 basis points")]
    SlashCapOutOfRange,
    #[msg(
        "The account is not the token program this place needs: SPL Token or Token-2022, the one that owns the mint"
    )]
    WrongTokenProgram,
    #[msg("The collateral must be an initialized mint, and not wrapped SOL")]
    UnusableCollateralMint,
    #[msg(
        "The VRT mint must have the collateral's decimals, no supply, no freeze authority, no extensions but metadata, and the vault as its authority"
    )]
    UnusableVrtMint,
    #[msg(
        "The token account must be initialized, of the right mint and owner, without delegate or close authority, and without an extension that lets it refuse transfers"
    )]
    UnusableVaultAccount,
    #[msg("The account is not one of this vault's VRT mints")]
    WrongVrtMint,
    #[msg("The account is not this vault's collateral mint")]
    WrongCollateralMint,
    #[msg("The account is not this vault's collateral account")]
    WrongCollateralAccount,
    #[msg("The account is not the VRT escrow of these shares, or is an escrow where it must not be")]
    WrongVrtEscrow,
    #[msg("The account belongs to another vault")]
    WrongVault,
    #[msg("The account belongs to another operator")]
    WrongOperator,
    #[msg("The account belongs to another service")]
    WrongService,
    #[msg("The request is about another allocation")]
    WrongAllocation,
    #[msg("The account is not the ticket's owner")]
    NotTicketOwner,
    #[msg("The recipient must be a token account of the right mint and of who is to be paid")]
    WrongRecipient,
    #[msg("The ticket's cool-down is not over")]
    CooldownNotOver,
    #[msg("A slash request is open: who leaves waits until it is executed, vetoed or expired")]
    PendingSlash,
    #[msg("The signer is not the vault's delegation admin")]
    NotDelegationAdmin,
    #[msg("The signer is not the operator's authority")]
    NotOperatorAuthority,
    #[msg("The signer is not the service's authority")]
    NotServiceAuthority,
    #[msg("The signer is not the vault's resolver")]
    NotResolver,
    #[msg(
        "The signer is neither the vault's delegation admin nor the operator's nor the service's authority"
    )]
    NotAllocationParty,
    #[msg(
        "The vault does not hold that much collateral that can be slashed, is not allocated and not on its way out"
    )]
    OverAllocated,
    #[msg("The beneficiary must be a token account of the collateral, and not one of the vault")]
    UnusableBeneficiary,
    #[msg("The account is not the beneficiary this allocation was agreed with")]
    WrongBeneficiary,
    #[msg("The allocation does not have that much left that is not cooling down already")]
    DeallocationTooLarge,
    #[msg("Nothing of this allocation is cooling down")]
    NothingCooling,
    #[msg("The allocation's cool-down is not over")]
    StillCooling,
    #[msg("The allocation has an open slash request")]
    RequestOpen,
    #[msg("The allocation was under request too recently: see its next_request_epoch")]
    RequestTooSoon,
    #[msg("The request asks for more than the allocation puts at risk")]
    SlashTooLarge,
    #[msg("The veto window is over")]
    VetoWindowOver,
    #[msg("The veto window is not over")]
    VetoWindowOpen,
    #[msg("The request has expired: it can only be closed")]
    RequestExpired,
    #[msg("The request has not expired")]
    RequestNotExpired,
    #[msg("Nothing can be taken: this epoch's slash cap is used up, or all there is is shielded")]
    NothingToSlash,
    #[msg("The account is not the one that paid the request's rent")]
    WrongRentReceiver,
    #[msg("The collateral's transfers call a program of somebody's choice")]
    CollateralHasTransferHook,
    #[msg("Somebody can take the collateral out of any account")]
    CollateralHasPermanentDelegate,
    #[msg("The collateral cannot be transferred")]
    CollateralNotTransferable,
    #[msg("Somebody can pause the collateral's transfers")]
    CollateralPausable,
    #[msg("New accounts of the collateral may begin frozen")]
    CollateralMayBeginFrozen,
    #[msg("Balances of the collateral can be hidden")]
    CollateralConfidential,
    #[msg("The collateral has an extension that this program does not know")]
    CollateralExtensionUnknown,
    #[msg("The account is not the staking pool of this vault, or that pool does not issue its collateral")]
    WrongStakingPool,
    #[msg("This needs the staking pool that issues the collateral: name it, or open the vault with one")]
    StakingPoolMissing,
    #[msg("The staking pool has not been updated in this epoch")]
    PoolStale,
    #[msg("The vault would hold more collateral than its capacity")]
    CapacityExceeded,
    #[msg("The vault would hold more of what the staking pool has issued than its limit allows")]
    LeverageExceeded,
    #[msg("A share is above its cap in code")]
    ShareAboveCap,
    #[msg("Deposits and instant exits are paused")]
    Paused,
    #[msg("The signer is not the vault's admin")]
    NotAdmin,
    #[msg("The signer is not the proposed admin")]
    NotPendingAdmin,
    #[msg("The signer is neither the vault's pauser nor its admin")]
    NotPauser,
    #[msg("The pauser has paused too recently: see the vault's pausable_from_epoch")]
    PauseTooSoon,
    #[msg("The fee is above its cap in code")]
    FeeAboveCap,
    #[msg("The fee may not rise by that much at once")]
    FeeStepTooLarge,
    #[msg("The account is not where the vault's fee goes")]
    WrongFeeAccount,
    #[msg("Junior shares need a vault that has none, is not shielded, and in which nobody has deposited yet")]
    JuniorRefused,
    #[msg("The junior shares have lost everything: nothing can be deposited for them")]
    JuniorWipedOut,
    #[msg("Vault, operator and service have not all opted in")]
    NotOptedIn,
    #[msg("The VRT must lie in an account of who gives them up")]
    NotVrtOwner,
    #[msg("A distribution needs between 1 and 8,192 leaves")]
    LeavesOutOfRange,
    #[msg("The distribution has expired")]
    DistributionExpired,
    #[msg("The distribution has not expired")]
    DistributionNotExpired,
    #[msg("The account is not the one the distribution keeps its tokens in, or not of its mint")]
    WrongDistributionAccount,
    #[msg("The proof does not lead to the distribution's root")]
    WrongProof,
    #[msg("This leaf has been claimed")]
    AlreadyClaimed,
    #[msg("The distribution does not hold that much any more")]
    DistributionExhausted,
    #[msg("The account is not who created the distribution")]
    WrongCreator,
}

impl From<MathError> for VaultError {
    fn from(error: MathError) -> Self {
        // A division by zero is a vault that holds nothing: whatever is asked of it is more than there is.
        match error {
            MathError::Overflow | MathError::DivisionByZero => VaultError::Overflow,
        }
    }
}

impl From<FeeRefusal> for VaultError {
    fn from(refusal: FeeRefusal) -> Self {
        match refusal {
            FeeRefusal::AboveCap => VaultError::FeeAboveCap,
            FeeRefusal::StepTooLarge => VaultError::FeeStepTooLarge,
            FeeRefusal::Overflow => VaultError::Overflow,
        }
    }
}

impl From<PoolMathError> for VaultError {
    // A pool that cannot be valued: whatever is asked of it is more than there is.
    fn from(_: PoolMathError) -> Self {
        VaultError::Overflow
    }
}

/// Formulas fail with a [`VaultError`] in a handler's `?`.
pub trait OrVaultError<T> {
    fn or_vault_error(self) -> Result<T>;
}

impl<T, E: Into<VaultError>> OrVaultError<T> for core::result::Result<T, E> {
    #[inline(always)]
    fn or_vault_error(self) -> Result<T> {
        self.map_err(|error| error.into().into())
    }
}

impl<T> OrVaultError<T> for Option<T> {
    /// `None` of a checked operation is an overflow.
    #[inline(always)]
    fn or_vault_error(self) -> Result<T> {
        self.ok_or_else(|| VaultError::Overflow.into())
    }
}
