//! Attacks. Each states what holds against one.

use sluice_localnet::ValidatorScript;
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;
use solana_system_interface::instruction as system;

use crate::stage::Stage;

/// The update empties the transient at `address`; lamports mallory sends back in the same transaction keep the account
/// alive, owned by the stake program and without data. System `Allocate` refuses such an account, and with it every
/// increase or decrease that needs the address, until `clear_stake_address` frees it.
fn keep_alive_through_the_update(stage: &mut Stage, address: &Address) {
    let mallory = stage.newcomer("mallory");
    let revival = [
        stage.pool.update_validators(&stage.svm, 0, 1),
        system::transfer(&mallory.address(), address, stage.stake_rent()),
    ];
    stage.svm.send(&revival, &[&mallory.key]).unwrap();
    stage.must(stage.pool.finish_update(), &[]);
}

/// Ann is good, and there is money: she must be able to get more of it, this epoch or any later.
#[test]
fn an_activating_address_is_usable_again_whatever_shared_the_transaction_of_the_merge() {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let ann = stage.staked("ann", 10 * SOL);
    stage.increase(&ann, 2 * SOL);
    stage.svm.advance_epoch();
    let address = stage.pool.activating(&ann);
    keep_alive_through_the_update(&mut stage, &address);
    stage.clear(&ann, &address);
    stage.increase(&ann, 2 * SOL);
    stage.next_epoch();
    assert_eq!((stage.record(&ann).stake, stage.record(&ann).activating), (14 * SOL, 0));
    stage.assert_balanced();
}

/// Her stake can still be taken back, part by part.
#[test]
fn a_deactivating_address_is_usable_again_whatever_shared_the_transaction_of_the_collection() {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let ann = stage.staked("ann", 10 * SOL);
    stage.decrease(&ann, 2 * SOL);
    stage.svm.advance_epoch();
    let address = stage.pool.deactivating(&ann);
    keep_alive_through_the_update(&mut stage, &address);
    stage.clear(&ann, &address);
    stage.decrease(&ann, 2 * SOL);
    stage.next_epoch();
    assert_eq!((stage.record(&ann).stake, stage.record(&ann).deactivating), (6 * SOL, 0));
    stage.assert_balanced();
}

/// The same on the real Bank.
#[test]
fn on_the_bank_an_activating_address_is_usable_again() {
    let mut bank = Bank::start(vec![ValidatorScript::new("ann").stake_sol(1_000_000)]);
    let vote = bank.0.validator("ann").vote_address();
    let pool = PoolFixture::new(&mut bank);
    let (alice, lst) = pool.user(&mut bank, "alice", 1_000 * SOL);
    bank.must(&[pool.add_validator(&vote)], &[&pool.payer, &pool.delegation]);
    bank.must(&[pool.deposit_sol(&alice.pubkey(), &lst, 300 * SOL, 0)], &[&alice]);
    for _ in 0..2 {
        let increase = pool.increase_stake(&bank, &vote, 10 * SOL);
        bank.must(&[increase], &[&pool.payer, &pool.delegation]);
        bank.0.advance_epoch();
        if pool.record(&bank, &vote).1.activating == 0 {
            pool.update(&mut bank);
        }
    }
    let rent = bank.rent_exempt(200);
    let address = pool.activating(&vote);
    let update = pool.update_validators(&bank, 0, 1);
    bank.must(&[update, system::transfer(&alice.pubkey(), &address, rent)], &[&alice]);
    bank.must(&[pool.finish_update()], &[&pool.payer]);
    bank.must(&[pool.clear_stake_address(&bank, &vote, &address)], &[&alice]);
    let increase = pool.increase_stake(&bank, &vote, 10 * SOL);
    bank.must(&[increase], &[&pool.payer, &pool.delegation]);
}

