//! `withdraw_stake`: each line of its specification, and each way it refuses.

use sluice_localnet::ValidatorScript;
use sluice_money::{Lamports, LstAmount};
use sluice_pool_math::{self as math, Accrual};
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::WithdrawStakeInstructionArgs;
use sluice_sdk::staking_pool::types::StakeWithdrawn;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_sdk_ids::sysvar;
use solana_signer::Signer;
use solana_stake_history::StakeHistoryEntry;
use solana_stake_interface::instruction as stake_instruction;
use solana_stake_interface::state::Authorized;
use solana_system_interface::instruction as system;

use crate::stage::*;

/// Alice's nine SOL and the seed, `lamports` of it active with Ann, and an empty stake account for whoever wants one.
fn delegated(lamports: u64) -> (Stage, Holder, Address, Address) {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let vote = stage.staked("ann", lamports);
    let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
    (stage, alice, vote, destination)
}

fn withdraw(stage: &Stage, user: &Holder, vote: &Address, destination: &Address, shares: u64) -> Instruction {
    withdraw_at_least(stage, user, vote, destination, shares, 0)
}

fn withdraw_at_least(
    stage: &Stage,
    user: &Holder,
    vote: &Address,
    destination: &Address,
    shares: u64,
    min_out: u64,
) -> Instruction {
    let (index, _) = stage.pool.record(&stage.svm, vote);
    stage.pool.withdraw_stake(&user.address(), &user.lst, (index, vote), destination, shares, min_out)
}

/// Out of one of the validator's accounts, which need not be the canonical one.
fn withdraw_from(
    stage: &Stage,
    user: &Holder,
    vote: &Address,
    stake: &Address,
    destination: &Address,
    shares: u64,
) -> Instruction {
    substitute(&withdraw(stage, user, vote, destination, shares), &stage.pool.stake(vote), stake)
}

/// The least that buys the whole of an account, at the rate of now.
fn price_of_all(stage: &Stage, stake: &Address, accrual: &Accrual) -> u64 {
    let (ledger, slot) = (stage.pool.ledger(&stage.svm), stage.svm.clock().slot);
    let all = Lamports(stage.lamports(stake));
    math::whole_stake_exit(&ledger, slot, all, all, accrual).expect("priced").shares.0
}

/// What stake that was delegated in this epoch is charged: the instant fee of 10 bps.
const LEAST: Accrual = Accrual { epoch_yield: 1_000_000_000, elapsed: 1, slots: 1 };

fn after_the_least(value: u64) -> u64 {
    value - LEAST.of(Lamports(value)).expect("small").0
}

/// Half an epoch after an update that found rewards: what leaves with stake is charged for. Alice has 29 LST, ann 10 SOL.
fn earning() -> (Stage, Holder, Address, Address) {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 29 * SOL);
    let vote = stage.staked("ann", 10 * SOL);
    stage.next_epoch();
    stage.donate(&stage.pool.stake(&vote), SOL / 100);
    stage.next_epoch();
    stage.svm.advance_slots(EPOCH / 2);
    let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
    // 0.1 % of reward an epoch, half of it by now.
    let accrual = stage.pool.accrual(&stage.svm, &vote);
    assert_eq!((accrual.epoch_yield, accrual.of(Lamports(SOL))), (1_000_000_000, Ok(Lamports(500_000))));
    (stage, alice, vote, destination)
}

#[test]
fn the_value_of_the_lst_is_split_off_for_the_user() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    let stake = stage.pool.stake(&vote);
    let (rent, before) = (stage.stake_rent(), stage.pool.ledger(&stage.svm));
    let (held, reserve) = (stage.lamports(&stake), stage.lamports(&stage.pool.reserve));
    let wallet = stage.lamports(&alice.address());

    let sent = stage.must(withdraw(&stage, &alice, &vote, &destination, 2 * SOL), &[&alice.key]);

    assert_eq!(stage.lamports(&stake), held - 2 * SOL);
    assert_eq!(stage.delegated(&stake), 4 * SOL);
    assert_eq!(stage.lamports(&destination), 2 * SOL + rent);
    assert_eq!(stage.delegated(&destination), 2 * SOL);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve);
    assert_eq!(stage.lamports(&alice.address()), wallet);
    assert_eq!(stage.tokens(&alice.lst), 7 * SOL);
    assert_eq!(stage.record(&vote).stake, 4 * SOL);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.total_lamports, state.supply), (8 * SOL, 8 * SOL));
    assert_eq!(state.stake_rent, rent, "the new account's rent is the user's");
    stage.assert_balanced();
    let event = StakeWithdrawn {
        pool: stage.pool.pool,
        user: alice.address(),
        vote,
        destination,
        shares: 2 * SOL,
        lamports: 2 * SOL,
        accrued: 0,
        beside: 0,
        held_before: 6 * SOL,
        held_after: 4 * SOL,
        before: entry(&before),
        after: entry(&stage.pool.ledger(&stage.svm)),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::StakeWithdrawn(event)]);
}

#[test]
fn the_stake_is_the_users_to_unstake_and_withdraw() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    stage.must(withdraw(&stage, &alice, &vote, &destination, 2 * SOL), &[&alice.key]);
    let deactivate = stake_instruction::deactivate_stake(&destination, &alice.address());
    stage.must(deactivate, &[&alice.key]);
    stage.svm.advance_epoch();
    let all = stage.lamports(&destination);
    let wallet = stage.lamports(&alice.address());
    let take = stake_instruction::withdraw(&destination, &alice.address(), &alice.address(), all, None);
    stage.must(take, &[&alice.key]);
    assert_eq!(stage.lamports(&alice.address()), wallet + 2 * SOL + stage.stake_rent());
}

