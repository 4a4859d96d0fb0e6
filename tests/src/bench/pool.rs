//! Rows of staking-pool.

use sluice_localnet::ValidatorScript;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::report::{ON_BANK, Report};
use super::tables::{MAX_LOCKS, Tables};
use crate::pool::compute_limit;
use crate::{Bank, Chain, PoolFixture, PoolOptions, SOL, Svm, keypair};

const PROGRAM: &str = "staking_pool";
/// Validators, each with one stake account, that an update takes in one transaction beside its nine fixed accounts.
const MOST: usize = MAX_LOCKS - 9;

pub fn measure(report: &mut Report) {
    for size in [10, 5_000] {
        users(report, size);
        moves(report, size);
    }
    updates(report);
    finishes(report);
    stake_moves_on_the_bank(report);
}

/// A pool over `size` validators, ten of which hold stake, updated this epoch.
pub fn pool_of(svm: &mut Svm, size: usize) -> (PoolFixture, Keypair, Address, Vec<Address>) {
    let options = PoolOptions { capacity: size, ..PoolOptions::default() };
    let pool = PoolFixture::with_options(svm, options);
    let (user, lst) = pool.user(svm, "user", 100_000 * SOL);
    svm.must(&[pool.deposit_sol(&user.pubkey(), &lst, 10_000 * SOL, 0)], &[&user]);
    let votes = fill(svm, &pool, size);
    (pool, user, lst, votes)
}

fn fill(svm: &mut Svm, pool: &PoolFixture, size: usize) -> Vec<Address> {
    let votes: Vec<Address> = (0..size).map(|index| svm.add_vote_account(&format!("vote {index}"))).collect();
    for chunk in votes.chunks(8) {
        let mut instructions = vec![compute_limit(1_400_000)];
        instructions.extend(chunk.iter().map(|vote| pool.add_validator(vote)));
        svm.must(&instructions, &[&pool.payer, &pool.delegation]);
    }
    votes
}

fn users(report: &mut Report, size: usize) {
    let mut svm = Svm::new();
    let (pool, user, lst, votes) = pool_of(&mut svm, size);
    let increase = pool.increase_stake(&svm, &votes[0], 100 * SOL);
    svm.must(&[increase], &[&pool.payer, &pool.delegation]);
    svm.advance_epoch();
    update_all(&mut svm, &pool);

    let sent = svm.must(&[pool.deposit_sol(&user.pubkey(), &lst, 7 * SOL, 1)], &[&user]);
    report.add((PROGRAM, "deposit_sol", "no fee"), size, &sent, Some(6_000));
    let sent = svm.must(&[pool.withdraw_sol(&user.pubkey(), &lst, 3 * SOL, 1)], &[&user]);
    report.add((PROGRAM, "withdraw_sol", "from the reserve, with fee"), size, &sent, Some(4_000));
    let ticket = keypair("ticket");
    let sent =
        svm.must(&[pool.order_unstake(&user.pubkey(), &lst, &ticket.pubkey(), SOL)], &[&user, &ticket]);
    report.add((PROGRAM, "order_unstake", ""), size, &sent, Some(6_000));
    let destination = pool.new_stake_account(&mut svm, "destination");
    let withdraw = pool.withdraw_stake(&user.pubkey(), &lst, (0, &votes[0]), &destination, 20 * SOL, 1);
    let sent = svm.must(&[withdraw], &[&user]);
    report.add((PROGRAM, "withdraw_stake", "split off a validator"), size, &sent, Some(50_000));
    let source = native_stake(&mut svm, &pool, &user, &votes[0]);
    svm.advance_epoch();
    update_all(&mut svm, &pool);
    let deposit = pool.deposit_stake(&svm, &user.pubkey(), &lst, &votes[0], &source, 1);
    let sent = svm.must(&[deposit], &[&user]);
    report.add((PROGRAM, "deposit_stake", "merged, authorities moved inside"), size, &sent, Some(58_000));
    let sent = svm.must(&[pool.claim_ticket(&ticket.pubkey(), &user.pubkey())], &[&pool.payer]);
    report.add((PROGRAM, "claim_ticket", ""), size, &sent, Some(2_500));
}

/// Fifty SOL of the user's own with a validator, delegated this epoch.
pub fn native_stake(svm: &mut Svm, pool: &PoolFixture, user: &Keypair, vote: &Address) -> Address {
    use solana_stake_interface::{instruction, state};
    let account = keypair("native stake");
    let lamports = 50 * SOL + svm.rent_exempt(crate::pool::STAKE_SPACE);
    let instructions = instruction::create_account_and_delegate_stake(
        &user.pubkey(),
        &account.pubkey(),
        vote,
        &state::Authorized::auto(&user.pubkey()),
        &state::Lockup::default(),
        lamports,
    );
    svm.must(&instructions, &[&pool.payer, user, &account]);
    account.pubkey()
}

