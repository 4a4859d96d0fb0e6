//! Seeds, caps in code, and addresses of the chain's own programs.

use anchor_lang::prelude::*;

pub const VAULT_SEED: &[u8] = b"vault";
pub const OPERATOR_SEED: &[u8] = b"operator";
pub const SERVICE_SEED: &[u8] = b"service";
pub const ALLOCATION_SEED: &[u8] = b"allocation";
pub const SLASH_SEED: &[u8] = b"slash";

/// Layout of the accounts this version writes.
pub const VERSION: u8 = 1;

/// Smallest seed deposit, in base units of the collateral. Its VRT are nobody's: whoever would inflate the price
/// to round others down gives them their share of what he spends.
pub const MIN_SEED: u64 = 100_000;
/// A count of one may be over after one slot; two give every window at least one whole epoch.
pub const MIN_EPOCHS: u16 = 2;
/// Longest cool-down of a ticket, in epochs: an exit may be slow, not endless.
pub const MAX_COOLDOWN_EPOCHS: u16 = 30;
/// Longest veto window and longest execution window, in epochs: together they bound how long a request holds
/// claims back.
pub const MAX_WINDOW_EPOCHS: u16 = 10;
/// Longest cool-down of an allocation, in epochs.
pub const MAX_DEALLOCATION_EPOCHS: u16 = 60;
/// Most that all services together may take in one epoch of what the vault holds: half. It is never emptied at
/// once, and its price never becomes zero.
pub const MAX_SLASH_CAP_BPS: u16 = 5_000;

pub const TOKEN_PROGRAM: Address = Address::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
pub const TOKEN_2022_PROGRAM: Address =
    Address::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
/// Wrapped SOL of each token program. It cannot be burnt, so a vault of it could not be slashed.
pub const NATIVE_MINT: Address = Address::from_str_const("So11111111111111111111111111111111111111112");
pub const NATIVE_MINT_2022: Address = Address::from_str_const("9pan9bMn5HatX4EJdBwg9VgCa7Uz5HL8N1m5D3NdXejP");
