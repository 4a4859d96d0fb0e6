//! The examples do what they say, and what the repository's README shows of Rust is code that is run.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use sluice_sdk::staking_pool::events::{INSURANCE_FUNDED_EVENT, InsuranceFunded};
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use std::fs;
use std::path::Path;

#[allow(dead_code, reason = "its `main` reads from a terminal")]
#[path = "../examples/events.rs"]
mod events;

#[test]
fn the_example_prints_events_and_says_what_a_failure_means() {
    let funded =
        InsuranceFunded { pool: STAKING_POOL_ID, user: Default::default(), shares: 5, insurance_after: 7 };
    let event = [&INSURANCE_FUNDED_EVENT[..], &borsh::to_vec(&funded).unwrap()].concat();
    let data = STANDARD.encode(event);
    let printed = format!(
        "Transaction executed in slot 7:\n  Log Messages:\n    Program {STAKING_POOL_ID} invoke [1]\n    \
         Program data: {data}\n    Program {STAKING_POOL_ID} failed: custom program error: 0x1774\n"
    );
    let lines = events::report(&printed).unwrap();
    let [event, failure] = lines.as_slice() else { panic!("{lines:?}") };
    let event: Value = serde_json::from_str(event).unwrap();
    assert_eq!((&event["program"], &event["shares"]), (&"staking_pool".into(), &5.into()));
    assert_eq!(
        failure,
        "The outcome is below the minimum the caller accepts (staking_pool SlippageExceeded, 6004)"
    );
}

fn rust_of(readme: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(readme);
    let text = fs::read_to_string(path).unwrap();
    let blocks: Vec<_> =
        text.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty(), "{readme} shows no Rust");
    blocks.join("\n").lines().map(str::to_owned).collect()
}

/// The crate's own README is run as its documentation.
#[test]
fn the_repositorys_readme_shows_what_the_crates_does() {
    let own = rust_of("README.md");
    for line in rust_of("../../README.md") {
        assert!(own.contains(&line), "{line}");
    }
}
