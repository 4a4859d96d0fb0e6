//! What `update_validators` does with the stake accounts of one record: reads, merges, collects, sweeps.
//!
//! Follows what it finds on chain, not what was planned. Never fails because of what an account has become.

use anchor_lang::address_eq;
use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_chain_views::stake::{StakeKind, StakeView};

use crate::constants::{ACTIVATING_SEED, DEACTIVATING_SEED, POOL_SEED, STAKE_PROGRAM, STAKE_SEED};
use crate::errors::{OrPoolError, PoolError};
use crate::events::ValidatorMoved;
use crate::invoke::{self, StakeSysvars};
use crate::sol;
use crate::state::{ValidatorRecord, stake_state};

/// What one transaction's worth of records shares.
pub struct Batch<'a> {
    pub pool_address: Address,
    pub mint: Address,
    pub bump: [u8; 1],
    pub sweep_threshold: u64,
    pub epoch: u64,
    pub pool: &'a AccountView,
    pub reserve: &'a AccountView,
    pub sysvars: StakeSysvars<'a>,
    pub accounts: core::slice::Iter<'a, AccountView>,
    /// As much beside a delegation is taken for rent, in lamports: what the chain asks today, or what the pool once
    /// paid if that was more. The stake program's own record of it is a constant since version 5 and says nothing
    /// about what the account holds.
    pub rent_at_most: u64,
    /// Rent found in the stake accounts that remain, in lamports.
    pub rent_held: u64,
    /// Rent that the current record's accounts no longer hold, in lamports: some were closed.
    pub rent_returned: u64,
    /// Lamports moved to the reserve for the current record.
    pub collected: u64,
    /// Of these, what was neither delegation nor rent.
    pub extra: u64,
}

/// What one stake account is found to be.
struct Found {
    /// Lamports it is worth to the pool, rent and strays aside.
    worth: u64,
    /// Lamports beside its worth, up to [`Batch::rent_at_most`].
    rent: u64,
    activation_epoch: u64,
    kind: FoundKind,
}

enum FoundKind {
    /// Delegated and not deactivated, effective or still warming up.
    Delegated,
    /// Deactivated, some of it still effective.
    CoolingDown,
    /// Nothing of it is effective: it can be withdrawn whole.
    Idle,
    /// Closed, or no longer the pool's.
    Lost,
}

impl Batch<'_> {
    /// Whether every account given was taken.
    pub fn is_used_up(&self) -> bool {
        self.accounts.as_slice().is_empty()
    }
}

impl<'a> Batch<'a> {
    /// Steps over the accounts of a record that was counted already, so that a transaction built before somebody
    /// else's landed still does the rest of its work.
    pub fn skip(&mut self, record: &ValidatorRecord) {
        let known = [
            (STAKE_SEED, record.stake_bump),
            (ACTIVATING_SEED, record.activating_bump),
            (DEACTIVATING_SEED, record.deactivating_bump),
        ];
        for (seed, bump) in known {
            let address = sol::stake_address(seed, &self.pool_address, &record.vote, bump);
            if self.accounts.as_slice().first().is_some_and(|next| address_eq(next.address(), &address)) {
                self.accounts.next();
            }
        }
    }

