//! `make bench`: prints the table, writes `bench/report.json`, says what got worse, fails where a limit is broken.

use std::path::Path;
use std::process::ExitCode;

use sluice_tests::bench::{self, Report};

fn main() -> ExitCode {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bench/report.json");
    let old: Option<Report> = std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let report = bench::run();
    println!("{report}");
    let json = serde_json::to_string_pretty(&report).expect("a report is plain data") + "\n";
    if let Err(error) =
        std::fs::create_dir_all(path.parent().expect("a folder")).and_then(|()| std::fs::write(&path, json))
    {
        eprintln!("bench/report.json could not be written: {error}");
        return ExitCode::FAILURE;
    }
    for line in old.iter().flat_map(|old| report.worse_than(old)) {
        println!("worse than the committed report: {line}");
    }
    let broken = report.broken_limits();
    for line in &broken {
        println!("above its limit: {line}");
    }
    if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
