//! Why a restaking or administration command is not carried out, before anything is sent.

use std::path::PathBuf;

use solana_address::Address;

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("only the {role} ({holder}) may do this; this key is {key}: name the right one by --keypair")]
    NotYours { role: &'static str, holder: Address, key: Address },
    #[error("only {either} may do this; this key is {key}: name the right one by --keypair")]
    NeitherYours { either: String, key: Address },
    #[error("nobody was proposed as admin: the admin ({admin}) has to run propose-admin first")]
    NobodyProposed { admin: Address },
    #[error("the vault {vault} has no junior shares: leave --junior out")]
    NoJunior { vault: Address },
    #[error(
        "the vault {vault} holds another token than a staking pool's LST: use `vault deposit`, or another vault"
    )]
    NotAnLstVault { vault: Address },
    #[error("{ticket} is a ticket of the vault {vault}: name that one by --vault")]
    OtherVault { ticket: Address, vault: Address },
    #[error("the ticket can be claimed from epoch {from} on, and this is epoch {now}{why}")]
    NotDue { from: u64, now: u64, why: &'static str },
    #[error("vault, operator and service have no agreement yet: the first of them has to opt in")]
    NoAgreement,
    #[error("this key is {what} already: {address}")]
    Registered { what: &'static str, address: Address },
    #[error("not all of vault, operator and service have opted in: only {by} so far")]
    NotAgreed { by: String },
    #[error("this party has not opted in: there is nothing to end")]
    NotIn,
    #[error("nothing of this agreement is cooling down: deallocate or opt out first")]
    NothingCooling,
    #[error("there is no pause to end: deposits and instant exits go on")]
    NotPaused,
    #[error("what is cooling down can be released from epoch {from} on, and this is epoch {now}")]
    StillCooling { from: u64, now: u64 },
    #[error("{asked} were asked for, and {most} can be {what}")]
    TooMuch { asked: String, most: String, what: &'static str },
    #[error(
        "the pool {pool} has not been updated in this epoch, which a shielded vault needs: run `sluice crank --once`"
    )]
    PoolStale { pool: Address },
    #[error("the agreement is under a request already: {request}")]
    RequestOpen { request: Address },
    #[error("the next request of this agreement may be opened from epoch {from} on, and this is epoch {now}")]
    RequestTooSoon { from: u64, now: u64 },
    #[error(
        "the veto window is over since epoch {since}, and this is epoch {now}: the slash can be executed by anyone"
    )]
    VetoOver { since: u64, now: u64 },
    #[error(
        "the slash can be executed from epoch {from} on, when the veto window is over, and this is epoch {now}"
    )]
    VetoOpen { from: u64, now: u64 },
    #[error("the request has expired in epoch {since}, and this is epoch {now}: it can only be closed")]
    Expired { since: u64, now: u64 },
    #[error("the request expires in epoch {at}, and this is epoch {now}: only then can it be closed")]
    NotExpired { at: u64, now: u64 },
    #[error("the distribution has expired in epoch {since}, and this is epoch {now}")]
    DistributionExpired { since: u64, now: u64 },
    #[error(
        "the distribution expires in epoch {at}, and this is epoch {now}: only then does the rest go back"
    )]
    DistributionRuns { at: u64, now: u64 },
    #[error("{} has nothing for {owner}", path.display())]
    NotInFile { path: PathBuf, owner: Address },
    #[error("what {} says for {owner} does not lead to the distribution's root on chain: ask for the right file", path.display())]
    WrongProof { path: PathBuf, owner: Address },
    #[error("{owner} has claimed this already")]
    AlreadyClaimed { owner: Address },
    #[error("{}, line {line}: {reason}", path.display())]
    BadLine { path: PathBuf, line: u64, reason: String },
    #[error("{} says nothing", path.display())]
    Empty { path: PathBuf },
    #[error("{} names {count} recipients, and a distribution has room for {most}: make several", path.display())]
    TooManyRecipients { path: PathBuf, count: usize, most: usize },
    #[error("{} is there already: name another file, nothing is overwritten", path.display())]
    FileExists { path: PathBuf },
    #[error("{address} is no {what}: {reason}")]
    NotThat { address: Address, what: &'static str, reason: String },
    #[error("the validator {vote} is not in the pool's list")]
    NotInPool { vote: Address },
    #[error(
        "{held} of the pool are with the validator {vote}: decrease it to nothing, and wait for the update that collects it"
    )]
    HoldsStake { vote: Address, held: String },
    #[error("the validator {vote} is retired already")]
    Retired { vote: Address },
    #[error("the validator {vote} is in the pool's list already")]
    InPool { vote: Address },
    #[error("the validator {vote} is no candidate of this selection")]
    NoCandidate { vote: Address },
    #[error("nobody groups validators: the admin ({admin}) names who does by set-oracle")]
    NoOracle { admin: Address },
    #[error("an allocation is under way in this epoch: finish it by `sluice crank --once`, then try again")]
    AllocationRunning,
    #[error("nothing changes: {what} is so already")]
    NoChange { what: &'static str },
    #[error(
        "a pause ended too recently: the pauser may pause again from epoch {from} on, and this is epoch {now}; the admin ({admin}) may at any time"
    )]
    PauseTooSoon { from: u64, now: u64, admin: Address },
    #[error("the validator {vote} cannot be removed: {reason}")]
    NotRemovable { vote: Address, reason: &'static str },
}
