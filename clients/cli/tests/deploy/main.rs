//! `sluice deploy` run on a served Bank: from nothing, again, stopped in between, and where something else is there.

#[path = "../common/mod.rs"]
mod common;
mod differs;
mod failures;
mod fresh;
mod killed;
mod manual;
mod migrate;
mod programs;
mod proxy;
mod world;
