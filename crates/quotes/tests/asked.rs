//! What is asked by number, and the little of this crate that is no program's formula. That quotes are what the programs do is
//! tested where the programs run.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use sluice_quotes::{
    AskError, EpochSchedule, Growth, PoolRefusal, QUESTIONS, RateEntry, Refusal, Shape, TransferFee,
    after_transfer, ask, first_slot, growth, min_out,
};

fn number(name: &str) -> usize {
    QUESTIONS.iter().position(|question| question.name == name).unwrap()
}

fn length(shape: &Shape) -> usize {
    match shape {
        Shape::Word(_) => 1,
        Shape::Struct { fields, .. } => fields.len(),
    }
}

#[test]
fn a_question_by_number_is_the_function_of_its_name() {
    let mut answer = [0];
    ask(number("min_out"), &[1_000, 50], &mut answer).unwrap();
    assert_eq!(answer, [min_out(1_000, 50).unwrap()]);
    let refusal = Refusal::Pool(PoolRefusal::ShareAboveOne);
    assert_eq!(ask(number("min_out"), &[1_000, 10_001], &mut answer), Err(AskError::Refused(refusal)));
    assert_eq!(refusal.code(), 6056);
}

#[test]
fn a_question_put_wrongly_is_malformed() {
    let mut answer = [0; 64];
    let malformed = Err(AskError::Malformed);
    assert_eq!(ask(QUESTIONS.len(), &[0; 128], &mut answer), malformed);
    assert_eq!(ask(number("min_out"), &[1_000], &mut answer), malformed);
    assert_eq!(ask(number("min_out"), &[1_000, 1 << 16], &mut answer), malformed);
    assert_eq!(ask(number("min_out"), &[1_000, 1], &mut []), malformed);
    // The last word of a deposit says whether somebody is paid for it: yes or no.
    let words: usize = QUESTIONS[number("deposit_sol")].takes.iter().map(|part| length(&part.shape)).sum();
    let mut question = vec![0; words];
    *question.last_mut().unwrap() = 2;
    assert_eq!(ask(number("deposit_sol"), &question, &mut answer), malformed);
}

#[test]
fn every_question_fits_the_words_there_are() {
    for question in QUESTIONS {
        let takes: usize = question.takes.iter().map(|part| length(&part.shape)).sum();
        assert!(takes <= 128 && length(&question.answers) <= 128, "{}", question.name);
    }
}

#[test]
fn epochs_of_a_cluster_that_warms_up_double_until_they_are_whole() {
    let mainnet =
        EpochSchedule { slots_per_epoch: 432_000, first_normal_epoch: 14, first_normal_slot: 524_256 };
    let starts: Vec<_> = (0..5).map(|epoch| first_slot(&mainnet, epoch).unwrap()).collect();
    assert_eq!(starts, [0, 32, 96, 224, 480]);
    assert_eq!(first_slot(&mainnet, 14).unwrap(), 524_256);
    assert_eq!(first_slot(&mainnet, 15).unwrap(), 524_256 + 432_000);
    assert_eq!(first_slot(&mainnet, u64::MAX), Err(Refusal::Pool(PoolRefusal::Overflow)));
}

#[test]
fn a_tokens_fee_is_rounded_up_and_has_a_limit() {
    let fee = TransferFee { bps: 37, most: 5_000 };
    assert_eq!(after_transfer(&fee, 1_000).unwrap(), 996);
    assert_eq!(after_transfer(&fee, 1).unwrap(), 0);
    assert_eq!(after_transfer(&fee, 10_000_000).unwrap(), 9_995_000);
    assert_eq!(after_transfer(&TransferFee::default(), 7).unwrap(), 7);
}

#[test]
fn growth_is_compounded_and_a_loss_is_not() {
    let at = |days: i64, value: u64| RateEntry {
        epoch: days.unsigned_abs(),
        unix_timestamp: days * 86_400,
        value,
        total: value,
        supply: 1_000_000,
    };
    let gain = growth(&at(0, 1_000_000), &at(2, 1_000_400)).unwrap();
    assert_eq!((gain.growth, gain.epochs, gain.seconds), (400_000_000, 2, 172_800));
    assert_eq!(gain.apr, 73_050_000_000);
    assert!(gain.apy > 75_700_000_000 && gain.apy < 75_800_000_000, "{}", gain.apy);
    let loss = growth(&at(0, 1_000_000), &at(2, 999_600)).unwrap();
    assert_eq!((loss.growth, loss.apy), (-400_000_000, loss.apr));
    assert_eq!(loss.apr, -73_050_000_000);
    assert_eq!(growth(&at(1, 5), &at(1, 6)).unwrap(), Growth::default());
    assert_eq!(growth(&at(0, 0), &at(1, 6)), Err(Refusal::Pool(PoolRefusal::Insolvent)));
}
