//! A vault, its junior shares and its fee. The seed is bought from the pool by the transaction that needs it, as far as
//! the admin does not hold it yet.

use sluice_client::pool::{PoolId, PoolView};
use sluice_money::{Bps, Rounding, mul_div};
use sluice_sdk::AccountData;
use sluice_sdk::restaking_vault::accounts::Vault;
use sluice_sdk::restaking_vault::instructions::{
    InitializeJunior, InitializeJuniorInstructionArgs, InitializeVault, InitializeVaultInstructionArgs,
    SetVaultFee, SetVaultFeeInstructionArgs,
};
use sluice_sdk::restaking_vault::types::VaultParams;
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_sdk::staking_pool::instructions::{
    AddLiquidity, AddLiquidityInstructionArgs, DepositSol, DepositSolInstructionArgs,
};
use solana_address::Address;

use super::pool::admin;
use super::{Comparison, Found, Todo};
use crate::addresses::{Addresses, VaultAddresses};
use crate::chain::{Context, top_up};
use crate::error::Error;
use crate::token::{self, Mint};
use crate::units::Decimal;

/// By how much a vault's or an operator's fee rises at once, at most.
const VAULT_FEE_STEP_BPS: u16 = 100;

/// Decimals of a vault's collateral.
pub async fn decimals(context: &Context, at: &Addresses, index: usize) -> Result<u8, Error> {
    if is_of_the_pool(context, index) {
        return Ok(9);
    }
    let mint = at.vaults[index].collateral_mint;
    let account = context.rpc.account(&mint).await?;
    let refused = || Error::Refused {
        what: format!("vault {}", at.vaults[index].name),
        reason: format!("there is no mint at {mint}"),
    };
    Ok(account.and_then(|account| Mint::read(&account.data)).ok_or_else(refused)?.decimals)
}

fn is_of_the_pool(context: &Context, index: usize) -> bool {
    matches!(context.config.vaults[index].collateral.as_str(), "lst" | "lp")
}

/// Whether nothing that is priced is to be made of a vault.
pub async fn is_complete(context: &Context, vault: &VaultAddresses) -> Result<bool, Error> {
    let there = context.rpc.find::<Vault>(&vault.vault).await?;
    Ok(there.is_some_and(|there| vault.junior_mint.is_none_or(|junior| there.junior_mint == junior)))
}

fn amount(what: &str, decimal: &Decimal, decimals: u8) -> Result<u64, Error> {
    decimal.units(decimals).map_err(|reason| Error::Amount(format!("{what}: {reason}")))
}

async fn params(context: &Context, at: &Addresses, index: usize) -> Result<VaultParams, Error> {
    let (wanted, keys) = (&context.config.vaults[index], &context.keys);
    let decimals = decimals(context, at, index).await?;
    let what = format!("vault {}", wanted.name);
    let resolver = match wanted.resolver.as_str() {
        "none" => Address::default(),
        name => keys.address(name)?,
    };
    Ok(VaultParams {
        delegation_admin: keys.address(&wanted.delegation_admin)?,
        resolver,
        pauser: keys.address(&wanted.pauser)?,
        seed: amount(&what, &wanted.seed, decimals)?,
        min_deposit: amount(&what, &wanted.min_deposit, decimals)?,
        capacity: wanted.capacity.as_ref().map_or(Ok(u64::MAX), |most| amount(&what, most, decimals))?,
        stream_slots: wanted.stream_slots,
        cooldown_epochs: wanted.cooldown_epochs,
        veto_epochs: wanted.veto_epochs,
        execution_epochs: wanted.execution_epochs,
        warmup_epochs: wanted.warmup_epochs,
        deallocation_epochs: wanted.deallocation_epochs,
        slash_cap_bps: wanted.slash_cap_bps,
        leverage_bps: wanted.leverage_bps,
        shielded: wanted.shielded,
    })
}

