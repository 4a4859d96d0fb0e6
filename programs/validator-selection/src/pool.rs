//! Calls into the staking pool with fixed-size account arrays, signed by the config.
//!
//! The pool validates every account itself; this program has validated that the program is the pool's.

use anchor_lang::prelude::*;
use pinocchio::cpi::{CpiAccount, Seed, Signer, invoke_signed_unchecked};
use pinocchio::instruction::{InstructionAccount, InstructionView};

use staking_pool::instruction::{AddValidator, DecreaseStake, IncreaseStake, RemoveValidator};

use crate::constants::SELECTION_SEED;

const ADD_VALIDATOR: u8 = discriminator::<AddValidator>();
const REMOVE_VALIDATOR: u8 = discriminator::<RemoveValidator>();
const INCREASE_STAKE: u8 = discriminator::<IncreaseStake>();
const DECREASE_STAKE: u8 = discriminator::<DecreaseStake>();

/// The first byte of an instruction's data, taken from the pool's own program.
const fn discriminator<I: Discriminator>() -> u8 {
    match I::DISCRIMINATOR {
        [byte] => *byte,
        _ => 0,
    }
}

// Zero is one of the pool's views.
const _: () =
    assert!(ADD_VALIDATOR != 0 && REMOVE_VALIDATOR != 0 && INCREASE_STAKE != 0 && DECREASE_STAKE != 0);

/// The accounts the calls share, and the bump the config signs with. Views are pointers: a copy sees what the pool
/// writes.
pub struct PoolCall {
    pub pool: AccountView,
    pub config: AccountView,
    pub reserve: AccountView,
    pub validator_list: AccountView,
    pub rent: AccountView,
    pub clock: AccountView,
    pub stake_history: AccountView,
    pub stake_config: AccountView,
    pub system_program: AccountView,
    pub stake_program: AccountView,
    pub bump: [u8; 1],
}

impl PoolCall {
    /// `add_validator`: `vote` enters the list, at its end.
    #[inline(always)]
    pub fn add_validator(&self, vote: &AccountView) {
        self.invoke(
            [
                InstructionAccount::writable(self.pool.address()),
                InstructionAccount::readonly_signer(self.config.address()),
                InstructionAccount::writable(self.validator_list.address()),
                InstructionAccount::readonly(vote.address()),
            ],
            [&self.pool, &self.config, &self.validator_list, vote],
            &[ADD_VALIDATOR],
        );
    }

    /// `remove_validator`: the record at `index` leaves the list; the last one takes its place.
    #[inline(always)]
    pub fn remove_validator(&self, vote: &AccountView, index: u32) {
        let [i0, i1, i2, i3] = index.to_le_bytes();
        self.invoke(
            [
                InstructionAccount::writable(self.pool.address()),
                InstructionAccount::readonly_signer(self.config.address()),
                InstructionAccount::writable(self.validator_list.address()),
                InstructionAccount::readonly(vote.address()),
            ],
            [&self.pool, &self.config, &self.validator_list, vote],
            &[REMOVE_VALIDATOR, i0, i1, i2, i3],
        );
    }

    /// `increase_stake`: `lamports` of the reserve go to the validator at `index`, in the account `stake`.
    #[inline(always)]
    pub fn increase_stake(&self, vote: &AccountView, stake: &AccountView, index: u32, lamports: u64) {
        self.invoke(
            [
                InstructionAccount::writable(self.pool.address()),
                InstructionAccount::readonly_signer(self.config.address()),
                InstructionAccount::writable(self.reserve.address()),
                InstructionAccount::writable(self.validator_list.address()),
                InstructionAccount::readonly(vote.address()),
                InstructionAccount::writable(stake.address()),
                InstructionAccount::readonly(self.rent.address()),
                InstructionAccount::readonly(self.clock.address()),
                InstructionAccount::readonly(self.stake_history.address()),
                InstructionAccount::readonly(self.stake_config.address()),
                InstructionAccount::readonly(self.system_program.address()),
                InstructionAccount::readonly(self.stake_program.address()),
            ],
            [
                &self.pool,
                &self.config,
                &self.reserve,
                &self.validator_list,
                vote,
                stake,
                &self.rent,
                &self.clock,
                &self.stake_history,
                &self.stake_config,
                &self.system_program,
                &self.stake_program,
            ],
            &indexed_amount(INCREASE_STAKE, index, lamports),
        );
    }

    /// `decrease_stake`: `lamports` of the validator at `index` start to cool down, in place or in `deactivating`.
    #[inline(always)]
    pub fn decrease_stake(
        &self,
        vote: &AccountView,
        stake: &AccountView,
        deactivating: &AccountView,
        index: u32,
        lamports: u64,
    ) {
        self.invoke(
            [
                InstructionAccount::writable(self.pool.address()),
                InstructionAccount::readonly_signer(self.config.address()),
                InstructionAccount::writable(self.reserve.address()),
                InstructionAccount::writable(self.validator_list.address()),
                InstructionAccount::readonly(vote.address()),
                InstructionAccount::writable(stake.address()),
                InstructionAccount::writable(deactivating.address()),
                InstructionAccount::readonly(self.clock.address()),
                InstructionAccount::readonly(self.system_program.address()),
                InstructionAccount::readonly(self.stake_program.address()),
            ],
            [
                &self.pool,
                &self.config,
                &self.reserve,
                &self.validator_list,
                vote,
                stake,
                deactivating,
                &self.clock,
                &self.system_program,
                &self.stake_program,
            ],
            &indexed_amount(DECREASE_STAKE, index, lamports),
        );
    }

    /// Invokes the pool's program with one account view per meta, in the same order.
    #[inline(always)]
    fn invoke<const N: usize>(&self, metas: [InstructionAccount; N], views: [&AccountView; N], data: &[u8]) {
        let seeds =
            [Seed::from(SELECTION_SEED), Seed::from(self.pool.address().as_ref()), Seed::from(&self.bump)];
        let accounts = views.map(CpiAccount::from);
        let instruction = InstructionView { program_id: &staking_pool::ID, accounts: &metas, data };
        // SAFETY: the metas and views describe the same accounts in the same order. Typed wrappers over these
        // accounts hold no copies of their bytes, so what the pool writes is what they read afterwards.
        unsafe { invoke_signed_unchecked(&instruction, &accounts, &[Signer::from(&seeds)]) }
    }
}

/// A discriminator, an index and an amount, little endian.
#[inline(always)]
fn indexed_amount(discriminator: u8, index: u32, amount: u64) -> [u8; 13] {
    let [i0, i1, i2, i3] = index.to_le_bytes();
    let [a0, a1, a2, a3, a4, a5, a6, a7] = amount.to_le_bytes();
    [discriminator, i0, i1, i2, i3, a0, a1, a2, a3, a4, a5, a6, a7]
}
