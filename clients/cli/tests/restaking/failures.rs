//! What every command says when nobody answers, and when it is not understood.

use solana_keypair::{Keypair, write_keypair_file};

use crate::common::{complaint, sluice};
use crate::world::{file, free_path, nowhere};

/// Every command with arguments it understands, but for the vault that most are about.
fn commands(csv: &str, proofs: &str) -> Vec<String> {
    let at = nowhere();
    let parties = format!("--operator {at} --service {at}");
    let there = [
        "restake 1".to_owned(),
        "restake 1 --lst --junior".to_owned(),
        "vault show".to_owned(),
        "vault deposit all".to_owned(),
        "vault withdraw 1.5".to_owned(),
        format!("vault claim {at}"),
        format!("vault claim-and-unstake {at}"),
        "vault instant-withdraw all --slippage-bps 50".to_owned(),
        format!("vault transfer-ticket {at} {at}"),
        format!("vault pay-rewards 1 --operator {at}"),
        format!("vault distribute {csv} --mint {at} --epochs 2 --proofs {proofs}"),
        "vault add-junior --seed 1 --premium-bps 1".to_owned(),
        format!("vault opt-in {parties} --beneficiary {at}"),
        format!("vault opt-out {parties}"),
        format!("vault allocate 1 {parties}"),
        format!("vault deallocate all {parties}"),
        format!("vault release {parties}"),
        "vault set-limits --capacity all".to_owned(),
        "vault set-fee --fee-bps 1".to_owned(),
        format!("vault set-roles --pauser {at}"),
        "vault pause".to_owned(),
        "vault resume".to_owned(),
        format!("vault propose-admin {at}"),
        "vault accept-admin".to_owned(),
        format!("operator opt-in {parties}"),
        format!("operator opt-out {parties}"),
        format!("service opt-in {parties}"),
        format!("service opt-out {parties}"),
        format!("service slash 1 {parties} --evidence {}", "00".repeat(32)),
    ];
    let elsewhere = [
        "vault list".to_owned(),
        format!("vault tickets --owner {at}"),
        format!("vault claw-back {at}"),
        format!("vault create --collateral {at} --seed 1 --resolver {at}"),
        "operator register".to_owned(),
        "operator set-fee 1".to_owned(),
        format!("operator show {at}"),
        "operator list".to_owned(),
        "service register".to_owned(),
        format!("service show {at}"),
        "service list".to_owned(),
        "service requests".to_owned(),
        format!("service execute {at}"),
        format!("service veto {at}"),
        format!("service close {at}"),
    ];
    let there = there.iter().map(|command| format!("{command} --vault {at}"));
    there.chain(elsewhere).collect()
}

/// Whether a command takes a key and asks before it acts.
fn acts(command: &str) -> bool {
    !["show", "list", "tickets", "requests"].iter().any(|word| command.split(' ').nth(1) == Some(word))
}

#[test]
fn every_command_says_in_a_line_that_nobody_answers() {
    let key = free_path("somebody.json");
    write_keypair_file(&Keypair::new(), &key).unwrap();
    let (csv, proofs) = (file("unread.csv", "recipient,amount\n"), free_path("unwritten.json"));
    for command in commands(&csv, &proofs) {
        let mut arguments: Vec<&str> = command.split(' ').collect();
        arguments.extend(["--url", "http://127.0.0.1:1"]);
        if acts(&command) {
            arguments.extend(["--keypair", &key, "--yes"]);
        }
        let error = complaint(&sluice(&arguments));
        assert!(error.starts_with("no RPC server answers at 127.0.0.1:1"), "{command}: {error}");
    }
}

#[test]
fn an_address_an_amount_or_a_hash_that_is_none_is_not_understood() {
    let at = nowhere();
    for command in [
        "vault claim here --vault there".to_owned(),
        format!("vault deposit 1e9 --vault {at}"),
        format!("vault deposit 0 --vault {at}"),
        format!("vault withdraw --vault {at}"),
        format!("vault show --vault {at} --vrt {at}"),
        format!("vault set-fee --fee-account {at} --no-account --vault {at}"),
        format!("vault distribute x.csv --mint {at} --epochs 1 --proofs y --vault {at}"),
        format!("vault propose-admin {at} --nobody --vault {at}"),
        "operator set-fee lots".to_owned(),
        format!("service slash 1 --operator {at} --service {at} --vault {at}"),
        format!("service slash 1 --operator {at} --service {at} --vault {at} --evidence abc"),
    ] {
        let output = sluice(command.split(' '));
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{command}");
    }
}
