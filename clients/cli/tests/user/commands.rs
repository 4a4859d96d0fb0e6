//! All commands of the binary and their options, found by asking it for help, as somebody would who knows none of them.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::common::{said, sluice};

/// A command, with what its `--help` lists.
pub struct Command {
    /// The words after `sluice`.
    pub path: Vec<String>,
    /// Those under it: none of a command that does something.
    pub inner: Vec<String>,
    /// Each with its dashes.
    pub options: BTreeSet<String>,
}

impl Command {
    pub fn is_leaf(&self) -> bool {
        self.inner.is_empty()
    }

    /// As a person says it: `admin pool pause`.
    pub fn name(&self) -> String {
        self.path.join(" ")
    }
}

/// Every command, the program itself first.
pub fn all() -> &'static [Command] {
    static ALL: OnceLock<Vec<Command>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut commands = Vec::new();
        walk(Vec::new(), &mut commands);
        commands
    })
}

/// Those that do something.
pub fn leaves() -> impl Iterator<Item = &'static Command> {
    all().iter().filter(|command| command.is_leaf())
}

fn walk(path: Vec<String>, commands: &mut Vec<Command>) {
    let help = said(&sluice(path.iter().map(String::as_str).chain(["--help"])));
    // Names are two columns in; what is said of them is further in, where it begins a line of its own.
    let list =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let inner =
        list.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
    let inner: Vec<String> = inner.filter(|name| *name != "help").map(str::to_owned).collect();
    // The same of options, which have six columns, or two where a letter comes first.
    let words = help.lines().filter(|line| line.starts_with("  -") || line.starts_with("      --"));
    let words = words.flat_map(|line| line.split_whitespace().take(2).filter(|word| word.starts_with("--")));
    let options = words.map(|word| word.trim_end_matches(',').to_owned()).collect();
    let inside: Vec<_> = inner.iter().map(|name| [&path[..], std::slice::from_ref(name)].concat()).collect();
    commands.push(Command { path, inner, options });
    for path in inside {
        walk(path, commands);
    }
}
