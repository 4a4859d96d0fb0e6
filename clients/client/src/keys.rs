//! Keys from keypair files, as solana-keygen writes them.

use std::path::{Path, PathBuf};

use solana_keypair::{Keypair, read_keypair, read_keypair_file};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "no keypair at {}: make one with `solana-keygen new`, or name another in its place (yours by --keypair)",
        path.display()
    )]
    Missing { path: PathBuf },
    #[error("{} is no keypair file, which is a JSON list of 64 bytes: {reason}", path.display())]
    Malformed { path: PathBuf, reason: String },
    #[error("{} names a hardware wallet: this program signs with keypair files only", path.display())]
    Hardware { path: PathBuf },
}

/// Reads a keypair file; `-` is standard input.
pub fn read(path: &Path) -> Result<Keypair, KeyError> {
    let malformed = |reason: Box<dyn std::error::Error>| KeyError::Malformed {
        path: path.to_owned(),
        reason: reason.to_string().lines().next().unwrap_or_default().to_owned(),
    };
    if path == Path::new("-") {
        return read_keypair(&mut std::io::stdin()).map_err(malformed);
    }
    if path.to_string_lossy().starts_with("usb://") {
        return Err(KeyError::Hardware { path: path.to_owned() });
    }
    if !path.exists() {
        return Err(KeyError::Missing { path: path.to_owned() });
    }
    read_keypair_file(path).map_err(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use solana_signer::Signer;

    #[test]
    fn a_keypair_file_is_read_and_what_is_none_is_named() {
        let path = std::env::temp_dir().join(format!("sluice-key-{}.json", std::process::id()));
        let key = Keypair::new();
        solana_keypair::write_keypair_file(&key, &path).unwrap();
        assert_eq!(read(&path).unwrap().pubkey(), key.pubkey());
        std::fs::write(&path, "[1, 2]").unwrap();
        assert!(matches!(read(&path), Err(KeyError::Malformed { .. })));
        std::fs::remove_file(&path).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains("solana-keygen new"), "{error}");
        assert!(matches!(read(Path::new("usb://ledger")), Err(KeyError::Hardware { .. })));
    }
}
