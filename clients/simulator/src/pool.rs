//! The pool's money: what is with whom, what warms up, what cools down, and where every lamport came from.
//!
//! The same for every strategy. Stake told to leave earns to the end of its epoch and is in the reserve at the start of
//! the next; delegated there again, it warms up for an epoch, and earns in the one after. So a move costs one epoch of
//! yield. Rent and transaction fees are not counted.

use sluice_money::Lamports;
use sluice_selection_math::{Holding, Lack, Limits, Move, decide_lacking};

use crate::Error;
use crate::world::{World, earned};

/// What the pool has with one validator, in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub stake: u64,
    pub activating: u64,
    pub deactivating: u64,
}

impl Position {
    /// What does not leave.
    pub const fn held(&self) -> u64 {
        self.stake + self.activating
    }

    const fn all(&self) -> u64 {
        self.held() + self.deactivating
    }
}

/// What one validator's stake brought in the epoch that ended, in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Earned {
    /// The stake that could earn.
    pub earning: u64,
    pub inflation: u64,
    /// Tips, and block revenue passed on.
    pub extra: u64,
}

/// Every lamport that came and went since the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Books {
    pub deposits: u64,
    pub withdrawals: u64,
    pub inflation: u64,
    pub extra: u64,
    pub bids: u64,
    pub protection: u64,
}

impl Books {
    /// What came in as yield.
    pub const fn income(&self) -> u64 {
        self.inflation + self.extra + self.bids + self.protection
    }
}

/// What bonds paid, in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charges {
    pub bids: u64,
    pub protection: u64,
}

/// What bounds the moves of an epoch.
#[derive(Clone, Copy, Debug)]
pub struct MoveRules {
    pub min_delegation: u64,
    pub min_move: u64,
    /// The most in either direction.
    pub moved: u64,
    /// What stays in the reserve beside what withdrawals are owed.
    pub kept: u64,
}

/// What an epoch's moves were.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    /// Validator and move, for each that moved.
    pub made: Vec<(usize, Move)>,
    pub up: u64,
    pub down: u64,
}

#[derive(Clone, Debug)]
pub struct Pool {
    pub positions: Vec<Position>,
    pub reserve: u64,
    /// Ordered withdrawals that wait for the reserve.
    pub owed: u64,
    pub books: Books,
}

impl Pool {
    /// All of it in the reserve.
    pub fn new(lamports: u64, validators: usize) -> Self {
        let books = Books { deposits: lamports, ..Books::default() };
        Self { positions: vec![Position::default(); validators], reserve: lamports, owed: 0, books }
    }

    /// Everything there is.
    pub fn total(&self) -> u64 {
        self.reserve + self.positions.iter().map(Position::all).sum::<u64>()
    }

    /// The start of an epoch: the rewards of `ended` are paid, what cooled down comes home, what warmed up is warm.
    /// Says what each validator brought, and what rugs took.
    pub fn turn(&mut self, world: &World, ended: usize, brought: &mut Vec<Earned>) -> u64 {
        brought.clear();
        let mut lost = 0;
        for (place, position) in self.positions.iter_mut().enumerate() {
            let reward = world.reward(ended, place);
            let earning = position.stake + position.deactivating;
            let staying = earned(position.stake, reward.inflation);
            let leaving = earned(position.deactivating, reward.inflation);
            let extra = earned(earning, reward.extra);
            lost += earned(earning, reward.lost);
            self.reserve += position.deactivating + leaving + extra;
            position.stake += position.activating + staying;
            position.activating = 0;
            position.deactivating = 0;
            self.books.inflation += staying + leaving;
            self.books.extra += extra;
            brought.push(Earned { earning, inflation: staying + leaving, extra });
        }
        lost
    }

    /// Takes in what bonds paid.
    pub fn collect(&mut self, charges: Charges) {
        self.reserve += charges.bids + charges.protection;
        self.books.bids += charges.bids;
        self.books.protection += charges.protection;
    }

    /// Deposits `millionths` of the pool, or orders the withdrawal of as much if negative; then pays what is owed.
    pub fn flow(&mut self, millionths: i64) {
        let amount = earned(
            self.total() - self.owed,
            sluice_selection_math::Yield(millionths.unsigned_abs() * 1_000_000),
        );
        if millionths > 0 {
            self.reserve += amount;
            self.books.deposits += amount;
        } else {
            self.owed += amount;
        }
        let paid = self.owed.min(self.reserve);
        self.owed -= paid;
        self.reserve -= paid;
        self.books.withdrawals += paid;
    }

    /// Moves every validator's stake toward its target, as the program's rebalancing does.
    pub fn rebalance(&mut self, targets: &[u64], rules: &MoveRules) -> Moves {
        let mut moves = Moves::default();
        for (place, (position, target)) in self.positions.iter_mut().zip(targets).enumerate() {
            let holding = Holding {
                stake: Lamports(position.stake),
                activating: Lamports(position.activating),
                deactivating: Lamports(position.deactivating),
                leaving: false,
            };
            let free = self.reserve.saturating_sub(self.owed);
            let limits = Limits {
                min_delegation: Lamports(rules.min_delegation),
                min_move: Lamports(rules.min_move),
                available: Lamports(free.saturating_sub(rules.kept)),
                up: Lamports(rules.moved - moves.up),
                down: Lamports(rules.moved.saturating_sub(moves.down)),
            };
            let tickets = self.owed.saturating_sub(self.reserve + moves.down);
            let lack = Lack { tickets: Lamports(tickets), split_rent: false };
            let made = decide_lacking(Lamports(*target), &holding, &limits, &lack);
            match made {
                Move::Increase(Lamports(amount)) => {
                    self.reserve -= amount;
                    position.activating += amount;
                    moves.up += amount;
                }
                Move::Decrease(Lamports(amount)) => {
                    position.stake -= amount;
                    position.deactivating += amount;
                    moves.down += amount;
                }
                Move::None => continue,
            }
            moves.made.push((place, made));
        }
        moves
    }

    /// What came in is what went out and what is there, to the lamport.
    pub fn close(&self) -> Result<(), Error> {
        let came = self.books.deposits + self.books.income();
        let there = self.books.withdrawals + self.total();
        if came == there { Ok(()) } else { Err(Error::BooksOpen { came, there }) }
    }
}
