//! `sluice validators` with its orders and searches; completions and manual pages, which need no cluster.

use std::path::Path;

use crate::common::{complaint, said, sluice};
use crate::world::World;

#[test]
fn candidates_are_found_and_put_in_order() {
    let world = World::tell();
    let [first, second] = world.candidates.map(|vote| vote.to_string());
    let found = world.served.answers(&["validators", "--find", &first[..8]]);
    assert_eq!(found["validators"][0]["vote"], first);
    assert_eq!((found["validators"].as_array().unwrap().len(), &found["candidates"]), (1, &2.into()));
    let votes = |order: &str| -> Vec<String> {
        let found = world.served.answers(&["validators", "--sort", order]);
        let lines = found["validators"].as_array().unwrap().clone();
        lines.iter().map(|line| line["vote"].as_str().unwrap().to_owned()).collect()
    };
    let mut sorted = [first.clone(), second.clone()];
    sorted.sort();
    assert_eq!(votes("vote"), sorted);
    for order in ["score", "held", "bond", "bid", "commission"] {
        assert_eq!(votes(order).len(), 2, "{order}");
    }
    assert_eq!(world.served.asks(&["validators", "--sort", "luck"]).status.code(), Some(2));
}

#[test]
fn a_shell_completes_every_command() {
    for (shell, begins) in [
        ("bash", "_sluice() {"),
        ("zsh", "#compdef sluice"),
        ("fish", "# Print an optspec"),
        ("powershell", "\nusing namespace System.Management.Automation"),
        ("elvish", "\nuse builtin;"),
    ] {
        let text = said(&sluice(["completions", shell]));
        assert!(text.starts_with(begins), "{shell}: {}", &text[..80]);
        for word in ["deposit-stake", "unstake", "confirm-identity", "slippage-bps"] {
            assert!(text.contains(word), "{shell} knows {word}");
        }
    }
    assert_eq!(sluice(["completions", "cmd"]).status.code(), Some(2));
}

#[test]
fn bash_takes_its_completions() {
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sluice-completions.bash");
    std::fs::write(&script, said(&sluice(["completions", "bash"]))).unwrap();
    let ask = "source \"$0\"; COMP_WORDS=(sluice unst); COMP_CWORD=1; _sluice sluice unst sluice; echo ${COMPREPLY[@]}";
    let output = std::process::Command::new("bash").args(["-c", ask]).arg(&script).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.trim(), "unstake", "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_command_has_a_manual_page() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages/of/sluice");
    let _ = std::fs::remove_dir_all(&directory);
    assert_eq!(said(&sluice(["man", directory.to_str().unwrap()])), "");
    for page in ["sluice.1", "sluice-stake.1", "sluice-tickets-claim.1", "sluice-validator-bond-fund.1"] {
        let text = std::fs::read_to_string(directory.join(page)).unwrap_or_else(|_| panic!("no {page}"));
        assert!(text.contains(".SH SYNOPSIS") && text.contains(".SH OPTIONS"), "{page}");
    }
    let said = complaint(&sluice(["man", "/proc/nothing"]));
    assert!(said.starts_with("cannot write /proc/nothing: "), "{said}");
}
