//! A random year on the real Bank: 183 epochs of inflation rewards, MEV tips, a commission raised and a validator that dies,
//! while people come and go by every way. What the events say is the whole ledger.

use sluice_localnet::{Event, ValidatorScript};
use sluice_sdk::staking_pool::types::Fees;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Epochs of two days in a year.
const YEAR: usize = 183;

struct Year {
    bank: Bank,
    pool: PoolFixture,
    replay: Replay,
    people: Vec<(Keypair, Address, Address)>,
    votes: Vec<Address>,
    tickets: Vec<(Address, usize)>,
    random: u64,
    sent: [u32; 10],
}

impl Year {
    fn below(&mut self, bound: u64) -> u64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) % bound.max(1)
    }

    /// Sends; what the state of things forbids is not sent, and nothing else may be refused but for want of SOL or stake.
    fn may(&mut self, what: usize, instruction: Instruction, signers: &[&Keypair]) -> bool {
        let all: Vec<&Keypair> = std::iter::once(&self.pool.payer).chain(signers.iter().copied()).collect();
        match self.bank.send(&[instruction], &all) {
            Ok(sent) => {
                self.replay.read(&sent);
                self.sent[what] += 1;
                true
            }
            Err(failed) => {
                assert!(
                    failed.code().is_some_and(|code| code >= 6_000),
                    "{:?}\n{}",
                    failed.err,
                    failed.logs.join("\n")
                );
                false
            }
        }
    }

    fn someone_does_something(&mut self) {
        let who = self.below(self.people.len() as u64) as usize;
        let (key, lst, lp) = (self.people[who].0.insecure_clone(), self.people[who].1, self.people[who].2);
        let user = key.pubkey();
        let place = self.below(self.votes.len() as u64) as usize;
        let vote = self.votes[place];
        let shares = token::balance(&self.bank, &lst);
        let lamports = SOL + self.below(40 * SOL);
        let name = format!("{} {}", self.bank.clock().slot, self.sent.iter().sum::<u32>());
        match self.below(10) {
            0 | 1 => {
                let deposit = self.pool.deposit_sol(&user, &lst, lamports, 0);
                self.may(0, deposit, &[&key]);
            }
            2 => {
                let part = self.below(shares / 4 + 1);
                let withdraw = self.pool.withdraw_sol(&user, &lst, part, 0);
                self.may(1, withdraw, &[&key]);
            }
            3 => {
                let ticket = keypair(&name);
                let part = self.below(shares / 4 + 1);
                let order = self.pool.order_unstake(&user, &lst, &ticket.pubkey(), part);
                if self.may(2, order, &[&key, &ticket]) {
                    self.tickets.push((ticket.pubkey(), who));
                }
            }
            4 | 5 => {
                for (ticket, who) in std::mem::take(&mut self.tickets) {
                    let claim = self.pool.claim_ticket(&ticket, &self.people[who].0.pubkey());
                    if !self.may(3, claim, &[]) {
                        self.tickets.push((ticket, who));
                    }
                }
            }
            6 => {
                let add = self.pool.add_liquidity(&user, &lp, lamports, 0);
                self.may(4, add, &[&key]);
            }
            7 => {
                let part = self.below(token::balance(&self.bank, &lp) + 1);
                let remove = self.pool.remove_liquidity(&user, &lp, &lst, part);
                self.may(5, remove, &[&key]);
            }
            8 => {
                let destination = self.pool.new_stake_account(&mut self.bank, &name);
                let (index, _) = self.pool.record(&self.bank, &vote);
                let part = self.below(shares / 3 + 1);
                let withdraw = self.pool.withdraw_stake(&user, &lst, (index, &vote), &destination, part, 0);
                self.may(6, withdraw, &[&key]);
            }
            _ => {
                let part = self.below(shares / 500 + 1);
                let fund = self.pool.fund_insurance(&user, &lst, part);
                self.may(9, fund, &[&key]);
            }
        }
    }

    /// What the delegation authority does each epoch: tickets first, then everybody alike.
    fn delegate(&mut self) {
        let authority = self.pool.delegation.insecure_clone();
        let state = self.pool.state(&self.bank);
        let reserve = self.pool.reserve_lamports(&self.bank);
        let free = reserve.saturating_sub(state.ticket_lamports);
        let wanted = state.ticket_lamports.saturating_sub(reserve);
        let place = self.below(self.votes.len() as u64) as usize;
        let vote = self.votes[place];
        if wanted > 0 {
            let held = self.pool.record(&self.bank, &vote).1.stake;
            let lamports = if wanted + 2 * SOL < held { wanted.max(SOL) } else { held };
            let decrease = self.pool.decrease_stake(&self.bank, &vote, lamports);
            self.may(8, decrease, &[&authority]);
        } else if free > 12 * SOL && self.bank.account(&vote).is_some_and(|vote| !vote.data.is_empty()) {
            let increase = self.pool.increase_stake(&self.bank, &vote, free - 10 * SOL);
            self.may(7, increase, &[&authority]);
        }
    }
}

