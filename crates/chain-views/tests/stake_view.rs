//! The stake view against the stake program's own types, over random states and arbitrary bytes; warm-up and cool-down
//! against its own arithmetic, over random histories.

// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;
use sluice_chain_views::stake::*;
use solana_stake_interface::stake_flags::StakeFlags;
use solana_stake_interface::stake_history::{StakeHistoryEntry, StakeHistoryGetEntry};
use solana_stake_interface::state::{Authorized, Delegation, Lockup, Meta, Stake, StakeStateV2};

fn metas() -> impl Strategy<Value = Meta> {
    let key = prop_oneof![Just([7; 32]), any::<[u8; 32]>()];
    let word = || prop_oneof![Just(0_u64), any::<u64>()];
    (key.clone(), key, word(), word(), any::<[u8; 32]>()).prop_map(
        |(staker, withdrawer, timestamp, epoch, custodian)| Meta {
            authorized: Authorized { staker: staker.into(), withdrawer: withdrawer.into() },
            lockup: Lockup { unix_timestamp: timestamp.cast_signed(), epoch, custodian: custodian.into() },
            ..Meta::default()
        },
    )
}

fn stakes() -> impl Strategy<Value = Stake> {
    let epoch = || prop_oneof![Just(u64::MAX), any::<u64>(), 0..1_000_u64];
    (any::<[u8; 32]>(), any::<u64>(), epoch(), epoch(), any::<u64>()).prop_map(
        |(voter, stake, activation_epoch, deactivation_epoch, credits_observed)| Stake {
            delegation: Delegation {
                voter_pubkey: voter.into(),
                stake,
                activation_epoch,
                deactivation_epoch,
                ..Delegation::default()
            },
            credits_observed,
        },
    )
}

fn states() -> impl Strategy<Value = StakeStateV2> {
    let flags = any::<u8>().prop_map(|bits| bincode::deserialize::<StakeFlags>(&[bits]).unwrap());
    prop_oneof![
        Just(StakeStateV2::Uninitialized),
        Just(StakeStateV2::RewardsPool),
        metas().prop_map(StakeStateV2::Initialized),
        (metas(), stakes(), flags).prop_map(|(meta, stake, flags)| StakeStateV2::Stake(meta, stake, flags)),
    ]
}

/// The account's bytes: zeros behind the state, as on chain, and perhaps more of them than there are today.
fn bytes(state: &StakeStateV2, surplus: usize) -> Vec<u8> {
    let mut bytes = bincode::serialize(state).unwrap();
    assert!(bytes.len() <= STAKE_ACCOUNT_SIZE);
    bytes.resize(STAKE_ACCOUNT_SIZE + surplus, 0);
    bytes
}

fn assert_meta(view: &StakeView, meta: &Meta) -> Result<(), TestCaseError> {
    for key in [meta.authorized.staker, meta.authorized.withdrawer, [7; 32].into()] {
        let held = meta.authorized.staker == key
            && meta.authorized.withdrawer == key
            && meta.lockup.unix_timestamp == 0
            && meta.lockup.epoch == 0;
        prop_assert_eq!(view.is_held_by(&key.to_bytes()), held);
    }
    Ok(())
}

/// The view says what the stake program's own deserialization of the same bytes says.
fn assert_agrees(bytes: &[u8]) -> Result<(), TestCaseError> {
    let view = StakeView::parse(bytes);
    if bytes.len() < STAKE_ACCOUNT_SIZE {
        prop_assert_eq!(view.err(), Some(StakeViewError::TooShort));
        return Ok(());
    }
    match bincode::deserialize::<StakeStateV2>(bytes) {
        Err(_) | Ok(StakeStateV2::RewardsPool) => {
            prop_assert_eq!(view.err(), Some(StakeViewError::UnknownState));
        }
        Ok(StakeStateV2::Uninitialized) => {
            prop_assert_eq!(view.unwrap().kind(), StakeKind::Uninitialized);
        }
        Ok(StakeStateV2::Initialized(meta)) => {
            let view = view.unwrap();
            prop_assert_eq!(view.kind(), StakeKind::Initialized);
            assert_meta(&view, &meta)?;
        }
        Ok(StakeStateV2::Stake(meta, stake, _)) => {
            let view = view.unwrap();
            prop_assert_eq!(view.kind(), StakeKind::Delegated);
            assert_meta(&view, &meta)?;
            prop_assert_eq!(view.voter(), &stake.delegation.voter_pubkey.to_bytes());
            prop_assert_eq!(view.delegated(), stake.delegation.stake);
            prop_assert_eq!(view.activation_epoch(), stake.delegation.activation_epoch);
            prop_assert_eq!(view.deactivation_epoch(), stake.delegation.deactivation_epoch);
        }
    }
    Ok(())
}

