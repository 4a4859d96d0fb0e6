//! Calls into the token, stake and system programs with fixed-size account arrays: no heap, no name logs.
//!
//! Every function builds exactly the instruction its name says. The callee validates what it owns; this program
//! has validated that each program account is the program it should be.

use anchor_lang::prelude::*;
use pinocchio::cpi::{CpiAccount, Signer, invoke_signed_unchecked};
use pinocchio::instruction::{InstructionAccount, InstructionView};

use crate::constants::{STAKE_PROGRAM, SYSTEM_PROGRAM};

/// Invokes `program` with one account view per meta, in the same order.
#[inline(always)]
fn invoke<const N: usize>(
    program: &Address,
    metas: [InstructionAccount; N],
    views: [&AccountView; N],
    data: &[u8],
    signers: &[Signer],
) {
    let accounts = views.map(CpiAccount::from);
    let instruction = InstructionView { program_id: program, accounts: &metas, data };
    // SAFETY: the metas and views describe the same accounts in the same order. Typed wrappers over these
    // accounts hold no copies of their bytes, so what the callee writes is what they read afterwards.
    unsafe { invoke_signed_unchecked(&instruction, &accounts, signers) }
}

/// One-byte tag followed by a little-endian amount: the token program's fixed instructions.
#[inline(always)]
fn tagged_amount(tag: u8, amount: u64) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = amount.to_le_bytes();
    [tag, a, b, c, d, e, f, g, h]
}

/// Four-byte tag followed by a little-endian amount: the stake and system programs' instructions.
#[inline(always)]
fn wide_tagged_amount(tag: u8, amount: u64) -> [u8; 12] {
    let [a, b, c, d, e, f, g, h] = amount.to_le_bytes();
    [tag, 0, 0, 0, a, b, c, d, e, f, g, h]
}

const TOKEN_TRANSFER: u8 = 3;
const TOKEN_MINT_TO: u8 = 7;
const TOKEN_BURN: u8 = 8;

/// `MintTo`: the pool mints `amount` to `destination`.
#[inline(always)]
pub fn mint_to(
    token_program: &Address,
    mint: &AccountView,
    destination: &AccountView,
    pool: &AccountView,
    amount: u64,
    signer: Signer,
) {
    invoke(
        token_program,
        [
            InstructionAccount::writable(mint.address()),
            InstructionAccount::writable(destination.address()),
            InstructionAccount::readonly_signer(pool.address()),
        ],
        [mint, destination, pool],
        &tagged_amount(TOKEN_MINT_TO, amount),
        &[signer],
    );
}

/// `Burn`: `authority` burns `amount` out of `account`; `signers` is empty when it signed the transaction.
#[inline(always)]
pub fn burn(
    token_program: &Address,
    account: &AccountView,
    mint: &AccountView,
    authority: &AccountView,
    amount: u64,
    signers: &[Signer],
) {
    invoke(
        token_program,
        [
            InstructionAccount::writable(account.address()),
            InstructionAccount::writable(mint.address()),
            InstructionAccount::readonly_signer(authority.address()),
        ],
        [account, mint, authority],
        &tagged_amount(TOKEN_BURN, amount),
        signers,
    );
}

/// `Transfer` of LST out of an account of `authority`, which signed the transaction.
#[inline(always)]
pub fn transfer_tokens(
    token_program: &Address,
    from: &AccountView,
    to: &AccountView,
    authority: &AccountView,
    amount: u64,
) {
    invoke(
        token_program,
        [
            InstructionAccount::writable(from.address()),
            InstructionAccount::writable(to.address()),
            InstructionAccount::readonly_signer(authority.address()),
        ],
        [from, to, authority],
        &tagged_amount(TOKEN_TRANSFER, amount),
        &[],
    );
}

