//! Accounts as clients ask for them: one, many, those of a program; filtered, sliced, encoded. What is loaded is of one
//! moment; encoding happens after the localnet is let go.

use {
    super::{
        Shared,
        dispatch::{Answer, Context, Params, Refusal, Text, in_context, value},
    },
    serde::Deserialize,
    serde_json::{Value, json},
    solana_account::{Account, AccountSharedData, ReadableAccount},
    solana_account_decoder::{
        UiAccount, UiAccountEncoding, UiDataSliceConfig, encode_ui_account,
        parse_account_data::{AccountAdditionalDataV3, SplTokenAdditionalDataV2},
        parse_token::get_token_account_mint,
    },
    solana_accounts_db::accounts::AccountAddressFilter,
    solana_address::Address,
    solana_rpc_client_api::{filter::RpcFilterType, response::RpcKeyedAccount},
    solana_runtime::{bank::Bank, non_circulating_supply::calculate_non_circulating_supply},
};

/// Accounts of one request, filters of one, and accounts in a list of the largest: a validator's own limits.
const MAX_ACCOUNTS: usize = 100;
const MAX_FILTERS: usize = 4;
const MAX_LARGEST: usize = 20;
/// The largest account the chain allows, and the most that is encoded as base58, in bytes.
const MAX_SPACE: u64 = 10 * 1024 * 1024;
const MAX_BASE58: usize = 128;
/// In the account of a mint: the decimals of its amounts.
const MINT_DECIMALS: usize = 44;

/// How accounts are asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountOptions {
    pub(super) encoding: Option<UiAccountEncoding>,
    pub(super) data_slice: Option<UiDataSliceConfig>,
    #[serde(flatten)]
    pub(super) context: Context,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProgramOptions {
    filters: Option<Vec<RpcFilterType>>,
    #[serde(flatten)]
    pub(super) account: AccountOptions,
    with_context: Option<bool>,
    sort_results: Option<bool>,
}

/// An account as it was when it was loaded, with what it takes to encode it.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) address: Address,
    pub(super) account: AccountSharedData,
    token: Option<SplTokenAdditionalDataV2>,
}

impl Loaded {
    /// `None` if there is no such account.
    pub(super) fn of(bank: &Bank, address: Address, options: &AccountOptions) -> Option<Self> {
        let account = bank.get_account(&address)?;
        Some(Self::with(bank, address, account, options))
    }

    pub(super) fn with(
        bank: &Bank,
        address: Address,
        account: AccountSharedData,
        options: &AccountOptions,
    ) -> Self {
        let parsed = options.encoding == Some(UiAccountEncoding::JsonParsed);
        let token = parsed.then(|| token_data(bank, &account)).flatten();
        Self { address, account, token }
    }

    /// Refuses to write as base58 what takes too long.
    pub(super) fn encode(
        &self,
        options: &AccountOptions,
        default: UiAccountEncoding,
    ) -> Result<UiAccount, Refusal> {
        let encoding = options.encoding.unwrap_or(default);
        let length = options.data_slice.map_or(usize::MAX, |slice| slice.length);
        let is_base58 = matches!(encoding, UiAccountEncoding::Binary | UiAccountEncoding::Base58);
        if is_base58 && self.account.data().len().min(length) > MAX_BASE58 {
            return Err(Refusal::new(
                -32600,
                "Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.",
            ));
        }
        Ok(self.encode_with(encoding, options))
    }

    /// The same for a notification, where base58 of what is too long says so in its place.
    pub(super) fn encode_any(&self, options: &AccountOptions) -> UiAccount {
        self.encode_with(options.encoding.unwrap_or(UiAccountEncoding::Binary), options)
    }

    fn encode_with(&self, encoding: UiAccountEncoding, options: &AccountOptions) -> UiAccount {
        let token = AccountAdditionalDataV3 { spl_token_additional_data: self.token };
        encode_ui_account(&self.address, &self.account, encoding, Some(token), options.data_slice)
    }
}

/// What a token account's amount is read with: its mint's decimals.
fn token_data(bank: &Bank, account: &AccountSharedData) -> Option<SplTokenAdditionalDataV2> {
    if !spl_generic_token::is_known_spl_token_id(account.owner()) {
        return None;
    }
    let mint = bank.get_account(&get_token_account_mint(account.data())?)?;
    mint_data(&mint)
}

/// The decimals of a mint; `None` if it is none.
pub(super) fn mint_data(mint: &AccountSharedData) -> Option<SplTokenAdditionalDataV2> {
    let decimals = *mint.data().get(MINT_DECIMALS)?;
    spl_generic_token::is_known_spl_token_id(mint.owner())
        .then(|| SplTokenAdditionalDataV2::with_decimals(decimals))
}

pub(super) fn account_info(shared: &Shared, mut params: Params) -> Answer {
    let address: Text<Address> = params.required("an address")?;
    let options: AccountOptions = params.options()?;
    let net = shared.net_in(&options.context)?;
    let (slot, loaded) = (net.slot(), Loaded::of(net.bank(), address.0, &options));
    drop(net);
    // The oldest encoding, without its name, is what a client that names none expects.
    let account = loaded.map(|loaded| loaded.encode(&options, UiAccountEncoding::Binary)).transpose()?;
    in_context(slot, account)
}

