//! `sluice validator explain`: reads a selection and answers for one candidate, or says why there is none.

use clap::Args;
use sluice_client::selection::Selection;
use solana_address::Address;

use super::answer::Answer;
use super::contest::stranger;
use super::words;
use crate::cluster::{Cluster, PoolChoice, address};
use crate::error::Error;
use crate::output::{self, Format};

/// Arguments of `sluice validator explain`.
#[derive(Args)]
pub struct Explain {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Address,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    cluster: Cluster,
}

impl Explain {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let selection = Selection::read(&rpc, &self.pool.id()).await?;
        let Some(candidate) = selection.candidate(&self.vote) else {
            return Err(stranger(&rpc, &selection, &self.vote).await?.into());
        };
        let answer = Answer::of(&selection, candidate, rpc.host());
        output::print(format, &answer, |answer| words::page(&selection, answer))
    }
}
