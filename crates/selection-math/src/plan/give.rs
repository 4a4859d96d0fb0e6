//! Giving: the best parts first, each as much as the caps and the funds leave.

use super::{Plan, ranking::Part};
use crate::{Constraint, Seat};

impl Plan {
    /// Gives a part what the caps and the funds leave.
    #[inline(always)]
    pub(super) fn give(&mut self, seat: &mut Seat, part: Part) {
        let most = self.most(seat);
        let upper = match part {
            Part::Directed => self.followed(seat.directed).min(most),
            Part::Held => seat.held.min(most),
            Part::Beyond => most,
        };
        let wanted = upper.saturating_sub(seat.ideal);
        if wanted == 0 {
            return;
        }
        let (provider, country) = self.rooms(seat, |group| group.ideal);
        let (mut room, mut reason) = (wanted, Constraint::Score);
        if provider < room {
            (room, reason) = (provider, Constraint::Aso);
        }
        if country < room {
            (room, reason) = (country, Constraint::Country);
        }
        if room < wanted {
            self.tight = 1;
        }
        let fits = room;
        if self.delegable < room {
            let had_its_share = self.delegable > 0 || seat.ideal > 0;
            (room, reason) =
                (self.delegable, if had_its_share { Constraint::Funds } else { Constraint::Score });
        }
        let mut ideal = seat.ideal.saturating_add(room);
        if ideal > seat.held && ideal.saturating_sub(seat.held) < self.min_step {
            // No such move is made.
            ideal = seat.ideal.max(seat.held);
        }
        let is_too_small = ideal < self.min_delegation;
        if is_too_small {
            ideal = seat.ideal;
        }
        let refused = fits.saturating_sub(ideal.saturating_sub(seat.ideal));
        // What was directed is not ranked by its score.
        if room < fits && refused >= self.min_step && self.clearing == 0 && part != Part::Directed {
            self.clearing = seat.score;
        }
        if ideal > seat.ideal {
            self.set_ideal(seat, ideal);
        }
        if is_too_small && reason == Constraint::Funds {
            seat.constraint = Constraint::TooSmall.code();
        } else if room < wanted {
            seat.constraint = reason.code();
        } else if most.saturating_sub(ideal) < self.min_step {
            seat.constraint = self.limit_of(seat);
        }
    }
}
