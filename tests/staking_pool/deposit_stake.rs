//! `deposit_stake`: each line of its specification, and each way it refuses.

use sluice_localnet::ValidatorScript;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::DepositStakeInstructionArgs;
use sluice_sdk::staking_pool::types::{FeeEntry, StakeDeposited};
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_sdk_ids::sysvar;
use solana_signer::Signer;
use solana_stake_interface::instruction as stake_instruction;
use solana_stake_interface::state::{Authorized, Lockup};

use crate::stage::*;

/// A native stake account of `owner`, delegated to `vote` this epoch.
fn delegate<C: Chain>(
    chain: &mut C,
    owner: &Holder,
    name: &str,
    vote: &Address,
    lamports: u64,
    lockup: Lockup,
) -> Address {
    let account = keypair(name);
    let rent = chain.rent_exempt(pool::STAKE_SPACE);
    let instructions = stake_instruction::create_account_and_delegate_stake(
        &owner.address(),
        &account.pubkey(),
        vote,
        &Authorized::auto(&owner.address()),
        &lockup,
        lamports + rent,
    );
    chain.must(&instructions, &[&owner.key, &account]);
    account.pubkey()
}

/// Six SOL of the pool's with Ann, and five of bob's own, all of it active.
fn active() -> (Stage, Holder, Address, Address) {
    active_with(Lockup::default())
}

fn active_with(lockup: Lockup) -> (Stage, Holder, Address, Address) {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    let bob = stage.newcomer("bob");
    let vote = stage.svm.add_vote_account("ann");
    stage.delegate(stage.pool.add_validator(&vote));
    stage.increase(&vote, 6 * SOL);
    let source = delegate(&mut stage.svm, &bob, "bob's stake", &vote, 5 * SOL, lockup);
    stage.next_epoch();
    (stage, bob, vote, source)
}

fn deposit(stage: &Stage, user: &Holder, vote: &Address, source: &Address) -> Instruction {
    deposit_at_least(stage, user, vote, source, 0)
}

fn deposit_at_least(
    stage: &Stage,
    user: &Holder,
    vote: &Address,
    source: &Address,
    min_out: u64,
) -> Instruction {
    stage.pool.deposit_stake(&stage.svm, &user.address(), &user.lst, vote, source, min_out)
}

#[test]
fn an_active_stake_account_is_merged_and_paid_for_in_full() {
    let (mut stage, bob, vote, source) = active();
    let (rent, before) = (stage.stake_rent(), stage.pool.ledger(&stage.svm));
    let (stake, reserve) = (stage.pool.stake(&vote), stage.lamports(&stage.pool.reserve));
    let held = stage.lamports(&stake);

    let sent = stage.must(deposit(&stage, &bob, &vote, &source), &[&bob.key]);

    assert!(sent.compute_units <= 58_000, "{} CU", sent.compute_units);
    assert!(stage.svm.account(&source).is_none(), "merged and gone");
    assert_eq!(stage.lamports(&stake), held + 5 * SOL);
    assert_eq!(stage.delegated(&stake), 11 * SOL);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + rent);
    assert_eq!(stage.tokens(&bob.lst), 5 * SOL + rent, "the rent is bob's too, and is paid for");
    assert_eq!(stage.record(&vote).stake, 11 * SOL);
    let state = stage.pool.state(&stage.svm);
    assert_eq!(state.total_lamports, before.total.0 + 5 * SOL + rent);
    stage.assert_balanced();
    let event = StakeDeposited {
        pool: stage.pool.pool,
        user: bob.address(),
        vote,
        source,
        delegated: 5 * SOL,
        excess: rent,
        minted: 5 * SOL + rent,
        fee: NO_FEE,
        referrer: stage.pool.pool,
        held_after: 11 * SOL,
        reserve_after: reserve + rent,
        before: entry(&before),
        after: entry(&stage.pool.ledger(&stage.svm)),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::StakeDeposited(event)]);
}

