//! Opening a vault.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;
use sluice_vault_math::{BPS_DENOMINATOR, Book, CollateralAmount, RequestTerms};
use staking_pool::state::Pool;

use crate::constants::*;
use crate::errors::VaultError;
use crate::events::{BookEntry, VaultInitialized};
use crate::invoke::{self, TransferChecked};
use crate::pool;
use crate::state::{Class, Vault};
use crate::token::{MintView, TokenAccountView, accept_collateral, accept_vrt, is_token_program};

/// What a vault is opened with. Roles, limits and the fee can be changed later; the rest cannot.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct VaultParams {
    pub delegation_admin: Address,
    /// All zeros, or any key nobody holds, makes a vault whose slashes cannot be vetoed.
    pub resolver: Address,
    /// May stop deposits and instant exits for a while.
    pub pauser: Address,
    /// Base units of the collateral, taken from the admin and locked for ever.
    pub seed: u64,
    /// Base units of the collateral.
    pub min_deposit: u64,
    /// The most collateral there may be after a deposit, in base units.
    pub capacity: u64,
    /// Over how many slots a reward reaches the share price.
    pub stream_slots: u64,
    pub cooldown_epochs: u16,
    pub veto_epochs: u16,
    pub execution_epochs: u16,
    pub warmup_epochs: u16,
    pub deallocation_epochs: u16,
    pub slash_cap_bps: u16,
    /// The most collateral there may be after a deposit, of all that the staking pool has issued; zero: no limit.
    pub leverage_bps: u16,
    /// Only yield above the principal, remembered in SOL, can be slashed.
    pub shielded: bool,
}

/// Specification:
/// - the vault is the PDA of the VRT mint and does not exist;
/// - the seed is at least [`MIN_SEED`], the minimum deposit above zero;
/// - cool-down, veto and execution windows are at least [`MIN_EPOCHS`] and at most their caps;
/// - an allocation warms up for at least a ticket's cool-down, so that whoever does not want it can leave before
///   anything more is at risk;
/// - an allocation cools down for more than two request lifetimes, so that a service whose request has just ended
///   can open another before anything it secures is released;
/// - the slash cap is above zero and at most [`MAX_SLASH_CAP_BPS`];
/// - rewards stream over [`MIN_STREAM_SLOTS`] to [`MAX_STREAM_SLOTS`];
/// - both mints belong to SPL Token or Token-2022 and are initialized;
/// - the collateral is not wrapped SOL, and has no extension by which others take, hold or hide it;
/// - a staking pool, if one is named, issues the collateral, as its LST or as its liquidity token; a shield and a limit
///   of leverage need one, and the shield one that has been updated in this epoch;
/// - the VRT mint signs: it is a new key, and nobody else can open a vault with it first;
/// - the VRT mint has the collateral's decimals, the vault as authority, no freeze authority, no supply, and of
///   Token-2022's extensions at most metadata;
/// - collateral account and escrow are token accounts of the vault, of these mints, without delegate, close authority, or
///   an extension by which they could refuse a transfer;
/// - the seed moves from the admin into the collateral account, and as many VRT as arrive, at least [`MIN_SEED`], are
///   minted into the escrow.
#[derive(Accounts)]
pub struct InitializeVault {
    /// Opens the vault, pays its rent and owns the seed.
    #[account(mut)]
    pub admin: Signer,
    #[account(init, payer = admin, seeds = [b"vault", vrt_mint.address().as_ref()], bump)]
    pub vault: Account<Vault>,
    pub collateral_mint: UncheckedAccount,
    #[account(mut)]
    pub vrt_mint: Signer,
    /// Token account of the admin the seed is taken from.
    #[account(mut)]
    pub admin_collateral: UncheckedAccount,
    /// Token account of the vault, created by the client.
    #[account(mut)]
    pub collateral_account: UncheckedAccount,
    /// Token account of the vault for VRT, created by the client.
    #[account(mut)]
    pub vrt_escrow: UncheckedAccount,
    #[account(constraint = is_token_program(collateral_token_program.address()) @ VaultError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount,
    #[account(constraint = is_token_program(vrt_token_program.address()) @ VaultError::WrongTokenProgram)]
    pub vrt_token_program: UncheckedAccount,
    pub system_program: Program<System>,
    /// Issues the collateral. Left out for other tokens.
    pub staking_pool: Option<Account<Pool>>,
}

