//! Who the admin's rights are offered to at the end. Accepting is the other's, and is not waited for.

use sluice_sdk::restaking_vault::accounts::Vault;
use sluice_sdk::restaking_vault::instructions::ProposeAdmin as ProposeVaultAdmin;
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_sdk::staking_pool::instructions::ProposeAdmin as ProposePoolAdmin;
use sluice_sdk::validator_selection::accounts::Config;
use sluice_sdk::validator_selection::instructions::ProposeAdmin as ProposeSelectionAdmin;
use solana_address::Address;
use solana_instruction::Instruction;

use super::{Found, Todo};
use crate::addresses::Addresses;
use crate::chain::Context;
use crate::error::Error;

pub async fn pool(context: &Context, at: &Addresses) -> Result<Found, Error> {
    let there = context.rpc.find::<Pool>(&at.pool.pool).await?;
    let there = there.map(|pool| (pool.admin, pool.pending_admin));
    let pool = at.pool.pool;
    offer(context, there, |admin, proposed| ProposePoolAdmin { pool, admin, proposed }.instruction())
}

pub async fn selection(context: &Context, at: &Addresses) -> Result<Found, Error> {
    let Some(selection) = &at.selection else { return Ok(Found::There) };
    let there = context.rpc.find::<Config>(&selection.config).await?;
    let there = there.map(|config| (config.admin, config.pending_admin));
    let config = selection.config;
    offer(context, there, |admin, proposed| ProposeSelectionAdmin { config, admin, proposed }.instruction())
}

pub async fn vault(context: &Context, at: &Addresses, index: usize) -> Result<Found, Error> {
    let vault = at.vaults[index].vault;
    let there = context.rpc.find::<Vault>(&vault).await?;
    let there = there.map(|vault| (vault.admin, vault.pending_admin));
    offer(context, there, |admin, proposed| ProposeVaultAdmin { vault, admin, proposed }.instruction())
}

fn offer(
    context: &Context,
    there: Option<(Address, Address)>,
    propose: impl Fn(Address, Address) -> Instruction,
) -> Result<Found, Error> {
    let Some(heir) = &context.config.handover else { return Ok(Found::There) };
    let heir = context.keys.address(heir)?;
    match there {
        Some((admin, _)) if admin == heir => Ok(Found::There),
        Some((_, proposed)) if proposed == heir => {
            Ok(Found::Later(format!("{heir} has been proposed, and accepts by `sluice admin accept`")))
        }
        _ => Ok(Found::Missing(Todo::one(propose(context.admin(), heir)).note(format!("to {heir}")))),
    }
}