/// Whoever deposits SOL in the last slots of an epoch and takes a warm stake account out at once must not be paid the
/// rewards of an epoch he was not there for, with the pool left holding his idle SOL.
#[test]
fn sol_turned_into_warm_stake_at_the_end_of_an_epoch_earns_nothing_of_that_epoch() {
    let names = ["ann", "ben", "cat"];
    let scripts = names.iter().map(|name| ValidatorScript::new(*name).stake_sol(1_000_000)).collect();
    let mut bank = Bank::start(scripts);
    let votes: Vec<Address> = names.iter().map(|name| bank.0.validator(name).vote_address()).collect();
    let pool = PoolFixture::new(&mut bank);
    let (alice, lst) = pool.user(&mut bank, "alice", 1_000 * SOL);
    for vote in &votes {
        bank.must(&[pool.add_validator(vote)], &[&pool.payer, &pool.delegation]);
    }
    bank.must(&[pool.deposit_sol(&alice.pubkey(), &lst, 300 * SOL, 0)], &[&alice]);
    for vote in &votes {
        let increase = pool.increase_stake(&bank, vote, 99 * SOL);
        bank.must(&[increase], &[&pool.payer, &pool.delegation]);
    }
    for _ in 0..3 {
        bank.0.advance_epoch();
        pool.update(&mut bank);
    }
    let (mallory, mallory_lst) = pool.user(&mut bank, "mallory", 1_000 * SOL);
    let destination = pool.new_stake_account(&mut bank, "mallory's stake");
    bank.0.advance_to_last_slot();
    let brought = 90 * SOL;
    let shares = pool.expect_deposit(&bank, brought).minted.0;
    let (index, _) = pool.record(&bank, &votes[0]);
    bank.must(
        &[
            pool.deposit_sol(&mallory.pubkey(), &mallory_lst, brought, 0),
            pool.withdraw_stake(&mallory.pubkey(), &mallory_lst, (index, &votes[0]), &destination, shares, 0),
        ],
        &[&mallory],
    );
    // The transaction landed in the last slot; the boundary is crossed, and the rewards are paid within a few slots.
    bank.0.warp_slots(20);
    let rent = bank.rent_exempt(200);
    let taken = bank.lamports(&destination) - rent;
    println!("brought {brought}, has {taken} a few slots later");
    // He was there for the last of 64 slots, and is paid for no more than that.
    let fair = bank.0.epoch_report().reward_of(&destination) / bank.0.epoch_schedule().slots_per_epoch;
    assert!(
        fair > 0 && taken <= brought + fair,
        "{} lamports of the holders' rewards",
        taken - brought - fair
    );
}

/// A pool whose first stake account is made after the chain's rent fell below the constant the stake program writes
/// into `rent_exempt_reserve`.
#[test]
fn a_pool_born_after_rent_fell_can_be_updated() {
    for divisor in [2, 10] {
        let mut svm = Svm::new();
        svm.divide_rent(divisor);
        let pool = PoolFixture::new(&mut svm);
        let mut stage = Stage { svm, pool };
        stage.holder("alice", 29 * SOL);
        let ann = stage.staked("ann", 10 * SOL);
        stage.donate(&stage.pool.stake(&ann), SOL / 10);
        stage.increase(&ann, 2 * SOL);
        stage.next_epoch();
        stage.assert_balanced();
        stage.decrease(&ann, 3 * SOL);
        stage.next_epoch();
        stage.assert_balanced();
        assert_eq!(stage.record(&ann).stake, 9 * SOL);
        stage.decrease(&ann, 9 * SOL);
        stage.next_epoch();
        stage.assert_balanced();
        assert_eq!(stage.record(&ann).stake, 0);
    }
}

/// A claimed ticket's account that is kept alive in the same transaction pays no second time.
#[test]
fn a_ticket_revived_in_the_transaction_of_its_claim_pays_once() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), SOL);
    stage.must(order, &[&alice.key, &ticket]);
    stage.next_epoch();
    let claim = stage.pool.claim_ticket(&ticket.pubkey(), &alice.address());
    let revive = system::transfer(&alice.address(), &ticket.pubkey(), SOL / 10);
    let twice = stage.svm.send(&[claim.clone(), revive.clone(), claim.clone()], &[&alice.key]);
    assert!(twice.is_err());
    stage.svm.must(&[claim.clone(), revive], &[&alice.key]);
    assert!(stage.svm.send(&[claim], &[&alice.key]).is_err());
}

