//! Where most tests begin: a pool on LiteSVM, its holders and its validators, and the ways an epoch may go.

use sluice_pool_math::Ledger;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::accounts;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_sdk::staking_pool::types::{FeeEntry, LedgerEntry, LiquidityEntry, ValidatorRecord};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_system_interface::instruction as system;

/// Offsets into a stake account: see the stake program's `StakeStateV2`.
pub mod offset {
    pub const STAKER: usize = 12;
    pub const WITHDRAWER: usize = 44;
    pub const LOCKUP_EPOCH: usize = 84;
    pub const VOTER: usize = 124;
    pub const DELEGATED: usize = 156;
    pub const DEACTIVATION_EPOCH: usize = 172;
}

pub const SYSTEM: Address = solana_sdk_ids::system_program::ID;
pub const INCINERATOR: Address = Address::from_str_const("1nc1nerator11111111111111111111111111111111");
pub const TOKEN_2022: Address = Address::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

pub const STAKE_CONFIG: Address = Address::from_str_const("StakeConfig11111111111111111111111111111111");

/// The framework's code for an account to be initialised that is not new.
pub const CONSTRAINT_ZERO: u32 = 2013;

/// What events say where nothing was charged, and where there is no liquidity pool.
pub const NO_FEE: FeeEntry = FeeEntry { referrer: 0, insurance: 0, treasury: 0 };
pub const NO_LIQUIDITY: LiquidityEntry = LiquidityEntry { lamports: 0, shares: 0, supply: 0 };

/// Slots of an epoch of LiteSVM.
pub const EPOCH: u64 = 432_000;

pub struct Stage {
    pub svm: Svm,
    pub pool: PoolFixture,
}

/// A wallet and its LST account.
pub struct Holder {
    pub key: Keypair,
    pub lst: Address,
}

impl Holder {
    pub fn address(&self) -> Address {
        self.key.pubkey()
    }
}

impl Stage {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// A pool with some of the default options changed.
    pub fn with(change: impl FnOnce(&mut PoolOptions)) -> Self {
        let mut options = PoolOptions::default();
        change(&mut options);
        let mut svm = Svm::new();
        let pool = PoolFixture::with_options(&mut svm, options);
        Self { svm, pool }
    }

    /// A pool whose 11 SOL are shared by 10.05 LST: the seed, nine of alice's, and the fee of one SOL of profit.
    /// Nothing is locked.
    pub fn appreciated(change: impl FnOnce(&mut PoolOptions)) -> (Self, Holder) {
        let mut stage = Self::with(change);
        let alice = stage.holder("alice", 9 * SOL);
        stage.donate(&stage.pool.reserve.clone(), SOL);
        stage.next_epoch();
        stage.next_epoch();
        let state = stage.pool.state(&stage.svm);
        assert_eq!((state.total_lamports, state.supply), (11 * SOL, 10_050_000_000));
        (stage, alice)
    }

    /// Another pool on the same chain.
    pub fn other_pool(&mut self) -> PoolFixture {
        PoolFixture::named(&mut self.svm, "other ", PoolOptions::default())
    }

    /// Somebody with a hundred SOL and an empty LST account.
    pub fn newcomer(&mut self, name: &str) -> Holder {
        let (key, lst) = self.pool.user(&mut self.svm, name, 100 * SOL);
        Holder { key, lst }
    }

    /// Somebody who deposited that much and has a hundred SOL left.
    pub fn holder(&mut self, name: &str, lamports: u64) -> Holder {
        holder_of(&mut self.svm, &self.pool, name, lamports)
    }

    /// Sends at the cost of the fixture's payer. Whatever the pool does, what it holds moves by what it books, to the
    /// lamport and to the base unit: only the end of an update finds anything.
    #[track_caller]
    pub fn must(&mut self, instruction: Instruction, signers: &[&Keypair]) -> Sent {
        let mut all = vec![&self.pool.payer];
        all.extend(signers);
        let (before, ours) = (Books::of(self), instruction.program_id == STAKING_POOL_ID);
        let sent = self.svm.must(&[instruction], &all);
        let after = Books::of(self);
        if ours && after.updated_epoch == before.updated_epoch {
            assert_eq!(before.unbooked(), after.unbooked(), "lamports and LST moved, but not in the books");
        }
        sent
    }

    /// Expects a refusal that changes nothing.
    #[track_caller]
    pub fn refuses(&mut self, instruction: Instruction, signers: &[&Keypair], refusal: impl Into<Refusal>) {
        self.pool.refuses(&mut self.svm, instruction, signers, refusal);
    }

    /// A plain transfer from a stranger.
    pub fn donate(&mut self, to: &Address, lamports: u64) {
        let donor = self.svm.wallet("donor", lamports + SOL);
        self.svm.must(&[system::transfer(&donor.pubkey(), to, lamports)], &[&donor]);
    }

