//! `claim_reward`: a leaf is paid to its owner, once.

use crate::prelude::*;

#[test]
fn every_leaf_is_paid_once_to_its_owner_by_anybody() {
    let mut world = VaultFixture::new();
    let users: Vec<User> = (0..5).map(|_| world.user(0)).collect();
    let leaves: Vec<_> = users.iter().zip(1..).map(|(user, amount)| (user.address(), amount)).collect();
    let drop = world.drop(&leaves);
    for (index, user) in users.iter().enumerate() {
        let tokens = world.token_account(TOKEN_PROGRAM, drop.at.mint, user.address());
        let leaf = (index as u32, leaves[index].1);
        let claim = ix::claim_reward(&drop.at, user.address(), tokens, leaf, drop.tree.proof(index));
        world.send(std::slice::from_ref(&claim), &[]).unwrap();
        assert_eq!(world.balance(&tokens), leaf.1);
        assert_refused(world.send(&[claim], &[]), E::AlreadyClaimed);
    }
    let state = world.distribution(&drop);
    assert_eq!((state.claimed, state.claims, state.bitmap[0]), (15, 5, 0b1_1111));
    assert_eq!(world.balance(&drop.at.token_account), 0);
}

#[test]
fn a_proof_is_good_for_its_own_leaf_alone() {
    let mut world = VaultFixture::new();
    let (alice, bob) = (world.user(0), world.user(0));
    let leaves = [(alice.address(), 5), (bob.address(), 7), (alice.address(), 9)];
    let (drop, other) = (world.drop(&leaves), world.drop(&leaves));
    let tokens = world.token_account(TOKEN_PROGRAM, drop.at.mint, alice.address());
    let bobs = world.token_account(TOKEN_PROGRAM, drop.at.mint, bob.address());
    let proof = |index| drop.tree.proof(index);
    let long: Vec<_> = proof(0).into_iter().chain([[0; 32]; 12]).collect();
    let claims = [
        // Another amount, index, owner; another leaf's proof, a part of one, too long a one, another tree's.
        (alice.address(), tokens, (0, 6), proof(0)),
        (alice.address(), tokens, (1, 5), proof(0)),
        (alice.address(), tokens, (3, 5), proof(0)),
        (bob.address(), bobs, (0, 5), proof(0)),
        (alice.address(), tokens, (0, 5), proof(1)),
        (alice.address(), tokens, (0, 5), proof(0)[1..].to_vec()),
        (alice.address(), tokens, (0, 5), vec![]),
        (alice.address(), tokens, (0, 5), long),
        (alice.address(), tokens, (0, 5), other.tree.proof(0)),
    ];
    for (owner, recipient, leaf, proof) in claims {
        let claim = ix::claim_reward(&drop.at, owner, recipient, leaf, proof);
        assert_refused(world.send(&[claim], &[]), E::WrongProof);
    }
    // To nobody else's account, and to none of another mint.
    let others = world.token_account(TOKEN_PROGRAM, other.at.mint, alice.address());
    for recipient in [bobs, alice.collateral, others, bob.address()] {
        let claim = ix::claim_reward(&drop.at, alice.address(), recipient, (0, 5), proof(0));
        assert_refused(world.send(&[claim], &[]), E::WrongRecipient);
    }
    let genuine = ix::claim_reward(&drop.at, alice.address(), tokens, (0, 5), proof(0));
    for (place, account) in [(3, other.at.token_account), (4, other.at.mint)] {
        let mut claim = genuine.clone();
        claim.accounts[place].pubkey = account;
        assert_refused(world.send(&[claim], &[]), E::WrongDistributionAccount);
    }
    world.send(&[genuine], &[]).unwrap();
}

#[test]
fn a_tree_that_promises_more_than_there_is_pays_no_more_than_there_is() {
    let mut world = VaultFixture::new();
    let alice = world.user(0);
    let expiry_epoch = world.epoch() + 2;
    let params = DistributionParams { root: [0; 32], amount: 10, expiry_epoch, leaves: 2 };
    let (drop, create) = world.plan_drop(&[(alice.address(), 7), (alice.address(), 7)], 10, &params);
    world.send(&[create], &[&drop.creator]).unwrap();
    // Tokens that are sent there later are not promised to anybody.
    let more = token::mint_to(&drop.at.mint, &drop.at.token_account, &world.bank.pubkey(), 100);
    world.send(&[more], &[]).unwrap();
    let tokens = world.token_account(TOKEN_PROGRAM, drop.at.mint, alice.address());
    let claim = |index: usize| {
        ix::claim_reward(&drop.at, alice.address(), tokens, (index as u32, 7), drop.tree.proof(index))
    };
    world.send(&[claim(1)], &[]).unwrap();
    assert_refused(world.send(&[claim(0)], &[]), E::DistributionExhausted);
    assert_eq!(world.balance(&tokens), 7);
}

#[test]
fn a_leaf_beyond_the_number_of_leaves_is_none() {
    let mut world = VaultFixture::new();
    let alice = world.user(0);
    let expiry_epoch = world.epoch() + 2;
    let params = DistributionParams { root: [0; 32], amount: 10, expiry_epoch, leaves: 1 };
    let (drop, create) = world.plan_drop(&[(alice.address(), 5), (alice.address(), 5)], 10, &params);
    world.send(&[create], &[&drop.creator]).unwrap();
    let tokens = world.token_account(TOKEN_PROGRAM, drop.at.mint, alice.address());
    let claim = ix::claim_reward(&drop.at, alice.address(), tokens, (1, 5), drop.tree.proof(1));
    assert_refused(world.send(&[claim], &[]), E::WrongProof);
}

#[test]
fn claims_end_with_the_distribution() {
    let mut world = VaultFixture::new();
    let alice = world.user(0);
    let drop = world.drop(&[(alice.address(), 5)]);
    let tokens = world.token_account(TOKEN_PROGRAM, drop.at.mint, alice.address());
    let claim = ix::claim_reward(&drop.at, alice.address(), tokens, (0, 5), vec![]);
    world.pass_epochs(10);
    assert_refused(world.send(&[claim], &[]), E::DistributionExpired);
}
