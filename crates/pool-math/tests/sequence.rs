//! Whatever several actors do in whatever order: the books stay whole, and nobody takes what is not his.

// A test may panic: that is how it fails.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions
)]

mod common;

use common::*;
use proptest::prelude::*;
use sluice_money::*;
use sluice_pool_math::*;

const ACTORS: usize = 3;
const SEED: u64 = SOL;
const LIQUIDITY_SEED: u64 = SOL / 10;

/// What one actor does, in lamports or in thousandths of what he has.
#[derive(Clone, Copy, Debug)]
enum Act {
    DepositSol(u64),
    DepositStake(u64),
    InstantExit(u64),
    StakeExit(u64),
    /// Of all stake, and what strays on the account.
    WholeStakeExit(u64, u64),
    Order(u64),
    Claim(usize),
    Cancel(usize),
    Split(usize, u64),
    AddLiquidity(u64),
    RemoveLiquidity(u64),
    FundInsurance(u64),
    Burn(u64),
}

/// What happens to everybody.
#[derive(Clone, Copy, Debug)]
enum Event {
    Act(usize, Act),
    Wait(u64),
    /// Stake brought home, or delegated, in thousandths.
    Undelegate(u64),
    Delegate(u64),
    /// Rewards, or a loss, in millionths of what backs the pool.
    Update(i64),
}

fn acts() -> impl Strategy<Value = Act> {
    let lamports = || amounts(1_000_000 * SOL);
    let permille = || prop_oneof![3 => 1u64..=1_000, 1 => Just(1_000u64)];
    prop_oneof![
        4 => lamports().prop_map(Act::DepositSol),
        1 => lamports().prop_map(Act::DepositStake),
        4 => permille().prop_map(Act::InstantExit),
        1 => permille().prop_map(Act::StakeExit),
        1 => (1u64..=300, 0u64..=1_000).prop_map(|(part, strays)| Act::WholeStakeExit(part, strays)),
        3 => permille().prop_map(Act::Order),
        3 => (0usize..8).prop_map(Act::Claim),
        1 => (0usize..8).prop_map(Act::Cancel),
        1 => (0usize..8, permille()).prop_map(|(which, part)| Act::Split(which, part)),
        3 => lamports().prop_map(Act::AddLiquidity),
        2 => permille().prop_map(Act::RemoveLiquidity),
        1 => (1u64..=50).prop_map(Act::FundInsurance),
        1 => (1u64..=50).prop_map(Act::Burn),
    ]
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        12 => (0..ACTORS, acts()).prop_map(|(actor, act)| Event::Act(actor, act)),
        2 => (1..EPOCH).prop_map(Event::Wait),
        1 => (0u64..=1_000).prop_map(Event::Undelegate),
        1 => (0u64..=1_000).prop_map(Event::Delegate),
        2 => (0i64..=500).prop_map(Event::Update),
        1 => (-20_000i64..=0).prop_map(Event::Update),
    ]
}

#[derive(Clone, Copy, Debug)]
struct Fees {
    deposit: DepositFee,
    reward: RewardFee,
    curve: FeeCurve,
    cut: Bps,
    accrual: Accrual,
}

fn fees() -> impl Strategy<Value = Fees> {
    let charged = (0u16..=20, 0u16..=10_000, 0u16..=1_000, 0u16..=20, 0u16..=20, 0u16..=5_000);
    let accrual = (0..=2 * MAX_EPOCH_YIELD, 0..=EPOCH);
    let free = prop_oneof![3 => Just(1u16), 1 => Just(0u16)];
    (charged, amounts(100_000 * SOL), accrual, free).prop_map(
        |((deposit, insurance, reward, a, b, cut), target, (epoch_yield, elapsed), charge)| Fees {
            deposit: DepositFee {
                fee: bps(deposit * charge),
                referral: Bps::ZERO,
                insurance: bps(insurance),
            },
            reward: RewardFee { fee: bps(reward * charge), insurance: bps(insurance) },
            curve: FeeCurve {
                least: bps(a.min(b) * charge),
                most: bps(a.max(b) * charge),
                target: Lamports(target),
            },
            cut: bps(cut * charge),
            accrual: Accrual { epoch_yield, elapsed, slots: EPOCH },
        },
    )
}

#[derive(Clone, Debug, Default)]
struct Actor {
    shares: u64,
    claims: u64,
    tickets: Vec<(LstAmount, Lamports)>,
    paid_in: u128,
    paid_out: u128,
}

