//! The file that says what a deployment is made of. Plain data, read from TOML; names no file and no key that it does not
//! need, and refuses names it does not know, so that a typing error is no setting.

mod read;

use std::path::PathBuf;

use serde::Deserialize;

use crate::units::{Decimal, Sol};

/// Which cluster the file is for. What the server is asked for its genesis decides whether it is that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClusterName {
    /// Any cluster that is none of the public ones.
    Localnet,
    Devnet,
    Testnet,
    Mainnet,
}

/// A deployment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub cluster: ClusterName,
    /// Where keypair files are, from this file on. `--keys` and `--make-keys` go before it.
    pub keys: Option<PathBuf>,
    /// Signs what only an admin may: `wallet`, or a keypair file.
    #[serde(default = "wallet")]
    pub admin: String,
    /// Is proposed as the admin of everything at the end, and accepts by itself.
    pub handover: Option<String>,
    #[serde(default)]
    pub programs: Vec<Program>,
    pub pool: Pool,
    pub selection: Option<Selection>,
    #[serde(default)]
    pub vaults: Vec<Vault>,
    #[serde(default)]
    pub operators: Vec<Operator>,
    #[serde(default)]
    pub services: Vec<Service>,
}

/// One of the three programs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// `staking_pool`, `validator_selection` or `restaking_vault`.
    pub name: String,
    /// The shared object, from this file on.
    pub file: PathBuf,
    /// Keypair file of the program's address, needed while it is not there; `development`: the key that everybody knows.
    pub key: Option<String>,
    /// Who may upgrade it: `wallet`, `admin`, a keypair file, an address, or `none`. Left out: the wallet, and of a program
    /// that is there anybody.
    pub authority: Option<String>,
    /// Bytes an upgrade may have; the file's length where it is left out.
    pub max_length: Option<usize>,
}

/// Which of the two token programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum TokenProgram {
    #[default]
    #[serde(rename = "spl-token")]
    SplToken,
    #[serde(rename = "token-2022")]
    Token2022,
}

/// What wallets show of a token.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    pub name: String,
    pub symbol: String,
    pub uri: String,
    /// May change it later.
    #[serde(default = "admin")]
    pub update_authority: String,
    /// Of an SPL Token mint: do without on a cluster that lacks the metadata program.
    #[serde(default)]
    pub optional: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Of the LST, and of the liquidity pool's token.
    #[serde(default)]
    pub token_program: TokenProgram,
    /// Token-2022 only: wallets show amounts that grow with the rate.
    #[serde(default)]
    pub scaled_ui: bool,
    /// Keypair file of the mint; its address is enough once it is there.
    #[serde(default = "lst_mint")]
    pub mint: String,
    /// The same of the list's account.
    #[serde(default = "validator_list")]
    pub validator_list: String,
    /// How many validators there is room for.
    pub validators: usize,
    /// The first deposit, which nobody can redeem.
    pub seed_sol: Sol,
    /// Whose associated token account receives the fees.
    #[serde(default = "admin")]
    pub treasury_owner: String,
    /// Who moves stake from the beginning: `selection`, or anybody.
    pub delegation_authority: Option<String>,
    pub metadata: Option<Metadata>,
    pub fees: Fees,
    pub limits: Limits,
    #[serde(default)]
    pub roles: Roles,
    pub liquidity: Option<Liquidity>,
}

/// In basis points.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fees {
    pub reward_bps: u16,
    pub deposit_bps: u16,
    pub instant_least_bps: u16,
    pub instant_most_bps: u16,
    pub liquidity_cut_bps: u16,
    pub insurance_bps: u16,
    pub referral_bps: u16,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub min_deposit_sol: Sol,
    /// Left out: no cap.
    pub tvl_cap_sol: Option<Sol>,
    pub sweep_threshold_sol: Sol,
    pub liquidity_target_sol: Sol,
    /// 10,000: no cap.
    pub movement_cap_bps: u16,
}

/// Who may do what beside the admin, which has a role that is left out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Roles {
    pub fee_authority: String,
    pub pauser: String,
    /// Left out: anyone may deposit.
    pub deposit_authority: Option<String>,
}