/// Whether the stake program lets the address itself, which this program can sign for, empty such a remnant.
#[test]
fn a_remnant_owned_by_the_stake_program_can_be_emptied_by_its_own_signature() {
    use solana_instruction::{AccountMeta, Instruction};
    let mut stage = Stage::new();
    let payer = stage.pool.payer.insecure_clone();
    let remnant = keypair("remnant");
    let create = token::create_account(&stage.svm, &payer, &remnant.pubkey(), 0, &solana_sdk_ids::stake::ID);
    stage.svm.must(&[create], &[&payer, &remnant]);
    let lamports = stage.lamports(&remnant.pubkey());
    let mut data = vec![4, 0, 0, 0];
    data.extend(lamports.to_le_bytes());
    let withdraw = Instruction {
        program_id: solana_sdk_ids::stake::ID,
        accounts: vec![
            AccountMeta::new(remnant.pubkey(), false),
            AccountMeta::new(stage.pool.reserve, false),
            AccountMeta::new_readonly(solana_sdk_ids::sysvar::clock::ID, false),
            AccountMeta::new_readonly(solana_sdk_ids::sysvar::stake_history::ID, false),
            AccountMeta::new_readonly(remnant.pubkey(), true),
        ],
        data,
    };
    stage.svm.must(&[withdraw], &[&payer, &remnant]);
    assert!(stage.svm.account(&remnant.pubkey()).is_none(), "the address is free again");
}

/// The same with `deposit_stake`: in at the start of an epoch, out in its last slot, every epoch. The stake is paid its own
/// rewards, and shares in those the holders are released meanwhile.
#[test]
fn stake_that_visits_the_pool_between_boundaries_earns_no_more_than_stake_that_stays_out() {
    let names = ["ann", "ben"];
    let scripts = names.iter().map(|name| ValidatorScript::new(*name).stake_sol(1_000_000)).collect();
    let mut bank = Bank::start(scripts);
    let votes: Vec<Address> = names.iter().map(|name| bank.0.validator(name).vote_address()).collect();
    let pool = PoolFixture::new(&mut bank);
    let (alice, lst) = pool.user(&mut bank, "alice", 1_000 * SOL);
    for vote in &votes {
        bank.must(&[pool.add_validator(vote)], &[&pool.payer, &pool.delegation]);
    }
    bank.must(&[pool.deposit_sol(&alice.pubkey(), &lst, 400 * SOL, 0)], &[&alice]);
    for vote in &votes {
        let increase = pool.increase_stake(&bank, vote, 199 * SOL);
        bank.must(&[increase], &[&pool.payer, &pool.delegation]);
    }
    for _ in 0..3 {
        bank.0.advance_epoch();
        pool.update(&mut bank);
    }
    // Mallory and bob come by the same warm stake.
    let mut stakes = Vec::new();
    let (index, _) = pool.record(&bank, &votes[0]);
    let mut people = Vec::new();
    for name in ["mallory", "bob"] {
        let (person, person_lst) = pool.user(&mut bank, name, 1_000 * SOL);
        let destination = pool.new_stake_account(&mut bank, &format!("{name} 0"));
        bank.must(&[pool.deposit_sol(&person.pubkey(), &person_lst, 90 * SOL, 0)], &[&person]);
        let shares = token::balance(&bank, &person_lst);
        let target = (index, &votes[0]);
        let out = pool.withdraw_stake(&person.pubkey(), &person_lst, target, &destination, shares, 0);
        bank.must(&[out], &[&person]);
        stakes.push(destination);
        people.push((person, person_lst));
    }
    let start: Vec<u64> = stakes.iter().map(|stake| bank.lamports(stake)).collect();
    let (mallory, mallory_lst) = &people[0];
    for round in 1..=5 {
        if round == 1 {
            bank.0.advance_epoch();
        } else {
            // Her exit landed in the last slot: the boundary is crossed, and the rewards take a few slots.
            bank.0.warp_slots(20);
        }
        pool.update(&mut bank);
        let into = pool.deposit_stake(&bank, &mallory.pubkey(), mallory_lst, &votes[0], &stakes[0], 0);
        bank.must(&[into], &[mallory]);
        let destination = pool.new_stake_account(&mut bank, &format!("mallory {round}"));
        bank.0.advance_to_last_slot();
        let shares = token::balance(&bank, mallory_lst);
        let target = (index, &votes[0]);
        let out = pool.withdraw_stake(&mallory.pubkey(), mallory_lst, target, &destination, shares, 0);
        bank.must(&[out], &[mallory]);
        stakes[0] = destination;
        // Her rent went in with each deposit, so that it is counted with what comes out.
    }
    bank.0.warp_slots(20);
    let earned = |i: usize| i128::from(bank.lamports(&stakes[i])) - i128::from(start[i]);
    // What she laid out as rent of five new accounts came back inside the deposits.
    let rents = 5 * i128::from(bank.rent_exempt(200));
    println!("mallory earned {}, bob {}", earned(0) - rents, earned(1));
    assert!(earned(0) - rents <= earned(1));
}

