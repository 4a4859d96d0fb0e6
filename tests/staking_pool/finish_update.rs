//! `finish_update`: each line of its specification, and each way it refuses.

use sluice_money::{Bps, Lamports, LstAmount};
use sluice_pool_math::{self as math, RewardFee};
use sluice_sdk::AccountData;
use sluice_sdk::staking_pool::accounts::RateHistory;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{FeeEntry, UpdateFinished};
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_instruction::{AccountMeta, Instruction};
use solana_signer::Signer;

use crate::stage::*;

mod funds;

/// A pool of ten SOL, nine of them alice's, and nobody's stake.
fn ten_sol() -> (Stage, Holder) {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    (stage, alice)
}

/// The next epoch, with that much more in the reserve, updated.
fn profit(stage: &mut Stage, lamports: u64) -> Sent {
    stage.donate(&stage.pool.reserve.clone(), lamports);
    stage.next_epoch().pop().expect("the end of an update")
}

#[test]
fn profit_less_the_fee_is_released_over_the_slots_of_an_epoch() {
    let (mut stage, _) = ten_sol();
    profit(&mut stage, SOL);
    let ledger = stage.pool.ledger(&stage.svm);
    let slot = stage.svm.clock().slot;
    assert_eq!((ledger.total, ledger.supply), (Lamports(11 * SOL), LstAmount(10_050_000_000)));
    assert_eq!(ledger.locked_profit, Lamports(950_000_000));
    assert_eq!((ledger.profit_slot, ledger.profit_end_slot), (slot, slot + EPOCH));
    stage.assert_balanced();
    // (10.05 + 0.95 x the released share) / 10.05, a tenth of an epoch after a tenth.
    let mut rates = vec![stage.pool.rate(&stage.svm)];
    for _ in 0..10 {
        stage.svm.advance_slots(EPOCH / 10);
        rates.push(stage.pool.rate(&stage.svm));
    }
    assert_eq!(rates[0], SOL);
    assert_eq!(rates[1], 1_009_452_736);
    assert_eq!(rates[5], 1_047_263_681);
    assert_eq!(rates[10], 1_094_527_363);
    for step in rates.windows(2) {
        assert!((9_452_736..=9_452_737).contains(&(step[1] - step[0])), "linear: {rates:?}");
    }
}

#[test]
fn the_fee_is_minted_to_the_treasury_at_the_current_rate() {
    let (mut stage, _) = ten_sol();
    profit(&mut stage, SOL);
    // 5 % of a SOL at a rate of one.
    assert_eq!(stage.tokens(&stage.pool.treasury), 50_000_000);
    profit(&mut stage, 2 * SOL);
    // 5 % of two SOL, when 11 SOL are behind 10.05 LST: 0.1 x 10.05 / 11.
    assert_eq!(stage.tokens(&stage.pool.treasury), 50_000_000 + 91_363_636);
    assert_eq!(stage.pool.state(&stage.svm).supply, 10_050_000_000 + 91_363_636);
    stage.assert_balanced();
}

