//! Seeds, caps, and addresses of the chain's own programs and sysvars.

use anchor_lang::prelude::*;

pub const POOL_SEED: &[u8] = b"pool";
pub const RESERVE_SEED: &[u8] = b"reserve";
pub const STAKE_SEED: &[u8] = b"stake";
pub const ACTIVATING_SEED: &[u8] = b"activating";
pub const DEACTIVATING_SEED: &[u8] = b"deactivating";

/// Most of a profit that may be taken as fee: 10 %.
pub const MAX_REWARD_FEE_BPS: u16 = 1_000;
/// Most an instant exit may cost: 0.2 %.
pub const MAX_INSTANT_FEE_BPS: u16 = 20;
/// Smallest seed deposit, in lamports. Its shares are nobody's: whoever would inflate the rate to round others
/// down loses at least this share of what he donates.
pub const MIN_SEED_LAMPORTS: u64 = 1_000_000_000;
/// Decimals of the LST, so that one LST starts at one SOL.
pub const LST_DECIMALS: u8 = 9;

pub const STAKE_PROGRAM: Address = Address::from_str_const("Stake11111111111111111111111111111111111111");
pub const VOTE_PROGRAM: Address = Address::from_str_const("Vote111111111111111111111111111111111111111");
pub const SYSTEM_PROGRAM: Address = Address::new_from_array([0; 32]);
pub const TOKEN_PROGRAM: Address = Address::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
pub const TOKEN_2022_PROGRAM: Address =
    Address::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
pub const STAKE_CONFIG: Address = Address::from_str_const("StakeConfig11111111111111111111111111111111");
pub const CLOCK_SYSVAR: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");
pub const RENT_SYSVAR: Address = Address::from_str_const("SysvarRent111111111111111111111111111111111");
pub const STAKE_HISTORY_SYSVAR: Address =
    Address::from_str_const("SysvarStakeHistory1111111111111111111111111");
pub const EPOCH_REWARDS_SYSVAR: Address =
    Address::from_str_const("SysvarEpochRewards1111111111111111111111111");
pub const EPOCH_SCHEDULE_SYSVAR: Address =
    Address::from_str_const("SysvarEpochSchedu1e111111111111111111111111");
