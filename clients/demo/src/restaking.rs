//! The vault of the story: slSOL as collateral, an operator that misbehaves, a service that proves it.

use sluice_sdk::AccountData;
use sluice_sdk::pda::restaking_vault as pda;
use sluice_sdk::restaking_vault::accounts::{Allocation, Vault};
use sluice_sdk::restaking_vault::instructions::*;
use sluice_sdk::restaking_vault::types::VaultParams;
use sluice_tests::chain::Chain;
use sluice_tests::{Bank, PoolFixture, SOL, keypair, token};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

pub struct Restaking {
    pub vault: Address,
    pub vrt_mint: Address,
    pub collateral_account: Address,
    escrow: Address,
    collateral_mint: Address,
    admin: Keypair,
    operator: Keypair,
    service: Keypair,
    pub allocation: Address,
    /// Where slashed collateral goes.
    pub insurance: Address,
}

/// Prices and holdings of the vault at one moment, in base units.
#[derive(Clone, Copy, Debug, Default)]
pub struct Snapshot {
    pub assets: u64,
    pub supply: u64,
    pub queued: u64,
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
    /// Opens a vault for the pool's LST with a seed of the admin, and puts `allocated` of it at risk.
    pub fn open(bank: &mut Bank, pool: &PoolFixture) -> Self {
        let (admin, admin_lst) = pool.user(bank, "vault admin", 20 * SOL);
        bank.must(&[pool.deposit_sol(&admin.pubkey(), &admin_lst, 10 * SOL, 0)], &[&admin]);
        let vrt = keypair("rslSOL mint");
        let vault = pda::find_vault(&vrt.pubkey()).0;
        token::create_mint(bank, &pool.payer, &vrt, &vault);
        let account = |bank: &mut Bank, name: &str, mint: &Address, owner: &Address| {
            token::create_token_account(bank, &pool.payer, &keypair(name), mint, owner)
        };
        let collateral_account = account(bank, "vault collateral", &pool.mint, &vault);
        let escrow = account(bank, "vault escrow", &vrt.pubkey(), &vault);
        let insurance = account(bank, "insurance", &pool.mint, &keypair("insurer").pubkey());
        let open = InitializeVault {
            admin: admin.pubkey(),
            vault,
            collateral_mint: pool.mint,
            vrt_mint: vrt.pubkey(),
            admin_collateral: admin_lst,
            collateral_account,
            vrt_escrow: escrow,
            collateral_token_program: token::TOKEN_PROGRAM,
            vrt_token_program: token::TOKEN_PROGRAM,
        };
        let params = VaultParams {
            delegation_admin: admin.pubkey(),
            resolver: admin.pubkey(),
            seed: SOL,
            min_deposit: 1_000_000,
            cooldown_epochs: 2,
            veto_epochs: 2,
            execution_epochs: 2,
            deallocation_epochs: 9,
            slash_cap_bps: 2_000,
        };
        bank.must(&[open.instruction(InitializeVaultInstructionArgs { params })], &[&admin, &vrt]);

        let (operator, service) = (bank.wallet("operator", SOL), bank.wallet("service", SOL));
        let operator_account = pda::find_operator(&operator.pubkey()).0;
        let service_account = pda::find_service(&service.pubkey()).0;
        let register = RegisterOperator { authority: operator.pubkey(), operator: operator_account };
        bank.must(&[register.instruction()], &[&operator]);
        let register = RegisterService { authority: service.pubkey(), service: service_account };
        bank.must(&[register.instruction()], &[&service]);
        Self {
            vault,
            vrt_mint: vrt.pubkey(),
            collateral_account,
            escrow,
            collateral_mint: pool.mint,
            allocation: pda::find_allocation(&vault, &operator_account, &service_account).0,
            admin,
            operator,
            service,
            insurance,
        }
    }

    /// Vault, operator and service agree that `amount` of the collateral is at risk.
    pub fn allocate(&self, bank: &mut Bank, amount: u64) {
        let allocate = Allocate {
            vault: self.vault,
            delegation_admin: self.admin.pubkey(),
            operator: pda::find_operator(&self.operator.pubkey()).0,
            operator_authority: self.operator.pubkey(),
            service: pda::find_service(&self.service.pubkey()).0,
            service_authority: self.service.pubkey(),
            payer: self.admin.pubkey(),
            allocation: self.allocation,
            beneficiary: Some(self.insurance),
        };
        let instruction = allocate.instruction(AllocateInstructionArgs { amount });
        bank.must(&[instruction], &[&self.admin, &self.operator, &self.service]);
    }

