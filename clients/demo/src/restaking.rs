//! slSOL as slashable collateral: one vault, one operator, one service.

use sluice_sdk::AccountData;
use sluice_sdk::pda::restaking_vault as pda;
use sluice_sdk::restaking_vault::accounts::{Allocation, Vault};
use sluice_sdk::restaking_vault::types::VaultParams;
use sluice_tests::chain::Chain;
use sluice_tests::vault::ix::{self, FeeAccounts, Parties, VaultAddresses};
use sluice_tests::{Bank, PoolFixture, SOL, Sent, keypair, token};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A vault over the pool's LST, and everybody it needs.
pub struct Restaking {
    pub at: VaultAddresses,
    /// Creator, delegation admin and resolver.
    pub admin: Keypair,
    pub operator: Keypair,
    pub service: Keypair,
    /// The service's own slSOL, out of which it pays for being secured.
    pub service_lst: Address,
    parties: Parties,
    /// Where slashed collateral goes.
    pub insurance: Address,
}

/// Prices and holdings of the vault at one moment, in base units.
#[derive(Clone, Copy, Debug, Default)]
pub struct Snapshot {
    pub assets: u64,
    pub supply: u64,
    pub queued: u64,
    /// Rewards on their way into the price.
    pub locked: u64,
    /// What the vault's token account really holds.
    pub held: u64,
}

impl Snapshot {
    /// Collateral for one VRT.
    pub fn price(&self) -> f64 {
        self.assets as f64 / self.supply as f64
    }
}

impl Restaking {
    /// Opens a vault for the pool's LST with a seed of the admin, and registers an operator and a service that has 20
    /// slSOL of its own.
    pub fn open(bank: &mut Bank, pool: &PoolFixture) -> Self {
        let (admin, admin_lst) = pool.user(bank, "vault admin", 40 * SOL);
        bank.must(&[pool.deposit_sol(&admin.pubkey(), &admin_lst, 10 * SOL, 0)], &[&admin]);
        let vrt = keypair("rslSOL mint");
        let vault = pda::find_vault(&vrt.pubkey()).0;
        token::create_mint(bank, &pool.payer, &vrt, &vault);
        let account = |bank: &mut Bank, name: &str, mint: &Address, owner: &Address| {
            token::create_token_account(bank, &pool.payer, &keypair(name), mint, owner)
        };
        let at = VaultAddresses {
            vault,
            collateral_mint: pool.mint,
            collateral_account: account(bank, "vault collateral", &pool.mint, &vault),
            collateral_token_program: token::TOKEN_PROGRAM,
            vrt_mint: vrt.pubkey(),
            vrt_escrow: account(bank, "vault escrow", &vrt.pubkey(), &vault),
            vrt_token_program: token::TOKEN_PROGRAM,
            staking_pool: Some(pool.pool),
        };
        let insurance = account(bank, "insurance", &pool.mint, &keypair("insurer").pubkey());
        let params = VaultParams {
            delegation_admin: admin.pubkey(),
            resolver: admin.pubkey(),
            pauser: admin.pubkey(),
            seed: SOL,
            min_deposit: 1_000_000,
            capacity: 5_000 * SOL,
            stream_slots: pool.state(bank).epoch_slots,
            cooldown_epochs: 2,
            veto_epochs: 2,
            execution_epochs: 2,
            warmup_epochs: 2,
            deallocation_epochs: 9,
            slash_cap_bps: 2_000,
            // No more than a third of all slSOL.
            leverage_bps: 3_333,
            shielded: false,
        };
        let open = ix::initialize_vault(&at, admin.pubkey(), admin_lst, &params);
        bank.must(&[open], &[&admin, &vrt]);

        let operator = bank.wallet("operator", SOL);
        let (service, service_lst) = pool.user(bank, "service", 30 * SOL);
        bank.must(&[pool.deposit_sol(&service.pubkey(), &service_lst, 20 * SOL, 0)], &[&service]);
        bank.must(&[ix::register_operator(operator.pubkey())], &[&operator]);
        bank.must(&[ix::register_service(service.pubkey())], &[&service]);
        let parties = Parties {
            delegation_admin: admin.pubkey(),
            operator: pda::find_operator(&operator.pubkey()).0,
            operator_authority: operator.pubkey(),
            service: pda::find_service(&service.pubkey()).0,
            service_authority: service.pubkey(),
            beneficiary: Some(insurance),
        };
        Self { at, admin, operator, service, service_lst, parties, insurance }
    }

