//! What a validator is worth, how much it gets, and what has to move: the formulas of validator-selection.
//!
//! Owns the units of yield, the score, the allocation and the size of a move. Never knows an account, a program or
//! the chain: the same crate runs on chain, in the simulator and in the tests. Nothing here fails or panics; numbers
//! no honest chain produces saturate.
//!
//! # The score
//!
//! Expected net yield of stake with a validator over the next epoch, in [`Yield`] (10^-12 per epoch):
//!
//! ```text
//! model = kappa * expected credits * (1 - worst commission)      rounded down, twice
//! score = model * (1 + surplus)                                  rounded down
//! ```
//!
//! `kappa` is what one credit earned, net of commission, per unit of stake: one number for the whole cluster, measured
//! on the pool's own stake. `surplus` is what this validator realised above or below its model, as a share of it:
//! tips and block revenue passed on, commission taken and not shown. It is smoothed, and bounded above by
//! [`MAX_SURPLUS_PPM`], so a validator that donates to itself buys no more than that. Commission alone never ranks.
#![no_std]

mod allocation;
mod commission;
mod credits;
mod rebalance;
mod score;

pub use allocation::{Budget, Constraint, Funds, Rank, Selection, Terms, best_first, budget, select};
pub use commission::{commission_at, record_commission, worst_commission};
pub use credits::{CreditsEntry, CreditsWindow, WINDOW, credits_window};
pub use rebalance::{Holding, Lack, Limits, Move, decide, decide_lacking};
pub use score::{
    Calibration, KAPPA_UNITS, Kappa, MAX_SURPLUS_PPM, MIN_EARNING, PPM, Surplus, YIELD_ONE, Yield, model,
    net_credits, realised, score,
};
