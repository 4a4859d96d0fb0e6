//! Bytes of other programs' accounts, read by their layouts alone: stake accounts, mints, token accounts.

use sluice_client::Account;
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
}