/// Within the transaction that empties it an account is the stake program's still, but there is nothing to clear.
#[test]
fn an_address_is_not_cleared_in_the_transaction_that_empties_it() {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let ann = stage.staked("ann", 10 * SOL);
    stage.increase(&ann, 2 * SOL);
    stage.svm.advance_epoch();
    let mallory = stage.newcomer("mallory");
    let address = stage.pool.activating(&ann);
    let attack = [
        stage.pool.update_validators(&stage.svm, 0, 1),
        stage.pool.clear_stake_address(&stage.svm, &ann, &address),
    ];
    assert!(stage.svm.send(&attack, &[&mallory.key]).is_err());
    stage.pool.update(&mut stage.svm);
    stage.increase(&ann, 2 * SOL);
    stage.assert_balanced();
}

/// In the first epoch in which a pool's stake earns no yield was measured yet, and none is charged.
#[test]
fn warm_stake_is_not_for_free_before_a_yield_was_measured() {
    let mut bank = Bank::start(vec![ValidatorScript::new("ann").stake_sol(1_000_000)]);
    let vote = bank.0.validator("ann").vote_address();
    let pool = PoolFixture::new(&mut bank);
    let (alice, lst) = pool.user(&mut bank, "alice", 1_000 * SOL);
    bank.must(&[pool.add_validator(&vote)], &[&pool.payer, &pool.delegation]);
    bank.must(&[pool.deposit_sol(&alice.pubkey(), &lst, 300 * SOL, 0)], &[&alice]);
    let increase = pool.increase_stake(&bank, &vote, 199 * SOL);
    bank.must(&[increase], &[&pool.payer, &pool.delegation]);
    bank.0.advance_epoch();
    pool.update(&mut bank);
    let (mallory, mallory_lst) = pool.user(&mut bank, "mallory", 1_000 * SOL);
    let destination = pool.new_stake_account(&mut bank, "mallory's stake");
    bank.0.advance_to_last_slot();
    let deposit = pool.deposit_sol(&mallory.pubkey(), &mallory_lst, 90 * SOL, 0);
    let (index, _) = pool.record(&bank, &vote);
    // The rate is one.
    let target = (index, &vote);
    let out = pool.withdraw_stake(&mallory.pubkey(), &mallory_lst, target, &destination, 90 * SOL, 0);
    bank.must(&[deposit, out], &[&mallory]);
    bank.0.warp_slots(20);
    let taken = bank.lamports(&destination) - bank.rent_exempt(200);
    let fair = bank.0.epoch_report().reward_of(&destination) / bank.0.epoch_schedule().slots_per_epoch;
    assert!(taken <= 90 * SOL + fair, "{} lamports of the holders' rewards", taken - 90 * SOL);
}
