//! The world: what every validator does in every epoch, whoever has stake with it.
//!
//! All strategies live through the same world. The pool is small beside the network: its stake changes nothing of what
//! a lamport earns.

use sluice_money::{Bps, Rounding, mul_div};
use sluice_selection_math::{Bid, Kappa, YIELD_ONE, Yield};

use crate::random::Random;
use crate::set::{Profile, ValidatorSet};

/// Epochs before the first one that is played: what vote accounts remember of then.
pub const HISTORY: usize = 64;
/// The number of the first epoch of the history.
const FIRST_EPOCH: u64 = 600;
/// Slots of an epoch, as many as there were in the recorded one.
const EPOCH_SLOTS: f64 = 432_000.0;

/// Up to this stake, a validator's chance to vanish is whole; beyond, it falls as stake grows.
const FRAIL_SOL: f64 = 30_000.0;

/// What commissions are changed to, in basis points, and how often beside each other.
const COMMISSIONS: [(u16, f64); 5] = [(0, 1.0), (500, 1.0), (700, 1.0), (800, 0.5), (1_000, 1.0)];
const TIPS_COMMISSIONS: [(u16, f64); 4] = [(0, 1.0), (500, 1.0), (1_000, 1.0), (10_000, 0.5)];

/// How the world changes. Chances are per validator and epoch.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Climate {
    /// Scale of the noise on credits and tips; zero: every epoch is like the recorded one.
    pub noise: f64,
    /// What tips bring, before the validator's share, as a part of what inflation pays.
    pub tips: f64,
    /// What blocks bring beside tips, likewise; some pass on a part of it.
    pub blocks: f64,
    /// Whether some make more of their blocks than others.
    pub craft: bool,
    /// A validator takes everything: for good, for some epochs, or only while the chain looks.
    pub rugs: f64,
    /// It is off line for some epochs.
    pub outages: f64,
    /// It is off line for good: the chance of a small one.
    pub deaths: f64,
    /// It changes its commission and says so.
    pub changes: f64,
    /// New validators, as a part of those there are.
    pub newcomers: f64,
    /// Deposits and withdrawals: the most, in either direction, as a part of the pool.
    pub flows: f64,
    /// Whether validators bid and have bonds.
    pub bids: bool,
}

impl Climate {
    /// Nothing ever changes.
    pub const STILL: Self = Self {
        noise: 0.0,
        tips: 0.0,
        blocks: 0.0,
        craft: false,
        rugs: 0.0,
        outages: 0.0,
        deaths: 0.0,
        changes: 0.0,
        newcomers: 0.0,
        flows: 0.0,
        bids: false,
    };

    /// Noise and trouble, without what a record does not tell: what blocks bring, bids and bonds.
    pub const RECORDED: Self = Self {
        noise: 1.0,
        rugs: 0.000_3,
        outages: 0.002,
        deaths: 0.000_2,
        changes: 0.000_5,
        newcomers: 0.000_3,
        ..Self::STILL
    };

    /// The same with tips of a tenth of inflation and other block revenue of nearly as much, bids and bonds.
    pub const SYNTHETIC: Self = Self { tips: 0.1, blocks: 0.08, craft: true, bids: true, ..Self::RECORDED };
}

/// One validator in one epoch.
#[derive(Clone, Copy, Debug, Default)]
pub struct Condition {
    /// The network's stake with it, in lamports.
    pub stake: u64,
    /// Credits earned.
    pub credits: u64,
    /// Commission on chain when cranks look, early in the epoch, and when the epoch ends. The latter is charged on the
    /// rewards of the next epoch (SIMD-0249).
    pub seen: Bps,
    pub set: Bps,
    /// What of the latter it took without having said so before.
    pub rug: Bps,
    /// Commission on tips on chain; `None`: it shares none.
    pub tips_commission: Option<Bps>,
    /// What inflation pays before commission, and what comes beside it (tips after theirs, and block revenue passed on),
    /// in 10^-12 of the stake that earned in this epoch.
    pub inflation: Yield,
    pub extra: Yield,
    /// Its bond is filled up.
    pub pays: bool,
}