#[test]
fn the_quote_is_the_outcome_and_the_event_says_it_all() {
    let (mut stage, _) = ten_sol();
    let vote = stage.staked("ann", 4 * SOL);
    stage.donate(&stage.pool.stake(&vote), 123_456_789);
    stage.svm.advance_epoch();
    stage.svm.advance_slots(777);
    let before = stage.pool.ledger(&stage.svm);
    let (slot, rent) = (stage.svm.clock().slot, stage.stake_rent());
    let counted = Lamports(10 * SOL + 123_456_789);
    let fee = RewardFee { fee: Bps::new(500).expect("a share"), insurance: Bps::ZERO };
    let quote = math::update(&before, LstAmount::ZERO, slot, EPOCH, counted, &fee).expect("an update");
    stage.must(stage.pool.update_validators(&stage.svm, 0, 1), &[]);

    let sent = stage.must(stage.pool.finish_update(), &[]);

    assert_eq!(stage.pool.ledger(&stage.svm), quote.ledger);
    // 5 % of 123,456,789, rounded down, at a rate of one.
    assert_eq!((quote.fee, quote.fee_shares.treasury), (Lamports(6_172_839), LstAmount(6_172_839)));
    assert_eq!(quote.ledger.locked_profit, Lamports(123_456_789 - 6_172_839));
    assert_eq!(stage.tokens(&stage.pool.treasury), 6_172_839);
    stage.assert_balanced();
    let event = UpdateFinished {
        pool: stage.pool.pool,
        epoch: stage.svm.clock().epoch,
        profit: 123_456_789,
        loss: 0,
        fee_lamports: 6_172_839,
        fee: FeeEntry { treasury: 6_172_839, ..NO_FEE },
        insurance_burnt: 0,
        insurance_after: 0,
        minted_shares: 6_172_839,
        forgone_shares: 0,
        burnt_shares: 0,
        validator_lamports: 4 * SOL,
        stake_rent: rent,
        reserve_lamports: 6 * SOL - rent + 123_456_789,
        tickets_lack: 0,
        before: entry(&before),
        after: entry(&quote.ledger),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::UpdateFinished(event)]);
}

#[test]
fn an_update_that_finds_nothing_changes_no_balance() {
    let (mut stage, _) = ten_sol();
    stage.staked("ann", 4 * SOL);
    let before = stage.pool.state(&stage.svm);
    stage.next_epoch();
    let after = stage.pool.state(&stage.svm);
    assert_eq!((after.total_lamports, after.supply), (before.total_lamports, before.supply));
    assert_eq!((after.locked_profit, after.stake_rent), (0, before.stake_rent));
    assert_eq!(after.updated_epoch, before.updated_epoch + 1);
    assert_eq!(stage.tokens(&stage.pool.treasury), 0);
    stage.assert_balanced();
}

#[test]
fn profit_that_is_still_locked_is_released_with_the_new() {
    let (mut stage, _) = ten_sol();
    stage.svm.advance_epoch();
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.svm.advance_slots(EPOCH / 2);
    stage.pool.update(&mut stage.svm);
    // The next update comes half an epoch later: half of 0.95 SOL is still locked.
    stage.svm.advance_epoch();
    stage.donate(&stage.pool.reserve.clone(), 2 * SOL);
    stage.pool.update(&mut stage.svm);
    let ledger = stage.pool.ledger(&stage.svm);
    let slot = stage.svm.clock().slot;
    assert_eq!(ledger.locked_profit, Lamports(475_000_000 + 1_900_000_000));
    assert_eq!((ledger.profit_slot, ledger.profit_end_slot), (slot, slot + EPOCH));
    stage.assert_balanced();
}

#[test]
fn a_loss_counts_at_once() {
    let (mut stage, _) = ten_sol();
    stage.lose(&stage.pool.reserve.clone(), SOL);
    let sent = stage.next_epoch().pop().expect("the end of an update");
    assert_eq!(stage.pool.rate(&stage.svm), 900_000_000);
    assert_eq!(stage.tokens(&stage.pool.treasury), 0);
    stage.assert_balanced();
    let [StakingPoolEvent::UpdateFinished(event)] = &events(&sent)[..] else { panic!("one event") };
    assert_eq!((event.profit, event.loss, event.fee_lamports), (0, SOL, 0));
    assert_eq!((event.before.total_lamports, event.after.total_lamports), (10 * SOL, 9 * SOL));
}

