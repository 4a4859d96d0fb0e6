//! docs/cli.md: what it tells people to type is understood.

use crate::common::sluice;

#[test]
fn every_command_of_the_manual_is_one() {
    let manual = include_str!("../../../../docs/cli.md");
    let mut commands = 0;
    for line in manual.lines().filter_map(|line| line.strip_prefix("    $ sluice ")) {
        // A sample address for each placeholder; what follows a # is for people.
        let words = line.split('#').next().unwrap_or_default().split_whitespace();
        let words = words.map(|word| match word {
            "VOTE" | "MINT" | "TICKET" | "STAKE_ACCOUNT" | "DIRECTION" | "WALLET" => {
                "11111111111111111111111111111111"
            }
            word => word,
        });
        let output = sluice(words.chain(["--help"]));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{line}: {text}");
        commands += 1;
    }
    assert!(commands >= 25, "{commands} commands");
}
