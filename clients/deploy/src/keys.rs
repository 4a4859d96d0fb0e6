//! Who is meant by a name in the file, and the keys of those who sign. Key files are made only when that was asked for,
//! readable by their owner alone, and never written over.

use std::collections::{BTreeMap, HashMap};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use sluice_client::keys;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::error::Error;

/// What is done about keypair files that are not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingKeys {
    /// The deployment is refused.
    Refuse,
    /// They are made in the folder.
    Make,
    /// Keys that are forgotten stand in for them, so that there is a plan to look at. It cannot be run.
    Invent,
}

/// Keys by name: the wallet's, the admin's, and those in a folder.
pub struct Keys {
    wallet: Arc<Keypair>,
    admin: Arc<Keypair>,
    purse: Arc<Keypair>,
    folder: Option<PathBuf>,
    missing: MissingKeys,
    read: Mutex<HashMap<String, Arc<Keypair>>>,
    invented: Mutex<BTreeMap<PathBuf, Address>>,
}

/// An address in the file, and its key if that is here.
#[derive(Clone)]
pub struct Party {
    pub address: Address,
    pub key: Option<Arc<Keypair>>,
}

impl Party {
    fn of(key: Arc<Keypair>) -> Self {
        Self { address: key.pubkey(), key: Some(key) }
    }
}

impl Keys {
    /// `admin` is the file's; `folder` holds keypair files.
    pub fn new(
        wallet: Keypair,
        admin: &str,
        folder: Option<&Path>,
        missing: MissingKeys,
    ) -> Result<Self, Error> {
        let purse = Arc::new(derived(&wallet, b"sluice deploy: purse"));
        let wallet = Arc::new(wallet);
        let mut keys = Self {
            admin: wallet.clone(),
            purse,
            wallet,
            folder: folder.map(Path::to_owned),
            missing,
            read: Mutex::default(),
            invented: Mutex::default(),
        };
        keys.admin = match keys.party(admin)?.key {
            Some(key) => key,
            None => {
                let why = "an address, and the admin must sign: name a keypair file, and who it hands over to by `handover`";
                return Err(Error::NotAKey { name: admin.to_owned(), why });
            }
        };
        Ok(keys)
    }

    pub fn wallet(&self) -> &Arc<Keypair> {
        &self.wallet
    }

    pub fn admin(&self) -> &Arc<Keypair> {
        &self.admin
    }

    /// Lends its address to what the wallet pays.
    pub fn purse(&self) -> &Arc<Keypair> {
        &self.purse
    }

    /// `wallet`, `admin`, an address, or a keypair file.
    pub fn party(&self, name: &str) -> Result<Party, Error> {
        match name {
            "wallet" => Ok(Party::of(self.wallet.clone())),
            "admin" => Ok(Party::of(self.admin.clone())),
            _ => match name.parse() {
                Ok(address) => Ok(Party { address, key: None }),
                Err(_) => self.file(name).map(Party::of),
            },
        }
    }

    pub fn address(&self, name: &str) -> Result<Address, Error> {
        Ok(self.party(name)?.address)
    }

    /// The key of an address, if it is one that is here.
    pub fn of(&self, address: &Address) -> Option<Arc<Keypair>> {
        let known = [&self.wallet, &self.admin, &self.purse]
            .into_iter()
            .find(|key| key.pubkey() == *address)
            .cloned();
        let read = self.read.lock().ok()?;
        known.or_else(|| read.values().find(|key| key.pubkey() == *address).cloned())
    }

    fn file(&self, name: &str) -> Result<Arc<Keypair>, Error> {
        if let Some(key) = self.read.lock().ok().and_then(|read| read.get(name).cloned()) {
            return Ok(key);
        }
        let folder = self.folder.as_ref().ok_or(Error::NoKeys)?;
        let path = folder.join(name);
        let key = match self.missing {
            _ if path.exists() => keys::read(&path)?,
            MissingKeys::Refuse => return Err(Error::NoKey { path, folder: folder.clone() }),
            MissingKeys::Make => {
                make(&path)?;
                keys::read(&path)?
            }
            MissingKeys::Invent => {
                let key = Keypair::new();
                if let Ok(mut invented) = self.invented.lock() {
                    invented.insert(path, key.pubkey());
                }
                key
            }
        };
        let key = Arc::new(key);
        if let Ok(mut read) = self.read.lock() {
            read.insert(name.to_owned(), key.clone());
        }
        Ok(key)
    }

    /// Files that are not there and for which keys stand in.
    pub fn invented(&self) -> Vec<PathBuf> {
        self.invented.lock().map(|invented| invented.keys().cloned().collect()).unwrap_or_default()
    }

    /// Whether it is the address of a key that stands in.
    pub fn is_invented(&self, address: &Address) -> bool {
        self.invented.lock().is_ok_and(|invented| invented.values().any(|known| known == address))
    }

