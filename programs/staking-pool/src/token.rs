//! Token accounts and mints read in place: what the pool must know of them before it relies on them.

use anchor_lang::prelude::*;

use crate::constants::{LST_DECIMALS, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM};
use crate::errors::PoolError;

/// Bytes of a mint and of a token account without extensions, and of a multisig.
const MINT: usize = 82;
const TOKEN_ACCOUNT: usize = 165;
const MULTISIG: usize = 355;
/// Where an extended account says what it is, behind the bytes of a token account.
const KIND: usize = TOKEN_ACCOUNT;
const KIND_MINT: u8 = 1;
const KIND_TOKEN_ACCOUNT: u8 = 2;

/// Extensions of a mint that a pool can live with: they touch no balance.
const METADATA_POINTER: u16 = 18;
const TOKEN_METADATA: u16 = 19;
const SCALED_UI_AMOUNT: u16 = 25;

/// What a mint has beside the plain one.
#[derive(Clone, Copy, Default)]
pub struct MintExtensions {
    pub scaled_ui: bool,
}

/// A new mint that is wholly `authority`'s: no supply, no freeze authority, 9 decimals. Of Token-2022's extensions only
/// metadata and its pointer, and a scaled UI amount that `authority` sets, are accepted: all others move balances, or
/// let somebody else do it.
///
/// Layout of a mint: authority tag u32 and key, supply u64, decimals u8, initialized u8, freeze tag u32 and key. Extensions,
/// from byte 166 of a longer one: type u16, length u16, value.
///
/// Errors: `UnusableMint`.
pub fn usable_mint(
    mint: &AccountView,
    token_program: &Address,
    authority: &Address,
) -> Result<MintExtensions> {
    let data = mint.try_borrow()?;
    let is_plain = mint.owned_by(token_program)
        && data.get(..4) == Some(&[1, 0, 0, 0])
        && data.get(4..36) == Some(authority.as_ref())
        && data.get(36..44) == Some(&[0; 8])
        && data.get(44) == Some(&LST_DECIMALS)
        && data.get(45) == Some(&1)
        && data.get(46..50) == Some(&[0; 4]);
    require!(is_plain, PoolError::UnusableMint);
    if data.len() == MINT {
        return Ok(MintExtensions::default());
    }
    let is_extended =
        *token_program == TOKEN_2022_PROGRAM && data.len() != MULTISIG && data.get(KIND) == Some(&KIND_MINT);
    require!(is_extended, PoolError::UnusableMint);
    let mut found = MintExtensions::default();
    let mut rest = data.get(KIND..).and_then(|kind| kind.get(1..)).unwrap_or_default();
    while let Some((header, tail)) = rest.split_first_chunk::<4>() {
        let [t0, t1, l0, l1] = *header;
        let length = usize::from(u16::from_le_bytes([l0, l1]));
        let value = tail.get(..length).ok_or(PoolError::UnusableMint)?;
        match u16::from_le_bytes([t0, t1]) {
            METADATA_POINTER | TOKEN_METADATA => {}
            // Authority key, then the multiplier.
            SCALED_UI_AMOUNT if value.get(..32) == Some(authority.as_ref()) => found.scaled_ui = true,
            // Nothing but zeros behind the last one.
            0 if rest.iter().all(|byte| *byte == 0) => break,
            _ => return Err(PoolError::UnusableMint.into()),
        }
        rest = tail.get(length..).unwrap_or_default();
    }
    require!(rest.iter().all(|byte| *byte == 0), PoolError::UnusableMint);
    Ok(found)
}

/// Whether `account` is a plain token account of `owner`. Extensions are refused: one that wants a memo with every
/// transfer would let nobody order a ticket. So is another authority to close it, who could put an account of its own
/// in the place of an empty one.
pub fn is_escrow(account: &AccountView, token_program: &Address, mint: &Address, owner: &Address) -> bool {
    let Ok(data) = account.try_borrow() else { return false };
    account.owned_by(token_program)
        && data.len() == TOKEN_ACCOUNT
        && is_initialized_for(&data, mint)
        && data.get(32..64) == Some(owner.as_ref())
        && data.get(129..133) == Some(&[0; 4])
}

/// Whether LST can be minted to `account`: a token account of the mint, whoever owns it, extended or not, not frozen.
pub fn can_receive(account: &AccountView, token_program: &Address, mint: &Address) -> bool {
    let Ok(data) = account.try_borrow() else { return false };
    let is_token_account = data.len() == TOKEN_ACCOUNT
        || (*token_program == TOKEN_2022_PROGRAM
            && data.len() != MULTISIG
            && data.get(KIND) == Some(&KIND_TOKEN_ACCOUNT));
    account.owned_by(token_program) && is_token_account && is_initialized_for(&data, mint)
}

/// Layout of a token account: mint, owner, amount u64, delegate tag and key, state u8 at 108 (1: initialized, 2: frozen).
fn is_initialized_for(data: &[u8], mint: &Address) -> bool {
    data.get(..32) == Some(mint.as_ref()) && data.get(108) == Some(&1)
}

/// Accounts owned by the incinerator or by the system program may be burnt from by anybody: the token programs let them.
const INCINERATOR: Address = Address::from_str_const("1nc1nerator11111111111111111111111111111111");

/// Refuses to pay for tokens that lie where anybody may burn them: they are gone, and what they were worth is the holders'.
///
/// Errors: `UnusableTokenAccount`.
#[inline(always)]
pub fn require_held(account: &AccountView) -> Result<()> {
    let data = account.try_borrow()?;
    let owner = data.get(32..64).unwrap_or_default();
    require!(
        owner != INCINERATOR.as_ref() && owner != SYSTEM_PROGRAM.as_ref(),
        PoolError::UnusableTokenAccount
    );
    Ok(())
}

/// Supply of a mint, at byte 36. Errors: `WrongMint` when there are not as many bytes.
pub fn mint_supply(mint: &AccountView) -> Result<u64> {
    let data = mint.try_borrow()?;
    let bytes = data.get(36..44).and_then(|bytes| bytes.try_into().ok()).ok_or(PoolError::WrongMint)?;
    Ok(u64::from_le_bytes(bytes))
}
