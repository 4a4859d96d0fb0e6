//! The epoch's moves: increases are promised funds, stake without a place is told to leave.

use super::{Plan, ranking::Part};
use crate::{Constraint, Seat};

impl Plan {
    /// Promises as much of an ideal as this epoch's funds allow, and the groups' caps on what is held.
    #[inline(always)]
    pub(super) fn fund(&mut self, seat: &mut Seat, part: Part) {
        let ideal = match part {
            Part::Directed => self.followed(seat.directed).min(seat.ideal),
            Part::Held => return,
            Part::Beyond => seat.ideal,
        };
        if part == Part::Beyond {
            self.ahead = self.ahead.saturating_sub(seat.ideal.saturating_sub(seat.held));
        }
        let wanted = ideal.saturating_sub(seat.target);
        if wanted == 0 {
            return;
        }
        let (provider, country) = self.rooms(seat, |group| group.target);
        let step = wanted.min(self.cash).min(provider).min(country);
        if step < wanted {
            seat.constraint = Constraint::Waiting.code();
        }
        if step < self.min_step {
            return;
        }
        seat.target = seat.target.saturating_add(step);
        self.cash = self.cash.saturating_sub(step);
        self.targets = self.targets.saturating_add(step);
        self.hold(seat, step);
    }

    /// Tells stake without a place to leave, within the movement limit: the whole, or a part that leaves enough behind. What
    /// tickets lack leaves in any amount: whoever moves it rounds it up to what can be moved.
    #[inline(always)]
    pub(super) fn take(&mut self, seat: &mut Seat, part: Part) {
        // What is above a candidate's own limit leaves before all others; what others displaced, by its rank.
        let most = self.most(seat);
        let stays = match part {
            Part::Directed => return,
            Part::Held => seat.ideal,
            Part::Beyond => seat.ideal.max(most),
        };
        let (held, excess) = (seat.held, seat.target.saturating_sub(stays));
        self.ahead = self.ahead.saturating_sub(match part {
            Part::Held => held.min(most).saturating_sub(stays),
            _ => held.saturating_sub(stays),
        });
        if excess == 0 {
            return;
        }
        let mut step = excess.min(self.moves);
        if self.lack == 0 {
            let left = seat.target.saturating_sub(step);
            if left > 0 && left < self.min_delegation {
                step = seat.target.saturating_sub(self.min_delegation);
            }
            if step == 0 || (step < self.min_step && step < seat.target) {
                return;
            }
        }
        self.lack = self.lack.saturating_sub(step);
        seat.target = seat.target.saturating_sub(step);
        self.moves = self.moves.saturating_sub(step);
        self.targets = self.targets.saturating_sub(step);
    }
}
