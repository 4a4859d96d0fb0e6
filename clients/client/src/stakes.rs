//! Stake accounts as their holders have them: whose they are, to whom they are delegated, and whether all of it is active.

use solana_address::Address;
use solana_stake_interface::state::{Lockup, Meta, StakeStateV2};

use crate::accounts::{Clock, ReadError};
use crate::rpc::{Account, Rpc};

pub const STAKE_PROGRAM: Address = solana_sdk_ids::stake::ID;
/// Bytes of a stake account.
pub const STAKE_SPACE: usize = 200;

/// A stake account that is delegated, as far as anybody wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeAccount {
    pub address: Address,
    /// All of it, rent included.
    pub lamports: u64,
    pub staker: Address,
    pub withdrawer: Address,
    pub lockup: Lockup,
    pub delegation: Option<Delegation>,
}

/// To whom a stake account is delegated, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delegation {
    pub vote: Address,
    pub lamports: u64,
    pub activation_epoch: u64,
    /// `u64::MAX`: nobody has deactivated it.
    pub deactivation_epoch: u64,
}

impl StakeAccount {
    /// `None`: it is no stake account, or one that nobody has initialized.
    pub fn decode(address: &Address, account: &Account) -> Option<Self> {
        if account.owner != STAKE_PROGRAM {
            return None;
        }
        let of = |meta: Meta, delegation| Self {
            address: *address,
            lamports: account.lamports,
            staker: meta.authorized.staker,
            withdrawer: meta.authorized.withdrawer,
            lockup: meta.lockup,
            delegation,
        };
        match bincode::deserialize(&account.data).ok()? {
            StakeStateV2::Initialized(meta) => Some(of(meta, None)),
            StakeStateV2::Stake(meta, stake, _) => Some(of(
                meta,
                Some(Delegation {
                    vote: stake.delegation.voter_pubkey,
                    lamports: stake.delegation.stake,
                    activation_epoch: stake.delegation.activation_epoch,
                    deactivation_epoch: stake.delegation.deactivation_epoch,
                }),
            )),
            StakeStateV2::Uninitialized | StakeStateV2::RewardsPool => None,
        }
    }

    /// Whether nobody but its custodian may move it now.
    pub fn is_locked(&self, clock: &Clock) -> bool {
        self.lockup.unix_timestamp > clock.unix_timestamp || self.lockup.epoch > clock.epoch
    }
}

impl Delegation {
    /// Why not all of it is active in `epoch`, as far as the account alone tells: stake warms up from the epoch after its
    /// activation on, on a busy cluster for several.
    pub fn inactive(&self, epoch: u64) -> Option<&'static str> {
        if self.deactivation_epoch < epoch {
            Some("it was deactivated")
        } else if self.deactivation_epoch != u64::MAX {
            Some("it is cooling down")
        } else if self.activation_epoch != u64::MAX && self.activation_epoch >= epoch {
            Some("it is warming up")
        } else {
            None
        }
    }
}

impl Rpc {
    /// A stake account that must be there.
    pub async fn stake_account(&self, address: &Address) -> Result<StakeAccount, ReadError> {
        let account = self.account(address).await?;
        let account = account.ok_or(ReadError::Missing { what: "stake account", address: *address })?;
        StakeAccount::decode(address, &account).ok_or_else(|| ReadError::Unreadable {
            address: *address,
            reason: "it is no stake account, or an empty one".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use solana_stake_interface::stake_flags::StakeFlags;
    use solana_stake_interface::state::{Authorized, Delegation as Delegated, Stake};

    const KEY: Address = Address::new_from_array([3; 32]);

    fn account(state: &StakeStateV2) -> Account {
        let mut data = bincode::serialize(state).unwrap();
        data.resize(STAKE_SPACE, 0);
        Account { lamports: 7, data, owner: STAKE_PROGRAM, ..Account::default() }
    }

    #[test]
    fn a_stake_account_is_read_as_the_stake_program_wrote_it() {
        let meta = Meta { authorized: Authorized::auto(&KEY), ..Meta::default() };
        let delegation =
            Delegated { voter_pubkey: KEY, stake: 5, activation_epoch: 8, ..Delegated::default() };
        let stake = Stake { delegation, credits_observed: 1 };
        let read =
            StakeAccount::decode(&KEY, &account(&StakeStateV2::Stake(meta, stake, StakeFlags::empty())));
        let read = read.unwrap();
        assert_eq!((read.staker, read.lamports), (KEY, 7));
        let delegation = read.delegation.unwrap();
        assert_eq!((delegation.vote, delegation.lamports), (KEY, 5));
        let inactive = [8, 9].map(|epoch| delegation.inactive(epoch));
        assert_eq!(inactive, [Some("it is warming up"), None]);
        let leaving = Delegation { deactivation_epoch: 9, ..delegation };
        let inactive = [9, 10].map(|epoch| leaving.inactive(epoch));
        assert_eq!(inactive, [Some("it is cooling down"), Some("it was deactivated")]);
        assert_eq!(
            StakeAccount::decode(&KEY, &account(&StakeStateV2::Initialized(meta))).unwrap().delegation,
            None
        );
        assert_eq!(StakeAccount::decode(&KEY, &account(&StakeStateV2::Uninitialized)), None);
        assert_eq!(
            StakeAccount::decode(&KEY, &Account { owner: KEY, ..account(&StakeStateV2::default()) }),
            None
        );
    }

    #[test]
    fn a_lockup_binds_until_both_its_ends_have_passed() {
        let meta = |unix_timestamp, epoch| Meta {
            lockup: Lockup { unix_timestamp, epoch, custodian: KEY },
            ..Meta::default()
        };
        let clock = Clock { slot: 0, epoch: 5, unix_timestamp: 100 };
        for (timestamp, epoch, locked) in [(0, 0, false), (100, 5, false), (101, 0, true), (0, 6, true)] {
            let read =
                StakeAccount::decode(&KEY, &account(&StakeStateV2::Initialized(meta(timestamp, epoch))));
            assert_eq!(read.unwrap().is_locked(&clock), locked, "{timestamp} {epoch}");
        }
    }
}
