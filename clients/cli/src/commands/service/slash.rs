//! `sluice service slash`: a service accuses an operator.

use std::path::PathBuf;

use clap::Args;
use sluice_client::distribution::{from_hex, hex, sha256};
use sluice_client::vault::risk;
use sluice_sdk::Event;
use sluice_sdk::pda::restaking_vault::find_slash_request;
use sluice_sdk::restaking_vault::accounts::{Service, SlashRequest};
use sluice_sdk::restaking_vault::instructions::{RequestSlash, RequestSlashInstructionArgs};

use crate::act::{Acting, Rows};
use crate::amount::{Amount, any_amount};
use crate::commands::refusal::Refusal;
use crate::commands::vault::agreement::Parties;
use crate::commands::vault::desk::{Desk, told};
use crate::commands::words::{epoch_at, key, row};
use crate::error::Error;
use crate::holder::sol;
use crate::output::Format;

/// Arguments of `sluice service slash`.
#[derive(Args)]
pub struct Slash {
    /// How much of the collateral to ask for, or all that is at risk
    #[arg(value_name = "COLLATERAL", value_parser = any_amount)]
    amount: Amount,
    #[command(flatten)]
    evidence: Evidence,
    #[command(flatten)]
    parties: Parties,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Evidence {
    /// Hash of the evidence, 64 hexadecimal digits
    #[arg(long, value_name = "HASH", value_parser = hash)]
    evidence: Option<[u8; 32]>,
    /// File of the evidence, whose SHA-256 is taken
    #[arg(long, value_name = "FILE")]
    evidence_file: Option<PathBuf>,
}

fn hash(text: &str) -> Result<[u8; 32], String> {
    from_hex(text).ok_or_else(|| "not a hash, which is 64 hexadecimal digits".into())
}

impl Evidence {
    fn read(&self) -> Result<[u8; 32], Error> {
        let Some(path) = &self.evidence_file else { return Ok(self.evidence.unwrap_or_default()) };
        let bytes = std::fs::read(path).map_err(|reason| Error::Unreadable { path: path.clone(), reason })?;
        Ok(sha256(&[&bytes]))
    }
}

impl Slash {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, self.parties.vault(), format).await?;
        let Desk { wallet, view, units } = &desk;
        let (address, allocation) = self.parties.agreed(&desk).await?;
        let service: Service = wallet.rpc.get(&allocation.service).await?;
        wallet.must_be("service's authority", &service.authority)?;
        let evidence = self.evidence.read()?;
        if allocation.request_open == 1 {
            let request = find_slash_request(&address, allocation.next_nonce.saturating_sub(1)).0;
            return Err(Refusal::RequestOpen { request }.into());
        }
        let (from, now) = (allocation.next_request_epoch, desk.epoch());
        if now < from {
            return Err(Refusal::RequestTooSoon { from, now }.into());
        }
        let risk = risk(&allocation, now);
        let amount = desk.part(self.amount, risk.amount.0, "asked for, which is what is at risk here")?;
        let pace = wallet.rpc.pace().await?;
        let rent = wallet.rpc.minimum_balance(SlashRequest::LEN).await?;
        let request = RequestSlash {
            vault: view.address,
            allocation: address,
            service: allocation.service,
            service_authority: wallet.address(),
            slash_request: find_slash_request(&address, allocation.next_nonce).0,
        };
        let request = request.instruction(RequestSlashInstructionArgs { amount, evidence });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, SlashRequested) else { return Rows::new() };
            let resolver = key(&view.resolver(), "nobody");
            vec![
                row("Request", event.request.to_string()),
                row(
                    "Asks for",
                    format!(
                        "{} of {} at risk",
                        units.collateral(event.amount),
                        units.collateral(risk.amount.0)
                    ),
                ),
                row("Of the operator", allocation.operator.to_string()),
                row("Evidence", hex(&event.evidence)),
                row("Would go to", key(&allocation.beneficiary, "nobody: it is burnt")),
                row(
                    "Can be vetoed",
                    format!("by {resolver}, before {}", epoch_at(event.executable_epoch, &pace)),
                ),
                row("Then executed", format!("by anyone, before {}", epoch_at(event.expiry_epoch, &pace))),
                row("Meanwhile", "tickets and instant exits of the vault wait"),
                row("Rent", format!("{}, yours again when it is closed", sol(rent))),
            ]
        };
        let title = format!("Ask for {} of the vault {}", units.collateral(amount), view.address);
        desk.act(title, vec![request], &rows).await
    }
}
