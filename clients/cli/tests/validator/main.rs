//! The commands of those who validate, and of holders who direct stake: the real binary, against a real Bank with the real
//! programs behind a JSON-RPC server. After each command that moves LST balances are told to the unit.

#[path = "../common/mod.rs"]
mod common;
mod direct;
mod list;
mod story;
mod world;
