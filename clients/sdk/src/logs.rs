//! What a transaction's log says: events, return data, and which program failed.
//!
//! A log is the list of lines an RPC node, a bank or LiteSVM returns. Data is attributed to the program that was running
//! when it was logged, by following the `invoke`, `success` and `failed` lines: a program cannot forge another one's
//! events, because what it prints itself always starts with `Program log:`.

use crate::generated::Event;
use base64::{Engine, engine::general_purpose::STANDARD};
use solana_address::Address;

/// Bytes logged by `sol_log_data`, and the program that was running.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Data {
    pub program: Address,
    pub bytes: Vec<u8>,
}

/// One line of a log, as far as anything here depends on it.
enum Line<'a> {
    Invoke(Address),
    Success,
    /// The program and why it failed.
    Failed(Address, &'a str),
    Data(&'a str),
    /// The program and its return data, as base64.
    Return(Address, &'a str),
    Other,
}

fn parse(line: &str) -> Line<'_> {
    let Some(rest) = line.strip_prefix("Program ") else { return Line::Other };
    if let Some(data) = rest.strip_prefix("data: ") {
        return Line::Data(data);
    }
    if let Some((program, data)) = rest.strip_prefix("return: ").and_then(|rest| rest.split_once(' ')) {
        return program.parse().map_or(Line::Other, |program| Line::Return(program, data));
    }
    let Some((program, what)) = rest.split_once(' ') else { return Line::Other };
    let Ok(program) = program.parse() else { return Line::Other };
    if what.starts_with("invoke [") {
        Line::Invoke(program)
    } else if what == "success" {
        Line::Success
    } else if let Some(reason) = what.strip_prefix("failed: ") {
        Line::Failed(program, reason)
    } else {
        Line::Other
    }
}

/// Everything the programs of a transaction logged as data, in order.
pub fn data<S: AsRef<str>>(logs: &[S]) -> Vec<Data> {
    let mut running = Vec::new();
    let mut found = Vec::new();
    for line in logs {
        match parse(line.as_ref()) {
            Line::Invoke(program) => running.push(program),
            Line::Success | Line::Failed(..) => {
                running.pop();
            }
            Line::Data(fields) => {
                let Some(program) = running.last() else { continue };
                let decoded = fields.split(' ').filter_map(|field| STANDARD.decode(field).ok());
                found.extend(decoded.map(|bytes| Data { program: *program, bytes }));
            }
            Line::Return(..) | Line::Other => {}
        }
    }
    found
}

/// The events of our programs, in order. Other programs' data is left out.
pub fn events<S: AsRef<str>>(logs: &[S]) -> Vec<Event> {
    data(logs).iter().filter_map(|data| Event::decode(&data.program, &data.bytes)).collect()
}

/// What the last instruction returned, and by which program: how `quote_*` instructions answer.
pub fn return_data<S: AsRef<str>>(logs: &[S]) -> Option<Data> {
    logs.iter().rev().find_map(|line| match parse(line.as_ref()) {
        Line::Return(program, data) => Some(Data { program, bytes: STANDARD.decode(data).ok()? }),
        _ => None,
    })
}

/// The program that failed first, which is the innermost one, and the reason as the runtime wrote it.
pub fn failure<S: AsRef<str>>(logs: &[S]) -> Option<(Address, &str)> {
    logs.iter().find_map(|line| match parse(line.as_ref()) {
        Line::Failed(program, reason) => Some((program, reason)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTER: Address = Address::new_from_array([3; 32]);
    const INNER: Address = Address::new_from_array([5; 32]);

    fn log(lines: &[&str]) -> Vec<String> {
        let named =
            |line: &&str| line.replace("OUTER", &OUTER.to_string()).replace("INNER", &INNER.to_string());
        lines.iter().map(named).collect()
    }

    #[test]
    fn data_belongs_to_the_program_that_runs() {
        let logs = log(&[
            "Program OUTER invoke [1]",
            "Program log: Instruction: Deposit",
            "Program data: AQ==",
            "Program INNER invoke [2]",
            "Program data: Ag== Aw==",
            "Program INNER consumed 100 of 200 compute units",
            "Program INNER success",
            "Program data: BA==",
            "Program OUTER success",
        ]);
        let found: Vec<_> = data(&logs).into_iter().map(|data| (data.program, data.bytes)).collect();
        assert_eq!(found, [(OUTER, vec![1]), (INNER, vec![2]), (INNER, vec![3]), (OUTER, vec![4])]);
    }

    #[test]
    fn printed_text_is_not_data() {
        let logs = log(&[
            "Program OUTER invoke [1]",
            "Program log: Program data: AQ==",
            "Program log: Program INNER invoke [2]",
            "Program data: not base64!",
            "Program data: Ag==",
            "Program OUTER success",
            "Program data: Aw==",
        ]);
        assert_eq!(data(&logs), [Data { program: OUTER, bytes: vec![2] }]);
    }

    #[test]
    fn return_data_is_the_last_one() {
        let logs = log(&["Program return: INNER AQ==", "Program return: OUTER Ag=="]);
        assert_eq!(return_data(&logs), Some(Data { program: OUTER, bytes: vec![2] }));
        assert_eq!(return_data::<String>(&[]), None);
    }

    #[test]
    fn the_innermost_program_fails_first() {
        let logs = log(&[
            "Program OUTER invoke [1]",
            "Program INNER invoke [2]",
            "Program INNER failed: custom program error: 0x1",
            "Program OUTER failed: custom program error: 0x1",
        ]);
        assert_eq!(failure(&logs), Some((INNER, "custom program error: 0x1")));
    }
}
