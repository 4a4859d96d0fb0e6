//! Time: slots and epochs pass, validators vote, their events happen, rewards and tips are paid.
//! Rewards are the bank's own; everything else that moves lamports here is a transaction.

use {
    crate::{
        chain::Reward,
        config::LAMPORTS_PER_SOL,
        history::{Block, Happening},
        localnet::Localnet,
        script::Event,
        seed,
        tx::TxError,
        validator::{Status, Validator},
    },
    solana_address::Address,
    solana_clock::{Epoch, Slot},
    solana_hash::Hash,
    solana_instruction::Instruction,
    solana_signer::Signer,
    solana_system_interface::instruction as system,
    solana_vote_interface::{instruction as vote, instruction::CommissionKind},
    std::{collections::HashMap, sync::Arc},
};

/// Transfers that fit one transaction.
const TIPS_PER_TRANSACTION: usize = 16;

/// What happened as an epoch began.
#[derive(Clone, Debug, Default)]
pub struct EpochReport {
    pub epoch: Epoch,
    /// Inflation of the epoch before, as the bank paid it: stake accounts and commission collectors.
    pub rewards: Vec<Reward>,
    /// MEV tips of the epoch before, stake account and lamports.
    pub tips: Vec<(Address, u64)>,
    /// Scripted events, by validator, and the error of a transaction that the chain refused.
    pub events: Vec<(String, Event, Option<Box<TxError>>)>,
    /// Vote accounts of dead validators that were closed.
    pub closed: Vec<Address>,
}

impl EpochReport {
    /// Lamports minted for an account.
    pub fn reward_of(&self, address: &Address) -> u64 {
        self.rewards.iter().filter(|reward| reward.to == *address).map(|reward| reward.lamports).sum()
    }

    /// Lamports of tips that reached an account.
    pub fn tips_of(&self, address: &Address) -> u64 {
        self.tips.iter().filter(|(paid, _)| paid == address).map(|(_, lamports)| *lamports).sum()
    }

    /// All lamports minted.
    pub fn total_rewards(&self) -> u64 {
        self.rewards.iter().map(|reward| reward.lamports).sum()
    }
}

impl Localnet {
    /// Goes on by `slots` slots, across epoch boundaries if need be. Slots without anything to do are skipped.
    pub fn warp_slots(&mut self, slots: u64) {
        self.go_to(self.slot().saturating_add(slots));
    }

    /// Goes to the next epoch, past its rewards: they, the tips and the scripts' events are done.
    pub fn advance_epoch(&mut self) -> EpochReport {
        self.advance_into_rewards();
        self.finish_rewards();
        self.report.clone()
    }

    /// Goes through `epochs` epochs; the reports of all.
    pub fn advance_epochs(&mut self, epochs: u64) -> Vec<EpochReport> {
        (0..epochs).map(|_| self.advance_epoch()).collect()
    }

    /// Goes to the first slot of the next epoch, where `EpochRewards` is active: commissions are paid, stakes are
    /// not, stake instructions fail. [`Self::finish_rewards`] or any later slot leaves it.
    pub fn advance_into_rewards(&mut self) {
        self.finish_rewards();
        let next = self.bank().epoch_schedule().get_first_slot_in_epoch(self.epoch() + 1);
        self.go_to(next);
    }

    /// Goes on slot by slot until the epoch's rewards are all paid and its tips sent. Does nothing if they are.
    pub fn finish_rewards(&mut self) {
        while self.settling {
            self.go_to(self.slot() + 1);
        }
    }

    /// Goes to the last slot of this epoch.
    pub fn advance_to_last_slot(&mut self) {
        self.finish_rewards();
        let last = self.bank().epoch_schedule().get_last_slot_in_epoch(self.epoch());
        if last > self.slot() {
            self.go_to(last);
        }
    }

    /// What happened as the current epoch began, so far.
    pub fn epoch_report(&self) -> &EpochReport {
        &self.report
    }

    /// Makes an event happen now.
    ///
    /// # Panics
    /// If no validator has that name.
    pub fn apply(&mut self, validator: &str, event: Event) -> Result<(), Box<TxError>> {
        let index = self.validators.iter().position(|known| known.name() == validator);
        let index = index.unwrap_or_else(|| panic!("no validator is named {validator}"));
        // What was voted until now was voted under the old script.
        self.vote();
        self.apply_to(index, event)
    }

