//! The rows of a report, the table a person reads, and the limits.

use serde::{Deserialize, Serialize};

use crate::chain::Sent;

/// One instruction in one situation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub program: String,
    pub instruction: String,
    pub case: String,
    /// Records in the list it works on; 0 where there is none.
    pub validators: u64,
    /// Compute units of the whole transaction; for a "one more" row, what one more record adds.
    pub cu: u64,
    /// Of these, what the program itself used, calls to others aside.
    pub own_cu: u64,
    /// Accounts the transaction locked.
    pub locks: u64,
    /// Serialized size of the transaction.
    pub bytes: u64,
    /// Most `cu` may be; the bench fails above it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<u64>,
}

/// The cranks of one whole epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochRow {
    pub validators: u64,
    /// How many of them get or give up stake.
    pub moving: u64,
    pub transactions: u64,
    pub cu: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit_transactions: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub runtime: String,
    pub instructions: Vec<Row>,
    pub epoch: Vec<EpochRow>,
}

/// Appended to the case of rows measured on the Bank.
pub const ON_BANK: &str = "stake program 5.1";

impl Report {
    pub(super) fn new() -> Self {
        Self {
            runtime: "LiteSVM 0.16.0 (Agave 4.2.2, stake program 5.0, p-token); rows marked \"stake program 5.1\": \
                      Agave 4.2.2 Bank"
                .into(),
            instructions: Vec::new(),
            epoch: Vec::new(),
        }
    }

    /// Records a transaction that ran one instruction.
    pub(super) fn add(
        &mut self,
        name: (&str, &str, &str),
        validators: usize,
        sent: &Sent,
        limit: Option<u64>,
    ) {
        let (program, instruction, case) = name;
        self.instructions.push(Row {
            program: program.into(),
            instruction: instruction.into(),
            case: case.into(),
            validators: validators as u64,
            cu: sent.compute_units,
            own_cu: own_compute_units(sent),
            locks: sent.locks as u64,
            bytes: sent.bytes as u64,
            limit,
        });
    }

    /// Records what each of `more` further records added between two transactions.
    pub(super) fn add_marginal(
        &mut self,
        name: (&str, &str, &str),
        validators: usize,
        (few, many, more): (&Sent, &Sent, u64),
        limit: Option<u64>,
    ) {
        let (program, instruction, case) = name;
        self.instructions.push(Row {
            program: program.into(),
            instruction: instruction.into(),
            case: case.into(),
            validators: validators as u64,
            cu: (many.compute_units - few.compute_units).div_ceil(more),
            own_cu: (own_compute_units(many) - own_compute_units(few)).div_ceil(more),
            locks: (many.locks - few.locks) as u64 / more,
            bytes: (many.bytes - few.bytes) as u64 / more,
            limit,
        });
    }

    /// Everything above its limit, in words.
    pub fn broken_limits(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for row in &self.instructions {
            if let Some(limit) = row.limit.filter(|limit| row.cu > *limit) {
                broken.push(format!(
                    "{}::{} ({}, {} validators): {} CU, limit {limit}",
                    row.program, row.instruction, row.case, row.validators, row.cu
                ));
            }
        }
        for row in &self.epoch {
            if let Some(limit) = row.limit_transactions.filter(|limit| row.transactions > *limit) {
                broken.push(format!(
                    "epoch of {} validators, {} moving: {} transactions, limit {limit}",
                    row.validators, row.moving, row.transactions
                ));
            }
        }
        broken
    }

    /// What got worse since `old`, in words.
    pub fn worse_than(&self, old: &Report) -> Vec<String> {
        let mut worse = Vec::new();
        for row in &self.instructions {
            let same = |other: &&Row| {
                (&other.program, &other.instruction, &other.case, other.validators)
                    == (&row.program, &row.instruction, &row.case, row.validators)
            };
            if let Some(before) = old.instructions.iter().find(same).filter(|before| row.cu > before.cu) {
                worse.push(format!(
                    "{}::{} ({}, {} validators): {} CU, was {}",
                    row.program, row.instruction, row.case, row.validators, row.cu, before.cu
                ));
            }
        }
        worse
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.runtime)?;
        writeln!(
            f,
            "{:<20} {:<26} {:<46} {:>6} {:>8} {:>8} {:>8} {:>6} {:>6}",
            "program", "instruction", "case", "list", "CU", "limit", "own CU", "locks", "bytes"
        )?;
        for row in &self.instructions {
            writeln!(
                f,
                "{:<20} {:<26} {:<46} {:>6} {:>8} {:>8} {:>8} {:>6} {:>6}",
                row.program,
                row.instruction,
                row.case,
                row.validators,
                row.cu,
                row.limit.map_or_else(|| "-".into(), |limit| limit.to_string()),
                row.own_cu,
                row.locks,
                row.bytes
            )?;
        }
        for row in &self.epoch {
            writeln!(
                f,
                "whole epoch, {} validators, {} moving: {} transactions, {} CU",
                row.validators, row.moving, row.transactions, row.cu
            )?;
        }
        Ok(())
    }
}

/// Compute units of the top-level programs, without the calls they made: from the runtime's own logs. Native
/// programs log no number; the system program always takes 150.
fn own_compute_units(sent: &Sent) -> u64 {
    let mut inner = 0u64;
    let mut depth = 0u32;
    for line in &sent.logs {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["Program", program, "invoke", _] => {
                depth += 1;
                if depth == 2 && *program == "11111111111111111111111111111111" {
                    inner += 150;
                }
            }
            ["Program", _, "consumed", units, "of", ..] if depth == 2 => {
                inner += units.parse::<u64>().unwrap_or(0)
            }
            ["Program", _, "success"] => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    sent.compute_units.saturating_sub(inner)
}
