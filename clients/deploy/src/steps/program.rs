//! A program under the upgradeable loader: found with the very bytes of the file, or to be written into a buffer and
//! deployed from it, or, if that was asked for, upgraded. What somebody else may change is never touched.

use sluice_client::Account;
use sluice_client::accounts::ReadError;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_loader_v3_interface::get_program_data_address;
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use solana_sdk_ids::bpf_loader_upgradeable;
use solana_signer::Signer;
use std::sync::Arc;

use super::{Comparison, Found};
use crate::addresses::Addresses;
use crate::chain::Context;
use crate::error::Error;
use crate::keys::{derived, development};

/// A program's bytes on their way.
pub struct Upload {
    pub what: String,
    pub program: Address,
    /// Of a program that is not there yet.
    pub key: Option<Arc<Keypair>>,
    pub bytes: Vec<u8>,
    pub max_length: usize,
    /// Who may upgrade it in the end; `None`: nobody.
    pub authority: Option<Address>,
    /// What is there: its authority's key, and how many bytes it has room for.
    pub there: Option<(Arc<Keypair>, usize)>,
    /// Collects the bytes; the same for the same wallet, program and file.
    pub buffer: Keypair,
    /// What stays on the cluster as rent, in lamports; what the buffer borrows beside it.
    pub rent: u64,
    pub borrows: u64,
}

pub async fn find(context: &Context, at: &Addresses, index: usize) -> Result<Found, Error> {
    let (program, wanted) = (at.programs[index].address, &context.config.programs[index]);
    let what = format!("program {}", wanted.name);
    let refused = |reason: String| Error::Refused { what: what.clone(), reason };
    let bytes = std::fs::read(&wanted.file)
        .map_err(|reason| Error::Unreadable { path: wanted.file.clone(), reason })?;
    if !bytes.starts_with(b"\x7fELF") {
        return Err(refused(format!("{} is no shared object", wanted.file.display())));
    }
    let max_length = wanted.max_length.unwrap_or(bytes.len());
    if max_length < bytes.len() {
        return Err(refused(format!("max_length is {max_length}, and the file has {} bytes", bytes.len())));
    }
    let authority = authority(context, wanted.authority.as_deref())?;
    let buffer = buffer_key(context.keys.wallet(), &program, &bytes);
    let deployed = match context.rpc.account(&program).await? {
        // Lamports that somebody sent there are no program.
        Some(account) if account.executable || !account.data.is_empty() => {
            Some(data_of(context, &what, &program, &account).await?)
        }
        _ => None,
    };
    let compared = Comparison::of(format!("{what} {program}"));
    let there = match &deployed {
        None => None,
        Some(there) if there.holds(&bytes) => return same_authority(compared, there, authority),
        Some(there) => {
            let key = upgrader(context, &compared, there, &bytes)?;
            same_authority(compared, there, authority)?;
            Some((key, there.bytes.len()))
        }
    };
    let key = match there {
        Some(_) => None,
        None => Some(program_key(context, &what, &program, wanted)?),
    };
    let buffer_rent = context.rent(State::size_of_buffer(bytes.len())).await?;
    let rent = match &there {
        None => {
            let data = context.rent(State::size_of_programdata(max_length)).await?;
            data.saturating_add(context.rent(State::size_of_program()).await?)
        }
        // More room is paid for; what there is stays.
        Some((_, room)) => {
            let more = context.rent(State::size_of_programdata(max_length.max(*room))).await?;
            more.saturating_sub(context.rent(State::size_of_programdata(*room)).await?)
        }
    };
    Ok(Found::Upload(Box::new(Upload {
        what,
        program,
        key,
        bytes,
        max_length,
        authority: authority.unwrap_or(Some(context.payer())),
        there,
        buffer,
        rent,
        borrows: buffer_rent,
    })))
}

/// What the file says of the authority; `Some(None)`: nobody.
fn authority(context: &Context, name: Option<&str>) -> Result<Option<Option<Address>>, Error> {
    match name {
        None => Ok(None),
        Some("none") => Ok(Some(None)),
        Some(name) => Ok(Some(Some(context.keys.address(name)?))),
    }
}

/// Compares the authority, if the file names one.
fn same_authority(
    mut compared: Comparison,
    there: &Deployed,
    wanted: Option<Option<Address>>,
) -> Result<Found, Error> {
    if let Some(wanted) = wanted {
        let name =
            |address: Option<Address>| address.map_or("none".to_owned(), |address| address.to_string());
        compared.field("upgrade authority", name(there.authority), name(wanted));
    }
    compared.done()
}

