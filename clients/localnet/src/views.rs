//! Read-only views of the chain: its clock, its money, its stake. Nothing here moves time or lamports.

use {
    crate::localnet::Localnet,
    solana_account::ReadableAccount,
    solana_address::Address,
    solana_clock::{Clock, Epoch, Slot},
    solana_epoch_rewards::EpochRewards,
    solana_epoch_schedule::EpochSchedule,
    solana_hash::Hash,
    solana_rent::Rent,
    solana_signer::Signer,
    solana_stake_interface::{
        instruction as stake_instruction,
        stake_history::StakeHistory,
        state::{Stake, StakeActivationStatus, StakeStateV2},
    },
    solana_vote_interface::state::VoteStateV4,
    std::time::Duration,
};

impl Localnet {
    pub fn slot(&self) -> Slot {
        self.bank().slot()
    }

    pub fn epoch(&self) -> Epoch {
        self.bank().epoch()
    }

    /// What a client knows a cluster by.
    pub fn genesis_hash(&self) -> Hash {
        self.genesis_hash
    }

    /// The clock sysvar. Its time follows the validators' votes: should none vote for an epoch, it stands still.
    pub fn clock(&self) -> Clock {
        self.bank().clock()
    }

    pub fn epoch_schedule(&self) -> &EpochSchedule {
        self.bank().epoch_schedule()
    }

    pub fn slot_duration(&self) -> Duration {
        self.slot_duration
    }

    pub fn rent(&self) -> &Rent {
        &self.bank().rent_collector().rent
    }

    /// Lamports that exempt an account of `space` bytes from rent.
    pub fn minimum_balance(&self, space: usize) -> u64 {
        self.rent().minimum_balance(space)
    }

    /// All lamports there are, as the bank keeps count.
    pub fn capitalization(&self) -> u64 {
        self.bank().capitalization()
    }

    /// All lamports there are, counted account by account, with the fees of the open slot, which nobody holds until
    /// it closes: equal to [`Self::capitalization`], or lamports were made or lost.
    pub fn recount_capitalization(&self) -> u64 {
        let fees = self.bank().get_collector_fee_details();
        let held = self.bank().calculate_capitalization_for_tests();
        held + fees.total_transaction_fee() + fees.total_priority_fee()
    }

    /// True while the chain pays an epoch's rewards and refuses stake instructions.
    pub fn rewards_are_active(&self) -> bool {
        self.chain.rewards_are_active()
    }

    /// The epoch rewards sysvar.
    pub fn epoch_rewards(&self) -> EpochRewards {
        self.chain.epoch_rewards().unwrap_or_default()
    }

    /// The least that may be delegated, lamports, as the stake program itself answers.
    ///
    /// # Panics
    /// If the faucet, in whose name it is asked, is dry.
    pub fn minimum_delegation(&self) -> u64 {
        self.ask_minimum_delegation().expect("the stake program answers")
    }

    /// The same; `None` where the stake program does not answer.
    pub(crate) fn ask_minimum_delegation(&self) -> Option<u64> {
        let ask = stake_instruction::get_minimum_delegation();
        let answer = self.simulate_instructions(&[ask], &self.faucet().pubkey());
        Some(u64::from_le_bytes(answer.return_data?.data.try_into().ok()?))
    }

    pub fn stake_history(&self) -> StakeHistory {
        let account = self.bank().get_account(&solana_sdk_ids::sysvar::stake_history::ID);
        account.and_then(|account| bincode::deserialize(account.data()).ok()).unwrap_or_default()
    }

    /// A stake account's state; `None` if there is no stake account.
    pub fn stake_state(&self, address: &Address) -> Option<StakeStateV2> {
        let account = self.bank().get_account(address)?;
        (*account.owner() == solana_sdk_ids::stake::ID).then(|| bincode::deserialize(account.data()).ok())?
    }

    /// Every delegated stake account, by address.
    pub fn stakes(&self) -> Vec<(Address, Stake)> {
        let accounts = self.get_program_accounts(&solana_sdk_ids::stake::ID).into_iter();
        let state = |data: &[u8]| bincode::deserialize::<StakeStateV2>(data).ok();
        accounts.filter_map(|(address, account)| Some((address, state(&account.data)?.stake()?))).collect()
    }

    /// How much of a stake account is effective, activating and deactivating now, by the chain's arithmetic.
    pub fn stake_activation(&self, address: &Address) -> Option<StakeActivationStatus> {
        let delegation = self.stake_state(address)?.delegation()?;
        let rate_epoch = self.bank().new_warmup_cooldown_rate_epoch();
        Some(delegation.stake_activating_and_deactivating_v2(self.epoch(), &self.stake_history(), rate_epoch))
    }

    /// A vote account's state, whatever its version; `None` if there is none or it is closed.
    pub fn vote_state(&self, address: &Address) -> Option<VoteStateV4> {
        VoteStateV4::deserialize(self.bank().get_account(address)?.data(), address).ok()
    }
}
