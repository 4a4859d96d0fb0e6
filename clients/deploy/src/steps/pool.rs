//! The pool: its accounts, roles and liquidity pool.

use sluice_sdk::slab::SlabHeader;
use sluice_sdk::staking_pool::accounts::{Pool, RateHistory, Reserve, ValidatorListHeader};
use sluice_sdk::staking_pool::instructions::{
    FinishUpdate, Initialize, InitializeInstructionArgs, InitializeLiquidity,
    InitializeLiquidityInstructionArgs, SetRoles, SetRolesInstructionArgs,
};
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_sdk::staking_pool::types::{Fees, InitializeParams, Limits, Roles};
use sluice_sdk::validator_selection::pdas::find_config;
use sluice_sdk::{AccountData, Slab};
use solana_address::Address;

use super::{Comparison, Found, Todo};
use crate::addresses::{Addresses, ESCROW_SEED};
use crate::chain::{Context, Place};
use crate::error::Error;
use crate::token;

pub async fn find(context: &Context, at: &Addresses) -> Result<Found, Error> {
    match context.rpc.find::<Pool>(&at.pool.pool).await? {
        Some(pool) => compare(context, at, &pool).await,
        None => make(context, at).await.map(Found::Missing),
    }
}

async fn compare(context: &Context, at: &Addresses, pool: &Pool) -> Result<Found, Error> {
    let wanted = &context.config.pool;
    let mut compared = Comparison::of(format!("pool {}", at.pool.pool));
    compared.field("token_program", pool.token_program, at.pool.token_program);
    compared.field("validator_list", pool.validator_list, at.pool.validator_list);
    compared.field("treasury", pool.treasury, at.pool.treasury);
    admin(context, &mut compared, pool.admin)?;
    let list: Slab<ValidatorListHeader> = context.rpc.get_slab(&pool.validator_list).await?;
    compared.field("validators (room)", list.capacity, wanted.validators);
    if !context.config.selection.as_ref().is_some_and(|selection| selection.takes_over) {
        let there = match pool.delegation_authority_epoch {
            0 => pool.delegation_authority,
            _ => pool.next_delegation_authority,
        };
        compared.field("delegation_authority", there, delegation_authority(context, at)?);
    }
    // What is scheduled is what will be.
    let there = if pool.next_fees_epoch == 0 { &pool.fees } else { &pool.next_fees };
    let file = fees(context);
    compared.field("reward_bps", there.reward_bps, file.reward_bps);
    compared.field("deposit_bps", there.deposit_bps, file.deposit_bps);
    compared.field("instant_least_bps", there.instant_least_bps, file.instant_least_bps);
    compared.field("instant_most_bps", there.instant_most_bps, file.instant_most_bps);
    compared.field("liquidity_cut_bps", there.liquidity_cut_bps, file.liquidity_cut_bps);
    compared.field("insurance_bps", there.insurance_bps, file.insurance_bps);
    compared.field("referral_bps", there.referral_bps, file.referral_bps);
    let file = limits(context);
    compared.field("min_deposit (lamports)", pool.min_deposit, file.min_deposit);
    compared.field("tvl_cap (lamports)", pool.tvl_cap, file.tvl_cap);
    compared.field("sweep_threshold (lamports)", pool.sweep_threshold, file.sweep_threshold);
    compared.field("liquidity_target (lamports)", pool.liquidity_target, file.liquidity_target);
    compared.field("movement_cap_bps", pool.movement_cap_bps, file.movement_cap_bps);
    compared.done()
}

/// An admin is ours, or the one it was handed over to.
pub fn admin(context: &Context, compared: &mut Comparison, there: Address) -> Result<(), Error> {
    let heir = context.config.handover.as_deref().map(|name| context.keys.address(name)).transpose()?;
    if heir != Some(there) {
        compared.field("admin", there, context.admin());
    }
    Ok(())
}

