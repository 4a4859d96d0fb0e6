//! Epochs of a real cluster: real votes, real rewards, tips, a commission raised overnight, a validator that goes dark.

use std::collections::BTreeMap;

use sluice_localnet::{Event, LocalnetConfig, TxRequest, ValidatorScript, VoteStateVersion};
use sluice_sdk::staking_pool::errors::StakingPoolError;
use sluice_sdk::validator_selection::types::Params;
use sluice_selection_math::Constraint;
use sluice_tests::ledger::assert_balanced;
use sluice_tests::selection::open_params;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;

use crate::Error;

/// Yield of one credit here: 7 % a year, a day an epoch, 128 slots of 16 credits. The prior is off by a quarter.
fn params() -> Params {
    let mut params = open_params();
    params.kappa_prior = 75_000_000_000;
    params.cap_bps = 3_500;
    params
}

fn decided(bank: &Bank, selection: &SelectionFixture, vote: &Address) -> (u64, Constraint) {
    let candidate = selection.candidate(bank, vote);
    (candidate.seat.target, Constraint::from_code(candidate.seat.constraint).unwrap())
}

#[test]
fn stake_follows_realised_yield_and_leaves_those_who_break_their_word() {
    let scripts = vec![
        ValidatorScript::new("best").commission_bps(0).vote_state(VoteStateVersion::V3),
        ValidatorScript::new("good").vote_state(VoteStateVersion::V1_14_11),
        ValidatorScript::new("tips").mev(800, 40_000),
        ValidatorScript::new("lazy").commission_bps(0).uptime(0.6),
        ValidatorScript::new("rug")
            .commission_bps(0)
            .at(9, Event::SetCommission(10_000))
            .at(11, Event::SetCommission(0)),
        ValidatorScript::new("away").commission_bps(100).at(12, Event::Delinquent),
    ];
    let names: Vec<String> = scripts.iter().map(|script| script.name.clone()).collect();
    let mut bank = Bank::with_config(LocalnetConfig::new(scripts).with_slots_per_epoch(128));
    let votes: BTreeMap<&str, Address> =
        names.iter().map(|name| (name.as_str(), bank.0.validator(name).vote_address())).collect();
    let selection = SelectionFixture::with_params(&mut bank, params());
    bank.0.advance_epochs(4);
    selection.pool.update(&mut bank);
    for vote in votes.values() {
        bank.must(&[selection.join(vote)], &[&selection.pool.payer]);
    }
    selection.fund(&mut bank, 30_000 * SOL);
    selection.crank(&mut bank);
    assert_balanced(&bank, &selection.pool);

    let mut yields: BTreeMap<&str, u64> = BTreeMap::new();
    for _ in 0..20 {
        bank.0.advance_epoch();
        let epoch = bank.clock().epoch;
        selection.crank(&mut bank);
        assert_balanced(&bank, &selection.pool);
        // A second round moves nothing.
        let list = selection.pool.list(&bank);
        selection.rebalance_all(&mut bank);
        assert_eq!(selection.pool.list(&bank), list);
        for (name, vote) in &votes {
            if let Some(record) =
                list.records.iter().find(|record| record.vote == *vote && record.earning > SOL)
            {
                yields.insert(
                    name,
                    (record.growth.max(0) as u128 * 1_000_000_000_000 / u128::from(record.earning)) as u64,
                );
            }
        }
        let all: Vec<_> = names
            .iter()
            .map(|name| {
                let vote = &votes[name.as_str()];
                let candidate = selection.candidate(&bank, vote);
                format!(
                    "{name}: {} for {} ({:?})",
                    candidate.seat.score,
                    candidate.seat.target / SOL,
                    decided(&bank, &selection, vote).1
                )
            })
            .collect();
        println!("realised {yields:?}");
        println!("epoch {epoch}, kappa {}: {}", selection.state(&bank).kappa, all.join(", "));

        if (9..=17).contains(&epoch) {
            // The commission of 100 %, set as the epoch began, counts for eight epochs after the two it lasts.
            let rug = selection.candidate(&bank, &votes["rug"]);
            assert_eq!((rug.seat.score, rug.seat.target), (0, 0), "epoch {epoch}");
        }
        if epoch >= 13 {
            assert_eq!(decided(&bank, &selection, &votes["away"]), (0, Constraint::Delinquent));
        }
        if (12..=17).contains(&epoch) {
            assert_eq!(selection.held(&bank, &votes["rug"]), 0);
        }
        if epoch >= 16 {
            assert_eq!(selection.held(&bank, &votes["away"]), 0);
        }
    }
    // Calibrated: what the program expects of those with stake is what they realise.
    for name in ["best", "good", "tips"] {
        let (expected, found) = (selection.candidate(&bank, &votes[name]).seat.score, yields[name]);
        if selection.held(&bank, &votes[name]) > 0 {
            assert!(expected.abs_diff(found) < found / 20, "{name}: expected {expected}, realised {found}");
        }
    }
    // Tips beat a commission of nothing.
    let score = |name: &str| selection.candidate(&bank, &votes[name]).seat.score;
    assert!(score("tips") > score("best") && score("best") > score("good") && score("good") > score("lazy"));
    assert_eq!(decided(&bank, &selection, &votes["lazy"]), (0, Constraint::Score));
}

