//! `sluice audit` run on a served Bank: after a story with everything in it, and after somebody has touched the books.

mod clean;
#[path = "../common/mod.rs"]
mod common;
mod crowd;
mod fees;
mod ledger;
#[path = "../common/proxy.rs"]
mod proxy;
mod story;
mod tampered;