#[test]
fn a_loss_is_taken_from_locked_profit_first() {
    let (mut stage, _) = ten_sol();
    stage.svm.advance_epoch();
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.svm.advance_slots(EPOCH / 2);
    stage.pool.update(&mut stage.svm);
    stage.svm.advance_epoch();
    // 0.475 SOL are locked. A loss of 0.4 leaves the rate alone.
    let rate = stage.pool.rate(&stage.svm);
    assert_eq!(rate, 1_047_263_681);
    stage.lose(&stage.pool.reserve.clone(), 400_000_000);
    stage.pool.update(&mut stage.svm);
    assert_eq!(stage.pool.rate(&stage.svm), rate);
    assert_eq!(stage.pool.state(&stage.svm).locked_profit, 75_000_000);
    stage.assert_balanced();
}

#[test]
fn a_loss_larger_than_locked_profit_lowers_the_rate_by_the_rest() {
    let (mut stage, _) = ten_sol();
    stage.svm.advance_epoch();
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.svm.advance_slots(EPOCH / 2);
    stage.pool.update(&mut stage.svm);
    stage.svm.advance_epoch();
    // 0.475 of the SOL lost were locked.
    stage.lose(&stage.pool.reserve.clone(), SOL);
    stage.pool.update(&mut stage.svm);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.total_lamports, state.locked_profit), (10 * SOL, 0));
    // 10 / 10.05.
    assert_eq!(stage.pool.rate(&stage.svm), 995_024_875);
    stage.assert_balanced();
}

#[test]
fn a_pool_that_lost_everything_lives_again_from_a_donation() {
    let (mut stage, _) = ten_sol();
    stage.lose(&stage.pool.reserve.clone(), 10 * SOL);
    stage.next_epoch();
    assert_eq!(stage.pool.rate(&stage.svm), 0);
    profit(&mut stage, SOL);
    assert_eq!(stage.tokens(&stage.pool.treasury), 0, "no fee where nothing can be priced");
    assert_eq!(stage.pool.state(&stage.svm).locked_profit, SOL);
    stage.next_epoch();
    assert_eq!(stage.pool.rate(&stage.svm), 100_000_000);
    stage.holder("bob", SOL);
    stage.assert_balanced();
}

#[test]
fn a_pool_that_lost_nearly_everything_is_not_stopped_by_a_donation() {
    let (mut stage, _) = ten_sol();
    stage.lose(&stage.pool.reserve.clone(), 10 * SOL - 1);
    stage.next_epoch();
    // A lamport is behind ten LST, so the fee on fifty SOL would be twenty-five billion LST: more than can be counted.
    profit(&mut stage, 50 * SOL);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 50 * SOL + 1);
    stage.assert_balanced();
}

#[test]
fn it_is_sent_once_an_epoch() {
    let (mut stage, _) = ten_sol();
    let finish = stage.pool.finish_update();
    // The epoch of its birth is a pool's first update.
    stage.refuses(finish.clone(), &[], AlreadyUpdated);
    stage.svm.advance_epoch();
    stage.must(finish.clone(), &[]);
    stage.refuses(finish.clone(), &[], AlreadyUpdated);
    let twice = [finish.clone(), finish];
    stage.svm.advance_epoch();
    let own = [stage.pool.reserve];
    refused(&mut stage.svm, &twice, &[&stage.pool.payer], &own, AlreadyUpdated);
}

#[test]
fn every_validator_comes_first() {
    let (mut stage, _) = ten_sol();
    for name in ["ann", "ben", "cat"] {
        stage.validator(name);
    }
    let finish = stage.pool.finish_update();
    stage.svm.advance_epoch();
    stage.refuses(finish.clone(), &[], UpdateIncomplete);
    for place in [2, 0] {
        stage.must(stage.pool.update_validators(&stage.svm, place, 1), &[]);
        stage.refuses(finish.clone(), &[], UpdateIncomplete);
    }
    stage.must(stage.pool.update_validators(&stage.svm, 1, 1), &[]);
    // Yesterday's count is nobody's today.
    stage.svm.advance_epoch();
    stage.refuses(finish.clone(), &[], UpdateIncomplete);
    stage.must(stage.pool.update_validators(&stage.svm, 0, 3), &[]);
    stage.must(finish, &[]);
    stage.assert_balanced();
}

