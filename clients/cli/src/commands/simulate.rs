//! `sluice simulate`: the program's own formulas over recorded or synthetic validators, against other ways to choose.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sluice_simulator::{Climate, Report, Rules, Selection, Source, Study, recorded_path, study, table};

use crate::error::Error;
use crate::output::{self, Format};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Set {
    /// Mainnet's validators of one epoch, from a file
    Recorded,
    /// Made anew for every seed, with tips, bids and bonds
    Synthetic,
}

/// Arguments of `sluice simulate`.
#[derive(Args)]
pub struct Simulate {
    /// Where validators come from
    #[arg(long, value_enum, default_value_t = Set::Synthetic)]
    set: Set,
    /// Recorded validators: vote_account, commission_pct, mev_commission_bps, active_stake_lamports, epoch_credits
    #[arg(long, value_name = "FILE", env = sluice_simulator::DATA_VARIABLE, hide_env_values = true)]
    data: Option<PathBuf>,
    /// Validators of a synthetic set
    #[arg(long, default_value_t = 1_500, value_parser = clap::value_parser!(u32).range(10..=5_000))]
    validators: u32,
    /// First seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Worlds to play, each with the next seed
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    seeds: u64,
    /// Epochs that count
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    epochs: u32,
    /// Epochs before them, in which the pool's SOL is delegated for the first time
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=1_000))]
    lead_in: u32,
    /// Write the whole result to a file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draw the result, as SVG
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    #[command(flatten)]
    pool: PoolArguments,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    climate: ClimateArguments,
}

/// Rules of the pool: they hold for every strategy.
#[derive(Args)]
#[command(next_help_heading = "Pool")]
struct PoolArguments {
    /// What the pool begins with
    #[arg(long, default_value_t = Rules::default().pool_sol, value_parser = positive)]
    pool_sol: f64,
    /// The most one validator may hold, of the pool; the two indexes know no cap
    #[arg(long, default_value_t = Rules::default().cap_bps, value_parser = bps(7))]
    cap_bps: u16,
    /// Kept liquid, of the pool
    #[arg(long, default_value_t = Rules::default().reserve_bps, value_parser = bps(0))]
    reserve_bps: u16,
    /// The most that may move in an epoch, in either direction, of the pool
    #[arg(long, default_value_t = Rules::default().moved_bps, value_parser = bps(100))]
    moved_bps: u16,
    /// The most the validators of one hosting provider may hold, of the pool
    #[arg(long, default_value_t = Rules::default().provider_bps, value_parser = bps(0))]
    provider_bps: u16,
    /// The most the validators of one country may hold, of the pool
    #[arg(long, default_value_t = Rules::default().country_bps, value_parser = bps(0))]
    country_bps: u16,
    /// Smaller moves are not made
    #[arg(long, default_value_t = Rules::default().min_move_sol, value_parser = not_negative)]
    min_move_sol: f64,
}

/// Settings of Sluice.
#[derive(Args)]
#[command(next_help_heading = "Selection")]
struct SelectionArguments {
    /// Epochs for which a move has to pay
    #[arg(long, default_value_t = 12.0, value_parser = positive)]
    horizon: f64,
    /// Epochs of yield a move costs, and what is asked beyond
    #[arg(long, default_value_t = 1.0, value_parser = not_negative)]
    move_cost: f64,
    /// What a validator that never had stake is taken to bring beside inflation, of the pool's average
    #[arg(long, default_value_t = Selection::default().prior_bps)]
    prior_bps: u16,
    /// Completed epochs with credits a vote account needs
    #[arg(long, default_value_t = Selection::default().min_history, value_parser = clap::value_parser!(u8).range(1..=63))]
    min_history: u8,
    /// Above it a validator gets nothing
    #[arg(long, default_value_t = Selection::default().max_commission_bps, value_parser = bps(0))]
    max_commission_bps: u16,
    /// The most of the network's stake a validator may have
    #[arg(long, default_value_t = Selection::default().network_bps, value_parser = bps(0))]
    network_bps: u16,
    /// How far credits may stay behind the pool's before a bond pays
    #[arg(long, default_value_t = Selection::default().grace_bps, value_parser = bps(0))]
    grace_bps: u16,
    /// Bond that any stake needs, of the stake
    #[arg(long, default_value_t = Selection::default().least_bond_bps, value_parser = bps(0))]
    least_bond_bps: u16,
    /// Epochs of its bid a bond has to cover
    #[arg(long, default_value_t = Selection::default().bond_epochs)]
    bond_epochs: u16,
    /// Nobody bids
    #[arg(long)]
    no_auction: bool,
    /// Bonds do not pay for what stake did not bring
    #[arg(long)]
    no_protection: bool,
}