/// A stake history that may have holes, which the real one does not.
#[derive(Clone, Debug, Default)]
struct History(HashMap<u64, StakeHistoryEntry>);

impl StakeHistoryGetEntry for History {
    fn get_entry(&self, epoch: u64) -> Option<StakeHistoryEntry> {
        self.0.get(&epoch).cloned()
    }
}

impl History {
    fn cluster(&self, epoch: u64) -> Option<ClusterStake> {
        self.0.get(&epoch).map(|entry| ClusterStake {
            effective: entry.effective,
            activating: entry.activating,
            deactivating: entry.deactivating,
        })
    }
}

/// Lamports of a delegation or of the cluster: nothing, dust, or up to nearly 600 million SOL, which is what there is.
fn lamports() -> impl Strategy<Value = u64> {
    prop_oneof![1 => Just(0), 2 => 1..1_000_u64, 4 => 0..1_u64 << 40, 4 => 0..1_u64 << 59]
}

fn histories() -> impl Strategy<Value = History> {
    let entry = (lamports(), lamports(), lamports()).prop_map(|(effective, activating, deactivating)| {
        StakeHistoryEntry { effective, activating, deactivating }
    });
    vec(prop_oneof![1 => Just(None), 6 => entry.prop_map(Some)], 0..24).prop_map(|entries| {
        let known = (0..).zip(entries).filter_map(|(epoch, entry)| Some((epoch, entry?)));
        History(known.collect())
    })
}

/// An epoch of the histories, somewhat beyond, or none at all.
fn epochs() -> impl Strategy<Value = u64> {
    prop_oneof![20 => 0..28_u64, 2 => Just(u64::MAX), 1 => any::<u64>()]
}