#[test]
fn nothing_moves_while_rewards_are_paid() {
    let mut bank = Bank::with_config(
        LocalnetConfig::new(vec![ValidatorScript::new("ann"), ValidatorScript::new("ben")])
            .with_slots_per_epoch(128)
            .with_rewards_per_block(1),
    );
    let vote = bank.0.validator("ann").vote_address();
    let selection = SelectionFixture::with_params(&mut bank, params());
    bank.0.advance_epochs(4);
    selection.pool.update(&mut bank);
    bank.must(&[selection.join(&vote)], &[&selection.pool.payer]);
    selection.fund(&mut bank, 100 * SOL);
    bank.0.advance_into_rewards();
    assert!(bank.0.rewards_are_active());
    // Observing needs no stake instruction; everything after it waits for the pool, and the pool for the rewards.
    selection.observe_all(&mut bank);
    let payer = &selection.pool.payer;
    bank.refuses(&[selection.pool.finish_update()], &[payer], StakingPoolError::EpochRewardsActive);
    bank.refuses(&[selection.allocate()], &[payer], Error::PoolStale);
    let rebalance = selection.rebalance(&bank, &[vote]);
    bank.refuses(&[rebalance], &[payer], Error::NotAllocated);
    bank.0.finish_rewards();
    selection.crank(&mut bank);
    assert!(selection.held(&bank, &vote) > 0);
    assert_balanced(&bank, &selection.pool);
}

#[test]
fn twelve_moves_or_ten_first_stakes_fit_one_transaction() {
    let scripts: Vec<_> = (0..12).map(|i| ValidatorScript::new(format!("v{i}")).stake_sol(500_000)).collect();
    let mut bank = Bank::with_config(LocalnetConfig::new(scripts).with_slots_per_epoch(128));
    let votes: Vec<_> = (0..12).map(|i| bank.0.validator(&format!("v{i}")).vote_address()).collect();
    let mut few = params();
    few.cap_bps = 700;
    let selection = SelectionFixture::with_params(&mut bank, few);
    bank.0.advance_epochs(4);
    selection.pool.update(&mut bank);
    for vote in &votes {
        bank.must(&[selection.join(vote)], &[&selection.pool.payer]);
    }
    selection.fund(&mut bank, 10_000 * SOL);
    bank.must(&[selection.allocate()], &[&selection.pool.payer]);
    let accounts = |ix: &Instruction| ix.accounts.iter().map(|meta| meta.pubkey).collect::<Vec<_>>();
    let send = |bank: &mut Bank, ix: Instruction| {
        let table = bank.0.create_lookup_table(&accounts(&ix)).expect("a lookup table");
        let request = TxRequest::new(&[ix], &[&selection.pool.payer]).compute_units(1_400_000);
        let sent = bank.0.send_request(&request.lookup_tables(&[table])).expect("fits");
        println!("{} compute units, {} accounts", sent.compute_units, sent.accounts.len());
        assert!(sent.accounts.len() <= 64);
        sent.compute_units
    };
    // The chain traces 64 instructions a transaction. A move makes five; entering the pool's list makes it six.
    for votes in [&votes[..10], &votes[10..]] {
        let rebalance = selection.rebalance(&bank, votes);
        let first = send(&mut bank, rebalance);
        println!("rebalance: first stake of {}, {} each", votes.len(), first / votes.len() as u64);
    }
    for vote in &votes {
        assert!(selection.held(&bank, vote) > 699 * SOL);
    }
    assert_balanced(&bank, &selection.pool);

    // More stake beside it, then a part of it back.
    for (change, name) in [(10_000 * SOL, "increase"), (0, "split")] {
        if change > 0 {
            selection.fund(&mut bank, change);
        }
        bank.0.advance_epoch();
        selection.pool.update(&mut bank);
        if change == 0 {
            let mut less = params();
            less.cap_bps = 350;
            bank.must(&[selection.set_params(less)], &[&selection.pool.admin]);
        }
        let observe = selection.observe(&bank, &votes);
        let observed = send(&mut bank, observe);
        println!("observe: twelve, {} each", observed / 12);
        bank.must(&[selection.allocate()], &[&selection.pool.payer]);
        let rebalance = selection.rebalance(&bank, &votes);
        let moved = send(&mut bank, rebalance);
        println!("rebalance: {name} of twelve, {} each", moved / 12);
        assert_balanced(&bank, &selection.pool);
    }
    for vote in &votes {
        assert!(selection.pool.record(&bank, vote).1.deactivating > 0);
    }
}