/// What a lamport of stake earned in an epoch, in 10^-12.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reward {
    /// Net of commission.
    pub inflation: Yield,
    pub extra: Yield,
    /// What of the commission was a rug.
    pub lost: Yield,
}

/// Whatever happens.
pub struct World {
    pub votes: Vec<String>,
    pub bonds: Vec<u64>,
    pub bids: Vec<Bid>,
    /// Provider and country of each.
    pub groups: Vec<(u16, u16)>,
    /// By epoch, counted from zero: [`HISTORY`] epochs, then those to play.
    conditions: Vec<Vec<Condition>>,
    best_credits: Vec<u64>,
    /// Deposits, or withdrawals if negative, in millionths of the pool, by epoch.
    pub flows: Vec<i64>,
    pub epoch_years: f64,
    /// What the program is told of the cluster before it has measured: 10 % less than the truth.
    pub kappa_prior: Kappa,
}

/// What a stream of draws is for.
#[derive(Clone, Copy)]
pub enum Concern {
    Profile,
    Credits,
    Tips,
    Events,
    Newcomers,
    Market,
    Flows,
}

/// The number of a stream: one for each validator and concern.
pub fn stream(validator: usize, concern: Concern) -> u64 {
    validator as u64 * 8 + concern as u64
}

impl World {
    /// Plays `set` for `epochs` epochs under `climate`; the same for the same seed.
    pub fn new(set: &ValidatorSet, climate: &Climate, seed: u64, epochs: usize) -> Self {
        let length = HISTORY + epochs;
        let full = set.profiles.iter().map(|profile| profile.credits).fold(0.0, f64::max);
        let mut market = Random::new(seed, stream(0, Concern::Market));
        // What blocks bring swings for all together: half of it is there again in the epoch after.
        let mut mood = 0.0;
        let market: Vec<f64> = (0..length)
            .map(|_| {
                mood = 0.5 * mood + 0.2 * market.normal();
                (climate.noise * mood).exp() * set.rate
            })
            .collect();
        let mut profiles: Vec<(usize, &Profile)> = set.profiles.iter().map(|profile| (0, profile)).collect();
        let mut newcomers = Random::new(seed, stream(0, Concern::Newcomers));
        let count = (climate.newcomers * (set.profiles.len() * epochs) as f64).round() as usize;
        for _ in 0..count {
            let joined = HISTORY + newcomers.index(epochs);
            profiles.push((joined, &set.profiles[newcomers.index(set.profiles.len())]));
        }
        let stake: f64 = set.profiles.iter().map(|profile| profile.stake).sum();
        let lives: Vec<Vec<Condition>> = profiles
            .iter()
            .enumerate()
            .map(|(place, (joined, profile))| {
                Life { profile, joined: *joined, climate, full, share: profile.stake / stake }
                    .lived(seed, place, &market)
            })
            .collect();
        let mut conditions: Vec<Vec<Condition>> =
            (0..length).map(|epoch| lives.iter().map(|life| life[epoch]).collect()).collect();
        // A fixed sum is paid for all stake, and shared by credits.
        for epoch in &mut conditions {
            let stake: f64 = epoch.iter().map(|validator| validator.stake as f64).sum();
            let points: f64 =
                epoch.iter().map(|validator| validator.stake as f64 * validator.credits as f64).sum();
            let per_credit = set.rate * stake / points;
            for validator in epoch {
                validator.inflation = yielded(per_credit * validator.credits as f64);
            }
        }
        let points: f64 = set.profiles.iter().map(|profile| profile.stake * profile.credits).sum();
        let mut flows = Random::new(seed, stream(0, Concern::Flows));
        let has_bids =
            |profile: &Profile| if climate.bids { (profile.bond, profile.bid) } else { (0, Bid(0)) };
        Self {
            votes: profiles
                .iter()
                .enumerate()
                .map(|(place, (joined, profile))| match joined {
                    0 => profile.vote.clone(),
                    _ => format!("newcomer-{place}"),
                })
                .collect(),
            bonds: profiles.iter().map(|(_, profile)| has_bids(profile).0).collect(),
            bids: profiles.iter().map(|(_, profile)| has_bids(profile).1).collect(),
            groups: profiles.iter().map(|(_, profile)| (profile.provider, profile.country)).collect(),
            best_credits: conditions
                .iter()
                .map(|epoch| epoch.iter().map(|validator| validator.credits).max().unwrap_or(0))
                .collect(),
            conditions,
            flows: (0..length).map(|_| (1e6 * climate.flows * flows.between(-1.0, 1.0)) as i64).collect(),
            epoch_years: set.epoch_years,
            kappa_prior: Kappa((0.9e18 * set.rate * stake / points) as u64),
        }
    }

