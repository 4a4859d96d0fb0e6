//! What others did to the stake accounts, and rent that changed, between two updates.

use super::*;

#[test]
fn stake_that_a_third_party_deactivated_is_collected() {
    let (mut stage, [ann, ben, cat]) = three_validators();
    stage.increase(&ben, 2 * SOL);
    stage.decrease(&cat, 2 * SOL);
    let before = stage.pool.state(&stage.svm);
    // A canonical account, an activating one, and one that cools down already.
    for stake in [stage.pool.stake(&ann), stage.pool.activating(&ben), stage.pool.deactivating(&cat)] {
        stage.deactivated_by_a_third_party(&stake);
    }
    stage.next_epoch();
    let (of_ann, of_ben, of_cat) = (stage.record(&ann), stage.record(&ben), stage.record(&cat));
    assert_eq!((of_ann.stake, of_ann.stake_state), (0, NONE));
    assert_eq!((of_ben.stake, of_ben.activating, of_ben.stake_state), (5 * SOL, 0, DELEGATED));
    assert_eq!((of_cat.stake, of_cat.deactivating), (3 * SOL, 0));
    for record in [of_ann, of_ben, of_cat] {
        assert_eq!(record.growth, 0, "moved, neither won nor lost");
    }
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, before.total_lamports);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 21 * SOL - 2 * stage.stake_rent() + SOL);
    stage.assert_balanced();
    // The validator may be used again at once.
    stage.increase(&ann, 4 * SOL);
    stage.next_epoch();
    assert_eq!(stage.record(&ann).stake, 4 * SOL);
    stage.assert_balanced();
}

#[test]
fn stake_that_a_third_party_deactivated_long_ago_is_collected_all_the_same() {
    let (mut stage, [ann, ..]) = three_validators();
    stage.deactivated_by_a_third_party(&stage.pool.stake(&ann));
    for _ in 0..4 {
        stage.svm.advance_epoch();
    }
    stage.pool.update(&mut stage.svm);
    assert_eq!(stage.record(&ann).stake_state, NONE);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 30 * SOL);
    stage.assert_balanced();
}

#[test]
fn what_a_restart_left_undelegated_is_collected() {
    let (mut stage, [ann, ben, cat]) = three_validators();
    stage.increase(&ben, 2 * SOL);
    stage.decrease(&cat, 2 * SOL);
    for stake in [stage.pool.stake(&ann), stage.pool.activating(&ben), stage.pool.deactivating(&cat)] {
        stage.undelegated_by_a_restart(&stake);
    }
    stage.next_epoch();
    let (of_ann, of_ben, of_cat) = (stage.record(&ann), stage.record(&ben), stage.record(&cat));
    assert_eq!((of_ann.stake, of_ann.stake_state), (0, NONE));
    assert_eq!((of_ben.stake, of_ben.activating), (5 * SOL, 0));
    assert_eq!((of_cat.stake, of_cat.deactivating), (3 * SOL, 0));
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 30 * SOL);
    stage.assert_balanced();
    stage.increase(&ann, 4 * SOL);
    stage.next_epoch();
    stage.assert_balanced();
}

#[test]
fn an_account_that_is_gone_counts_as_lost_and_stops_nothing() {
    let (mut stage, [ann, ben, cat]) = three_validators();
    stage.increase(&ben, 2 * SOL);
    stage.decrease(&cat, 2 * SOL);
    let rent = stage.stake_rent();
    for stake in [stage.pool.stake(&ann), stage.pool.activating(&ben), stage.pool.deactivating(&cat)] {
        stage.svm.edit(&stake, |account| *account = Default::default());
        assert_eq!(stage.svm.account(&stake), None);
    }
    let sent = stage.next_epoch();
    let (of_ann, of_ben, of_cat) = (stage.record(&ann), stage.record(&ben), stage.record(&cat));
    assert_eq!((of_ann.stake, of_ann.stake_state), (0, NONE));
    assert_eq!((of_ben.stake, of_ben.activating), (5 * SOL, 0));
    assert_eq!((of_cat.stake, of_cat.deactivating), (3 * SOL, 0));
    assert_eq!(
        (of_ann.growth, of_ben.growth, of_cat.growth),
        (-5_000_000_000, -2_000_000_000, -2_000_000_000)
    );
    // Nine SOL and the rent of three accounts.
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 21 * SOL - 3 * rent);
    stage.assert_balanced();
    // Whoever lost an account has an event that says so.
    let moved: Vec<_> = sent
        .iter()
        .flat_map(events)
        .filter_map(|event| match event {
            StakingPoolEvent::ValidatorMoved(moved) => {
                Some((moved.vote, moved.held_before - moved.held_after))
            }
            _ => None,
        })
        .collect();
    assert_eq!(moved, [(ann, 5 * SOL), (ben, 2 * SOL), (cat, 2 * SOL)]);
    stage.increase(&ann, 4 * SOL);
    stage.next_epoch();
    stage.assert_balanced();
}

