//! What broke in other pools, one test each, named for what happened there. The source of each is in its comment.

use sluice_localnet::{ValidatorScript, VoteStateVersion};
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::types::Fees;
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

/// Everything the pool holds with a validator.
fn held(stage: &Stage, vote: &solana_address::Address) -> u64 {
    let record = stage.record(vote);
    record.stake + record.activating + record.deactivating
}

/// A pool of thirty SOL with ten at each of two validators.
fn two_validators() -> (Stage, Holder, [solana_address::Address; 2]) {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 29 * SOL);
    let votes = ["ann", "ben"].map(|name| stage.validator(name));
    for vote in &votes {
        stage.increase(vote, 10 * SOL);
    }
    stage.next_epoch();
    (stage, alice, votes)
}

/// SPL, 2025-06: removing a validator and updating in the same epoch dropped its stake from the total, and with it the price.
#[test]
fn removing_a_validator_and_updating_in_one_epoch_drops_no_stake() {
    let (mut stage, _, [ann, ben]) = two_validators();
    let total = stage.pool.state(&stage.svm).total_lamports;
    let remove = stage.pool.remove_validator(0, &ann);
    let authority = stage.pool.delegation.insecure_clone();
    stage.refuses(remove.clone(), &[&authority], ValidatorHoldsStake);
    stage.decrease(&ann, 10 * SOL);
    stage.refuses(remove.clone(), &[&authority], ValidatorHoldsStake);

    // The update of the next epoch collects; the record goes before the epoch's end, and the next update finds all of it.
    stage.next_epoch();
    stage.must(remove, &[&authority]);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, total);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, total);
    assert_eq!(stage.pool.list(&stage.svm).records.len(), 1);
    assert_eq!(stage.record(&ben).stake, 10 * SOL);
    stage.assert_balanced();
}

/// SPL, 2025-12: a validator that was not active could be decreased.
#[test]
fn a_validator_that_is_not_active_is_not_decreased() {
    let (mut stage, _, [ann, _]) = two_validators();
    stage.deactivated_by_a_third_party(&stage.pool.stake(&ann));
    let authority = stage.pool.delegation.insecure_clone();
    let decrease = stage.pool.decrease_stake(&stage.svm, &ann, 2 * SOL);
    stage.refuses(decrease, &[&authority], StakeNotUsable);
    stage.next_epoch();
    let decrease = stage.pool.decrease_stake(&stage.svm, &ann, 2 * SOL);
    stage.refuses(decrease, &[&authority], StakeNotUsable);
    stage.assert_balanced();
}

/// SPL, 2025-12: stake was counted that the pool could not use.
#[test]
fn stake_that_is_not_the_pools_to_use_is_not_counted() {
    let (mut stage, _, [ann, _]) = two_validators();
    let stake = stage.pool.stake(&ann);
    stage.svm.edit(&stake, |account| account.data[offset::WITHDRAWER] ^= 1);
    stage.next_epoch();
    let rent = stage.stake_rent();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 20 * SOL - rent);
    assert_eq!(held(&stage, &ann), 0);
}

/// SPL, 2025-12: a transient stake account counted although the record said there was none.
#[test]
fn a_transient_that_the_record_does_not_know_is_not_counted() {
    let (mut stage, _, [ann, ben]) = two_validators();
    let copy = stage.svm.account(&stage.pool.stake(&ben)).expect("it has stake");
    let transient = stage.pool.activating(&ann);
    stage.svm.airdrop(&transient, SOL);
    stage.svm.edit(&transient, |account| *account = copy);
    stage.svm.advance_epoch();
    // Given to the update, it is refused; left out, it is nothing.
    let mut update = stage.pool.update_validators(&stage.svm, 0, 1);
    update.accounts.push(solana_instruction::AccountMeta::new(transient, false));
    stage.refuses(update, &[], WrongStakeAccount);
    stage.pool.update(&mut stage.svm);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 30 * SOL);
    assert_eq!(held(&stage, &ann), 10 * SOL);
}

/// SPL, 2025-12: a transient that a restart of the cluster left `Initialized` could be taken over.
#[test]
fn a_transient_left_initialized_by_a_restart_comes_home() {
    let (mut stage, _, [ann, _]) = two_validators();
    stage.increase(&ann, 5 * SOL);
    let transient = stage.pool.activating(&ann);
    stage.undelegated_by_a_restart(&transient);
    stage.next_epoch();
    assert!(stage.svm.account(&transient).is_none(), "collected whole");
    assert_eq!(stage.record(&ann).activating, 0);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 30 * SOL);
    stage.assert_balanced();
}

