//! What is left of an account, taken whole.

use super::*;

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
