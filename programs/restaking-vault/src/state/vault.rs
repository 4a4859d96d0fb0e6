//! One collateral, its share price, and what is promised out of it.

use anchor_lang::prelude::*;
use pinocchio::cpi::Seed;
use sluice_vault_math::{Book, Bps, CollateralAmount, EpochCap, MathError, RequestTerms, VrtAmount};

use crate::constants::VAULT_SEED;

/// PDA `["vault", vrt_mint]`. Authority of the VRT mint, of the collateral account and of the VRT escrow.
#[account]
pub struct Vault {
    /// Sets what may be set. Unused by this version beyond naming who opened the vault.
    pub admin: Address,
    /// Consents to allocations for the depositors, and ends them.
    pub delegation_admin: Address,
    /// May veto a slash request.
    pub resolver: Address,
    pub collateral_mint: Address,
    /// Token account that holds the collateral.
    pub collateral_account: Address,
    pub collateral_token_program: Address,
    pub vrt_mint: Address,
    /// Token account that holds the locked seed's VRT and those of all tickets.
    pub vrt_escrow: Address,
    pub vrt_token_program: Address,
    /// Collateral by the vault's own record, in base units. Tokens sent to `collateral_account` directly are not
    /// in it.
    pub assets: u64,
    /// VRT minted and not burnt by this program, in base units.
    pub vrt_supply: u64,
    /// VRT in tickets.
    pub queued_vrt: u64,
    /// VRT of the seed, locked for ever.
    pub locked_vrt: u64,
    /// Smallest deposit, in base units of the collateral.
    pub min_deposit: u64,
    /// Sum of all allocations' `amount`, in base units of the collateral.
    pub total_allocated: u64,
    /// Slash requests that exist, expired ones that nobody closed included.
    pub open_requests: u64,
    /// First epoch in which every request opened so far has expired.
    pub requests_expire_at: u64,
    /// Epoch of the two fields below.
    pub cap_epoch: u64,
    /// Assets before the first change of `cap_epoch`.
    pub cap_assets: u64,
    /// Collateral slashed in `cap_epoch`.
    pub cap_slashed: u64,
    /// Cool-down of a ticket, in epochs.
    pub cooldown_epochs: u16,
    pub veto_epochs: u16,
    pub execution_epochs: u16,
    /// Cool-down of an allocation, in epochs.
    pub deallocation_epochs: u16,
    /// Most that may be slashed in one epoch, of the assets at its start.
    pub slash_cap_bps: u16,
    pub bump: u8,
    pub version: u8,
    pub _padding: [u8; 4],
    pub _reserved: [u8; 256],
}

const _: () = assert!(core::mem::size_of::<Vault>() == 9 * 32 + 11 * 8 + 5 * 2 + 2 + 4 + 256);

impl Vault {
    #[inline(always)]
    pub fn book(&self) -> Book {
        Book { assets: CollateralAmount(self.assets), supply: VrtAmount(self.vrt_supply) }
    }

    #[inline(always)]
    pub fn set_book(&mut self, book: Book) {
        self.assets = book.assets.0;
        self.vrt_supply = book.supply.0;
    }

    /// This epoch's slash cap record. Whatever is about to change `assets` stores it first, so that the cap of an
    /// epoch counts from what the vault held before anybody touched it.
    #[inline(always)]
    pub fn epoch_cap(&self, epoch: u64) -> EpochCap {
        EpochCap {
            epoch: self.cap_epoch,
            assets_at_start: CollateralAmount(self.cap_assets),
            slashed: CollateralAmount(self.cap_slashed),
        }
        .at(epoch, CollateralAmount(self.assets))
    }

    #[inline(always)]
    pub fn set_epoch_cap(&mut self, cap: EpochCap) {
        self.cap_epoch = cap.epoch;
        self.cap_assets = cap.assets_at_start.0;
        self.cap_slashed = cap.slashed.0;
    }

    #[inline(always)]
    pub fn slash_cap(&self) -> Bps {
        Bps::saturating(self.slash_cap_bps)
    }

    #[inline(always)]
    pub fn request_terms(&self) -> RequestTerms {
        RequestTerms { veto_epochs: self.veto_epochs, execution_epochs: self.execution_epochs }
    }

    /// Collateral that is neither allocated nor on its way out in tickets. Zero when withdrawals have left less
    /// than what is allocated.
    #[inline(always)]
    pub fn unallocated(&self) -> core::result::Result<CollateralAmount, MathError> {
        let staying = self.book().staying(VrtAmount(self.queued_vrt))?;
        Ok(staying.saturating_sub(CollateralAmount(self.total_allocated)))
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
