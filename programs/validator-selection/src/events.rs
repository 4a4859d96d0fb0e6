//! What happened, with before and after of every amount it changed: enough to rebuild the ledger from logs. What a
//! candidate is worth is read from the registry: an event for each would cost more than observing it.

use anchor_lang::prelude::*;

use crate::state::{Params, Sums};

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
pub struct OracleSet {
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
    /// LST that came with it, in base units, and all bonds after that.
    pub bond: u64,
    pub bonds_after: u64,
}

/// A candidate was banned or unbanned by the admin, left or came back by its validator, or its identity was confirmed.
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

/// What the oracle says of a candidate.
#[event(bytemuck)]
pub struct CandidateGrouped {
    pub config: Address,
    pub vote: Address,
    pub index: u64,
    pub aso_before: u16,
    pub aso_after: u16,
    pub country_before: u16,
    pub country_after: u16,
}

/// LST was added to a bond, or a bond's owner asked for a part of it back, or took it. In base units of LST.
#[event(bytemuck)]
pub struct BondChanged {
    pub config: Address,
    pub vote: Address,
    /// Who paid, asked or was paid.
    pub by: Address,
    pub bond_before: u64,
    pub bond_after: u64,
    pub leaving_before: u64,
    pub leaving_after: u64,
    /// From when on what is leaving can be claimed.
    pub release_epoch: u64,
    pub bonds_after: u64,
}

/// In lamports per SOL and epoch. Counts from the next epoch's observation on.
#[event(bytemuck)]
pub struct BidSet {
    pub config: Address,
    pub vote: Address,
    pub before: u64,
    pub after: u64,
}

/// What a bond paid into the pool for one epoch. Rates in 10^-12 of the stake that earned.
#[event(bytemuck)]
pub struct BondCharged {
    pub config: Address,
    pub vote: Address,
    pub epoch: u64,
    /// Stake that earned, in lamports.
    pub earning: u64,
    /// For the bid, for performance, for a rise of commission.
    pub price: u64,
    pub shortfall: u64,
    pub rise: u64,
    /// What that comes to, in lamports and in base units of LST, and what was there to pay.
    pub lamports: u64,
    pub shares: u64,
    pub paid: u64,
    pub bond_after: u64,
    pub leaving_after: u64,
}

/// A range of candidates was settled: LST was burnt, which makes all others worth more. In base units.
#[event(bytemuck)]
pub struct BondsSettled {
    pub config: Address,
    pub epoch: u64,
    pub start: u64,
    pub settled: u64,
    pub burnt: u64,
    pub bonds_before: u64,
    pub bonds_after: u64,
    /// The rate LST was valued at: lamports and base units.
    pub value: u64,
    pub supply: u64,
}

/// A holder locked LST behind a validator, took it back, or was paid. In base units of LST.
#[event(bytemuck)]
pub struct DirectionChanged {
    pub config: Address,
    pub vote: Address,
    pub owner: Address,
    pub direction: Address,
    pub shares: u64,
    pub release_epoch: u64,
    /// Behind the validator, and in all, what is waiting included.
    pub behind_before: u64,
    pub behind_after: u64,
    pub directed_before: u64,
    pub directed_after: u64,
}

/// A batch was observed. Calibration sums are lamports, 10^9 lamport-credits and 10^6 lamports of this epoch.
#[event(bytemuck)]
pub struct CandidatesObserved {
    pub config: Address,
    pub epoch: u64,
    /// Candidates of the batch that had not been observed this epoch.
    pub observed: u64,
    /// Yield of one credit, in 10^-18, and what stake brings beside inflation, in 10^-12.
    pub kappa: u64,
    pub average_extra: u64,
    pub before: Sums,
    pub after: Sums,
}

/// An epoch's allocation was begun or went on.
#[event(bytemuck)]
pub struct AllocationAdvanced {
    pub config: Address,
    pub epoch: u64,
    /// Candidates that have not entered the ranking yet.
    pub left: u64,
    pub ideals: u64,
    pub targets: u64,
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
    /// What candidates should hold when all moves are done.
    pub ideals: u64,
    /// Score of the best that did not get all it wanted, in 10^-12; zero where there was enough.
    pub clearing: u64,
    /// What protection compares with: yield of a credit, in 10^-18, and credits.
    pub reference_kappa: u64,
    pub reference_credits: u64,
    /// Candidates with an ideal above zero.
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

/// Stake was taken from a validator that broke its word or stopped voting, in lamports.
#[event(bytemuck)]
pub struct EmergencyUnstaked {
    pub config: Address,
    pub vote: Address,
    pub epoch: u64,
    /// Code of the constraint it broke.
    pub reason: u64,
    pub lamports: u64,
    pub target_before: u64,
    /// Taken in this epoch's emergencies.
    pub taken_before: u64,
    pub taken_after: u64,
}
