//! The vote view against the vote program's own (de)serialization, over random states of all three layouts and
//! over arbitrary bytes.

// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use proptest::collection::vec;
use proptest::prelude::*;
use sluice_chain_views::vote::*;
use solana_vote_interface::authorized_voters::AuthorizedVoters;
use solana_vote_interface::state::{
    BlockTimestamp, LandedVote, Lockout, MAX_EPOCH_CREDITS_HISTORY, VoteState1_14_11, VoteStateV3,
    VoteStateV4, VoteStateVersions,
};

/// What the layouts have in common, drawn at random.
#[derive(Clone, Debug)]
struct Fields {
    node: [u8; 32],
    withdrawer: [u8; 32],
    commission: u16,
    block_commission: u16,
    bls: Option<bool>,
    votes: Vec<(u8, u64, u32)>,
    root: Option<u64>,
    voters: Vec<(u64, [u8; 32])>,
    credits: Vec<(u64, u64, u64)>,
    timestamp: (u64, i64),
    size: usize,
}

fn fields() -> impl Strategy<Value = Fields> {
    let keys = (any::<[u8; 32]>(), any::<[u8; 32]>(), any::<u16>(), any::<u16>(), any::<Option<bool>>());
    let lists = (
        vec(any::<(u8, u64, u32)>(), 0..=31),
        any::<Option<u64>>(),
        vec(any::<(u64, [u8; 32])>(), 0..=4),
        vec(any::<(u64, u64, u64)>(), 0..=MAX_EPOCH_CREDITS_HISTORY),
        any::<(u64, i64)>(),
        3_762usize..=3_800,
    );
    (keys, lists).prop_map(
        |(
            (node, withdrawer, commission, block_commission, bls),
            (votes, root, voters, credits, timestamp, size),
        )| {
            Fields {
                node,
                withdrawer,
                commission,
                block_commission,
                bls,
                votes,
                root,
                voters,
                credits,
                timestamp,
                size,
            }
        },
    )
}

impl Fields {
    fn voters(&self) -> AuthorizedVoters {
        let mut voters = AuthorizedVoters::default();
        for (epoch, key) in &self.voters {
            voters.insert(*epoch, (*key).into());
        }
        voters
    }

    fn lockouts(&self) -> impl Iterator<Item = (u8, Lockout)> {
        self.votes
            .iter()
            .map(|(latency, slot, count)| (*latency, Lockout::new_with_confirmation_count(*slot, *count)))
    }

    fn landed(&self) -> std::collections::VecDeque<LandedVote> {
        self.lockouts().map(|(latency, lockout)| LandedVote { latency, lockout }).collect()
    }

    fn timestamp(&self) -> BlockTimestamp {
        BlockTimestamp { slot: self.timestamp.0, timestamp: self.timestamp.1 }
    }

    fn percent(&self) -> u8 {
        self.commission.to_le_bytes()[0]
    }

    fn state(&self, version: VoteVersion) -> VoteStateVersions {
        match version {
            VoteVersion::V1_14_11 => VoteStateVersions::V1_14_11(Box::new(VoteState1_14_11 {
                node_pubkey: self.node.into(),
                authorized_withdrawer: self.withdrawer.into(),
                commission: self.percent(),
                votes: self.lockouts().map(|(_, lockout)| lockout).collect(),
                root_slot: self.root,
                authorized_voters: self.voters(),
                epoch_credits: self.credits.clone(),
                last_timestamp: self.timestamp(),
                ..Default::default()
            })),
            VoteVersion::V3 => VoteStateVersions::V3(Box::new(VoteStateV3 {
                node_pubkey: self.node.into(),
                authorized_withdrawer: self.withdrawer.into(),
                commission: self.percent(),
                votes: self.landed(),
                root_slot: self.root,
                authorized_voters: self.voters(),
                epoch_credits: self.credits.clone(),
                last_timestamp: self.timestamp(),
                ..Default::default()
            })),
            VoteVersion::V4 => VoteStateVersions::V4(Box::new(VoteStateV4 {
                node_pubkey: self.node.into(),
                authorized_withdrawer: self.withdrawer.into(),
                inflation_rewards_commission_bps: self.commission,
                block_revenue_commission_bps: self.block_commission,
                bls_pubkey_compressed: self.bls.map(|ones| [u8::from(ones); 48]),
                votes: self.landed(),
                root_slot: self.root,
                authorized_voters: self.voters(),
                epoch_credits: self.credits.clone(),
                last_timestamp: self.timestamp(),
                ..Default::default()
            })),
        }
    }

    /// The account's bytes, zeros behind the state as on chain.
    fn bytes(&self, version: VoteVersion) -> Vec<u8> {
        let mut bytes = vec![0; self.size];
        VoteStateV4::serialize(&self.state(version), &mut bytes).unwrap();
        bytes
    }
}

fn versions() -> impl Strategy<Value = VoteVersion> {
    prop_oneof![Just(VoteVersion::V1_14_11), Just(VoteVersion::V3), Just(VoteVersion::V4)]
}

