//! The story itself, epoch by epoch.

use sluice_localnet::EpochReport;
use sluice_sdk::validator_selection::types::{Candidate, Params};
use sluice_tests::chain::Chain;
use sluice_tests::ledger::Backing;
use sluice_tests::selection::open_params;
use sluice_tests::{Bank, SOL, SelectionFixture, keypair, token};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::checks::Checks;
use crate::cluster::{self, Cluster};
use crate::epoch::{Crank, EpochLine, crank};
use crate::live;
use crate::market::{self, Charges};
use crate::portfolio::Portfolio;
use crate::restaking::{Restaking, Snapshot};

/// Epochs the story must at least take.
const EPOCHS: usize = 12;
const CAP_BPS: u16 = 1_000;
const SLASH: u64 = 100 * SOL;
/// What the service pays the vault once, in slSOL.
const REWARD: u64 = 2 * SOL;

/// SOL that crossed the pool's border, in lamports.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flows {
    pub seed: u64,
    pub deposited: u64,
    /// The Bank's own inflation rewards on the pool's stake accounts.
    pub rewards: u64,
    /// MEV tips that landed on them.
    pub tips: u64,
    pub paid_instant: u64,
    pub paid_tickets: u64,
    pub paid_as_stake: u64,
}

impl Flows {
    pub fn inward(&self) -> u64 {
        self.seed + self.deposited + self.rewards + self.tips
    }

    pub fn outward(&self) -> u64 {
        self.paid_instant + self.paid_tickets + self.paid_as_stake
    }
}

/// One validator at the end.
pub struct ValidatorLine {
    pub name: String,
    /// `None`: it could not join.
    pub candidate: Option<Candidate>,
    pub held: u64,
    pub note: &'static str,
}

/// Everything the summary prints.
pub struct Story {
    pub source: &'static str,
    pub validators: Vec<ValidatorLine>,
    pub flows: Flows,
    pub backing: Backing,
    pub before_slash: Snapshot,
    pub after_slash: Snapshot,
    pub charges: Charges,
    pub checks: Checks,
    /// The cluster, which may go on.
    pub cluster: live::Cluster,
}

struct World {
    bank: Bank,
    selection: SelectionFixture,
    votes: Vec<Address>,
    portfolios: [Portfolio; 2],
    flows: Flows,
    checks: Checks,
    lines: Vec<EpochLine>,
    last_rate: u64,
    charges: Charges,
    names: Vec<String>,
}

/// A person with SOL and an LST account.
struct Person {
    wallet: Keypair,
    lst: Address,
}

