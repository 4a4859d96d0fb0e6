//! `sluice-quotes` for JavaScript: words in, a question's number, words out.
//!
//! The caller writes the words of a question's parts at [`input`], calls [`ask`], and reads the words of the answer at
//! [`output`]. There is no allocation, so both stay where they are. Nothing here is a formula.
#![no_std]

use core::ptr::addr_of_mut;
use sluice_quotes::{AskError, Refusal};

/// More than any question takes, and any answer has.
const WORDS: usize = 128;

/// What [`ask`] returns for a question that was put wrongly.
const MALFORMED: u32 = 1;
/// The upper half of what [`ask`] returns for a refusal says which program's number the lower half is.
const POOL: u32 = 1 << 16;
const VAULT: u32 = 2 << 16;

static mut INPUT: [u64; WORDS] = [0; WORDS];
static mut OUTPUT: [u64; WORDS] = [0; WORDS];

/// Where the words of a question go: 128 of 64 bits, little endian.
#[unsafe(no_mangle)]
pub extern "C" fn input() -> *mut u64 {
    addr_of_mut!(INPUT).cast()
}

/// Where the words of the answer are.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *mut u64 {
    addr_of_mut!(OUTPUT).cast()
}

/// Answers a question by its number: 0, or why there is no answer.
#[unsafe(no_mangle)]
pub extern "C" fn ask(question: u32) -> u32 {
    // SAFETY: an instance has one thread, and no other reference to either array is alive while this runs.
    let (input, output) = unsafe { (&*addr_of_mut!(INPUT), &mut *addr_of_mut!(OUTPUT)) };
    match sluice_quotes::ask(question as usize, input, output) {
        Ok(()) => 0,
        Err(AskError::Malformed) => MALFORMED,
        Err(AskError::Refused(Refusal::Pool(refusal))) => POOL | refusal.code(),
        Err(AskError::Refused(Refusal::Vault(refusal))) => VAULT | refusal.code(),
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
