//! What handing over has in common for a vault, a pool and a selection: the admin proposes, the proposed key accepts.

use clap::Args;
use solana_address::Address;

use crate::act::{Rows, Wallet};
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::words::{key, row};

/// Who is proposed.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Proposed {
    /// Who will be the admin once that key accepts
    #[arg(value_name = "ADDRESS", value_parser = address)]
    proposed: Option<Address>,
    /// Take a proposal back
    #[arg(long)]
    nobody: bool,
}

impl Proposed {
    /// The zero address where a proposal is taken back.
    pub fn address(&self) -> Address {
        self.proposed.unwrap_or_default()
    }
}

/// What a proposal does.
pub fn proposed(before: &Address, after: &Address) -> Rows {
    let name = |address| key(address, "nobody");
    let mut rows = vec![row("Proposed", format!("{} → {}", name(before), name(after)))];
    if *after != Address::default() {
        rows.push(row("Nothing changes until", format!("{after} runs accept-admin")));
    }
    rows
}

/// What accepting does.
pub fn accepted(before: &Address, after: &Address) -> Rows {
    vec![row("Admin", format!("{before} → {after}")), row("The other roles", "stay as they are")]
}

impl Wallet {
    /// Refuses a key that was not proposed.
    pub fn must_be_proposed(&self, pending: &Address, admin: &Address) -> Result<(), Refusal> {
        if *pending == Address::default() {
            return Err(Refusal::NobodyProposed { admin: *admin });
        }
        self.must_be("proposed admin", pending)
    }
}
