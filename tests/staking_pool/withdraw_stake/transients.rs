//! Stake that warms up or cools down, or that somebody else touched.

use super::*;

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
