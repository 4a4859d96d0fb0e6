//! Every address of a deployment. All of them follow from the file and the keys, so they are known before anything is sent.

use serde::{Serialize, Serializer};
use sluice_sdk::pda::{restaking_vault as vault_pda, staking_pool as pool_pda};
use sluice_sdk::validator_selection::pdas::find_config;
use solana_address::Address;

use crate::chain::{Context, with_seed};
use crate::error::Error;
use crate::token::associated;

fn text<S: Serializer>(address: &Address, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(address)
}

fn maybe<S: Serializer>(address: &Option<Address>, serializer: S) -> Result<S::Ok, S::Error> {
    match address {
        Some(address) => serializer.collect_str(address),
        None => serializer.serialize_none(),
    }
}

/// What a deployment comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Addresses {
    pub cluster: &'static str,
    /// Hash of the cluster's first block.
    pub genesis: String,
    pub programs: Vec<Named>,
    pub pool: PoolAddresses,
    pub selection: Option<SelectionAddresses>,
    pub vaults: Vec<VaultAddresses>,
    pub operators: Vec<Named>,
    pub services: Vec<Named>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    pub name: String,
    #[serde(serialize_with = "text")]
    pub address: Address,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PoolAddresses {
    #[serde(serialize_with = "text")]
    pub pool: Address,
    #[serde(serialize_with = "text")]
    pub mint: Address,
    #[serde(serialize_with = "text")]
    pub token_program: Address,
    #[serde(serialize_with = "text")]
    pub reserve: Address,
    #[serde(serialize_with = "text")]
    pub rate_history: Address,
    #[serde(serialize_with = "text")]
    pub validator_list: Address,
    #[serde(serialize_with = "text")]
    pub escrow: Address,
    #[serde(serialize_with = "text")]
    pub treasury: Address,
    #[serde(serialize_with = "maybe")]
    pub lp_mint: Option<Address>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SelectionAddresses {
    #[serde(serialize_with = "text")]
    pub config: Address,
    #[serde(serialize_with = "text")]
    pub registry: Address,
    #[serde(serialize_with = "text")]
    pub ranking: Address,
    /// Bonds and directed LST.
    #[serde(serialize_with = "text")]
    pub vault: Address,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VaultAddresses {
    pub name: String,
    #[serde(serialize_with = "text")]
    pub vault: Address,
    #[serde(serialize_with = "text")]
    pub collateral_mint: Address,
    #[serde(serialize_with = "text")]
    pub collateral_token_program: Address,
    #[serde(serialize_with = "text")]
    pub collateral_account: Address,
    #[serde(serialize_with = "text")]
    pub vrt_mint: Address,
    #[serde(serialize_with = "text")]
    pub vrt_token_program: Address,
    #[serde(serialize_with = "text")]
    pub vrt_escrow: Address,
    #[serde(serialize_with = "maybe")]
    pub junior_mint: Option<Address>,
    #[serde(serialize_with = "maybe")]
    pub junior_escrow: Option<Address>,
    #[serde(serialize_with = "maybe")]
    pub fee_account: Option<Address>,
}

/// What is added to a mint's key, or a registry's, to make the address of a token account that must be plain.
pub const ESCROW_SEED: &str = "escrow";
pub const BONDS_SEED: &str = "bonds";

impl Addresses {
    /// Reads keys, and of mints that are nobody's of ours the token program.
    pub async fn resolve(context: &Context, genesis: String) -> Result<Self, Error> {
        let (config, keys) = (&context.config, &context.keys);
        let program = |named: &crate::config::Program| {
            let known = sluice_sdk::PROGRAMS.iter().find(|program| program.name == named.name);
            let address = known.map_or_else(Address::default, |program| program.id);
            Named { name: named.name.clone(), address }
        };
        let mint = keys.address(&config.pool.mint)?;
        let pool = pool_pda::find_pool(&mint).0;
        let token_program = config.pool.token_program.id();
        let treasury_owner = keys.address(&config.pool.treasury_owner)?;
        let lp_mint = config.pool.liquidity.as_ref().map(|liquidity| keys.address(&liquidity.mint));
        let pool = PoolAddresses {
            pool,
            mint,
            token_program,
            reserve: pool_pda::find_reserve(&pool).0,
            rate_history: pool_pda::find_rate_history(&pool).0,
            validator_list: keys.address(&config.pool.validator_list)?,
            escrow: with_seed(&mint, ESCROW_SEED, &token_program),
            treasury: associated(&treasury_owner, &mint, &token_program),
            lp_mint: lp_mint.transpose()?,
        };
        let selection = match &config.selection {
            None => None,
            Some(selection) => {
                let registry = keys.address(&selection.registry)?;
                Some(SelectionAddresses {
                    config: find_config(&pool.pool).0,
                    registry,
                    ranking: keys.address(&selection.ranking)?,
                    vault: with_seed(&registry, BONDS_SEED, &token_program),
                })
            }
        };
        let mut vaults = Vec::new();
        for vault in &config.vaults {
            vaults.push(resolve_vault(context, &pool, vault).await?);
        }
        let party = |name: &str, key: &Option<String>, kind: &str, find: fn(&Address) -> (Address, u8)| {
            let file = key.clone().unwrap_or_else(|| format!("{kind}-{name}.json"));
            let address = find(&keys.address(&file)?).0;
            Ok::<_, Error>(Named { name: name.to_owned(), address })
        };
        let operators = config.operators.iter();
        let services = config.services.iter();
        Ok(Self {
            cluster: config.cluster.name(),
            genesis,
            programs: config.programs.iter().map(program).collect(),
            pool,
            selection,
            vaults,
            operators: operators
                .map(|one| party(&one.name, &one.key, "operator", vault_pda::find_operator))
                .collect::<Result<_, _>>()?,
            services: services
                .map(|one| party(&one.name, &one.key, "service", vault_pda::find_service))
                .collect::<Result<_, _>>()?,
        })
    }
}

async fn resolve_vault(
    context: &Context,
    pool: &PoolAddresses,
    wanted: &crate::config::Vault,
) -> Result<VaultAddresses, Error> {
    let keys = &context.keys;
    let (collateral_mint, collateral_token_program) = match wanted.collateral.as_str() {
        "lst" => (pool.mint, pool.token_program),
        "lp" => (pool.lp_mint.unwrap_or_default(), pool.token_program),
        other => {
            let mint: Address = other.parse().map_err(|_| Error::NotAKey {
                name: other.to_owned(),
                why: "no collateral: it is lst, lp, or the address of a mint",
            })?;
            let account = context.rpc.account(&mint).await?;
            let refused = || Error::Refused {
                what: format!("vault {}", wanted.name),
                reason: format!("there is no mint at {mint}"),
            };
            (mint, account.ok_or_else(refused)?.owner)
        }
    };
    let vrt_mint = keys.address(&wanted.mint_key())?;
    let vault = vault_pda::find_vault(&vrt_mint).0;
    let vrt_token_program = wanted.token_program.id();
    let junior_mint =
        wanted.junior.as_ref().map(|junior| keys.address(&junior.mint_key(&wanted.name))).transpose()?;
    let fee_owner = wanted.fee.as_ref().map(|fee| keys.address(&fee.owner)).transpose()?;
    Ok(VaultAddresses {
        name: wanted.name.clone(),
        vault,
        collateral_mint,
        collateral_token_program,
        collateral_account: associated(&vault, &collateral_mint, &collateral_token_program),
        vrt_mint,
        vrt_token_program,
        vrt_escrow: associated(&vault, &vrt_mint, &vrt_token_program),
        junior_mint,
        junior_escrow: junior_mint.map(|mint| associated(&vault, &mint, &vrt_token_program)),
        fee_account: fee_owner.map(|owner| associated(&owner, &collateral_mint, &collateral_token_program)),
    })
}