#[test]
fn the_quote_is_the_outcome_at_a_rate_above_one() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let vote = stage.staked("ann", 6 * SOL);
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    stage.svm.advance_slots(EPOCH / 2);
    let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
    let before = stage.pool.ledger(&stage.svm);
    let accrual = stage.pool.accrual(&stage.svm, &vote);
    let slot = stage.svm.clock().slot;
    let quote = math::stake_exit(&before, slot, LstAmount(3 * SOL), &accrual).expect("priced");
    // 3 of 10.05 LST, half an epoch after a profit of 1 SOL: 10.525 SOL are released.
    assert_eq!((quote.paid, quote.fee), (Lamports(3_141_791_044), Lamports::ZERO));

    stage.must(withdraw(&stage, &alice, &vote, &destination, 3 * SOL), &[&alice.key]);

    assert_eq!(stage.delegated(&destination), 3_141_791_044);
    assert_eq!(stage.record(&vote).stake, 6 * SOL - 3_141_791_044);
    assert_eq!(stage.pool.ledger(&stage.svm), quote.ledger);
    stage.assert_balanced();
}

#[test]
fn the_slippage_bound_may_be_met_exactly_and_not_missed_by_one() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    let bound =
        |stage: &Stage, min_out| withdraw_at_least(stage, &alice, &vote, &destination, 2 * SOL, min_out);
    let wrong = bound(&stage, 2 * SOL + 1);
    stage.refuses(wrong, &[&alice.key], SlippageExceeded);
    stage.must(bound(&stage, 2 * SOL), &[&alice.key]);
}

#[test]
fn what_moves_and_what_stays_are_each_a_minimum_delegation() {
    let (mut stage, alice, vote, destination) = delegated(3 * SOL);
    let rent = stage.stake_rent();
    // Too little moves, or too little would stay and too little is given to take it along.
    for shares in [1, SOL - 1, 2 * SOL + 1, 3 * SOL, 3 * SOL + rent - 1] {
        let wrong = withdraw(&stage, &alice, &vote, &destination, shares);
        stage.refuses(wrong, &[&alice.key], BelowMinimumDelegation);
    }
    stage.must(withdraw(&stage, &alice, &vote, &destination, 2 * SOL), &[&alice.key]);
    assert_eq!(stage.delegated(&stage.pool.stake(&vote)), SOL);
    let another = stage.pool.new_stake_account(&mut stage.svm, "another");
    for shares in [SOL, SOL + rent - 1] {
        let wrong = withdraw(&stage, &alice, &vote, &another, shares);
        stage.refuses(wrong, &[&alice.key], BelowMinimumDelegation);
    }
    stage.must(withdraw(&stage, &alice, &vote, &another, SOL + rent), &[&alice.key]);
    assert_eq!(stage.delegated(&another), SOL);
    stage.assert_balanced();
}

#[test]
fn what_is_left_of_an_account_is_taken_whole() {
    let (mut stage, alice, vote, destination) = earning();
    let (stake, rent) = (stage.pool.stake(&vote), stage.stake_rent());
    // A tip too small to be swept, and not counted.
    stage.donate(&stake, 3_000_000);
    let (before, slot) = (stage.pool.ledger(&stage.svm), stage.svm.clock().slot);
    let accrual = stage.pool.accrual(&stage.svm, &vote);
    let all = 10 * SOL + rent + 3_000_000;
    assert_eq!(stage.lamports(&stake), all);
    let (price, charge) = (price_of_all(&stage, &stake, &accrual), accrual.of(Lamports(all)).expect("small"));
    assert_eq!(charge.0, 5_002_642);
    // The fewest shares that pay for all of it, and for what it has earned.
    let at = before.at(slot).expect("priced");
    let value = |shares| at.lamports_for(LstAmount(shares)).expect("priced").0;
    assert!(value(price) >= all + charge.0 && value(price - 1) < all + charge.0);

    let wrong = withdraw(&stage, &alice, &vote, &destination, price - 1);
    stage.refuses(wrong, &[&alice.key], BelowMinimumDelegation);
    let wrong = withdraw_at_least(&stage, &alice, &vote, &destination, price, all + 1);
    stage.refuses(wrong, &[&alice.key], SlippageExceeded);
    // More than enough is given, and no more than enough is burnt.
    let right = withdraw_at_least(&stage, &alice, &vote, &destination, 29 * SOL, all);
    let (wallet, reserve) = (stage.lamports(&alice.address()), stage.lamports(&stage.pool.reserve));
    let sent = stage.svm.must(&[right], &[&stage.pool.payer, &alice.key]);

    assert_eq!(stage.tokens(&alice.lst), 29 * SOL - price);
    assert_eq!(stage.delegated(&destination), 10 * SOL);
    assert_eq!(stage.lamports(&destination), all + rent, "with the rent that alice paid");
    assert_eq!(stage.svm.account(&stake), None);
    assert_eq!((stage.lamports(&alice.address()), stage.lamports(&stage.pool.reserve)), (wallet, reserve));
    let (record, state) = (stage.record(&vote), stage.pool.state(&stage.svm));
    assert_eq!((record.stake, record.stake_state), (0, 0));
    // What was in the total has left it; the tip, which was not, is paid to the holders with the accrual.
    assert_eq!((state.stake_rent, state.supply), (0, before.supply.0 - price));
    assert_eq!(state.total_lamports, before.total.0 - 10 * SOL - rent);
    assert_eq!(state.locked_profit, at.locked_profit.0 + value(price) - 10 * SOL - rent);
    stage.assert_balanced();
    let event = StakeWithdrawn {
        pool: stage.pool.pool,
        user: alice.address(),
        vote,
        destination,
        shares: price,
        lamports: all,
        beside: rent + 3_000_000,
        accrued: value(price) - all,
        held_before: 10 * SOL,
        held_after: 0,
        before: entry(&before),
        after: entry(&stage.pool.ledger(&stage.svm)),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::StakeWithdrawn(event)]);

    let (total, rate) = (state.total_lamports, stage.pool.rate(&stage.svm));
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, total, "nothing more is found, or missed");
    assert!(stage.pool.rate(&stage.svm) >= rate);
    stage.assert_balanced();
}