pub async fn find(context: &Context, at: &Addresses, index: usize) -> Result<Found, Error> {
    let (vault, file) = (&at.vaults[index], params(context, at, index).await?);
    let Some(there) = context.rpc.find::<Vault>(&vault.vault).await? else {
        return make(context, at, index, file).await.map(Found::Missing);
    };
    let mut compared = Comparison::of(format!("vault {} {}", vault.name, vault.vault));
    let resolver = if there.next_resolver_epoch == 0 { there.resolver } else { there.next_resolver };
    admin(context, &mut compared, there.admin)?;
    compared.field("collateral mint", there.collateral_mint, vault.collateral_mint);
    compared.field("collateral account", there.collateral_account, vault.collateral_account);
    compared.field("VRT escrow", there.vrt_escrow, vault.vrt_escrow);
    compared.field("delegation_admin", there.delegation_admin, file.delegation_admin);
    compared.field("resolver", resolver, file.resolver);
    compared.field("pauser", there.pauser, file.pauser);
    compared.field("min_deposit (base units)", there.min_deposit, file.min_deposit);
    compared.field("capacity (base units)", there.capacity, file.capacity);
    compared.field("stream_slots", there.stream_slots, file.stream_slots);
    compared.field("cooldown_epochs", there.cooldown_epochs, file.cooldown_epochs);
    compared.field("veto_epochs", there.veto_epochs, file.veto_epochs);
    compared.field("execution_epochs", there.execution_epochs, file.execution_epochs);
    compared.field("warmup_epochs", there.warmup_epochs, file.warmup_epochs);
    compared.field("deallocation_epochs", there.deallocation_epochs, file.deallocation_epochs);
    compared.field("slash_cap_bps", there.slash_cap_bps, file.slash_cap_bps);
    compared.field("leverage_bps", there.leverage_bps, file.leverage_bps);
    compared.field("shielded", there.shielded == 1, file.shielded);
    compared.done()
}

async fn make(context: &Context, at: &Addresses, index: usize, params: VaultParams) -> Result<Todo, Error> {
    let (vault, admin) = (&at.vaults[index], context.admin());
    let mut todo = Todo::default();
    let own = [
        (&vault.collateral_account, &vault.collateral_mint, &vault.collateral_token_program),
        (&vault.vrt_escrow, &vault.vrt_mint, &vault.vrt_token_program),
    ];
    for (account, mint, program) in own {
        associate(context, &mut todo, account, &vault.vault, mint, program).await?;
    }
    let admin_collateral = seed(context, at, index, &mut todo, params.seed).await?;
    let rent = context.rent(Vault::SIZE).await?;
    todo.rent = todo.rent.saturating_add(rent);
    // The program takes the rent from the admin, who need not be the wallet.
    let own = context.rpc.balance(&admin).await?;
    todo.instructions
        .extend(top_up(&context.payer(), &admin, own, rent + context.rent(0).await?).map(|top| top.0));
    let staking_pool = is_of_the_pool(context, index).then_some(at.pool.pool);
    let initialize = InitializeVault {
        admin,
        vault: vault.vault,
        collateral_mint: vault.collateral_mint,
        vrt_mint: vault.vrt_mint,
        admin_collateral,
        collateral_account: vault.collateral_account,
        vrt_escrow: vault.vrt_escrow,
        collateral_token_program: vault.collateral_token_program,
        vrt_token_program: vault.vrt_token_program,
        staking_pool,
    };
    todo.instructions.push(initialize.instruction(InitializeVaultInstructionArgs { params }));
    Ok(todo)
}

/// Makes an associated token account where it is missing.
async fn associate(
    context: &Context,
    todo: &mut Todo,
    account: &Address,
    owner: &Address,
    mint: &Address,
    program: &Address,
) -> Result<(), Error> {
    if context.is_made(account).await? {
        return Ok(());
    }
    let space = if *program == token::SPL_TOKEN { token::ACCOUNT } else { token::ASSOCIATED_2022 };
    let create = token::create_associated(&context.payer(), owner, mint, program);
    todo.add((vec![create], context.rent(space).await?));
    Ok(())
}

