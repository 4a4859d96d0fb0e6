//! Indexes: nothing is chosen. They know no cap, else they would be no indexes.

use sluice_money::{Rounding, mul_div};

use super::{Means, Strategy, View};
use crate::pool::Charges;

/// The same for every validator that voted in the epoch before.
pub struct EqualWeight;

/// For every validator that voted in the epoch before as much as its part of the network's stake.
pub struct StakeWeighted;

impl Strategy for EqualWeight {
    fn settle(&mut self, _: &View) -> Charges {
        Charges::default()
    }

    fn allocate(&mut self, view: &View, means: &Means, targets: &mut Vec<u64>) {
        spread(view, means, targets, |_| 1);
    }
}

impl Strategy for StakeWeighted {
    fn settle(&mut self, _: &View) -> Charges {
        Charges::default()
    }

    fn allocate(&mut self, view: &View, means: &Means, targets: &mut Vec<u64>) {
        spread(view, means, targets, |stake| stake);
    }
}

fn spread(view: &View, means: &Means, targets: &mut Vec<u64>, weight: impl Fn(u64) -> u64) {
    let conditions = view.world.conditions(view.epoch - 1);
    let weights =
        || conditions.iter().map(|validator| if validator.credits > 0 { weight(validator.stake) } else { 0 });
    let all: u64 = weights().sum();
    targets.clear();
    targets.extend(weights().map(|weight| {
        let target = mul_div(means.budget.delegable.0, weight, all, Rounding::Floor).unwrap_or(0);
        if target < means.funds.min_delegation.0 { 0 } else { target }
    }));
}
