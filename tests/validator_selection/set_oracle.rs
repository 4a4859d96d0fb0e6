//! `set_oracle`: each line of its specification, and each way it refuses.

use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::{Error, FULL, joined};

#[test]
fn the_admin_names_who_groups_and_the_one_before_no_more() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    let [first, second] = ["first", "second"].map(|name| svm.wallet(name, SOL));
    let nobody = Address::default();
    assert_eq!(selection.state(&svm).oracle, nobody);
    // Before one is named, nobody groups.
    let group = |svm: &Svm, by: &Address, aso| selection.set_groups(svm, by, &[(vote, aso, 1)]);
    svm.refuses(&[group(&svm, &first.pubkey(), 1)], &[&first], Error::NotOracle);
    let sent = svm.must(&[selection.set_oracle(&first.pubkey())], &[&selection.pool.admin]);
    let Some(Event::ValidatorSelection(ValidatorSelectionEvent::OracleSet(event))) = sent.events().pop()
    else {
        panic!("no event")
    };
    assert_eq!((event.before, event.after), (nobody, first.pubkey()));
    svm.must(&[group(&svm, &first.pubkey(), 7)], &[&first]);

    svm.must(&[selection.set_oracle(&second.pubkey())], &[&selection.pool.admin]);
    svm.refuses(&[group(&svm, &first.pubkey(), 9)], &[&first], Error::NotOracle);
    assert_eq!(selection.candidate(&svm, &vote).seat.aso, 7, "groups stay as they are");
    svm.must(&[group(&svm, &second.pubkey(), 9)], &[&second]);
    svm.must(&[selection.set_oracle(&nobody)], &[&selection.pool.admin]);
    svm.refuses(&[group(&svm, &second.pubkey(), 1)], &[&second], Error::NotOracle);
    assert_eq!(selection.candidate(&svm, &vote).seat.aso, 9);
}

#[test]
fn nobody_but_the_admin_names_one() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let mallory = svm.wallet("mallory", SOL);
    let set = selection.set_oracle(&mallory.pubkey());
    let by = substitute(&set, &selection.pool.admin.pubkey(), &mallory.pubkey());
    svm.refuses(&[by], &[&mallory], Error::NotAdmin);
    let without = unsigned(&set, &selection.pool.admin.pubkey());
    svm.refuses_with(&[without], &[&mallory], InstructionError::MissingRequiredSignature);
    // The oracle names no successor.
    svm.must(&[set], &[&selection.pool.admin]);
    let next = selection.set_oracle(&keypair("next").pubkey());
    let by = substitute(&next, &selection.pool.admin.pubkey(), &mallory.pubkey());
    svm.refuses(&[by], &[&mallory], Error::NotAdmin);
}