#[test]
fn a_whole_account_leaves_under_whatever_rent() {
    type Change = fn(&mut Svm);
    let stays: Change = |_| {};
    let doubles: Change = |svm| svm.multiply_rent(2);
    let falls: Change = |svm| svm.divide_rent(10);
    // What the chain asks before the account is made, and since the epoch it leaves in.
    for (before, after) in [(stays, doubles), (stays, falls), (falls, stays), (falls, doubles)] {
        let mut svm = Svm::new();
        before(&mut svm);
        let pool = PoolFixture::new(&mut svm);
        let mut stage = Stage { svm, pool };
        let alice = stage.holder("alice", 9 * SOL);
        let vote = stage.staked("ann", 3 * SOL);
        let stake = stage.pool.stake(&vote);
        let paid = stage.lamports(&stake) - 3 * SOL;
        assert_eq!(paid, stage.stake_rent());

        stage.svm.advance_epoch();
        after(&mut stage.svm);
        stage.pool.update(&mut stage.svm);
        let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
        let accrual = stage.pool.accrual(&stage.svm, &vote);
        let price = price_of_all(&stage, &stake, &accrual);
        let wrong = withdraw(&stage, &alice, &vote, &destination, price - 1);
        stage.refuses(wrong, &[&alice.key], BelowMinimumDelegation);
        stage.must(withdraw(&stage, &alice, &vote, &destination, price), &[&alice.key]);
        assert_eq!(stage.delegated(&destination), 3 * SOL);
        assert_eq!(stage.lamports(&destination), 3 * SOL + paid + stage.stake_rent());
        assert_eq!(stage.pool.state(&stage.svm).stake_rent, 0);
        stage.assert_balanced();
        stage.next_epoch();
        stage.assert_balanced();
    }
}

/// An account that is short of what the chain asks since lately: what somebody sends there would pass for rent.
#[test]
fn lamports_sent_to_an_account_short_of_rent_do_not_hold_it_back() {
    let (mut stage, alice, vote, destination) = delegated(3 * SOL);
    let (stake, paid) = (stage.pool.stake(&vote), stage.stake_rent());
    stage.svm.advance_epoch();
    stage.svm.multiply_rent(10);
    stage.pool.update(&mut stage.svm);
    stage.donate(&destination, 9 * paid);
    stage.donate(&stake, 5_000_000);
    let before = stage.pool.state(&stage.svm);
    let price = price_of_all(&stage, &stake, &stage.pool.accrual(&stage.svm, &vote));

    // The gift leaves with the account, so more leaves than was booked, and is paid for.
    let right = withdraw(&stage, &alice, &vote, &destination, 9 * SOL);
    stage.svm.must(&[right], &[&stage.pool.payer, &alice.key]);
    let after = stage.pool.state(&stage.svm);
    assert_eq!(before.total_lamports - after.total_lamports, 3 * SOL + paid);
    assert_eq!((before.stake_rent, after.stake_rent), (paid, 0));
    assert_eq!(stage.tokens(&alice.lst), 9 * SOL - price);
    assert_eq!(after.locked_profit - before.locked_profit, 5_000_000, "the gift is the holders'");
    stage.assert_balanced();
    stage.next_epoch();
    stage.assert_balanced();
}

/// Mallory sends lamports to an account in the transaction that takes it whole: a remnant stays that no account can be
/// made over, until somebody clears it.
#[test]
fn a_whole_account_that_is_kept_alive_is_cleared() {
    let (mut stage, alice, vote, destination) = delegated(3 * SOL);
    let (stake, rent) = (stage.pool.stake(&vote), stage.stake_rent());
    let price = price_of_all(&stage, &stake, &stage.pool.accrual(&stage.svm, &vote));
    let mallory = stage.newcomer("mallory");
    let both = [
        withdraw(&stage, &alice, &vote, &destination, price),
        system::transfer(&mallory.address(), &stake, rent),
    ];
    stage.svm.must(&both, &[&mallory.key, &alice.key]);
    let remnant = stage.svm.account(&stake).expect("kept alive");
    assert_eq!((remnant.lamports, remnant.owner, remnant.data.len()), (rent, pool::STAKE_PROGRAM, 0));
    assert_eq!(stage.delegated(&destination), 3 * SOL);
    // The remnant is nobody's stake.
    let another = stage.pool.new_stake_account(&mut stage.svm, "another");
    let wrong = withdraw(&stage, &alice, &vote, &another, SOL);
    stage.refuses(wrong, &[&alice.key], StakeNotUsable);
    let wrong = stage.pool.increase_stake(&stage.svm, &vote, SOL);
    let delegation = stage.pool.delegation.insecure_clone();
    stage.refuses(wrong, &[&delegation], by_system(0));

    let reserve = stage.lamports(&stage.pool.reserve);
    stage.clear(&vote, &stake);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + rent);
    stage.increase(&vote, SOL);
    stage.next_epoch();
    assert_eq!(stage.record(&vote).stake, SOL);
    stage.assert_balanced();
}

#[test]
fn a_validator_that_gave_its_last_may_be_removed_and_nobody_else_is_forgotten() {
    let (mut stage, alice, ann, destination) = delegated(3 * SOL);
    let ben = stage.staked("ben", 2 * SOL);
    let (wrong, delegation) = (stage.pool.remove_validator(0, &ann), stage.pool.delegation.insecure_clone());
    stage.refuses(wrong.clone(), &[&delegation], ValidatorHoldsStake);
    stage.must(withdraw(&stage, &alice, &ann, &destination, 9 * SOL), &[&alice.key]);
    let total = stage.pool.state(&stage.svm).total_lamports;
    stage.delegate(wrong);
    assert_eq!(stage.pool.record(&stage.svm, &ben).0, 0, "ben has ann's place");
    stage.assert_balanced();
    // Listed again in the same epoch, it counts for nothing until something is delegated to it.
    stage.delegate(stage.pool.add_validator(&ann));
    stage.assert_balanced();
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, total);
    stage.assert_balanced();
    stage.increase(&ann, SOL);
    stage.next_epoch();
    assert_eq!((stage.record(&ann).stake, stage.record(&ben).stake), (SOL, 2 * SOL));
    stage.assert_balanced();
}

