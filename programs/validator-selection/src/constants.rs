//! Seeds, caps in code, and addresses of the chain's own programs and sysvars.

use anchor_lang::prelude::*;

pub const SELECTION_SEED: &[u8] = b"selection";

/// An epoch that never comes: nothing happened yet.
pub const NEVER: u64 = u64::MAX;
/// In place of an index into the pool's list: not in it, as far as is known.
pub const NOT_IN_POOL: u32 = u32::MAX;

/// The most candidates a registry may have.
pub const MAX_CANDIDATES: u32 = 5_000;
/// The most candidates an allocation ranks at a time: eight bytes each in a heap of 32 KB. When there are more, only
/// the better half goes on.
pub const MAX_RANKED: usize = 3_000;
/// How many go on: more than can be chosen, which with the least cap are 1,429.
pub const KEPT_RANKS: usize = MAX_RANKED / 2;
/// Epochs in a row without credits after which anyone may remove a candidate.
pub const IDLE_EPOCHS: u8 = 10;
/// Epochs after it left in which a candidate is remembered: as long as its commissions count, so that nobody sheds a
/// past by leaving and joining again.
pub const LEFT_EPOCHS: u64 = 8;

/// Most of the pool that may be kept liquid: 50 %.
pub const MAX_RESERVE_BPS: u16 = 5_000;
/// Least of the pool one validator must be allowed to hold, 0.07 %: an allocation never chooses more than 1,429.
pub const MIN_CAP_BPS: u16 = 7;
const _: () = assert!(KEPT_RANKS > 1 + 10_000 / 7);
/// Least of the pool that must be allowed to move in an epoch, 1 %. A minimum move may still stop what is smaller, but
/// for what tickets are owed.
pub const MIN_MOVED_BPS: u16 = 100;
/// Most history that may be asked for, in epochs: the chain keeps 64, the current one included.
pub const MAX_MIN_HISTORY: u64 = 63;
/// Longest wait for observations, in slots: half an epoch of mainnet.
pub const MAX_GRACE_SLOTS: u64 = 216_000;
/// Largest minimum move, in lamports: 10,000 SOL.
pub const MAX_MIN_MOVE: u64 = 10_000_000_000_000;

pub const STAKE_PROGRAM: Address = Address::from_str_const("Stake11111111111111111111111111111111111111");
pub const VOTE_PROGRAM: Address = Address::from_str_const("Vote111111111111111111111111111111111111111");
pub const STAKE_CONFIG: Address = Address::from_str_const("StakeConfig11111111111111111111111111111111");
pub const CLOCK_SYSVAR: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");
pub const RENT_SYSVAR: Address = Address::from_str_const("SysvarRent111111111111111111111111111111111");
pub const STAKE_HISTORY_SYSVAR: Address =
    Address::from_str_const("SysvarStakeHistory1111111111111111111111111");
pub const EPOCH_REWARDS_SYSVAR: Address =
    Address::from_str_const("SysvarEpochRewards1111111111111111111111111");
