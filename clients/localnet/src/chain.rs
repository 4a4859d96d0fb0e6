//! The line of banks: one open, its parent rooted, nothing else kept. It opens and closes slots and knows
//! nothing of validators' scripts. No thread of ours runs, so no bank is ever ticked while it is frozen.

use {
    crate::{
        config::LocalnetConfig,
        genesis::{Genesis, TICKS_PER_SLOT},
        seed,
    },
    solana_accounts_db::{
        accounts_db::ACCOUNTS_DB_CONFIG_FOR_TESTING, accounts_db::AccountsDbConfig,
        partitioned_rewards::PartitionedEpochRewardsConfig,
    },
    solana_address::Address,
    solana_clock::{Epoch, Slot},
    solana_epoch_rewards::EpochRewards,
    solana_hash::Hash,
    solana_leader_schedule::{LeaderSchedule, SlotLeader},
    solana_reward_info::RewardType,
    solana_runtime::{
        bank::Bank, bank_forks::BankForks, installed_scheduler_pool::BankWithScheduler,
        leader_schedule_utils, runtime_config::RuntimeConfig,
    },
    std::sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// Every so many slots that were opened, what was rooted goes from memory to the temporary files, without its history.
const SLOTS_BETWEEN_FLUSHES: u64 = 64;

/// A payment by the chain itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reward {
    /// A stake account, or where a validator's commission goes (its vote account unless it said otherwise), or a leader.
    pub to: Address,
    /// `Staking` or `Voting`; `DeactivatedStake` where rent took the last of a delegation; of a block's fees, `Fee`.
    pub kind: RewardType,
    pub lamports: u64,
    pub post_balance: u64,
    /// The validator's commission on it, basis points.
    pub commission_bps: Option<u16>,
}

/// All that a bank has paid so far.
fn rewards_of(bank: &Bank) -> Vec<Reward> {
    let rewards = bank.rewards.read().unwrap_or_else(PoisonError::into_inner);
    rewards
        .iter()
        .map(|(to, info)| Reward {
            to: *to,
            kind: info.reward_type,
            lamports: u64::try_from(info.lamports).unwrap_or(0),
            post_balance: info.post_balance,
            commission_bps: info.commission_bps,
        })
        .collect()
}

pub(crate) struct Chain {
    forks: Arc<RwLock<BankForks>>,
    bank: Arc<Bank>,
    leaders: Option<(Epoch, LeaderSchedule)>,
    seed: u64,
    blockhashes: AtomicU64,
    until_flush: u64,
}

impl Chain {
    /// Opens slot 1 on top of a genesis bank.
    pub(crate) fn start(config: &LocalnetConfig, genesis: &Genesis) -> Self {
        let accounts_db = AccountsDbConfig {
            partitioned_epoch_rewards_config: PartitionedEpochRewardsConfig {
                stake_account_stores_per_block: config.rewards_per_block,
            },
            read_cache_num_shards: Some(64),
            ..ACCOUNTS_DB_CONFIG_FOR_TESTING
        };
        let bank = Bank::new_from_genesis(
            &genesis.config,
            Arc::new(RuntimeConfig::default()),
            Vec::new(),
            None,
            accounts_db,
            None,
            None,
            Arc::default(),
            None,
            None,
        );
        let forks = BankForks::new_rw_arc(bank);
        let bank = forks.read().expect("one thread").root_bank();
        let mut chain = Self {
            forks,
            bank,
            leaders: None,
            seed: config.seed,
            blockhashes: AtomicU64::new(0),
            until_flush: SLOTS_BETWEEN_FLUSHES,
        };
        chain.open(1);
        chain
    }

    /// The open bank.
    pub(crate) fn bank(&self) -> &Arc<Bank> {
        &self.bank
    }

    /// Closes the open slot and opens `slot`; those between are skipped, as when leaders miss them. Never to be
    /// called across more than one epoch boundary. Returns what the chain paid as it opened the slot.
    pub(crate) fn open(&mut self, slot: Slot) -> Vec<Reward> {
        assert!(slot > self.bank.slot(), "slot {slot} is not ahead of {}", self.bank.slot());
        self.renew_blockhash();
        let parent = Arc::clone(&self.bank);
        parent.freeze();
        let leader = self.leader(slot);
        let bank = Bank::new_from_parent(Arc::clone(&parent), leader, slot);
        bank.set_tick_height(slot * TICKS_PER_SLOT);
        let mut paid = rewards_of(&bank);
        paid.sort_unstable_by_key(|reward| reward.to);

        let mut forks = self.forks.write().expect("one thread");
        self.bank = forks.insert(bank).clone_without_scheduler();
        forks.set_root(parent.slot(), None, Some(parent.slot()));
        forks.prune_program_cache(parent.slot());
        drop(forks);

        self.until_flush -= 1;
        if self.until_flush == 0 {
            self.until_flush = SLOTS_BETWEEN_FLUSHES;
            parent.force_flush_accounts_cache();
            parent.accounts().accounts_db.clean_accounts(Some(parent.slot()), false);
            parent.shrink_candidate_slots();
        }
        paid
    }

    /// Makes a new block hash the latest one, so that a transaction equal to an earlier one is another one.
    pub(crate) fn renew_blockhash(&self) {
        let count = self.blockhashes.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        let hash = seed::hash(self.seed, "blockhash", &[&self.bank.slot().to_le_bytes(), &count]);
        // The bank takes a hash with the last tick of its slot, and that tick may be repeated.
        self.bank.set_tick_height(self.bank.max_tick_height() - 1);
        self.bank.register_tick(&hash, &BankWithScheduler::no_scheduler_available());
    }

    /// What the leader of the block closed last got of its fees.
    pub(crate) fn fees_of_parent(&self) -> Vec<Reward> {
        let rewards = self.bank.parent().map(|parent| rewards_of(&parent)).unwrap_or_default();
        rewards.into_iter().filter(|reward| reward.kind == RewardType::Fee).collect()
    }

    pub(crate) fn latest_blockhash(&self) -> Hash {
        self.bank.last_blockhash()
    }

    /// True while the chain is paying rewards and refuses stake instructions.
    pub(crate) fn rewards_are_active(&self) -> bool {
        self.epoch_rewards().is_some_and(|sysvar| sysvar.active)
    }

    pub(crate) fn epoch_rewards(&self) -> Option<EpochRewards> {
        let account = self.bank.get_account(&solana_sdk_ids::sysvar::epoch_rewards::ID)?;
        bincode::deserialize(solana_account::ReadableAccount::data(&account)).ok()
    }

    /// The leader by the chain's own stake-weighted schedule; the last one stays if nobody is left.
    fn leader(&mut self, slot: Slot) -> SlotLeader {
        let (epoch, index) = self.bank.epoch_schedule().get_epoch_and_slot_index(slot);
        if self.leaders.as_ref().is_none_or(|(of, _)| *of != epoch) {
            let anyone = self
                .bank
                .epoch_vote_accounts(epoch)
                .is_some_and(|accounts| accounts.values().any(|(stake, _)| *stake > 0));
            let schedule =
                anyone.then(|| leader_schedule_utils::leader_schedule(epoch, &self.bank)).flatten();
            self.leaders = schedule.map(|schedule| (epoch, schedule));
        }
        self.leaders.as_ref().map_or(*self.bank.leader(), |(_, schedule)| schedule[index])
    }
}
