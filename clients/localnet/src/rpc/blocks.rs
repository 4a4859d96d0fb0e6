//! Blocks, and what is read out of several of them: fees, rewards, throughput. They are the localnet's own record, which is
//! bounded: what is older than it reaches is answered as a validator answers for what it has pruned.

use {
    super::{
        Shared,
        dispatch::{Answer, Context, Params, Refusal, Text, value},
        history::{Encoded, EncodedOptions, complete, not_encoded, wanted_closed},
    },
    crate::{
        history::{Block, Level, Record},
        localnet::Localnet,
    },
    serde::Deserialize,
    serde_json::{Value, json},
    solana_address::Address,
    solana_rpc_client_api::{
        config::UiTransactionEncoding,
        custom_error,
        response::{RpcInflationReward, RpcPerfSample, RpcPrioritizationFee},
    },
    solana_sdk_ids::compute_budget,
    solana_transaction_status::{BlockEncodingOptions, ConfirmedBlock, Reward, TransactionWithStatusMeta},
};

/// A validator's own limits: blocks of one answer, accounts of one request, samples of one answer.
const MAX_BLOCKS: u64 = 500_000;
const MAX_FEE_ACCOUNTS: usize = 128;
const MAX_SAMPLES: usize = 720;
/// Blocks that are recent.
const RECENT_BLOCKS: usize = 150;
/// The instruction of the compute budget program that sets a price.
const SET_UNIT_PRICE: u8 = 3;

/// The block of a slot that a call may look at.
fn closed_block<'a>(
    shared: &Shared,
    net: &'a Localnet,
    slot: u64,
    least: Level,
) -> Result<&'a Block, Refusal> {
    let history = &net.history;
    let first = history.blocks().next().map_or(0, |block| block.slot);
    if slot < first {
        let why = format!("Block {slot} cleaned up, does not exist on node. First available block: {first}");
        return Err(Refusal::new(custom_error::JSON_RPC_SERVER_ERROR_BLOCK_CLEANED_UP, why));
    }
    if slot > net.slot() || shared.level(net, slot) < least {
        let why = format!("Block not available for slot {slot}");
        return Err(Refusal::new(custom_error::JSON_RPC_SERVER_ERROR_BLOCK_NOT_AVAILABLE, why));
    }
    history.block(slot).ok_or_else(|| {
        let why = format!("Slot {slot} was skipped, or missing due to ledger jump to recent snapshot");
        Refusal::new(custom_error::JSON_RPC_SERVER_ERROR_SLOT_SKIPPED, why)
    })
}

pub(super) fn block(shared: &Shared, mut params: Params) -> Answer {
    let slot: u64 = params.required("a slot")?;
    let options: EncodedOptions = params.options::<Encoded>()?.into();
    let least = wanted_closed(options.commitment)?;
    let net = shared.net()?;
    let block = closed_block(shared, &net, slot, least)?.clone();
    let records: Vec<_> = net.history.transactions(&block).cloned().collect();
    // The open block of a server that does not tick: the hash that would close it now.
    let hash = if slot == net.slot() { net.latest_blockhash() } else { block.hash };
    drop(net);
    let rewards = block.rewards.iter().map(|reward| Reward {
        pubkey: reward.to.to_string(),
        lamports: reward.lamports as i64,
        post_balance: reward.post_balance,
        reward_type: Some(reward.kind),
        commission: reward.commission_bps.map(percent),
        commission_bps: reward.commission_bps,
    });
    let confirmed = ConfirmedBlock {
        previous_blockhash: block.parent_hash.to_string(),
        blockhash: hash.to_string(),
        parent_slot: block.parent,
        transactions: records
            .iter()
            .map(|record| TransactionWithStatusMeta::Complete(complete(record)))
            .collect(),
        rewards: rewards.collect(),
        num_partitions: block.reward_partitions,
        block_time: Some(block.time),
        block_height: Some(block.height),
    };
    let how = BlockEncodingOptions {
        transaction_details: options.transaction_details.unwrap_or_default(),
        show_rewards: options.rewards.unwrap_or(true),
        max_supported_transaction_version: options.max_supported_transaction_version,
    };
    let encoding = options.encoding.unwrap_or(UiTransactionEncoding::Json);
    value(confirmed.encode_with_options(encoding, how).map_err(not_encoded)?)
}

