//! `liquid_unstake`: each line of its specification, and each way it refuses. What it shares with `deposit_stake` and
//! `withdraw_sol` is tested there too.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::LiquidUnstakeInstructionArgs;
use sluice_sdk::staking_pool::types::Roles;
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

fn delegate(
    stage: &mut Stage,
    owner: &Holder,
    name: &str,
    vote: &Address,
    lamports: u64,
    lockup: Lockup,
) -> Address {
    let (account, rent) = (keypair(name), stage.stake_rent());
    let instructions = stake_instruction::create_account_and_delegate_stake(
        &owner.address(),
        &account.pubkey(),
        vote,
        &Authorized::auto(&owner.address()),
        &lockup,
        lamports + rent,
    );
    stage.svm.must(&instructions, &[&owner.key, &account]);
    account.pubkey()
}

/// Four SOL free in the reserve, twenty of liquidity, 26 with Ann, and five of bob's own, all of it active. A deposit
/// costs 0.1 %, an instant exit 0.2 %; eleven SOL are behind ten LST, and part of it is still locked.
fn active() -> (Stage, Holder, Address, Address) {
    active_with(Lockup::default(), |_| {})
}

fn active_with(lockup: Lockup, change: impl FnOnce(&mut PoolOptions)) -> (Stage, Holder, Address, Address) {
    let mut stage = Stage::liquid(20 * SOL, |options| {
        options.params.fees.deposit_bps = 10;
        options.params.fees.insurance_bps = 3_000;
        options.instant_fee(20);
        change(options);
    });
    stage.holder("alice", 29 * SOL);
    let bob = stage.newcomer("bob");
    let vote = stage.svm.add_vote_account("ann");
    stage.delegate(stage.pool.add_validator(&vote));
    let rent = stage.stake_rent();
    stage.increase(&vote, 26 * SOL - rent);
    let source = delegate(&mut stage, &bob, "bob's stake", &vote, 5 * SOL, lockup);
    stage.donate(&stage.pool.stake(&vote), 3 * SOL);
    stage.next_epoch();
    stage.svm.advance_slots(EPOCH / 3);
    let free = stage.pool.reserve_lamports(&stage.svm);
    stage.lose(&stage.pool.reserve.clone(), 0);
    assert_eq!(free, 4 * SOL + 3 * SOL);
    (stage, bob, vote, source)
}

fn unstake(stage: &Stage, user: &Holder, vote: &Address, source: &Address, min_out: u64) -> Instruction {
    stage.pool.liquid_unstake(&stage.svm, &user.address(), vote, source, min_out)
}

#[test]
fn it_pays_what_depositing_and_selling_at_once_would_pay() {
    // Out of the reserve alone, and out of liquidity as well.
    for ordered in [0, 6 * SOL] {
        let (mut stage, bob, vote, source) = active();
        let alice = Holder { key: keypair("alice"), lst: keypair("alice's slSOL").pubkey() };
        if ordered > 0 {
            let ticket = keypair("ticket");
            let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), ordered);
            stage.must(order, &[&alice.key, &ticket]);
        }
        let (after_two, gain_two, events_two) = {
            let apart = stage.svm.clone();
            let wallet = stage.lamports(&bob.address());
            let deposit = stage.pool.deposit_stake(&stage.svm, &bob.address(), &bob.lst, &vote, &source, 0);
            let mut told = events(&stage.must(deposit, &[&bob.key]));
            let shares = stage.tokens(&bob.lst);
            let exit = stage.pool.withdraw_sol(&bob.address(), &bob.lst, shares, 0);
            told.extend(events(&stage.must(exit, &[&bob.key])));
            let after = (stage.pool.state(&stage.svm), stage.record(&vote));
            let gain = stage.lamports(&bob.address()) - wallet;
            stage.svm = apart;
            (after, gain, told)
        };
        let (wallet, minted) = (stage.lamports(&bob.address()), token::supply(&stage.svm, &stage.pool.mint));
        stage.refuses(unstake(&stage, &bob, &vote, &source, gain_two + 1), &[&bob.key], SlippageExceeded);

        let sent = stage.must(unstake(&stage, &bob, &vote, &source, gain_two), &[&bob.key]);

        println!("liquid_unstake: {} CU", sent.compute_units);
        assert_eq!(stage.lamports(&bob.address()), wallet + gain_two);
        assert_eq!((stage.pool.state(&stage.svm), stage.record(&vote)), after_two);
        assert_eq!(events(&sent), events_two, "and both events say so");
        assert_eq!(token::supply(&stage.svm, &stage.pool.mint), minted, "no LST was made or burnt");
        assert_eq!(stage.liquidity().shares.0 > 0, ordered > 0);
        assert!(stage.svm.account(&source).is_none(), "merged and gone");
        stage.assert_balanced();
        // 0.1 % and 0.2 %, and no more than rounding beside.
        let (value, paid) = (5 * SOL + stage.stake_rent(), gain_two);
        let fees = value - paid;
        assert!(fees.abs_diff(value / 1_000 * 3 - value / 500_000) <= 10, "{fees} of {value}");
    }
}

