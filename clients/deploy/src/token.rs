//! Mints and token accounts of SPL Token and Token-2022 by those programs' own instructions, written out; and what is read
//! of a mint that is there.

use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::chain::{SYSTEM_PROGRAM, readonly, signer, writable};
use crate::config::TokenProgram;

pub const SPL_TOKEN: Address = Address::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
pub const TOKEN_2022: Address = Address::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
const ASSOCIATED_TOKEN: Address = Address::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

/// Bytes of a plain mint and of a plain token account; of an associated one of Token-2022, whose owner cannot change.
pub const MINT: usize = 82;
pub const ACCOUNT: usize = 165;
pub const ASSOCIATED_2022: usize = 170;
/// Bytes of an extended mint before its extensions, and of an extension's header.
pub const EXTENDED: usize = 166;
pub const HEADER: usize = 4;

/// Types of extensions.
pub const TOKEN_METADATA: u16 = 19;
pub const SCALED_UI_AMOUNT: u16 = 25;

impl TokenProgram {
    pub fn id(self) -> Address {
        match self {
            Self::SplToken => SPL_TOKEN,
            Self::Token2022 => TOKEN_2022,
        }
    }

    /// Bytes of an associated token account of a mint without a transfer fee.
    pub fn associated_space(self) -> usize {
        match self {
            Self::SplToken => ACCOUNT,
            Self::Token2022 => ASSOCIATED_2022,
        }
    }
}

/// Where an owner's tokens of a mint usually are.
pub fn associated(owner: &Address, mint: &Address, program: &Address) -> Address {
    let seeds = [owner.as_ref(), program.as_ref(), mint.as_ref()];
    Address::find_program_address(&seeds, &ASSOCIATED_TOKEN).0
}

/// Makes the associated token account where it is not there yet.
pub fn create_associated(payer: &Address, owner: &Address, mint: &Address, program: &Address) -> Instruction {
    Instruction {
        program_id: ASSOCIATED_TOKEN,
        accounts: vec![
            AccountMeta::new(*payer, true),
            writable(&associated(owner, mint, program)),
            readonly(owner),
            readonly(mint),
            readonly(&SYSTEM_PROGRAM),
            readonly(program),
        ],
        data: vec![1],
    }
}

/// The account that [`create_associated`] makes.
pub fn created_associated(instruction: &Instruction) -> Option<Address> {
    let account = instruction.accounts.get(1).filter(|_| instruction.program_id == ASSOCIATED_TOKEN)?;
    Some(account.pubkey)
}

/// `InitializeAccount3`.
pub fn initialize_account(
    account: &Address,
    mint: &Address,
    owner: &Address,
    program: &Address,
) -> Instruction {
    let data = [&[18], owner.as_ref()].concat();
    Instruction { program_id: *program, accounts: vec![writable(account), readonly(mint)], data }
}

/// `InitializeMint2`, nobody can freeze.
pub fn initialize_mint(mint: &Address, authority: &Address, decimals: u8, program: &Address) -> Instruction {
    let data = [&[20, decimals], authority.as_ref(), &[0]].concat();
    Instruction { program_id: *program, accounts: vec![writable(mint)], data }
}

/// `SetAuthority` of who mints.
pub fn hand_over_mint(mint: &Address, from: &Address, to: &Address, program: &Address) -> Instruction {
    let data = [&[6, 0, 1], to.as_ref()].concat();
    Instruction { program_id: *program, accounts: vec![writable(mint), signer(from)], data }
}

/// Points to the metadata on the mint itself.
pub fn metadata_pointer(mint: &Address, authority: &Address) -> Instruction {
    let data = [&[39, 0], authority.as_ref(), mint.as_ref()].concat();
    Instruction { program_id: TOKEN_2022, accounts: vec![writable(mint)], data }
}

/// Amounts are shown multiplied by what `authority` says, by one to begin with.
pub fn scaled_ui(mint: &Address, authority: &Address) -> Instruction {
    let data = [&[43, 0], authority.as_ref(), &1f64.to_le_bytes()].concat();
    Instruction { program_id: TOKEN_2022, accounts: vec![writable(mint)], data }
}

/// `Initialize` of the token metadata interface.
pub fn metadata_2022(mint: &Address, mint_authority: &Address, text: &Text) -> Instruction {
    const INITIALIZE: [u8; 8] = [210, 225, 30, 162, 88, 184, 77, 141];
    let accounts =
        vec![writable(mint), readonly(&text.update_authority), readonly(mint), signer(mint_authority)];
    Instruction { program_id: TOKEN_2022, accounts, data: [&INITIALIZE, text.strings().as_slice()].concat() }
}

/// What wallets show of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub name: String,
    pub symbol: String,
    pub uri: String,
    pub update_authority: Address,
}

