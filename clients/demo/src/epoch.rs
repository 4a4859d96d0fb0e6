//! One epoch of the operators' work, counted.

use sluice_sdk::Event;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_tests::chain::Chain;
use sluice_tests::pool::compute_limit;
use sluice_tests::{Bank, SelectionFixture, Sent};

use crate::market;

/// What the cranks of one epoch came to.
#[derive(Default)]
pub struct Crank {
    pub transactions: u64,
    pub compute_units: u64,
    /// Lamports that started to warm up, and to cool down.
    pub moved_up: u64,
    pub moved_down: u64,
    pub sent: Vec<Sent>,
}

impl Crank {
    fn count(&mut self, sent: Vec<Sent>) {
        for one in &sent {
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
        self.sent.extend(sent);
    }
}

/// Update, emergencies, observe, allocate, rebalance, settle: all of it permissionless, sent by a stranger's wallet.
pub fn crank(bank: &mut Bank, selection: &SelectionFixture, names: &[String]) -> Crank {
    let mut crank = Crank::default();
    // A pool made this epoch is of this epoch.
    if selection.pool.state(bank).updated_epoch != bank.clock().epoch {
        crank.count(selection.pool.update(bank));
    }
    let broken = market::broken(bank, selection, names);
    if !broken.is_empty() {
        let unstake = selection.emergency_unstake(bank, &broken);
        let sent = bank.must(&[compute_limit(1_400_000), unstake], &[&selection.pool.payer]);
        crank.count(vec![sent]);
    }
    crank.count(selection.observe_all(bank));
    let allocated = bank.must(&[compute_limit(1_400_000), selection.allocate()], &[&selection.pool.payer]);
    crank.count(vec![allocated]);
    crank.count(selection.rebalance_all(bank));
    crank.count(vec![selection.settle_all(bank)]);
    crank
}

/// One line of the summary.
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