#[test]
fn the_quote_is_the_outcome_at_a_rate_above_one() {
    let (mut stage, bob, vote, source) = active();
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    stage.svm.advance_slots(EPOCH / 2);
    let lamports = stage.lamports(&source);
    let quote = stage.pool.expect_stake_deposit(&stage.svm, lamports);
    assert!(quote.minted.0 < lamports);
    let one_more = deposit_at_least(&stage, &bob, &vote, &source, quote.minted.0 + 1);
    stage.refuses(one_more, &[&bob.key], SlippageExceeded);
    stage.must(deposit_at_least(&stage, &bob, &vote, &source, quote.minted.0), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lst), quote.minted.0);
    assert_eq!(stage.pool.ledger(&stage.svm), quote.ledger);
    stage.assert_balanced();
}

#[test]
fn tips_that_lay_on_the_account_are_paid_for_and_the_pools_own_are_not() {
    let (mut stage, bob, vote, source) = active();
    stage.donate(&source, SOL / 2);
    let stake = stage.pool.stake(&vote);
    // Below the threshold at which an update would sweep it.
    stage.donate(&stake, 5_000_000);
    let held = stage.lamports(&stake);
    stage.must(deposit(&stage, &bob, &vote, &source), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lst), 5 * SOL + SOL / 2 + stage.stake_rent());
    assert_eq!(stage.lamports(&stake), held + 5 * SOL);
    stage.assert_balanced();
}

#[test]
fn stake_deposited_earns_for_the_pool_on_the_real_bank() {
    let scripts = vec![ValidatorScript::new("ann").stake_sol(1_000_000)];
    let mut bank = Bank::start(scripts);
    let vote = bank.0.validator("ann").vote_address();
    let pool = PoolFixture::new(&mut bank);
    let alice = {
        let (key, lst) = pool.user(&mut bank, "alice", 200 * SOL);
        Holder { key, lst }
    };
    let (key, lst) = pool.user(&mut bank, "bob", 200 * SOL);
    let bob = Holder { key, lst };
    bank.must(&[pool.add_validator(&vote)], &[&pool.payer, &pool.delegation]);
    bank.must(&[pool.deposit_sol(&alice.address(), &alice.lst, 100 * SOL, 0)], &[&alice.key]);
    let increase = pool.increase_stake(&bank, &vote, 90 * SOL);
    bank.must(&[increase], &[&pool.payer, &pool.delegation]);
    let source = delegate(&mut bank, &bob, "bob's stake", &vote, 50 * SOL, Lockup::default());
    bank.0.advance_epoch();
    bank.0.advance_epoch();
    pool.update(&mut bank);
    let lamports = bank.lamports(&source);
    assert!(lamports > 50 * SOL + bank.rent_exempt(200), "it has earned for bob");
    let quote = pool.expect_stake_deposit(&bank, lamports);
    let deposit = pool.deposit_stake(&bank, &bob.address(), &bob.lst, &vote, &source, quote.minted.0);
    bank.must(&[deposit], &[&bob.key]);
    assert_eq!(token::balance(&bank, &bob.lst), quote.minted.0);
    ledger::assert_balanced(&bank, &pool);
    let (_, merged) = pool.record(&bank, &vote);
    let report = bank.0.advance_epoch();
    pool.update(&mut bank);
    let (_, record) = pool.record(&bank, &vote);
    assert_eq!(record.earning, merged.stake, "what was deposited active earned the whole epoch");
    assert_eq!(record.growth, report.reward_of(&pool.stake(&vote)) as i64);
    ledger::assert_balanced(&bank, &pool);
}

#[test]
fn what_warms_up_or_cools_down_is_refused() {
    let (mut stage, bob, vote, source) = active();
    let warming = delegate(&mut stage.svm, &bob, "warming", &vote, 5 * SOL, Lockup::default());
    stage.refuses(deposit(&stage, &bob, &vote, &warming), &[&bob.key], StakeNotActive);
    stage.must(stake_instruction::deactivate_stake(&source, &bob.address()), &[&bob.key]);
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], StakeNotActive);
    stage.next_epoch();
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], StakeNotActive);
    stage.must(deposit(&stage, &bob, &vote, &warming), &[&bob.key]);
    stage.assert_balanced();
}

#[test]
fn the_pools_own_stake_must_be_active_too() {
    let (mut stage, bob, vote, source) = active();
    let stake = stage.pool.stake(&vote);
    stage.deactivated_by_a_third_party(&stake);
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], StakeNotActive);
    stage.next_epoch();
    assert_eq!(stage.record(&vote).stake_state, 0);
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], StakeNotUsable);
    stage.increase(&vote, 3 * SOL);
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], StakeNotActive);
    stage.next_epoch();
    stage.must(deposit(&stage, &bob, &vote, &source), &[&bob.key]);
    stage.assert_balanced();
}