    /// Brings one record up to date with its stake accounts.
    pub fn update(&mut self, record: &mut ValidatorRecord) -> Result<()> {
        let held_before = record.held();
        self.collected = 0;
        self.rent_returned = 0;
        self.extra = 0;
        let mut moved = false;
        let mut earning = record.deactivating;

        let mut canonical: Option<(&AccountView, Found)> = None;
        if record.stake_state != stake_state::NONE {
            let account = self.take(STAKE_SEED, &record.vote, record.stake_bump)?;
            let found = self.inspect(account, record.stake)?;
            if found.activation_epoch < self.epoch.saturating_sub(1) {
                earning = earning.saturating_add(record.stake);
            }
            match found.kind {
                FoundKind::Idle => {
                    self.collect(account, &found)?;
                    record.stake = 0;
                    record.stake_state = stake_state::NONE;
                    moved = true;
                }
                FoundKind::Lost => {
                    record.stake = 0;
                    record.stake_state = stake_state::NONE;
                    moved = true;
                }
                FoundKind::CoolingDown => {
                    self.keep(&found)?;
                    record.stake = found.worth;
                    record.stake_state = stake_state::DEACTIVATING;
                }
                FoundKind::Delegated => {
                    self.keep(&found)?;
                    record.stake = found.worth;
                    moved |= self.sweep(account, &found)?;
                    canonical = Some((account, found));
                }
            }
        }

        if record.activating > 0 {
            let account = self.take(ACTIVATING_SEED, &record.vote, record.activating_bump)?;
            let found = self.inspect(account, record.activating)?;
            if found.activation_epoch < self.epoch.saturating_sub(1) {
                earning = earning.saturating_add(record.activating);
            }
            record.activating = match (&found.kind, &canonical) {
                (FoundKind::Idle, _) => {
                    self.collect(account, &found)?;
                    moved = true;
                    0
                }
                (FoundKind::Lost, _) => {
                    moved = true;
                    0
                }
                (FoundKind::Delegated, Some((into, held)))
                    if self.is_effective(&found) && self.is_effective(held) =>
                {
                    let seeds = self.seeds();
                    invoke::stake_merge(into, account, &self.sysvars, self.pool, CpiSigner::from(&seeds));
                    let merged = self.inspect(into, record.stake)?;
                    record.stake = merged.worth;
                    self.rent_held = self.rent_held.saturating_sub(held.rent).saturating_add(merged.rent);
                    let rent = held.rent.saturating_add(found.rent).saturating_sub(merged.rent);
                    self.sweep_all(into, &merged, rent)?;
                    moved = true;
                    0
                }
                _ => self.keep(&found)?,
            };
        }

        if record.deactivating > 0 {
            let account = self.take(DEACTIVATING_SEED, &record.vote, record.deactivating_bump)?;
            let found = self.inspect(account, record.deactivating)?;
            record.deactivating = match found.kind {
                FoundKind::Idle => {
                    self.collect(account, &found)?;
                    moved = true;
                    0
                }
                FoundKind::Lost => {
                    moved = true;
                    0
                }
                _ => self.keep(&found)?,
            };
        }

        // Rent that came back was the pool's before: it is no growth.
        let held_after = record.held();
        record.growth = held_after
            .checked_add(self.collected)
            .and_then(|sum| sum.checked_sub(self.rent_returned))
            .and_then(|sum| i64::try_from(sum).ok()?.checked_sub_unsigned(held_before))
            .or_pool_error()?;
        record.growth_epochs =
            u16::try_from(self.epoch.saturating_sub(record.updated_epoch)).unwrap_or(u16::MAX);
        record.extra = self.extra;
        record.earning = earning;
        record.updated_epoch = self.epoch;
        if moved {
            emit!(ValidatorMoved {
                pool: self.pool_address,
                vote: record.vote,
                held_before,
                held_after,
                collected: self.collected,
            });
        }
        Ok(())
    }

