//! Seeds, caps in code, and addresses of the chain's own programs and sysvars.

use anchor_lang::prelude::*;

pub const SELECTION_SEED: &[u8] = b"selection";

/// An epoch that never comes: nothing happened yet.
pub const NEVER: u64 = u64::MAX;
/// In place of an index into the pool's list: not in it, as far as is known.
pub const NOT_IN_POOL: u32 = u32::MAX;

/// The most candidates a registry may have.
pub const MAX_CANDIDATES: u32 = 5_000;
/// Epochs in a row without credits after which anyone may remove a candidate.
pub const IDLE_EPOCHS: u8 = 10;
/// Epochs after it left in which a candidate is remembered: as long as its commissions count, so that nobody sheds a
/// past by leaving and joining again.
pub const LEFT_EPOCHS: u64 = 8;
/// Epochs that directed stake waits for after its holder took it back.
pub const DIRECTED_COOLDOWN_EPOCHS: u64 = 2;
/// Least that may be directed in one position, in base units of LST: a tenth of a token.
pub const MIN_DIRECTED: u64 = 100_000_000;

/// Most of the pool that may be kept liquid: 50 %.
pub const MAX_RESERVE_BPS: u16 = 5_000;
/// Least of the pool one validator must be allowed to hold: 0.01 %.
pub const MIN_CAP_BPS: u16 = 1;
/// Least of the pool that the validators of one hosting provider, or of one country, must be allowed to hold: 5 %.
pub const MIN_GROUP_CAP_BPS: u16 = 500;
/// Least of the network's stake up to which a validator must be allowed to get the pool's: 0.1 %.
pub const MIN_NETWORK_CAP_BPS: u16 = 10;
/// Least of the pool that must be allowed to move in an epoch, 1 %. A minimum move may still stop what is smaller, but
/// for what tickets are owed.
pub const MIN_MOVED_BPS: u16 = 100;
/// Most of the pool that holders may direct: 20 %.
pub const MAX_DIRECTED_BPS: u16 = 2_000;
/// Most history that may be asked for, in epochs: the chain keeps 64, the current one included.
pub const MAX_MIN_HISTORY: u64 = 63;
/// Longest wait for observations, in slots: half an epoch of mainnet.
pub const MAX_GRACE_SLOTS: u64 = 216_000;
/// Slots without a vote that may count as delinquency: at least what the chain's RPC calls so, at most half an epoch of
/// mainnet.
pub const MIN_DELINQUENT_SLOTS: u64 = 128;
pub const MAX_DELINQUENT_SLOTS: u64 = 216_000;
/// Largest minimum move, in lamports: 10,000 SOL.
pub const MAX_MIN_MOVE: u64 = 10_000_000_000_000;
/// Largest bond that joining may ask for, in base units of LST: 10,000 tokens.
pub const MAX_JOIN_BOND: u64 = 10_000_000_000_000;
/// Longest horizon of a move, in epochs.
pub const MAX_HORIZON_EPOCHS: u16 = 500;
/// Most that a move may be said to cost, in parts of an epoch's yield: two epochs.
pub const MAX_MOVE_COST_BPS: u16 = 20_000;
/// Most that a newcomer may have to be better by, beyond the cost of a move: 10 %.
pub const MAX_HYSTERESIS_BPS: u16 = 1_000;
/// Largest bond that may be asked for per stake: 10 %.
pub const MAX_MIN_BOND_BPS: u16 = 1_000;
/// Least and most epochs of a bid that a bond has to cover: what is not paid yet for the epoch before, this one, and the
/// next, in which stake that it does not cover any more leaves.
pub const MIN_BID_EPOCHS: u16 = 3;
pub const MAX_BID_EPOCHS: u16 = 32;
/// Shortest and longest notice of a bond's withdrawal, in epochs: the stake needs two to leave.
pub const MIN_NOTICE_EPOCHS: u16 = 2;
pub const MAX_NOTICE_EPOCHS: u16 = 30;

/// Most that an untried validator may be taken to bring beside inflation: twice what the others bring.
pub const MAX_UNTRIED_BPS: u16 = 20_000;

pub const STAKE_PROGRAM: Address = Address::from_str_const("Stake11111111111111111111111111111111111111");
pub const VOTE_PROGRAM: Address = Address::from_str_const("Vote111111111111111111111111111111111111111");
pub const STAKE_CONFIG: Address = Address::from_str_const("StakeConfig11111111111111111111111111111111");
pub const CLOCK_SYSVAR: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");
pub const RENT_SYSVAR: Address = Address::from_str_const("SysvarRent111111111111111111111111111111111");
pub const STAKE_HISTORY_SYSVAR: Address =
    Address::from_str_const("SysvarStakeHistory1111111111111111111111111");