#[derive(Clone, Debug)]
struct World {
    fees: Fees,
    slot: u64,
    ledger: Ledger,
    liquidity: Liquidity,
    /// What backs the pool: SOL, without what is the liquidity providers', and stake.
    reserve: u64,
    stake: u64,
    insurance: u64,
    treasury: u64,
    /// Burnt by holders, and not yet seen by an update.
    burnt: u64,
    profits: u128,
    losses: u128,
    actors: [Actor; ACTORS],
}

impl World {
    fn new(fees: Fees) -> Self {
        Self {
            fees,
            slot: 0,
            ledger: Ledger { profit_end_slot: EPOCH, ..released(SEED, SEED) },
            liquidity: Liquidity {
                lamports: Lamports(LIQUIDITY_SEED),
                shares: LstAmount::ZERO,
                supply: LpAmount(LIQUIDITY_SEED),
            },
            reserve: SEED,
            stake: 0,
            insurance: 0,
            treasury: 0,
            burnt: 0,
            profits: 0,
            losses: 0,
            actors: Default::default(),
        }
    }

    fn book(&mut self, fee: &FeeSplit) {
        assert!(fee.referrer.is_zero());
        self.insurance += fee.insurance.0;
        self.treasury += fee.treasury.0;
    }

    fn owed(&self) -> u64 {
        self.actors.iter().flat_map(|actor| &actor.tickets).map(|(_, ordered)| ordered.0).sum()
    }

    /// Does it, or leaves everything as it was.
    fn act(&mut self, who: usize, act: Act) -> Result<(), PoolMathError> {
        let (ledger, liquidity, slot, fees) = (self.ledger, self.liquidity, self.slot, self.fees);
        let mut actor = core::mem::take(&mut self.actors[who]);
        let done = self.act_as(&mut actor, act, ledger, liquidity, slot, &fees);
        self.actors[who] = actor;
        done
    }

    fn act_as(
        &mut self,
        actor: &mut Actor,
        act: Act,
        ledger: Ledger,
        liquidity: Liquidity,
        slot: u64,
        fees: &Fees,
    ) -> Result<(), PoolMathError> {
        let part = |permille: u64| LstAmount(share_of(actor.shares, permille, 1_000));
        match act {
            Act::DepositSol(lamports) => {
                let outcome = deposit(&ledger, &liquidity, slot, Lamports(lamports), &fees.deposit)?;
                self.ledger = outcome.ledger;
                self.liquidity = outcome.liquidity;
                self.reserve += lamports - outcome.to_liquidity.0;
                self.book(&outcome.fee);
                actor.shares += outcome.minted.0;
                actor.paid_in += u128::from(lamports);
            }
            Act::DepositStake(lamports) => {
                let outcome = deposit(&ledger, &Liquidity::NONE, slot, Lamports(lamports), &fees.deposit)?;
                self.ledger = outcome.ledger;
                self.stake += lamports;
                self.book(&outcome.fee);
                actor.shares += outcome.minted.0;
                actor.paid_in += u128::from(lamports);
            }
            Act::InstantExit(permille) => {
                let shares = part(permille);
                // The actor's own tickets are with him.
                let owed = self.owed() + actor.tickets.iter().map(|(_, ordered)| ordered.0).sum::<u64>();
                let terms = InstantTerms {
                    free: Lamports(self.reserve.saturating_sub(owed)),
                    curve: fees.curve,
                    cut: fees.cut,
                    insurance: fees.deposit.insurance,
                };
                let outcome = instant_exit(&ledger, &liquidity, slot, shares, &terms)?;
                assert!(
                    self.reserve - outcome.from_reserve.0 >= owed.min(self.reserve),
                    "tickets come first"
                );
                self.ledger = outcome.ledger;
                self.liquidity = outcome.liquidity;
                self.reserve -= outcome.from_reserve.0;
                self.book(&outcome.cut);
                actor.shares -= shares.0;
                actor.paid_out += u128::from(outcome.paid.0);
            }
            Act::StakeExit(permille) => {
                let shares = part(permille);
                let outcome = stake_exit(&ledger, slot, shares, &fees.accrual)?;
                self.stake = self.stake.checked_sub(outcome.paid.0).ok_or(PoolMathError::Illiquid)?;
                self.ledger = outcome.ledger;
                actor.shares -= shares.0;
                actor.paid_out += u128::from(outcome.paid.0);
            }
            Act::WholeStakeExit(permille, strays) => {
                let booked = share_of(self.stake, permille, 1_000);
                let lamports = Lamports(booked + strays);
                let outcome = whole_stake_exit(&ledger, slot, lamports, Lamports(booked), &fees.accrual)?;
                let left = actor.shares.checked_sub(outcome.shares.0).ok_or(PoolMathError::Overflow)?;
                self.ledger = outcome.ledger;
                self.stake -= booked;
                actor.shares = left;
                // Somebody sent the strays, and they leave again.
                self.profits += u128::from(strays);
                actor.paid_out += u128::from(lamports.0);
            }
            Act::Order(permille) => {
                let shares = part(permille);
                let ordered = ledger.at(slot)?.lamports_for(shares)?;
                if ordered.is_zero() {
                    return Err(PoolMathError::TooSmall);
                }
                actor.shares -= shares.0;
                actor.tickets.push((shares, ordered));
            }
            Act::Claim(which) => {
                let (shares, ordered) = ticket(actor, which)?;
                let outcome = claim(&ledger, slot, shares, ordered)?;
                self.reserve = self.reserve.checked_sub(outcome.paid.0).ok_or(PoolMathError::Illiquid)?;
                self.ledger = outcome.ledger;
                let index = which % actor.tickets.len();
                actor.tickets.swap_remove(index);
                actor.paid_out += u128::from(outcome.paid.0);
            }
            Act::Cancel(which) => {
                let (shares, ordered) = ticket(actor, which)?;
                let outcome = cancel(&ledger, slot, shares, ordered)?;
                self.ledger = outcome.ledger;
                let index = which % actor.tickets.len();
                actor.tickets.swap_remove(index);
                actor.shares += outcome.returned.0;
            }
            Act::Split(which, permille) => {
                let (shares, ordered) = ticket(actor, which)?;
                let off = LstAmount(share_of(shares.0, permille, 1_000));
                let outcome = split(shares, ordered, off)?;
                let index = which % actor.tickets.len();
                actor.tickets[index] = (LstAmount(shares.0 - off.0), outcome.rest);
                actor.tickets.push((off, outcome.part));
            }
            Act::AddLiquidity(lamports) => {
                let outcome = add_liquidity(&ledger, &liquidity, slot, Lamports(lamports))?;
                self.liquidity = outcome.liquidity;
                actor.claims += outcome.minted.0;
                actor.paid_in += u128::from(lamports);
            }
            Act::RemoveLiquidity(permille) => {
                let claims = LpAmount(share_of(actor.claims, permille, 1_000));
                let outcome = remove_liquidity(&liquidity, claims)?;
                self.liquidity = outcome.liquidity;
                actor.claims -= claims.0;
                actor.shares += outcome.shares.0;
                actor.paid_out += u128::from(outcome.lamports.0);
            }
            Act::FundInsurance(permille) => {
                let shares = part(permille);
                actor.shares -= shares.0;
                self.insurance += shares.0;
            }
            Act::Burn(permille) => {
                let shares = part(permille);
                actor.shares -= shares.0;
                self.burnt += shares.0;
            }
        }
        Ok(())
    }