    pub fn deposit(&self, bank: &mut Bank, user: &Keypair, lst: &Address, vrt: &Address, amount: u64) {
        let deposit = Deposit {
            vault: self.vault,
            depositor: user.pubkey(),
            depositor_collateral: *lst,
            depositor_vrt: *vrt,
            collateral_account: self.collateral_account,
            vrt_mint: self.vrt_mint,
            collateral_token_program: token::TOKEN_PROGRAM,
            vrt_token_program: token::TOKEN_PROGRAM,
        };
        bank.must(&[deposit.instruction(DepositInstructionArgs { amount, min_vrt_out: 1 })], &[user]);
    }

    pub fn enqueue(&self, bank: &mut Bank, user: &Keypair, vrt: &Address, ticket: &Keypair, vrt_amount: u64) {
        let enqueue = EnqueueWithdrawal {
            vault: self.vault,
            owner: user.pubkey(),
            owner_vrt: *vrt,
            vrt_escrow: self.escrow,
            ticket: ticket.pubkey(),
            vrt_token_program: token::TOKEN_PROGRAM,
        };
        bank.must(&[enqueue.instruction(EnqueueWithdrawalInstructionArgs { vrt_amount })], &[user, ticket]);
    }

    pub fn claim(
        &self,
        bank: &mut Bank,
        payer: &Keypair,
        owner: &Address,
        recipient: &Address,
        ticket: &Address,
    ) {
        let claim = ClaimWithdrawal {
            vault: self.vault,
            ticket: *ticket,
            owner: *owner,
            recipient: *recipient,
            collateral_account: self.collateral_account,
            vrt_escrow: self.escrow,
            vrt_mint: self.vrt_mint,
            collateral_token_program: token::TOKEN_PROGRAM,
            vrt_token_program: token::TOKEN_PROGRAM,
        };
        bank.must(&[claim.instruction(ClaimWithdrawalInstructionArgs { min_out: 1 })], &[payer]);
    }

    /// The service accuses the operator; returns the request.
    pub fn request_slash(&self, bank: &mut Bank, amount: u64) -> Address {
        let allocation = self.allocation_state(bank);
        let slash_request = pda::find_slash_request(&self.allocation, allocation.next_nonce).0;
        let request = RequestSlash {
            vault: self.vault,
            allocation: self.allocation,
            service: pda::find_service(&self.service.pubkey()).0,
            service_authority: self.service.pubkey(),
            slash_request,
        };
        let evidence = [0xe7; 32];
        bank.must(&[request.instruction(RequestSlashInstructionArgs { amount, evidence })], &[&self.service]);
        slash_request
    }

    /// Anyone carries the sentence out.
    pub fn execute_slash(&self, bank: &mut Bank, payer: &Keypair, slash_request: &Address) {
        let execute = ExecuteSlash {
            vault: self.vault,
            allocation: self.allocation,
            slash_request: *slash_request,
            rent_payer: self.service.pubkey(),
            collateral_mint: self.collateral_mint,
            collateral_account: self.collateral_account,
            beneficiary: Some(self.insurance),
            collateral_token_program: token::TOKEN_PROGRAM,
        };
        bank.must(&[execute.instruction()], &[payer]);
    }

    pub fn state(&self, bank: &Bank) -> Vault {
        Vault::decode(&bank.account(&self.vault).expect("the vault exists").data).expect("a vault")
    }

    fn allocation_state(&self, bank: &Bank) -> Allocation {
        Allocation::decode(&bank.account(&self.allocation).expect("it exists").data).expect("an allocation")
    }

    pub fn snapshot(&self, bank: &Bank) -> Snapshot {
        let vault = self.state(bank);
        Snapshot {
            assets: vault.assets,
            supply: vault.vrt_supply,
            queued: vault.queued_vrt,
            held: token::balance(bank, &self.collateral_account),
        }
    }
}