#[test]
fn nothing_and_more_than_there_is_are_refused() {
    let (mut stage, alice, vote, destination) = delegated(8 * SOL);
    let bob = stage.holder("bob", SOL);
    for (holder, shares, refusal) in [
        (&alice, 0, ZeroAmount.into()),
        (&alice, u64::MAX, Overflow.into()),
        (&alice, 11 * SOL + 1, Overflow.into()),
        (&bob, SOL + 1, by_token(1)),
    ] {
        let wrong = withdraw(&stage, holder, &vote, &destination, shares);
        stage.refuses(wrong, &[&holder.key], refusal);
    }
    stage.must(withdraw(&stage, &bob, &vote, &destination, SOL), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lst), 0);
    stage.assert_balanced();
}

#[test]
fn what_is_worth_no_lamport_is_refused() {
    let (mut stage, alice, vote, destination) = delegated(4 * SOL);
    stage.lose(&stage.pool.reserve.clone(), 2 * SOL);
    stage.next_epoch();
    let wrong = withdraw(&stage, &alice, &vote, &destination, 1);
    stage.refuses(wrong, &[&alice.key], AmountTooSmall);
}

#[test]
fn a_delegate_may_withdraw_and_gets_the_stake() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    let bob = stage.newcomer("bob");
    stage.must(token::approve(&alice.lst, &bob.address(), &alice.address(), 2 * SOL), &[&alice.key]);
    let by_bob =
        stage.pool.withdraw_stake(&bob.address(), &alice.lst, (0, &vote), &destination, 2 * SOL, 2 * SOL);
    stage.must(by_bob, &[&bob.key]);
    let account = stage.svm.account(&destination).expect("the stake account exists");
    assert_eq!(&account.data[offset::STAKER..offset::STAKER + 32], bob.address().as_ref());
    assert_eq!(&account.data[offset::WITHDRAWER..offset::WITHDRAWER + 32], bob.address().as_ref());
    assert_eq!(stage.tokens(&alice.lst), 7 * SOL);
    stage.assert_balanced();
}

/// The token programs let anybody burn what lies in an account of the incinerator.
#[test]
fn what_was_sent_to_the_incinerator_gives_nobody_stake() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    let mint = stage.pool.mint;
    for ashes in stage.ashes(&alice.key, &alice.lst, &mint, 2 * SOL) {
        let wrong = substitute(&withdraw(&stage, &alice, &vote, &destination, 2 * SOL), &alice.lst, &ashes);
        stage.refuses(wrong, &[&alice.key], UnusableTokenAccount);
    }
    stage.assert_balanced();
}

#[test]
fn the_destination_is_a_new_stake_account_with_its_rent() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    let (mut unusable, rent) = (Vec::new(), stage.stake_rent());
    // Another program's, a wallet's, nobody's.
    unusable.push(stage.svm.forgery(&destination));
    unusable.push(stage.newcomer("bob").address());
    unusable.push(keypair("nobody").pubkey());
    // Short of rent by a lamport.
    let poor = stage.pool.new_stake_account(&mut stage.svm, "poor");
    stage.svm.edit(&poor, |account| account.lamports = rent - 1);
    unusable.push(poor);
    // Too small to be one.
    let small = keypair("small");
    let create =
        token::create_account(&stage.svm, &stage.pool.payer, &small.pubkey(), 199, &pool::STAKE_PROGRAM);
    stage.must(create, &[&small]);
    unusable.push(small.pubkey());
    // In use: initialized, and delegated.
    let initialized = stage.pool.new_stake_account(&mut stage.svm, "initialized");
    let authorized = Authorized::auto(&alice.address());
    stage.must(stake_instruction::initialize_checked(&initialized, &authorized), &[&alice.key]);
    unusable.push(initialized);
    let ben = stage.staked("ben", SOL);
    unusable.push(stage.pool.stake(&ben));

    for account in unusable {
        let wrong = withdraw(&stage, &alice, &vote, &account, 2 * SOL);
        stage.refuses(wrong, &[&alice.key], UnusableDestination);
    }
    let right = withdraw(&stage, &alice, &vote, &destination, 2 * SOL);
    stage.must(right.clone(), &[&alice.key]);
    // Nor the same one twice.
    stage.refuses(right, &[&alice.key], UnusableDestination);
    stage.assert_balanced();
}

#[test]
fn lamports_the_destination_had_stay_the_users() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    stage.donate(&destination, SOL);
    stage.must(withdraw(&stage, &alice, &vote, &destination, 2 * SOL), &[&alice.key]);
    assert_eq!(stage.delegated(&destination), 2 * SOL);
    assert_eq!(stage.lamports(&destination), 3 * SOL + stage.stake_rent());
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 8 * SOL);
    stage.assert_balanced();
}

#[test]
fn tips_on_the_validators_account_stay_the_pools() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    stage.donate(&stage.pool.stake(&vote), SOL);
    stage.must(withdraw(&stage, &alice, &vote, &destination, 2 * SOL), &[&alice.key]);
    assert_eq!(stage.lamports(&destination), 2 * SOL + stage.stake_rent());
    assert_eq!(stage.lamports(&stage.pool.stake(&vote)), 5 * SOL + stage.stake_rent());
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 9 * SOL);
    stage.assert_balanced();
}

#[test]
fn stake_that_warms_up_costs_what_the_cheapest_instant_exit_does() {
    let (mut stage, alice, ann, destination) = earning();
    let ben = stage.validator("ben");
    stage.increase(&ben, 6 * SOL);
    let rate = stage.pool.ledger(&stage.svm).at(stage.svm.clock().slot).expect("priced");
    let value = rate.lamports_for(LstAmount(2 * SOL)).expect("priced").0;
    let paid = after_the_least(value);
    assert_eq!(paid, value - value.div_ceil(1_000));
    let wrong = withdraw_at_least(&stage, &alice, &ben, &destination, 2 * SOL, paid + 1);
    stage.refuses(wrong, &[&alice.key], SlippageExceeded);
    let right = withdraw_at_least(&stage, &alice, &ben, &destination, 2 * SOL, paid);
    stage.must(right, &[&alice.key]);
    assert_eq!(stage.delegated(&destination), paid, "it has earned nothing, and may be SOL again at once");
    let charged = value - stage.pool.accrual(&stage.svm, &ann).of(Lamports(value)).expect("small").0;
    let another = stage.pool.new_stake_account(&mut stage.svm, "another");
    stage.must(withdraw(&stage, &alice, &ann, &another, 2 * SOL), &[&alice.key]);
    assert_eq!(stage.delegated(&another), charged, "from a validator whose stake earns");
    stage.assert_balanced();
    let total = stage.pool.state(&stage.svm).total_lamports;
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, total);
    stage.assert_balanced();
}

