//! The candidates of a selection, and what is known of each.

use anchor_lang::accounts::Slab;
use anchor_lang::prelude::*;
use core::mem::offset_of;
use sluice_selection_math::{Bid, Constraint, Seat, WINDOW};

use crate::constants::{NEVER, NOT_IN_POOL};

/// Header of the registry. The account is created by the client and claimed by `initialize`; its size decides how many
/// candidates it has room for.
#[account]
pub struct RegistryHeader {
    pub config: Address,
    pub _reserved: [u8; 88],
    /// Zero-sized: names the records behind this header in the IDL.
    pub records: [Candidate; 0],
}

/// What the allocation reads and writes of a candidate: a [`Seat`], which says what each field is.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, IdlType)]
#[repr(C)]
pub struct SeatRecord {
    pub score: u64,
    pub bound: u64,
    pub held: u64,
    pub directed: u64,
    pub ideal: u64,
    pub target: u64,
    pub links: [u16; 3],
    pub aso: u16,
    pub country: u16,
    /// Codes of [`Constraint`].
    pub bound_by: u8,
    pub constraint: u8,
    pub fixed: u8,
    pub _padding: [u8; 3],
}

const _: () = assert!(
    core::mem::size_of::<SeatRecord>() == core::mem::size_of::<Seat>()
        && offset_of!(SeatRecord, target) == offset_of!(Seat, target)
        && offset_of!(SeatRecord, country) == offset_of!(Seat, country)
        && offset_of!(SeatRecord, fixed) == offset_of!(Seat, fixed)
);

/// One candidate. Keyed by `vote`: an index into the registry is a hint that every instruction checks.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, IdlType)]
#[repr(C)]
pub struct Candidate {
    pub vote: Address,
    /// Who may take the bond back: the vote account's authorized withdrawer when it was last seen as itself. An account
    /// created anew has no say before that bond is gone.
    pub bond_owner: Address,
    /// Of the last allocation, but `score`, `bound`, `held` and `directed`, which are of the last observation.
    pub seat: SeatRecord,
    /// Expected net yield without the bid, in 10^-12 per epoch, and what of it comes beside inflation.
    pub expected: u64,
    pub extra: u64,
    /// Credits it may be expected to earn in an epoch.
    pub credits: u64,
    /// Credits earned in the last completed epoch.
    pub last_credits: u64,
    /// Credits since its vote account was created: fewer than before means another account at the same address.
    pub total_credits: u64,
    /// The epoch of the last observation; `u64::MAX`: never.
    pub observed_epoch: u64,
    /// The epoch whose realised yield was counted last, or was found missing.
    pub realised_epoch: u64,
    pub joined_epoch: u64,
    /// The epoch its validator asked to leave in; `u64::MAX`: it did not.
    pub left_epoch: u64,
    /// LST that stands for its stake, in base units; and what is on its way back to the owner, still liable, and from when
    /// on it can be claimed.
    pub bond: u64,
    pub bond_leaving: u64,
    pub release_epoch: u64,
    /// LST that holders have locked behind it, in base units.
    pub directed: u64,
    /// What protection and bid are due on: stake that earned in the epoch before `realised_epoch`, in lamports; its
    /// realised yield; and what the bid came to in the allocation that gave it, both in 10^-12.
    pub earning: u64,
    pub realised: u64,
    pub price: u64,
    /// The epoch in which that was last charged.
    pub settled_epoch: u64,
    /// The first eight bytes of its identity (node).
    pub identity: u64,
    /// Inflation commission by epoch modulo 8, in basis points. The worst counts.
    pub commissions: [u16; WINDOW],
    /// What inflation paid above or below its model, smoothed, in parts per million.
    pub deviation_ppm: i32,
    /// Where the pool's list had it last: a hint, valid only while that record has this vote address.
    pub pool_index: u32,
    /// Lamports per SOL of stake and epoch: as its validator last said, and as it counts since the last observation.
    pub next_bid: u32,
    pub bid: u32,
    /// Share of block revenue it keeps, in basis points; informational.
    pub block_commission_bps: u16,
    /// The highest of `commissions`.
    pub worst_commission_bps: u16,
    /// Completed epochs with credits in its vote account.
    pub history: u8,
    /// Observed epochs in a row without credits.
    pub idle: u8,
    /// [`flags`].
    pub flags: u8,
    /// Code of the [`Constraint`] for which it does not compete, as of the last observation; 0: it does.
    pub verdict: u8,
    /// What the bid came to in the allocation after that, in 10^-12: due on the stake that earns now.
    pub next_price: u64,
    /// The epoch in which it was last observed with all that the pool measured.
    pub measured_epoch: u64,
    /// 1: the pool's stake with it told once what it brings.
    pub is_tried: u8,
    /// Zero today; new fields are taken from its front.
    pub _reserved: [u8; 23],
}

