//! What a step needs of a cluster: the file, the keys, accounts, rent, and the instructions that make accounts where
//! somebody may have sent lamports before.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use sluice_client::Rpc;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_sdk_ids::system_program;
use solana_signer::Signer;
use solana_system_interface::instruction as system;

use crate::Options;
use crate::config::Config;
use crate::error::Error;
use crate::keys::Keys;
use crate::token::created_associated;

/// Lamports of one signature.
pub const SIGNATURE_FEE: u64 = 5_000;

/// Everything a step looks at.
pub struct Context {
    pub rpc: Rpc,
    pub config: Config,
    pub keys: Keys,
    pub options: Options,
    rents: Mutex<HashMap<usize, u64>>,
    /// Token accounts that steps before the one that is being planned will have made.
    assumed: Mutex<HashSet<Address>>,
}

/// Where an account is made.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// At the address of a key that signs.
    Key(&'a Address),
    /// At the address that comes of a key that signs and a text.
    Seed(&'a Address, &'a str),
}

impl Context {
    pub fn new(rpc: Rpc, config: Config, keys: Keys, options: Options) -> Self {
        Self { rpc, config, keys, options, rents: Mutex::default(), assumed: Mutex::default() }
    }

    pub fn payer(&self) -> Address {
        self.keys.wallet().pubkey()
    }

    pub fn admin(&self) -> Address {
        self.keys.admin().pubkey()
    }

    /// The least lamports of an account of so many bytes.
    pub async fn rent(&self, space: usize) -> Result<u64, Error> {
        if let Some(rent) = self.rents.lock().ok().and_then(|rents| rents.get(&space).copied()) {
            return Ok(rent);
        }
        let rent = self.rpc.minimum_balance(space).await?;
        if let Ok(mut rents) = self.rents.lock() {
            rents.insert(space, rent);
        }
        Ok(rent)
    }

    /// Whether there is more at an address than lamports, or will be.
    pub async fn is_made(&self, address: &Address) -> Result<bool, Error> {
        if self.assumed.lock().is_ok_and(|assumed| assumed.contains(address)) {
            return Ok(true);
        }
        Ok(self.rpc.account(address).await?.is_some_and(|account| !account.data.is_empty()))
    }

    /// From now on the token accounts that these make count as made.
    pub fn assume(&self, instructions: &[Instruction]) {
        if let Ok(mut assumed) = self.assumed.lock() {
            assumed.extend(instructions.iter().filter_map(created_associated));
        }
    }

    /// From now on only what is there counts.
    pub fn assume_nothing(&self) {
        if let Ok(mut assumed) = self.assumed.lock() {
            assumed.clear();
        }
    }

    /// Makes an account of a program with so many bytes: its instructions, and what the wallet pays. Lamports that lie
    /// there already count, and do not stop it.
    pub async fn create(
        &self,
        place: Place<'_>,
        space: usize,
        owner: &Address,
    ) -> Result<(Vec<Instruction>, u64), Error> {
        let (payer, address) = (self.payer(), place.address(owner));
        let there = self.rpc.balance(&address).await?;
        let lacks = self.rent(space).await?.saturating_sub(there);
        let bytes = space as u64;
        let made = match (place, there) {
            (Place::Key(_), 0) => vec![system::create_account(&payer, &address, lacks, bytes, owner)],
            (Place::Seed(base, seed), 0) => {
                vec![system::create_account_with_seed(&payer, &address, base, seed, lacks, bytes, owner)]
            }
            (Place::Key(_), _) => vec![
                system::transfer(&payer, &address, lacks),
                system::allocate(&address, bytes),
                system::assign(&address, owner),
            ],
            (Place::Seed(base, seed), _) => vec![
                system::transfer(&payer, &address, lacks),
                system::allocate_with_seed(&address, base, seed, bytes, owner),
            ],
        };
        Ok((made, lacks))
    }

    /// Who pays so many lamports in an instruction that also names the admin, and what goes before it. The programs want
    /// two accounts there, and often both are the wallet: then a purse of its own, which is empty before and after.
    pub async fn purse(&self, lamports: u64) -> Result<(Address, Option<Instruction>), Error> {
        if self.payer() != self.admin() {
            return Ok((self.payer(), None));
        }
        let purse = self.keys.purse().pubkey();
        let has = self.rpc.balance(&purse).await?;
        Ok((purse, top_up(&self.payer(), &purse, has, lamports).map(|top| top.0)))
    }

    /// What everybody pays for signatures.
    pub fn signature_fees(&self, instructions: &[Instruction]) -> u64 {
        let mut signers = vec![self.payer()];
        for meta in instructions.iter().flat_map(|instruction| &instruction.accounts) {
            if meta.is_signer && !signers.contains(&meta.pubkey) {
                signers.push(meta.pubkey);
            }
        }
        SIGNATURE_FEE.saturating_mul(signers.len() as u64)
    }

    /// The keys of those who sign beside the wallet.
    pub fn signers(&self, what: &str, instructions: &[Instruction]) -> Result<Vec<Arc<Keypair>>, Error> {
        let mut keys: Vec<Arc<Keypair>> = Vec::new();
        for meta in instructions.iter().flat_map(|instruction| &instruction.accounts) {
            let known = meta.pubkey == self.payer() || keys.iter().any(|key| key.pubkey() == meta.pubkey);
            if meta.is_signer && !known {
                let missing = || Error::NoSignature { what: what.to_owned(), signer: meta.pubkey };
                keys.push(self.keys.of(&meta.pubkey).ok_or_else(missing)?);
            }
        }
        Ok(keys)
    }
}

impl Place<'_> {
    pub fn address(&self, owner: &Address) -> Address {
        match self {
            Self::Key(address) => **address,
            Self::Seed(base, seed) => with_seed(base, seed, owner),
        }
    }
}

/// The address that comes of a key, a text and a program.
pub fn with_seed(base: &Address, seed: &str, owner: &Address) -> Address {
    let hash = solana_sha256_hasher::hashv(&[base.as_ref(), seed.as_bytes(), owner.as_ref()]);
    Address::new_from_array(hash.to_bytes())
}

/// Lamports so that `to` has at least so many, `has` of which it has.
pub fn top_up(payer: &Address, to: &Address, has: u64, needs: u64) -> Option<(Instruction, u64)> {
    let lacks = needs.saturating_sub(has);
    (payer != to && lacks > 0).then(|| (system::transfer(payer, to, lacks), lacks))
}

pub fn writable(address: &Address) -> AccountMeta {
    AccountMeta::new(*address, false)
}

pub fn readonly(address: &Address) -> AccountMeta {
    AccountMeta::new_readonly(*address, false)
}

pub fn signer(address: &Address) -> AccountMeta {
    AccountMeta::new_readonly(*address, true)
}

pub const SYSTEM_PROGRAM: Address = system_program::ID;
