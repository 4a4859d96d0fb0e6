//! A year of a liquidity pool in a few epochs, on the real Bank: providers, exits beyond the reserve, real rewards, a
//! deposit that buys the providers' shares, and everybody leaves. Every lamport is found.

use sluice_localnet::ValidatorScript;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{SolDeposited, SolWithdrawn};
use sluice_tests::ledger::{Backing, assert_balanced};
use sluice_tests::*;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Somebody with a wallet and an account for each token.
struct Person {
    key: Keypair,
    lst: Address,
    lp: Address,
}

impl Person {
    fn new(bank: &mut Bank, pool: &PoolFixture, name: &str) -> Self {
        let (key, lst) = pool.user(bank, name, 1_000 * SOL);
        let lp = pool.lp_account(bank, name, &key.pubkey());
        Self { key, lst, lp }
    }

    fn address(&self) -> Address {
        self.key.pubkey()
    }

    /// What came into the wallet by what it sent, fees for signatures aside.
    fn got(&self, bank: &mut Bank, instruction: solana_instruction::Instruction) -> (i128, Sent) {
        let before = i128::from(bank.lamports(&self.address()));
        let sent = bank.must(&[instruction], &[&self.key]);
        (i128::from(bank.lamports(&self.address())) - before + i128::from(sent.fee), sent)
    }
}

fn withdrawn(sent: &Sent) -> SolWithdrawn {
    match &sent.events()[..] {
        [Event::StakingPool(StakingPoolEvent::SolWithdrawn(event))] => event.clone(),
        other => panic!("{other:?}"),
    }
}

fn deposited(sent: &Sent) -> SolDeposited {
    match &sent.events()[..] {
        [Event::StakingPool(StakingPoolEvent::SolDeposited(event))] => event.clone(),
        other => panic!("{other:?}"),
    }
}

/// What all of the liquidity is worth now, in lamports, rounded up.
fn liquidity_value(bank: &Bank, pool: &PoolFixture) -> u64 {
    let ledger = pool.ledger(bank).at(bank.clock().slot).expect("priced");
    pool.liquidity(bank).value(&ledger).expect("priced").0
}

/// The next epoch, updated; the rewards that the Bank paid the pool.
fn next_epoch(bank: &mut Bank, pool: &PoolFixture, votes: &[Address]) -> u64 {
    let report = bank.0.advance_epoch();
    pool.update(bank);
    assert_balanced(bank, pool);
    votes.iter().map(|vote| report.reward_of(&pool.stake(vote))).sum()
}

