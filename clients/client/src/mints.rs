//! New mints and token accounts, by the token programs' own instructions. Knows the extensions that a vault's collateral
//! may have, and no others.

use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_system_interface::instruction::create_account;

use crate::rpc::Account;
use crate::tokens::TOKEN_2022_PROGRAM;

/// Bytes of a mint, and of a token account, without extensions.
pub const MINT_SIZE: usize = 82;
const ACCOUNT_SIZE: usize = 165;
/// What an extended account has behind them: its kind, and for each extension a header and its own bytes.
const KIND_SIZE: usize = 1;
const HEADER_SIZE: usize = 4;
const FEE_AMOUNT_SIZE: usize = 8;
/// The extension of a mint that takes a fee of every transfer.
const TRANSFER_FEE_CONFIG: u16 = 1;

const INITIALIZE_ACCOUNT_3: u8 = 18;
const INITIALIZE_MINT_2: u8 = 20;

/// Bytes of a token account of this mint whose owner is nothing special.
pub fn account_size(mint: &Account) -> usize {
    match fee_size(mint) {
        0 => ACCOUNT_SIZE,
        fee => ACCOUNT_SIZE + KIND_SIZE + fee,
    }
}

/// Bytes of the associated account: with Token-2022 it says that it cannot be given away.
pub fn associated_size(mint: &Account) -> usize {
    if mint.owner == TOKEN_2022_PROGRAM {
        ACCOUNT_SIZE + KIND_SIZE + HEADER_SIZE + fee_size(mint)
    } else {
        ACCOUNT_SIZE
    }
}

/// Bytes for what a transfer fee withholds.
fn fee_size(mint: &Account) -> usize {
    let takes_fee = extensions(&mint.data).any(|kind| kind == TRANSFER_FEE_CONFIG);
    if mint.owner == TOKEN_2022_PROGRAM && takes_fee { HEADER_SIZE + FEE_AMOUNT_SIZE } else { 0 }
}

/// Kinds of the extensions of an extended mint.
fn extensions(data: &[u8]) -> impl Iterator<Item = u16> {
    let mut rest = data.get(ACCOUNT_SIZE + KIND_SIZE..).unwrap_or_default();
    std::iter::from_fn(move || {
        let kind = u16::from_le_bytes(*rest.first_chunk()?);
        let length = u16::from_le_bytes(*rest.get(2..)?.first_chunk()?);
        rest = rest.get(HEADER_SIZE + usize::from(length)..)?;
        (kind != 0).then_some(kind)
    })
}

/// A token account to be made: where, of what, and whose.
pub struct NewAccount<'a> {
    /// A new key, which signs.
    pub address: &'a Address,
    pub mint: &'a Address,
    pub program: &'a Address,
    pub owner: &'a Address,
    /// What [`account_size`] says.
    pub size: usize,
    /// What so many bytes take, in lamports.
    pub rent: u64,
}

impl NewAccount<'_> {
    pub fn create(&self, payer: &Address) -> [Instruction; 2] {
        let accounts =
            vec![AccountMeta::new(*self.address, false), AccountMeta::new_readonly(*self.mint, false)];
        let data = [&[INITIALIZE_ACCOUNT_3], self.owner.as_ref()].concat();
        [
            create_account(payer, self.address, self.rent, self.size as u64, self.program),
            Instruction { program_id: *self.program, accounts, data },
        ]
    }
}

/// A mint to be made, without extensions and without freeze authority.
pub struct NewMint<'a> {
    /// A new key, which signs.
    pub address: &'a Address,
    pub program: &'a Address,
    pub authority: &'a Address,
    pub decimals: u8,
    /// What [`MINT_SIZE`] takes, in lamports.
    pub rent: u64,
}

impl NewMint<'_> {
    pub fn create(&self, payer: &Address) -> [Instruction; 2] {
        let accounts = vec![AccountMeta::new(*self.address, false)];
        let data = [&[INITIALIZE_MINT_2, self.decimals], self.authority.as_ref(), &[0]].concat();
        [
            create_account(payer, self.address, self.rent, MINT_SIZE as u64, self.program),
            Instruction { program_id: *self.program, accounts, data },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::TOKEN_PROGRAM;

    fn mint(owner: Address, extensions: &[u16]) -> Account {
        let mut data = vec![0; MINT_SIZE];
        if !extensions.is_empty() {
            data.resize(ACCOUNT_SIZE, 0);
            data.push(1);
        }
        for kind in extensions {
            data.extend([&kind.to_le_bytes()[..], &3u16.to_le_bytes(), &[9; 3]].concat());
        }
        Account { owner, data, ..Account::default() }
    }

    #[test]
    fn an_account_is_as_large_as_its_mint_asks() {
        assert_eq!(account_size(&mint(TOKEN_PROGRAM, &[])), 165);
        let associated = |extensions: &[u16]| associated_size(&mint(TOKEN_2022_PROGRAM, extensions));
        assert_eq!([associated(&[]), associated(&[18, 1])], [170, 182]);
        assert_eq!(associated_size(&mint(TOKEN_PROGRAM, &[])), 165);
        assert_eq!(account_size(&mint(TOKEN_2022_PROGRAM, &[18, 19])), 165);
        assert_eq!(account_size(&mint(TOKEN_2022_PROGRAM, &[18, 1])), 178);
    }
}
