//! `StakeStateV2` in place, and how much of a delegation is effective.
//!
//! Layout (bincode, little endian): tag u32; then `Meta { rent_exempt_reserve u64, staker, withdrawer, lockup
//! { unix_timestamp i64, epoch u64, custodian } }`; then `Delegation { voter, stake u64, activation_epoch u64,
//! deactivation_epoch u64, warmup f64 }`, `credits_observed u64`, flags u8.
//! Source: `solana-stake-interface` 4.3, `state.rs` and `warmup_cooldown_allowance.rs`.

/// Bytes of a stake account.
pub const STAKE_ACCOUNT_SIZE: usize = 200;
/// Share of the cluster's effective stake that may warm up, or cool down, in an epoch: 9 %, in basis points.
pub const WARMUP_COOLDOWN_BPS: u64 = 900;

const TAG: usize = 0;
const STAKER: usize = 12;
const WITHDRAWER: usize = 44;
const LOCKUP_TIMESTAMP: usize = 76;
const LOCKUP_EPOCH: usize = 84;
const VOTER: usize = 124;
const DELEGATED: usize = 156;
const ACTIVATION_EPOCH: usize = 164;
const DEACTIVATION_EPOCH: usize = 172;

/// Why the bytes are no stake account one can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StakeViewError {
    /// Fewer than [`STAKE_ACCOUNT_SIZE`] bytes.
    TooShort,
    /// A tag this version of the stake program does not have, or the retired rewards pool.
    UnknownState,
}

/// Which state a stake account is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StakeKind {
    Uninitialized,
    Initialized,
    Delegated,
}

/// A stake account, read in place.
#[derive(Clone, Copy)]
pub struct StakeView<'a> {
    data: &'a [u8; STAKE_ACCOUNT_SIZE],
    kind: StakeKind,
}

impl<'a> StakeView<'a> {
    /// Errors: see [`StakeViewError`]. The caller checks the owner.
    #[inline]
    pub fn parse(data: &'a [u8]) -> Result<Self, StakeViewError> {
        let data: &[u8; STAKE_ACCOUNT_SIZE] = data
            .get(..STAKE_ACCOUNT_SIZE)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(StakeViewError::TooShort)?;
        let kind = match read_u32(data, TAG) {
            0 => StakeKind::Uninitialized,
            1 => StakeKind::Initialized,
            2 => StakeKind::Delegated,
            _ => return Err(StakeViewError::UnknownState),
        };
        Ok(Self { data, kind })
    }

    #[inline]
    pub fn kind(&self) -> StakeKind {
        self.kind
    }

    /// Whether `key` is both staker and withdrawer and no lockup was ever set. Meaningless when uninitialized.
    #[inline]
    pub fn is_held_by(&self, key: &[u8; 32]) -> bool {
        self.bytes32(STAKER) == key
            && self.bytes32(WITHDRAWER) == key
            && read_u64(self.data, LOCKUP_TIMESTAMP) == 0
            && read_u64(self.data, LOCKUP_EPOCH) == 0
    }

    /// Whether `key` is both staker and withdrawer. Meaningless when uninitialized, as is the next.
    #[inline]
    pub fn is_authority(&self, key: &[u8; 32]) -> bool {
        self.bytes32(STAKER) == key && self.bytes32(WITHDRAWER) == key
    }

    /// Whether the lockup still binds at this time (seconds) and epoch, its custodian aside.
    #[inline]
    pub fn is_locked_up(&self, unix_timestamp: i64, epoch: u64) -> bool {
        let until = i64::from_le_bytes(read_u64(self.data, LOCKUP_TIMESTAMP).to_le_bytes());
        until > unix_timestamp || read_u64(self.data, LOCKUP_EPOCH) > epoch
    }

    /// The vote account delegated to. Meaningless unless delegated, as are the next three.
    #[inline]
    pub fn voter(&self) -> &'a [u8; 32] {
        self.bytes32(VOTER)
    }

    /// Delegated lamports.
    #[inline]
    pub fn delegated(&self) -> u64 {
        read_u64(self.data, DELEGATED)
    }

    #[inline]
    pub fn activation_epoch(&self) -> u64 {
        read_u64(self.data, ACTIVATION_EPOCH)
    }

    /// `u64::MAX` while not deactivated.
    #[inline]
    pub fn deactivation_epoch(&self) -> u64 {
        read_u64(self.data, DEACTIVATION_EPOCH)
    }

    #[inline]
    fn bytes32(&self, offset: usize) -> &'a [u8; 32] {
        // The offsets are constants below the fixed length, so the default is never taken.
        offset
            .checked_add(32)
            .and_then(|end| self.data.get(offset..end))
            .and_then(|bytes| bytes.try_into().ok())
            .unwrap_or(&[0; 32])
    }
}

