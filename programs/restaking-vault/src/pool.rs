//! Everything this program knows of the staking pool: what its tokens are worth, how many there are, and two calls.
//!
//! The pool validates every account of a call itself; this program has validated that the program is the pool's.

use anchor_lang::prelude::*;
use pinocchio::cpi::{CpiAccount, invoke_signed_unchecked};
use pinocchio::instruction::{InstructionAccount, InstructionView};
use sluice_pool_math::Liquidity;
use sluice_vault_math::{Bps, CollateralAmount, Lamports, Rate, Rounding};
use staking_pool::instruction::{DepositSol, OrderUnstake};
use staking_pool::state::Pool;

use crate::errors::{OrVaultError, VaultError};
use crate::state::Vault;

const DEPOSIT_SOL: u8 = discriminator::<DepositSol>();
const ORDER_UNSTAKE: u8 = discriminator::<OrderUnstake>();

/// The first byte of an instruction's data, taken from the pool's own program.
const fn discriminator<I: Discriminator>() -> u8 {
    match I::DISCRIMINATOR {
        [byte] => *byte,
        _ => 0,
    }
}

// Zero is one of the pool's views.
const _: () = assert!(DEPOSIT_SOL != 0 && ORDER_UNSTAKE != 0);

/// Whether `pool` issues the collateral: 0 as its LST, 1 as its liquidity token. Errors: `WrongStakingPool`.
pub fn issues(pool: &Pool, collateral_mint: &Address) -> Result<u8> {
    if pool.lst_mint == *collateral_mint {
        return Ok(0);
    }
    let has_liquidity = pool.lp_mint != Address::default();
    require!(has_liquidity && pool.lp_mint == *collateral_mint, VaultError::WrongStakingPool);
    Ok(1)
}

/// The vault's staking pool among an instruction's accounts.
///
/// Errors: `StakingPoolMissing` where the vault has none or it was not named, `WrongStakingPool` where another was.
#[inline(always)]
pub fn of<'a>(vault: &Vault, named: Option<&'a Account<Pool>>) -> Result<&'a Account<Pool>> {
    require!(vault.staking_pool != Address::default(), VaultError::StakingPoolMissing);
    let pool = named.ok_or(VaultError::StakingPoolMissing)?;
    require!(*pool.address() == vault.staking_pool, VaultError::WrongStakingPool);
    Ok(pool)
}

/// What the pool's token that the vault holds is worth now. The liquidity token's SOL and shares are each rounded down.
///
/// Errors: `Overflow` for a pool that cannot be valued.
#[inline(always)]
pub fn rate(vault: &Vault, pool: &Pool, slot: u64) -> Result<Rate> {
    let ledger = pool.ledger().at(slot).or_vault_error()?;
    if vault.of_liquidity == 0 {
        let supply = CollateralAmount(ledger.supply.0);
        return Ok(Rate { lamports: ledger.value().or_vault_error()?, supply });
    }
    let Liquidity { lamports, shares, supply } = pool.liquidity();
    let shares = ledger.lamports_for(shares).or_vault_error()?;
    Ok(Rate { lamports: lamports.add(shares).or_vault_error()?, supply: CollateralAmount(supply.0) })
}

/// The rate of a pool whose update of this epoch is done. Errors: `PoolStale`, and as [`rate`].
#[inline(always)]
pub fn fresh_rate(vault: &Vault, pool: &Pool, clock: &Clock) -> Result<Rate> {
    require!(pool.updated_epoch == clock.epoch, VaultError::PoolStale);
    rate(vault, pool, clock.slot)
}

/// What of the vault can be slashed: everything, or the yield above a shielded principal.
///
/// Errors: those of [`of`] and [`fresh_rate`], for a shielded vault only.
#[inline(always)]
pub fn exposed(vault: &Vault, named: Option<&Account<Pool>>, clock: &Clock) -> Result<CollateralAmount> {
    let total = vault.total_assets().or_vault_error()?;
    if vault.shielded == 0 {
        return Ok(total);
    }
    let rate = fresh_rate(vault, of(vault, named)?, clock)?;
    vault.shield().exposed(total, rate).or_vault_error()
}

