//! One collateral, its share price, and what is promised out of it.

use anchor_lang::prelude::*;
use pinocchio::cpi::Seed;
use sluice_vault_math::{
    Book, Bps, CollateralAmount, EpochCap, Lamports, MathError, Released, RequestTerms, ScheduledFee, Shield,
    Split, Stream, Tranches, VrtAmount,
};

use crate::constants::VAULT_SEED;
use crate::errors::{OrVaultError, VaultError};

/// PDA `["vault", vrt_mint]`. Authority of the VRT mints, of the collateral account and of the escrows.
#[account]
pub struct Vault {
    /// Gives the other roles, sets limits and the vault's fee.
    pub admin: Address,
    /// Becomes the admin when it accepts; zero: nobody was proposed.
    pub pending_admin: Address,
    /// Consents to agreements for the depositors, allocates, and ends agreements.
    pub delegation_admin: Address,
    /// May veto a slash request.
    pub resolver: Address,
    /// Becomes the resolver in `next_resolver_epoch`.
    pub next_resolver: Address,
    /// May stop deposits and instant exits for a while.
    pub pauser: Address,
    pub collateral_mint: Address,
    /// Token account that holds the collateral.
    pub collateral_account: Address,
    pub collateral_token_program: Address,
    /// The shares: all of them, or the senior ones.
    pub vrt_mint: Address,
    /// Token account that holds the locked seed's VRT and those of all tickets.
    pub vrt_escrow: Address,
    pub vrt_token_program: Address,
    /// The shares that bear losses first; zero: there are none. Of the same token program.
    pub junior_mint: Address,
    pub junior_escrow: Address,
    /// The staking pool that issues the collateral; zero: another token.
    pub staking_pool: Address,
    /// Token account of the collateral that receives the vault's fee; zero: none is charged.
    pub fee_account: Address,

    /// Collateral of the (senior) shares by the vault's own record, in base units. Tokens sent to
    /// `collateral_account` directly are not in it.
    pub assets: u64,
    /// VRT minted and not burnt by this program, in base units.
    pub vrt_supply: u64,
    /// VRT in tickets.
    pub queued_vrt: u64,
    /// VRT of the seed, locked for ever.
    pub locked_vrt: u64,
    /// The same four of the junior shares.
    pub junior_assets: u64,
    pub junior_supply: u64,
    pub queued_junior: u64,
    pub locked_junior: u64,
    /// Rewards that have not reached the share price at `reward_slot`, in base units of the collateral.
    pub locked_rewards: u64,
    pub reward_slot: u64,
    /// Slot at which all of them have.
    pub reward_end_slot: u64,
    /// Over how many slots a reward is released.
    pub stream_slots: u64,
    /// What the depositors of a shielded vault brought, in lamports.
    pub principal_lamports: u64,
    /// Smallest deposit, in base units of the collateral.
    pub min_deposit: u64,
    /// The most collateral there may be after a deposit, in base units.
    pub capacity: u64,
    /// Sum of what all allocations promise, in base units of the collateral.
    pub total_allocated: u64,
    /// Slash requests that exist, expired ones that nobody closed included.
    pub open_requests: u64,
    /// First epoch in which every request opened so far has expired.
    pub requests_expire_at: u64,
    /// Epoch of the four fields below.
    pub cap_epoch: u64,
    /// Collateral of both classes before the first change of `cap_epoch`.
    pub cap_assets: u64,
    /// The junior class's part of it.
    pub cap_junior: u64,
    /// Collateral slashed in `cap_epoch`.
    pub cap_slashed: u64,
    /// What the senior shares lost in `cap_epoch` and did not get back out of the junior ones' rewards.
    pub senior_deficit: u64,
    /// First epoch of `next_resolver`; zero: no change is scheduled.
    pub next_resolver_epoch: u64,
    /// Deposits and instant exits are refused before this epoch.
    pub paused_until_epoch: u64,
    /// The pauser may not pause again before this epoch.
    pub pausable_from_epoch: u64,
    /// First epoch of `next_fee_bps`; zero: no change is scheduled.
    pub next_fee_epoch: u64,