#[test]
fn stake_with_a_validator_outside_the_pool_is_refused() {
    let (mut stage, bob, vote, _) = active();
    let outside = stage.svm.add_vote_account("outside");
    let source = delegate(&mut stage.svm, &bob, "outside stake", &outside, 5 * SOL, Lockup::default());
    stage.next_epoch();
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], WrongDelegation);
    let named = substitute(&deposit(&stage, &bob, &vote, &source), &vote, &outside);
    stage.refuses(named, &[&bob.key], WrongValidatorIndex);
}

#[test]
fn only_an_account_whose_both_authorities_sign_is_taken() {
    let (mut stage, bob, vote, source) = active();
    let mallory = stage.newcomer("mallory");
    stage.refuses(deposit(&stage, &mallory, &vote, &source), &[&mallory.key], NotStakeAuthority);
    let unsigned = unsigned(&deposit(&stage, &bob, &vote, &source), &bob.address());
    stage.refuses(unsigned, &[], shared(InstructionError::MissingRequiredSignature));
    for (which, offset) in [(offset::STAKER, "staker"), (offset::WITHDRAWER, "withdrawer")] {
        let saved = stage.svm.account(&source).unwrap();
        let other = mallory.address();
        stage.svm.edit(&source, |account| account.data[which..which + 32].copy_from_slice(other.as_ref()));
        println!("bob is not the {offset}");
        stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], NotStakeAuthority);
        stage.svm.edit(&source, |account| *account = saved);
    }
    // The pool's own accounts are nobody's to deposit.
    let own = stage.pool.stake(&vote);
    let duplicate = deposit(&stage, &bob, &vote, &own);
    stage.refuses(duplicate, &[&bob.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
}

#[test]
fn a_lockup_that_binds_is_refused_and_one_that_is_over_is_not() {
    let binding = Lockup { epoch: 102, ..Lockup::default() };
    let (mut stage, bob, vote, source) = active_with(binding);
    assert_eq!(stage.svm.clock().epoch, 101);
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], StakeLockedUp);
    stage.next_epoch();
    stage.must(deposit(&stage, &bob, &vote, &source), &[&bob.key]);
    stage.assert_balanced();

    let now = Stage::new().svm.clock().unix_timestamp;
    let (mut stage, bob, vote, source) =
        active_with(Lockup { unix_timestamp: now + 1_000_000, ..Lockup::default() });
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], StakeLockedUp);
}

#[test]
fn what_is_no_delegated_stake_account_is_refused() {
    let (mut stage, bob, vote, source) = active();
    let empty = stage.pool.new_stake_account(&mut stage.svm, "empty");
    stage.refuses(deposit(&stage, &bob, &vote, &empty), &[&bob.key], WrongStakeAccount);
    let token_account = bob.lst;
    let wrong = substitute(&deposit(&stage, &bob, &vote, &source), &source, &token_account);
    stage.refuses(wrong, &[&bob.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    let wallet = stage.newcomer("carol").address();
    let wrong = substitute(&deposit(&stage, &bob, &vote, &source), &source, &wallet);
    stage.refuses(wrong, &[&bob.key], WrongStakeAccount);
    stage.undelegated_by_a_restart(&source);
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], WrongDelegation);
    stage.svm.edit(&source, |account| account.data[0] = 9);
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], WrongStakeAccount);
}

#[test]
fn a_stake_account_is_taken_once() {
    let (mut stage, bob, vote, source) = active();
    let deposit = deposit(&stage, &bob, &vote, &source);
    stage.must(deposit.clone(), &[&bob.key]);
    stage.refuses(deposit, &[&bob.key], WrongStakeAccount);
}

#[test]
fn less_than_the_minimum_deposit_is_refused() {
    let (mut stage, bob, vote, source) = active();
    let minimum = stage.lamports(&source);
    let mut pool = stage.svm.account(&stage.pool.pool).unwrap();
    let at = pool.data.windows(8).position(|word| word == 1_000_000u64.to_le_bytes()).expect("min_deposit");
    pool.data[at..at + 8].copy_from_slice(&(minimum + 1).to_le_bytes());
    let address = stage.pool.pool;
    stage.svm.edit(&address, |account| account.data = pool.data);
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], BelowMinimumDeposit);
    stage.donate(&source, 1);
    stage.must(deposit(&stage, &bob, &vote, &source), &[&bob.key]);
}

