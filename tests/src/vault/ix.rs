//! The instructions of restaking-vault with the accounts they want, for tests that put one of them in the wrong place.

use sluice_sdk::pda::restaking_vault as pda;
use sluice_sdk::restaking_vault::instructions::*;
use sluice_sdk::restaking_vault::types::VaultParams;
use solana_address::Address;
use solana_instruction::Instruction;

pub fn vault_address(vrt_mint: &Address) -> Address {
    pda::find_vault(vrt_mint).0
}

pub fn operator_address(base: &Address) -> Address {
    pda::find_operator(base).0
}

pub fn service_address(base: &Address) -> Address {
    pda::find_service(base).0
}

pub fn allocation_address(vault: &Address, operator: &Address, service: &Address) -> Address {
    pda::find_allocation(vault, operator, service).0
}

pub fn slash_request_address(allocation: &Address, nonce: u64) -> Address {
    pda::find_slash_request(allocation, nonce).0
}

/// The addresses every instruction on one vault shares.
#[derive(Clone, Copy, Debug)]
pub struct VaultAddresses {
    pub vault: Address,
    pub collateral_mint: Address,
    pub collateral_account: Address,
    pub collateral_token_program: Address,
    pub vrt_mint: Address,
    pub vrt_escrow: Address,
    pub vrt_token_program: Address,
}

/// Who agrees, and where slashed collateral goes.
#[derive(Clone, Copy, Debug)]
pub struct Parties {
    pub delegation_admin: Address,
    pub operator: Address,
    pub operator_authority: Address,
    pub service: Address,
    pub service_authority: Address,
    /// `None`: it is burnt.
    pub beneficiary: Option<Address>,
}

impl Parties {
    pub fn allocation(&self, vault: &Address) -> Address {
        allocation_address(vault, &self.operator, &self.service)
    }
}

pub fn initialize_vault(
    at: &VaultAddresses,
    admin: Address,
    admin_collateral: Address,
    params: &VaultParams,
) -> Instruction {
    InitializeVault {
        admin,
        vault: at.vault,
        collateral_mint: at.collateral_mint,
        vrt_mint: at.vrt_mint,
        admin_collateral,
        collateral_account: at.collateral_account,
        vrt_escrow: at.vrt_escrow,
        collateral_token_program: at.collateral_token_program,
        vrt_token_program: at.vrt_token_program,
    }
    .instruction(InitializeVaultInstructionArgs { params: params.clone() })
}

pub fn deposit(
    at: &VaultAddresses,
    depositor: Address,
    depositor_collateral: Address,
    depositor_vrt: Address,
    amount: u64,
    min_vrt_out: u64,
) -> Instruction {
    Deposit {
        vault: at.vault,
        depositor,
        depositor_collateral,
        depositor_vrt,
        collateral_account: at.collateral_account,
        vrt_mint: at.vrt_mint,
        collateral_token_program: at.collateral_token_program,
        vrt_token_program: at.vrt_token_program,
    }
    .instruction(DepositInstructionArgs { amount, min_vrt_out })
}

pub fn enqueue_withdrawal(
    at: &VaultAddresses,
    owner: Address,
    owner_vrt: Address,
    ticket: Address,
    vrt_amount: u64,
) -> Instruction {
    EnqueueWithdrawal {
        vault: at.vault,
        owner,
        owner_vrt,
        vrt_escrow: at.vrt_escrow,
        ticket,
        vrt_token_program: at.vrt_token_program,
    }
    .instruction(EnqueueWithdrawalInstructionArgs { vrt_amount })
}

pub fn claim_withdrawal(
    at: &VaultAddresses,
    ticket: Address,
    owner: Address,
    recipient: Address,
    min_out: u64,
) -> Instruction {
    ClaimWithdrawal {
        vault: at.vault,
        ticket,
        owner,
        recipient,
        collateral_account: at.collateral_account,
        vrt_escrow: at.vrt_escrow,
        vrt_mint: at.vrt_mint,
        collateral_token_program: at.collateral_token_program,
        vrt_token_program: at.vrt_token_program,
    }
    .instruction(ClaimWithdrawalInstructionArgs { min_out })
}

pub fn register_operator(authority: Address) -> Instruction {
    RegisterOperator { authority, operator: operator_address(&authority) }.instruction()
}

pub fn register_service(authority: Address) -> Instruction {
    RegisterService { authority, service: service_address(&authority) }.instruction()
}

pub fn allocate(at: &VaultAddresses, parties: &Parties, payer: Address, amount: u64) -> Instruction {
    Allocate {
        vault: at.vault,
        delegation_admin: parties.delegation_admin,
        operator: parties.operator,
        operator_authority: parties.operator_authority,
        service: parties.service,
        service_authority: parties.service_authority,
        payer,
        allocation: parties.allocation(&at.vault),
        beneficiary: parties.beneficiary,
    }
    .instruction(AllocateInstructionArgs { amount })
}

pub fn deallocate(at: &VaultAddresses, parties: &Parties, authority: Address, amount: u64) -> Instruction {
    Deallocate {
        vault: at.vault,
        operator: parties.operator,
        service: parties.service,
        allocation: parties.allocation(&at.vault),
        authority,
    }
    .instruction(DeallocateInstructionArgs { amount })
}

pub fn release_allocation(at: &VaultAddresses, allocation: Address) -> Instruction {
    ReleaseAllocation { vault: at.vault, allocation }.instruction()
}

pub fn request_slash(
    at: &VaultAddresses,
    parties: &Parties,
    nonce: u64,
    amount: u64,
    evidence: [u8; 32],
) -> Instruction {
    let allocation = parties.allocation(&at.vault);
    RequestSlash {
        vault: at.vault,
        allocation,
        service: parties.service,
        service_authority: parties.service_authority,
        slash_request: slash_request_address(&allocation, nonce),
    }
    .instruction(RequestSlashInstructionArgs { amount, evidence })
}

pub fn veto_slash(
    at: &VaultAddresses,
    allocation: Address,
    slash_request: Address,
    resolver: Address,
    rent_payer: Address,
) -> Instruction {
    VetoSlash { vault: at.vault, allocation, slash_request, resolver, rent_payer }.instruction()
}

pub fn execute_slash(
    at: &VaultAddresses,
    allocation: Address,
    slash_request: Address,
    rent_payer: Address,
    beneficiary: Option<Address>,
) -> Instruction {
    ExecuteSlash {
        vault: at.vault,
        allocation,
        slash_request,
        rent_payer,
        collateral_mint: at.collateral_mint,
        collateral_account: at.collateral_account,
        beneficiary,
        collateral_token_program: at.collateral_token_program,
    }
    .instruction()
}

pub fn close_slash_request(
    at: &VaultAddresses,
    allocation: Address,
    slash_request: Address,
    rent_payer: Address,
) -> Instruction {
    CloseSlashRequest { vault: at.vault, allocation, slash_request, rent_payer }.instruction()
}
