//! `sluice crank`, the real binary, against a real Bank with the real programs behind a JSON-RPC server.

mod daemon;
mod failures;
mod health;
mod killed;
mod manual;
mod once;
mod pools;
mod running;
mod terminal;
mod world;
