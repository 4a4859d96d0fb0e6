//! What the commands of those who hold an LST start from: a wallet, the pool as it stands, and the wallet's LST.

use std::path::PathBuf;

use clap::Args;
use sluice_client::keys;
use sluice_client::pace::Pace;
use sluice_client::pool::PoolView;
use sluice_client::tokens::{TokenAccount, find_associated};
use sluice_sdk::staking_pool::types::FeeEntry;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::act::{Acting, Rows, Wallet};
use crate::amount::{DECIMALS, exact};
use crate::cluster::{PoolChoice, address};
use crate::error::Error;
use crate::numbers::about;
use crate::output::Format;
use crate::purse::Purse;

/// What "all" leaves in the wallet for fees of later transactions, in lamports.
pub const KEEP: u64 = 10_000_000;
/// One LST, in base units.
const ONE: u64 = 1_000_000_000;

/// A wallet before a pool.
pub struct Holder {
    pub wallet: Wallet,
    pub view: PoolView,
    pub lst: Purse,
}

impl Holder {
    pub async fn open(acting: &Acting, pool: &PoolChoice, format: Format) -> Result<Self, Error> {
        let wallet = acting.open(format)?;
        let view = PoolView::read(&wallet.rpc, &pool.id()).await?;
        let (mint, program) = (view.pool.lst_mint, view.pool.token_program);
        let lst = Purse::read(&wallet.rpc, &wallet.address(), &mint, &program, "LST").await?;
        Ok(Self { wallet, view, lst })
    }

    /// What one LST is worth now.
    pub fn rate(&self) -> (String, String) {
        ("Rate".into(), format!("1 LST = {}", sol(self.view.worth(ONE))))
    }
}

/// `1.25 SOL`, exactly.
pub fn sol(lamports: u64) -> String {
    exact(lamports, DECIMALS) + " SOL"
}

/// `1.25 LST`, exactly.
pub fn lst(shares: u64) -> String {
    exact(shares, DECIMALS) + " LST"
}

/// When an epoch begins: `epoch 812, in about 1 day`.
pub fn when(pace: &Pace, epoch: u64) -> String {
    match pace.until(epoch).as_secs() {
        0 => format!("epoch {epoch}, which has begun"),
        seconds => format!("epoch {epoch}, in about {}", about(seconds)),
    }
}

/// Makes an account of a program, with its rent.
pub fn create(payer: &Address, account: &Address, rent: u64, space: usize, owner: &Address) -> Instruction {
    // No account is longer than 10 MiB.
    let space = u64::try_from(space).unwrap_or(u64::MAX);
    solana_system_interface::instruction::create_account(payer, account, rent, space, owner)
}

/// What arrives, and what does so at least.
pub fn receive(out: String, least: String) -> (String, String) {
    ("You receive".into(), format!("{out}, at least {least}"))
}

/// Who brought a depositor.
#[derive(Args, Clone)]
pub struct Referral {
    /// Wallet or LST account of who brought you; it gets a part of the deposit fee, if the pool takes one
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    referrer: Option<Address>,
}

/// Who signs a deposit beside the depositor.
#[derive(Args, Clone)]
pub struct Cosigning {
    /// Keypair file of the pool's deposit authority, where the pool has one
    #[arg(long, value_name = "FILE")]
    deposit_authority: Option<PathBuf>,
}

/// Why a deposit cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum IntroductionError {
    #[error("{referrer} has no account for this LST, nor is it one: the referrer has to make one first")]
    Referrer { referrer: Address },
    #[error(
        "this pool takes deposits only with the signature of {authority}: add its keypair by --deposit-authority"
    )]
    CosignerMissing { authority: Address },
    #[error("{} is the keypair of {given}, and this pool's deposit authority is {authority}", path.display())]
    WrongCosigner { path: PathBuf, given: Address, authority: Address },
}

impl Referral {
    /// The referrer's token account.
    pub async fn account(&self, holder: &Holder) -> Result<Option<Address>, Error> {
        let Some(referrer) = self.referrer else { return Ok(None) };
        let (mint, program) = (holder.lst.mint, holder.lst.token_program);
        let both = [referrer, find_associated(&referrer, &mint, &program)];
        let (_, found) = holder.wallet.rpc.accounts(&both).await?;
        let usable = both.iter().zip(found).find(|(address, account)| {
            let token = account.as_ref().and_then(|account| TokenAccount::decode(address, account));
            token.is_some_and(|token| token.mint == mint)
        });
        let (account, _) = usable.ok_or(IntroductionError::Referrer { referrer })?;
        Ok(Some(*account))
    }
}

impl Cosigning {
    /// The key that signs beside the wallet, where one must.
    pub fn key(&self, holder: &Holder) -> Result<Option<Keypair>, Error> {
        let authority = holder.view.pool.deposit_authority;
        if authority == Address::default() || authority == holder.wallet.address() {
            return Ok(None);
        }
        let path = self.deposit_authority.clone().ok_or(IntroductionError::CosignerMissing { authority })?;
        let key = keys::read(&path)?;
        if key.pubkey() != authority {
            return Err(IntroductionError::WrongCosigner { path, given: key.pubkey(), authority }.into());
        }
        Ok(Some(key))
    }
}

/// What a deposit cost, and to whom it went.
pub fn fee(fee: &FeeEntry) -> Rows {
    let all = fee.referrer.saturating_add(fee.insurance).saturating_add(fee.treasury);
    let mut rows = vec![("Fee".to_owned(), lst(all))];
    if fee.referrer > 0 {
        rows.push(("Of it".into(), format!("{} to who brought you", lst(fee.referrer))));
    }
    rows
}
