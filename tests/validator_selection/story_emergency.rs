//! Emergencies on a real cluster: a commission raised in the middle of an epoch, a validator that dies, and nobody waits
//! for the next allocation.

use std::collections::BTreeMap;

use sluice_localnet::{Event, LocalnetConfig, ValidatorScript};
use sluice_sdk::validator_selection::types::Params;
use sluice_selection_math::Constraint;
use sluice_tests::ledger::assert_balanced;
use sluice_tests::pool::compute_limit;
use sluice_tests::selection::open_params;
use sluice_tests::*;
use solana_address::Address;

use crate::Error;

const NAMES: [&str; 5] = ["ann", "ben", "rug", "dead", "eve"];

struct Story {
    bank: Bank,
    selection: SelectionFixture,
    votes: BTreeMap<&'static str, Address>,
}

impl Story {
    /// Five validators share 30,000 SOL of a pool in which a hundredth may move in an epoch, and a fifth in emergencies.
    fn begin(config: LocalnetConfig) -> Self {
        let mut bank = Bank::with_config(config.with_slots_per_epoch(512));
        let votes: BTreeMap<_, _> =
            NAMES.iter().map(|name| (*name, bank.0.validator(name).vote_address())).collect();
        let params = Params {
            kappa_prior: 19_000_000_000,
            cap_bps: 1_900,
            max_commission_bps: 1_000,
            delinquent_slots: 200,
            emergency_bps: 2_000,
            ..open_params()
        };
        let selection = SelectionFixture::with_params(&mut bank, params.clone());
        bank.0.advance_epochs(4);
        selection.pool.update(&mut bank);
        for vote in votes.values() {
            bank.must(&[selection.join(vote)], &[&selection.pool.payer]);
        }
        selection.fund(&mut bank, 30_000 * SOL);
        selection.crank(&mut bank);
        bank.0.advance_epoch();
        selection.crank(&mut bank);
        bank.must(&[selection.set_params(Params { max_moved_bps: 100, ..params })], &[&selection.pool.admin]);
        Self { bank, selection, votes }
    }

    fn emergency(&mut self) {
        let votes: Vec<_> = self.votes.values().copied().collect();
        for votes in votes.chunks(3) {
            let unstake = self.selection.emergency_unstake(&self.bank, votes);
            self.bank.must(&[compute_limit(1_400_000), unstake], &[&self.selection.pool.payer]);
        }
        assert_balanced(&self.bank, &self.selection.pool);
    }

    fn state_of(&self, name: &str) -> u8 {
        self.selection.pool.record(&self.bank, &self.votes[name]).1.stake_state
    }

    fn leaving(&self, name: &str) -> bool {
        let record = self.selection.pool.record(&self.bank, &self.votes[name]).1;
        record.stake_state == 2 || record.deactivating > 0
    }

    fn seat(&self, name: &str) -> (u64, Constraint) {
        let seat = self.selection.candidate(&self.bank, &self.votes[name]).seat;
        (seat.ideal, Constraint::from_code(seat.constraint).unwrap())
    }
}

fn scripts() -> Vec<ValidatorScript> {
    NAMES.iter().map(|name| ValidatorScript::new(*name).commission_bps(500)).collect()
}

#[test]
fn a_rug_and_a_dead_one_lose_their_stake_at_once_and_the_honest_keep_theirs() {
    let mut story = Story::begin(LocalnetConfig::new(scripts()));
    story.bank.0.advance_epoch();
    story.selection.crank(&mut story.bank);
    // Everybody is honest: nobody loses anything.
    story.emergency();
    assert!(NAMES.iter().all(|name| story.state_of(name) == 1));

    // After the epoch's allocation one takes all of the rewards to come.
    let held = story.selection.held(&story.bank, &story.votes["rug"]);
    assert!(held > 5_000 * SOL);
    story.bank.0.apply("rug", Event::SetCommission(10_000)).expect("a real instruction");
    story.emergency();
    assert_eq!(story.state_of("rug"), 2, "under the epoch's movement limit it would take twenty epochs");
    assert_eq!(story.seat("rug"), (0, Constraint::Commission));
    let state = story.selection.state(&story.bank);
    assert_eq!(state.emergency_lamports, held);
    let twice = story.bank.account(&story.selection.pool.list);
    story.emergency();
    assert_eq!(story.bank.account(&story.selection.pool.list), twice);
    for name in ["ann", "ben", "dead", "eve"] {
        assert!(!story.leaving(name) && story.seat(name).0 > 5_000 * SOL, "{name}");
    }
    // Taken back before anybody else looks.
    story.bank.0.apply("rug", Event::SetCommission(500)).expect("a real instruction");

    // In the next epoch, before anybody observed anything, one is silent for too long.
    story.bank.0.apply("dead", Event::Die).expect("a script's event");
    story.bank.0.advance_epoch();
    story.selection.pool.update(&mut story.bank);
    // The others vote as time goes on.
    for _ in 0..7 {
        story.bank.0.warp_slots(30);
    }
    let earlier = story.selection.state(&story.bank).observed_epoch;
    assert_ne!(earlier, story.bank.clock().epoch);
    story.emergency();
    assert!(story.leaving("dead"));
    assert_eq!(story.seat("dead"), (0, Constraint::Delinquent));
    // This epoch's allocation gives nothing to either.
    story.selection.observe_all(&mut story.bank);
    story.bank.must(&[story.selection.allocate()], &[&story.selection.pool.payer]);
    assert_eq!(story.seat("dead"), (0, Constraint::Delinquent));
    assert_eq!(story.seat("rug"), (0, Constraint::Commission), "its worst commission counts");
    story.selection.rebalance_all(&mut story.bank);
    for name in ["ann", "ben", "eve"] {
        assert!(!story.leaving(name) && story.seat(name).0 > 5_000 * SOL, "{name}");
    }

    // What was left of the dead one, and its account, go; what came home goes to the honest.
    for _ in 0..6 {
        story.bank.0.advance_epoch();
        story.selection.pool.update(&mut story.bank);
        story.emergency();
        story.selection.crank(&mut story.bank);
        assert_balanced(&story.bank, &story.selection.pool);
        assert_eq!((story.seat("dead").0, story.seat("rug").0), (0, 0));
    }
    assert!(story.bank.account(&story.votes["dead"]).is_none_or(|account| account.lamports == 0));
    for name in ["rug", "dead"] {
        assert_eq!(story.selection.held(&story.bank, &story.votes[name]), 0, "{name}");
    }
    for name in ["ann", "ben", "eve"] {
        assert!(story.selection.held(&story.bank, &story.votes[name]) > 5_000 * SOL, "{name}");
    }
}

#[test]
fn while_the_chain_pays_rewards_an_emergency_waits() {
    let mut story = Story::begin(LocalnetConfig::new(scripts()).with_rewards_per_block(1));
    story.bank.0.apply("rug", Event::SetCommission(10_000)).expect("a real instruction");
    story.bank.0.advance_into_rewards();
    assert!(story.bank.0.rewards_are_active());
    let unstake = story.selection.emergency_unstake(&story.bank, &[story.votes["rug"]]);
    let payer = &story.selection.pool.payer;
    // The pool waits for the rewards, and emergencies wait for the pool.
    story.bank.refuses(std::slice::from_ref(&unstake), &[payer], Error::PoolStale);
    story.bank.0.finish_rewards();
    story.selection.pool.update(&mut story.bank);
    story.emergency();
    assert_eq!(story.state_of("rug"), 2);
    assert_eq!(story.state_of("ann"), 1);
}
