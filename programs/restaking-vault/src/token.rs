//! Read-only views of mints and token accounts, the same bytes under SPL Token and Token-2022.
//!
//! Reads what this program must know before it calls a token program; never writes.

use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use crate::constants::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM};

const NONE: [u8; 4] = [0; 4];
const SOME: [u8; 4] = [1, 0, 0, 0];
const INITIALIZED: u8 = 1;

/// A mint without extensions: 82 bytes.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct MintView {
    authority_tag: [u8; 4],
    authority: Address,
    supply: [u8; 8],
    pub decimals: u8,
    initialized: u8,
    freeze_authority_tag: [u8; 4],
    freeze_authority: Address,
}

const _: () = assert!(core::mem::size_of::<MintView>() == 82);

impl MintView {
    /// The mint in `account`, if it is an initialized one of `token_program` and exactly 82 bytes long: any
    /// extension makes it longer.
    pub fn read(account: &AccountView, token_program: &Address) -> Option<Self> {
        let mint: Self = read_exactly(account, token_program)?;
        (mint.initialized == INITIALIZED).then_some(mint)
    }

    /// Whether `vault`, and nobody but it, can change this mint's supply or its holders' accounts, and nothing
    /// has been minted.
    pub fn is_fresh_mint_of(&self, vault: &Address) -> bool {
        self.authority_tag == SOME
            && self.authority == *vault
            && self.freeze_authority_tag == NONE
            && self.supply == [0; 8]
    }
}

/// The fields every token account begins with: 165 bytes.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct TokenAccountView {
    pub mint: Address,
    pub owner: Address,
    amount: [u8; 8],
    delegate_tag: [u8; 4],
    delegate: Address,
    state: u8,
    native_tag: [u8; 4],
    native: [u8; 8],
    delegated_amount: [u8; 8],
    close_authority_tag: [u8; 4],
    close_authority: Address,
}

const _: () = assert!(core::mem::size_of::<TokenAccountView>() == 165);

impl TokenAccountView {
    /// The token account in `account`, if `token_program` owns it. Its extensions, if any, are ignored: the token
    /// program looks at them when it moves tokens.
    pub fn read(account: &AccountView, token_program: &Address) -> Option<Self> {
        if !account.owned_by(token_program) {
            return None;
        }
        let data = account.try_borrow().ok()?;
        let head = data.get(..core::mem::size_of::<Self>())?;
        bytemuck::try_from_bytes(head).ok().copied()
    }

    /// Whether collateral can be sent to `account` by a call of ours: a token account of `mint`, not frozen, with no
    /// extension that could refuse. Its owner may ask for a memo with every transfer at any time, and we make none.
    pub fn can_receive(account: &AccountView, token_program: &Address, mint: &Address) -> bool {
        Self::read(account, token_program).is_some_and(|view| view.is_usable() && view.mint == *mint)
            && account.try_borrow().is_ok_and(|data| {
                data.len() == core::mem::size_of::<Self>()
                    || (*token_program == TOKEN_2022_PROGRAM && has_harmless_extensions(&data))
            })
    }

    /// Whether tokens can be moved in and out: initialized and not frozen.
    pub fn is_usable(&self) -> bool {
        self.state == INITIALIZED
    }

    /// Whether nobody but its owner can move tokens out of it or close it.
    pub fn is_sealed(&self) -> bool {
        self.delegate_tag == NONE && self.close_authority_tag == NONE
    }
}

const MULTISIG_LEN: usize = 355;
/// Kind of account, behind its 165 bytes, where Token-2022 put extensions.
const KIND_TOKEN_ACCOUNT: u8 = 2;
const IMMUTABLE_OWNER: u16 = 7;
const MEMO_TRANSFER: u16 = 8;
const CPI_GUARD: u16 = 11;

/// Whether the extensions of a Token-2022 account are known to let transfers in. Layout: the kind, then entries of
/// type u16, length u16 and value, until type 0 or the end.
fn has_harmless_extensions(data: &[u8]) -> bool {
    let (Some(kind), Some(mut rest)) = (data.get(165), data.get(166..)) else { return false };
    if *kind != KIND_TOKEN_ACCOUNT || data.len() == MULTISIG_LEN {
        return false;
    }
    while let Some((&[a, b, c, d], tail)) = rest.split_first_chunk::<4>() {
        let (kind, length) = (u16::from_le_bytes([a, b]), usize::from(u16::from_le_bytes([c, d])));
        let (Some(value), Some(next)) = (tail.get(..length), tail.get(length..)) else { return false };
        match kind {
            0 => return true,
            IMMUTABLE_OWNER | CPI_GUARD => {}
            MEMO_TRANSFER if value == [0] => {}
            _ => return false,
        }
        rest = next;
    }
    true
}

/// Whether `program` is one of the two token programs.
pub fn is_token_program(program: &Address) -> bool {
    *program == TOKEN_PROGRAM || *program == TOKEN_2022_PROGRAM
}

/// `account` as a `T`, if `owner` owns it and it is exactly as long.
pub fn read_exactly<T: Pod>(account: &AccountView, owner: &Address) -> Option<T> {
    if !account.owned_by(owner) {
        return None;
    }
    let data = account.try_borrow().ok()?;
    bytemuck::try_from_bytes(&data).ok().copied()
}
