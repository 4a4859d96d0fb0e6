//! What a validator's record says it brought: `growth`, and what of that is `extra`, paid by somebody and not by the chain.

use sluice_localnet::ValidatorScript;
use sluice_tests::ledger::{Backing, assert_balanced};
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;

use crate::stage::*;

/// Lamports from which on strays of a delegated account are swept.
const THRESHOLD: u64 = 10_000_000;

/// A pool of thirty SOL with five active at each of three validators.
fn three_validators() -> (Stage, [Address; 3]) {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let votes = ["ann", "ben", "cat"].map(|name| stage.validator(name));
    for vote in &votes {
        stage.increase(vote, 5 * SOL);
    }
    stage.next_epoch();
    (stage, votes)
}

/// Adds a reward to a delegation as the chain does.
fn reward(stage: &mut Stage, stake: &Address, lamports: u64) {
    let delegated = stage.delegated(stake) + lamports;
    stage.svm.edit(stake, |account| account.lamports += lamports);
    stage.write_word(stake, offset::DELEGATED, delegated);
}

/// `growth` and `extra` of a record, in lamports.
fn brought(stage: &Stage, vote: &Address) -> (i64, u64) {
    let record = stage.record(vote);
    (record.growth, record.extra)
}

#[test]
fn tips_are_extra_once_they_are_swept_and_the_rest_is_inflation() {
    let (mut stage, [ann, ben, cat]) = three_validators();
    let [of_ann, of_ben, of_cat] = [ann, ben, cat].map(|vote| stage.pool.stake(&vote));
    stage.svm.advance_epoch();
    for stake in [of_ann, of_ben, of_cat] {
        reward(&mut stage, &stake, 70_000);
    }
    stage.donate(&of_ann, THRESHOLD - 1);
    stage.donate(&of_ben, THRESHOLD);
    stage.pool.update(&mut stage.svm);
    assert_eq!(brought(&stage, &ann), (70_000, 0), "a lamport short: not growth yet, so not extra either");
    assert_eq!(brought(&stage, &ben), (10_070_000, THRESHOLD));
    assert_eq!(brought(&stage, &cat), (70_000, 0));
    stage.assert_balanced();

    // The next update says what came since, and nothing of what was.
    stage.donate(&of_ann, 1);
    stage.svm.advance_epoch();
    reward(&mut stage, &of_ann, 80_000);
    stage.pool.update(&mut stage.svm);
    assert_eq!(brought(&stage, &ann), (10_080_000, THRESHOLD));
    assert_eq!(brought(&stage, &ben), (0, 0));
    stage.next_epoch();
    assert_eq!(brought(&stage, &ann), (0, 0));
    stage.assert_balanced();
}

#[test]
fn strays_of_a_collected_account_are_extra_whatever_they_are() {
    let (mut stage, [ann, ben, cat]) = three_validators();
    stage.increase(&cat, 2 * SOL);
    stage.decrease(&ann, 5 * SOL);
    stage.decrease(&ben, 2 * SOL);
    // A whole account, a part, and an activating one that a third party deactivated.
    let leaving = [stage.pool.stake(&ann), stage.pool.deactivating(&ben), stage.pool.activating(&cat)];
    stage.deactivated_by_a_third_party(&leaving[2]);
    stage.svm.advance_epoch();
    for (stake, paid) in leaving.iter().zip([50_000, 20_000, 0]) {
        reward(&mut stage, stake, paid);
        stage.donate(stake, 700);
    }
    stage.pool.update(&mut stage.svm);
    assert_eq!(leaving.map(|stake| stage.lamports(&stake)), [0; 3]);
    assert_eq!(brought(&stage, &ann), (50_700, 700));
    assert_eq!(brought(&stage, &ben), (20_700, 700));
    assert_eq!(brought(&stage, &cat), (700, 700));
    stage.assert_balanced();
}

#[test]
fn rent_of_a_merged_transient_is_neither_growth_nor_extra() {
    let (mut stage, [ann, ben, _]) = three_validators();
    stage.increase(&ann, 2 * SOL);
    stage.increase(&ben, 2 * SOL);
    let reserve = stage.lamports(&stage.pool.reserve);
    stage.svm.advance_epoch();
    // A merge brings home the strays of both accounts, and those of the canonical one may have been swept before.
    let of_ann = stage.pool.stake(&ann);
    reward(&mut stage, &of_ann, 60_000);
    stage.donate(&stage.pool.stake(&ben), THRESHOLD);
    stage.donate(&stage.pool.activating(&ben), 300);
    stage.pool.update(&mut stage.svm);
    let rents = 2 * stage.stake_rent();
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + rents + THRESHOLD + 300);
    assert_eq!(brought(&stage, &ann), (60_000, 0));
    assert_eq!(brought(&stage, &ben), (10_000_300, 10_000_300));
    stage.assert_balanced();
}

