//! A Solana RPC server, as far as the commands need it: accounts, read together, by JSON-RPC over HTTP.
//!
//! Owns the connection, patience with a busy server, and plain words for what goes wrong. URLs may carry keys: what is
//! said of a server is its host alone.

use std::fmt;
use std::io::Read;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::blocking::{Client, Response};
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use solana_address::Address;

/// How often a request is sent again to a server that is busy, and the first pause, which doubles each time.
const RETRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(10);
const WHOLE_REQUEST: Duration = Duration::from_secs(60);
/// No answer is larger: a hundred times what the largest registry takes as base64 is nobody's.
const MAX_ANSWER: u64 = 256 << 20;

/// Why a server's answer is none.
#[derive(Debug, thiserror::Error)]
pub enum RpcError {
    #[error("{0:?} is no URL of an RPC server: it begins with http:// or https://, or is one of {MONIKERS}")]
    Url(String),
    #[error("no RPC server answers at {host}: {reason}")]
    Unreachable { host: Host, reason: String },
    #[error("{host} is busy (HTTP 429), after {RETRIES} more tries: wait, or use another --url")]
    Busy { host: Host },
    #[error("{host} answers with HTTP {status}")]
    Status { host: Host, status: StatusCode },
    #[error("{host} does not answer as an RPC server: {reason}")]
    Malformed { host: Host, reason: String },
    #[error("{host} refuses {method}: {message} ({code})")]
    Refused { host: Host, method: &'static str, message: String, code: i64 },
}

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

/// An account as the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub owner: Address,
    pub data: Vec<u8>,
}

pub struct Rpc {
    http: Client,
    url: Url,
    host: Host,
}

impl Rpc {
    /// A server by its URL or moniker. Sends nothing yet.
    pub fn new(text: &str) -> Result<Self, RpcError> {
        let refused = || RpcError::Url(text.to_owned());
        let url = Url::parse(url_of(text)).map_err(|_| refused())?;
        let name = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")).ok_or_else(refused)?;
        let host = Host(url.port().map_or(name.to_owned(), |port| format!("{name}:{port}")));
        let http = Client::builder().connect_timeout(CONNECT).timeout(WHOLE_REQUEST).build();
        let http =
            http.map_err(|error| RpcError::Unreachable { host: host.clone(), reason: root_cause(&error) })?;
        Ok(Self { http, url, host })
    }

    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Accounts as of one slot, which comes first; `None` for each that there is not.
    pub fn accounts(&self, addresses: &[Address]) -> Result<(u64, Vec<Option<Account>>), RpcError> {
        #[derive(Deserialize)]
        struct Answer {
            context: Context,
            value: Vec<Option<Encoded>>,
        }
        #[derive(Deserialize)]
        struct Context {
            slot: u64,
        }
        #[derive(Deserialize)]
        struct Encoded {
            owner: String,
            data: (String, String),
        }
        let names: Vec<_> = addresses.iter().map(Address::to_string).collect();
        let options = json!({ "encoding": "base64", "commitment": "confirmed" });
        let answer: Answer = self.call("getMultipleAccounts", json!([names, options]))?;
        if answer.value.len() != addresses.len() {
            return Err(self.malformed("not as many accounts as were asked for"));
        }
        let decode = |encoded: Encoded| {
            let owner = encoded.owner.parse().map_err(|_| self.malformed("an owner that is no address"))?;
            let data = STANDARD.decode(&encoded.data.0).map_err(|error| self.malformed(error))?;
            Ok(Account { owner, data })
        };
        let accounts: Result<_, RpcError> =
            answer.value.into_iter().map(|account| account.map(decode).transpose()).collect();
        Ok((answer.context.slot, accounts?))
    }

    fn call<T: DeserializeOwned>(&self, method: &'static str, params: Value) -> Result<T, RpcError> {
        #[derive(Deserialize)]
        struct Answer {
            error: Option<Refusal>,
            result: Option<Value>,
        }
        #[derive(Deserialize)]
        struct Refusal {
            code: i64,
            message: String,
        }
        let response =
            self.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))?;
        let status = response.status();
        let mut body = Vec::new();
        let read = response.take(MAX_ANSWER).read_to_end(&mut body);
        read.map_err(|error| RpcError::Unreachable { host: self.host.clone(), reason: root_cause(&error) })?;
        // A refusal may come with any status: what it says is worth more than that.
        match serde_json::from_slice::<Answer>(&body) {
            Ok(Answer { error: Some(Refusal { code, message }), .. }) => {
                Err(RpcError::Refused { host: self.host.clone(), method, message: one_line(&message), code })
            }
            _ if !status.is_success() => Err(RpcError::Status { host: self.host.clone(), status }),
            Ok(Answer { result: Some(result), .. }) => {
                serde_json::from_value(result).map_err(|error| self.malformed(error))
            }
            Ok(_) => Err(self.malformed("neither a result nor an error")),
            Err(error) => Err(self.malformed(error)),
        }
    }

    /// Sends a request, again after a pause while the server is busy.
    fn send(&self, request: &Value) -> Result<Response, RpcError> {
        let mut pause = FIRST_PAUSE;
        for retry in 0..=RETRIES {
            let response = self.http.post(self.url.clone()).json(request).send().map_err(|error| {
                RpcError::Unreachable { host: self.host.clone(), reason: root_cause(&error.without_url()) }
            })?;
            if response.status() != StatusCode::TOO_MANY_REQUESTS {
                return Ok(response);
            }
            if retry < RETRIES {
                std::thread::sleep(asked_pause(&response).unwrap_or(pause));
                pause *= 2;
            }
        }
        Err(RpcError::Busy { host: self.host.clone() })
    }

    fn malformed(&self, reason: impl fmt::Display) -> RpcError {
        RpcError::Malformed { host: self.host.clone(), reason: one_line(&reason.to_string()) }
    }
}

/// How long a busy server asks to wait.
fn asked_pause(response: &Response) -> Option<Duration> {
    let header = response.headers().get(reqwest::header::RETRY_AFTER)?;
    let seconds = header.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
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
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(Rpc::new(moniker).unwrap().host().to_string(), host);
        }
    }

    #[test]
    fn a_key_in_a_url_is_never_shown() {
        let rpc = Rpc::new("http://user:secret@127.0.0.1:1/v1/secret?api-key=secret").unwrap();
        let error = rpc.accounts(&[Address::default()]).unwrap_err().to_string();
        assert!(error.contains("127.0.0.1:1") && !error.contains("secret"), "{error}");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for text in ["", "mainnet", "ftp://host", "http://", "host:8899", "/tmp/socket"] {
            assert!(matches!(Rpc::new(text), Err(RpcError::Url(_))), "{text}");
        }
    }

    #[test]
    fn a_strangers_words_stay_on_one_line() {
        assert_eq!(one_line("a\nb\x1b[31mc"), "a b [31mc");
        assert_eq!(one_line(&"x".repeat(1_000)).len(), 300);
    }
}
