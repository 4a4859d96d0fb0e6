//! The localnet itself: starts the chain, sends transactions to it, reads its accounts.
//! Time and scripts are in `epochs`; what is read of stake is in `views`.

use {
    crate::{
        chain::Chain,
        config::{LocalnetConfig, LocalnetError},
        epochs::EpochReport,
        genesis,
        history::{History, Record},
        tx::{ReturnData, Simulation, TxError, TxOutcome, TxRequest, TxResult},
        validator::Validator,
    },
    solana_account::Account,
    solana_address::Address,
    solana_address_lookup_table_interface::instruction as lookup_table,
    solana_hash::Hash,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_message::{AddressLookupTableAccount, Message},
    solana_runtime::bank::Bank,
    solana_signer::Signer,
    solana_svm::transaction_processor::ExecutionRecordingConfig,
    solana_svm_timings::ExecuteTimings,
    solana_svm_transaction::svm_message::SVMMessage,
    solana_system_interface::instruction as system,
    solana_transaction::{Transaction, TransactionVerificationMode, versioned::VersionedTransaction},
    solana_transaction_error::TransactionError,
    solana_transaction_status::{TransactionStatusMeta, map_inner_instructions},
    std::{sync::Arc, time::Duration},
};

/// Addresses that fit one instruction that extends a lookup table.
const ADDRESSES_PER_EXTENSION: usize = 20;

/// A cluster in process: one real Bank, scripted validators, time that moves only when told to.
pub struct Localnet {
    pub(crate) chain: Chain,
    pub(crate) validators: Vec<Validator>,
    pub(crate) seed: u64,
    pub(crate) genesis_hash: Hash,
    pub(crate) genesis_time: i64,
    pub(crate) slot_duration: Duration,
    pub(crate) tip_payer: Keypair,
    /// The first slot whose votes are not yet in the vote accounts.
    pub(crate) next_vote: u64,
    pub(crate) report: EpochReport,
    /// The epoch of `report` still owes rewards or tips.
    pub(crate) settling: bool,
    pub(crate) history: History,
    faucet: Keypair,
}

impl Localnet {
    /// Starts a cluster at slot 1, with the events of epoch 0 done.
    pub fn start(config: LocalnetConfig) -> Result<Self, LocalnetError> {
        config.validate()?;
        let validators: Vec<_> =
            config.validators.iter().map(|script| Validator::new(config.seed, script.clone())).collect();
        let genesis = genesis::build(&config, &validators)?;
        let mut localnet = Self {
            chain: Chain::start(&config, &genesis),
            validators,
            seed: config.seed,
            genesis_hash: genesis.config.hash(),
            genesis_time: config.genesis_time,
            slot_duration: config.slot_duration(),
            tip_payer: genesis.tip_payer,
            next_vote: 0,
            report: EpochReport::default(),
            settling: false,
            history: History::new(config.transactions_kept),
            faucet: genesis.faucet,
        };
        localnet.record_genesis();
        localnet.record_block(&[]);
        localnet.report = localnet.begin_epoch(Vec::new());
        Ok(localnet)
    }

    /// The open bank, for what this API does not cover. Never store accounts into it by hand.
    pub fn bank(&self) -> &Arc<Bank> {
        self.chain.bank()
    }

    /// The key that owns the cluster's spare SOL. It may pay for anything.
    pub fn faucet(&self) -> &Keypair {
        &self.faucet
    }

    pub fn validators(&self) -> &[Validator] {
        &self.validators
    }

    /// # Panics
    /// If no validator has that name.
    pub fn validator(&self, name: &str) -> &Validator {
        let found = self.validators.iter().find(|validator| validator.name() == name);
        found.unwrap_or_else(|| panic!("no validator is named {name}"))
    }

    pub fn get_account(&self, address: &Address) -> Option<Account> {
        self.bank().get_account(address).map(Account::from)
    }

    /// Lamports of an account; 0 if it does not exist.
    pub fn balance(&self, address: &Address) -> u64 {
        self.bank().get_balance(address)
    }

    /// All accounts that a program owns, by address.
    pub fn get_program_accounts(&self, program: &Address) -> Vec<(Address, Account)> {
        let mut found: Vec<_> = self
            .bank()
            .get_program_accounts(program)
            .expect("no scan limit is set")
            .into_iter()
            .map(|(address, account)| (address, Account::from(account)))
            .collect();
        found.sort_unstable_by_key(|(address, _)| *address);
        found
    }

    pub fn latest_blockhash(&self) -> Hash {
        self.chain.latest_blockhash()
    }

