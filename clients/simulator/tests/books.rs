//! The pool's money: it is conserved, moves cost what they cost on chain, and limits hold for whoever decides.

use sluice_money::Bps;
use sluice_selection_math::{Bid, Move};
use sluice_simulator::{
    Climate, Error, HISTORY, Kind, MoveRules, Pool, Profile, Rules, Selection, ValidatorSet, World, play,
};

const SOL: u64 = 1_000_000_000;

fn validator(name: &str, commission: u16) -> Profile {
    Profile {
        vote: name.into(),
        stake: 1e15,
        credits: 400_000.0,
        commission: Bps::saturating(commission),
        tips_commission: None,
        craft: 1.0,
        passed_on: 0.0,
        provider: 0,
        country: 0,
        bond: 0,
        bid: Bid(0),
    }
}

fn two() -> ValidatorSet {
    ValidatorSet {
        name: "two".into(),
        profiles: vec![validator("free", 0), validator("dear", 1_000)],
        rate: 0.001,
        epoch_years: 0.005,
    }
}

const ANY: MoveRules = MoveRules { min_delegation: SOL, min_move: SOL, moved: u64::MAX, kept: 0 };

#[test]
fn delegated_stake_earns_from_the_second_epoch_on() {
    let world = World::new(&two(), &Climate::STILL, 1, 4);
    let (mut pool, mut brought) = (Pool::new(1_000 * SOL, 2), Vec::new());
    pool.rebalance(&[1_000 * SOL, 0], &ANY);
    assert_eq!(pool.positions[0].activating, 1_000 * SOL);
    pool.turn(&world, HISTORY, &mut brought);
    assert_eq!((brought[0].earning, brought[0].inflation), (0, 0));
    assert_eq!(pool.positions[0].stake, 1_000 * SOL);
    pool.turn(&world, HISTORY + 1, &mut brought);
    assert_eq!((brought[0].earning, brought[0].inflation), (1_000 * SOL, SOL));
    pool.close().unwrap();
}

#[test]
fn a_move_costs_one_epoch_of_yield() {
    let world = World::new(&two(), &Climate::STILL, 1, 6);
    let (mut pool, mut brought) = (Pool::new(1_000 * SOL, 2), Vec::new());
    pool.rebalance(&[0, 1_000 * SOL], &ANY);
    pool.turn(&world, HISTORY, &mut brought);
    // Told to leave: it earns to the end of the epoch, at the tenth of commission.
    let moves = pool.rebalance(&[1_000 * SOL, 0], &ANY);
    assert_eq!(moves.made, [(1, Move::Decrease(sluice_money::Lamports(1_000 * SOL)))]);
    assert_eq!((moves.up, moves.down), (0, 1_000 * SOL));
    pool.turn(&world, HISTORY + 1, &mut brought);
    assert_eq!(brought[1].inflation, SOL * 9 / 10);
    assert_eq!(pool.reserve, 1_000 * SOL + SOL * 9 / 10);
    // Delegated again: nothing for an epoch, then the whole.
    pool.rebalance(&[u64::MAX, 0], &ANY);
    pool.turn(&world, HISTORY + 2, &mut brought);
    assert_eq!(brought.iter().map(|brought| brought.inflation).sum::<u64>(), 0);
    pool.turn(&world, HISTORY + 3, &mut brought);
    assert_eq!(brought[0].earning, 1_000 * SOL + SOL * 9 / 10);
    assert_eq!(pool.books.income(), pool.total() - 1_000 * SOL);
    pool.close().unwrap();
}

#[test]
fn books_close_in_every_epoch_for_every_strategy_with_money_coming_and_going() {
    let set = ValidatorSet::synthetic(3, 300);
    let climate = Climate { flows: 0.03, ..Climate::SYNTHETIC };
    let world = World::new(&set, &climate, 3, 61);
    let rules = Rules { pool_sol: 200_000.0, reserve_bps: 100, ..Rules::default() };
    for kind in Kind::ALL {
        let mut epochs = 0;
        let outcome = play(&world, kind, &rules, &Selection::default(), 10, |step| {
            let books = step.pool.books;
            let came = books.deposits + books.inflation + books.extra + books.bids + books.protection;
            assert_eq!(came, books.withdrawals + step.pool.total());
            epochs += 1;
        });
        let outcome = outcome.unwrap();
        assert_eq!(epochs, 61);
        assert!(outcome.books.withdrawals > 0 && outcome.books.deposits > 200_000 * SOL);
        assert_eq!(outcome.books.income() + outcome.books.deposits, outcome.books.withdrawals + outcome.held);
    }
}

#[test]
fn a_lamport_too_many_or_too_few_is_found() {
    let mut pool = Pool::new(5 * SOL, 1);
    pool.close().unwrap();
    pool.reserve += 1;
    assert!(matches!(pool.close(), Err(Error::BooksOpen { came, there }) if came + 1 == there));
    pool.reserve -= 2;
    assert!(matches!(pool.close(), Err(Error::BooksOpen { came, there }) if came == there + 1));
}

#[test]
fn no_increase_goes_beyond_the_cap_and_no_epoch_beyond_its_movement() {
    let set = ValidatorSet::synthetic(5, 400);
    let world = World::new(&set, &Climate { flows: 0.02, ..Climate::SYNTHETIC }, 5, 81);
    let rules = Rules { moved_bps: 500, ..Rules::default() };
    for kind in [Kind::Sluice, Kind::CommissionFirst, Kind::GreedyWithoutCost] {
        let mut increases = 0;
        let outcome = play(&world, kind, &rules, &Selection::default(), 10, |step| {
            assert!(step.moves.up <= step.budget.moved.0 && step.moves.down <= step.budget.moved.0);
            for (place, made) in &step.moves.made {
                if matches!(made, Move::Increase(_)) {
                    assert!(step.pool.positions[*place].held() <= step.budget.cap.0);
                    increases += 1;
                }
            }
        });
        outcome.unwrap();
        assert!(increases > 200);
    }
}

#[test]
fn no_increase_goes_beyond_the_cap_of_a_provider() {
    let set = ValidatorSet::synthetic(7, 600);
    let world = World::new(&set, &Climate::SYNTHETIC, 7, 61);
    let rules = Rules { provider_bps: 600, country_bps: 900, ..Rules::default() };
    let mut fullest = 0;
    let outcome = play(&world, Kind::Sluice, &rules, &Selection::default(), 10, |step| {
        for (place, made) in &step.moves.made {
            let (provider, country) = world.groups[*place];
            let held = |is_member: &dyn Fn((u16, u16)) -> bool| -> u64 {
                let members =
                    world.groups.iter().zip(&step.pool.positions).filter(|(groups, _)| is_member(**groups));
                members.map(|(_, position)| position.held()).sum()
            };
            if matches!(made, Move::Increase(_)) && provider > 0 && country > 0 {
                let of_provider = held(&|groups| groups.0 == provider);
                assert!(of_provider <= step.budget.aso.0);
                assert!(held(&|groups| groups.1 == country) <= step.budget.country.0);
                fullest = fullest.max(of_provider * 100 / step.budget.aso.0);
            }
        }
    });
    outcome.unwrap();
    assert!(fullest > 95);
}
