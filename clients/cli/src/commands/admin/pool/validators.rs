//! `sluice admin pool add-validator`, `remove-validator`, `retire-validator` and `set-preferred-validator`.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::pda::staking_pool::{find_activating_stake, find_stake};
use sluice_sdk::staking_pool::instructions::{
    AddValidator, RemoveValidator, RemoveValidatorInstructionArgs, RetireValidator,
    RetireValidatorInstructionArgs, SetPreferredValidator, SetPreferredValidatorInstructionArgs,
};
use solana_address::Address;
use solana_sdk_ids::vote;

use super::desk::{Office, told};
use crate::act::Rows;
use crate::cluster::address;
use crate::commands::admin::partial::sol;
use crate::commands::refusal::Refusal;
use crate::commands::words::{key, row};
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice admin pool add-validator`.
#[derive(Args)]
pub struct Add {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Address,
    #[command(flatten)]
    office: Office,
}

impl Add {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        desk.must_delegate()?;
        let account = desk.wallet.rpc.account(&self.vote).await?;
        if account.is_none_or(|account| account.owner != vote::ID) {
            let reason = "the vote program has no account there".into();
            return Err(Refusal::NotThat { address: self.vote, what: "vote account", reason }.into());
        }
        let list = desk.list().await?;
        if list.records.iter().any(|record| record.vote == self.vote) {
            return Err(Refusal::InPool { vote: self.vote }.into());
        }
        let add = AddValidator {
            pool: desk.pool(),
            delegation_authority: desk.wallet.address(),
            validator_list: desk.view.pool.validator_list,
            vote: self.vote,
        };
        let count = list.records.len();
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, ValidatorAdded) else { return Rows::new() };
            vec![
                row("Place", event.index.to_string()),
                row("Validators", format!("{count} → {} of {}", count + 1, list.capacity)),
            ]
        };
        let title = format!("Take the validator {} into the pool {}", self.vote, desk.pool());
        desk.wallet.order(title, vec![add.instruction()], &rows).await
    }
}

/// Arguments of `sluice admin pool remove-validator`.
#[derive(Args)]
pub struct Remove {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Address,
    #[command(flatten)]
    office: Office,
}

impl Remove {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        let (index, record) = desk.record(&self.vote).await?;
        if record.retired == 0 {
            desk.must_delegate()?;
        } else {
            desk.wallet.must_be("admin", &desk.view.pool.admin)?;
        }
        let held = [record.stake, record.activating, record.deactivating];
        let held = held.iter().fold(0u64, |sum, part| sum.saturating_add(*part));
        if held > 0 || record.stake_state != 0 {
            return Err(Refusal::HoldsStake { vote: self.vote, held: sol(held) }.into());
        }
        let remove = RemoveValidator {
            pool: desk.pool(),
            authority: desk.wallet.address(),
            validator_list: desk.view.pool.validator_list,
            vote: self.vote,
        };
        let remove = remove.instruction(RemoveValidatorInstructionArgs { index });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, ValidatorRemoved) else { return Rows::new() };
            vec![row("Place", format!("{}, which the last one takes", event.index))]
        };
        let title = format!("Take the validator {} out of the pool {}", self.vote, desk.pool());
        desk.wallet.order(title, vec![remove], &rows).await
    }
}

/// Arguments of `sluice admin pool retire-validator`.
#[derive(Args)]
pub struct Retire {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Address,
    #[command(flatten)]
    office: Office,
}

impl Retire {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        desk.wallet.must_be("admin", &desk.view.pool.admin)?;
        let (index, record) = desk.record(&self.vote).await?;
        if record.retired == 1 {
            return Err(Refusal::Retired { vote: self.vote }.into());
        }
        let retire = RetireValidator {
            pool: desk.pool(),
            admin: desk.wallet.address(),
            validator_list: desk.view.pool.validator_list,
            vote: self.vote,
            stake: find_stake(&desk.pool(), &self.vote).0,
            activating: find_activating_stake(&desk.pool(), &self.vote).0,
        };
        let retire = retire.instruction(RetireValidatorInstructionArgs { index });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, ValidatorRetired) else { return Rows::new() };
            vec![
                row("Starts to cool down", sol(event.lamports)),
                row("Collected", "by the update of the next epoch, or a later one"),
                row("For good", "nothing is delegated to it any more; then remove-validator takes it out"),
            ]
        };
        let title = format!("Retire the validator {} from the pool {}", self.vote, desk.pool());
        desk.wallet.order(title, vec![retire], &rows).await
    }
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Preference {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Option<Address>,
    /// Prefer nobody
    #[arg(long)]
    nobody: bool,
}

/// Arguments of `sluice admin pool set-preferred-validator`.
#[derive(Args)]
pub struct SetPreferred {
    #[command(flatten)]
    preference: Preference,
    #[command(flatten)]
    office: Office,
}

impl SetPreferred {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        desk.must_delegate()?;
        let named = self.preference.vote.unwrap_or_default();
        if named == desk.view.pool.preferred_validator {
            return Err(Refusal::NoChange { what: "the preference" }.into());
        }
        let index = match self.preference.vote {
            Some(vote) => desk.record(&vote).await?.0,
            None => 0,
        };
        let set = SetPreferredValidator {
            pool: desk.pool(),
            delegation_authority: desk.wallet.address(),
            validator_list: desk.view.pool.validator_list,
            vote: named,
        };
        let set = set.instruction(SetPreferredValidatorInstructionArgs { index });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, PreferredValidatorSet) else { return Rows::new() };
            let name = |address| key(address, "nobody");
            vec![
                row("Preferred", format!("{} → {}", name(&event.before), name(&event.after))),
                row("Binds", "nobody: it is a hint to who withdraws stake"),
            ]
        };
        let title = format!("Set the preferred validator of the pool {}", desk.pool());
        desk.wallet.order(title, vec![set], &rows).await
    }
}
