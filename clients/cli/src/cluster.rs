//! Which cluster a command talks to, which pool is meant, and addresses on the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sluice_client::pool::PoolId;
use sluice_client::{Rpc, Settings, keys};
use solana_address::Address;
use solana_commitment_config::CommitmentLevel;
use solana_signer::Signer;

use crate::error::Error;

/// How settled what is read must be.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Commitment {
    Processed,
    Confirmed,
    Finalized,
}

#[derive(Args, Clone)]
pub struct Cluster {
    /// URL of an RPC server, or localhost, devnet, testnet, mainnet-beta [default: as the Solana CLI is set, else the server on
    /// this machine]
    #[arg(short, long, value_name = "URL_OR_MONIKER", env = "SLUICE_URL", hide_env = true)]
    pub url: Option<String>,
    /// Settings of the Solana CLI [default: ~/.config/solana/cli/config.yml, if there is one]
    #[arg(short = 'C', long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How settled what is read must be [default: as the Solana CLI is set, else confirmed]
    #[arg(long, value_enum, value_name = "LEVEL")]
    commitment: Option<Commitment>,
}

impl Cluster {
    pub fn rpc(&self) -> Result<Rpc, Error> {
        Ok(self.settings(None)?.rpc()?)
    }

    pub fn settings(&self, keypair: Option<&PathBuf>) -> Result<Settings, Error> {
        let commitment = self.commitment.map(|level| match level {
            Commitment::Processed => CommitmentLevel::Processed,
            Commitment::Confirmed => CommitmentLevel::Confirmed,
            Commitment::Finalized => CommitmentLevel::Finalized,
        });
        let keypair = keypair.map(PathBuf::as_path);
        Ok(Settings::load(self.config.as_deref(), self.url.as_deref(), keypair, commitment)?)
    }
}

/// Whose accounts are listed: an address, or the keypair's.
#[derive(Args, Clone)]
pub struct Owner {
    /// Whose they are [default: the keypair's]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    owner: Option<Address>,
    /// Keypair file of the owner, in place of an address [default: as the Solana CLI is set]
    #[arg(
        short,
        long,
        value_name = "FILE",
        env = "SLUICE_KEYPAIR",
        hide_env = true,
        conflicts_with = "owner"
    )]
    keypair: Option<PathBuf>,
    #[command(flatten)]
    cluster: Cluster,
}

impl Owner {
    /// The server, and whose accounts.
    pub fn find(&self) -> Result<(Rpc, Address), Error> {
        let settings = self.cluster.settings(self.keypair.as_ref())?;
        let owner = match self.owner {
            Some(owner) => owner,
            None => keys::read(&settings.keypair)?.pubkey(),
        };
        Ok((settings.rpc()?, owner))
    }
}

/// Which pool is meant.
#[derive(Args, Clone)]
#[group(required = true, multiple = false)]
pub struct PoolChoice {
    /// Mint of the pool's LST
    #[arg(long, value_parser = address, env = "SLUICE_MINT", hide_env = true)]
    mint: Option<Address>,
    /// Address of the pool, instead
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pool: Option<Address>,
}

impl PoolChoice {
    pub fn id(&self) -> PoolId {
        // The command line has one of them.
        self.mint
            .map(PoolId::Mint)
            .or(self.pool.map(PoolId::Pool))
            .unwrap_or(PoolId::Pool(Address::default()))
    }
}

/// An address on the command line.
pub fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|_| "not an address, which is 32 to 44 characters of base58".into())
}