async fn make(context: &Context, at: &Addresses) -> Result<Todo, Error> {
    let (pool, wanted, payer) = (&at.pool, &context.config.pool, context.payer());
    let mut todo = Todo::default();
    let space = ValidatorListHeader::space(wanted.validators);
    // Made by an earlier run, or by somebody else for this: `initialize` looks at it.
    if !context.is_made(&pool.validator_list).await? {
        todo.add(context.create(Place::Key(&pool.validator_list), space, &STAKING_POOL_ID).await?);
    }
    if !context.is_made(&pool.escrow).await? {
        let place = Place::Seed(&pool.mint, ESCROW_SEED);
        todo.add(context.create(place, token::ACCOUNT, &pool.token_program).await?);
        let initialize = token::initialize_account(&pool.escrow, &pool.mint, &pool.pool, &pool.token_program);
        todo.instructions.push(initialize);
    }
    if !context.is_made(&pool.treasury).await? {
        let owner = context.keys.address(&wanted.treasury_owner)?;
        let rent = context.rent(wanted.token_program.associated_space()).await?;
        todo.add((vec![token::create_associated(&payer, &owner, &pool.mint, &pool.token_program)], rent));
    }
    let params =
        InitializeParams { fees: fees(context), limits: limits(context), seed_lamports: wanted.seed_sol.0 };
    let mut pays = wanted.seed_sol.0;
    for space in [Pool::SIZE, Reserve::SIZE, RateHistory::SIZE] {
        let rent = context.rent(space).await?;
        todo.rent = todo.rent.saturating_add(rent);
        pays = pays.saturating_add(rent);
    }
    let (payer, before) = context.purse(pays).await?;
    todo.instructions.extend(before);
    let initialize = Initialize {
        payer,
        admin: context.admin(),
        delegation_authority: delegation_authority(context, at)?,
        pool: pool.pool,
        reserve: pool.reserve,
        rate_history: pool.rate_history,
        validator_list: pool.validator_list,
        lst_mint: pool.mint,
        escrow: pool.escrow,
        treasury: pool.treasury,
        token_program: pool.token_program,
    };
    todo.pays = wanted.seed_sol.0;
    todo.instructions.push(initialize.instruction(InitializeInstructionArgs { params }));
    Ok(todo.note("the seed, which nobody can redeem"))
}

/// Who moves stake in a new pool.
pub fn delegation_authority(context: &Context, at: &Addresses) -> Result<Address, Error> {
    let default = if context.config.selection.is_some() { "selection" } else { "admin" };
    match context.config.pool.delegation_authority.as_deref().unwrap_or(default) {
        "selection" => Ok(find_config(&at.pool.pool).0),
        name => context.keys.address(name),
    }
}

fn fees(context: &Context) -> Fees {
    let fees = &context.config.pool.fees;
    Fees {
        reward_bps: fees.reward_bps,
        deposit_bps: fees.deposit_bps,
        instant_least_bps: fees.instant_least_bps,
        instant_most_bps: fees.instant_most_bps,
        liquidity_cut_bps: fees.liquidity_cut_bps,
        insurance_bps: fees.insurance_bps,
        referral_bps: fees.referral_bps,
        padding: 0,
    }
}

fn limits(context: &Context) -> Limits {
    let limits = &context.config.pool.limits;
    Limits {
        min_deposit: limits.min_deposit_sol.0,
        tvl_cap: limits.tvl_cap_sol.map_or(u64::MAX, |cap| cap.0),
        sweep_threshold: limits.sweep_threshold_sol.0,
        liquidity_target: limits.liquidity_target_sol.0,
        movement_cap_bps: limits.movement_cap_bps,
    }
}

