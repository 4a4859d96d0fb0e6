//! JSON-RPC 2.0: bodies, batches, notifications, parameters, refusals, and which method is answered where. It knows
//! shapes, not what they mean.

use {
    super::{
        Shared, VERSION, accounts, blocks, cluster, extra,
        gate::{Net, Panicked},
        history, stake, tokens, transactions,
    },
    crate::localnet::Localnet,
    serde::{Deserialize, Serialize, de::DeserializeOwned},
    serde_json::{Value, json},
    solana_rpc_client_api::{config::CommitmentLevel, custom_error, response::RpcVersionInfo},
};

/// What a method gives.
pub(super) type Answer = Result<Value, Refusal>;

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: i64,
    pub(super) message: String,
    pub(super) data: Option<Value>,
}

impl Refusal {
    pub(super) fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    fn invalid_request() -> Self {
        Self::new(-32600, "Invalid request")
    }

    pub(super) fn no_such_method() -> Self {
        Self::new(-32601, "Method not found")
    }

    pub(super) fn invalid_params(why: impl std::fmt::Display) -> Self {
        Self::new(-32602, format!("Invalid params: {why}"))
    }

    pub(super) fn internal(why: impl Into<String>) -> Self {
        Self::new(-32603, why)
    }
}

impl From<Panicked> for Refusal {
    fn from(_: Panicked) -> Self {
        Self::internal("the localnet has panicked: start it again")
    }
}

/// The answer to a call whose thread panicked.
pub(super) fn panicked() -> String {
    framed(&Value::Null, Err(Panicked.into())).to_string()
}

/// Answers a body: one call, or a batch of them. `None` where nobody waits for an answer. Pages of the wide web may read and
/// send, as on any cluster; time, scripts and keys of validators are for who works on this machine.
pub(super) fn answer(body: &[u8], shared: &Shared, from_afar: bool) -> Option<String> {
    let answer = answer_with(body, |method, params| {
        if from_afar && method.starts_with("localnet_") {
            return Err(Refusal::new(-32601, "not for web pages of other machines"));
        }
        call(shared, method, params)
    });
    answer.map(|answer| answer.to_string())
}

/// [`answer`], each call by what is given.
pub(super) fn answer_with(body: &[u8], mut call: impl FnMut(&str, Params) -> Answer) -> Option<Value> {
    match serde_json::from_slice(body) {
        Ok(Value::Array(batch)) if !batch.is_empty() => {
            let answers = batch.into_iter().filter_map(|one| answer_call(one, &mut call));
            let answers: Vec<_> = answers.collect();
            (!answers.is_empty()).then_some(Value::Array(answers))
        }
        Ok(one) => answer_call(one, &mut call),
        Err(_) => Some(framed(&Value::Null, Err(Refusal::new(-32700, "Parse error")))),
    }
}

/// Answers one call; `None` for a notification.
fn answer_call(one: Value, call: &mut impl FnMut(&str, Params) -> Answer) -> Option<Value> {
    #[derive(Deserialize)]
    struct Call {
        jsonrpc: String,
        method: String,
        #[serde(default)]
        params: Option<Vec<Value>>,
    }
    let id = one.get("id").cloned();
    let result = match serde_json::from_value::<Call>(one) {
        Ok(Call { jsonrpc, method, params }) if jsonrpc == "2.0" => {
            let id = id.as_ref()?;
            if id.is_string() || id.is_number() || id.is_null() {
                call(&method, Params(params.unwrap_or_default().into_iter()))
            } else {
                Err(Refusal::invalid_request())
            }
        }
        _ => Err(Refusal::invalid_request()),
    };
    Some(framed(&id.unwrap_or_default(), result))
}

fn framed(id: &Value, result: Answer) -> Value {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "result": result, "id": id }),
        Err(Refusal { code, message, data: None }) => {
            json!({ "jsonrpc": "2.0", "error": { "code": code, "message": message }, "id": id })
        }
        Err(Refusal { code, message, data }) => {
            json!({ "jsonrpc": "2.0", "error": { "code": code, "message": message, "data": data }, "id": id })
        }
    }
}

