//! Two classes over one collateral: nothing appears or vanishes, juniors go first, and order makes no difference.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use sluice_vault_math::*;

const C: fn(u64) -> CollateralAmount = CollateralAmount;

fn side() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0u64), Just(1), 0u64..1_000, 0u64..1_000_000_000_000, 0u64..u64::MAX / 8]
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Slash(u64),
    Reward(u64),
}

/// Slashes and rewards of one epoch. Together the slashes take less than the senior class alone can bear, which is what
/// an epoch's cap sees to.
fn epoch() -> impl Strategy<Value = (Tranches, Split, Vec<Step>)> {
    (1_000_000u64..u64::MAX / 8, side(), 0u16..=10_000).prop_flat_map(|(senior, junior, premium)| {
        let step = prop_oneof![
            (0..=senior / 40).prop_map(Step::Slash),
            (0..=junior / 3).prop_map(move |part| Step::Slash(part.min(senior / 40))),
            (0u64..=senior / 16).prop_map(Step::Reward),
            (0u64..1_000).prop_map(Step::Reward),
        ];
        let split = Split { senior: C(senior), junior: C(junior), premium: Bps::new(premium).unwrap() };
        let start = Tranches { senior: C(senior), junior: C(junior), deficit: C(0) };
        (Just(start), Just(split), prop::collection::vec(step, 0..24))
    })
}

fn run(start: Tranches, split: Split, steps: &[Step]) -> Tranches {
    steps.iter().fold(start, |now, step| match *step {
        Step::Slash(amount) => now.slash(C(amount)).unwrap(),
        Step::Reward(amount) => now.reward(C(amount), split).unwrap(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn the_sum_changes_by_what_was_taken_and_paid((start, split, steps) in epoch()) {
        let mut expected = i128::from(start.total().unwrap().0);
        let mut now = start;
        for step in &steps {
            now = run(now, split, &[*step]);
            expected += match *step {
                Step::Slash(amount) => -i128::from(amount),
                Step::Reward(amount) => i128::from(amount),
            };
            prop_assert_eq!(i128::from(now.total().unwrap().0), expected);
        }
    }

    #[test]
    fn seniors_never_lose_before_juniors_have_nothing((start, split, steps) in epoch()) {
        let mut now = start;
        for step in &steps {
            let next = run(now, split, &[*step]);
            if next.senior < now.senior {
                prop_assert_eq!(next.junior.0, 0);
            }
            prop_assert!(next.deficit.0 == 0 || next.junior.0 == 0);
            now = next;
        }
    }

    #[test]
    fn the_order_of_an_epochs_slashes_and_rewards_makes_no_difference(
        ((start, split, steps), shuffled) in epoch().prop_flat_map(|(start, split, steps)| {
            let shuffled = Just(steps.clone()).prop_shuffle();
            (Just((start, split, steps)), shuffled)
        })
    ) {
        prop_assert_eq!(run(start, split, &steps), run(start, split, &shuffled));
    }

    #[test]
    fn the_premium_is_bounded_by_its_rate_and_by_what_the_junior_class_earns(
        senior in side(), junior in side(), premium in 0u16..=10_000, reward in side(),
    ) {
        let premium = Bps::new(premium).unwrap();
        let part = Split { senior: C(senior), junior: C(junior), premium }.junior_part(C(reward)).unwrap().0;
        let own = if junior == 0 { 0 } else { u128::from(reward) * u128::from(junior) / (u128::from(senior) + u128::from(junior)) };
        prop_assert!(part <= reward);
        prop_assert!(u128::from(part) >= own);
        prop_assert!(u128::from(part) <= 2 * own);
        let most = (u128::from(reward) - own) * u128::from(premium.get()) / 10_000;
        prop_assert!(u128::from(part) <= own + most);
    }

    #[test]
    fn who_leaves_at_once_leaves_what_could_be_slashed(
        senior in side(), junior in side(), promised in side(), taken in side(), vrt in side(), supply in 1u64..u64::MAX,
    ) {
        let before = Tranches { senior: C(senior), junior: C(junior), deficit: C(0) };
        let worst = before.at_worst(C(promised));
        // Any slash within what is promised leaves each class at least that.
        let taken = taken.min(promised).min(senior + junior);
        let after = before.slash(C(taken)).unwrap();
        prop_assert!(after.senior >= worst.senior && after.junior >= worst.junior);
        // So whoever waits gets no less than who leaves, whatever is slashed meanwhile.
        let vrt = VrtAmount(vrt % supply);
        for (class, left, slashed) in [(senior, worst.senior, after.senior), (junior, worst.junior, after.junior)] {
            let book = Book { assets: C(class), supply: VrtAmount(supply) };
            let Redeemed { after: stays, paid } = book.redeem_at_worst(vrt, left).unwrap();
            let patient = Book { assets: slashed, ..book }.value_of(vrt).unwrap();
            prop_assert!(paid <= patient);
            // And what is promised is still there.
            prop_assert!(stays.assets >= C(class - left.0));
            prop_assert_eq!(stays.assets.0 + paid.0, class);
        }
    }
}

#[test]
fn more_than_both_have_is_refused() {
    let both = Tranches { senior: C(5), junior: C(3), deficit: C(0) };
    assert_eq!(both.slash(C(9)), Err(MathError::Overflow));
    assert_eq!(both.slash(C(8)), Ok(Tranches { senior: C(0), junior: C(0), deficit: C(5) }));
    let full = Tranches { senior: C(u64::MAX), junior: C(1), deficit: C(0) };
    assert_eq!(full.total(), Err(MathError::Overflow));
    let book = Book { assets: C(5), supply: VrtAmount(5) };
    assert_eq!(book.redeem_at_worst(VrtAmount(1), C(6)), Err(MathError::Overflow));
}