/// Takes note of `credited` collateral that the vault now holds: its capacity, its limit of leverage, and the principal.
///
/// Errors: `CapacityExceeded`, `LeverageExceeded`, and those of [`of`] and [`fresh_rate`].
#[inline(always)]
pub fn admit(
    vault: &mut Vault,
    named: Option<&Account<Pool>>,
    clock: &Clock,
    credited: CollateralAmount,
) -> Result<()> {
    let total = vault.total_assets().or_vault_error()?;
    require!(total.0 <= vault.capacity, VaultError::CapacityExceeded);
    if vault.leverage_bps == 0 && vault.shielded == 0 {
        return Ok(());
    }
    let rate = fresh_rate(vault, of(vault, named)?, clock)?;
    if vault.leverage_bps > 0 {
        let most = Bps::saturating(vault.leverage_bps).of(rate.supply.0, Rounding::Floor).or_vault_error()?;
        require!(total.0 <= most, VaultError::LeverageExceeded);
    }
    if vault.shielded == 1 {
        let Lamports(principal) = vault.shield().deposit(credited, rate).or_vault_error()?.principal;
        vault.principal_lamports = principal;
    }
    Ok(())
}

/// Accounts of the pool's `deposit_sol`, for a depositor without referrer, in a pool anyone may deposit into.
pub struct DepositSolCall<'a> {
    pub pool: &'a AccountView,
    pub user: &'a AccountView,
    pub reserve: &'a AccountView,
    pub lst_mint: &'a AccountView,
    pub to: &'a AccountView,
    pub token_program: &'a AccountView,
    pub system_program: &'a AccountView,
    /// The pool's program. In the place of an optional account it says that there is none.
    pub pool_program: &'a AccountView,
}

impl DepositSolCall<'_> {
    /// `lamports` of `user`, who signed, become LST in `to`.
    #[inline(always)]
    pub fn invoke(&self, lamports: u64) {
        invoke(
            [
                InstructionAccount::writable(self.pool.address()),
                InstructionAccount::writable_signer(self.user.address()),
                InstructionAccount::writable(self.reserve.address()),
                InstructionAccount::writable(self.lst_mint.address()),
                InstructionAccount::writable(self.to.address()),
                InstructionAccount::readonly(self.token_program.address()),
                InstructionAccount::readonly(self.system_program.address()),
                InstructionAccount::readonly(self.pool_program.address()),
                InstructionAccount::readonly(self.pool_program.address()),
            ],
            [
                self.pool,
                self.user,
                self.reserve,
                self.lst_mint,
                self.to,
                self.token_program,
                self.system_program,
                self.pool_program,
                self.pool_program,
            ],
            &two_amounts(DEPOSIT_SOL, lamports, 0),
        );
    }
}

/// Accounts of the pool's `order_unstake`.
pub struct OrderUnstakeCall<'a> {
    pub pool: &'a AccountView,
    pub user: &'a AccountView,
    pub user_lst: &'a AccountView,
    pub escrow: &'a AccountView,
    pub ticket: &'a AccountView,
    pub token_program: &'a AccountView,
    pub system_program: &'a AccountView,
}

impl OrderUnstakeCall<'_> {
    /// `shares` in `user_lst` go under `ticket`, worth at least `min_out` lamports. `user` and `ticket` signed.
    #[inline(always)]
    pub fn invoke(&self, shares: u64, min_out: u64) {
        invoke(
            [
                InstructionAccount::writable(self.pool.address()),
                InstructionAccount::writable_signer(self.user.address()),
                InstructionAccount::writable(self.user_lst.address()),
                InstructionAccount::writable(self.escrow.address()),
                InstructionAccount::writable_signer(self.ticket.address()),
                InstructionAccount::readonly(self.token_program.address()),
                InstructionAccount::readonly(self.system_program.address()),
            ],
            [
                self.pool,
                self.user,
                self.user_lst,
                self.escrow,
                self.ticket,
                self.token_program,
                self.system_program,
            ],
            &two_amounts(ORDER_UNSTAKE, shares, min_out),
        );
    }
}

/// Invokes the pool's program with one account view per meta, in the same order.
#[inline(always)]
fn invoke<const N: usize>(metas: [InstructionAccount; N], views: [&AccountView; N], data: &[u8]) {
    let accounts = views.map(CpiAccount::from);
    let instruction = InstructionView { program_id: &staking_pool::ID, accounts: &metas, data };
    // SAFETY: the metas and views describe the same accounts in the same order. Typed wrappers over these accounts hold
    // no copies of their bytes, so what the pool writes is what they read afterwards.
    unsafe { invoke_signed_unchecked(&instruction, &accounts, &[]) }
}

/// A discriminator and two amounts, little endian.
#[inline(always)]
fn two_amounts(discriminator: u8, first: u64, second: u64) -> [u8; 17] {
    let [a, b, c, d, e, f, g, h] = first.to_le_bytes();
    let [i, j, k, l, m, n, o, p] = second.to_le_bytes();
    [discriminator, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}