#[test]
fn a_pool_of_the_last_epoch_takes_no_stake() {
    let (mut stage, bob, vote, source) = active();
    stage.svm.advance_epoch();
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], PoolStale);
}

#[test]
fn no_account_may_stand_in_for_another() {
    let (mut stage, bob, vote, source) = active();
    let other = stage.other_pool();
    let original = deposit(&stage, &bob, &vote, &source);
    let (pool, canonical) = (&stage.pool, stage.pool.stake(&vote));
    let cases = [
        (pool.reserve, other.reserve, WrongReserve),
        (pool.list, other.list, WrongValidatorList),
        (pool.mint, other.mint, WrongMint),
        (canonical, pool.activating(&vote), WrongStakeAccount),
        (token::TOKEN_PROGRAM, TOKEN_2022, WrongTokenProgram),
        (sysvar::clock::ID, sysvar::rent::ID, WrongProgramAccount),
        (sysvar::stake_history::ID, sysvar::rent::ID, WrongProgramAccount),
        (pool::STAKE_PROGRAM, SYSTEM, WrongProgramAccount),
    ];
    for (old, new, error) in cases {
        stage.refuses(substitute(&original, &old, &new), &[&bob.key], error);
    }
    let wrong = substitute(&original, &stage.pool.pool.clone(), &other.pool);
    stage.refuses(wrong, &[&bob.key], WrongReserve);
    let carol = stage.newcomer("carol");
    let elsewhere = token::create_token_account(
        &mut stage.svm,
        &stage.pool.payer,
        &keypair("other LST"),
        &other.mint,
        &carol.address(),
    );
    stage.refuses(substitute(&original, &bob.lst, &elsewhere), &[&bob.key], by_token(3));
}

#[test]
fn no_account_may_stand_in_two_places() {
    let (mut stage, bob, vote, source) = active();
    let right = deposit(&stage, &bob, &vote, &source);
    let pool = &stage.pool;
    let places = [pool.pool, pool.reserve, pool.list, pool.stake(&vote), source, pool.mint, bob.lst];
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[&bob.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}

#[test]
fn no_stake_moves_while_rewards_are_paid() {
    let (mut stage, bob, vote, source) = active();
    stage.svm.set_rewards_active(true);
    let wrong = deposit(&stage, &bob, &vote, &source);
    stage.refuses(wrong, &[&bob.key], by_stake(InstructionError::Custom(16)));
}

#[test]
fn a_frozen_account_gets_no_lst() {
    let (mut stage, bob, vote, source) = active();
    stage.freeze(&bob.lst);
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], by_token(17));
}

// Fees and those who bring deposits.

fn referred(
    stage: &Stage,
    user: &Holder,
    vote: &Address,
    source: &Address,
    referrer: &Address,
) -> Instruction {
    let mut accounts = stage.pool.deposit_stake_accounts(&user.address(), &user.lst, vote, source);
    accounts.referrer = Some(*referrer);
    accounts.instruction(DepositStakeInstructionArgs { index: 0, min_out: 0 })
}

/// As [`active`], where a deposit costs 0.2 %: half of that for the referrer, a quarter of the rest for the insurance
/// fund. Bob's account holds exactly 7.5 SOL.
fn charging() -> (Stage, Holder, Address, Address) {
    let mut stage = Stage::liquid(20 * SOL, |options| {
        let fees = &mut options.params.fees;
        (fees.deposit_bps, fees.referral_bps, fees.insurance_bps) = (20, 5_000, 2_500);
        options.instant_fee(0);
    });
    let (alice, bob) = (stage.holder("alice", 30 * SOL), stage.newcomer("bob"));
    let vote = stage.svm.add_vote_account("ann");
    stage.delegate(stage.pool.add_validator(&vote));
    stage.increase(&vote, 26 * SOL);
    let source = delegate(&mut stage.svm, &bob, "bob's stake", &vote, 5 * SOL, Lockup::default());
    // What alice takes out becomes the providers': five LST.
    let free = stage.pool.reserve_lamports(&stage.svm);
    stage.exit(&alice.key, &alice.lst, free + 5 * SOL);
    assert_eq!(stage.liquidity().shares.0, 5 * SOL);
    stage.next_epoch();
    let rest = 7_500_000_000 - stage.lamports(&source);
    stage.donate(&source, rest);
    (stage, bob, vote, source)
}

