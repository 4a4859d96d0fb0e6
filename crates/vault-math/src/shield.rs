//! The principal shield: what depositors brought, remembered in SOL, is out of every slash's reach.

use crate::CollateralAmount;
use sluice_money::{Lamports, MathError, Rounding, VrtAmount, mul_div};

/// The staking pool's word for what the collateral is worth: `lamports` stand behind `supply` base units of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub lamports: Lamports,
    pub supply: CollateralAmount,
}

impl Rate {
    /// Lamports that `amount` is worth, rounded down. Errors: those of [`mul_div`].
    #[inline]
    pub fn lamports_of(self, amount: CollateralAmount) -> Result<Lamports, MathError> {
        mul_div(amount.0, self.lamports.0, self.supply.0, Rounding::Floor).map(Lamports)
    }

    /// Collateral that is worth at least `lamports`, rounded up. Errors: those of [`mul_div`].
    #[inline]
    pub fn collateral_for(self, lamports: Lamports) -> Result<CollateralAmount, MathError> {
        mul_div(lamports.0, self.supply.0, self.lamports.0, Rounding::Ceil).map(CollateralAmount)
    }
}

/// What the holders of all shares together brought, in SOL.
///
/// Invariants: while the collateral is worth the principal, no deposit and no redemption lowers `principal / supply`, to
/// the lamport that a deposit's value is rounded by; a slash within [`Shield::exposed`] leaves collateral worth at least
/// `principal`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shield {
    pub principal: Lamports,
}

impl Shield {
    /// Remembers a deposit, its value rounded down: what is remembered is never more than what is there. Errors: those of [`mul_div`].
    #[inline]
    pub fn deposit(self, amount: CollateralAmount, rate: Rate) -> Result<Self, MathError> {
        Ok(Self { principal: self.principal.add(rate.lamports_of(amount)?)? })
    }

    /// Forgets the part of `vrt` out of `supply`, rounded down. Errors: those of [`mul_div`].
    #[inline]
    pub fn redeem(self, vrt: VrtAmount, supply: VrtAmount) -> Result<Self, MathError> {
        let part = mul_div(self.principal.0, vrt.0, supply.0, Rounding::Floor)?;
        Ok(Self { principal: self.principal.sub(Lamports(part))? })
    }

    /// What a slash may take of `assets`: the yield above the principal. Nothing where the pool has lost so much that
    /// the principal is not covered. Errors: those of [`mul_div`].
    #[inline]
    pub fn exposed(self, assets: CollateralAmount, rate: Rate) -> Result<CollateralAmount, MathError> {
        Ok(assets.saturating_sub(rate.collateral_for(self.principal)?))
    }
}
