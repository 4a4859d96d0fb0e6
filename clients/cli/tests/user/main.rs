//! The commands of those who hold LST or want to: the real binary, against a real Bank with the real programs behind a JSON-RPC
//! server. After each command that moves money balances are told to the lamport.

mod commands;
#[path = "../common/mod.rs"]
mod common;
mod convert;
mod deposit_stake;
mod failures;
mod manual;
mod pools;
mod shells;
mod stake;
mod tickets;
mod unstake;
mod views;
mod world;