#[test]
fn the_fee_is_divided_and_no_shares_of_the_providers_are_sold() {
    let (mut stage, bob, vote, source) = charging();
    let ruth = stage.newcomer("ruth");
    let (before, liquidity) = (stage.pool.ledger(&stage.svm), stage.liquidity());
    let state = stage.pool.state(&stage.svm);
    let sent = stage.must(referred(&stage, &bob, &vote, &source, &ruth.lst), &[&bob.key]);
    // One mint more than a deposit that nobody brought.
    assert!(sent.compute_units <= 59_000, "{} CU", sent.compute_units);
    // 7.5 LST at a rate of one: 15,000,000 of fee, half of it the referrer's, a quarter of the rest the fund's.
    let fee = FeeEntry { referrer: 7_500_000, insurance: 1_875_000, treasury: 5_625_000 };
    assert_eq!((stage.tokens(&bob.lst), stage.tokens(&ruth.lst)), (7_485_000_000, 7_500_000));
    let after = stage.pool.state(&stage.svm);
    assert_eq!(after.insurance_shares, state.insurance_shares + fee.insurance);
    assert_eq!(after.fee_shares, state.fee_shares + fee.treasury);
    assert_eq!(after.supply, before.supply.0 + 7_500_000_000);
    assert_eq!(stage.liquidity(), liquidity, "stake is no SOL to pay them with");
    let [StakingPoolEvent::StakeDeposited(event)] = &events(&sent)[..] else { panic!("one event") };
    assert_eq!((event.referrer, event.minted), (ruth.lst, 7_485_000_000));
    assert_eq!(event.fee, fee);
    stage.assert_balanced();
}

#[test]
fn a_referrer_that_cannot_receive_forgoes_its_part_and_the_deposit_goes_on() {
    let spoilers: [fn(&mut Stage, &Holder); 3] = [
        |stage, ruth| stage.freeze(&ruth.lst),
        |stage, ruth| {
            stage.must(token::close(&ruth.lst, &ruth.address()), &[&ruth.key]);
        },
        |stage, ruth| stage.svm.edit(&ruth.lst, |account| account.data[..32].fill(7)),
    ];
    for spoil in spoilers {
        let (mut stage, bob, vote, source) = charging();
        let ruth = stage.newcomer("ruth");
        spoil(&mut stage, &ruth);
        let sent = stage.must(referred(&stage, &bob, &vote, &source, &ruth.lst), &[&bob.key]);
        let [StakingPoolEvent::StakeDeposited(event)] = &events(&sent)[..] else { panic!("one event") };
        assert_eq!(event.referrer, stage.pool.pool);
        assert_eq!(event.fee, FeeEntry { referrer: 0, insurance: 3_750_000, treasury: 11_250_000 });
        assert_eq!(stage.tokens(&bob.lst), 7_485_000_000);
        stage.assert_balanced();
    }
}

#[test]
fn who_refers_himself_needs_another_account() {
    let (mut stage, bob, vote, source) = charging();
    let mint = stage.pool.mint;
    let into_one = referred(&stage, &bob, &vote, &source, &bob.lst);
    stage.refuses(into_one, &[&bob.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    let (payer, second) = (stage.pool.payer.insecure_clone(), sluice_tests::keypair("bob's second"));
    let own = token::create_token_account(&mut stage.svm, &payer, &second, &mint, &bob.address());
    stage.must(referred(&stage, &bob, &vote, &source, &own), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lst) + stage.tokens(&own), 7_492_500_000);
    stage.assert_balanced();
}

#[test]
fn a_paused_pool_takes_no_stake() {
    let (mut stage, bob, vote, source) = active();
    let admin = stage.pool.admin.insecure_clone();
    stage.must(stage.pool.pause(&admin.pubkey()), &[&admin]);
    stage.refuses(deposit(&stage, &bob, &vote, &source), &[&bob.key], PoolPaused);
}
