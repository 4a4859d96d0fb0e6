//! `sluice vault allocate`, `deallocate` and `release`: what the vault puts at risk under an agreement, and takes back.

use clap::Args;
use sluice_client::vault::{BY_ALL, risk};
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::instructions::{
    Allocate as AllocateAccounts, AllocateInstructionArgs, Deallocate as DeallocateAccounts,
    DeallocateInstructionArgs, ReleaseAllocation,
};

use super::agreement::Parties;
use super::desk::{Desk, told};
use crate::act::{Acting, Rows};
use crate::amount::{Amount, any_amount};
use crate::commands::refusal::Refusal;
use crate::commands::words::{change, consents, epoch_at, row};
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice vault allocate`.
#[derive(Args)]
pub struct Allocate {
    /// How much of the collateral will be at risk, beside what is; or all that may
    #[arg(value_name = "COLLATERAL", value_parser = any_amount)]
    amount: Amount,
    #[command(flatten)]
    parties: Parties,
    #[command(flatten)]
    acting: Acting,
}

impl Desk {
    /// An amount of what there is, refused in the words of `what` can be done with it.
    pub fn part(&self, amount: Amount, most: u64, what: &'static str) -> Result<u64, Error> {
        let asked = match amount {
            Amount::All => most,
            Amount::Exactly(decimal) => decimal.units(self.units.decimals())?,
        };
        if asked > most || asked == 0 {
            let (asked, most) = (self.units.collateral(asked), self.units.collateral(most));
            return Err(Refusal::TooMuch { asked, most, what }.into());
        }
        Ok(asked)
    }
}

impl Allocate {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, self.parties.vault(), format).await?;
        let Desk { wallet, view, units } = &desk;
        wallet.must_be("delegation admin", &view.vault.delegation_admin)?;
        let (address, allocation) = self.parties.agreed(&desk).await?;
        if allocation.consents != BY_ALL {
            return Err(Refusal::NotAgreed { by: consents(allocation.consents) }.into());
        }
        let shielded = view.vault.shielded == 1;
        let most = view.allocatable().filter(|_| !shielded || view.pool_is_fresh());
        let most = most.ok_or(Refusal::PoolStale { pool: view.vault.staking_pool })?;
        let amount =
            desk.part(self.amount, most, "allocated, of what stays, can be slashed and is not allocated")?;
        let pace = wallet.rpc.pace().await?;
        let allocate = AllocateAccounts {
            vault: view.address,
            delegation_admin: wallet.address(),
            allocation: address,
            staking_pool: view.named_pool().filter(|_| shielded),
        };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, CollateralAllocated) else { return Rows::new() };
            let collateral = |amount: &u64| units.collateral(*amount);
            let mut rows = Rows::new();
            rows.extend(change("Warming up", &event.warming_before, &event.warming_after, collateral));
            rows.push(row("Can be slashed from", epoch_at(event.warm_from, &pace)));
            let (before, after) = (event.total_allocated_before, event.total_allocated_after);
            rows.extend(change("Allocated in all", &before, &after, collateral));
            let total = event.book.assets.saturating_add(event.book.junior_assets);
            rows.push(row("Of a vault of", units.collateral(total)));
            rows
        };
        let title = format!("Allocate {} of the vault {}", units.collateral(amount), view.address);
        desk.act(title, vec![allocate.instruction(AllocateInstructionArgs { amount })], &rows).await
    }
}

/// Arguments of `sluice vault deallocate`.
#[derive(Args)]
pub struct Deallocate {
    /// How much to take back, or all
    #[arg(value_name = "COLLATERAL", value_parser = any_amount)]
    amount: Amount,
    #[command(flatten)]
    parties: Parties,
    #[command(flatten)]
    acting: Acting,
}

impl Deallocate {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, self.parties.vault(), format).await?;
        let Desk { wallet, view, units } = &desk;
        wallet.must_be("delegation admin", &view.vault.delegation_admin)?;
        let (address, allocation) = self.parties.agreed(&desk).await?;
        let warm = risk(&allocation, desk.epoch()).warm().0;
        let amount = desk.part(self.amount, warm, "taken back, of what is at risk and not on its way out")?;
        let pace = wallet.rpc.pace().await?;
        let deallocate = DeallocateAccounts {
            vault: view.address,
            delegation_admin: wallet.address(),
            allocation: address,
        };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, DeallocationStarted) else { return Rows::new() };
            let collateral = |amount: &u64| units.collateral(*amount);
            let mut rows = Rows::new();
            rows.extend(change("Cooling down", &event.cooling_before, &event.cooling_after, collateral));
            rows.push(row("Can be slashed until", epoch_at(event.cooled_at, &pace)));
            rows.push(row("Then", "anyone may release it"));
            rows
        };
        let title =
            format!("Take {} back from an agreement of the vault {}", units.collateral(amount), view.address);
        desk.act(title, vec![deallocate.instruction(DeallocateInstructionArgs { amount })], &rows).await
    }
}

/// Arguments of `sluice vault release`.
#[derive(Args)]
pub struct Release {
    #[command(flatten)]
    parties: Parties,
    #[command(flatten)]
    acting: Acting,
}

impl Release {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, self.parties.vault(), format).await?;
        let (allocation, agreed) = self.parties.agreed(&desk).await?;
        if agreed.cooling_amount == 0 {
            return Err(Refusal::NothingCooling.into());
        }
        if desk.epoch() < agreed.cooled_at {
            return Err(Refusal::StillCooling { from: agreed.cooled_at, now: desk.epoch() }.into());
        }
        let release = ReleaseAllocation { vault: desk.view.address, allocation };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, AllocationReleased) else { return Rows::new() };
            let collateral = |amount: &u64| desk.units.collateral(*amount);
            let mut rows = Rows::new();
            rows.extend(change("At risk here", &event.amount_before, &event.amount_after, collateral));
            rows.extend(change(
                "Allocated in all",
                &event.total_allocated_before,
                &event.total_allocated_after,
                collateral,
            ));
            rows
        };
        let title = format!("Release what has cooled down of the vault {}", desk.view.address);
        desk.act(title, vec![release.instruction()], &rows).await
    }
}
