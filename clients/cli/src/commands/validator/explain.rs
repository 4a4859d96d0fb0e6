//! `sluice validator explain`: reads a selection and answers for one candidate, or says why there is none.

use clap::Args;
use solana_address::Address;

use super::answer::Answer;
use super::words;
use crate::cluster::Cluster;
use crate::error::Error;
use crate::numbers::{count, lst};
use crate::output::{self, Format};
use crate::rpc::Rpc;
use crate::selection::{self, PoolChoice, Selection};

const VOTE_PROGRAM: Address = Address::from_str_const("Vote111111111111111111111111111111111111111");

/// Arguments of `sluice validator explain`.
#[derive(Args)]
pub struct Explain {
    /// The validator's vote account
    #[arg(value_parser = selection::address)]
    vote: Address,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    cluster: Cluster,
}

/// Why nothing can be said of an address.
#[derive(Debug, thiserror::Error)]
pub enum StrangerError {
    #[error("{given} is a validator's identity: ask for its vote account, {vote}")]
    Identity { given: Address, vote: Address },
    #[error("{given} is no vote account on this cluster ({host})")]
    NotAVoteAccount { given: Address, host: String },
    #[error(
        "{vote} has not joined: anyone may bring it in with a bond of {bond} or more (instruction join), once it has {} \
         completed epochs with credits; {} of {} places are taken", count(*history), count(*taken), count(*places)
    )]
    NotJoined { vote: Address, bond: String, history: u64, taken: u64, places: u64 },
}

impl Explain {
    pub fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let selection = Selection::read(&rpc, &self.pool)?;
        let Some(candidate) = selection.candidate(&self.vote) else {
            return Err(self.stranger(&rpc, &selection)?.into());
        };
        let answer = Answer::of(&selection, candidate, rpc.host());
        output::print(format, &answer, |answer| words::page(&selection, answer))
    }

    /// What is wrong with an address that is no candidate's.
    fn stranger(&self, rpc: &Rpc, selection: &Selection) -> Result<StrangerError, Error> {
        let given = self.vote;
        if let Some(candidate) = selection.candidate_of_node(&given) {
            return Ok(StrangerError::Identity { given, vote: candidate.vote });
        }
        let (_, accounts) = rpc.accounts(&[given])?;
        if !accounts.iter().flatten().any(|account| account.owner == VOTE_PROGRAM) {
            return Ok(StrangerError::NotAVoteAccount { given, host: rpc.host().to_string() });
        }
        let params = &selection.config.params;
        Ok(StrangerError::NotJoined {
            vote: given,
            bond: lst(params.join_bond),
            history: params.min_history,
            taken: selection.candidates.len() as u64,
            places: selection.capacity as u64,
        })
    }
}
