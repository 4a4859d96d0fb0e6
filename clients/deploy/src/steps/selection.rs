//! The selection: its accounts, its oracle, and the pool's delegation authority.

use sluice_sdk::slab::SlabHeader;
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_sdk::staking_pool::instructions::SetDelegationAuthority;
use sluice_sdk::validator_selection::accounts::{Config, Ranking, RegistryHeader};
use sluice_sdk::validator_selection::instructions::{
    Initialize, InitializeInstructionArgs, SetOracle, SetParams, SetParamsInstructionArgs,
};
use sluice_sdk::validator_selection::programs::VALIDATOR_SELECTION_ID;
use sluice_sdk::validator_selection::types::Params;
use sluice_sdk::{AccountData, Slab};
use solana_address::Address;

use super::pool::{admin, delegation_authority};
use super::{Comparison, Found, Todo};
use crate::addresses::{Addresses, BONDS_SEED, SelectionAddresses};
use crate::chain::{Context, Place};
use crate::config::Selection;
use crate::error::Error;
use crate::token;

/// Both, where the file has a selection: its steps exist only then.
fn parts<'a>(
    context: &'a Context,
    at: &'a Addresses,
) -> Result<(&'a SelectionAddresses, &'a Selection), Error> {
    let nothing = || Error::Refused { what: "selection".into(), reason: "the file has none".into() };
    at.selection.as_ref().zip(context.config.selection.as_ref()).ok_or_else(nothing)
}

pub async fn find(context: &Context, at: &Addresses) -> Result<Found, Error> {
    let (selection, wanted) = parts(context, at)?;
    let Some(config) = context.rpc.find::<Config>(&selection.config).await? else {
        return make(context, at, selection, wanted).await.map(Found::Missing);
    };
    let mut compared = Comparison::of(format!("selection {}", selection.config));
    compared.field("registry", config.registry, selection.registry);
    compared.field("ranking", config.ranking, selection.ranking);
    compared.field("vault", config.vault, selection.vault);
    admin(context, &mut compared, config.admin)?;
    let registry: Slab<RegistryHeader> = context.rpc.get_slab(&config.registry).await?;
    compared.field("candidates (room)", registry.capacity, wanted.candidates);
    if !context.options.set_params {
        compare_params(&mut compared, &config.params, &wanted_params(wanted));
    }
    compared.done()
}

async fn make(
    context: &Context,
    at: &Addresses,
    selection: &SelectionAddresses,
    wanted: &Selection,
) -> Result<Todo, Error> {
    let mut todo = Todo::default();
    let program = VALIDATOR_SELECTION_ID;
    let accounts = [
        (&selection.registry, RegistryHeader::space(wanted.candidates)),
        (&selection.ranking, Ranking::SIZE),
    ];
    for (address, space) in accounts {
        if !context.is_made(address).await? {
            todo.add(context.create(Place::Key(address), space, &program).await?);
        }
    }
    if !context.is_made(&selection.vault).await? {
        let place = Place::Seed(&selection.registry, BONDS_SEED);
        let (mint, token_program) = (&at.pool.mint, &at.pool.token_program);
        todo.add(context.create(place, token::ACCOUNT, token_program).await?);
        let initialize = token::initialize_account(&selection.vault, mint, &selection.config, token_program);
        todo.instructions.push(initialize);
    }
    let rent = context.rent(Config::SIZE).await?;
    let (payer, before) = context.purse(rent).await?;
    todo.instructions.extend(before);
    let initialize = Initialize {
        payer,
        pool: at.pool.pool,
        admin: context.admin(),
        config: selection.config,
        registry: selection.registry,
        ranking: selection.ranking,
        vault: selection.vault,
    };
    todo.rent = todo.rent.saturating_add(rent);
    let arguments = InitializeInstructionArgs { params: wanted_params(wanted) };
    todo.instructions.push(initialize.instruction(arguments));
    Ok(todo)
}

fn wanted_params(selection: &Selection) -> Params {
    let params = &selection.params;
    Params {
        kappa_prior: params.kappa_prior,
        min_move: params.min_move_sol.0,
        grace_slots: params.grace_slots,
        min_history: params.min_history,
        delinquent_slots: params.delinquent_slots,
        join_bond: params.join_bond_lst.0,
        cap_bps: params.cap_bps,
        reserve_bps: params.reserve_bps,
        max_moved_bps: params.max_moved_bps,
        max_commission_bps: params.max_commission_bps,
        aso_cap_bps: params.aso_cap_bps,
        country_cap_bps: params.country_cap_bps,
        network_cap_bps: params.network_cap_bps,
        directed_bps: params.directed_bps,
        emergency_bps: params.emergency_bps,
        horizon_epochs: params.horizon_epochs,
        move_cost_bps: params.move_cost_bps,
        hysteresis_bps: params.hysteresis_bps,
        min_bond_bps: params.min_bond_bps,
        bid_epochs: params.bid_epochs,
        notice_epochs: params.notice_epochs,
        performance_grace_bps: params.performance_grace_bps,
        untried_bps: params.untried_bps,
        padding: [0; 3],
    }
}

