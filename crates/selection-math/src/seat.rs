//! A candidate's seat in the allocation: what goes in, and what comes out.

use crate::Constraint;

/// What an allocation reads and writes of one candidate. Amounts in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Seat {
    /// What it is ranked by: expected net yield and bid, in 10^-12 per epoch.
    pub score: u64,
    /// The most it may hold by its bond and its share of the network, whatever the pool's cap. Lowered to what is kept
    /// for a candidate that does not compete.
    pub bound: u64,
    /// What it holds and does not lose by itself: active and warming up.
    pub held: u64,
    /// What holders directed to it.
    pub directed: u64,
    /// Out: what it should hold when all moves are done.
    pub ideal: u64,
    /// Out: what it should hold after this epoch's moves, for which there are funds and which the limits allow.
    pub target: u64,
    /// Its places in the ranking's lists.
    pub links: [u16; 3],
    /// Hosting provider; 0: not grouped.
    pub aso: u16,
    /// Country; 0: not grouped.
    pub country: u16,
    /// Code of the [`Constraint`] behind `bound`.
    pub bound_by: u8,
    /// Out: code of the [`Constraint`] that decided `ideal` and `target`.
    pub constraint: u8,
    /// One for a candidate whose ideal no exchange changes.
    pub fixed: u8,
    pub _padding: [u8; 3],
}

const _: () = assert!(core::mem::size_of::<Seat>() == 64);

impl AsMut<Seat> for Seat {
    #[inline(always)]
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

/// How a candidate enters an allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// For as much as its bound and the caps allow.
    Competes,
    /// For nothing, for this reason: what it holds leaves first.
    Out(Constraint),
    /// It keeps so many lamports of what it holds, and gets no more.
    Keeps(u64),
}
