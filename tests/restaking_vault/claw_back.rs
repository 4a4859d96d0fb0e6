//! `claw_back`: what nobody has claimed goes back.

use crate::prelude::*;

#[test]
fn what_is_left_goes_back_to_who_gave_it() {
    let mut world = VaultFixture::new();
    let alice = world.user(0);
    let drop = world.drop(&[(alice.address(), 5), (alice.address(), 7)]);
    let tokens = world.token_account(TOKEN_PROGRAM, drop.at.mint, alice.address());
    let claim = ix::claim_reward(&drop.at, alice.address(), tokens, (1, 7), drop.tree.proof(1));
    world.send(&[claim], &[]).unwrap();
    let creator = drop.creator.pubkey();
    let back = ix::claw_back(&drop.at, creator, drop.creator_tokens);
    world.pass_epochs(9);
    assert_refused(world.send(std::slice::from_ref(&back), &[]), E::DistributionNotExpired);
    world.pass_epochs(1);
    let (wallet, rent) = (world.lamports(&creator), world.lamports(&drop.at.distribution));
    world.send(std::slice::from_ref(&back), &[]).unwrap();
    assert_eq!(world.balance(&drop.creator_tokens), 5);
    assert_eq!(world.balance(&drop.at.token_account), 0);
    assert_eq!(world.lamports(&creator), wallet + rent);
    assert!(!world.exists(&drop.at.distribution));
    assert!(world.send(&[back], &[]).is_err(), "once");
}

#[test]
fn nobody_else_is_paid() {
    let mut world = VaultFixture::new();
    let thief = world.user(0);
    let (drop, other) = (world.drop(&[(thief.address(), 5)]), world.drop(&[(thief.address(), 5)]));
    world.pass_epochs(10);
    let thiefs = world.token_account(TOKEN_PROGRAM, drop.at.mint, thief.address());
    let back = ix::claw_back(&drop.at, thief.address(), thiefs);
    assert_refused(world.send(&[back], &[]), E::WrongCreator);
    let creator = drop.creator.pubkey();
    for recipient in [thiefs, other.creator_tokens, creator] {
        let attempt = world.send(&[ix::claw_back(&drop.at, creator, recipient)], &[]);
        if recipient == creator {
            assert_refused(attempt, foreign::duplicate_account());
        } else {
            assert_refused(attempt, E::WrongRecipient);
        }
    }
    let mut instead = ix::claw_back(&drop.at, creator, drop.creator_tokens);
    instead.accounts[3].pubkey = other.at.token_account;
    assert_refused(world.send(&[instead], &[]), E::WrongDistributionAccount);
}
