//! Commission first: the order of Jito's StakeNet.
//!
//! Source: github.com/jito-foundation/stakenet, `programs/steward/src/score.rs` (`encode_validator_score`) and its
//! README: the highest commission of 30 epochs decides; where it is equal, the mean commission on tips of ten; then
//! credits. (Between the last two StakeNet asks for age. Here that is left out: it tells nothing of yield.) Its filters
//! are kept as a last rank rather than a ban, so that no SOL stays idle: commission above 5 % in 30 epochs, above 50 %
//! ever, on tips above 10 % or none in ten, fewer than 85 % of the credits there were in any of 30 epochs, superminority.
//! Ranked every ten epochs; in between a validator loses its stake at once if it raises a commission above those
//! limits or earned fewer than 70 % of the credits there were in the epoch before. The best get the cap each.

use sluice_money::Bps;

use super::{Means, Strategy, View};
use crate::pool::Charges;
use crate::world::{Condition, HISTORY};

const COMMISSION_EPOCHS: usize = 30;
const TIPS_EPOCHS: usize = 10;
const SCORING_EPOCHS: usize = 10;
const MAX_COMMISSION: Bps = Bps::saturating(500);
const MAX_PAST_COMMISSION: Bps = Bps::saturating(5_000);
const MAX_TIPS_COMMISSION: Bps = Bps::saturating(1_000);

/// Validators in its order, as of the last scoring.
#[derive(Default)]
pub struct CommissionFirst {
    order: Vec<usize>,
    /// The highest commission ever seen of each.
    worst: Vec<Bps>,
    /// Commission and commission on tips of each, beyond which it loses its stake before the next scoring.
    allowed: Vec<(Bps, Bps)>,
}

/// Ascending: the best first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    fails: bool,
    commission: Bps,
    tips_commission: u64,
    credits: std::cmp::Reverse<u64>,
}

impl CommissionFirst {
    fn score(&mut self, view: &View) {
        let superminority = superminority(view);
        let ranks: Vec<Rank> =
            (0..view.world.validators()).map(|place| self.rank(view, place, superminority)).collect();
        self.order = (0..ranks.len()).filter(|place| ranks[*place].credits.0 > 0).collect();
        self.order.sort_by(|a, b| ranks[*a].cmp(&ranks[*b]));
        let allowed = |now: &Condition| {
            (now.seen.max(MAX_COMMISSION), now.tips_commission.unwrap_or(Bps::ZERO).max(MAX_TIPS_COMMISSION))
        };
        self.allowed = view.world.conditions(view.epoch).iter().map(allowed).collect();
    }

    fn rank(&self, view: &View, place: usize, superminority: u64) -> Rank {
        let (world, epoch) = (view.world, view.epoch);
        let past = |epochs: usize| (epoch - epochs..epoch).map(move |past| world.condition(past, place));
        let commission =
            past(COMMISSION_EPOCHS).chain([world.condition(epoch, place)]).map(|past| past.seen).max();
        let commission = commission.unwrap_or(Bps::ONE);
        let shares_none = past(TIPS_EPOCHS).all(|past| past.tips_commission.is_none());
        let on_tips = |past: &Condition| past.tips_commission.unwrap_or(Bps::ONE);
        let worst_on_tips = past(TIPS_EPOCHS).map(on_tips).max().unwrap_or(Bps::ONE);
        let is_slow = (epoch - COMMISSION_EPOCHS..epoch)
            .any(|past| world.condition(past, place).credits * 100 < world.best_credits(past) * 85);
        Rank {
            fails: commission > MAX_COMMISSION
                || self.worst[place] > MAX_PAST_COMMISSION
                || shares_none
                || worst_on_tips > MAX_TIPS_COMMISSION
                || is_slow
                || world.condition(epoch, place).stake >= superminority,
            commission,
            tips_commission: past(TIPS_EPOCHS).map(|past| u64::from(on_tips(past).get())).sum(),
            credits: std::cmp::Reverse(past(COMMISSION_EPOCHS).map(|past| past.credits).sum()),
        }
    }
}

/// The stake from which on validators are of the smallest set with a third of all.
fn superminority(view: &View) -> u64 {
    let mut stakes: Vec<u64> =
        view.world.conditions(view.epoch).iter().map(|validator| validator.stake).collect();
    stakes.sort_unstable_by(|a, b| b.cmp(a));
    let third = stakes.iter().sum::<u64>() / 3;
    let mut sum = 0;
    stakes
        .into_iter()
        .find(|stake| {
            sum += stake;
            sum > third
        })
        .unwrap_or(u64::MAX)
}

impl Strategy for CommissionFirst {
    fn settle(&mut self, view: &View) -> Charges {
        self.worst.resize(view.world.validators(), Bps::ZERO);
        for (worst, now) in self.worst.iter_mut().zip(view.world.conditions(view.epoch)) {
            *worst = now.seen.max(*worst);
        }
        Charges::default()
    }

    fn allocate(&mut self, view: &View, means: &Means, targets: &mut Vec<u64>) {
        let (world, epoch) = (view.world, view.epoch);
        if self.order.is_empty() || (epoch - HISTORY).is_multiple_of(SCORING_EPOCHS) {
            self.score(view);
        }
        let best = world.best_credits(epoch - 1);
        let mut left = means.budget.delegable.0;
        targets.clear();
        targets.resize(world.validators(), 0);
        for place in &self.order {
            let (now, before) = (world.condition(epoch, *place), world.condition(epoch - 1, *place));
            let (commission, on_tips) = self.allowed[*place];
            let is_out = before.credits * 10 < best * 7
                || now.seen > commission
                || now.tips_commission.is_some_and(|now| now > on_tips);
            let target = left.min(means.budget.cap.0);
            if is_out || target < means.funds.min_delegation.0 {
                continue;
            }
            targets[*place] = target;
            left -= target;
        }
    }
}