#[inline]
fn read_u64(data: &[u8; STAKE_ACCOUNT_SIZE], offset: usize) -> u64 {
    offset
        .checked_add(8)
        .and_then(|end| data.get(offset..end))
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

#[inline]
fn read_u32(data: &[u8; STAKE_ACCOUNT_SIZE], offset: usize) -> u32 {
    offset
        .checked_add(4)
        .and_then(|end| data.get(offset..end))
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

/// One epoch of the stake history sysvar, in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClusterStake {
    pub effective: u64,
    pub activating: u64,
    pub deactivating: u64,
}

/// A delegation's progress at some epoch, in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activation {
    pub effective: u64,
    pub activating: u64,
    pub deactivating: u64,
}

/// How much of a delegation is effective at `epoch`.
///
/// The same arithmetic as `Delegation::stake_activating_and_deactivating_v2` of the stake interface, under the
/// 9 % rate. `history(e)` is the sysvar's entry of epoch `e`, `None` when it has none.
pub fn activation_at(
    stake: u64,
    activation_epoch: u64,
    deactivation_epoch: u64,
    epoch: u64,
    mut history: impl FnMut(u64) -> Option<ClusterStake>,
) -> Activation {
    let (effective, activating) = warm_up(stake, activation_epoch, deactivation_epoch, epoch, &mut history);
    if epoch < deactivation_epoch {
        return Activation { effective, activating, deactivating: 0 };
    }
    if epoch == deactivation_epoch {
        return Activation { effective, activating: 0, deactivating: effective };
    }
    let remaining = cool_down(effective, deactivation_epoch, epoch, &mut history);
    Activation { effective: remaining, activating: 0, deactivating: remaining }
}

fn warm_up(
    stake: u64,
    activation_epoch: u64,
    deactivation_epoch: u64,
    epoch: u64,
    history: &mut impl FnMut(u64) -> Option<ClusterStake>,
) -> (u64, u64) {
    if activation_epoch == u64::MAX {
        return (stake, 0);
    }
    if activation_epoch == deactivation_epoch || epoch < activation_epoch {
        return (0, 0);
    }
    if epoch == activation_epoch {
        return (0, stake);
    }
    let mut effective: u64 = 0;
    let mut previous = activation_epoch;
    let Some(mut cluster) = history(previous) else { return (stake, 0) };
    loop {
        if cluster.activating == 0 {
            break;
        }
        let current = previous.saturating_add(1);
        let remaining = stake.saturating_sub(effective);
        let step = allowance(remaining, cluster.activating, cluster.effective).max(1);
        effective = effective.saturating_add(step);
        if effective >= stake {
            return (stake, 0);
        }
        if current >= epoch || current >= deactivation_epoch {
            break;
        }
        match history(current) {
            Some(next) => {
                previous = current;
                cluster = next;
            }
            None => break,
        }
    }
    (effective, stake.saturating_sub(effective))
}

fn cool_down(
    effective: u64,
    deactivation_epoch: u64,
    epoch: u64,
    history: &mut impl FnMut(u64) -> Option<ClusterStake>,
) -> u64 {
    let mut remaining = effective;
    let mut previous = deactivation_epoch;
    let Some(mut cluster) = history(previous) else { return 0 };
    loop {
        if cluster.deactivating == 0 {
            break;
        }
        let current = previous.saturating_add(1);
        let step = allowance(remaining, cluster.deactivating, cluster.effective).max(1);
        remaining = remaining.saturating_sub(step);
        if remaining == 0 || current >= epoch {
            break;
        }
        match history(current) {
            Some(next) => {
                previous = current;
                cluster = next;
            }
            None => break,
        }
    }
    remaining
}

/// The part of `account` that may change in one epoch: its share of 9 % of the cluster's effective stake, rounded down.
fn allowance(account: u64, cluster_changing: u64, cluster_effective: u64) -> u64 {
    if account == 0 || cluster_changing == 0 || cluster_effective == 0 {
        return 0;
    }
    // When the whole cluster's change fits the limit, so does everybody's: no wide arithmetic on an ordinary day.
    if cluster_effective.checked_div(10_000).and_then(|part| part.checked_mul(WARMUP_COOLDOWN_BPS))
        >= Some(cluster_changing)
    {
        return account;
    }
    let numerator = u128::from(account)
        .saturating_mul(u128::from(cluster_effective))
        .saturating_mul(u128::from(WARMUP_COOLDOWN_BPS));
    let denominator = u128::from(cluster_changing).saturating_mul(10_000);
    let share = numerator.checked_div(denominator).unwrap_or(0).min(u128::from(account));
    u64::try_from(share).unwrap_or(account)
}