/// Answers a method that is no subscription.
pub(super) fn call(shared: &Shared, method: &str, params: Params) -> Answer {
    match method {
        "getAccountInfo" => accounts::account_info(shared, params),
        "getMultipleAccounts" => accounts::multiple_accounts(shared, params),
        "getProgramAccounts" => accounts::program_accounts(shared, params),
        "getBalance" => accounts::balance(shared, params),
        "getLargestAccounts" => accounts::largest(shared, params),
        "getMinimumBalanceForRentExemption" => accounts::minimum_balance(shared, params),

        "getTokenAccountsByOwner" => tokens::accounts_by_owner(shared, params),
        "getTokenAccountsByDelegate" => tokens::accounts_by_delegate(shared, params),
        "getTokenAccountBalance" => tokens::account_balance(shared, params),
        "getTokenSupply" => tokens::supply(shared, params),
        "getTokenLargestAccounts" => tokens::largest_accounts(shared, params),

        "sendTransaction" => transactions::send(shared, params),
        "simulateTransaction" => transactions::simulate(shared, params),
        "requestAirdrop" => transactions::airdrop(shared, params),
        "getLatestBlockhash" => transactions::latest_blockhash(shared, params),
        "isBlockhashValid" => transactions::is_blockhash_valid(shared, params),
        "getFeeForMessage" => transactions::fee_for_message(shared, params),

        "getSignatureStatuses" => history::signature_statuses(shared, params),
        "getTransaction" => history::transaction(shared, params),
        "getSignaturesForAddress" => history::signatures_for_address(shared, params),
        "getBlock" => blocks::block(shared, params),
        "getBlocks" => blocks::blocks(shared, params),
        "getBlocksWithLimit" => blocks::blocks_with_limit(shared, params),
        "getBlockTime" => blocks::block_time(shared, params),
        "getFirstAvailableBlock" | "minimumLedgerSlot" => blocks::first_block(shared, params),
        "getRecentPrioritizationFees" => blocks::prioritization_fees(shared, params),
        "getRecentPerformanceSamples" => blocks::performance_samples(shared, params),
        "getInflationReward" => blocks::inflation_reward(shared, params),

        "getSlot" => cluster::slot(shared, params),
        "getBlockHeight" => cluster::block_height(shared, params),
        "getEpochInfo" => cluster::epoch_info(shared, params),
        "getEpochSchedule" => cluster::epoch_schedule(shared, params),
        "getTransactionCount" => cluster::transaction_count(shared, params),
        "getGenesisHash" => cluster::genesis_hash(shared, params),
        "getIdentity" => cluster::identity(shared, params),
        "getClusterNodes" => cluster::nodes(shared, params),
        "getSlotLeader" => cluster::slot_leader(shared, params),
        "getSlotLeaders" => cluster::slot_leaders(shared, params),
        "getLeaderSchedule" => cluster::leader_schedule(shared, params),
        "getHealth" => params.end().map(|()| json!("ok")),
        "getVersion" => {
            params.end()?;
            value(RpcVersionInfo { solana_core: VERSION.into(), feature_set: Some(feature_set()) })
        }

        "getInflationRate" => stake::inflation_rate(shared, params),
        "getInflationGovernor" => stake::inflation_governor(shared, params),
        "getSupply" => stake::supply(shared, params),
        "getVoteAccounts" => stake::vote_accounts(shared, params),
        "getStakeMinimumDelegation" => stake::minimum_delegation(shared, params),

        "localnet_advanceEpoch" => extra::advance_epoch(shared, params),
        "localnet_advanceSlots" => extra::advance_slots(shared, params),
        "localnet_setTicking" => extra::set_ticking(shared, params),
        "localnet_validators" => extra::validators(shared, params),
        "localnet_validatorKeys" => extra::validator_keys(shared, params),
        "localnet_script" => extra::script(shared, params),
        _ => Err(Refusal::no_such_method()),
    }
}

/// The runtime's features, as clients name the set: the first four bytes of its identifier.
pub(super) fn feature_set() -> u32 {
    let id = agave_feature_set::ID.to_bytes();
    u32::from_le_bytes([id[0], id[1], id[2], id[3]])
}

/// What any call may ask for beside its own.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Context {
    pub(super) commitment: Option<CommitmentLevel>,
    pub(super) min_context_slot: Option<u64>,
}

impl Context {
    /// Refuses a slot that is still to come.
    pub(super) fn check(&self, net: &Localnet) -> Result<(), Refusal> {
        match self.min_context_slot {
            Some(slot) if slot > net.slot() => Err(Refusal {
                data: Some(json!({ "contextSlot": net.slot() })),
                ..Refusal::new(
                    custom_error::JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED,
                    "Minimum context slot has not been reached",
                )
            }),
            _ => Ok(()),
        }
    }
}

/// Something JSON carries as its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<T>(pub(super) T);

impl<'de, T: std::str::FromStr<Err: std::fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// Positional parameters, taken one after the other.
pub(super) struct Params(std::vec::IntoIter<Value>);

impl Params {
    pub(super) fn required<T: DeserializeOwned>(&mut self, what: &str) -> Result<T, Refusal> {
        let value = self.0.next().ok_or_else(|| Refusal::invalid_params(format!("missing: {what}")))?;
        serde_json::from_value(value).map_err(Refusal::invalid_params)
    }

    /// The next one, if there is one and it is not null.
    pub(super) fn optional<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Refusal> {
        match self.0.next() {
            None | Some(Value::Null) => Ok(None),
            Some(value) => serde_json::from_value(value).map(Some).map_err(Refusal::invalid_params),
        }
    }

    /// The last one, options that need not be there.
    pub(super) fn options<T: DeserializeOwned + Default>(mut self) -> Result<T, Refusal> {
        let options = self.optional()?.unwrap_or_default();
        self.end()?;
        Ok(options)
    }

    pub(super) fn end(mut self) -> Result<(), Refusal> {
        match self.0.next() {
            None => Ok(()),
            Some(_) => Err(Refusal::invalid_params("too many")),
        }
    }
}

impl Shared {
    /// The localnet, for one request.
    pub(super) fn net(&self) -> Result<Net<'_>, Refusal> {
        Ok(self.gate.request()?)
    }

    /// The localnet, for a request with these options.
    pub(super) fn net_in(&self, context: &Context) -> Result<Net<'_>, Refusal> {
        let net = self.net()?;
        context.check(&net)?;
        Ok(net)
    }
}

/// A result as JSON.
pub(super) fn value(result: impl Serialize) -> Answer {
    serde_json::to_value(result).map_err(|error| Refusal::internal(error.to_string()))
}

/// A result with the slot it is of.
pub(super) fn in_context(slot: u64, result: impl Serialize) -> Answer {
    Ok(json!({ "context": { "slot": slot, "apiVersion": VERSION }, "value": value(result)? }))
}
