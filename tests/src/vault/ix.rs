//! The instructions of restaking-vault with the accounts they want, for tests that put one of them in the wrong place.

use sluice_sdk::pda::restaking_vault as pda;
use sluice_sdk::restaking_vault::instructions::*;
use sluice_sdk::restaking_vault::types::{DistributionParams, Limits, Roles, VaultParams};
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

pub fn distribution_address(token_account: &Address) -> Address {
    pda::find_distribution(token_account).0
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
    /// Issues the collateral.
    pub staking_pool: Option<Address>,
}

impl VaultAddresses {
    /// The same vault with other shares.
    pub fn with_shares(self, vrt_mint: Address, vrt_escrow: Address) -> Self {
        Self { vrt_mint, vrt_escrow, ..self }
    }
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
        staking_pool: at.staking_pool,
    }
    .instruction(InitializeVaultInstructionArgs { params: params.clone() })
}

/// `junior` names the junior shares.
pub fn initialize_junior(
    junior: &VaultAddresses,
    admin: Address,
    admin_collateral: Address,
    seed: u64,
    premium_bps: u16,
) -> Instruction {
    InitializeJunior {
        vault: junior.vault,
        admin,
        junior_mint: junior.vrt_mint,
        junior_escrow: junior.vrt_escrow,
        admin_collateral,
        collateral_account: junior.collateral_account,
        collateral_mint: junior.collateral_mint,
        collateral_token_program: junior.collateral_token_program,
        vrt_token_program: junior.vrt_token_program,
    }
    .instruction(InitializeJuniorInstructionArgs { seed, premium_bps })
}

pub fn propose_admin(at: &VaultAddresses, admin: Address, proposed: Address) -> Instruction {
    ProposeAdmin { vault: at.vault, admin, proposed }.instruction()
}

pub fn accept_admin(at: &VaultAddresses, proposed: Address) -> Instruction {
    AcceptAdmin { vault: at.vault, proposed }.instruction()
}

pub fn set_roles(at: &VaultAddresses, admin: Address, roles: Roles) -> Instruction {
    SetRoles { vault: at.vault, admin }.instruction(SetRolesInstructionArgs { roles })
}

pub fn set_limits(at: &VaultAddresses, admin: Address, limits: Limits) -> Instruction {
    SetLimits { vault: at.vault, admin }.instruction(SetLimitsInstructionArgs { limits })
}

pub fn set_vault_fee(
    at: &VaultAddresses,
    admin: Address,
    fee_account: Option<Address>,
    fee_bps: u16,
) -> Instruction {
    SetVaultFee { vault: at.vault, admin, fee_account }.instruction(SetVaultFeeInstructionArgs { fee_bps })
}

pub fn pause(at: &VaultAddresses, authority: Address) -> Instruction {
    Pause { vault: at.vault, authority }.instruction()
}

pub fn resume(at: &VaultAddresses, authority: Address) -> Instruction {
    Resume { vault: at.vault, authority }.instruction()
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
        collateral_mint: at.collateral_mint,
        vrt_mint: at.vrt_mint,
        collateral_token_program: at.collateral_token_program,
        vrt_token_program: at.vrt_token_program,
        staking_pool: at.staking_pool,
    }
    .instruction(DepositInstructionArgs { amount, min_vrt_out })
}

pub fn stake_and_restake(
    at: &VaultAddresses,
    user: Address,
    user_vrt: Address,
    pool_reserve: Address,
    lamports: u64,
    min_vrt_out: u64,
) -> Instruction {
    StakeAndRestake {
        vault: at.vault,
        user,
        user_vrt,
        collateral_account: at.collateral_account,
        collateral_mint: at.collateral_mint,
        vrt_mint: at.vrt_mint,
        staking_pool: at.staking_pool.unwrap_or_default(),
        pool_reserve,
        collateral_token_program: at.collateral_token_program,
        vrt_token_program: at.vrt_token_program,
    }
    .instruction(StakeAndRestakeInstructionArgs { lamports, min_vrt_out })
}

pub fn instant_withdraw(
    at: &VaultAddresses,
    owner: Address,
    owner_vrt: Address,
    recipient: Address,
    vrt_amount: u64,
    min_out: u64,
) -> Instruction {
    InstantWithdraw {
        vault: at.vault,
        owner,
        owner_vrt,
        recipient,
        collateral_account: at.collateral_account,
        collateral_mint: at.collateral_mint,
        vrt_mint: at.vrt_mint,
        collateral_token_program: at.collateral_token_program,
        vrt_token_program: at.vrt_token_program,
    }
    .instruction(InstantWithdrawInstructionArgs { vrt_amount, min_out })
}

pub fn transfer_ticket(ticket: Address, owner: Address, new_owner: Address) -> Instruction {
    TransferTicket { ticket, owner, new_owner }.instruction()
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
        collateral_mint: at.collateral_mint,
        vrt_escrow: at.vrt_escrow,
        vrt_mint: at.vrt_mint,
        collateral_token_program: at.collateral_token_program,
        vrt_token_program: at.vrt_token_program,
    }
    .instruction(ClaimWithdrawalInstructionArgs { min_out })
}