/// The key that replaces the bytes there by the file's, where that was asked for.
fn upgrader(
    context: &Context,
    compared: &Comparison,
    there: &Deployed,
    file: &[u8],
) -> Result<Arc<Keypair>, Error> {
    let hashes =
        format!("its bytes have the hash {} there and {} in the file", hash(there.program()), hash(file));
    let Some(holder) = there.authority else {
        let next = "nobody may upgrade it any more: name the file it was deployed from";
        return Err(compared.differs(format!("{hashes}, and {next}")));
    };
    if !context.options.upgrade {
        return Err(compared.differs(format!("{hashes} (--upgrade replaces them)")));
    }
    context.keys.of(&holder).ok_or_else(|| {
        compared.differs(format!(
            "{hashes}, and {holder} alone may upgrade it: name its keypair file as the authority"
        ))
    })
}

fn program_key(
    context: &Context,
    what: &str,
    program: &Address,
    wanted: &crate::config::Program,
) -> Result<Arc<Keypair>, Error> {
    let refused = |reason: String| Error::Refused { what: what.to_owned(), reason };
    let key = match wanted.key.as_deref() {
        Some("development") if !context.options.is_local => {
            return Err(refused("everybody knows its development key, which is for local clusters: build it with an address of yours".into()));
        }
        Some("development") => Arc::new(development(&wanted.name)),
        name => {
            let name = name.map_or_else(|| format!("{}.json", wanted.name), str::to_owned);
            let nothing = || {
                refused(format!("{name} is an address, and a program that is not there needs its keypair"))
            };
            context.keys.party(&name)?.key.ok_or_else(nothing)?
        }
    };
    if key.pubkey() == *program {
        return Ok(key);
    }
    // Of all programs at once, so that whoever has new keys sees every address to be built with.
    Err(Comparison::of(what).differs(if context.keys.is_invented(&key.pubkey()) {
        format!(
            "its key is yet to be made, and it was built for {program}: make it without --dry-run, then build it with `declare_id!` of it"
        )
    } else {
        format!(
            "its key is that of {}, and it was built for {program}: build it with `declare_id!` of your key",
            key.pubkey()
        )
    }))
}

/// What the loader keeps of a program.
pub struct Deployed {
    pub authority: Option<Address>,
    /// All there is room for.
    pub bytes: Vec<u8>,
}

impl Deployed {
    /// Whether it is that file, behind which there may be room.
    pub fn holds(&self, file: &[u8]) -> bool {
        self.bytes.starts_with(file) && self.bytes[file.len()..].iter().all(|byte| *byte == 0)
    }

    /// The bytes without the room behind them.
    fn program(&self) -> &[u8] {
        let end = self.bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        &self.bytes[..end]
    }
}

/// The program's data account.
pub async fn data_of(
    context: &Context,
    what: &str,
    program: &Address,
    account: &Account,
) -> Result<Deployed, Error> {
    let refused = |reason: String| Error::Refused { what: what.to_owned(), reason };
    if account.owner != bpf_loader_upgradeable::ID {
        return Err(refused(format!(
            "{program} belongs to {}, not to the upgradeable loader",
            account.owner
        )));
    }
    let address = get_program_data_address(program);
    let data = context.rpc.account(&address).await?;
    let data =
        data.ok_or_else(|| refused(format!("{program} was closed: its address cannot be used again")))?;
    let unreadable = || ReadError::Unreadable { address, reason: "no data of a program".into() };
    let start = State::size_of_programdata_metadata();
    let (tag, bytes) = data.data.split_at_checked(start).ok_or_else(unreadable)?;
    // Tag, slot, whether there is an authority, and which.
    if tag[..4] != [3, 0, 0, 0] {
        return Err(unreadable().into());
    }
    let authority = (tag[12] == 1).then(|| Address::try_from(&tag[13..45]).ok()).flatten();
    Ok(Deployed { authority, bytes: bytes.to_vec() })
}

/// The same for the same wallet, program and file: a run that was stopped finds its buffer again.
fn buffer_key(wallet: &Keypair, program: &Address, bytes: &[u8]) -> Keypair {
    let text = [b"sluice deploy: buffer of ".as_slice(), program.as_ref(), hash(bytes).as_bytes()].concat();
    derived(wallet, &text)
}

fn hash(bytes: &[u8]) -> String {
    solana_sha256_hasher::hash(bytes).to_string()
}