/// `Transfer` of LST out of an account of the pool.
#[inline(always)]
pub fn return_tokens(
    token_program: &Address,
    from: &AccountView,
    to: &AccountView,
    pool: &AccountView,
    amount: u64,
    signer: Signer,
) {
    invoke(
        token_program,
        [
            InstructionAccount::writable(from.address()),
            InstructionAccount::writable(to.address()),
            InstructionAccount::readonly_signer(pool.address()),
        ],
        [from, to, pool],
        &tagged_amount(TOKEN_TRANSFER, amount),
        &[signer],
    );
}

const TOKEN_SCALED_UI: u8 = 43;
const SCALED_UI_UPDATE: u8 = 1;

/// Token-2022's `ScaledUiAmount::UpdateMultiplier`, in force at once: `multiplier` is the bits of a double.
#[inline(always)]
pub fn update_multiplier(
    token_program: &Address,
    mint: &AccountView,
    pool: &AccountView,
    multiplier: u64,
    signer: Signer,
) {
    let mut data = [0u8; 18];
    data[0] = TOKEN_SCALED_UI;
    data[1] = SCALED_UI_UPDATE;
    data[2..10].copy_from_slice(&multiplier.to_le_bytes());
    invoke(
        token_program,
        [InstructionAccount::writable(mint.address()), InstructionAccount::readonly_signer(pool.address())],
        [mint, pool],
        &data,
        &[signer],
    );
}

const SYSTEM_ASSIGN: u8 = 1;
const SYSTEM_TRANSFER: u8 = 2;
const SYSTEM_ALLOCATE: u8 = 8;

/// System `Transfer` from a wallet that signed the transaction.
#[inline(always)]
pub fn transfer_sol(from: &AccountView, to: &AccountView, lamports: u64) {
    invoke(
        &SYSTEM_PROGRAM,
        [InstructionAccount::writable_signer(from.address()), InstructionAccount::writable(to.address())],
        [from, to],
        &wide_tagged_amount(SYSTEM_TRANSFER, lamports),
        &[],
    );
}

/// Turns an address of the pool into an empty stake account: `Allocate`, then `Assign`. Not `CreateAccount`,
/// which anyone could block by sending the address one lamport.
///
/// `reserve` is in the first call's list because its lamports were moved to the account just before, and the
/// runtime balances lamports over the accounts of a call.
#[inline(always)]
pub fn create_stake_account(account: &AccountView, reserve: &AccountView, space: u64, signer: &Signer) {
    invoke(
        &SYSTEM_PROGRAM,
        [
            InstructionAccount::writable_signer(account.address()),
            InstructionAccount::writable(reserve.address()),
        ],
        [account, reserve],
        &wide_tagged_amount(SYSTEM_ALLOCATE, space),
        core::slice::from_ref(signer),
    );
    let mut data = [0u8; 36];
    data[0] = SYSTEM_ASSIGN;
    data[4..].copy_from_slice(STAKE_PROGRAM.as_ref());
    invoke(
        &SYSTEM_PROGRAM,
        [InstructionAccount::writable_signer(account.address())],
        [account],
        &data,
        core::slice::from_ref(signer),
    );
}

const STAKE_INITIALIZE: u8 = 0;
const STAKE_AUTHORIZE: u8 = 1;
const STAKE_DELEGATE: u8 = 2;
const STAKE_SPLIT: u8 = 3;
const STAKE_WITHDRAW: u8 = 4;
const STAKE_DEACTIVATE: u8 = 5;
const STAKE_MERGE: u8 = 7;
const STAKE_GET_MINIMUM_DELEGATION: u8 = 13;

/// The sysvar accounts stake instructions want.
pub struct StakeSysvars<'a> {
    pub clock: &'a AccountView,
    pub history: &'a AccountView,
}

/// `Initialize` with the pool as staker and withdrawer and no lockup.
#[inline(always)]
pub fn stake_initialize(account: &AccountView, rent: &AccountView, pool: &AccountView) {
    let mut data = [0u8; 116];
    data[0] = STAKE_INITIALIZE;
    data[4..36].copy_from_slice(pool.address().as_ref());
    data[36..68].copy_from_slice(pool.address().as_ref());
    invoke(
        &STAKE_PROGRAM,
        [InstructionAccount::writable(account.address()), InstructionAccount::readonly(rent.address())],
        [account, rent],
        &data,
        &[],
    );
}