/// The roles: those of a new pool are all the admin's, and are given away once.
pub async fn roles(context: &Context, at: &Addresses) -> Result<Found, Error> {
    let (wanted, keys, admin) = (&context.config.pool.roles, &context.keys, context.admin());
    let deposit = wanted.deposit_authority.as_deref().map(|name| keys.address(name)).transpose()?;
    let roles = Roles {
        fee_authority: keys.address(&wanted.fee_authority)?,
        pauser: keys.address(&wanted.pauser)?,
        deposit_authority: deposit.unwrap_or_default(),
    };
    let fresh = Roles { fee_authority: admin, pauser: admin, deposit_authority: Address::default() };
    let there = context.rpc.find::<Pool>(&at.pool.pool).await?;
    let there = there.map_or(fresh.clone(), |pool| Roles {
        fee_authority: pool.fee_authority,
        pauser: pool.pauser,
        deposit_authority: pool.deposit_authority,
    });
    if there == fresh && roles != fresh {
        let set = SetRoles { pool: at.pool.pool, admin }.instruction(SetRolesInstructionArgs { roles });
        return Ok(Found::Missing(Todo::one(set)));
    }
    let mut compared = Comparison::of(format!("pool {}", at.pool.pool));
    compared.field("fee_authority", there.fee_authority, roles.fee_authority);
    compared.field("pauser", there.pauser, roles.pauser);
    compared.field("deposit_authority", there.deposit_authority, roles.deposit_authority);
    compared.done()
}

pub async fn liquidity(context: &Context, at: &Addresses) -> Result<Found, Error> {
    let (Some(wanted), Some(lp_mint)) = (&context.config.pool.liquidity, at.pool.lp_mint) else {
        return Ok(Found::There);
    };
    let there =
        context.rpc.find::<Pool>(&at.pool.pool).await?.map_or(Address::default(), |pool| pool.lp_mint);
    if there != Address::default() {
        let mut compared = Comparison::of(format!("pool {}", at.pool.pool));
        compared.field("lp_mint", there, lp_mint);
        return compared.done();
    }
    let (payer, before) = context.purse(wanted.seed_sol.0).await?;
    let initialize = InitializeLiquidity {
        pool: at.pool.pool,
        admin: context.admin(),
        payer,
        reserve: at.pool.reserve,
        lp_mint,
    };
    let arguments = InitializeLiquidityInstructionArgs { seed_lamports: wanted.seed_sol.0 };
    let mut todo = Todo::default().note("the seed, which nobody can redeem");
    todo.instructions.extend(before);
    todo.instructions.push(initialize.instruction(arguments));
    todo.pays = wanted.seed_sol.0;
    Ok(Found::Missing(todo))
}

/// What is priced needs the epoch's update. A pool without validators is updated by one instruction.
pub async fn update(context: &Context, at: &Addresses) -> Result<Found, Error> {
    let Some(pool) = context.rpc.find::<Pool>(&at.pool.pool).await? else { return Ok(Found::There) };
    let epoch = context.rpc.clock().await?.epoch;
    let mut lacks = false;
    for (vault, wanted) in at.vaults.iter().zip(&context.config.vaults) {
        let is_priced = matches!(wanted.collateral.as_str(), "lst" | "lp");
        lacks |= is_priced && !super::vault::is_complete(context, vault).await?;
    }
    if !lacks || pool.updated_epoch == epoch {
        return Ok(Found::There);
    }
    let list: Slab<ValidatorListHeader> = context.rpc.get_slab(&pool.validator_list).await?;
    if !list.records.is_empty() {
        return Err(Error::Refused {
            what: "pool's update".into(),
            reason: format!(
                "the pool was last updated in epoch {} and this is {epoch}: run `sluice crank --once`, then this again",
                pool.updated_epoch
            ),
        });
    }
    let finish = FinishUpdate {
        pool: at.pool.pool,
        reserve: pool.reserve,
        validator_list: pool.validator_list,
        rate_history: at.pool.rate_history,
        lst_mint: pool.lst_mint,
        treasury: pool.treasury,
        escrow: pool.escrow,
        token_program: pool.token_program,
    };
    Ok(Found::Missing(Todo::one(finish.instruction()).note("vaults are priced by this epoch")))
}