#[test]
fn an_activating_account_gives_what_the_canonical_one_cannot() {
    let (mut stage, alice, vote, destination) = earning();
    stage.increase(&vote, 15 * SOL);
    let activating = stage.pool.activating(&vote);
    let from =
        |stage: &Stage, to: &Address, shares| withdraw_from(stage, &alice, &vote, &activating, to, shares);
    // Nine SOL of ten: the canonical account can give that, and must.
    let rate = stage.pool.ledger(&stage.svm).at(stage.svm.clock().slot).expect("priced");
    let nine = rate.shares_for(Lamports(9 * SOL)).expect("priced").0;
    let wrong = from(&stage, &destination, nine);
    stage.refuses(wrong, &[&alice.key], StakeNotUsable);
    // What leaves less than a SOL there may come from here.
    let more = rate.shares_for(Lamports(9 * SOL + SOL / 50)).expect("priced").0;
    let value = after_the_least(rate.lamports_for(LstAmount(more)).expect("priced").0);
    assert!(value > 9 * SOL);
    stage.must(from(&stage, &destination, more), &[&alice.key]);
    assert_eq!(stage.delegated(&destination), value);
    assert_eq!((stage.record(&vote).activating, stage.record(&vote).stake), (15 * SOL - value, 10 * SOL));
    stage.assert_balanced();

    // The rest of it, whole.
    let another = stage.pool.new_stake_account(&mut stage.svm, "another");
    let left = stage.delegated(&activating);
    let price = price_of_all(&stage, &activating, &LEAST);
    // What the canonical account could give it must, whatever is said to be burnt at most: it has to be brought down first.
    for most in [price - 1, price, stage.tokens(&alice.lst), stage.pool.state(&stage.svm).supply] {
        let wrong = from(&stage, &another, most);
        stage.refuses(wrong, &[&alice.key], StakeNotUsable);
    }
    let third = stage.pool.new_stake_account(&mut stage.svm, "third");
    stage.must(withdraw(&stage, &alice, &vote, &third, 5 * SOL), &[&alice.key]);
    let wrong = from(&stage, &another, price - 1);
    stage.refuses(wrong, &[&alice.key], BelowMinimumDelegation);
    stage.must(from(&stage, &another, price), &[&alice.key]);
    assert_eq!(stage.delegated(&another), left);
    assert_eq!(stage.svm.account(&activating), None);
    assert_eq!(stage.record(&vote).activating, 0);
    stage.assert_balanced();
    // There may be another one at once.
    stage.increase(&vote, SOL);
    stage.next_epoch();
    stage.assert_balanced();
}

/// The canonical account is gone and what was activating has warmed up where it is. Whoever takes it in the middle of an
/// epoch will be paid the whole of it, as from any other account.
#[test]
fn stake_that_has_warmed_up_in_its_activating_account_is_charged_like_any_other() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 49 * SOL);
    let (ann, ben) = (stage.staked("ann", 3 * SOL), stage.staked("ben", 10 * SOL));
    stage.increase(&ann, 8 * SOL);
    let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
    stage.must(withdraw(&stage, &alice, &ann, &destination, 10 * SOL), &[&alice.key]);
    assert_eq!((stage.record(&ann).stake, stage.record(&ann).activating), (0, 8 * SOL));
    stage.next_epoch();
    stage.donate(&stage.pool.stake(&ben), SOL / 100);
    stage.next_epoch();
    stage.svm.advance_slots(EPOCH / 2);
    let accrual = stage.pool.accrual(&stage.svm, &ann);
    let (ledger, slot) = (stage.pool.ledger(&stage.svm), stage.svm.clock().slot);
    let quote = math::stake_exit(&ledger, slot, LstAmount(2 * SOL), &accrual).expect("priced");
    assert_eq!(quote.fee.0, 555_612, "half of 0.01 in 18 SOL, of what two shares are worth");

    let another = stage.pool.new_stake_account(&mut stage.svm, "another");
    let activating = stage.pool.activating(&ann);
    stage.must(withdraw_from(&stage, &alice, &ann, &activating, &another, 2 * SOL), &[&alice.key]);
    assert_eq!(stage.delegated(&another), quote.paid.0);
    stage.assert_balanced();
}

#[test]
fn a_deactivating_account_gives_what_the_canonical_one_cannot() {
    let (mut stage, alice, vote, destination) = delegated(7 * SOL);
    stage.decrease(&vote, 5 * SOL);
    let deactivating = stage.pool.deactivating(&vote);
    let from =
        |stage: &Stage, to: &Address, shares| withdraw_from(stage, &alice, &vote, &deactivating, to, shares);
    let rent = stage.stake_rent();
    assert_eq!(stage.pool.state(&stage.svm).leaving_lamports, 5 * SOL + rent);
    let wrong = from(&stage, &destination, SOL);
    stage.refuses(wrong, &[&alice.key], StakeNotUsable);
    stage.must(from(&stage, &destination, 3 * SOL), &[&alice.key]);
    assert_eq!((stage.record(&vote).stake, stage.record(&vote).deactivating), (2 * SOL, 2 * SOL));
    assert_eq!(stage.pool.state(&stage.svm).leaving_lamports, 2 * SOL + rent, "less comes home");
    stage.assert_balanced();

    let another = stage.pool.new_stake_account(&mut stage.svm, "another");
    let price = 2 * SOL + rent;
    let wrong = from(&stage, &another, price - 1);
    stage.refuses(wrong, &[&alice.key], BelowMinimumDelegation);
    stage.must(from(&stage, &another, price), &[&alice.key]);
    assert_eq!((stage.record(&vote).deactivating, stage.pool.state(&stage.svm).leaving_lamports), (0, 0));
    assert_eq!(stage.svm.account(&deactivating), None);
    stage.assert_balanced();
    stage.next_epoch();
    assert_eq!(stage.record(&vote).stake, 2 * SOL);
    stage.assert_balanced();
    // What alice got cooled down with the rest: it is SOL again.
    for account in [destination, another] {
        let all = stage.lamports(&account);
        let take = stake_instruction::withdraw(&account, &alice.address(), &alice.address(), all, None);
        stage.must(take, &[&alice.key]);
    }
}

