//! What a person reads.

use std::fmt::Write;

use crate::study::{Report, Source, Spread};

/// The result as a table.
pub fn table(report: &Report) -> String {
    let study = &report.study;
    let mut text = String::new();
    let mut line = |words: std::fmt::Arguments| {
        let _ = writeln!(text, "{words}");
    };
    let source = match &study.source {
        Source::Recorded(_) => "recorded",
        Source::Synthetic(_) => "synthetic",
    };
    line(format_args!(
        "{} {source} validators, {} epochs after {} of first delegation, {} seed{} from {}; {} SOL, at most {} % with one validator",
        report.validators,
        study.epochs,
        study.lead_in,
        study.seeds,
        if study.seeds == 1 { "" } else { "s" },
        study.seed,
        study.rules.pool_sol,
        f64::from(study.rules.cap_bps) / 100.0,
    ));
    line(format_args!(
        "\n{:<20} {:>9} {:>9} {:>9} {:>7} {:>8} {:>10} {:>9} {:>11} {:>9}",
        "", "net APY", "gross APY", "turnover", "HHI", "Nakamoto", "validators", "bids", "protection", "rugs"
    ));
    for summary in &report.summaries {
        line(format_args!(
            "{:<20} {:>7.3} % {:>7.3} % {:>7.3} % {:>7.1} {:>8.1} {:>10.0} {:>9.1} {:>11.1} {:>9.1}",
            summary.strategy.name(),
            100.0 * summary.net_apy.mean,
            100.0 * summary.gross_apy.mean,
            100.0 * summary.turnover.mean,
            summary.hhi.mean,
            summary.nakamoto.mean,
            summary.validators.mean,
            summary.bids_sol.mean,
            summary.protection_sol.mean,
            summary.rugs_sol.mean,
        ));
    }
    line(format_args!(
        "\n{:<20} {:>8} {:>8} {:>8} {:>8} | {:>7} {:>7} {:>7} {:>7}",
        "Sluice against", "APY, pp", "std dev", "least", "most", "ratio", "std dev", "least", "most"
    ));
    for difference in &report.differences {
        let Spread { mean, deviation, least, most } = difference.apy;
        let ratio = difference.ratio;
        line(format_args!(
            "{:<20} {:>+8.3} {:>8.3} {:>+8.3} {:>+8.3} | {:>7.4} {:>7.4} {:>7.4} {:>7.4}",
            difference.to.name(),
            100.0 * mean,
            100.0 * deviation,
            100.0 * least,
            100.0 * most,
            ratio.mean,
            ratio.deviation,
            ratio.least,
            ratio.most,
        ));
    }
    text.push_str(
        "\nnet: income over everything the pool has, switching costs counted; gross: over the stake that could earn. Turnover:\n\
         told to leave, per epoch. HHI: 10,000 is all with one. Nakamoto: the fewest validators with more than a third of\n\
         the pool's stake. bids, protection: paid by bonds; rugs: taken by commission without notice; in SOL, all epochs.\n",
    );
    text
}