/// Sees to it that the admin holds the seed; returns the account it is in.
async fn seed(
    context: &Context,
    at: &Addresses,
    index: usize,
    todo: &mut Todo,
    needs: u64,
) -> Result<Address, Error> {
    let (vault, admin) = (&at.vaults[index], context.admin());
    let (mint, program) = (&vault.collateral_mint, &vault.collateral_token_program);
    let account = token::associated(&admin, mint, program);
    let there = context.rpc.account(&account).await?;
    let has = there.and_then(|there| token::balance(&there.data, mint)).unwrap_or(0);
    associate(context, todo, &account, &admin, mint, program).await?;
    let lacks = needs.saturating_sub(has);
    if lacks == 0 {
        return Ok(account);
    }
    if !is_of_the_pool(context, index) {
        return Err(Error::Refused {
            what: format!("vault {}", vault.name),
            reason: format!(
                "its seed is {needs} base units of {mint}, and {account} holds {has}: send the rest there"
            ),
        });
    }
    let pool = context.rpc.find::<Pool>(&at.pool.pool).await?;
    let view = match &pool {
        Some(_) => Some(PoolView::read(&context.rpc, &PoolId::Pool(at.pool.pool)).await?),
        None => None,
    };
    let deposit_authority =
        pool.map(|pool| pool.deposit_authority).filter(|authority| *authority != Address::default());
    let (pool, user, reserve) = (at.pool.pool, context.payer(), at.pool.reserve);
    let is_lp = context.config.vaults[index].collateral == "lp";
    let lamports = price(context, view.as_ref(), lacks, is_lp);
    todo.pays = todo.pays.saturating_add(lamports);
    todo.note = "the seed, which nobody can redeem".into();
    todo.instructions.push(if is_lp {
        AddLiquidity {
            pool,
            user,
            reserve,
            lp_mint: *mint,
            user_lp: account,
            token_program: *program,
            deposit_authority,
        }
        .instruction(AddLiquidityInstructionArgs { lamports, min_out: lacks })
    } else {
        let referrer = None;
        DepositSol {
            pool,
            user,
            reserve,
            lst_mint: *mint,
            user_lst: account,
            token_program: *program,
            referrer,
            deposit_authority,
        }
        .instruction(DepositSolInstructionArgs { lamports, min_out: lacks })
    });
    Ok(account)
}

/// Lamports that bring at least so many tokens, at least what a deposit must have. A pool that is not there yet begins at
/// a rate of one.
fn price(context: &Context, view: Option<&PoolView>, tokens: u64, is_lp: bool) -> u64 {
    let limits = &context.config.pool.limits;
    let least = view.map_or(limits.min_deposit_sol.0, |view| view.pool.min_deposit);
    if is_lp {
        let value = view.and_then(|view| {
            let pool = &view.pool;
            let shares =
                mul_div(pool.liquidity_shares, view.ledger.total.0, view.ledger.supply.0, Rounding::Ceil);
            let value = pool.liquidity_lamports.checked_add(shares.ok()?)?;
            mul_div(tokens, value, pool.liquidity_supply, Rounding::Ceil).ok()
        });
        return value.unwrap_or(tokens).max(least);
    }
    let fee = view.map_or(context.config.pool.fees.deposit_bps, |view| view.pool.fees.deposit_bps);
    // By the highest rate of the epoch: profit is released until this is executed.
    let worth = view.map_or(tokens, |view| {
        let (total, supply) = (view.ledger.total.0, view.ledger.supply.0);
        mul_div(tokens, total, supply, Rounding::Ceil).unwrap_or(u64::MAX)
    });
    let whole = u64::from(Bps::ONE.get());
    let rest = whole.saturating_sub(u64::from(fee)).max(1);
    // The fee is rounded up, and so is what it is a part of.
    let gross = mul_div(worth, whole, rest, Rounding::Ceil).unwrap_or(u64::MAX);
    if fee == 0 { gross.max(least) } else { gross.saturating_add(2).max(least) }
}