/// One that has been cooling down for longer: the update counted what cools down without its rent, and no more is taken
/// off that.
#[test]
fn what_comes_home_is_known_when_an_older_deactivating_account_leaves() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 40 * SOL);
    let [ann, ben] = ["ann", "ben"].map(|name| stage.staked(name, 9 * SOL));
    for vote in [ann, ben] {
        stage.decrease(&vote, 5 * SOL);
    }
    // So much of the cluster's stake moves that half of this has not cooled down a day later.
    let busy = StakeHistoryEntry { effective: 1_000 * SOL, activating: 0, deactivating: 180 * SOL };
    stage.svm.advance_epoch_of(busy);
    stage.pool.update(&mut stage.svm);
    assert_eq!(stage.pool.state(&stage.svm).leaving_lamports, 10 * SOL);
    let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
    let deactivating = stage.pool.deactivating(&ann);
    let take = withdraw_from(&stage, &alice, &ann, &deactivating, &destination, 9 * SOL);
    stage.must(take, &[&alice.key]);
    assert_eq!(stage.record(&ann).deactivating, 0);
    assert_eq!(stage.pool.state(&stage.svm).leaving_lamports, 5 * SOL, "ben's");
    stage.assert_balanced();
    stage.next_epoch();
    stage.assert_balanced();
}

#[test]
fn a_canonical_account_that_cools_down_as_a_whole_may_be_taken() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    stage.decrease(&vote, 6 * SOL);
    assert_eq!(stage.pool.state(&stage.svm).leaving_lamports, 6 * SOL);
    stage.must(withdraw(&stage, &alice, &vote, &destination, 2 * SOL), &[&alice.key]);
    assert_eq!((stage.record(&vote).stake, stage.record(&vote).stake_state), (4 * SOL, 2));
    assert_eq!(stage.pool.state(&stage.svm).leaving_lamports, 4 * SOL);
    stage.assert_balanced();
    let another = stage.pool.new_stake_account(&mut stage.svm, "another");
    stage.must(withdraw(&stage, &alice, &vote, &another, 5 * SOL), &[&alice.key]);
    assert_eq!((stage.record(&vote).stake, stage.record(&vote).stake_state), (0, 0));
    assert_eq!(stage.pool.state(&stage.svm).leaving_lamports, 0);
    stage.assert_balanced();
    // And she starts anew.
    stage.increase(&vote, SOL);
    stage.next_epoch();
    assert_eq!(stage.record(&vote).stake, SOL);
    stage.assert_balanced();
}

#[test]
fn stake_that_a_third_party_deactivated_today_may_be_taken() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    stage.deactivated_by_a_third_party(&stage.pool.stake(&vote));
    stage.must(withdraw(&stage, &alice, &vote, &destination, 2 * SOL), &[&alice.key]);
    stage.assert_balanced();
    stage.next_epoch();
    // The pool collects the rest; the user's part is withdrawable too.
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 8 * SOL);
    stage.assert_balanced();
    let all = stage.lamports(&destination);
    assert_eq!(all, 2 * SOL + stage.stake_rent());
    let take = stake_instruction::withdraw(&destination, &alice.address(), &alice.address(), all, None);
    stage.must(take, &[&alice.key]);
}

#[test]
fn whole_accounts_that_a_third_party_deactivated_today_may_be_taken() {
    let (mut stage, alice, vote, destination) = delegated(4 * SOL);
    stage.increase(&vote, 3 * SOL);
    let (stake, activating, rent) =
        (stage.pool.stake(&vote), stage.pool.activating(&vote), stage.stake_rent());
    for account in [stake, activating] {
        stage.deactivated_by_a_third_party(&account);
    }
    let all = 3 * SOL + rent;
    let wrong = withdraw_from(&stage, &alice, &vote, &activating, &destination, all - 1);
    stage.refuses(wrong, &[&alice.key], StakeNotUsable);
    let another = stage.pool.new_stake_account(&mut stage.svm, "another");
    stage.must(withdraw(&stage, &alice, &vote, &another, 4 * SOL + rent), &[&alice.key]);
    stage.assert_balanced();
    let price = price_of_all(&stage, &activating, &LEAST);
    let wrong = withdraw_from(&stage, &alice, &vote, &activating, &destination, price - 1);
    stage.refuses(wrong, &[&alice.key], BelowMinimumDelegation);
    let right = withdraw_from(&stage, &alice, &vote, &activating, &destination, price);
    stage.must(right, &[&alice.key]);
    assert_eq!((stage.record(&vote).stake, stage.record(&vote).activating), (0, 0));
    assert_eq!(stage.lamports(&destination), all + rent);
    stage.assert_balanced();
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 10 * SOL - 7 * SOL - 2 * rent);
    stage.assert_balanced();
}

#[test]
fn what_a_restart_undelegated_is_given_to_nobody_and_comes_home() {
    let (mut stage, alice, vote, destination) = delegated(5 * SOL);
    stage.decrease(&vote, 2 * SOL);
    stage.increase(&vote, 2 * SOL);
    let accounts = [stage.pool.stake(&vote), stage.pool.activating(&vote), stage.pool.deactivating(&vote)];
    for account in &accounts {
        stage.undelegated_by_a_restart(account);
    }
    for account in &accounts {
        for shares in [SOL, 9 * SOL] {
            let wrong = withdraw_from(&stage, &alice, &vote, account, &destination, shares);
            stage.refuses(wrong, &[&alice.key], StakeNotUsable);
        }
    }
    stage.next_epoch();
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 10 * SOL);
    stage.assert_balanced();
}