    /// Runs a transaction in the open slot: signatures verified, fee charged.
    pub fn process(&mut self, transaction: impl Into<VersionedTransaction>) -> TxResult {
        let transaction = transaction.into();
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        let bank = Arc::clone(self.bank());
        let checked = bank
            .verify_transaction(transaction.clone(), TransactionVerificationMode::FullVerification)
            .map_err(|err| TxError::not_landed(err, signature))?;
        let keys = checked.account_keys();
        let accounts: Vec<Address> = keys.iter().copied().collect();
        let writable = (0..accounts.len()).map(|index| checked.is_writable(index)).collect();
        let batch = bank.prepare_locked_batch_from_single_tx(&checked);
        let (mut committed, balances) = bank.load_execute_and_commit_transactions(
            &batch,
            ExecutionRecordingConfig::new_single_setting(true),
            &mut ExecuteTimings::default(),
            None,
        );
        drop(batch);
        let done = committed
            .pop()
            .expect("one result a transaction")
            .map_err(|err| TxError::not_landed(err, signature))?;
        let logs = done.log_messages.unwrap_or_default();
        let fee = done.fee_details.total_fee();
        let compute_units = done.executed_units;
        let inner_instructions = done.inner_instructions.unwrap_or_default();
        let (mut pre, mut post, mut pre_tokens, mut post_tokens) =
            balances.map(|balances| balances.into_vecs()).unwrap_or_default();
        let pre_balances = pre.pop().unwrap_or_default();
        let post_balances = post.pop().unwrap_or_default();
        self.history.record(Record {
            transaction,
            slot: bank.slot(),
            index: self.history.next_index(),
            block_time: bank.clock().unix_timestamp,
            accounts: accounts.clone(),
            writable,
            meta: TransactionStatusMeta {
                status: done.status.clone(),
                fee,
                pre_balances: pre_balances.clone(),
                post_balances: post_balances.clone(),
                inner_instructions: Some(map_inner_instructions(inner_instructions.clone()).collect()),
                log_messages: Some(logs.clone()),
                pre_token_balances: None,
                post_token_balances: None,
                rewards: None,
                loaded_addresses: checked.get_loaded_addresses(),
                return_data: done.return_data.clone(),
                compute_units_consumed: Some(compute_units),
                cost_units: None,
            },
            pre_tokens: pre_tokens.pop().unwrap_or_default(),
            post_tokens: post_tokens.pop().unwrap_or_default(),
        });
        if let Err(err) = done.status {
            return Err(Box::new(TxError { err, signature, logs, compute_units, fee }));
        }
        Ok(TxOutcome {
            signature,
            slot: bank.slot(),
            logs,
            compute_units,
            return_data: done
                .return_data
                .map(|data| ReturnData { program: data.program_id, data: data.data }),
            fee,
            accounts,
            pre_balances,
            post_balances,
            inner_instructions,
        })
    }

    /// Runs a transaction and forgets it. Signatures are not verified; the block hash must be recent.
    pub fn simulate(&self, transaction: impl Into<VersionedTransaction>) -> Simulation {
        let bank = self.bank();
        let transaction =
            match bank.verify_transaction(transaction.into(), TransactionVerificationMode::HashOnly) {
                Ok(transaction) => transaction,
                Err(err) => {
                    return Simulation {
                        result: Err(err),
                        logs: Vec::new(),
                        compute_units: 0,
                        return_data: None,
                        fee: None,
                        accounts: Vec::new(),
                    };
                }
            };
        let simulated = bank.simulate_transaction_unchecked(&transaction, false);
        let accounts = simulated.post_simulation_accounts.into_iter();
        Simulation {
            result: simulated.result,
            logs: simulated.logs,
            compute_units: simulated.units_consumed,
            return_data: simulated
                .return_data
                .map(|data| ReturnData { program: data.program_id, data: data.data }),
            fee: simulated.fee,
            accounts: accounts.map(|(address, account)| (address, Account::from(account))).collect(),
        }
    }

    /// Signs and runs instructions; the first signer pays. Sending the same again is another transaction.
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> TxResult {
        self.send_request(&TxRequest::new(instructions, signers))
    }

    /// Signs and runs what was asked for. Sending the same again is another transaction.
    pub fn send_request(&mut self, request: &TxRequest) -> TxResult {
        let mut transaction = request.sign(self.latest_blockhash());
        if self.bank().get_signature_status(&transaction.signatures[0]).is_some() {
            self.chain.renew_blockhash();
            transaction = request.sign(self.latest_blockhash());
        }
        self.process(transaction)
    }

    /// Simulates instructions as if `payer` and all signers they name had signed, however often they ran before.
    pub fn simulate_instructions(&self, instructions: &[Instruction], payer: &Address) -> Simulation {
        let attempt = || {
            let message = Message::new_with_blockhash(instructions, Some(payer), &self.latest_blockhash());
            self.simulate(Transaction::new_unsigned(message))
        };
        let simulation = attempt();
        if simulation.result != Err(TransactionError::AlreadyProcessed) {
            return simulation;
        }
        self.chain.renew_blockhash();
        attempt()
    }

    /// Sends lamports from the faucet.
    pub fn airdrop(&mut self, to: &Address, lamports: u64) -> TxResult {
        let faucet = self.faucet.insecure_clone();
        self.send(&[system::transfer(&faucet.pubkey(), to, lamports)], &[&faucet])
    }

    /// A new key, derived from the seed and the name, with that many lamports.
    ///
    /// # Panics
    /// If the faucet is dry.
    pub fn funded_keypair(&mut self, name: &str, lamports: u64) -> Keypair {
        let key = crate::seed::keypair(self.seed, "user", name);
        self.airdrop(&key.pubkey(), lamports).expect("the faucet can pay");
        key
    }

    /// Creates an address lookup table of the faucet's and moves on by one slot, after which it can be used.
    pub fn create_lookup_table(
        &mut self,
        addresses: &[Address],
    ) -> Result<AddressLookupTableAccount, Box<TxError>> {
        let faucet = self.faucet.insecure_clone();
        let owner = faucet.pubkey();
        // A recent slot may found one table: two of them in a slot need slots of their own.
        let slot = self.bank().parent_slot();
        let (create, key) = lookup_table::create_lookup_table(owner, owner, slot);
        if self.get_account(&key).is_some() {
            self.warp_slots(1);
            return self.create_lookup_table(addresses);
        }
        self.send(&[create], &[&faucet])?;
        for part in addresses.chunks(ADDRESSES_PER_EXTENSION) {
            let extend = lookup_table::extend_lookup_table(key, owner, Some(owner), part.to_vec());
            self.send(&[extend], &[&faucet])?;
        }
        self.warp_slots(1);
        Ok(AddressLookupTableAccount { key, addresses: addresses.to_vec() })
    }
}
