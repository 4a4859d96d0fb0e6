//! `sluice vault rewards` and `claw-back`: what a distribution holds for somebody, and what nobody claimed.

use std::path::{Path, PathBuf};

use clap::Args;
use sluice_client::distribution::{Claim, ProofFile, from_hex};
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::accounts::Distribution;
use sluice_sdk::restaking_vault::instructions::{
    ClaimReward, ClaimRewardInstructionArgs, ClawBack as ClawBackAccounts,
};
use solana_address::Address;

use super::desk::told;
use crate::act::{Acting, Rows, Wallet};
use crate::amount::exact;
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::words::row;
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice vault rewards`.
#[derive(Args)]
pub struct Rewards {
    /// File of proofs, as who distributes publishes it
    #[arg(value_name = "FILE")]
    proofs: PathBuf,
    /// Whose reward to claim, for whom anyone may [default: the keypair's]
    #[arg(long, value_name = "WALLET", value_parser = address)]
    owner: Option<Address>,
    #[command(flatten)]
    acting: Acting,
}

impl Rewards {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let wallet = self.acting.open(format)?;
        let file = read(&self.proofs)?;
        let owner = self.owner.unwrap_or(wallet.address());
        let found = file.claims.iter().find(|claim| claim.owner == owner);
        let claim = found.ok_or_else(|| Refusal::NotInFile { path: self.proofs.clone(), owner })?;
        let distribution: Distribution = wallet.rpc.get(&file.distribution).await?;
        let proof = self.proof(claim, &file.distribution, &distribution)?;
        let now = wallet.rpc.clock().await?.epoch;
        if now >= distribution.expiry_epoch {
            return Err(Refusal::DistributionExpired { since: distribution.expiry_epoch, now }.into());
        }
        let byte = distribution.bitmap.get(claim.index as usize / 8).copied().unwrap_or_default();
        if (byte >> (claim.index % 8)) & 1 == 1 {
            return Err(Refusal::AlreadyClaimed { owner }.into());
        }
        let payee = wallet.account_of(&owner, &distribution.mint, &distribution.token_program).await?;
        let decimals = wallet.rpc.mint(&distribution.mint).await?.decimals;
        let claim = ClaimReward {
            distribution: file.distribution,
            owner,
            recipient: payee.account,
            token_account: distribution.token_account,
            mint: distribution.mint,
            token_program: distribution.token_program,
        }
        .instruction(ClaimRewardInstructionArgs { index: claim.index, amount: claim.amount, proof });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, RewardClaimed) else { return Rows::new() };
            let who = if event.owner == wallet.address() { "You receive" } else { "Its owner receives" };
            let mut rows = vec![
                row(who, format!("{} of {}", exact(event.amount, decimals), distribution.mint)),
                row(
                    "Claimed of all",
                    format!(
                        "{} → {} of {}",
                        exact(event.claimed_before, decimals),
                        exact(event.claimed_after, decimals),
                        exact(distribution.total, decimals)
                    ),
                ),
            ];
            rows.extend(payee.rows());
            rows
        };
        let title = format!("Claim the reward of {owner}");
        wallet.order(title, payee.create.iter().cloned().chain([claim]).collect(), &rows).await
    }

    /// The proof, if it leads to the root that is on chain.
    fn proof(
        &self,
        claim: &Claim,
        address: &Address,
        distribution: &Distribution,
    ) -> Result<Vec<[u8; 32]>, Refusal> {
        let leads = claim.root(address) == Some(distribution.root);
        let nodes = claim.nodes().filter(|_| leads);
        nodes.ok_or_else(|| Refusal::WrongProof { path: self.proofs.clone(), owner: claim.owner })
    }
}

/// Reads a file of proofs.
fn read(path: &Path) -> Result<ProofFile, Error> {
    let unreadable = |reason| Error::Unreadable { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let bad = |line: usize, reason: String| Refusal::BadLine {
        path: path.to_owned(),
        line: line as u64,
        reason: format!("no file of proofs: {reason}"),
    };
    let file: ProofFile =
        serde_json::from_str(&text).map_err(|error| bad(error.line(), error.to_string()))?;
    if from_hex(&file.root).is_none() {
        return Err(bad(1, "its root is no hash".into()).into());
    }
    Ok(file)
}

/// Arguments of `sluice vault claw-back`.
#[derive(Args)]
pub struct ClawBack {
    /// The distribution; anybody's: its creator is paid
    #[arg(value_parser = address)]
    distribution: Address,
    #[command(flatten)]
    acting: Acting,
}

impl ClawBack {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let wallet: Wallet = self.acting.open(format)?;
        let distribution: Distribution = wallet.rpc.get(&self.distribution).await?;
        let now = wallet.rpc.clock().await?.epoch;
        if now < distribution.expiry_epoch {
            return Err(Refusal::DistributionRuns { at: distribution.expiry_epoch, now }.into());
        }
        let creator = distribution.creator;
        let payee = wallet.account_of(&creator, &distribution.mint, &distribution.token_program).await?;
        let decimals = wallet.rpc.mint(&distribution.mint).await?.decimals;
        let rent = wallet.rpc.balance(&self.distribution).await?;
        let claw_back = ClawBackAccounts {
            distribution: self.distribution,
            creator,
            recipient: payee.account,
            token_account: distribution.token_account,
            mint: distribution.mint,
            token_program: distribution.token_program,
        };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, RewardsClawedBack) else { return Rows::new() };
            let mut rows = vec![
                row("Its creator", event.creator.to_string()),
                row("Was claimed", exact(event.claimed, decimals)),
                row("Goes back", format!("{} of {}", exact(event.returned, decimals), distribution.mint)),
                row("With the rent", exact(rent, 9) + " SOL"),
            ];
            rows.extend(payee.rows());
            rows
        };
        let title = format!("Close the distribution {}", self.distribution);
        let instructions = payee.create.iter().cloned().chain([claw_back.instruction()]).collect();
        wallet.order(title, instructions, &rows).await
    }
}
