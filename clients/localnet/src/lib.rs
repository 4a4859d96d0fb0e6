//! A Solana cluster in one process, for tests, demonstrations and tools: a real Agave [`Bank`] with real
//! inflation rewards, stake history, warm-up and cool-down, and validators that follow scripts.
//!
//! ```no_run
//! use sluice_localnet::{Event, Localnet, LocalnetConfig, ValidatorScript};
//!
//! let mut net = Localnet::start(LocalnetConfig::new(vec![
//!     ValidatorScript::new("steady"),
//!     ValidatorScript::new("greedy").at(2, Event::SetCommission(10_000)),
//! ]))?;
//! let user = net.funded_keypair("user", 100 * sluice_localnet::LAMPORTS_PER_SOL);
//! // … net.send(&[instruction], &[&user])? …
//! let report = net.advance_epoch();
//! assert!(report.total_rewards() > 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything is synchronous and happens on the caller's thread when asked for: no clock runs in the background,
//! so nothing can tick a bank that is being frozen, and equal inputs give equal balances. [`RpcServer`] puts the same
//! localnet behind a validator's JSON-RPC, HTTP and WebSocket, where wallets, browsers and Solana's own clients find it;
//! there slots may pass by themselves.
//!
//! What is real: every program (stake, vote, token and the rest, the very binaries of mainnet), fees, signature
//! checks, rewards in partitions, the stake-weighted leader schedule, the clock from votes' timestamps. What stands
//! in: credits and the last vote are written into vote accounts as voting would have left them, and slots without
//! anything to do are skipped, which a chain may do too. There is one fork, every parent is a root, and limits of a
//! whole block (compute, account data) are not enforced; those of a transaction are. What the chain measures in blocks
//! rather than slots (the age of a block hash, the wait to close a lookup table) counts the slots that were opened.
//!
//! Served, what is real: the shapes of requests, answers, errors and notifications, which are those of Agave's own types;
//! the preflight, duplicates, expiry, lookup tables, the encodings; and that a transaction which fails after its preflight
//! pays its fee. What stands in, or is left out:
//!
//! - Reads see the open slot whatever commitment they name. Of transactions, a slot that ticks confirms the one before and
//!   finalizes those before that; where slots do not tick, what landed is final at once, and `getLatestBlockhash` gives a
//!   new hash once the last one was used, so that the same may be sent again.
//! - Votes of all validators are written as a slot closes: 300 of them leave a slot time of 100 ms most of its time.
//! - The last transactions are kept ([`LocalnetConfig::transactions_kept`]), the last 50,000 blocks and the rewards of
//!   the last 64 epochs; all in memory. Logs are not cut off.
//! - Requests are answered one at a time; a slot waits for the request at work and for no other. Nothing is lost on the
//!   way, so `maxRetries` means nothing, and nobody leads: there is no TPU to send to.
//! - Notifications of accounts come as they change, whatever commitment was named, and once for changes that come
//!   together. `blockSubscribe`, `voteSubscribe` and `slotsUpdatesSubscribe` are not served, as by most validators.
//! - A token's interest or scale (extensions of Token-2022) does not change how its amounts are written out.
//! - The faucet gives whatever it has, to anybody, and validators' keys are told to whoever asks: never put money or
//!   secrets of yours into one.
//!
//! [`Bank`]: solana_runtime::bank::Bank

mod chain;
mod config;
mod epochs;
mod genesis;
mod history;
mod localnet;
mod rpc;
mod script;
mod seed;
mod sets;
mod tx;
mod validator;
mod views;
mod voting;

pub use {
    chain::Reward,
    config::{
        InflationPolicy, LAMPORTS_PER_SOL, LocalnetConfig, LocalnetError, MAINNET_LAMPORTS_PER_BYTE, Program,
    },
    epochs::EpochReport,
    localnet::Localnet,
    rpc::RpcServer,
    script::{Event, ValidatorScript, VoteStateVersion},
    sets::{CSV_HEADER, CsvError, Select, parse_csv, synthetic_validators, validators_from_csv},
    tx::{ReturnData, Simulation, TxError, TxOutcome, TxRequest, TxResult},
    validator::{Status, Validator},
};

/// A server may hold a localnet behind a lock.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<Localnet>();
};

/// The types of the Solana crates that this API speaks, so that callers use the same versions.
pub use {
    solana_account::Account,
    solana_address::Address,
    solana_clock::Clock,
    solana_hash::Hash,
    solana_inflation::Inflation,
    solana_instruction::{AccountMeta, Instruction},
    solana_keypair::Keypair,
    solana_message::{AddressLookupTableAccount, inner_instruction::InnerInstructionsList},
    solana_rent::Rent,
    solana_reward_info::RewardType,
    solana_signature::Signature,
    solana_signer::Signer,
    solana_stake_interface as stake, solana_system_interface as system,
    solana_transaction::{Transaction, versioned::VersionedTransaction},
    solana_transaction_error::TransactionError,
    solana_vote_interface as vote,
};
