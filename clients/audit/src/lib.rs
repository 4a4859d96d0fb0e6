//! Proof of reserves. What a pool, its selection and its vaults hold and owe is counted again from raw accounts, by arithmetic
//! that is not the programs', and put beside what they recorded.
//!
//! Fees are charged again from events: from the pool's last update on, or from the beginning.
//!
//! Reads only. A line is right, waits for the epoch's update with a reason and a bound, or is wrong; what strangers have done in
//! a vault's name is a note, which is no verdict. What it does not see:
//! who may sign, and whether the programs are those of this repository; `sluice deploy` compares their bytes.

mod fees;
mod history;
pub mod ledger;
mod pool;
mod raw;
mod report;
mod selection;
mod vault;

use std::time::Duration;

use sluice_client::accounts::ReadError;
use sluice_client::pool::PoolId;
use sluice_client::{Account, Rpc, RpcError};
use sluice_sdk::restaking_vault::accounts::Vault;
use sluice_sdk::staking_pool::accounts::Pool;
use solana_address::Address;

pub use report::{Line, Report, Section, Unit, Verdict};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Rpc(#[from] RpcError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(
        "{what} changed {TRIES} times while it was read: run the audit again, or against a server that answers faster"
    )]
    Moves { what: String },
    #[error("{signature} is no transaction of this pool that the server knows: {reason}")]
    Since { signature: String, reason: String },
    #[error(
        "the server does not tell the transactions that fees are recounted from ({reason}): ask one that keeps them, or \
         count accounts alone with --accounts-only"
    )]
    History { reason: String },
}

impl Error {
    /// Of a history that the server does not tell.
    fn without_history(self) -> Self {
        match self {
            Self::Rpc(error) if !error.is_passing() => Self::History { reason: error.to_string() },
            other => other,
        }
    }
}

/// From which events on fees are charged again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Events {
    /// Those from the first slot of the epoch of the pool's last update on.
    SinceUpdate,
    All,
}

/// How often something that changes is read again, and how long is waited before.
const TRIES: u32 = 8;
const PAUSE: Duration = Duration::from_millis(500);

/// Counts everything again.
pub struct Audit {
    pub rpc: Rpc,
    pub pool: PoolId,
    /// Vaults beside those of the pool.
    pub vaults: Vec<Address>,
    /// Which fees are charged again; `None`: none, all is counted from accounts alone.
    pub fees: Option<Events>,
}

impl Audit {
    pub async fn run(&self) -> Result<Report, Error> {
        let address = self.pool.address();
        let account = self.rpc.account(&address).await?;
        let pool: Pool = self.pool.decode(&self.rpc, account)?;
        let mut sections = vec![pool::section(&self.rpc, &address, &pool).await?];
        sections.extend(selection::section(&self.rpc, &address).await?);
        let vaults = self.all_vaults(&address).await?;
        for vault in &vaults {
            sections.push(vault::section(&self.rpc, vault).await?);
        }
        if let Some(events) = self.fees {
            sections.push(fees::section(&self.rpc, &address, &vaults, events).await?);
        }
        Ok(Report { epoch: self.rpc.clock().await?.epoch, sections })
    }

    /// The pool's, and those that were named.
    pub async fn all_vaults(&self, pool: &Address) -> Result<Vec<Address>, Error> {
        let found = self.rpc.all::<Vault>(&[(STAKING_POOL_OFFSET, pool.as_ref())]).await?;
        let mut vaults: Vec<_> = found.into_iter().map(|(address, _)| address).collect();
        vaults
            .extend(self.vaults.iter().filter(|named| !vaults.contains(named)).copied().collect::<Vec<_>>());
        Ok(vaults)
    }
}

/// Where a vault names its staking pool.
const STAKING_POOL_OFFSET: usize = 8 + 14 * 32;

/// Reads something that belongs together by more than one request: again, until the accounts by which it would have
/// changed say the same before and after, and the epoch is the same too.
///
/// Anchors are accounts that only our programs write. What anybody can give to (token accounts, mints, the reserve) is
/// none: `read` takes it by the same request as what it is compared with.
async fn steady<T>(
    rpc: &Rpc,
    what: &str,
    anchors: &[Address],
    read: impl AsyncFn() -> Result<T, Error>,
) -> Result<(u64, T), Error> {
    for _ in 0..TRIES {
        let before = (rpc.clock().await?.epoch, rpc.accounts(anchors).await?);
        let found = read().await?;
        let after = (rpc.accounts(anchors).await?, rpc.clock().await?.epoch);
        if before.0 == after.1 && say_the_same(&before.1.1, &after.0.1) {
            return Ok((after.0.0, found));
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Error::Moves { what: what.to_owned() })
}

/// Whether accounts have the same owners and bytes. Their lamports may differ: anybody can send some to any account, as
/// often as there are slots, and no audit would ever end.
fn say_the_same(before: &[Option<Account>], after: &[Option<Account>]) -> bool {
    let said = |account: &Option<Account>| account.as_ref().is_some_and(|account| !account.data.is_empty());
    let is_same = |(one, other): (&Option<Account>, &Option<Account>)| match (one, other) {
        (Some(one), Some(other)) => one.owner == other.owner && one.data == other.data,
        // No account, and one that only holds lamports, say nothing both.
        _ => !said(one) && !said(other),
    };
    before.len() == after.len() && before.iter().zip(after).all(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(lamports: u64, data: &[u8], owner: u8) -> Option<Account> {
        let owner = Address::new_from_array([owner; 32]);
        Some(Account { lamports, data: data.to_vec(), owner, ..Account::default() })
    }

    #[test]
    fn a_gift_is_no_move_and_other_bytes_or_another_owner_are() {
        let before = [account(5, &[1, 2], 3), None];
        assert!(say_the_same(&before, &before));
        assert!(say_the_same(&before, &[account(6, &[1, 2], 3), None]), "a lamport was sent to it");
        assert!(say_the_same(&before, &[account(5, &[1, 2], 3), account(1, &[], 0)]), "or to nothing");
        assert!(!say_the_same(&before, &[account(5, &[1, 3], 3), None]));
        assert!(!say_the_same(&before, &[account(5, &[1, 2], 4), None]));
        assert!(!say_the_same(&before, &[None, None]), "it was closed");
        assert!(!say_the_same(&before, &[account(5, &[1, 2], 3)]));
    }
}
