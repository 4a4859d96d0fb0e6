//! Random walks: whatever happens in whatever order, the books close, limits hold, and no batch is ever blocked.

use std::collections::BTreeSet;

use sluice_sdk::Event;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_tests::ledger::assert_balanced;
use sluice_tests::pool::compute_limit;
use sluice_tests::selection::{Vote, close_account, open_params};
use sluice_tests::*;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{Error, FULL, joined};

const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

struct Walk {
    svm: Svm,
    selection: SelectionFixture,
    votes: Vec<Address>,
    node: Keypair,
    seed: u64,
    tickets: u64,
    increases: u64,
    decreases: u64,
    removals: u64,
}

impl Walk {
    fn start(seed: u64) -> Self {
        let mut svm = Svm::new();
        let mut params = open_params();
        params.cap_bps = 3_000;
        params.max_moved_bps = 5_000;
        params.grace_slots = 100;
        let selection = SelectionFixture::with_capacity(&mut svm, params, 10, 5);
        let votes = NAMES.iter().map(|name| joined(&mut svm, &selection, name, FULL, 500)).collect();
        selection.fund(&mut svm, 200 * SOL);
        let node = svm.wallet("withdrawer", SOL);
        Self { svm, selection, votes, node, seed, tickets: 0, increases: 0, decreases: 0, removals: 0 }
    }

