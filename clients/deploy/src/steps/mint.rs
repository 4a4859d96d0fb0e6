//! Mints: everything that wants the mint authority's signature is in the transaction that makes one, which ends with the
//! pool, or the vault, as the authority. Nobody can take that back.

use solana_address::Address;

use super::{Comparison, Found, Todo};
use crate::addresses::Addresses;
use crate::chain::{Context, Place};
use crate::config::{Metadata, TokenProgram};
use crate::error::Error;
use crate::token::{self, Mint, Text, metaplex};

/// A mint that should be.
struct Wanted<'a> {
    what: String,
    address: Address,
    program: TokenProgram,
    decimals: u8,
    /// Whose it is in the end.
    authority: Address,
    scaled_ui: bool,
    metadata: Option<&'a Metadata>,
}

pub async fn lst(context: &Context, at: &Addresses) -> Result<Found, Error> {
    let pool = &context.config.pool;
    find(
        context,
        Wanted {
            what: "LST mint".into(),
            address: at.pool.mint,
            program: pool.token_program,
            decimals: 9,
            authority: at.pool.pool,
            scaled_ui: pool.scaled_ui,
            metadata: pool.metadata.as_ref(),
        },
    )
    .await
}

pub async fn lp(context: &Context, at: &Addresses) -> Result<Found, Error> {
    let pool = &context.config.pool;
    find(
        context,
        Wanted {
            what: "LP mint".into(),
            address: at.pool.lp_mint.unwrap_or_default(),
            program: pool.token_program,
            decimals: 9,
            authority: at.pool.pool,
            scaled_ui: false,
            metadata: pool.liquidity.as_ref().and_then(|liquidity| liquidity.metadata.as_ref()),
        },
    )
    .await
}

pub async fn vrt(context: &Context, at: &Addresses, index: usize) -> Result<Found, Error> {
    let (vault, wanted) = (&at.vaults[index], &context.config.vaults[index]);
    find(
        context,
        Wanted {
            what: format!("VRT mint of {}", vault.name),
            address: vault.vrt_mint,
            program: wanted.token_program,
            decimals: super::vault::decimals(context, at, index).await?,
            authority: vault.vault,
            scaled_ui: false,
            metadata: wanted.metadata.as_ref(),
        },
    )
    .await
}

pub async fn junior(context: &Context, at: &Addresses, index: usize) -> Result<Found, Error> {
    let (vault, wanted) = (&at.vaults[index], &context.config.vaults[index]);
    find(
        context,
        Wanted {
            what: format!("junior mint of {}", vault.name),
            address: vault.junior_mint.unwrap_or_default(),
            program: wanted.token_program,
            decimals: super::vault::decimals(context, at, index).await?,
            authority: vault.vault,
            scaled_ui: false,
            metadata: wanted.junior.as_ref().and_then(|junior| junior.metadata.as_ref()),
        },
    )
    .await
}

async fn find(context: &Context, wanted: Wanted<'_>) -> Result<Found, Error> {
    let program = wanted.program.id();
    let metadata = wanted.text(context).await?;
    match context.rpc.account(&wanted.address).await? {
        Some(account) if account.owner == program => {
            let refused = || Error::Refused {
                what: wanted.what.clone(),
                reason: format!("{} is no mint", wanted.address),
            };
            let mint = Mint::read(&account.data).ok_or_else(refused)?;
            compare(context, &wanted, &mint, metadata.as_ref()).await
        }
        // Lamports that somebody sent there are no mint.
        Some(account) if !account.data.is_empty() => Err(Error::Differs {
            what: wanted.what,
            differences: vec![format!(
                "{} belongs to {} there and to {program} in the file",
                wanted.address, account.owner
            )],
        }),
        _ => make(context, &wanted, metadata.as_ref()).await.map(Found::Missing),
    }
}

