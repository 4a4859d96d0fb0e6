//! `claim_bond`: each line of its specification, and each way it refuses.

use sluice_tests::pool::compute_limit;
use sluice_tests::selection::{NOT_IN_POOL, close_account};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::bonds::{
    bond_params, bonded, books, change, charges, copy_of, dawn, earned, freeze, give_to, holder, owner,
    owners_lst, turn,
};
use crate::{Error, FULL, next_epoch};

const ALPHA: [(&str, u64); 1] = [("alpha", FULL)];

struct Scene {
    svm: Svm,
    selection: SelectionFixture,
    vote: Address,
    owner: Keypair,
    lst: Address,
}

impl Scene {
    /// A candidate whose owner gave notice of six of ten LST, and has an account for them.
    fn new() -> Self {
        let mut svm = Svm::new();
        let selection = SelectionFixture::with_params(&mut svm, bond_params());
        let vote = bonded(&mut svm, &selection, "alpha", FULL, 10 * SOL);
        let owner = owner(&mut svm);
        let lst = owners_lst(&mut svm, &selection);
        svm.must(&[selection.withdraw_bond(&svm, &vote, &owner.pubkey(), 6 * SOL)], &[&owner]);
        Self { svm, selection, vote, owner, lst }
    }

    /// The same with the pool's stake, which has earned for an epoch; the notice is over in this one.
    fn with_stake() -> Self {
        let mut scene = Self::new();
        scene.selection.fund(&mut scene.svm, 1_000 * SOL);
        scene.selection.crank(&mut scene.svm);
        turn(&mut scene.svm, &scene.selection, &ALPHA);
        dawn(&mut scene.svm, &scene.selection, &ALPHA);
        scene
    }

    fn claim(&self) -> solana_instruction::Instruction {
        self.selection.claim_bond(&self.svm, &self.vote, &self.owner.pubkey(), &self.lst)
    }

    #[track_caller]
    fn refuses(&mut self, error: Error) {
        let claim = self.claim();
        self.svm.refuses(&[claim], &[&self.owner], error);
    }

    #[track_caller]
    fn claims(&mut self) -> Sent {
        let claim = self.claim();
        self.svm.must(&[claim], &[&self.owner])
    }
}

#[test]
fn the_owner_is_paid_when_the_notice_is_over() {
    let mut scene = Scene::new();
    for _ in 0..2 {
        scene.refuses(Error::BondNotReleased);
        turn(&mut scene.svm, &scene.selection, &ALPHA);
    }
    let before = books(&scene.svm, &scene.selection);
    let sent = scene.claims();
    println!("claim_bond: {} compute units", sent.compute_units);
    let after = books(&scene.svm, &scene.selection);
    assert_eq!((after.vault, after.bonds), (before.vault - 6 * SOL, before.bonds - 6 * SOL));
    assert_eq!(after.supply, before.supply);
    assert_eq!(token::balance(&scene.svm, &scene.lst), 6 * SOL);
    let candidate = scene.selection.candidate(&scene.svm, &scene.vote);
    assert_eq!((candidate.bond, candidate.bond_leaving, candidate.release_epoch), (4 * SOL, 0, u64::MAX));
    let event = change(&sent);
    assert_eq!((event.config, event.vote), (scene.selection.config, scene.vote));
    assert_eq!((event.by, event.bonds_after), (scene.owner.pubkey(), after.bonds));
    assert_eq!((event.leaving_before, event.leaving_after), (6 * SOL, 0));
    assert_eq!((event.bond_before, event.bond_after, event.release_epoch), (4 * SOL, 4 * SOL, u64::MAX));
    // Once.
    scene.refuses(Error::ZeroAmount);
}

#[test]
fn nobody_else_claims_and_no_signature_is_forgone() {
    let mut scene = Scene::new();
    turn(&mut scene.svm, &scene.selection, &ALPHA);
    turn(&mut scene.svm, &scene.selection, &ALPHA);
    let (mallory, coins) = scene.selection.pool.user(&mut scene.svm, "mallory", SOL);
    let theft = scene.selection.claim_bond(&scene.svm, &scene.vote, &mallory.pubkey(), &coins);
    scene.svm.refuses(&[theft], &[&mallory], Error::NotBondOwner);
    let theft = scene.selection.claim_bond(&scene.svm, &scene.vote, &scene.owner.pubkey(), &coins);
    let theft = unsigned(&theft, &scene.owner.pubkey());
    scene.svm.refuses_with(&[theft], &[&mallory], InstructionError::MissingRequiredSignature);
    // Its own bond does not open another's.
    let beta = bonded(&mut scene.svm, &scene.selection, "beta", FULL, SOL);
    let claim = substitute(&scene.claim(), &scene.vote, &beta);
    scene.svm.refuses(&[claim], &[&scene.owner], Error::WrongCandidate);
    books(&scene.svm, &scene.selection);
}

