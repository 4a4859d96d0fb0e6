//! Bytes of other programs' accounts, read by their layouts alone: stake accounts, mints, token accounts.

use sluice_client::Account;
use sluice_client::tokens::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM};
use solana_address::Address;

fn word(data: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*data.get(at..)?.first_chunk()?))
}

fn key(data: &[u8], at: usize) -> Option<Address> {
    Address::try_from(data.get(at..at.checked_add(32)?)?).ok()
}

/// A stake account as its bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stake {
    pub staker: Address,
    pub withdrawer: Address,
    /// Whom it is delegated to, and how much; `None`: it is not delegated.
    pub delegation: Option<(Address, u64)>,
    pub lamports: u64,
}

impl Stake {
    /// Layout: state u32 (1 initialized, 2 delegated), reserve u64, staker at 12, withdrawer at 44, lockup, voter at 124,
    /// delegated lamports at 156. `None`: no such account.
    pub fn read(account: &Account) -> Option<Self> {
        let data = &account.data;
        if account.owner != solana_sdk_ids::stake::ID {
            return None;
        }
        let delegation = match u32::from_le_bytes(*data.first_chunk()?) {
            1 => None,
            2 => Some((key(data, 124)?, word(data, 156)?)),
            _ => return None,
        };
        Some(Self {
            staker: key(data, 12)?,
            withdrawer: key(data, 44)?,
            delegation,
            lamports: account.lamports,
        })
    }
}

/// A mint as its bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mint {
    pub authority: Option<Address>,
    pub supply: u64,
    pub decimals: u8,
    pub freeze_authority: Option<Address>,
}

impl Mint {
    /// Layout: authority tag u32 and key, supply u64 at 36, decimals u8 at 44, initialized u8, freeze tag u32 and key.
    pub fn read(account: &Account) -> Option<Self> {
        let data = &account.data;
        let optional = |at: usize| (data.get(at) == Some(&1)).then(|| key(data, at + 4)).flatten();
        (data.get(45) == Some(&1)).then_some(())?;
        Some(Self {
            authority: optional(0),
            supply: word(data, 36)?,
            decimals: *data.get(44)?,
            freeze_authority: optional(46),
        })
    }
}

/// Byte behind which a Token-2022 mint has extensions, what it says of a mint, and one extension: a permanent delegate.
const EXTENSIONS: usize = 165;
const OF_A_MINT: u8 = 1;
const PERMANENT_DELEGATE: u16 = 12;

/// Whether somebody may take the tokens of a mint out of any account, whoever owns it; also where the bytes do not say
/// that nobody may: the mint is gone, or they are not what Token-2022 writes.
pub fn can_be_taken(mint: Option<&Account>) -> bool {
    let Some(mint) = mint else { return true };
    if mint.owner == TOKEN_PROGRAM {
        return false;
    }
    if mint.owner != TOKEN_2022_PROGRAM || Mint::read(mint).is_none() {
        return true;
    }
    let Some((kind, mut rest)) = mint.data.get(EXTENSIONS..).and_then(<[u8]>::split_first) else {
        return false;
    };
    if *kind != OF_A_MINT {
        return true;
    }
    // Entries of type u16, length u16 and value, until type 0 or the end.
    while let Some((&[a, b, c, d], tail)) = rest.split_first_chunk::<4>() {
        match u16::from_le_bytes([a, b]) {
            0 => return false,
            PERMANENT_DELEGATE => return true,
            _ => {}
        }
        let Some(next) = tail.get(usize::from(u16::from_le_bytes([c, d]))..) else { return true };
        rest = next;
    }
    false
}

/// Base units in a token account of `mint` that belongs to `owner`; `None` for anything else.
pub fn tokens(account: Option<&Account>, mint: &Address, owner: &Address) -> Option<u64> {
    let data = &account?.data;
    let is_theirs = key(data, 0)? == *mint && key(data, 32)? == *owner;
    is_theirs.then(|| word(data, 64)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_stake_are_none() {
        let mut account =
            Account { data: vec![0; 200], owner: solana_sdk_ids::stake::ID, ..Account::default() };
        assert_eq!(Stake::read(&account), None, "not initialized");
        account.data[0] = 2;
        account.data[124] = 7;
        account.data[156] = 9;
        let voter = Address::new_from_array(std::array::from_fn(|place| if place == 0 { 7 } else { 0 }));
        assert_eq!(Stake::read(&account).unwrap().delegation, Some((voter, 9)));
        account.data.truncate(100);
        assert_eq!(Stake::read(&account), None, "cut off");
        account.owner = Address::default();
        assert_eq!(Stake::read(&account), None, "somebody else's");
    }

    #[test]
    fn tokens_can_be_taken_where_the_mint_has_a_permanent_delegate_or_is_gone() {
        let mint = |owner: Address, extensions: &[(u16, usize)]| {
            let mut data = vec![0; 82];
            data[45] = 1;
            if !extensions.is_empty() {
                data.resize(EXTENSIONS, 0);
                data.push(OF_A_MINT);
            }
            for (kind, length) in extensions {
                data.extend_from_slice(&kind.to_le_bytes());
                data.extend_from_slice(&(*length as u16).to_le_bytes());
                data.resize(data.len() + length, 7);
            }
            Account { data, owner, ..Account::default() }
        };
        assert!(can_be_taken(None), "it was closed");
        assert!(!can_be_taken(Some(&mint(TOKEN_PROGRAM, &[]))));
        assert!(!can_be_taken(Some(&mint(TOKEN_2022_PROGRAM, &[]))));
        assert!(!can_be_taken(Some(&mint(TOKEN_2022_PROGRAM, &[(18, 64), (3, 32)]))));
        assert!(can_be_taken(Some(&mint(TOKEN_2022_PROGRAM, &[(18, 64), (12, 32)]))));
        assert!(can_be_taken(Some(&mint(Address::default(), &[]))), "it is no mint any more");
        let mut cut = mint(TOKEN_2022_PROGRAM, &[(18, 64)]);
        cut.data.truncate(200);
        assert!(can_be_taken(Some(&cut)), "its bytes do not say");
    }
}
