//! A command line that was not understood: one line that says what is wrong with which argument, and where to look.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Error};

use crate::Arguments;

/// Says it, with exit code 2. What was asked for, as help or the version, is printed as clap does.
pub fn explain(error: &Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => error.exit(),
        _ => {
            eprintln!("{}: see `{} --help`", told(error), command(std::env::args_os().skip(1)));
            ExitCode::from(2)
        }
    }
}

/// What clap says, without the usage: several lines of it, with what might have been meant behind "tip".
fn told(error: &Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines
        .take_while(|line| !line.starts_with("Usage: ") && !line.starts_with("For more information, try "));
    let joined = |said: String, line: &str| match line.strip_prefix("tip: ") {
        _ if said.is_empty() => line.to_owned(),
        Some(tip) => said + "; " + tip,
        None => said + " " + line,
    };
    lines.fold(String::new(), joined)
}

/// The command that the words of a command line lead to.
fn command(words: impl Iterator<Item = OsString>) -> String {
    let root = Arguments::command();
    let mut at = &root;
    let mut path = root.get_name().to_owned();
    for word in words {
        if let Some(next) = at.find_subcommand(&word) {
            path = path + " " + next.get_name();
            at = next;
        }
    }
    path
}