pub fn tell() -> Story {
    println!("Starting {} validators on a real Bank ...", cluster::VALIDATORS);
    let Cluster { mut bank, source, names, rugged, dead } = cluster::start();
    bank.0.advance_epochs(cluster::HISTORY);
    let votes: Vec<Address> = names.iter().map(|name| bank.0.validator(name).vote_address()).collect();

    println!("Creating the pool, its selection and the validators' candidacies ...");
    let params = Params {
        // A vote account of this cluster earns some 4,000 credits an epoch, and 7 % a year.
        kappa_prior: 41_000_000_000,
        min_move: SOL,
        grace_slots: 100,
        cap_bps: CAP_BPS,
        reserve_bps: 300,
        // Bonds of slSOL, protection beyond a shortfall of 3 %, and moves that have to pay.
        join_bond: market::BOND,
        min_bond_bps: 10,
        performance_grace_bps: 300,
        max_commission_bps: 5_000,
        delinquent_slots: 128,
        horizon_epochs: 12,
        move_cost_bps: 10_000,
        untried_bps: 15_000,
        ..open_params()
    };
    let selection = SelectionFixture::with_params(&mut bank, params);
    let payer = selection.pool.payer.insecure_clone();
    let stakes: Vec<u64> = names.iter().map(|name| bank.0.validator(name).script().stake_lamports).collect();
    let portfolios = [
        Portfolio::delegate(&mut bank, "equal weight", 8_000 * SOL, &votes, &vec![1; votes.len()]),
        Portfolio::delegate(&mut bank, "stake weight", 8_000 * SOL, &votes, &stakes),
    ];
    let mut world = World {
        bank,
        selection,
        votes,
        portfolios,
        flows: Flows { seed: SOL, ..Flows::default() },
        checks: Checks::default(),
        lines: Vec::new(),
        last_rate: 0,
        charges: Charges::default(),
        names: names.clone(),
    };

    let backer = world.person("backer", 300);
    world.deposit(&backer, 250 * SOL);
    let pays = (&backer.wallet, &backer.lst);
    let joined = (world.votes.clone().iter())
        .filter(|vote| market::join(&mut world.bank, &world.selection, vote, pays))
        .count();
    println!(
        "{joined} of {} validators join, each with a bond of 10 slSOL; the others have not voted for long enough",
        world.votes.len()
    );
    let bidders = market::bid(&mut world.bank, &world.selection, &names, &payer);
    println!("two validators that would not be chosen bid 36,000 lamports per SOL and epoch");

    let alice = world.person("alice", 6_000);
    let bob = world.person("bob", 4_000);
    world.deposit(&alice, 5_000 * SOL);
    world.deposit(&bob, 3_000 * SOL);
    println!("alice deposits 5,000 SOL, bob 3,000 SOL");
    // The vault's admin deposits 10 SOL as well, for the vault's seed, and the service 20, to pay for its security.
    let restaking = Restaking::open(&mut world.bank, &world.selection.pool);
    world.flows.deposited += 30 * SOL;
    world.first_epoch();

    world.next_epoch();
    world.next_epoch();
    let bob_vrt = world.token_account("bob's rslSOL", &restaking.at.vrt_mint, &bob.wallet.pubkey());
    restaking.deposit(&mut world.bank, &bob.wallet, &bob.lst, &bob_vrt, 1_000 * SOL);
    restaking.allocate(&mut world.bank, 500 * SOL);
    println!("bob restakes 1,000 slSOL; 500 of it secure a service");

    world.next_epoch();
    let carol = world.person("carol", 1_500);
    world.deposit(&carol, 1_000 * SOL);
    println!("carol deposits 1,000 SOL");
    world.next_epoch();
    let before_reward = restaking.snapshot(&world.bank);
    restaking.pay_rewards(&mut world.bank, REWARD);
    let paid = restaking.snapshot(&world.bank);
    world.checks.claim(
        paid.assets == before_reward.assets && paid.locked == REWARD,
        format!("a reward of {} slSOL moved no price when it was paid", sol(REWARD)),
    );
    println!("the service pays the vault 2 slSOL for its security");
    world.next_epoch();
    world.next_epoch();

    let dora = world.person("dora", 300);
    let dora_vrt = world.token_account("dora's rslSOL", &restaking.at.vrt_mint, &dora.wallet.pubkey());
    world.stake_and_restake(&restaking, &dora, &dora_vrt, 200 * SOL);
    println!("dora turns 200 SOL into rslSOL in one step");
    let earned = restaking.snapshot(&world.bank);
    world.checks.claim(
        earned.locked == 0 && earned.price() > paid.price(),
        format!("it has reached the share price since: {:.9}", earned.price()),
    );
    // A ticket is in flight when the slash comes: it shares the loss.
    let vault_ticket = keypair("bob's vault ticket");
    restaking.enqueue(&mut world.bank, &bob.wallet, &bob_vrt, &vault_ticket, 300 * SOL);
    let before_slash = restaking.snapshot(&world.bank);
    let request = restaking.request_slash(&mut world.bank, SLASH);
    println!("bob asks for 300 rslSOL back; the service accuses its operator of a fault worth 100 slSOL");
    world.next_epoch();
    world.next_epoch();
    restaking.execute_slash(&mut world.bank, &payer, &request);
    let after_slash = restaking.snapshot(&world.bank);
    println!("nobody vetoes; the slash is executed by a stranger");
    world.check_slash(&restaking, &before_slash, &after_slash);
    let before = token::balance(&world.bank, &bob.lst);
    restaking.claim(&mut world.bank, &payer, &bob.wallet.pubkey(), &bob.lst, &vault_ticket.pubkey());
    let paid = token::balance(&world.bank, &bob.lst) - before;
    let fair = mul_div(300 * SOL, after_slash.assets, after_slash.supply);
    let escaped = mul_div(300 * SOL, before_slash.assets, before_slash.supply);
    world.checks.claim(
        paid == fair && paid < escaped,
        format!(
            "the ticket in flight shared the slash: paid {}, worth {} when ordered",
            sol(paid),
            sol(escaped)
        ),
    );

    world.next_epoch();
    world.next_epoch();
    world.check_abandoned(&rugged, "raised its commission to 100 %");
    world.next_epoch();

    world.withdraw_sol(&alice, 100 * SOL);
    println!("alice takes 100 slSOL out at once");
    world.withdraw_stake(&alice, 150 * SOL);
    println!("alice takes 150 slSOL out as a stake account");
    let ticket = world.order(&alice, 600 * SOL);
    println!("alice orders 600 slSOL, free of charge: the next rebalance frees them, the epoch after pays");
    world.next_epoch();
    world.next_epoch();
    world.claim(&alice, &ticket);
    println!("alice's ticket is paid by a stranger's transaction");
    world.next_epoch();
    world.check_abandoned(&dead, "stopped voting");

    let vrt = token::balance(&world.bank, &bob_vrt);
    let last = keypair("bob's last vault ticket");
    restaking.enqueue(&mut world.bank, &bob.wallet, &bob_vrt, &last, vrt);
    println!("bob asks for the rest of his collateral");
    world.next_epoch();
    world.next_epoch();
    let through = keypair("bob's way out");
    let ends = (world.selection.pool.escrow, &through);
    restaking.claim_and_unstake(&mut world.bank, &bob.wallet, &bob.lst, &last.pubkey(), ends);
    let rest = token::balance(&world.bank, &bob.lst);
    let ticket = world.order(&bob, rest);
    println!(
        "bob is out of the vault, straight into a ticket of the pool, and orders the slSOL he has left as well"
    );
    world.next_epoch();
    world.next_epoch();
    world.claim(&bob, &through);
    world.claim(&bob, &ticket);
    println!("bob is paid in SOL");
    world.next_epoch();

    market::print_explanations(&world.bank, &world.selection, &bidders);
    world.finish(Ending { source, names, rugged, dead, restaking, before_slash, after_slash })
}

