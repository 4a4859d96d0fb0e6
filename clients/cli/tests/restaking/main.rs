//! `sluice restake`, `vault`, `operator` and `service`: the real binary against a real Bank with the real programs.

#[path = "../common/mod.rs"]
mod common;

mod agreements;
mod creation;
mod deposits;
mod distributions;
mod exits;
mod failures;
mod rewards;
mod settings;
mod slashes;
mod token_2022;
mod views;
mod world;
