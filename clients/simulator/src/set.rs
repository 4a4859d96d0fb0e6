//! Validator sets: who there is, as of one epoch.
//!
//! A set is read from recorded chain data, or made: a seed gives a set of the same shape, with what the record lacks
//! (hosting providers, countries, bids, bonds).

use std::path::{Path, PathBuf};

use sluice_money::Bps;
use sluice_selection_math::{Bid, COUNTRIES, PROVIDERS};

use crate::random::Random;
use crate::{Error, LAMPORTS_PER_SOL};

/// Names the file of recorded validators where no other is given.
pub const DATA_VARIABLE: &str = "SLUICE_VALIDATORS_CSV";

/// What the recorded epoch is known by: mainnet-beta, epoch 650. Rewards of validators in lamports, and the length of
/// the epoch in years.
const RECORDED_REWARDS: f64 = 163_056_097_565_475.0;
const RECORDED_EPOCH_YEARS: f64 = 0.005_475_82;

/// Lamports that inflation pays per lamport staked and epoch, commission included, and credits of a validator that misses
/// no vote: about the recorded epoch's.
const SYNTHETIC_RATE: f64 = 0.000_429;
const SYNTHETIC_CREDITS: f64 = 413_900.0;

/// Deviation of [`Profile::craft`].
const CRAFT: f64 = 0.2;

/// One validator, as of the set's epoch.
#[derive(Clone, Debug)]
pub struct Profile {
    pub vote: String,
    /// Active stake of the whole network, in lamports.
    pub stake: f64,
    /// Vote credits of an epoch.
    pub credits: f64,
    pub commission: Bps,
    /// Of tips; `None`: it runs no client that shares any.
    pub tips_commission: Option<Bps>,
    /// What its blocks bring in tips beside the mean, as a factor; and the part of its other block revenue it passes on.
    /// No commission on chain tells either.
    pub craft: f64,
    pub passed_on: f64,
    /// Hosting provider and country; zero: not known.
    pub provider: u16,
    pub country: u16,
    /// Deposited, in lamports, and offered.
    pub bond: u64,
    pub bid: Bid,
}

/// A validator set, and what one has to know of its epoch.
#[derive(Clone, Debug)]
pub struct ValidatorSet {
    pub name: String,
    pub profiles: Vec<Profile>,
    /// Lamports that inflation pays per lamport staked and epoch, commission included: the mean of the network.
    pub rate: f64,
    pub epoch_years: f64,
}

impl ValidatorSet {
    /// Reads recorded validators: a header, then `vote_account, commission_pct, mev_commission_bps (may be empty),
    /// active_stake_lamports, epoch_credits` a line.
    pub fn recorded(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::Unreadable { path: path.to_owned(), reason: error.to_string() })?;
        let mut profiles = Vec::new();
        for (place, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
            let profile = parse(line);
            profiles.push(profile.ok_or(Error::BadLine { path: path.to_owned(), line: place + 1 })?);
        }
        let stake: f64 = profiles.iter().map(|profile| profile.stake).sum();
        if stake == 0.0 || profiles.iter().all(|profile| profile.credits == 0.0) {
            return Err(Error::NoStake { path: path.to_owned() });
        }
        Ok(Self {
            name: "recorded".into(),
            profiles,
            rate: RECORDED_REWARDS / stake,
            epoch_years: RECORDED_EPOCH_YEARS,
        })
    }

    /// A set of `validators`, the same for the same seed. Stake, commissions and credits have about the recorded shape.
    pub fn synthetic(seed: u64, validators: usize) -> Self {
        let profiles = (0..validators).map(|place| made(seed, place)).collect();
        Self { name: "synthetic".into(), profiles, rate: SYNTHETIC_RATE, epoch_years: RECORDED_EPOCH_YEARS }
    }
}

/// Where recorded validators are, if anywhere: `given`, else what [`DATA_VARIABLE`] names.
pub fn recorded_path(given: Option<&Path>) -> Result<PathBuf, Error> {
    given
        .map(Path::to_owned)
        .or_else(|| std::env::var_os(DATA_VARIABLE).map(PathBuf::from))
        .ok_or(Error::NoData)
}

