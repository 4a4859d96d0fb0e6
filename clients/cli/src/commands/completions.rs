//! `sluice completions` and `sluice man`: what a shell and a manual want to know of this program, made from its own arguments.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Arg, Args, Command, CommandFactory};
use clap_complete::{Shell, generate};

use crate::Arguments;
use crate::error::Error;

/// Arguments of `sluice completions`.
#[derive(Args)]
pub struct Completions {
    /// For which shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Arguments of `sluice man`.
#[derive(Args)]
pub struct Man {
    /// Where the pages go, one a command; the directory is made if it is not there
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

impl Completions {
    pub fn run(&self) -> Result<(), Error> {
        // Made in memory first: a reader that goes away is no reason to panic.
        let (mut command, mut text) = (Arguments::command(), Vec::new());
        generate(self.shell, &mut command, "sluice", &mut text);
        if self.shell == Shell::Fish {
            text.extend(deep_options(&command, &[]).into_bytes());
        }
        match std::io::stdout().lock().write_all(&text) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }
}

/// Options, for fish, of commands under two others, such as `sluice admin pool set-fees`: clap_complete has its names, and
/// stops there.
fn deep_options(command: &Command, path: &[&str]) -> String {
    let mut text = String::new();
    if let [first, beyond @ ..] = path
        && beyond.len() > 1
    {
        let mut when = format!("__fish_sluice_using_subcommand {first}");
        for name in beyond {
            let _ = write!(when, "; and __fish_seen_subcommand_from {name}");
        }
        for option in command.get_arguments() {
            text += &fish_option(option, &when).unwrap_or_default();
        }
    }
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        text += &deep_options(inner, &[path, &[inner.get_name()]].concat());
    }
    text
}

/// The line of an option that has a long name.
fn fish_option(option: &Arg, when: &str) -> Option<String> {
    let mut line = format!("complete -c sluice -n \"{when}\" -l {}", option.get_long()?);
    if let Some(short) = option.get_short() {
        let _ = write!(line, " -s {short}");
    }
    if let Some(help) = option.get_help() {
        let _ = write!(line, " -d '{}'", help.to_string().replace('\\', "\\\\").replace('\'', "\\'"));
    }
    let values = option.get_possible_values();
    let names: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
    if option.get_action().takes_values() {
        line += " -r";
    }
    if !names.is_empty() {
        let _ = write!(line, " -f -a '{}'", names.join(" "));
    }
    Some(line + "\n")
}

impl Man {
    pub fn run(&self) -> Result<(), Error> {
        let unwritable = |reason| Error::Unwritable { path: self.directory.clone(), reason };
        std::fs::create_dir_all(&self.directory).map_err(unwritable)?;
        clap_mangen::generate_to(Arguments::command(), &self.directory).map_err(unwritable)?;
        Ok(())
    }
}