pub async fn junior(context: &Context, at: &Addresses, index: usize) -> Result<Found, Error> {
    let (vault, wanted) = (&at.vaults[index], &context.config.vaults[index]);
    let (Some(junior), Some(mint), Some(escrow)) = (&wanted.junior, vault.junior_mint, vault.junior_escrow)
    else {
        return Ok(Found::There);
    };
    let there = context.rpc.find::<Vault>(&vault.vault).await?;
    if let Some(there) = there.filter(|there| there.junior_mint != Address::default()) {
        let mut compared = Comparison::of(format!("vault {} {}", vault.name, vault.vault));
        compared.field("junior mint", there.junior_mint, mint);
        compared.field("premium_bps", there.premium_bps, junior.premium_bps);
        return compared.done();
    }
    let mut todo = Todo::default();
    associate(context, &mut todo, &escrow, &vault.vault, &mint, &vault.vrt_token_program).await?;
    let decimals = decimals(context, at, index).await?;
    let units = amount(&format!("junior shares of {}", vault.name), &junior.seed, decimals)?;
    let admin_collateral = seed(context, at, index, &mut todo, units).await?;
    let initialize = InitializeJunior {
        vault: vault.vault,
        admin: context.admin(),
        junior_mint: mint,
        junior_escrow: escrow,
        admin_collateral,
        collateral_account: vault.collateral_account,
        collateral_mint: vault.collateral_mint,
        collateral_token_program: vault.collateral_token_program,
        vrt_token_program: vault.vrt_token_program,
    };
    let arguments = InitializeJuniorInstructionArgs { seed: units, premium_bps: junior.premium_bps };
    todo.instructions.push(initialize.instruction(arguments));
    Ok(Found::Missing(todo))
}

/// A fee rises by steps, each on notice: a run makes the next one.
pub async fn fee(context: &Context, at: &Addresses, index: usize) -> Result<Found, Error> {
    let (vault, wanted) = (&at.vaults[index], &context.config.vaults[index]);
    let (Some(fee), Some(account)) = (&wanted.fee, vault.fee_account) else { return Ok(Found::There) };
    let there = context.rpc.find::<Vault>(&vault.vault).await?;
    let now = Fee::of(
        there.as_ref().map_or((0, 0, 0), |vault| (vault.fee_bps, vault.next_fee_bps, vault.next_fee_epoch)),
    );
    let receiver = there.map_or(Address::default(), |vault| vault.fee_account);
    if receiver != Address::default() && receiver != account {
        let mut compared = Comparison::of(format!("vault {} {}", vault.name, vault.vault));
        compared.field("fee account", receiver, account);
        return compared.done();
    }
    let what = format!("fee of {}", vault.name);
    let next = match now.toward(context, &what, fee.bps, VAULT_FEE_STEP_BPS, receiver == account).await? {
        Toward::Found(found) => return Ok(found),
        Toward::Set(next) => next,
    };
    let mut todo = Todo::default();
    let owner = context.keys.address(&fee.owner)?;
    let (mint, program) = (&vault.collateral_mint, &vault.collateral_token_program);
    associate(context, &mut todo, &account, &owner, mint, program).await?;
    let set = SetVaultFee { vault: vault.vault, admin: context.admin(), fee_account: Some(account) };
    todo.instructions.push(set.instruction(SetVaultFeeInstructionArgs { fee_bps: next }));
    Ok(Found::Missing(todo.note(format!("{next} of {} basis points, after a notice of two epochs", fee.bps))))
}

/// A fee that may be about to change.
pub struct Fee {
    now: u16,
    next: u16,
    next_epoch: u64,
}

/// What brings a fee to where it should be.
pub enum Toward {
    Found(Found),
    Set(u16),
}

impl Fee {
    pub fn of((now, next, next_epoch): (u16, u16, u64)) -> Self {
        Self { now, next, next_epoch }
    }

    /// `is_begun`: a fee that is higher than in the file is not lowered but refused, except where none was set yet.
    pub async fn toward(
        &self,
        context: &Context,
        what: &str,
        file: u16,
        step: u16,
        is_begun: bool,
    ) -> Result<Toward, Error> {
        let epoch = context.rpc.clock().await?.epoch;
        let is_due = self.next_epoch != 0 && epoch >= self.next_epoch;
        let (now, waits) = if is_due { (self.next, false) } else { (self.now, self.next_epoch != 0) };
        let end = if waits { self.next } else { now };
        if end > file {
            let mut compared = Comparison::of(what);
            compared.field("fee_bps", end, file);
            return compared.done().map(Toward::Found);
        }
        if waits {
            let text = format!("{} basis points from epoch {} on", self.next, self.next_epoch);
            let rest = if end < file { "; run this again then for the next step" } else { "" };
            return Ok(Toward::Found(Found::Later(text + rest)));
        }
        if now == file && is_begun {
            return Ok(Toward::Found(Found::There));
        }
        Ok(Toward::Set(file.min(now.saturating_add(step))))
    }
}
