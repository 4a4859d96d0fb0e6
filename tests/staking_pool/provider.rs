//! A stage with a liquidity pool, and those who provide it.

use sluice_money::Lamports;
use sluice_pool_math::Liquidity;
use sluice_sdk::staking_pool::types::LiquidityEntry;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::stage::*;

/// A wallet, its LST account and its account for liquidity tokens.
pub struct Provider {
    pub key: Keypair,
    pub lst: Address,
    pub lp: Address,
}

impl Provider {
    pub fn address(&self) -> Address {
        self.key.pubkey()
    }
}

impl Stage {
    /// A pool with some of the default options changed, and a liquidity pool with that seed.
    pub fn liquid(seed_lamports: u64, change: impl FnOnce(&mut PoolOptions)) -> Self {
        let mut stage = Self::with(change);
        stage.pool.open_liquidity(&mut stage.svm, seed_lamports);
        stage
    }

    /// Somebody with 1,000 SOL and empty accounts for both tokens.
    pub fn visitor(&mut self, name: &str) -> Provider {
        let (key, lst) = self.pool.user(&mut self.svm, name, 1_000 * SOL);
        let lp = self.pool.lp_account(&mut self.svm, name, &key.pubkey());
        Provider { key, lst, lp }
    }

    /// Somebody who added that much and has 1,000 SOL less it left.
    pub fn provider(&mut self, name: &str, lamports: u64) -> Provider {
        let provider = self.visitor(name);
        self.add(&provider, lamports);
        provider
    }

    pub fn add_liquidity(&self, provider: &Provider, lamports: u64, min_out: u64) -> Instruction {
        self.pool.add_liquidity(&provider.address(), &provider.lp, lamports, min_out)
    }

    pub fn remove_liquidity(&self, provider: &Provider, amount: u64) -> Instruction {
        self.pool.remove_liquidity(&provider.address(), &provider.lp, &provider.lst, amount)
    }

    pub fn add(&mut self, provider: &Provider, lamports: u64) -> Sent {
        let add = self.add_liquidity(provider, lamports, 0);
        self.must(add, &[&provider.key])
    }

    pub fn remove(&mut self, provider: &Provider, amount: u64) -> Sent {
        let remove = self.remove_liquidity(provider, amount);
        self.must(remove, &[&provider.key])
    }

    /// Burns all the liquidity tokens of somebody.
    pub fn remove_all(&mut self, provider: &Provider) -> Sent {
        self.remove(provider, self.tokens(&provider.lp))
    }

    pub fn exit(&mut self, key: &Keypair, lst: &Address, shares: u64) -> Sent {
        let exit = self.pool.withdraw_sol(&key.pubkey(), lst, shares, 0);
        self.must(exit, &[key])
    }

    pub fn liquidity(&self) -> Liquidity {
        self.pool.liquidity(&self.svm)
    }

    /// Lamports that base units of LST are worth at the rate of now, rounded down.
    pub fn worth(&self, shares: u64) -> u64 {
        let ledger = self.pool.ledger(&self.svm).at(self.svm.clock().slot).expect("priced");
        ledger.lamports_for(sluice_money::LstAmount(shares)).expect("priced").0
    }

    /// Lamports that all of the liquidity is worth now, rounded up.
    pub fn liquidity_value(&self) -> u64 {
        let ledger = self.pool.ledger(&self.svm).at(self.svm.clock().slot).expect("priced");
        let Lamports(value) = self.liquidity().value(&ledger).expect("priced");
        value
    }

    /// Everything of somebody at the rate of now: SOL, LST, and the part of the liquidity, rounded down.
    pub fn wealth(&self, provider: &Provider) -> u64 {
        let (liquidity, lp) = (self.liquidity(), self.tokens(&provider.lp));
        let part = |of: u64| (u128::from(of) * u128::from(lp) / u128::from(liquidity.supply.0)) as u64;
        let shares = self.tokens(&provider.lst) + part(liquidity.shares.0);
        self.lamports(&provider.address()) + part(liquidity.lamports.0) + self.worth(shares)
    }

    /// Delegates all but `free` lamports of the reserve, an epoch ago.
    pub fn leave_free(&mut self, free: u64) -> Address {
        let vote = self.validator("ann");
        let rent = self.stake_rent();
        let ticket_lamports = self.pool.state(&self.svm).ticket_lamports;
        let all = self.pool.reserve_lamports(&self.svm) - ticket_lamports;
        self.increase(&vote, all - rent - free);
        self.next_epoch();
        vote
    }
}

/// Liquidity as events carry it.
pub fn liquidity_entry(liquidity: &Liquidity) -> LiquidityEntry {
    LiquidityEntry { lamports: liquidity.lamports.0, shares: liquidity.shares.0, supply: liquidity.supply.0 }
}
