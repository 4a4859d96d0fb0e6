//! Withdrawn stake on the real Bank.

use super::*;

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
