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

mod accounts;
mod on_the_bank;
mod transients;
mod whole;

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
fn a_validator_that_holds_nothing_gives_nothing() {
    let (mut stage, alice, _, destination) = delegated(6 * SOL);
    let ben = stage.validator("ben");
    for account in [stage.pool.stake(&ben), stage.pool.activating(&ben), stage.pool.deactivating(&ben)] {
        stage.donate(&account, SOL);
        let wrong = withdraw_from(&stage, &alice, &ben, &account, &destination, 2 * SOL);
        stage.refuses(wrong, &[&alice.key], StakeNotUsable);
    }
}