#[test]
fn one_that_was_not_observed_this_epoch_waits() {
    let mut scene = Scene::new();
    for _ in 0..2 {
        next_epoch(&mut scene.svm, &scene.selection);
    }
    scene.refuses(Error::NotSettled);
    // Anyone can see to it. Without the pool's stake it owes nothing, and waits for nobody else.
    scene.selection.observe_all(&mut scene.svm);
    scene.claims();
    books(&scene.svm, &scene.selection);
}

#[test]
fn what_the_stake_owes_is_settled_first() {
    let mut scene = Scene::with_stake();
    scene.refuses(Error::NotSettled);
    scene.selection.observe_all(&mut scene.svm);
    assert!(scene.selection.candidate(&scene.svm, &scene.vote).earning > 0);
    scene.refuses(Error::NotSettled);
    scene.svm.must(&[scene.selection.allocate()], &[&scene.selection.pool.payer]);
    scene.refuses(Error::NotSettled);
    scene.selection.settle_all(&mut scene.svm);
    scene.claims();
    books(&scene.svm, &scene.selection);
}

#[test]
fn an_observation_before_the_pools_update_frees_nothing() {
    let mut scene = Scene::new();
    scene.selection.fund(&mut scene.svm, 1_000 * SOL);
    scene.selection.crank(&mut scene.svm);
    turn(&mut scene.svm, &scene.selection, &ALPHA);
    scene.svm.advance_epoch();
    crate::voted(&mut scene.svm, "alpha", FULL, 0);
    scene.selection.observe_all(&mut scene.svm);
    scene.refuses(Error::NotSettled);
    scene.selection.pool.update(&mut scene.svm);
    scene.refuses(Error::NotSettled);
}

#[test]
fn one_that_left_the_pools_list_in_the_same_epoch_still_pays() {
    let mut scene = Scene::new();
    let names = [("alpha", FULL), ("beta", FULL), ("gamma", FULL)];
    for (name, credits) in &names[1..] {
        bonded(&mut scene.svm, &scene.selection, name, *credits, 10 * SOL);
    }
    scene.selection.fund(&mut scene.svm, 1_000 * SOL);
    for _ in 0..2 {
        turn(&mut scene.svm, &scene.selection, &names);
    }
    scene.svm.must(
        &[scene.selection.leave(&scene.svm, &scene.vote, &scene.owner.pubkey(), true)],
        &[&scene.owner],
    );
    turn(&mut scene.svm, &scene.selection, &names);
    // All of it cools down, and earns for the last time; nobody else saw to it that it did.
    dawn(&mut scene.svm, &scene.selection, &names);
    earned(&mut scene.svm, &scene.selection, &scene.vote, FULL, 0);
    scene.selection.crank(&mut scene.svm);
    assert_eq!(scene.selection.candidate(&scene.svm, &scene.vote).pool_index, NOT_IN_POOL);
    assert_eq!(scene.selection.pool.list(&scene.svm).records.len(), 2);
    scene.refuses(Error::NotSettled);
    let before = books(&scene.svm, &scene.selection);
    let [charge] = charges(&scene.selection.settle_all(&mut scene.svm)).try_into().expect("one charge");
    assert!(charge.vote == scene.vote && charge.earning > 200 * SOL && charge.paid > 0);
    scene.claims();
    let after = books(&scene.svm, &scene.selection);
    assert_eq!(before.supply - after.supply, charge.paid);
    assert_eq!(after.vault + 6 * SOL + charge.paid, before.vault);
}

/// Its record is last in the pool's list, and moves to the place of one that leaves. Nobody may then look at it as if it
/// had no record, take it out of the list, and free its bond.
#[test]
fn a_record_that_is_hidden_does_not_free_the_bond() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let names = [("first", FULL), ("alpha", FULL)];
    let votes = names.map(|(name, credits)| bonded(&mut svm, &selection, name, credits, 10 * SOL));
    let owner = owner(&mut svm);
    let lst = owners_lst(&mut svm, &selection);
    selection.fund(&mut svm, 1_000 * SOL);
    selection.crank(&mut svm);
    turn(&mut svm, &selection, &names);
    let list = |svm: &Svm| selection.pool.list(svm).records.iter().map(|r| r.vote).collect::<Vec<_>>();
    assert_eq!(list(&svm), votes);
    let leave = |svm: &mut Svm, vote| {
        let leave = selection.leave(svm, vote, &owner.pubkey(), true);
        svm.must(&[leave], &[&owner]);
    };
    svm.must(&[selection.withdraw_bond(&svm, &votes[1], &owner.pubkey(), 5 * SOL)], &[&owner]);
    leave(&mut svm, &votes[0]);
    turn(&mut svm, &selection, &names);
    // The first was collected, and leaves the list after the other has been told to go.
    dawn(&mut svm, &selection, &names);
    selection.observe_all(&mut svm);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    leave(&mut svm, &votes[1]);
    for vote in [votes[1], votes[0]] {
        let rebalance = selection.rebalance(&svm, &[vote]);
        svm.must(&[compute_limit(1_400_000), rebalance], &[&selection.pool.payer]);
    }
    assert_eq!(list(&svm), [votes[1]]);
    assert_eq!(selection.candidate(&svm, &votes[1]).pool_index, 1, "where it was");
    next_epoch(&mut svm, &selection);

    let index = selection.place(&svm, &votes[1]).index;
    let place = sluice_sdk::validator_selection::types::Place { index, pool_index: NOT_IN_POOL };
    for (name, credits) in names {
        crate::voted(&mut svm, name, credits, 0);
    }
    let first = selection.observe(&svm, &[votes[0]]);
    svm.must(&[first, selection.observe_places(vec![place], &[votes[1]])], &[&selection.pool.payer]);
    let candidate = selection.candidate(&svm, &votes[1]);
    assert_eq!(candidate.observed_epoch, svm.clock().epoch);
    assert_ne!(candidate.realised_epoch, svm.clock().epoch);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let remove = selection.rebalance(&svm, &[votes[1]]);
    svm.must(&[compute_limit(1_400_000), remove], &[&selection.pool.payer]);
    // It stays in the list, and its bond where it is, until somebody has looked at its record.
    assert_eq!(list(&svm), [votes[1]]);
    let claim = selection.claim_bond(&svm, &votes[1], &owner.pubkey(), &lst);
    svm.refuses(std::slice::from_ref(&claim), &[&owner], Error::NotSettled);
    selection.observe_all(&mut svm);
    assert!(selection.candidate(&svm, &votes[1]).earning > 0);
    svm.refuses(std::slice::from_ref(&claim), &[&owner], Error::NotSettled);
    selection.settle_all(&mut svm);
    svm.must(&[claim], &[&owner]);
    books(&svm, &selection);
}

