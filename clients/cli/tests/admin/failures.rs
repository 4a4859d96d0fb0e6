//! What every command says when nobody answers, and when it is not understood.

use std::path::Path;

use solana_keypair::{Keypair, write_keypair_file};

use crate::common::{complaint, nobody, sluice};

fn commands() -> Vec<String> {
    let at = nobody("nowhere");
    let pool = [
        "set-fees --reward-bps 1".to_owned(),
        "set-limits --tvl-cap all".to_owned(),
        format!("set-roles --pauser {at}"),
        format!("set-treasury {at}"),
        format!("set-delegation-authority {at}"),
        "set-preferred-validator --nobody".to_owned(),
        "pause".to_owned(),
        "resume".to_owned(),
        format!("propose-admin {at}"),
        "accept-admin".to_owned(),
        format!("add-validator {at}"),
        format!("remove-validator {at}"),
        format!("retire-validator {at}"),
        format!("increase {at} 1"),
        format!("decrease {at} all"),
        "fund-insurance 1".to_owned(),
    ];
    let selection = [
        "set-params --cap-bps 1".to_owned(),
        "set-oracle --nobody".to_owned(),
        "set-groups unread.csv".to_owned(),
        format!("ban {at}"),
        format!("unban {at}"),
        format!("remove {at}"),
        format!("propose-admin {at}"),
        "accept-admin".to_owned(),
    ];
    let pool = pool.iter().map(|command| format!("admin pool {command} --mint {at}"));
    let selection = selection.iter().map(|command| format!("admin selection {command} --pool {at}"));
    pool.chain(selection).collect()
}

#[test]
fn every_command_says_in_a_line_that_nobody_answers() {
    let key = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-nobody.json", std::process::id()));
    let _ = std::fs::remove_file(&key);
    write_keypair_file(&Keypair::new(), &key).unwrap();
    for command in commands() {
        let mut arguments: Vec<&str> = command.split(' ').collect();
        arguments.extend(["--url", "http://127.0.0.1:1", "--keypair", key.to_str().unwrap(), "--yes"]);
        let error = complaint(&sluice(&arguments));
        assert!(error.starts_with("no RPC server answers at 127.0.0.1:1"), "{command}: {error}");
    }
}

#[test]
fn what_is_not_understood_is_told_from_what_fails() {
    let at = nobody("nowhere");
    for command in [
        "admin pool pause".to_owned(),
        format!("admin pool pause --mint {at} --pool {at}"),
        format!("admin pool set-roles --mint {at}"),
        format!("admin pool set-roles --open-deposits --deposit-authority {at} --mint {at}"),
        format!("admin pool set-fees --reward-bps 70000 --mint {at}"),
        format!("admin pool increase {at} all --mint {at}"),
        format!("admin selection set-params --min-move 0.0000000001 --mint {at}"),
        format!("admin selection set-oracle --mint {at}"),
        format!("admin selection ban him --mint {at}"),
    ] {
        let output = sluice(command.split(' '));
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{command}");
    }
}
