//! `sluice simulate`, as a person runs it.

use std::path::PathBuf;
use std::process::{Command, Output};

fn sluice(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sluice"))
        .args(arguments)
        .env_remove("SLUICE_VALIDATORS_CSV")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A small world, so that a run takes no time.
const SMALL: [&str; 9] =
    ["simulate", "--validators", "300", "--epochs", "20", "--lead-in", "5", "--pool-sol", "100000"];

fn small(more: &[&str]) -> Output {
    sluice(&[&SMALL[..], more].concat())
}

fn temporary(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("sluice-cli-{}-{name}", std::process::id()))
}

#[test]
fn help_names_the_commands_and_what_they_take() {
    let help = sluice(&["--help"]);
    assert!(help.status.success());
    assert!(text(&help.stdout).contains("simulate") && text(&help.stdout).contains("--output <OUTPUT>"));
    let help = text(&sluice(&["simulate", "--help"]).stdout);
    for option in [
        "--set",
        "--data",
        "--seeds",
        "--cap-bps",
        "--horizon",
        "--move-cost",
        "--still",
        "--json",
        "--chart",
    ] {
        assert!(help.contains(option), "{option}");
    }
}

#[test]
fn a_table_has_every_strategy_and_every_difference() {
    let run = small(&["--seeds", "2"]);
    assert!(run.status.success() && run.stderr.is_empty());
    let table = text(&run.stdout);
    for strategy in ["Sluice", "equal weight", "stake-weighted", "commission first", "greedy without cost"] {
        assert!(table.lines().any(|line| line.starts_with(strategy) && line.contains('%')), "{table}");
    }
    for column in
        ["net APY", "gross APY", "turnover", "HHI", "Nakamoto", "bids", "protection", "rugs", "std dev"]
    {
        assert!(table.contains(column), "{column}");
    }
}

#[test]
fn json_goes_to_standard_output_and_to_a_file_and_is_the_same() {
    let path = temporary("report.json");
    let run = small(&["--output", "json", "--seed", "9", "--json", path.to_str().unwrap()]);
    assert!(run.status.success());
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(report["study"]["seed"], 9);
    assert_eq!(report["summaries"].as_array().unwrap().len(), 5);
    assert_eq!(report["differences"].as_array().unwrap().len(), 4);
    assert_eq!(report["outcomes"][0][0]["strategy"], "sluice");
    assert_eq!(std::fs::read(&path).unwrap(), run.stdout);
    // The same seed, the same bytes.
    assert_eq!(small(&["--output", "json", "--seed", "9"]).stdout, run.stdout);
    assert_ne!(small(&["--output", "json", "--seed", "10"]).stdout, run.stdout);
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_chart_is_an_svg_that_names_the_strategies() {
    let path = temporary("chart.svg");
    assert!(small(&["--chart", path.to_str().unwrap()]).status.success());
    let chart = std::fs::read_to_string(&path).unwrap();
    assert!(chart.starts_with("<svg") && chart.trim_end().ends_with("</svg>"));
    assert!(chart.contains("commission first") && chart.contains("<polyline"));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn recorded_validators_are_played_from_a_file() {
    let path = temporary("validators.csv");
    let mut lines =
        String::from("vote_account,commission_pct,mev_commission_bps,active_stake_lamports,epoch_credits\n");
    for place in 0..60 {
        lines += &format!("V{place},{},,{},{}\n", place % 8, 50_000_000_000_000u64, 400_000 - place * 10);
    }
    std::fs::write(&path, lines).unwrap();
    let arguments =
        ["simulate", "--set", "recorded", "--epochs", "5", "--cap-bps", "500", "--network-bps", "500"];
    let run = sluice(&[&arguments[..], &["--still", "--data", path.to_str().unwrap()]].concat());
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert!(text(&run.stdout).starts_with("60 recorded validators, 5 epochs"));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn an_error_is_one_line_and_a_code() {
    let missing = sluice(&["simulate", "--set", "recorded"]);
    let absent = sluice(&["simulate", "--set", "recorded", "--data", "/nonexistent/validators.csv"]);
    let unwritable = small(&["--json", "/nonexistent/report.json"]);
    let undrawable = small(&["--chart", "/nonexistent/chart.svg"]);
    for (run, says) in [
        (missing, "SLUICE_VALIDATORS_CSV"),
        (absent, "cannot read /nonexistent/validators.csv"),
        (unwritable, "cannot write /nonexistent/report.json"),
        (undrawable, "cannot draw /nonexistent/chart.svg"),
    ] {
        assert_eq!(run.status.code(), Some(1));
        assert!(run.stdout.is_empty());
        let error = text(&run.stderr);
        assert!(
            error.starts_with("error: ") && error.contains(says) && error.lines().count() == 1,
            "{error}"
        );
    }
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_runs() {
    for arguments in [
        &["simulate", "--cap-bps", "0"][..],
        &["simulate", "--cap-bps", "10001"],
        &["simulate", "--seeds", "0"],
        &["simulate", "--epochs", "0"],
        &["simulate", "--horizon", "0"],
        &["simulate", "--horizon", "NaN"],
        &["simulate", "--move-cost", "-1"],
        &["simulate", "--still", "--noise", "1"],
        &["simulate", "--set", "imagined"],
        &["divine"],
    ] {
        let run = sluice(arguments);
        assert_eq!(run.status.code(), Some(2), "{arguments:?}");
        assert!(text(&run.stderr).starts_with("error: "), "{arguments:?}");
    }
}