/// SPL, 2025-12: an entry was dropped from the list that still held lamports.
#[test]
fn an_entry_that_holds_anything_stays_in_the_list() {
    let (mut stage, _, [ann, _]) = two_validators();
    let authority = stage.pool.delegation.insecure_clone();
    stage.decrease(&ann, 2 * SOL);
    stage.deactivated_by_a_third_party(&stage.pool.stake(&ann));
    stage.svm.advance_epoch();
    // The cluster is slow: nothing has cooled down wholly yet.
    let remove = stage.pool.remove_validator(0, &ann);
    stage.refuses(remove.clone(), &[&authority], PoolStale);
    stage.pool.update(&mut stage.svm);
    assert_eq!(held(&stage, &ann), 0);
    stage.must(remove, &[&authority]);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 30 * SOL);
}

/// SPL, 2025-12: withdrawals were bound to a preferred validator, and its removal ended them.
#[test]
fn a_preferred_validator_that_is_gone_stops_no_withdrawal() {
    let (mut stage, alice, [ann, ben]) = two_validators();
    let authority = stage.pool.delegation.insecure_clone();
    stage.must(stage.pool.set_preferred_validator(0, &ann), &[&authority]);
    let take = |stage: &mut Stage, name: &str| {
        let destination = stage.pool.new_stake_account(&mut stage.svm, name);
        let (index, _) = stage.pool.record(&stage.svm, &ben);
        let (user, lst) = (alice.address(), alice.lst);
        stage.pool.withdraw_stake(&user, &lst, (index, &ben), &destination, 2 * SOL, 0)
    };
    // Preferring binds nobody,
    let withdraw = take(&mut stage, "first");
    stage.must(withdraw, &[&alice.key]);
    // nor does having preferred.
    stage.decrease(&ann, 10 * SOL);
    stage.next_epoch();
    stage.must(stage.pool.remove_validator(0, &ann), &[&authority]);
    assert_eq!(stage.pool.state(&stage.svm).preferred_validator, solana_address::Address::default());
    let withdraw = take(&mut stage, "second");
    stage.must(withdraw, &[&alice.key]);
    stage.assert_balanced();
}

/// SPL, 2025-12: balances were read while the epoch's rewards were still being paid.
#[test]
fn no_update_reads_balances_while_rewards_are_paid() {
    let (mut stage, ..) = two_validators();
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    let update = stage.pool.update_validators(&stage.svm, 0, 2);
    stage.refuses(update.clone(), &[], EpochRewardsActive);
    stage.refuses(stage.pool.finish_update(), &[], EpochRewardsActive);
    stage.svm.set_rewards_active(false);
    stage.must(update, &[]);
}

/// SPL, issue 883: slippage was checked before the result was truncated, so less was paid than had been checked.
#[test]
fn slippage_is_checked_on_what_is_paid() {
    let (mut stage, alice) = Stage::appreciated(|options| options.instant_fee(0));
    let user = alice.address();
    // 1,001 x 11 / 10.05 = 1,095.6 lamports: what is paid is 1,095, and 1,096 was never promised.
    let too_much = stage.pool.withdraw_sol(&user, &alice.lst, 1_001, 1_096);
    stage.refuses(too_much, &[&alice.key], SlippageExceeded);
    let before = stage.lamports(&user);
    stage.must(stage.pool.withdraw_sol(&user, &alice.lst, 1_001, 1_095), &[&alice.key]);
    assert_eq!(stage.lamports(&user), before + 1_095);
}

/// SPL, issue 790: a fee check could not fail.
#[test]
fn every_fee_has_a_cap_that_refuses() {
    let mut stage = Stage::new();
    let admin = stage.pool.admin.insecure_clone();
    let now = stage.pool.state(&stage.svm).fees;
    let above: [fn(&mut Fees); 6] = [
        |fees| fees.reward_bps = 1_001,
        |fees| fees.deposit_bps = 21,
        |fees| fees.instant_most_bps = 21,
        |fees| fees.liquidity_cut_bps = 5_001,
        |fees| fees.insurance_bps = 10_001,
        |fees| fees.referral_bps = 10_001,
    ];
    for raise in above {
        let mut fees = now.clone();
        raise(&mut fees);
        stage.refuses(stage.pool.set_fees(fees), &[&admin], FeeAboveCap);
    }
    assert_eq!(stage.pool.state(&stage.svm).fees, now);
}

/// SPL, issue 1934: a donation moved the price at once.
#[test]
fn a_donation_moves_no_price_before_it_is_released() {
    let (mut stage, _, [ann, _]) = two_validators();
    let rate = stage.pool.rate(&stage.svm);
    stage.donate(&stage.pool.reserve.clone(), 100 * SOL);
    stage.donate(&stage.pool.stake(&ann), 100 * SOL);
    assert_eq!(stage.pool.rate(&stage.svm), rate);
    stage.next_epoch();
    assert_eq!(stage.pool.rate(&stage.svm), rate, "found, and locked");
    stage.svm.advance_slots(EPOCH / 2);
    let half = stage.pool.rate(&stage.svm);
    assert!(half > rate);
    stage.next_epoch();
    assert!(stage.pool.rate(&stage.svm) > half);
    stage.assert_balanced();
}

