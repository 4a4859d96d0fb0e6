//! The ledger of events as CSV: it adds up to what the audit counted, and is continued where it ended.

use std::collections::HashMap;

use sluice_tests::SOL;
use sluice_tests::chain::Chain;
use solana_signer::Signer;

use crate::clean::line;
use crate::common::complaint;
use crate::story::Story;

/// Rows by the names of the columns.
fn rows(path: &std::path::Path) -> Vec<HashMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().map(|row| row.unwrap()).collect()
}

/// What an account's rows add up to, after each of which was checked to begin where the one before ended.
fn replay(rows: &[HashMap<String, String>], account: &str) -> (i64, i64) {
    let number = |row: &HashMap<String, String>, name: &str| row[name].parse::<i64>().ok();
    let (mut total, mut supply) = (0, 0);
    for row in rows.iter().filter(|row| row["account"] == account) {
        let Some(after) = number(row, "total_after") else { continue };
        assert_eq!(number(row, "total_before"), Some(total), "an event is missing before {row:?}");
        assert_eq!(number(row, "supply_before"), Some(supply), "an event is missing before {row:?}");
        (total, supply) = (after, number(row, "supply_after").unwrap());
    }
    (total, supply)
}

#[test]
fn the_ledger_adds_up_to_the_audits_totals_and_continues_where_it_ended() {
    let story = Story::tell();
    let path = story.scratch("ledger.csv");
    let csv = ["--csv", path.to_str().unwrap()];
    let report = story.report(&csv);
    assert_eq!(report["wrong"], 0);
    let first = rows(&path);
    assert_eq!(report["ledger"]["rows"], first.len());

    let pool = &story.selection.pool;
    let (total, supply) = replay(&first, &pool.pool.to_string());
    assert_eq!(line(&report, "pool.total")["recorded"], total);
    let state = story.chain(|net| pool.state(net));
    assert_eq!(supply as u64, state.supply);
    let (assets, shares) = replay(&first, &story.vault.vault.to_string());
    let collateral = line(&report, &format!("vault.{}.collateral", story.vault.vault));
    assert_eq!(collateral["recorded"], assets);
    assert!(shares > 0);
    // Business, funds and information are all there, in the order of the chain.
    for kind in ["business", "funds", "information"] {
        assert!(first.iter().any(|row| row["kind"] == kind), "{kind}");
    }
    let slots: Vec<u64> = first.iter().map(|row| row["slot"].parse().unwrap()).collect();
    assert!(slots.is_sorted());
    // Every log is whole, and every event joins on to the one before.
    for remark in ["LogCut", "LogMissing", "Gap"] {
        assert!(!first.iter().any(|row| row["event"] == remark), "{remark}");
    }
    for event in
        ["SolDeposited", "SolWithdrawn", "StakeWithdrawn", "TicketClaimed", "SlashExecuted", "BondsSettled"]
    {
        assert!(first.iter().any(|row| row["event"] == event), "{event}");
    }
    let who = first.iter().find(|row| row["event"] == "SolWithdrawn").unwrap();
    assert_eq!(who["who"], sluice_tests::keypair("alice").pubkey().to_string());
    assert!(who["details"].contains("\"paid\""));

    // It is not written over, and goes on after the last of its transactions.
    let refused = complaint(&story.audit(&csv));
    assert!(refused.contains("is there already"), "{refused}");
    let last = report["ledger"]["last"].as_str().unwrap().to_owned();
    let more = [&csv[..], &["--since", &last]].concat();
    assert_eq!(story.report(&more)["ledger"]["rows"], 0, "nothing has happened since");
    story.chain(|net| {
        let (alice, lst) = (sluice_tests::keypair("alice"), sluice_tests::keypair("alice's slSOL").pubkey());
        net.must(&[pool.deposit_sol(&alice.pubkey(), &lst, SOL, 0)], &[&alice]);
        net.must(&[pool.withdraw_sol(&alice.pubkey(), &lst, SOL / 2, 0)], &[&alice]);
    });
    let report = story.report(&more);
    assert_eq!(report["ledger"]["rows"], 2);
    let all = rows(&path);
    assert_eq!(all.len(), first.len() + 2);
    let (total, _) = replay(&all, &pool.pool.to_string());
    assert_eq!(line(&report, "pool.total")["recorded"], total);
    std::fs::remove_file(path).unwrap();
}
