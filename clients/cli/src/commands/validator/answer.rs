//! The answer for one candidate: the program's own, and the numbers behind it. What it means is said in `words`.

use serde::Serialize;
use sluice_client::Host;
use sluice_client::selection::{NEVER, Selection};
use sluice_money::{Bps, Lamports};
use sluice_sdk::json::text;
use sluice_sdk::staking_pool::types::ValidatorRecord;
use sluice_sdk::validator_selection::types::{Candidate, Explanation};
use sluice_selection_math::{
    Bid, Constraint, Deviation, Extra, Kappa, Performance, Reference, WINDOW, Yield, bond_for, commission_at,
    commission_rise, due, expected, model, net_credits, rise_loss, shortfall,
};
use solana_address::Address;

use super::words;

/// Value of a record's `stake_state`: the canonical stake account is cooling down as a whole.
const DEACTIVATING: u8 = 2;

/// Yields in 10^-12 per epoch, amounts in lamports or base units of LST, as the names say.
#[derive(Serialize)]
pub struct Answer {
    pub cluster: String,
    pub slot: u64,
    pub epoch: u64,
    #[serde(serialize_with = "text")]
    pub pool: Address,
    #[serde(serialize_with = "text")]
    pub mint: Address,
    #[serde(serialize_with = "text")]
    pub vote: Address,
    /// In words: what decided, what can be done, and what else to know.
    pub why: String,
    pub next: Vec<String>,
    pub notes: Vec<String>,
    /// Names of the codes in `explanation`, and of what the last observation found against it.
    pub constraint: String,
    pub bound_by: String,
    pub verdict: String,
    /// Place among those that compete, by score, and how many those are; no place for one that does not.
    pub rank: Option<u64>,
    pub competing: u64,
    /// What the program's `explain` answers.
    pub explanation: Explanation,
    pub stake: Stake,
    pub credits: Credits,
    pub commission: Commission,
    pub bid: Bids,
    pub bond: Bond,
    pub provider: Option<Group>,
    pub country: Option<Group>,
    /// LST that holders locked behind it.
    pub directed_shares: u64,
    pub charge: Option<Charge>,
}

/// What the pool holds with it now, by the pool's list.
#[derive(Default, Serialize)]
pub struct Stake {
    pub staying: u64,
    /// Of it, not known to be active yet.
    pub activating: u64,
    pub leaving: u64,
}

#[derive(Serialize)]
pub struct Credits {
    pub last: u64,
    pub expected: u64,
    /// The mean of the pool's validators, weighted by stake, that bonds are measured by.
    pub reference: u64,
    /// Completed epochs with credits.
    pub history: u64,
}

#[derive(Serialize)]
pub struct Commission {
    pub seen_bps: u16,
    pub worst_bps: u16,
    /// The last epoch in which the worst one counts, provided it is not charged again.
    pub worst_until_epoch: Option<u64>,
    pub limit_bps: u16,
    /// The highest with which it would take the place of the weakest that got stake; `null` where it has a place, or none is low
    /// enough.
    pub enough_bps: Option<u16>,
}

/// Lamports per SOL of stake and epoch.
#[derive(Serialize)]
pub struct Bids {
    pub now: u32,
    /// Counts from the next epoch's observation on.
    pub next: u32,
    /// The least with which it would take the place of the weakest that got stake; `null` where it has a place, or no bid is enough.
    pub enough: Option<u32>,
}

#[derive(Serialize)]
pub struct Bond {
    pub shares: u64,
    pub leaving_shares: u64,
    /// From when on what is leaving can be claimed.
    pub release_epoch: Option<u64>,
    /// What `lacks_bond` is in LST.
    pub lacks_shares: u64,
    /// What a full share takes with the bid that would be enough, in lamports.
    pub with_enough_bid: Option<u64>,
}

/// Validators that share a hosting provider or a country.
#[derive(Serialize)]
pub struct Group {
    pub id: u16,
    pub held: u64,
    pub ideal: u64,
    pub cap: u64,
}

/// What its bond owes for the epoch before the allocation's.
#[derive(Serialize)]
pub struct Charge {
    pub epoch: u64,
    /// Whether it was charged already.
    pub settled: bool,
    /// Stake that earned.
    pub earning: u64,
    pub realised: u64,
    /// What the same commission would have paid on the pool's mean, less the grace.
    pub promised: u64,
    pub price: u64,
    pub shortfall: u64,
    pub rise: u64,
    /// All of it, on that stake.
    pub lamports: u64,
}

