//! `create_distribution`: tokens set aside for whoever a tree names.

use crate::prelude::*;

fn params(world: &VaultFixture) -> DistributionParams {
    DistributionParams { root: [0; 32], amount: 100, expiry_epoch: world.epoch() + 2, leaves: 2 }
}

#[test]
fn a_distribution_holds_what_arrived_and_says_for_whom() {
    let mut world = VaultFixture::new();
    let alice = world.user(0);
    let drop = world.drop(&[(alice.address(), 70), (alice.address(), 30)]);
    let state = world.distribution(&drop);
    assert_eq!((state.vault, state.creator), (world.at.vault, drop.creator.pubkey()));
    assert_eq!((state.mint, state.token_account), (drop.at.mint, drop.at.token_account));
    assert_eq!((state.root, state.total, state.claimed), (drop.tree.root(), 100, 0));
    assert_eq!((state.leaves, state.claims, state.expiry_epoch), (2, 0, world.epoch() + 10));
    assert_eq!(state.bitmap, [0; 1_024]);
    assert_eq!((world.balance(&drop.at.token_account), world.balance(&drop.creator_tokens)), (100, 0));
}

#[test]
fn numbers_outside_their_ranges_are_refused() {
    type Change = fn(&mut DistributionParams);
    let cases: [(Change, E); 6] = [
        (|p| p.amount = 0, E::ZeroAmount),
        (|p| p.leaves = 0, E::LeavesOutOfRange),
        (|p| p.leaves = 8_193, E::LeavesOutOfRange),
        (|p| p.expiry_epoch -= 1, E::WindowOutOfRange),
        (|p| p.expiry_epoch += 399, E::WindowOutOfRange),
        (|p| p.expiry_epoch = u64::MAX, E::WindowOutOfRange),
    ];
    for (change, code) in cases {
        let mut world = VaultFixture::new();
        let mut params = params(&world);
        change(&mut params);
        let (drop, create) = world.plan_drop(&[(Address::new_unique(), 100)], 100, &params);
        assert_refused(world.send(&[create], &[&drop.creator]), code);
    }
    for change in [(|p| p.leaves = 8_192) as Change, |p| p.expiry_epoch += 398] {
        let mut world = VaultFixture::new();
        let mut params = params(&world);
        change(&mut params);
        let (drop, create) = world.plan_drop(&[(Address::new_unique(), 100)], 100, &params);
        world.send(&[create], &[&drop.creator]).unwrap();
    }
}

#[test]
fn the_tokens_are_the_creators_and_the_account_is_the_distributions_alone() {
    let mut world = VaultFixture::new();
    let params = params(&world);
    let (drop, create) = world.plan_drop(&[(Address::new_unique(), 100)], 99, &params);
    assert_refused(
        world.send(std::slice::from_ref(&create), &[&drop.creator]),
        foreign::insufficient_funds(),
    );
    let genuine = world.svm.account(&drop.at.token_account).unwrap();
    // A delegate, a close authority, frozen, another owner.
    for (place, byte) in [(72, 1), (129, 1), (108, 2), (32, genuine.data[32] ^ 1)] {
        world.forge(drop.at.token_account, |account| account.data[place] = byte);
        let attempt = world.send(std::slice::from_ref(&create), &[&drop.creator]);
        assert_refused(attempt, E::UnusableVaultAccount);
        world.forge(drop.at.token_account, |account| *account = genuine.clone());
    }
    let mut instead = create.clone();
    instead.accounts[6].pubkey = RESTAKING_VAULT_ID;
    assert_refused(world.send(&[instead], &[&drop.creator]), E::WrongTokenProgram);
    let mut unsigned = create;
    unsigned.accounts[1].is_signer = false;
    assert_fails(world.send(&[unsigned], &[]), InstructionError::MissingRequiredSignature);
}
