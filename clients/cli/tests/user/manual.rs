//! docs/cli.md: it has every command of the binary, and what it tells people to type is understood.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::commands;
use crate::common::{complaint, said};

const MANUAL: &str = include_str!("../../../../docs/cli.md");
/// What stands in the manual for an address of the reader's.
const PLACEHOLDERS: [&str; 13] = [
    "ADDRESS",
    "DIRECTION",
    "DISTRIBUTION",
    "MINT",
    "OPERATOR",
    "REQUEST",
    "SERVICE",
    "STAKE_ACCOUNT",
    "TICKET",
    "TOKEN_ACCOUNT",
    "VAULT",
    "VOTE",
    "WALLET",
];
/// A server that nobody runs, and a key that nobody has: how far a command comes that was understood.
const SERVER: &str = "127.0.0.1:1";
const KEY: &str = "nokey.json";

/// The words behind `sluice` of every line that is to be typed.
fn lines() -> Vec<Vec<&'static str>> {
    let lines = MANUAL.lines().filter_map(|line| line.strip_prefix("    $ sluice "));
    // What follows a # is for people.
    lines.map(|line| line.split(" #").next().unwrap_or_default().split_whitespace().collect()).collect()
}

/// A folder with the file that the manual deploys, and nothing else that it names.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("manual");
    let migration = "migrations/localnet.toml";
    std::fs::create_dir_all(folder.join("migrations")).unwrap();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::copy(repository.join(migration), folder.join(migration)).unwrap();
    folder
}

fn types(words: &[&str], folder: &Path) -> Output {
    let sample = "11111111111111111111111111111111";
    let words = words.iter().map(|word| if PLACEHOLDERS.contains(word) { sample } else { word });
    Command::new(env!("CARGO_BIN_EXE_sluice"))
        .current_dir(folder)
        .envs([("HOME", "."), ("SLUICE_URL", &format!("http://{SERVER}"))])
        .envs([("SLUICE_KEYPAIR", KEY), ("SLUICE_MINT", sample)])
        .args(words)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn the_manual_has_every_command() {
    let lines = lines();
    for command in commands::leaves() {
        let there = lines.iter().any(|words| {
            words.len() >= command.path.len() && command.path.iter().eq(&words[..command.path.len()])
        });
        assert!(there, "docs/cli.md has no line `$ sluice {}`", command.name());
    }
}

#[test]
fn every_line_of_the_manual_is_understood() {
    let folder = folder();
    for words in lines() {
        let (line, output) = (words.join(" "), types(&words, &folder));
        assert_ne!(output.status.code(), Some(2), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        match words[0] {
            "completions" | "man" | "simulate" => {
                said(&output);
            }
            // It would run for ever, and has no programs here to run with.
            "localnet" => assert!(complaint(&output).starts_with("cannot read target/deploy/"), "{line}"),
            _ => {
                let complaint = complaint(&output);
                let arrived = complaint.contains(SERVER) || complaint.contains(KEY);
                assert!(arrived, "{line}: {complaint}");
            }
        }
    }
}

#[test]
fn every_option_the_manual_speaks_of_is_one() {
    let known: BTreeSet<&str> =
        commands::all().iter().flat_map(|command| command.options.iter().map(String::as_str)).collect();
    let words = MANUAL.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    // Rules of tables are made of dashes alone.
    for word in words.filter(|word| word.starts_with("--") && !word.ends_with('-')) {
        assert!(known.contains(word), "docs/cli.md speaks of {word}");
    }
}
