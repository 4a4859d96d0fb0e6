//! One strategy through one world.

use serde::Serialize;
use sluice_money::{Bps, Lamports};
use sluice_selection_math::{Budget, Funds, Terms, budget};

use crate::pool::{Books, MoveRules, Moves, Pool};
use crate::strategy::{
    CommissionFirst, EqualWeight, Means, Selection, Sluice, StakeWeighted, Strategy, View,
};
use crate::world::{HISTORY, World};
use crate::{Error, LAMPORTS_PER_SOL};

/// The pool's rules: they hold for every strategy. Shares are of the pool.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rules {
    pub pool_sol: f64,
    /// The most one validator may hold; an index knows no cap.
    pub cap_bps: u16,
    /// Kept liquid.
    pub reserve_bps: u16,
    /// The most that may move in an epoch, in either direction.
    pub moved_bps: u16,
    /// The most the validators of one hosting provider or country may hold. Only Sluice asks for groups.
    pub provider_bps: u16,
    pub country_bps: u16,
    /// Smaller moves are not made.
    pub min_move_sol: f64,
    pub min_delegation_sol: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            pool_sol: 1_000_000.0,
            cap_bps: 50,
            reserve_bps: 0,
            moved_bps: 1_000,
            provider_bps: 2_500,
            country_bps: 4_000,
            min_move_sol: 10.0,
            min_delegation_sol: 1.0,
        }
    }
}

impl Rules {
    fn terms(&self) -> Terms {
        Terms {
            cap: Bps::saturating(self.cap_bps),
            reserve: Bps::saturating(self.reserve_bps),
            moved: Bps::saturating(self.moved_bps),
            aso: Bps::saturating(self.provider_bps),
            country: Bps::saturating(self.country_bps),
            directed: Bps::ZERO,
        }
    }
}

/// The strategies there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Sluice,
    EqualWeight,
    StakeWeighted,
    CommissionFirst,
    /// Sluice's score, and every difference of it is worth a move.
    GreedyWithoutCost,
}

impl Kind {
    pub const ALL: [Self; 5] = [
        Self::Sluice,
        Self::EqualWeight,
        Self::StakeWeighted,
        Self::CommissionFirst,
        Self::GreedyWithoutCost,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Sluice => "Sluice",
            Self::EqualWeight => "equal weight",
            Self::StakeWeighted => "stake-weighted",
            Self::CommissionFirst => "commission first",
            Self::GreedyWithoutCost => "greedy without cost",
        }
    }

    fn strategy(self, selection: &Selection) -> Box<dyn Strategy> {
        match self {
            Self::Sluice => Box::new(Sluice::new(selection.clone())),
            Self::EqualWeight => Box::new(EqualWeight),
            Self::StakeWeighted => Box::new(StakeWeighted),
            Self::CommissionFirst => Box::new(CommissionFirst::default()),
            Self::GreedyWithoutCost => Box::new(Sluice::new(selection.clone().without_cost())),
        }
    }
}

/// One epoch, as an onlooker sees it when its moves are made.
pub struct Step<'a> {
    pub epoch: usize,
    pub pool: &'a Pool,
    pub budget: &'a Budget,
    pub moves: &'a Moves,
}

/// How a strategy did. Means are over the epochs that count.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    pub strategy: Kind,
    /// Income per epoch, as a part of everything the pool has, and of the stake that could earn.
    pub net_yield: f64,
    pub gross_yield: f64,
    /// The same, compounded over a year.
    pub net_apy: f64,
    pub gross_apy: f64,
    /// Told to leave, as a part of the pool, per epoch.
    pub turnover: f64,
    /// Herfindahl-Hirschman index of the pool's stake: 10,000 is all with one.
    pub hhi: f64,
    /// The smallest number of validators that have more than a third of the pool's stake.
    pub nakamoto: f64,
    /// Validators with stake.
    pub validators: f64,
    /// In SOL, over all epochs that count.
    pub bids_sol: f64,
    pub protection_sol: f64,
    /// What rugs took of the pool's rewards, before protection.
    pub rugs_sol: f64,
    /// What one SOL had become, by epoch.
    #[serde(skip)]
    pub growth: Vec<f64>,
    /// Of all epochs.
    pub books: Books,
    pub held: u64,
}

