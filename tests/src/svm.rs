//! LiteSVM, with time set by hand.

use litesvm::LiteSVM;
use solana_account::Account;
use solana_address::Address;
use solana_clock::Clock;
use solana_epoch_rewards::EpochRewards;
use solana_epoch_schedule::EpochSchedule;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_rent::Rent;
use solana_signer::Signer;
use solana_stake_history::{StakeHistory, StakeHistoryEntry};
use solana_transaction::versioned::VersionedTransaction;

use crate::SOL;
use crate::chain::{Chain, Failed, Sent};

/// A program that writes what it likes into accounts of its own.
pub const FORGER: Address = Address::new_from_array([0xf0; 32]);

#[derive(Clone)]
pub struct Svm(pub LiteSVM);

impl Default for Svm {
    fn default() -> Self {
        Self::new()
    }
}

impl Svm {
    pub fn new() -> Self {
        let mut svm = LiteSVM::new().with_log_bytes_limit(None);
        for (id, path) in crate::programs() {
            svm.add_program_from_file(id, &path)
                .unwrap_or_else(|error| panic!("{}: {error:?}; run `make build` first", path.display()));
        }
        let mut this = Self(svm);
        let mut clock: Clock = this.0.get_sysvar();
        clock.epoch = 100;
        clock.slot = 100 * 432_000;
        this.0.set_sysvar(&clock);
        // Mainnet's epochs, all of one length, as the clock above counts them.
        this.0.set_sysvar(&EpochSchedule::custom(432_000, 432_000, false));
        let mut history = StakeHistory::default();
        for epoch in 0..100 {
            history.add(epoch, quiet_cluster());
        }
        this.0.set_sysvar(&history);
        this
    }

    /// The first slot of the next epoch, with whatever stake was moving wholly moved.
    pub fn advance_epoch(&mut self) {
        self.advance_epoch_of(quiet_cluster());
    }

    /// The first slot of the next epoch, where the whole cluster's stake did in the last one what the entry says.
    pub fn advance_epoch_of(&mut self, cluster: StakeHistoryEntry) {
        let mut clock: Clock = self.0.get_sysvar();
        let mut history: StakeHistory = self.0.get_sysvar();
        history.add(clock.epoch, cluster);
        clock.epoch += 1;
        clock.slot = clock.epoch * 432_000;
        self.0.set_sysvar(&history);
        self.0.set_sysvar(&clock);
        self.0.expire_blockhash();
    }

    /// `slots` later in the same epoch.
    pub fn advance_slots(&mut self, slots: u64) {
        let mut clock: Clock = self.0.get_sysvar();
        clock.slot += slots;
        self.0.set_sysvar(&clock);
        self.0.expire_blockhash();
    }

    /// Says that the chain pays the epoch's rewards, or no longer does.
    pub fn set_rewards_active(&mut self, active: bool) {
        self.0.set_sysvar(&EpochRewards { active, ..EpochRewards::default() });
    }

    /// Multiplies what the chain asks as rent.
    pub fn multiply_rent(&mut self, by: u64) {
        let mut rent: Rent = self.0.get_sysvar();
        rent.lamports_per_byte *= by;
        self.0.set_sysvar(&rent);
    }

    /// Divides what the chain asks as rent.
    pub fn divide_rent(&mut self, by: u64) {
        let mut rent: Rent = self.0.get_sysvar();
        rent.lamports_per_byte /= by;
        self.0.set_sysvar(&rent);
    }

    /// Puts in the stake program's place one that accepts a question and answers nothing: the memo program, which
    /// takes any text.
    pub fn silence_stake_program(&mut self) {
        let memo = Address::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
        let program = self.account(&memo).expect("LiteSVM has the memo program");
        self.0.set_account(solana_sdk_ids::stake::ID, program).expect("a program");
    }

