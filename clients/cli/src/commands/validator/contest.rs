//! What the commands about a pool's candidates start from: a wallet, the selection as it stands, and the wallet's LST.

use std::path::PathBuf;

use clap::Args;
use sluice_client::selection::Selection;
use sluice_client::{Rpc, keys};
use sluice_sdk::validator_selection::pdas::find_config;
use sluice_sdk::validator_selection::types::Candidate;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::act::{Acting, Wallet};
use crate::cluster::PoolChoice;
use crate::error::Error;
use crate::numbers::{count, lst};
use crate::output::Format;
use crate::purse::Purse;

const VOTE_PROGRAM: Address = solana_sdk_ids::vote::ID;

/// Why nothing can be said of an address.
#[derive(Debug, thiserror::Error)]
pub enum StrangerError {
    #[error("{given} is a validator's identity: ask for its vote account, {vote}")]
    Identity { given: Address, vote: Address },
    #[error("{given} is no vote account on this cluster ({host})")]
    NotAVoteAccount { given: Address, host: String },
    #[error(
        "{vote} has not joined: anyone may bring it in with a bond of {bond} or more (`sluice validator join`), once it has {} \
         completed epochs with credits; {} of {} places are taken", count(*history), count(*taken), count(*places)
    )]
    NotJoined { vote: Address, bond: String, history: u64, taken: u64, places: u64 },
}

/// A wallet before a selection.
pub struct Contest {
    pub wallet: Wallet,
    pub selection: Selection,
    pub config: Address,
    pub lst: Purse,
}

/// The key that speaks for a validator.
#[derive(Args, Clone)]
pub struct Authority {
    /// Keypair file of the validator's identity, or of its authorized withdrawer, who alone takes a bond back [default: --keypair,
    /// which pays in any case]
    #[arg(long, value_name = "FILE")]
    authority: Option<PathBuf>,
}

impl Authority {
    /// The key, if it is another one than the wallet's.
    pub fn key(&self) -> Result<Option<Keypair>, Error> {
        Ok(self.authority.as_deref().map(keys::read).transpose()?)
    }
}

/// Who speaks for a validator: the key that was named, or the wallet.
pub fn speaker(key: Option<&Keypair>, wallet: &Wallet) -> Address {
    key.map_or(wallet.address(), Signer::pubkey)
}

impl Contest {
    pub async fn open(acting: &Acting, pool: &PoolChoice, format: Format) -> Result<Self, Error> {
        let wallet = acting.open(format)?;
        let selection = Selection::read(&wallet.rpc, &pool.id()).await?;
        let (mint, program) = (selection.config.lst_mint, selection.config.token_program);
        let lst = Purse::read(&wallet.rpc, &wallet.address(), &mint, &program, "LST").await?;
        let config = find_config(&selection.pool_address).0;
        Ok(Self { wallet, selection, config, lst })
    }

    /// A candidate and its place in the registry.
    pub async fn place(&self, vote: &Address) -> Result<(u32, &Candidate), Error> {
        let found = (0..).zip(&self.selection.candidates).find(|(_, candidate)| candidate.vote == *vote);
        match found {
            Some(found) => Ok(found),
            None => Err(stranger(&self.wallet.rpc, &self.selection, vote).await?.into()),
        }
    }

    /// Lamports that LST is worth, for a person.
    pub fn worth(&self, shares: u64) -> String {
        crate::holder::sol(self.selection.worth(shares))
    }
}

/// What is wrong with an address that is no candidate's.
pub async fn stranger(rpc: &Rpc, selection: &Selection, given: &Address) -> Result<StrangerError, Error> {
    let given = *given;
    if let Some(candidate) = selection.candidate_of_node(&given) {
        return Ok(StrangerError::Identity { given, vote: candidate.vote });
    }
    let account = rpc.account(&given).await?;
    if account.is_none_or(|account| account.owner != VOTE_PROGRAM) {
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