#[test]
fn what_lies_beside_the_delegation_is_in_the_reserve_before_it_pays() {
    let (mut stage, bob, vote, source) = active();
    // Tips make the account worth more than reserve and liquidity have: they are there to pay for themselves.
    let (free, liquid) = (stage.pool.reserve_lamports(&stage.svm), stage.liquidity().lamports.0);
    let tips = free + liquid;
    stage.donate(&source, tips);
    let wallet = stage.lamports(&bob.address());
    stage.must(unstake(&stage, &bob, &vote, &source, 0), &[&bob.key]);
    let paid = stage.lamports(&bob.address()) - wallet;
    assert!(paid > tips, "{paid}");
    assert_eq!(stage.pool.state(&stage.svm).liquidity_lamports, liquid, "the reserve alone has paid");
    stage.assert_balanced();
}

#[test]
fn what_nobody_can_pay_at_once_stays_the_owners() {
    let (mut stage, bob, vote, _) = active();
    let large = delegate(&mut stage, &bob, "large", &vote, 60 * SOL, Lockup::default());
    stage.next_epoch();
    stage.refuses(unstake(&stage, &bob, &vote, &large, 0), &[&bob.key], ReserveInsufficient);
    // As a deposit it is welcome.
    stage.must(stage.pool.deposit_stake(&stage.svm, &bob.address(), &bob.lst, &vote, &large, 0), &[&bob.key]);
    stage.assert_balanced();
}

#[test]
fn tickets_come_first() {
    let (mut stage, bob, vote, source) = active();
    let alice = Holder { key: keypair("alice"), lst: keypair("alice's slSOL").pubkey() };
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), 20 * SOL);
    stage.must(order, &[&alice.key, &ticket]);
    let reserve = stage.pool.reserve_lamports(&stage.svm);
    stage.must(unstake(&stage, &bob, &vote, &source, 0), &[&bob.key]);
    let rent = stage.stake_rent();
    assert_eq!(
        stage.pool.reserve_lamports(&stage.svm),
        reserve + rent,
        "all of it was paid by the providers"
    );
    stage.assert_balanced();
}

#[test]
fn it_needs_this_epochs_price_and_an_open_pool() {
    let (mut stage, bob, vote, source) = active();
    let right = unstake(&stage, &bob, &vote, &source, 0);
    let admin = stage.pool.admin.insecure_clone();
    stage.svm.advance_epoch();
    stage.refuses(right.clone(), &[&bob.key], PoolStale);
    stage.svm.set_rewards_active(true);
    stage.refuses(right.clone(), &[&bob.key], PoolStale);
    stage.svm.set_rewards_active(false);
    stage.pool.update(&mut stage.svm);
    stage.must(stage.pool.pause(&admin.pubkey()), &[&admin]);
    stage.refuses(right.clone(), &[&bob.key], PoolPaused);
    stage.must(stage.pool.resume(&admin.pubkey()), &[&admin]);
    stage.svm.set_rewards_active(true);
    stage.refuses(right.clone(), &[&bob.key], by_stake(InstructionError::Custom(16)));
    stage.svm.set_rewards_active(false);
    stage.must(right, &[&bob.key]);
}

#[test]
fn a_pool_that_chooses_its_depositors_chooses_here_too() {
    let (mut stage, bob, vote, source) = active();
    let (gate, admin) = (stage.newcomer("gate"), stage.pool.admin.insecure_clone());
    let key = admin.pubkey();
    let roles = Roles { fee_authority: key, pauser: key, deposit_authority: gate.address() };
    stage.must(stage.pool.set_roles(roles), &[&admin]);
    let alone = unstake(&stage, &bob, &vote, &source, 0);
    stage.refuses(alone, &[&bob.key], DepositAuthorityRequired);
    let mut accounts = stage.pool.liquid_unstake_accounts(&bob.address(), &vote, &source);
    accounts.deposit_authority = Some(gate.address());
    let right = accounts.instruction(LiquidUnstakeInstructionArgs { index: 0, min_out: 0 });
    stage.must(right, &[&bob.key, &gate.key]);
}

