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

/// Writes `result` to a file that is not there yet, or says the same already.
pub fn write_new_json<T: Serialize>(path: &Path, result: &T) -> Result<(), Error> {
    check_unwritten(path, result)?;
    if path.exists() { Ok(()) } else { write_json(path, result) }
}

/// Whether [`write_new_json`] would write over something else.
pub fn check_unwritten<T: Serialize>(path: &Path, result: &T) -> Result<(), Error> {
    match std::fs::read_to_string(path) {
        Ok(there) if there != json(result)? => Err(Error::OtherAddresses { path: path.to_owned() }),
        _ => Ok(()),
    }
}

fn json<T: Serialize>(result: &T) -> Result<String, Error> {
    Ok(serde_json::to_string_pretty(result)? + "\n")
}