impl Default for Roles {
    fn default() -> Self {
        Self { fee_authority: admin(), pauser: admin(), deposit_authority: None }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Liquidity {
    #[serde(default = "lp_mint")]
    pub mint: String,
    /// What nobody can redeem.
    pub seed_sol: Sol,
    pub metadata: Option<Metadata>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    #[serde(default = "registry")]
    pub registry: String,
    #[serde(default = "ranking")]
    pub ranking: String,
    /// How many candidates there is room for.
    pub candidates: usize,
    /// Says which hosting provider and country a validator belongs to; left out: nobody.
    pub oracle: Option<String>,
    /// Where another key moves the pool's stake: the selection does after the notice.
    #[serde(default)]
    pub takes_over: bool,
    pub params: Params,
}

/// The bounds of a selection, as its program has them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    pub kappa_prior: u64,
    pub min_move_sol: Sol,
    pub grace_slots: u64,
    pub min_history: u64,
    pub delinquent_slots: u64,
    /// In LST.
    pub join_bond_lst: Sol,
    pub cap_bps: u16,
    pub reserve_bps: u16,
    pub max_moved_bps: u16,
    pub max_commission_bps: u16,
    pub aso_cap_bps: u16,
    pub country_cap_bps: u16,
    pub network_cap_bps: u16,
    pub directed_bps: u16,
    pub emergency_bps: u16,
    pub horizon_epochs: u16,
    pub move_cost_bps: u16,
    pub hysteresis_bps: u16,
    pub min_bond_bps: u16,
    pub bid_epochs: u16,
    pub notice_epochs: u16,
    pub performance_grace_bps: u16,
    pub untried_bps: u16,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vault {
    /// Names it here, and its keypair files.
    pub name: String,
    /// `lst`, `lp`, or the address of any other mint.
    pub collateral: String,
    #[serde(default)]
    pub token_program: TokenProgram,
    /// Keypair file of the shares' mint.
    pub mint: Option<String>,
    pub metadata: Option<Metadata>,
    #[serde(default = "admin")]
    pub delegation_admin: String,
    /// `none`: slashes cannot be vetoed.
    #[serde(default = "admin")]
    pub resolver: String,
    #[serde(default = "admin")]
    pub pauser: String,
    /// In whole tokens of the collateral; nobody can redeem it.
    pub seed: Decimal,
    pub min_deposit: Decimal,
    /// Left out: no cap.
    pub capacity: Option<Decimal>,
    pub stream_slots: u64,
    pub cooldown_epochs: u16,
    pub veto_epochs: u16,
    pub execution_epochs: u16,
    pub warmup_epochs: u16,
    pub deallocation_epochs: u16,
    pub slash_cap_bps: u16,
    #[serde(default)]
    pub leverage_bps: u16,
    #[serde(default)]
    pub shielded: bool,
    pub fee: Option<VaultFee>,
    pub junior: Option<Junior>,
}

impl Vault {
    /// Keypair file of the shares' mint.
    pub fn mint_key(&self) -> String {
        self.mint.clone().unwrap_or_else(|| format!("{}-vrt-mint.json", self.name))
    }
}

/// What a vault keeps of rewards.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultFee {
    pub bps: u16,
    /// Whose associated token account receives it.
    #[serde(default = "admin")]
    pub owner: String,
}

/// Shares that bear losses first.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Junior {
    pub mint: Option<String>,
    pub seed: Decimal,
    pub premium_bps: u16,
    pub metadata: Option<Metadata>,
}

impl Junior {
    /// Keypair file of the junior shares' mint.
    pub fn mint_key(&self, vault: &str) -> String {
        self.mint.clone().unwrap_or_else(|| format!("{vault}-junior-mint.json"))
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    pub name: String,
    /// Keypair file of its authority.
    pub key: Option<String>,
    #[serde(default)]
    pub fee_bps: u16,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub name: String,
    /// Keypair file of its authority.
    pub key: Option<String>,
}

fn wallet() -> String {
    "wallet".into()
}

fn admin() -> String {
    "admin".into()
}

fn lst_mint() -> String {
    "lst-mint.json".into()
}

fn lp_mint() -> String {
    "lp-mint.json".into()
}

fn validator_list() -> String {
    "validator-list.json".into()
}

fn registry() -> String {
    "registry.json".into()
}

fn ranking() -> String {
    "ranking.json".into()
}
