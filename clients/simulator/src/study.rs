//! Many worlds, all strategies, and how they compare.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;

use crate::Error;
use crate::run::{Kind, Outcome, Rules, play};
use crate::set::ValidatorSet;
use crate::strategy::Selection;
use crate::world::{Climate, World};

/// Where validators come from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A file of recorded validators: every seed has the same.
    Recorded(PathBuf),
    /// So many, made anew for every seed.
    Synthetic(usize),
}

/// What is to be simulated.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Study {
    pub source: Source,
    pub climate: Climate,
    pub rules: Rules,
    pub selection: Selection,
    /// The first seed, and how many.
    pub seed: u64,
    pub seeds: u64,
    /// Epochs that count, and those before them in which the pool's SOL is delegated for the first time.
    pub epochs: usize,
    pub lead_in: usize,
}

/// Mean, deviation (of the sample) and range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    pub mean: f64,
    pub deviation: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    pub fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let count = values.clone().count() as f64;
        let mean = values.clone().sum::<f64>() / count;
        let squares: f64 = values.clone().map(|value| (value - mean).powi(2)).sum();
        Self {
            mean,
            deviation: if count > 1.0 { (squares / (count - 1.0)).sqrt() } else { 0.0 },
            least: values.clone().fold(f64::INFINITY, f64::min),
            most: values.fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

/// A strategy over all seeds. Fields as in [`Outcome`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    pub strategy: Kind,
    pub net_apy: Spread,
    pub gross_apy: Spread,
    pub turnover: Spread,
    pub hhi: Spread,
    pub nakamoto: Spread,
    pub validators: Spread,
    pub bids_sol: Spread,
    pub protection_sol: Spread,
    pub rugs_sol: Spread,
}

/// Sluice against another strategy, over all seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub to: Kind,
    /// Net APY of Sluice less the other's.
    pub apy: Spread,
    /// Net yield of Sluice as a multiple of the other's.
    pub ratio: Spread,
}

/// The result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub study: Study,
    pub validators: usize,
    pub summaries: Vec<Summary>,
    pub differences: Vec<Difference>,
    /// By seed, then strategy.
    pub outcomes: Vec<Vec<Outcome>>,
}

/// Simulates. `progress` is told how many seeds are done.
pub fn study(study: &Study, progress: impl Fn(u64) + Sync) -> Result<Report, Error> {
    let recorded = match &study.source {
        Source::Recorded(path) => Some(ValidatorSet::recorded(path)?),
        Source::Synthetic(_) => None,
    };
    let seeds: Vec<u64> = (study.seed..study.seed.saturating_add(study.seeds)).collect();
    let one = |seed: u64| -> Result<Vec<Outcome>, Error> {
        let made;
        let set = match (&recorded, &study.source) {
            (Some(set), _) => set,
            (None, Source::Synthetic(validators)) => {
                made = ValidatorSet::synthetic(seed, *validators);
                &made
            }
            (None, Source::Recorded(_)) => return Err(Error::NoData),
        };
        let world = World::new(set, &study.climate, seed, study.lead_in + study.epochs + 1);
        Kind::ALL
            .iter()
            .map(|kind| play(&world, *kind, &study.rules, &study.selection, study.lead_in, |_| {}))
            .collect()
    };
    let outcomes = each(&seeds, one, progress)?;
    let validators = match (&recorded, &study.source) {
        (Some(set), _) => set.profiles.len(),
        (None, Source::Synthetic(validators)) => *validators,
        (None, Source::Recorded(_)) => 0,
    };
    let of = |place: usize| outcomes.iter().map(move |strategies: &Vec<Outcome>| &strategies[place]);
    let summary = |(place, strategy): (usize, &Kind)| {
        let spread = |field: fn(&Outcome) -> f64| Spread::of(of(place).map(field));
        Summary {
            strategy: *strategy,
            net_apy: spread(|outcome| outcome.net_apy),
            gross_apy: spread(|outcome| outcome.gross_apy),
            turnover: spread(|outcome| outcome.turnover),
            hhi: spread(|outcome| outcome.hhi),
            nakamoto: spread(|outcome| outcome.nakamoto),
            validators: spread(|outcome| outcome.validators),
            bids_sol: spread(|outcome| outcome.bids_sol),
            protection_sol: spread(|outcome| outcome.protection_sol),
            rugs_sol: spread(|outcome| outcome.rugs_sol),
        }
    };
    let difference = |(place, other): (usize, &Kind)| {
        let pairs = of(0).zip(of(place));
        Difference {
            to: *other,
            apy: Spread::of(pairs.clone().map(|(ours, theirs)| ours.net_apy - theirs.net_apy)),
            ratio: Spread::of(pairs.map(|(ours, theirs)| ours.net_yield / theirs.net_yield)),
        }
    };
    Ok(Report {
        study: study.clone(),
        validators,
        summaries: Kind::ALL.iter().enumerate().map(summary).collect(),
        differences: Kind::ALL.iter().enumerate().skip(1).map(difference).collect(),
        outcomes,
    })
}

/// `job` for every seed, on as many threads as there are cores; the results in the order of seeds.
fn each<T: Send>(
    seeds: &[u64],
    job: impl Fn(u64) -> Result<T, Error> + Sync,
    progress: impl Fn(u64) + Sync,
) -> Result<Vec<T>, Error> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(seeds.len().max(1));
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut results = Vec::new();
        while let Some((place, seed)) = take(&next, seeds) {
            results.push((place, job(seed)));
            progress(done.fetch_add(1, Ordering::Relaxed) as u64 + 1);
        }
        results
    };
    let mut results: Vec<(usize, Result<T, Error>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a simulation does not panic")).collect()
    });
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

fn take(next: &AtomicUsize, seeds: &[u64]) -> Option<(usize, u64)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    seeds.get(place).map(|seed| (place, *seed))
}
