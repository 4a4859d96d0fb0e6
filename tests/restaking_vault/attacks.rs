//! Attacks on what the vault's specification promises. Each states what holds against one.

use crate::prelude::*;
use solana_instruction::AccountMeta;

/// `execute_slash`: "burnt where that account can no longer receive it, so that closing the beneficiary
/// stops no slash". A Token-2022 account that wants a memo receives nothing by this program's call.
#[test]
fn a_beneficiary_that_asks_for_memos_stops_no_slash() {
    let mut world = VaultFixture::opened(|plan| plan.collateral_token_program = TOKEN_2022_PROGRAM);
    let owner = world.funded_key();
    let key = Keypair::new();
    // 165 bytes, the account type, and one extension of one byte.
    let create = token::create_account(&world.svm, &world.bank, &key.pubkey(), 171, &TOKEN_2022_PROGRAM);
    let initialize = Instruction {
        program_id: TOKEN_2022_PROGRAM,
        accounts: vec![
            AccountMeta::new(key.pubkey(), false),
            AccountMeta::new_readonly(world.at.collateral_mint, false),
        ],
        data: [&[18], owner.pubkey().as_ref()].concat(),
    };
    world.send(&[create, initialize], &[&key]).unwrap();
    world.depositor(99 * ONE);
    let team = world.team(Some(key.pubkey()));
    world.allocate(&team, 10 * ONE).unwrap();
    world.warm_up();
    let request = world.request(&team, 5 * ONE).unwrap();
    world.pass_epochs(2);
    let enable_memos = Instruction {
        program_id: TOKEN_2022_PROGRAM,
        accounts: vec![
            AccountMeta::new(key.pubkey(), false),
            AccountMeta::new_readonly(owner.pubkey(), true),
        ],
        data: vec![30, 0],
    };
    world.send(&[enable_memos], &[&owner]).unwrap();
    let executed = world.execute(&team, request);
    assert!(executed.is_ok(), "{}", executed.unwrap_err().logs.join("\n"));
    assert_eq!(world.vault().assets, 95 * ONE);
}

/// `initialize_vault`: "an allocation cools down for at least two request lifetimes, so that a service
/// whose request has just ended can open another before anything it secures is released". Two lifetimes end in the
/// very epoch in which the pause does, so whoever sends the first transaction of that epoch wins.
#[test]
fn nothing_is_released_before_the_service_can_ask_again() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let request = world.request(&team, 1).unwrap();
    world.opt_out(&team, &team.operator_authority).unwrap();
    world.pass_epochs(4);
    world.close_request(&team, request).unwrap();
    let next_request = world.allocation(&team).next_request_epoch;
    while world.epoch() < next_request {
        assert_refused(world.request(&team, 10 * ONE), E::RequestTooSoon);
        assert_refused(world.release(&team), E::StillCooling);
        world.pass_epochs(1);
    }
    // First slot of the first epoch in which the service may ask.
    assert_refused(world.release(&team), E::StillCooling);
}

/// A limit that docs/security.md states: in the pause after its request a service can hold no ticket, and
/// an exit ordered then escapes unless the cool-down is longer than the pause. Shows both.
#[test]
fn in_a_services_pause_only_a_long_cool_down_holds_tickets() {
    for (cooldown, escapes) in [(2, true), (9, false)] {
        let mut world = VaultFixture::opened(|plan| {
            (plan.params.cooldown_epochs, plan.params.warmup_epochs) = (cooldown, cooldown);
        });
        let crook = world.depositor(99 * ONE);
        let team = world.allocated(10 * ONE);
        // A first, small offence, proven and paid; then a second, large one.
        let request = world.request(&team, 1).unwrap();
        world.pass_epochs(2);
        world.execute(&team, request).unwrap();
        let all = world.balance(&crook.vrt);
        let ticket = world.enqueue(&crook, all).unwrap();
        let next_request = world.allocation(&team).next_request_epoch;
        let mut left = false;
        while world.epoch() < next_request {
            assert_refused(world.request(&team, 5 * ONE), E::RequestTooSoon);
            left = left || world.claim(&crook, ticket).is_ok();
            world.pass_epochs(1);
        }
        assert_eq!(left, escapes, "cool-down of {cooldown} epochs");
    }
}

/// A limit that docs/security.md states: a delegation admin who is operator and service as well, and names his own
/// account, is held by the cap and the resolver's veto. Whoever leaves while his allocation warms up loses nothing; who
/// waits until he asks loses with the others.
#[test]
fn a_delegation_admin_in_all_three_roles_is_held_by_warm_up_cap_and_resolver() {
    let mut world = VaultFixture::new();
    let (alice, wary) = (world.depositor(50 * ONE), world.depositor(49 * ONE));
    let thief = world.delegation_admin.insecure_clone();
    world.svm.airdrop(&thief.pubkey(), 10 * ONE);
    let loot = world.collateral_account_of(thief.pubkey());
    let register = [ix::register_operator(thief.pubkey()), ix::register_service(thief.pubkey())];
    world.send(&register, &[&thief]).unwrap();
    let team = world.team_of(thief.insecure_clone(), thief.insecure_clone(), Some(loot));
    world.opt_in(&team, &thief).unwrap();
    world.allocate(&team, 100 * ONE).unwrap();
    let out = world.enqueue(&wary, 49 * ONE).unwrap();
    world.warm_up();
    world.claim(&wary, out).unwrap();
    assert_eq!(world.balance(&wary.collateral), 49 * ONE, "who saw it coming is out, whole");
    let request = world.request(&team, 100 * ONE).unwrap();
    let ticket = world.enqueue(&alice, 50 * ONE).unwrap();
    world.pass_epochs(2);
    for _ in 0..2 {
        assert_refused(world.claim(&alice, ticket), E::PendingSlash);
        world.execute(&team, request).unwrap();
        world.pass_epochs(1);
    }
    assert_eq!(world.balance(&loot), 51 * ONE * 19 / 100, "a tenth in each of two epochs");
    world.claim(&alice, ticket).unwrap();
    assert_eq!(world.balance(&alice.collateral), 50 * ONE * 81 / 100);
    world.settle();
}