    /// Below `bound`, by a linear congruential generator.
    fn draw(&mut self, bound: u64) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % bound
    }

    fn some_votes(&mut self) -> Vec<Address> {
        let all = self.selection.votes(&self.svm);
        let kept: Vec<_> = all.iter().filter(|_| self.draw(2) == 0).copied().collect();
        kept.into_iter().take(4).collect()
    }

    /// New vote accounts as of now: some lazy, some greedy, some gone.
    fn vote(&mut self) {
        let epoch = self.svm.clock().epoch;
        for (name, address) in NAMES.iter().zip(self.votes.clone()) {
            let credits = FULL - self.draw(FULL);
            let commission = if self.draw(5) == 0 { 10_000 } else { self.draw(1_000) as u16 };
            match self.draw(12) {
                0 => close_account(&mut self.svm, &address),
                1 => drop(Vote::steady(epoch, 4, 0, commission).write(&mut self.svm, name)),
                _ => drop(Vote::steady(epoch, 10, credits, commission).write(&mut self.svm, name)),
            }
        }
    }

    fn step(&mut self) {
        let selection = &self.selection;
        let payer = selection.pool.payer.insecure_clone();
        let depositor = keypair("depositor");
        let lst = keypair("depositor's slSOL").pubkey();
        match self.draw(12) {
            0 => {
                let lamports = (1 + self.draw(100)) * SOL;
                self.selection.fund(&mut self.svm, lamports);
            }
            1 => {
                let shares = 1 + self.draw(50 * SOL);
                let exit = self.selection.pool.withdraw_sol(&depositor.pubkey(), &lst, shares, 0);
                let _ = self.svm.send(&[exit], &[&depositor]);
            }
            2 => {
                let shares = 1 + self.draw(20 * SOL);
                let ticket = keypair(&format!("ticket {}", self.tickets));
                self.tickets += 1;
                let order =
                    self.selection.pool.order_unstake(&depositor.pubkey(), &lst, &ticket.pubkey(), shares);
                let _ = self.svm.send(&[order], &[&depositor, &ticket]);
            }
            3 => {
                self.svm.advance_epoch();
                self.selection.pool.update(&mut self.svm);
                self.vote();
            }
            4..=6 => {
                // Everybody, or only some: then the allocation waits.
                let votes =
                    if self.draw(4) > 0 { self.selection.votes(&self.svm) } else { self.some_votes() };
                let observe = self.selection.observe(&self.svm, &votes);
                self.svm.must(&[observe], &[&payer]);
            }
            7 | 8 => {
                self.svm.advance_slots(self.seed % 80);
                let allowed =
                    [Error::AlreadyAllocated, Error::NotObserved, Error::NotAllObserved].map(|e| e as u32);
                if let Err(failed) = self.svm.send(&[self.selection.allocate()], &[&payer]) {
                    assert!(failed.code().is_some_and(|code| allowed.contains(&code)), "{failed:?}");
                }
            }
            9 | 10 => {
                let votes = self.some_votes();
                let rebalance = self.selection.rebalance(&self.svm, &votes);
                // Once there is an allocation, nothing blocks a batch.
                match self.svm.send(&[compute_limit(1_400_000), rebalance], &[&payer]) {
                    Ok(sent) => self.count(&sent),
                    Err(failed) => {
                        assert_eq!(
                            failed.code(),
                            Some(Error::NotAllocated as u32),
                            "{}",
                            failed.logs.join("\n")
                        )
                    }
                }
            }
            _ => {
                let all = self.selection.votes(&self.svm);
                if all.is_empty() {
                    return;
                }
                let vote = all[self.draw(all.len() as u64) as usize];
                let on = self.draw(2) == 0;
                let admin = self.selection.pool.admin.insecure_clone();
                match self.draw(3) {
                    0 => drop(self.svm.must(&[self.selection.ban(&self.svm, &vote, on)], &[&admin])),
                    1 => {
                        let leave = self.selection.leave(&self.svm, &vote, &self.node.pubkey(), on);
                        let _ = self.svm.send(&[leave], &[&self.node]);
                    }
                    _ => drop(self.svm.send(&[self.selection.remove(&self.svm, &vote)], &[&payer])),
                }
            }
        }
    }

    fn count(&mut self, sent: &Sent) {
        for event in sent.events() {
            match event {
                Event::ValidatorSelection(ValidatorSelectionEvent::Rebalanced(batch)) => {
                    self.increases += batch.increases;
                    self.decreases += batch.decreases;
                }
                Event::StakingPool(StakingPoolEvent::ValidatorRemoved(_)) => self.removals += 1,
                _ => {}
            }
        }
    }

    #[track_caller]
    fn check(&self) {
        let (svm, selection) = (&self.svm, &self.selection);
        assert_balanced(svm, &selection.pool);
        let (state, pool) = (selection.state(svm), selection.pool.state(svm));
        let candidates = selection.registry(svm).records;
        assert_eq!(state.targets, candidates.iter().map(|candidate| candidate.seat.target).sum::<u64>());
        assert!(state.moved_up <= state.move_limit && state.moved_down <= state.move_limit);
        let votes: BTreeSet<_> = candidates.iter().map(|candidate| candidate.vote).collect();
        assert_eq!(votes.len(), candidates.len(), "a candidate twice");
        let records = selection.pool.list(svm).records;
        let listed: BTreeSet<_> = records.iter().map(|record| record.vote).collect();
        assert_eq!(listed.len(), records.len(), "a validator twice");
        assert!(listed.is_subset(&votes), "stake of somebody who is no candidate");
        for candidate in &candidates {
            assert!(candidate.seat.target == 0 || candidate.seat.target >= pool.min_delegation);
            assert!(candidate.seat.ideal == 0 || candidate.flags == 0);
        }
        for record in &records {
            for part in [record.stake, record.activating, record.deactivating] {
                assert!(part == 0 || part >= pool.min_delegation);
            }
        }
    }
}

#[test]
fn whatever_happens_the_books_close_and_nothing_is_blocked() {
    let mut made = [0; 3];
    for seed in 0..12 {
        let mut walk = Walk::start(seed);
        for _ in 0..400 {
            walk.step();
            walk.check();
        }
        made[0] += walk.increases;
        made[1] += walk.decreases;
        made[2] += walk.removals;
    }
    // The walks went somewhere.
    println!("increases, decreases, removals: {made:?}");
    assert!(made.iter().all(|count| *count >= 20), "{made:?}");
}