#[test]
fn rent_that_rose_before_a_merge_is_no_loss_of_the_validator() {
    let (mut stage, [ann, ..]) = three_validators();
    let old = stage.stake_rent();
    stage.svm.multiply_rent(2);
    stage.next_epoch();
    stage.increase(&ann, 2 * SOL);
    let reserve = stage.lamports(&stage.pool.reserve);
    stage.svm.advance_epoch();
    stage.donate(&stage.pool.activating(&ann), 300);
    stage.pool.update(&mut stage.svm);
    // Three old rents are in two accounts; one account keeps two of them.
    assert_eq!(stage.lamports(&stage.pool.stake(&ann)), 7 * SOL + 2 * old);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + old + 300);
    assert_eq!(brought(&stage, &ann), (300, 300));
    stage.assert_balanced();
}

#[test]
fn a_loss_is_told_apart_from_the_tips_of_the_same_epoch() {
    let (mut stage, [ann, ben, _]) = three_validators();
    stage.increase(&ann, 2 * SOL);
    let gone = stage.pool.activating(&ann);
    stage.svm.edit(&gone, |account| *account = Default::default());
    stage.donate(&stage.pool.stake(&ann), THRESHOLD);
    // Strays of an account that is no longer the pool's are not the pool's either.
    let taken = stage.pool.stake(&ben);
    stage.donate(&taken, THRESHOLD);
    stage.svm.edit(&taken, |account| account.data[offset::WITHDRAWER] ^= 1);
    stage.next_epoch();
    assert_eq!(brought(&stage, &ann), (-1_990_000_000, THRESHOLD));
    assert_eq!(brought(&stage, &ben), (-5_000_000_000, 0));
}

#[test]
fn a_gift_to_what_a_restart_left_undelegated_passes_for_no_inflation() {
    let (mut stage, [ann, ben, cat]) = three_validators();
    stage.increase(&ben, 2 * SOL);
    stage.decrease(&cat, 2 * SOL);
    let left = [stage.pool.stake(&ann), stage.pool.activating(&ben), stage.pool.deactivating(&cat)];
    for stake in left {
        stage.undelegated_by_a_restart(&stake);
        stage.donate(&stake, SOL);
    }
    stage.next_epoch();
    for vote in [ann, ben, cat] {
        assert_eq!(brought(&stage, &vote), (1_000_000_000, SOL));
    }
    stage.assert_balanced();
}

#[test]
fn what_several_missed_epochs_brought_is_told_apart_too() {
    let (mut stage, [ann, ..]) = three_validators();
    let stake = stage.pool.stake(&ann);
    for _ in 0..3 {
        stage.svm.advance_epoch();
        reward(&mut stage, &stake, 70_000);
        stage.donate(&stake, 4_000_000);
    }
    stage.pool.update(&mut stage.svm);
    assert_eq!(stage.record(&ann).growth_epochs, 3);
    assert_eq!(brought(&stage, &ann), (12_210_000, 12_000_000));
    stage.assert_balanced();
}

#[test]
fn a_validator_that_joins_again_brings_nothing_along() {
    let (mut stage, [ann, ..]) = three_validators();
    stage.donate(&stage.pool.stake(&ann), THRESHOLD);
    stage.decrease(&ann, 5 * SOL);
    stage.next_epoch();
    assert_eq!(brought(&stage, &ann), (10_000_000, THRESHOLD));
    stage.delegate(stage.pool.remove_validator(0, &ann));
    stage.delegate(stage.pool.add_validator(&ann));
    assert_eq!(brought(&stage, &ann), (0, 0));
}

