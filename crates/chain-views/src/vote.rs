//! `VoteStateVersions` in place: who votes, for what commission, and the credits of the last epochs.
//!
//! Layout (bincode, little endian): tag u32 (0: retired or never initialized, 1: 1.14.11, 2: v3, 3: v4); node and
//! authorized withdrawer; then, in v4, `{ inflation collector, block collector, inflation commission u16 bps, block
//! commission u16 bps, pending rewards u64, BLS key option }`, before it one commission u8 in percent. All go on
//! with votes `[{ latency u8 (from v3), slot u64, confirmations u32 }]`, root slot option, authorized voters
//! `[{ epoch u64, key }]`, prior voters (up to v3, fixed size), epoch credits `[{ epoch, credits, previous }]`,
//! last timestamp `{ slot u64, unix i64 }`. A list is a u64 count and its entries.
//! Source: `solana-vote-interface` 6.0, `state/`; SIMD-0185 for v4.

/// What an epoch-credits entry takes: three u64.
const CREDITS_ENTRY: usize = 24;
/// Prior voters of v1.14.11 and v3: 32 entries of a key and two epochs, an index and a flag.
const PRIOR_VOTERS: usize = 32 * 48 + 8 + 1;
const BLS_KEY: usize = 48;

/// Why the bytes are no vote account one can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteViewError {
    /// Too few bytes for what they announce.
    TooShort,
    /// Tag 0, or no authorized voter: never initialized, closed, or of a layout retired before 1.14.11.
    Uninitialized,
    /// A layout newer than v4.
    UnknownVersion,
    /// An option's flag that is neither 0 nor 1.
    Malformed,
}

/// Which layout a vote account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteVersion {
    V1_14_11,
    V3,
    V4,
}

/// One epoch's entry of the credits history. Credits count since the account was created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpochCredits {
    pub epoch: u64,
    /// Credits at the end of the epoch, or now if it is the current one.
    pub credits: u64,
    /// Credits at its beginning.
    pub previous: u64,
}

impl EpochCredits {
    /// Credits earned in this epoch alone.
    #[inline]
    pub const fn earned(&self) -> u64 {
        self.credits.saturating_sub(self.previous)
    }
}

/// A vote account, read in place.
#[derive(Clone, Copy, Debug)]
pub struct VoteView<'a> {
    version: VoteVersion,
    node: &'a [u8; 32],
    withdrawer: &'a [u8; 32],
    inflation_commission_bps: u16,
    block_commission_bps: u16,
    last_vote_slot: Option<u64>,
    epoch_credits: &'a [[u8; CREDITS_ENTRY]],
}

impl<'a> VoteView<'a> {
    /// Errors: see [`VoteViewError`]. The caller checks the owner. Accepts exactly what the vote program itself can
    /// deserialize, except accounts without an authorized voter.
    #[inline]
    pub fn parse(data: &'a [u8]) -> Result<Self, VoteViewError> {
        let mut cursor = Cursor(data);
        let version = match cursor.u32()? {
            0 => return Err(VoteViewError::Uninitialized),
            1 => VoteVersion::V1_14_11,
            2 => VoteVersion::V3,
            3 => VoteVersion::V4,
            _ => return Err(VoteViewError::UnknownVersion),
        };
        let node = cursor.array::<32>()?;
        let withdrawer = cursor.array::<32>()?;
        let (inflation_commission_bps, block_commission_bps) = match version {
            VoteVersion::V4 => {
                cursor.skip(64)?;
                let inflation = cursor.u16()?;
                let block = cursor.u16()?;
                cursor.skip(8)?;
                if cursor.flag()? {
                    cursor.skip(BLS_KEY)?;
                }
                (inflation, block)
            }
            // Block revenue was the node's alone before v4.
            _ => (u16::from(cursor.u8()?).saturating_mul(100), 10_000),
        };
        let last_vote_slot = match version {
            VoteVersion::V1_14_11 => cursor.list::<12>()?.last().map(|vote| u64_at::<0>(vote)),
            _ => cursor.list::<13>()?.last().map(|vote| u64_at::<1>(vote)),
        };
        if cursor.flag()? {
            cursor.skip(8)?;
        }
        let has_voter = !cursor.list::<40>()?.is_empty();
        if version != VoteVersion::V4 {
            cursor.skip(PRIOR_VOTERS)?;
        }
        let epoch_credits = cursor.list::<CREDITS_ENTRY>()?;
        cursor.skip(16)?;
        // The vote program's own sign of an account that nobody initialized; v4 accounts always are.
        if !has_voter && version != VoteVersion::V4 {
            return Err(VoteViewError::Uninitialized);
        }
        Ok(Self {
            version,
            node,
            withdrawer,
            inflation_commission_bps,
            block_commission_bps,
            last_vote_slot,
            epoch_credits,
        })
    }