pub(crate) fn handler(ctx: &mut Context<InitializeVault>, params: VaultParams) -> Result<()> {
    let bump = ctx.bumps.vault;
    let accounts = &mut ctx.accounts;
    let vault_address = *accounts.vault.address();
    check_params(&params)?;
    let decimals = check_collateral(accounts)?;
    check_vrt_mint(
        accounts.vrt_mint.account(),
        accounts.vrt_token_program.address(),
        &vault_address,
        decimals,
    )?;
    TokenAccountView::check_custody(
        accounts.collateral_account.account(),
        accounts.collateral_token_program.address(),
        accounts.collateral_mint.address(),
        &vault_address,
    )?;
    TokenAccountView::check_custody(
        accounts.vrt_escrow.account(),
        accounts.vrt_token_program.address(),
        accounts.vrt_mint.address(),
        &vault_address,
    )?;

    let clock = Clock::get()?;
    let vault = &mut accounts.vault;
    vault.admin = *accounts.admin.address();
    vault.delegation_admin = params.delegation_admin;
    vault.resolver = params.resolver;
    vault.pauser = params.pauser;
    vault.collateral_mint = *accounts.collateral_mint.address();
    vault.collateral_account = *accounts.collateral_account.address();
    vault.collateral_token_program = *accounts.collateral_token_program.address();
    vault.vrt_mint = *accounts.vrt_mint.address();
    vault.vrt_escrow = *accounts.vrt_escrow.address();
    vault.vrt_token_program = *accounts.vrt_token_program.address();
    vault.min_deposit = params.min_deposit;
    vault.capacity = params.capacity;
    vault.stream_slots = params.stream_slots;
    vault.cooldown_epochs = params.cooldown_epochs;
    vault.veto_epochs = params.veto_epochs;
    vault.execution_epochs = params.execution_epochs;
    vault.warmup_epochs = params.warmup_epochs;
    vault.deallocation_epochs = params.deallocation_epochs;
    vault.slash_cap_bps = params.slash_cap_bps;
    vault.leverage_bps = params.leverage_bps;
    vault.shielded = u8::from(params.shielded);
    vault.collateral_decimals = decimals;
    vault.bump = bump;
    vault.version = VERSION;
    if let Some(pool) = &accounts.staking_pool {
        vault.staking_pool = *pool.address();
        vault.of_liquidity = pool::issues(pool, &vault.collateral_mint)?;
    }

    let transfer = TransferChecked {
        program: accounts.collateral_token_program.account(),
        from: accounts.admin_collateral.account(),
        mint: accounts.collateral_mint.account(),
        to: accounts.collateral_account.account(),
        authority: accounts.admin.account(),
        decimals,
    };
    let seed = CollateralAmount(transfer.invoke_counted(params.seed, &[])?);
    require!(seed.0 >= MIN_SEED, VaultError::SeedTooSmall);
    let book = Book::seeded(seed);
    vault.set_book(Class::Senior, book);
    vault.locked_vrt = book.supply.0;
    pool::admit(vault, accounts.staking_pool.as_ref(), &clock, seed)?;
    // The epoch's records begin with the seed.
    vault.cap_epoch = clock.epoch;
    vault.cap_assets = seed.0;

    let key = vault.key();
    let seeds = key.seeds();
    invoke::mint_to(
        accounts.vrt_token_program.account(),
        accounts.vrt_mint.account(),
        accounts.vrt_escrow.account(),
        vault.account(),
        book.supply.0,
        &[CpiSigner::from(&seeds)],
    );
    emit!(VaultInitialized {
        vault: vault_address,
        admin: vault.admin,
        delegation_admin: params.delegation_admin,
        resolver: params.resolver,
        collateral_mint: vault.collateral_mint,
        vrt_mint: vault.vrt_mint,
        after: BookEntry::from(&**vault),
        pauser: params.pauser,
        staking_pool: vault.staking_pool,
        min_deposit: params.min_deposit,
        capacity: params.capacity,
        stream_slots: params.stream_slots,
        cooldown_epochs: u64::from(params.cooldown_epochs),
        veto_epochs: u64::from(params.veto_epochs),
        execution_epochs: u64::from(params.execution_epochs),
        warmup_epochs: u64::from(params.warmup_epochs),
        deallocation_epochs: u64::from(params.deallocation_epochs),
        slash_cap_bps: u64::from(params.slash_cap_bps),
        leverage_bps: u64::from(params.leverage_bps),
        shielded: u64::from(params.shielded),
    });
    Ok(())
}

fn check_params(params: &VaultParams) -> Result<()> {
    let terms = RequestTerms { veto_epochs: params.veto_epochs, execution_epochs: params.execution_epochs };
    // One epoch more than the pause after a request, so that who asks again and who releases do not race.
    let shortest_deallocation = terms.lifetime().saturating_mul(2).saturating_add(1);
    require!(params.min_deposit > 0, VaultError::ZeroAmount);
    require!(
        (MIN_EPOCHS..=MAX_COOLDOWN_EPOCHS).contains(&params.cooldown_epochs)
            && (MIN_EPOCHS..=MAX_WINDOW_EPOCHS).contains(&params.veto_epochs)
            && (MIN_EPOCHS..=MAX_WINDOW_EPOCHS).contains(&params.execution_epochs)
            && (params.cooldown_epochs..=MAX_WARMUP_EPOCHS).contains(&params.warmup_epochs)
            && u64::from(params.deallocation_epochs) >= shortest_deallocation
            && params.deallocation_epochs <= MAX_DEALLOCATION_EPOCHS
            && (MIN_STREAM_SLOTS..=MAX_STREAM_SLOTS).contains(&params.stream_slots),
        VaultError::WindowOutOfRange
    );
    require!((1..=MAX_SLASH_CAP_BPS).contains(&params.slash_cap_bps), VaultError::SlashCapOutOfRange);
    require!(params.leverage_bps <= BPS_DENOMINATOR, VaultError::ShareAboveCap);
    Ok(())
}

/// Decimals of the collateral, if it can be one.
fn check_collateral(accounts: &InitializeVault) -> Result<u8> {
    let mint = accounts.collateral_mint.account();
    let is_native = *mint.address() == NATIVE_MINT || *mint.address() == NATIVE_MINT_2022;
    require!(!is_native, VaultError::UnusableCollateralMint);
    let program = accounts.collateral_token_program.address();
    Ok(MintView::read(mint, program, VaultError::UnusableCollateralMint, accept_collateral)?.decimals)
}

/// Refuses a mint of shares that somebody else could have a say in.
pub(super) fn check_vrt_mint(
    mint: &AccountView,
    token_program: &Address,
    vault: &Address,
    decimals: u8,
) -> Result<()> {
    let view = MintView::read(mint, token_program, VaultError::UnusableVrtMint, accept_vrt)?;
    require!(view.is_fresh_mint_of(vault) && view.decimals == decimals, VaultError::UnusableVrtMint);
    Ok(())
}
