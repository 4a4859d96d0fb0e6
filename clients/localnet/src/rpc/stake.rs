//! Money and stake of the cluster: inflation, supply, vote accounts, as the bank keeps them.

use {
    super::{
        Shared,
        blocks::percent,
        dispatch::{Answer, Context, Params, Refusal, Text, in_context, value},
    },
    serde::Deserialize,
    solana_address::Address,
    solana_rpc_client_api::{
        request::{DELINQUENT_VALIDATOR_SLOT_DISTANCE, MAX_RPC_VOTE_ACCOUNT_INFO_EPOCH_CREDITS_HISTORY},
        response::{
            RpcInflationGovernor, RpcInflationRate, RpcSupply, RpcVoteAccountInfo, RpcVoteAccountStatus,
        },
    },
    solana_runtime::non_circulating_supply::calculate_non_circulating_supply,
};

pub(super) fn inflation_rate(shared: &Shared, params: Params) -> Answer {
    params.end()?;
    let net = shared.net()?;
    let (inflation, year) = (net.bank().inflation(), net.bank().slot_in_year_for_inflation());
    value(RpcInflationRate {
        total: inflation.total(year),
        validator: inflation.validator(year),
        foundation: inflation.foundation(year),
        epoch: net.epoch(),
    })
}

pub(super) fn inflation_governor(shared: &Shared, params: Params) -> Answer {
    let context: Context = params.options()?;
    value(RpcInflationGovernor::from(shared.net_in(&context)?.bank().inflation()))
}

pub(super) fn supply(shared: &Shared, params: Params) -> Answer {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Options {
        #[serde(default)]
        exclude_non_circulating_accounts_list: bool,
        #[serde(flatten)]
        context: Context,
    }
    let options: Options = params.options()?;
    let net = shared.net_in(&options.context)?;
    let locked = calculate_non_circulating_supply(net.bank());
    let locked = locked.map_err(|error| Refusal::new(-32012, error.to_string()))?;
    let total = net.capitalization();
    let accounts = if options.exclude_non_circulating_accounts_list { Vec::new() } else { locked.accounts };
    let supply = RpcSupply {
        total,
        circulating: total - locked.lamports,
        non_circulating: locked.lamports,
        non_circulating_accounts: accounts.iter().map(Address::to_string).collect(),
    };
    in_context(net.slot(), supply)
}

pub(super) fn vote_accounts(shared: &Shared, params: Params) -> Answer {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Options {
        vote_pubkey: Option<Text<Address>>,
        keep_unstaked_delinquents: Option<bool>,
        delinquent_slot_distance: Option<u64>,
        #[serde(flatten)]
        context: Context,
    }
    let options: Options = params.options()?;
    let net = shared.net_in(&options.context)?;
    let bank = net.bank();
    let of_epoch = bank.epoch_vote_accounts(net.epoch());
    let mut all: Vec<_> = bank
        .vote_accounts()
        .iter()
        .filter(|(address, _)| options.vote_pubkey.is_none_or(|wanted| wanted.0 == **address))
        .map(|(address, (stake, account))| {
            let state = account.vote_state_view();
            let skipped =
                state.num_epoch_credits().saturating_sub(MAX_RPC_VOTE_ACCOUNT_INFO_EPOCH_CREDITS_HISTORY);
            RpcVoteAccountInfo {
                vote_pubkey: address.to_string(),
                node_pubkey: state.node_pubkey().to_string(),
                activated_stake: *stake,
                commission: percent(state.inflation_rewards_commission()),
                inflation_rewards_commission_bps: Some(state.inflation_rewards_commission()),
                epoch_vote_account: of_epoch.is_some_and(|accounts| accounts.contains_key(address)),
                epoch_credits: state.epoch_credits_iter().skip(skipped).map(Into::into).collect(),
                last_vote: state.last_voted_slot().unwrap_or_default(),
                root_slot: state.root_slot().unwrap_or_default(),
            }
        })
        .collect();
    let slot = net.slot();
    drop(net);
    all.sort_unstable_by(|a, b| {
        (b.activated_stake, &a.vote_pubkey).cmp(&(a.activated_stake, &b.vote_pubkey))
    });
    let distance = options.delinquent_slot_distance.unwrap_or(DELINQUENT_VALIDATOR_SLOT_DISTANCE);
    let (current, delinquent): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|account| account.last_vote > slot.saturating_sub(distance) || slot < distance);
    let keep = options.keep_unstaked_delinquents.unwrap_or_default() || options.vote_pubkey.is_some();
    let delinquent = delinquent.into_iter().filter(|account| keep || account.activated_stake > 0).collect();
    value(RpcVoteAccountStatus { current, delinquent })
}

pub(super) fn minimum_delegation(shared: &Shared, params: Params) -> Answer {
    let context: Context = params.options()?;
    let net = shared.net_in(&context)?;
    let least = net.ask_minimum_delegation();
    let least =
        least.ok_or_else(|| Refusal::internal("the stake program does not answer: the faucet is dry"))?;
    in_context(net.slot(), least)
}
