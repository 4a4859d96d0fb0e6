//! What a localnet is made of before its first block: epochs, inflation, rent, programs, validators.
//! Plain data and its validation; it never touches a bank.

use {
    crate::{script::ValidatorScript, seed},
    solana_account::Account,
    solana_address::Address,
    solana_inflation::Inflation,
    solana_keypair::Keypair,
    std::{collections::HashSet, path::PathBuf, time::Duration},
};

/// Mainnet's rent, lamports per byte of account storage (an account also pays for 128 bytes of overhead).
pub const MAINNET_LAMPORTS_PER_BYTE: u64 = 5_080;

/// Lamports in one SOL.
pub const LAMPORTS_PER_SOL: u64 = 1_000_000_000;

/// How many lamports an epoch mints for stakers and voters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum InflationPolicy {
    /// The rate is fixed at genesis so that a validator set with full credits earns this share of its stake a
    /// year, commission included (0.07 is 7%). As on mainnet what is minted depends on supply alone, so stake
    /// added later dilutes the yield of all.
    StakeYield(f64),
    /// The chain's own curve, a share of the total supply a year: `Inflation::full()` is mainnet's.
    Curve(Inflation),
}

/// A program present from genesis under the upgradeable loader (loader v3). SBPF v0 to v3 all run.
#[derive(Clone, Debug)]
pub struct Program {
    pub id: Address,
    /// The shared object, read when the localnet starts.
    pub path: PathBuf,
    /// Who may upgrade it; `None` makes it immutable.
    pub upgrade_authority: Option<Address>,
}

/// Everything [`crate::Localnet::start`] needs. Two localnets of equal configuration, given the same
/// transactions, hold the same balances.
#[derive(Clone, Debug)]
pub struct LocalnetConfig {
    /// Slots in every epoch, the first included: at least 32 and a multiple of 4 (a leader holds 4 slots).
    pub slots_per_epoch: u64,
    /// Wall-clock length of an epoch. It fixes the slot length, hence how fast the clock sysvar runs and which
    /// part of a year's inflation an epoch mints. Mainnet's 432,000 slots of 200 ms are a day.
    pub epoch_duration: Duration,
    pub inflation: InflationPolicy,
    /// Rent, lamports per byte.
    pub lamports_per_byte: u64,
    pub validators: Vec<ValidatorScript>,
    /// What the faucet, which also pays for the scripts' transactions, owns at genesis.
    pub faucet_lamports: u64,
    /// Unix time of slot 0, seconds.
    pub genesis_time: i64,
    /// Seeds every key, block hash and jitter.
    pub seed: u64,
    /// Stake accounts rewarded in one block: lower it to stretch the `EpochRewards` window over several slots
    /// (never more than a tenth of the epoch). Mainnet's 4,096 leaves one slot to a small cluster.
    pub rewards_per_block: u64,
    /// Accounts written at genesis.
    pub accounts: Vec<(Address, Account)>,
    pub programs: Vec<Program>,
    /// Features to leave off. All that this runtime knows are on otherwise, save Alpenglow, the cuts in slot
    /// time (see `epoch_duration`) and the rent steps that do not fit `lamports_per_byte`.
    pub features_off: Vec<Address>,
    /// How many of the last transactions are kept for who asks by RPC: about four kilobytes each.
    pub transactions_kept: usize,
}

impl Default for LocalnetConfig {
    /// Four steady validators of a million SOL each, 64-slot epochs lasting a day, 7% a year, mainnet's rent.
    fn default() -> Self {
        Self {
            slots_per_epoch: 64,
            epoch_duration: Duration::from_secs(86_400),
            inflation: InflationPolicy::StakeYield(0.07),
            lamports_per_byte: MAINNET_LAMPORTS_PER_BYTE,
            validators: (0..4).map(|i| ValidatorScript::new(format!("validator-{i}"))).collect(),
            faucet_lamports: 100_000_000 * LAMPORTS_PER_SOL,
            genesis_time: 1_750_000_000,
            seed: 0,
            rewards_per_block: 4_096,
            accounts: Vec::new(),
            programs: Vec::new(),
            features_off: Vec::new(),
            transactions_kept: 16_384,
        }
    }
}

