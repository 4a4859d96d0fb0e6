//! Stories of the auction: what a bid costs, what a bond is good for, and who tries to have one without the other.

use sluice_sdk::validator_selection::types::Params;
use sluice_selection_math::Constraint;
use sluice_tests::selection::{Vote, write_account};
use sluice_tests::*;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::bonds::{
    ONE, bids, bond_params, bonded, books, charges, dawn, due, earned, holder, owner, owners_lst, turn,
    yields,
};
use crate::{Error, FULL, next_epoch, voted};

/// Five, of whom the pool has place for not quite four.
const FIVE: [(&str, u64); 5] =
    [("a", FULL), ("b", FULL - 200_000), ("c", FULL - 400_000), ("d", FULL - 600_000), ("e", FULL - 800_000)];

/// Nothing is due but prices.
fn priced() -> Params {
    Params { performance_grace_bps: 2_000, ..bond_params() }
}

/// Bonded validators and a thousand SOL; nothing is allocated yet.
fn market<const N: usize>(
    params: Params,
    validators: [(&str, u64); N],
    bond: u64,
) -> (Svm, SelectionFixture, [Address; N]) {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, params);
    let votes = validators.map(|(name, credits)| bonded(&mut svm, &selection, name, credits, bond));
    selection.fund(&mut svm, 1_000 * SOL);
    (svm, selection, votes)
}

/// The stake arrived in the epoch after the allocation that gave it, and earned in that one.
fn until_it_earned(svm: &mut Svm, selection: &SelectionFixture, validators: &[(&str, u64)]) {
    turn(svm, selection, validators);
    turn(svm, selection, validators);
}

#[test]
fn all_winners_give_the_same() {
    let (mut svm, selection, votes) = market(priced(), FIVE, 10 * SOL);
    for (vote, bid) in votes.iter().zip([5_000, 20_000, 8_000, 0, 30_000]) {
        bids(&mut svm, &selection, vote, bid);
    }
    turn(&mut svm, &selection, &FIVE);
    // The best three by yield and bid get all they may have, the fourth what is left: it wanted more, and its score is
    // the clearing yield. That the last also offers less than its yield alone is nobody's business.
    let clearing = yields(FULL - 400_000) + 8_000_000;
    assert_eq!(selection.state(&svm).clearing, clearing);
    let target = |vote| selection.candidate(&svm, vote).seat.target;
    let cap = selection.state(&svm).cap;
    assert_eq!([0, 1, 4].map(|at| target(&votes[at])), [cap; 3]);
    assert!(target(&votes[2]) > 0 && target(&votes[2]) < cap);
    assert_eq!(target(&votes[3]), 0);

    until_it_earned(&mut svm, &selection, &FIVE);
    let mut expected = Vec::new();
    for ((vote, (_, credits)), bid) in votes.iter().zip(FIVE).zip([5_000, 20_000, 8_000, 0, 30_000]) {
        let candidate = selection.candidate(&svm, vote);
        let price = clearing.saturating_sub(yields(credits)).min(bid * 1_000);
        assert_eq!(candidate.price, price);
        // A uniform yield: who has it without a bid pays nothing, the others what they lack, nobody more than its bid.
        if candidate.earning > 0 && yields(credits) < clearing {
            assert_eq!(yields(credits) + price, clearing);
        }
        if candidate.earning > 0 && price > 0 {
            expected.push((*vote, price, due(&svm, &selection, price, candidate.earning)));
        }
    }
    assert_eq!(expected.len(), 3);
    let before = books(&svm, &selection);
    let charged = charges(&selection.settle_all(&mut svm));
    let found: Vec<_> = charged.iter().map(|c| (c.vote, c.price, (c.lamports, c.shares))).collect();
    assert_eq!(found, expected);
    let after = books(&svm, &selection);
    assert_eq!(before.supply - after.supply, charged.iter().map(|charge| charge.paid).sum::<u64>());
    assert!(charged.iter().all(|charge| charge.paid == charge.shares));
}

