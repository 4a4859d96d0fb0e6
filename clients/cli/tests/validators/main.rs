//! `sluice validator explain` and `sluice validators`, the real binary, against a real Bank with the real programs behind a
//! JSON-RPC server.

mod advice;
mod answers;
mod cluster;
mod failures;
mod list;
mod world;
