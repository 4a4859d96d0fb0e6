//! Fees are charged again from events: since the last update, or from the beginning; and where a server tells no events,
//! that is said.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sluice_sdk::staking_pool::events::SOL_DEPOSITED_EVENT;

use crate::clean::line;
use crate::common::{complaint, misuse};
use crate::proxy::Proxy;
use crate::story::Story;

/// The lines of fees, by name.
fn fees(report: &Value) -> Vec<String> {
    let sections = report["sections"].as_array().unwrap();
    let lines = sections.iter().flat_map(|section| section["lines"].as_array().unwrap());
    let names = lines.map(|line| line["name"].as_str().unwrap().to_owned());
    names.filter(|name| name.contains(".fees.")).collect()
}

#[test]
fn every_fee_is_charged_again_since_the_last_update_and_from_the_beginning() {
    let story = Story::tell();
    let state = story.chain(|net| story.selection.pool.state(net));
    let vault = |of: &str| format!("vault.{}.fees.{of}", story.vault.vault);
    let charged = |report: &Value, name: &str| {
        let line = line(report, name);
        assert_eq!((&line["verdict"], &line["difference"]), (&"right".into(), &0.into()), "{line:#}");
        line["recounted"].as_u64().unwrap()
    };
    let recent = story.report(&[]);
    let all = story.report(&["--history"]);
    for report in [&recent, &all] {
        assert_eq!(charged(report, "pool.fees.treasury"), state.fee_shares);
        assert_eq!(charged(report, "pool.fees.insurance"), state.insurance_shares);
    }
    // Every kind of fee was charged in the story's last epoch, and more of most in those before.
    let names =
        ["pool.fees.rewards", "pool.fees.deposits", "pool.fees.exits", "pool.fees.cuts"].map(str::to_owned);
    for name in names.into_iter().chain([vault("operators"), vault("vault")]) {
        let (recent, all) = (charged(&recent, &name), charged(&all, &name));
        assert!(recent > 0 && all >= recent, "{name}: {recent} of {all}");
    }
    assert!(charged(&all, "pool.fees.rewards") > charged(&recent, "pool.fees.rewards"));
    // What each update minted is what had been charged before it; the first of a history can only be believed.
    assert!(charged(&all, "pool.fees.minted") > 0);
    assert_eq!(charged(&all, "pool.fees.rates"), 7);
    assert_eq!(line(&recent, "pool.fees.minted")["verdict"], "right");

    assert!(fees(&story.report(&["--accounts-only"])).is_empty());
    let refused = misuse(&story.audit(&["--accounts-only", "--history"]));
    assert!(refused.contains("cannot be used with '--history'"), "{refused}");
}

#[test]
fn a_server_that_keeps_no_transactions_is_told_and_audited_by_accounts_alone() {
    let story = Story::tell();
    let proxy = Proxy::new(&story.server.url(), |call, answer| {
        if call["method"] == "getSignaturesForAddress" {
            let message = "Transaction history is not available from this node";
            let error = json!({ "code": -32011, "message": message });
            *answer = json!({ "jsonrpc": "2.0", "error": error, "id": call["id"] });
        }
    });
    let refused = complaint(&story.audit_by(&proxy.url(), &[]));
    assert!(refused.contains("history is not available") && refused.contains("--accounts-only"), "{refused}");
    let output = story.audit_by(&proxy.url(), &["--accounts-only"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_history_that_begins_too_late_is_refused_and_not_believed() {
    let story = Story::tell();
    let state = story.chain(|net| story.selection.pool.state(net));
    // A server that has forgotten what was before the last update, and one that has forgotten that too.
    let forgetful = |until: u64| {
        Proxy::new(&story.server.url(), move |call, answer| {
            if call["method"] == "getSignaturesForAddress" {
                let all = answer["result"].as_array_mut().expect("signatures");
                all.retain(|one| one["slot"].as_u64().unwrap() >= until);
            }
        })
    };
    let short = forgetful(state.epoch_start_slot);
    assert!(story.audit_by(&short.url(), &[]).status.success(), "it is enough for this epoch");
    let refused = complaint(&story.audit_by(&short.url(), &["--history"]));
    assert!(refused.contains("begins too late") && refused.contains("--accounts-only"), "{refused}");
    let empty = forgetful(u64::MAX);
    let refused = complaint(&story.audit_by(&empty.url(), &[]));
    assert!(refused.contains("begins too late"), "{refused}");
}

/// The lines of fees that are not right, with their verdicts, where every log that has the event of a deposit is changed.
fn not_right(story: &Story, change: fn(&mut Vec<Value>, usize)) -> Vec<(String, String)> {
    let proxy = Proxy::new(&story.server.url(), move |call, answer| {
        if call["method"] != "getTransaction" {
            return;
        }
        let log = answer["result"]["meta"]["logMessages"].as_array_mut().expect("a log");
        let is_deposit = |line: &Value| {
            let data = line.as_str().unwrap().strip_prefix(DATA);
            data.is_some_and(|data| BASE64_STANDARD.decode(data).unwrap().starts_with(&SOL_DEPOSITED_EVENT))
        };
        if let Some(place) = log.iter().position(is_deposit) {
            change(log, place);
        }
    });
    let output = story.audit_by(&proxy.url(), &["--output", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    let names = fees(&report).into_iter().map(|name| (text(line(&report, &name), "verdict"), name));
    names.filter(|(verdict, _)| verdict != "right").map(|(verdict, name)| (name, verdict)).collect()
}

const DATA: &str = "Program data: ";

fn each(names: &[&str], verdict: &str) -> Vec<(String, String)> {
    names.iter().map(|name| ((*name).to_owned(), verdict.to_owned())).collect()
}

#[test]
fn an_event_that_tells_another_fee_than_its_rate_is_wrong() {
    let story = Story::tell();
    let found = not_right(&story, |log, place| {
        let data = log[place].as_str().unwrap().strip_prefix(DATA).unwrap();
        let mut data = BASE64_STANDARD.decode(data).unwrap();
        // One share of the user's is the treasury's.
        for (at, by) in [(MINTED, u64::MAX), (TREASURY, 1)] {
            let number = u64::from_le_bytes(data[at..at + 8].try_into().unwrap());
            data[at..at + 8].copy_from_slice(&number.wrapping_add(by).to_le_bytes());
        }
        log[place] = format!("{DATA}{}", BASE64_STANDARD.encode(data)).into();
    });
    assert_eq!(found, each(&["pool.fees.deposits"], "wrong"));
}

/// Of the event of a deposit: behind its name, three addresses, lamports; and behind that the parts of the fee.
const MINTED: usize = 8 + 3 * 32 + 8;
const TREASURY: usize = MINTED + 8 + 16;

#[test]
fn a_log_that_was_cut_makes_what_differs_doubtful_and_not_wrong() {
    let story = Story::tell();
    let found = not_right(&story, |log, place| {
        log.truncate(place);
        log.push("Log truncated".into());
    });
    assert_eq!(found, each(&["pool.fees.joined", "pool.fees.treasury", "pool.fees.insurance"], "waits"));
}