/// Plays `kind` through `world`: `lead_in` epochs in which the pool's SOL is delegated for the first time, then those
/// that count, to the world's end. `watch` sees every epoch.
///
/// Errors: [`Error::BooksOpen`] if a lamport is lost or made in any epoch.
pub fn play(
    world: &World,
    kind: Kind,
    rules: &Rules,
    selection: &Selection,
    lead_in: usize,
    mut watch: impl FnMut(&Step),
) -> Result<Outcome, Error> {
    let lamports = |sol: f64| (sol * LAMPORTS_PER_SOL) as u64;
    let (min_delegation, min_move) = (lamports(rules.min_delegation_sol), lamports(rules.min_move_sol));
    let mut strategy = kind.strategy(selection);
    let mut pool = Pool::new(lamports(rules.pool_sol), world.validators());
    let (mut brought, mut targets) = (Vec::new(), Vec::new());
    let mut sums = Sums::default();
    let mut before = pool.books;
    for epoch in HISTORY..world.length() {
        let counts = epoch > HISTORY + lead_in;
        let had = pool.total();
        let lost = pool.turn(world, epoch - 1, &mut brought);
        let charges = strategy.settle(&View { world, epoch, pool: &pool, brought: &brought });
        pool.collect(charges);
        if counts {
            let earning: u64 = brought.iter().map(|brought| brought.earning).sum();
            sums.earned(had, earning, pool.books.income() - before.income());
            sums.bids += charges.bids;
            sums.protection += charges.protection;
            sums.rugs += lost;
        }
        before = pool.books;
        pool.flow(world.flows[epoch]);

        let funds = Funds {
            total: Lamports(pool.total()),
            tickets: Lamports(pool.owed),
            stake_rent: Lamports::ZERO,
            reserve: Lamports(pool.reserve),
            min_delegation: Lamports(min_delegation),
        };
        let budget = budget(&funds, &rules.terms()).map_err(Error::NoBudget)?;
        let means = Means { funds, budget, min_move: Lamports(min_move) };
        let view = View { world, epoch, pool: &pool, brought: &brought };
        strategy.allocate(&view, &means, &mut targets);
        let moves = pool.rebalance(
            &targets,
            &MoveRules { min_delegation, min_move, moved: budget.moved.0, kept: budget.reserve.0 },
        );
        pool.close()?;
        if counts {
            sums.moved(&pool, &moves);
        }
        watch(&Step { epoch, pool: &pool, budget: &budget, moves: &moves });
    }
    Ok(sums.outcome(kind, world, &pool))
}

/// What is added up on the way.
#[derive(Default)]
struct Sums {
    epochs: f64,
    gross: f64,
    turnover: f64,
    hhi: f64,
    nakamoto: f64,
    validators: f64,
    bids: u64,
    protection: u64,
    rugs: u64,
    growth: Vec<f64>,
}

impl Sums {
    fn earned(&mut self, had: u64, earning: u64, income: u64) {
        let net = income as f64 / had.max(1) as f64;
        self.epochs += 1.0;
        self.gross += income as f64 / earning.max(1) as f64;
        self.growth.push(self.growth.last().unwrap_or(&1.0) * (1.0 + net));
    }

    fn moved(&mut self, pool: &Pool, moves: &Moves) {
        self.turnover += moves.down as f64 / pool.total().max(1) as f64;
        let mut held: Vec<u64> =
            pool.positions.iter().map(|position| position.held()).filter(|held| *held > 0).collect();
        held.sort_unstable_by(|a, b| b.cmp(a));
        let all: u64 = held.iter().sum();
        self.hhi += held.iter().map(|held| (100.0 * *held as f64 / all.max(1) as f64).powi(2)).sum::<f64>();
        let mut sum = 0;
        let most = held.iter().take_while(|held| {
            let is_short = sum <= all / 3;
            sum += **held;
            is_short
        });
        self.nakamoto += most.count() as f64;
        self.validators += held.len() as f64;
    }

    fn outcome(self, strategy: Kind, world: &World, pool: &Pool) -> Outcome {
        let epochs = self.epochs.max(1.0);
        let sol = |lamports: u64| lamports as f64 / LAMPORTS_PER_SOL;
        let yearly = |per_epoch: f64| (1.0 + per_epoch).powf(1.0 / world.epoch_years) - 1.0;
        let net_yield = self.growth.last().map_or(0.0, |grown| grown.powf(1.0 / epochs) - 1.0);
        Outcome {
            strategy,
            net_yield,
            gross_yield: self.gross / epochs,
            net_apy: yearly(net_yield),
            gross_apy: yearly(self.gross / epochs),
            turnover: self.turnover / epochs,
            hhi: self.hhi / epochs,
            nakamoto: self.nakamoto / epochs,
            validators: self.validators / epochs,
            bids_sol: sol(self.bids),
            protection_sol: sol(self.protection),
            rugs_sol: sol(self.rugs),
            growth: self.growth,
            books: pool.books,
            held: pool.total(),
        }
    }
}
