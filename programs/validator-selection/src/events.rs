//! What happened, with before and after of every amount it changed: enough to rebuild the ledger from logs. What a
//! candidate is worth is read from the registry: an event for each would cost more than observing it.

use anchor_lang::prelude::*;

use crate::state::Params;

#[event(bytemuck)]
pub struct SelectionInitialized {
    pub config: Address,
    pub pool: Address,
    pub registry: Address,
    pub admin: Address,
    pub params: Params,
}

#[event(bytemuck)]
pub struct ParamsSet {
    pub config: Address,
    pub before: Params,
    pub after: Params,
}

#[event(bytemuck)]
pub struct AdminProposed {
    pub config: Address,
    pub admin: Address,
    pub proposed: Address,
}

#[event(bytemuck)]
pub struct AdminAccepted {
    pub config: Address,
    pub before: Address,
    pub after: Address,
}

#[event(bytemuck)]
pub struct CandidateJoined {
    pub config: Address,
    pub vote: Address,
    pub index: u64,
    /// Expected net yield, in 10^-12 per epoch.
    pub score: u64,
}

/// A candidate was banned or unbanned by the admin, or left or came back by its validator.
#[event(bytemuck)]
pub struct CandidateFlagged {
    pub config: Address,
    pub vote: Address,
    pub index: u64,
    pub flags_before: u64,
    pub flags_after: u64,
    pub target_before: u64,
    pub target_after: u64,
}

#[event(bytemuck)]
pub struct CandidateRemoved {
    pub config: Address,
    pub vote: Address,
    pub index: u64,
    /// The candidate that took its place; its own address if it was the last.
    pub moved: Address,
}

/// A batch was observed. Calibration sums are lamports and 10^9 lamport-credits of this epoch.
#[event(bytemuck)]
pub struct CandidatesObserved {
    pub config: Address,
    pub epoch: u64,
    /// Candidates of the batch that had not been observed this epoch.
    pub observed: u64,
    /// Yield of one credit, in 10^-18.
    pub kappa: u64,
    pub growth_before: u64,
    pub growth_after: u64,
    pub weight_before: u64,
    pub weight_after: u64,
}

/// The inputs and the outcome of an epoch's allocation, in lamports.
#[event(bytemuck)]
pub struct Allocated {
    pub config: Address,
    pub epoch: u64,
    pub total_lamports: u64,
    pub ticket_lamports: u64,
    pub stake_rent: u64,
    pub reserve_target: u64,
    pub cap: u64,
    pub move_limit: u64,
    pub targets_before: u64,
    pub targets_after: u64,
    /// Candidates with a target above zero.
    pub chosen: u64,
    pub candidates: u64,
    /// Candidates nobody observed in time.
    pub stale: u64,
}

/// A batch was rebalanced, in lamports. What moved with whom is in the pool's own events, from the same transaction.
#[event(bytemuck)]
pub struct Rebalanced {
    pub config: Address,
    pub epoch: u64,
    pub increases: u64,
    pub decreases: u64,
    /// This epoch's moves, to validators and from them.
    pub moved_up_before: u64,
    pub moved_up_after: u64,
    pub moved_down_before: u64,
    pub moved_down_after: u64,
    pub reserve_before: u64,
    pub reserve_after: u64,
}
