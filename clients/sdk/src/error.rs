//! From a transaction's error to a sentence a person can act on.
//!
//! Every program numbers its errors from 6000, so a code means nothing without the program that returned it; with a CPI in
//! play only the log knows which one that was.

use crate::{generated, logs};
use solana_address::Address;
use solana_instruction_error::InstructionError;
use solana_transaction_error::TransactionError;
use std::fmt;

/// An error code that has a name.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct ProgramFailure {
    /// Name of the program, such as `staking_pool`.
    pub program: &'static str,
    pub code: u32,
    /// Name of the error, such as `SlippageExceeded`.
    pub name: String,
    pub message: String,
}

impl fmt::Display for ProgramFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {}, {})", self.message, self.program, self.name, self.code)
    }
}

impl std::error::Error for ProgramFailure {}

/// Codes that Anchor itself returns, from `anchor_lang::ErrorCode`.
const FRAMEWORK: &[(u32, &str, &str)] = &[
    (2000, "ConstraintMut", "an account must be writable"),
    (2001, "ConstraintHasOne", "an account does not belong to the one that refers to it"),
    (2003, "ConstraintRaw", "an account breaks a constraint of the instruction"),
    (2005, "ConstraintRentExempt", "an account is not rent exempt"),
    (2007, "ConstraintExecutable", "an account must be a program"),
    (2011, "ConstraintClose", "an account cannot be closed into itself"),
    (2012, "ConstraintAddress", "an account has the wrong address"),
    (2013, "ConstraintZero", "an account to initialize is not empty"),
    (2019, "ConstraintSpace", "an account has the wrong size"),
    (2020, "ConstraintAccountIsNone", "an optional account is required here"),
    (2040, "ConstraintDuplicateMutableAccount", "the same writable account was passed twice"),
    (2500, "RequireViolated", "a condition of the instruction does not hold"),
    (2501, "RequireEqViolated", "two values must be equal"),
    (2502, "RequireKeysEqViolated", "two addresses must be equal"),
    (2503, "RequireNeqViolated", "two values must differ"),
    (2504, "RequireKeysNeqViolated", "two addresses must differ"),
    (2505, "RequireGtViolated", "a value must be greater"),
    (2506, "RequireGteViolated", "a value must not be less"),
];

/// Name and message of `code` as returned by `program`; `None` for a program that is not ours or a code it does not have.
pub fn describe(program: &Address, code: u32) -> Option<ProgramFailure> {
    let program_name = generated::PROGRAMS.iter().find(|known| known.id == *program)?.name;
    let (name, message) = generated::describe_error(program, code).or_else(|| {
        let (_, name, message) = FRAMEWORK.iter().find(|(known, ..)| *known == code)?;
        Some((name.to_string(), message.to_string()))
    })?;
    Some(ProgramFailure { program: program_name, code, name, message })
}

/// What went wrong in a transaction, if it was one of our programs that refused it.
///
/// `logs` are those of the transaction: the program is the one they name as having failed first.
pub fn explain<S: AsRef<str>>(error: &TransactionError, logs: &[S]) -> Option<ProgramFailure> {
    let TransactionError::InstructionError(_, InstructionError::Custom(code)) = error else { return None };
    let (program, _) = logs::failure(logs)?;
    describe(&program, *code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use generated::staking_pool::{errors::StakingPoolError, programs::STAKING_POOL_ID};

    const SLIPPAGE: u32 = StakingPoolError::SlippageExceeded as u32;

    fn failed(program: &Address) -> Vec<String> {
        vec![
            format!("Program {program} invoke [1]"),
            format!("Program {program} failed: custom program error: 0x1"),
        ]
    }

    #[test]
    fn a_code_is_explained_by_the_program_that_failed() {
        let error = TransactionError::InstructionError(2, InstructionError::Custom(SLIPPAGE));
        let failure = explain(&error, &failed(&STAKING_POOL_ID)).unwrap();
        assert_eq!(
            failure.to_string(),
            "The outcome is below the minimum the caller accepts (staking_pool SlippageExceeded, 6004)"
        );
    }

    #[test]
    fn a_foreign_program_is_not_explained() {
        let error = TransactionError::InstructionError(0, InstructionError::Custom(SLIPPAGE));
        assert_eq!(explain(&error, &failed(&Address::new_from_array([1; 32]))), None);
        assert_eq!(explain::<String>(&error, &[]), None);
        assert_eq!(explain(&TransactionError::AccountNotFound, &failed(&STAKING_POOL_ID)), None);
    }

    #[test]
    fn framework_codes_have_a_name_too() {
        assert_eq!(describe(&STAKING_POOL_ID, 2012).unwrap().name, "ConstraintAddress");
        assert_eq!(describe(&STAKING_POOL_ID, 5), None);
    }
}
