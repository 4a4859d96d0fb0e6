//! What a deployment will do, and what it will cost, before it does anything.

use std::path::PathBuf;

use serde::Serialize;

use crate::chain::Context;
use crate::steps::{Found, Step};

/// What a part is found to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As the file wants it.
    There,
    /// It has begun, and time does the rest.
    Later,
    /// To be made.
    Missing,
}

/// One part.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    pub what: String,
    pub address: String,
    pub state: State,
    /// Transactions that make it.
    pub transactions: usize,
    /// Lamports that accounts keep as rent, that are paid in, and that signatures cost.
    pub rent: u64,
    pub pays: u64,
    pub fees: u64,
    pub note: String,
}

/// All parts, in the order in which they are made.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Plan {
    pub lines: Vec<Line>,
    /// Sums of the lines, in lamports.
    pub rent: u64,
    pub pays: u64,
    pub fees: u64,
    /// The most that buffers borrow at a time beside that, and give back.
    pub borrows: u64,
    /// What the wallet has.
    pub balance: u64,
    /// Keypair files that are not there: every address that comes of them is only an example.
    pub examples: Vec<PathBuf>,
}

impl Plan {
    /// What the wallet must have.
    pub fn needs(&self) -> u64 {
        [self.rent, self.pays, self.fees, self.borrows].into_iter().fold(0, u64::saturating_add)
    }

    /// What the wallet will have spent.
    pub fn spends(&self) -> u64 {
        self.needs().saturating_sub(self.borrows)
    }

    /// Whether everything is there.
    pub fn is_done(&self) -> bool {
        self.lines.iter().all(|line| line.state != State::Missing)
    }

    pub(crate) fn add(&mut self, context: &Context, step: &Step, found: &Found) {
        let mut line = Line {
            what: step.what.clone(),
            address: step.address.to_string(),
            state: State::There,
            transactions: 0,
            rent: 0,
            pays: 0,
            fees: 0,
            note: String::new(),
        };
        match found {
            Found::There => {}
            Found::Later(note) => (line.state, line.note) = (State::Later, note.clone()),
            Found::Missing(todo) => {
                line.state = State::Missing;
                line.transactions = 1;
                (line.rent, line.pays, line.note) = (todo.rent, todo.pays, todo.note.clone());
                line.fees = context.signature_fees(&todo.instructions);
                context.assume(&todo.instructions);
            }
            Found::Upload(upload) => {
                line.state = State::Missing;
                line.transactions = upload.transactions();
                (line.rent, line.fees) = (upload.rent, upload.fees(&context.payer()));
                line.note = format!("{} bytes", upload.bytes.len());
                self.borrows = self.borrows.max(upload.borrows);
            }
        }
        self.rent = self.rent.saturating_add(line.rent);
        self.pays = self.pays.saturating_add(line.pays);
        self.fees = self.fees.saturating_add(line.fees);
        self.lines.push(line);
    }
}
