//! Token accounts and mints of both token programs: by owner, by delegate, balances, supplies. It reads what accounts say
//! and knows no program's rules.

use {
    super::{
        Shared,
        accounts::{AccountOptions, Loaded, keyed, mint_data, of_program},
        dispatch::{Answer, Context, Params, Refusal, Text, in_context},
    },
    crate::localnet::Localnet,
    serde::Deserialize,
    solana_account::ReadableAccount,
    solana_account_decoder::{
        UiAccountEncoding,
        parse_account_data::SplTokenAdditionalDataV2,
        parse_token::{get_token_account_mint, token_amount_to_ui_amount_v3},
    },
    solana_address::Address,
    solana_rpc_client_api::response::RpcTokenAccountBalance,
    spl_generic_token::{token, token_2022},
};

/// Where a token account keeps its owner, its amount and its delegate (a tag before it says whether there is one).
const OWNER: usize = 32;
const AMOUNT: usize = 64;
const DELEGATE_TAG: usize = 72;
const DELEGATE: usize = 76;
/// Where a mint keeps its supply.
const SUPPLY: usize = 36;
const MAX_LARGEST: usize = 20;

/// Whose token accounts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Which {
    Mint(Text<Address>),
    ProgramId(Text<Address>),
}

pub(super) fn accounts_by_owner(shared: &Shared, params: Params) -> Answer {
    accounts_where(shared, params, |data, owner| address_at(data, OWNER).as_ref() == Some(owner))
}

pub(super) fn accounts_by_delegate(shared: &Shared, params: Params) -> Answer {
    accounts_where(shared, params, |data, delegate| {
        data.get(DELEGATE_TAG) == Some(&1) && address_at(data, DELEGATE).as_ref() == Some(delegate)
    })
}

fn accounts_where(shared: &Shared, mut params: Params, is_of: impl Fn(&[u8], &Address) -> bool) -> Answer {
    let whose: Text<Address> = params.required("an address")?;
    let which: Which = params.required("a mint or a program")?;
    let options: AccountOptions = params.options()?;
    let net = shared.net_in(&options.context)?;
    let (program, mint) = match which {
        Which::ProgramId(program) if spl_generic_token::is_known_spl_token_id(&program.0) => {
            (program.0, None)
        }
        Which::ProgramId(_) => {
            return Err(Refusal::invalid_params("unrecognized Token program id"));
        }
        Which::Mint(mint) => (mint_of(&net, &mint.0)?.0, Some(mint.0)),
    };
    let wanted = |data: &[u8]| {
        let of = get_token_account_mint(data);
        of.is_some() && (mint.is_none() || of == mint) && is_of(data, &whose.0)
    };
    let (slot, mut loaded) = (net.slot(), of_program(net.bank(), &program, &options, wanted)?);
    drop(net);
    loaded.sort_unstable_by_key(|loaded| loaded.address);
    in_context(slot, keyed(&loaded, &options, UiAccountEncoding::Binary)?)
}

pub(super) fn account_balance(shared: &Shared, mut params: Params) -> Answer {
    let address: Text<Address> = params.required("a token account's address")?;
    let context: Context = params.options()?;
    let net = shared.net_in(&context)?;
    let account = net.bank().get_account(&address.0);
    let account = account.ok_or_else(|| Refusal::invalid_params("could not find account"))?;
    let none = || Refusal::invalid_params("not a Token account");
    if !spl_generic_token::is_known_spl_token_id(account.owner()) {
        return Err(none());
    }
    let mint = get_token_account_mint(account.data()).ok_or_else(none)?;
    let amount = number_at(account.data(), AMOUNT).ok_or_else(none)?;
    let (_, decimals, _) = mint_of(&net, &mint)?;
    in_context(net.slot(), token_amount_to_ui_amount_v3(amount, &decimals))
}

pub(super) fn supply(shared: &Shared, mut params: Params) -> Answer {
    let mint: Text<Address> = params.required("a mint's address")?;
    let context: Context = params.options()?;
    let net = shared.net_in(&context)?;
    let (_, decimals, supply) = mint_of(&net, &mint.0)?;
    in_context(net.slot(), token_amount_to_ui_amount_v3(supply, &decimals))
}

pub(super) fn largest_accounts(shared: &Shared, mut params: Params) -> Answer {
    let mint: Text<Address> = params.required("a mint's address")?;
    let context: Context = params.options()?;
    let net = shared.net_in(&context)?;
    let (program, decimals, _) = mint_of(&net, &mint.0)?;
    let wanted = |data: &[u8]| get_token_account_mint(data) == Some(mint.0);
    let loaded = of_program(net.bank(), &program, &AccountOptions::default(), wanted)?;
    let slot = net.slot();
    drop(net);
    let amount = |loaded: &Loaded| number_at(loaded.account.data(), AMOUNT).unwrap_or_default();
    let mut held: Vec<_> = loaded.iter().map(|loaded| (amount(loaded), loaded.address)).collect();
    held.sort_unstable_by(|a, b| b.cmp(a));
    let balance = |(amount, address): &(u64, Address)| RpcTokenAccountBalance {
        address: address.to_string(),
        amount: token_amount_to_ui_amount_v3(*amount, &decimals),
    };
    in_context(slot, held.iter().take(MAX_LARGEST).map(balance).collect::<Vec<_>>())
}

/// Program, decimals and supply of a mint.
fn mint_of(net: &Localnet, mint: &Address) -> Result<(Address, SplTokenAdditionalDataV2, u64), Refusal> {
    let account = net.bank().get_account(mint);
    let account = account.ok_or_else(|| Refusal::invalid_params("could not find mint"))?;
    let none = || Refusal::invalid_params("not a Token mint");
    let program = *account.owner();
    // A token account is longer than a mint, and one of the newer program says itself what it is.
    if get_token_account_mint(account.data()).is_some() || ![token::id(), token_2022::id()].contains(&program)
    {
        return Err(none());
    }
    let decimals = mint_data(&account).ok_or_else(none)?;
    let supply = number_at(account.data(), SUPPLY).ok_or_else(none)?;
    Ok((program, decimals, supply))
}

fn address_at(data: &[u8], at: usize) -> Option<Address> {
    Address::try_from(data.get(at..at + 32)?).ok()
}

fn number_at(data: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(data.get(at..at + 8)?.try_into().ok()?))
}
