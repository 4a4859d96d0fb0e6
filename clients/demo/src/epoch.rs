//! One epoch of the operators' work, counted.

use sluice_sdk::Event;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_tests::chain::Chain;
use sluice_tests::{Bank, SelectionFixture, Sent};

/// What the cranks of one epoch came to.
#[derive(Clone, Debug, Default)]
pub struct Crank {
    pub transactions: u64,
    pub compute_units: u64,
    /// Lamports that started to warm up, and to cool down.
    pub moved_up: u64,
    pub moved_down: u64,
}

impl Crank {
    fn count(&mut self, sent: &[Sent]) {
        for one in sent {
            self.transactions += 1;
            self.compute_units += one.compute_units;
            for event in one.events() {
                match event {
                    Event::StakingPool(StakingPoolEvent::StakeIncreased(e)) => self.moved_up += e.lamports,
                    Event::StakingPool(StakingPoolEvent::StakeDecreased(e)) => self.moved_down += e.lamports,
                    _ => {}
                }
            }
        }
    }
}

/// Update, observe, allocate, rebalance: all of it permissionless, sent by a stranger's wallet.
pub fn crank(bank: &mut Bank, selection: &SelectionFixture) -> Crank {
    let mut crank = Crank::default();
    // A pool made this epoch is of this epoch.
    if selection.pool.state(bank).updated_epoch != bank.clock().epoch {
        crank.count(&selection.pool.update(bank));
    }
    crank.count(&selection.observe_all(bank));
    let allocated = bank.must(&[selection.allocate()], &[&selection.pool.payer]);
    crank.count(&[allocated]);
    crank.count(&selection.rebalance_all(bank));
    crank
}

/// One line of the summary.
#[derive(Clone, Debug)]
pub struct EpochLine {
    pub epoch: u64,
    /// Lamports per 10^9 base units of LST.
    pub rate: u64,
    pub tvl: u64,
    /// Yield of the epoch that just ended on stake that could earn: pool, equal weight, stake weight.
    pub pool_yield: Option<f64>,
    pub equal_yield: Option<f64>,
    pub weighted_yield: Option<f64>,
    pub crank: Crank,
}
