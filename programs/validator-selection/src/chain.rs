//! What instructions read of the world: vote accounts, the pool's list, and what both say of a candidate.

use anchor_lang::address_eq;
use anchor_lang::prelude::*;
use sluice_chain_views::vote::VoteView;
use sluice_money::{Bps, Lamports};
use sluice_selection_math::{
    Calibration, CreditsEntry, CreditsWindow, Kappa, Surplus, Yield, commission_at, credits_window, model,
    net_credits, realised, record_commission, score, worst_commission,
};
use staking_pool::state::{Pool, ValidatorRecord};

use crate::constants::*;
use crate::errors::SelectionError;
use crate::state::{Candidate, Config};

/// Refuses a pool that has not been updated this epoch.
#[inline(always)]
pub fn require_fresh(pool: &Pool, clock: &Clock) -> Result<()> {
    if pool.updated_epoch != clock.epoch {
        return Err(SelectionError::PoolStale.into());
    }
    Ok(())
}

/// Whether the chain is still paying the rewards of the last epoch: stake instructions fail meanwhile. Layout of the
/// sysvar: block height u64, partitions u64, hash, points u128, two u64, active.
pub fn epoch_rewards_active() -> Result<bool> {
    let mut active = [0u8; 1];
    pinocchio::sysvars::get_sysvar(&mut active, &EPOCH_REWARDS_SYSVAR, 80)?;
    Ok(active != [0])
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

/// The candidate at `index`, provided it is `vote`'s.
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

/// Whether `vote` is a vote account stake can be delegated to.
#[inline(always)]
pub fn is_vote_account(vote: &AccountView) -> bool {
    vote.owned_by(&VOTE_PROGRAM) && vote.try_borrow().is_ok_and(|data| VoteView::parse(&data).is_ok())
}

/// What a vote account says at some epoch.
struct Sighting {
    credits: CreditsWindow,
    total_credits: u64,
    commission: Bps,
    block_commission_bps: u16,
}

/// `None` for anything but an initialized vote account.
#[inline(always)]
fn sight(vote: &AccountView, epoch: u64) -> Option<Sighting> {
    if !vote.owned_by(&VOTE_PROGRAM) {
        return None;
    }
    let data = vote.try_borrow().ok()?;
    let view = VoteView::parse(&data).ok()?;
    let entries =
        view.epoch_credits().map(|entry| CreditsEntry { epoch: entry.epoch, earned: entry.earned() });
    Some(Sighting {
        credits: credits_window(epoch, entries),
        total_credits: view.credits(),
        commission: Bps::saturating(view.inflation_commission_bps()),
        block_commission_bps: view.block_commission_bps(),
    })
}

/// Takes in what `vote`, the candidate's account, and `record`, its place in the pool, say in `epoch`. True if this is
/// the candidate's first observation of the epoch.
///
/// Every epoch counts once: a second observation adds nothing but a commission that was raised since, and a realised
/// yield the pool had not measured before. An account that is gone scores nothing and stops nobody.
#[inline(always)]
pub fn observe(
    config: &mut Config,
    candidate: &mut Candidate,
    record: Option<&ValidatorRecord>,
    vote: &AccountView,
    epoch: u64,
) -> bool {
    let first = candidate.observed_epoch != epoch;
    let kappa = Kappa(config.kappa);
    let Some(seen) = sight(vote, epoch) else {
        candidate.observed_epoch = epoch;
        candidate.credits = 0;
        candidate.last_credits = 0;
        candidate.history = 0;
        candidate.score = 0;
        if first {
            candidate.idle = candidate.idle.saturating_add(1);
        }
        return first;
    };

    let recreated = seen.total_credits < candidate.total_credits;
    if recreated {
        candidate.surplus_ppm = 0;
    }
    let last =
        if recreated || candidate.observed_epoch == NEVER { None } else { Some(candidate.observed_epoch) };
    record_commission(&mut candidate.commissions, last, epoch, seen.commission);
    let worst = worst_commission(&candidate.commissions);
    candidate.worst_commission_bps = worst.get();
    candidate.observed_epoch = epoch;
    candidate.total_credits = seen.total_credits;
    candidate.credits = seen.credits.expected;
    candidate.last_credits = seen.credits.last;
    candidate.history = seen.credits.history;
    candidate.block_commission_bps = seen.block_commission_bps;
    if first {
        candidate.idle = if seen.credits.last == 0 { candidate.idle.saturating_add(1) } else { 0 };
    }

    if candidate.realised_epoch != epoch {
        learn(config, candidate, record, kappa, epoch);
    }

    let net = net_credits(candidate.credits, worst);
    let Yield(scored) = score(model(kappa, net), Surplus(candidate.surplus_ppm));
    candidate.score = scored;
    first
}

/// Compares what the pool's stake with the candidate realised last epoch with what its credits promised, once an epoch.
/// Without stake worth measuring, what was known fades; growth of several epochs at once tells nothing of one, and
/// what was known stays.
#[inline(always)]
fn learn(
    config: &mut Config,
    candidate: &mut Candidate,
    record: Option<&ValidatorRecord>,
    kappa: Kappa,
    epoch: u64,
) {
    let surplus = Surplus(candidate.surplus_ppm);
    let measured = match record {
        Some(record) if record.updated_epoch != epoch => return,
        Some(record) if record.growth_epochs > 1 => {
            candidate.realised_epoch = epoch;
            return;
        }
        Some(record) => realised(Lamports(record.earning), record.growth).map(|yielded| (record, yielded)),
        // It was in the list and is not where anybody says: whoever names its place brings the evidence.
        None if candidate.pool_index != NOT_IN_POOL => return,
        None => None,
    };
    candidate.realised_epoch = epoch;
    let Some((record, yielded)) = measured else {
        candidate.surplus_ppm = surplus.forget().0;
        return;
    };
    // The rewards paid this epoch are for the credits of the last one, at the commission in force when the epoch before
    // that one began (SIMD-0249).
    let commission = commission_at(&candidate.commissions, epoch.wrapping_sub(2));
    let net = net_credits(candidate.last_credits, commission);
    candidate.surplus_ppm = surplus.observe(yielded, model(kappa, net)).0;
    config.calibrate(Calibration::of(kappa, Lamports(record.earning), record.growth, yielded, net));
}