    #[inline]
    pub const fn version(&self) -> VoteVersion {
        self.version
    }

    /// Identity of the validator that votes here.
    #[inline]
    pub const fn node(&self) -> &'a [u8; 32] {
        self.node
    }

    /// Who may withdraw from, and close, the account.
    #[inline]
    pub const fn authorized_withdrawer(&self) -> &'a [u8; 32] {
        self.withdrawer
    }

    /// The validator's share of inflation rewards, in basis points. Above 10,000 where the chain allows any `u16`
    /// (or any percentage that fits a byte); the runtime takes such a number for one whole.
    #[inline]
    pub const fn inflation_commission_bps(&self) -> u16 {
        self.inflation_commission_bps
    }

    /// The validator's share of block revenue, in basis points; one whole before v4.
    #[inline]
    pub const fn block_commission_bps(&self) -> u16 {
        self.block_commission_bps
    }

    /// The highest slot voted for that is not rooted yet.
    #[inline]
    pub const fn last_vote_slot(&self) -> Option<u64> {
        self.last_vote_slot
    }

    /// The credits history, oldest epoch first; the chain keeps 64. Walk it from the back for the newest.
    #[inline]
    pub fn epoch_credits(
        &self,
    ) -> impl DoubleEndedIterator<Item = EpochCredits> + ExactSizeIterator + Clone + use<'a> {
        self.epoch_credits.iter().map(|entry| EpochCredits {
            epoch: u64_at::<0>(entry),
            credits: u64_at::<8>(entry),
            previous: u64_at::<16>(entry),
        })
    }

    /// Credits earned since the account was created: the rewards program pays for their growth.
    #[inline]
    pub fn credits(&self) -> u64 {
        self.epoch_credits().next_back().map_or(0, |entry| entry.credits)
    }
}

/// The u64 at byte `AT` of a fixed-size entry; 0 if it would not fit, which the constants rule out.
#[inline(always)]
fn u64_at<const AT: usize>(entry: &[u8]) -> u64 {
    entry.get(AT..).and_then(|tail| tail.first_chunk()).copied().map_or(0, u64::from_le_bytes)
}

/// What is left to read.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    #[inline(always)]
    fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], VoteViewError> {
        let (head, tail) = self.0.split_first_chunk().ok_or(VoteViewError::TooShort)?;
        self.0 = tail;
        Ok(head)
    }

    #[inline(always)]
    fn skip(&mut self, bytes: usize) -> Result<(), VoteViewError> {
        self.0 = self.0.get(bytes..).ok_or(VoteViewError::TooShort)?;
        Ok(())
    }

    #[inline(always)]
    fn u8(&mut self) -> Result<u8, VoteViewError> {
        self.array().map(|bytes| u8::from_le_bytes(*bytes))
    }

    #[inline(always)]
    fn u16(&mut self) -> Result<u16, VoteViewError> {
        self.array().map(|bytes| u16::from_le_bytes(*bytes))
    }

    #[inline(always)]
    fn u32(&mut self) -> Result<u32, VoteViewError> {
        self.array().map(|bytes| u32::from_le_bytes(*bytes))
    }

    #[inline(always)]
    fn u64(&mut self) -> Result<u64, VoteViewError> {
        self.array().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// The flag before an optional value.
    #[inline(always)]
    fn flag(&mut self) -> Result<bool, VoteViewError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(VoteViewError::Malformed),
        }
    }

    /// A list of entries of `N` bytes each, in place.
    #[inline(always)]
    fn list<const N: usize>(&mut self) -> Result<&'a [[u8; N]], VoteViewError> {
        let count = usize::try_from(self.u64()?).map_err(|_| VoteViewError::TooShort)?;
        let bytes = count.checked_mul(N).ok_or(VoteViewError::TooShort)?;
        let (head, tail) = self.0.split_at_checked(bytes).ok_or(VoteViewError::TooShort)?;
        self.0 = tail;
        Ok(head.as_chunks().0)
    }
}
