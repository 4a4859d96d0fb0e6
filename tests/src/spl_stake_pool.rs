//! Fixture client of the SPL stake pool program, the one most liquid staking tokens are issued by: makes a pool, builds
//! each instruction with the right accounts, reads what is there. Instructions and accounts are written out here, as
//! version 2.2.0 of `spl-stake-pool` has them: the crate itself asks the host's own dependencies for other features,
//! which would compile the Agave runtime anew.

use borsh::{BorshDeserialize, BorshSerialize};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_sdk_ids::{system_program, sysvar};
use solana_signer::Signer;
use solana_stake_interface::state::{Authorized, Lockup};

use crate::chain::{Chain, Sent, keypair};
use crate::pool::{STAKE_PROGRAM, STAKE_SPACE, compute_limit};
use crate::{SOL, token};

pub const SPL_STAKE_POOL_ID: Address = Address::from_str_const("SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy");

/// The program's errors that a caller may run into.
pub mod error {
    pub const INVALID_PROGRAM_ADDRESS: u32 = 1;
    pub const INVALID_VALIDATOR_LIST: u32 = 8;
    pub const INVALID_FEE_ACCOUNT: u32 = 9;
    pub const WRONG_POOL_MINT: u32 = 10;
    pub const INVALID_STAKE_ACCOUNT: u32 = 15;
    /// The pool has not been updated in this epoch.
    pub const OUT_OF_DATE: u32 = 17;
    /// Less than the least would stay with the validator.
    pub const STAKE_NOT_EQUAL_TO_MINIMUM: u32 = 23;
    /// The tokens are worth no lamport.
    pub const WITHDRAWAL_TOO_SMALL: u32 = 28;
    /// The holder would get less than asked for.
    pub const EXCEEDED_SLIPPAGE: u32 = 39;
}

/// Validators whose update fits the compute units of an instruction, whatever there is to merge.
const UPDATED_AT_ONCE: usize = 4;
/// Bytes of a stake pool with every option set.
const POOL_SPACE: usize = 611;
/// Bytes of a validator list before its entries, and of an entry.
const LIST_SPACE: usize = 9;
const ENTRY_SPACE: usize = 73;

const STAKE_CONFIG: Address = Address::from_str_const("StakeConfig11111111111111111111111111111111");

/// Positions in the program's table of instructions.
mod tag {
    pub const INITIALIZE: u8 = 0;
    pub const ADD_VALIDATOR: u8 = 1;
    pub const INCREASE_STAKE: u8 = 4;
    pub const UPDATE_VALIDATOR_LIST: u8 = 6;
    pub const UPDATE_POOL: u8 = 7;
    pub const CLEANUP_REMOVED: u8 = 8;
    pub const WITHDRAW_STAKE: u8 = 24;
    pub const DEPOSIT_SOL: u8 = 25;
}

/// A share that the manager takes; nothing where either number is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Fee {
    pub denominator: u64,
    pub numerator: u64,
}

impl Fee {
    pub const fn new(numerator: u64, denominator: u64) -> Self {
        Self { denominator, numerator }
    }

    /// The manager's part of `amount`, rounded up.
    pub fn of(&self, amount: u64) -> u64 {
        if self.denominator == 0 {
            return 0;
        }
        let part = u128::from(amount) * u128::from(self.numerator);
        u64::try_from(part.div_ceil(u128::from(self.denominator))).expect("a share of it")
    }
}

/// A fee that holds after one more epoch, or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshDeserialize)]
pub enum FutureFee {
    None,
    One(Fee),
    Two(Fee),
}

