//! Refusals, checked whole: the error, the program it comes from, and that nothing moved.

use std::fmt::Debug;

use sluice_sdk::staking_pool::errors::StakingPoolError;
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use solana_account::Account;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::chain::{Chain, Failed};
use crate::pool::PoolFixture;

/// Lamports a signature costs.
pub const SIGNATURE_FEE: u64 = 5_000;

/// The error a transaction is expected to fail with, and the program that is to return it: the innermost one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    by: Address,
    error: InstructionError,
}

impl Refusal {
    /// A program's own error, by number.
    pub fn code(by: &Address, code: u32) -> Self {
        Self::of(by, InstructionError::Custom(code))
    }

    /// One of the errors all programs share.
    pub fn of(by: &Address, error: InstructionError) -> Self {
        Self { by: *by, error }
    }
}

impl From<StakingPoolError> for Refusal {
    fn from(error: StakingPoolError) -> Self {
        Self::code(&STAKING_POOL_ID, error as u32)
    }
}

/// Runs `attempt`, which fails, and expects it to leave `accounts` as they are, to the byte and to the lamport: the
/// first signer pays for the signatures, and nothing else happens. Sysvars and vote accounts change by themselves and
/// are not compared.
#[track_caller]
pub fn untouched<C: Chain, T>(
    chain: &mut C,
    accounts: &[Address],
    signers: &[&Keypair],
    attempt: impl FnOnce(&mut C) -> T,
) -> T {
    let before: Vec<_> = accounts.iter().map(|address| chain.account(address)).collect();
    let result = attempt(chain);
    let payer = signers[0].pubkey();
    let fee = SIGNATURE_FEE * signers.len() as u64;
    for (address, before) in accounts.iter().zip(before) {
        if before.as_ref().is_some_and(changes_by_itself) {
            continue;
        }
        let before = before.map(|account| match *address == payer {
            true => Account { lamports: account.lamports - fee, ..account },
            false => account,
        });
        assert_eq!(chain.account(address), before, "{address} changed");
    }
    result
}

fn changes_by_itself(account: &Account) -> bool {
    account.owner == solana_sdk_ids::sysvar::ID || account.owner == solana_sdk_ids::vote::ID
}

/// Sends and expects the refusal, which must leave alone every account that the instructions name and those `watched`.
#[track_caller]
pub fn refused<C: Chain>(
    chain: &mut C,
    instructions: &[Instruction],
    signers: &[&Keypair],
    watched: &[Address],
    refusal: impl Into<Refusal>,
) {
    let refusal = refusal.into();
    let mut accounts = watched.to_vec();
    accounts
        .extend(instructions.iter().flat_map(|instruction| &instruction.accounts).map(|meta| meta.pubkey));
    let failed: Failed =
        untouched(chain, &accounts, signers, |chain| match chain.send(instructions, signers) {
            Ok(sent) => panic!("expected {refusal:?}, succeeded:\n{}", sent.logs.join("\n")),
            Err(failed) => failed,
        });
    let by = sluice_sdk::logs::failure(&failed.logs).map(|(program, _)| program);
    let error = failed.instruction_error().cloned();
    let found = by.zip(error).map(|(by, error)| Refusal { by, error });
    assert_eq!(found, Some(refusal), "{:?}\n{}", failed.err, failed.logs.join("\n"));
}

impl PoolFixture {
    /// Expects the refusal of an instruction, sent at the cost of the fixture's payer. Nothing that the instruction
    /// names, and nothing of the pool, may change.
    #[track_caller]
    pub fn refuses<C: Chain>(
        &self,
        chain: &mut C,
        instruction: Instruction,
        signers: &[&Keypair],
        refusal: impl Into<Refusal>,
    ) {
        let mut all = vec![&self.payer];
        all.extend(signers);
        let own = [self.pool, self.reserve, self.list, self.mint, self.escrow, self.treasury];
        refused(chain, &[instruction], &all, &own, refusal);
    }
}

/// The instruction with another account wherever it names `old`.
#[track_caller]
pub fn substitute(instruction: &Instruction, old: &Address, new: &Address) -> Instruction {
    let mut instruction = instruction.clone();
    let mut found = false;
    for meta in instruction.accounts.iter_mut().filter(|meta| meta.pubkey == *old) {
        meta.pubkey = *new;
        found = true;
    }
    assert!(found, "the instruction does not name {old}");
    instruction
}

/// The instruction without the signature of `signer`.
#[track_caller]
pub fn unsigned(instruction: &Instruction, signer: &Address) -> Instruction {
    let mut instruction = instruction.clone();
    let mut found = false;
    for meta in instruction.accounts.iter_mut().filter(|meta| meta.pubkey == *signer && meta.is_signer) {
        meta.is_signer = false;
        found = true;
    }
    assert!(found, "{signer} does not sign");
    instruction
}
