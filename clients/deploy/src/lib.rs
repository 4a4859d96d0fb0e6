//! Deploys and initialises Sluice on any cluster, from one file: programs, the pool, its selection, vaults.
//!
//! What is there is looked at first and never changed: where it differs from the file, nothing is done and both values are
//! named. What is missing is made by one transaction a step, so that a run that stops anywhere is continued by the next, and
//! nothing is paid for twice. Owns no terminal: what it does is told by [`Progress`].

mod addresses;
mod chain;
pub mod config;
mod error;
mod keys;
mod plan;
mod steps;
mod token;
pub mod units;
mod upload;

use std::path::Path;

use sluice_client::{Request, Rpc};
use solana_keypair::Keypair;
use solana_signature::Signature;

pub use addresses::{Addresses, Named, PoolAddresses, SelectionAddresses, VaultAddresses};
pub use config::{ClusterName, Config};
pub use error::Error;
pub use keys::{Keys, MissingKeys, development};
pub use plan::{Line, Plan, State};

use chain::Context;
use steps::{Found, Step, Todo};

/// Hashes of the first blocks of the public clusters.
const GENESIS: [(ClusterName, &str); 3] = [
    (ClusterName::Mainnet, "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"),
    (ClusterName::Testnet, "4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY"),
    (ClusterName::Devnet, "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG"),
];

/// How often a step is tried again that an epoch's beginning has stopped.
const TRIES: u32 = 3;

/// What is allowed beyond making what is missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Programs whose bytes differ are upgraded.
    upgrade: bool,
    /// The selection's parameters become those of the file.
    set_params: bool,
    /// The person knows that this is mainnet.
    mainnet: bool,
    /// Micro-lamports per compute unit.
    unit_price: u64,
    /// Found out of the cluster's first block.
    is_local: bool,
}

impl Options {
    /// Only what is missing is made.
    pub fn new() -> Self {
        Self::default()
    }

    pub fn upgrade(self, upgrade: bool) -> Self {
        Self { upgrade, ..self }
    }

    pub fn set_params(self, set_params: bool) -> Self {
        Self { set_params, ..self }
    }

    pub fn mainnet(self, mainnet: bool) -> Self {
        Self { mainnet, ..self }
    }

    pub fn unit_price(self, unit_price: u64) -> Self {
        Self { unit_price, ..self }
    }
}

