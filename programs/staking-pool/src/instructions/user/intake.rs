//! What all deposits share: who may make one, what a stake account must be to be taken in, and how it is merged.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_chain_views::stake::{StakeKind, StakeView};
use sluice_money::Lamports;
use sluice_pool_math::{self as math, DepositOutcome, Ledger, Liquidity};

use crate::constants::{POOL_SEED, STAKE_SEED};
use crate::errors::{OrPoolError, PoolError};
use crate::invoke::{self, StakeAuthority, StakeSysvars};
use crate::sol;
use crate::state::{Pool, ValidatorList, ValidatorRecord, stake_state};
use crate::token::can_receive;

/// Refuses a deposit that is not priced, not open, or not signed by who must sign it.
#[inline(always)]
pub fn require_deposits(pool: &Pool, clock: &Clock, user: &Signer, authority: Option<&Signer>) -> Result<()> {
    sol::require_fresh(pool, clock)?;
    sol::require_open(pool, clock)?;
    if pool.deposit_authority != Address::default() {
        // Where it deposits itself it has signed already, and cannot be named twice.
        let signed =
            [Some(user), authority].iter().flatten().any(|key| *key.address() == pool.deposit_authority);
        require!(signed, PoolError::DepositAuthorityRequired);
    }
    Ok(())
}

/// Refuses a deposit below the pool's minimum.
#[inline(always)]
pub fn require_enough(pool: &Pool, lamports: u64) -> Result<()> {
    require!(lamports > 0, PoolError::ZeroAmount);
    require!(lamports >= pool.min_deposit, PoolError::BelowMinimumDeposit);
    Ok(())
}

/// The token account of who brought the deposit, if it can receive anything: one that cannot forgoes its part.
#[inline(always)]
pub fn payable_referrer<'a>(pool: &Pool, referrer: Option<&'a UncheckedAccount>) -> Option<&'a AccountView> {
    let account = referrer?.account();
    let usable =
        can_receive(account, &pool.token_program, &pool.lst_mint) && *account.address() != pool.escrow;
    usable.then_some(account)
}

/// Accepts what a deposit came to: above the caller's bound, below the pool's cap, and in the books.
#[inline(always)]
pub fn book(pool: &mut Pool, outcome: &DepositOutcome, min_out: u64) -> Result<()> {
    require!(outcome.minted.0 >= min_out, PoolError::SlippageExceeded);
    require!(outcome.ledger.total.0 <= pool.tvl_cap, PoolError::TvlCapExceeded);
    pool.set_ledger(&outcome.ledger);
    pool.book_fee(&outcome.fee).or_pool_error()
}

/// A token account and what is minted to it.
pub struct Receipt<'a> {
    pub token_program: &'a Address,
    pub mint: &'a AccountView,
    pub pool: &'a AccountView,
    pub user: &'a AccountView,
    pub referrer: Option<&'a AccountView>,
}

impl Receipt<'_> {
    /// Mints the depositor's shares, and the referrer's.
    #[inline(always)]
    pub fn mint(&self, outcome: &DepositOutcome, bump: u8) {
        let bump = [bump];
        let seeds = [Seed::from(POOL_SEED), Seed::from(self.mint.address().as_ref()), Seed::from(&bump)];
        invoke::mint_to(
            self.token_program,
            self.mint,
            self.user,
            self.pool,
            outcome.minted.0,
            CpiSigner::from(&seeds),
        );
        if let Some(referrer) = self.referrer
            && outcome.fee.referrer.0 > 0
        {
            let amount = outcome.fee.referrer.0;
            invoke::mint_to(
                self.token_program,
                self.mint,
                referrer,
                self.pool,
                amount,
                CpiSigner::from(&seeds),
            );
        }
    }
}

/// A stake account on its way into the pool.
///
/// Views are pointers: a copy sees what a call writes.
pub struct StakeIntake {
    pub pool: AccountView,
    pub reserve: AccountView,
    pub stake: AccountView,
    pub source: AccountView,
    pub clock: AccountView,
    pub stake_history: AccountView,
    pub vote: Address,
}

/// What a stake account holds, in lamports.
#[derive(Clone, Copy)]
pub struct Taken {
    pub delegated: u64,
    /// Beside the delegation, rent included.
    pub excess: u64,
}

impl Taken {
    /// Everything on it.
    #[inline(always)]
    pub fn lamports(&self) -> Result<u64> {
        self.delegated.checked_add(self.excess).or_pool_error()
    }
}

/// What the caller of a deposit of stake says of it.
pub struct StakeTerms<'a> {
    /// The validator's place in the list.
    pub index: u32,
    /// Who holds the source.
    pub holder: &'a Address,
    pub is_referred: bool,
    /// In base units of LST.
    pub min_out: u64,
}

