//! Seeds, caps, and addresses of the chain's own programs and sysvars.

use anchor_lang::prelude::*;

pub const POOL_SEED: &[u8] = b"pool";
pub const RESERVE_SEED: &[u8] = b"reserve";
pub const HISTORY_SEED: &[u8] = b"history";
pub const STAKE_SEED: &[u8] = b"stake";
pub const ACTIVATING_SEED: &[u8] = b"activating";
pub const DEACTIVATING_SEED: &[u8] = b"deactivating";

/// Most of a profit that may be taken as fee: 10 %.
pub const MAX_REWARD_FEE_BPS: u16 = 1_000;
/// Most that a deposit or an instant exit may cost: 0.2 %.
pub const MAX_OTHER_FEE_BPS: u16 = 20;
/// Most of the liquidity providers' fee that may go to treasury and insurance fund: 50 %.
pub const MAX_LIQUIDITY_CUT_BPS: u16 = 5_000;
/// Most by which the reward fee may rise at once: 1 % of profits.
pub const REWARD_FEE_STEP_BPS: u16 = 100;
/// The same for deposits and instant exits: 0.05 %.
pub const OTHER_FEE_STEP_BPS: u16 = 5;
/// The same for the cut of the liquidity providers' fee: 10 %.
pub const LIQUIDITY_CUT_STEP_BPS: u16 = 1_000;
/// Epoch boundaries between the decision to raise a fee, or to replace the delegation authority, and its effect.
pub const NOTICE_EPOCHS: u64 = 2;
/// Epochs, the current one included, for which a pause holds.
pub const PAUSE_EPOCHS: u64 = 2;
/// Epochs after the end of a pause before the pauser may pause again.
pub const PAUSE_REST_EPOCHS: u64 = 2;
/// Epochs for which tickets must have lacked SOL before anyone may call stake home for them.
pub const PATIENCE_EPOCHS: u64 = 2;
/// Smallest seed of the liquidity pool, in lamports. Its claims are nobody's.
pub const MIN_LIQUIDITY_SEED_LAMPORTS: u64 = 100_000_000;
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

/// The SPL stake pool program, and Sanctum's two deployments of it.
pub const STAKE_POOL_PROGRAMS: [Address; 3] = [
    Address::from_str_const("SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy"),
    Address::from_str_const("SP12tWFxD9oJsVWNavTTBZvMbA6gkAmxtVgxdqvyvhY"),
    Address::from_str_const("SPMBzsVUuoHA4Jm6KunbsotaahvVikZs1JyTW6iJvbn"),
];