#[test]
fn a_validator_that_holds_nothing_gives_nothing() {
    let (mut stage, alice, _, destination) = delegated(6 * SOL);
    let ben = stage.validator("ben");
    for account in [stage.pool.stake(&ben), stage.pool.activating(&ben), stage.pool.deactivating(&ben)] {
        stage.donate(&account, SOL);
        let wrong = withdraw_from(&stage, &alice, &ben, &account, &destination, 2 * SOL);
        stage.refuses(wrong, &[&alice.key], StakeNotUsable);
    }
}

#[test]
fn a_pause_does_not_hold_stake_back() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    let admin = stage.pool.admin.insecure_clone();
    stage.must(stage.pool.pause(&admin.pubkey()), &[&admin]);
    stage.must(withdraw(&stage, &alice, &vote, &destination, 2 * SOL), &[&alice.key]);
    assert_eq!(stage.delegated(&destination), 2 * SOL);
    stage.assert_balanced();
}

#[test]
fn a_pool_of_the_last_epoch_gives_no_stake() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    stage.svm.advance_epoch();
    let wrong = withdraw(&stage, &alice, &vote, &destination, 2 * SOL);
    stage.refuses(wrong, &[&alice.key], PoolStale);
}

#[test]
fn no_stake_moves_while_rewards_are_paid() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    stage.svm.set_rewards_active(true);
    let wrong = withdraw(&stage, &alice, &vote, &destination, 2 * SOL);
    stage.refuses(wrong, &[&alice.key], by_stake(InstructionError::Custom(16)));
}

#[test]
fn an_index_is_checked_against_its_vote_account() {
    let (mut stage, alice, ann, destination) = delegated(3 * SOL);
    let ben = stage.staked("ben", 3 * SOL);
    let with = |index: u32, vote: &Address, stake: &Address| {
        let mut accounts =
            stage.pool.withdraw_stake_accounts(&alice.address(), &alice.lst, vote, &destination);
        accounts.stake = *stake;
        accounts.instruction(WithdrawStakeInstructionArgs { index, shares: SOL, min_out: 0 })
    };
    let (of_ann, of_ben) = (stage.pool.stake(&ann), stage.pool.stake(&ben));
    let wrong = [
        (with(1, &ann, &of_ann), WrongValidatorIndex),
        (with(0, &ben, &of_ben), WrongValidatorIndex),
        (with(2, &ann, &of_ann), WrongValidatorIndex),
        (with(u32::MAX, &ann, &of_ann), WrongValidatorIndex),
        (with(0, &ann, &of_ben), WrongStakeAccount),
        (with(0, &ann, &stage.pool.activating(&ben)), WrongStakeAccount),
        (with(0, &ann, &stage.pool.deactivating(&ben)), WrongStakeAccount),
        (with(0, &ann, &stage.pool.activating(&ann)), StakeNotUsable),
        (with(0, &ann, &stage.pool.deactivating(&ann)), StakeNotUsable),
    ];
    for (wrong, refusal) in wrong {
        stage.refuses(wrong, &[&alice.key], refusal);
    }
}

#[test]
fn no_account_may_stand_in_for_another() {
    let (mut stage, alice, ann, destination) = delegated(3 * SOL);
    let ben = stage.staked("ben", 3 * SOL);
    let bob = stage.holder("bob", 3 * SOL);
    let other = stage.other_pool();
    let foreign = holder_of(&mut stage.svm, &other, "carol", 9 * SOL);
    let right = withdraw(&stage, &alice, &ann, &destination, SOL);
    let (pool, list, mint) = (stage.pool.pool, stage.pool.list, stage.pool.mint);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_list = stage.svm.forgery(&list);
    let forged_stake = stage.svm.forgery(&stage.pool.stake(&ann));
    let forged_lst = stage.svm.forgery(&alice.lst);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, other.pool, WrongValidatorList.into()),
        (list, other.list, WrongValidatorList.into()),
        (list, forged_list, shared(InstructionError::IllegalOwner)),
        (ann, ben, WrongValidatorIndex.into()),
        (stage.pool.stake(&ann), stage.pool.stake(&ben), WrongStakeAccount.into()),
        (stage.pool.stake(&ann), forged_stake, WrongStakeAccount.into()),
        (stage.pool.stake(&ann), other.stake(&ann), WrongStakeAccount.into()),
        (mint, other.mint, WrongMint.into()),
        (alice.lst, bob.lst, by_token(4)),
        (alice.lst, foreign.lst, by_token(3)),
        (alice.lst, stage.pool.escrow, by_token(4)),
        (alice.lst, forged_lst, by_token_with(InstructionError::ExternalAccountDataModified)),
        (sysvar::clock::ID, sysvar::rent::ID, WrongProgramAccount.into()),
        (token::TOKEN_PROGRAM, TOKEN_2022, WrongTokenProgram.into()),
        (pool::STAKE_PROGRAM, token::TOKEN_PROGRAM, WrongProgramAccount.into()),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[&alice.key], refusal);
    }
    stage.must(right, &[&alice.key]);
}

