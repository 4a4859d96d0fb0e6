//! The cluster as a whole: where time stands, who leads, who is there. Money and stake are in [`stake`](super::stake).

use {
    super::{
        Shared, VERSION,
        dispatch::{Answer, Context, Params, Refusal, Text, feature_set, value},
    },
    serde::Deserialize,
    serde_json::{Value, json},
    solana_address::Address,
    solana_rpc_client_api::response::RpcContactInfo,
    solana_runtime::leader_schedule_utils,
    solana_signer::Signer,
    std::collections::BTreeMap,
};

/// A validator's own limit.
const MAX_LEADERS: usize = 5_000;

pub(super) fn slot(shared: &Shared, params: Params) -> Answer {
    let context: Context = params.options()?;
    Ok(json!(shared.net_in(&context)?.slot()))
}

pub(super) fn block_height(shared: &Shared, params: Params) -> Answer {
    let context: Context = params.options()?;
    Ok(json!(shared.net_in(&context)?.bank().block_height()))
}

pub(super) fn transaction_count(shared: &Shared, params: Params) -> Answer {
    let context: Context = params.options()?;
    Ok(json!(shared.net_in(&context)?.bank().transaction_count()))
}

pub(super) fn epoch_info(shared: &Shared, params: Params) -> Answer {
    let context: Context = params.options()?;
    let net = shared.net_in(&context)?;
    let (epoch, index) = net.epoch_schedule().get_epoch_and_slot_index(net.slot());
    Ok(json!({
        "absoluteSlot": net.slot(),
        "blockHeight": net.bank().block_height(),
        "epoch": epoch,
        "slotIndex": index,
        "slotsInEpoch": net.epoch_schedule().get_slots_in_epoch(epoch),
        "transactionCount": net.bank().transaction_count(),
    }))
}

pub(super) fn epoch_schedule(shared: &Shared, params: Params) -> Answer {
    params.end()?;
    let net = shared.net()?;
    let schedule = net.epoch_schedule();
    Ok(json!({
        "slotsPerEpoch": schedule.slots_per_epoch,
        "leaderScheduleSlotOffset": schedule.leader_schedule_slot_offset,
        "warmup": schedule.warmup,
        "firstNormalEpoch": schedule.first_normal_epoch,
        "firstNormalSlot": schedule.first_normal_slot,
    }))
}

pub(super) fn genesis_hash(shared: &Shared, params: Params) -> Answer {
    params.end()?;
    Ok(json!(shared.net()?.genesis_hash().to_string()))
}

/// The node that answers goes by the identity of the first validator.
pub(super) fn identity(shared: &Shared, params: Params) -> Answer {
    params.end()?;
    let net = shared.net()?;
    let identity = net.validators().first().map(|validator| validator.identity().pubkey().to_string());
    Ok(json!({ "identity": identity.unwrap_or_default() }))
}

/// All validators; the first one is who answers here, the others cannot be reached.
pub(super) fn nodes(shared: &Shared, params: Params) -> Answer {
    params.end()?;
    let net = shared.net()?;
    let node = |(place, validator): (usize, &crate::Validator)| RpcContactInfo {
        pubkey: validator.identity().pubkey().to_string(),
        gossip: None,
        tvu: None,
        tpu: None,
        tpu_quic: None,
        tpu_forwards: None,
        tpu_forwards_quic: None,
        tpu_vote: None,
        serve_repair: None,
        rpc: (place == 0).then_some(shared.address),
        pubsub: (place == 0).then_some(shared.ws_address),
        version: Some(VERSION.into()),
        client_id: None,
        feature_set: Some(feature_set()),
        shred_version: None,
    };
    value(net.validators().iter().enumerate().map(node).collect::<Vec<_>>())
}

pub(super) fn slot_leader(shared: &Shared, params: Params) -> Answer {
    let context: Context = params.options()?;
    Ok(json!(shared.net_in(&context)?.bank().leader_id().to_string()))
}

pub(super) fn slot_leaders(shared: &Shared, mut params: Params) -> Answer {
    let start: u64 = params.required("a slot")?;
    let limit: usize = params.required("a limit")?;
    params.end()?;
    if limit == 0 || limit > MAX_LEADERS {
        return Err(Refusal::new(-32602, format!("Invalid limit; max {MAX_LEADERS}")));
    }
    let net = shared.net()?;
    let schedule = net.epoch_schedule();
    let mut leaders: Vec<String> = Vec::with_capacity(limit);
    while leaders.len() < limit {
        let (epoch, index) = schedule.get_epoch_and_slot_index(start.saturating_add(leaders.len() as u64));
        let known = leader_schedule_utils::leader_schedule(epoch, net.bank()).ok_or_else(|| {
            Refusal::new(
                -32602,
                format!("Invalid slot range: leader schedule for epoch {epoch} is unavailable"),
            )
        })?;
        let left = limit - leaders.len();
        let of_epoch = known.get_slot_leaders().skip(index as usize).take(left);
        leaders.extend(of_epoch.map(|leader| leader.id.to_string()));
    }
    value(leaders)
}

/// By leader, its slots in the epoch of the slot that was asked for, counted from the epoch's first.
pub(super) fn leader_schedule(shared: &Shared, mut params: Params) -> Answer {
    #[derive(Default, Deserialize)]
    struct Options {
        identity: Option<Text<Address>>,
        #[serde(flatten)]
        context: Context,
    }
    let (slot, options) = match params.optional::<Value>()? {
        Some(options @ Value::Object(_)) => (None, Some(options)),
        Some(slot) => {
            let slot: u64 = serde_json::from_value(slot).map_err(Refusal::invalid_params)?;
            (Some(slot), params.optional()?)
        }
        None => (None, params.optional()?),
    };
    params.end()?;
    let options: Options = match options {
        Some(options) => serde_json::from_value(options).map_err(Refusal::invalid_params)?,
        None => Options::default(),
    };
    let net = shared.net_in(&options.context)?;
    let epoch = net.epoch_schedule().get_epoch(slot.unwrap_or(net.slot()));
    let Some(schedule) = leader_schedule_utils::leader_schedule(epoch, net.bank()) else {
        return Ok(Value::Null);
    };
    let mut slots: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, leader) in schedule.get_slot_leaders().enumerate() {
        if options.identity.is_none_or(|identity| identity.0 == leader.id) {
            slots.entry(leader.id.to_string()).or_default().push(index);
        }
    }
    value(slots)
}