/// A lamport sent in the transaction that empties a stake account keeps its address occupied.
fn occupied_address(report: &mut Report, svm: &mut Svm, pool: &PoolFixture, vote: &Address, size: usize) {
    let keys = [&pool.payer, &pool.delegation];
    let increase = pool.increase_stake(svm, vote, 10 * SOL);
    svm.must(&[increase], &keys);
    svm.advance_epoch();
    let (index, _) = pool.record(svm, vote);
    let address = pool.activating(vote);
    let rent = svm.rent_exempt(0);
    let revive = solana_system_interface::instruction::transfer(&pool.payer.pubkey(), &address, rent);
    let update = pool.update_validators(svm, index as usize, 1);
    svm.must(&[compute_limit(200_000), update, revive], &[&pool.payer]);
    let sent = svm.must(&[pool.clear_stake_address(svm, vote, &address)], &[&pool.payer]);
    report.add((PROGRAM, "clear_stake_address", ""), size, &sent, None);
}

fn update_all(svm: &mut Svm, pool: &PoolFixture) {
    pool.update(svm);
}

fn moves(report: &mut Report, size: usize) {
    let mut svm = Svm::new();
    let (pool, _, _, votes) = pool_of(&mut svm, size);
    let keys = [&pool.payer, &pool.delegation];
    let increase = pool.increase_stake(&svm, &votes[0], 100 * SOL);
    let sent = svm.must(&[increase], &keys);
    report.add((PROGRAM, "increase_stake", "first stake"), size, &sent, Some(33_000));
    let increase = pool.increase_stake(&svm, &votes[0], 10 * SOL);
    let sent = svm.must(&[increase], &keys);
    report.add((PROGRAM, "increase_stake", "beside existing stake"), size, &sent, Some(33_000));
    svm.advance_epoch();
    update_all(&mut svm, &pool);
    occupied_address(report, &mut svm, &pool, &votes[0], size);
    svm.advance_epoch();
    update_all(&mut svm, &pool);
    let decrease = pool.decrease_stake(&svm, &votes[0], 40 * SOL);
    let sent = svm.must(&[decrease], &keys);
    report.add((PROGRAM, "decrease_stake", "part"), size, &sent, Some(35_500));
    svm.advance_epoch();
    update_all(&mut svm, &pool);
    let rest = pool.record(&svm, &votes[0]).1.stake;
    let decrease = pool.decrease_stake(&svm, &votes[0], rest);
    let sent = svm.must(&[decrease], &keys);
    report.add((PROGRAM, "decrease_stake", "whole"), size, &sent, Some(35_500));
    let sent = svm.must(&[pool.remove_validator(1, &votes[1])], &keys);
    report.add((PROGRAM, "remove_validator", ""), size, &sent, None);
    let sent = svm.must(&[pool.add_validator(&votes[1])], &keys);
    report.add((PROGRAM, "add_validator", ""), size, &sent, None);
}

fn updates(report: &mut Report) {
    let size = 100;
    let mut svm = Svm::new();
    let (pool, user, lst, votes) = pool_of(&mut svm, size);
    svm.must(&[pool.deposit_sol(&user.pubkey(), &lst, 10_000 * SOL, 0)], &[&user]);
    let keys = [&pool.payer, &pool.delegation];
    for vote in &votes {
        let increase = pool.increase_stake(&svm, vote, 10 * SOL);
        svm.must(&[increase], &keys);
    }
    let mut tables = Tables::of_pool(&mut svm, &pool, &[]);
    tables.add_validators(&mut svm, &pool, &votes);
    let batch = |svm: &mut Svm, start: usize, count: usize| {
        let update = pool.update_validators(svm, start, count);
        tables.must(svm, &[compute_limit(1_400_000), update])
    };
    svm.advance_epoch();
    // The epoch's first batch also asks for the minimum delegation.
    batch(&mut svm, 90, 10);
    let few = batch(&mut svm, 0, 1);
    let many = batch(&mut svm, 1, MOST);
    assert_eq!(many.locks, MAX_LOCKS, "no more fit");
    let case = "one more, nothing to merge";
    report.add_marginal(
        (PROGRAM, "update_validators", case),
        size,
        (&few, &many, MOST as u64 - 1),
        Some(700),
    );
    let case = format!("as many as fit a transaction ({MOST})");
    report.add((PROGRAM, "update_validators", &case), size, &many, None);
    batch(&mut svm, MOST + 1, 89 - MOST);
    svm.must(&[pool.finish_update()], &[&pool.payer]);

    // Transients to merge and to collect, two each.
    for vote in &votes[0..2] {
        let increase = pool.increase_stake(&svm, vote, 5 * SOL);
        svm.must(&[increase], &keys);
    }
    for vote in &votes[10..12] {
        let decrease = pool.decrease_stake(&svm, vote, 5 * SOL);
        svm.must(&[decrease], &keys);
    }
    svm.advance_epoch();
    batch(&mut svm, 50, 1);
    let one = batch(&mut svm, 0, 1);
    let plain = batch(&mut svm, 51, 1);
    report.add_marginal(
        (PROGRAM, "update_validators", "one more, activated transient merged, swept"),
        size,
        (&subtract_one(&plain, &few, &many), &one, 1),
        Some(29_500),
    );
    let one = batch(&mut svm, 10, 1);
    report.add_marginal(
        (PROGRAM, "update_validators", "one more, deactivated transient collected"),
        size,
        (&subtract_one(&plain, &few, &many), &one, 1),
        Some(12_500),
    );
}

