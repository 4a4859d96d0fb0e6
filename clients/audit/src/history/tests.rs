//! The order of what several accounts have in common, where a history begins, and what a log does not say.

use sluice_sdk::restaking_vault::programs::RESTAKING_VAULT_ID;

use super::*;

fn found(names: &[(u8, u64)]) -> Vec<Found> {
    names.iter().map(|(name, slot)| (Signature::from([*name; 64]), *slot)).collect()
}

#[test]
fn two_lists_become_one_in_which_both_orders_hold() {
    let one = found(&[(1, 10), (2, 10), (3, 12), (4, 15)]);
    let other = found(&[(5, 9), (2, 10), (6, 12), (4, 15), (7, 15), (8, 16)]);
    let all = merged(one.clone(), other.clone());
    let place = |of: &Found| all.iter().position(|found| found == of).unwrap();
    for list in [&one, &other] {
        assert!(list.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])), "{all:?}");
    }
    assert_eq!(all.len(), 8, "none twice");
    assert!(all.windows(2).all(|pair| pair[0].1 <= pair[1].1), "by slot");
    assert_eq!(merged(Vec::new(), other.clone()), other);
    assert_eq!(merged(other.clone(), Vec::new()), other);
}

#[test]
fn a_history_begins_where_it_is_asked_to() {
    let one = |name: u8| Signature::from([name; 64]);
    assert!(!Start::Slot(0).is_after(&one(1), 0), "all of it");
    assert!(Start::Slot(7).is_after(&one(1), 6) && !Start::Slot(7).is_after(&one(1), 7));
    let after = Start::After(one(1), 7);
    assert!(after.is_after(&one(1), 7), "this one is known");
    assert!(!after.is_after(&one(2), 7) && after.is_after(&one(2), 6));
}

#[test]
fn behind_a_cut_nothing_is_believed() {
    // Five taken out of the allocation 9.
    const EVENT: &str =
        "NuhWyRSGFREJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQUAAAAAAAAAAAAAAAAAAAAFAAAAAAAAAAcAAAAAAAAA";
    let lines = |lines: &[&str]| -> Vec<String> {
        let invoked = [format!("Program {RESTAKING_VAULT_ID} invoke [1]")];
        invoked.into_iter().chain(lines.iter().map(|line| (*line).to_owned())).collect()
    };
    let data = format!("Program data: {EVENT}");
    let (events, silence) = heard(Some(&lines(&[&data])));
    assert_eq!((events.len(), silence), (1, None));
    let (events, silence) = heard(Some(&lines(&[&data, "Log truncated", &data])));
    assert_eq!((events.len(), silence), (1, Some(Silence::Cut)), "behind the cut nothing is believed");
    let (events, silence) = heard(Some(&lines(&["Program log: Log truncated", &data])));
    assert_eq!((events.len(), silence), (1, None), "a program has printed it");
    for none in [None, Some(&[][..])] {
        assert_eq!(heard(none).1, Some(Silence::Missing));
    }
}
