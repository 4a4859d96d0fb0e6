//! What became of transactions, out of the localnet's own record. That is bounded: what is older than it reaches is
//! answered as a validator answers for what it never heard of. Blocks are in [`blocks`](super::blocks).

use {
    super::{
        Shared,
        dispatch::{Answer, Context, Params, Refusal, Text, in_context, value},
    },
    crate::{
        history::{Level, Record},
        localnet::Localnet,
    },
    serde::Deserialize,
    serde_json::Value,
    solana_account_decoder::{
        parse_account_data::SplTokenAdditionalDataV2, parse_token::token_amount_to_ui_amount_v3,
    },
    solana_address::Address,
    solana_rpc_client_api::{
        config::{CommitmentLevel, TransactionDetails, UiTransactionEncoding},
        custom_error,
        response::RpcConfirmedTransactionStatusWithSignature,
    },
    solana_signature::Signature,
    solana_svm::transaction_balances::SvmTokenInfo,
    solana_transaction_status::{
        ConfirmedTransactionWithStatusMeta, EncodeError, TransactionConfirmationStatus, TransactionStatus,
        TransactionStatusMeta, TransactionTokenBalance, TransactionWithStatusMeta,
        VersionedTransactionWithStatusMeta, extract_and_fmt_memos,
    },
};

/// A validator's own limits: signatures of one request, and of one answer.
const MAX_STATUSES: usize = 256;
const MAX_SIGNATURES: usize = 1_000;

impl Shared {
    /// How sure it is that what a block of that slot holds stays: on a server that does not tick, at once.
    pub(super) fn level(&self, net: &Localnet, slot: u64) -> Level {
        if self.ticks() { net.history.level(slot) } else { Level::Finalized }
    }
}

/// The least that a commitment asks for.
pub(super) fn wanted(commitment: Option<CommitmentLevel>) -> Level {
    match commitment {
        Some(CommitmentLevel::Processed) => Level::Processed,
        Some(CommitmentLevel::Confirmed) => Level::Confirmed,
        Some(CommitmentLevel::Finalized) | None => Level::Finalized,
    }
}

/// The same, for a call that looks at blocks, which are closed.
pub(super) fn wanted_closed(commitment: Option<CommitmentLevel>) -> Result<Level, Refusal> {
    match wanted(commitment) {
        Level::Processed => Err(Refusal::new(-32602, "Method does not support commitment below `confirmed`")),
        level => Ok(level),
    }
}

fn status_of(level: Level) -> TransactionConfirmationStatus {
    match level {
        Level::Processed => TransactionConfirmationStatus::Processed,
        Level::Confirmed => TransactionConfirmationStatus::Confirmed,
        Level::Finalized => TransactionConfirmationStatus::Finalized,
    }
}

pub(super) fn signature_statuses(shared: &Shared, mut params: Params) -> Answer {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Options {
        /// All that is kept is searched anyway.
        #[serde(default, rename = "searchTransactionHistory")]
        _search: bool,
    }
    let signatures: Vec<Text<Signature>> = params.required("a list of signatures")?;
    let Options { .. } = params.options()?;
    if signatures.len() > MAX_STATUSES {
        return Err(Refusal::new(-32602, format!("Too many inputs provided; max {MAX_STATUSES}")));
    }
    let net = shared.net()?;
    let status = |signature: &Text<Signature>| {
        let record = net.history.by_signature(&signature.0)?;
        let level = shared.level(&net, record.slot);
        Some(TransactionStatus {
            slot: record.slot,
            confirmations: match level {
                Level::Processed => Some(0),
                Level::Confirmed => Some(1),
                Level::Finalized => None,
            },
            status: record.meta.status.clone(),
            err: record.meta.status.clone().err(),
            confirmation_status: Some(status_of(level)),
        })
    };
    in_context(net.slot(), signatures.iter().map(status).collect::<Vec<_>>())
}

/// How a transaction or a block is asked for: older clients name the encoding alone.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Encoded {
    Encoding(UiTransactionEncoding),
    Options(EncodedOptions),
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EncodedOptions {
    pub(super) encoding: Option<UiTransactionEncoding>,
    pub(super) transaction_details: Option<TransactionDetails>,
    pub(super) rewards: Option<bool>,
    pub(super) commitment: Option<CommitmentLevel>,
    pub(super) max_supported_transaction_version: Option<u8>,
}

impl Default for Encoded {
    fn default() -> Self {
        Self::Options(EncodedOptions::default())
    }
}