/// Whatever moves: every lamport the chain paid is in `growth - extra` of the next update, and every lamport of
/// anybody else is in `extra` once and only once, or still where it fell.
#[test]
fn rewards_and_gifts_are_told_apart_to_the_lamport_over_a_hundred_epochs() {
    let (mut stage, votes) = three_validators();
    let mut random = Random::new(96);
    let (mut given, mut extra, mut moves) = (0, 0, [0; 3]);
    for _ in 0..100 {
        for vote in &votes {
            let record = stage.record(vote);
            let delegated = record.stake_state == 1;
            match random.below(5) {
                0 if record.activating == 0 => {
                    stage.increase(vote, SOL + random.below(SOL));
                    moves[0] += 1;
                }
                1 if delegated && record.stake >= 2 * SOL => {
                    stage.decrease(vote, SOL + random.below(record.stake - 2 * SOL + 1));
                    moves[1] += 1;
                }
                2 if delegated && random.one_in(3) => {
                    stage.decrease(vote, record.stake);
                    moves[2] += 1;
                }
                _ => {}
            }
        }
        stage.svm.advance_epoch();
        let mut paid = [0; 3];
        for (vote, paid) in votes.iter().zip(&mut paid) {
            let accounts =
                [stage.pool.stake(vote), stage.pool.activating(vote), stage.pool.deactivating(vote)];
            for stake in &accounts {
                if stage.svm.account(stake).is_none() {
                    continue;
                }
                let (inflation, gift) = (random.below(100_000), random.below(THRESHOLD));
                reward(&mut stage, stake, inflation);
                stage.donate(stake, gift);
                *paid += inflation;
                given += gift;
            }
        }
        stage.pool.update(&mut stage.svm);
        for (vote, paid) in votes.iter().zip(paid) {
            let record = stage.record(vote);
            assert_eq!(record.growth, (paid + record.extra) as i64);
            extra += record.extra;
        }
        assert_eq!(given, extra + Backing::of(&stage.svm, &stage.pool).strays);
        stage.assert_balanced();
    }
    assert!(extra > 0 && moves.iter().all(|count| *count > 9), "{moves:?}");
}

/// On the real Bank: what the chain says it paid is `growth - extra`, what the tip payer sent is `extra`.
#[test]
fn the_banks_rewards_and_its_tips_are_told_apart_to_the_lamport() {
    let scripts = vec![
        ValidatorScript::new("lavish").stake_sol(1_000_000).mev(0, 1_000_000),
        ValidatorScript::new("frugal").stake_sol(1_000_000).mev(0, 40_000),
        ValidatorScript::new("plain").stake_sol(1_000_000),
    ];
    let mut bank = Bank::start(scripts);
    let votes = ["lavish", "frugal", "plain"].map(|name| bank.0.validator(name).vote_address());
    let pool = PoolFixture::new(&mut bank);
    let keys = [pool.payer.insecure_clone(), pool.delegation.insecure_clone()];
    let (alice, lst) = pool.user(&mut bank, "alice", 1_000 * SOL);
    bank.must(&[pool.deposit_sol(&alice.pubkey(), &lst, 400 * SOL, 0)], &[&alice]);
    for vote in &votes {
        bank.must(&[pool.add_validator(vote)], &[&keys[0], &keys[1]]);
        let increase = pool.increase_stake(&bank, vote, 99 * SOL);
        bank.must(&[increase], &[&keys[0], &keys[1]]);
    }

    let (mut owed, mut sweeps) = ([0; 3], [0; 3]);
    for epoch in 0..12 {
        // More stake is merged while tips lie on the account it joins; a part that leaves is tipped once more.
        for vote in &votes {
            let change = match epoch {
                3 => pool.increase_stake(&bank, vote, 20 * SOL),
                6 => pool.decrease_stake(&bank, vote, 50 * SOL),
                _ => continue,
            };
            bank.must(&[change], &[&keys[0], &keys[1]]);
        }
        let report = bank.0.advance_epoch();
        pool.update(&mut bank);
        for (index, vote) in votes.iter().enumerate() {
            let accounts = [pool.stake(vote), pool.activating(vote), pool.deactivating(vote)];
            let paid: u64 = accounts.iter().map(|stake| report.reward_of(stake)).sum();
            owed[index] += accounts.iter().map(|stake| report.tips_of(stake)).sum::<u64>();
            assert_eq!(paid > 0, epoch > 0, "the first epoch only warms up");
            let record = pool.record(&bank, vote).1;
            assert_eq!(record.growth, (paid + record.extra) as i64, "epoch {epoch}");
            assert!(record.extra <= owed[index], "no more than was given");
            owed[index] -= record.extra;
            sweeps[index] += u64::from(record.extra > 0);
        }
        assert_eq!(owed[0], 0, "a lavish validator's tips are swept as they come");
        assert!(owed[1] < THRESHOLD, "a frugal one's are saved up");
        assert_eq!(owed.iter().sum::<u64>(), Backing::of(&bank, &pool).strays);
        assert_balanced(&bank, &pool);
    }
    assert_eq!(sweeps, [11, 3, 0]);
}