    /// The number an epoch has on chain.
    pub const fn number(epoch: usize) -> u64 {
        FIRST_EPOCH + epoch as u64
    }

    pub fn validators(&self) -> usize {
        self.votes.len()
    }

    /// Epochs there are, the history's included.
    pub fn length(&self) -> usize {
        self.conditions.len()
    }

    pub fn conditions(&self, epoch: usize) -> &[Condition] {
        &self.conditions[epoch]
    }

    /// The credits there were in an epoch: those of whoever earned the most.
    pub fn best_credits(&self, epoch: usize) -> u64 {
        self.best_credits[epoch]
    }

    pub fn condition(&self, epoch: usize, validator: usize) -> &Condition {
        &self.conditions[epoch][validator]
    }

    /// What stake with `validator` that earned in `epoch` is paid at the start of the next: charged is the commission
    /// in force when `epoch` began.
    pub fn reward(&self, epoch: usize, validator: usize) -> Reward {
        let now = self.condition(epoch, validator);
        let before = self.condition(epoch.saturating_sub(1), validator);
        Reward {
            inflation: part(before.set.complement(), now.inflation),
            extra: now.extra,
            lost: part(before.rug, now.inflation),
        }
    }
}

fn part(share: Bps, of: Yield) -> Yield {
    Yield(share.of(of.0, Rounding::Floor).unwrap_or(0))
}

fn yielded(share: f64) -> Yield {
    Yield((share.max(0.0) * YIELD_ONE as f64).round() as u64)
}

/// Lamports that `stake` earns at a yield, rounded down as the chain does.
pub fn earned(stake: u64, rate: Yield) -> u64 {
    mul_div(stake, rate.0, YIELD_ONE, Rounding::Floor).unwrap_or(u64::MAX)
}

/// What makes one validator's epochs.
struct Life<'a> {
    profile: &'a Profile,
    joined: usize,
    climate: &'a Climate,
    /// Credits of the best of the set.
    full: f64,
    /// Its part of the network's stake.
    share: f64,
}

/// A commission that is taken without notice.
#[derive(Clone, Copy)]
enum Rug {
    /// On chain from now on, for so many epochs.
    Open(usize),
    /// On chain only when an epoch ends, for so many epochs.
    Hidden(usize),
}

