//! Thousands of random steps by several holders, the delegation authority, tippers and idle cranks: the books close
//! after every update, the rate never falls, and at the end everybody gets out.

use sluice_sdk::staking_pool::errors::StakingPoolError::{self, *};
use sluice_tests::chain::ErrorCode;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::stage::*;

const HOLDERS: usize = 4;
const VALIDATORS: usize = 5;

/// xorshift64*: the same walk for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % bound.max(1)
    }

    fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }
}

struct Walk {
    stage: Stage,
    random: Random,
    holders: Vec<Holder>,
    votes: Vec<Address>,
    tickets: Vec<(Keypair, usize)>,
    made: u64,
    /// Lamports that came into the pool, and that left it.
    inward: u64,
    outward: u64,
    /// What the rate was made of when last looked at.
    value: u128,
    supply: u128,
    done: [u32; 10],
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut stage = Stage::new();
        let holders = (0..HOLDERS).map(|index| stage.newcomer(&format!("holder {index}"))).collect();
        let votes = (0..VALIDATORS).map(|index| stage.validator(&format!("validator {index}"))).collect();
        let mut walk = Self {
            stage,
            random: Random(seed | 1),
            holders,
            votes,
            tickets: Vec::new(),
            made: 0,
            inward: SOL,
            outward: 0,
            value: 0,
            supply: 1,
            done: [0; 10],
        };
        for holder in &walk.holders {
            walk.stage.svm.airdrop(&holder.address(), 20_000 * SOL);
        }
        walk
    }

    fn fresh(&self) -> bool {
        self.stage.pool.state(&self.stage.svm).updated_epoch == self.stage.svm.clock().epoch
    }

    /// Sends; a refusal must be one of those that the state of things explains. Whether it went through.
    fn may(
        &mut self,
        what: usize,
        instruction: Instruction,
        signers: &[&Keypair],
        but: &[StakingPoolError],
    ) -> bool {
        let mut all = vec![&self.stage.pool.payer];
        all.extend(signers);
        match self.stage.svm.send(&[instruction], &all) {
            Ok(_) => {
                self.done[what] += 1;
                true
            }
            Err(failed) => {
                let expected =
                    but.iter().chain([&PoolStale]).any(|error| failed.code() == Some(error.number()));
                assert!(expected, "step {what}: {:?}\n{}", failed.err, failed.logs.join("\n"));
                false
            }
        }
    }

    fn step(&mut self) {
        let who = self.random.index(HOLDERS);
        let vote = self.votes[self.random.index(VALIDATORS)];
        let (key, lst) = (self.holders[who].key.insecure_clone(), self.holders[who].lst);
        let user = key.pubkey();
        let wallet = self.stage.lamports(&user);
        let shares = self.stage.tokens(&lst);
        let some = self.random.below(shares + 1);
        match self.random.below(16) {
            0..=2 => {
                let lamports = 1_000_000 + self.random.below(50 * SOL);
                let deposit = self.stage.pool.deposit_sol(&user, &lst, lamports, 0);
                if self.may(0, deposit, &[&key], &[]) {
                    assert_eq!(self.stage.lamports(&user), wallet - lamports);
                    self.inward += lamports;
                }
            }
            3 | 4 => {
                let withdraw = self.stage.pool.withdraw_sol(&user, &lst, some / 4, 0);
                self.may(1, withdraw, &[&key], &[ZeroAmount, AmountTooSmall, ReserveInsufficient]);
                self.outward += self.stage.lamports(&user) - wallet;
            }
            5 => {
                self.made += 1;
                let ticket = keypair(&format!("ticket {}", self.made));
                let order = self.stage.pool.order_unstake(&user, &lst, &ticket.pubkey(), some / 2);
                if self.may(2, order, &[&key, &ticket], &[ZeroAmount, AmountTooSmall]) {
                    self.tickets.push((ticket, who));
                }
            }
            6 | 7 if !self.tickets.is_empty() => {
                let place = self.random.index(self.tickets.len());
                self.claim(place, &[TicketNotReady, ReserveInsufficient]);
            }
            8 => {
                self.made += 1;
                let destination =
                    self.stage.pool.new_stake_account(&mut self.stage.svm, &format!("out {}", self.made));
                let (index, _) = self.stage.pool.record(&self.stage.svm, &vote);
                let out =
                    self.stage.pool.withdraw_stake(&user, &lst, (index, &vote), &destination, some / 2, 0);
                let but = [ZeroAmount, AmountTooSmall, StakeNotUsable, BelowMinimumDelegation];
                if self.may(3, out, &[&key], &but) {
                    self.outward += self.stage.delegated(&destination);
                }
            }
            9 | 10 => {
                let lamports = SOL + self.random.below(40 * SOL);
                let increase = self.stage.pool.increase_stake(&self.stage.svm, &vote, lamports);
                let authority = self.stage.pool.delegation.insecure_clone();
                self.may(4, increase, &[&authority], &[ReserveInsufficient, TransientExists]);
            }
            11 => {
                let held = self.stage.record(&vote).stake.max(1);
                let lamports = if self.random.below(3) == 0 { held } else { 1 + self.random.below(held) };
                let decrease = self.stage.pool.decrease_stake(&self.stage.svm, &vote, lamports);
                let authority = self.stage.pool.delegation.insecure_clone();
                let but = [StakeNotUsable, TransientExists, BelowMinimumDelegation, ReserveInsufficient];
                self.may(5, decrease, &[&authority], &but);
            }
            12 => {
                // A tip, on the reserve or on a stake account.
                let (lamports, record) = (self.random.below(SOL / 10) + 1, self.stage.record(&vote));
                let to = if record.stake_state == 0 || self.random.below(4) == 0 {
                    self.stage.pool.reserve
                } else {
                    self.stage.pool.stake(&vote)
                };
                self.stage.donate(&to, lamports);
                self.inward += lamports;
                self.done[6] += 1;
            }
            13 => {
                let burn = token::burn(&lst, &self.stage.pool.mint, &user, some / 100);
                self.stage.svm.must(&[burn], &[&self.stage.pool.payer, &key]);
                self.done[7] += 1;
            }
            14 => {
                let slots = self.random.below(EPOCH / 8);
                let left = EPOCH - 1 - self.stage.svm.clock().slot % EPOCH;
                self.stage.svm.advance_slots(slots.min(left));
            }
            _ => {
                let record = self.stage.record(&vote);
                if record.stake_state == 1 && self.random.below(8) == 0 {
                    self.stage.deactivated_by_a_third_party(&self.stage.pool.stake(&vote));
                    self.done[8] += 1;
                }
                self.turn_epoch();
            }
        }
        self.rate_never_falls();
    }

    fn claim(&mut self, place: usize, but: &[StakingPoolError]) -> bool {
        let (ticket, who) = (self.tickets[place].0.pubkey(), self.tickets[place].1);
        let owner = self.holders[who].address();
        let (wallet, rent) = (self.stage.lamports(&owner), self.stage.lamports(&ticket));
        let claim = self.stage.pool.claim_ticket(&ticket, &owner);
        let paid = self.may(9, claim, &[], but);
        if paid {
            self.outward += self.stage.lamports(&owner) - wallet - rent;
            self.tickets.swap_remove(place);
        }
        paid
    }

    /// The next epoch; one in five is skipped by every crank.
    fn turn_epoch(&mut self) {
        self.stage.svm.advance_epoch();
        if self.random.below(5) > 0 {
            self.stage.pool.update(&mut self.stage.svm);
            self.stage.assert_balanced();
        }
    }

    fn rate_never_falls(&mut self) {
        let slot = self.stage.svm.clock().slot;
        let ledger = self.stage.pool.ledger(&self.stage.svm).at(slot).expect("priced");
        let value = u128::from(ledger.value().expect("a value").0);
        let supply = u128::from(ledger.supply.0);
        assert!(value * self.supply >= self.value * supply, "the rate fell");
        (self.value, self.supply) = (value, supply);
    }

    /// Everything of everybody is ordered, all stake comes home, and every ticket is paid.
    fn all_leave(&mut self) {
        if !self.fresh() {
            self.stage.pool.update(&mut self.stage.svm);
        }
        for who in 0..HOLDERS {
            let (key, lst) = (self.holders[who].key.insecure_clone(), self.holders[who].lst);
            let shares = self.stage.tokens(&lst);
            if shares == 0 {
                continue;
            }
            self.made += 1;
            let ticket = keypair(&format!("ticket {}", self.made));
            let order = self.stage.pool.order_unstake(&key.pubkey(), &lst, &ticket.pubkey(), shares);
            assert!(self.may(2, order, &[&key, &ticket], &[]));
            self.tickets.push((ticket, who));
        }
        let authority = self.stage.pool.delegation.insecure_clone();
        for _ in 0..4 {
            for vote in self.votes.clone() {
                let record = self.stage.record(&vote);
                let whole = if record.stake_state == 0 { record.activating } else { record.stake };
                let decrease = self.stage.pool.decrease_stake(&self.stage.svm, &vote, whole);
                self.may(5, decrease, &[&authority], &[ZeroAmount, StakeNotUsable, TransientExists]);
            }
            self.stage.next_epoch();
            self.stage.assert_balanced();
        }
        while !self.tickets.is_empty() {
            assert!(self.claim(0, &[]), "a ticket is not paid");
        }
        self.stage.next_epoch();
        self.stage.assert_balanced();
    }
}

#[test]
fn whatever_order_things_happen_in_the_books_close_and_everybody_gets_out() {
    let mut done = [0; 10];
    for seed in [1, 650, 20_251] {
        let mut walk = Walk::new(seed);
        for _ in 0..1_500 {
            walk.step();
        }
        walk.all_leave();
        let backing = ledger::Backing::of(&walk.stage.svm, &walk.stage.pool);
        assert_eq!((backing.delegated, backing.stake_rent), (0, 0), "all stake came home");
        assert_eq!(
            walk.inward,
            walk.outward + backing.reserve + backing.strays,
            "seed {seed}: every lamport is found"
        );
        for (sum, one) in done.iter_mut().zip(walk.done) {
            *sum += one;
        }
    }
    println!("done: {done:?}");
    assert!(done.iter().all(|count| *count >= 10), "every kind of step was taken: {done:?}");
}