/// What the end of the story needs to know of its beginning.
struct Ending {
    source: &'static str,
    names: Vec<String>,
    rugged: String,
    dead: String,
    restaking: Restaking,
    before_slash: Snapshot,
    after_slash: Snapshot,
}

impl World {
    fn person(&mut self, name: &str, lamports: u64) -> Person {
        let (wallet, lst) = self.selection.pool.user(&mut self.bank, name, lamports * SOL);
        Person { wallet, lst }
    }

    fn token_account(&mut self, name: &str, mint: &Address, owner: &Address) -> Address {
        token::create_token_account(&mut self.bank, &self.selection.pool.payer, &keypair(name), mint, owner)
    }

    fn deposit(&mut self, person: &Person, lamports: u64) {
        let before = self.bank.lamports(&person.wallet.pubkey());
        let deposit = self.selection.pool.deposit_sol(&person.wallet.pubkey(), &person.lst, lamports, 1);
        let sent = self.bank.must(&[deposit], &[&person.wallet]);
        self.flows.deposited += before - self.bank.lamports(&person.wallet.pubkey()) - sent.fee;
    }

    fn stake_and_restake(&mut self, restaking: &Restaking, person: &Person, vrt: &Address, lamports: u64) {
        let before = self.bank.lamports(&person.wallet.pubkey());
        let pool = &self.selection.pool;
        let sent = restaking.stake_and_restake(&mut self.bank, &person.wallet, vrt, pool, lamports);
        self.flows.deposited += before - self.bank.lamports(&person.wallet.pubkey()) - sent.fee;
    }

    fn withdraw_sol(&mut self, person: &Person, shares: u64) {
        let before = self.bank.lamports(&person.wallet.pubkey());
        let withdraw = self.selection.pool.withdraw_sol(&person.wallet.pubkey(), &person.lst, shares, shares);
        let sent = self.bank.must(&[withdraw], &[&person.wallet]);
        self.flows.paid_instant += self.bank.lamports(&person.wallet.pubkey()) + sent.fee - before;
    }

    fn withdraw_stake(&mut self, person: &Person, shares: u64) {
        let pool = &self.selection.pool;
        let list = pool.list(&self.bank).records;
        let (index, record) =
            list.iter().enumerate().max_by_key(|(_, record)| record.stake).expect("validators");
        let destination = pool.new_stake_account(&mut self.bank, "alice's stake");
        let user = person.wallet.pubkey();
        let place = (index as u32, &record.vote);
        let withdraw = pool.withdraw_stake(&user, &person.lst, place, &destination, shares, shares);
        self.bank.must(&[withdraw], &[&person.wallet]);
        let got = self.bank.0.stake_activation(&destination).map_or(0, |status| status.effective);
        self.checks.claim(got >= shares, format!("the stake account came with {} of active stake", sol(got)));
        self.flows.paid_as_stake += got;
    }