impl Life<'_> {
    fn lived(&self, seed: u64, place: usize, market: &[f64]) -> Vec<Condition> {
        let Self { profile, joined, climate, full, share } = *self;
        let mut credits_draw = Random::new(seed, stream(place, Concern::Credits));
        let mut tips_draw = Random::new(seed, stream(place, Concern::Tips));
        let mut events = Random::new(seed, stream(place, Concern::Events));
        // Who does well does so evenly.
        let wobble = climate.noise * (0.000_5 + 0.3 * (1.0 - profile.credits / full)).min(0.1);
        // A block's tips are as uneven as twice their mean, and few blocks are few draws. The pool's own stake brings some.
        let blocks = (EPOCH_SLOTS * share).max(4.0);
        let luck = climate.noise * 2.0 / blocks.sqrt();

        // Who vanishes is small: of the recorded validators that did not vote, nearly all have less than this.
        let frailty = (FRAIL_SOL * crate::LAMPORTS_PER_SOL / profile.stake.max(1.0)).min(1.0);
        let craft = if climate.craft { profile.craft } else { 1.0 };
        let (mut said, mut tips_said) = (profile.commission, profile.tips_commission);
        let (mut on_chain, mut rug) = (said, None::<Rug>);
        let (mut drift, mut outage, mut depth, mut is_dead) = (0.0, 0usize, 0.0, false);
        let mut stake = profile.stake;
        let mut epochs = Vec::with_capacity(market.len());
        for (epoch, swing) in market.iter().enumerate() {
            let is_there = epoch >= joined;
            let is_played = epoch >= HISTORY && is_there;

            // Credits.
            drift = 0.6 * drift + 0.8 * wobble * credits_draw.normal();
            if is_played && outage == 0 && events.chance(climate.outages) {
                outage = events.whole(1, 6) as usize;
                depth = if events.chance(0.5) { 0.0 } else { events.between(0.0, 0.8) };
            }
            is_dead |= is_played && events.chance(climate.deaths * frailty);
            let mut credits = (profile.credits * (1.0 + drift)).clamp(0.0, full.max(1.0) * 1.01);
            if outage > 0 {
                outage -= 1;
                credits *= depth;
            }
            if is_dead || !is_there {
                credits = 0.0;
            }

            // Commission. What is changed late in an epoch is seen in the next.
            let mut seen = on_chain;
            if is_played && said < Bps::ONE && events.chance(climate.changes) {
                said = Bps::saturating(events.pick(&COMMISSIONS));
            }
            let is_taking = rug.is_some();
            if is_played && rug.is_none() && said < Bps::ONE && events.chance(climate.rugs) {
                let kind = match events.unit() {
                    part if part < 0.4 => Rug::Open(usize::MAX),
                    part if part < 0.7 => Rug::Open(events.whole(1, 3) as usize),
                    _ => Rug::Hidden(events.whole(1, 6) as usize),
                };
                if matches!(kind, Rug::Open(_)) && events.chance(0.5) {
                    seen = Bps::ONE;
                }
                rug = Some(kind);
            }
            let set = if rug.is_some() { Bps::ONE } else { said };
            on_chain = if matches!(rug, Some(Rug::Hidden(_))) { said } else { set };
            if is_played && rug.is_none() && events.chance(climate.changes) && tips_said.is_some() {
                tips_said = Some(Bps::saturating(events.pick(&TIPS_COMMISSIONS)));
            }
            let tips_commission = match rug {
                Some(Rug::Open(_)) if is_taking => tips_said.map(|_| Bps::ONE),
                _ => tips_said,
            };

            // What blocks bring, which those who are off line do not make.
            let uneven = tips_draw.around_one(luck) * swing * credits / full;
            let kept = tips_commission.unwrap_or(Bps::ONE);
            let tips = climate.tips * craft * f64::from(kept.complement().get()) / 10_000.0;
            let passed_on = if rug.is_some() { 0.0 } else { climate.blocks * profile.passed_on };
            let extra = uneven * (tips + passed_on);

            // Delegators leave the dead and the greedy.
            if is_dead {
                stake *= 0.75;
            } else if matches!(rug, Some(Rug::Open(usize::MAX))) {
                stake *= 0.9;
            }

            epochs.push(Condition {
                stake: if is_there { stake as u64 } else { 0 },
                credits: credits.round() as u64,
                seen,
                set,
                rug: Bps::saturating(set.get().saturating_sub(said.get())),
                tips_commission,
                inflation: Yield(0),
                extra: yielded(extra),
                pays: !is_dead && rug.is_none(),
            });
            rug = match rug {
                Some(Rug::Open(usize::MAX)) => rug,
                Some(Rug::Open(left)) if left > 1 => Some(Rug::Open(left - 1)),
                Some(Rug::Hidden(left)) if left > 1 => Some(Rug::Hidden(left - 1)),
                _ => None,
            };
        }
        epochs
    }
}