    /// Rewards, or a loss, found by an update.
    fn update(&mut self, change: i64) {
        let moved = share_of(self.stake, change.unsigned_abs(), 1_000_000);
        if change < 0 {
            self.stake -= moved;
            self.losses += u128::from(moved);
        } else {
            self.stake += moved;
            self.profits += u128::from(moved);
        }
        let supply = LstAmount(self.ledger.supply.0 - self.burnt);
        let absorbed = absorb_burn(&self.ledger, self.slot, EPOCH, supply).unwrap();
        let counted = Lamports(self.reserve + self.stake);
        let insurance = LstAmount(self.insurance);
        let outcome = update(&absorbed, insurance, self.slot, EPOCH, counted, &self.fees.reward).unwrap();
        self.burnt = 0;
        self.ledger = outcome.ledger;
        self.insurance -= outcome.insurance_burnt.0;
        self.book(&outcome.fee_shares);
    }

    /// What an actor could have at the recorded rate, rounded down at each step.
    fn wealth(&self, who: usize) -> i128 {
        let actor = &self.actors[who];
        let now = self.ledger.at(self.slot).unwrap();
        let removed = remove_liquidity(&self.liquidity, LpAmount(actor.claims))
            .map_or((0, 0), |removed| (removed.lamports.0, removed.shares.0));
        let tickets: u64 = actor
            .tickets
            .iter()
            .map(|(shares, ordered)| now.lamports_for(*shares).unwrap().0.min(ordered.0))
            .sum();
        let shares = now.lamports_for(LstAmount(actor.shares + removed.1)).unwrap().0;
        i128::from(shares)
            + i128::from(removed.0)
            + i128::from(tickets)
            + i128::try_from(actor.paid_out).unwrap()
            - i128::try_from(actor.paid_in).unwrap()
    }

