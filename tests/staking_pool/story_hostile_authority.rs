//! A delegation authority that wants nobody to leave, and everybody who leaves.
//!
//! It acts first in every epoch, right after the update, and does all it can. What holds: a small holder's ticket is paid,
//! because what tickets are owed is never delegated and anyone calls stake home for them; who holds more than the chain's
//! minimum takes stake, from whatever account it was put into.

use sluice_sdk::staking_pool::instructions::{DecreaseStakeInstructionArgs, WithdrawStakeInstructionArgs};
use sluice_sdk::staking_pool::types::ValidatorRecord;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

use crate::stage::*;

/// How it keeps stake from coming home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Malice {
    /// Nothing ever cools down, and every free lamport is delegated.
    Hoard,
    /// Besides, the least is split off every validator, so that none can be decreased again in the epoch.
    Occupy,
    /// Whole validators are deactivated in turns, and what comes home is delegated to the others.
    Uproot,
}

/// A pool of 80 SOL, alice's but for the seed and bob's 0.4: 20 with each of three validators, 20 for the authority to use.
fn held_hostage() -> (Stage, Holder, Holder) {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 78 * SOL + 600_000_000);
    let bob = stage.holder("bob", 400_000_000);
    for name in ["ann", "ben", "cat"] {
        let vote = stage.validator(name);
        stage.increase(&vote, 20 * SOL);
    }
    stage.next_epoch();
    (stage, alice, bob)
}

fn records(stage: &Stage) -> Vec<ValidatorRecord> {
    stage.pool.list(&stage.svm).records
}

/// Whether the pool lets it.
fn tries(stage: &mut Stage, instruction: Instruction) -> bool {
    let (payer, authority) = (stage.pool.payer.insecure_clone(), stage.pool.delegation.insecure_clone());
    stage.svm.send(&[instruction], &[&payer, &authority]).is_ok()
}

/// Everything it can do in this epoch.
fn does_its_worst(stage: &mut Stage, malice: Malice) {
    let epoch = stage.svm.clock().epoch as usize;
    for (place, record) in records(stage).into_iter().enumerate() {
        let lamports = match malice {
            Malice::Hoard => continue,
            Malice::Occupy => SOL,
            Malice::Uproot if (epoch + place).is_multiple_of(3) => record.stake,
            Malice::Uproot => continue,
        };
        let decrease = stage.pool.decrease_stake(&stage.svm, &record.vote, lamports);
        tries(stage, decrease);
    }
    for record in records(stage) {
        let owed = stage.pool.state(&stage.svm).ticket_lamports;
        let free = stage.pool.reserve_lamports(&stage.svm).saturating_sub(owed);
        let lamports = free.saturating_sub(stage.stake_rent());
        let increase = stage.pool.increase_stake(&stage.svm, &record.vote, lamports);
        tries(stage, increase);
    }
    let owed = stage.pool.state(&stage.svm).ticket_lamports;
    assert!(stage.pool.reserve_lamports(&stage.svm) < owed + SOL + stage.stake_rent(), "nothing is left");
    stage.assert_balanced();
}

/// A passer-by calls home what tickets lack, from whatever validator can give it.
fn passer_by_helps(stage: &mut Stage) {
    let (passer_by, payer) = (stage.svm.wallet("passer-by", SOL), stage.pool.payer.insecure_clone());
    for (index, record) in records(stage).into_iter().enumerate() {
        let state = stage.pool.state(&stage.svm);
        let held = stage.pool.reserve_lamports(&stage.svm) + state.leaving_lamports;
        let lack = state.ticket_lamports.saturating_sub(held);
        let canonical = record.stake_state != 0;
        let (stake, all) = match canonical {
            true => (stage.pool.stake(&record.vote), record.stake),
            false => (stage.pool.activating(&record.vote), record.activating),
        };
        for lamports in [lack.max(SOL), lack.min(all.saturating_sub(SOL)), all] {
            let mut accounts = stage.pool.decrease_stake_accounts(&record.vote, &stake);
            accounts.authority = passer_by.pubkey();
            let index = index as u32;
            let decrease = accounts.instruction(DecreaseStakeInstructionArgs { index, lamports });
            if stage.svm.send(&[decrease], &[&payer, &passer_by]).is_ok() {
                break;
            }
        }
    }
    stage.assert_balanced();
}

