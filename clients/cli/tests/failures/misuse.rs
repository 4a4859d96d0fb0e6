//! A command line that is not understood: one line with the argument, and where to look; what is asked for is shown in full.

use crate::common::{misuse, nobody, said, sluice};

#[test]
fn what_is_wrong_with_which_argument_is_told_in_a_line() {
    let at = nobody("nowhere").to_string();
    for (words, line) in [
        (
            "stake lots --mint AT",
            "invalid value 'lots' for '<SOL>': \"lots\" is no amount, which is a number such as 1.5, or all: see `sluice stake --help`",
        ),
        (
            "stake 1",
            "the following required arguments were not provided: <--mint <MINT>|--pool <ADDRESS>>: see `sluice stake --help`",
        ),
        (
            "validator bond fund",
            "the following required arguments were not provided: <--mint <MINT>|--pool <ADDRESS>> <VOTE> <LST>: see `sluice validator bond fund --help`",
        ),
        (
            "stake 1 --mint AT --yes --dry-run",
            "the argument '--yes' cannot be used with '--dry-run': see `sluice stake --help`",
        ),
        (
            "stake -1 --mint AT",
            "unexpected argument '-1' found; to pass '-1' as a value, use '-- -1': see `sluice stake --help`",
        ),
        (
            "--output json validators --mint AT --sort luck",
            "invalid value 'luck' for '--sort <SORT>' [possible values: score, held, bond, bid, commission, vote]: see `sluice validators --help`",
        ),
        (
            "vault sho",
            "unrecognized subcommand 'sho'; a similar subcommand exists: 'show': see `sluice vault --help`",
        ),
        ("quux", "unrecognized subcommand 'quux': see `sluice --help`"),
    ] {
        let words: Vec<String> = words.split(' ').map(|word| word.replace("AT", &at)).collect();
        assert_eq!(misuse(&sluice(&words)), line);
    }
}

#[test]
fn a_value_of_several_lines_is_told_in_one() {
    let at = nobody("nowhere").to_string();
    let line = misuse(&sluice(["stake", "1\nUsage: 2\n", "--mint", &at]));
    assert!(line.starts_with("invalid value '1") && line.ends_with(": see `sluice stake --help`"), "{line}");
}

#[test]
fn help_and_version_are_shown_in_full() {
    let help = said(&sluice(["stake", "--help"]));
    assert!(help.starts_with("Deposit SOL and get LST for it\n\nUsage: sluice stake "), "{help}");
    assert_eq!(said(&sluice(["--version"])), concat!("sluice ", env!("CARGO_PKG_VERSION"), "\n"));
    for words in [&[][..], &["vault"], &["admin", "pool"]] {
        let output = sluice(words);
        let shown = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{shown}");
        assert!(shown.contains("\nCommands:\n") && shown.contains("\nUsage: sluice "), "{shown}");
    }
}