    fn order(&mut self, person: &Person, shares: u64) -> Keypair {
        let ticket = keypair(&format!("{}'s ticket", &person.wallet.pubkey().to_string()[..6]));
        let order =
            self.selection.pool.order_unstake(&person.wallet.pubkey(), &person.lst, &ticket.pubkey(), shares);
        self.bank.must(&[order], &[&person.wallet, &ticket]);
        ticket
    }

    fn claim(&mut self, person: &Person, ticket: &Keypair) {
        let before = self.bank.lamports(&person.wallet.pubkey());
        let rent = self.bank.lamports(&ticket.pubkey());
        let claim = self.selection.pool.claim_ticket(&ticket.pubkey(), &person.wallet.pubkey());
        let payer = self.selection.pool.payer.insecure_clone();
        self.bank.must(&[claim], &[&payer]);
        self.flows.paid_tickets += self.bank.lamports(&person.wallet.pubkey()) - before - rent;
    }

    /// The pool's stake accounts, existing or not.
    fn stake_addresses(&self) -> Vec<Address> {
        let pool = &self.selection.pool;
        self.votes
            .iter()
            .flat_map(|vote| [pool.stake(vote), pool.activating(vote), pool.deactivating(vote)])
            .collect()
    }

    fn first_epoch(&mut self) {
        let done = crank(&mut self.bank, &self.selection, &self.names);
        self.charges.count(&done.sent);
        self.line(None, done);
    }

    fn next_epoch(&mut self) {
        let effective = self.portfolios.each_ref().map(|portfolio| portfolio.effective(&self.bank));
        let report = self.bank.0.advance_epoch();
        for (portfolio, effective) in self.portfolios.iter_mut().zip(effective) {
            portfolio.book(&report, effective);
        }
        for address in self.stake_addresses() {
            self.flows.rewards += report.reward_of(&address);
            self.flows.tips += report.tips_of(&address);
        }
        let done = crank(&mut self.bank, &self.selection, &self.names);
        self.charges.count(&done.sent);
        self.line(Some(&report), done);
    }

    /// Books the epoch, checks what must hold in each, and shows it.
    fn line(&mut self, report: Option<&EpochReport>, crank: Crank) {
        let pool = &self.selection.pool;
        let records = pool.list(&self.bank).records;
        let earning: u64 = records.iter().map(|record| record.earning).sum();
        let growth: i64 = records.iter().map(|record| record.growth).sum();
        let last = |portfolio: &Portfolio| report.and(portfolio.yields.last().copied());
        let line = EpochLine {
            epoch: self.bank.0.epoch(),
            rate: pool.rate(&self.bank),
            tvl: pool.state(&self.bank).total_lamports,
            pool_yield: (earning > 0).then(|| growth as f64 / earning as f64),
            equal_yield: last(&self.portfolios[0]),
            weighted_yield: last(&self.portfolios[1]),
            crank,
        };
        crate::summary::print_line(&line, self.lines.is_empty());
        let rate = line.rate;
        self.checks
            .claim(rate >= self.last_rate, format!("epoch {}: the rate is {rate}, never lower", line.epoch));
        self.last_rate = rate;
        self.lines.push(line);

        let state = pool.state(&self.bank);
        let backing = Backing::of(&self.bank, pool);
        let epoch = self.bank.0.epoch();
        self.checks.claim(
            state.total_lamports == backing.counted(),
            format!("epoch {epoch}: recorded total is the backing counted account by account"),
        );
        let (inward, outward) = (self.flows.inward(), self.flows.outward());
        let held = backing.counted() + backing.strays;
        self.checks.claim(
            inward == outward + held,
            format!("epoch {epoch}: lamports in {inward} = out {outward} + held {held}"),
        );
        let cap = mul_div(state.total_lamports, u64::from(CAP_BPS), 10_000);
        let largest =
            self.selection.registry(&self.bank).records.iter().map(|c| c.seat.ideal).max().unwrap_or(0);
        self.checks
            .claim(largest <= cap, format!("epoch {epoch}: nobody is meant to hold above {} SOL", sol(cap)));
        self.checks.claim(
            market::vault_is_counted(&self.bank, &self.selection),
            format!("epoch {epoch}: the selection's vault holds all bonds, and nothing else"),
        );
    }

