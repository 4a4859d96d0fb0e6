//! `settle`: bonds pay for bids and for what stake did not bring.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_money::{Bps, Lamports, Rounding, mul_div};
use sluice_pool_math::Ledger;
use sluice_selection_math::{
    Kappa, Performance, Reference, Yield, commission_at, commission_rise, due, rise_loss, shortfall,
};
use staking_pool::invoke::burn;
use staking_pool::state::Pool;

use crate::chain;
use crate::constants::SELECTION_SEED;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::{BondCharged, BondsSettled};
use crate::state::{Candidate, Config, Registry};

/// Specification
/// - anyone may send it, any number of times, in any order, once this epoch's allocation is done: a candidate is charged
///   once an epoch
/// - `start` and `count` name candidates of the registry; no account of theirs is needed. Forty charges fit what the chain
///   keeps of a transaction's log, thousands its compute units
/// - due on the stake that earned in the epoch before: what its bid came to in the allocation that gave it, an epoch
///   earlier; what its realised yield falls short of
///   what the same commission would have paid on the cluster's mean, less the grace; and what a rise of its commission
///   took. All by the pool's own records of that epoch. Nothing is due for an epoch that was not measured
/// - valued at the rate of this slot, rounded up; charged to the bond, then to what is leaving it, as far as they go: the
///   rest is forgiven, and a validator without a bond gets no stake where one is asked for
/// - what is charged is burnt, so that all other LST is worth more: the pool's next update releases it like profit
#[derive(Accounts)]
pub struct Settle {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(address = config.pool @ SelectionError::WrongPool)]
    pub pool: Account<Pool>,
    #[account(mut, address = config.lst_mint @ SelectionError::WrongMint)]
    pub lst_mint: UncheckedAccount,
    #[account(mut, address = config.vault @ SelectionError::WrongVault)]
    pub vault: UncheckedAccount,
    #[account(address = config.token_program @ SelectionError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<Settle>, start: u32, count: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    chain::require_fresh(&accounts.pool, &clock)?;
    require!(accounts.config.allocated_epoch == clock.epoch, SelectionError::NotAllocated);
    let first = usize::try_from(start).ok().or_overflow()?;
    let count = usize::try_from(count).ok().or_overflow()?;
    let end = first.checked_add(count).or_overflow()?;
    let candidates = accounts.registry.as_mut_slice();
    let candidates = candidates.get_mut(first..end).ok_or(SelectionError::WrongRange)?;

    let ledger = accounts.pool.ledger().at(clock.slot).or_overflow()?;
    let (mut settled, mut burnt) = (0u64, 0u64);
    for candidate in candidates {
        if candidate.settled_epoch == clock.epoch || candidate.realised_epoch != clock.epoch {
            continue;
        }
        candidate.settled_epoch = clock.epoch;
        settled = settled.checked_add(1).or_overflow()?;
        if candidate.earning == 0 || candidate.bond.saturating_add(candidate.bond_leaving) == 0 {
            continue;
        }
        let paid = charge(&accounts.config, candidate, &ledger, clock.epoch)?;
        burnt = burnt.checked_add(paid).or_overflow()?;
    }

    let config = &mut accounts.config;
    let bonds_before = config.bonds;
    config.bonds = bonds_before.checked_sub(burnt).or_overflow()?;
    if burnt > 0 {
        let (pool, bump) = (config.pool, [config.bump]);
        let seeds = [Seed::from(SELECTION_SEED), Seed::from(pool.as_ref()), Seed::from(&bump)];
        burn(
            &config.token_program,
            accounts.vault.account(),
            accounts.lst_mint.account(),
            config.account(),
            burnt,
            &[CpiSigner::from(&seeds)],
        );
    }
    emit!(BondsSettled {
        config: *accounts.config.address(),
        epoch: clock.epoch,
        start: u64::from(start),
        settled,
        burnt,
        bonds_before,
        bonds_after: accounts.config.bonds,
        value: ledger.value().or_overflow()?.0,
        supply: ledger.supply.0,
    });
    Ok(())
}

/// Takes what one candidate's bond owes for the epoch before; base units of LST.
#[inline(always)]
fn charge(config: &Account<Config>, candidate: &mut Candidate, ledger: &Ledger, epoch: u64) -> Result<u64> {
    let reference = Reference { kappa: Kappa(config.reference_kappa), credits: config.reference_credits };
    let performance = Performance {
        realised: Yield(candidate.realised),
        credits: candidate.last_credits,
        commission: commission_at(&candidate.commissions, epoch.wrapping_sub(2)),
    };
    let grace = Bps::saturating(config.params.performance_grace_bps);
    let Yield(short) = shortfall(&reference, grace, &performance);
    let risen = commission_rise(&candidate.commissions, epoch);
    let Yield(rise) = rise_loss(&reference, candidate.last_credits, risen);
    let rate = candidate.price.saturating_add(short).saturating_add(rise);
    let Lamports(lamports) = due(Yield(rate), Lamports(candidate.earning));
    if lamports == 0 {
        return Ok(0);
    }
    // A pool without value has nothing to be paid in.
    let value = ledger.value().or_overflow()?.0;
    let shares = mul_div(lamports, ledger.supply.0, value, Rounding::Ceil).unwrap_or(u64::MAX);
    let from_bond = shares.min(candidate.bond);
    let from_leaving = shares.saturating_sub(from_bond).min(candidate.bond_leaving);
    let paid = from_bond.checked_add(from_leaving).or_overflow()?;
    candidate.bond = candidate.bond.checked_sub(from_bond).or_overflow()?;
    candidate.bond_leaving = candidate.bond_leaving.checked_sub(from_leaving).or_overflow()?;
    emit!(BondCharged {
        config: *config.address(),
        vote: candidate.vote,
        epoch,
        earning: candidate.earning,
        price: candidate.price,
        shortfall: short,
        rise,
        lamports,
        shares,
        paid,
        bond_after: candidate.bond,
        leaving_after: candidate.bond_leaving,
    });
    Ok(paid)
}
