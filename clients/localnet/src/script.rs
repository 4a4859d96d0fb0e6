//! What a validator is told to do: how well it votes, what it charges, when it misbehaves.
//! Plain data; `epochs` and `voting` act on it.

use {crate::config::LAMPORTS_PER_SOL, solana_address::Address};

/// The layout of a validator's vote account at genesis. Any instruction of the vote program upgrades it to V4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VoteStateVersion {
    /// With a BLS key and commissions in basis points: what this runtime creates.
    #[default]
    V4,
    /// The layout of 2023 to 2025. It has no BLS key, so the validator admission ticket, which would bar it
    /// from rewards, is left off when a validator asks for an old layout.
    V3,
    /// The oldest layout still read, 3,731 bytes, without the latency of votes.
    V1_14_11,
}

/// Something that happens to a validator at the start of an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A real commission instruction, signed by the authorized withdrawer. Rewards follow late, as on chain: with
    /// SIMD-0249 on, an epoch is charged the commission in force when the epoch before it began.
    SetCommission(u16),
    /// What the validator keeps of the MEV tips, basis points; `None` stops its MEV client.
    SetMevCommission(Option<u16>),
    /// MEV tips an epoch, lamports for each SOL staked, before its MEV commission.
    SetMevTips(u64),
    /// The share of an epoch's credits it earns from now on.
    SetUptime(f64),
    /// It stops voting until [`Event::Recover`].
    Delinquent,
    /// It votes again, at the uptime it had.
    Recover,
    /// It stops voting for ever and closes its vote account as soon as the vote program allows, which is two
    /// epochs after its last credit.
    Die,
}

impl Event {
    /// Refuses commissions above 100 % and uptimes that are no shares.
    pub(crate) fn validate(&self) -> Result<(), String> {
        let fine = match self {
            Self::SetCommission(bps) | Self::SetMevCommission(Some(bps)) => *bps <= 10_000,
            Self::SetUptime(uptime) => is_share(*uptime),
            _ => true,
        };
        if fine { Ok(()) } else { Err(format!("{self:?} is out of range")) }
    }
}

fn is_share(value: f64) -> bool {
    (0.0..=1.0).contains(&value)
}

/// One validator. Its keys derive from the localnet's seed and its name.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidatorScript {
    pub name: String,
    /// Delegated to it at genesis and active at once, lamports, on top of the stake account's rent.
    pub stake_lamports: u64,
    /// Inflation commission at genesis, basis points. Layouts before V4 keep whole percents.
    pub commission_bps: u16,
    /// What it keeps of MEV tips, basis points; `None`: no MEV client, no tips.
    pub mev_commission_bps: Option<u16>,
    /// MEV tips an epoch, lamports for each SOL of active stake at full uptime. What is left after the MEV
    /// commission reaches every stake account that was active on it as a plain transfer of the tip payer.
    pub mev_tips_per_sol: u64,
    /// The share of an epoch's credits (16 a slot) it earns, 0 to 1.
    pub uptime: f64,
    /// Uptime varies by up to this much, either way, from epoch to epoch (seeded).
    pub jitter: f64,
    pub vote_state: VoteStateVersion,
    /// Puts the vote account at a given address, say one known from mainnet.
    pub vote_address: Option<Address>,
    /// What happens and at the start of which epoch, in this order within an epoch.
    pub events: Vec<(u64, Event)>,
}

impl ValidatorScript {
    /// A steady validator: a million SOL, 5% commission, no MEV client, full credits every epoch.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            stake_lamports: 1_000_000 * LAMPORTS_PER_SOL,
            commission_bps: 500,
            mev_commission_bps: None,
            mev_tips_per_sol: 0,
            uptime: 1.0,
            jitter: 0.0,
            vote_state: VoteStateVersion::V4,
            vote_address: None,
            events: Vec::new(),
        }
    }

    pub fn stake_sol(mut self, sol: u64) -> Self {
        self.stake_lamports = sol.saturating_mul(LAMPORTS_PER_SOL);
        self
    }

    pub fn commission_bps(mut self, bps: u16) -> Self {
        self.commission_bps = bps;
        self
    }

    /// Runs a MEV client that keeps `commission_bps` of `tips_per_sol` lamports an epoch for each SOL staked.
    pub fn mev(mut self, commission_bps: u16, tips_per_sol: u64) -> Self {
        self.mev_commission_bps = Some(commission_bps);
        self.mev_tips_per_sol = tips_per_sol;
        self
    }

    pub fn uptime(mut self, uptime: f64) -> Self {
        self.uptime = uptime;
        self
    }

    pub fn jitter(mut self, jitter: f64) -> Self {
        self.jitter = jitter;
        self
    }

    pub fn vote_state(mut self, version: VoteStateVersion) -> Self {
        self.vote_state = version;
        self
    }

    /// Schedules an event for the start of `epoch` (0: as the localnet starts).
    pub fn at(mut self, epoch: u64, event: Event) -> Self {
        self.events.push((epoch, event));
        self
    }

    pub(crate) fn validate(&self) -> Result<(), String> {
        let name = &self.name;
        if !is_share(self.uptime) || !is_share(self.jitter) {
            return Err(format!("{name}: uptime and jitter are shares, 0 to 1"));
        }
        if self.commission_bps > 10_000 || self.mev_commission_bps.is_some_and(|bps| bps > 10_000) {
            return Err(format!("{name}: a commission is above 100%"));
        }
        self.events
            .iter()
            .try_for_each(|(_, event)| event.validate().map_err(|why| format!("{name}: {why}")))?;
        Ok(())
    }
}