fn theirs(stake: u64, from: u64, until: u64, epoch: u64, history: &History) -> Activation {
    let delegation =
        Delegation { stake, activation_epoch: from, deactivation_epoch: until, ..Delegation::default() };
    let status = delegation.stake_activating_and_deactivating_v2(epoch, history, Some(0));
    Activation {
        effective: status.effective,
        activating: status.activating,
        deactivating: status.deactivating,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn the_view_agrees_with_the_stake_program_on_every_state(state in states(), surplus in 0_usize..100) {
        assert_agrees(&bytes(&state, surplus))?;
    }

    #[test]
    fn a_damaged_account_is_read_as_the_stake_program_reads_it(
        state in states(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        keep in prop_oneof![Just(STAKE_ACCOUNT_SIZE), 0..STAKE_ACCOUNT_SIZE],
    ) {
        let mut bytes = bytes(&state, 0);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(keep);
        assert_agrees(&bytes)?;
    }

    #[test]
    fn arbitrary_bytes_never_panic(mut bytes in vec(any::<u8>(), 0..400), tag in 0_u8..6, tagged in any::<bool>()) {
        if tagged && bytes.len() >= 4 {
            bytes[..4].copy_from_slice(&[tag, 0, 0, 0]);
        }
        assert_agrees(&bytes)?;
        if let Ok(view) = StakeView::parse(&bytes) {
            let history = |_| Some(ClusterStake { effective: 1, activating: u64::MAX, deactivating: u64::MAX });
            let until = view.deactivation_epoch();
            let epoch = view.activation_epoch().saturating_add(5).min(until.saturating_add(5));
            let activation = activation_at(view.delegated(), view.activation_epoch(), until, epoch, history);
            prop_assert!(activation.effective <= view.delegated());
        }
    }

    #[test]
    fn activation_is_the_stake_programs(
        stake in lamports(),
        from in epochs(),
        until in epochs(),
        epoch in epochs(),
        history in histories(),
    ) {
        let ours = activation_at(stake, from, until, epoch, |epoch| history.cluster(epoch));
        prop_assert_eq!(ours, theirs(stake, from, until, epoch, &history));
    }

    #[test]
    fn activation_is_the_stake_programs_over_the_whole_life_of_a_delegation(
        stake in 1..1_u64 << 59,
        from in 0..10_u64,
        lasting in 0..10_u64,
        effective in vec(1..1_u64 << 59, 32),
        ratio in vec(1..400_u64, 32),
    ) {
        // A history without holes, in which from a four-hundredth to four times the effective stake is moving.
        let entries = effective.iter().zip(&ratio).map(|(effective, ratio)| {
            let moving = (effective / 100).saturating_mul(*ratio).clamp(1, 1 << 59);
            StakeHistoryEntry { effective: *effective, activating: moving, deactivating: moving }
        });
        let history = History((0..).zip(entries).collect());
        let until = from + lasting;
        let mut before = Activation::default();
        for epoch in 0..34 {
            let ours = activation_at(stake, from, until, epoch, |epoch| history.cluster(epoch));
            prop_assert_eq!(ours, theirs(stake, from, until, epoch, &history));
            prop_assert!(ours.effective + ours.activating <= stake);
            // It rises until it is told to fall, and then falls.
            if epoch <= until {
                prop_assert!(ours.effective >= before.effective);
            } else {
                prop_assert!(ours.effective <= before.effective);
            }
            before = ours;
        }
    }

    /// The limit of 9 % met exactly, and missed by little: where a shortcut would be found out.
    #[test]
    fn activation_is_the_stake_programs_at_the_very_limit(
        effective in 1..1_u64 << 59,
        off in -20_000_i64..20_000,
        stake in lamports(),
    ) {
        let limit = u64::try_from(u128::from(effective) * u128::from(WARMUP_COOLDOWN_BPS) / 10_000).unwrap();
        let moving = limit.saturating_add_signed(off);
        let entry = StakeHistoryEntry { effective, activating: moving, deactivating: moving };
        let history = History(HashMap::from([(3, entry.clone()), (4, entry)]));
        for (from, until, epoch) in [(3, u64::MAX, 4), (3, u64::MAX, 5), (0, 3, 4), (0, 3, 5), (3, 4, 5)] {
            let ours = activation_at(stake, from, until, epoch, |epoch| history.cluster(epoch));
            prop_assert_eq!(ours, theirs(stake, from, until, epoch, &history));
        }
    }
}

#[test]
fn the_layout_is_the_stake_programs() {
    assert_eq!(StakeStateV2::size_of(), STAKE_ACCOUNT_SIZE);
    assert_eq!(StakeView::parse(&[0; STAKE_ACCOUNT_SIZE - 1]).err(), Some(StakeViewError::TooShort));
    assert_eq!(StakeView::parse(&[]).err(), Some(StakeViewError::TooShort));
    assert_eq!(StakeView::parse(&[0; STAKE_ACCOUNT_SIZE]).unwrap().kind(), StakeKind::Uninitialized);
    assert_eq!(StakeView::parse(&[3; STAKE_ACCOUNT_SIZE]).err(), Some(StakeViewError::UnknownState));
}

#[test]
fn nine_hundredths_of_the_cluster_warm_up_in_an_epoch() {
    // 1,000 SOL are effective and 1,000 wait: 90 an epoch may pass, and of them a tenth is a tenth's.
    let cluster = ClusterStake { effective: 1_000, activating: 1_000, deactivating: 1_000 };
    let at = |epoch| activation_at(100, 10, 14, epoch, |_| Some(cluster));
    let steps: Vec<_> = (9..=16).map(|epoch| (at(epoch).effective, at(epoch).activating)).collect();
    // 9; then 9 % of the 91 that wait, which is 8; then 7 of 83; then 6 of 76.
    assert_eq!(steps[..5], [(0, 0), (0, 100), (9, 91), (17, 83), (24, 76)]);
    // Told to stop in epoch 14, when 30 were effective: 2 leave, then 2 more.
    assert_eq!(at(14), Activation { effective: 30, activating: 0, deactivating: 30 });
    assert_eq!(steps[6..], [(28, 0), (26, 0)]);
}