/// The program's account of a pool.
#[derive(Clone, Debug, PartialEq, Eq, BorshDeserialize)]
pub struct StakePool {
    /// 1.
    pub account_type: u8,
    pub manager: Address,
    pub staker: Address,
    pub stake_deposit_authority: Address,
    pub stake_withdraw_bump_seed: u8,
    pub validator_list: Address,
    pub reserve_stake: Address,
    pub pool_mint: Address,
    pub manager_fee_account: Address,
    pub token_program_id: Address,
    /// Lamports of all stake accounts, rent included, and of the reserve above its rent; as of the last update.
    pub total_lamports: u64,
    pub pool_token_supply: u64,
    pub last_update_epoch: u64,
    /// Unix time, epoch, custodian: all zero.
    pub lockup: (i64, u64, Address),
    pub epoch_fee: Fee,
    pub next_epoch_fee: FutureFee,
    pub preferred_deposit_validator: Option<Address>,
    pub preferred_withdraw_validator: Option<Address>,
    pub stake_deposit_fee: Fee,
    pub stake_withdrawal_fee: Fee,
    pub next_stake_withdrawal_fee: FutureFee,
    pub stake_referral_fee: u8,
    pub sol_deposit_authority: Option<Address>,
    pub sol_deposit_fee: Fee,
    pub sol_referral_fee: u8,
    pub sol_withdraw_authority: Option<Address>,
    pub sol_withdrawal_fee: Fee,
    pub next_sol_withdrawal_fee: FutureFee,
    pub last_epoch_pool_token_supply: u64,
    pub last_epoch_total_lamports: u64,
}

impl StakePool {
    /// What `WithdrawStake` of so many pool tokens burns, and how many lamports of stake it splits off: what is left of
    /// the tokens after the fee, at the recorded rate, rounded down.
    pub fn stake_withdrawal(&self, tokens: u64) -> StakeWithdrawal {
        let fee = self.stake_withdrawal_fee.of(tokens);
        let burnt = tokens - fee;
        let value = u128::from(burnt) * u128::from(self.total_lamports) / u128::from(self.pool_token_supply);
        StakeWithdrawal { fee, burnt, lamports: u64::try_from(value).expect("within the pool") }
    }
}

/// What becomes of pool tokens given for stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeWithdrawal {
    /// Pool tokens that go to the manager.
    pub fee: u64,
    pub burnt: u64,
    /// Lamports that move from the validator's stake account to the holder's.
    pub lamports: u64,
}

/// The program's record of a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshDeserialize)]
pub struct Validator {
    /// Lamports of the validator's stake account, rent included.
    pub active_lamports: u64,
    /// Lamports of the account that warms up or cools down beside it.
    pub transient_lamports: u64,
    pub last_update_epoch: u64,
    pub transient_seed: u64,
    pub unused: u32,
    pub validator_seed: u32,
    /// 0 while active; all else is a validator on its way out.
    pub status: u8,
    pub vote: Address,
}

#[derive(BorshDeserialize)]
struct ValidatorList {
    _account_type: u8,
    _max_validators: u32,
    validators: Vec<Validator>,
}

/// The accounts of `WithdrawStake`, in the program's order. Whoever calls the program passes all of them on.
#[derive(Clone, Copy, Debug)]
pub struct WithdrawStake {
    pub pool: Address,
    pub validator_list: Address,
    pub withdraw_authority: Address,
    /// The validator's stake account, which is split.
    pub stake: Address,
    /// A stake account with its rent, uninitialized.
    pub destination: Address,
    /// Will be staker and withdrawer of the destination. Does not sign.
    pub stake_authority: Address,
    /// Signs for the pool tokens.
    pub transfer_authority: Address,
    pub tokens: Address,
    pub fee_account: Address,
    pub mint: Address,
    pub clock: Address,
    pub token_program: Address,
    pub stake_program: Address,
}

impl WithdrawStake {
    pub fn metas(&self) -> [AccountMeta; 13] {
        [
            AccountMeta::new(self.pool, false),
            AccountMeta::new(self.validator_list, false),
            AccountMeta::new_readonly(self.withdraw_authority, false),
            AccountMeta::new(self.stake, false),
            AccountMeta::new(self.destination, false),
            AccountMeta::new_readonly(self.stake_authority, false),
            AccountMeta::new_readonly(self.transfer_authority, true),
            AccountMeta::new(self.tokens, false),
            AccountMeta::new(self.fee_account, false),
            AccountMeta::new(self.mint, false),
            AccountMeta::new_readonly(self.clock, false),
            AccountMeta::new_readonly(self.token_program, false),
            AccountMeta::new_readonly(self.stake_program, false),
        ]
    }

