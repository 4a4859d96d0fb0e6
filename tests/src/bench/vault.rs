//! Rows of restaking-vault. It keeps no list: what an instruction costs depends on nothing but itself, save for the
//! tries that finding a new account's address takes.

use sluice_sdk::AccountData;
use sluice_sdk::pda::restaking_vault as pda;
use sluice_sdk::restaking_vault::accounts::Allocation;
use sluice_sdk::restaking_vault::instructions::*;
use sluice_sdk::restaking_vault::types::VaultParams;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::report::Report;
use crate::token::{self, TOKEN_PROGRAM};
use crate::{Chain, SOL, Sent, Svm, keypair};

const PROGRAM: &str = "restaking_vault";
const DEPOSIT_LIMIT: u64 = 6_000;
const ENQUEUE_LIMIT: u64 = 6_500;
const CLAIM_LIMIT: u64 = 8_000;

const COOLDOWN_EPOCHS: u16 = 2;
const VETO_EPOCHS: u16 = 2;
const EXECUTION_EPOCHS: u16 = 2;
const DEALLOCATION_EPOCHS: u16 = 8;

pub fn measure(report: &mut Report) {
    let mut svm = Svm::new();
    let vault = Vault::open(report, &mut svm);
    let user = User::new(&vault, &mut svm, "user");
    users(report, &svm, &vault, &user);

    let (burning, paying) = (Team::register(report, &mut svm, None), {
        let insurer = keypair("insurer").pubkey();
        let insurance = vault.token_account(&mut svm, "insurance", &vault.collateral, &insurer);
        Team::register(&mut Report::new(), &mut svm, Some(insurance))
    });
    let sent = svm.must(&[vault.allocate(&burning, 10 * SOL)], &vault.parties(&burning));
    row(report, "allocate", "the first agreement, slashes burn", &sent, None);
    let sent = svm.must(&[vault.allocate(&burning, SOL)], &vault.parties(&burning));
    row(report, "allocate", "more of it", &sent, None);
    let sent = svm.must(&[vault.allocate(&paying, 10 * SOL)], &vault.parties(&paying));
    row(report, "allocate", "the first agreement, slashes pay somebody", &sent, None);
    let _ = user;
}
