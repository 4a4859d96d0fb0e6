//! What moves in an epoch is bounded.

use super::*;

#[test]
fn what_moves_in_an_epoch_is_at_most_its_cap() {
    let (mut stage, _, [ann, ben]) = capped();
    for lamports in [6 * SOL + 1, 12 * SOL] {
        let wrong = decrease(&stage, &ann, lamports);
        refuses(&mut stage, wrong, MovementCapExceeded);
    }
    stage.decrease(&ann, 4 * SOL);
    let wrong = decrease(&stage, &ben, 2 * SOL + 1);
    refuses(&mut stage, wrong, MovementCapExceeded);
    stage.decrease(&ben, 2 * SOL);
    assert_eq!(stage.pool.state(&stage.svm).moved_lamports, 6 * SOL);
    // The next epoch has a cap of its own, to the lamport.
    stage.next_epoch();
    let wrong = decrease(&stage, &ben, 6 * SOL + 1);
    refuses(&mut stage, wrong, MovementCapExceeded);
    stage.decrease(&ben, 6 * SOL);
    let wrong = decrease(&stage, &ann, SOL);
    refuses(&mut stage, wrong, MovementCapExceeded);
    assert_eq!(stage.pool.state(&stage.svm).moved_lamports, 6 * SOL);
    stage.assert_balanced();
}

#[test]
fn the_cap_does_not_bind_what_tickets_lack() {
    for cap in [0, 2_000] {
        let (mut stage, alice, [ann, ben]) = capped_at(cap);
        let movable = match cap {
            0 => 0,
            _ => 6 * SOL,
        };
        if cap > 0 {
            stage.decrease(&ben, 6 * SOL);
        }
        // Six in the reserve less two rents, and more on their way: eight more are lacking.
        let rent = stage.stake_rent();
        stage.ordered(&alice, "ticket", 14 * SOL + movable - 2 * rent);
        assert_eq!(lack(&stage), 8 * SOL);
        let wrong = decrease(&stage, &ann, 8 * SOL + 1);
        refuses(&mut stage, wrong, MovementCapExceeded);
        stage.decrease(&ann, 8 * SOL);
        assert_eq!(stage.pool.state(&stage.svm).moved_lamports, movable);
        assert_eq!(lack(&stage), 0);
        stage.next_epoch();
        let claim = stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address());
        stage.must(claim, &[]);
        stage.assert_balanced();
    }
}

#[test]
fn what_moves_for_tickets_is_not_held_against_the_cap() {
    let (mut stage, alice, [ann, ben]) = capped();
    stage.decrease(&ann, 2 * SOL);
    stage.next_epoch();
    stage.ordered(&alice, "ticket", 12 * SOL);
    let wanted = lack(&stage);
    assert!(wanted > SOL);
    stage.decrease(&ann, wanted);
    let state = stage.pool.state(&stage.svm);
    assert!(state.moved_epoch < state.updated_epoch, "nothing is booked against this epoch's cap");
    // The whole cap is left.
    stage.decrease(&ben, 6 * SOL);
    stage.assert_balanced();
}

#[test]
fn the_rent_of_a_split_comes_home_with_it_and_nothing_more_has_to_leave() {
    let (mut stage, alice, [ann, ben]) = capped_at(0);
    stage.ordered(&alice, "ticket", 10 * SOL);
    let wanted = lack(&stage);
    stage.decrease(&ann, wanted);
    assert_eq!(lack(&stage), 0);
    let wrong = decrease(&stage, &ben, SOL);
    refuses(&mut stage, wrong, MovementCapExceeded);
    stage.next_epoch();
    stage.must(stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address()), &[]);
    stage.assert_balanced();
}
