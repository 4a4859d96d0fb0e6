//! `withdraw_stake`: LST in, a stake account out.

use anchor_lang::address_eq;
use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_chain_views::stake::{STAKE_ACCOUNT_SIZE, StakeKind, StakeView};
use sluice_money::{Lamports, LstAmount};
use sluice_pool_math::{self as math, Ledger};

use crate::constants::*;
use crate::errors::{OrPoolError, PoolError};
use crate::events::StakeWithdrawn;
use crate::invoke::{self, StakeAuthority};
use crate::sol;
use crate::state::{Pool, ValidatorList, ValidatorRecord, stake_state};
use crate::token::require_held;

/// Specification
/// - the user signs, holds (or is delegate of) the LST, and becomes staker and withdrawer of the destination
/// - the pool is of this epoch; `shares` is above zero; `index` is the validator's place in the list
/// - the destination is a new stake account with its rent, paid by the user
/// - `stake` is the validator's canonical account, wherever that can give what is asked; where it cannot, its
///   activating or deactivating account will do too: nobody who moves stake about keeps it from its holders
/// - burns `shares`, moves their value rounded down as delegation, at least `min_out`, without a fee; what is moved and
///   what stays are each at least the chain's minimum delegation
/// - where less than that would stay, the account is taken whole, all its lamports with it, for as many of the `shares`
///   as that costs, rounded up
/// - what that stake has earned since the epoch began, by the yield of the epoch before, stays with the holders,
///   because its new owner will be paid the whole epoch's rewards; it is at most 0.2 % of the value
/// - stake that was delegated in this epoch earns nothing in it, but can be made SOL again at once: it costs what the
///   cheapest instant exit does
/// - LST in an account of the incinerator or of the system program, which anybody may burn from, count for nobody
#[derive(Accounts)]
pub struct WithdrawStake {
    #[account(mut)]
    pub pool: Account<Pool>,
    pub user: Signer,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
    #[account(mut)]
    pub stake: UncheckedAccount,
    #[account(mut)]
    pub destination: UncheckedAccount,
    #[account(mut, address = pool.lst_mint @ PoolError::WrongMint)]
    pub lst_mint: UncheckedAccount,
    #[account(mut)]
    pub user_lst: UncheckedAccount,
    #[account(address = CLOCK_SYSVAR @ PoolError::WrongProgramAccount)]
    pub clock: UncheckedAccount,
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
    #[account(address = STAKE_PROGRAM @ PoolError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
}

/// Which of a validator's accounts stake is taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Canonical,
    Activating,
    Deactivating,
}

/// What leaves, and for what.
pub struct Withdrawal {
    source: Source,
    /// Burnt.
    pub shares: u64,
    /// What the destination gets, in lamports.
    pub lamports: u64,
    /// The part of `lamports` that is not delegated: all of an account that is taken whole.
    pub beside: u64,
    /// The part of that which the pool counts as rent.
    rent: u64,
    /// The part of that which the pool counts as on its way home: what was laid out to split the source off since the update.
    rent_leaving: u64,
    /// What the source keeps delegated; zero when it is taken whole.
    left: u64,
    /// What was earned this epoch and stays.
    pub accrued: u64,
    pub ledger: Ledger,
}

impl Withdrawal {
    /// What at most `shares` take from `stake`, an account of the validator of `record`.
    pub fn plan(
        pool: &Account<Pool>,
        record: &ValidatorRecord,
        stake: &AccountView,
        clock: &Clock,
        shares: u64,
    ) -> Result<Self> {
        require!(shares > 0, PoolError::ZeroAmount);
        let is = |seed: &[u8], bump: u8| {
            address_eq(stake.address(), &sol::stake_address(seed, pool.address(), &record.vote, bump))
        };
        let (source, held) = if is(STAKE_SEED, record.stake_bump) {
            (Source::Canonical, record.stake)
        } else if is(ACTIVATING_SEED, record.activating_bump) {
            (Source::Activating, record.activating)
        } else if is(DEACTIVATING_SEED, record.deactivating_bump) {
            (Source::Deactivating, record.deactivating)
        } else {
            return Err(PoolError::WrongStakeAccount.into());
        };
        require!(held > 0, PoolError::StakeNotUsable);
        let (activation_epoch, deactivation_epoch) = delegation_epochs(stake)?;

        let before = pool.ledger();
        let mut accrual = pool.accrual(record, clock.slot);
        if activation_epoch == clock.epoch {
            accrual = pool.least_charge();
        }
        let exit = math::stake_exit(&before, clock.slot, LstAmount(shares), &accrual).or_pool_error()?;
        let minimum = pool.min_delegation;
        if source != Source::Canonical && record.stake_state == stake_state::DELEGATED {
            // By what leaves: `shares` is only the most that is burnt, and need not be had.
            let leaves = exit.paid.0.min(held);
            let canonical_can = record.stake.checked_sub(leaves).is_some_and(|left| left >= minimum);
            require!(!canonical_can, PoolError::StakeNotUsable);
        }
        if let Some(left) = held.checked_sub(exit.paid.0).filter(|left| *left >= minimum) {
            require!(exit.paid.0 >= minimum, PoolError::BelowMinimumDelegation);
            return Ok(Self {
                source,
                shares,
                lamports: exit.paid.0,
                beside: 0,
                rent: 0,
                rent_leaving: 0,
                left,
                accrued: exit.fee.0,
                ledger: exit.ledger,
            });
        }

        let lamports = stake.lamports();
        let beside = lamports.checked_sub(held).ok_or(PoolError::StakeNotUsable)?;
        let rent_at_most = Rent::get()?.try_minimum_balance(STAKE_ACCOUNT_SIZE)?.max(pool.stake_account_rent);
        // What was sent to an account that is short of today's rent was never counted: no more goes than was.
        let rent = beside.min(rent_at_most).min(pool.stake_rent);
        let is_split_today = source == Source::Deactivating && deactivation_epoch == clock.epoch;
        let booked = held.checked_add(rent).or_pool_error()?;
        let whole =
            math::whole_stake_exit(&before, clock.slot, Lamports(lamports), Lamports(booked), &accrual)
                .or_pool_error()?;
        require!(whole.shares.0 <= shares, PoolError::BelowMinimumDelegation);
        Ok(Self {
            source,
            shares: whole.shares.0,
            lamports,
            beside,
            rent,
            rent_leaving: if is_split_today { rent } else { 0 },
            left: 0,
            accrued: whole.fee.0,
            ledger: whole.ledger,
        })
    }

