//! Transactions on their way in: decoded, checked, simulated, sent; block hashes and fees for them; the faucet. What became
//! of those that landed is in [`history`](super::history).

use {
    super::{
        Shared,
        accounts::{AccountOptions, Loaded, nothing},
        dispatch::{Answer, Context, Params, Refusal, Text, in_context, value},
        gate::Net,
        history::token_balances,
    },
    crate::localnet::Localnet,
    base64::{Engine, engine::general_purpose::STANDARD},
    serde::{Deserialize, de::DeserializeOwned},
    serde_json::json,
    solana_account_decoder::UiAccountEncoding,
    solana_address::Address,
    solana_hash::Hash,
    solana_message::{
        AccountKeys, SanitizedMessage, SanitizedVersionedMessage, VersionedMessage, v0::LoadedAddresses,
    },
    solana_rpc_client_api::{
        config::{CommitmentLevel, UiTransactionEncoding},
        custom_error,
        response::{RpcBlockhash, RpcSimulateTransactionResult},
    },
    solana_runtime::bank::{Bank, TransactionSimulationResult},
    solana_svm_transaction::svm_message::SVMMessage,
    solana_transaction::{TransactionVerificationMode, versioned::VersionedTransaction},
    solana_transaction_error::TransactionError,
    solana_transaction_status::{UiLoadedAddresses, map_inner_instructions, parse_ui_inner_instructions},
    std::{
        sync::{Mutex, PoisonError},
        time::{Duration, Instant},
    },
};

/// The bytes of a packet: no transaction is longer. Then the same as base58 and base64.
const MAX_BYTES: usize = 1_232;
const MAX_BASE58: usize = 1_683;
const MAX_BASE64: usize = 1_644;
/// A new block hash costs a server that does not tick a slot of mainnet's time, of which it may borrow so much: no
/// hash is made old (150 younger ones) faster than in half a minute.
const HASH_TIME: Duration = Duration::from_millis(400);
const MOST_BORROWED: Duration = Duration::from_secs(40);

