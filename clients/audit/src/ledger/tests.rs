//! What a log does not say, and events that name no vault.

use sluice_sdk::restaking_vault::events::{
    CollateralDeposited, DeallocationStarted, DistributionCreated, RestakingVaultEvent, RewardClaimed,
};
use sluice_sdk::restaking_vault::types::BookEntry;

use super::*;

#[test]
fn events_that_nobody_caused_from_outside_are_no_business() {
    assert_eq!(kind("SolDeposited"), Kind::Business);
    assert_eq!(kind("UpdateFinished"), Kind::Funds);
    assert_eq!(kind("RolesSet"), Kind::Information);
}

fn key(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

/// Of the vault 1, with the allocation 2.
fn book(from_nothing: bool) -> Book {
    Book {
        ours: [key(1).to_string()].into(),
        parts: [(key(2).to_string(), key(1).to_string())].into(),
        ended: HashMap::new(),
        from_nothing,
    }
}

fn rows(book: &mut Book, events: Vec<RestakingVaultEvent>, silence: Option<Silence>) -> Vec<Row> {
    let events = events.into_iter().map(Event::RestakingVault).collect();
    let signature = Signature::from([7; 64]);
    let named = [(signature, vec![key(1).to_string()])].into();
    book.rows(&Told { slot: 5, time: None, signature, events, silence }, &named)
}

fn claimed(distribution: u8) -> RestakingVaultEvent {
    RestakingVaultEvent::RewardClaimed(RewardClaimed {
        distribution: key(distribution),
        owner: key(9),
        index: 0,
        amount: u64::MAX,
        claimed_before: 0,
        claimed_after: u64::MAX,
    })
}

fn created(vault: u8, distribution: u8) -> RestakingVaultEvent {
    RestakingVaultEvent::DistributionCreated(DistributionCreated {
        vault: key(vault),
        distribution: key(distribution),
        creator: key(9),
        mint: key(9),
        root: [0; 32],
        amount: 5,
        total: 5,
        leaves: 1,
        expiry_epoch: 9,
    })
}

fn deposited(before: u64, after: u64) -> RestakingVaultEvent {
    let entry = |assets: u64| BookEntry {
        assets,
        supply: assets,
        junior_assets: 0,
        junior_supply: 0,
        locked_rewards: 0,
        principal: 0,
    };
    RestakingVaultEvent::CollateralDeposited(CollateralDeposited {
        vault: key(1),
        depositor: key(9),
        amount: 5,
        credited: 5,
        minted: 5,
        junior: 0,
        before: entry(before),
        after: entry(after),
    })
}

fn shown(rows: &[Row]) -> Vec<(&str, Kind, String)> {
    rows.iter().map(|row| (row.event.as_str(), row.kind, row.account.clone())).collect()
}

#[test]
fn events_without_a_vault_are_its_business_only_where_they_are_of_one_of_its_own() {
    let mut book = book(true);
    let (vault, foreign) = (key(1).to_string(), key(5).to_string());
    let strange = rows(&mut book, vec![created(6, 5), claimed(5)], None);
    assert_eq!(shown(&strange), [("RewardClaimed", Kind::Information, foreign)], "another vault's");
    assert!(strange[0].details.contains(FOREIGN_NOTE), "{}", strange[0].details);
    let own = rows(&mut book, vec![created(1, 4), claimed(4)], None);
    let expected = ["DistributionCreated", "RewardClaimed"];
    assert_eq!(shown(&own), expected.map(|event| (event, Kind::Business, vault.clone())));
    assert!(!own[1].details.contains("note"));
    let started = |allocation: u8| {
        RestakingVaultEvent::DeallocationStarted(DeallocationStarted {
            allocation: key(allocation),
            amount: 5,
            cooling_before: 0,
            cooling_after: 5,
            cooled_at: 7,
        })
    };
    let both = rows(&mut book, vec![started(2), started(3)], None);
    let expected = [(Kind::Funds, vault), (Kind::Information, key(3).to_string())];
    assert_eq!(shown(&both), expected.map(|(kind, account)| ("DeallocationStarted", kind, account)));
}

#[test]
fn a_log_that_was_cut_or_is_missing_is_told() {
    let mut book = book(true);
    let vault = key(1).to_string();
    for (silence, event, note) in
        [(Silence::Cut, "LogCut", LOG_CUT_NOTE), (Silence::Missing, "LogMissing", LOG_MISSING_NOTE)]
    {
        let told = rows(&mut book, Vec::new(), Some(silence));
        assert_eq!(shown(&told), [(event, Kind::Information, vault.clone())]);
        assert!(told[0].details.contains(note) && told[0].total_after.is_none());
    }
}

#[test]
fn an_event_that_does_not_begin_where_the_last_one_ended_is_told() {
    let mut whole = book(true);
    let rest = rows(&mut whole, vec![deposited(0, 5), deposited(5, 10), deposited(12, 17)], None);
    let events: Vec<_> = rest.iter().map(|row| (row.event.as_str(), row.index)).collect();
    let deposit = "CollateralDeposited";
    assert_eq!(events, [(deposit, 0), (deposit, 1), (GAP, 2), (deposit, 2)]);
    assert!(
        rest[2].details.contains("\"total_ended\":10") && rest[2].details.contains("\"total_begins\":12")
    );
    // What the server has forgotten shows too; what was written by an earlier run is not missing.
    assert_eq!(rows(&mut book(true), vec![deposited(3, 5)], None)[0].event, GAP);
    assert_eq!(rows(&mut book(false), vec![deposited(3, 5)], None)[0].event, deposit);
}
