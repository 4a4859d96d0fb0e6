//! Methods that only a localnet has: time on demand, the validators and their scripts. Positional parameters; their names
//! begin with `localnet_`.

use {
    super::{
        Shared,
        dispatch::{Answer, Params, Refusal, value},
    },
    crate::{
        epochs::EpochReport,
        localnet::Localnet,
        script::Event,
        validator::{Status, Validator},
    },
    serde::{Deserialize, Serialize},
    serde_json::{Value, json},
    solana_rpc_client_api::response::UiTransactionError,
    solana_signer::Signer,
};

/// Epochs, and slots, that one call may pass.
const MAX_EPOCHS: u64 = 10_000;
const MAX_SLOTS: u64 = 1_000_000;

/// An [`Event`] as JSON names it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum Told {
    SetCommission(u16),
    SetMevCommission(Option<u16>),
    SetMevTips(u64),
    SetUptime(f64),
    Delinquent,
    Recover,
    Die,
}

impl From<Told> for Event {
    fn from(told: Told) -> Self {
        match told {
            Told::SetCommission(bps) => Self::SetCommission(bps),
            Told::SetMevCommission(bps) => Self::SetMevCommission(bps),
            Told::SetMevTips(lamports) => Self::SetMevTips(lamports),
            Told::SetUptime(share) => Self::SetUptime(share),
            Told::Delinquent => Self::Delinquent,
            Told::Recover => Self::Recover,
            Told::Die => Self::Die,
        }
    }
}

impl From<Event> for Told {
    fn from(event: Event) -> Self {
        match event {
            Event::SetCommission(bps) => Self::SetCommission(bps),
            Event::SetMevCommission(bps) => Self::SetMevCommission(bps),
            Event::SetMevTips(lamports) => Self::SetMevTips(lamports),
            Event::SetUptime(share) => Self::SetUptime(share),
            Event::Delinquent => Self::Delinquent,
            Event::Recover => Self::Recover,
            Event::Die => Self::Die,
        }
    }
}

/// `[]` or `[epochs]`: goes on to the next epoch, past its rewards, so many times. What happened as the last one began.
pub(super) fn advance_epoch(shared: &Shared, mut params: Params) -> Answer {
    let epochs: u64 = params.optional()?.unwrap_or(1);
    params.end()?;
    if epochs == 0 || epochs > MAX_EPOCHS {
        return Err(Refusal::invalid_params(format!("1 to {MAX_EPOCHS} epochs")));
    }
    for _ in 1..epochs {
        // Others are let in between.
        shared.net()?.advance_epoch();
    }
    let mut net = shared.net()?;
    let EpochReport { epoch, rewards, tips, events, closed } = net.advance_epoch();
    let event = |(validator, event, error): (String, Event, Option<Box<crate::TxError>>)| {
        let error = error.map(|error| UiTransactionError::from(error.err));
        json!({ "validator": validator, "event": Told::from(event), "error": error })
    };
    Ok(json!({
        "epoch": epoch,
        "slot": net.slot(),
        "rewards": rewards.iter().map(|reward| reward.lamports).sum::<u64>(),
        "tips": tips.iter().map(|(_, lamports)| lamports).sum::<u64>(),
        "events": events.into_iter().map(event).collect::<Vec<_>>(),
        "closed": closed.iter().map(ToString::to_string).collect::<Vec<_>>(),
    }))
}

/// `[slots]`: goes on by so many slots, across epochs. The slot that is open then.
pub(super) fn advance_slots(shared: &Shared, mut params: Params) -> Answer {
    let slots: u64 = params.required("a number of slots")?;
    params.end()?;
    if slots > MAX_SLOTS {
        return Err(Refusal::invalid_params(format!("at most {MAX_SLOTS} slots")));
    }
    let mut net = shared.net()?;
    net.warp_slots(slots);
    Ok(json!(net.slot()))
}

/// `[bool]`: lets slots pass by themselves, or stops that. Whether they did before.
pub(super) fn set_ticking(shared: &Shared, mut params: Params) -> Answer {
    let ticking: bool = params.required("true or false")?;
    params.end()?;
    let before = shared.ticker.set(ticking);
    let before = before.ok_or_else(|| {
        Refusal::invalid_params(
            "this server was started without a slot time, so its slots cannot pass by themselves",
        )
    })?;
    if !ticking {
        // A slot that is being opened is the last one.
        drop(shared.net()?);
        shared.hub.settle();
    }
    Ok(json!(before))
}

/// `[]`: all validators.
pub(super) fn validators(shared: &Shared, params: Params) -> Answer {
    params.end()?;
    let net = shared.net()?;
    let stakes = net.bank().vote_accounts();
    let one = |validator: &Validator| {
        let vote = validator.vote_address();
        json!({
            "name": validator.name(),
            "vote": vote.to_string(),
            "identity": validator.identity().pubkey().to_string(),
            "withdrawer": validator.withdrawer().pubkey().to_string(),
            "status": match validator.status() {
                Status::Voting => "voting",
                Status::Delinquent => "delinquent",
                Status::Dead => "dead",
                Status::Closed => "closed",
            },
            "commissionBps": validator.script().commission_bps,
            "mevCommissionBps": validator.script().mev_commission_bps,
            "stakeLamports": stakes.get(&vote).map_or(0, |(stake, _)| *stake),
        })
    };
    Ok(net.validators().iter().map(one).collect())
}

/// `[name]`: a validator's keys, as solana-keygen writes them.
pub(super) fn validator_keys(shared: &Shared, mut params: Params) -> Answer {
    let name: String = params.required("a validator's name")?;
    params.end()?;
    let net = shared.net()?;
    let validator = known(&net, &name)?;
    Ok(json!({
        "identity": validator.identity().to_bytes().to_vec(),
        "withdrawer": validator.withdrawer().to_bytes().to_vec(),
    }))
}

/// `[name, event]`: makes an event happen now. The error of the transaction that it took, if the chain refused that.
pub(super) fn script(shared: &Shared, mut params: Params) -> Answer {
    let name: String = params.required("a validator's name")?;
    let event: Event = params.required::<Told>("an event")?.into();
    params.end()?;
    event.validate().map_err(Refusal::invalid_params)?;
    let mut net = shared.net()?;
    known(&net, &name)?;
    match net.apply(&name, event) {
        Ok(()) => Ok(Value::Null),
        Err(refused) => value(UiTransactionError::from(refused.err)),
    }
}

fn known<'a>(net: &'a Localnet, name: &str) -> Result<&'a Validator, Refusal> {
    let found = net.validators().iter().find(|validator| validator.name() == name);
    found.ok_or_else(|| {
        Refusal::invalid_params(format!("no validator is named {name}: localnet_validators names them all"))
    })
}
