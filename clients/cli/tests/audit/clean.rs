//! After the story the books close; what an update has yet to count is told apart from what is wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use sluice_tests::chain::Chain;
use sluice_tests::{SOL, keypair, token};
use solana_account::{AccountSharedData, ReadableAccount, WritableAccount};
use solana_signer::Signer;

use crate::story::Story;

/// The line of that name.
#[track_caller]
pub fn line<'a>(report: &'a Value, name: &str) -> &'a Value {
    let sections = report["sections"].as_array().expect("sections");
    let mut lines = sections.iter().flat_map(|section| section["lines"].as_array().expect("lines"));
    lines.find(|line| line["name"] == name).unwrap_or_else(|| panic!("no {name} in {report:#}"))
}

#[test]
fn the_books_close_after_deposits_all_exits_epochs_and_a_slash() {
    let story = Story::tell();
    let output = story.audit(&[]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("✓ total that the rate is made of") && !said.contains('✗'), "{said}");
    assert!(said.contains("lines agree"), "{said}");
    let report = story.report(&[]);
    assert_eq!(report["wrong"], 0);
    assert_eq!(report["sections"].as_array().unwrap().len(), 4);
    // Counted to the lamport: what is recorded is what the accounts hold.
    let total = line(&report, "pool.total");
    let state = story.chain(|net| story.selection.pool.state(net));
    assert_eq!(
        (total["recorded"].as_u64(), &total["verdict"]),
        (Some(state.total_lamports), &"right".into())
    );
    for name in
        ["ticket_shares", "ticket_lamports", "lp_supply", "escrow", "stake", "activating", "deactivating"]
    {
        assert_eq!(line(&report, &format!("pool.{name}"))["verdict"], "right", "{name}");
    }
    assert!(line(&report, "pool.ticket_shares")["recorded"].as_u64().unwrap() >= 50 * SOL);
    assert_eq!(line(&report, "selection.directed")["recorded"], 60 * SOL);
    let vault = format!("vault.{}", story.vault.vault);
    assert_eq!(line(&report, &format!("{vault}.vrt_tickets"))["recorded"], 40 * SOL);
    assert_eq!(line(&report, &format!("{vault}.allocated"))["recorded"], 75 * SOL);
    assert!(line(&report, &format!("{vault}.junior_supply"))["recorded"].as_u64().unwrap() > 0);
    let unclaimed = format!("{vault}.distribution.{}.funds", story.distribution);
    assert_eq!(line(&report, &unclaimed)["recorded"], 2 * SOL);

    // A new epoch's rewards, a gift and what holders burn wait for the update, and are no mismatch.
    story.chain(|net| {
        let pool = &story.selection.pool;
        net.advance_epoch();
        net.airdrop(&pool.reserve, SOL).unwrap();
        let (alice, lst) = (keypair("alice"), keypair("alice's slSOL"));
        net.must(&[token::burn(&lst.pubkey(), &pool.mint, &alice.pubkey(), 2 * SOL)], &[&alice]);
    });
    let waits = story.report(&[]);
    assert_eq!(waits["wrong"], 0, "{waits:#}");
    for name in ["pool.stake", "pool.total", "pool.supply"] {
        assert_eq!(line(&waits, name)["verdict"], "waits", "{name}");
        assert!(!line(&waits, name)["reason"].as_str().unwrap().is_empty());
    }
    assert!(line(&waits, "pool.total")["difference"].as_i64().unwrap() > SOL as i64);
    assert!(story.audit(&[]).status.success());
    assert_eq!(story.audit(&["--strict"]).status.code(), Some(1), "who wants nothing to wait is told");
    // The update counts them.
    story.chain(|net| story.selection.crank(net));
    let counted = story.report(&[]);
    assert_eq!(line(&counted, "pool.total")["verdict"], "right", "{counted:#}");
    assert_eq!(line(&counted, "pool.stake")["verdict"], "right");

    // What people do in the middle of an epoch is in the books at once.
    story.chain(|net| {
        let (pool, alice) = (&story.selection.pool, keypair("alice"));
        let (user, lst) = (alice.pubkey(), keypair("alice's slSOL").pubkey());
        let destination = pool.new_stake_account(net, "more of alice's stake");
        let (index, record) = pool.record(net, &story.votes[1]);
        let ticket = keypair("one more ticket");
        for (instruction, signers) in [
            (pool.deposit_sol(&user, &lst, 7 * SOL, 0), vec![&alice]),
            (pool.withdraw_sol(&user, &lst, 3 * SOL, 0), vec![&alice]),
            (pool.order_unstake(&user, &lst, &ticket.pubkey(), 5 * SOL), vec![&alice, &ticket]),
            (
                pool.withdraw_stake(&user, &lst, (index, &record.vote), &destination, 20 * SOL, 0),
                vec![&alice],
            ),
        ] {
            net.must(&[instruction], &signers);
        }
    });
    let busy = story.report(&[]);
    assert_eq!(busy["wrong"], 0, "{busy:#}");
    for name in ["total", "supply", "stake", "stake_rent", "ticket_shares", "escrow"] {
        assert_eq!(line(&busy, &format!("pool.{name}"))["verdict"], "right", "{name}: {busy:#}");
    }
}

/// Somebody sends a lamport to the reserve, and a unit of LST to the escrow, between any two requests.
#[test]
fn gifts_at_every_moment_do_not_prevent_an_audit() {
    let story = Story::tell();
    let pool = &story.selection.pool;
    let (net, reserve, escrow) = (story.shared(), pool.reserve, pool.escrow);
    let done = Arc::new(AtomicBool::new(false));
    let is_done = Arc::clone(&done);
    let giver = std::thread::spawn(move || {
        let mut gifts = 0u64;
        while !is_done.load(Ordering::Relaxed) {
            {
                let net = net.lock().unwrap();
                for address in [&reserve, &escrow] {
                    let mut account: AccountSharedData =
                        net.bank().get_account(address).expect("it is there");
                    account.set_lamports(account.lamports() + 1);
                    if address == &escrow {
                        let mut data = account.data().to_vec();
                        let amount = u64::from_le_bytes(data[64..72].try_into().unwrap()) + 1;
                        data[64..72].copy_from_slice(&amount.to_le_bytes());
                        account.set_data_from_slice(&data);
                    }
                    net.bank().store_account(address, &account);
                }
            }
            gifts += 1;
            std::thread::sleep(Duration::from_millis(1));
        }
        gifts
    });
    let output = story.audit(&["--output", "json"]);
    done.store(true, Ordering::Relaxed);
    let gifts = giver.join().unwrap();
    assert!(gifts > 1, "{gifts}");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "after {gifts} gifts: {complaint}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["wrong"], 0, "{report:#}");
}

#[test]
fn what_cannot_be_audited_is_one_line() {
    use crate::common::{complaint, nobody, sluice};
    let story_less = sluice_localnet::Localnet::start(sluice_localnet::LocalnetConfig::default()).unwrap();
    let net = std::sync::Arc::new(std::sync::Mutex::new(story_less));
    let server = sluice_localnet::RpcServer::start(net, 0).unwrap();
    let mint = nobody("mint").to_string();
    let refused = complaint(&sluice(["audit", "--url", &server.url(), "--mint", &mint]));
    assert!(refused.contains("no pool for the mint"), "{refused}");
    let refused = complaint(&sluice(["audit", "--url", "http://127.0.0.1:1", "--mint", &mint]));
    assert!(refused.contains("no RPC server answers"), "{refused}");
    let misuse = sluice(["audit", "--mint", "nonsense"]);
    assert_eq!(misuse.status.code(), Some(2));
}
