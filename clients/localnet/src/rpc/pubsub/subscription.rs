//! What can be subscribed to, and what a notification looks like. It decides nothing.

use {
    crate::{
        history::Level,
        rpc::{
            accounts::{AccountOptions, Loaded, ProgramOptions},
            dispatch::{Context, Params, Refusal, Text},
            history::wanted,
        },
    },
    serde::Deserialize,
    serde_json::{Value, json},
    solana_account::AccountSharedData,
    solana_address::Address,
    solana_signature::Signature,
};

/// By what the hub finds those who want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Signature(Signature),
    Account(Address),
    Program(Address),
    Logs,
    Slot,
    Root,
}

/// One subscription.
#[derive(Debug)]
pub(super) enum Subscription {
    /// Told once the transaction is that sure, and then over.
    Signature {
        signature: Signature,
        level: Level,
        /// Whether it wants to hear first that the transaction has arrived.
        received: bool,
    },
    Account {
        address: Address,
        options: AccountOptions,
        /// As it was last told of; `None` where there is no account.
        last: Option<AccountSharedData>,
    },
    Program {
        program: Address,
        options: ProgramOptions,
    },
    Logs {
        /// `None`: those of all transactions.
        mentions: Option<Address>,
        level: Level,
    },
    Slot,
    Root,
}

/// Whether there are subscriptions of that name.
pub(super) fn is_kind(kind: &str) -> bool {
    matches!(kind, "signature" | "account" | "program" | "logs" | "slot" | "root")
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignatureOptions {
    enable_received_notification: Option<bool>,
    #[serde(flatten)]
    context: Context,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum LogsFilter {
    All,
    AllWithVotes,
    Mentions(Vec<Text<Address>>),
}

impl Subscription {
    pub(super) fn parse(kind: &str, mut params: Params) -> Result<Self, Refusal> {
        Ok(match kind {
            "signature" => {
                let signature: Text<Signature> = params.required("a signature")?;
                let options: SignatureOptions = params.options()?;
                let received = options.enable_received_notification.unwrap_or_default();
                Self::Signature {
                    signature: signature.0,
                    level: wanted(options.context.commitment),
                    received,
                }
            }
            "account" => {
                let address: Text<Address> = params.required("an address")?;
                Self::Account { address: address.0, options: params.options()?, last: None }
            }
            "program" => {
                let program: Text<Address> = params.required("a program's address")?;
                let options: ProgramOptions = params.options()?;
                options.verify()?;
                Self::Program { program: program.0, options }
            }
            "logs" => {
                // There are no transactions that vote, so that all are all.
                let mentions = match params.required("a filter")? {
                    LogsFilter::All | LogsFilter::AllWithVotes => None,
                    LogsFilter::Mentions(mentions) => match mentions[..] {
                        [one] => Some(one.0),
                        _ => {
                            return Err(Refusal::new(-32602, "Invalid Request: Only 1 address supported"));
                        }
                    },
                };
                let context: Context = params.options()?;
                Self::Logs { mentions, level: wanted(context.commitment) }
            }
            "slot" => params.end().map(|()| Self::Slot)?,
            "root" => params.end().map(|()| Self::Root)?,
            _ => return Err(Refusal::no_such_method()),
        })
    }

    pub(super) fn key(&self) -> Key {
        match self {
            Self::Signature { signature, .. } => Key::Signature(*signature),
            Self::Account { address, .. } => Key::Account(*address),
            Self::Program { program, .. } => Key::Program(*program),
            Self::Logs { .. } => Key::Logs,
            Self::Slot => Key::Slot,
            Self::Root => Key::Root,
        }
    }

    /// What its notifications are called.
    fn method(&self) -> &'static str {
        match self {
            Self::Signature { .. } => "signatureNotification",
            Self::Account { .. } => "accountNotification",
            Self::Program { .. } => "programNotification",
            Self::Logs { .. } => "logsNotification",
            Self::Slot => "slotNotification",
            Self::Root => "rootNotification",
        }
    }

    /// A notification.
    pub(super) fn notification(&self, id: u64, result: &Value) -> String {
        let params = json!({ "result": result, "subscription": id });
        json!({ "jsonrpc": "2.0", "method": self.method(), "params": params }).to_string()
    }
}

/// What a notification of something in a slot carries.
pub(super) fn in_slot(slot: u64, value: Value) -> Value {
    json!({ "context": { "slot": slot }, "value": value })
}

/// An account in the encoding that was asked for, by itself or with its address.
pub(super) fn encoded(loaded: &Loaded, options: &AccountOptions, with_address: bool) -> Value {
    let account = json!(loaded.encode_any(options));
    match with_address {
        true => json!({ "pubkey": loaded.address.to_string(), "account": account }),
        false => account,
    }
}
