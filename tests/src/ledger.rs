//! Proof of reserves: what backs the pool, counted from raw accounts by arithmetic that is not the program's.

use solana_address::Address;

use crate::chain::Chain;
use crate::pool::{PoolFixture, STAKE_PROGRAM};
use crate::token;

/// Everything a pool holds, read account by account. Lamports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backing {
    /// Delegations, and what is cooling down.
    pub delegated: u64,
    /// Rent in the pool's stake accounts.
    pub stake_rent: u64,
    /// On stake accounts above delegation and rent: tips not yet swept.
    pub strays: u64,
    /// The reserve above its rent.
    pub reserve: u64,
}

impl Backing {
    pub fn of<C: Chain>(chain: &C, fixture: &PoolFixture) -> Self {
        let paid_rent = fixture.state(chain).stake_account_rent;
        let mut backing = Self { reserve: fixture.reserve_lamports(chain), ..Self::default() };
        for record in fixture.list(chain).records {
            for address in [
                fixture.stake(&record.vote),
                fixture.activating(&record.vote),
                fixture.deactivating(&record.vote),
            ] {
                backing.add_stake_account(chain, &address, paid_rent);
            }
        }
        backing
    }

    fn add_stake_account<C: Chain>(&mut self, chain: &C, address: &Address, paid_rent: u64) {
        let Some(account) = chain.account(address).filter(|account| account.owner == STAKE_PROGRAM) else {
            return;
        };
        let word =
            |offset: usize| u64::from_le_bytes(account.data[offset..offset + 8].try_into().expect("8 bytes"));
        let minimum = chain.rent_exempt(account.data.len()).max(paid_rent);
        let delegated =
            if account.data[0] == 2 { word(156) } else { account.lamports.saturating_sub(minimum) };
        let rent = minimum.min(account.lamports - delegated);
        self.delegated += delegated;
        self.stake_rent += rent;
        self.strays += account.lamports - rent - delegated;
    }

    /// What the pool counts as its total.
    pub fn counted(&self) -> u64 {
        self.delegated + self.stake_rent + self.reserve
    }
}

/// The books close: the recorded total is the backing found, and the recorded supply is the mint's and what is not minted.
#[track_caller]
pub fn assert_balanced<C: Chain>(chain: &C, fixture: &PoolFixture) {
    let pool = fixture.state(chain);
    let backing = Backing::of(chain, fixture);
    assert_eq!(pool.total_lamports, backing.counted(), "recorded total against {backing:?}");
    assert_eq!(pool.stake_rent, backing.stake_rent, "recorded rent of stake accounts");
    let unminted = pool.insurance_shares + pool.fee_shares + pool.liquidity_shares;
    assert_eq!(
        pool.supply + pool.pending_burn,
        token::supply(chain, &fixture.mint) + unminted,
        "recorded supply"
    );
    assert!(
        token::balance(chain, &fixture.escrow) >= pool.ticket_shares + pool.pending_burn,
        "escrow covers tickets"
    );
}