    /// Rewrites an account: for what no transaction of a test can bring about.
    #[track_caller]
    pub fn edit(&mut self, address: &Address, change: impl FnOnce(&mut Account)) {
        let mut account = self.account(address).expect("the account exists");
        change(&mut account);
        self.0.set_account(*address, account).expect("valid account");
    }

    /// An account with the bytes and lamports of another, under another program.
    #[track_caller]
    pub fn forgery(&mut self, of: &Address) -> Address {
        let mut account = self.account(of).expect("the account exists");
        account.owner = FORGER;
        let address = Address::new_unique();
        self.0.set_account(address, account).expect("valid account");
        address
    }

    /// A vote account with a history of full credits, written as it would stand on chain.
    pub fn add_vote_account(&mut self, name: &str) -> Address {
        use solana_vote_interface::state::{VoteStateV4, VoteStateVersions};
        let address = crate::keypair(name).pubkey();
        let mut state =
            VoteStateV4 { node_pubkey: address, authorized_withdrawer: address, ..Default::default() };
        let epoch = self.clock().epoch;
        state.epoch_credits = (epoch.saturating_sub(10)..epoch)
            .enumerate()
            .map(|(i, epoch)| (epoch, (i as u64 + 1) * 6_000_000, i as u64 * 6_000_000))
            .collect();
        let mut data = vec![0; VoteStateV4::size_of()];
        VoteStateV4::serialize(&VoteStateVersions::new_v4(state), &mut data).expect("fits");
        let account = Account {
            lamports: self.rent_exempt(data.len()),
            data,
            owner: solana_sdk_ids::vote::ID,
            executable: false,
            rent_epoch: u64::MAX,
        };
        self.0.set_account(address, account).expect("valid account");
        address
    }
}

/// A cluster so large that whatever moves, moves within the epoch.
fn quiet_cluster() -> StakeHistoryEntry {
    StakeHistoryEntry {
        effective: 400_000_000 * SOL,
        activating: 1_000_000 * SOL,
        deactivating: 1_000_000 * SOL,
    }
}

impl Chain for Svm {
    fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Result<Sent, Failed> {
        let payer = signers[0].pubkey();
        let message = Message::new_with_blockhash(instructions, Some(&payer), &self.0.latest_blockhash());
        let locks = message.account_keys.len();
        let transaction =
            VersionedTransaction::try_new(VersionedMessage::Legacy(message), signers).expect("signed");
        let bytes = crate::chain_bytes(&transaction);
        let result = self.0.send_transaction(transaction);
        self.0.expire_blockhash();
        match result {
            Ok(meta) => Ok(Sent {
                logs: meta.logs,
                compute_units: meta.compute_units_consumed,
                fee: meta.fee,
                locks,
                bytes,
            }),
            Err(failed) => Err(Failed { err: failed.err, logs: failed.meta.logs }),
        }
    }

    fn view(&self, instruction: &Instruction, payer: &Keypair) -> Result<Vec<u8>, Failed> {
        let (instructions, hash) = (std::slice::from_ref(instruction), self.0.latest_blockhash());
        let message = Message::new_with_blockhash(instructions, Some(&payer.pubkey()), &hash);
        let transaction =
            VersionedTransaction::try_new(VersionedMessage::Legacy(message), &[payer]).expect("signed");
        match self.0.simulate_transaction(transaction) {
            Ok(simulated) => Ok(simulated.meta.return_data.data),
            Err(failed) => Err(Failed { err: failed.err, logs: failed.meta.logs }),
        }
    }

    fn account(&self, address: &Address) -> Option<Account> {
        self.0.get_account(address).filter(|account| account.lamports > 0)
    }

    fn clock(&self) -> Clock {
        self.0.get_sysvar()
    }

    fn rent_exempt(&self, bytes: usize) -> u64 {
        self.0.minimum_balance_for_rent_exemption(bytes)
    }

    fn airdrop(&mut self, to: &Address, lamports: u64) {
        self.0.airdrop(to, lamports).expect("airdrop");
    }
}