    /// The next remaining account, which must be the one the record names.
    #[inline(always)]
    fn take(&mut self, seed: &[u8], vote: &Address, bump: u8) -> Result<&'a AccountView> {
        let account = self.accounts.next().ok_or(PoolError::WrongStakeAccount)?;
        sol::require_stake_account(account, seed, &self.pool_address, vote, bump)?;
        Ok(account)
    }

    /// Reads a stake account in place. `known` is its delegation by the record: where a restart of the cluster has
    /// erased it, what the account holds beyond that may be anybody's gift.
    #[inline(always)]
    fn inspect(&self, account: &AccountView, known: u64) -> Result<Found> {
        let lost = Found { worth: 0, rent: 0, activation_epoch: u64::MAX, kind: FoundKind::Lost };
        if !account.owned_by(&STAKE_PROGRAM) {
            return Ok(lost);
        }
        let data = account.try_borrow()?;
        let Ok(view) = StakeView::parse(&data) else { return Ok(lost) };
        if view.kind() == StakeKind::Uninitialized || !view.is_held_by(self.pool_address.as_array()) {
            return Ok(lost);
        }
        let lamports = account.lamports();
        if view.kind() == StakeKind::Initialized {
            let rent = lamports.min(self.rent_at_most);
            let worth = lamports.saturating_sub(rent).min(known);
            return Ok(Found { worth, rent, activation_epoch: u64::MAX, kind: FoundKind::Idle });
        }
        let (activation_epoch, deactivation_epoch) = (view.activation_epoch(), view.deactivation_epoch());
        let worth = view.delegated();
        let rent = lamports.saturating_sub(worth).min(self.rent_at_most);
        let kind = if deactivation_epoch == u64::MAX {
            FoundKind::Delegated
        } else if self.epoch > deactivation_epoch
            && self.effective(worth, activation_epoch, deactivation_epoch) == 0
        {
            FoundKind::Idle
        } else {
            FoundKind::CoolingDown
        };
        Ok(Found { worth, rent, activation_epoch, kind })
    }

    /// Lamports of a delegation that are effective this epoch. Costs a look into the stake history, so it is asked
    /// only where the answer decides something.
    fn effective(&self, stake: u64, activation_epoch: u64, deactivation_epoch: u64) -> u64 {
        sol::effective_stake(stake, activation_epoch, deactivation_epoch, self.epoch)
    }

    /// Whether a delegated account is wholly effective: only then may it be merged.
    fn is_effective(&self, found: &Found) -> bool {
        self.effective(found.worth, found.activation_epoch, u64::MAX) == found.worth
    }

    /// Counts the rent of an account that stays, and returns its worth.
    #[inline(always)]
    fn keep(&mut self, found: &Found) -> Result<u64> {
        self.rent_held = self.rent_held.checked_add(found.rent).or_pool_error()?;
        Ok(found.worth)
    }

    /// Withdraws everything, which closes the account.
    fn collect(&mut self, account: &AccountView, found: &Found) -> Result<()> {
        self.extra = self.extra.checked_add(strays(account, found)).or_pool_error()?;
        self.rent_returned = self.rent_returned.checked_add(found.rent).or_pool_error()?;
        self.withdraw(account, account.lamports())
    }

    /// Withdraws what lies above delegation and rent, when that is worth a call.
    #[inline(always)]
    fn sweep(&mut self, account: &AccountView, found: &Found) -> Result<bool> {
        let strays = strays(account, found);
        if strays == 0 || strays < self.sweep_threshold {
            return Ok(false);
        }
        self.extra = self.extra.checked_add(strays).or_pool_error()?;
        self.withdraw(account, strays)?;
        Ok(true)
    }

    /// Withdraws what lies above delegation and rent after a merge: that includes the `rent` of two accounts which
    /// one need not hold.
    fn sweep_all(&mut self, account: &AccountView, found: &Found, rent: u64) -> Result<()> {
        let strays = strays(account, found);
        self.extra = self.extra.checked_add(strays.saturating_sub(rent)).or_pool_error()?;
        self.rent_returned = self.rent_returned.checked_add(rent).or_pool_error()?;
        if strays > 0 {
            self.withdraw(account, strays)?;
        }
        Ok(())
    }

    fn withdraw(&mut self, account: &AccountView, lamports: u64) -> Result<()> {
        let seeds = self.seeds();
        invoke::stake_withdraw(
            account,
            self.reserve,
            &self.sysvars,
            self.pool,
            lamports,
            CpiSigner::from(&seeds),
        );
        self.collected = self.collected.checked_add(lamports).or_pool_error()?;
        Ok(())
    }

    #[inline(always)]
    fn seeds(&self) -> [Seed<'_>; 3] {
        [Seed::from(POOL_SEED), Seed::from(self.mint.as_ref()), Seed::from(&self.bump)]
    }
}

/// Lamports above worth and rent.
#[inline(always)]
fn strays(account: &AccountView, found: &Found) -> u64 {
    account.lamports().saturating_sub(found.worth).saturating_sub(found.rent)
}
