//! Which cluster a command talks to: what it was told, what the Solana CLI is set to, or the one on this machine.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::error::Error;
use crate::rpc::Rpc;

/// What the Solana CLI talks to on this machine.
const LOCAL: &str = "http://127.0.0.1:8899";

#[derive(Args)]
pub struct Cluster {
    /// URL of an RPC server, or localhost, devnet, testnet, mainnet-beta [default: as the Solana CLI is set, else the server on
    /// this machine]
    #[arg(short, long, value_name = "URL_OR_MONIKER")]
    url: Option<String>,
    /// Settings of the Solana CLI [default: ~/.config/solana/cli/config.yml, if there is one]
    #[arg(short = 'C', long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Cluster {
    pub fn rpc(&self) -> Result<Rpc, Error> {
        let url = match (&self.url, &self.config) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(path)) => {
                let unreadable = |reason| Error::Unreadable { path: path.clone(), reason };
                url_in(&std::fs::read_to_string(path).map_err(unreadable)?)
            }
            (None, None) => usual_settings().and_then(|path| url_in(&std::fs::read_to_string(path).ok()?)),
        };
        Ok(Rpc::new(url.as_deref().unwrap_or(LOCAL))?)
    }
}

fn usual_settings() -> Option<PathBuf> {
    std::env::home_dir().map(|home| home.join(Path::new(".config/solana/cli/config.yml")))
}

/// The RPC server that settings of the Solana CLI name: a flat YAML mapping, as that writes it.
fn url_in(settings: &str) -> Option<String> {
    let value = settings.lines().find_map(|line| line.strip_prefix("json_rpc_url:"))?.trim();
    let url = value.trim_matches(['"', '\'']);
    (!url.is_empty()).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solana_clis_settings_are_read_as_it_writes_them() {
        let settings = "---\njson_rpc_url: https://api.devnet.solana.com\nwebsocket_url: ''\n\
            keypair_path: /home/a/id.json\naddress_labels:\n  '11111111111111111111111111111111': System Program\n\
            commitment: confirmed\n";
        assert_eq!(url_in(settings).as_deref(), Some("https://api.devnet.solana.com"));
        assert_eq!(
            url_in("json_rpc_url: \"http://localhost:8899\"\r\n").as_deref(),
            Some("http://localhost:8899")
        );
        assert_eq!(url_in("json_rpc_url: ''\n"), None);
        assert_eq!(url_in("websocket_url: ws://localhost\n"), None);
    }
}