/// What happens meanwhile.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// A step begins.
    Begins { what: &'a str },
    /// Bytes of a program that are in its buffer, and all of them.
    Writes { what: &'a str, written: usize, total: usize },
    /// A step's transaction has landed.
    Made { what: &'a str, signature: Signature },
}

/// A deployment on a cluster.
pub struct Deployment {
    context: Context,
    addresses: Addresses,
    steps: Vec<Step>,
}

impl Deployment {
    /// Checks that the server serves the file's cluster, and reads the keys. Sends nothing.
    ///
    /// `keys` is the folder of keypair files, instead of the file's.
    pub async fn open(
        rpc: Rpc,
        config: Config,
        wallet: Keypair,
        keys: Option<&Path>,
        missing: MissingKeys,
        mut options: Options,
    ) -> Result<Self, Error> {
        let genesis = rpc.said(rpc.client().get_genesis_hash().await)?.to_string();
        let actual = GENESIS.iter().find(|(_, hash)| *hash == genesis).map(|(name, _)| *name);
        let actual = actual.unwrap_or(ClusterName::Localnet);
        if actual != config.cluster {
            let (host, expected) = (rpc.host().to_string(), config.cluster.name());
            let actual = match actual {
                ClusterName::Localnet => format!("a cluster of its own (genesis {genesis})"),
                public => public.name().to_owned(),
            };
            return Err(Error::WrongCluster { host, expected, actual });
        }
        if actual == ClusterName::Mainnet && !options.mainnet {
            return Err(Error::Mainnet);
        }
        options.is_local = actual == ClusterName::Localnet;
        let folder = keys.or(config.keys.as_deref());
        let keys = Keys::new(wallet, &config.admin, folder, missing)?;
        let context = Context::new(rpc, config, keys, options);
        let addresses = Addresses::resolve(&context, genesis).await?;
        let steps = steps::all(&context, &addresses);
        Ok(Self { context, addresses, steps })
    }

    /// Everything this file comes to. Known before anything is made.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Looks at every part. Errors: `Differs`, with all differences there are, and `TooPoor`.
    pub async fn plan(&self) -> Result<Plan, Error> {
        let mut plan = Plan::default();
        let mut differences = Vec::new();
        self.check_programs().await?;
        self.context.assume_nothing();
        for step in &self.steps {
            match step.find(&self.context, &self.addresses).await {
                Ok(found) => plan.add(&self.context, step, &found),
                Err(Error::Differs { what, differences: found }) => {
                    differences.extend(found.into_iter().map(|difference| format!("{what}: {difference}")));
                }
                Err(error) => return Err(error),
            }
        }
        if !differences.is_empty() {
            return Err(Error::Differs { what: "what is there".into(), differences });
        }
        plan.examples = self.context.keys.invented();
        plan.balance = self.context.rpc.balance(&self.context.payer()).await?;
        if plan.needs() > plan.balance {
            let wallet = self.context.payer();
            return Err(Error::TooPoor { wallet, has: plan.balance, needs: plan.needs() });
        }
        Ok(plan)
    }

    /// Programs that the file does not deploy must be there, as far as it needs them.
    async fn check_programs(&self) -> Result<(), Error> {
        let config = &self.context.config;
        let has_vaults =
            !(config.vaults.is_empty() && config.operators.is_empty() && config.services.is_empty());
        for program in sluice_sdk::PROGRAMS {
            let is_needed = match program.name {
                "validator_selection" => config.selection.is_some(),
                "restaking_vault" => has_vaults,
                _ => true,
            };
            let is_listed = config.programs.iter().any(|listed| listed.name == program.name);
            if !is_needed || is_listed {
                continue;
            }
            let account = self.context.rpc.account(&program.id).await?;
            if !account.is_some_and(|account| account.executable) {
                return Err(Error::Refused {
                    what: format!("program {}", program.name),
                    reason: format!(
                        "there is none at {} on this cluster: add it to the file's [[programs]]",
                        program.id
                    ),
                });
            }
        }
        Ok(())
    }

    /// Makes what is missing, step by step. Errors: `NoKey` where the plan names examples.
    pub async fn run(&self, progress: &dyn Fn(Progress<'_>)) -> Result<(), Error> {
        self.context.keys.check_real()?;
        self.context.assume_nothing();
        for step in &self.steps {
            self.take(step, progress).await?;
        }
        Ok(())
    }

    async fn take(&self, step: &Step, progress: &dyn Fn(Progress<'_>)) -> Result<(), Error> {
        let what = &step.what;
        let mut tries = 0;
        let signature = loop {
            match step.find(&self.context, &self.addresses).await? {
                Found::There | Found::Later(_) => return Ok(()),
                Found::Missing(todo) => {
                    progress(Progress::Begins { what });
                    match self.send(what, todo).await {
                        // An epoch may have begun since the pool's update.
                        Err(Error::Send { .. })
                            if step.is_priced() && tries < TRIES && self.refresh(progress).await? =>
                        {
                            tries += 1;
                        }
                        sent => break sent?,
                    }
                }
                Found::Upload(upload) => {
                    progress(Progress::Begins { what });
                    break upload.run(&self.context, progress).await?.signature;
                }
            }
        };
        progress(Progress::Made { what, signature });
        match step.find(&self.context, &self.addresses).await? {
            Found::There | Found::Later(_) => Ok(()),
            Found::Missing(_) | Found::Upload(_) => Err(Error::NotMade { what: what.clone(), signature }),
        }
    }

    /// The pool's update, once more; whether there was one to make.
    async fn refresh(&self, progress: &dyn Fn(Progress<'_>)) -> Result<bool, Error> {
        let Some(update) = self.steps.iter().find(|step| step.is_update()) else { return Ok(false) };
        let Found::Missing(todo) = update.find(&self.context, &self.addresses).await? else {
            return Ok(false);
        };
        let (what, signature) = (&update.what, self.send(&update.what, todo).await?);
        progress(Progress::Made { what, signature });
        Ok(true)
    }

    async fn send(&self, what: &str, todo: Todo) -> Result<Signature, Error> {
        let keys = self.context.signers(what, &todo.instructions)?;
        let mut signers: Vec<&Keypair> = vec![self.context.keys.wallet()];
        signers.extend(keys.iter().map(|key| &**key));
        let request = Request::new(todo.instructions).unit_price(self.context.options.unit_price);
        let run = request.run(&self.context.rpc, &signers).await;
        let (landed, _) =
            run.map_err(|reason| Error::Send { what: what.to_owned(), reason: Box::new(reason) })?;
        Ok(landed.signature)
    }
}
