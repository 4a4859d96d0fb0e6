//! Everything this program can refuse, append-only: a client may match on the number.

use anchor_lang::prelude::*;
use sluice_vault_math::MathError;

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
        "An epoch count is outside the range in code, or the allocation cool-down is not longer than two request lifetimes"
    )]
    WindowOutOfRange,
    #[msg("The slash cap must be between 1 and 5,000 basis points")]
    SlashCapOutOfRange,
    #[msg(
        "The account is not the token program this place needs: SPL Token or Token-2022, the one that owns the mint"
    )]
    WrongTokenProgram,
    #[msg("The collateral must be an initialized mint without extensions, and not wrapped SOL")]
    UnusableCollateralMint,
    #[msg(
        "The VRT mint must have the collateral's decimals, no supply, no freeze authority, no extensions, and the vault as its authority"
    )]
    UnusableVrtMint,
    #[msg(
        "The vault's token accounts must be initialized, of the right mint, owned by the vault, without delegate or close authority"
    )]
    UnusableVaultAccount,
    #[msg("The account is not this vault's VRT mint")]
    WrongVrtMint,
    #[msg("The account is not this vault's collateral mint")]
    WrongCollateralMint,
    #[msg("The account is not this vault's collateral account")]
    WrongCollateralAccount,
    #[msg("The account is not this vault's VRT escrow, or is the escrow where it must not be")]
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
    #[msg("The recipient must be a token account of the ticket's owner and of the vault's collateral")]
    WrongRecipient,
    #[msg("The ticket's cool-down is not over")]
    CooldownNotOver,
    #[msg("A slash request is open: tickets wait until it is executed, vetoed or expired")]
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
    #[msg("The vault does not hold that much collateral that is neither allocated nor on its way out")]
    OverAllocated,
    #[msg("The beneficiary must be a token account of the collateral, and not one of the vault")]
    UnusableBeneficiary,
    #[msg("The account is not the beneficiary this allocation was agreed with")]
    WrongBeneficiary,
    #[msg("The allocation does not have that much left that is not cooling down already")]
    DeallocationTooLarge,
    #[msg(
        "An operator or a service leaves with all that is not cooling down yet: only the delegation admin takes a part"
    )]
    PartialExit,
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
    #[msg("Nothing can be taken in this epoch: its slash cap is used up")]
    NothingToSlash,
    #[msg("The account is not the one that paid the request's rent")]
    WrongRentReceiver,
}

impl From<MathError> for VaultError {
    fn from(error: MathError) -> Self {
        // A division by zero is a vault that holds nothing: whatever is asked of it is more than there is.
        match error {
            MathError::Overflow | MathError::DivisionByZero => VaultError::Overflow,
        }
    }
}

/// Vault formulas fail with a [`VaultError`] in a handler's `?`.
pub trait OrVaultError<T> {
    fn or_vault_error(self) -> Result<T>;
}

impl<T> OrVaultError<T> for core::result::Result<T, MathError> {
    #[inline(always)]
    fn or_vault_error(self) -> Result<T> {
        self.map_err(|error| VaultError::from(error).into())
    }
}

impl<T> OrVaultError<T> for Option<T> {
    /// `None` of a checked operation is an overflow.
    #[inline(always)]
    fn or_vault_error(self) -> Result<T> {
        self.ok_or_else(|| VaultError::Overflow.into())
    }
}
