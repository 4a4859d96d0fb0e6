//! Who is owed and waits may call stake home.

use super::*;

/// The decrease, signed by a passer-by.
fn by_stranger(stage: &Stage, vote: &Address, lamports: u64) -> Instruction {
    substitute(
        &decrease(stage, vote, lamports),
        &stage.pool.delegation.pubkey(),
        &keypair("stranger").pubkey(),
    )
}

#[track_caller]
fn refuses_stranger(stage: &mut Stage, vote: &Address, lamports: u64, refusal: impl Into<Refusal>) {
    let wrong = by_stranger(stage, vote, lamports);
    stage.refuses(wrong, &[&keypair("stranger")], refusal);
}

fn stranger_decreases(stage: &mut Stage, vote: &Address, lamports: u64) -> Sent {
    let right = by_stranger(stage, vote, lamports);
    stage.must(right, &[&keypair("stranger")])
}

#[test]
fn anyone_may_call_stake_home_for_tickets_that_have_lacked_it_for_two_epochs() {
    let (mut stage, alice, [ann, ben]) = capped_at(0);
    let rent = stage.stake_rent();
    stage.ordered(&alice, "ticket", 10 * SOL);
    // Six SOL less two rents are there.
    let wanted = 4 * SOL + 2 * rent;
    assert_eq!(lack(&stage), wanted);
    refuses_stranger(&mut stage, &ann, wanted, NotDelegationAuthority);
    stage.next_epoch();
    let since = stage.svm.clock().epoch;
    assert_eq!(stage.pool.state(&stage.svm).lack_since_epoch, since);
    for _ in 0..2 {
        refuses_stranger(&mut stage, &ann, wanted, NotDelegationAuthority);
        stage.svm.advance_epoch();
        refuses_stranger(&mut stage, &ann, wanted, PoolStale);
        stage.pool.update(&mut stage.svm);
        assert_eq!(stage.pool.state(&stage.svm).lack_since_epoch, since);
    }

    // Not more than lacks, and not the whole of somebody who could be split.
    for lamports in [wanted + 1, 11 * SOL, 12 * SOL] {
        refuses_stranger(&mut stage, &ann, lamports, NotDelegationAuthority);
    }
    let reserve = stage.lamports(&stage.pool.reserve);
    let sent = stranger_decreases(&mut stage, &ann, wanted);
    let event = StakeDecreased {
        pool: stage.pool.pool,
        vote: ann,
        lamports: wanted,
        rent,
        reserve_after: reserve - rent,
    };
    assert_eq!(events(&sent), [StakingPoolEvent::StakeDecreased(event)]);
    // Not when nothing lacks, whatever did before.
    assert_eq!(lack(&stage), 0);
    for lamports in [1, SOL, 12 * SOL] {
        let refusal = if lamports < SOL { BelowMinimumDelegation } else { NotDelegationAuthority };
        refuses_stranger(&mut stage, &ben, lamports, refusal);
    }

    stage.next_epoch();
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.lack_since_epoch, state.leaving_lamports), (0, 0));
    stage.must(stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address()), &[]);
    stage.assert_balanced();
}

#[test]
fn a_lack_that_was_met_in_between_begins_anew() {
    let (mut stage, alice, [ann, _]) = capped();
    stage.ordered(&alice, "ticket", 10 * SOL);
    stage.next_epoch();
    stage.next_epoch();
    // Somebody's deposit covers it, and is covered by nothing when it is gone.
    let bob = stage.holder("bob", 5 * SOL);
    assert_eq!(lack(&stage), 0);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).lack_since_epoch, 0);
    stage.ordered(&bob, "bob's ticket", 5 * SOL);
    let wanted = lack(&stage);
    assert!(wanted > SOL);
    for _ in 0..3 {
        refuses_stranger(&mut stage, &ann, wanted, NotDelegationAuthority);
        stage.next_epoch();
    }
    stranger_decreases(&mut stage, &ann, wanted);
    stage.assert_balanced();
}

#[test]
fn a_lack_that_a_deposit_has_met_lets_no_stranger_move_stake() {
    let (mut stage, alice, [ann, _]) = capped();
    stage.ordered(&alice, "ticket", 10 * SOL);
    for _ in 0..3 {
        stage.next_epoch();
    }
    let wanted = lack(&stage);
    stage.holder("bob", wanted);
    for lamports in [SOL, wanted, 12 * SOL] {
        refuses_stranger(&mut stage, &ann, lamports, NotDelegationAuthority);
    }
}

/// A validator gives once an epoch. Whoever would have tickets wait need only be first, and ask for the least.
#[test]
fn nobody_uses_up_the_one_decrease_of_an_epoch_on_a_crumb() {
    let (mut stage, alice, [ann, ben]) = capped();
    stage.ordered(&alice, "ticket", 26 * SOL);
    for _ in 0..3 {
        stage.next_epoch();
    }
    // More lacks than either could give alone, which is eleven.
    let wanted = lack(&stage);
    assert!(wanted > 20 * SOL);
    for lamports in [SOL, 5_500_000_000 - 1] {
        refuses_stranger(&mut stage, &ann, lamports, NotDelegationAuthority);
    }
    stranger_decreases(&mut stage, &ann, 5_500_000_000);
    stranger_decreases(&mut stage, &ben, 12 * SOL);
    // The authority is trusted with less.
    stage.next_epoch();
    assert!(lack(&stage) > 2 * SOL);
    stage.decrease(&ann, SOL);
    stage.assert_balanced();
}

