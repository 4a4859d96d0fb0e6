//! Which cluster and whose key: what a command was told, else what the Solana CLI is set to, else this machine's.

use std::path::{Path, PathBuf};

use solana_cli_config::Config;
use solana_commitment_config::{CommitmentConfig, CommitmentLevel};

use crate::rpc::{Rpc, RpcError};

/// What a server on this machine listens to.
const LOCAL: &str = "http://127.0.0.1:8899";
/// Where keys and settings of the Solana CLI are, from the home directory on.
const SETTINGS: &str = ".config/solana/cli/config.yml";
const KEY: &str = ".config/solana/id.json";

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("cannot read the settings of the Solana CLI in {}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: std::io::Error },
    #[error("the settings in {} name the commitment {text:?}: it is processed, confirmed or finalized", path.display())]
    Commitment { path: PathBuf, text: String },
}

/// Where to read and write, and with which key.
#[derive(Clone, Debug)]
pub struct Settings {
    /// URL or moniker of an RPC server.
    pub url: String,
    /// Keypair file of whoever acts and pays.
    pub keypair: PathBuf,
    pub commitment: CommitmentConfig,
}

impl Settings {
    /// `config` names the file of the Solana CLI's settings; without it the usual one is read, if there is one. What is
    /// given goes before what the file says.
    pub fn load(
        config: Option<&Path>,
        url: Option<&str>,
        keypair: Option<&Path>,
        commitment: Option<CommitmentLevel>,
    ) -> Result<Self, SettingsError> {
        let home = std::env::home_dir().unwrap_or_default();
        let usual = home.join(SETTINGS);
        let path = config.map(Path::to_owned).or_else(|| usual.exists().then_some(usual));
        let file = path.as_deref().map(read).transpose()?;
        let stated = |pick: fn(&Config) -> &String| file.as_ref().map(pick).filter(|text| !text.is_empty());
        let commitment = match (commitment, stated(|file| &file.commitment), &path) {
            (Some(level), ..) => level,
            (None, Some(text), Some(path)) => text
                .parse()
                .map_err(|_| SettingsError::Commitment { path: path.clone(), text: text.clone() })?,
            _ => CommitmentLevel::Confirmed,
        };
        Ok(Self {
            url: url.or(stated(|file| &file.json_rpc_url).map(String::as_str)).unwrap_or(LOCAL).to_owned(),
            keypair: keypair
                .map(Path::to_owned)
                .or_else(|| stated(|file| &file.keypair_path).map(PathBuf::from))
                .unwrap_or_else(|| home.join(KEY)),
            commitment: CommitmentConfig { commitment },
        })
    }

    /// The server. Sends nothing yet.
    pub fn rpc(&self) -> Result<Rpc, RpcError> {
        Rpc::new(&self.url, self.commitment)
    }
}

fn read(path: &Path) -> Result<Config, SettingsError> {
    Config::load(&path.to_string_lossy())
        .map_err(|reason| SettingsError::Unreadable { path: path.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<Settings, SettingsError> {
        let path =
            std::env::temp_dir().join(format!("sluice-settings-{}-{}.yml", std::process::id(), text.len()));
        std::fs::write(&path, text).unwrap();
        let loaded = Settings::load(Some(&path), None, None, None);
        std::fs::remove_file(path).unwrap();
        loaded
    }

    const FILE: &str = "---\njson_rpc_url: https://api.devnet.solana.com\nwebsocket_url: ''\n\
        keypair_path: /home/a/id.json\naddress_labels:\n  '11111111111111111111111111111111': System Program\n";

    #[test]
    fn the_solana_clis_settings_are_read_as_it_writes_them() {
        let read = settings(&format!("{FILE}commitment: finalized\n")).unwrap();
        assert_eq!(read.url, "https://api.devnet.solana.com");
        assert_eq!(read.keypair, Path::new("/home/a/id.json"));
        assert_eq!(read.commitment.commitment, CommitmentLevel::Finalized);
        // Files written before there were commitments lack the line.
        assert_eq!(settings(FILE).unwrap().commitment.commitment, CommitmentLevel::Confirmed);
    }

    #[test]
    fn what_is_told_goes_before_the_file() {
        let none = Settings::load(
            Some(Path::new("/nonexistent")),
            Some("devnet"),
            Some(Path::new("/k.json")),
            Some(CommitmentLevel::Processed),
        );
        assert!(matches!(none, Err(SettingsError::Unreadable { .. })), "a file that was named must be there");
    }

    #[test]
    fn a_commitment_that_is_none_is_named() {
        let error = settings(&format!("{FILE}commitment: soon\n")).unwrap_err().to_string();
        assert!(error.contains("\"soon\"") && error.contains("finalized"), "{error}");
    }
}