/// How the world changes. Chances are in millionths, per validator and epoch.
#[derive(Args)]
#[command(next_help_heading = "World")]
struct ClimateArguments {
    /// Every epoch is like the recorded one: no noise, no trouble
    #[arg(long, conflicts_with_all = ["noise", "tips_bps", "blocks_bps", "even_blocks", "rugs_ppm", "outages_ppm", "deaths_ppm", "changes_ppm", "newcomers_ppm"])]
    still: bool,
    /// Scale of the noise on credits and tips
    #[arg(long, value_parser = not_negative)]
    noise: Option<f64>,
    /// Tips before the validator's share, of what inflation pays [default: 1000 for a synthetic set]
    #[arg(long, value_parser = bps(0))]
    tips_bps: Option<u16>,
    /// Other block revenue, of which some pass on a part, of what inflation pays [default: 800 for a synthetic set]
    #[arg(long, value_parser = bps(0))]
    blocks_bps: Option<u16>,
    /// All make as much of their blocks
    #[arg(long)]
    even_blocks: bool,
    /// Commission taken without notice
    #[arg(long)]
    rugs_ppm: Option<u32>,
    /// Off line for one to six epochs
    #[arg(long)]
    outages_ppm: Option<u32>,
    /// Off line for good
    #[arg(long)]
    deaths_ppm: Option<u32>,
    /// Commission changed with notice
    #[arg(long)]
    changes_ppm: Option<u32>,
    /// New validators, of those there are
    #[arg(long)]
    newcomers_ppm: Option<u32>,
    /// Deposits and withdrawals: the most in an epoch, in either direction, of the pool
    #[arg(long, default_value_t = 0, value_parser = bps(0))]
    flows_bps: u16,
}

impl Simulate {
    pub fn run(&self, format: Format) -> Result<(), Error> {
        let study_of = self.study()?;
        let shows_progress = std::io::stderr().is_terminal() && self.seeds > 1;
        let report = study(&study_of, |done| {
            if shows_progress {
                let _ = write!(std::io::stderr(), "\r{done} of {} worlds", self.seeds);
            }
        });
        if shows_progress {
            eprintln!();
        }
        let report: Report = report?;
        if let Some(path) = &self.json {
            output::write_json(path, &report)?;
        }
        if let Some(path) = &self.chart {
            sluice_simulator::draw(&report, path)?;
        }
        output::print(format, &report, table)
    }

    fn study(&self) -> Result<Study, Error> {
        let Self { pool, selection, .. } = self;
        let source = match self.set {
            Set::Recorded => Source::Recorded(recorded_path(self.data.as_deref())?),
            Set::Synthetic => Source::Synthetic(self.validators as usize),
        };
        Ok(Study {
            source,
            climate: self.climate.climate(self.set),
            rules: Rules {
                pool_sol: pool.pool_sol,
                cap_bps: pool.cap_bps,
                reserve_bps: pool.reserve_bps,
                moved_bps: pool.moved_bps,
                provider_bps: pool.provider_bps,
                country_bps: pool.country_bps,
                min_move_sol: pool.min_move_sol,
                ..Rules::default()
            },
            selection: Selection {
                move_cost_bps: (10_000.0 * selection.move_cost / selection.horizon).round().min(10_000.0)
                    as u16,
                prior_bps: selection.prior_bps,
                min_history: selection.min_history,
                max_commission_bps: selection.max_commission_bps,
                network_bps: selection.network_bps,
                grace_bps: selection.grace_bps,
                least_bond_bps: selection.least_bond_bps,
                bond_epochs: selection.bond_epochs,
                auction: !selection.no_auction,
                protection: !selection.no_protection,
            },
            seed: self.seed,
            seeds: self.seeds,
            epochs: self.epochs as usize,
            lead_in: self.lead_in as usize,
        })
    }
}

impl ClimateArguments {
    fn climate(&self, set: Set) -> Climate {
        let usual = match set {
            Set::Recorded => Climate::RECORDED,
            Set::Synthetic => Climate::SYNTHETIC,
        };
        let flows = f64::from(self.flows_bps) / 1e4;
        if self.still {
            return Climate { flows, ..Climate::STILL };
        }
        let chance = |given: Option<u32>, usual: f64| given.map_or(usual, |ppm| f64::from(ppm) / 1e6);
        Climate {
            noise: self.noise.unwrap_or(usual.noise),
            tips: self.tips_bps.map_or(usual.tips, |bps| f64::from(bps) / 1e4),
            blocks: self.blocks_bps.map_or(usual.blocks, |bps| f64::from(bps) / 1e4),
            craft: usual.craft && !self.even_blocks,
            rugs: chance(self.rugs_ppm, usual.rugs),
            outages: chance(self.outages_ppm, usual.outages),
            deaths: chance(self.deaths_ppm, usual.deaths),
            changes: chance(self.changes_ppm, usual.changes),
            newcomers: chance(self.newcomers_ppm, usual.newcomers),
            flows,
            bids: usual.bids,
        }
    }
}

fn bps(least: i64) -> clap::builder::RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(least..=10_000)
}

fn positive(text: &str) -> Result<f64, String> {
    number(text).and_then(|value| if value > 0.0 { Ok(value) } else { Err("must be above zero".into()) })
}

fn not_negative(text: &str) -> Result<f64, String> {
    number(text).and_then(|value| if value >= 0.0 { Ok(value) } else { Err("must not be negative".into()) })
}

fn number(text: &str) -> Result<f64, String> {
    text.parse::<f64>().ok().filter(|value| value.is_finite()).ok_or_else(|| "not a number".into())
}
