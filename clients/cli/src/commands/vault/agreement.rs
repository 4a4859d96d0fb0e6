//! Opting in and out, for all three that an agreement takes: the same two instructions, whoever signs.

use clap::Args;
use sluice_client::vault::{BY_ALL, BY_OPERATOR, BY_SERVICE, BY_VAULT};
use sluice_sdk::Event;
use sluice_sdk::pda::restaking_vault::find_allocation;
use sluice_sdk::restaking_vault::accounts::{Allocation, Operator, Service};
use sluice_sdk::restaking_vault::instructions::{OptIn as OptInAccounts, OptOut as OptOutAccounts};
use solana_address::Address;

use super::choice::VaultChoice;
use super::desk::{Desk, told};
use crate::act::{Acting, Rows};
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::words::{change, consents, epoch_at, key, row};
use crate::error::Error;
use crate::output::Format;

/// Whose part of the agreement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    Vault,
    Operator,
    Service,
}

impl Party {
    fn bit(self) -> u8 {
        match self {
            Self::Vault => BY_VAULT,
            Self::Operator => BY_OPERATOR,
            Self::Service => BY_SERVICE,
        }
    }

    fn role(self) -> &'static str {
        match self {
            Self::Vault => "delegation admin",
            Self::Operator => "operator's authority",
            Self::Service => "service's authority",
        }
    }
}

/// The three that agree.
#[derive(Args, Clone)]
pub struct Parties {
    /// The operator
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    operator: Address,
    /// The service
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    service: Address,
    #[command(flatten)]
    vault: VaultChoice,
}

impl Parties {
    pub fn vault(&self) -> &VaultChoice {
        &self.vault
    }

    /// Where the agreement with this vault is.
    pub fn allocation(&self, vault: &Address) -> Address {
        find_allocation(vault, &self.operator, &self.service).0
    }

    /// The agreement itself, which somebody must have begun.
    pub async fn agreed(&self, desk: &Desk) -> Result<(Address, Allocation), Error> {
        let address = self.allocation(&desk.view.address);
        let found = desk.wallet.rpc.find(&address).await?;
        Ok((address, found.ok_or(Refusal::NoAgreement)?))
    }

    /// Refuses a key that cannot speak for the party.
    async fn authority(&self, desk: &Desk, party: Party) -> Result<(), Error> {
        let rpc = &desk.wallet.rpc;
        let (operator, service) =
            (rpc.get::<Operator>(&self.operator).await?, rpc.get::<Service>(&self.service).await?);
        let holder = match party {
            Party::Vault => desk.view.vault.delegation_admin,
            Party::Operator => operator.authority,
            Party::Service => service.authority,
        };
        Ok(desk.wallet.must_be(party.role(), &holder)?)
    }
}

/// Arguments of `opt-in`.
#[derive(Args)]
pub struct OptIn {
    #[command(flatten)]
    parties: Parties,
    /// Token account that slashed collateral goes to; the first to opt in names it, the others must name the same
    /// [default: slashes burn]
    #[arg(long, value_name = "TOKEN_ACCOUNT", value_parser = address)]
    beneficiary: Option<Address>,
    #[command(flatten)]
    acting: Acting,
}

impl OptIn {
    pub async fn run(&self, party: Party, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, self.parties.vault(), format).await?;
        let Desk { wallet, view, .. } = &desk;
        self.parties.authority(&desk, party).await?;
        let allocation = self.parties.allocation(&view.address);
        let before: Option<Allocation> = wallet.rpc.find(&allocation).await?;
        let rent = match &before {
            Some(_) => 0,
            None => wallet.rpc.minimum_balance(Allocation::LEN).await?,
        };
        let named = self.beneficiary.unwrap_or_default();
        if before
            .as_ref()
            .is_some_and(|before| before.consents & party.bit() != 0 && before.beneficiary == named)
        {
            return Err(Refusal::NoChange { what: "this agreement" }.into());
        }
        let opt_in = OptInAccounts {
            vault: view.address,
            operator: self.parties.operator,
            service: self.parties.service,
            authority: wallet.address(),
            payer: wallet.address(),
            allocation,
            beneficiary: self.beneficiary,
        };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, OptedIn) else { return Rows::new() };
            let bits = |bits: u64| consents(u8::try_from(bits).unwrap_or_default());
            let mut rows = vec![
                row("Agreement", event.allocation.to_string()),
                row("Agreed by", format!("{} → {}", bits(event.consents_before), bits(event.consents_after))),
            ];
            let was = before.as_ref().map_or(event.beneficiary, |before| before.beneficiary);
            match change("Slashes go to", &was, &event.beneficiary, |to| key(to, "nobody: they burn")) {
                Some(changed) => {
                    rows.push(changed);
                    rows.push(row("So", "the others' consent ends: they have to opt in again"));
                }
                None => rows.push(row("Slashes go to", key(&event.beneficiary, "nobody: they burn"))),
            }
            let all = event.consents_after == u64::from(BY_ALL);
            let next = if all { "the delegation admin may allocate" } else { "the others opt in" };
            rows.push(row("Next", next));
            if rent > 0 {
                rows.push(row("Rent", crate::holder::sol(rent)));
            }
            rows
        };
        let title = format!("Opt in, as {}, to an agreement with the vault {}", party.role(), view.address);
        desk.act(title, vec![opt_in.instruction()], &rows).await
    }
}

/// Arguments of `opt-out`.
#[derive(Args)]
pub struct OptOut {
    #[command(flatten)]
    parties: Parties,
    #[command(flatten)]
    acting: Acting,
}

impl OptOut {
    pub async fn run(&self, party: Party, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, self.parties.vault(), format).await?;
        let Desk { wallet, view, units } = &desk;
        self.parties.authority(&desk, party).await?;
        let (allocation, before) = self.parties.agreed(&desk).await?;
        if before.consents & party.bit() == 0 {
            return Err(Refusal::NotIn.into());
        }
        let pace = wallet.rpc.pace().await?;
        let opt_out = OptOutAccounts {
            vault: view.address,
            operator: self.parties.operator,
            service: self.parties.service,
            allocation,
            authority: wallet.address(),
        };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, OptedOut) else { return Rows::new() };
            let bits = |bits: u64| consents(u8::try_from(bits).unwrap_or_default());
            let collateral = |amount: &u64| units.collateral(*amount);
            let mut rows = vec![row(
                "Agreed by",
                format!("{} → {}", bits(event.consents_before), bits(event.consents_after)),
            )];
            if event.freed > 0 {
                rows.push(row("Free at once", collateral(&event.freed)));
            }
            rows.extend(change("Cooling down", &event.cooling_before, &event.cooling_after, collateral));
            if event.cooling_after > 0 {
                rows.push(row("Can be slashed until", epoch_at(event.cooled_at, &pace)));
            }
            rows.extend(change(
                "Allocated in all",
                &event.total_allocated_before,
                &event.total_allocated_after,
                collateral,
            ));
            rows
        };
        let title = format!("Opt out, as {}, of an agreement with the vault {}", party.role(), view.address);
        desk.act(title, vec![opt_out.instruction()], &rows).await
    }
}