/// `DelegateStake` to `vote`. The stake config account is unused by the stake program but keeps its place.
#[inline(always)]
pub fn stake_delegate(
    account: &AccountView,
    vote: &AccountView,
    sysvars: &StakeSysvars,
    config: &AccountView,
    pool: &AccountView,
    signer: Signer,
) {
    invoke(
        &STAKE_PROGRAM,
        [
            InstructionAccount::writable(account.address()),
            InstructionAccount::readonly(vote.address()),
            InstructionAccount::readonly(sysvars.clock.address()),
            InstructionAccount::readonly(sysvars.history.address()),
            InstructionAccount::readonly(config.address()),
            InstructionAccount::readonly_signer(pool.address()),
        ],
        [account, vote, sysvars.clock, sysvars.history, config, pool],
        &[STAKE_DELEGATE, 0, 0, 0],
        &[signer],
    );
}

/// `Split` of `lamports` into `destination`, an uninitialized stake account that has its rent.
#[inline(always)]
pub fn stake_split(
    source: &AccountView,
    destination: &AccountView,
    pool: &AccountView,
    lamports: u64,
    signer: Signer,
) {
    invoke(
        &STAKE_PROGRAM,
        [
            InstructionAccount::writable(source.address()),
            InstructionAccount::writable(destination.address()),
            InstructionAccount::readonly_signer(pool.address()),
        ],
        [source, destination, pool],
        &wide_tagged_amount(STAKE_SPLIT, lamports),
        &[signer],
    );
}

/// `Deactivate`.
#[inline(always)]
pub fn stake_deactivate(account: &AccountView, clock: &AccountView, pool: &AccountView, signer: Signer) {
    invoke(
        &STAKE_PROGRAM,
        [
            InstructionAccount::writable(account.address()),
            InstructionAccount::readonly(clock.address()),
            InstructionAccount::readonly_signer(pool.address()),
        ],
        [account, clock, pool],
        &[STAKE_DEACTIVATE, 0, 0, 0],
        &[signer],
    );
}

/// `Merge` of `source` into `destination`.
#[inline(always)]
pub fn stake_merge(
    destination: &AccountView,
    source: &AccountView,
    sysvars: &StakeSysvars,
    pool: &AccountView,
    signer: Signer,
) {
    invoke(
        &STAKE_PROGRAM,
        [
            InstructionAccount::writable(destination.address()),
            InstructionAccount::writable(source.address()),
            InstructionAccount::readonly(sysvars.clock.address()),
            InstructionAccount::readonly(sysvars.history.address()),
            InstructionAccount::readonly_signer(pool.address()),
        ],
        [destination, source, sysvars.clock, sysvars.history, pool],
        &[STAKE_MERGE, 0, 0, 0],
        &[signer],
    );
}

/// `Withdraw` of `lamports` to the reserve, by the withdraw authority: the pool, or of an account without data itself.
#[inline(always)]
pub fn stake_withdraw(
    account: &AccountView,
    reserve: &AccountView,
    sysvars: &StakeSysvars,
    authority: &AccountView,
    lamports: u64,
    signer: Signer,
) {
    invoke(
        &STAKE_PROGRAM,
        [
            InstructionAccount::writable(account.address()),
            InstructionAccount::writable(reserve.address()),
            InstructionAccount::readonly(sysvars.clock.address()),
            InstructionAccount::readonly(sysvars.history.address()),
            InstructionAccount::readonly_signer(authority.address()),
        ],
        [account, reserve, sysvars.clock, sysvars.history, authority],
        &wide_tagged_amount(STAKE_WITHDRAW, lamports),
        &[signer],
    );
}

/// Which of a stake account's two authorities.
#[derive(Clone, Copy)]
pub enum StakeAuthority {
    Staker,
    Withdrawer,
}

