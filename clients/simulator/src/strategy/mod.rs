//! The ways to choose. Each is told the same, and moves stake by the same rules.

mod commission_first;
mod index;
mod sluice;

pub use commission_first::CommissionFirst;
pub use index::{EqualWeight, StakeWeighted};
pub use sluice::{Selection, Sluice};

use sluice_money::Lamports;
use sluice_selection_math::{Budget, Funds};

use crate::pool::{Charges, Earned, Pool};
use crate::world::World;

/// What a strategy is asked about: an epoch that began, after its rewards were paid.
pub struct View<'a> {
    pub world: &'a World,
    pub epoch: usize,
    pub pool: &'a Pool,
    /// What each validator's stake brought in the epoch before.
    pub brought: &'a [Earned],
}

/// The epoch's money.
pub struct Means {
    pub funds: Funds,
    pub budget: Budget,
    /// Smaller moves are not made.
    pub min_move: Lamports,
}

/// A way to choose validators.
pub trait Strategy {
    /// Looks at the epoch, and charges bonds if it has any.
    fn settle(&mut self, view: &View) -> Charges;

    /// What each validator should hold after this epoch's moves, in lamports.
    fn allocate(&mut self, view: &View, means: &Means, targets: &mut Vec<u64>);
}