#[test]
fn the_least_that_can_be_moved_may_be_moved_for_less() {
    let (mut stage, alice, [ann, _]) = capped_at(0);
    let rent = stage.stake_rent();
    // A lamport lacks; the chain moves a SOL.
    stage.ordered(&alice, "ticket", 6 * SOL - 2 * rent + 1);
    assert_eq!(lack(&stage), 1);
    for _ in 0..3 {
        stage.next_epoch();
    }
    refuses_stranger(&mut stage, &ann, SOL + 1, NotDelegationAuthority);
    stranger_decreases(&mut stage, &ann, SOL);
    stage.assert_balanced();
}

#[test]
fn a_whole_account_may_be_called_home_where_the_rest_would_be_too_small() {
    for (lamports, is_splittable) in [(SOL, false), (2 * SOL - 1, false), (2 * SOL, true)] {
        let mut stage = Stage::with(|options| options.params.limits.movement_cap_bps = 0);
        let alice = stage.holder("alice", 9 * SOL);
        let (_, ann) = (stage.staked("ben", 3 * SOL), stage.staked("ann", lamports));
        let there = stage.pool.reserve_lamports(&stage.svm);
        stage.ordered(&alice, "ticket", there + SOL / 2);
        for _ in 0..3 {
            stage.next_epoch();
        }
        match is_splittable {
            true => {
                refuses_stranger(&mut stage, &ann, lamports, NotDelegationAuthority);
                stranger_decreases(&mut stage, &ann, SOL);
            }
            false => {
                stranger_decreases(&mut stage, &ann, lamports);
                assert_eq!(stage.record(&ann).stake_state, DEACTIVATING);
            }
        }
        stage.next_epoch();
        stage.must(stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address()), &[]);
        stage.assert_balanced();
    }
}

#[test]
fn a_whole_account_may_be_called_home_where_the_reserve_cannot_pay_a_splits_rent() {
    // Everything but a rent less a lamport is delegated, and then everything but a rent.
    for (left, can_split) in [(1, false), (0, true)] {
        let mut stage = Stage::with(|options| options.params.limits.movement_cap_bps = 0);
        let alice = stage.holder("alice", 9 * SOL);
        let rent = stage.stake_rent();
        let all = 10 * SOL - 2 * rent + left;
        let ann = stage.staked("ann", all);
        stage.ordered(&alice, "ticket", SOL);
        for _ in 0..3 {
            stage.next_epoch();
        }
        match can_split {
            true => {
                refuses_stranger(&mut stage, &ann, all, NotDelegationAuthority);
                stranger_decreases(&mut stage, &ann, SOL);
            }
            false => {
                refuses_stranger(&mut stage, &ann, SOL, ReserveInsufficient);
                stranger_decreases(&mut stage, &ann, all);
            }
        }
        stage.next_epoch();
        stage.must(stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address()), &[]);
        stage.assert_balanced();
    }
}

#[test]
fn an_activating_account_without_a_canonical_one_may_be_called_home_whole() {
    let (mut stage, vote) = left_with_its_activating_account();
    let alice = Holder { key: keypair("alice"), lst: keypair("alice's slSOL").pubkey() };
    let there = stage.pool.reserve_lamports(&stage.svm);
    stage.ordered(&alice, "ticket", there + 1);
    for _ in 0..3 {
        stage.next_epoch();
    }
    stranger_decreases(&mut stage, &vote, 2 * SOL);
    stage.next_epoch();
    stage.must(stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address()), &[]);
    stage.assert_balanced();
}

#[test]
fn the_lack_of_one_pool_moves_no_stake_of_another() {
    let (mut stage, alice, [ann, _]) = capped();
    stage.ordered(&alice, "ticket", 10 * SOL);
    let other = stage.other_pool();
    holder_of(&mut stage.svm, &other, "carol", 20 * SOL);
    stage.svm.must(&[other.add_validator(&ann)], &[&other.payer, &other.delegation]);
    let increase = other.increase_stake(&stage.svm, &ann, 6 * SOL);
    stage.svm.must(&[increase], &[&other.payer, &other.delegation]);
    for _ in 0..3 {
        stage.next_epoch();
        other.update(&mut stage.svm);
    }
    let stranger = keypair("stranger");
    let right = other.decrease_stake(&stage.svm, &ann, SOL);
    let wrong = substitute(&right, &other.delegation.pubkey(), &stranger.pubkey());
    stage.refuses(wrong, &[&stranger], NotDelegationAuthority);
    let ours = stage.pool.delegation.insecure_clone();
    let wrong = substitute(&right, &other.delegation.pubkey(), &ours.pubkey());
    stage.refuses(wrong, &[&ours], NotDelegationAuthority);
}
