//! `sluice vault distribute`: tokens of any mint for those a list names, and the file by which they claim.

use std::path::{Path, PathBuf};

use clap::Args;
use sluice_client::accounts::ReadError;
use sluice_client::distribution::{Claim, MAX_LEAVES, ProofFile, Share, Tree, hex};
use sluice_client::mints::{NewAccount, account_size};
use sluice_client::{Request, SendError};
use sluice_sdk::Event;
use sluice_sdk::pda::restaking_vault::find_distribution;
use sluice_sdk::restaking_vault::accounts::Distribution;
use sluice_sdk::restaking_vault::instructions::{CreateDistribution, CreateDistributionInstructionArgs};
use sluice_sdk::restaking_vault::types::DistributionParams;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::choice::VaultChoice;
use super::desk::{Desk, told};
use crate::act::{Acting, Action, Rows};
use crate::amount::{Amount, decimal, exact};
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::words::{epoch_at, row};
use crate::error::Error;
use crate::holder::sol;
use crate::output::{Format, write_json};
use crate::purse::{Purse, PurseError, Source};

/// Arguments of `sluice vault distribute`.
#[derive(Args)]
pub struct Distribute {
    /// Table of who gets how much, with the columns recipient and amount: wallets, and whole tokens
    #[arg(value_name = "CSV")]
    recipients: PathBuf,
    /// What is distributed
    #[arg(long, value_name = "MINT", value_parser = address)]
    mint: Address,
    /// For how many epochs it can be claimed; what is left goes back
    #[arg(long, value_name = "EPOCHS", value_parser = clap::value_parser!(u64).range(2..=400))]
    epochs: u64,
    /// File to write the proofs to, which recipients need to claim; it must not exist yet
    #[arg(long, value_name = "FILE")]
    proofs: PathBuf,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Distribute {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, .. } = &desk;
        if self.proofs.exists() {
            return Err(Refusal::FileExists { path: self.proofs.clone() }.into());
        }
        let mint = wallet.rpc.mint(&self.mint).await?;
        let shares = read(&self.recipients, mint.decimals)?;
        let total = shares.iter().try_fold(0u64, |sum, share| sum.checked_add(share.amount));
        let total = total.ok_or_else(|| bad_line(&self.recipients, 0, "all together are too much"))?;
        let owner = wallet.address();
        let purse = Purse::read(&wallet.rpc, &owner, &self.mint, &mint.program, "tokens").await?;
        let purse = Purse { decimals: mint.decimals, ..purse };
        let spending = spend(&purse, total, &self.source)?;