fn compare_params(compared: &mut Comparison, there: &Params, file: &Params) {
    compared.field("kappa_prior", there.kappa_prior, file.kappa_prior);
    compared.field("min_move (lamports)", there.min_move, file.min_move);
    compared.field("grace_slots", there.grace_slots, file.grace_slots);
    compared.field("min_history", there.min_history, file.min_history);
    compared.field("delinquent_slots", there.delinquent_slots, file.delinquent_slots);
    compared.field("join_bond (base units)", there.join_bond, file.join_bond);
    compared.field("cap_bps", there.cap_bps, file.cap_bps);
    compared.field("reserve_bps", there.reserve_bps, file.reserve_bps);
    compared.field("max_moved_bps", there.max_moved_bps, file.max_moved_bps);
    compared.field("max_commission_bps", there.max_commission_bps, file.max_commission_bps);
    compared.field("aso_cap_bps", there.aso_cap_bps, file.aso_cap_bps);
    compared.field("country_cap_bps", there.country_cap_bps, file.country_cap_bps);
    compared.field("network_cap_bps", there.network_cap_bps, file.network_cap_bps);
    compared.field("directed_bps", there.directed_bps, file.directed_bps);
    compared.field("emergency_bps", there.emergency_bps, file.emergency_bps);
    compared.field("horizon_epochs", there.horizon_epochs, file.horizon_epochs);
    compared.field("move_cost_bps", there.move_cost_bps, file.move_cost_bps);
    compared.field("hysteresis_bps", there.hysteresis_bps, file.hysteresis_bps);
    compared.field("min_bond_bps", there.min_bond_bps, file.min_bond_bps);
    compared.field("bid_epochs", there.bid_epochs, file.bid_epochs);
    compared.field("notice_epochs", there.notice_epochs, file.notice_epochs);
    compared.field("performance_grace_bps", there.performance_grace_bps, file.performance_grace_bps);
    compared.field("untried_bps", there.untried_bps, file.untried_bps);
}

/// Other parameters than those there are, where that was asked for.
pub async fn params(context: &Context, at: &Addresses) -> Result<Found, Error> {
    let (selection, wanted) = parts(context, at)?;
    let params = wanted_params(wanted);
    let there = context.rpc.find::<Config>(&selection.config).await?.map(|config| config.params);
    if there.as_ref().is_none_or(|there| *there == params) {
        return Ok(Found::There);
    }
    let mut compared = Comparison::of("");
    if let Some(there) = &there {
        compare_params(&mut compared, there, &params);
    }
    let set = SetParams { config: selection.config, admin: context.admin() };
    let todo = Todo::one(set.instruction(SetParamsInstructionArgs { params }));
    Ok(Found::Missing(todo.note(compared.differences.join("; "))))
}

/// A new selection has no oracle.
pub async fn oracle(context: &Context, at: &Addresses) -> Result<Found, Error> {
    let (selection, wanted) = parts(context, at)?;
    let oracle = wanted.oracle.as_deref().map(|name| context.keys.address(name)).transpose()?;
    let oracle = oracle.unwrap_or_default();
    let there = context.rpc.find::<Config>(&selection.config).await?.map(|config| config.oracle);
    let there = there.unwrap_or_default();
    if there == Address::default() && oracle != there {
        let set = SetOracle { config: selection.config, admin: context.admin(), oracle };
        return Ok(Found::Missing(Todo::one(set.instruction())));
    }
    let mut compared = Comparison::of(format!("selection {}", selection.config));
    compared.field("oracle", there, oracle);
    compared.done()
}

/// Where another key moves the pool's stake, the selection will after the notice.
pub async fn take_over(context: &Context, at: &Addresses) -> Result<Found, Error> {
    let (selection, _) = parts(context, at)?;
    let pool = context.rpc.find::<Pool>(&at.pool.pool).await?;
    let there = match &pool {
        Some(pool) => pool.delegation_authority,
        None => delegation_authority(context, at)?,
    };
    if there == selection.config {
        return Ok(Found::There);
    }
    if let Some(pool) = pool.filter(|pool| pool.next_delegation_authority == selection.config) {
        let epoch = pool.delegation_authority_epoch;
        return Ok(Found::Later(format!("the selection decides from the first update of epoch {epoch} on")));
    }
    let set = SetDelegationAuthority {
        pool: at.pool.pool,
        admin: context.admin(),
        delegation_authority: selection.config,
    };
    Ok(Found::Missing(Todo::one(set.instruction()).note("after a notice of two epochs")))
}
