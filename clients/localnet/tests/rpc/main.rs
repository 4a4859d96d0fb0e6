//! The JSON-RPC server, asked by raw requests and by Solana's own clients.

mod cluster;
#[path = "../common/mod.rs"]
mod common;
mod crowd;
mod extra;
mod history;
mod programs;
mod reading;
mod served;
mod socket;
mod subscriptions;
mod ticking;
mod tokens;
mod transactions;
