//! The commands that there are, by the manual pages that the binary writes of itself, and whether the table names them.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{said, sluice};
use crate::leaf::Case::{Never, Says};
use crate::leaf::is_address;
use crate::table::leaves;
use crate::world::scratch;

/// What values of arguments are called that are addresses, and those that are not.
const ADDRESSES: &str = "ADDRESS DIRECTION DISTRIBUTION MINT NEW_OWNER OPERATOR REQUEST SERVICE STAKE_ACCOUNT TICKET \
                         TOKEN_ACCOUNT VOTE WALLET";
const OTHERS: &str = "ADDRESS:PORT AMOUNT BPS COLLATERAL CSV DIR EPOCHS FILE FORMAT HASH LAMPORTS LEVEL LP LST \
                      MICRO_LAMPORTS NUMBER OUTPUT PERCENT SECONDS SIGNATURE SLOTS SOL SORT TEXT URL_OR_MONIKER VRT";

/// A manual page.
pub struct Page {
    text: String,
}

/// Those of every command that does something, by the command.
pub fn pages() -> BTreeMap<String, Page> {
    let folder = scratch("manual");
    said(&sluice(["man", &folder]));
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    let pages = files.map(|file| std::fs::read_to_string(file).unwrap().replace(r"\-", "-"));
    let found = pages.filter_map(|text| {
        let (_, synopsis) = text.split_once(".SH SYNOPSIS\n").expect("a synopsis");
        let synopsis = synopsis.lines().next().unwrap();
        // One that needs another word does nothing by itself.
        if synopsis.contains(r"<\fIsubcommands\fR>") {
            return None;
        }
        let command = synopsis.strip_prefix(r"\fBsluice ").and_then(|rest| rest.split_once(r"\fR"));
        Some((command.expect("a command").0.to_owned(), Page { text }))
    });
    let found = found.collect();
    std::fs::remove_dir_all(folder).unwrap();
    found
}

impl Page {
    /// The options that take an address.
    pub fn options(&self) -> Vec<String> {
        let lines = self.text.lines().filter(|line| line.starts_with(r"\fB-"));
        let with_address = lines.filter(|line| match line.split_once(r" \fI<") {
            Some((_, value)) => takes_address(value.split_once('>').expect("a name").0),
            None => false,
        });
        let option = |line: &str| {
            let (_, rest) = line.split_once(r"\fB--").expect("a long option");
            format!("--{}", rest.split_once(r"\fR").expect("its end").0)
        };
        with_address.map(option).collect()
    }

    /// How many addresses stand without an option.
    pub fn places(&self) -> usize {
        let lines = self.text.lines().filter_map(|line| line.strip_prefix(['<', '[']));
        let names = lines.filter_map(|line| line.strip_prefix(r"\fI")?.split_once(r"\fR"));
        names.filter(|(name, _)| takes_address(name)).count()
    }
}

fn takes_address(name: &str) -> bool {
    let among = |names: &str| names.split_whitespace().any(|known| known == name);
    let known = among(ADDRESSES) || among(OTHERS);
    assert!(known, "whether {name} is an address is said at the top of {}", file!());
    among(ADDRESSES)
}

#[test]
fn the_table_names_every_command_once_and_nothing_else() {
    let named: Vec<&str> = leaves().iter().map(|leaf| leaf.command).collect();
    let pages = pages();
    let once: BTreeSet<&str> = named.iter().copied().collect();
    assert_eq!(once.len(), named.len(), "one is named twice: {named:?}");
    let there: BTreeSet<&str> = pages.keys().map(String::as_str).collect();
    assert!(
        there.len() > 90 && there.contains("validator bond fund") && !there.contains("vault"),
        "{there:?}"
    );
    let lacks: Vec<_> = there.difference(&once).collect();
    assert!(lacks.is_empty(), "the table lacks {lacks:?}");
    let unknown: Vec<_> = once.difference(&there).collect();
    assert!(unknown.is_empty(), "no command is called {unknown:?}");
}

#[test]
fn a_case_is_left_out_for_a_reason_and_no_address_is_left_out() {
    let pages = pages();
    for leaf in leaves() {
        for case in leaf.cases() {
            let (Says(text) | Never(text)) = case;
            assert!(text.len() > 12, "{}: {text:?}", leaf.command);
        }
        assert!(!leaf.asks || !leaf.by.is_empty(), "{}: who may do it?", leaf.command);
        if matches!(leaf.down, Never(_)) {
            continue;
        }
        let (options, places) = (pages[leaf.command].options(), pages[leaf.command].places());
        let any = !options.is_empty() || places > 0;
        assert_eq!(any, matches!(leaf.address, Says(_)), "{}: {options:?}, {places}", leaf.command);
        let words: Vec<&str> = leaf.arguments.split_whitespace().collect();
        let alone = (0..words.len()).filter(|place| {
            let behind_option = *place > 0 && words[*place - 1].starts_with("--");
            is_address(words[*place]) && !behind_option
        });
        assert_eq!(alone.count(), places, "{}", leaf.command);
    }
}
