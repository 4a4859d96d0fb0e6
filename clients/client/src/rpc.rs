//! A Solana RPC server by the Solana client crates, with plain words for what goes wrong.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{StatusCode, Url};
use solana_account_decoder::{UiAccountEncoding, UiDataSliceConfig};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::{Error as ClientError, ErrorKind};
use solana_rpc_client_api::config::{RpcAccountInfoConfig, RpcProgramAccountsConfig};
use solana_rpc_client_api::filter::{Memcmp, RpcFilterType};
use solana_rpc_client_api::request::RpcError as ServerError;

/// The longest a request may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Accounts that one request may ask for: the servers' own limit.
pub const ACCOUNTS_PER_REQUEST: usize = 100;

/// Why a server's answer is none.
#[derive(Debug, thiserror::Error)]
pub enum RpcError {
    #[error("{0:?} is no URL of an RPC server: it begins with http:// or https://, or is one of {MONIKERS}")]
    Url(String),
    #[error("no RPC server answers at {host}: {reason}")]
    Unreachable { host: Host, reason: String },
    #[error("{host} is busy (HTTP 429), after several tries: wait, or use another --url")]
    Busy { host: Host },
    #[error("{host} answers with HTTP {status}")]
    Status { host: Host, status: StatusCode },
    #[error("{host} does not answer as an RPC server: {reason}")]
    Malformed { host: Host, reason: String },
    #[error("{host} refuses {method}: {message} ({code})")]
    Refused { host: Host, method: String, message: String, code: i64 },
}

impl RpcError {
    /// Whether asking the same again later may help: the server or the way to it failed, not the question.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Busy { .. } | Self::Malformed { .. } => true,
            Self::Status { status, .. } => status.is_server_error(),
            // Behind, unhealthy, no snapshot, internal.
            Self::Refused { code, .. } => matches!(code, -32016 | -32014 | -32005 | -32004 | -32603),
            Self::Url(_) => false,
        }
    }
}

/// Bytes that rent is due for beside an account's data, and lamports a byte, since genesis.
const ACCOUNT_OVERHEAD: u64 = 128;
const USUAL_RENT: u64 = 6_960;

/// Names for URLs, as the Solana CLI knows them.
const MONIKERS: &str = "localhost, devnet, testnet, mainnet-beta";

/// The URL that a moniker stands for, or the text itself.
fn url_of(text: &str) -> &str {
    match text {
        "m" | "mainnet-beta" => "https://api.mainnet-beta.solana.com",
        "t" | "testnet" => "https://api.testnet.solana.com",
        "d" | "devnet" => "https://api.devnet.solana.com",
        "l" | "localhost" => "http://localhost:8899",
        url => url,
    }
}

/// A server's host and port: all that is shown of its URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host(String);

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub use solana_account::Account;

/// An RPC server. Clones share the connection.
#[derive(Clone)]
pub struct Rpc {
    client: Arc<RpcClient>,
    commitment: CommitmentConfig,
    host: Host,
}

impl Rpc {
    /// A server by its URL or moniker. Sends nothing yet. The client waits and asks again while the server is busy.
    pub fn new(text: &str, commitment: CommitmentConfig) -> Result<Self, RpcError> {
        let refused = || RpcError::Url(text.to_owned());
        let url = Url::parse(url_of(text)).map_err(|_| refused())?;
        let name = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")).ok_or_else(refused)?;
        let host = Host(url.port().map_or(name.to_owned(), |port| format!("{name}:{port}")));
        let client = RpcClient::new_with_timeout_and_commitment(url.to_string(), TIMEOUT, commitment);
        Ok(Self { client: Arc::new(client), commitment, host })
    }

    pub fn host(&self) -> &Host {
        &self.host
    }

    pub fn commitment(&self) -> CommitmentConfig {
        self.commitment
    }

    /// The client itself, for what this type does not cover. [`Self::said`] puts its errors into words.
    pub fn client(&self) -> &RpcClient {
        &self.client
    }

    /// An answer of [`Self::client`] with its error in words.
    pub fn said<T>(&self, answer: Result<T, ClientError>) -> Result<T, RpcError> {
        answer.map_err(|error| self.in_words(error))
    }

    /// Accounts as of one slot where they are at most [`ACCOUNTS_PER_REQUEST`], else of several, of which the
    /// lowest comes first; `None` for each account that there is not.
    pub async fn accounts(&self, addresses: &[Address]) -> Result<(u64, Vec<Option<Account>>), RpcError> {
        let mut slot = u64::MAX;
        let mut accounts = Vec::with_capacity(addresses.len());
        for part in addresses.chunks(ACCOUNTS_PER_REQUEST) {
            let answer = self.client.get_multiple_accounts_with_commitment(part, self.commitment).await;
            let answer = self.said(answer)?;
            if answer.value.len() != part.len() {
                return Err(self.malformed("not as many accounts as were asked for"));
            }
            slot = slot.min(answer.context.slot);
            accounts.extend(answer.value);
        }
        Ok((slot, accounts))
    }

    pub async fn account(&self, address: &Address) -> Result<Option<Account>, RpcError> {
        Ok(self.accounts(std::slice::from_ref(address)).await?.1.pop().flatten())
    }

    /// Accounts of a program that have `bytes` at each offset, by address.
    pub async fn program_accounts(
        &self,
        program: &Address,
        bytes: &[(usize, &[u8])],
    ) -> Result<Vec<(Address, Account)>, RpcError> {
        self.program_accounts_with(program, bytes, None).await
    }