    fn go_to(&mut self, target: Slot) {
        while self.slot() < target {
            let last = self.bank().epoch_schedule().get_last_slot_in_epoch(self.epoch());
            let slot = self.slot();
            let next = if self.settling || slot == last { slot + 1 } else { target.min(last) };
            self.vote();
            let paid = self.chain.open(next);
            self.record_block(&paid);
            if slot == last {
                self.report = self.begin_epoch(paid);
                self.settling = true;
            } else {
                self.report.rewards.extend(paid);
            }
            if self.settling && !self.chain.rewards_are_active() {
                self.report.tips = self.pay_tips();
                self.settling = false;
            }
        }
    }

    /// Writes the votes of all slots up to the open one.
    fn vote(&mut self) {
        let slot = self.slot();
        let elapsed = self.slot_duration.as_nanos() * u128::from(slot);
        let timestamp = self.genesis_time + (elapsed / 1_000_000_000) as i64;
        let bank = Arc::clone(self.chain.bank());
        let voted = crate::voting::vote(&bank, &mut self.validators, slot + 1 - self.next_vote, timestamp);
        self.next_vote = slot + 1;
        if !voted.is_empty() {
            self.history.tell(|| Happening::Accounts(voted));
        }
    }

    /// Records the genesis block, which is closed.
    pub(crate) fn record_genesis(&mut self) {
        let nothing = Hash::default();
        let block = Block::open((0, 0), 0, self.genesis_time, nothing, Vec::new(), None);
        self.history.open(block, Vec::new());
    }

    /// Records the block that is open, and what it paid as it was opened.
    pub(crate) fn record_block(&mut self, paid: &[Reward]) {
        let bank = Arc::clone(self.chain.bank());
        let (slot, parent) = (bank.slot(), bank.parent_slot());
        let is_first = bank.parent().is_some_and(|before| before.epoch() < bank.epoch());
        let epoch_rewards = is_first.then(|| self.chain.epoch_rewards()).flatten();
        let partitions = epoch_rewards.filter(|sysvar| sysvar.active).map(|sysvar| sysvar.num_partitions);
        if let Some(epoch) = bank.epoch().checked_sub(1)
            && (is_first || !paid.is_empty())
        {
            self.history.pay(epoch, slot, paid);
        }
        if !paid.is_empty() {
            self.history.tell(|| Happening::Accounts(paid.iter().map(|reward| reward.to).collect()));
        }
        let (height, time) = (bank.block_height(), bank.clock().unix_timestamp);
        let parent_hash = bank.parent().map_or(self.genesis_hash, |before| before.last_blockhash());
        let block = Block::open((slot, parent), height, time, parent_hash, paid.to_vec(), partitions);
        self.history.open(block, self.chain.fees_of_parent());
    }

    /// Acts out the scripts for the epoch that the open slot begins.
    pub(crate) fn begin_epoch(&mut self, rewards: Vec<Reward>) -> EpochReport {
        let epoch = self.epoch();
        let mut events = Vec::new();
        for index in 0..self.validators.len() {
            let script = &self.validators[index].script;
            let due: Vec<_> =
                script.events.iter().filter(|(at, _)| *at == epoch).map(|(_, event)| *event).collect();
            for event in due {
                let failure = self.apply_to(index, event).err();
                events.push((self.validators[index].name().to_string(), event, failure));
            }
            self.draw_uptime(index);
        }
        let closed = self.close_dead_vote_accounts();
        EpochReport { epoch, rewards, tips: Vec::new(), events, closed }
    }

    fn draw_uptime(&mut self, index: usize) {
        let epoch = self.epoch().to_le_bytes();
        let validator = &mut self.validators[index];
        let script = &validator.script;
        let draw =
            seed::Random::of(seed::hash(self.seed, "jitter", &[script.name.as_bytes(), &epoch])).share();
        let jitter = (draw * 2.0 - 1.0) * script.jitter;
        validator.current_uptime = (script.uptime * (1.0 + jitter)).clamp(0.0, 1.0);
    }

    fn apply_to(&mut self, index: usize, event: Event) -> Result<(), Box<TxError>> {
        let validator = &mut self.validators[index];
        match event {
            Event::SetMevCommission(commission) => validator.script.mev_commission_bps = commission,
            Event::SetMevTips(tips) => validator.script.mev_tips_per_sol = tips,
            Event::SetUptime(uptime) => {
                validator.script.uptime = uptime;
                self.draw_uptime(index);
            }
            Event::Delinquent if validator.status == Status::Voting => validator.status = Status::Delinquent,
            Event::Recover if validator.status == Status::Delinquent => validator.status = Status::Voting,
            Event::Delinquent | Event::Recover => {}
            Event::Die if validator.status != Status::Closed => validator.status = Status::Dead,
            Event::Die => {}
            Event::SetCommission(bps) => {
                let withdrawer = validator.withdrawer.pubkey();
                let kind = CommissionKind::InflationRewards;
                let change = vote::update_commission_bps(&validator.vote_address(), &withdrawer, kind, bps);
                self.send_as_withdrawer(index, change)?;
                self.validators[index].script.commission_bps = bps;
            }
        }
        Ok(())
    }