/// What somebody who holds `shares` gets as stake now, from the account that gives the most.
fn stake_to_be_had(stage: &Stage, holder: &Holder, shares: u64) -> u64 {
    let mut most = 0;
    for (index, record) in records(stage).into_iter().enumerate() {
        let of = |account: fn(&PoolFixture, &Address) -> Address| account(&stage.pool, &record.vote);
        for stake in [of(PoolFixture::stake), of(PoolFixture::activating), of(PoolFixture::deactivating)] {
            let mut svm = stage.svm.clone();
            let destination = stage.pool.new_stake_account(&mut svm, "way out");
            let lst = &holder.lst;
            let mut accounts =
                stage.pool.withdraw_stake_accounts(&holder.address(), lst, &record.vote, &destination);
            accounts.stake = stake;
            let index = index as u32;
            let withdraw = accounts.instruction(WithdrawStakeInstructionArgs { index, shares, min_out: 0 });
            if svm.send(&[withdraw], &[&stage.pool.payer, &holder.key]).is_ok() {
                ledger::assert_balanced(&svm, &stage.pool);
                most = most.max(svm.lamports(&destination) - stage.stake_rent());
            }
        }
    }
    most
}

/// Epochs until a ticket is paid, with the authority at work first in each of them.
fn epochs_until_paid(stage: &mut Stage, malice: Malice, owner: &Holder, ticket: &Address) -> u64 {
    for epochs in 1..=30 {
        stage.next_epoch();
        does_its_worst(stage, malice);
        passer_by_helps(stage);
        let claim = stage.pool.claim_ticket(ticket, &owner.address());
        let payer = stage.pool.payer.insecure_clone();
        if stage.svm.send(&[claim], &[&payer]).is_ok() {
            stage.assert_balanced();
            return epochs;
        }
    }
    panic!("{malice:?}: not in thirty epochs");
}

#[test]
fn a_small_holders_ticket_is_paid_whatever_the_authority_does() {
    // Without its help the lack is found by the next update, may be answered two epochs later, and is home in the fourth.
    // Where stake moves at all, it moves through the reserve, and pays the ticket at once.
    for (malice, epochs) in [(Malice::Hoard, 4), (Malice::Occupy, 1), (Malice::Uproot, 1)] {
        let (mut stage, _, bob) = held_hostage();
        does_its_worst(&mut stage, malice);
        let wallet = stage.lamports(&bob.address());
        let ticket = stage.ordered(&bob, "ticket", 400_000_000);
        assert_eq!(epochs_until_paid(&mut stage, malice, &bob, &ticket), epochs, "{malice:?}");
        assert_eq!(stage.lamports(&bob.address()), wallet + 400_000_000, "and the ticket's rent is back");
    }
}

#[test]
fn a_large_ticket_is_paid_as_well_where_the_authority_sits_still() {
    let (mut stage, alice, _) = held_hostage();
    does_its_worst(&mut stage, Malice::Hoard);
    let ticket = stage.ordered(&alice, "ticket", 50 * SOL);
    assert_eq!(epochs_until_paid(&mut stage, Malice::Hoard, &alice, &ticket), 4);
}

/// One decrease an epoch is a validator's, and a hostile authority may use it up. Then a ticket gets the least from each of
/// them: three SOL an epoch here. Who has that much to lose takes stake instead.
#[test]
fn a_large_ticket_against_an_authority_that_occupies_every_validator_waits_or_is_turned_into_stake() {
    let (mut stage, alice, _) = held_hostage();
    does_its_worst(&mut stage, Malice::Occupy);
    let ticket = stage.ordered(&alice, "ticket", 15 * SOL);
    let mut waiting = Stage { svm: stage.svm.clone(), pool: clone_of(&stage.pool) };
    assert_eq!(epochs_until_paid(&mut waiting, Malice::Occupy, &alice, &ticket), 5);

    stage.next_epoch();
    does_its_worst(&mut stage, Malice::Occupy);
    let cancel = stage.pool.cancel_ticket(&ticket, &alice.address(), &alice.lst, 15 * SOL);
    stage.must(cancel, &[&alice.key]);
    assert_eq!(stake_to_be_had(&stage, &alice, 15 * SOL), 15 * SOL);
}

#[test]
fn who_holds_more_than_the_minimum_takes_stake_from_whatever_account_exists() {
    for malice in [Malice::Hoard, Malice::Occupy, Malice::Uproot] {
        let (mut stage, alice, _) = held_hostage();
        for epoch in 0..6 {
            does_its_worst(&mut stage, malice);
            let taken = stake_to_be_had(&stage, &alice, 5 * SOL);
            assert_eq!(taken, 5 * SOL, "{malice:?}, epoch {epoch}");
            stage.next_epoch();
        }
    }
}

/// The same pool for another copy of the chain.
fn clone_of(pool: &PoolFixture) -> PoolFixture {
    PoolFixture {
        prefix: pool.prefix.clone(),
        admin: pool.admin.insecure_clone(),
        delegation: pool.delegation.insecure_clone(),
        payer: pool.payer.insecure_clone(),
        ..*pool
    }
}