/// `plain`, an update of one quiet record, as it would be without that record.
fn subtract_one(plain: &crate::Sent, few: &crate::Sent, many: &crate::Sent) -> crate::Sent {
    let one_more = (many.compute_units - few.compute_units).div_ceil(MOST as u64 - 1);
    crate::Sent { compute_units: plain.compute_units - one_more, locks: plain.locks - 1, ..plain.clone() }
}

fn finishes(report: &mut Report) {
    for size in [10, 5_000] {
        let mut svm = Svm::new();
        let (pool, user, lst, votes) = pool_of(&mut svm, size);
        let ticket = keypair("ticket");
        svm.must(&[pool.order_unstake(&user.pubkey(), &lst, &ticket.pubkey(), SOL)], &[&user, &ticket]);
        svm.advance_epoch();
        // A donation stands for profit, so that the fee is minted.
        svm.airdrop(&pool.reserve, 5 * SOL);
        let sent = pool.update(&mut svm);
        let finish = sent.last().expect("an update ends with its finish");
        report.add((PROGRAM, "finish_update", "fee minted"), size, finish, Some(5_000));
        svm.must(&[pool.claim_ticket(&ticket.pubkey(), &user.pubkey())], &[&pool.payer]);
        svm.advance_epoch();
        svm.airdrop(&pool.reserve, 5 * SOL);
        let sent = pool.update(&mut svm);
        let finish = sent.last().expect("an update ends with its finish");
        report.add(
            (PROGRAM, "finish_update", "fee minted, claimed tickets burnt"),
            size,
            finish,
            Some(5_000),
        );
        let authority = pool.set_delegation_authority(&votes[0]);
        let sent = svm.must(&[authority], &[&pool.payer, &pool.admin]);
        report.add((PROGRAM, "set_delegation_authority", ""), size, &sent, None);
    }
    let mut svm = Svm::new();
    let pool = PoolFixture::prepare(&mut svm, 5_000);
    let params = PoolOptions::default().params;
    let (mint, list) = pool.new_keys();
    let initialize = pool.initialize(&params, &pool.delegation.pubkey());
    let sent = svm.must(&[initialize], &[&pool.payer, &mint, &list]);
    report.add((PROGRAM, "initialize", ""), 5_000, &sent, None);
}

/// The newer stake program on the real Bank.
fn stake_moves_on_the_bank(report: &mut Report) {
    let names = ["ann", "ben", "cat"];
    let mut bank =
        Bank::start(names.iter().map(|name| ValidatorScript::new(*name).stake_sol(1_000_000)).collect());
    let votes: Vec<Address> = names.iter().map(|name| bank.0.validator(name).vote_address()).collect();
    let pool = PoolFixture::new(&mut bank);
    let (user, lst) = pool.user(&mut bank, "user", 1_000 * SOL);
    let keys = [&pool.payer, &pool.delegation];
    for vote in &votes {
        bank.must(&[pool.add_validator(vote)], &keys);
    }
    bank.must(&[pool.deposit_sol(&user.pubkey(), &lst, 500 * SOL, 0)], &[&user]);
    let increase = pool.increase_stake(&bank, &votes[0], 100 * SOL);
    let sent = bank.must(&[increase], &keys);
    report.add((PROGRAM, "increase_stake", &format!("first stake, {ON_BANK}")), 3, &sent, Some(33_000));
    bank.0.advance_epoch();
    pool.update(&mut bank);
    let decrease = pool.decrease_stake(&bank, &votes[0], 40 * SOL);
    let sent = bank.must(&[decrease], &keys);
    report.add((PROGRAM, "decrease_stake", &format!("part, {ON_BANK}")), 3, &sent, Some(35_500));
    let destination = pool.new_stake_account(&mut bank, "destination");
    let withdraw = pool.withdraw_stake(&user.pubkey(), &lst, (0, &votes[0]), &destination, 20 * SOL, 1);
    let sent = bank.must(&[withdraw], &[&user]);
    report.add(
        (PROGRAM, "withdraw_stake", &format!("split off a validator, {ON_BANK}")),
        3,
        &sent,
        Some(50_000),
    );
}