        let account = wallet.rpc.account(&self.mint).await?;
        let account = account.ok_or(ReadError::Missing { what: "mint", address: self.mint })?;
        let size = account_size(&account);
        let rent = wallet.rpc.minimum_balance(size).await?;
        let kept = wallet.rpc.minimum_balance(Distribution::LEN).await?;
        let key = Keypair::new();
        let distribution = find_distribution(&key.pubkey()).0;
        let tree = Tree::new(&distribution, &shares);
        let tree = tree.ok_or_else(|| Refusal::Empty { path: self.recipients.clone() })?;
        let expiry_epoch = desk.epoch().saturating_add(self.epochs);
        let file = ProofFile {
            distribution,
            vault: view.address,
            mint: self.mint,
            decimals: mint.decimals,
            root: hex(&tree.root()),
            expiry_epoch,
            claims: (0u32..).zip(&shares).map(|(index, share)| Claim::new(&tree, index, share)).collect(),
        };
        let tokens = NewAccount {
            address: &key.pubkey(),
            mint: &self.mint,
            program: &mint.program,
            owner: &distribution,
            size,
            rent,
        };
        let create = CreateDistribution {
            vault: view.address,
            creator: owner,
            mint: self.mint,
            creator_tokens: spending,
            token_account: key.pubkey(),
            distribution,
            token_program: mint.program,
        };
        let params = DistributionParams {
            root: tree.root(),
            amount: total,
            expiry_epoch,
            // At most MAX_LEAVES.
            leaves: file.claims.len() as u32,
        };
        let create = create.instruction(CreateDistributionInstructionArgs { params });
        let request = Request::new(tokens.create(&owner).into_iter().chain([create]).collect());
        let pace = wallet.rpc.pace().await?;
        let said = |amount| format!("{} of {}", exact(amount, mint.decimals), self.mint);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, DistributionCreated) else { return Rows::new() };
            let mut rows = vec![
                row("You give", said(event.amount)),
                row("Recipients", event.leaves.to_string()),
                row("Distribution", event.distribution.to_string()),
                row(
                    "Until",
                    format!("{} begins; then the rest goes back to you", epoch_at(event.expiry_epoch, &pace)),
                ),
                row(
                    "Rent",
                    format!("{}, of which {} are yours again in the end", sol(rent + kept), sol(kept)),
                ),
                row("Proofs", self.proofs.display().to_string()),
            ];
            if event.total < event.amount {
                let lack = exact(event.amount - event.total, mint.decimals);
                let text = format!("{lack} are the token's own fee: who claims last gets nothing for it");
                rows.push(row("Does not arrive", text));
            }
            rows
        };
        let title = format!("Distribute {} to {} recipients", said(total), shares.len());
        // Written before it is sent: without it nobody could claim what is on chain. What would be refused is, first.
        request.simulate(&wallet.rpc, &owner).await?;
        if !self.acting.is_dry_run() {
            write_json(&self.proofs, &file)?;
        }
        let done = wallet.act(Action { title, request, signers: vec![&key], rows: &rows }).await;
        // The file goes only where it is certain that nothing has landed that it could prove anything about.
        let nothing_landed = matches!(
            &done,
            Err(Error::NotAsked
                | Error::Declined
                | Error::Send(SendError::Expired { .. } | SendError::Refused(_) | SendError::Failed(_)))
        );
        if nothing_landed {
            let _ = std::fs::remove_file(&self.proofs);
        }
        done.map(|_| ())
    }
}

/// The account that so much is taken from.
fn spend(purse: &Purse, amount: u64, source: &Source) -> Result<Address, PurseError> {
    let amount = decimal(&exact(amount, purse.decimals)).map(Amount::Exactly);
    // What was summed up from numbers above zero is one.
    Ok(purse.spend(amount.unwrap_or(Amount::All), source)?.account)
}

fn bad_line(path: &Path, line: u64, reason: impl Into<String>) -> Refusal {
    Refusal::BadLine { path: path.to_owned(), line, reason: reason.into() }
}

/// Reads the table. Nobody may be named twice: whose second line it would be could not tell them apart.
fn read(path: &Path, decimals: u8) -> Result<Vec<Share>, Error> {
    let unreadable = |reason: csv::Error| {
        let line = reason.position().map_or(0, csv::Position::line);
        bad_line(path, line, reason.to_string())
    };
    if !path.exists() {
        let reason = std::io::ErrorKind::NotFound.into();
        return Err(Error::Unreadable { path: path.to_owned(), reason });
    }
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(unreadable)?;
    let headers = reader.headers().map_err(unreadable)?.clone();
    let place = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
    let (Some(recipient), Some(amount)) = (place("recipient"), place("amount")) else {
        return Err(bad_line(path, 1, "the columns recipient and amount are missing").into());
    };
    let mut shares: Vec<Share> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |place| record.get(place).unwrap_or_default();
        let owner = address(field(recipient)).map_err(|error| bad_line(path, line, error))?;
        let amount = decimal(field(amount)).map_err(|error| bad_line(path, line, error))?;
        let amount = amount.units(decimals).map_err(|error| bad_line(path, line, error.to_string()))?;
        if !seen.insert(owner) {
            return Err(bad_line(path, line, format!("{owner} is named twice")).into());
        }
        shares.push(Share { owner, amount });
    }
    match shares.len() {
        0 => Err(Refusal::Empty { path: path.to_owned() }.into()),
        count if count > MAX_LEAVES => {
            Err(Refusal::TooManyRecipients { path: path.to_owned(), count, most: MAX_LEAVES }.into())
        }
        _ => Ok(shares),
    }
}