const _: () = assert!(core::mem::size_of::<Candidate>() == 352);

pub type Registry = Slab<RegistryHeader, Candidate>;

/// Bits of [`Candidate::flags`].
pub mod flags {
    /// The admin banned it.
    pub const BANNED: u8 = 1;
    /// Its validator asked to leave.
    pub const LEFT: u8 = 2;
    /// Its identity changed, and nobody has confirmed that no other candidate has it.
    pub const IDENTITY: u8 = 4;
    /// Its vote account was created anew. The bond is still the owner's of the one before, and stands for nothing.
    pub const RECREATED: u8 = 8;
    /// Its stake was taken in an emergency of the epoch it was last observed in, whose allocation gives it nothing.
    pub const UNSTAKED: u8 = 16;
}

impl AsMut<Seat> for Candidate {
    #[inline(always)]
    fn as_mut(&mut self) -> &mut Seat {
        bytemuck::cast_mut(&mut self.seat)
    }
}

impl Candidate {
    /// A vote account nobody has looked at yet.
    pub fn new(vote: Address, epoch: u64) -> Self {
        let blank: Self = bytemuck::Zeroable::zeroed();
        Self {
            vote,
            observed_epoch: NEVER,
            realised_epoch: NEVER,
            joined_epoch: epoch,
            left_epoch: NEVER,
            release_epoch: NEVER,
            settled_epoch: NEVER,
            measured_epoch: NEVER,
            pool_index: NOT_IN_POOL,
            ..blank
        }
    }

    #[inline(always)]
    pub fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    #[inline(always)]
    pub fn seat(&self) -> &Seat {
        bytemuck::cast_ref(&self.seat)
    }

    /// The bid that counts.
    #[inline(always)]
    pub fn bid(&self) -> Bid {
        Bid(self.bid)
    }

    /// From now on, and until the next allocation at least, it should hold nothing, for this reason. Returns by how much
    /// that lowers the sum of targets.
    #[inline(always)]
    pub fn unseat(&mut self, reason: Constraint) -> u64 {
        let target = self.seat.target;
        self.seat.bound = 0;
        self.seat.ideal = 0;
        self.seat.target = 0;
        self.seat.constraint = reason.code();
        target
    }

    /// Sets or clears a flag. A flagged candidate gets nothing from now on; a flag that is cleared takes effect at the
    /// next allocation. Returns by how much that lowers the sum of targets.
    #[inline(always)]
    pub fn flag(&mut self, flag: u8, set: bool) -> u64 {
        if !set {
            self.flags &= !flag;
            return 0;
        }
        self.flags |= flag;
        self.unseat(self.flagged().unwrap_or(Constraint::None))
    }

    /// Why its flags let it get nothing, if they do.
    #[inline(always)]
    pub fn flagged(&self) -> Option<Constraint> {
        if self.flags == 0 {
            return None;
        }
        Some(if self.is(flags::BANNED) {
            Constraint::Banned
        } else if self.is(flags::LEFT) {
            Constraint::Left
        } else if self.is(flags::IDENTITY) {
            Constraint::Identity
        } else if self.is(flags::RECREATED) {
            Constraint::Bond
        } else {
            Constraint::from_code(self.seat.constraint).unwrap_or(Constraint::None)
        })
    }
}
