//! Batches and accounts that are not what they should be.

use super::*;

#[test]
fn batch_and_accounts_must_fit() {
    let mut svm = Svm::new();
    let (selection, votes) = allocated(&mut svm, open_params(), &["a", "b"], 100 * SOL);
    let payer = &selection.pool.payer;
    let places: Vec<_> = votes.iter().map(|vote| selection.place(&svm, vote)).collect();
    let metas: Vec<_> = votes.iter().flat_map(|vote| selection.rebalance_metas(&svm, vote)).collect();
    for (places, metas) in
        [(&places[..1], &metas[..]), (&places[..], &metas[..5]), (&places[..], &metas[..3])]
    {
        let rebalance = selection.rebalance_places(places.to_vec(), metas);
        svm.refuses(&[rebalance], &[payer], Error::WrongAccountCount);
    }
    let swapped = selection.rebalance_places(places[..1].to_vec(), &metas[3..]);
    svm.refuses(&[swapped], &[payer], Error::WrongCandidate);
}

#[test]
fn the_pool_refuses_stake_accounts_that_are_not_the_validators() {
    let mut svm = Svm::new();
    let (selection, votes) = allocated(&mut svm, open_params(), &["a", "b"], 100 * SOL);
    let place = selection.place(&svm, &votes[0]);
    let own = selection.rebalance_metas(&svm, &votes[0]);
    let other = selection.rebalance_metas(&svm, &votes[1]);
    let mut mixed = own.clone();
    mixed[1] = other[1].clone();
    let rebalance = selection.rebalance_places(vec![place.clone()], &mixed);
    svm.refuses(
        &[compute_limit(1_400_000), rebalance],
        &[&selection.pool.payer],
        StakingPoolError::WrongStakeAccount,
    );
    // A decrease with another validator's stake account, or another place to split into.
    selection.rebalance_all(&mut svm);
    let names = ["a", "b"];
    svm.must(&[selection.ban(&svm, &votes[0], true)], &[&selection.pool.admin]);
    reallocate(&mut svm, &selection, &names);
    let place = selection.place(&svm, &votes[0]);
    for at in [1, 2] {
        let mut mixed = selection.rebalance_metas(&svm, &votes[0]);
        mixed[at] = solana_instruction::AccountMeta::new(
            if at == 1 { selection.pool.stake(&votes[1]) } else { selection.pool.deactivating(&votes[1]) },
            false,
        );
        let rebalance = selection.rebalance_places(vec![place.clone()], &mixed);
        svm.refuses(
            &[compute_limit(1_400_000), rebalance],
            &[&selection.pool.payer],
            StakingPoolError::WrongStakeAccount,
        );
    }
}

#[test]
fn foreign_accounts_are_refused() {
    let mut svm = Svm::new();
    let (selection, votes) = allocated(&mut svm, open_params(), &["a"], 100 * SOL);
    for (at, like, error) in [
        (1, selection.registry, Error::WrongRegistry),
        (2, selection.pool.pool, Error::WrongPool),
        (3, selection.pool.reserve, Error::WrongReserve),
        (4, selection.pool.list, Error::WrongValidatorList),
    ] {
        let copy = keypair("copy").pubkey();
        let account = svm.account(&like).unwrap();
        write_account(&mut svm, &copy, account.data, account.owner);
        let mut rebalance = selection.rebalance(&svm, &votes);
        rebalance.accounts[at].pubkey = copy;
        svm.refuses(&[rebalance], &[&selection.pool.payer], error);
    }
    for at in [5, 6, 7, 8, 10, 11] {
        let mut rebalance = selection.rebalance(&svm, &votes);
        rebalance.accounts[at].pubkey = keypair("copy").pubkey();
        svm.refuses(&[rebalance], &[&selection.pool.payer], Error::WrongProgramAccount);
    }
    let mut rebalance = selection.rebalance(&svm, &votes);
    rebalance.accounts[9].pubkey = keypair("copy").pubkey();
    assert!(svm.send(&[rebalance], &[&selection.pool.payer]).is_err());
    // The pool's list where a stake account should be: one account in two writable places.
    let mut twice = selection.rebalance(&svm, &votes);
    twice.accounts[13].pubkey = selection.pool.list;
    svm.refuses(&[twice], &[&selection.pool.payer], chain::DUPLICATE_MUTABLE_ACCOUNT);
}

/// Leaves the pool with another delegation authority, as an update does two epochs after the admin named it.
fn follow(svm: &mut Svm, pool: &PoolFixture, authority: &Address) {
    let before = pool.state(svm).delegation_authority;
    svm.edit(&pool.pool, |account| {
        let at = account.data.windows(32).position(|bytes| bytes == before.as_ref()).expect("it is named");
        account.data[at..at + 32].copy_from_slice(authority.as_ref());
    });
}