    /// Vault, operator and service agree, and `amount` of the collateral will be at risk.
    pub fn allocate(&self, bank: &mut Bank, amount: u64) {
        for key in [&self.admin, &self.operator, &self.service] {
            let payer = self.admin.pubkey();
            let opt_in = ix::opt_in(&self.at, &self.parties, key.pubkey(), payer);
            let signers = if key.pubkey() == payer { vec![key] } else { vec![&self.admin, key] };
            bank.must(&[opt_in], &signers);
        }
        bank.must(&[ix::allocate(&self.at, &self.parties, amount)], &[&self.admin]);
    }

    pub fn deposit(&self, bank: &mut Bank, user: &Keypair, lst: &Address, vrt: &Address, amount: u64) {
        bank.must(&[ix::deposit(&self.at, user.pubkey(), *lst, *vrt, amount, 1)], &[user]);
    }

    /// From SOL to VRT in one instruction.
    pub fn stake_and_restake(
        &self,
        bank: &mut Bank,
        user: &Keypair,
        vrt: &Address,
        pool: &PoolFixture,
        lamports: u64,
    ) -> Sent {
        let restake = ix::stake_and_restake(&self.at, user.pubkey(), *vrt, pool.reserve, lamports, 1);
        bank.must(&[restake], &[user])
    }

    /// The service pays for being secured.
    pub fn pay_rewards(&self, bank: &mut Bank, amount: u64) {
        let fees = FeeAccounts::default();
        let pay = ix::pay_rewards(&self.at, self.service.pubkey(), self.service_lst, fees, amount);
        bank.must(&[pay], &[&self.service]);
    }

    pub fn enqueue(&self, bank: &mut Bank, user: &Keypair, vrt: &Address, ticket: &Keypair, vrt_amount: u64) {
        let enqueue = ix::enqueue_withdrawal(&self.at, user.pubkey(), *vrt, ticket.pubkey(), vrt_amount);
        bank.must(&[enqueue], &[user, ticket]);
    }

    pub fn claim(
        &self,
        bank: &mut Bank,
        payer: &Keypair,
        owner: &Address,
        recipient: &Address,
        ticket: &Address,
    ) {
        bank.must(&[ix::claim_withdrawal(&self.at, *ticket, *owner, *recipient, 1)], &[payer]);
    }

    /// Claims a ticket into one of the staking pool.
    pub fn claim_and_unstake(
        &self,
        bank: &mut Bank,
        user: &Keypair,
        lst: &Address,
        ticket: &Address,
        (escrow, pool_ticket): (Address, &Keypair),
    ) {
        let ends = (escrow, pool_ticket.pubkey());
        let claim = ix::claim_and_unstake(&self.at, *ticket, user.pubkey(), *lst, ends, 1);
        bank.must(&[claim], &[user, pool_ticket]);
    }

    /// The service accuses the operator; returns the request.
    pub fn request_slash(&self, bank: &mut Bank, amount: u64) -> Address {
        let allocation = self.parties.allocation(&self.at.vault);
        let state = bank.account(&allocation).expect("it exists");
        let nonce = Allocation::decode(&state.data).expect("an allocation").next_nonce;
        let request = ix::request_slash(&self.at, &self.parties, nonce, amount, [0xe7; 32]);
        bank.must(&[request], &[&self.service]);
        ix::slash_request_address(&allocation, nonce)
    }

    /// Anyone carries the sentence out.
    pub fn execute_slash(&self, bank: &mut Bank, payer: &Keypair, slash_request: &Address) {
        let allocation = self.parties.allocation(&self.at.vault);
        let (rent_payer, beneficiary) = (self.service.pubkey(), self.parties.beneficiary);
        let execute = ix::execute_slash(&self.at, allocation, *slash_request, rent_payer, beneficiary);
        bank.must(&[execute], &[payer]);
    }

    pub fn state(&self, bank: &Bank) -> Vault {
        Vault::decode(&bank.account(&self.at.vault).expect("the vault exists").data).expect("a vault")
    }

    pub fn snapshot(&self, bank: &Bank) -> Snapshot {
        let vault = self.state(bank);
        Snapshot {
            assets: vault.assets,
            supply: vault.vrt_supply,
            queued: vault.queued_vrt,
            locked: vault.locked_rewards,
            held: token::balance(bank, &self.at.collateral_account),
        }
    }
}