    fn check_books(&self) -> Result<(), TestCaseError> {
        let ledger = &self.ledger;
        prop_assert_eq!(ledger.total.0, self.reserve + self.stake, "total is what there is");
        prop_assert!(ledger.locked_profit <= ledger.total);
        let held: u64 = self.actors.iter().map(|actor| actor.shares).sum();
        let waiting: u64 =
            self.actors.iter().flat_map(|actor| &actor.tickets).map(|(shares, _)| shares.0).sum();
        let unminted = self.insurance + self.treasury + self.liquidity.shares.0;
        prop_assert_eq!(
            ledger.supply.0,
            SEED + held + waiting + unminted + self.burnt,
            "supply is who has it"
        );
        let claims: u64 = self.actors.iter().map(|actor| actor.claims).sum();
        prop_assert_eq!(self.liquidity.supply.0, LIQUIDITY_SEED + claims);

        let paid_in: u128 = self.actors.iter().map(|actor| actor.paid_in).sum();
        let paid_out: u128 = self.actors.iter().map(|actor| actor.paid_out).sum();
        let seeds = u128::from(SEED + LIQUIDITY_SEED);
        let left = u128::from(ledger.total.0) + u128::from(self.liquidity.lamports.0);
        prop_assert_eq!(
            seeds + paid_in + self.profits,
            paid_out + self.losses + left,
            "no lamport lost or made"
        );
        Ok(())
    }
}

fn ticket(actor: &Actor, which: usize) -> Result<(LstAmount, Lamports), PoolMathError> {
    let tickets = actor.tickets.len();
    if tickets == 0 { Err(PoolMathError::TooSmall) } else { Ok(actor.tickets[which % tickets]) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn no_sequence_takes_what_is_not_its_own(
        fees in fees(),
        events in proptest::collection::vec(events(), 1..80),
    ) {
        let mut world = World::new(fees);
        for event in events {
            let before = world.clone();
            let now = world.ledger.at(world.slot).unwrap();
            match event {
                // A pool wants an update of the epoch before anybody is served.
                Event::Act(..) if world.slot >= world.ledger.profit_end_slot => {}
                Event::Act(who, act) => {
                    if world.act(who, act).is_err() {
                        // What is refused leaves nothing behind.
                        prop_assert_eq!((world.ledger, world.liquidity), (before.ledger, before.liquidity));
                    }
                    let after = world.ledger.at(world.slot).unwrap();
                    prop_assert!(rate_not_lower(&now, &after));
                    let (was, is) =
                        (claim_worth(&before.liquidity, &now), claim_worth(&world.liquidity, &after));
                    // A deposit that buys all of the providers' shares may leave them a part of a lamport short.
                    let claims = u128::from(world.liquidity.supply.0);
                    let short = if matches!(act, Act::DepositSol(_)) && world.liquidity.shares.is_zero() {
                        is.1 / claims
                    } else {
                        0
                    };
                    prop_assert!(worth_not_lower(was, (is.0 + short, is.1)));
                    // Nobody gains by what he does himself, beyond the lamports that `wealth` leaves out.
                    prop_assert!(world.wealth(who) <= before.wealth(who) + 4);
                }
                Event::Wait(slots) => {
                    world.slot += slots;
                    prop_assert!(rate_not_lower(&now, &world.ledger.at(world.slot).unwrap()));
                }
                Event::Undelegate(permille) => {
                    let moved = share_of(world.stake, permille, 1_000);
                    world.stake -= moved;
                    world.reserve += moved;
                }
                Event::Delegate(permille) => {
                    let moved = share_of(world.reserve, permille, 1_000);
                    world.reserve -= moved;
                    world.stake += moved;
                }
                Event::Update(change) => {
                    world.update(change);
                    let insured = world.insurance > 0 || world.losses == before.losses;
                    if insured || world.losses - before.losses <= u128::from(now.locked_profit.0) {
                        prop_assert!(rate_not_lower(&now, &world.ledger), "but for a loss beyond insurance");
                    }
                    // Nor does finding a profit make anybody richer at once, by more than the share that the fee was too
                    // small for.
                    if change >= 0 {
                        let share = (value(&now) / supply(&now)) as i128 + 1;
                        for who in 0..ACTORS {
                            prop_assert!(world.wealth(who) <= before.wealth(who) + 4 + share);
                        }
                    }
                }
            }
            world.check_books()?;
        }
        // All that was ever paid out was paid in, or earned.
        let paid_in: u128 = world.actors.iter().map(|actor| actor.paid_in).sum();
        let paid_out: u128 = world.actors.iter().map(|actor| actor.paid_out).sum();
        prop_assert!(paid_out <= paid_in + world.profits, "the seeds are nobody's");
    }
}