    /// Addresses alone of the accounts of a program that have `bytes` at each offset.
    pub async fn program_addresses(
        &self,
        program: &Address,
        bytes: &[(usize, &[u8])],
    ) -> Result<Vec<Address>, RpcError> {
        let nothing = UiDataSliceConfig { offset: 0, length: 0 };
        let found = self.program_accounts_with(program, bytes, Some(nothing)).await?;
        Ok(found.into_iter().map(|(address, _)| address).collect())
    }

    async fn program_accounts_with(
        &self,
        program: &Address,
        bytes: &[(usize, &[u8])],
        data_slice: Option<UiDataSliceConfig>,
    ) -> Result<Vec<(Address, Account)>, RpcError> {
        let equal = |(offset, bytes): &(usize, &[u8])| {
            RpcFilterType::Memcmp(Memcmp::new_base58_encoded(*offset, bytes))
        };
        let config = RpcProgramAccountsConfig {
            filters: Some(bytes.iter().map(equal).collect()),
            account_config: RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                data_slice,
                commitment: Some(self.commitment),
                min_context_slot: None,
            },
            ..RpcProgramAccountsConfig::default()
        };
        let found = self.said(self.client.get_program_ui_accounts_with_config(program, config).await)?;
        let mut accounts = Vec::with_capacity(found.len());
        for (address, account) in found {
            let account = account.to_account().ok_or_else(|| self.malformed("an account that is none"))?;
            accounts.push((address, account));
        }
        accounts.sort_unstable_by_key(|(address, _)| *address);
        Ok(accounts)
    }

    /// Lamports of an account; 0 if it does not exist.
    pub async fn balance(&self, address: &Address) -> Result<u64, RpcError> {
        Ok(self.said(self.client.get_balance_with_commitment(address, self.commitment).await)?.value)
    }

    /// A block hash to sign over, and the last block height at which it is good.
    pub async fn latest_blockhash(&self) -> Result<(Hash, u64), RpcError> {
        self.said(self.client.get_latest_blockhash_with_commitment(self.commitment).await)
    }

    /// The least lamports that exempt an account of so many bytes from rent. What a server says is paid into accounts that may
    /// never give it back: more than twice what every cluster has asked is not believed.
    pub async fn minimum_balance(&self, space: usize) -> Result<u64, RpcError> {
        let rent = self.said(self.client.get_minimum_balance_for_rent_exemption(space).await)?;
        let usual = (space as u64).saturating_add(ACCOUNT_OVERHEAD).saturating_mul(USUAL_RENT);
        if rent > usual.saturating_mul(2) {
            return Err(
                self.malformed(format!("a rent of {rent} lamports for {space} bytes: {usual} is usual"))
            );
        }
        Ok(rent)
    }

    /// All accounts in a map, for a reader that meets the same ones again.
    pub async fn account_map(&self, addresses: &[Address]) -> Result<HashMap<Address, Account>, RpcError> {
        let (_, accounts) = self.accounts(addresses).await?;
        let found = addresses.iter().zip(accounts);
        Ok(found.filter_map(|(address, account)| Some((*address, account?))).collect())
    }

    pub(crate) fn malformed(&self, reason: impl fmt::Display) -> RpcError {
        RpcError::Malformed { host: self.host.clone(), reason: one_line(&reason.to_string()) }
    }

    fn in_words(&self, error: ClientError) -> RpcError {
        let host = self.host.clone();
        let method = error.request().map(|request| request.to_string()).unwrap_or_default();
        match *error.kind {
            ErrorKind::RpcError(ServerError::RpcResponseError { code, message, .. }) => {
                RpcError::Refused { host, method, message: one_line(&message), code }
            }
            ErrorKind::Reqwest(error) => match error.status() {
                Some(StatusCode::TOO_MANY_REQUESTS) => RpcError::Busy { host },
                Some(status) => RpcError::Status { host, status },
                None if error.is_decode() => self.malformed(root_cause(&error.without_url())),
                None => RpcError::Unreachable { host, reason: root_cause(&error.without_url()) },
            },
            ErrorKind::Io(error) => RpcError::Unreachable { host, reason: one_line(&error.to_string()) },
            ErrorKind::RpcError(ServerError::RpcRequestError(reason)) => self.malformed(reason),
            other => self.malformed(other),
        }
    }
}

/// The innermost reason, which says most: "Connection refused" rather than "error sending request".
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    one_line(&cause.to_string())
}

/// A stranger's words on one line, without control characters.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rpc(text: &str) -> Result<Rpc, RpcError> {
        Rpc::new(text, CommitmentConfig::confirmed())
    }

    #[test]
    fn monikers_are_the_solana_clis() {
        for (moniker, host) in [
            ("localhost", "localhost:8899"),
            ("l", "localhost:8899"),
            ("devnet", "api.devnet.solana.com"),
            ("testnet", "api.testnet.solana.com"),
            ("mainnet-beta", "api.mainnet-beta.solana.com"),
            ("m", "api.mainnet-beta.solana.com"),
        ] {
            assert_eq!(rpc(moniker).unwrap().host().to_string(), host);
        }
    }

    #[tokio::test]
    async fn a_key_in_a_url_is_never_shown() {
        let rpc = rpc("http://user:secret@127.0.0.1:1/v1/secret?api-key=secret").unwrap();
        let error = rpc.accounts(&[Address::default()]).await.unwrap_err();
        assert!(error.is_passing());
        let error = error.to_string();
        assert!(error.contains("127.0.0.1:1") && !error.contains("secret"), "{error}");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for text in ["", "mainnet", "ftp://host", "http://", "host:8899", "/tmp/socket"] {
            assert!(matches!(rpc(text), Err(RpcError::Url(_))), "{text}");
        }
    }
}