    fn check_slash(&mut self, restaking: &Restaking, before: &Snapshot, after: &Snapshot) {
        let insured = token::balance(&self.bank, &restaking.insurance);
        self.checks.claim(
            before.assets - after.assets == SLASH && insured == SLASH && before.held - after.held == SLASH,
            format!("the slash moved exactly {} slSOL to the insurance", sol(SLASH)),
        );
        self.checks.claim(
            after.price() < before.price() && after.supply == before.supply,
            format!("the share price fell from {:.6} to {:.6}", before.price(), after.price()),
        );
    }

    /// A validator that went bad must hold nothing of the pool any more.
    fn check_abandoned(&mut self, name: &str, what: &str) {
        let vote = self.bank.0.validator(name).vote_address();
        let held = self.selection.held(&self.bank, &vote);
        self.checks.claim(held == 0, format!("the validator that {what} holds {} of the pool", sol(held)));
    }

    fn finish(mut self, ending: Ending) -> Story {
        let Ending { source, names, rugged, dead, restaking, before_slash, after_slash } = ending;
        let mean = |yields: &[f64]| yields.iter().sum::<f64>() / yields.len() as f64;
        let pool_yields: Vec<f64> = self.lines.iter().filter_map(|line| line.pool_yield).collect();
        let ours = mean(&pool_yields);
        for portfolio in &self.portfolios {
            let theirs = mean(&portfolio.yields);
            self.checks.claim(
                ours > theirs,
                format!(
                    "stake earned {:.3} % a year, {} {:.3} %",
                    100.0 * apy(ours),
                    portfolio.name,
                    100.0 * apy(theirs)
                ),
            );
        }
        let charges = self.charges;
        self.checks.claim(
            charges.paid > 0 && charges.for_bids > 0 && charges.for_protection > 0,
            format!("bonds paid {} slSOL into the pool", sol(charges.paid)),
        );
        self.checks
            .claim(charges.unstaked > 0, format!("emergencies took {} SOL at once", sol(charges.unstaked)));
        self.checks.claim(self.lines.len() >= EPOCHS, format!("the pool lived {} epochs", self.lines.len()));

        let pool = &self.selection.pool;
        let supply = token::supply(&self.bank, &pool.mint);
        let holders = self.bank.0.get_program_accounts(&token::TOKEN_PROGRAM);
        let held: u64 = holders
            .iter()
            .filter(|(_, account)| account.data.len() == 165 && account.data[..32] == *pool.mint.as_ref())
            .map(|(address, _)| token::balance(&self.bank, address))
            .sum();
        self.checks
            .claim(supply == held, format!("slSOL in all accounts is the mint's supply, {}", sol(supply)));
        let state = pool.state(&self.bank);
        self.checks.claim(
            supply + self.charges.unseen == state.supply + state.pending_burn,
            "the mint's supply is what the pool recorded, and what waits to be burnt, less what bonds paid since",
        );
        let vault = restaking.snapshot(&self.bank);
        self.checks.claim(
            vault.assets + vault.locked == vault.held,
            "the vault's record is what its token account holds",
        );
        self.checks.claim(
            self.bank.0.capitalization() == self.bank.0.recount_capitalization(),
            "the Bank's capitalization is the sum of all accounts",
        );

        let backing = Backing::of(&self.bank, pool);
        let candidates = self.selection.registry(&self.bank).records;
        let validators = names
            .iter()
            .zip(&self.votes)
            .map(|(name, vote)| ValidatorLine {
                name: name.clone(),
                candidate: candidates.iter().find(|candidate| candidate.vote == *vote).cloned(),
                held: self.selection.held(&self.bank, vote),
                note: if *name == rugged {
                    "took all commission"
                } else if *name == dead {
                    "stopped voting"
                } else {
                    ""
                },
            })
            .collect();
        Story {
            source,
            validators,
            flows: self.flows,
            backing,
            before_slash,
            after_slash,
            charges,
            checks: self.checks,
            cluster: live::Cluster { bank: self.bank, pool: self.selection.pool },
        }
    }
}

/// A yield per epoch, compounded over a year.
pub fn apy(per_epoch: f64) -> f64 {
    (1.0 + per_epoch).powf(cluster::DAYS_PER_YEAR) - 1.0
}

/// Lamports or base units as a decimal number of SOL or tokens.
pub fn sol(lamports: u64) -> String {
    format!("{}.{:09}", lamports / SOL, lamports % SOL)
}

fn mul_div(amount: u64, numerator: u64, denominator: u64) -> u64 {
    sluice_money::mul_div(amount, numerator, denominator, sluice_money::Rounding::Floor).expect("fits")
}
