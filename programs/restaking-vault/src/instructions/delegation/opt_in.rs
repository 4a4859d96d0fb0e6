//! One of the three agrees.

use anchor_lang::prelude::*;

use crate::constants::VERSION;
use crate::errors::VaultError;
use crate::events::OptedIn;
use crate::state::{Allocation, BY_ALL, BY_OPERATOR, BY_SERVICE, BY_VAULT, Operator, Service, Vault};
use crate::token::TokenAccountView;

/// Specification:
/// - the delegation admin, the operator's or the service's authority signs, and opts in for every role it holds;
/// - the first to opt in creates the allocation and names its beneficiary: a usable token account of the collateral that
///   is not the vault's, or none, and then slashes burn. Insurance and redistribution are such accounts, too;
/// - who opts in names the beneficiary it agrees to. Naming another one takes the others' consent away, and is refused
///   once all three have agreed, while anything is at risk, and while a request is open;
/// - nothing is at risk yet: when all three have opted in, the delegation admin may allocate.
#[derive(Accounts)]
pub struct OptIn {
    pub vault: Account<Vault>,
    pub operator: Account<Operator>,
    pub service: Account<Service>,
    pub authority: Signer,
    /// Pays the allocation's rent. May be the authority: only its lamports change.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    #[account(
        init_if_needed,
        payer = payer,
        seeds = [
            b"allocation",
            vault.address().as_ref(),
            operator.address().as_ref(),
            service.address().as_ref(),
        ],
        bump
    )]
    pub allocation: Account<Allocation>,
    /// Token account slashed collateral goes to. Left out, it is burnt.
    pub beneficiary: Option<UncheckedAccount>,
    pub system_program: Program<System>,
}

pub(crate) fn handler(ctx: &mut Context<OptIn>) -> Result<()> {
    let bump = ctx.bumps.allocation;
    let accounts = &mut ctx.accounts;
    let (vault, allocation) = (&accounts.vault, &mut accounts.allocation);
    let by = *accounts.authority.address();
    let roles = roles_of(&by, vault, &accounts.operator, &accounts.service)?;

    let named = accounts.beneficiary.as_ref().map(|account| *account.address()).unwrap_or_default();
    if allocation.version == 0 {
        allocation.vault = *vault.address();
        allocation.operator = *accounts.operator.address();
        allocation.service = *accounts.service.address();
        allocation.bump = bump;
        allocation.version = VERSION;
    }
    let consents_before = allocation.consents;
    if named != allocation.beneficiary {
        let is_settled = consents_before == BY_ALL
            || allocation.amount > 0
            || allocation.warming_amount > 0
            || allocation.request_open == 1;
        require!(!is_settled, VaultError::WrongBeneficiary);
        allocation.beneficiary = named;
        allocation.consents = 0;
    }
    if let Some(account) = &accounts.beneficiary {
        let is_usable = TokenAccountView::is_payee(
            account.account(),
            &vault.collateral_token_program,
            &vault.collateral_mint,
            vault.address(),
        );
        require!(is_usable, VaultError::UnusableBeneficiary);
    }
    allocation.consents |= roles;
    emit!(OptedIn {
        vault: allocation.vault,
        allocation: *allocation.address(),
        operator: allocation.operator,
        service: allocation.service,
        by,
        beneficiary: named,
        consents_before: u64::from(consents_before),
        consents_after: u64::from(allocation.consents),
    });
    Ok(())
}

/// The parts that `key` has in an agreement of these three. Errors: `NotAllocationParty` for none.
pub(super) fn roles_of(key: &Address, vault: &Vault, operator: &Operator, service: &Service) -> Result<u8> {
    let mut roles = 0;
    if *key == vault.delegation_admin {
        roles |= BY_VAULT;
    }
    if *key == operator.authority {
        roles |= BY_OPERATOR;
    }
    if *key == service.authority {
        roles |= BY_SERVICE;
    }
    require!(roles != 0, VaultError::NotAllocationParty);
    Ok(roles)
}