    /// Cool-down of a ticket, in epochs.
    pub cooldown_epochs: u16,
    pub veto_epochs: u16,
    pub execution_epochs: u16,
    /// Warm-up of an allocation, in epochs; not shorter than a ticket's cool-down.
    pub warmup_epochs: u16,
    /// Cool-down of an allocation, in epochs.
    pub deallocation_epochs: u16,
    /// Most that may be slashed in one epoch, of the assets at its start.
    pub slash_cap_bps: u16,
    /// The most collateral there may be after a deposit, of all that the staking pool has issued; zero: no limit.
    pub leverage_bps: u16,
    /// Of the senior shares' rewards, for the junior ones.
    pub premium_bps: u16,
    /// Of rewards, for `fee_account`.
    pub fee_bps: u16,
    pub next_fee_bps: u16,
    pub bump: u8,
    pub version: u8,
    /// 1: only what is worth more than `principal_lamports` can be slashed.
    pub shielded: u8,
    /// 1: the collateral is the staking pool's liquidity token; 0: its LST, or another token.
    pub of_liquidity: u8,
    pub collateral_decimals: u8,
    pub _padding: [u8; 7],
    pub _reserved: [u8; 256],
}

const _: () = assert!(core::mem::size_of::<Vault>() == 16 * 32 + 27 * 8 + 10 * 2 + 5 + 7 + 256);

/// Which of a vault's shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Senior,
    Junior,
}

impl Class {
    /// As events and tickets have it.
    #[inline(always)]
    pub fn is_junior(self) -> bool {
        self == Class::Junior
    }
}

impl Vault {
    /// Brings the vault up to now: a new epoch's records begin, and rewards that are due reach the share price. Whatever
    /// reads or changes a price calls this first, so that an epoch's cap counts from what the vault held before anybody
    /// touched it.
    #[inline(always)]
    pub fn touch(&mut self, clock: &Clock) -> Result<()> {
        if clock.epoch > self.cap_epoch {
            self.cap_epoch = clock.epoch;
            self.cap_assets = self.total_assets().or_vault_error()?.0;
            self.cap_junior = self.junior_assets;
            self.cap_slashed = 0;
            self.senior_deficit = 0;
        }
        if self.locked_rewards == 0 {
            return Ok(());
        }
        let Released { after, released } = self.stream().release(clock.slot).or_vault_error()?;
        self.set_stream(after);
        let tranches = self.tranches().reward(released, self.split()).or_vault_error()?;
        self.set_tranches(tranches);
        Ok(())
    }

    #[inline(always)]
    pub fn tranches(&self) -> Tranches {
        Tranches {
            senior: CollateralAmount(self.assets),
            junior: CollateralAmount(self.junior_assets),
            deficit: CollateralAmount(self.senior_deficit),
        }
    }

    #[inline(always)]
    pub fn set_tranches(&mut self, tranches: Tranches) {
        self.assets = tranches.senior.0;
        self.junior_assets = tranches.junior.0;
        self.senior_deficit = tranches.deficit.0;
    }

    /// How this epoch's rewards are divided.
    #[inline(always)]
    fn split(&self) -> Split {
        Split {
            senior: CollateralAmount(self.cap_assets.saturating_sub(self.cap_junior)),
            junior: CollateralAmount(self.cap_junior),
            premium: Bps::saturating(self.premium_bps),
        }
    }

    /// Collateral of both classes.
    #[inline(always)]
    pub fn total_assets(&self) -> core::result::Result<CollateralAmount, MathError> {
        self.tranches().total()
    }

    #[inline(always)]
    pub fn stream(&self) -> Stream {
        Stream {
            locked: CollateralAmount(self.locked_rewards),
            slot: self.reward_slot,
            end_slot: self.reward_end_slot,
        }
    }

    #[inline(always)]
    pub fn set_stream(&mut self, stream: Stream) {
        self.locked_rewards = stream.locked.0;
        self.reward_slot = stream.slot;
        self.reward_end_slot = stream.end_slot;
    }

    #[inline(always)]
    pub fn has_junior(&self) -> bool {
        self.junior_mint != Address::default()
    }

    /// The class whose shares `mint` issues. Errors: `WrongVrtMint`.
    #[inline(always)]
    pub fn class_of_mint(&self, mint: &Address) -> Result<Class> {
        if *mint == self.vrt_mint {
            return Ok(Class::Senior);
        }
        require!(self.has_junior() && *mint == self.junior_mint, VaultError::WrongVrtMint);
        Ok(Class::Junior)
    }

    /// The class whose shares are escrowed in `account`. Errors: `WrongVrtEscrow`.
    #[inline(always)]
    pub fn class_of_escrow(&self, account: &Address) -> Result<Class> {
        if *account == self.vrt_escrow {
            return Ok(Class::Senior);
        }
        require!(self.has_junior() && *account == self.junior_escrow, VaultError::WrongVrtEscrow);
        Ok(Class::Junior)
    }

