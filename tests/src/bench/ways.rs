//! Rows of staking-pool's other ways in and out: liquidity, tickets, stake for SOL, whole accounts, and the views.

use sluice_sdk::staking_pool::instructions::*;
use sluice_sdk::staking_pool::types::Fees;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::pool::{native_stake, pool_of};
use super::report::Report;
use crate::{Chain, PoolFixture, SOL, Svm, keypair};

const PROGRAM: &str = "staking_pool";

pub fn measure(report: &mut Report) {
    for size in [10, 5_000] {
        let mut svm = Svm::new();
        let (pool, user, lst, votes) = pool_of(&mut svm, size);
        pool.open_liquidity(&mut svm, SOL);
        charge_everything(&mut svm, &pool);
        let increase = pool.increase_stake(&svm, &votes[0], 9_000 * SOL);
        svm.must(&[increase], &[&pool.payer, &pool.delegation]);
        svm.advance_epoch();
        pool.update(&mut svm);
        liquidity(report, &mut svm, (&pool, &user, lst), size);
        tickets(report, &mut svm, (&pool, &user, lst), size);
        stake(report, &mut svm, (&pool, &user, lst), &votes, size);
        views(report, &mut svm, (&pool, &user), size);
    }
}

/// A fee on deposits, shared with referrer and insurance fund, and a price that rises as liquidity runs out.
fn charge_everything(svm: &mut Svm, pool: &PoolFixture) {
    let now = pool.state(svm);
    let fees = Fees { deposit_bps: 5, instant_most_bps: 15, insurance_bps: 2_000, ..now.fees };
    svm.must(&[pool.set_fees(fees)], &[&pool.payer, &pool.admin]);
    let limits = sluice_sdk::staking_pool::types::Limits {
        min_deposit: now.min_deposit,
        tvl_cap: now.tvl_cap,
        sweep_threshold: now.sweep_threshold,
        liquidity_target: 5_000 * SOL,
        movement_cap_bps: now.movement_cap_bps,
    };
    svm.must(&[pool.set_limits(limits)], &[&pool.payer, &pool.admin]);
    for _ in 0..2 {
        svm.advance_epoch();
        pool.update(svm);
    }
    assert_eq!(pool.state(svm).fees.deposit_bps, 5);
}

fn liquidity(
    report: &mut Report,
    svm: &mut Svm,
    (pool, user, lst): (&PoolFixture, &Keypair, Address),
    size: usize,
) {
    let mut row = |instruction: &str, case: &str, sent: &crate::Sent, limit: Option<u64>| {
        report.add((PROGRAM, instruction, case), size, sent, limit);
    };
    let owner = user.pubkey();
    let lp = pool.lp_account(svm, "user", &owner);
    let sent = svm.must(&[pool.add_liquidity(&owner, &lp, 1_000 * SOL, 1)], &[user]);
    row("add_liquidity", "SOL only so far", &sent, Some(6_500));
    // The reserve holds about a thousand: the rest is the providers'.
    let free = pool.instant_terms(svm).free.0;
    let sent = svm.must(&[pool.withdraw_sol(&owner, &lst, free + 100 * SOL, 1)], &[user]);
    row("withdraw_sol", "reserve and liquidity, cut", &sent, Some(4_000));
    let sent = svm.must(&[pool.withdraw_sol(&owner, &lst, 100 * SOL, 1)], &[user]);
    row("withdraw_sol", "liquidity, cut", &sent, Some(4_000));
    let sent = svm.must(&[pool.add_liquidity(&owner, &lp, 1_000 * SOL, 1)], &[user]);
    row("add_liquidity", "SOL and shares", &sent, Some(6_500));
    let sent = svm.must(&[pool.remove_liquidity(&owner, &lp, &lst, 500 * SOL)], &[user]);
    row("remove_liquidity", "SOL and shares", &sent, Some(6_500));
    let (_, friend) = pool.user(svm, "friend", SOL);
    let mut accounts = pool.deposit_sol_accounts(&owner, &lst);
    accounts.referrer = Some(friend);
    let deposit = accounts.instruction(DepositSolInstructionArgs { lamports: 7 * SOL, min_out: 1 });
    let sent = svm.must(&[deposit], &[user]);
    row("deposit_sol", "fee, referrer, shares of liquidity", &sent, Some(6_000));
    let sent = svm.must(&[pool.fund_insurance(&owner, &lst, SOL)], &[user]);
    row("fund_insurance", "", &sent, None);
    svm.must(&[pool.deposit_sol(&owner, &lst, 5_000 * SOL, 1)], &[user]);
}

fn tickets(
    report: &mut Report,
    svm: &mut Svm,
    (pool, user, lst): (&PoolFixture, &Keypair, Address),
    size: usize,
) {
    let owner = user.pubkey();
    let (ticket, part) = (keypair("ticket"), keypair("part"));
    let order = pool.order_unstake(&owner, &lst, &ticket.pubkey(), 5 * SOL);
    svm.must(&[order], &[user, &ticket]);
    let split = pool.split_ticket(&ticket.pubkey(), &owner, &part.pubkey(), SOL);
    let sent = svm.must(&[split], &[user, &part]);
    report.add((PROGRAM, "split_ticket", ""), size, &sent, None);
    let sent = svm.must(&[pool.transfer_ticket(&part.pubkey(), &owner, &pool.payer.pubkey())], &[user]);
    report.add((PROGRAM, "transfer_ticket", ""), size, &sent, None);
    svm.advance_epoch();
    pool.update(svm);
    let sent = svm.must(&[pool.cancel_ticket(&ticket.pubkey(), &owner, &lst, 1)], &[user]);
    report.add((PROGRAM, "cancel_ticket", ""), size, &sent, None);
}

fn stake(
    report: &mut Report,
    svm: &mut Svm,
    (pool, user, lst): (&PoolFixture, &Keypair, Address),
    votes: &[Address],
    size: usize,
) {
    let owner = user.pubkey();
    let increase = pool.increase_stake(svm, &votes[1], 5 * SOL);
    svm.must(&[increase], &[&pool.payer, &pool.delegation]);
    let source = native_stake(svm, pool, user, &votes[0]);
    svm.advance_epoch();
    pool.update(svm);
    let unstake = pool.liquid_unstake(svm, &owner, &votes[0], &source, 1);
    let sent = svm.must(&[unstake], &[user]);
    report.add((PROGRAM, "liquid_unstake", "merged, paid at once"), size, &sent, None);
    let destination = pool.new_stake_account(svm, "destination");
    let withdraw = pool.withdraw_stake(&owner, &lst, (1, &votes[1]), &destination, 6 * SOL, 1);
    let sent = svm.must(&[withdraw], &[user]);
    report.add((PROGRAM, "withdraw_stake", "a whole account"), size, &sent, Some(50_000));
}

fn views(report: &mut Report, svm: &mut Svm, (pool, user): (&PoolFixture, &Keypair), size: usize) {
    let (lst_mint, pool_address, reserve) = (pool.mint, pool.pool, pool.reserve);
    let price = LstToSol { lst_mint, pool: pool_address };
    let quote = QuoteWithdrawSol { pool: pool_address, reserve };
    let price = price.instruction(LstToSolInstructionArgs { lst_amount: SOL });
    let quote = quote.instruction(QuoteWithdrawSolInstructionArgs { shares: SOL });
    let sent = svm.must(&[price], &[user]);
    report.add((PROGRAM, "lst_to_sol", ""), size, &sent, None);
    let sent = svm.must(&[quote], &[user]);
    report.add((PROGRAM, "quote_withdraw_sol", ""), size, &sent, None);
}
