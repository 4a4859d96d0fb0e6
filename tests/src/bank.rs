//! The real Bank.

use sluice_localnet::{Localnet, LocalnetConfig, TxRequest, ValidatorScript};
use solana_account::Account;
use solana_address::Address;
use solana_clock::Clock;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::chain::{Chain, Failed, Sent};

/// A localnet with our programs deployed.
pub struct Bank(pub Localnet);

impl Bank {
    pub fn start(validators: Vec<ValidatorScript>) -> Self {
        Self::with_config(LocalnetConfig::new(validators))
    }

    pub fn with_config(mut config: LocalnetConfig) -> Self {
        for (id, path) in crate::programs() {
            config = config.with_program(id, path);
        }
        Self(Localnet::start(config).expect("localnet starts"))
    }
}

impl Chain for Bank {
    fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Result<Sent, Failed> {
        Chain::send(&mut self.0, instructions, signers)
    }

    fn view(&self, instruction: &Instruction, payer: &Keypair) -> Result<Vec<u8>, Failed> {
        self.0.view(instruction, payer)
    }

    fn account(&self, address: &Address) -> Option<Account> {
        self.0.account(address)
    }

    fn clock(&self) -> Clock {
        self.0.clock()
    }

    fn rent_exempt(&self, bytes: usize) -> u64 {
        self.0.rent_exempt(bytes)
    }

    fn airdrop(&mut self, to: &Address, lamports: u64) {
        Chain::airdrop(&mut self.0, to, lamports);
    }
}

/// For who shares a localnet with a server.
impl Chain for Localnet {
    fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Result<Sent, Failed> {
        let request = TxRequest::new(instructions, signers);
        let transaction = request.sign(self.latest_blockhash());
        let bytes = crate::chain_bytes(&transaction);
        // A slot a transaction: each gets a blockhash of its own, so that equal ones do not collide.
        let result = self.process(transaction);
        self.warp_slots(1);
        match result {
            Ok(sent) => Ok(Sent {
                locks: sent.accounts.len(),
                logs: sent.logs,
                compute_units: sent.compute_units,
                fee: sent.fee,
                bytes,
            }),
            Err(failed) => Err(Failed { err: failed.err, logs: failed.logs }),
        }
    }

    fn view(&self, instruction: &Instruction, payer: &Keypair) -> Result<Vec<u8>, Failed> {
        let simulated = self.simulate_instructions(std::slice::from_ref(instruction), &payer.pubkey());
        match simulated.result {
            Ok(()) => Ok(simulated.return_data.map(|answer| answer.data).unwrap_or_default()),
            Err(err) => Err(Failed { err, logs: simulated.logs }),
        }
    }

    fn account(&self, address: &Address) -> Option<Account> {
        self.get_account(address)
    }

    fn clock(&self) -> Clock {
        Localnet::clock(self)
    }

    fn rent_exempt(&self, bytes: usize) -> u64 {
        self.minimum_balance(bytes)
    }

    fn airdrop(&mut self, to: &Address, lamports: u64) {
        Localnet::airdrop(self, to, lamports).expect("the faucet is full");
    }
}