#[test]
fn an_account_that_is_no_longer_the_pools_counts_as_lost() {
    let hijacks: [fn(&mut Svm, &Address); 5] = [
        |svm, stake| svm.edit(stake, |account| account.data[offset::STAKER] ^= 1),
        |svm, stake| svm.edit(stake, |account| account.data[offset::WITHDRAWER] ^= 1),
        |svm, stake| svm.edit(stake, |account| account.data[offset::LOCKUP_EPOCH] = 1),
        |svm, stake| svm.edit(stake, |account| account.data[..4].copy_from_slice(&[3, 0, 0, 0])),
        |svm, stake| svm.edit(stake, |account| account.owner = svm::FORGER),
    ];
    for hijack in hijacks {
        let (mut stage, [ann, ..]) = three_validators();
        hijack(&mut stage.svm, &stage.pool.stake(&ann));
        stage.next_epoch();
        assert_eq!((stage.record(&ann).stake, stage.record(&ann).stake_state), (0, NONE));
        let state = stage.pool.state(&stage.svm);
        assert_eq!(state.total_lamports, 25 * SOL - stage.stake_rent());
        assert_eq!(state.stake_rent, 2 * stage.stake_rent());
        // Its address is taken: nothing can be staked there, and nothing else is affected.
        let authority = stage.pool.delegation.insecure_clone();
        let wrong = stage.pool.increase_stake(&stage.svm, &ann, SOL);
        stage.refuses(wrong, &[&authority], by_system(0));
        stage.next_epoch();
    }
}

#[test]
fn rent_that_rose_between_two_increases_is_counted_as_it_is() {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let ann = stage.staked("ann", 5 * SOL);
    let old = stage.stake_rent();
    stage.svm.multiply_rent(2);
    // The reserve's own rent rose too, and that is a loss: let an update find it first.
    stage.next_epoch();
    stage.assert_balanced();
    let total = stage.pool.state(&stage.svm).total_lamports;
    stage.increase(&ann, 2 * SOL);
    assert_eq!(stage.pool.state(&stage.svm).stake_rent, old + 2 * old);
    stage.next_epoch();
    // The merged account holds today's rent, and what of the two rents is left came home.
    assert_eq!(stage.lamports(&stage.pool.stake(&ann)), 7 * SOL + 2 * old);
    assert_eq!(stage.pool.state(&stage.svm).stake_rent, 2 * old);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, total);
    stage.assert_balanced();
}

#[test]
fn rent_that_fell_is_no_loss() {
    let mut stage = Stage::new();
    stage.svm.multiply_rent(2);
    stage.holder("alice", 29 * SOL);
    stage.staked("ann", 5 * SOL);
    let total = stage.pool.state(&stage.svm).total_lamports;
    stage.svm.divide_rent(2);
    stage.next_epoch();
    // The reserve needs half of its rent; nothing of what the stake account holds is gone.
    let reserve_rent = stage.svm.rent_exempt(40);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, total + reserve_rent);
}

#[test]
fn a_pool_lives_on_when_rent_fell() {
    let (mut stage, [ann, ben, cat]) = three_validators();
    stage.svm.divide_rent(2);
    let alice = stage.holder("bob", 5 * SOL);
    // Everything an update can meet, old accounts beside new ones.
    stage.next_epoch();
    stage.assert_balanced();
    stage.increase(&ann, 2 * SOL);
    stage.decrease(&ben, 2 * SOL);
    stage.decrease(&cat, 5 * SOL);
    let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
    let exit = stage.pool.withdraw_stake(&alice.address(), &alice.lst, (0, &ann), &destination, SOL, SOL);
    stage.must(exit, &[&alice.key]);
    stage.donate(&stage.pool.stake(&ann), SOL / 50);
    stage.assert_balanced();
    let total = stage.pool.state(&stage.svm).total_lamports;
    stage.next_epoch();
    stage.assert_balanced();
    assert_eq!(stage.record(&ann).stake, 6 * SOL);
    assert_eq!((stage.record(&ben).stake, stage.record(&cat).stake), (3 * SOL, 0));
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, total + SOL / 50);
    stage.increase(&cat, 2 * SOL);
    stage.next_epoch();
    stage.decrease(&cat, 2 * SOL);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, total + SOL / 50);
    stage.assert_balanced();
}