    /// Refuses where keys stand in: what was made with them would be nobody's.
    pub fn check_real(&self) -> Result<(), Error> {
        match (self.invented().into_iter().next(), &self.folder) {
            (Some(path), Some(folder)) => Err(Error::NoKey { path, folder: folder.clone() }),
            _ => Ok(()),
        }
    }
}

/// Writes a new key, as solana-keygen does, where nothing is yet.
fn make(path: &Path) -> Result<(), Error> {
    let unwritable = |reason| Error::Unwritable { path: path.to_owned(), reason };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            let bytes: Vec<_> = Keypair::new().to_bytes().iter().map(u8::to_string).collect();
            file.write_all(format!("[{}]", bytes.join(",")).as_bytes()).map_err(unwritable)
        }
        // Somebody else has just made it: that one counts.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unwritable(error)),
    }
}

/// A key that comes of the wallet's signature over a text: nobody else can make it, and it is the same every time, so no file
/// has to be kept for it.
pub fn derived(wallet: &Keypair, text: &[u8]) -> Keypair {
    let seed = solana_sha256_hasher::hash(wallet.sign_message(text).as_ref());
    Keypair::new_from_array(seed.to_bytes())
}

/// The key that everybody knows of a program's address in the sources: for clusters that are nobody's.
pub fn development(program: &str) -> Keypair {
    let seed = solana_sha256_hasher::hash(format!("sluice development key: {program}").as_bytes());
    Keypair::new_from_array(seed.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("sluice-deploy-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn a_key_is_made_once_and_only_where_that_was_asked_for() {
        let (folder, wallet) = (folder("keys"), Keypair::new());
        let reads = Keys::new(wallet.insecure_clone(), "wallet", Some(&folder), MissingKeys::Refuse).unwrap();
        assert!(matches!(reads.address("mint.json"), Err(Error::NoKey { .. })));
        let makes = Keys::new(wallet.insecure_clone(), "wallet", Some(&folder), MissingKeys::Make).unwrap();
        let made = makes.address("mint.json").unwrap();
        let again = Keys::new(wallet.insecure_clone(), "wallet", Some(&folder), MissingKeys::Make).unwrap();
        assert_eq!(again.address("mint.json").unwrap(), made);
        assert_eq!(reads.address("mint.json").unwrap(), made);
        assert_eq!(again.of(&made).unwrap().pubkey(), made);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.join("mint.json")).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "for the owner's eyes only");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_key_that_stands_in_for_a_missing_one_is_forgotten() {
        let (folder, wallet) = (folder("example"), Keypair::new());
        let make = |missing| Keys::new(wallet.insecure_clone(), "wallet", Some(&folder), missing).unwrap();
        let there = make(MissingKeys::Make).address("there.json").unwrap();
        let invents = make(MissingKeys::Invent);
        assert_eq!(invents.address("there.json").unwrap(), there);
        assert!(invents.check_real().is_ok());
        let stands_in = invents.address("mint.json").unwrap();
        assert_eq!(invents.address("mint.json").unwrap(), stands_in, "one key for all who name the file");
        assert_eq!(invents.invented(), [folder.join("mint.json")]);
        assert!(invents.is_invented(&stands_in) && !invents.is_invented(&there));
        assert!(matches!(invents.check_real(), Err(Error::NoKey { .. })));
        assert!(!folder.join("mint.json").exists());
        assert_ne!(make(MissingKeys::Invent).address("mint.json").unwrap(), stands_in);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_address_is_nobodys_key_and_no_admin() {
        let address = Keypair::new().pubkey().to_string();
        let keys = Keys::new(Keypair::new(), "wallet", None, MissingKeys::Refuse).unwrap();
        let party = keys.party(&address).unwrap();
        assert!(party.address.to_string() == address && party.key.is_none());
        assert!(matches!(keys.party("mint.json"), Err(Error::NoKeys)));
        assert!(matches!(
            Keys::new(Keypair::new(), &address, None, MissingKeys::Refuse),
            Err(Error::NotAKey { .. })
        ));
    }

    #[test]
    fn derived_keys_are_the_same_for_the_same_wallet_and_text_alone() {
        let wallet = Keypair::new();
        let derive = |wallet: &Keypair, text: &[u8]| derived(wallet, text).pubkey();
        assert_eq!(derive(&wallet, b"one"), derive(&wallet, b"one"));
        assert_ne!(derive(&wallet, b"one"), derive(&wallet, b"two"));
        assert_ne!(derive(&wallet, b"one"), derive(&Keypair::new(), b"one"));
    }

    #[test]
    fn development_keys_are_those_of_the_sources() {
        for program in sluice_sdk::PROGRAMS {
            assert_eq!(development(program.name).pubkey(), program.id);
        }
    }
}
