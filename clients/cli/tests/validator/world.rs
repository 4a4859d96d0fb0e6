//! A pool whose stake a selection moves, with two candidates and one validator that is none yet, served.

use sluice_localnet::{LocalnetConfig, ValidatorScript};
use sluice_sdk::validator_selection::types::{Candidate, Params};
use sluice_tests::chain::Chain;
use sluice_tests::selection::open_params;
use sluice_tests::{Bank, SOL, SelectionFixture};
use solana_address::Address;
use solana_signer::Signer;

use crate::common::{Person, Served};

/// What joining takes, in base units of LST.
pub const JOIN_BOND: u64 = 2 * SOL;
/// Epochs of notice of a bond.
pub const NOTICE: u64 = 2;
/// The epoch in which the pool opens: validators have a history by then.
const OPENS: u64 = 4;

pub struct World {
    pub served: Served,
    pub selection: SelectionFixture,
    pub candidates: [Address; 2],
    pub newcomer: Address,
}

impl World {
    pub fn tell() -> Self {
        let names = ["first", "second", "newcomer"];
        let mut bank = Bank::with_config(LocalnetConfig::new(names.map(ValidatorScript::new).to_vec()));
        bank.0.advance_epochs(OPENS);
        let [first, second, newcomer] = names.map(|name| bank.0.validator(name).vote_address());
        let params = Params {
            kappa_prior: 186_000_000_000,
            join_bond: JOIN_BOND,
            cap_bps: 6_000,
            min_bond_bps: 1,
            notice_epochs: NOTICE as u16,
            ..open_params()
        };
        let selection = SelectionFixture::with_params(&mut bank, params);
        let (backer, lst) = selection.pool.user(&mut bank, "backer", 1_000 * SOL);
        bank.must(&[selection.pool.deposit_sol(&backer.pubkey(), &lst, 500 * SOL, 0)], &[&backer]);
        for vote in [first, second] {
            let join = selection.join_with_bond(&vote, &backer.pubkey(), &lst, 5 * SOL);
            bank.must(&[join], &[&backer]);
        }
        selection.crank(&mut bank);
        let served = Served::new(bank, selection.pool.mint);
        let world = Self { served, selection, candidates: [first, second], newcomer };
        world.next_epochs(1);
        world
    }

    pub fn next_epochs(&self, epochs: u64) {
        self.served.chain(|net| {
            for _ in 0..epochs {
                net.advance_epoch();
                self.selection.crank(net);
                self.selection.settle_all(net);
            }
        });
    }

    /// Somebody with SOL and LST, and their LST account.
    pub fn holder(&self, name: &str, deposited: u64) -> (Person, Address) {
        let pool = &self.selection.pool;
        let (key, lst) = self.served.chain(|net| {
            let (key, lst) = pool.user(net, name, 2 * SOL + deposited);
            net.must(&[pool.deposit_sol(&key.pubkey(), &lst, deposited, 0)], &[&key]);
            (key, lst)
        });
        (self.served.known(key), lst)
    }

    pub fn candidate(&self, vote: &Address) -> Candidate {
        self.served.chain(|net| self.selection.candidate(net, vote))
    }

    /// The keys of a validator: its identity's and its withdrawer's.
    pub fn keys(&self, name: &str) -> [Person; 2] {
        let keys = self.served.chain(|net| {
            let validator = net.validator(name);
            [validator.identity().insecure_clone(), validator.withdrawer().insecure_clone()]
        });
        keys.map(|key| self.served.known(key))
    }

    /// LST that the selection keeps for everybody.
    pub fn vault(&self) -> u64 {
        self.served.tokens(&self.selection.vault)
    }
}