#[test]
fn providers_earn_what_exits_pay_and_what_stake_earns_and_every_lamport_is_found() {
    let scripts = ["ann", "ben"].map(|name| ValidatorScript::new(name).stake_sol(1_000_000)).to_vec();
    let mut bank = Bank::start(scripts);
    let votes = ["ann", "ben"].map(|name| bank.0.validator(name).vote_address());
    let mut options = PoolOptions::default();
    options.params.limits.liquidity_target = 200 * SOL;
    let fees = &mut options.params.fees;
    (fees.instant_least_bps, fees.instant_most_bps, fees.deposit_bps) = (5, 20, 5);
    (fees.liquidity_cut_bps, fees.insurance_bps) = (2_000, 2_500);
    let pool = PoolFixture::with_options(&mut bank, options);
    pool.open_liquidity(&mut bank, SOL);
    let [alice, bob, carol, dave] =
        ["alice", "bob", "carol", "dave"].map(|name| Person::new(&mut bank, &pool, name));
    // Lamports that came into the pool, that the Bank added, and that went out.
    let (mut inward, mut rewards, mut outward) = (i128::from(2 * SOL), 0i128, 0i128);

    // Alice deposits, and all of it is delegated. Bob and carol lend SOL for those who cannot wait.
    for vote in &votes {
        bank.must(&[pool.add_validator(vote)], &[&pool.payer, &pool.delegation]);
    }
    let (paid, _) = alice.got(&mut bank, pool.deposit_sol(&alice.address(), &alice.lst, 300 * SOL, 0));
    inward -= paid;
    for vote in &votes {
        let increase = pool.increase_stake(&bank, vote, 150 * SOL);
        bank.must(&[increase], &[&pool.payer, &pool.delegation]);
    }
    for (person, lamports) in [(&bob, 60 * SOL), (&carol, 39 * SOL)] {
        let (paid, _) = person.got(&mut bank, pool.add_liquidity(&person.address(), &person.lp, lamports, 0));
        assert_eq!(token::balance(&bank, &person.lp), lamports);
        inward -= paid;
    }
    assert_eq!(liquidity_value(&bank, &pool), 100 * SOL);
    assert_balanced(&bank, &pool);
    for _ in 0..3 {
        rewards += i128::from(next_epoch(&mut bank, &pool, &votes));
    }
    assert!(rewards > 0);

    // Alice leaves with eighty LST, far beyond what the reserve has free.
    let (value, free) = (liquidity_value(&bank, &pool), pool.instant_terms(&bank).free.0);
    assert_eq!(value, 100 * SOL, "SOL that waits earns nothing");
    let (paid, sent) = alice.got(&mut bank, pool.withdraw_sol(&alice.address(), &alice.lst, 80 * SOL, 0));
    outward += paid;
    let exit = withdrawn(&sent);
    assert_eq!(paid, i128::from(exit.paid));
    assert_eq!(exit.paid, free + exit.from_liquidity);
    assert!(exit.from_liquidity > 70 * SOL && exit.to_liquidity > 70 * SOL);
    let earned = liquidity_value(&bank, &pool) - value;
    assert!(earned > 0 && earned < exit.fee, "their part of the fee, less the cut: {earned} of {}", exit.fee);
    assert_balanced(&bank, &pool);

    // What they took over is stake, and earns.
    let (before, shares) = (liquidity_value(&bank, &pool), pool.liquidity(&bank).shares);
    let rate = pool.rate(&bank);
    for _ in 0..4 {
        rewards += i128::from(next_epoch(&mut bank, &pool, &votes));
    }
    let grown = liquidity_value(&bank, &pool) - before;
    let expected = u128::from(shares.0) * u128::from(pool.rate(&bank) - rate) / u128::from(SOL);
    assert!(grown > 0 && u128::from(grown).abs_diff(expected) <= 100, "{grown} against {expected}");
    assert_eq!(pool.liquidity(&bank).shares, shares);

    // Dave deposits forty SOL: for a while they are the providers', and no stake moves.
    let (held, had) = (pool.state(&bank).total_lamports, pool.liquidity(&bank));
    let (paid, sent) = dave.got(&mut bank, pool.deposit_sol(&dave.address(), &dave.lst, 40 * SOL, 0));
    inward -= paid;
    let deposit = deposited(&sent);
    assert!((40 * SOL - 2..=40 * SOL).contains(&deposit.to_liquidity));
    assert_eq!(pool.liquidity(&bank).lamports.0, had.lamports.0 + deposit.to_liquidity);
    assert_eq!(pool.liquidity(&bank).shares.0, had.shares.0 - deposit.from_liquidity);
    assert_eq!(pool.state(&bank).total_lamports - held, 40 * SOL - deposit.to_liquidity);
    assert_balanced(&bank, &pool);
    rewards += i128::from(next_epoch(&mut bank, &pool, &votes));

    // Bob and carol go: with their part of what was added, of fees, and of rewards. Then everybody's LST, and all stake,
    // comes home by tickets.
    let value = liquidity_value(&bank, &pool);
    assert!(value > 100 * SOL);
    for (person, added) in [(&bob, 60 * SOL), (&carol, 39 * SOL)] {
        let all = token::balance(&bank, &person.lp);
        let remove = pool.remove_liquidity(&person.address(), &person.lp, &person.lst, all);
        let (paid, _) = person.got(&mut bank, remove);
        outward += paid;
        let ledger = pool.ledger(&bank).at(bank.clock().slot).expect("priced");
        let shares = sluice_money::LstAmount(token::balance(&bank, &person.lst));
        let worth = u64::try_from(paid).expect("paid") + ledger.lamports_for(shares).expect("priced").0;
        let part = u128::from(value) * u128::from(added) / u128::from(100 * SOL);
        assert!(worth > added, "it was worth the while");
        // The rate moves on by a slot a transaction.
        assert!(u128::from(worth).abs_diff(part) < 1_000_000, "{worth} against {part}");
        assert_balanced(&bank, &pool);
    }
    let mut tickets = Vec::new();
    for (name, person) in [("a", &alice), ("b", &bob), ("c", &carol), ("d", &dave)] {
        let (ticket, all) = (keypair(&format!("ticket of {name}")), token::balance(&bank, &person.lst));
        let order = pool.order_unstake(&person.address(), &person.lst, &ticket.pubkey(), all);
        bank.must(&[order], &[&person.key, &ticket]);
        tickets.push((ticket.pubkey(), person));
    }
    for vote in &votes {
        let decrease = pool.decrease_stake(&bank, vote, pool.record(&bank, vote).1.stake);
        bank.must(&[decrease], &[&pool.payer, &pool.delegation]);
    }
    rewards += i128::from(next_epoch(&mut bank, &pool, &votes));
    for (ticket, person) in tickets {
        let (wallet, rent) = (bank.lamports(&person.address()), bank.lamports(&ticket));
        bank.must(&[pool.claim_ticket(&ticket, &person.address())], &[&pool.payer]);
        outward += i128::from(bank.lamports(&person.address()) - wallet - rent);
        assert_balanced(&bank, &pool);
    }
    rewards += i128::from(next_epoch(&mut bank, &pool, &votes));

    // What is left is the two seeds', the treasury's and the insurance fund's, all of it in the reserve.
    let (backing, state) = (Backing::of(&bank, &pool), pool.state(&bank));
    assert_eq!((backing.delegated, backing.stake_rent, backing.strays), (0, 0, 0));
    assert_eq!(
        inward + rewards,
        outward + i128::from(backing.reserve) + i128::from(state.liquidity_lamports),
        "every lamport is found"
    );
    assert_eq!(state.liquidity_supply, SOL, "the seed's claims");
    assert_eq!(token::supply(&bank, &pool.lp_mint().pubkey()), 0);
    assert!(liquidity_value(&bank, &pool) >= SOL);
    assert_eq!(token::balance(&bank, &pool.escrow), SOL);
    let treasury = token::balance(&bank, &pool.treasury);
    assert!(treasury > 0 && state.insurance_shares > 0);
    assert_eq!(state.supply, SOL + treasury + state.insurance_shares + state.liquidity_shares);
}
