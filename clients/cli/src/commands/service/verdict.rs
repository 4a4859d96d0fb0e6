//! `sluice service execute`, `veto` and `close`: what becomes of an accusation.

use clap::Args;
use sluice_client::vault::{VaultId, VaultView};
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::accounts::{Allocation, SlashRequest};
use sluice_sdk::restaking_vault::instructions::{CloseSlashRequest, ExecuteSlash, VetoSlash};
use solana_address::Address;

use crate::act::{Acting, Rows, Wallet};
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::vault::desk::told;
use crate::commands::vault::words::Units;
use crate::commands::words::{change, key, row};
use crate::error::Error;
use crate::output::Format;

/// An accusation and what it is about.
struct Case {
    wallet: Wallet,
    address: Address,
    request: SlashRequest,
    allocation: Allocation,
    view: VaultView,
    units: Units,
}

impl Case {
    async fn open(acting: &Acting, address: &Address, format: Format) -> Result<Self, Error> {
        let wallet = acting.open(format)?;
        let request: SlashRequest = wallet.rpc.get(address).await?;
        let allocation = wallet.rpc.get(&request.allocation).await?;
        let view = VaultView::read(&wallet.rpc, &VaultId::Vault(request.vault)).await?;
        let units = Units::of(&view);
        Ok(Self { wallet, address: *address, request, allocation, view, units })
    }

    fn epoch(&self) -> u64 {
        self.view.clock.epoch
    }

    fn must_not_have_expired(&self) -> Result<(), Refusal> {
        let (since, now) = (self.request.expiry_epoch, self.epoch());
        if now < since { Ok(()) } else { Err(Refusal::Expired { since, now }) }
    }

    /// Who gets the request's rent back.
    fn rent(&self) -> (String, String) {
        row("Its rent goes to", self.request.rent_payer.to_string())
    }
}

/// Arguments of `sluice service execute`.
#[derive(Args)]
pub struct Execute {
    /// The slash request
    #[arg(value_parser = address)]
    request: Address,
    #[command(flatten)]
    acting: Acting,
}

impl Execute {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let case = Case::open(&self.acting, &self.request, format).await?;
        let Case { request, allocation, view, units, .. } = &case;
        let (from, now) = (request.executable_epoch, case.epoch());
        if now < from {
            return Err(Refusal::VetoOpen { from, now }.into());
        }
        case.must_not_have_expired()?;
        let shielded = view.vault.shielded == 1;
        if shielded && !view.pool_is_fresh() {
            return Err(Refusal::PoolStale { pool: view.vault.staking_pool }.into());
        }
        let beneficiary = allocation.beneficiary;
        let execute = ExecuteSlash {
            vault: request.vault,
            allocation: request.allocation,
            slash_request: case.address,
            rent_payer: request.rent_payer,
            collateral_mint: view.vault.collateral_mint,
            collateral_account: view.vault.collateral_account,
            beneficiary: (beneficiary != Address::default()).then_some(beneficiary),
            collateral_token_program: view.vault.collateral_token_program,
            staking_pool: view.named_pool().filter(|_| shielded),
        };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, SlashExecuted) else { return Rows::new() };
            let collateral = |amount: &u64| units.collateral(*amount);
            let mut rows = vec![
                row("Slashed", collateral(&event.slashed)),
                row("Goes to", key(&event.beneficiary, "nobody: it is burnt")),
            ];
            rows.extend(change("At risk here", &event.allocated_before, &event.allocated_after, collateral));
            rows.extend(change(
                "Slashed in this epoch",
                &event.epoch_slashed_before,
                &event.epoch_slashed_after,
                collateral,
            ));
            rows.extend(units.book(&event.before, &event.after));
            if event.request_left > 0 {
                let left = collateral(&event.request_left);
                rows.push(row("The request may still take", format!("{left}, in a later epoch")));
            } else {
                rows.push(case.rent());
            }
            rows
        };
        let title = format!("Execute the slash {}", case.address);
        case.wallet.order(title, vec![execute.instruction()], &rows).await
    }
}

/// Arguments of `sluice service veto`.
#[derive(Args)]
pub struct Veto {
    /// The slash request
    #[arg(value_parser = address)]
    request: Address,
    #[command(flatten)]
    acting: Acting,
}

impl Veto {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let case = Case::open(&self.acting, &self.request, format).await?;
        let Case { wallet, request, view, units, .. } = &case;
        wallet.must_be("vault's resolver", &view.resolver())?;
        case.must_not_have_expired()?;
        let (since, now) = (request.executable_epoch, case.epoch());
        if now >= since {
            return Err(Refusal::VetoOver { since, now }.into());
        }
        let veto = VetoSlash {
            vault: request.vault,
            allocation: request.allocation,
            slash_request: case.address,
            resolver: wallet.address(),
            rent_payer: request.rent_payer,
        };
        let open = view.vault.open_requests;
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, SlashVetoed) else { return Rows::new() };
            let mut rows = vec![row("Dismissed", units.collateral(event.amount))];
            let after = event.open_requests_after;
            rows.extend(change("Open requests of the vault", &open, &after, u64::to_string));
            rows.push(case.rent());
            rows
        };
        wallet.order(format!("Veto the slash {}", case.address), vec![veto.instruction()], &rows).await
    }
}

/// Arguments of `sluice service close`.
#[derive(Args)]
pub struct Close {
    /// The slash request
    #[arg(value_parser = address)]
    request: Address,
    #[command(flatten)]
    acting: Acting,
}

impl Close {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let case = Case::open(&self.acting, &self.request, format).await?;
        let Case { wallet, request, view, units, .. } = &case;
        let (at, now) = (request.expiry_epoch, case.epoch());
        if now < at {
            return Err(Refusal::NotExpired { at, now }.into());
        }
        let close = CloseSlashRequest {
            vault: request.vault,
            allocation: request.allocation,
            slash_request: case.address,
            rent_payer: request.rent_payer,
        };
        let open = view.vault.open_requests;
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, SlashRequestClosed) else { return Rows::new() };
            let (took, asked) = (units.collateral(event.executed), units.collateral(event.amount));
            let mut rows = vec![row("It took", format!("{took} of {asked}"))];
            let after = event.open_requests_after;
            rows.extend(change("Open requests of the vault", &open, &after, u64::to_string));
            rows.push(case.rent());
            rows
        };
        let title = format!("Close the expired slash {}", case.address);
        wallet.order(title, vec![close.instruction()], &rows).await
    }
}