    /// Whether `account` is where the vault keeps shares of tickets.
    #[inline(always)]
    pub fn is_escrow(&self, account: &Address) -> bool {
        *account == self.vrt_escrow || (self.has_junior() && *account == self.junior_escrow)
    }

    #[inline(always)]
    pub fn book(&self, class: Class) -> Book {
        let (assets, supply) = match class {
            Class::Senior => (self.assets, self.vrt_supply),
            Class::Junior => (self.junior_assets, self.junior_supply),
        };
        Book { assets: CollateralAmount(assets), supply: VrtAmount(supply) }
    }

    #[inline(always)]
    pub fn set_book(&mut self, class: Class, book: Book) {
        match class {
            Class::Senior => (self.assets, self.vrt_supply) = (book.assets.0, book.supply.0),
            Class::Junior => (self.junior_assets, self.junior_supply) = (book.assets.0, book.supply.0),
        }
    }

    /// Shares in tickets.
    #[inline(always)]
    pub fn queued(&mut self, class: Class) -> &mut u64 {
        match class {
            Class::Senior => &mut self.queued_vrt,
            Class::Junior => &mut self.queued_junior,
        }
    }

    #[inline(always)]
    pub fn shield(&self) -> Shield {
        Shield { principal: Lamports(self.principal_lamports) }
    }

    /// Forgets the principal of shares that leave a shielded vault. Call before their book changes.
    #[inline(always)]
    pub fn forget_principal(&mut self, vrt: VrtAmount) -> Result<()> {
        if self.shielded == 1 {
            let shield = self.shield().redeem(vrt, VrtAmount(self.vrt_supply)).or_vault_error()?;
            self.principal_lamports = shield.principal.0;
        }
        Ok(())
    }

    /// This epoch's slash cap record: call after [`Vault::touch`].
    #[inline(always)]
    pub fn epoch_cap(&self) -> EpochCap {
        EpochCap {
            epoch: self.cap_epoch,
            assets_at_start: CollateralAmount(self.cap_assets),
            slashed: CollateralAmount(self.cap_slashed),
        }
    }

    #[inline(always)]
    pub fn slash_cap(&self) -> Bps {
        Bps::saturating(self.slash_cap_bps)
    }

    #[inline(always)]
    pub fn request_terms(&self) -> RequestTerms {
        RequestTerms { veto_epochs: self.veto_epochs, execution_epochs: self.execution_epochs }
    }

    /// Collateral of both classes that is not on its way out in tickets.
    #[inline(always)]
    pub fn staying(&self) -> core::result::Result<CollateralAmount, MathError> {
        let senior = self.book(Class::Senior).staying(VrtAmount(self.queued_vrt))?;
        if !self.has_junior() {
            return Ok(senior);
        }
        senior.add(self.book(Class::Junior).staying(VrtAmount(self.queued_junior))?)
    }

    #[inline(always)]
    pub fn fee(&self) -> ScheduledFee {
        ScheduledFee {
            now: Bps::saturating(self.fee_bps),
            next: Bps::saturating(self.next_fee_bps),
            next_epoch: self.next_fee_epoch,
        }
    }

    #[inline(always)]
    pub fn set_fee(&mut self, fee: ScheduledFee) {
        self.fee_bps = fee.now.get();
        self.next_fee_bps = fee.next.get();
        self.next_fee_epoch = fee.next_epoch;
    }

    /// Who may veto in `epoch`.
    #[inline(always)]
    pub fn resolver_at(&self, epoch: u64) -> Address {
        if self.next_resolver_epoch != 0 && epoch >= self.next_resolver_epoch {
            self.next_resolver
        } else {
            self.resolver
        }
    }

    /// Whether a slash request that has not expired holds in `epoch`.
    #[inline(always)]
    pub fn is_accused(&self, epoch: u64) -> bool {
        self.open_requests > 0 && epoch < self.requests_expire_at
    }

    #[inline(always)]
    pub fn key(&self) -> VaultKey {
        VaultKey { vrt_mint: self.vrt_mint, bump: [self.bump] }
    }

    /// Notes that a request no longer exists.
    #[inline(always)]
    pub fn forget_request(&mut self) {
        self.open_requests = self.open_requests.saturating_sub(1);
    }
}

/// The vault's address seeds, copied out so that the vault can be lent to the call they sign.
pub struct VaultKey {
    vrt_mint: Address,
    bump: [u8; 1],
}

impl VaultKey {
    #[inline(always)]
    pub fn seeds(&self) -> [Seed<'_>; 3] {
        [Seed::from(VAULT_SEED), Seed::from(self.vrt_mint.as_ref()), Seed::from(self.bump.as_ref())]
    }
}
