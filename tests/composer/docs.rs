//! docs/integrate.md quotes the example and tables the pool: both are held against the real thing.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sluice_tests::*;

use crate::stage::Stage;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn guide() -> String {
    read("docs/integrate.md")
}

/// Lines without their indentation.
fn plain<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.map(str::trim).collect::<Vec<_>>().join("\n")
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(plain(fs::read_to_string(&path).expect("text").lines()));
        }
    }
}

/// Cells of the rows of the table whose first line is `header`.
fn table(header: &str) -> Vec<Vec<String>> {
    let text = guide();
    let rows: Vec<Vec<String>> = text
        .lines()
        .skip_while(|line| !line.starts_with(header))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect())
        .collect();
    assert!(!rows.is_empty(), "no table {header}");
    rows
}

fn idl() -> Value {
    serde_json::from_str(&read("clients/sdk/src/generated/staking_pool/idl.json")).expect("JSON")
}

/// The entry of that name.
fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let entries = list.as_array().expect("a list");
    entries.iter().find(|entry| entry["name"] == name).unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn every_block_of_rust_is_code_of_the_example() {
    let mut code = Vec::new();
    sources(&root().join("examples/composer/src"), &mut code);
    let text = guide();
    let mut blocks = 0;
    for block in text.split("```rust\n").skip(1) {
        let block = plain(block.split("\n```").next().expect("an end").lines());
        assert!(code.iter().any(|file| file.contains(&block)), "not in the example:\n{block}");
        blocks += 1;
    }
    assert_eq!(blocks, 9);
}

#[test]
fn instructions_have_these_bytes_arguments_and_accounts() {
    let idl = idl();
    for header in ["| Instruction | Byte |", "| View | Byte |"] {
        for row in table(header) {
            let instruction = named(&idl["instructions"], &row[1]);
            assert_eq!(instruction["discriminator"].to_string(), format!("[{}]", row[2]), "{}", row[1]);
            let arguments: Vec<String> = instruction["args"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|argument| argument["type"].as_str().expect("a type").replace("bool", "u8"))
                .collect();
            let tabled: Vec<&str> = row[3].split(' ').filter(|word| word.starts_with('u')).collect();
            let tabled: Vec<&str> = tabled.iter().map(|word| word.trim_end_matches(',')).collect();
            assert_eq!(tabled, arguments, "{}", row[1]);
            if header.contains("Instruction") {
                assert_eq!(row[4], accounts(instruction), "{}", row[1]);
            }
        }
    }
}

/// Accounts as the guide writes them.
fn accounts(instruction: &Value) -> String {
    let write = |account: &Value| {
        let name = account["name"].as_str().expect("a name");
        let marks: String = [("writable", 'w'), ("signer", 's'), ("optional", '?')]
            .iter()
            .filter(|(flag, _)| account[*flag] == true)
            .map(|(_, mark)| mark)
            .collect();
        // The name that routers use.
        let name = if instruction["discriminator"][0].as_u64() < Some(2) {
            name.trim_start_matches("lst_")
        } else {
            name
        };
        [name, &marks].join(" ").trim().to_owned()
    };
    instruction["accounts"].as_array().expect("a list").iter().map(write).collect::<Vec<_>>().join(", ")
}

#[test]
fn errors_have_these_numbers() {
    let idl = idl();
    for row in table("| Number | Error |") {
        assert_eq!(named(&idl["errors"], &row[2])["code"].to_string(), row[1], "{}", row[2]);
    }
}

#[test]
fn the_pools_account_has_these_fields() {
    let mut stage = Stage::new();
    stage.earn(SOL);
    stage.svm.advance_slots(1);
    let state = stage.pool.state(&stage.svm);
    let data = stage.svm.account(&stage.pool.pool).expect("exists").data;
    for row in table("| Offset | Field |") {
        let at: usize = row[1].parse().expect("a number");
        let word = u64::from_le_bytes(data[at..at + 8].try_into().expect("eight bytes"));
        let field = match row[2].as_str() {
            "total_lamports" => state.total_lamports,
            "supply" => state.supply,
            "locked_profit" => state.locked_profit,
            "profit_slot" => state.profit_slot,
            "profit_end_slot" => state.profit_end_slot,
            "updated_epoch" => state.updated_epoch,
            other => panic!("{other}"),
        };
        assert_eq!(word, field, "{}", row[2]);
    }
}