impl Text {
    /// The three strings, each behind its length.
    fn strings(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for text in [&self.name, &self.symbol, &self.uri] {
            bytes.extend((text.len() as u32).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes
    }

    /// Bytes of the extension that holds them, its header included.
    pub fn space_2022(&self) -> usize {
        // Two addresses, the strings, and the number of additional fields, none.
        HEADER + 64 + self.strings().len() + 4
    }

    /// Reads the strings where `bytes` begin with them; padding at their ends is no part of them.
    fn read(update_authority: Address, mut bytes: &[u8]) -> Option<Self> {
        let mut next = || {
            let (length, rest) = bytes.split_first_chunk::<4>()?;
            let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            bytes = rest;
            Some(String::from_utf8_lossy(text).trim_end_matches('\0').to_owned())
        };
        Some(Self { name: next()?, symbol: next()?, uri: next()?, update_authority })
    }
}

/// Metaplex's token metadata, beside an SPL Token mint.
pub mod metaplex {
    use super::*;

    pub const PROGRAM: Address = Address::from_str_const("metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s");
    /// The most bytes of its account in any of its versions, and its fee, in lamports.
    pub const SPACE: usize = 679;
    pub const FEE: u64 = 10_000_000;
    /// The longest name, symbol and address, in bytes.
    pub const LONGEST: [usize; 3] = [32, 10, 200];
    const CREATE_V3: u8 = 33;
    const METADATA_V1: u8 = 4;

    pub fn address(mint: &Address) -> Address {
        Address::find_program_address(&[b"metadata", PROGRAM.as_ref(), mint.as_ref()], &PROGRAM).0
    }

    /// `CreateMetadataAccountV3`: no royalties, creators, collection or uses; can be changed later.
    pub fn create(payer: &Address, mint: &Address, mint_authority: &Address, text: &Text) -> Instruction {
        let data = [&[CREATE_V3], text.strings().as_slice(), &[0, 0], &[0, 0, 0], &[1, 0]].concat();
        let accounts = vec![
            writable(&address(mint)),
            readonly(mint),
            signer(mint_authority),
            AccountMeta::new(*payer, true),
            readonly(&text.update_authority),
            readonly(&SYSTEM_PROGRAM),
        ];
        Instruction { program_id: PROGRAM, accounts, data }
    }

    /// Kind, update authority, mint, then the strings.
    pub fn read(data: &[u8]) -> Option<Text> {
        let authority = data.get(1..33).filter(|_| data[0] == METADATA_V1)?;
        Text::read(Address::try_from(authority).ok()?, data.get(65..)?)
    }
}

/// What a mint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mint {
    pub authority: Option<Address>,
    pub supply: u64,
    pub decimals: u8,
    pub freeze_authority: Option<Address>,
    pub metadata: Option<Text>,
    /// Who says what shown amounts are multiplied by.
    pub scaled_by: Option<Address>,
}

impl Mint {
    /// `None` where the bytes are no initialized mint.
    pub fn read(data: &[u8]) -> Option<Self> {
        if data.len() < MINT || (data.len() > MINT && data.get(ACCOUNT) != Some(&1)) || data[45] != 1 {
            return None;
        }
        let key = |at: usize| Address::try_from(data.get(at + 4..at + 36)?).ok().filter(|_| data[at] == 1);
        let extension = |kind| extension(data, kind);
        let metadata = extension(TOKEN_METADATA)
            .and_then(|value| Text::read(Address::try_from(value.get(..32)?).ok()?, value.get(64..)?));
        Some(Self {
            authority: key(0),
            supply: u64::from_le_bytes(*data.get(36..)?.first_chunk()?),
            decimals: data[44],
            freeze_authority: key(46),
            metadata,
            scaled_by: extension(SCALED_UI_AMOUNT).and_then(|value| Address::try_from(value.get(..32)?).ok()),
        })
    }
}

/// The value of an extension of a mint.
fn extension(data: &[u8], kind: u16) -> Option<&[u8]> {
    let mut rest = data.get(EXTENDED..)?;
    while let Some((header, tail)) = rest.split_first_chunk::<HEADER>() {
        let (value, next) = tail.split_at_checked(usize::from(u16::from_le_bytes([header[2], header[3]])))?;
        if u16::from_le_bytes([header[0], header[1]]) == kind {
            return Some(value);
        }
        rest = next;
    }
    None
}

/// Base units in the bytes of a token account of `mint`.
pub fn balance(data: &[u8], mint: &Address) -> Option<u64> {
    let amount = data.get(64..)?.first_chunk().filter(|_| data.get(..32) == Some(mint.as_ref()))?;
    Some(u64::from_le_bytes(*amount))
}