#[test]
fn the_events_of_a_random_year_are_the_whole_ledger() {
    let scripts = vec![
        ValidatorScript::new("ann").stake_sol(1_000_000).mev(800, 40_000),
        ValidatorScript::new("ben").stake_sol(800_000).at(60, Event::SetCommission(10_000)),
        ValidatorScript::new("cat").stake_sol(600_000).at(100, Event::Die),
    ];
    let mut bank = Bank::start(scripts);
    let votes: Vec<_> =
        ["ann", "ben", "cat"].iter().map(|name| bank.0.validator(name).vote_address()).collect();
    let pool = PoolFixture::prepare(&mut bank, 10);
    let mut options = PoolOptions::default();
    options.params.fees = Fees {
        deposit_bps: 2,
        instant_least_bps: 3,
        instant_most_bps: 20,
        insurance_bps: 1_000,
        ..options.params.fees
    };
    options.params.limits.liquidity_target = 100 * SOL;
    let (mint, list) = pool.new_keys();
    let mut replay = Replay::new();
    let initialize = pool.initialize(&options.params, &pool.delegation.pubkey());
    replay.read(&bank.must(&[initialize], &[&pool.payer, &mint, &list]));
    replay.read(&pool.open_liquidity(&mut bank, SOL));
    for vote in &votes {
        replay.read(&bank.must(&[pool.add_validator(vote)], &[&pool.payer, &pool.delegation]));
    }
    let people = ["dora", "emil", "fay"]
        .iter()
        .map(|name| {
            let (key, lst) = pool.user(&mut bank, name, 20_000 * SOL);
            let lp = pool.lp_account(&mut bank, name, &key.pubkey());
            (key, lst, lp)
        })
        .collect();
    bank.airdrop(&pool.payer.pubkey(), 1_000 * SOL);
    let tickets = Vec::new();
    let mut year = Year { bank, pool, replay, people, votes, tickets, random: 183, sent: [0; 10] };

    let mut rates = Vec::new();
    for epoch in 0..YEAR {
        for _ in 0..4 {
            year.someone_does_something();
        }
        year.delegate();
        year.bank.0.advance_epoch();
        // One epoch in twenty nobody turns the crank.
        if epoch % 20 == 19 {
            continue;
        }
        for sent in year.pool.update(&mut year.bank) {
            year.replay.read(&sent);
        }
        ledger::assert_balanced(&year.bank, &year.pool);
        year.replay.assert_is(&year.bank, &year.pool);
        rates.push(year.pool.rate(&year.bank));
    }
    assert!(rates.windows(2).all(|pair| pair[0] <= pair[1]), "no loss, and the rate never fell");
    let earned = *rates.last().expect("a rate") as f64 / rates[0] as f64 - 1.0;
    println!("{} events, {:.2} % in a year, {:?}", year.replay.events, earned * 100.0, year.sent);
    assert!(earned > 0.02, "real rewards: {earned}");
    assert!(year.sent.iter().all(|count| *count > 10), "{:?}", year.sent);
}
