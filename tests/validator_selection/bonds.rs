//! What the tests of bonds share: holders of LST, bonded candidates, epochs with rewards, and the books.

use sluice_sdk::Event;
use sluice_sdk::slab::SlabHeader;
use sluice_sdk::staking_pool::accounts::ValidatorListHeader;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::types::{BondChanged, BondCharged, Params};
use sluice_tests::selection::{Vote, open_params};
use sluice_tests::*;
use solana_account::Account;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{next_epoch, voted};

/// Yield of a credit in 10^-18, of all tests that measure nothing else.
pub const KAPPA: u64 = 24_000_000;
pub const ONE: u128 = 1_000_000_000_000;

/// Joining takes one LST, a bond covers 1 % of the stake and four epochs of bid, and 5 % of performance is forgiven.
pub fn bond_params() -> Params {
    Params { join_bond: SOL, min_bond_bps: 100, bid_epochs: 4, performance_grace_bps: 500, ..open_params() }
}

/// Somebody with at least so many base units of LST, in an account of their own.
pub fn holder<C: Chain>(
    chain: &mut C,
    selection: &SelectionFixture,
    name: &str,
    shares: u64,
) -> (Keypair, Address) {
    let lamports = shares * 2 + SOL;
    let (key, lst) = selection.pool.user(chain, name, lamports + SOL);
    chain.must(&[selection.pool.deposit_sol(&key.pubkey(), &lst, lamports, 0)], &[&key]);
    assert!(token::balance(chain, &lst) >= shares);
    (key, lst)
}

/// A vote account of ten steady epochs that joins with a bond, which a friend of its pays.
pub fn bonded(svm: &mut Svm, selection: &SelectionFixture, name: &str, credits: u64, bond: u64) -> Address {
    let (friend, lst) = holder(svm, selection, &format!("{name}'s friend"), bond);
    let epoch = svm.clock().epoch;
    let vote = Vote::steady(epoch, 10 + (epoch - 100), credits, 0).write(svm, name);
    svm.must(&[selection.join_with_bond(&vote, &friend.pubkey(), &lst, bond)], &[&friend]);
    vote
}

/// The authorized withdrawer of every written vote account.
pub fn owner(svm: &mut Svm) -> Keypair {
    let owner = keypair("withdrawer");
    if svm.lamports(&owner.pubkey()) == 0 {
        svm.airdrop(&owner.pubkey(), 10 * SOL);
    }
    owner
}

/// An empty account of the owner's for LST.
pub fn owners_lst(svm: &mut Svm, selection: &SelectionFixture) -> Address {
    let (owner, account) = (owner(svm), keypair("withdrawer's slSOL"));
    token::create_token_account(svm, &selection.pool.payer, &account, &selection.pool.mint, &owner.pubkey())
}

/// The bid counts from the next epoch on.
pub fn bids(svm: &mut Svm, selection: &SelectionFixture, vote: &Address, bid: u32) {
    let owner = owner(svm);
    svm.must(&[selection.set_bid(svm, vote, &owner.pubkey(), bid)], &[&owner]);
}

/// What stake with so many credits yields an epoch, in 10^-12.
pub fn yields(credits: u64) -> u64 {
    KAPPA * credits / 1_000_000
}

/// What inflation paid last epoch on the pool's stake with a validator, by the pool's record: as many millionths of what
/// so many credits promise.
pub fn earned(svm: &mut Svm, selection: &SelectionFixture, vote: &Address, credits: u64, parts: u64) {
    let list = selection.pool.list(svm).records;
    let Some(index) = list.iter().position(|record| record.vote == *vote) else { return };
    let promised = u128::from(list[index].earning) * u128::from(yields(credits)) / ONE;
    let growth = (promised * u128::from(parts) / 1_000_000) as i64;
    svm.edit(&selection.pool.list, |account| {
        let record = &mut account.data[ValidatorListHeader::record_offset(index)..];
        record[72..80].copy_from_slice(&growth.to_le_bytes());
    });
}

/// The next epoch: the pool is updated, everybody voted, and all stake earned what its credits promise.
pub fn dawn(svm: &mut Svm, selection: &SelectionFixture, validators: &[(&str, u64)]) {
    next_epoch(svm, selection);
    for (name, credits) in validators {
        voted(svm, name, *credits, 0);
        earned(svm, selection, &keypair(name).pubkey(), *credits, 1_000_000);
    }
}

/// The next epoch, cranked but for `settle`.
pub fn turn(svm: &mut Svm, selection: &SelectionFixture, validators: &[(&str, u64)]) {
    dawn(svm, selection, validators);
    selection.crank(svm);
}

/// LST in the vault, in the bonds, and in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Books {
    pub vault: u64,
    pub bonds: u64,
    pub supply: u64,
}

/// The books, which must close: the vault holds the bonds and what was directed, and the bonds are the candidates'.
#[track_caller]
pub fn books<C: Chain>(chain: &C, selection: &SelectionFixture) -> Books {
    let state = selection.state(chain);
    let candidates = selection.registry(chain).records;
    let bonds = candidates.iter().map(|candidate| candidate.bond + candidate.bond_leaving).sum::<u64>();
    let vault = token::balance(chain, &selection.vault);
    assert_eq!(state.bonds, bonds, "the sum of the bonds");
    assert_eq!(vault, state.bonds + state.directed, "the vault");
    Books { vault, bonds, supply: token::supply(chain, &selection.pool.mint) }
}

/// `rate` in 10^-12 on `earning` lamports, in lamports and in LST at the pool's rate of this slot, each rounded up.
pub fn due<C: Chain>(chain: &C, selection: &SelectionFixture, rate: u64, earning: u64) -> (u64, u64) {
    let ledger = selection.pool.ledger(chain).at(chain.clock().slot).expect("a pool");
    let value = u128::from(ledger.total.0 - ledger.locked_profit.0);
    let lamports = (u128::from(rate) * u128::from(earning)).div_ceil(ONE);
    let shares = (lamports * u128::from(ledger.supply.0)).div_ceil(value);
    (lamports as u64, shares as u64)
}

/// What bonds were charged in a transaction.
pub fn charges(sent: &Sent) -> Vec<BondCharged> {
    let charged = |event| match event {
        Event::ValidatorSelection(ValidatorSelectionEvent::BondCharged(charge)) => Some(charge),
        _ => None,
    };
    sent.events().into_iter().filter_map(charged).collect()
}

/// How a bond changed in a transaction.
#[track_caller]
pub fn change(sent: &Sent) -> BondChanged {
    let changed = |event| match event {
        Event::ValidatorSelection(ValidatorSelectionEvent::BondChanged(change)) => Some(change),
        _ => None,
    };
    sent.events().into_iter().find_map(changed).expect("a bond changed")
}

/// An account with the bytes, the lamports and the owner of another, at another address.
#[track_caller]
pub fn copy_of(svm: &mut Svm, of: &Address) -> Address {
    let account: Account = svm.account(of).expect("the account exists");
    let address = Address::new_unique();
    svm.0.set_account(address, account).expect("valid account");
    address
}

/// Freezes a token account, or thaws it.
pub fn freeze(svm: &mut Svm, account: &Address, frozen: bool) {
    svm.edit(account, |account| account.data[108] = if frozen { 2 } else { 1 });
}

/// The owner the bytes of a token account name.
pub fn give_to(svm: &mut Svm, account: &Address, owner: &Address) {
    svm.edit(account, |account| account.data[32..64].copy_from_slice(owner.as_ref()));
}
