//! Fees of rewards by the fee that was in force, and what a part of a history does not tell.

use sluice_sdk::AccountData;
use sluice_sdk::restaking_vault::types::{BookEntry, OperatorFeeSet, VaultFeeSet};
use solana_signature::Signature;

use super::*;
use crate::report::{Line, Verdict};

/// Epochs of a hundred slots.
fn epoch_of(slot: u64) -> u64 {
    slot / 100
}

fn key(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

/// An account of ours of zeros, to be filled in.
fn zeros<T: AccountData>() -> T {
    let mut data = vec![0; T::SIZE];
    data[..8].copy_from_slice(&T::DISCRIMINATOR);
    T::decode(&data).unwrap()
}

/// Of 10,000, for the work of the operator 2.
fn paid(to_operator: u64, to_fee_account: u64) -> Event {
    let entry = BookEntry {
        assets: 1,
        supply: 1,
        junior_assets: 0,
        junior_supply: 0,
        locked_rewards: 0,
        principal: 0,
    };
    Event::RewardsPaid(RewardsPaid {
        vault: key(1),
        payer: key(9),
        operator: key(2),
        amount: 10_000,
        to_operator,
        to_fee_account,
        streamed: 1,
        end_slot: 1,
        before: entry.clone(),
        after: entry,
    })
}

/// From `before`, to `next` in its epoch.
fn set(before: u64, next: u64, next_fee_epoch: u64) -> Event {
    Event::VaultFeeSet(VaultFeeSet {
        vault: key(1),
        fee_account: key(3),
        fee_bps_before: before,
        fee_bps_after: before,
        next_fee_bps: next,
        next_fee_epoch,
    })
}

/// The lines of operators and vault after these events, with a vault's fee of 200 now and an operator's of 100.
fn lines(events: &[(u64, Event)]) -> [Line; 2] {
    let steps: Vec<_> = events
        .iter()
        .map(|(slot, event)| Step { signature: Signature::from([7; 64]), slot: *slot, event })
        .collect();
    let vault = Vault { fee_bps: 200, ..zeros() };
    let operator = OperatorFee::of(key(2), &Operator { fee_bps: 100, ..zeros() }, &[]);
    let mut lines = Lines::of("fees");
    Book { recorded: &vault, operators: vec![operator], silent: Silences(vec![]) }
        .lines(&steps, epoch_of, &mut lines);
    lines.lines.try_into().unwrap()
}

#[test]
fn a_reward_pays_the_operator_first_and_the_vault_of_the_rest() {
    let [operators, vault] = lines(&[(105, paid(100, 198))]);
    assert_eq!((operators.recounted, operators.verdict), (100, Verdict::Right));
    assert_eq!((vault.recounted, vault.verdict), (198, Verdict::Right));
    let [operators, vault] = lines(&[(105, paid(101, 199))]);
    assert_eq!((operators.verdict, operators.difference), (Verdict::Wrong, -1));
    assert_eq!((vault.verdict, vault.difference), (Verdict::Wrong, -2));
    // Where the vault has no account that can receive it, its fee is the holders'; an operator's never is.
    let [operators, vault] = lines(&[(105, paid(0, 0))]);
    assert_eq!((operators.verdict, vault.verdict), (Verdict::Wrong, Verdict::Right));
    let two = [(105, paid(100, 198)), (106, paid(100, 197))];
    assert_eq!(lines(&two)[1].recorded, 395);
    assert_eq!(lines(&two)[1].verdict, Verdict::Wrong, "one of both");
}

#[test]
fn a_reward_is_charged_by_the_fee_of_its_epoch() {
    // Set in epoch 1 for epoch 3: charged from there on, by nobody's call.
    let notice = || set(50, 150, 3);
    let vault = |events: &[(u64, Event)]| lines(events)[1].verdict;
    assert_eq!(vault(&[(110, notice()), (299, paid(100, 49))]), Verdict::Right);
    assert_eq!(vault(&[(110, notice()), (300, paid(100, 148))]), Verdict::Right);
    assert_eq!(vault(&[(110, notice()), (300, paid(100, 49))]), Verdict::Wrong);
    // Before a change it was what the change says it replaced, in the same epoch.
    assert_eq!(vault(&[(105, paid(100, 49)), (110, notice())]), Verdict::Right);
    assert_eq!(vault(&[(105, paid(100, 148)), (110, notice())]), Verdict::Wrong);
    // An epoch earlier another may have been in force.
    let [_, unknown] = lines(&[(99, paid(100, 7)), (110, notice())]);
    assert_eq!(unknown.verdict, Verdict::Waits);
    assert!(unknown.reason.contains("not recounted"), "{}", unknown.reason);
    // In the slot of a change both may be right, and nothing else.
    for (fee, verdict) in [(49, Verdict::Right), (198, Verdict::Wrong)] {
        assert_eq!(vault(&[(110, notice()), (110, paid(100, fee))]), verdict, "{fee}");
    }
}

#[test]
fn an_operators_fee_is_told_by_its_own_transactions() {
    let told = |events: Vec<Event>| {
        let events = events.into_iter().map(AnyEvent::RestakingVault).collect();
        let signature = Signature::from([7; 64]);
        [Arc::new(Told { slot: 110, time: None, signature, events, silence: None })]
    };
    let set = |operator: u8| {
        Event::OperatorFeeSet(OperatorFeeSet {
            operator: key(operator),
            fee_bps_before: 30,
            fee_bps_after: 30,
            next_fee_bps: 90,
            next_fee_epoch: 4,
        })
    };
    let recorded = Operator { fee_bps: 70, ..zeros() };
    let fee = |events: Vec<Event>, slot: u64| {
        OperatorFee::of(key(2), &recorded, &told(events)).schedule.at(slot, epoch_of)
    };
    assert_eq!(fee(vec![], 500), [70], "as it is recorded");
    assert_eq!(fee(vec![set(3)], 500), [70], "somebody else's");
    assert_eq!(fee(vec![set(2)], 399), [30]);
    assert_eq!(fee(vec![set(2)], 400), [90]);
    assert_eq!(fee(vec![set(2)], 105), [30]);
    assert!(fee(vec![set(2)], 99).is_empty());
    assert_eq!(fee(vec![set(2)], 110), [30, 30], "before it and after");
    // What of its own was not heard excuses what it is paid, and not what somebody else is.
    assert!(!OperatorFee::of(key(2), &recorded, &told(vec![])).is_silent);
    let signature = Signature::from([7; 64]);
    let silence = Some(crate::history::Silence::Cut);
    let cut = [Arc::new(Told { slot: 110, time: None, signature, events: Vec::new(), silence })];
    assert!(OperatorFee::of(key(2), &recorded, &cut).is_silent);
}