#[test]
fn no_account_may_stand_in_two_places() {
    let (mut stage, alice, ann, destination) = delegated(3 * SOL);
    let right = withdraw(&stage, &alice, &ann, &destination, SOL);
    let places =
        [stage.pool.pool, stage.pool.list, stage.pool.stake(&ann), destination, stage.pool.mint, alice.lst];
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[&alice.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}

#[test]
fn the_holder_must_sign() {
    let (mut stage, alice, ann, destination) = delegated(3 * SOL);
    let mallory = stage.newcomer("mallory");
    let right = withdraw(&stage, &alice, &ann, &destination, SOL);
    let wrong = unsigned(&right, &alice.address());
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
    let wrong = substitute(&right, &alice.address(), &mallory.address());
    stage.refuses(wrong, &[&mallory.key], by_token(4));
}

#[test]
fn a_frozen_account_gives_nothing() {
    let (mut stage, alice, ann, destination) = delegated(3 * SOL);
    stage.freeze(&alice.lst);
    let wrong = withdraw(&stage, &alice, &ann, &destination, SOL);
    stage.refuses(wrong, &[&alice.key], by_token(17));
}

/// A cluster whose stake earns 7 % a year, with ann and ben in the pool, 40 SOL with each and warm, and alice's 100 LST.
fn on_the_bank() -> (Bank, PoolFixture, Holder, [Address; 2]) {
    let names = ["ann", "ben"];
    let scripts = names.iter().map(|name| ValidatorScript::new(*name).stake_sol(1_000_000)).collect();
    let mut bank = Bank::start(scripts);
    let votes = names.map(|name| bank.0.validator(name).vote_address());
    let pool = PoolFixture::new(&mut bank);
    let (key, lst) = pool.user(&mut bank, "alice", 1_000 * SOL);
    bank.must(&[pool.deposit_sol(&key.pubkey(), &lst, 100 * SOL, 0)], &[&key]);
    for vote in &votes {
        bank.must(&[pool.add_validator(vote)], &[&pool.payer, &pool.delegation]);
        let increase = pool.increase_stake(&bank, vote, 40 * SOL);
        bank.must(&[increase], &[&pool.payer, &pool.delegation]);
    }
    for _ in 0..3 {
        bank.0.advance_epoch();
        pool.update(&mut bank);
    }
    ledger::assert_balanced(&bank, &pool);
    (bank, pool, Holder { key, lst }, votes)
}

#[test]
fn on_the_bank_a_part_and_then_the_whole_are_really_the_users() {
    let (mut bank, pool, alice, [ann, ben]) = on_the_bank();
    let (user, stake) = (alice.address(), pool.stake(&ann));
    let held = pool.record(&bank, &ann).1.stake;
    assert!(held > 40 * SOL, "it has earned");
    let [part, whole] = ["part", "whole"].map(|name| pool.new_stake_account(&mut bank, name));
    let rent = bank.rent_exempt(pool::STAKE_SPACE);
    let take = |index, vote: &Address, to: &Address, shares| {
        pool.withdraw_stake(&user, &alice.lst, (index, vote), to, shares, 0)
    };
    bank.must(&[take(0, &ann, &part, 10 * SOL)], &[&alice.key]);
    ledger::assert_balanced(&bank, &pool);
    let all = bank.lamports(&stake);
    bank.must(&[take(0, &ann, &whole, 60 * SOL)], &[&alice.key]);
    ledger::assert_balanced(&bank, &pool);
    assert_eq!(bank.account(&stake), None);
    assert_eq!(bank.lamports(&whole), all + rent);
    let taken = [part, whole].map(|account| bank.0.stake_activation(&account).unwrap().effective);
    assert_eq!(taken.iter().sum::<u64>(), held, "all of it, and all of it active");

    // They earn for alice, to the end of this epoch and on, and are one account when she likes.
    let report = bank.0.advance_epoch();
    for account in [part, whole] {
        assert!(report.reward_of(&account) > 0);
    }
    let both = bank.lamports(&part) + bank.lamports(&whole);
    bank.must(&stake_instruction::merge(&whole, &part, &user), &[&alice.key]);
    assert_eq!((bank.lamports(&whole), bank.lamports(&part)), (both, 0));
    let off = stake_instruction::deactivate_stake(&whole, &user);
    bank.must(&[off], &[&alice.key]);

    // The pool misses nothing, with ann in the list or without, and uses her again.
    let total = pool.state(&bank).total_lamports;
    pool.update(&mut bank);
    assert_eq!(pool.state(&bank).total_lamports, total + report.reward_of(&pool.stake(&ben)));
    ledger::assert_balanced(&bank, &pool);
    let increase = pool.increase_stake(&bank, &ann, 5 * SOL);
    bank.must(&[increase], &[&pool.payer, &pool.delegation]);
    bank.0.advance_epoch();
    pool.update(&mut bank);
    assert_eq!(pool.record(&bank, &ann).1.stake, 5 * SOL);
    ledger::assert_balanced(&bank, &pool);
    let (all, wallet) = (bank.lamports(&whole), bank.lamports(&user));
    bank.must(&[stake_instruction::withdraw(&whole, &user, &user, all, None)], &[&alice.key]);
    assert_eq!(bank.lamports(&user), wallet + all - refusal::SIGNATURE_FEE);
}

#[test]
fn on_the_bank_transients_are_taken_whole_and_a_revived_address_is_cleared() {
    let (mut bank, pool, alice, [ann, _]) = on_the_bank();
    let (user, keys) = (alice.address(), [&pool.payer, &pool.delegation]);
    let [stake, activating, deactivating] =
        [pool.stake(&ann), pool.activating(&ann), pool.deactivating(&ann)];
    let keep = pool.record(&bank, &ann).1.stake - 2 * SOL;
    let decrease = pool.decrease_stake(&bank, &ann, keep);
    bank.must(&[decrease], &keys);
    let increase = pool.increase_stake(&bank, &ann, 8 * SOL);
    bank.must(&[increase], &keys);
    ledger::assert_balanced(&bank, &pool);

    for (from, delegated) in [(activating, 8 * SOL), (deactivating, keep), (stake, 2 * SOL)] {
        let to = pool.new_stake_account(&mut bank, &format!("out of {delegated}"));
        let take = pool.withdraw_stake(&user, &alice.lst, (0, &ann), &to, 50 * SOL, 0);
        let take = substitute(&take, &stake, &from);
        let rent = bank.rent_exempt(pool::STAKE_SPACE);
        bank.must(&[take, system::transfer(&user, &from, rent)], &[&alice.key]);
        let activation = bank.0.stake_activation(&to).unwrap();
        assert_eq!(activation.effective + activation.activating, delegated);
        assert_eq!(bank.lamports(&to), delegated + 2 * rent);
        assert_eq!(bank.lamports(&from), rent, "kept alive");
        // Whose remnant this is, the pool does not care.
        bank.must(&[pool.clear_stake_address(&bank, &ann, &from)], &[&alice.key]);
        assert_eq!(bank.account(&from), None);
    }
    assert_eq!(pool.record(&bank, &ann).1.stake_state, 0);
    bank.must(&[pool.remove_validator(0, &ann)], &keys);
    bank.0.advance_epoch();
    pool.update(&mut bank);
    ledger::assert_balanced(&bank, &pool);
}
