//! What a person reads.

use sluice_selection_math::Constraint;

use crate::epoch::EpochLine;
use crate::story::{Story, apy, sol};

/// One epoch, as it happens.
pub fn print_line(line: &EpochLine, first: bool) {
    if first {
        println!(
            "\n{:>5} {:>13} {:>12} | {:>8} {:>8} {:>8} | {:>10} {:>10} | {:>4} {:>9}",
            "epoch",
            "SOL per slSOL",
            "TVL, SOL",
            "pool",
            "equal",
            "by stake",
            "to, SOL",
            "from, SOL",
            "txs",
            "CU"
        );
    }
    let percent =
        |share: Option<f64>| share.map_or_else(|| "-".into(), |share| format!("{:.3} %", 100.0 * apy(share)));
    let whole = |lamports: u64| format!("{:.2}", lamports as f64 / 1e9);
    println!(
        "{:>5} {:>13.9} {:>12} | {:>8} {:>8} {:>8} | {:>10} {:>10} | {:>4} {:>9}",
        line.epoch,
        line.rate as f64 / 1e9,
        whole(line.tvl),
        percent(line.pool_yield),
        percent(line.equal_yield),
        percent(line.weighted_yield),
        whole(line.crank.moved_up),
        whole(line.crank.moved_down),
        line.crank.transactions,
        line.crank.compute_units,
    );
}

/// Everything else, at the end.
pub fn print(story: &Story) {
    println!(
        "\nAPY columns: what stake that could earn did earn in the epoch before, compounded over 365 epochs of a day."
    );
    println!("\nValidators ({}):", story.source);
    println!(
        "{:<46} {:>12} {:>7} {:>9} {:>10} {:>10}  decided by",
        "", "score, APY", "credits", "commission", "target", "held"
    );
    for line in &story.validators {
        let Some(candidate) = &line.candidate else {
            println!(
                "{:<46} {:>12} {:>7} {:>10} {:>10} {:>10}  not a candidate: too little history",
                line.name, "-", "-", "-", "-", "-"
            );
            continue;
        };
        let why = Constraint::from_code(candidate.seat.constraint)
            .map_or("?".into(), |constraint| format!("{constraint:?}"));
        println!(
            "{:<46} {:>10.3} % {:>7} {:>8.2} % {:>10.2} {:>10.2}  {why} {}",
            line.name,
            100.0 * apy(candidate.seat.score as f64 / 1e12),
            candidate.last_credits,
            f64::from(candidate.worst_commission_bps) / 100.0,
            candidate.seat.target as f64 / 1e9,
            line.held as f64 / 1e9,
            line.note,
        );
    }

    let (before, after) = (story.before_slash, story.after_slash);
    println!("\nThe vault around the slash:");
    println!(
        "{:>10} {:>20} {:>20} {:>12} {:>20}",
        "", "collateral, slSOL", "shares, rslSOL", "price", "in tickets"
    );
    for (name, vault) in [("before", before), ("after", after)] {
        println!(
            "{name:>10} {:>20} {:>20} {:>12.9} {:>20}",
            sol(vault.assets),
            sol(vault.supply),
            vault.price(),
            sol(vault.queued)
        );
    }

    let charges = story.charges;
    println!(
        "\nBonds paid into the pool, for bids {} SOL, for what stake did not bring {} SOL: {} slSOL in all.",
        sol(charges.for_bids),
        sol(charges.for_protection),
        sol(charges.paid)
    );

    let (flows, backing) = (&story.flows, &story.backing);
    println!("\nThe pool's books, in SOL:");
    for (name, lamports) in [
        ("seed", flows.seed),
        ("deposits", flows.deposited),
        ("inflation rewards, paid by the Bank", flows.rewards),
        ("MEV tips, transferred", flows.tips),
        ("= in", flows.inward()),
        ("instant exits", flows.paid_instant),
        ("tickets", flows.paid_tickets),
        ("stake accounts", flows.paid_as_stake),
        ("= out", flows.outward()),
        ("delegated and cooling down", backing.delegated),
        ("rent in stake accounts", backing.stake_rent),
        ("tips not yet swept", backing.strays),
        ("reserve", backing.reserve),
        ("= held", backing.counted() + backing.strays),
        ("in - out - held", flows.inward() - flows.outward() - backing.counted() - backing.strays),
    ] {
        println!("  {name:<36} {:>22}", sol(lamports));
    }

    println!("\nChecks:");
    let mut quiet = 0;
    for (claim, held) in story.checks.iter() {
        // What held in every epoch is only counted.
        if claim.starts_with("epoch ") && *held {
            quiet += 1;
        } else {
            println!("  {} {claim}", if *held { "✓" } else { "✗" });
        }
    }
    println!("  ✓ {quiet} checks made every epoch: rate, backing, lamports in = out + held, caps");
}
