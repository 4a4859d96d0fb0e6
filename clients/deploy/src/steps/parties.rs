//! Operators and services: each is registered by its own key, for which the wallet pays.

use sluice_sdk::AccountData;
use sluice_sdk::restaking_vault::accounts::{Operator, Service};
use sluice_sdk::restaking_vault::instructions::{
    RegisterOperator, RegisterService, SetOperatorFee, SetOperatorFeeInstructionArgs,
};
use solana_address::Address;
use solana_instruction::Instruction;

use super::vault::{Fee, Toward};
use super::{Found, Todo};
use crate::addresses::Addresses;
use crate::chain::{Context, top_up};
use crate::error::Error;

const OPERATOR_FEE_STEP_BPS: u16 = 200;

fn authority(context: &Context, kind: &str, name: &str, key: &Option<String>) -> Result<Address, Error> {
    context.keys.address(&key.clone().unwrap_or_else(|| format!("{kind}-{name}.json")))
}

pub async fn operator(context: &Context, at: &Addresses, index: usize) -> Result<Found, Error> {
    let (wanted, operator) = (&context.config.operators[index], at.operators[index].address);
    if context.rpc.find::<Operator>(&operator).await?.is_some() {
        return Ok(Found::There);
    }
    let authority = authority(context, "operator", &wanted.name, &wanted.key)?;
    let register = RegisterOperator { authority, operator }.instruction();
    register_with(context, &authority, Operator::SIZE, register).await
}

pub async fn service(context: &Context, at: &Addresses, index: usize) -> Result<Found, Error> {
    let (wanted, service) = (&context.config.services[index], at.services[index].address);
    if context.rpc.find::<Service>(&service).await?.is_some() {
        return Ok(Found::There);
    }
    let authority = authority(context, "service", &wanted.name, &wanted.key)?;
    let register = RegisterService { authority, service }.instruction();
    register_with(context, &authority, Service::SIZE, register).await
}

/// The authority pays the rent: the wallet gives it what it lacks for that, and for its own.
async fn register_with(
    context: &Context,
    authority: &Address,
    space: usize,
    register: Instruction,
) -> Result<Found, Error> {
    let (rent, own) = (context.rent(space).await?, context.rent(0).await?);
    let has = context.rpc.balance(authority).await?;
    let mut todo = Todo { rent, ..Todo::default() };
    if let Some((give, lamports)) = top_up(&context.payer(), authority, has, rent.saturating_add(own)) {
        todo.instructions.push(give);
        todo.rent = lamports;
    }
    todo.instructions.push(register);
    Ok(Found::Missing(todo))
}

pub async fn operator_fee(context: &Context, at: &Addresses, index: usize) -> Result<Found, Error> {
    let (wanted, operator) = (&context.config.operators[index], at.operators[index].address);
    let there = context.rpc.find::<Operator>(&operator).await?;
    let now =
        Fee::of(there.map_or((0, 0, 0), |there| (there.fee_bps, there.next_fee_bps, there.next_fee_epoch)));
    let what = format!("operator {}", wanted.name);
    match now.toward(context, &what, wanted.fee_bps, OPERATOR_FEE_STEP_BPS, true).await? {
        Toward::Found(found) => Ok(found),
        Toward::Set(fee_bps) => {
            let authority = authority(context, "operator", &wanted.name, &wanted.key)?;
            let set = SetOperatorFee { operator, authority };
            let todo = Todo::one(set.instruction(SetOperatorFeeInstructionArgs { fee_bps }));
            let note = format!("{fee_bps} of {} basis points, after a notice of two epochs", wanted.fee_bps);
            Ok(Found::Missing(todo.note(note)))
        }
    }
}
