//! A pool with stake that earns, people with stake of their own, another pool whose token can be converted, all served.

use std::sync::OnceLock;

use sluice_localnet::{LocalnetConfig, ValidatorScript};
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_tests::chain::Chain;
use sluice_tests::pool::PoolOptions;
use sluice_tests::{Bank, PoolFixture, SOL, SplStakePool, keypair};
use solana_address::Address;
use solana_signer::Signer;

use crate::common::{Person, Served, delegated};

/// What a deposit costs, in basis points, of which half goes to who brought it.
pub const DEPOSIT_BPS: u16 = 10;
/// What an instant exit costs.
pub const INSTANT_BPS: u16 = 20;
/// Slots of an epoch.
const SLOTS: u64 = 128;
/// Stake of each account that is made beside the pool's.
pub const STAKED: u64 = 50 * SOL;

pub struct World {
    pub served: Served,
    pub pool: PoolFixture,
    /// Validators of the pool with stake, one of it without, and one that is none of its.
    pub votes: Vec<Address>,
    pub idle: Address,
    pub stranger: Address,
    /// Its validators are the first two of `votes`.
    pub spl: SplStakePool,
}

impl World {
    /// The one that tests share, which nobody ends an epoch of.
    pub fn shared() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(Self::tell)
    }

    pub fn tell() -> Self {
        let names = ["one", "two", "three", "idle", "stranger"];
        let scripts = names.map(ValidatorScript::new).to_vec();
        let mut bank = Bank::with_peers(LocalnetConfig::new(scripts).with_slots_per_epoch(SLOTS));
        let [one, two, three, idle, stranger] = names.map(|name| bank.0.validator(name).vote_address());
        let votes = vec![one, two, three];

        let mut options = PoolOptions::default();
        options.params.fees.deposit_bps = DEPOSIT_BPS;
        options.instant_fee(INSTANT_BPS);
        let pool = PoolFixture::with_options(&mut bank, options);
        let (founder, lst) = pool.user(&mut bank, "founder", 20_000 * SOL);
        bank.must(&[pool.deposit_sol(&founder.pubkey(), &lst, 10_000 * SOL, 0)], &[&founder]);
        let add = |vote: &Address| pool.add_validator(vote);
        bank.must(
            &votes.iter().chain([&idle]).map(add).collect::<Vec<_>>(),
            &[&pool.payer, &pool.delegation],
        );
        for vote in &votes {
            let increase = pool.increase_stake(&bank, vote, 2_500 * SOL);
            bank.must(&[increase], &[&pool.payer, &pool.delegation]);
        }
        pool.open_liquidity(&mut bank, 100 * SOL);

        let spl = SplStakePool::new(&mut bank);
        let (backer, tokens) = spl.user(&mut bank, "converter", 3_000 * SOL);
        bank.must(&[spl.deposit_sol(&backer.pubkey(), &tokens, 2_000 * SOL, 0)], &[&backer]);
        for vote in &votes[..2] {
            bank.must(&[spl.add_validator(vote)], &[&spl.manager]);
            let increase = spl.increase_stake(&bank, vote, 500 * SOL);
            bank.must(&[increase], &[&spl.manager]);
        }
        for (owner, name, vote) in [
            ("depositor", "depositor's stake", one),
            ("seller", "seller's stake", two),
            ("elsewhere", "elsewhere's stake", stranger),
            ("cooling", "cooling's stake", one),
        ] {
            let owner = bank.wallet(owner, 100 * SOL);
            delegated(&mut bank, &owner, name, &vote, STAKED);
        }
        // Warmed up, and an epoch's rewards found, half of them released.
        for _ in 0..2 {
            bank.0.advance_epoch();
            pool.update(&mut bank);
            spl.update(&mut bank);
        }
        bank.0.warp_slots(SLOTS / 2);
        let owner = bank.wallet("warming", 100 * SOL);
        delegated(&mut bank, &owner, "warming's stake", &one, STAKED);
        let (cooling, stake) = (keypair("cooling"), keypair("cooling's stake").pubkey());
        let deactivate = solana_stake_interface::instruction::deactivate_stake(&stake, &cooling.pubkey());
        bank.must(&[deactivate], &[&cooling]);

        let served = Served::new(bank, pool.mint);
        Self { served, pool, votes, idle, stranger, spl }
    }

    /// Somebody with SOL and LST, and their LST account.
    pub fn holder(&self, name: &str, sol: u64, deposited: u64) -> (Person, Address) {
        let (key, lst) = self.served.chain(|net| {
            let (key, lst) = self.pool.user(net, name, sol + deposited);
            net.must(&[self.pool.deposit_sol(&key.pubkey(), &lst, deposited, 0)], &[&key]);
            (key, lst)
        });
        (self.served.known(key), lst)
    }

    /// Who was there from the beginning.
    pub fn person(&self, name: &str) -> Person {
        self.served.known(keypair(name))
    }

    pub fn state(&self) -> Pool {
        self.served.chain(|net| self.pool.state(net))
    }

    /// The next epoch, with the pool updated in it.
    pub fn next_epoch(&self) {
        self.served.chain(|net| {
            net.advance_epoch();
            self.pool.update(net);
        });
    }
}
