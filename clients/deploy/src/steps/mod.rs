//! The steps of a deployment, in their order. A step looks at the cluster and says that its part is there, or which one
//! transaction makes it: so a run that stops anywhere is continued by the next, and a step that was done costs nothing.

mod handover;
mod mint;
mod parties;
mod pool;
mod program;
mod selection;
mod vault;

use std::fmt::Display;

use solana_address::Address;
use solana_instruction::Instruction;

use crate::addresses::Addresses;
use crate::chain::Context;
use crate::error::Error;

pub use program::Upload;

/// One part of a deployment.
pub struct Step {
    /// What it is, for a person.
    pub what: String,
    pub address: Address,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Program(usize),
    LstMint,
    Pool,
    Roles,
    LpMint,
    Liquidity,
    Selection,
    Params,
    Oracle,
    TakeOver,
    /// The epoch's update of a pool without validators, where something that is priced is still to be made.
    Update,
    VrtMint(usize),
    Vault(usize),
    JuniorMint(usize),
    Junior(usize),
    VaultFee(usize),
    Operator(usize),
    OperatorFee(usize),
    Service(usize),
    PoolHandover,
    SelectionHandover,
    VaultHandover(usize),
}

/// What a step finds.
pub enum Found {
    /// It is as the file wants it.
    There,
    /// It has begun, and time does the rest.
    Later(String),
    /// This makes it.
    Missing(Todo),
    /// A program's bytes are to be written.
    Upload(Box<Upload>),
}

/// One transaction.
#[derive(Default)]
pub struct Todo {
    pub instructions: Vec<Instruction>,
    /// Lamports that accounts keep as rent.
    pub rent: u64,
    /// Lamports that are paid in.
    pub pays: u64,
    /// What it does, where that is not plain.
    pub note: String,
}

impl Todo {
    pub fn add(&mut self, (instructions, rent): (Vec<Instruction>, u64)) {
        self.instructions.extend(instructions);
        self.rent = self.rent.saturating_add(rent);
    }