#[test]
fn the_cap_and_the_minimum_hold_for_the_deposit_it_is() {
    let (mut stage, bob, vote, source) =
        active_with(Lockup::default(), |options| options.params.limits.tvl_cap = 35 * SOL);
    stage.refuses(unstake(&stage, &bob, &vote, &source, 0), &[&bob.key], TvlCapExceeded);
    let (mut stage, bob, vote, source) = active();
    let minimum = stage.lamports(&source) + 1;
    let (limits, admin) = (PoolOptions::default().params.limits, stage.pool.admin.insecure_clone());
    let higher = sluice_sdk::staking_pool::types::Limits { min_deposit: minimum, ..limits };
    stage.must(stage.pool.set_limits(higher), &[&admin]);
    stage.refuses(unstake(&stage, &bob, &vote, &source, 0), &[&bob.key], BelowMinimumDeposit);
    stage.donate(&source, 1);
    stage.must(unstake(&stage, &bob, &vote, &source, 0), &[&bob.key]);
}

#[test]
fn only_what_is_wholly_the_signers_and_active_is_taken() {
    let (mut stage, bob, vote, source) = active();
    let mallory = stage.newcomer("mallory");
    stage.refuses(unstake(&stage, &mallory, &vote, &source, 0), &[&mallory.key], NotStakeAuthority);
    let right = unstake(&stage, &bob, &vote, &source, 0);
    let missing = shared(InstructionError::MissingRequiredSignature);
    stage.refuses(unsigned(&right, &bob.address()), &[], missing);
    let warming = delegate(&mut stage, &bob, "warming", &vote, 5 * SOL, Lockup::default());
    stage.refuses(unstake(&stage, &bob, &vote, &warming, 0), &[&bob.key], StakeNotActive);
    let outside = stage.svm.add_vote_account("outside");
    let elsewhere = delegate(&mut stage, &bob, "elsewhere", &outside, 5 * SOL, Lockup::default());
    stage.next_epoch();
    stage.refuses(unstake(&stage, &bob, &vote, &elsewhere, 0), &[&bob.key], WrongDelegation);
    let (mut locked, bob, vote, source) = active_with(Lockup { epoch: 200, ..Lockup::default() }, |_| {});
    locked.refuses(unstake(&locked, &bob, &vote, &source, 0), &[&bob.key], StakeLockedUp);
    // And once.
    stage.must(right.clone(), &[&bob.key]);
    stage.refuses(right, &[&bob.key], WrongStakeAccount);
}

#[test]
fn no_account_may_stand_in_for_another() {
    let (mut stage, bob, vote, source) = active();
    let other = stage.other_pool();
    let right = unstake(&stage, &bob, &vote, &source, 0);
    let (pool, canonical) = (&stage.pool, stage.pool.stake(&vote));
    let cases = [
        (pool.pool, other.pool, WrongReserve),
        (pool.reserve, other.reserve, WrongReserve),
        (pool.list, other.list, WrongValidatorList),
        (vote, source, WrongValidatorIndex),
        (canonical, pool.activating(&vote), WrongStakeAccount),
        (source, bob.lst, WrongStakeAccount),
        (sysvar::clock::ID, sysvar::rent::ID, WrongProgramAccount),
        (sysvar::stake_history::ID, sysvar::rent::ID, WrongProgramAccount),
        (pool::STAKE_PROGRAM, SYSTEM, WrongProgramAccount),
    ];
    for (old, new, error) in cases {
        if (old, new) == (vote, source) {
            continue;
        }
        stage.refuses(substitute(&right, &old, &new), &[&bob.key], error);
    }
    let another = stage.svm.add_vote_account("another");
    stage.refuses(substitute(&right, &vote, &another), &[&bob.key], WrongValidatorIndex);
    stage.must(right, &[&bob.key]);
}

#[test]
fn no_account_may_stand_in_two_places() {
    let (mut stage, bob, vote, source) = active();
    let right = unstake(&stage, &bob, &vote, &source, 0);
    let pool = &stage.pool;
    let places = [pool.pool, pool.reserve, pool.list, pool.stake(&vote), source];
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[&bob.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}

#[test]
fn the_event_names_no_referrer() {
    let (mut stage, bob, vote, source) = active();
    let sent = stage.must(unstake(&stage, &bob, &vote, &source, 0), &[&bob.key]);
    let [StakingPoolEvent::StakeDeposited(deposited), StakingPoolEvent::SolWithdrawn(withdrawn)] =
        &events(&sent)[..]
    else {
        panic!("two events")
    };
    assert_eq!((deposited.referrer, deposited.fee.referrer), (stage.pool.pool, 0));
    assert_eq!((deposited.minted, &deposited.after), (withdrawn.shares, &withdrawn.before));
    assert_eq!(deposited.reserve_after - withdrawn.reserve_after, withdrawn.paid);
}
