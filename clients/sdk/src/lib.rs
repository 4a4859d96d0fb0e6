//! Rust clients of the Sluice programs.
//!
//! Everything under [`generated`] is written by `clients/codegen` from the IDLs and never edited: instructions,
//! accounts, events, errors and the addresses whose seeds the IDL carries. The modules beside it are written by hand
//! and hold what an IDL cannot say: [`slab`] lists, log parsing ([`logs`]), error messages ([`error`]), the remaining
//! addresses ([`pda`]) and what instructions would do ([`quote`]). Nothing here talks to a network or holds a key.
//!
//! ```
//! use sluice_sdk::staking_pool::instructions::{DepositSol, DepositSolInstructionArgs};
//! # use sluice_sdk::pda;
//! # let [lst_mint, user, user_lst, token_program] = [solana_address::Address::default(); 4];
//! let (pool, _) = pda::staking_pool::find_pool(&lst_mint);
//! let (reserve, _) = pda::staking_pool::find_reserve(&pool);
//! let (referrer, deposit_authority) = (None, None);
//! let instruction = DepositSol { pool, reserve, user, lst_mint, user_lst, token_program, referrer, deposit_authority }
//!     .instruction(DepositSolInstructionArgs { lamports: 1_000_000_000, min_out: 900_000_000 });
//! assert_eq!(instruction.program_id, sluice_sdk::staking_pool::programs::STAKING_POOL_ID);
//! ```

pub mod account;
pub mod error;
#[allow(clippy::all, rustdoc::all)]
pub mod generated;
pub mod json;
pub mod logs;
pub mod pda;
pub mod quote;
pub mod slab;

pub use account::{AccountData, DecodeError};
pub use generated::*;
pub use slab::Slab;
