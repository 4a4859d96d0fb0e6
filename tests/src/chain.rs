//! The little that a fixture needs of a chain, and what a transaction came to.

use std::fmt::Debug;

use solana_account::Account;
use solana_address::Address;
use solana_clock::Clock;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;

/// A transaction that succeeded.
#[derive(Clone, Debug)]
pub struct Sent {
    pub logs: Vec<String>,
    /// Compute units of the whole transaction.
    pub compute_units: u64,
    /// Lamports the first signer paid for signatures.
    pub fee: u64,
    /// Accounts the transaction locked.
    pub locks: usize,
    /// Serialized size of the transaction.
    pub bytes: usize,
}

impl Sent {
    /// The events of our programs, in order.
    pub fn events(&self) -> Vec<sluice_sdk::Event> {
        sluice_sdk::logs::events(&self.logs)
    }
}

/// A transaction that failed.
#[derive(Clone, Debug)]
pub struct Failed {
    pub err: TransactionError,
    pub logs: Vec<String>,
}

impl Failed {
    /// The number of the program error, where it is one of a program's own.
    pub fn code(&self) -> Option<u32> {
        match &self.err {
            TransactionError::InstructionError(_, InstructionError::Custom(code)) => Some(*code),
            _ => None,
        }
    }

    /// The error of the instruction that failed.
    pub fn instruction_error(&self) -> Option<&InstructionError> {
        match &self.err {
            TransactionError::InstructionError(_, error) => Some(error),
            _ => None,
        }
    }
}

pub trait Chain {
    /// Signs with all of `signers`, of whom the first pays, and processes.
    fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Result<Sent, Failed>;
    /// Runs an instruction that nobody but `payer` need sign, and forgets it: what it returned.
    fn view(&self, instruction: &Instruction, payer: &Keypair) -> Result<Vec<u8>, Failed>;
    fn account(&self, address: &Address) -> Option<Account>;
    fn clock(&self) -> Clock;
    /// Rent-exempt minimum of an account of `bytes`.
    fn rent_exempt(&self, bytes: usize) -> u64;
    fn airdrop(&mut self, to: &Address, lamports: u64);

    fn lamports(&self, address: &Address) -> u64 {
        self.account(address).map_or(0, |account| account.lamports)
    }

    /// A wallet with SOL, the same one for the same name.
    fn wallet(&mut self, name: &str, lamports: u64) -> Keypair {
        let wallet = keypair(name);
        self.airdrop(&wallet.pubkey(), lamports);
        wallet
    }

    /// Sends and expects success; shows the logs where it fails.
    #[track_caller]
    fn must(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Sent {
        match self.send(instructions, signers) {
            Ok(sent) => sent,
            Err(failed) => panic!("{:?}\n{}", failed.err, failed.logs.join("\n")),
        }
    }

    /// Sends and expects a program's own error.
    #[track_caller]
    fn refuses(&mut self, instructions: &[Instruction], signers: &[&Keypair], code: impl ErrorCode) {
        match self.send(instructions, signers) {
            Ok(sent) => panic!("expected {code:?}, succeeded:\n{}", sent.logs.join("\n")),
            Err(failed) => {
                assert_eq!(
                    failed.code(),
                    Some(code.number()),
                    "{code:?}, got {:?}\n{}",
                    failed.err,
                    failed.logs.join("\n")
                )
            }
        }
    }

    /// Sends and expects one of the runtime's or the framework's errors.
    #[track_caller]
    fn refuses_with(&mut self, instructions: &[Instruction], signers: &[&Keypair], error: InstructionError) {
        match self.send(instructions, signers) {
            Ok(sent) => panic!("expected {error:?}, succeeded:\n{}", sent.logs.join("\n")),
            Err(failed) => {
                assert_eq!(
                    failed.instruction_error(),
                    Some(&error),
                    "{:?}\n{}",
                    failed.err,
                    failed.logs.join("\n")
                )
            }
        }
    }
}

/// A program error by its number: a generated enum's variant, or the number itself.
pub trait ErrorCode: Debug {
    fn number(&self) -> u32;
}

impl ErrorCode for sluice_sdk::staking_pool::errors::StakingPoolError {
    fn number(&self) -> u32 {
        self.clone() as u32
    }
}

impl ErrorCode for u32 {
    fn number(&self) -> u32 {
        *self
    }
}

/// Anchor's code for one account in two writable places.
pub const DUPLICATE_MUTABLE_ACCOUNT: u32 = 2040;

/// The key pair of a name: the same in every run.
pub fn keypair(name: &str) -> Keypair {
    let mut seed = [0x5a; 32];
    assert!(name.len() <= 32, "name too long");
    seed[..name.len()].copy_from_slice(name.as_bytes());
    Keypair::new_from_array(seed)
}
