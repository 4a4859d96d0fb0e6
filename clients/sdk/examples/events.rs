//! What a transaction did, by its log: its events, one JSON object a line, and what its failure means.
//!
//!     solana confirm -v <SIGNATURE> | cargo run --example events

use sluice_sdk::{error, logs};
use std::error::Error;
use std::io;

/// Lines that are no log are skipped, so the whole of what `solana confirm -v` prints will do.
pub fn report(printed: &str) -> Result<Vec<String>, serde_json::Error> {
    let log: Vec<_> = printed.lines().map(str::trim).collect();
    let mut lines: Vec<_> = logs::events(&log).iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    if let Some((program, reason)) = logs::failure(&log) {
        let code = reason.strip_prefix("custom program error: 0x");
        let known = code.and_then(|code| error::describe(&program, u32::from_str_radix(code, 16).ok()?));
        lines.push(known.map_or_else(|| format!("{program}: {reason}"), |failure| failure.to_string()));
    }
    Ok(lines)
}

pub fn main() -> Result<(), Box<dyn Error>> {
    for line in report(&io::read_to_string(io::stdin())?)? {
        println!("{line}");
    }
    Ok(())
}