impl Answer {
    pub fn of(selection: &Selection, candidate: &Candidate, host: &Host) -> Self {
        let explanation = selection.explanation(candidate);
        let params = &selection.config.params;
        let competes = |candidate: &&Candidate| candidate.verdict == 0 && candidate.flags == 0;
        let competing = selection.candidates.iter().filter(competes);
        let above = competing.clone().filter(|other| other.seat.score > candidate.seat.score).count() as u64;
        let group = |id: u16, of: fn(&Candidate) -> u16, cap_bps: u16| {
            let members = || selection.candidates.iter().filter(|other| of(other) == id);
            let cap =
                Bps::saturating(cap_bps).of(selection.pool.total_lamports, sluice_money::Rounding::Floor);
            (id != 0).then(|| Group {
                id,
                held: members().map(|other| other.seat.held).sum(),
                ideal: members().map(|other| other.seat.ideal).sum(),
                cap: cap.unwrap_or(0).max(selection.pool.min_delegation),
            })
        };
        let enough_bid = enough_bid(&explanation);
        let with_enough_bid = enough_bid.map(|bid| {
            let least = Bps::saturating(params.min_bond_bps);
            bond_for(Lamports(selection.config.cap), least, Bid(bid), params.bid_epochs).0
        });
        let mut answer = Self {
            cluster: host.to_string(),
            slot: selection.slot,
            epoch: selection.epoch,
            pool: selection.pool_address,
            mint: selection.pool.lst_mint,
            vote: candidate.vote,
            why: String::new(),
            next: Vec::new(),
            notes: Vec::new(),
            constraint: name(explanation.constraint),
            bound_by: name(explanation.bound_by),
            verdict: name(candidate.verdict),
            rank: competes(&candidate).then(|| above + 1),
            competing: competing.count() as u64,
            stake: selection.record(&candidate.vote).map(Stake::of).unwrap_or_default(),
            credits: Credits {
                last: candidate.last_credits,
                expected: candidate.credits,
                reference: selection.config.reference_credits,
                history: candidate.history.into(),
            },
            commission: Commission {
                seen_bps: commission_at(&candidate.commissions, candidate.observed_epoch).get(),
                worst_bps: candidate.worst_commission_bps,
                worst_until_epoch: worst_until(candidate),
                limit_bps: params.max_commission_bps,
                enough_bps: enough_commission(selection, candidate, &explanation),
            },
            bid: Bids { now: candidate.bid, next: candidate.next_bid, enough: enough_bid },
            bond: Bond {
                shares: candidate.bond,
                leaving_shares: candidate.bond_leaving,
                release_epoch: epoch(candidate.release_epoch),
                lacks_shares: selection.shares_worth(explanation.lacks_bond),
                with_enough_bid,
            },
            provider: group(candidate.seat.aso, |other| other.seat.aso, params.aso_cap_bps),
            country: group(candidate.seat.country, |other| other.seat.country, params.country_cap_bps),
            directed_shares: candidate.directed,
            charge: charge(selection, candidate),
            explanation,
        };
        answer.why = words::why(selection, candidate, &answer);
        answer.next = words::next(selection, candidate, &answer);
        answer.notes = words::notes(selection, candidate, &answer);
        answer
    }
}

impl Stake {
    fn of(record: &ValidatorRecord) -> Self {
        let (staying, leaving) =
            if record.stake_state == DEACTIVATING { (0, record.stake) } else { (record.stake, 0) };
        Self {
            staying: staying + record.activating,
            activating: record.activating,
            leaving: leaving + record.deactivating,
        }
    }
}

/// A constraint's name, or its code where this version does not know it.
pub fn name(code: u8) -> String {
    Constraint::from_code(code).map_or_else(|| format!("Unknown({code})"), |known| format!("{known:?}"))
}

/// `None` for never.
fn epoch(epoch: u64) -> Option<u64> {
    (epoch != NEVER).then_some(epoch)
}

/// The last epoch in which the worst commission of the window counts; `None` before the first observation.
fn worst_until(candidate: &Candidate) -> Option<u64> {
    let observed = epoch(candidate.observed_epoch)?;
    let window = WINDOW as u64;
    let worst_at = |age: &u64| {
        commission_at(&candidate.commissions, observed.wrapping_sub(*age)).get()
            == candidate.worst_commission_bps
    };
    let age = (0..window).find(worst_at)?;
    Some(observed + (window - 1) - age)
}

/// The highest commission with which its score would be enough, were it the worst of the window.
fn enough_commission(selection: &Selection, candidate: &Candidate, explanation: &Explanation) -> Option<u16> {
    if explanation.lacks_yield == 0 {
        return None;
    }
    let enough = explanation.score.saturating_add(explanation.lacks_yield);
    (0..candidate.worst_commission_bps).rev().find(|bps| {
        let net = net_credits(candidate.credits, Bps::saturating(*bps));
        let yielded = expected(
            model(Kappa(selection.config.kappa), net),
            Deviation(candidate.deviation_ppm),
            Extra(Yield(candidate.extra)),
        );
        yielded.0.saturating_add(explanation.bid) >= enough
    })
}

/// The least bid with which its score would be enough.
fn enough_bid(explanation: &Explanation) -> Option<u32> {
    if explanation.lacks_yield == 0 {
        return None;
    }
    let whole = explanation.bid.saturating_add(explanation.lacks_yield);
    let bid = whole.div_ceil(Bid(1).yielded().0);
    u32::try_from(bid).ok().filter(|bid| *bid <= Bid::MAX.0)
}

/// What `settle` charges for the epoch before the last allocation's, by the same formulas; `None` where it was not measured.
fn charge(selection: &Selection, candidate: &Candidate) -> Option<Charge> {
    let config = &selection.config;
    let epoch = epoch(config.allocated_epoch).filter(|epoch| candidate.realised_epoch == *epoch)?;
    let reference = Reference { kappa: Kappa(config.reference_kappa), credits: config.reference_credits };
    let performance = Performance {
        realised: Yield(candidate.realised),
        credits: candidate.last_credits,
        commission: commission_at(&candidate.commissions, epoch.wrapping_sub(2)),
    };
    let grace = Bps::saturating(config.params.performance_grace_bps);
    let nothing_came = Performance { realised: Yield(0), ..performance };
    let short = shortfall(&reference, grace, &performance);
    let rise = rise_loss(&reference, candidate.last_credits, commission_rise(&candidate.commissions, epoch));
    let rate = candidate.price.saturating_add(short.0).saturating_add(rise.0);
    (candidate.earning > 0).then(|| Charge {
        epoch,
        settled: candidate.settled_epoch == epoch,
        earning: candidate.earning,
        realised: candidate.realised,
        promised: shortfall(&reference, grace, &nothing_came).0,
        price: candidate.price,
        shortfall: short.0,
        rise: rise.0,
        lamports: due(Yield(rate), Lamports(candidate.earning)).0,
    })
}