    /// Takes lamports out of an account, as no transaction could: stands for a loss.
    pub fn lose(&mut self, from: &Address, lamports: u64) {
        self.svm.edit(from, |account| account.lamports -= lamports);
    }

    /// The next epoch, updated at its first slot.
    pub fn next_epoch(&mut self) -> Vec<Sent> {
        self.svm.advance_epoch();
        self.pool.update(&mut self.svm)
    }

    /// A vote account in the pool's list, without stake.
    pub fn validator(&mut self, name: &str) -> Address {
        let vote = self.svm.add_vote_account(name);
        self.delegate(self.pool.add_validator(&vote));
        vote
    }

    /// A validator with a canonical stake account that is wholly active, an epoch later.
    pub fn staked(&mut self, name: &str, lamports: u64) -> Address {
        let vote = self.validator(name);
        self.increase(&vote, lamports);
        self.next_epoch();
        vote
    }

    pub fn increase(&mut self, vote: &Address, lamports: u64) -> Sent {
        self.delegate(self.pool.increase_stake(&self.svm, vote, lamports))
    }

    pub fn decrease(&mut self, vote: &Address, lamports: u64) -> Sent {
        self.delegate(self.pool.decrease_stake(&self.svm, vote, lamports))
    }

    /// Sends what the delegation authority signs.
    #[track_caller]
    pub fn delegate(&mut self, instruction: Instruction) -> Sent {
        let authority = self.pool.delegation.insecure_clone();
        self.must(instruction, &[&authority])
    }

    /// Expects that the delegation authority is refused.
    #[track_caller]
    pub fn delegate_fails(&mut self, instruction: Instruction, refusal: impl Into<Refusal>) {
        let authority = self.pool.delegation.insecure_clone();
        self.refuses(instruction, &[&authority], refusal);
    }

    /// Sends what the admin signs.
    #[track_caller]
    pub fn administer(&mut self, instruction: Instruction) -> Sent {
        let admin = self.pool.admin.insecure_clone();
        self.must(instruction, &[&admin])
    }

    /// The books as they were, but for what `change` says.
    #[track_caller]
    pub fn changed_only(&self, mut before: accounts::Pool, change: impl FnOnce(&mut accounts::Pool)) {
        change(&mut before);
        let after = self.pool.state(&self.svm);
        assert!(after == before, "more changed than that, or less:\n{after:?}\n{before:?}");
    }

    /// A ticket of that name over `shares` of the holder's.
    pub fn ordered(&mut self, holder: &Holder, name: &str, shares: u64) -> Address {
        let ticket = keypair(name);
        let order = self.pool.order_unstake(&holder.address(), &holder.lst, &ticket.pubkey(), shares);
        self.must(order, &[&holder.key, &ticket]);
        ticket.pubkey()
    }

    /// Frees an occupied address. What lay there becomes the reserve's.
    pub fn clear(&mut self, vote: &Address, occupied: &Address) -> Sent {
        let clear = self.pool.clear_stake_address(&self.svm, vote, occupied);
        self.svm.must(&[clear], &[&self.pool.payer])
    }

    /// Marks a stake account deactivated in this epoch: what the stake program's `DeactivateDelinquent`, which anyone
    /// may send against a validator that stopped voting, leaves behind.
    pub fn deactivated_by_a_third_party(&mut self, stake: &Address) {
        let epoch = self.svm.clock().epoch;
        self.write_word(stake, offset::DEACTIVATION_EPOCH, epoch);
    }

    /// Leaves a stake account initialized and undelegated, as a restart of the cluster may.
    pub fn undelegated_by_a_restart(&mut self, stake: &Address) {
        self.svm.edit(stake, |account| {
            account.data[..4].copy_from_slice(&[1, 0, 0, 0]);
            account.data[offset::VOTER..].fill(0);
        });
    }

    pub fn write_word(&mut self, account: &Address, offset: usize, value: u64) {
        self.svm
            .edit(account, |account| account.data[offset..offset + 8].copy_from_slice(&value.to_le_bytes()));
    }

    /// Sends that much of a mint to an account of the incinerator, and to one of the system program: where they are.
    pub fn ashes(&mut self, owner: &Keypair, from: &Address, mint: &Address, amount: u64) -> [Address; 2] {
        let payer = self.pool.payer.insecure_clone();
        [("incinerator's", INCINERATOR), ("system's", SYSTEM)].map(|(name, nobody)| {
            let account = token::create_token_account(&mut self.svm, &payer, &keypair(name), mint, &nobody);
            self.svm.must(&[token::transfer(from, &account, &owner.pubkey(), amount)], &[&payer, owner]);
            account
        })
    }

    /// Puts a token account into the state it is in after `FreezeAccount`.
    pub fn freeze(&mut self, account: &Address) {
        self.svm.edit(account, |account| account.data[108] = 2);
    }

    pub fn record(&self, vote: &Address) -> ValidatorRecord {
        self.pool.record(&self.svm, vote).1
    }

