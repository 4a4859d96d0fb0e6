//! What a terminal is shown, and what nothing else is: colours and bars that move.

use std::process::{Command, Stdio};

use crate::world::{World, said};

fn has_control_characters(text: &str) -> bool {
    text.chars().any(|letter| letter.is_control() && letter != '\n')
}

/// What a terminal shows of a command: Debian's `script` runs it on one of its own.
fn on_a_terminal(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &words.join(" "), "/dev/null"]);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => script.env(name, value),
            None => script.env_remove(name),
        };
    }
    let output = script.env("TERM", "xterm").stdin(Stdio::null()).output().expect("script, of bsdutils");
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_log_has_colours_on_a_terminal_and_nowhere_else() {
    let world = World::new("colours");
    let mut command = world.command(["--once", "--no-tables"]);
    let output = command.env("RUST_LOG", "sluice_crank=info").output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && log.contains("landed"), "{log}");
    assert!(!has_control_characters(&log), "{log:?}");
    world.next_epoch();
    let shown = on_a_terminal(command.env_remove("NO_COLOR"));
    assert!(shown.contains("landed") && shown.contains("\u{1b}["), "{shown:?}");
    world.next_epoch();
    let shown = on_a_terminal(command.env("NO_COLOR", "1"));
    assert!(shown.contains("landed") && !shown.contains("\u{1b}["), "who wants none gets none: {shown:?}");
}

#[test]
fn a_bar_moves_on_a_terminal_and_nowhere_else() {
    let world = World::new("bars");
    said(&world.crank(["--once", "--no-tables"]));
    let mut command = crate::world::sluice();
    command.args(["audit", "--url", &world.server.url(), "--mint", &world.mint()]);
    let report = said(&command.output().unwrap());
    assert!(report.contains("lines agree") && !has_control_characters(&report), "{report:?}");
    let shown = on_a_terminal(&command);
    let (_, rest) = shown.split_once("Counting").unwrap_or_else(|| panic!("no bar: {shown:?}"));
    // It is wiped away before the report.
    let (wiping, _) = rest.split_once("Pool ").unwrap_or_else(|| panic!("no report: {shown:?}"));
    assert!(has_control_characters(wiping) && rest.contains("lines agree"), "{shown:?}");
}