/// A commission in whole percents, rounded up, as the chain's older shapes have it.
pub(super) fn percent(bps: u16) -> u8 {
    u8::try_from(bps.div_ceil(100)).unwrap_or(u8::MAX)
}

pub(super) fn blocks(shared: &Shared, mut params: Params) -> Answer {
    let start: u64 = params.required("a slot")?;
    let second = params.optional::<Value>()?;
    let (end, context) = match second {
        Some(Value::Object(_)) => (None, second),
        Some(end) => {
            let end: u64 = serde_json::from_value(end).map_err(Refusal::invalid_params)?;
            (Some(end), params.optional()?)
        }
        None => (None, params.optional()?),
    };
    params.end()?;
    let context: Context = match context {
        Some(context) => serde_json::from_value(context).map_err(Refusal::invalid_params)?,
        None => Context::default(),
    };
    let end = end.unwrap_or(u64::MAX);
    if end != u64::MAX && end.saturating_sub(start) > MAX_BLOCKS {
        return Err(Refusal::new(-32602, format!("Slot range too large; max {MAX_BLOCKS}")));
    }
    slots(shared, &context, start, end, usize::MAX)
}

pub(super) fn blocks_with_limit(shared: &Shared, mut params: Params) -> Answer {
    let start: u64 = params.required("a slot")?;
    let limit: usize = params.required("a limit")?;
    let context: Context = params.options()?;
    if limit as u64 > MAX_BLOCKS {
        return Err(Refusal::new(-32602, format!("Limit too large; max {MAX_BLOCKS}")));
    }
    slots(shared, &context, start, u64::MAX, limit)
}

fn slots(shared: &Shared, context: &Context, start: u64, end: u64, limit: usize) -> Answer {
    let least = wanted_closed(context.commitment)?;
    let net = shared.net_in(context)?;
    let blocks = net.history.blocks().map(|block| block.slot);
    let within = blocks.filter(|slot| (start..=end).contains(slot));
    value(within.filter(|slot| shared.level(&net, *slot) >= least).take(limit).collect::<Vec<_>>())
}

/// One sample, over the last blocks.
pub(super) fn performance_samples(shared: &Shared, mut params: Params) -> Answer {
    let limit: Option<usize> = params.optional()?;
    params.end()?;
    if limit.is_some_and(|limit| limit > MAX_SAMPLES) {
        return Err(Refusal::new(-32602, format!("Invalid limit; max {MAX_SAMPLES}")));
    }
    let net = shared.net()?;
    let blocks: Vec<_> = net.history.blocks().rev().take(RECENT_BLOCKS).collect();
    let transactions: usize = blocks.iter().map(|block| net.history.transactions(block).count()).sum();
    let (Some(last), Some(first)) = (blocks.first(), blocks.last()) else {
        return value(Vec::<Value>::new());
    };
    let slots = last.slot - first.slot;
    // Where slots tick, a sample tells how fast they do; else all the time there is, is the chain's.
    let seconds = match shared.ticker.slot_time() {
        Some(slot_time) => (slot_time.as_secs_f64() * slots as f64).round() as u64,
        None => u64::try_from(last.time - first.time).unwrap_or(0),
    };
    let seconds = u16::try_from(seconds).unwrap_or(u16::MAX);
    let sample = RpcPerfSample {
        slot: last.slot,
        num_transactions: transactions as u64,
        num_non_vote_transactions: Some(transactions as u64),
        num_slots: slots,
        sample_period_secs: seconds.max(1),
    };
    value([sample].into_iter().take(limit.unwrap_or(MAX_SAMPLES)).collect::<Vec<_>>())
}

pub(super) fn block_time(shared: &Shared, mut params: Params) -> Answer {
    let slot: u64 = params.required("a slot")?;
    params.end()?;
    let net = shared.net()?;
    Ok(json!(closed_block(shared, &net, slot, Level::Processed)?.time))
}

pub(super) fn first_block(shared: &Shared, params: Params) -> Answer {
    params.end()?;
    Ok(json!(shared.net()?.history.blocks().next().map_or(0, |block| block.slot)))
}

