//! What decided a candidate's target, as a validator reads it.

/// The reason a candidate did not get more. Codes are append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// Never allocated yet.
    None,
    /// It got all that one validator may hold.
    Cap,
    /// Others offer more, and took all there was.
    Score,
    /// It earned no credits in the last epoch, has not voted for too long, or its vote account is gone.
    Delinquent,
    /// The pool's authority banned it.
    Banned,
    /// What was left for it is less than can be delegated or is moved.
    TooSmall,
    /// Its vote account has too few epochs with credits.
    NewNoHistory,
    /// Its worst commission of the window is above the limit.
    Commission,
    /// It is not in the pool's list, which is full.
    PoolFull,
    /// Its validator asked to leave.
    Left,
    /// Nobody observed it this epoch: it keeps what it had and gets no more.
    Stale,
    /// It got the last of what there was.
    Funds,
    /// Its bond covers no more.
    Bond,
    /// More would give it too much of the whole network's stake.
    Network,
    /// Its hosting provider's validators hold all they may.
    Aso,
    /// Its country's validators hold all they may.
    Country,
    /// The pool's admin retired it.
    Retired,
    /// It is chosen, and gets the rest when stake that is leaving others has come home.
    Waiting,
    /// Another candidate has the same identity, or nobody has looked since its identity changed.
    Identity,
}

const ALL: [Constraint; 19] = {
    use Constraint::*;
    [
        None,
        Cap,
        Score,
        Delinquent,
        Banned,
        TooSmall,
        NewNoHistory,
        Commission,
        PoolFull,
        Left,
        Stale,
        Funds,
        Bond,
        Network,
        Aso,
        Country,
        Retired,
        Waiting,
        Identity,
    ]
};

impl Constraint {
    /// The number stored on chain: the place in the enum, where new ones only ever go to the end.
    #[inline(always)]
    #[allow(clippy::as_conversions)] // A fieldless enum of fewer than 256 variants.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// `None` for a number this version does not know.
    #[inline]
    pub fn from_code(code: u8) -> Option<Self> {
        ALL.get(usize::from(code)).copied()
    }
}
