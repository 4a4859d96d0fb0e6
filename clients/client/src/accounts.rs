//! Accounts of our programs read from a cluster, with plain words where one is not what it should be; and the clock.

use sluice_sdk::slab::SlabHeader;
use sluice_sdk::{AccountData, Slab};
use solana_address::Address;

use crate::rpc::{Account, Rpc, RpcError};

/// Address of the clock sysvar.
pub const CLOCK: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");

/// Why an account cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Rpc(#[from] RpcError),
    #[error("no pool for the mint {mint} on this cluster ({host}): there is nothing at {pool}")]
    NoPoolOfMint { mint: Address, pool: Address, host: String },
    #[error("no pool at {pool} on this cluster ({host})")]
    NoPool { pool: Address, host: String },
    #[error("{address} is no pool: {reason}")]
    NotAPool { address: Address, reason: String },
    #[error(
        "the pool {pool} has no selection: whoever is its delegation authority chooses, by no rule of this program"
    )]
    NoSelection { pool: Address },
    #[error("{address} is not what it should be: {reason}")]
    Unreadable { address: Address, reason: String },
    #[error("there is no {what} at {address}")]
    Missing { what: &'static str, address: Address },
    #[error("the pool at slot {slot} has no value that can be told")]
    NoValue { slot: u64 },
}

/// When an account was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub slot: u64,
    pub epoch: u64,
    /// Seconds, as the validators' votes say.
    pub unix_timestamp: i64,
}

impl Clock {
    /// Of the clock sysvar's data.
    pub fn decode(data: &[u8]) -> Option<Self> {
        let number = |at: usize| data.get(at..)?.first_chunk().copied();
        Some(Self {
            slot: u64::from_le_bytes(number(0)?),
            epoch: u64::from_le_bytes(number(16)?),
            unix_timestamp: i64::from_le_bytes(number(32)?),
        })
    }
}

/// An account of ours that was fetched; its owner is checked.
pub fn decode<T: AccountData>(address: &Address, account: &Account) -> Result<T, ReadError> {
    let unreadable = |error: sluice_sdk::DecodeError| ReadError::Unreadable {
        address: *address,
        reason: error.to_string(),
    };
    T::decode_owned(&account.owner, &account.data).map_err(unreadable)
}

/// A list of ours that was fetched; its owner is checked.
pub fn decode_slab<H: SlabHeader>(address: &Address, account: &Account) -> Result<Slab<H>, ReadError> {
    decode::<H>(address, account)?;
    Slab::decode(&account.data)
        .map_err(|error| ReadError::Unreadable { address: *address, reason: error.to_string() })
}

impl Rpc {
    /// An account of ours; `None` if there is none.
    pub async fn find<T: AccountData>(&self, address: &Address) -> Result<Option<T>, ReadError> {
        let account = self.account(address).await?;
        account.map(|account| decode(address, &account)).transpose()
    }

    /// An account of ours that must be there.
    pub async fn get<T: AccountData>(&self, address: &Address) -> Result<T, ReadError> {
        self.find(address).await?.ok_or(ReadError::Missing { what: T::NAME, address: *address })
    }

    /// A list of ours that must be there.
    pub async fn get_slab<H: SlabHeader>(&self, address: &Address) -> Result<Slab<H>, ReadError> {
        let account = self.account(address).await?;
        let account = account.ok_or(ReadError::Missing { what: H::NAME, address: *address })?;
        decode_slab(address, &account)
    }

    /// All accounts of a type that have `bytes` at each offset, by address.
    pub async fn all<T: AccountData>(
        &self,
        bytes: &[(usize, &[u8])],
    ) -> Result<Vec<(Address, T)>, ReadError> {
        let mut filters = vec![(0, &T::DISCRIMINATOR[..])];
        filters.extend_from_slice(bytes);
        let found = self.program_accounts(&T::PROGRAM, &filters).await?;
        found.into_iter().map(|(address, account)| Ok((address, decode(&address, &account)?))).collect()
    }

    /// The clock sysvar.
    pub async fn clock(&self) -> Result<Clock, ReadError> {
        let account = self.account(&CLOCK).await?;
        let clock = account.and_then(|account| Clock::decode(&account.data));
        clock.ok_or(ReadError::Missing { what: "clock sysvar", address: CLOCK })
    }
}
