//! Every formula of the restaking vault: what a deposit mints, what a ticket is worth, how much a slash may take, who
//! bears it, how rewards arrive, and in which epochs each thing may happen.
//!
//! Owns the numbers, never an account: the program, the SDK and the tests call the same functions, so a preview
//! equals the outcome. Divisions round in the vault's favour, so neither a deposit nor a claim lowers the price
//! of a VRT; only a slash does.
#![no_std]

mod amount;
mod book;
mod fee;
pub mod merkle;
mod risk;
mod schedule;
mod shield;
mod slash;
mod stream;
mod tranches;

pub use amount::CollateralAmount;
pub use book::{Book, Deposited, Redeemed};
pub use fee::{FeeRefusal, FeeRules, ScheduledFee};
pub use risk::Risk;
pub use schedule::{RequestSchedule, RequestTerms, TicketSchedule};
pub use shield::{Rate, Shield};
pub use slash::{EpochCap, SlashLimits};
pub use sluice_money::{BPS_DENOMINATOR, Bps, Lamports, MathError, Rounding, VrtAmount};
pub use stream::{Released, Stream};
pub use tranches::{Split, Tranches};
