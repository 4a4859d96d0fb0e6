//! `sluice admin selection set-groups`: which hosting provider and country validators have, from a table.

use std::path::{Path, PathBuf};

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::instructions::{
    SetGroups as SetGroupsAccounts, SetGroupsInstructionArgs,
};
use sluice_sdk::validator_selection::types::Grouping;
use solana_address::Address;
use solana_instruction::AccountMeta;

use super::desk::{Desk, Office};
use crate::act::Rows;
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::words::row;
use crate::error::Error;
use crate::output::Format;

/// Groups that there are: see the program's registry.
const PROVIDERS: u16 = 255;
const COUNTRIES: u16 = 63;
/// Candidates whose vote accounts fit a transaction.
const BATCH: usize = 20;

/// Arguments of `sluice admin selection set-groups`.
#[derive(Args)]
pub struct SetGroups {
    /// Table with the columns vote, provider (0 to 255) and country (0 to 63); 0 is no group. What is so already is left
    /// out; twenty validators go into a transaction, and each transaction says its own outcome
    #[arg(value_name = "CSV")]
    table: PathBuf,
    #[command(flatten)]
    office: Office,
}

impl SetGroups {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        let config = &desk.selection.config;
        if config.oracle == Address::default() {
            return Err(Refusal::NoOracle { admin: config.admin }.into());
        }
        desk.wallet.must_be("oracle", &config.oracle)?;
        let groupings = self.read(&desk)?;
        if groupings.is_empty() {
            return Err(Refusal::NoChange { what: "every group" }.into());
        }
        desk.must_not_be_allocating()?;
        let batches: Vec<_> = groupings.chunks(BATCH).collect();
        for (place, batch) in batches.iter().enumerate() {
            let votes: Vec<_> =
                batch.iter().map(|(vote, _)| AccountMeta::new_readonly(*vote, false)).collect();
            let set = SetGroupsAccounts {
                config: desk.config,
                oracle: desk.wallet.address(),
                registry: desk.selection.config.registry,
            };
            let args = SetGroupsInstructionArgs { batch: batch.iter().map(|(_, it)| it.clone()).collect() };
            let set = set.instruction_with_remaining_accounts(args, &votes);
            let title = match batches.len() {
                1 => format!("Group {} validators", batch.len()),
                all => format!("Group {} validators ({} of {all})", batch.len(), place + 1),
            };
            desk.wallet.order(title, vec![set], &rows).await?;
        }
        Ok(())
    }

    /// What of the table is not so already.
    fn read(&self, desk: &Desk) -> Result<Vec<(Address, Grouping)>, Error> {
        let path: &Path = &self.table;
        let bad = |line: u64, reason: String| Refusal::BadLine { path: path.to_owned(), line, reason };
        let unreadable =
            |reason: csv::Error| bad(reason.position().map_or(0, csv::Position::line), reason.to_string());
        if !path.exists() {
            let reason = std::io::ErrorKind::NotFound.into();
            return Err(Error::Unreadable { path: path.to_owned(), reason });
        }
        let reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path);
        let mut reader = reader.map_err(unreadable)?;
        let headers = reader.headers().map_err(unreadable)?.clone();
        let column = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
        let columns = (column("vote"), column("provider"), column("country"));
        let (Some(vote), Some(provider), Some(country)) = columns else {
            return Err(bad(1, "the columns vote, provider and country are missing".into()).into());
        };
        let mut groupings: Vec<(Address, Grouping)> = Vec::new();
        for record in reader.records() {
            let record = record.map_err(unreadable)?;
            let line = record.position().map_or(0, csv::Position::line);
            let field = |column| record.get(column).unwrap_or_default();
            let group = |column: usize, most: u16| {
                let number = field(column).parse().ok().filter(|number| *number <= most);
                number.ok_or_else(|| {
                    bad(line, format!("{:?} is no group, which is 0 to {most}", field(column)))
                })
            };
            let vote = address(field(vote)).map_err(|error| bad(line, error))?;
            let (aso, country) = (group(provider, PROVIDERS)?, group(country, COUNTRIES)?);
            let (index, candidate) = desk.candidate(&vote).map_err(|error| bad(line, error.to_string()))?;
            if groupings.iter().any(|(known, _)| *known == vote) {
                return Err(bad(line, format!("{vote} is named twice")).into());
            }
            if (candidate.seat.aso, candidate.seat.country) != (aso, country) {
                groupings.push((vote, Grouping { index, aso, country }));
            }
        }
        Ok(groupings)
    }
}

fn rows(events: &[Event]) -> Rows {
    let group = |number: u16| if number == 0 { "none".into() } else { number.to_string() };
    let grouped = events.iter().filter_map(|event| match event {
        Event::ValidatorSelection(ValidatorSelectionEvent::CandidateGrouped(event)) => Some(event),
        _ => None,
    });
    let mut rows: Rows = grouped
        .map(|event| {
            let text = format!(
                "provider {} → {}, country {} → {}",
                group(event.aso_before),
                group(event.aso_after),
                group(event.country_before),
                group(event.country_after)
            );
            row(&event.vote.to_string(), text)
        })
        .collect();
    rows.push(row("In force", "with the next allocation"));
    rows
}