/// What a stake account bought.
pub struct Bought {
    pub taken: Taken,
    pub before: Ledger,
    pub outcome: DepositOutcome,
    /// Everything the pool holds with the validator now.
    pub held_after: u64,
}

impl StakeIntake {
    /// What there is to take, provided the source is wholly `holder`'s, free, delegated to the validator of `record`, and
    /// wholly active, and so is the pool's own account with it.
    #[inline(always)]
    fn inspect(&self, record: &ValidatorRecord, holder: &Address, clock: &Clock) -> Result<Taken> {
        sol::require_stake_account(
            &self.stake,
            STAKE_SEED,
            self.pool.address(),
            &self.vote,
            record.stake_bump,
        )?;
        require!(record.stake_state == stake_state::DELEGATED, PoolError::StakeNotUsable);
        let delegated = {
            let data = self.source.try_borrow()?;
            let source = StakeView::parse(&data).map_err(|_| PoolError::WrongStakeAccount)?;
            require!(source.kind() != StakeKind::Uninitialized, PoolError::WrongStakeAccount);
            require!(source.is_authority(holder.as_array()), PoolError::NotStakeAuthority);
            require!(!source.is_locked_up(clock.unix_timestamp, clock.epoch), PoolError::StakeLockedUp);
            require!(
                source.kind() == StakeKind::Delegated && source.voter() == self.vote.as_array(),
                PoolError::WrongDelegation
            );
            require!(is_active(&source, clock.epoch), PoolError::StakeNotActive);
            source.delegated()
        };
        let data = self.stake.try_borrow()?;
        let canonical = StakeView::parse(&data).map_err(|_| PoolError::StakeNotUsable)?;
        require!(is_active(&canonical, clock.epoch), PoolError::StakeNotActive);
        let excess = self.source.lamports().checked_sub(delegated).or_pool_error()?;
        Ok(Taken { delegated, excess })
    }

    /// Prices all of the source at the rate of now, and books it with the pool and with the validator at `index`. Refuses
    /// what [`StakeIntake::inspect`] refuses, and what the pool takes no deposit for.
    #[inline(always)]
    pub fn buy(
        &self,
        pool: &mut Account<Pool>,
        list: &mut ValidatorList,
        terms: &StakeTerms,
        clock: &Clock,
    ) -> Result<Bought> {
        let record = sol::record_of(list, terms.index, &self.vote)?;
        let taken = self.inspect(record, terms.holder, clock)?;
        let lamports = taken.lamports()?;
        require_enough(pool, lamports)?;
        let before = pool.ledger();
        let fee = pool.deposit_fee(terms.is_referred);
        let outcome =
            math::deposit(&before, &Liquidity::NONE, clock.slot, Lamports(lamports), &fee).or_pool_error()?;
        book(pool, &outcome, terms.min_out)?;
        record.stake = record.stake.checked_add(taken.delegated).or_pool_error()?;
        Ok(Bought { taken, before, outcome, held_after: record.held() })
    }

    /// Moves both authorities of the source from `user`, who signed, to the pool.
    #[inline(always)]
    pub fn take_over(&self, user: &AccountView) {
        for which in [StakeAuthority::Staker, StakeAuthority::Withdrawer] {
            invoke::stake_authorize(&self.source, &self.clock, user, self.pool.address(), which, &[]);
        }
    }

    /// Merges the source, which is the pool's, and sends what lies beside its delegation to the reserve.
    #[inline(always)]
    pub fn merge(&self, taken: &Taken, mint: &Address, bump: u8) {
        let bump = [bump];
        let seeds = [Seed::from(POOL_SEED), Seed::from(mint.as_ref()), Seed::from(&bump)];
        let sysvars = StakeSysvars { clock: &self.clock, history: &self.stake_history };
        invoke::stake_merge(&self.stake, &self.source, &sysvars, &self.pool, CpiSigner::from(&seeds));
        if taken.excess > 0 {
            invoke::stake_withdraw(
                &self.stake,
                &self.reserve,
                &sysvars,
                &self.pool,
                taken.excess,
                CpiSigner::from(&seeds),
            );
        }
    }
}

/// Whether a delegation is wholly effective and not on its way out.
fn is_active(stake: &StakeView, epoch: u64) -> bool {
    let (stake, activation, deactivation) =
        (stake.delegated(), stake.activation_epoch(), stake.deactivation_epoch());
    deactivation == u64::MAX && sol::effective_stake(stake, activation, deactivation, epoch) == stake
}
