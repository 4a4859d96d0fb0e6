//! What a command says: for people or for programs.

use std::io::Write;
use std::path::Path;

use clap::ValueEnum;
use serde::Serialize;

use crate::error::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

/// Writes `result` to standard output: as JSON, or as the text that `table` makes of it. A reader that has gone away is
/// no error.
pub fn print<T: Serialize>(
    format: Format,
    result: &T,
    table: impl FnOnce(&T) -> String,
) -> Result<(), Error> {
    let text = match format {
        Format::Table => table(result),
        Format::Json => json(result)?,
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Writes `result` to a file, as JSON.
pub fn write_json<T: Serialize>(path: &Path, result: &T) -> Result<(), Error> {
    std::fs::write(path, json(result)?).map_err(|reason| Error::Unwritable { path: path.to_owned(), reason })
}

fn json<T: Serialize>(result: &T) -> Result<String, Error> {
    Ok(serde_json::to_string_pretty(result)? + "\n")
}
