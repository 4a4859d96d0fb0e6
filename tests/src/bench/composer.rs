//! Rows of the example `composer`: what the pool costs a program that calls it. What a row's own compute units leave of
//! the whole is the pool's part, with the calls that the pool makes itself.

use solana_signer::Signer;

use super::report::Report;
use crate::composer::MarketFixture;
use crate::{Chain, PoolFixture, SOL, Svm, keypair};

const PROGRAM: &str = "composer";

/// Over a pool whose profit is half released, as on any day between two updates.
pub fn measure(report: &mut Report) {
    let mut svm = Svm::new();
    let pool = PoolFixture::new(&mut svm);
    let market = MarketFixture::new(&mut svm, &pool, 100 * SOL);
    let user = svm.wallet("user", 1_000 * SOL);
    let owner = user.pubkey();
    svm.must(&[market.open_position(&owner)], &[&user]);
    svm.must(&[market.deposit_and_lock(&owner, 100 * SOL, 1)], &[&user]);
    let reward = solana_system_interface::instruction::transfer(&owner, &pool.reserve, SOL);
    svm.must(&[reward], &[&user]);
    svm.advance_epoch();
    pool.update(&mut svm);
    svm.advance_slots(200_000);

    let ticket = keypair("ticket");
    let mut row = |instruction: &str, case: &str, sent: crate::Sent, limit: Option<u64>| {
        report.add((PROGRAM, instruction, case), 0, &sent, limit);
    };
    let sent = svm.must(&[market.deposit_and_lock(&owner, 7 * SOL, 1)], &[&user]);
    row("deposit_and_lock", "calls deposit_sol", sent, Some(7_000));
    let sent = svm.must(&[market.unlock_and_exit(&owner, 3 * SOL, 1)], &[&user]);
    row("unlock_and_exit", "calls withdraw_sol, owes nothing", sent, Some(7_000));
    let sent = svm.must(&[market.borrow(&owner, 5 * SOL)], &[&user]);
    row("borrow", "reads the rate from the pool's account", sent, Some(1_500));
    let sent = svm.must(&[market.value_position(&owner)], &[&user]);
    row("value_position", "asks lst_to_sol, by the generated call", sent, None);
    let order = market.unlock_and_order(&owner, &ticket.pubkey(), SOL, 1);
    let sent = svm.must(&[order], &[&user, &ticket]);
    row("unlock_and_order", "calls order_unstake, owes something", sent, Some(9_000));
}