/// `Authorize`: `authority` hands one of its authorities over to `new`; `signers` is empty when it signed the transaction.
#[inline(always)]
pub fn stake_authorize(
    account: &AccountView,
    clock: &AccountView,
    authority: &AccountView,
    new: &Address,
    which: StakeAuthority,
    signers: &[Signer],
) {
    let mut data = [0u8; 40];
    data[0] = STAKE_AUTHORIZE;
    data[4..36].copy_from_slice(new.as_ref());
    data[36] = match which {
        StakeAuthority::Staker => 0,
        StakeAuthority::Withdrawer => 1,
    };
    invoke(
        &STAKE_PROGRAM,
        [
            InstructionAccount::writable(account.address()),
            InstructionAccount::readonly(clock.address()),
            InstructionAccount::readonly_signer(authority.address()),
        ],
        [account, clock, authority],
        &data,
        signers,
    );
}

/// `GetMinimumDelegation`, in lamports. `None` when the stake program returns something else than eight bytes.
#[inline(always)]
pub fn stake_minimum_delegation() -> Option<u64> {
    invoke(&STAKE_PROGRAM, [], [], &[STAKE_GET_MINIMUM_DELEGATION, 0, 0, 0], &[]);
    let answer = pinocchio::cpi::get_return_data()?;
    if answer.program_id() != &STAKE_PROGRAM {
        return None;
    }
    answer.as_slice().try_into().ok().map(u64::from_le_bytes)
}

const STAKE_POOL_WITHDRAW_STAKE: u8 = 10;

/// `WithdrawStake` of an SPL stake pool: the accounts of the call, in its order.
pub struct StakePoolWithdrawal<'a> {
    pub program: &'a Address,
    pub stake_pool: &'a AccountView,
    pub validator_list: &'a AccountView,
    pub withdraw_authority: &'a AccountView,
    /// The other pool's stake account with a validator.
    pub split_from: &'a AccountView,
    /// A new, uninitialized stake account with its rent.
    pub split_to: &'a AccountView,
    /// Becomes staker and withdrawer of it.
    pub new_authority: &'a AccountView,
    /// Owner or delegate of the tokens; signed the transaction.
    pub user: &'a AccountView,
    pub user_tokens: &'a AccountView,
    pub fee_account: &'a AccountView,
    pub mint: &'a AccountView,
    pub clock: &'a AccountView,
    pub token_program: &'a AccountView,
    pub stake_program: &'a AccountView,
}

impl StakePoolWithdrawal<'_> {
    /// Burns `tokens` base units and splits off what they are worth there. The pool signs nothing.
    #[inline(always)]
    pub fn invoke(&self, tokens: u64) {
        invoke(
            self.program,
            [
                InstructionAccount::writable(self.stake_pool.address()),
                InstructionAccount::writable(self.validator_list.address()),
                InstructionAccount::readonly(self.withdraw_authority.address()),
                InstructionAccount::writable(self.split_from.address()),
                InstructionAccount::writable(self.split_to.address()),
                InstructionAccount::readonly(self.new_authority.address()),
                InstructionAccount::readonly_signer(self.user.address()),
                InstructionAccount::writable(self.user_tokens.address()),
                InstructionAccount::writable(self.fee_account.address()),
                InstructionAccount::writable(self.mint.address()),
                InstructionAccount::readonly(self.clock.address()),
                InstructionAccount::readonly(self.token_program.address()),
                InstructionAccount::readonly(self.stake_program.address()),
            ],
            [
                self.stake_pool,
                self.validator_list,
                self.withdraw_authority,
                self.split_from,
                self.split_to,
                self.new_authority,
                self.user,
                self.user_tokens,
                self.fee_account,
                self.mint,
                self.clock,
                self.token_program,
                self.stake_program,
            ],
            &tagged_amount(STAKE_POOL_WITHDRAW_STAKE, tokens),
            &[],
        );
    }
}