/// `recipient` is the owner's account that the collateral passes through.
pub fn claim_and_unstake(
    at: &VaultAddresses,
    ticket: Address,
    owner: Address,
    recipient: Address,
    (pool_escrow, pool_ticket): (Address, Address),
    min_out: u64,
) -> Instruction {
    ClaimAndUnstake {
        vault: at.vault,
        ticket,
        owner,
        recipient,
        collateral_account: at.collateral_account,
        collateral_mint: at.collateral_mint,
        vrt_escrow: at.vrt_escrow,
        vrt_mint: at.vrt_mint,
        collateral_token_program: at.collateral_token_program,
        vrt_token_program: at.vrt_token_program,
        staking_pool: at.staking_pool.unwrap_or_default(),
        pool_escrow,
        pool_ticket,
    }
    .instruction(ClaimAndUnstakeInstructionArgs { min_out })
}

pub fn register_operator(authority: Address) -> Instruction {
    RegisterOperator { authority, operator: operator_address(&authority) }.instruction()
}

pub fn register_service(authority: Address) -> Instruction {
    RegisterService { authority, service: service_address(&authority) }.instruction()
}

pub fn set_operator_fee(operator: Address, authority: Address, fee_bps: u16) -> Instruction {
    SetOperatorFee { operator, authority }.instruction(SetOperatorFeeInstructionArgs { fee_bps })
}

pub fn opt_in(at: &VaultAddresses, parties: &Parties, authority: Address, payer: Address) -> Instruction {
    OptIn {
        vault: at.vault,
        operator: parties.operator,
        service: parties.service,
        authority,
        payer,
        allocation: parties.allocation(&at.vault),
        beneficiary: parties.beneficiary,
    }
    .instruction()
}

pub fn opt_out(at: &VaultAddresses, parties: &Parties, authority: Address) -> Instruction {
    OptOut {
        vault: at.vault,
        operator: parties.operator,
        service: parties.service,
        allocation: parties.allocation(&at.vault),
        authority,
    }
    .instruction()
}

pub fn allocate(at: &VaultAddresses, parties: &Parties, amount: u64) -> Instruction {
    Allocate {
        vault: at.vault,
        delegation_admin: parties.delegation_admin,
        allocation: parties.allocation(&at.vault),
        staking_pool: at.staking_pool,
    }
    .instruction(AllocateInstructionArgs { amount })
}

pub fn deallocate(at: &VaultAddresses, parties: &Parties, amount: u64) -> Instruction {
    Deallocate {
        vault: at.vault,
        delegation_admin: parties.delegation_admin,
        allocation: parties.allocation(&at.vault),
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
        staking_pool: at.staking_pool,
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

/// Who is paid fees out of a reward.
#[derive(Clone, Copy, Debug, Default)]
pub struct FeeAccounts {
    pub fee_account: Option<Address>,
    pub operator: Option<Address>,
    pub operator_collateral: Option<Address>,
}

pub fn pay_rewards(
    at: &VaultAddresses,
    payer: Address,
    payer_collateral: Address,
    fees: FeeAccounts,
    amount: u64,
) -> Instruction {
    let FeeAccounts { fee_account, operator, operator_collateral } = fees;
    PayRewards {
        vault: at.vault,
        payer,
        payer_collateral,
        collateral_account: at.collateral_account,
        collateral_mint: at.collateral_mint,
        collateral_token_program: at.collateral_token_program,
        fee_account,
        operator,
        operator_collateral,
    }
    .instruction(PayRewardsInstructionArgs { amount })
}

/// The accounts a distribution is made of.
#[derive(Clone, Copy, Debug)]
pub struct DistributionAddresses {
    pub distribution: Address,
    pub mint: Address,
    pub token_account: Address,
    pub token_program: Address,
}

pub fn create_distribution(
    vault: Address,
    of: &DistributionAddresses,
    creator: Address,
    creator_tokens: Address,
    params: DistributionParams,
) -> Instruction {
    CreateDistribution {
        vault,
        creator,
        mint: of.mint,
        creator_tokens,
        token_account: of.token_account,
        distribution: of.distribution,
        token_program: of.token_program,
    }
    .instruction(CreateDistributionInstructionArgs { params })
}

pub fn claim_reward(
    of: &DistributionAddresses,
    owner: Address,
    recipient: Address,
    (index, amount): (u32, u64),
    proof: Vec<[u8; 32]>,
) -> Instruction {
    ClaimReward {
        distribution: of.distribution,
        owner,
        recipient,
        token_account: of.token_account,
        mint: of.mint,
        token_program: of.token_program,
    }
    .instruction(ClaimRewardInstructionArgs { index, amount, proof })
}

pub fn claw_back(of: &DistributionAddresses, creator: Address, recipient: Address) -> Instruction {
    ClawBack {
        distribution: of.distribution,
        creator,
        recipient,
        token_account: of.token_account,
        mint: of.mint,
        token_program: of.token_program,
    }
    .instruction()
}
