//! `claim_and_unstake`: out of the vault and into one ticket of the staking pool.

use crate::prelude::*;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_sdk::staking_pool::errors::StakingPoolError as P;

#[test]
fn a_ticket_of_the_vault_becomes_one_of_the_pool() {
    let mut world = VaultFixture::of_pool(Collateral::Lst, |_| {});
    let alice = world.user(0);
    world.stake_and_restake(&alice, 10 * ONE, 1).unwrap();
    let vrt = world.balance(&alice.vrt);
    // What lies in her own account already stays there.
    world.mint_collateral(alice.collateral, 7);
    let ticket = world.enqueue(&alice, vrt).unwrap();
    world.pass_epochs(2);
    let pool_ticket = world.claim_and_unstake(&alice, ticket, 10 * ONE).unwrap();
    assert!(!world.exists(&ticket));
    let ordered = Ticket::decode(&world.data(&pool_ticket)).unwrap();
    assert_eq!((ordered.owner, ordered.shares), (alice.address(), 10 * ONE));
    assert_eq!(world.balance(&alice.collateral), 7);
    world.settle();
    // And that pays in SOL.
    world.pass_epochs(1);
    world.update_pool();
    let before = world.lamports(&alice.address());
    let (rent, claim) =
        (world.lamports(&pool_ticket), world.pool().claim_ticket(&pool_ticket, &alice.address()));
    world.send(&[claim], &[]).unwrap();
    assert_eq!(world.lamports(&alice.address()), before + rent + 10 * ONE);
}

#[test]
fn it_waits_and_is_slashed_as_any_claim() {
    let mut world = VaultFixture::of_pool(Collateral::Lst, |_| {});
    let alice = world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let ticket = world.enqueue(&alice, 99 * ONE).unwrap();
    assert_refused(world.claim_and_unstake(&alice, ticket, 0), E::CooldownNotOver);
    world.pass_epochs(2);
    let request = world.request(&team, 10 * ONE).unwrap();
    assert_refused(world.claim_and_unstake(&alice, ticket, 0), E::PendingSlash);
    world.pass_epochs(2);
    world.execute(&team, request).unwrap();
    // The bound is the pool's: lamports that the new ticket is worth.
    let worth = 99 * ONE * 9 / 10;
    assert_refused(world.claim_and_unstake(&alice, ticket, worth + 1), P::SlippageExceeded);
    world.claim_and_unstake(&alice, ticket, worth).unwrap();
    world.settle();
}

#[test]
fn only_its_owner_sends_it_on_and_only_through_the_vaults_own_pool() {
    let mut world = VaultFixture::of_pool(Collateral::Lst, |_| {});
    let (alice, bob) = (world.depositor(9 * ONE), world.depositor(ONE));
    let ticket = world.enqueue(&alice, 9 * ONE).unwrap();
    world.pass_epochs(2);
    assert_refused(world.claim_and_unstake(&bob, ticket, 0), E::NotTicketOwner);
    let other = sluice_tests::PoolFixture::named(&mut world.svm, "other ", Default::default());
    let pool_ticket = Keypair::new();
    let ends = (world.pool().escrow, pool_ticket.pubkey());
    let genuine = ix::claim_and_unstake(&world.at, ticket, alice.address(), alice.collateral, ends, 0);
    for (position, account, refusal) in [
        (3, bob.collateral, E::WrongRecipient.into()),
        (10, other.pool, E::WrongStakingPool.into()),
        (11, other.escrow, Refusal::from(P::WrongEscrow)),
        (14, RESTAKING_VAULT_ID, E::WrongStakingPool.into()),
    ] {
        let mut instead = genuine.clone();
        instead.accounts[position].pubkey = account;
        assert_refused(world.send(&[instead], &[&alice.key, &pool_ticket]), refusal);
    }
    let mut unsigned = genuine.clone();
    unsigned.accounts[2].is_signer = false;
    let attempt = world.send(&[unsigned], &[&pool_ticket]);
    assert_fails(attempt, InstructionError::MissingRequiredSignature);
    world.send(&[genuine], &[&alice.key, &pool_ticket]).unwrap();

    let mut world = VaultFixture::of_pool(Collateral::Liquidity, |_| {});
    let alice = world.depositor(9 * ONE);
    let ticket = world.enqueue(&alice, 9 * ONE).unwrap();
    world.pass_epochs(2);
    assert_refused(world.claim_and_unstake(&alice, ticket, 0), E::WrongStakingPool);
}
