//! What must hold whatever the numbers: nobody gains by rounding, no token appears or vanishes, no slash
//! exceeds its bounds, no ticket waits for ever.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use sluice_vault_math::*;

/// `left.assets / left.supply <= right.assets / right.supply`, exactly.
fn price_at_most(left: Book, right: Book) -> bool {
    u128::from(left.assets.0) * u128::from(right.supply.0)
        <= u128::from(right.assets.0) * u128::from(left.supply.0)
}

fn book() -> impl Strategy<Value = Book> {
    let side = || prop_oneof![1u64..1_000, 1u64..1_000_000_000_000, 1u64..u64::MAX];
    (side(), side()).prop_map(|(a, s)| Book { assets: CollateralAmount(a), supply: VrtAmount(s) })
}

fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0u64), Just(1), 0u64..1_000, 0u64..1_000_000_000_000, any::<u64>()]
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Deposit(u64),
    Redeem(u64),
    Slash(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1u64..1_000_000_000_000).prop_map(Step::Deposit),
        (1u64..1_000_000_000_000).prop_map(Step::Redeem),
        (1u64..1_000_000_000).prop_map(Step::Slash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_deposit_never_lowers_the_price_and_is_added_to_the_unit(before in book(), amount in amount()) {
        if let Ok(Deposited { after, minted }) = before.deposit(CollateralAmount(amount)) {
            prop_assert_eq!(after.assets.0, before.assets.0 + amount);
            prop_assert_eq!(after.supply.0, before.supply.0 + minted.0);
            prop_assert!(price_at_most(before, after));
            let exact = u128::from(amount) * u128::from(before.supply.0) / u128::from(before.assets.0);
            prop_assert_eq!(u128::from(minted.0), exact);
        }
    }

    #[test]
    fn a_redemption_never_lowers_the_price_and_is_subtracted_to_the_unit(before in book(), vrt in amount()) {
        match before.redeem(VrtAmount(vrt)) {
            Ok(Redeemed { after, paid }) => {
                prop_assert_eq!(after.assets.0, before.assets.0 - paid.0);
                prop_assert_eq!(after.supply.0, before.supply.0 - vrt);
                prop_assert!(after.supply.0 == 0 || price_at_most(before, after));
            }
            Err(_) => prop_assert!(vrt > before.supply.0),
        }
    }

    #[test]
    fn in_and_out_again_never_gains(before in book(), amount in amount()) {
        if let Ok(Deposited { after, minted }) = before.deposit(CollateralAmount(amount)) {
            prop_assert!(after.redeem(minted).unwrap().paid.0 <= amount);
        }
    }

    #[test]
    fn splitting_a_ticket_never_pays_more_than_the_whole(before in book(), a in amount(), b in amount()) {
        if let (Some(sum), Ok(first)) = (a.checked_add(b), before.redeem(VrtAmount(a)))
            && let (Ok(second), Ok(whole)) = (first.after.redeem(VrtAmount(b)), before.redeem(VrtAmount(sum)))
            && whole.after.supply.0 > 0
        {
            // The rounding of the first part goes to everybody left, so the second may gain a part of that unit.
            prop_assert!(first.paid.0 + second.paid.0 <= whole.paid.0 + 1);
        }
    }

    #[test]
    fn tokens_in_equal_tokens_out_plus_slashed_plus_held(steps in prop::collection::vec(step(), 1..60)) {
        let seed = CollateralAmount(100_000);
        let mut book = Book::seeded(seed);
        let (mut paid_in, mut paid_out, mut slashed) = (seed.0, 0u64, 0u64);
        let mut holders = 0u64; // VRT outside the seed
        for step in steps {
            match step {
                Step::Deposit(amount) => {
                    let Ok(Deposited { after, minted }) = book.deposit(CollateralAmount(amount)) else { continue };
                    book = after;
                    paid_in += amount;
                    holders += minted.0;
                }
                Step::Redeem(vrt) => {
                    let vrt = vrt.min(holders);
                    let Redeemed { after, paid } = book.redeem(VrtAmount(vrt)).unwrap();
                    book = after;
                    paid_out += paid.0;
                    holders -= vrt;
                }
                Step::Slash(amount) => {
                    let amount = amount.min(book.assets.0 / 2);
                    book = book.slash(CollateralAmount(amount)).unwrap();
                    slashed += amount;
                }
            }
            prop_assert_eq!(paid_in, paid_out + slashed + book.assets.0);
            prop_assert_eq!(book.supply.0, holders + seed.0);
            // Everybody could leave now, in one go, and the seed's share would remain.
            prop_assert!(book.redeem(VrtAmount(holders)).is_ok());
            prop_assert!(book.assets.0 > 0);
        }
    }

    #[test]
    fn a_slash_costs_every_vrt_the_same(before in book(), cut in amount(), mine in amount()) {
        let cut = cut % before.assets.0;
        let mine = mine % before.supply.0;
        let after = before.slash(CollateralAmount(cut)).unwrap();
        prop_assert!(price_at_most(after, before));
        let (was, is) = (before.value_of(VrtAmount(mine)).unwrap().0, after.value_of(VrtAmount(mine)).unwrap().0);
        let fair = u128::from(mine) * u128::from(cut) / u128::from(before.supply.0);
        let loss = u128::from(was - is);
        prop_assert!(loss >= fair && loss <= fair + 1, "lost {} where {} is fair", loss, fair);
    }

    #[test]
    fn what_stays_and_what_is_queued_never_exceed_the_assets(book in book(), queued in amount()) {
        match book.staying(VrtAmount(queued)) {
            Ok(staying) => {
                let leaving = book.value_of(VrtAmount(queued)).unwrap();
                prop_assert!(staying.0.checked_add(leaving.0).unwrap() <= book.assets.0);
            }
            Err(_) => prop_assert!(queued > book.supply.0),
        }
    }

    #[test]
    fn slashes_of_one_epoch_stay_within_its_cap_and_spare_those_who_stay(
        assets in 1u64..u64::MAX / 2,
        cap in 1u16..=5_000,
        requests in prop::collection::vec((amount(), amount(), 0u64..3, amount(), any::<bool>()), 1..30),
    ) {
        let cap = Bps::new(cap).unwrap();
        let of = |base: u64| u128::from(base) * u128::from(cap.get()) / 10_000;
        let mut held = CollateralAmount(assets);
        let mut record = EpochCap::default();
        let mut epoch = 1u64;
        let (mut at_start, mut slashed) = (held.0, 0u64);
        for (requested, allocation, pass, flow, inward) in requests {
            epoch += pass;
            if pass > 0 {
                (at_start, slashed) = (held.0, 0);
            }
            record = record.at(epoch, held);
            // Others deposit or leave first.
            held = CollateralAmount(if inward {
                held.0.saturating_add(flow % (u64::MAX / 64)).min(u64::MAX / 2)
            } else {
                (held.0 - flow % held.0).max(1)
            });
            let limits = SlashLimits {
                requested: CollateralAmount(requested),
                allocation: CollateralAmount(allocation),
                exposed: held,
                cap_left: record.left(cap, held).unwrap(),
            };
            let taken = limits.bound();
            prop_assert!(taken.0 <= requested && taken.0 <= allocation && taken.0 <= held.0);
            if taken.0 > 0 {
                prop_assert!(u128::from(slashed + taken.0) <= of(held.0 + slashed));
            }
            record = record.record(taken).unwrap();
            held = held.sub(taken).unwrap();
            slashed += taken.0;
            prop_assert!(u128::from(slashed) <= of(at_start));
            prop_assert!(held.0 > 0);
        }
    }

    #[test]
    fn no_crowd_of_services_holds_a_ticket_beyond_its_release(
        ordered in 0u64..1_000,
        cooldown in 2u16..30,
        veto in 2u16..10,
        execution in 2u16..10,
        openings in prop::collection::vec(0u64..200, 0..50),
    ) {
        let terms = RequestTerms { veto_epochs: veto, execution_epochs: execution };
        let ticket = terms.ticket(ordered, cooldown).unwrap();
        let requests: Vec<(u64, RequestSchedule)> =
            openings.iter().map(|&o| (ordered + o, terms.request(ordered + o).unwrap())).collect();
        for epoch in ordered..ordered + 200 {
            let open: Vec<_> = requests.iter().filter(|(o, r)| *o <= epoch && epoch < r.expires_at).collect();
            let until = open.iter().map(|(_, r)| r.expires_at).max().unwrap_or(0);
            let held = ticket.is_held(epoch, u64::try_from(open.len()).unwrap(), until);
            if epoch >= ticket.released_at {
                prop_assert!(!held);
            } else {
                prop_assert_eq!(held, !open.is_empty());
            }
            // A request opened at most one lifetime after the cool-down holds the ticket in full.
            for (opened, request) in &open {
                if *opened <= ticket.unlocks_at + terms.lifetime() {
                    prop_assert!(ticket.is_held(request.expires_at - 1, 1, request.expires_at));
                }
            }
        }
    }

    #[test]
    fn one_allocation_is_under_request_at_most_half_of_the_time(opened in 0u64..1_000, veto in 2u16..10, run in 2u16..10) {
        let terms = RequestTerms { veto_epochs: veto, execution_epochs: run };
        let request = terms.request(opened).unwrap();
        prop_assert_eq!(request.executable_from, opened + u64::from(veto));
        prop_assert_eq!(request.expires_at, request.executable_from + u64::from(run));
        prop_assert_eq!(request.next_request_from - request.expires_at, request.expires_at - opened);
    }
}

#[test]
fn amounts_outside_their_range_are_refused() {
    let book = Book { assets: CollateralAmount(0), supply: VrtAmount(10) };
    assert_eq!(book.vrt_for(CollateralAmount(1)), Err(MathError::DivisionByZero));
    let book = Book { assets: CollateralAmount(1), supply: VrtAmount(u64::MAX) };
    assert_eq!(book.deposit(CollateralAmount(2)), Err(MathError::Overflow));
    assert_eq!(book.redeem(VrtAmount(u64::MAX)).map(|r| r.after.supply), Ok(VrtAmount(0)));
    assert_eq!(book.slash(CollateralAmount(2)), Err(MathError::Overflow));
    assert_eq!(Book::seeded(CollateralAmount(7)).staying(VrtAmount(8)), Err(MathError::Overflow));
    let terms = RequestTerms { veto_epochs: 2, execution_epochs: 2 };
    assert_eq!(terms.request(u64::MAX - 5), Err(MathError::Overflow));
    assert_eq!(terms.ticket(u64::MAX - 5, 2), Err(MathError::Overflow));
}