pub(super) fn prioritization_fees(shared: &Shared, mut params: Params) -> Answer {
    let accounts: Option<Vec<Text<Address>>> = params.optional()?;
    params.end()?;
    let accounts = accounts.unwrap_or_default();
    if accounts.len() > MAX_FEE_ACCOUNTS {
        return Err(Refusal::new(-32602, format!("Too many inputs provided; max {MAX_FEE_ACCOUNTS}")));
    }
    let net = shared.net()?;
    let mut fees: Vec<_> = net
        .history
        .blocks()
        .rev()
        .take(RECENT_BLOCKS)
        .map(|block| {
            let writers = |address: &Address| {
                let all = net.history.transactions(block);
                all.filter(|record| record.written().any(|written| written == address))
                    .map(|r| unit_price(r))
                    .min()
            };
            // What it took to write to all of them: the dearest of the cheapest.
            let of_block = net.history.transactions(block).map(|record| unit_price(record)).min();
            let dearest = accounts.iter().filter_map(|address| writers(&address.0)).max();
            let fee = if accounts.is_empty() { of_block } else { dearest.max(of_block) };
            RpcPrioritizationFee { slot: block.slot, prioritization_fee: fee.unwrap_or_default() }
        })
        .collect();
    drop(net);
    fees.reverse();
    value(fees)
}

/// What a transaction paid for priority, micro-lamports a compute unit.
fn unit_price(record: &Record) -> u64 {
    let message = &record.transaction.message;
    let keys = message.static_account_keys();
    let price = message.instructions().iter().find_map(|instruction| {
        let program = keys.get(usize::from(instruction.program_id_index))?;
        match instruction.data[..] {
            [SET_UNIT_PRICE, ref price @ ..] if *program == compute_budget::ID => {
                Some(u64::from_le_bytes(price.try_into().ok()?))
            }
            _ => None,
        }
    });
    price.unwrap_or_default()
}

pub(super) fn inflation_reward(shared: &Shared, mut params: Params) -> Answer {
    #[derive(Default, Deserialize)]
    struct Options {
        epoch: Option<u64>,
        #[serde(flatten)]
        context: Context,
    }
    let addresses: Vec<Text<Address>> = params.required("a list of addresses")?;
    let options: Options = params.options()?;
    let net = shared.net_in(&options.context)?;
    let epoch = options.epoch.unwrap_or(net.epoch().saturating_sub(1));
    if epoch >= net.epoch() {
        let why = format!("Epoch {epoch} has not ended: its rewards come with the first block after it");
        return Err(Refusal::new(custom_error::JSON_RPC_SERVER_ERROR_BLOCK_NOT_AVAILABLE, why));
    }
    let first_slot = net.epoch_schedule().get_first_slot_in_epoch(epoch + 1);
    if net.settling && epoch + 1 == net.epoch() {
        let sysvar = net.chain.epoch_rewards().unwrap_or_default();
        let start = sysvar.distribution_starting_block_height;
        return Err(Refusal {
            data: Some(json!({
                "currentBlockHeight": net.bank().block_height(),
                "rewardsCompleteBlockHeight": start + sysvar.num_partitions,
                "slot": net.slot(),
            })),
            ..Refusal::new(
                custom_error::JSON_RPC_SERVER_ERROR_EPOCH_REWARDS_PERIOD_ACTIVE,
                format!("Epoch rewards period still active at slot {}", net.slot()),
            )
        });
    }
    if net.history.first_rewarded_epoch().is_some_and(|first| epoch < first) {
        let why = format!("Block {first_slot} cleaned up, does not exist on node");
        return Err(Refusal::new(custom_error::JSON_RPC_SERVER_ERROR_BLOCK_CLEANED_UP, why));
    }
    let reward = |address: &Text<Address>| {
        let (effective_slot, reward) = net.history.reward(epoch, &address.0)?;
        Some(RpcInflationReward {
            epoch,
            effective_slot,
            amount: reward.lamports,
            post_balance: reward.post_balance,
            commission: reward.commission_bps.map(percent),
            commission_bps: reward.commission_bps,
        })
    };
    value(addresses.iter().map(reward).collect::<Vec<_>>())
}
