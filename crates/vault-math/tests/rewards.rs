//! Rewards that stream, fees that rise on notice, and paths to a root.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use sluice_vault_math::*;

const C: fn(u64) -> CollateralAmount = CollateralAmount;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_is_paid_in_is_released_to_the_unit_and_never_early(
        steps in prop::collection::vec((0u64..2_000, 0u64..1_000_000_000_000, any::<bool>()), 1..40),
        slots in 2u64..1_000,
    ) {
        let (mut stream, mut slot) = (Stream::default(), 10u64);
        let (mut paid, mut out) = (0u64, 0u64);
        for (pass, amount, pays) in steps {
            slot += pass;
            let before = stream;
            let Released { after, released } = stream.release(slot).unwrap();
            prop_assert_eq!(after.locked.0 + released.0, before.locked.0);
            // Linear: never more than the elapsed part of what was locked.
            if slot < before.end_slot && before.locked.0 > 0 {
                let (elapsed, whole) = (slot - before.slot, before.end_slot - before.slot);
                prop_assert!(u128::from(released.0) * u128::from(whole) <= u128::from(before.locked.0) * u128::from(elapsed));
            }
            stream = after;
            out += released.0;
            if pays {
                stream = stream.add(slot, C(amount), slots).unwrap();
                paid += amount;
                // Nothing is put off beyond the length of a new stream.
                prop_assert!(stream.end_slot <= slot + slots);
            }
            prop_assert_eq!(paid, out + stream.locked.0);
        }
        let Released { after, released } = stream.release(slot + slots).unwrap();
        prop_assert_eq!(after.locked.0, 0);
        prop_assert_eq!(paid, out + released.0);
    }

    #[test]
    fn dust_puts_off_nobodys_rewards(locked in 1_000_000u64..u64::MAX / 2, left in 1u64..432_000, dust in 1u64..100) {
        let stream = Stream { locked: C(locked), slot: 0, end_slot: left };
        // Unit by unit, as often as it likes.
        let after = (0..dust).fold(stream, |stream, _| stream.add(0, C(1), 432_000).unwrap());
        prop_assert_eq!(after.end_slot, left);
        // All at once it counts for what it is.
        let once = stream.add(0, C(dust), 432_000).unwrap();
        prop_assert_eq!(once.end_slot, left + (432_000 - left) * dust / (locked + dust));
    }

    #[test]
    fn a_fee_rises_on_notice_and_by_steps_and_falls_at_once(
        changes in prop::collection::vec((0u16..3_000, 0u64..4), 1..40)
    ) {
        let bps = |value| Bps::new(value).unwrap();
        let rules = FeeRules { cap: bps(2_000), step: bps(200), notice_epochs: 2 };
        let (mut fee, mut epoch) = (ScheduledFee::default(), 5u64);
        let mut announced: Vec<(u64, Bps)> = Vec::new();
        for (to, pass) in changes {
            let before = fee.at(epoch).now;
            epoch += pass;
            let now = fee.at(epoch).now;
            prop_assert!(now <= rules.cap);
            if now > before {
                prop_assert!(now.get() - before.get() <= 200);
                prop_assert!(announced.iter().any(|(at, next)| *next == now && epoch >= at + 2));
            }
            match fee.change(bps(to), epoch, rules) {
                Ok(changed) => {
                    prop_assert!(to <= 2_000);
                    if bps(to) <= now {
                        prop_assert_eq!(changed.at(epoch).now, bps(to));
                        prop_assert_eq!(changed.next_epoch, 0);
                    } else {
                        prop_assert_eq!(changed.at(epoch + 1).now, now);
                        prop_assert_eq!(changed.at(epoch + 2).now, bps(to));
                        announced.push((epoch, bps(to)));
                    }
                    fee = changed;
                }
                Err(FeeRefusal::AboveCap) => prop_assert!(to > 2_000),
                Err(FeeRefusal::StepTooLarge) => prop_assert!(to - now.get() > 200),
                Err(FeeRefusal::Overflow) => prop_assert!(false),
            }
        }
    }

    #[test]
    fn only_what_is_in_the_tree_leads_to_its_root(
        amounts in prop::collection::vec(any::<u64>(), 1..20), pick in any::<prop::sample::Index>(), wrong in any::<u64>(),
    ) {
        let at = |index: usize, amount| {
            merkle::leaf(mix, &[7; 32], u32::try_from(index).unwrap(), &[u8::try_from(index).unwrap(); 32], amount)
        };
        let mut level: Vec<[u8; 32]> = amounts.iter().enumerate().map(|(i, amount)| at(i, *amount)).collect();
        let index = pick.index(amounts.len());
        let (mut proof, mut place) = (Vec::new(), index);
        while level.len() > 1 {
            if let Some(sibling) = level.get(place ^ 1) {
                proof.push(*sibling);
            }
            level = level
                .chunks(2)
                .map(|pair| match pair {
                    [one, other] => merkle::node(mix, one, other),
                    rest => *rest.first().unwrap(),
                })
                .collect();
            place /= 2;
        }
        let root = *level.first().unwrap();
        let amount = *amounts.get(index).unwrap();
        prop_assert_eq!(merkle::root(mix, at(index, amount), &proof), root);
        if wrong != amount {
            prop_assert_ne!(merkle::root(mix, at(index, wrong), &proof), root);
        }
        if amounts.len() > 1 {
            // An inner node is no leaf, and a part of a proof is none.
            prop_assert_ne!(merkle::root(mix, at(index, amount), proof.get(1..).unwrap()), root);
        }
    }
}

/// A stand-in for SHA-256 that mixes every byte: the paths are under test, not the hash.
fn mix(parts: &[&[u8]]) -> [u8; 32] {
    let mut state = [0x9e37_79b9_7f4a_7c15u64, 1, 2, 3];
    for byte in parts.iter().flat_map(|part| part.iter()) {
        for (lane, word) in (1u64..).zip(state.iter_mut()) {
            *word =
                (*word ^ u64::from(*byte)).wrapping_mul(0xbf58_476d_1ce4_e5b9 | (lane << 1)).rotate_left(29)
                    ^ (*word >> 31);
        }
    }
    let mut out = [0; 32];
    for (place, byte) in out.iter_mut().zip(state.iter().flat_map(|word| word.to_le_bytes())) {
        *place = byte;
    }
    out
}

#[test]
fn a_stream_at_the_end_of_time_is_refused() {
    let stream = Stream { locked: C(1), slot: 0, end_slot: 1 };
    assert_eq!(stream.add(0, C(u64::MAX), 10), Err(MathError::Overflow));
    assert_eq!(Stream::default().add(u64::MAX, C(1), 2), Err(MathError::Overflow));
    assert_eq!(Stream::default().add(7, C(0), 2), Ok(Stream { locked: C(0), slot: 7, end_slot: 7 }));
    let fee = ScheduledFee::default();
    let rules = FeeRules { cap: Bps::ONE, step: Bps::ONE, notice_epochs: 2 };
    assert_eq!(fee.change(Bps::ONE, u64::MAX, rules), Err(FeeRefusal::Overflow));
    assert_eq!(FeeRefusal::from(MathError::DivisionByZero), FeeRefusal::Overflow);
}