    /// `WithdrawStakeWithSlippage`: fails for less than `min_lamports`.
    pub fn instruction(&self, tokens: u64, min_lamports: u64) -> Instruction {
        instruction(tag::WITHDRAW_STAKE, (tokens, min_lamports), self.metas())
    }
}

/// What a test may want different about its pool.
#[derive(Clone, Copy, Debug)]
pub struct SplStakePoolOptions {
    /// Share of an epoch's rewards.
    pub epoch_fee: Fee,
    /// Share of the pool tokens given for stake.
    pub withdrawal_fee: Fee,
    /// Share of the pool tokens minted for stake or SOL.
    pub deposit_fee: Fee,
    pub max_validators: u32,
}

impl Default for SplStakePoolOptions {
    /// Fees as the large pools of mainnet take them.
    fn default() -> Self {
        Self {
            epoch_fee: Fee::new(5, 100),
            withdrawal_fee: Fee::new(1, 1_000),
            deposit_fee: Fee::new(0, 1),
            max_validators: 20,
        }
    }
}

/// A pool of somebody else's and the keys of those who run it.
pub struct SplStakePool {
    /// Put before the names of its keys; empty for the first pool of a chain.
    pub prefix: String,
    pub pool: Address,
    pub validator_list: Address,
    /// The stake account that takes deposits.
    pub reserve: Address,
    pub mint: Address,
    /// Where the manager's fees go.
    pub fee_account: Address,
    /// Staker and withdrawer of all the pool's stake accounts, and the mint's authority.
    pub withdraw_authority: Address,
    /// Manager and staker, pays for cranks and accounts.
    pub manager: Keypair,
}

impl SplStakePool {
    pub fn new<C: Chain>(chain: &mut C) -> Self {
        Self::with_options(chain, SplStakePoolOptions::default())
    }

    pub fn with_options<C: Chain>(chain: &mut C, options: SplStakePoolOptions) -> Self {
        Self::named(chain, "", options)
    }

    /// One more pool on a chain, whose every key differs from the others'.
    pub fn named<C: Chain>(chain: &mut C, prefix: &str, options: SplStakePoolOptions) -> Self {
        let key = |of: &str| keypair(&format!("{prefix}SPL {of}"));
        let (pool, list, reserve) = (key("pool"), key("list"), key("reserve"));
        let (mint, fee_account) = (key("mint"), key("fees"));
        let manager = chain.wallet(&format!("{prefix}SPL manager"), 1_000 * SOL);
        let withdraw_authority = find(&[pool.pubkey().as_ref(), b"withdraw"]);

        token::create_mint(chain, &manager, &mint, &withdraw_authority);
        token::create_token_account(chain, &manager, &fee_account, &mint.pubkey(), &manager.pubkey());
        let create = |account: &Keypair, space, owner| {
            token::create_account(chain, &manager, &account.pubkey(), space, owner)
        };
        let list_space = LIST_SPACE + ENTRY_SPACE * options.max_validators as usize;
        let accounts = [
            create(&reserve, STAKE_SPACE, &STAKE_PROGRAM),
            create(&pool, POOL_SPACE, &SPL_STAKE_POOL_ID),
            create(&list, list_space, &SPL_STAKE_POOL_ID),
        ];
        let both = Authorized { staker: withdraw_authority, withdrawer: withdraw_authority };
        let initialize_reserve =
            solana_stake_interface::instruction::initialize(&reserve.pubkey(), &both, &Lockup::default());

        let this = Self {
            prefix: prefix.to_owned(),
            pool: pool.pubkey(),
            validator_list: list.pubkey(),
            reserve: reserve.pubkey(),
            mint: mint.pubkey(),
            fee_account: fee_account.pubkey(),
            withdraw_authority,
            manager,
        };
        let instructions =
            accounts.into_iter().chain([initialize_reserve, this.initialize(&options)]).collect::<Vec<_>>();
        chain.must(&instructions, &[&this.manager, &reserve, &pool, &list]);
        this
    }

