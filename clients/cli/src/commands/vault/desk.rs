//! What the commands of a vault start from: a wallet, the vault as it stands, and what its amounts are called.

use sluice_client::vault::{Class, VaultView};
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::accounts::WithdrawalTicket;
use sluice_sdk::restaking_vault::events::RestakingVaultEvent;
use solana_address::Address;
use solana_instruction::Instruction;

use super::choice::VaultChoice;
use super::words::{Units, shares_name};
use crate::act::{Acting, Rows, Wallet};
use crate::commands::refusal::Refusal;
use crate::error::Error;
use crate::output::Format;
use crate::purse::Purse;

/// A wallet before a vault.
pub struct Desk {
    pub wallet: Wallet,
    pub view: VaultView,
    pub units: Units,
}

impl Desk {
    pub async fn open(acting: &Acting, vault: &VaultChoice, format: Format) -> Result<Self, Error> {
        let wallet = acting.open(format)?;
        let view = VaultView::read(&wallet.rpc, &vault.id()).await?;
        let units = Units::of(&view);
        Ok(Self { wallet, view, units })
    }

    pub fn epoch(&self) -> u64 {
        self.view.clock.epoch
    }

    /// The wallet's collateral.
    pub async fn collateral(&self) -> Result<Purse, Error> {
        let vault = &self.view.vault;
        let (mint, program) = (&vault.collateral_mint, &vault.collateral_token_program);
        self.purse(mint, program, self.units.collateral_name()).await
    }

    /// The wallet's shares of a class.
    pub async fn shares(&self, class: Class) -> Result<Purse, Error> {
        let mint = self.view.shares_mint(class);
        self.purse(&mint, &self.view.vault.vrt_token_program, shares_name(class)).await
    }

    async fn purse(&self, mint: &Address, program: &Address, unit: &str) -> Result<Purse, Error> {
        let owner = self.wallet.address();
        let purse = Purse::read(&self.wallet.rpc, &owner, mint, program, unit).await?;
        Ok(Purse { decimals: self.units.decimals(), ..purse })
    }

    /// A ticket of this vault that belongs to the wallet, unless `anyones` may be used.
    pub async fn ticket(&self, address: &Address, anyones: bool) -> Result<WithdrawalTicket, Error> {
        let ticket: WithdrawalTicket = self.wallet.rpc.get(address).await?;
        if ticket.vault != self.view.address {
            return Err(Refusal::OtherVault { ticket: *address, vault: ticket.vault }.into());
        }
        if !anyones {
            self.wallet.must_be("ticket's owner", &ticket.owner)?;
        }
        Ok(ticket)
    }

    /// Refuses a ticket that cannot be claimed yet.
    pub fn must_be_due(&self, ticket: &WithdrawalTicket) -> Result<(), Refusal> {
        let (from, now) = (self.view.claimable_from(ticket), self.epoch());
        if from <= now {
            return Ok(());
        }
        let accused = from > ticket.unlock_epoch;
        let why = if accused { ": a slash request is open, for which tickets wait" } else { "" };
        Err(Refusal::NotDue { from, now, why })
    }

    /// One transaction of this wallet, without other signers.
    pub async fn act(
        &self,
        title: String,
        instructions: Vec<Instruction>,
        rows: &dyn Fn(&[Event]) -> Rows,
    ) -> Result<(), Error> {
        self.wallet.order(title, instructions, rows).await
    }
}

/// An event of the vault among those of a transaction.
pub fn event<T>(events: &[Event], pick: impl Fn(&RestakingVaultEvent) -> Option<&T>) -> Option<&T> {
    events.iter().find_map(|event| match event {
        Event::RestakingVault(event) => pick(event),
        _ => None,
    })
}

/// The event of that name, as [`event`] wants it picked.
macro_rules! told {
    ($events:expr, $name:ident) => {
        $crate::commands::vault::desk::event($events, |event| match event {
            sluice_sdk::restaking_vault::events::RestakingVaultEvent::$name(event) => Some(event),
            _ => None,
        })
    };
}
pub(crate) use told;