#[test]
fn balances_are_not_read_while_rewards_are_paid() {
    let (mut stage, _) = ten_sol();
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    let finish = stage.pool.finish_update();
    stage.refuses(finish.clone(), &[], EpochRewardsActive);
    stage.svm.set_rewards_active(false);
    stage.must(finish, &[]);
}

#[test]
fn missed_epochs_are_caught_up_in_one() {
    let (mut stage, _) = ten_sol();
    stage.staked("ann", 4 * SOL);
    for _ in 0..5 {
        stage.svm.advance_epoch();
        stage.donate(&stage.pool.reserve.clone(), SOL / 5);
    }
    stage.pool.update(&mut stage.svm);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.total_lamports, state.locked_profit), (11 * SOL, 950_000_000));
    assert_eq!(state.updated_epoch, stage.svm.clock().epoch);
    stage.assert_balanced();
}

#[test]
fn what_holders_burnt_themselves_is_absorbed_like_profit() {
    let (mut stage, alice) = ten_sol();
    let burn = token::burn(&alice.lst, &stage.pool.mint, &alice.address(), 4 * SOL);
    stage.must(burn, &[&alice.key]);
    assert_eq!(stage.pool.rate(&stage.svm), SOL, "a burn moves no rate");
    stage.next_epoch();
    // Ten SOL behind six LST, and the four SOL that were burnt are locked.
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.total_lamports, state.supply, state.locked_profit), (10 * SOL, 6 * SOL, 4 * SOL));
    assert_eq!(stage.pool.rate(&stage.svm), SOL);
    assert_eq!(stage.tokens(&stage.pool.treasury), 0, "no profit, no fee");
    stage.assert_balanced();
    stage.svm.advance_slots(EPOCH / 2);
    assert_eq!(stage.pool.rate(&stage.svm), 1_333_333_333);
    stage.next_epoch();
    assert_eq!(stage.pool.rate(&stage.svm), 1_666_666_666);
    stage.assert_balanced();
}

#[test]
fn a_burn_cannot_hide_a_loss_nor_a_loss_a_burn() {
    let (mut stage, alice) = ten_sol();
    let burn = token::burn(&alice.lst, &stage.pool.mint, &alice.address(), 4 * SOL);
    stage.must(burn, &[&alice.key]);
    stage.lose(&stage.pool.reserve.clone(), 5 * SOL);
    let sent = stage.next_epoch().pop().expect("the end of an update");
    // Four of the five SOL are those of the burnt LST: 5 SOL behind 6 LST.
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.total_lamports, state.supply, state.locked_profit), (5 * SOL, 6 * SOL, 0));
    assert_eq!(stage.pool.rate(&stage.svm), 833_333_333);
    stage.assert_balanced();
    let [StakingPoolEvent::UpdateFinished(event)] = &events(&sent)[..] else { panic!("one event") };
    assert_eq!((event.loss, event.before.supply, event.after.supply), (5 * SOL, 10 * SOL, 6 * SOL));
}

#[test]
fn claimed_tickets_and_burnt_lst_are_told_apart() {
    let (mut stage, alice) = ten_sol();
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), 3 * SOL);
    stage.must(order, &[&alice.key, &ticket]);
    stage.next_epoch();
    stage.must(stage.pool.claim_ticket(&ticket.pubkey(), &alice.address()), &[]);
    stage.must(token::burn(&alice.lst, &stage.pool.mint, &alice.address(), 2 * SOL), &[&alice.key]);
    let sent = stage.next_epoch().pop().expect("the end of an update");
    let [StakingPoolEvent::UpdateFinished(event)] = &events(&sent)[..] else { panic!("one event") };
    assert_eq!(event.burnt_shares, 3 * SOL);
    // Seven SOL behind the seed's LST and Alice's four; her two burnt ones are locked.
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.total_lamports, state.supply, state.locked_profit), (7 * SOL, 5 * SOL, 2 * SOL));
    assert_eq!((state.pending_burn, stage.tokens(&stage.pool.escrow)), (0, SOL));
    assert_eq!(token::supply(&stage.svm, &stage.pool.mint), 5 * SOL);
    stage.assert_balanced();
}

