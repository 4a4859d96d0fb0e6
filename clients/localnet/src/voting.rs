//! Stands for voting: writes credits, the last vote and its timestamp into vote accounts, as many as the
//! scripts say. It changes no lamports, and nothing but vote accounts.

use {
    crate::validator::{Status, Validator},
    solana_account::{AccountSharedData, ReadableAccount, WritableAccount},
    solana_address::Address,
    solana_clock::{Epoch, Slot},
    solana_runtime::bank::Bank,
    solana_vote_interface::state::{
        BlockTimestamp, LandedVote, Lockout, MAX_EPOCH_CREDITS_HISTORY, VOTE_CREDITS_MAXIMUM_PER_SLOT,
        VoteStateVersions,
    },
};

const MILLION: u64 = 1_000_000;
/// How far behind the last vote the root stays.
const ROOT_DEPTH: u64 = 32;

/// Credits every validator for `slots` more slots, the last of which is the open one; the vote accounts that changed.
pub(crate) fn vote(bank: &Bank, validators: &mut [Validator], slots: u64, timestamp: i64) -> Vec<Address> {
    let mut written: Vec<(Address, AccountSharedData)> = Vec::new();
    for validator in validators.iter_mut().filter(|validator| validator.status == Status::Voting) {
        let rate = validator.current_uptime * f64::from(VOTE_CREDITS_MAXIMUM_PER_SLOT) * MILLION as f64;
        let earned = slots * (rate.round() as u64) + validator.credit_dust;
        validator.credit_dust = earned % MILLION;
        let credits = earned / MILLION;
        if credits == 0 {
            continue;
        }
        let address = validator.vote_address();
        let Some(mut account) = bank.get_account(&address) else { continue };
        let Ok(mut state) = bincode::deserialize::<VoteStateVersions>(account.data()) else { continue };
        if record(&mut state, bank.epoch(), bank.slot(), credits, timestamp) {
            bincode::serialize_into(account.data_as_mut_slice(), &state)
                .expect("a vote state fits its account");
            written.push((address, account));
        }
    }
    if !written.is_empty() {
        bank.store_accounts((bank.slot(), written.as_slice()), None);
    }
    written.into_iter().map(|(address, _)| address).collect()
}

/// Adds credits and a vote to a vote state of any version; false if there is no state.
fn record(state: &mut VoteStateVersions, epoch: Epoch, slot: Slot, credits: u64, timestamp: i64) -> bool {
    let lockout = Lockout::new(slot);
    let root = slot.checked_sub(ROOT_DEPTH);
    let last_timestamp = BlockTimestamp { slot, timestamp };
    let history = match state {
        VoteStateVersions::Uninitialized => return false,
        VoteStateVersions::V1_14_11(state) => {
            state.votes = [lockout].into();
            state.root_slot = root;
            state.last_timestamp = last_timestamp;
            &mut state.epoch_credits
        }
        VoteStateVersions::V3(state) => {
            state.votes = [LandedVote { latency: 1, lockout }].into();
            state.root_slot = root;
            state.last_timestamp = last_timestamp;
            &mut state.epoch_credits
        }
        VoteStateVersions::V4(state) => {
            state.votes = [LandedVote { latency: 1, lockout }].into();
            state.root_slot = root;
            state.last_timestamp = last_timestamp;
            &mut state.epoch_credits
        }
    };
    add_credits(history, epoch, credits);
    true
}

/// The vote program's own bookkeeping: (epoch, credits by its end, credits by the end of the one before).
fn add_credits(history: &mut Vec<(Epoch, u64, u64)>, epoch: Epoch, credits: u64) {
    match history.last_mut() {
        None => history.push((epoch, 0, 0)),
        Some(last) if last.0 == epoch => {}
        Some(last) if last.1 == last.2 => last.0 = epoch,
        Some(&mut (_, earned, _)) => history.push((epoch, earned, earned)),
    }
    if history.len() > MAX_EPOCH_CREDITS_HISTORY {
        history.remove(0);
    }
    if let Some(last) = history.last_mut() {
        last.1 = last.1.saturating_add(credits);
    }
}

#[cfg(test)]
mod tests {
    use super::add_credits;

    #[test]
    fn credits_accumulate_over_epochs_as_the_vote_program_keeps_them() {
        let mut history = Vec::new();
        add_credits(&mut history, 0, 10);
        add_credits(&mut history, 0, 5);
        add_credits(&mut history, 2, 7);
        assert_eq!(history, [(0, 15, 0), (2, 22, 15)]);
        for epoch in 3..100 {
            add_credits(&mut history, epoch, 1);
        }
        assert_eq!((history.len(), history[63]), (64, (99, 119, 118)));
    }
}
