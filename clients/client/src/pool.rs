//! Which pool is meant, and the pool as of one slot.

use sluice_money::{Lamports, LstAmount, Rounding, mul_div};
use sluice_pool_math::Ledger;
use sluice_sdk::AccountData;
use sluice_sdk::pda::staking_pool::find_pool;
use sluice_sdk::staking_pool::accounts::Pool;
use solana_address::Address;

use crate::accounts::{CLOCK, Clock, ReadError};
use crate::rpc::{Account, Rpc};

/// How a pool is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolId {
    /// By the mint of its LST.
    Mint(Address),
    /// By its address.
    Pool(Address),
}

impl PoolId {
    pub fn address(&self) -> Address {
        match self {
            Self::Mint(mint) => find_pool(mint).0,
            Self::Pool(pool) => *pool,
        }
    }

    /// Decodes what is at [`Self::address`].
    pub fn decode(&self, rpc: &Rpc, account: Option<Account>) -> Result<Pool, ReadError> {
        let (address, host) = (self.address(), rpc.host().to_string());
        let account = account.ok_or(match self {
            Self::Mint(mint) => ReadError::NoPoolOfMint { mint: *mint, pool: address, host },
            Self::Pool(pool) => ReadError::NoPool { pool: *pool, host },
        })?;
        Pool::decode_owned(&account.owner, &account.data)
            .map_err(|error| ReadError::NotAPool { address, reason: error.to_string() })
    }
}

/// A pool and its reserve as of one slot.
#[derive(Clone, Debug)]
pub struct PoolView {
    pub clock: Clock,
    pub address: Address,
    pub pool: Pool,
    /// Lamports of the reserve account, its rent included.
    pub reserve_lamports: u64,
    /// What the LST is worth at that slot.
    pub ledger: Ledger,
}

impl PoolView {
    pub async fn read(rpc: &Rpc, id: &PoolId) -> Result<Self, ReadError> {
        use sluice_sdk::pda::staking_pool::find_reserve;
        let address = id.address();
        let (_, found) = rpc.accounts(&[CLOCK, address, find_reserve(&address).0]).await?;
        let [clock, pool, reserve] = fixed(found);
        let clock = clock.and_then(|account| Clock::decode(&account.data));
        let clock = clock.ok_or(ReadError::Missing { what: "clock sysvar", address: CLOCK })?;
        let pool = id.decode(rpc, pool)?;
        let ledger = ledger(&pool, clock.slot)?;
        Ok(Self {
            clock,
            address,
            pool,
            reserve_lamports: reserve.map_or(0, |account| account.lamports),
            ledger,
        })
    }

    /// Lamports that LST is worth, rounded down; 0 where the pool has no rate.
    pub fn worth(&self, shares: u64) -> u64 {
        self.ledger.lamports_for(LstAmount(shares)).map_or(0, |value| value.0)
    }
}

/// What a pool's LST is worth at a slot: profit is released until then.
pub fn ledger(pool: &Pool, slot: u64) -> Result<Ledger, ReadError> {
    let ledger = Ledger {
        total: Lamports(pool.total_lamports),
        supply: LstAmount(pool.supply),
        locked_profit: Lamports(pool.locked_profit),
        profit_slot: pool.profit_slot,
        profit_end_slot: pool.profit_end_slot,
    };
    ledger.at(slot).map_err(|_| ReadError::NoValue { slot })
}

/// Lamports that LST is worth, rounded up; 0 where there is no rate.
pub fn cost(ledger: &Ledger, shares: u64) -> u64 {
    let value = ledger.value().map_or(0, |value| value.0);
    mul_div(shares, value, ledger.supply.0, Rounding::Ceil).unwrap_or(0)
}

/// LST that is worth at least so many lamports; 0 where there is no rate.
pub fn shares_worth(ledger: &Ledger, lamports: u64) -> u64 {
    let value = ledger.value().map_or(0, |value| value.0);
    mul_div(lamports, ledger.supply.0, value, Rounding::Ceil).unwrap_or(0)
}

/// As many as were asked for, which [`Rpc::accounts`] has made sure of.
pub(crate) fn fixed<const N: usize>(accounts: Vec<Option<Account>>) -> [Option<Account>; N] {
    let mut accounts = accounts.into_iter();
    std::array::from_fn(|_| accounts.next().flatten())
}