#[test]
fn where_there_is_enough_for_all_a_bid_costs_nothing() {
    let three = [("a", FULL), ("b", FULL), ("c", FULL)];
    let (mut svm, selection, votes) = market(bond_params(), three, 20 * SOL);
    for vote in &votes {
        bids(&mut svm, &selection, vote, 50_000);
    }
    for _ in 0..3 {
        turn(&mut svm, &selection, &three);
        assert_eq!(selection.state(&svm).clearing, 0);
        assert!(charges(&selection.settle_all(&mut svm)).is_empty());
    }
    let before = books(&svm, &selection);
    assert!(votes.iter().all(|vote| selection.candidate(&svm, vote).earning > 0));
    assert_eq!(before.bonds, 60 * SOL);
}

#[test]
fn a_bid_lowered_after_the_allocation_pays_the_price_of_it() {
    let (mut svm, selection, votes) = market(priced(), FIVE, 10 * SOL);
    bids(&mut svm, &selection, &votes[4], 100_000);
    turn(&mut svm, &selection, &FIVE);
    let price = selection.state(&svm).clearing - yields(FULL - 800_000);
    assert!(price > 0);
    // At once, and looked at again, it changes nothing of this epoch, nor of the next, in which the stake earns.
    bids(&mut svm, &selection, &votes[4], 0);
    selection.observe_all(&mut svm);
    assert_eq!(selection.candidate(&svm, &votes[4]).bid, 100_000);
    until_it_earned(&mut svm, &selection, &FIVE);
    let charged = charges(&selection.settle_all(&mut svm));
    let [charge] = charged.as_slice() else { panic!("{charged:?}") };
    assert_eq!((charge.vote, charge.price), (votes[4], price));
    assert!(charge.earning > 200 * SOL);
    books(&svm, &selection);
}

/// It bids in every other epoch: the stake comes by the one allocation, earns while the next sends it away, and would be
/// had for nothing if that next one set the price.
#[test]
fn nobody_has_stake_for_nothing_by_bidding_every_other_epoch() {
    let (mut svm, selection, votes) = market(priced(), FIVE, 10 * SOL);
    let last = &votes[4];
    let (mut earned_epochs, mut asked) = (0, Vec::new());
    for epoch in 0..9u32 {
        bids(&mut svm, &selection, last, if epoch % 2 == 0 { 100_000 } else { 0 });
        turn(&mut svm, &selection, &FIVE);
        let candidate = selection.candidate(&svm, last);
        let lacks = selection.state(&svm).clearing.saturating_sub(candidate.expected);
        asked.push(lacks.min(u64::from(candidate.bid) * 1_000));
        let charged = charges(&selection.settle_all(&mut svm));
        if candidate.earning > 0 {
            earned_epochs += 1;
            let price = asked[asked.len() - 3];
            assert!(price > 0, "stake that nobody paid for in epoch {epoch}");
            let charge = charged.iter().find(|charge| charge.vote == *last).expect("a charge");
            assert_eq!(charge.price, price);
        }
        books(&svm, &selection);
    }
    assert!(earned_epochs >= 3, "{earned_epochs}");
}

#[test]
fn an_epoch_nobody_cranked_has_no_price() {
    let (mut svm, selection, votes) = market(priced(), FIVE, 10 * SOL);
    bids(&mut svm, &selection, &votes[4], 100_000);
    turn(&mut svm, &selection, &FIVE);
    until_it_earned(&mut svm, &selection, &FIVE);
    selection.settle_all(&mut svm);
    // The pool is updated, and nothing else: no allocation, no observation.
    dawn(&mut svm, &selection, &FIVE);
    let before = books(&svm, &selection);
    turn(&mut svm, &selection, &FIVE);
    let candidate = selection.candidate(&svm, &votes[4]);
    assert!(candidate.earning > 0);
    assert_eq!((candidate.price, candidate.next_price), (0, 0));
    assert!(charges(&selection.settle_all(&mut svm)).is_empty());
    assert_eq!(books(&svm, &selection), before);
    // And then it has again, when the stake of a priced epoch has earned.
    until_it_earned(&mut svm, &selection, &FIVE);
    assert_eq!(charges(&selection.settle_all(&mut svm)).len(), 1);
}

