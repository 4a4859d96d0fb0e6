//! What is paid for priority.

use solana_address::Address;

use crate::cluster::Cluster;

/// The most that is paid for priority unless the operator says otherwise, in micro-lamports a compute unit.
pub const MAX_PRICE: u64 = 50_000;
/// Lamports of a signature.
pub const SIGNATURE_LAMPORTS: u64 = 5_000;

/// How the price of a compute unit is found, in micro-lamports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    Fixed(u64),
    /// So much of a hundred lately paid no more, where the pool's accounts were written; at most `most`.
    Percentile {
        percent: u8,
        most: u64,
    },
}

impl Default for Price {
    fn default() -> Self {
        Self::Percentile { percent: 50, most: MAX_PRICE }
    }
}

impl Price {
    /// The price now. A server that does not tell what others pay costs nobody more.
    pub async fn now(&self, cluster: &Cluster, written: &[Address]) -> u64 {
        match *self {
            Self::Fixed(price) => price,
            Self::Percentile { percent, most } => match cluster.recent_prices(written).await {
                Ok(prices) => percentile(prices, percent).min(most),
                Err(fault) => {
                    tracing::debug!(%fault, "no recent prices");
                    0
                }
            },
        }
    }
}

/// The lowest of `prices` that `percent` of them do not exceed; 0 of none.
fn percentile(mut prices: Vec<u64>, percent: u8) -> u64 {
    prices.sort_unstable();
    let rank = (prices.len() * usize::from(percent.min(100))).div_ceil(100);
    prices.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

/// What a transaction of one signature costs, in lamports, for a compute limit and a price in micro-lamports.
pub fn fee(limit: u32, price: u64) -> u64 {
    let priority = (u128::from(limit) * u128::from(price)).div_ceil(1_000_000);
    SIGNATURE_LAMPORTS.saturating_add(u64::try_from(priority).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_prices() {
        assert_eq!(percentile(vec![], 50), 0);
        assert_eq!(percentile(vec![7], 0), 7);
        assert_eq!(percentile(vec![4, 1, 3, 2], 50), 2);
        assert_eq!(percentile(vec![4, 1, 3, 2], 51), 3);
        assert_eq!(percentile(vec![4, 1, 3, 2], 100), 4);
    }

    #[test]
    fn a_fee_rounds_up_as_the_chain_does() {
        assert_eq!(fee(1_400_000, 0), 5_000);
        assert_eq!(fee(1, 1), 5_001);
        assert_eq!(fee(200_000, 10_000), 7_000);
    }
}