    /// Writes what stays with the validator.
    fn book(&self, record: &mut ValidatorRecord) {
        match self.source {
            Source::Canonical => {
                record.stake = self.left;
                if self.left == 0 {
                    record.stake_state = stake_state::NONE;
                }
            }
            Source::Activating => record.activating = self.left,
            Source::Deactivating => record.deactivating = self.left,
        }
    }
}

pub fn handler(ctx: &mut Context<WithdrawStake>, index: u32, shares: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    sol::require_fresh(&accounts.pool, &clock)?;
    require_held(accounts.user_lst.account())?;
    require!(sol::is_new_stake_account(&accounts.destination)?, PoolError::UnusableDestination);

    let pool_address = *accounts.pool.address();
    let vote = *accounts.vote.address();
    let record = sol::record_of(&mut accounts.validator_list, index, &vote)?;
    let stake = accounts.stake.account();
    let before = accounts.pool.ledger();
    let plan = Withdrawal::plan(&accounts.pool, record, stake, &clock, shares)?;
    require!(plan.lamports >= min_out, PoolError::SlippageExceeded);
    let (held_before, leaving_before) = (record.held(), record.leaving());
    plan.book(record);
    let held_after = record.held();
    accounts.pool.set_ledger(&plan.ledger);
    accounts.pool.stake_rent = accounts.pool.stake_rent.checked_sub(plan.rent).or_pool_error()?;
    let no_longer_leaving = leaving_before.saturating_sub(record.leaving()).saturating_add(plan.rent_leaving);
    accounts.pool.leaving_lamports = accounts.pool.leaving_lamports.saturating_sub(no_longer_leaving);

    invoke::burn(
        &accounts.pool.token_program,
        accounts.user_lst.account(),
        accounts.lst_mint.account(),
        accounts.user.account(),
        plan.shares,
        &[],
    );
    let bump = [accounts.pool.bump];
    let mint = accounts.pool.lst_mint;
    let seeds = [Seed::from(POOL_SEED), Seed::from(mint.as_ref()), Seed::from(&bump)];
    let (pool, destination) = (accounts.pool.account(), accounts.destination.account());
    invoke::stake_split(stake, destination, pool, plan.lamports, CpiSigner::from(&seeds));
    for which in [StakeAuthority::Staker, StakeAuthority::Withdrawer] {
        invoke::stake_authorize(
            destination,
            accounts.clock.account(),
            pool,
            accounts.user.address(),
            which,
            &[CpiSigner::from(&seeds)],
        );
    }

    emit!(StakeWithdrawn {
        pool: pool_address,
        user: *accounts.user.address(),
        vote,
        destination: *accounts.destination.address(),
        shares: plan.shares,
        lamports: plan.lamports,
        beside: plan.beside,
        accrued: plan.accrued,
        held_before,
        held_after,
        before: (&before).into(),
        after: (&plan.ledger).into(),
    });
    Ok(())
}

/// The epochs a delegation was made and deactivated in. Errors: `StakeNotUsable` where there is none: a restart of the cluster may have
/// undone what the last update found.
fn delegation_epochs(account: &AccountView) -> Result<(u64, u64)> {
    let data = account.try_borrow()?;
    match StakeView::parse(&data) {
        Ok(view) if view.kind() == StakeKind::Delegated => {
            Ok((view.activation_epoch(), view.deactivation_epoch()))
        }
        _ => Err(PoolError::StakeNotUsable.into()),
    }
}