pub(super) fn multiple_accounts(shared: &Shared, mut params: Params) -> Answer {
    let addresses: Vec<Text<Address>> = params.required("a list of addresses")?;
    let options: AccountOptions = params.options()?;
    if addresses.len() > MAX_ACCOUNTS {
        return Err(Refusal::new(-32602, format!("Too many inputs provided; max {MAX_ACCOUNTS}")));
    }
    let net = shared.net_in(&options.context)?;
    let slot = net.slot();
    let load = |address: &Text<Address>| Loaded::of(net.bank(), address.0, &options);
    let loaded: Vec<_> = addresses.iter().map(load).collect();
    drop(net);
    let encode = |loaded: Option<Loaded>| {
        loaded.map(|loaded| loaded.encode(&options, UiAccountEncoding::Base64)).transpose()
    };
    let accounts: Result<Vec<_>, _> = loaded.into_iter().map(encode).collect();
    in_context(slot, accounts?)
}

impl ProgramOptions {
    /// Refuses filters that are too many or that a validator would not read.
    pub(super) fn verify(&self) -> Result<(), Refusal> {
        let filters = self.filters.as_deref().unwrap_or_default();
        if filters.len() > MAX_FILTERS {
            let why = format!("Too many filters provided; max {MAX_FILTERS}");
            return Err(Refusal::new(-32602, why));
        }
        filters.iter().try_for_each(|filter| {
            filter.verify().map_err(|error| Refusal::invalid_params(error.to_string()))
        })
    }

    /// True if the account's data pass every filter.
    pub(super) fn allow(&self, data: &[u8]) -> bool {
        self.filters.iter().flatten().all(|filter| match filter {
            RpcFilterType::DataSize(size) => data.len() as u64 == *size,
            RpcFilterType::Memcmp(compare) => compare.bytes_match(data),
            RpcFilterType::TokenAccountState => get_token_account_mint(data).is_some(),
        })
    }
}

pub(super) fn program_accounts(shared: &Shared, mut params: Params) -> Answer {
    let program: Text<Address> = params.required("a program's address")?;
    let options: ProgramOptions = params.options()?;
    options.verify()?;
    let net = shared.net_in(&options.account.context)?;
    let slot = net.slot();
    let mut loaded = of_program(net.bank(), &program.0, &options.account, |data| options.allow(data))?;
    drop(net);
    if options.sort_results.unwrap_or(true) {
        loaded.sort_unstable_by_key(|loaded| loaded.address);
    }
    let accounts = keyed(&loaded, &options.account, UiAccountEncoding::Binary)?;
    match options.with_context {
        Some(true) => in_context(slot, accounts),
        _ => value(accounts),
    }
}

/// A program's accounts whose data are wanted.
pub(super) fn of_program(
    bank: &Bank,
    program: &Address,
    options: &AccountOptions,
    wanted: impl Fn(&[u8]) -> bool,
) -> Result<Vec<Loaded>, Refusal> {
    let found = bank.get_filtered_program_accounts(program, |account| wanted(account.data()));
    let found = found.map_err(|error| Refusal::new(-32012, error.to_string()))?;
    let load = |(address, account)| Loaded::with(bank, address, account, options);
    Ok(found.into_iter().map(load).collect())
}

/// Accounts with their addresses, as lists have them.
pub(super) fn keyed(
    loaded: &[Loaded],
    options: &AccountOptions,
    default: UiAccountEncoding,
) -> Result<Vec<RpcKeyedAccount>, Refusal> {
    let encode = |loaded: &Loaded| {
        Ok(RpcKeyedAccount { pubkey: loaded.address.to_string(), account: loaded.encode(options, default)? })
    };
    loaded.iter().map(encode).collect()
}

pub(super) fn balance(shared: &Shared, mut params: Params) -> Answer {
    let address: Text<Address> = params.required("an address")?;
    let context: Context = params.options()?;
    let net = shared.net_in(&context)?;
    in_context(net.slot(), net.balance(&address.0))
}

pub(super) fn minimum_balance(shared: &Shared, mut params: Params) -> Answer {
    let space: u64 = params.required("a number of bytes")?;
    let context: Context = params.options()?;
    let space = usize::try_from(space).ok().filter(|space| *space as u64 <= MAX_SPACE);
    let space = space.ok_or_else(|| Refusal::invalid_params("more bytes than an account may have"))?;
    Ok(json!(shared.net_in(&context)?.minimum_balance(space)))
}

pub(super) fn largest(shared: &Shared, params: Params) -> Answer {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Options {
        filter: Option<Circulation>,
        #[serde(flatten)]
        context: Context,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Circulation {
        Circulating,
        NonCirculating,
    }
    let options: Options = params.options()?;
    let net = shared.net_in(&options.context)?;
    let failed = |error: &dyn std::fmt::Display| Refusal::new(-32012, error.to_string());
    let locked = match options.filter {
        None => Vec::new(),
        Some(_) => calculate_non_circulating_supply(net.bank()).map_err(|error| failed(&error))?.accounts,
    };
    let how = match options.filter {
        Some(Circulation::NonCirculating) => AccountAddressFilter::Include,
        _ => AccountAddressFilter::Exclude,
    };
    let largest = net
        .bank()
        .get_largest_accounts(MAX_LARGEST, &locked.into_iter().collect(), how)
        .map_err(|error| failed(&error))?;
    let accounts: Vec<Value> = largest
        .into_iter()
        .map(|(address, lamports)| json!({ "address": address.to_string(), "lamports": lamports }))
        .collect();
    in_context(net.slot(), accounts)
}

/// The account that stands where there is none, for who compares.
pub(super) fn nothing() -> AccountSharedData {
    Account::default().into()
}
