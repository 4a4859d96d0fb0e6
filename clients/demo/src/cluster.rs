//! The cluster of the story: 24 validators with mainnet's spread of stake, commission and uptime, and two accidents.

use std::path::Path;
use std::time::Duration;

use sluice_localnet::{
    Event, InflationPolicy, LocalnetConfig, Select, ValidatorScript, synthetic_validators,
    validators_from_csv,
};
use sluice_tests::Bank;

pub const VALIDATORS: usize = 24;
/// Epochs the cluster lives before there is a pool, so that vote accounts have a history.
pub const HISTORY: u64 = 5;
/// The epoch in which the validator that looks best raises its commission to 100 %.
pub const RUG_EPOCH: u64 = 12;
/// The epoch from which the second best does not vote any more.
pub const DEATH_EPOCH: u64 = 14;
pub const DAYS_PER_YEAR: f64 = 365.0;
/// MEV tips of a recorded validator that runs a MEV client, in lamports per SOL and epoch: about 0.6 % a year.
const TIPS_PER_SOL: u64 = 16_000;
const SYNTHETIC_SEED: u64 = 650;

pub struct Cluster {
    pub bank: Bank,
    /// Where the validators came from, for the reader.
    pub source: &'static str,
    pub names: Vec<String>,
    pub rugged: String,
    pub dead: String,
}

/// An epoch is a day; inflation pays 7 % a year on stake.
pub fn start() -> Cluster {
    let recorded = std::env::var_os("SLUICE_VALIDATORS_CSV").map_or_else(
        || {
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../../shared/data/mainnet-validators-epoch-650.csv")
        },
        Into::into,
    );
    let (mut scripts, source) = match validators_from_csv(recorded, Select::Spread(VALIDATORS)) {
        Ok(mut scripts) => {
            for script in &mut scripts {
                script.mev_tips_per_sol = script.mev_commission_bps.map_or(0, |_| TIPS_PER_SOL);
            }
            (scripts, "mainnet-beta as recorded in epoch 650, every 60th by stake")
        }
        Err(_) => (synthetic_validators(VALIDATORS, SYNTHETIC_SEED), "made up by the seeded generator"),
    };

    let mut order: Vec<usize> = (0..scripts.len()).collect();
    order.sort_by(|a, b| expected(&scripts[*b]).total_cmp(&expected(&scripts[*a])));
    let (best, second) = (order[0], order[1]);
    let (rugged, dead) = (scripts[best].name.clone(), scripts[second].name.clone());
    scripts[best] = scripts[best].clone().at(RUG_EPOCH, Event::SetCommission(10_000));
    scripts[second] = scripts[second].clone().at(DEATH_EPOCH, Event::Delinquent);

    let names = scripts.iter().map(|script| script.name.clone()).collect();
    let config = LocalnetConfig::new(scripts)
        .with_slots_per_epoch(256)
        .with_epoch_duration(Duration::from_secs(86_400))
        .with_inflation(InflationPolicy::StakeYield(0.07));
    Cluster { bank: Bank::with_config(config), source, names, rugged, dead }
}

/// What a delegator can expect of a script before it has tried: credits, less commission.
fn expected(script: &ValidatorScript) -> f64 {
    script.uptime * (1.0 - f64::from(script.commission_bps) / 10_000.0)
}
