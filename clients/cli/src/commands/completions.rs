//! `sluice completions` and `sluice man`: what a shell and a manual want to know of this program, made from its own arguments.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, CommandFactory};
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
        let mut text = Vec::new();
        generate(self.shell, &mut Arguments::command(), "sluice", &mut text);
        match std::io::stdout().lock().write_all(&text) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }
}

impl Man {
    pub fn run(&self) -> Result<(), Error> {
        let unwritable = |reason| Error::Unwritable { path: self.directory.clone(), reason };
        std::fs::create_dir_all(&self.directory).map_err(unwritable)?;
        clap_mangen::generate_to(Arguments::command(), &self.directory).map_err(unwritable)?;
        Ok(())
    }
}