    /// Delegated lamports of a stake account, read from its bytes.
    pub fn delegated(&self, stake: &Address) -> u64 {
        let account = self.svm.account(stake).expect("the stake account exists");
        assert_eq!(account.data[0], 2, "delegated");
        u64::from_le_bytes(
            account.data[offset::DELEGATED..offset::DELEGATED + 8].try_into().expect("8 bytes"),
        )
    }

    /// Rent of a stake account.
    pub fn stake_rent(&self) -> u64 {
        self.svm.rent_exempt(pool::STAKE_SPACE)
    }

    pub fn tokens(&self, account: &Address) -> u64 {
        token::balance(&self.svm, account)
    }

    pub fn lamports(&self, address: &Address) -> u64 {
        self.svm.lamports(address)
    }

    #[track_caller]
    pub fn assert_balanced(&self) {
        ledger::assert_balanced(&self.svm, &self.pool);
    }
}

/// What a pool holds, and what its books say.
struct Books {
    /// Lamports of the reserve and of every address where the pool may have stake, rent and strays and all.
    held: i128,
    booked: i128,
    /// Base units of LST that exist.
    minted: i128,
    claimed: i128,
    updated_epoch: u64,
}

impl Books {
    fn of(stage: &Stage) -> Self {
        let (svm, pool) = (&stage.svm, &stage.pool);
        let state = pool.state(svm);
        let stake = |record: &ValidatorRecord| {
            let addresses =
                [pool.stake(&record.vote), pool.activating(&record.vote), pool.deactivating(&record.vote)];
            addresses.iter().map(|address| svm.lamports(address)).sum::<u64>()
        };
        let staked: u64 = pool.list(svm).records.iter().map(stake).sum();
        Self {
            held: i128::from(svm.lamports(&pool.reserve)) + i128::from(staked),
            booked: i128::from(state.total_lamports) + i128::from(state.liquidity_lamports),
            minted: i128::from(token::supply(svm, &pool.mint)),
            claimed: i128::from(state.supply) + i128::from(state.pending_burn)
                - i128::from(state.insurance_shares)
                - i128::from(state.fee_shares)
                - i128::from(state.liquidity_shares),
            updated_epoch: state.updated_epoch,
        }
    }

    /// Lamports and LST that the books do not know.
    fn unbooked(&self) -> (i128, i128) {
        (self.held - self.booked, self.minted - self.claimed)
    }
}

/// Somebody who deposited that much into a pool and has a hundred SOL left.
pub fn holder_of(svm: &mut Svm, pool: &PoolFixture, name: &str, lamports: u64) -> Holder {
    let (key, lst) = pool.user(svm, name, 100 * SOL + lamports);
    svm.must(&[pool.deposit_sol(&key.pubkey(), &lst, lamports, 0)], &[&pool.payer, &key]);
    Holder { key, lst }
}

/// The framework's own codes.
pub fn framework(code: u32) -> Refusal {
    Refusal::code(&STAKING_POOL_ID, code)
}

/// What staking-pool returns of the errors that all programs share.
pub fn shared(error: InstructionError) -> Refusal {
    Refusal::of(&STAKING_POOL_ID, error)
}

/// The token program refused a call of ours.
pub fn by_token(code: u32) -> Refusal {
    Refusal::code(&token::TOKEN_PROGRAM, code)
}

/// The token program refused a call of ours with one of the errors that all programs share.
pub fn by_token_with(error: InstructionError) -> Refusal {
    Refusal::of(&token::TOKEN_PROGRAM, error)
}

/// The stake program refused a call of ours.
pub fn by_stake(error: InstructionError) -> Refusal {
    Refusal::of(&pool::STAKE_PROGRAM, error)
}

/// The system program refused a call of ours.
pub fn by_system(code: u32) -> Refusal {
    Refusal::code(&solana_sdk_ids::system_program::ID, code)
}

/// The events of the pool program, in order.
pub fn events(sent: &Sent) -> Vec<StakingPoolEvent> {
    sent.events()
        .into_iter()
        .map(|event| match event {
            Event::StakingPool(event) => event,
            event => panic!("not the pool's: {event:?}"),
        })
        .collect()
}

/// A ledger as events carry it.
pub fn entry(ledger: &Ledger) -> LedgerEntry {
    LedgerEntry {
        total_lamports: ledger.total.0,
        supply: ledger.supply.0,
        locked_profit: ledger.locked_profit.0,
        profit_slot: ledger.profit_slot,
        profit_end_slot: ledger.profit_end_slot,
    }
}

/// Every ordered pair of different addresses.
pub fn pairs(addresses: &[Address]) -> Vec<(Address, Address)> {
    let pair = |a: &Address| addresses.iter().filter(move |b| *b != a).map(|b| (*a, *b)).collect::<Vec<_>>();
    addresses.iter().flat_map(pair).collect()
}

/// xorshift64*: the same walk for the same seed.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % bound.max(1)
    }

    /// True once in `many` times.
    pub fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    pub fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }
}
