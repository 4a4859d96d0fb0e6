//! `explain`: what decided a candidate's stake, and what it would take to get more.

use anchor_lang::prelude::*;
use sluice_money::{Bps, Lamports, LstAmount, Rounding, mul_div};
use sluice_selection_math::{Constraint, Prospect, Yield, annual, outlook};
use staking_pool::state::Pool;

use crate::chain::read_candidate;
use crate::errors::{OrOverflow, SelectionError};
use crate::state::{Candidate, Config, Registry};

/// The answer to "when will I get stake?". Yields in 10^-12; amounts in lamports unless said otherwise.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct Explanation {
    /// The epoch of the allocation, and of the observation the rest is of; `u64::MAX`: never.
    pub allocated_epoch: u64,
    pub observed_epoch: u64,
    /// What it is ranked by, per epoch; of it, what the stake itself is expected to earn, and of that, what comes beside
    /// inflation; and what its bid adds.
    pub score: u64,
    pub expected: u64,
    pub extra: u64,
    pub bid: u64,
    /// What `expected` comes to in a year, compounded; 0 while the length of an epoch is not known.
    pub expected_apy: u64,
    /// What its stake realised in the last measured epoch, and what its bid came to.
    pub realised: u64,
    pub price: u64,
    /// Score of the best that did not get all it wanted; 0 where there was enough for all.
    pub clearing: u64,
    /// What it offers too little to take the place of the weakest that got stake, which counts for more by what a move
    /// costs; 0 for one that got some.
    pub lacks_yield: u64,
    pub held: u64,
    /// What it should hold after this epoch's moves, and when all are done.
    pub target: u64,
    pub ideal: u64,
    pub arrives_now: u64,
    pub leaves_now: u64,
    pub arrives_later: u64,
    pub leaves_later: u64,
    /// The most one validator may hold, and the most that bond and network share leave this one.
    pub cap: u64,
    pub bound: u64,
    /// What its bond is worth, and what it lacks to compete and to stand for the cap.
    pub bond: u64,
    pub lacks_bond: u64,
    /// Followed first of what holders directed, as of the last observation.
    pub directed: u64,
    pub worst_commission_bps: u16,
    pub aso: u16,
    pub country: u16,
    /// Codes of the constraint that decided, and of the one behind `bound`.
    pub constraint: u8,
    pub bound_by: u8,
    /// [`crate::state::flags`].
    pub flags: u8,
}

/// Specification
/// - changes nothing; whoever wants it simulates it, or calls it and reads the return data
/// - `index` is the candidate's place in the registry
/// - numbers are those the last allocation and the last observation wrote down; the bond is valued at the rate of this slot
#[derive(Accounts)]
pub struct Explain {
    pub config: Account<Config>,
    #[account(address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(address = config.pool @ SelectionError::WrongPool)]
    pub pool: Account<Pool>,
    pub vote: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<Explain>, index: u32) -> Result<Explanation> {
    let accounts = &ctx.accounts;
    let config = &accounts.config;
    let candidate = read_candidate(accounts.registry.as_slice(), index, accounts.vote.address())?;
    let ledger = accounts.pool.ledger().at(Clock::get()?.slot).or_overflow()?;
    let bond = ledger.lamports_for(LstAmount(candidate.bond)).unwrap_or_default();
    let joining = (config.params.join_bond / 2).saturating_sub(candidate.bond);
    let joining =
        mul_div(joining, ledger.value().or_overflow()?.0, ledger.supply.0, Rounding::Ceil).unwrap_or(0);
    let seat = candidate.seat();
    let has_a_place = config.clearing == 0 || seat.ideal > 0;
    let threshold = if has_a_place {
        0
    } else {
        weakest(accounts.registry.as_slice(), config.params.move_cost()).max(config.clearing)
    };
    let answer = outlook(
        seat,
        &Prospect {
            clearing: Yield(threshold),
            cap: Lamports(config.cap),
            bond,
            bid: candidate.bid(),
            least_bond: Bps::saturating(config.params.min_bond_bps),
            bond_epochs: config.params.bid_epochs,
        },
    );
    Ok(Explanation {
        allocated_epoch: config.allocated_epoch,
        observed_epoch: candidate.observed_epoch,
        score: seat.score,
        expected: candidate.expected,
        extra: candidate.extra,
        bid: candidate.bid().yielded().0,
        expected_apy: annual(Yield(candidate.expected), config.epoch_seconds),
        realised: candidate.realised,
        price: candidate.price,
        clearing: config.clearing,
        lacks_yield: answer.lacks_yield.0,
        held: seat.held,
        target: seat.target,
        ideal: seat.ideal,
        arrives_now: answer.arrives_now.0,
        leaves_now: answer.leaves_now.0,
        arrives_later: answer.arrives_later.0,
        leaves_later: answer.leaves_later.0,
        cap: config.cap,
        bound: seat.bound,
        bond: bond.0,
        lacks_bond: answer.lacks_bond.0.max(joining),
        directed: seat.directed,
        worst_commission_bps: candidate.worst_commission_bps,
        aso: seat.aso,
        country: seat.country,
        constraint: seat.constraint,
        bound_by: seat.bound_by,
        flags: candidate.flags,
    })
}

/// The least that a part of anybody's stake is worth, in yield, of those that rank and not direction gave. Costs grow
/// with the registry.
fn weakest(candidates: &[Candidate], move_cost: Bps) -> u64 {
    let (mut held, mut new) = (u64::MAX, u64::MAX);
    for seat in candidates.iter().map(Candidate::seat) {
        let least = if seat.ideal > seat.held { &mut new } else { &mut held };
        let is_less = seat.score < *least && seat.ideal > seat.directed;
        if is_less && seat.constraint != Constraint::Stale.code() {
            *least = seat.score;
        }
    }
    // What is held counts for more by what a move costs.
    let bonus = move_cost.of(held, Rounding::Ceil).unwrap_or(0);
    let least = new.min(held.saturating_add(bonus));
    if least == u64::MAX { 0 } else { least }
}
