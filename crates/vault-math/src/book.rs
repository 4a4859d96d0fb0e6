//! The share price: how much collateral stands behind how many VRT.

use crate::CollateralAmount;
use sluice_money::{MathError, Rounding, VrtAmount, mul_div};

/// `supply` VRT share `assets` evenly, those waiting in tickets and the locked seed included.
///
/// Invariant: `assets / supply` never falls by [`Book::deposit`] or [`Book::redeem`]; [`Book::slash`] alone
/// lowers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Book {
    /// Collateral by the vault's own record. Tokens sent to its account by anyone else are not in it, so a
    /// donation moves no price.
    pub assets: CollateralAmount,
    /// VRT by the vault's own record. VRT their holder burns stay counted: burning moves no price either.
    pub supply: VrtAmount,
}

/// A deposit's outcome: `after.assets = before.assets + amount`, `after.supply = before.supply + minted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deposited {
    pub after: Book,
    pub minted: VrtAmount,
}

/// A redemption's outcome: `after.assets = before.assets - paid`, `after.supply = before.supply - vrt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redeemed {
    pub after: Book,
    pub paid: CollateralAmount,
}

impl Book {
    /// The opening entry: one VRT for each unit of the seed, locked for ever.
    ///
    /// The seed keeps `supply` above zero, and whoever inflates the price gives the seed its share of the cost.
    #[inline]
    pub const fn seeded(seed: CollateralAmount) -> Self {
        Self { assets: seed, supply: VrtAmount(seed.0) }
    }

    /// VRT that `amount` buys: `amount * supply / assets`, rounded down.
    ///
    /// Errors: [`MathError::DivisionByZero`] without assets, [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub fn vrt_for(self, amount: CollateralAmount) -> Result<VrtAmount, MathError> {
        mul_div(amount.0, self.supply.0, self.assets.0, Rounding::Floor).map(VrtAmount)
    }

    /// Collateral that `vrt` stand for: `vrt * assets / supply`, rounded down.
    ///
    /// Errors: [`MathError::DivisionByZero`] without supply, [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub fn value_of(self, vrt: VrtAmount) -> Result<CollateralAmount, MathError> {
        mul_div(vrt.0, self.assets.0, self.supply.0, Rounding::Floor).map(CollateralAmount)
    }

    /// Takes `amount` in and mints at the price before it. Errors as [`Book::vrt_for`].
    #[inline]
    pub fn deposit(self, amount: CollateralAmount) -> Result<Deposited, MathError> {
        let minted = self.vrt_for(amount)?;
        let after = Self { assets: self.assets.add(amount)?, supply: self.supply.add(minted)? };
        Ok(Deposited { after, minted })
    }

    /// Burns `vrt` and pays out their value. Errors as [`Book::value_of`]; [`MathError::Overflow`] when `vrt`
    /// exceed the supply.
    #[inline]
    pub fn redeem(self, vrt: VrtAmount) -> Result<Redeemed, MathError> {
        let paid = self.value_of(vrt)?;
        let after = Self { assets: self.assets.sub(paid)?, supply: self.supply.sub(vrt)? };
        Ok(Redeemed { after, paid })
    }

    /// Burns `vrt` and pays out what they would be worth if only `left` of the assets were: for whoever does not wait
    /// to see what is slashed. Rounded down. Errors as [`Book::redeem`], and where `left` exceeds the assets.
    #[inline]
    pub fn redeem_at_worst(self, vrt: VrtAmount, left: CollateralAmount) -> Result<Redeemed, MathError> {
        self.assets.sub(left)?;
        let paid = Self { assets: left, ..self }.value_of(vrt)?;
        let after = Self { assets: self.assets.sub(paid)?, supply: self.supply.sub(vrt)? };
        Ok(Redeemed { after, paid })
    }

    /// Takes `amount` from everybody at once, in proportion to the VRT they hold.
    ///
    /// Errors: [`MathError::Overflow`] above the assets.
    #[inline]
    pub fn slash(self, amount: CollateralAmount) -> Result<Self, MathError> {
        Ok(Self { assets: self.assets.sub(amount)?, supply: self.supply })
    }

    /// Collateral that services may rely on: the value of all VRT but the `queued` ones, which are on their way
    /// out. Rounded down. Errors as [`Book::value_of`]; [`MathError::Overflow`] when `queued` exceed the supply.
    #[inline]
    pub fn staying(self, queued: VrtAmount) -> Result<CollateralAmount, MathError> {
        self.value_of(self.supply.sub(queued)?)
    }
}