impl From<Encoded> for EncodedOptions {
    fn from(encoded: Encoded) -> Self {
        match encoded {
            Encoded::Encoding(encoding) => Self { encoding: Some(encoding), ..Self::default() },
            Encoded::Options(options) => options,
        }
    }
}

pub(super) fn transaction(shared: &Shared, mut params: Params) -> Answer {
    let signature: Text<Signature> = params.required("a signature")?;
    let options: EncodedOptions = params.options::<Encoded>()?.into();
    let least = wanted_closed(options.commitment)?;
    let net = shared.net()?;
    let record = net.history.by_signature(&signature.0).cloned();
    let record = record.filter(|record| shared.level(&net, record.slot) >= least);
    drop(net);
    let Some(record) = record else { return Ok(Value::Null) };
    let found = ConfirmedTransactionWithStatusMeta {
        slot: record.slot,
        tx_with_meta: TransactionWithStatusMeta::Complete(complete(&record)),
        block_time: Some(record.block_time),
        index: record.index,
    };
    let encoding = options.encoding.unwrap_or(UiTransactionEncoding::Json);
    value(found.encode(encoding, options.max_supported_transaction_version).map_err(not_encoded)?)
}

pub(super) fn not_encoded(EncodeError::UnsupportedTransactionVersion(version): EncodeError) -> Refusal {
    Refusal::new(
        custom_error::JSON_RPC_SERVER_ERROR_UNSUPPORTED_TRANSACTION_VERSION,
        format!(
            "Transaction version ({version}) is not supported by the requesting client. Please try the request again \
             with the following configuration parameter: \"maxSupportedTransactionVersion\": {version}"
        ),
    )
}

/// A transaction with all there is to say of it.
pub(super) fn complete(record: &Record) -> VersionedTransactionWithStatusMeta {
    VersionedTransactionWithStatusMeta {
        transaction: record.transaction.clone(),
        meta: TransactionStatusMeta {
            pre_token_balances: Some(token_balances(&record.pre_tokens)),
            post_token_balances: Some(token_balances(&record.post_tokens)),
            rewards: Some(Vec::new()),
            ..record.meta.clone()
        },
    }
}

/// Token balances with their amounts in words.
pub(super) fn token_balances(tokens: &[SvmTokenInfo]) -> Vec<TransactionTokenBalance> {
    let balance = |token: &SvmTokenInfo| TransactionTokenBalance {
        account_index: token.account_index,
        mint: token.mint.to_string(),
        ui_token_amount: token_amount_to_ui_amount_v3(
            token.amount,
            &SplTokenAdditionalDataV2::with_decimals(token.decimals),
        ),
        owner: token.owner.to_string(),
        program_id: token.program_id.to_string(),
    };
    tokens.iter().map(balance).collect()
}

pub(super) fn signatures_for_address(shared: &Shared, mut params: Params) -> Answer {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Options {
        before: Option<Text<Signature>>,
        until: Option<Text<Signature>>,
        limit: Option<usize>,
        #[serde(flatten)]
        context: Context,
    }
    let address: Text<Address> = params.required("an address")?;
    let options: Options = params.options()?;
    let limit = options.limit.unwrap_or(MAX_SIGNATURES);
    if limit == 0 || limit > MAX_SIGNATURES {
        return Err(Refusal::new(-32602, format!("Invalid limit; max {MAX_SIGNATURES}")));
    }
    let least = wanted_closed(options.context.commitment)?;
    let net = shared.net_in(&options.context)?;
    let history = &net.history;
    let place = |signature: &Option<Text<Signature>>| {
        let record = history.by_signature(&signature.as_ref()?.0)?;
        Some((record.slot, record.index))
    };
    if options.before.is_some() && place(&options.before).is_none() {
        return value(Vec::<Value>::new());
    }
    let (before, until) = (place(&options.before), place(&options.until));
    let found = history
        .by_address(&address.0)
        .skip_while(|record| before.is_some_and(|before| (record.slot, record.index) >= before))
        .take_while(|record| until.is_none_or(|until| (record.slot, record.index) > until))
        .map(|record| (record, shared.level(&net, record.slot)))
        .filter(|(_, level)| *level >= least)
        .take(limit)
        .map(|(record, level)| RpcConfirmedTransactionStatusWithSignature {
            signature: record.signature().to_string(),
            slot: record.slot,
            err: record.meta.status.clone().err().map(Into::into),
            memo: extract_and_fmt_memos(&complete(record)),
            block_time: Some(record.block_time),
            confirmation_status: Some(status_of(level)),
            transaction_index: Some(record.index),
        });
    value(found.collect::<Vec<_>>())
}
