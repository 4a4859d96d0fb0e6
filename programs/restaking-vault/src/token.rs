//! Read-only views of mints and token accounts, the same bytes under SPL Token and Token-2022.
//!
//! Reads what this program must know before it calls a token program; never writes.

use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use crate::constants::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM};
use crate::errors::VaultError;

const NONE: [u8; 4] = [0; 4];
const SOME: [u8; 4] = [1, 0, 0, 0];
const INITIALIZED: u8 = 1;

/// What every mint begins with: 82 bytes.
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

const MINT_LEN: usize = core::mem::size_of::<MintView>();
const _: () = assert!(MINT_LEN == 82);

impl MintView {
    /// The mint in `account`, if it is an initialized one of `token_program` without other extensions than `accept` lets
    /// pass.
    ///
    /// Errors: `unusable`, and those of `accept`.
    pub fn read(
        account: &AccountView,
        token_program: &Address,
        unusable: VaultError,
        accept: fn(u16) -> Result<()>,
    ) -> Result<Self> {
        let data = account.try_borrow()?;
        let head = data.get(..MINT_LEN).filter(|_| account.owned_by(token_program)).ok_or(unusable)?;
        let mint: Self = bytemuck::try_pod_read_unaligned(head).map_err(|_| unusable)?;
        if mint.initialized != INITIALIZED {
            return Err(unusable.into());
        }
        if data.len() > MINT_LEN {
            let extended = *token_program == TOKEN_2022_PROGRAM && data.len() != MULTISIG_LEN;
            if !extended || data.get(KIND) != Some(&KIND_MINT) {
                return Err(unusable.into());
            }
            each_extension(&data, |kind, _| accept(kind)).ok_or(unusable)??;
        }
        Ok(mint)
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

/// Extensions of a collateral. What changes how amounts are shown, describes or groups the token, or closes a mint without
/// supply, touches no balance; a transfer fee is measured.
///
/// Errors: one for each reason to refuse.
pub fn accept_collateral(kind: u16) -> Result<()> {
    match kind {
        TRANSFER_FEE_CONFIG | MINT_CLOSE_AUTHORITY | INTEREST_BEARING | SCALED_UI_AMOUNT => Ok(()),
        METADATA_POINTER | TOKEN_METADATA | GROUP_POINTER..=TOKEN_GROUP_MEMBER => Ok(()),
        TRANSFER_HOOK => Err(VaultError::CollateralHasTransferHook.into()),
        PERMANENT_DELEGATE => Err(VaultError::CollateralHasPermanentDelegate.into()),
        NON_TRANSFERABLE => Err(VaultError::CollateralNotTransferable.into()),
        PAUSABLE => Err(VaultError::CollateralPausable.into()),
        DEFAULT_ACCOUNT_STATE => Err(VaultError::CollateralMayBeginFrozen.into()),
        CONFIDENTIAL_TRANSFER | CONFIDENTIAL_FEE | CONFIDENTIAL_MINT_BURN => {
            Err(VaultError::CollateralConfidential.into())
        }
        _ => Err(VaultError::CollateralExtensionUnknown.into()),
    }
}

/// Extensions of a VRT mint: those that tell wallets what it is. Errors: `UnusableVrtMint`.
pub fn accept_vrt(kind: u16) -> Result<()> {
    require!(matches!(kind, METADATA_POINTER | TOKEN_METADATA), VaultError::UnusableVrtMint);
    Ok(())
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
                    || (*token_program == TOKEN_2022_PROGRAM && has_only(&data, is_harmless))
            })
    }

    /// Whether `account` can receive collateral and is not one of `vault`'s own.
    pub fn is_payee(account: &AccountView, token_program: &Address, mint: &Address, vault: &Address) -> bool {
        Self::can_receive(account, token_program, mint)
            && Self::read(account, token_program).is_some_and(|view| view.owner != *vault)
    }

    /// A token account of `owner` for `mint` that nobody else can move tokens out of, and that cannot refuse any: under
    /// Token-2022 a former owner may have left an extension that does.
    ///
    /// Errors: `UnusableVaultAccount`.
    pub fn check_custody(
        account: &AccountView,
        token_program: &Address,
        mint: &Address,
        owner: &Address,
    ) -> Result<()> {
        let view = Self::read(account, token_program).ok_or(VaultError::UnusableVaultAccount)?;
        let data = account.try_borrow()?;
        let plain = data.len() == core::mem::size_of::<Self>()
            || (*token_program == TOKEN_2022_PROGRAM && has_only(&data, |kind, _| is_custodial(kind)));
        require!(
            plain && view.mint == *mint && view.owner == *owner && view.is_usable() && view.is_sealed(),
            VaultError::UnusableVaultAccount
        );
        Ok(())
    }

    /// Base units in the account.
    pub fn amount(&self) -> u64 {
        u64::from_le_bytes(self.amount)
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

/// Base units in a token account whose owner has been checked.
///
/// Errors: `UnusableVaultAccount` where there are not as many bytes.
#[inline(always)]
pub fn balance(account: &AccountView) -> Result<u64> {
    let data = account.try_borrow()?;
    let bytes = data.get(64..72).and_then(|bytes| bytes.try_into().ok());
    Ok(u64::from_le_bytes(bytes.ok_or(VaultError::UnusableVaultAccount)?))
}

const MULTISIG_LEN: usize = 355;
/// Where an extended account says what it is, behind the bytes of a token account.
const KIND: usize = 165;
const KIND_MINT: u8 = 1;
const KIND_TOKEN_ACCOUNT: u8 = 2;

const TRANSFER_FEE_CONFIG: u16 = 1;
const TRANSFER_FEE_AMOUNT: u16 = 2;
const MINT_CLOSE_AUTHORITY: u16 = 3;
const CONFIDENTIAL_TRANSFER: u16 = 4;
const DEFAULT_ACCOUNT_STATE: u16 = 6;
const IMMUTABLE_OWNER: u16 = 7;
const MEMO_TRANSFER: u16 = 8;
const NON_TRANSFERABLE: u16 = 9;
const INTEREST_BEARING: u16 = 10;
const CPI_GUARD: u16 = 11;
const PERMANENT_DELEGATE: u16 = 12;
const TRANSFER_HOOK: u16 = 14;
const CONFIDENTIAL_FEE: u16 = 16;
const METADATA_POINTER: u16 = 18;
const TOKEN_METADATA: u16 = 19;
const GROUP_POINTER: u16 = 20;
const TOKEN_GROUP_MEMBER: u16 = 23;
const CONFIDENTIAL_MINT_BURN: u16 = 24;
const SCALED_UI_AMOUNT: u16 = 25;
const PAUSABLE: u16 = 26;

/// Calls `visit` with the type and value of each extension, until one fails. `None` where the bytes are not what
/// Token-2022 writes: entries of type u16, length u16 and value behind the kind, until type 0 or the end.
fn each_extension(data: &[u8], visit: impl Fn(u16, &[u8]) -> Result<()>) -> Option<Result<()>> {
    let mut rest = data.get(KIND..)?.get(1..)?;
    while let Some((&[a, b, c, d], tail)) = rest.split_first_chunk::<4>() {
        let (kind, length) = (u16::from_le_bytes([a, b]), usize::from(u16::from_le_bytes([c, d])));
        if kind == 0 {
            return rest.iter().all(|byte| *byte == 0).then_some(Ok(()));
        }
        if let Err(error) = visit(kind, tail.get(..length)?) {
            return Some(Err(error));
        }
        rest = tail.get(length..)?;
    }
    Some(Ok(()))
}

/// Whether the extended token account in `data` has only extensions that `good` accepts.
fn has_only(data: &[u8], good: impl Fn(u16, &[u8]) -> bool) -> bool {
    let visit = |kind, value: &[u8]| {
        if good(kind, value) { Ok(()) } else { Err(VaultError::UnusableVaultAccount.into()) }
    };
    data.get(KIND) == Some(&KIND_TOKEN_ACCOUNT)
        && data.len() != MULTISIG_LEN
        && matches!(each_extension(data, visit), Some(Ok(())))
}

/// What an account of ours may carry: nothing that can be switched on.
fn is_custodial(kind: u16) -> bool {
    matches!(kind, IMMUTABLE_OWNER | TRANSFER_FEE_AMOUNT)
}

/// Whether an extension of a Token-2022 account is known to let transfers in.
fn is_harmless(kind: u16, value: &[u8]) -> bool {
    is_custodial(kind) || kind == CPI_GUARD || (kind == MEMO_TRANSFER && value == [0])
}

/// Whether `program` is one of the two token programs.
pub fn is_token_program(program: &Address) -> bool {
    *program == TOKEN_PROGRAM || *program == TOKEN_2022_PROGRAM
}