/// SPL: an invalid fee account stopped the pool; it must forgo the fee.
#[test]
fn a_broken_fee_account_forgoes_the_fee_and_stops_nothing() {
    let (mut stage, ..) = two_validators();
    stage.freeze(&stage.pool.treasury.clone());
    stage.donate(&stage.pool.reserve.clone(), SOL);
    let supply = stage.pool.state(&stage.svm).supply;
    stage.next_epoch();
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.supply, state.locked_profit), (supply, SOL));
    stage.assert_balanced();
}

/// SPL, issue 756: a split needs the chain's minimum on both sides.
#[test]
fn a_split_leaves_the_minimum_on_both_sides() {
    let (mut stage, _, [ann, _]) = two_validators();
    let authority = stage.pool.delegation.insecure_clone();
    for lamports in [SOL - 1, 9 * SOL + 1] {
        let decrease = stage.pool.decrease_stake(&stage.svm, &ann, lamports);
        stage.refuses(decrease, &[&authority], BelowMinimumDelegation);
    }
    stage.decrease(&ann, 9 * SOL);
    stage.next_epoch();
    assert_eq!(stage.record(&ann).stake, SOL);
    stage.assert_balanced();
}

/// SPL, issue 721: the reserve lost its rent when rent rose.
#[test]
fn the_reserve_keeps_its_rent_when_rent_rises() {
    let mut stage = Stage::with(|options| options.instant_fee(0));
    let alice = stage.holder("alice", 10 * SOL);
    stage.svm.multiply_rent(1_000);
    stage.next_epoch();
    let all = stage.tokens(&alice.lst);
    let withdraw = stage.pool.withdraw_sol(&alice.address(), &alice.lst, all, 0);
    stage.must(withdraw, &[&alice.key]);
    let reserve = stage.svm.account(&stage.pool.reserve).expect("the reserve lives");
    assert!(reserve.lamports >= stage.svm.rent_exempt(reserve.data.len()));
}

/// Jito, issue 306: two programs joined their lists by position, and they drifted.
#[test]
fn a_place_in_the_list_is_a_hint_that_is_checked() {
    let (mut stage, alice, [ann, ben]) = two_validators();
    let authority = stage.pool.delegation.insecure_clone();
    stage.decrease(&ann, 10 * SOL);
    stage.next_epoch();
    stage.must(stage.pool.remove_validator(0, &ann), &[&authority]);
    // Ben was at 1 and is at 0: whoever still says 1, or means ann by 0, is told so.
    let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
    let (user, lst) = (alice.address(), alice.lst);
    for (index, vote) in [(1, &ben), (0, &ann)] {
        let withdraw = stage.pool.withdraw_stake(&user, &lst, (index, vote), &destination, SOL, 0);
        stage.refuses(withdraw, &[&alice.key], WrongValidatorIndex);
    }
    stage.must(stage.pool.withdraw_stake(&user, &lst, (0, &ben), &destination, SOL, 0), &[&alice.key]);
}

/// Jito, issue 281: a fee change was in force at once, so that it could be raised over profits already earned.
#[test]
fn a_fee_is_not_raised_over_profits_already_earned() {
    let (mut stage, ..) = two_validators();
    let admin = stage.pool.admin.insecure_clone();
    let now = stage.pool.state(&stage.svm).fees;
    let raised = Fees { reward_bps: now.reward_bps + 100, ..now.clone() };
    stage.must(stage.pool.set_fees(raised.clone()), &[&admin]);
    let (mut treasury, epoch) = (0, stage.svm.clock().epoch);
    for _ in 0..3 {
        stage.donate(&stage.pool.reserve.clone(), SOL);
        stage.next_epoch();
        let got = stage.tokens(&stage.pool.treasury) - treasury;
        treasury += got;
        let ledger = stage.pool.ledger(&stage.svm);
        let worth = ledger.lamports_for(sluice_money::LstAmount(got)).expect("priced").0;
        // Also the profit found by the update that puts the new fee in force is charged the old one.
        let expected = if stage.svm.clock().epoch <= epoch + 2 { 50_000_000 } else { 60_000_000 };
        assert!(worth.abs_diff(expected) <= 2, "{worth}");
    }
    assert_eq!(stage.pool.state(&stage.svm).fees, raised);
}

