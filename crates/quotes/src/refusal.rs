//! Why an instruction would fail, by the programs' own numbers.

use sluice_money::MathError;
use sluice_pool_math::PoolMathError;

/// Which program would refuse, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Pool(PoolRefusal),
    Vault(VaultRefusal),
}

/// Errors of the staking pool that a quote can meet: a part of its list, with the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum PoolRefusal {
    PoolStale = 6000,
    ZeroAmount = 6001,
    BelowMinimumDeposit = 6002,
    AmountTooSmall = 6003,
    ReserveInsufficient = 6005,
    Overflow = 6006,
    Insolvent = 6007,
    WrongStakeAccount = 6030,
    StakeNotUsable = 6032,
    BelowMinimumDelegation = 6033,
    PoolPaused = 6049,
    TvlCapExceeded = 6051,
    WrongLpMint = 6054,
    ShareAboveOne = 6056,
}

/// The same of the restaking vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum VaultRefusal {
    ZeroAmount = 6000,
    SlippageExceeded = 6001,
    Overflow = 6002,
    DepositTooSmall = 6003,
    WrongVrtMint = 6011,
    CooldownNotOver = 6021,
    PendingSlash = 6022,
    WrongStakingPool = 6050,
    StakingPoolMissing = 6051,
    PoolStale = 6052,
    CapacityExceeded = 6053,
    LeverageExceeded = 6054,
    Paused = 6056,
    JuniorWipedOut = 6065,
}

impl Refusal {
    /// The number that the program would return.
    pub const fn code(self) -> u32 {
        match self {
            Self::Pool(refusal) => refusal.code(),
            Self::Vault(refusal) => refusal.code(),
        }
    }
}

impl PoolRefusal {
    pub const fn code(self) -> u32 {
        #[allow(clippy::as_conversions, reason = "a fieldless enum of this representation")]
        let code = self as u32;
        code
    }
}

impl VaultRefusal {
    pub const fn code(self) -> u32 {
        #[allow(clippy::as_conversions, reason = "a fieldless enum of this representation")]
        let code = self as u32;
        code
    }
}

impl From<PoolRefusal> for Refusal {
    fn from(refusal: PoolRefusal) -> Self {
        Self::Pool(refusal)
    }
}

impl From<VaultRefusal> for Refusal {
    fn from(refusal: VaultRefusal) -> Self {
        Self::Vault(refusal)
    }
}

impl From<PoolMathError> for Refusal {
    fn from(error: PoolMathError) -> Self {
        Self::Pool(match error {
            PoolMathError::Overflow => PoolRefusal::Overflow,
            PoolMathError::Insolvent => PoolRefusal::Insolvent,
            PoolMathError::TooSmall => PoolRefusal::AmountTooSmall,
            PoolMathError::Illiquid => PoolRefusal::ReserveInsufficient,
        })
    }
}

/// Formulas of the vault fail as its program does, whichever error it is.
pub(crate) trait OrVault<T> {
    fn or_vault(self) -> Result<T, Refusal>;
}

impl<T> OrVault<T> for Result<T, MathError> {
    fn or_vault(self) -> Result<T, Refusal> {
        self.map_err(|_| VaultRefusal::Overflow.into())
    }
}

impl<T> OrVault<T> for Result<T, PoolMathError> {
    fn or_vault(self) -> Result<T, Refusal> {
        self.map_err(|_| VaultRefusal::Overflow.into())
    }
}

/// `None` of a checked operation is an overflow.
pub(crate) fn fits<T>(result: Option<T>) -> Result<T, Refusal> {
    result.ok_or(Refusal::Pool(PoolRefusal::Overflow))
}

/// Refuses where a condition does not hold.
pub(crate) fn require(holds: bool, refusal: impl Into<Refusal>) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal.into()) }
}
