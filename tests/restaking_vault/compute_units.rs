//! What each instruction costs, alone in its transaction. The limits are promises; costs beyond them are defects.

use crate::prelude::*;

fn within(name: &str, attempt: Attempt, limit: u64) {
    let done = attempt.expect(name);
    println!("{name:<22} {:>6} CU of {limit}", done.compute_units);
    assert!(done.compute_units <= limit, "{name} costs {} CU, more than {limit}", done.compute_units);
}

#[test]
fn every_instruction_stays_within_its_budget() {
    let (mut world, initialize) = VaultFixture::planned(|_| {});
    let admin = world.admin.key.insecure_clone();
    within("initialize_vault", world.send(&[initialize], &[&admin]), 25_000);
    let alice = world.user(1_000 * ONE);
    within("deposit", world.deposit(&alice, 100 * ONE), 4_500);

    let ticket = Keypair::new();
    let order = ix::enqueue_withdrawal(&world.at, alice.address(), alice.vrt, ticket.pubkey(), ONE);
    within("enqueue_withdrawal", world.send(&[order], &[&alice.key, &ticket]), 4_500);
    world.pass_epochs(2);
    within("claim_withdrawal", world.claim(&alice, ticket.pubkey()), 4_500);

    within("instant_withdraw", world.leave(&alice, ONE), 4_500);
    within("pay_rewards", world.reward(&alice, ONE), 3_000);

    let (operator, service) = (world.funded_key(), world.funded_key());
    let register = ix::register_operator(operator.pubkey());
    within("register_operator", world.send(&[register], &[&operator]), 20_000);
    let register = ix::register_service(service.pubkey());
    within("register_service", world.send(&[register], &[&service]), 20_000);
    let team = world.team_of(operator, service, None);
    let delegation_admin = world.delegation_admin.insecure_clone();
    within("opt_in, first", world.opt_in(&team, &delegation_admin), 25_000);
    within("opt_in", world.opt_in(&team, &team.operator_authority), 25_000);
    world.opt_in(&team, &team.service_authority).unwrap();
    within("allocate", world.allocate(&team, 10 * ONE), 3_500);
    world.warm_up();

    let request = ix::request_slash(&world.at, &team.parties, 0, ONE, [7; 32]);
    within("request_slash", world.send(&[request], &[&team.service_authority]), 20_000);
    let request = ix::slash_request_address(&team.allocation, 0);
    world.pass_epochs(2);
    within("execute_slash", world.execute(&team, request), 4_500);
    let vetoed = world.allocated(ONE);
    let request = world.request(&vetoed, ONE).unwrap();
    within("veto_slash", world.veto(&vetoed, request), 3_000);
    let expired = world.allocated(ONE);
    let request = world.request(&expired, ONE).unwrap();
    world.pass_epochs(4);
    within("close_slash_request", world.close_request(&expired, request), 3_000);

    within("deallocate", world.deallocate(&team, ONE), 3_000);
    within("opt_out", world.opt_out(&team, &team.operator_authority), 3_000);
    world.pass_epochs(9);
    within("release_allocation", world.release(&team), 1_500);
}

/// Amounts whose products need 128 bits, at a price that is no round number.
#[test]
fn a_vault_of_any_size_costs_the_same() {
    let mut world = VaultFixture::new();
    world.depositor(7_000_000_000 * ONE + 13);
    let team = world.allocated(1_000_000_007);
    world.slash(&team, 999_999_937);
    let whale = world.user(2_000_000_000 * ONE);
    within("deposit, wide", world.deposit(&whale, 1_999_999_999 * ONE + 7), 4_500);
    let ticket = world.enqueue(&whale, 1_000_000_000 * ONE + 11).unwrap();
    world.pass_epochs(2);
    within("claim, wide", world.claim(&whale, ticket), 4_500);
    world.settle();
}