/// Several: whoever bought just before an epoch's update and sold just after it took the epoch's yield.
#[test]
fn buying_at_the_end_of_an_epoch_and_selling_after_its_update_gains_nothing() {
    let (mut stage, ..) = two_validators();
    stage.donate(&stage.pool.reserve.clone(), 5 * SOL);
    stage.svm.advance_slots(EPOCH - 1);
    let mallory = stage.newcomer("mallory");
    let wallet = stage.lamports(&mallory.address());
    let deposit = stage.pool.deposit_sol(&mallory.address(), &mallory.lst, 50 * SOL, 0);
    stage.must(deposit, &[&mallory.key]);
    stage.next_epoch();
    let all = stage.tokens(&mallory.lst);
    let withdraw = stage.pool.withdraw_sol(&mallory.address(), &mallory.lst, all, 0);
    stage.must(withdraw, &[&mallory.key]);
    assert!(stage.lamports(&mallory.address()) < wallet);
}

/// Marinade, 2026: a third party deactivated the pool's stake with a delinquent validator, and an upgrade was needed.
#[test]
fn stake_that_a_third_party_deactivated_comes_home_by_itself() {
    let (mut stage, _, [ann, _]) = two_validators();
    stage.deactivated_by_a_third_party(&stage.pool.stake(&ann));
    stage.next_epoch();
    assert_eq!(held(&stage, &ann), 0);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 30 * SOL);
    // And the validator can be delegated to again.
    stage.increase(&ann, 5 * SOL);
    stage.next_epoch();
    assert_eq!(stage.record(&ann).stake, 5 * SOL);
    stage.assert_balanced();
}

/// Fragmetric: after a backlog of rewards a user's deposit cost more than a transaction may.
#[test]
fn a_deposit_costs_the_same_after_any_backlog() {
    let (mut stage, ..) = two_validators();
    let bob = stage.newcomer("bob");
    let deposit = stage.pool.deposit_sol(&bob.address(), &bob.lst, SOL, 0);
    let usual = stage.must(deposit.clone(), &[&bob.key]).compute_units;
    for _ in 0..50 {
        stage.svm.advance_epoch();
        stage.donate(&stage.pool.reserve.clone(), SOL);
    }
    stage.refuses(deposit.clone(), &[&bob.key], PoolStale);
    for sent in stage.pool.update(&mut stage.svm) {
        assert!(sent.compute_units < 20_000, "{} CU", sent.compute_units);
    }
    let late = stage.must(deposit, &[&bob.key]).compute_units;
    assert!(late <= usual + 400, "{late} CU after the backlog, {usual} before");
}

/// Marinade, epochs 1030 and 1031: with vote state v4 the rows of paid rewards lost the commission, and yields read as zero.
/// Ours are what the pool's own stake grew by.
#[test]
fn yields_are_measured_by_growth_and_not_by_reward_rows() {
    let script = ValidatorScript::new("ann").stake_sol(1_000_000).vote_state(VoteStateVersion::V4);
    let mut bank = Bank::start(vec![script]);
    let vote = bank.0.validator("ann").vote_address();
    let pool = PoolFixture::new(&mut bank);
    let (alice, lst) = pool.user(&mut bank, "alice", 200 * SOL);
    bank.must(&[pool.add_validator(&vote)], &[&pool.payer, &pool.delegation]);
    bank.must(&[pool.deposit_sol(&alice.pubkey(), &lst, 100 * SOL, 0)], &[&alice]);
    let increase = pool.increase_stake(&bank, &vote, 90 * SOL);
    bank.must(&[increase], &[&pool.payer, &pool.delegation]);
    for _ in 0..3 {
        bank.0.advance_epoch();
        pool.update(&mut bank);
    }
    let state = pool.state(&bank);
    let grown = pool.record(&bank, &vote).1.growth as u64;
    assert!(grown > 0 && state.epoch_yield > 0);
    assert_eq!(
        state.epoch_yield,
        (u128::from(grown) * 1_000_000_000_000).div_ceil(u128::from(state.update_earning)) as u64
    );
    ledger::assert_balanced(&bank, &pool);
}

/// A forged or foreign account is refused before anything is read of it: the root of several of the above.
#[test]
fn no_account_of_another_program_is_taken_for_the_pools() {
    let (mut stage, ..) = two_validators();
    let bob = stage.newcomer("bob");
    let deposit = stage.pool.deposit_sol(&bob.address(), &bob.lst, SOL, 0);
    let (pool, forged) = (stage.pool.pool, stage.svm.forgery(&stage.pool.pool.clone()));
    let wrong = substitute(&deposit, &pool, &forged);
    stage.refuses(wrong, &[&bob.key], shared(InstructionError::IllegalOwner));
}
