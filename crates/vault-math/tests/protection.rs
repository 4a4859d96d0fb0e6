//! The shield of the principal, and the agreements that put collateral at risk.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use sluice_vault_math::*;

const C: fn(u64) -> CollateralAmount = CollateralAmount;

#[derive(Clone, Copy, Debug)]
enum Step {
    Deposit(u64),
    Redeem(u64),
    /// The rate rises by so many parts of a million.
    Earn(u64),
    /// Or falls.
    Lose(u64),
    Reward(u64),
    Slash(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1u64..1_000_000_000_000).prop_map(Step::Deposit),
        (1u64..1_000_000_000_000).prop_map(Step::Redeem),
        (0u64..10_000).prop_map(Step::Earn),
        (0u64..1_000).prop_map(Step::Lose),
        (0u64..1_000_000_000).prop_map(Step::Reward),
        any::<u64>().prop_map(Step::Slash),
    ]
}

/// `value / supply` of one moment is at least `principal / supply` of another, exactly.
fn at_least(principal: u64, supply: u64, other: u64, of: u64) -> bool {
    u128::from(principal) * u128::from(of) >= u128::from(other) * u128::from(supply)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_slash_reaches_the_principal_and_no_share_of_it_shrinks(steps in prop::collection::vec(step(), 1..80)) {
        // A pool of 10^15 lamports, and a vault with its seed.
        let mut rate = Rate { lamports: Lamports(1_000_000_000_000_000), supply: C(1_000_000_000_000_000) };
        let mut book = Book::seeded(C(1_000_000));
        let mut shield = Shield::default().deposit(book.assets, rate).unwrap();
        for step in steps {
            let (before, was) = (book, shield);
            match step {
                Step::Deposit(amount) => {
                    let Ok(deposited) = book.deposit(C(amount)) else { continue };
                    if deposited.minted.is_zero() { continue }
                    // Only where the pool has lost does a deposit buy shares for less than their principal.
                    let covered = rate.lamports_of(book.assets).unwrap() >= shield.principal;
                    shield = shield.deposit(C(amount), rate).unwrap();
                    book = deposited.after;
                    if covered {
                        // To the lamport that its value is rounded by.
                        let rounded = shield.principal.0 + 1;
                        prop_assert!(at_least(rounded, book.supply.0, was.principal.0, before.supply.0));
                        prop_assert!(rate.lamports_of(book.assets).unwrap() >= shield.principal);
                    }
                }
                Step::Redeem(vrt) => {
                    let vrt = VrtAmount(vrt.min(book.supply.0 - 1_000_000));
                    shield = shield.redeem(vrt, book.supply).unwrap();
                    book = book.redeem(vrt).unwrap().after;
                    prop_assert!(at_least(shield.principal.0, book.supply.0, was.principal.0, before.supply.0));
                }
                Step::Earn(part) => rate.lamports.0 += rate.lamports.0 / 1_000_000 * part,
                Step::Lose(part) => rate.lamports.0 -= rate.lamports.0 / 1_000_000 * part,
                Step::Reward(amount) => book.assets = book.assets.add(C(amount)).unwrap(),
                Step::Slash(amount) => {
                    let taken = C(amount).min(shield.exposed(book.assets, rate).unwrap());
                    book = book.slash(taken).unwrap();
                    if taken.0 > 0 {
                        let left = u128::from(book.assets.0) * u128::from(rate.lamports.0) / u128::from(rate.supply.0);
                        prop_assert!(left >= u128::from(shield.principal.0), "worth {} of {}", left, shield.principal.0);
                    }
                    prop_assert_eq!(shield, was);
                }
            }
        }
    }

    #[test]
    fn an_agreement_never_holds_more_than_was_promised_and_frees_all_of_it(
        steps in prop::collection::vec((0u8..6, 0u64..1_000_000, 0u64..4), 1..60),
    ) {
        let (mut risk, mut epoch) = (Risk::default(), 3u64);
        let (mut promised, mut freed, mut slashed) = (0u64, 0u64, 0u64);
        for (kind, amount, pass) in steps {
            epoch += pass;
            let before = risk;
            risk = risk.at(epoch).unwrap();
            prop_assert_eq!(risk.promised().unwrap(), before.promised().unwrap());
            match kind {
                0 => {
                    risk = risk.promise(C(amount), epoch + 2).unwrap();
                    promised += amount;
                    // Nothing can be slashed in the epoch it is promised, nor in the next.
                    prop_assert_eq!(risk.amount, before.at(epoch).unwrap().amount);
                    prop_assert_eq!(risk.at(epoch + 1).unwrap().amount, risk.amount);
                }
                1 => if let Ok(cooled) = risk.cool(C(amount), epoch + 9) {
                    prop_assert!(amount <= risk.warm().0);
                    prop_assert_eq!(cooled.amount, risk.amount, "what cools down stays at risk");
                    risk = cooled;
                } else {
                    prop_assert!(amount > risk.warm().0);
                },
                2 => {
                    let left = risk.leave(epoch + 9).unwrap();
                    freed += risk.warming.0;
                    prop_assert_eq!((left.amount, left.warm(), left.warming), (risk.amount, C(0), C(0)));
                    if risk.warm().is_zero() { prop_assert_eq!(left.cooled_at, risk.cooled_at) }
                    risk = left;
                }
                3 if epoch >= risk.cooled_at => {
                    freed += risk.cooling.0;
                    risk = risk.release().unwrap();
                }
                4 => {
                    let taken = C(amount).min(risk.amount);
                    risk = risk.slash(taken).unwrap();
                    slashed += taken.0;
                }
                _ => {}
            }
            prop_assert!(risk.cooling <= risk.amount);
            prop_assert_eq!(promised, freed + slashed + risk.promised().unwrap().0);
        }
    }
}

#[test]
fn a_rate_without_collateral_or_value_answers_nothing() {
    let none = Rate { lamports: Lamports(0), supply: C(5) };
    assert_eq!(none.collateral_for(Lamports(1)), Err(MathError::DivisionByZero));
    let none = Rate { lamports: Lamports(5), supply: C(0) };
    assert_eq!(none.lamports_of(C(1)), Err(MathError::DivisionByZero));
    // A pool that has lost: the principal is not covered, nothing is exposed.
    let half = Rate { lamports: Lamports(50), supply: C(100) };
    assert_eq!(Shield { principal: Lamports(100) }.exposed(C(100), half), Ok(C(0)));
    assert_eq!(
        Shield { principal: Lamports(1) }.redeem(VrtAmount(2), VrtAmount(1)),
        Err(MathError::Overflow)
    );
    let risk = Risk { amount: C(5), ..Risk::default() };
    assert_eq!(risk.cool(C(6), 1), Err(MathError::Overflow));
    assert_eq!(risk.slash(C(6)), Err(MathError::Overflow));
    let broken = Risk { cooling: C(6), ..risk };
    assert_eq!(broken.release(), Err(MathError::Overflow));
}
