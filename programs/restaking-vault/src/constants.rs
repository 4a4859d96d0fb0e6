//! Seeds, caps in code, and addresses of the chain's own programs.

use anchor_lang::prelude::*;

pub const VAULT_SEED: &[u8] = b"vault";
pub const OPERATOR_SEED: &[u8] = b"operator";
pub const SERVICE_SEED: &[u8] = b"service";
pub const ALLOCATION_SEED: &[u8] = b"allocation";
pub const SLASH_SEED: &[u8] = b"slash";
pub const DISTRIBUTION_SEED: &[u8] = b"distribution";

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
/// Longest warm-up of an allocation, in epochs.
pub const MAX_WARMUP_EPOCHS: u16 = 60;
/// Longest cool-down of an allocation, in epochs.
pub const MAX_DEALLOCATION_EPOCHS: u16 = 60;
/// Most that all services together may take in one epoch of what the vault holds: half. It is never emptied at
/// once, and its price never becomes zero.
pub const MAX_SLASH_CAP_BPS: u16 = 5_000;

/// Shortest and longest time over which a reward reaches the share price, in slots: the shortest epoch a cluster can
/// have, and ten of mainnet's.
pub const MIN_STREAM_SLOTS: u64 = 32;
pub const MAX_STREAM_SLOTS: u64 = 4_320_000;
/// Most of the seniors' rewards that the junior class may get for bearing losses first: half.
pub const MAX_PREMIUM_BPS: u16 = 5_000;

/// Most of a reward that the vault may keep as fee, and the most by which that may rise at once: 10 % and 1 %.
pub const MAX_REWARD_FEE_BPS: u16 = 1_000;
pub const REWARD_FEE_STEP_BPS: u16 = 100;
/// The same for an operator: 20 % and 2 %.
pub const MAX_OPERATOR_FEE_BPS: u16 = 2_000;
pub const OPERATOR_FEE_STEP_BPS: u16 = 200;
/// Epoch boundaries between the decision to raise a fee and its effect.
pub const NOTICE_EPOCHS: u64 = 2;
/// Epochs, the current one included, for which a pause holds.
pub const PAUSE_EPOCHS: u64 = 2;
/// Epochs after the end of a pause before the pauser may pause again.
pub const PAUSE_REST_EPOCHS: u64 = 2;

/// Bytes of a distribution's bitmap, and the leaves that it has bits for.
pub const BITMAP_BYTES: usize = 1_024;
pub const MAX_LEAVES: u32 = 8_192;
/// Longest proof: 2^13 leaves.
pub const MAX_PROOF: usize = 13;
/// Longest life of a distribution, in epochs.
pub const MAX_DISTRIBUTION_EPOCHS: u64 = 400;

pub const TOKEN_PROGRAM: Address = Address::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
pub const TOKEN_2022_PROGRAM: Address =
    Address::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
/// Wrapped SOL of each token program. It cannot be burnt, so a vault of it could not be slashed.
pub const NATIVE_MINT: Address = Address::from_str_const("So11111111111111111111111111111111111111112");
pub const NATIVE_MINT_2022: Address = Address::from_str_const("9pan9bMn5HatX4EJdBwg9VgCa7Uz5HL8N1m5D3NdXejP");
