//! What instructions read of the world: vote accounts, the pool's list, the network's stake.

use anchor_lang::address_eq;
use anchor_lang::prelude::*;
use sluice_chain_views::vote::VoteView;
use sluice_money::Bps;
use sluice_selection_math::{CreditsEntry, CreditsWindow, credits_window};
use staking_pool::state::{Pool, ValidatorRecord};

use crate::constants::*;
use crate::errors::SelectionError;
use crate::state::Candidate;

/// Refuses a pool that has not been updated this epoch.
#[inline(always)]
pub fn require_fresh(pool: &Pool, clock: &Clock) -> Result<()> {
    if pool.updated_epoch != clock.epoch {
        return Err(SelectionError::PoolStale.into());
    }
    Ok(())
}

/// The record at `index` of the pool's list, provided it is `vote`'s.
#[inline(always)]
pub fn record_at<'a>(
    records: &'a [ValidatorRecord],
    index: u32,
    vote: &Address,
) -> Option<&'a ValidatorRecord> {
    let record = records.get(usize::try_from(index).ok()?)?;
    address_eq(&record.vote, vote).then_some(record)
}

/// The candidate's record in the pool's list, at the place the caller names or else where it was last; remembers the
/// place. `None` means not found there, which is no proof that it is nowhere.
#[inline(always)]
pub fn find_record<'a>(
    records: &'a [ValidatorRecord],
    candidate: &mut Candidate,
    hint: u32,
) -> Option<&'a ValidatorRecord> {
    if let Some(record) = record_at(records, hint, &candidate.vote) {
        candidate.pool_index = hint;
        return Some(record);
    }
    record_at(records, candidate.pool_index, &candidate.vote)
}

/// Whether `vote` is anywhere in the pool's list. Costs grow with the list.
pub fn is_listed(records: &[ValidatorRecord], vote: &Address) -> bool {
    records.iter().any(|record| address_eq(&record.vote, vote))
}

/// The candidate at `index`, provided it is `vote`'s. Errors: `WrongCandidate`.
#[inline(always)]
pub fn read_candidate<'a>(candidates: &'a [Candidate], index: u32, vote: &Address) -> Result<&'a Candidate> {
    let candidate = usize::try_from(index).ok().and_then(|index| candidates.get(index));
    match candidate {
        Some(candidate) if address_eq(&candidate.vote, vote) => Ok(candidate),
        _ => Err(SelectionError::WrongCandidate.into()),
    }
}

/// The same where the candidate changes.
#[inline(always)]
pub fn candidate_of<'a>(
    candidates: &'a mut [Candidate],
    index: u32,
    vote: &Address,
) -> Result<&'a mut Candidate> {
    let candidate = usize::try_from(index).ok().and_then(|index| candidates.get_mut(index));
    match candidate {
        Some(candidate) if address_eq(&candidate.vote, vote) => Ok(candidate),
        _ => Err(SelectionError::WrongCandidate.into()),
    }
}

/// Refuses whoever is neither the node nor the authorized withdrawer of the vote account.
pub fn require_validator(vote: &AccountView, signer: &Address) -> Result<()> {
    let data = vote.try_borrow()?;
    let view = VoteView::parse(&data).map_err(|_| SelectionError::NotAVoteAccount)?;
    let signer = signer.as_array();
    require!(
        signer == view.node() || signer == view.authorized_withdrawer(),
        SelectionError::NotTheValidator
    );
    Ok(())
}

/// Refuses LST that anybody may burn, by an error of this program. Errors: `UnusableTokenAccount`.
#[inline(always)]
pub fn require_held(account: &AccountView) -> Result<()> {
    staking_pool::token::require_held(account).map_err(|_| SelectionError::UnusableTokenAccount.into())
}

/// What a vote account says at some epoch.
pub struct Sighting {
    pub credits: CreditsWindow,
    pub total_credits: u64,
    pub commission: Bps,
    pub block_commission_bps: u16,
    /// The slot of the last vote; 0: it never voted.
    pub last_vote_slot: u64,
    /// The first eight bytes of the node's address.
    pub identity: u64,
    pub withdrawer: Address,
}

/// `None` for anything but an initialized vote account.
#[inline(always)]
pub fn sight(vote: &AccountView, epoch: u64) -> Option<Sighting> {
    if !vote.owned_by(&VOTE_PROGRAM) {
        return None;
    }
    let data = vote.try_borrow().ok()?;
    let view = VoteView::parse(&data).ok()?;
    let entries =
        view.epoch_credits().map(|entry| CreditsEntry { epoch: entry.epoch, earned: entry.earned() });
    let (identity, _) = view.node().split_first_chunk::<8>()?;
    Some(Sighting {
        credits: credits_window(epoch, entries),
        total_credits: view.credits(),
        commission: Bps::saturating(view.inflation_commission_bps()),
        block_commission_bps: view.block_commission_bps(),
        last_vote_slot: view.last_vote_slot().unwrap_or(0),
        identity: u64::from_le_bytes(*identity),
        withdrawer: Address::new_from_array(*view.authorized_withdrawer()),
    })
}

/// Active stake in this epoch of a vote account, or of the whole network, in lamports, as the runtime knows it (SIMD-0133).
/// Off chain it is zero.
#[inline(always)]
pub fn network_stake(vote: Option<&Address>) -> u64 {
    #[cfg(target_os = "solana")]
    // SAFETY: the syscall reads 32 bytes at the pointer, or none where it is null.
    unsafe {
        let vote = vote.map_or(core::ptr::null(), |vote| vote.as_array().as_ptr());
        pinocchio::syscalls::sol_get_epoch_stake(vote)
    }
    #[cfg(not(target_os = "solana"))]
    {
        let _ = vote;
        0
    }
}