#[test]
fn an_account_that_cannot_be_paid_is_no_loss() {
    let mut scene = Scene::new();
    turn(&mut scene.svm, &scene.selection, &ALPHA);
    turn(&mut scene.svm, &scene.selection, &ALPHA);
    let before = books(&scene.svm, &scene.selection);
    let claim = scene.claim();
    freeze(&mut scene.svm, &scene.lst, true);
    assert!(scene.svm.send(std::slice::from_ref(&claim), &[&scene.owner]).is_err());
    freeze(&mut scene.svm, &scene.lst, false);
    let account = scene.svm.account(&scene.lst).unwrap();
    close_account(&mut scene.svm, &scene.lst);
    assert!(scene.svm.send(std::slice::from_ref(&claim), &[&scene.owner]).is_err());
    scene.svm.0.set_account(scene.lst, account).unwrap();
    assert_eq!(books(&scene.svm, &scene.selection), before);
    // The owner may give it away, and chooses to whom.
    let (_, friends) = holder(&mut scene.svm, &scene.selection, "friend", SOL);
    give_to(&mut scene.svm, &friends, &Address::default());
    let (supply, paid) =
        (token::supply(&scene.svm, &scene.selection.pool.mint), token::balance(&scene.svm, &friends));
    let claim = scene.selection.claim_bond(&scene.svm, &scene.vote, &scene.owner.pubkey(), &friends);
    scene.svm.must(&[claim], &[&scene.owner]);
    assert_eq!(token::balance(&scene.svm, &friends), paid + 6 * SOL);
    assert_eq!(books(&scene.svm, &scene.selection).supply, supply);
}

#[test]
fn foreign_accounts_are_refused() {
    let mut scene = Scene::new();
    turn(&mut scene.svm, &scene.selection, &ALPHA);
    turn(&mut scene.svm, &scene.selection, &ALPHA);
    let (claim, selection) = (scene.claim(), &scene.selection);
    let before = books(&scene.svm, selection);
    let registry = copy_of(&mut scene.svm, &selection.registry);
    let list = copy_of(&mut scene.svm, &selection.pool.list);
    let vault = copy_of(&mut scene.svm, &selection.vault);
    for (named, other, error) in [
        (selection.registry, registry, Error::WrongRegistry),
        (selection.pool.list, list, Error::WrongValidatorList),
        (selection.vault, vault, Error::WrongVault),
        (selection.pool.token_program, token::TOKEN_2022_PROGRAM, Error::WrongTokenProgram),
        (selection.pool.token_program, svm::FORGER, Error::WrongTokenProgram),
    ] {
        scene.svm.refuses(&[substitute(&claim, &named, &other)], &[&scene.owner], error);
    }
    // Paid into the vault it would be nobody's.
    let circle = substitute(&claim, &scene.lst, &selection.vault);
    scene.svm.refuses(&[circle], &[&scene.owner], chain::DUPLICATE_MUTABLE_ACCOUNT);
    assert_eq!(books(&scene.svm, selection), before);
}

#[test]
fn a_claim_works_while_an_allocation_is_under_way() {
    let mut scene = Scene::new();
    turn(&mut scene.svm, &scene.selection, &ALPHA);
    bonded(&mut scene.svm, &scene.selection, "beta", FULL, SOL);
    dawn(&mut scene.svm, &scene.selection, &[("alpha", FULL), ("beta", FULL)]);
    scene.selection.observe_all(&mut scene.svm);
    scene.svm.must(&[scene.selection.allocate_some(1)], &[&scene.selection.pool.payer]);
    scene.claims();
    books(&scene.svm, &scene.selection);
}
