//! A market and its positions.

use anchor_lang::prelude::*;
use sluice_money::{BPS_DENOMINATOR, Bps, Rounding};

use crate::errors::OrError;

/// What a market lends on, in basis points.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    AnchorDeserialize,
    AnchorSerialize,
    IdlType,
    bytemuck::Pod,
    bytemuck::Zeroable,
)]
#[repr(C)]
pub struct Terms {
    /// The most that may be owed when something is borrowed or unlocked, of the collateral's value.
    pub ltv_bps: u16,
    /// Above this share of the collateral's value a debt may be liquidated.
    pub liquidation_bps: u16,
    /// What a liquidator gets on top of what he pays.
    pub bonus_bps: u16,
}

impl Terms {
    /// Whether a debt that has just become liquidatable is worth less than its collateral, bonus and all.
    pub fn are_valid(&self) -> bool {
        let (ltv, liquidation) = (self.ltv_bps, self.liquidation_bps);
        ltv > 0
            && ltv < liquidation
            && liquidation.checked_add(self.bonus_bps).is_some_and(|sum| sum <= BPS_DENOMINATOR)
    }

    /// The most that may be owed on collateral of `value` lamports, rounded down.
    #[inline(always)]
    pub fn limit(&self, value: u64) -> Result<u64> {
        Bps::saturating(self.ltv_bps).of(value, Rounding::Floor).or_error()
    }

    /// The most that may be owed before a liquidation, rounded down.
    #[inline(always)]
    pub fn threshold(&self, value: u64) -> Result<u64> {
        Bps::saturating(self.liquidation_bps).of(value, Rounding::Floor).or_error()
    }

    /// What collateral a liquidator gets for `lamports`, in lamports, rounded down.
    #[inline(always)]
    pub fn with_bonus(&self, lamports: u64) -> Result<u64> {
        let bonus = Bps::saturating(self.bonus_bps).of(lamports, Rounding::Floor).or_error()?;
        lamports.checked_add(bonus).or_error()
    }
}

/// One lender's market over one pool. PDA `["market", pool, lender]`; it owns the collateral account and holds the
/// lender's SOL itself, above its rent, so that lending is a lamport move and no call.
#[account]
pub struct Market {
    pub pool: Address,
    pub lender: Address,
    /// Token account of the market for the pool's LST.
    pub collateral: Address,
    /// Lamports that can be lent. By its own record: what somebody sends to the market is not in it.
    pub cash: u64,
    /// Sum of all positions' debts, in lamports.
    pub lent: u64,
    /// Sum of all positions' shares, in base units of LST. By its own record, too.
    pub shares: u64,
    pub terms: Terms,
    pub bump: u8,
    pub _padding: [u8; 1],
}

const _: () = assert!(core::mem::size_of::<Market>() == 3 * 32 + 3 * 8 + 8);

/// One borrower's collateral and debt. PDA `["position", market, owner]`.
#[account]
pub struct Position {
    pub market: Address,
    pub owner: Address,
    /// Collateral, in base units of LST.
    pub shares: u64,
    /// Owed to the market, in lamports.
    pub debt: u64,
}

const _: () = assert!(core::mem::size_of::<Position>() == 2 * 32 + 2 * 8);

impl Market {
    /// Books collateral that came in.
    #[inline(always)]
    pub fn lock(&mut self, position: &mut Position, shares: u64) -> Result<()> {
        self.shares = self.shares.checked_add(shares).or_error()?;
        position.shares = position.shares.checked_add(shares).or_error()?;
        Ok(())
    }

    /// Books collateral that leaves. Errors: `InsufficientShares`.
    #[inline(always)]
    pub fn unlock(&mut self, position: &mut Position, shares: u64) -> Result<()> {
        use crate::errors::ComposerError::InsufficientShares;
        position.shares = position.shares.checked_sub(shares).ok_or(InsufficientShares)?;
        self.shares = self.shares.checked_sub(shares).or_error()?;
        Ok(())
    }

    /// Books a loan. Errors: `InsufficientCash`.
    #[inline(always)]
    pub fn lend(&mut self, position: &mut Position, lamports: u64) -> Result<()> {
        use crate::errors::ComposerError::InsufficientCash;
        self.cash = self.cash.checked_sub(lamports).ok_or(InsufficientCash)?;
        self.lent = self.lent.checked_add(lamports).or_error()?;
        position.debt = position.debt.checked_add(lamports).or_error()?;
        Ok(())
    }

    /// Books lamports that were paid back.
    #[inline(always)]
    pub fn settle(&mut self, position: &mut Position, lamports: u64) -> Result<()> {
        self.cash = self.cash.checked_add(lamports).or_error()?;
        self.lent = self.lent.checked_sub(lamports).or_error()?;
        position.debt = position.debt.checked_sub(lamports).or_error()?;
        Ok(())
    }
}