/// The view says what the vote program's own deserialization of the same bytes says.
fn assert_agrees(bytes: &[u8]) -> Result<(), TestCaseError> {
    let view = VoteView::parse(bytes);
    let Ok(theirs) = VoteStateV4::deserialize(bytes, &Default::default()) else {
        prop_assert!(view.is_err());
        return Ok(());
    };
    let tag = bytes[0];
    if theirs.authorized_voters.is_empty() && tag != 3 {
        prop_assert_eq!(view.unwrap_err(), VoteViewError::Uninitialized);
        return Ok(());
    }
    let view = view.unwrap();
    prop_assert_eq!(
        view.version(),
        [VoteVersion::V1_14_11, VoteVersion::V3, VoteVersion::V4][usize::from(tag) - 1]
    );
    prop_assert_eq!(view.node(), &theirs.node_pubkey.to_bytes());
    prop_assert_eq!(view.authorized_withdrawer(), &theirs.authorized_withdrawer.to_bytes());
    prop_assert_eq!(view.inflation_commission_bps(), theirs.inflation_rewards_commission_bps);
    prop_assert_eq!(view.block_commission_bps(), theirs.block_revenue_commission_bps);
    prop_assert_eq!(view.last_vote_slot(), theirs.votes.back().map(|vote| vote.lockout.slot()));
    prop_assert_eq!(view.credits(), theirs.credits());
    let credits: Vec<_> =
        view.epoch_credits().map(|entry| (entry.epoch, entry.credits, entry.previous)).collect();
    prop_assert_eq!(view.epoch_credits().len(), theirs.epoch_credits.len());
    prop_assert_eq!(credits, theirs.epoch_credits);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_view_agrees_with_the_vote_program_on_every_layout(fields in fields(), version in versions()) {
        assert_agrees(&fields.bytes(version))?;
    }

    #[test]
    fn a_damaged_account_is_read_as_the_vote_program_reads_it(
        fields in fields(),
        version in versions(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        keep in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = fields.bytes(version);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(keep.index(bytes.len()).max(1));
        }
        // The cursor the vote program reads with takes counts as large as memory: leave those to the test below.
        if VoteView::parse(&bytes).is_ok() {
            assert_agrees(&bytes)?;
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(mut bytes in vec(any::<u8>(), 0..4_000), tag in 0u8..5, tagged in any::<bool>()) {
        if tagged && bytes.len() >= 4 {
            bytes[..4].copy_from_slice(&[tag, 0, 0, 0]);
        }
        if let Ok(view) = VoteView::parse(&bytes) {
            let _ = view.epoch_credits().map(|entry| entry.earned()).fold(0, u64::wrapping_add);
            let _ = (view.credits(), view.last_vote_slot(), view.node());
        }
    }

    #[test]
    fn an_account_cut_anywhere_inside_its_state_is_refused(fields in fields(), version in versions(), at in any::<prop::sample::Index>()) {
        let mut fields = fields;
        fields.voters.push((0, [1; 32]));
        fields.size += 40; // Room for that voter.

        let state = VoteStateV4::deserialize(&fields.bytes(version), &Default::default());
        prop_assert!(state.is_ok());
        // The length of the state itself, without the zeros behind it.
        let bytes = fields.bytes(version);
        let whole = (0..=bytes.len()).find(|end| VoteView::parse(&bytes[..*end]).is_ok()).unwrap();
        let cut = at.index(whole);
        prop_assert_eq!(VoteView::parse(&bytes[..cut]).unwrap_err(), VoteViewError::TooShort);
    }
}

#[test]
fn accounts_that_were_never_initialized_are_told_apart() {
    assert_eq!(VoteView::parse(&[0; 3_762]).unwrap_err(), VoteViewError::Uninitialized);
    assert_eq!(VoteView::parse(&[]).unwrap_err(), VoteViewError::TooShort);
    assert_eq!(VoteView::parse(&[4, 0, 0, 0]).unwrap_err(), VoteViewError::UnknownVersion);
    let mut bytes = vec![0; 3_762];
    VoteStateV4::serialize(&VoteStateVersions::new_v3(VoteStateV3::default()), &mut bytes).unwrap();
    assert_eq!(VoteView::parse(&bytes).unwrap_err(), VoteViewError::Uninitialized);
}

#[test]
fn an_option_flag_other_than_zero_or_one_is_malformed() {
    let mut bytes = vec![0; 3_762];
    VoteStateV4::serialize(&VoteStateVersions::new_v4(VoteStateV4::default()), &mut bytes).unwrap();
    assert!(VoteView::parse(&bytes).is_ok());
    bytes[144] = 2;
    assert_eq!(VoteView::parse(&bytes).unwrap_err(), VoteViewError::Malformed);
}

#[test]
fn credits_that_go_backwards_earn_nothing() {
    assert_eq!(EpochCredits { epoch: 1, credits: 5, previous: 7 }.earned(), 0);
}