    fn initialize(&self, options: &SplStakePoolOptions) -> Instruction {
        let referral_fee = 0_u8;
        let SplStakePoolOptions { epoch_fee, withdrawal_fee, deposit_fee, max_validators } = *options;
        instruction(
            tag::INITIALIZE,
            (epoch_fee, withdrawal_fee, deposit_fee, referral_fee, max_validators),
            [
                AccountMeta::new(self.pool, false),
                AccountMeta::new_readonly(self.manager.pubkey(), true),
                AccountMeta::new_readonly(self.manager.pubkey(), false),
                AccountMeta::new_readonly(self.withdraw_authority, false),
                AccountMeta::new(self.validator_list, false),
                AccountMeta::new_readonly(self.reserve, false),
                AccountMeta::new(self.mint, false),
                AccountMeta::new(self.fee_account, false),
                AccountMeta::new_readonly(token::TOKEN_PROGRAM, false),
            ],
        )
    }

    // Holders.

    /// A wallet with SOL and an empty account of pool tokens.
    pub fn user<C: Chain>(&self, chain: &mut C, name: &str, lamports: u64) -> (Keypair, Address) {
        let user = chain.wallet(name, lamports);
        let account = keypair(&format!("{}{name}'s SPL tokens", self.prefix));
        let tokens = token::create_token_account(chain, &self.manager, &account, &self.mint, &user.pubkey());
        (user, tokens)
    }

    /// `DepositSolWithSlippage`. Nobody is the referrer: that part of the fee is the manager's too.
    pub fn deposit_sol(&self, user: &Address, tokens: &Address, lamports: u64, min_out: u64) -> Instruction {
        instruction(
            tag::DEPOSIT_SOL,
            (lamports, min_out),
            [
                AccountMeta::new(self.pool, false),
                AccountMeta::new_readonly(self.withdraw_authority, false),
                AccountMeta::new(self.reserve, false),
                AccountMeta::new(*user, true),
                AccountMeta::new(*tokens, false),
                AccountMeta::new(self.fee_account, false),
                AccountMeta::new(self.fee_account, false),
                AccountMeta::new(self.mint, false),
                AccountMeta::new_readonly(system_program::ID, false),
                AccountMeta::new_readonly(token::TOKEN_PROGRAM, false),
            ],
        )
    }

    /// Stake of a validator for the pool tokens of `user`, who becomes the stake's staker and withdrawer too.
    pub fn withdraw_stake_accounts<C: Chain + ?Sized>(
        &self,
        chain: &C,
        user: &Address,
        tokens: &Address,
        vote: &Address,
        destination: &Address,
    ) -> WithdrawStake {
        WithdrawStake {
            pool: self.pool,
            validator_list: self.validator_list,
            withdraw_authority: self.withdraw_authority,
            stake: self.stake(&self.validator(chain, vote)),
            destination: *destination,
            stake_authority: *user,
            transfer_authority: *user,
            tokens: *tokens,
            fee_account: self.fee_account,
            mint: self.mint,
            clock: sysvar::clock::ID,
            token_program: token::TOKEN_PROGRAM,
            stake_program: STAKE_PROGRAM,
        }
    }

    /// A new, uninitialized stake account with its rent, for `WithdrawStake`.
    pub fn new_stake_account<C: Chain>(&self, chain: &mut C, name: &str) -> Address {
        let account = keypair(name);
        let create =
            token::create_account(chain, &self.manager, &account.pubkey(), STAKE_SPACE, &STAKE_PROGRAM);
        chain.must(&[create], &[&self.manager, &account]);
        account.pubkey()
    }