fn parse(line: &str) -> Option<Profile> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let [vote, commission, tips, stake, credits] = fields[..] else { return None };
    let percent: f64 = commission.parse().ok()?;
    let tips_commission = match tips {
        "" => None,
        bps => Some(Bps::new(bps.parse().ok()?)?),
    };
    Some(Profile {
        vote: vote.into(),
        stake: stake.parse::<u64>().ok()? as f64,
        credits: credits.parse::<u64>().ok()? as f64,
        commission: (0.0..=100.0)
            .contains(&percent)
            .then(|| Bps::saturating((percent * 100.0).round() as u16))?,
        tips_commission,
        craft: 1.0,
        passed_on: 0.0,
        provider: 0,
        country: 0,
        bond: 0,
        bid: Bid(0),
    })
}

const fn percent(whole: u16) -> Bps {
    Bps::saturating(whole * 100)
}

/// Commissions of those that are not private, and how many have them: the recorded clusters.
const COMMISSIONS: [(Bps, f64); 5] =
    [(percent(0), 0.34), (percent(5), 0.09), (percent(7), 0.44), (percent(8), 0.07), (percent(10), 0.06)];
/// Commissions on tips, of those with little commission and of the others.
const GENEROUS_ON_TIPS: [(Option<Bps>, f64); 6] = [
    (Some(percent(0)), 0.38),
    (Some(percent(5)), 0.1),
    (Some(percent(8)), 0.22),
    (Some(percent(10)), 0.13),
    (Some(percent(100)), 0.07),
    (None, 0.1),
];
const OTHERS_ON_TIPS: [(Option<Bps>, f64); 6] = [
    (Some(percent(0)), 0.02),
    (Some(percent(5)), 0.02),
    (Some(percent(8)), 0.08),
    (Some(percent(10)), 0.06),
    (Some(percent(100)), 0.5),
    (None, 0.32),
];

/// The `place`-th validator of a synthetic set.
fn made(seed: u64, place: usize) -> Profile {
    let mut draw = Random::new(seed, crate::world::stream(place, crate::world::Concern::Profile));
    // A Pareto tail over what delegation programmes give everybody, and many with hardly any.
    let sol = match draw.chance(0.8) {
        true => (30_000.0 * (1.0 - draw.unit()).powf(-1.0 / 0.85)).min(13_000_000.0),
        false => 10f64.powf(draw.between(1.5, 3.5)),
    };
    // Exchanges and custodians keep all of it, and are large.
    let is_private = draw.chance(if sol > 1_000_000.0 { 0.3 } else { 0.045 });
    let commission = if is_private { percent(100) } else { draw.pick(&COMMISSIONS) };
    let on_tips = if commission <= percent(5) { &GENEROUS_ON_TIPS } else { &OTHERS_ON_TIPS };
    let tips_commission = draw.pick(on_tips);
    let craft = draw.around_one(CRAFT);
    let passes_on = !is_private && draw.chance(0.2);
    let passed_on = if passes_on { draw.between(0.2, 1.0) } else { 0.0 };
    let shortfall = match draw.unit() {
        part if part < 0.75 => draw.exponential(0.0004),
        part if part < 0.9 => draw.exponential(0.006),
        part if part < 0.98 => draw.exponential(0.05),
        _ => draw.unit(),
    };
    let votes = !draw.chance(0.05);
    let provider = grouped(&mut draw, 40.min(PROVIDERS - 1));
    let country = grouped(&mut draw, 30.min(COUNTRIES - 1));
    let has_bond = !is_private && draw.chance(0.4);
    let bond = if has_bond { draw.between(15.0, 120.0) * LAMPORTS_PER_SOL } else { 0.0 };
    // 6 % of what stake earns, on average, and never above a fifth of it.
    let offered = draw.exponential(0.06).min(0.2) * SYNTHETIC_RATE * 1e9;
    let bid = if has_bond && draw.chance(0.75) { Bid(offered as u32) } else { Bid(0) };
    Profile {
        vote: format!("synthetic-{place}"),
        stake: (sol * LAMPORTS_PER_SOL).round(),
        credits: if votes { (SYNTHETIC_CREDITS * (1.0 - shortfall.min(1.0))).round() } else { 0.0 },
        commission,
        tips_commission,
        craft,
        passed_on,
        provider,
        country,
        bond: bond as u64,
        bid,
    }
}

/// A group from 1 to `groups`, the first the most likely (Zipf); zero for one in twenty, which nobody has grouped.
fn grouped(draw: &mut Random, groups: usize) -> u16 {
    if draw.chance(0.05) {
        return 0;
    }
    let choices: Vec<(u16, f64)> =
        (1..=groups).map(|group| (group as u16, 1.0 / (group + 2) as f64)).collect();
    draw.pick(&choices)
}
