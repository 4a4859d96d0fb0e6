//! What the same SOL would have earned without the pool: native stake accounts on the same cluster, real ones.

use sluice_localnet::EpochReport;
use sluice_tests::chain::Chain;
use sluice_tests::{Bank, keypair};
use solana_address::Address;
use solana_signer::Signer;
use solana_stake_interface::instruction as stake;
use solana_stake_interface::state::{Authorized, Lockup};

/// Stake accounts of one wallet, delegated once and left alone.
pub struct Portfolio {
    pub name: &'static str,
    accounts: Vec<Address>,
    /// Yield of each epoch that earned: rewards and tips over effective stake.
    pub yields: Vec<f64>,
}

impl Portfolio {
    /// Delegates `lamports` over `votes` in proportion to `weights`; what would be below the chain's minimum
    /// delegation is left out.
    pub fn delegate(
        bank: &mut Bank,
        name: &'static str,
        lamports: u64,
        votes: &[Address],
        weights: &[u64],
    ) -> Self {
        let owner = bank.wallet(name, lamports + 100_000_000_000);
        let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        let (minimum, rent) = (bank.0.minimum_delegation(), bank.rent_exempt(200));
        let mut accounts = Vec::new();
        for (index, (vote, weight)) in votes.iter().zip(weights).enumerate() {
            let share = (u128::from(lamports) * u128::from(*weight) / total) as u64;
            if share < minimum {
                continue;
            }
            let account = keypair(&format!("{name} {index}"));
            let instructions = stake::create_account_and_delegate_stake(
                &owner.pubkey(),
                &account.pubkey(),
                vote,
                &Authorized::auto(&owner.pubkey()),
                &Lockup::default(),
                share + rent,
            );
            bank.must(&instructions, &[&owner, &account]);
            accounts.push(account.pubkey());
        }
        Self { name, accounts, yields: Vec::new() }
    }

    /// Effective stake now, which is what this epoch's rewards will be paid on.
    pub fn effective(&self, bank: &Bank) -> u64 {
        self.accounts
            .iter()
            .filter_map(|account| bank.0.stake_activation(account))
            .map(|status| status.effective)
            .sum()
    }

    /// Books an epoch: `effective` is what was staked while it lasted.
    pub fn book(&mut self, report: &EpochReport, effective: u64) {
        if effective == 0 {
            return;
        }
        let earned: u64 =
            self.accounts.iter().map(|account| report.reward_of(account) + report.tips_of(account)).sum();
        self.yields.push(earned as f64 / effective as f64);
    }
}