    // The staker, which is the manager.

    /// Takes a validator in, with the least stake the chain allows, out of the reserve.
    pub fn add_validator(&self, vote: &Address) -> Instruction {
        let seed = 0_u32;
        instruction(
            tag::ADD_VALIDATOR,
            seed,
            [
                AccountMeta::new(self.pool, false),
                AccountMeta::new_readonly(self.manager.pubkey(), true),
                AccountMeta::new(self.reserve, false),
                AccountMeta::new_readonly(self.withdraw_authority, false),
                AccountMeta::new(self.validator_list, false),
                AccountMeta::new(find(&[vote.as_ref(), self.pool.as_ref()]), false),
                AccountMeta::new_readonly(*vote, false),
                AccountMeta::new_readonly(sysvar::rent::ID, false),
                AccountMeta::new_readonly(sysvar::clock::ID, false),
                AccountMeta::new_readonly(sysvar::stake_history::ID, false),
                AccountMeta::new_readonly(STAKE_CONFIG, false),
                AccountMeta::new_readonly(system_program::ID, false),
                AccountMeta::new_readonly(STAKE_PROGRAM, false),
            ],
        )
    }

    /// Delegates so many lamports of the reserve, and the rent of one more stake account, which warms up beside the
    /// validator's own until an update merges it. Once an epoch and validator.
    pub fn increase_stake<C: Chain + ?Sized>(&self, chain: &C, vote: &Address, lamports: u64) -> Instruction {
        let validator = self.validator(chain, vote);
        instruction(
            tag::INCREASE_STAKE,
            (lamports, validator.transient_seed),
            [
                AccountMeta::new_readonly(self.pool, false),
                AccountMeta::new_readonly(self.manager.pubkey(), true),
                AccountMeta::new_readonly(self.withdraw_authority, false),
                AccountMeta::new(self.validator_list, false),
                AccountMeta::new(self.reserve, false),
                AccountMeta::new(self.transient_stake(&validator), false),
                AccountMeta::new_readonly(self.stake(&validator), false),
                AccountMeta::new_readonly(*vote, false),
                AccountMeta::new_readonly(sysvar::clock::ID, false),
                AccountMeta::new_readonly(sysvar::rent::ID, false),
                AccountMeta::new_readonly(sysvar::stake_history::ID, false),
                AccountMeta::new_readonly(STAKE_CONFIG, false),
                AccountMeta::new_readonly(system_program::ID, false),
                AccountMeta::new_readonly(STAKE_PROGRAM, false),
            ],
        )
    }

    // Cranks.

    /// `UpdateValidatorListBalance` of these validators, the first of which stands at `start`.
    pub fn update_validators(&self, start: usize, validators: &[Validator]) -> Instruction {
        let no_merge = false;
        let fixed = [
            AccountMeta::new_readonly(self.pool, false),
            AccountMeta::new_readonly(self.withdraw_authority, false),
            AccountMeta::new(self.validator_list, false),
            AccountMeta::new(self.reserve, false),
            AccountMeta::new_readonly(sysvar::clock::ID, false),
            AccountMeta::new_readonly(sysvar::stake_history::ID, false),
            AccountMeta::new_readonly(STAKE_PROGRAM, false),
        ];
        let stakes = validators.iter().flat_map(|validator| {
            [self.stake(validator), self.transient_stake(validator)]
                .map(|stake| AccountMeta::new(stake, false))
        });
        instruction(
            tag::UPDATE_VALIDATOR_LIST,
            (u32::try_from(start).expect("a short list"), no_merge),
            fixed.into_iter().chain(stakes),
        )
    }