#[test]
fn a_pool_that_follows_another_authority_refuses() {
    let mut svm = Svm::new();
    let (selection, votes) = allocated(&mut svm, open_params(), &["a"], 100 * SOL);
    follow(&mut svm, &selection.pool, &selection.pool.delegation.pubkey());
    let rebalance = selection.rebalance(&svm, &votes);
    svm.refuses(
        &[compute_limit(1_400_000), rebalance],
        &[&selection.pool.payer],
        StakingPoolError::NotDelegationAuthority,
    );
}

#[test]
fn a_validator_somebody_else_added_is_found_before_it_is_added_again() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::prepare(&mut svm, 10, 10);
    follow(&mut svm, &selection.pool, &selection.pool.delegation.pubkey());
    let vote = selection::Vote::steady(100, 10, FULL, 0).write(&mut svm, "a");
    svm.must(&[selection.pool.add_validator(&vote)], &[&selection.pool.payer, &selection.pool.delegation]);
    follow(&mut svm, &selection.pool, &selection.config);
    let keys = [keypair("registry"), keypair("ranking")];
    let signers = [&selection.pool.payer, &selection.pool.admin, &keys[0], &keys[1]];
    svm.must(&[selection.initialize(open_params())], &signers);
    svm.must(&[selection.join(&vote)], &[&selection.pool.payer]);
    selection.fund(&mut svm, 99 * SOL);
    svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let place = Place { index: 0, pool_index: NOT_IN_POOL };
    let metas = selection.rebalance_metas(&svm, &vote);
    let rebalance = selection.rebalance_places(vec![place], &metas);
    svm.must(&[compute_limit(1_400_000), rebalance], &[&selection.pool.payer]);
    assert_eq!(selection.pool.list(&svm).records.len(), 1);
    assert_eq!(selection.held(&svm, &vote), 25 * SOL);
    assert_eq!(selection.candidate(&svm, &vote).pool_index, 0);
}

#[test]
fn a_move_costs_little_more_than_the_pools_own_instruction() {
    let mut svm = Svm::new();
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let params = with(|p| p.cap_bps = 1_000);
    let (selection, votes) = allocated(&mut svm, params, &names, 100 * SOL);
    let cost = |svm: &mut Svm, votes: &[Address]| {
        let rebalance = selection.rebalance(svm, votes);
        let sent = svm.must(&[compute_limit(1_400_000), rebalance], &[&selection.pool.payer]);
        sent.compute_units
    };
    let (one, four) = (cost(&mut svm, &votes[..1]), cost(&mut svm, &votes[1..5]));
    println!("rebalance, first stake of one: {one}, of four: {four}, {} each", (four - one) / 3);
    cost(&mut svm, &votes[5..]);

    selection.fund(&mut svm, 100 * SOL);
    reallocate(&mut svm, &selection, &names);
    let (one, five) = (cost(&mut svm, &votes[..1]), cost(&mut svm, &votes[1..6]));
    println!("rebalance, increase of one: {one}, of five: {five}, {} each", (five - one) / 4);
    let (none, nothing) = (cost(&mut svm, &votes[..1]), cost(&mut svm, &votes[1..6]));
    println!("rebalance, nothing to do for one: {none}, for five: {nothing}, {} each", (nothing - none) / 4);

    // Half the targets: everybody is split.
    reallocate(&mut svm, &selection, &names);
    let mut candidates = selection.registry(&svm).records;
    for candidate in &mut candidates {
        candidate.seat.target /= 2;
    }
    write_candidates(&mut svm, &selection, &candidates);
    let (one, five) = (cost(&mut svm, &votes[..1]), cost(&mut svm, &votes[1..6]));
    println!("rebalance, split of one: {one}, of five: {five}, {} each", (five - one) / 4);
    reallocate(&mut svm, &selection, &names);
    reallocate(&mut svm, &selection, &names);
    for candidate in &mut candidates {
        candidate.seat.target = 0;
    }
    let fresh = selection.registry(&svm).records;
    let zero: Vec<_> = fresh
        .into_iter()
        .map(|mut c| {
            c.seat.target = 0;
            c
        })
        .collect();
    write_candidates(&mut svm, &selection, &zero);
    let (one, five) = (cost(&mut svm, &votes[..1]), cost(&mut svm, &votes[1..6]));
    println!("rebalance, whole exit of one: {one}, of five: {five}, {} each", (five - one) / 4);
    ledger::assert_balanced(&svm, &selection.pool);
}
