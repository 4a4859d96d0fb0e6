//! Who else cranks a pool: the payers of its latest crank transactions.
//!
//! Nobody registers and nobody is asked. Who is seen costs the seen one a fee, so a crowd that only delays the others is
//! not free.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use sluice_sdk::staking_pool::instructions::{FINISH_UPDATE_DISCRIMINATOR, UPDATE_VALIDATORS_DISCRIMINATOR};
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_sdk::validator_selection::instructions::{
    ALLOCATE_DISCRIMINATOR, OBSERVE_DISCRIMINATOR, REBALANCE_DISCRIMINATOR, SETTLE_DISCRIMINATOR,
};
use sluice_sdk::validator_selection::programs::VALIDATOR_SELECTION_ID;
use solana_address::Address;
use solana_transaction::versioned::VersionedTransaction;

use crate::cluster::{Cluster, Fault};

/// How many transactions are looked at: about an epoch's of a pool of a thousand validators.
const LOOKED_AT: usize = 48;
/// How many of them are asked for at once.
const AT_ONCE: usize = 8;

/// Payers of the last crank transactions that name `account`; `None` where there are none.
pub async fn recent(cluster: &Cluster, account: &Address) -> Result<Option<Vec<Address>>, Fault> {
    let signatures = cluster.signatures_of(account, LOOKED_AT).await?;
    let transactions = futures_util::stream::iter(signatures)
        .map(|signature| async move { cluster.transaction(&signature).await })
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<_>>()
        .await;
    let mut payers = BTreeSet::new();
    for transaction in transactions {
        payers.extend(transaction?.as_ref().and_then(operator));
    }
    Ok((!payers.is_empty()).then(|| payers.into_iter().collect()))
}

/// Who paid for a transaction of the crank; `None` of any other.
fn operator(transaction: &VersionedTransaction) -> Option<Address> {
    let keys = transaction.message.static_account_keys();
    let cranks = transaction.message.instructions().iter().any(|instruction| {
        let program = keys.get(usize::from(instruction.program_id_index));
        let names: &[&[u8]] = match program {
            Some(&STAKING_POOL_ID) => &[&UPDATE_VALIDATORS_DISCRIMINATOR, &FINISH_UPDATE_DISCRIMINATOR],
            Some(&VALIDATOR_SELECTION_ID) => &[
                &OBSERVE_DISCRIMINATOR,
                &ALLOCATE_DISCRIMINATOR,
                &REBALANCE_DISCRIMINATOR,
                &SETTLE_DISCRIMINATOR,
            ],
            _ => &[],
        };
        names.iter().any(|name| instruction.data.starts_with(name))
    });
    cranks.then(|| keys.first().copied()).flatten()
}
