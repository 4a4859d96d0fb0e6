//! What needs no cluster to go wrong: no server answers, there is no keypair, an address is none.

use sluice_client::distribution::{Claim, ProofFile, Share, Tree, hex};
use solana_keypair::{Keypair, write_keypair_file};

use crate::common::nobody;
use crate::leaf::Case::Never;
use crate::leaf::{Names, each, fails_with, is_address, named};
use crate::table::{leaves, that_say};
use crate::tree::pages;
use crate::world::{deployment, scratch};

const NOWHERE: &str = "http://127.0.0.1:1";
const NONSENSE: &str = "0OIl";

/// Addresses at which nothing is, and files that are read before any server is asked.
fn names() -> Names {
    let words = leaves().into_iter().flat_map(|leaf| leaf.arguments.split_whitespace());
    let addresses = words.filter(|word| is_address(word)).map(|word| word.trim_matches(['{', '}']));
    let mut names: Names = addresses.map(|name| (name, nobody(name).to_string())).collect();
    for file in ["groups", "recipients", "unwritten", "keys", "pages"] {
        names.insert(file, scratch(file));
    }
    names.insert("config", deployment());
    let (owner, distribution, vault) = (nobody("holder"), nobody("distribution"), nobody("vault"));
    let share = Share { owner, amount: 1 };
    let tree = Tree::new(&distribution, &[share]).unwrap();
    let (mint, decimals, root, claims) =
        (nobody("mint"), 9, hex(&tree.root()), vec![Claim::new(&tree, 0, &share)]);
    let proofs = ProofFile { distribution, vault, mint, decimals, root, expiry_epoch: 9, claims };
    names.insert("proofs", written("proofs.json", &serde_json::to_string(&proofs).unwrap()));
    let account = r#"{"pubkey": "-", "account": {"lamports": 1, "data": ["", "base64"], "owner": "-", "executable": false, "rentEpoch": 0}}"#;
    names.insert("account", written("account.json", account));
    names
}

fn written(name: &str, text: &str) -> String {
    let path = scratch(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn every_command_says_in_a_line_that_no_server_answers() {
    let (names, key) = (names(), scratch("somebody.json"));
    write_keypair_file(&Keypair::new(), &key).unwrap();
    each(&that_say(|leaf| leaf.down), |(leaf, text)| fails_with(&leaf.at(&names, NOWHERE, &key), text));
}

#[test]
fn every_command_that_takes_a_key_says_in_a_line_that_there_is_none() {
    let names = names();
    each(&that_say(|leaf| leaf.keypair), |(leaf, text)| {
        fails_with(&leaf.at(&names, NOWHERE, "/nowhere/id.json"), text)
    });
}

#[test]
fn every_address_that_is_none_is_told_in_a_line() {
    let (names, pages) = (names(), pages());
    let mut misspelt: Vec<(Vec<String>, &str)> = Vec::new();
    for (leaf, text) in that_say(|leaf| leaf.address) {
        let words = leaf.arguments.split_whitespace().enumerate();
        for (wrong, _) in words.filter(|(_, word)| is_address(word)) {
            let say = |place, word: &str| if place == wrong { NONSENSE.into() } else { named(word, &names) };
            misspelt.push((leaf.words(say), text));
        }
        if matches!(leaf.down, Never(_)) {
            continue;
        }
        // Also those that the table's arguments leave out. What else is missing is told later.
        for option in pages[leaf.command].options() {
            misspelt.push(([leaf.path(), vec![option, NONSENSE.into()]].concat(), text));
        }
    }
    assert!(misspelt.len() > 200, "{}", misspelt.len());
    each(&misspelt, |(words, text)| fails_with(words, text));
}
