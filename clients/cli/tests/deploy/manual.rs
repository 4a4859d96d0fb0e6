//! docs/deploy.md and the heads of the examples: what they tell people to type is understood, and does what they say.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::sluice;
use crate::world::{example, folder};

const MANUAL: &str = include_str!("../../../../docs/deploy.md");

fn root() -> PathBuf {
    example("..")
}

#[test]
fn every_command_of_the_manual_and_of_the_examples_is_one() {
    let examples = ["localnet", "devnet", "mainnet"]
        .map(|name| std::fs::read_to_string(example(&format!("{name}.toml"))).unwrap());
    let shown = examples.iter().flat_map(|text| text.lines()).filter_map(|line| line.strip_prefix("#     "));
    let told = MANUAL.lines().filter_map(|line| line.strip_prefix("    "));
    let mut commands = 0;
    for line in shown.chain(told) {
        let words: Vec<_> = line.split_whitespace().collect();
        let Some((_, arguments)) = words.split_first().filter(|(name, _)| name.ends_with("sluice")) else {
            continue;
        };
        let output = sluice(arguments.iter().chain(&["--help"]));
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let config = arguments.iter().skip_while(|word| **word != "--config").nth(1).expect("--config FILE");
        assert!(root().join(config).exists(), "{line}");
        commands += 1;
    }
    assert!(commands >= 7, "{commands} commands");
}

/// Files in which an id of ours is written by hand, from the root on.
fn with_ids(folder: &Path, found: &mut Vec<PathBuf>) {
    // What is built, installed or generated.
    const MADE: [&str; 5] = ["target", "node_modules", "dist", "generated", "surface.json"];
    for entry in std::fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap) {
        let (name, path) = (entry.file_name(), folder.join(entry.file_name()));
        let name = name.to_str().unwrap();
        if name.starts_with('.') || MADE.contains(&name) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            with_ids(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(root().join(&path)).unwrap_or_default();
        if sluice_sdk::PROGRAMS.iter().any(|program| text.contains(&program.id.to_string())) {
            found.push(path);
        }
    }
}

/// Stands in for Solana's: a key's file holds what is to be its address.
const KEYGEN: &str = r#"#!/bin/sh
for file; do :; done
case $1 in
new) mkdir -p "${file%/*}" && printf %s "AddressOf_$(basename "$file" .json)" >"$file" ;;
pubkey) cat "$file" ;;
esac
"#;

#[test]
fn the_manuals_lines_for_ids_of_ones_own_replace_every_one_that_is_written_by_hand() {
    let mut written = Vec::new();
    with_ids(Path::new(""), &mut written);
    assert!(written.len() > sluice_sdk::PROGRAMS.len(), "{written:?}");

    let copy = folder("own ids");
    for path in &written {
        std::fs::create_dir_all(copy.join(path).parent().unwrap()).unwrap();
        std::fs::copy(root().join(path), copy.join(path)).unwrap();
    }
    std::fs::create_dir(copy.join("bin")).unwrap();
    let keygen = copy.join("bin/solana-keygen");
    std::fs::write(&keygen, KEYGEN).unwrap();
    std::fs::set_permissions(&keygen, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let start = MANUAL.find("    for program in ").expect("the lines");
    let lines =
        &MANUAL[start..][..MANUAL[start..].find("    done\n").expect("their end") + "    done\n".len()];
    let path = format!("{}:{}", copy.join("bin").display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-euc", lines]).current_dir(&copy).env("HOME", &copy).env("PATH", path);
    let output = bash.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let texts = written.iter().map(|path| std::fs::read_to_string(copy.join(path)).unwrap());
    let text: String = texts.collect();
    for program in sluice_sdk::PROGRAMS {
        assert!(!text.contains(&program.id.to_string()), "{} is still there", program.id);
        let (name, new) = (program.name, format!("\"AddressOf_{}\"", program.name));
        for place in [format!("declare_id!({new});"), format!("\n{name} = {new}\n")] {
            assert!(text.contains(&place), "{place}");
        }
    }
}