#[test]
fn more_lst_than_was_ever_minted_stops_the_update() {
    let (mut stage, alice) = ten_sol();
    let supply_at = 36;
    stage.svm.advance_epoch();
    let finish = stage.pool.finish_update();
    // One base unit more than the pool recorded, then fewer than it is about to burn.
    stage.write_word(&stage.pool.mint.clone(), supply_at, 10 * SOL + 1);
    stage.refuses(finish.clone(), &[], SupplyMismatch);
    stage.write_word(&stage.pool.mint.clone(), supply_at, 10 * SOL);
    stage.must(finish.clone(), &[]);

    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), 3 * SOL);
    stage.must(order, &[&alice.key, &ticket]);
    stage.next_epoch();
    stage.must(stage.pool.claim_ticket(&ticket.pubkey(), &alice.address()), &[]);
    stage.svm.advance_epoch();
    stage.write_word(&stage.pool.mint.clone(), supply_at, 3 * SOL - 1);
    stage.refuses(finish.clone(), &[], SupplyMismatch);
    stage.write_word(&stage.pool.mint.clone(), supply_at, 10 * SOL);
    stage.must(finish, &[]);
    stage.assert_balanced();
}

#[test]
fn a_treasury_that_cannot_receive_forgoes_the_fee() {
    let spoilers: [fn(&mut Stage); 4] = [
        |stage| {
            let (treasury, admin) = (stage.pool.treasury, stage.pool.admin.insecure_clone());
            stage.must(token::close(&treasury, &admin.pubkey()), &[&admin]);
        },
        |stage| stage.freeze(&stage.pool.treasury.clone()),
        |stage| {
            // Closed, and opened again for another mint.
            let other = stage.other_pool();
            stage.svm.edit(&stage.pool.treasury.clone(), |account| {
                account.data[..32].copy_from_slice(other.mint.as_ref());
            });
        },
        |stage| stage.svm.edit(&stage.pool.treasury.clone(), |account| account.owner = SYSTEM),
    ];
    for spoil in spoilers {
        let (mut stage, _) = ten_sol();
        spoil(&mut stage);
        let sent = profit(&mut stage, SOL);
        let state = stage.pool.state(&stage.svm);
        assert_eq!((state.total_lamports, state.supply), (11 * SOL, 10 * SOL));
        assert_eq!(state.locked_profit, SOL, "all of the profit is the holders'");
        stage.assert_balanced();
        let [StakingPoolEvent::UpdateFinished(event)] = &events(&sent)[..] else { panic!("one event") };
        assert_eq!((event.profit, event.fee_lamports, event.minted_shares), (SOL, 0, 0));
    }
}

/// The token program's third kind of account is 355 bytes of its maker's choice: how many of how many signatures, a mark,
/// and eleven keys. Over a mint whose address happens to start with such numbers, it reads like a token account.
#[test]
fn a_treasury_made_a_multisig_forgoes_the_fee_too() {
    let mut svm = Svm::new();
    // The address of this pool's mint starts with 8, 11, 1.
    let pool = PoolFixture::named(&mut svm, "30381 ", PoolOptions::default());
    let mint = pool.mint.to_bytes();
    assert_eq!(mint[..3], [8, 11, 1]);
    let mut stage = Stage { svm, pool };
    stage.holder("alice", 9 * SOL);
    let (treasury, admin) = (stage.pool.treasury, stage.pool.admin.insecure_clone());
    stage.must(token::close(&treasury, &admin.pubkey()), &[&admin]);

    let mut keys = [[7; 32]; 11];
    keys[0][..29].copy_from_slice(&mint[3..]);
    keys[3][9] = 1; // Where a token account says that it is initialized.
    let mut accounts = vec![AccountMeta::new(treasury, false)];
    accounts.extend(keys.map(|key| AccountMeta::new_readonly(key.into(), false)));
    let make = Instruction { program_id: token::TOKEN_PROGRAM, accounts, data: vec![19, 8] };
    let payer = stage.pool.payer.insecure_clone();
    let create = token::create_account(&stage.svm, &payer, &treasury, 355, &token::TOKEN_PROGRAM);
    stage.svm.must(&[create, make], &[&payer, &keypair("30381 treasury")]);
    let data = stage.svm.account(&treasury).expect("the multisig exists").data;
    assert_eq!((&data[..32], data[108]), (&mint[..], 1));

    profit(&mut stage, SOL);
    assert_eq!(stage.pool.state(&stage.svm).locked_profit, SOL);
    stage.assert_balanced();
}