async fn compare(
    context: &Context,
    wanted: &Wanted<'_>,
    mint: &Mint,
    metadata: Option<&Text>,
) -> Result<Found, Error> {
    let mut compared = Comparison::of(format!("{} {}", wanted.what, wanted.address));
    let name = |address: Option<Address>| address.map_or("nobody".to_owned(), |address| address.to_string());
    compared.field("decimals", mint.decimals, wanted.decimals);
    compared.field("mint authority", name(mint.authority), wanted.authority.to_string());
    compared.field("freeze authority", name(mint.freeze_authority), name(None));
    compared.field("scaled_ui", mint.scaled_by == Some(wanted.authority), wanted.scaled_ui);
    if let Some(text) = metadata {
        let there = match wanted.program {
            TokenProgram::Token2022 => mint.metadata.clone(),
            TokenProgram::SplToken => {
                let account = context.rpc.account(&metaplex::address(&wanted.address)).await?;
                account.and_then(|account| metaplex::read(&account.data))
            }
        };
        let shown = |text: Option<&Text>| {
            text.map_or("none".to_owned(), |text| format!("{:?} {:?} {}", text.name, text.symbol, text.uri))
        };
        compared.field("metadata", shown(there.as_ref()), shown(Some(text)));
    }
    compared.done()
}

async fn make(context: &Context, wanted: &Wanted<'_>, metadata: Option<&Text>) -> Result<Todo, Error> {
    let (mint, program, payer) = (wanted.address, wanted.program.id(), context.payer());
    let is_extended = wanted.program == TokenProgram::Token2022 && (metadata.is_some() || wanted.scaled_ui);
    // What the account is made with; the metadata's bytes are added when they are written.
    let mut space = if is_extended { token::EXTENDED } else { token::MINT };
    if is_extended && metadata.is_some() {
        space += token::HEADER + 64;
    }
    if wanted.scaled_ui {
        space += token::HEADER + 56;
    }
    let mut todo = Todo::default();
    todo.add(context.create(Place::Key(&mint), space, &program).await?);
    if let Some(text) = metadata.filter(|_| is_extended) {
        todo.instructions.push(token::metadata_pointer(&mint, &text.update_authority));
    }
    if wanted.scaled_ui {
        todo.instructions.push(token::scaled_ui(&mint, &wanted.authority));
    }
    todo.instructions.push(token::initialize_mint(&mint, &payer, wanted.decimals, &program));
    if let Some(text) = metadata {
        if is_extended {
            let more =
                context.rent(space + text.space_2022()).await?.saturating_sub(context.rent(space).await?);
            todo.add((vec![solana_system_interface::instruction::transfer(&payer, &mint, more)], more));
            todo.instructions.push(token::metadata_2022(&mint, &payer, text));
        } else {
            todo.instructions.push(metaplex::create(&payer, &mint, &payer, text));
            todo.rent = todo.rent.saturating_add(context.rent(metaplex::SPACE).await?);
            todo.pays = metaplex::FEE;
            todo.note = "at most: the metadata program decides".into();
        }
    }
    todo.instructions.push(token::hand_over_mint(&mint, &payer, &wanted.authority, &program));
    Ok(todo)
}

impl Wanted<'_> {
    /// What wallets are to show, if anything.
    async fn text(&self, context: &Context) -> Result<Option<Text>, Error> {
        let Some(metadata) = self.metadata else { return Ok(None) };
        let refused = |reason: String| Error::Refused { what: self.what.clone(), reason };
        if self.program == TokenProgram::SplToken {
            let there =
                context.rpc.account(&metaplex::PROGRAM).await?.is_some_and(|account| account.executable);
            if !there && metadata.optional {
                return Ok(None);
            }
            if !there {
                let reason = "the cluster has no token metadata program: use token_program = \"token-2022\", which needs none, or make the metadata optional";
                return Err(refused(reason.into()));
            }
            let texts = [&metadata.name, &metadata.symbol, &metadata.uri];
            if texts.iter().zip(metaplex::LONGEST).any(|(text, longest)| text.len() > longest) {
                return Err(refused("name, symbol and uri have at most 32, 10 and 200 bytes".into()));
            }
        }
        Ok(Some(Text {
            name: metadata.name.clone(),
            symbol: metadata.symbol.clone(),
            uri: metadata.uri.clone(),
            update_authority: context.keys.address(&metadata.update_authority)?,
        }))
    }
}
