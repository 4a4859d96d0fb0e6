//! The example `composer`: what a program that calls the staking pool may rely on.

mod calls;
mod docs;
mod loans;
mod refusals;
mod restake;
mod stage;
mod story;