    /// Withdraws all from the vote accounts of dead validators, where the vote program lets them go.
    fn close_dead_vote_accounts(&mut self) -> Vec<Address> {
        let mut closed = Vec::new();
        for index in 0..self.validators.len() {
            let validator = &self.validators[index];
            if validator.status != Status::Dead {
                continue;
            }
            let address = validator.vote_address();
            let (withdrawer, identity) = (validator.withdrawer.pubkey(), validator.identity.pubkey());
            let all = vote::withdraw(&address, &withdrawer, self.balance(&address), &identity);
            // Refused until it has had no credits for a whole epoch: ask again in the next one.
            if self.send_as_withdrawer(index, all).is_ok() {
                self.validators[index].status = Status::Closed;
                closed.push(address);
            }
        }
        closed
    }

    fn send_as_withdrawer(&mut self, index: usize, instruction: Instruction) -> Result<(), Box<TxError>> {
        let faucet = self.faucet().insecure_clone();
        let withdrawer = self.validators[index].withdrawer.insecure_clone();
        self.send(&[instruction], &[&faucet, &withdrawer]).map(drop)
    }

    /// Sends the tips of the epoch before to the stake accounts that were active in it.
    fn pay_tips(&mut self) -> Vec<(Address, u64)> {
        let Some(epoch) = self.epoch().checked_sub(1) else { return Vec::new() };
        if self.validators.iter().all(|validator| tip_rate(validator) == 0.0) {
            return Vec::new();
        }
        let rates: HashMap<_, _> =
            self.validators.iter().map(|validator| (validator.vote_address(), tip_rate(validator))).collect();
        let mut tips = Vec::new();
        let rewards: HashMap<_, _> =
            self.report.rewards.iter().map(|reward| (reward.to, reward.lamports)).collect();
        let (history, rate_epoch) = (self.stake_history(), self.bank().new_warmup_cooldown_rate_epoch());
        for (address, stake) in self.stakes() {
            let rate = rates.get(&stake.delegation.voter_pubkey).copied().unwrap_or(0.0);
            let mut delegation = stake.delegation;
            delegation.stake -= rewards.get(&address).copied().unwrap_or(0).min(delegation.stake);
            let tip = (delegation.stake_v2(epoch, &history, rate_epoch) as f64 * rate) as u64;
            if tip > 0 {
                tips.push((address, tip));
            }
        }
        let payer = self.tip_payer.insecure_clone();
        if !self.can_pay(&payer.pubkey(), &tips) {
            return Vec::new();
        }
        for part in tips.chunks(TIPS_PER_TRANSACTION) {
            let transfers: Vec<_> =
                part.iter().map(|(to, lamports)| system::transfer(&payer.pubkey(), to, *lamports)).collect();
            self.send(&transfers, &[&payer]).expect("the tip payer can pay");
        }
        tips
    }

    /// Whether the tip payer can pay; the faucet helps out where hundreds of epochs, or scripts that changed, have taken
    /// what genesis gave it. Blocks bring no tips once the faucet is dry too.
    fn can_pay(&mut self, payer: &Address, tips: &[(Address, u64)]) -> bool {
        let owed: u128 = tips.iter().map(|(_, lamports)| u128::from(*lamports)).sum();
        // One SOL is more than the fees of a million tips.
        let needed = owed + u128::from(LAMPORTS_PER_SOL);
        let lacking = needed.saturating_sub(self.balance(payer).into());
        lacking == 0 || u64::try_from(lacking).is_ok_and(|lacking| self.airdrop(payer, lacking).is_ok())
    }
}

/// Tips of an epoch a lamport of stake, after the validator's share. A validator that does not vote leads no block
/// worth a tip.
fn tip_rate(validator: &Validator) -> f64 {
    let (Some(commission), Status::Voting) = (validator.script.mev_commission_bps, validator.status) else {
        return 0.0;
    };
    let kept = f64::from(10_000 - commission) / 10_000.0;
    validator.script.mev_tips_per_sol as f64 / 1e9 * kept * validator.current_uptime
}