impl LocalnetConfig {
    /// The default configuration with these validators.
    pub fn new(validators: Vec<ValidatorScript>) -> Self {
        Self { validators, ..Self::default() }
    }

    pub fn with_slots_per_epoch(mut self, slots: u64) -> Self {
        self.slots_per_epoch = slots;
        self
    }

    pub fn with_epoch_duration(mut self, duration: Duration) -> Self {
        self.epoch_duration = duration;
        self
    }

    pub fn with_inflation(mut self, inflation: InflationPolicy) -> Self {
        self.inflation = inflation;
        self
    }

    pub fn with_lamports_per_byte(mut self, lamports: u64) -> Self {
        self.lamports_per_byte = lamports;
        self
    }

    pub fn with_validator(mut self, validator: ValidatorScript) -> Self {
        self.validators.push(validator);
        self
    }

    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    pub fn with_rewards_per_block(mut self, rewards: u64) -> Self {
        self.rewards_per_block = rewards;
        self
    }

    pub fn with_account(mut self, address: Address, account: Account) -> Self {
        self.accounts.push((address, account));
        self
    }

    /// Adds an immutable program.
    pub fn with_program(mut self, id: Address, path: impl Into<PathBuf>) -> Self {
        self.programs.push(Program { id, path: path.into(), upgrade_authority: None });
        self
    }

    /// Adds a program that `authority` may upgrade.
    pub fn with_upgradeable_program(
        mut self,
        id: Address,
        path: impl Into<PathBuf>,
        authority: Address,
    ) -> Self {
        self.programs.push(Program { id, path: path.into(), upgrade_authority: Some(authority) });
        self
    }

    /// Keeps that many of the last transactions.
    pub fn with_transactions_kept(mut self, transactions: usize) -> Self {
        self.transactions_kept = transactions;
        self
    }

    pub fn with_feature_off(mut self, feature: Address) -> Self {
        self.features_off.push(feature);
        self
    }

    /// The key that owns the faucet's SOL: a function of the seed.
    pub fn faucet(&self) -> Keypair {
        seed::keypair(self.seed, "faucet", "")
    }

    /// The length of a slot.
    pub fn slot_duration(&self) -> Duration {
        self.epoch_duration / u32::try_from(self.slots_per_epoch).unwrap_or(u32::MAX)
    }

    pub(crate) fn validate(&self) -> Result<(), LocalnetError> {
        let fail = |why: String| Err(LocalnetError::Config(why));
        if self.slots_per_epoch < 32 || !self.slots_per_epoch.is_multiple_of(4) {
            return fail(format!("{} slots per epoch: at least 32, a multiple of 4", self.slots_per_epoch));
        }
        if self.slot_duration() < Duration::from_millis(1) {
            return fail("a slot lasts less than a millisecond".into());
        }
        if self.rewards_per_block == 0 || self.lamports_per_byte == 0 {
            return fail("rewards_per_block and lamports_per_byte must be above zero".into());
        }
        if self.validators.iter().all(|validator| validator.stake_lamports == 0) {
            return fail("nobody has stake".into());
        }
        let mut names = HashSet::new();
        for validator in &self.validators {
            if !names.insert(&validator.name) {
                return fail(format!("two validators are named {}", validator.name));
            }
            validator.validate().map_err(LocalnetError::Config)?;
        }
        Ok(())
    }
}

/// Why a localnet could not start.
#[derive(Debug)]
pub enum LocalnetError {
    Config(String),
    /// A program's file could not be read.
    Program(PathBuf, std::io::Error),
}

impl std::fmt::Display for LocalnetError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Config(why) => write!(f, "localnet configuration: {why}"),
            Self::Program(path, error) => write!(f, "program {}: {error}", path.display()),
        }
    }
}

impl std::error::Error for LocalnetError {}
