//! `sluice admin`: the real binary against a real Bank with the real programs.

#[path = "../common/mod.rs"]
mod common;

mod failures;
mod pool;
mod selection;
mod stake;