#[test]
fn a_bond_covers_a_share_of_the_stake_and_epochs_of_the_bid_and_bounds_the_stake() {
    let two = [("a", FULL), ("b", FULL)];
    let (mut svm, selection, votes) = market(bond_params(), two, 2 * SOL);
    bids(&mut svm, &selection, &votes[0], 500_000);
    turn(&mut svm, &selection, &two);
    // 1 % and four times 0.05 % of the stake: 1.2 %.
    let bound = (2 * u128::from(SOL) * ONE / (ONE / 100 + 4 * 500_000_000)) as u64;
    let seat = selection.candidate(&svm, &votes[0]).seat;
    assert_eq!((seat.bound, seat.bound_by), (bound, Constraint::Bond.code()));
    assert_eq!((seat.target, seat.constraint), (bound, Constraint::Bond.code()));
    assert_eq!(selection.candidate(&svm, &votes[1]).seat.target, 200 * SOL);
    // Less than half of what joining takes is not enough.
    let owner = owner(&mut svm);
    let withdraw = selection.withdraw_bond(&svm, &votes[1], &owner.pubkey(), SOL * 3 / 2 + 1);
    svm.must(&[withdraw], &[&owner]);
    turn(&mut svm, &selection, &two);
    let seat = selection.candidate(&svm, &votes[1]).seat;
    assert_eq!((seat.target, seat.constraint), (0, Constraint::Bond.code()));
    books(&svm, &selection);
}

#[test]
fn a_bond_that_is_used_up_stands_for_no_stake() {
    // A hundredth of a per cent: less than what an epoch without rewards costs.
    let params = Params { join_bond: 0, min_bond_bps: 1, ..bond_params() };
    let three = [("a", FULL), ("b", FULL), ("c", FULL)];
    let (mut svm, selection, votes) = market(params, three, SOL / 40);
    turn(&mut svm, &selection, &three);
    turn(&mut svm, &selection, &three);
    dawn(&mut svm, &selection, &three);
    earned(&mut svm, &selection, &votes[0], FULL, 0);
    selection.crank(&mut svm);
    assert!(selection.candidate(&svm, &votes[0]).seat.target > 200 * SOL);
    let charged = charges(&selection.settle_all(&mut svm));
    let [charge] = charged.as_slice() else { panic!("{charged:?}") };
    assert_eq!((charge.vote, charge.paid, charge.bond_after), (votes[0], SOL / 40, 0));
    assert!(charge.paid < charge.shares);
    turn(&mut svm, &selection, &three);
    let seat = selection.candidate(&svm, &votes[0]).seat;
    assert_eq!((seat.target, seat.constraint), (0, Constraint::Bond.code()));
    assert_eq!(selection.pool.record(&svm, &votes[0]).1.stake_state, 2, "all of it cools down");
    books(&svm, &selection);
}

#[test]
fn a_ban_seizes_nothing() {
    let (mut svm, selection, votes) = market(priced(), FIVE, 10 * SOL);
    turn(&mut svm, &selection, &FIVE);
    until_it_earned(&mut svm, &selection, &FIVE);
    selection.settle_all(&mut svm);
    svm.must(&[selection.ban(&svm, &votes[0], true)], &[&selection.pool.admin]);
    let owner = owner(&mut svm);
    let lst = owners_lst(&mut svm, &selection);
    svm.must(&[selection.withdraw_bond(&svm, &votes[0], &owner.pubkey(), 10 * SOL)], &[&owner]);
    for _ in 0..2 {
        let early = selection.claim_bond(&svm, &votes[0], &owner.pubkey(), &lst);
        svm.refuses(&[early], &[&owner], Error::BondNotReleased);
        turn(&mut svm, &selection, &FIVE);
        selection.settle_all(&mut svm);
    }
    // The admin has no say in it, nor any place to be paid to.
    let admin = selection.pool.admin.insecure_clone();
    let theft = selection.claim_bond(&svm, &votes[0], &admin.pubkey(), &lst);
    svm.refuses(&[theft], &[&admin], Error::NotBondOwner);
    svm.must(&[selection.claim_bond(&svm, &votes[0], &owner.pubkey(), &lst)], &[&owner]);
    assert_eq!(token::balance(&svm, &lst), 10 * SOL);
    books(&svm, &selection);
}