    /// `UpdateStakePoolBalance`: takes in what the validators' updates found and mints the manager's fee.
    pub fn update_pool(&self) -> Instruction {
        instruction(
            tag::UPDATE_POOL,
            (),
            [
                AccountMeta::new(self.pool, false),
                AccountMeta::new_readonly(self.withdraw_authority, false),
                AccountMeta::new(self.validator_list, false),
                AccountMeta::new_readonly(self.reserve, false),
                AccountMeta::new(self.fee_account, false),
                AccountMeta::new(self.mint, false),
                AccountMeta::new_readonly(token::TOKEN_PROGRAM, false),
            ],
        )
    }

    /// `CleanupRemovedValidatorEntries`.
    pub fn cleanup_removed(&self) -> Instruction {
        instruction(
            tag::CLEANUP_REMOVED,
            (),
            [AccountMeta::new(self.pool, false), AccountMeta::new(self.validator_list, false)],
        )
    }

    /// The whole update of an epoch, without which holders' instructions fail; what each transaction came to.
    pub fn update<C: Chain>(&self, chain: &mut C) -> Vec<Sent> {
        let validators = self.validators(chain);
        let mut sent = Vec::new();
        for (batch, part) in validators.chunks(UPDATED_AT_ONCE).enumerate() {
            let update = self.update_validators(batch * UPDATED_AT_ONCE, part);
            sent.push(chain.must(&[compute_limit(1_400_000), update], &[&self.manager]));
        }
        sent.push(chain.must(&[self.update_pool(), self.cleanup_removed()], &[&self.manager]));
        sent
    }

    // Reading.

    pub fn state<C: Chain + ?Sized>(&self, chain: &C) -> StakePool {
        read(chain, &self.pool)
    }

    pub fn validators<C: Chain + ?Sized>(&self, chain: &C) -> Vec<Validator> {
        read::<ValidatorList, C>(chain, &self.validator_list).validators
    }

    #[track_caller]
    pub fn validator<C: Chain + ?Sized>(&self, chain: &C, vote: &Address) -> Validator {
        let validators = self.validators(chain);
        *validators.iter().find(|validator| validator.vote == *vote).expect("a validator of the pool")
    }

    /// Lamports per 10^9 base units of the pool token, as of the last update, rounded down.
    pub fn rate<C: Chain + ?Sized>(&self, chain: &C) -> u64 {
        let pool = self.state(chain);
        let rate = u128::from(pool.total_lamports) * u128::from(SOL) / u128::from(pool.pool_token_supply);
        u64::try_from(rate).expect("a sane rate")
    }

    /// A validator's stake account.
    pub fn stake(&self, validator: &Validator) -> Address {
        let seed = validator.validator_seed.to_le_bytes();
        let seed: &[u8] = if validator.validator_seed == 0 { &[] } else { &seed };
        find(&[validator.vote.as_ref(), self.pool.as_ref(), seed])
    }

    /// Where a validator's stake warms up or cools down.
    pub fn transient_stake(&self, validator: &Validator) -> Address {
        let seed = validator.transient_seed.to_le_bytes();
        find(&[b"transient", validator.vote.as_ref(), self.pool.as_ref(), &seed])
    }
}

fn find(seeds: &[&[u8]]) -> Address {
    Address::find_program_address(seeds, &SPL_STAKE_POOL_ID).0
}

fn instruction(
    tag: u8,
    arguments: impl BorshSerialize,
    accounts: impl IntoIterator<Item = AccountMeta>,
) -> Instruction {
    Instruction {
        program_id: SPL_STAKE_POOL_ID,
        accounts: accounts.into_iter().collect(),
        data: borsh::to_vec(&(tag, arguments)).expect("memory does not fail"),
    }
}

/// An account of the program's. What follows the fields is room for longer ones.
fn read<T: BorshDeserialize, C: Chain + ?Sized>(chain: &C, address: &Address) -> T {
    let account = chain.account(address).expect("the account exists");
    assert_eq!(account.owner, SPL_STAKE_POOL_ID);
    T::deserialize(&mut account.data.as_slice()).expect("laid out as the program does")
}
