//! What a validator is worth, how much it gets, what it owes, and what has to move: the formulas of validator-selection.
//!
//! Owns the units of yield, the score, the auction, protection, the allocation and the size of a move. Never knows an
//! account, a program or the chain: the same crate runs on chain, in the simulator and in the tests. Nothing here fails
//! or panics; numbers no honest chain produces saturate.
//!
//! # The score
//!
//! Net yield the pool may expect of stake with a validator over the next epoch, in [`Yield`] (10^-12 per epoch):
//!
//! ```text
//! model    = kappa * expected credits * (1 - worst commission)      rounded down, twice
//! expected = model * (1 + deviation) + extra                        rounded down
//! score    = expected + bid
//! ```
//!
//! `kappa` is what one credit earned, net of commission, per unit of stake: one number for the whole cluster, measured
//! on the pool's own stake. `deviation` is what inflation paid this validator's stake above or below its model:
//! commission taken and not shown, for one. `extra` is what came beside inflation: tips and block revenue passed on.
//! Both are smoothed, and bounded above, so a validator that donates to itself buys no more than that; without the
//! pool's stake they move toward the pool's own averages. Commission alone never ranks.
//!
//! # The allocation
//!
//! Moving a unit of stake costs [`PlanTerms::move_cost`] in yield and pays the difference of two scores for as long as the
//! horizon. So what a validator holds is worth `score * (1 + cost / horizon)` to the pool, and what it could get beyond
//! that `score`: stake goes to the parts that are worth most, in that order, within every cap. Where caps of two kinds of
//! groups cross, that order is not the best one, and stake is exchanged between groups until no exchange gains.
#![no_std]

mod apy;
mod auction;
mod budget;
mod commission;
mod constraint;
mod credits;
mod outlook;
mod plan;
mod protection;
mod rebalance;
mod score;
mod seat;

pub use apy::{YEAR_SECONDS, annual};
pub use auction::{Bid, bond_for, bonded_stake, price};
pub use budget::{Budget, Funds, Terms, budget};
pub use commission::{commission_at, record_commission, worst_commission};
pub use constraint::Constraint;
pub use credits::{CreditsEntry, CreditsWindow, WINDOW, credits_window};
pub use outlook::{Outlook, Prospect, outlook};
pub use plan::{BUCKETS, COUNTRIES, Group, PROVIDERS, Plan, PlanTerms, Stage};
pub use protection::{Performance, Reference, commission_rise, due, rise_loss, shortfall};
pub use rebalance::{Holding, Lack, Limits, Move, decide, decide_lacking};
pub use score::{
    Calibration, Deviation, Evidence, Extra, KAPPA_UNITS, Kappa, MAX_DEVIATION_PPM, MAX_EXTRA_PPM,
    MIN_EARNING, PPM, YIELD_ONE, Yield, credible, expected, model, net_credits, realised,
};
pub use seat::{Seat, Standing};
