//! Instructions of holders of LST, who lend a validator their weight.

pub mod claim_directed;
pub mod direct_stake;
pub mod undirect_stake;

pub use claim_directed::*;
pub use direct_stake::*;
pub use undirect_stake::*;
