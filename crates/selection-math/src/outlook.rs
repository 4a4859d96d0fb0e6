//! "When will I get stake?": what stands between a candidate and more of it, in numbers a validator can act on.

use sluice_money::{Bps, Lamports};

use crate::{Bid, Seat, Yield, bond_for};

/// What an answer is made of, as of the last allocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prospect {
    /// What the best candidate offered that did not get all it wanted; zero where there was enough for all.
    pub clearing: Yield,
    /// The most one validator may hold.
    pub cap: Lamports,
    pub bond: Lamports,
    pub bid: Bid,
    /// What a bond has to cover: a share of the stake, and the bid of so many epochs.
    pub least_bond: Bps,
    pub bond_epochs: u16,
}

/// The answer. Zero: nothing of the kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// What it must offer more, in yield or bid, to be ranked with the last that got stake.
    pub lacks_yield: Yield,
    /// What its bond lacks to stand for the cap.
    pub lacks_bond: Lamports,
    /// Stake it gets, and loses, in the epoch of the allocation.
    pub arrives_now: Lamports,
    pub leaves_now: Lamports,
    /// Stake it gets, and loses, in later epochs, as others' stake comes home and limits allow.
    pub arrives_later: Lamports,
    pub leaves_later: Lamports,
}

/// What stands between a candidate and more stake.
#[inline]
pub fn outlook(seat: &Seat, prospect: &Prospect) -> Outlook {
    let difference = |more: u64, less: u64| Lamports(more.saturating_sub(less));
    let asked = bond_for(prospect.cap, prospect.least_bond, prospect.bid, prospect.bond_epochs);
    Outlook {
        lacks_yield: Yield(prospect.clearing.0.saturating_sub(seat.score)),
        lacks_bond: asked.saturating_sub(prospect.bond),
        arrives_now: difference(seat.target, seat.held),
        leaves_now: difference(seat.held, seat.target),
        arrives_later: difference(seat.ideal, seat.target),
        leaves_later: difference(seat.target, seat.ideal),
    }
}