#[test]
fn a_bond_is_liable_as_long_as_the_notice_runs() {
    let (mut svm, selection, votes) = market(bond_params(), FIVE, 10 * SOL);
    turn(&mut svm, &selection, &FIVE);
    until_it_earned(&mut svm, &selection, &FIVE);
    selection.settle_all(&mut svm);
    let owner = owner(&mut svm);
    let lst = owners_lst(&mut svm, &selection);
    svm.must(&[selection.withdraw_bond(&svm, &votes[0], &owner.pubkey(), 10 * SOL)], &[&owner]);
    // It slacks as soon as it has given notice, while the stake is still there: two epochs, and both are paid.
    let mut left = 10 * SOL;
    for epochs in 1..=2 {
        dawn(&mut svm, &selection, &FIVE);
        earned(&mut svm, &selection, &votes[0], FULL, 0);
        selection.crank(&mut svm);
        let charged = charges(&selection.settle_all(&mut svm));
        let charge = charged.iter().find(|charge| charge.vote == votes[0]).expect("a charge");
        assert!(charge.earning > 200 * SOL && charge.paid == charge.shares && charge.paid > 0);
        left -= charge.paid;
        assert_eq!((charge.bond_after, charge.leaving_after), (0, left), "epoch {epochs}");
    }
    svm.must(&[selection.claim_bond(&svm, &votes[0], &owner.pubkey(), &lst)], &[&owner]);
    assert_eq!(token::balance(&svm, &lst), left);
    // By then the stake is gone too: it left with the first allocation after the notice.
    turn(&mut svm, &selection, &FIVE);
    let list = selection.pool.list(&svm).records;
    assert!(list.iter().all(|record| record.vote != votes[0]));
    assert_eq!(selection.candidate(&svm, &votes[0]).earning, 0);
    books(&svm, &selection);
}

/// Whoever has the key of the vote account makes it anew, with another withdrawer, after the old one closed it.
#[test]
fn a_vote_account_created_anew_does_not_get_the_bond_of_the_old_one() {
    let (mut svm, selection, votes) = market(priced(), FIVE, 10 * SOL);
    turn(&mut svm, &selection, &FIVE);
    let old = owner(&mut svm);
    let thief = svm.wallet("thief", SOL);
    let anew = |svm: &mut Svm, epochs| {
        let epoch = svm.clock().epoch;
        Vote { withdrawer: thief.pubkey(), ..Vote::steady(epoch, epochs, 10, 0) }.write(svm, "a");
    };
    anew(&mut svm, 5);
    for epochs in 6..10 {
        // The second look must not take it for granted either, nor those of later epochs.
        for _ in 0..2 {
            selection.observe_all(&mut svm);
            let candidate = selection.candidate(&svm, &votes[0]);
            assert_eq!((candidate.bond_owner, candidate.flags, candidate.seat.target), (old.pubkey(), 8, 0));
        }
        let theft = selection.withdraw_bond(&svm, &votes[0], &thief.pubkey(), SOL);
        svm.refuses(&[theft], &[&thief], Error::NotBondOwner);
        // Nor does the new account get stake for a bond that is not its own.
        dawn(&mut svm, &selection, &FIVE);
        anew(&mut svm, epochs);
        selection.crank(&mut svm);
        selection.settle_all(&mut svm);
        let seat = selection.candidate(&svm, &votes[0]).seat;
        assert_eq!((seat.target, seat.constraint), (0, Constraint::Bond.code()));
    }
    let lst = owners_lst(&mut svm, &selection);
    let bond = selection.candidate(&svm, &votes[0]).bond;
    svm.must(&[selection.withdraw_bond(&svm, &votes[0], &old.pubkey(), bond)], &[&old]);
    for epochs in 10..12 {
        dawn(&mut svm, &selection, &FIVE);
        anew(&mut svm, epochs);
        selection.crank(&mut svm);
        selection.settle_all(&mut svm);
    }
    let theft = selection.claim_bond(&svm, &votes[0], &thief.pubkey(), &lst);
    svm.refuses(&[theft], &[&thief], Error::NotBondOwner);
    svm.must(&[selection.claim_bond(&svm, &votes[0], &old.pubkey(), &lst)], &[&old]);
    assert_eq!(token::balance(&svm, &lst), bond);
    // With the bond gone, it is the new one's turn.
    selection.observe_all(&mut svm);
    let candidate = selection.candidate(&svm, &votes[0]);
    assert_eq!((candidate.bond_owner, candidate.flags), (thief.pubkey(), 0));
    books(&svm, &selection);
}