/// Until when the time of the block hashes that were made new is spent.
#[derive(Default)]
pub(super) struct Fresh(Mutex<Option<Instant>>);

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SendOptions {
    #[serde(default)]
    skip_preflight: bool,
    #[serde(rename = "preflightCommitment")]
    _preflight_commitment: Option<CommitmentLevel>,
    encoding: Option<UiTransactionEncoding>,
    /// Nothing is ever lost on the way: there is nothing to send again.
    #[serde(rename = "maxRetries")]
    _max_retries: Option<usize>,
    min_context_slot: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SimulateOptions {
    #[serde(default)]
    sig_verify: bool,
    #[serde(default)]
    replace_recent_blockhash: bool,
    encoding: Option<UiTransactionEncoding>,
    accounts: Option<WantedAccounts>,
    #[serde(default)]
    inner_instructions: bool,
    #[serde(flatten)]
    context: Context,
}

#[derive(Default, Deserialize)]
struct WantedAccounts {
    encoding: Option<UiAccountEncoding>,
    addresses: Vec<Text<Address>>,
}

pub(super) fn send(shared: &Shared, mut params: Params) -> Answer {
    let encoded: String = params.required("a transaction")?;
    let options: SendOptions = params.options()?;
    let transaction: VersionedTransaction = decode(&encoded, options.encoding, "transaction")?;
    sanitized(&transaction)?;
    let signature = transaction.signatures.first().copied().unwrap_or_default();
    let context = Context { min_context_slot: options.min_context_slot, ..Context::default() };
    let mut net = shared.net_in(&context)?;
    if !options.skip_preflight {
        preflight(&net, &transaction)?;
    }
    // As on any cluster: whoever skips the preflight is not told what became of it here.
    let _ = net.process(transaction);
    Ok(json!(signature.to_string()))
}

/// Refuses what would not succeed.
fn preflight(net: &Localnet, transaction: &VersionedTransaction) -> Result<(), Refusal> {
    let verified =
        net.bank().verify_transaction(transaction.clone(), TransactionVerificationMode::FullVerification);
    let checked = verified.map_err(not_checked)?;
    let simulated = net.bank().simulate_transaction_unchecked(&checked, false);
    let Err(error) = &simulated.result else { return Ok(()) };
    let message = format!("Transaction simulation failed: {error}");
    let result = RpcSimulateTransactionResult { loaded_addresses: None, ..plain(simulated) };
    Err(Refusal {
        data: Some(value(result)?),
        ..Refusal::new(custom_error::JSON_RPC_SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE, message)
    })
}

pub(super) fn simulate(shared: &Shared, mut params: Params) -> Answer {
    let encoded: String = params.required("a transaction")?;
    let options: SimulateOptions = params.options()?;
    let mut transaction: VersionedTransaction = decode(&encoded, options.encoding, "transaction")?;
    sanitized(&transaction)?;
    if options.sig_verify && options.replace_recent_blockhash {
        return Err(Refusal::new(-32602, "sigVerify may not be used with replaceRecentBlockhash"));
    }
    let net = shared.net_in(&options.context)?;
    let (simulated, keys, loaded) = run(&net, &mut transaction, &options)?;
    let replacement_blockhash = options.replace_recent_blockhash.then(|| blockhash(&net));
    let wanted = options.accounts.as_ref();
    let accounts = wanted.map(|wanted| accounts_after(&net, wanted, &keys, &simulated)).transpose()?;
    let slot = net.slot();
    drop(net);

    let executed = !matches!(&simulated, TransactionSimulationResult { fee: None, .. });
    let static_keys = transaction.message.static_account_keys();
    let inner_instructions = (options.inner_instructions && executed).then(|| {
        let keys = AccountKeys::new(static_keys, Some(&loaded));
        let inner = simulated.inner_instructions.clone().unwrap_or_default();
        map_inner_instructions(inner).map(|inner| parse_ui_inner_instructions(inner, &keys)).collect()
    });
    let result = RpcSimulateTransactionResult {
        accounts,
        inner_instructions,
        replacement_blockhash,
        loaded_addresses: Some(UiLoadedAddresses::from(&loaded)),
        ..plain(simulated)
    };
    in_context(slot, result)
}

/// Simulates a transaction, under another block hash if that is asked for; its accounts, and those it looked up.
fn run(
    net: &Localnet,
    transaction: &mut VersionedTransaction,
    options: &SimulateOptions,
) -> Result<(TransactionSimulationResult, Vec<Address>, LoadedAddresses), Refusal> {
    let mode = match options.sig_verify {
        true => TransactionVerificationMode::FullVerification,
        false => TransactionVerificationMode::HashOnly,
    };
    loop {
        if options.replace_recent_blockhash {
            transaction.message.set_recent_blockhash(net.latest_blockhash());
        }
        let checked = net.bank().verify_transaction(transaction.clone(), mode).map_err(not_checked)?;
        let simulated = net.bank().simulate_transaction_unchecked(&checked, options.inner_instructions);
        // The very same has landed under this hash: the next hash makes it another one.
        if options.replace_recent_blockhash && simulated.result == Err(TransactionError::AlreadyProcessed) {
            net.chain.renew_blockhash();
            continue;
        }
        let keys = checked.account_keys().iter().copied().collect();
        return Ok((simulated, keys, checked.get_loaded_addresses()));
    }
}

/// The accounts that were asked for, as the simulation left them.
fn accounts_after(
    net: &Localnet,
    wanted: &WantedAccounts,
    keys: &[Address],
    simulated: &TransactionSimulationResult,
) -> Result<Vec<Option<solana_account_decoder::UiAccount>>, Refusal> {
    let options = AccountOptions { encoding: wanted.encoding, ..AccountOptions::default() };
    if matches!(wanted.encoding, Some(UiAccountEncoding::Binary | UiAccountEncoding::Base58)) {
        return Err(Refusal::new(-32602, "base58 encoding not supported"));
    }
    if wanted.addresses.len() > keys.len() {
        let why = format!("Too many accounts provided; max {}", keys.len());
        return Err(Refusal::new(-32602, why));
    }
    let after = |Text(address): &Text<Address>| {
        let mut accounts = simulated.post_simulation_accounts.iter();
        let found = accounts.find(|(key, _)| key == address).map(|(_, account)| account.clone());
        let account = match (found, &simulated.result) {
            (_, Err(_)) => return Ok(None),
            (Some(account), _) => account,
            (None, _) => net.bank().get_account(address).unwrap_or_else(nothing),
        };
        let loaded = Loaded::with(net.bank(), *address, account, &options);
        loaded.encode(&options, UiAccountEncoding::Base64).map(Some)
    };
    wanted.addresses.iter().map(after).collect()
}

/// A simulation in a validator's shape, without what only some calls ask for.
fn plain(simulated: TransactionSimulationResult) -> RpcSimulateTransactionResult {
    let tokens = |tokens: Option<Vec<_>>| {
        tokens.map(|tokens| token_balances(&tokens).into_iter().map(Into::into).collect())
    };
    RpcSimulateTransactionResult {
        err: simulated.result.err().map(Into::into),
        logs: Some(simulated.logs),
        accounts: None,
        units_consumed: Some(simulated.units_consumed),
        loaded_accounts_data_size: Some(simulated.loaded_accounts_data_size),
        return_data: simulated.return_data.map(Into::into),
        inner_instructions: None,
        replacement_blockhash: None,
        fee: simulated.fee,
        pre_balances: simulated.pre_balances,
        post_balances: simulated.post_balances,
        pre_token_balances: tokens(simulated.pre_token_balances),
        post_token_balances: tokens(simulated.post_token_balances),
        loaded_addresses: None,
    }
}

pub(super) fn airdrop(shared: &Shared, mut params: Params) -> Answer {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Options {
        #[serde(rename = "recentBlockhash")]
        _recent_blockhash: Option<Text<Hash>>,
        #[serde(rename = "commitment")]
        _commitment: Option<CommitmentLevel>,
    }
    let to: Text<Address> = params.required("an address")?;
    let lamports: u64 = params.required("lamports")?;
    let Options { .. } = params.options()?;
    let sent = shared.net()?.airdrop(&to.0, lamports);
    let sent = sent.map_err(|error| Refusal::internal(format!("airdrop request failed: {}", error.err)))?;
    Ok(json!(sent.signature.to_string()))
}

pub(super) fn latest_blockhash(shared: &Shared, params: Params) -> Answer {
    let context: Context = params.options()?;
    let net = shared.net_in(&context)?;
    shared.refresh_blockhash(&net);
    in_context(net.slot(), blockhash(&net))
}

pub(super) fn is_blockhash_valid(shared: &Shared, mut params: Params) -> Answer {
    let hash: Text<Hash> = params.required("a block hash")?;
    let context: Context = params.options()?;
    let net = shared.net_in(&context)?;
    in_context(net.slot(), net.bank().is_blockhash_valid(&hash.0))
}

pub(super) fn fee_for_message(shared: &Shared, mut params: Params) -> Answer {
    let encoded: String = params.required("a message")?;
    let context: Context = params.options()?;
    let message: VersionedMessage = decode(&encoded, Some(UiTransactionEncoding::Base64), "message")?;
    let wrong =
        |error: &dyn std::fmt::Display| Refusal::new(-32602, format!("invalid transaction message: {error}"));
    let message = SanitizedVersionedMessage::try_from(message).map_err(|error| wrong(&error))?;
    let net = shared.net_in(&context)?;
    let bank: &Bank = net.bank();
    let message = SanitizedMessage::try_new(message, bank, bank.get_reserved_account_keys())
        .map_err(|error| wrong(&error))?;
    in_context(net.slot(), bank.get_fee_for_message(&message))
}

/// The latest block hash and until when it is good.
fn blockhash(net: &Localnet) -> RpcBlockhash {
    let hash = net.latest_blockhash();
    let last = net.bank().get_blockhash_last_valid_block_height(&hash);
    RpcBlockhash {
        blockhash: hash.to_string(),
        last_valid_block_height: last.unwrap_or(net.bank().block_height()),
    }
}

impl Shared {
    /// Where slots do not pass by themselves: makes a new block hash the latest one if the one there is was used, as the
    /// next slot would. Otherwise a client could not send the same twice.
    fn refresh_blockhash(&self, net: &Net) {
        if self.ticks() || !net.history.was_used(&net.latest_blockhash()) {
            return;
        }
        let now = Instant::now();
        let mut spent = self.fresh.0.lock().unwrap_or_else(PoisonError::into_inner);
        let from = spent.map_or(now, |until| until.max(now));
        if from - now <= MOST_BORROWED {
            net.chain.renew_blockhash();
            *spent = Some(from + HASH_TIME);
        }
    }
}

fn sanitized(transaction: &VersionedTransaction) -> Result<(), Refusal> {
    let refused = |error| Refusal::new(-32602, format!("invalid transaction: {error}"));
    transaction.sanitize().map_err(refused)
}

fn not_checked(error: TransactionError) -> Refusal {
    match error {
        TransactionError::SignatureFailure => Refusal::new(
            custom_error::JSON_RPC_SERVER_ERROR_TRANSACTION_SIGNATURE_VERIFICATION_FAILURE,
            "Transaction signature verification failure",
        ),
        error => Refusal::new(-32602, format!("invalid transaction: {error}")),
    }
}

/// What was sent as text: base58 unless something else is said.
fn decode<T: DeserializeOwned>(
    text: &str,
    encoding: Option<UiTransactionEncoding>,
    what: &str,
) -> Result<T, Refusal> {
    let refused = |why: String| Refusal::new(-32602, why);
    let (name, most) = match encoding.unwrap_or(UiTransactionEncoding::Base58) {
        UiTransactionEncoding::Base58 => ("base58", MAX_BASE58),
        UiTransactionEncoding::Base64 => ("base64", MAX_BASE64),
        other => {
            let supported = "Supported encodings: base58, base64";
            return Err(refused(format!("unsupported encoding: {other}. {supported}")));
        }
    };
    if text.len() > most {
        let limits = format!("max: encoded/raw {most}/{MAX_BYTES}");
        return Err(refused(format!("{name} encoded {what} too large: {} bytes ({limits})", text.len())));
    }
    let bytes = match name {
        "base58" => bs58::decode(text).into_vec().map_err(|error| error.to_string()),
        _ => STANDARD.decode(text).map_err(|error| error.to_string()),
    };
    let bytes = bytes.map_err(|error| refused(format!("invalid {name} encoding: {error}")))?;
    if bytes.len() > MAX_BYTES {
        return Err(refused(format!(
            "decoded {what} too large: {} bytes (max: {MAX_BYTES} bytes)",
            bytes.len()
        )));
    }
    bincode::deserialize(&bytes).map_err(|error| refused(format!("failed to deserialize {what}: {error}")))
}
