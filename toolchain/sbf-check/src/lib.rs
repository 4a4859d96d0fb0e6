//! Runs [`ops`] inside the SVM. A host test compiles the same file natively and compares the answers, so that
//! a fault of the toolchain shows as a difference and not as money.
//!
//! Instruction data: an operation, then pairs of 128-bit operands, little-endian. Return data: for each pair a
//! byte, 1 for `Some`, and the 128-bit result.

use pinocchio::{AccountView, Address, ProgramResult, cpi::set_return_data, entrypoint, error::ProgramError};

mod ops;

entrypoint!(process);

fn process(_program: &Address, _accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let (&op, pairs) = data.split_first().ok_or(ProgramError::InvalidInstructionData)?;
    let mut answers = Vec::new();
    for pair in pairs.chunks_exact(32) {
        let (a, b) = pair.split_at(16);
        let (a, b) = (u128_of(a)?, u128_of(b)?);
        let result =
            if ops::OPS.contains(&op) { ops::run(op, a, b) } else { Some(ops::fail(op, a as u64).into()) };
        answers.push(u8::from(result.is_some()));
        answers.extend(result.unwrap_or(0).to_le_bytes());
    }
    set_return_data(&answers);
    Ok(())
}

fn u128_of(bytes: &[u8]) -> Result<u128, ProgramError> {
    bytes.try_into().map(u128::from_le_bytes).map_err(|_| ProgramError::InvalidInstructionData)
}