/// A vault that another key may close while it is empty could be put in place again as that key's own account, and the
/// next bond would be its.
#[test]
fn no_vault_has_another_authority_to_close_it() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::prepare(&mut svm, 10, 10);
    let keys = [keypair("registry"), keypair("ranking")];
    let initialize = selection.initialize(bond_params());
    let mut account = svm.account(&selection.vault).unwrap();
    let plain = account.data.clone();
    account.data[129] = 1;
    account.data[133..165].copy_from_slice(selection.pool.admin.pubkey().as_ref());
    write_account(&mut svm, &selection.vault, account.data, account.owner);
    let signers: Vec<&Keypair> = vec![&selection.pool.payer, &selection.pool.admin, &keys[0], &keys[1]];
    svm.refuses(std::slice::from_ref(&initialize), &signers, Error::UnusableVault);
    write_account(&mut svm, &selection.vault, plain, account.owner);
    svm.must(&[initialize], &signers);
}

/// One that has left the market has neither price nor stake, and one that comes back bids anew.
#[test]
fn a_bid_stays_through_a_pause() {
    let (mut svm, selection, votes) = market(priced(), FIVE, 10 * SOL);
    let owner = owner(&mut svm);
    bids(&mut svm, &selection, &votes[4], 100_000);
    turn(&mut svm, &selection, &FIVE);
    svm.must(&[selection.leave(&svm, &votes[4], &owner.pubkey(), true)], &[&owner]);
    turn(&mut svm, &selection, &FIVE);
    let seat = selection.candidate(&svm, &votes[4]).seat;
    assert_eq!((seat.target, seat.constraint), (0, Constraint::Left.code()));
    svm.must(&[selection.leave(&svm, &votes[4], &owner.pubkey(), false)], &[&owner]);
    turn(&mut svm, &selection, &FIVE);
    let candidate = selection.candidate(&svm, &votes[4]);
    assert_eq!(candidate.bid, 100_000);
    assert!(candidate.seat.target > 0);
    books(&svm, &selection);
}

/// Its bond bounds it to less than the chain delegates at all: it gets nothing, and does not make the others' price.
#[test]
fn one_that_can_have_no_stake_makes_no_price() {
    let mut svm = Svm::new();
    let params = Params { join_bond: 0, ..bond_params() };
    let selection = SelectionFixture::with_params(&mut svm, params);
    let four = [("a", FULL), ("b", FULL - 1), ("c", FULL - 2), ("d", FULL - 3)];
    for (name, credits) in four {
        bonded(&mut svm, &selection, name, credits, 10 * SOL);
    }
    let loud = bonded(&mut svm, &selection, "loud", FULL, SOL / 100);
    selection.fund(&mut svm, 1_000 * SOL);
    bids(&mut svm, &selection, &loud, 1_000_000);
    let (_, lst) = holder(&mut svm, &selection, "somebody", SOL);
    assert!(token::balance(&svm, &lst) > 0);
    next_epoch(&mut svm, &selection);
    for (name, credits) in four {
        voted(&mut svm, name, credits, 0);
    }
    voted(&mut svm, "loud", FULL, 0);
    selection.crank(&mut svm);
    assert_eq!(selection.candidate(&svm, &loud).seat.target, 0);
    let clearing = selection.state(&svm).clearing;
    assert!(clearing <= yields(FULL), "{clearing}");
}