#[test]
fn a_treasury_that_can_receive_again_gets_the_next_fee() {
    let (mut stage, _) = ten_sol();
    let treasury = stage.pool.treasury;
    stage.freeze(&treasury);
    profit(&mut stage, SOL);
    stage.svm.edit(&treasury, |account| account.data[108] = 1);
    profit(&mut stage, SOL);
    // 5 % of a SOL, when 11 SOL are behind 10 LST.
    assert_eq!(stage.tokens(&treasury), 45_454_545);
    stage.assert_balanced();
}

#[test]
fn a_pool_without_fee_mints_none() {
    let mut stage = Stage::with(|options| options.params.fees.reward_bps = 0);
    stage.holder("alice", 9 * SOL);
    profit(&mut stage, SOL);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.supply, state.locked_profit), (10 * SOL, SOL));
    assert_eq!(stage.tokens(&stage.pool.treasury), 0);
    stage.assert_balanced();
}

#[test]
fn no_account_may_stand_in_for_another() {
    let (mut stage, alice) = ten_sol();
    let other = stage.other_pool();
    stage.svm.advance_epoch();
    let right = stage.pool.finish_update();
    let fixture = &stage.pool;
    let (pool, reserve, list, mint) = (fixture.pool, fixture.reserve, fixture.list, fixture.mint);
    let (treasury, escrow, history) = (fixture.treasury, fixture.escrow, fixture.rate_history());
    let forged_history = stage.svm.forgery(&history);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_list = stage.svm.forgery(&list);
    let forged_reserve = stage.svm.forgery(&reserve);
    let duplicate = || framework(DUPLICATE_MUTABLE_ACCOUNT);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, other.pool, WrongReserve.into()),
        (reserve, other.reserve, WrongReserve.into()),
        (reserve, forged_reserve, shared(InstructionError::IllegalOwner)),
        (list, other.list, WrongValidatorList.into()),
        (list, forged_list, shared(InstructionError::IllegalOwner)),
        (mint, other.mint, WrongMint.into()),
        (treasury, other.treasury, WrongTreasury.into()),
        (treasury, alice.lst, WrongTreasury.into()),
        (escrow, other.escrow, WrongEscrow.into()),
        (escrow, alice.lst, WrongEscrow.into()),
        (token::TOKEN_PROGRAM, TOKEN_2022, WrongTokenProgram.into()),
        (history, other.rate_history(), WrongRateHistory.into()),
        (history, forged_history, shared(InstructionError::IllegalOwner)),
        (history, other.pool, shared(InstructionError::AccountDataTooSmall)),
        (history, pool, duplicate()),
        (treasury, escrow, duplicate()),
        (escrow, treasury, duplicate()),
        (mint, escrow, duplicate()),
        (reserve, pool, duplicate()),
        (list, pool, duplicate()),
        (reserve, list, shared(InstructionError::InvalidAccountData)),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[], refusal);
    }
    stage.must(right, &[]);
}

// The insurance fund.