    pub fn one(instruction: Instruction) -> Self {
        Self { instructions: vec![instruction], ..Self::default() }
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// All steps of a file, in order.
pub fn all(context: &Context, at: &Addresses) -> Vec<Step> {
    let config = &context.config;
    let mut steps = Vec::new();
    let mut step = |what: String, address: Address, kind| steps.push(Step { what, address, kind });
    for (index, program) in at.programs.iter().enumerate() {
        step(format!("program {}", program.name), program.address, Kind::Program(index));
    }
    step("LST mint".into(), at.pool.mint, Kind::LstMint);
    step("pool".into(), at.pool.pool, Kind::Pool);
    step("pool's roles".into(), at.pool.pool, Kind::Roles);
    if let Some(mint) = at.pool.lp_mint {
        step("LP mint".into(), mint, Kind::LpMint);
        step("liquidity pool".into(), at.pool.pool, Kind::Liquidity);
    }
    if let (Some(selection), Some(wanted)) = (&at.selection, &config.selection) {
        step("selection".into(), selection.config, Kind::Selection);
        if context.options.set_params {
            step("selection's parameters".into(), selection.config, Kind::Params);
        }
        step("selection's oracle".into(), selection.config, Kind::Oracle);
        if wanted.takes_over {
            step("delegation authority".into(), at.pool.pool, Kind::TakeOver);
        }
    }
    if config.vaults.iter().any(|vault| matches!(vault.collateral.as_str(), "lst" | "lp")) {
        step("pool's update".into(), at.pool.pool, Kind::Update);
    }
    for (index, (vault, wanted)) in at.vaults.iter().zip(&config.vaults).enumerate() {
        let name = &vault.name;
        step(format!("VRT mint of {name}"), vault.vrt_mint, Kind::VrtMint(index));
        step(format!("vault {name}"), vault.vault, Kind::Vault(index));
        if let Some(mint) = vault.junior_mint {
            step(format!("junior mint of {name}"), mint, Kind::JuniorMint(index));
            step(format!("junior shares of {name}"), vault.vault, Kind::Junior(index));
        }
        if wanted.fee.is_some() {
            step(format!("fee of {name}"), vault.vault, Kind::VaultFee(index));
        }
    }
    for (index, operator) in at.operators.iter().enumerate() {
        step(format!("operator {}", operator.name), operator.address, Kind::Operator(index));
        if config.operators[index].fee_bps > 0 {
            step(format!("fee of operator {}", operator.name), operator.address, Kind::OperatorFee(index));
        }
    }
    for (index, service) in at.services.iter().enumerate() {
        step(format!("service {}", service.name), service.address, Kind::Service(index));
    }
    if config.handover.is_some() {
        step("handover of the pool".into(), at.pool.pool, Kind::PoolHandover);
        if let Some(selection) = &at.selection {
            step("handover of the selection".into(), selection.config, Kind::SelectionHandover);
        }
        for (index, vault) in at.vaults.iter().enumerate() {
            step(format!("handover of vault {}", vault.name), vault.vault, Kind::VaultHandover(index));
        }
    }
    steps
}

impl Step {
    /// Whether it buys at the pool's price, which wants the epoch's update.
    pub fn is_priced(&self) -> bool {
        matches!(self.kind, Kind::Vault(_) | Kind::Junior(_))
    }

    /// The epoch's update of the pool.
    pub fn is_update(&self) -> bool {
        self.kind == Kind::Update
    }

    /// Looks at the cluster.
    pub async fn find(&self, context: &Context, at: &Addresses) -> Result<Found, Error> {
        match self.kind {
            Kind::Program(index) => program::find(context, at, index).await,
            Kind::LstMint => mint::lst(context, at).await,
            Kind::Pool => pool::find(context, at).await,
            Kind::Roles => pool::roles(context, at).await,
            Kind::LpMint => mint::lp(context, at).await,
            Kind::Liquidity => pool::liquidity(context, at).await,
            Kind::Selection => selection::find(context, at).await,
            Kind::Params => selection::params(context, at).await,
            Kind::Oracle => selection::oracle(context, at).await,
            Kind::TakeOver => selection::take_over(context, at).await,
            Kind::Update => pool::update(context, at).await,
            Kind::VrtMint(index) => mint::vrt(context, at, index).await,
            Kind::Vault(index) => vault::find(context, at, index).await,
            Kind::JuniorMint(index) => mint::junior(context, at, index).await,
            Kind::Junior(index) => vault::junior(context, at, index).await,
            Kind::VaultFee(index) => vault::fee(context, at, index).await,
            Kind::Operator(index) => parties::operator(context, at, index).await,
            Kind::OperatorFee(index) => parties::operator_fee(context, at, index).await,
            Kind::Service(index) => parties::service(context, at, index).await,
            Kind::PoolHandover => handover::pool(context, at).await,
            Kind::SelectionHandover => handover::selection(context, at).await,
            Kind::VaultHandover(index) => handover::vault(context, at, index).await,
        }
    }
}

/// What is on chain against what the file says.
pub struct Comparison {
    what: String,
    differences: Vec<String>,
}

impl Comparison {
    pub fn of(what: impl Into<String>) -> Self {
        Self { what: what.into(), differences: Vec::new() }
    }

    pub fn field<T: PartialEq + Display>(&mut self, name: &str, there: T, file: T) {
        if there != file {
            self.differences.push(format!("{name} is {there} there and {file} in the file"));
        }
    }

    /// That it differs in this way.
    pub fn differs(&self, difference: String) -> Error {
        Error::Differs { what: self.what.clone(), differences: vec![difference] }
    }

    pub fn done(self) -> Result<Found, Error> {
        if self.differences.is_empty() {
            Ok(Found::There)
        } else {
            Err(Error::Differs { what: self.what, differences: self.differences })
        }
    }
}
