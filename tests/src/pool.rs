//! Fixture client of staking-pool: makes a pool, builds each instruction with the right accounts, reads what is there.

mod roles;
mod views;
mod ways;

use sluice_money::{Lamports, LstAmount};
use sluice_pool_math::{Accrual, Ledger};
use sluice_sdk::pda::staking_pool as pda;
use sluice_sdk::slab::SlabHeader;
use sluice_sdk::staking_pool::accounts::{Pool, ValidatorListHeader};
use sluice_sdk::staking_pool::instructions::*;
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_sdk::staking_pool::types::{Fees, InitializeParams, Limits, ValidatorRecord};
use sluice_sdk::{AccountData, Slab};
use solana_address::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::chain::{Chain, Sent, keypair};
use crate::token_2022::Features;
use crate::{SOL, token};

pub const STAKE_PROGRAM: Address = solana_sdk_ids::stake::ID;
/// Bytes of a stake account.
pub const STAKE_SPACE: usize = 200;

/// What a test may want different about its pool.
#[derive(Clone)]
pub struct PoolOptions {
    pub params: InitializeParams,
    /// Records the list has room for.
    pub capacity: usize,
    /// Key that may move stake; the fixture's own when `None`.
    pub delegation_authority: Option<Address>,
    /// Under which the mint is made.
    pub token_program: Address,
    /// What a Token-2022 mint has beside a plain one.
    pub features: Features,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            params: InitializeParams {
                fees: Fees {
                    reward_bps: 500,
                    deposit_bps: 0,
                    instant_least_bps: 10,
                    instant_most_bps: 10,
                    liquidity_cut_bps: 1_000,
                    insurance_bps: 0,
                    referral_bps: 5_000,
                    padding: 0,
                },
                limits: Limits {
                    min_deposit: 1_000_000,
                    tvl_cap: u64::MAX,
                    sweep_threshold: 10_000_000,
                    liquidity_target: 0,
                    movement_cap_bps: 10_000,
                },
                seed_lamports: SOL,
            },
            capacity: 100,
            delegation_authority: None,
            token_program: token::TOKEN_PROGRAM,
            features: Features::default(),
        }
    }
}

impl PoolOptions {
    /// A mint of Token-2022 that carries its metadata and, if asked, shows amounts scaled by the rate.
    pub fn token_2022(&mut self, scaled_ui: bool) {
        self.token_program = token::TOKEN_2022_PROGRAM;
        self.features = Features { metadata: true, scaled_ui };
    }

    /// One price for instant exits, however much liquidity there is.
    pub fn instant_fee(&mut self, bps: u16) {
        self.params.fees.instant_least_bps = bps;
        self.params.fees.instant_most_bps = bps;
    }
}

/// A pool and the keys of those who run it.
pub struct PoolFixture {
    /// Put before the names of its keys; empty for the first pool of a chain.
    pub prefix: String,
    pub pool: Address,
    pub reserve: Address,
    pub list: Address,
    pub mint: Address,
    /// Of the mint, and of the liquidity pool's.
    pub token_program: Address,
    pub escrow: Address,
    pub treasury: Address,
    pub admin: Keypair,
    /// Signs stake moves unless the options named another authority.
    pub delegation: Keypair,
    /// Pays for cranks and accounts.
    pub payer: Keypair,
}

impl PoolFixture {
    pub fn new<C: Chain>(chain: &mut C) -> Self {
        Self::with_options(chain, PoolOptions::default())
    }

    pub fn with_options<C: Chain>(chain: &mut C, options: PoolOptions) -> Self {
        Self::named(chain, "", options)
    }

    /// One more pool on a chain, whose every key, of account and of person, differs from the others'.
    pub fn named<C: Chain>(chain: &mut C, prefix: &str, options: PoolOptions) -> Self {
        let fixture = Self::prepare_with(chain, prefix, &options);
        let delegation = options.delegation_authority.unwrap_or(fixture.delegation.pubkey());
        let initialize = fixture.initialize(&options.params, &delegation);
        let (mint, list) = fixture.new_keys();
        chain.must(&[initialize], &[&fixture.payer, &mint, &list]);
        fixture
    }

    /// The keys of mint and validator list, which sign `initialize` beside the payer.
    pub fn new_keys(&self) -> (Keypair, Keypair) {
        (keypair(&format!("{}slSOL mint", self.prefix)), keypair(&format!("{}validator list", self.prefix)))
    }

    /// Everything `initialize` needs, and not yet the pool.
    pub fn prepare<C: Chain>(chain: &mut C, capacity: usize) -> Self {
        Self::prepare_named(chain, "", capacity)
    }

    pub fn prepare_named<C: Chain>(chain: &mut C, prefix: &str, capacity: usize) -> Self {
        Self::prepare_with(chain, prefix, &PoolOptions { capacity, ..PoolOptions::default() })
    }

    /// A mint that a test has made already under the fixture's key is taken as it is.
    pub fn prepare_with<C: Chain>(chain: &mut C, prefix: &str, options: &PoolOptions) -> Self {
        let name = |of: &str| format!("{prefix}{of}");
        let payer = chain.wallet(&name("payer"), 1_000 * SOL);
        let (admin, delegation) = (chain.wallet(&name("admin"), SOL), chain.wallet(&name("delegation"), SOL));
        let mint = keypair(&name("slSOL mint"));
        let pool = pda::find_pool(&mint.pubkey()).0;
        if chain.account(&mint.pubkey()).is_some() {
            // As it is.
        } else if options.token_program == token::TOKEN_PROGRAM {
            token::create_mint(chain, &payer, &mint, &pool);
        } else {
            options.features.create_mint(chain, &payer, &mint, &pool);
        }
        let escrow =
            token::create_token_account(chain, &payer, &keypair(&name("escrow")), &mint.pubkey(), &pool);
        let treasury = token::create_token_account(
            chain,
            &payer,
            &keypair(&name("treasury")),
            &mint.pubkey(),
            &admin.pubkey(),
        );
        let list = keypair(&name("validator list"));
        let space = ValidatorListHeader::space(options.capacity);
        let create = token::create_account(chain, &payer, &list.pubkey(), space, &STAKING_POOL_ID);
        chain.must(&[create], &[&payer, &list]);
        Self {
            prefix: prefix.to_owned(),
            pool,
            reserve: pda::find_reserve(&pool).0,
            list: list.pubkey(),
            mint: mint.pubkey(),
            token_program: options.token_program,
            escrow,
            treasury,
            admin,
            delegation,
            payer,
        }
    }

    pub fn initialize(&self, params: &InitializeParams, delegation_authority: &Address) -> Instruction {
        self.initialize_accounts(delegation_authority)
            .instruction(InitializeInstructionArgs { params: params.clone() })
    }

    pub fn initialize_accounts(&self, delegation_authority: &Address) -> Initialize {
        Initialize {
            payer: self.payer.pubkey(),
            admin: self.admin.pubkey(),
            delegation_authority: *delegation_authority,
            pool: self.pool,
            reserve: self.reserve,
            rate_history: self.rate_history(),
            validator_list: self.list,
            lst_mint: self.mint,
            escrow: self.escrow,
            treasury: self.treasury,
            token_program: self.token_program,
        }
    }

    // Users.

    /// A wallet with SOL and an empty LST account.
    pub fn user<C: Chain>(&self, chain: &mut C, name: &str, lamports: u64) -> (Keypair, Address) {
        let user = chain.wallet(name, lamports);
        let account = keypair(&format!("{}{name}'s slSOL", self.prefix));
        let lst = token::create_token_account(chain, &self.payer, &account, &self.mint, &user.pubkey());
        (user, lst)
    }

    pub fn deposit_sol(&self, user: &Address, lst: &Address, lamports: u64, min_out: u64) -> Instruction {
        self.deposit_sol_accounts(user, lst).instruction(DepositSolInstructionArgs { lamports, min_out })
    }

    pub fn deposit_sol_accounts(&self, user: &Address, lst: &Address) -> DepositSol {
        DepositSol {
            pool: self.pool,
            user: *user,
            reserve: self.reserve,
            lst_mint: self.mint,
            user_lst: *lst,
            token_program: self.token_program,
            referrer: None,
            deposit_authority: None,
        }
    }

    /// Takes in the whole `source`.
    pub fn deposit_stake<C: Chain>(
        &self,
        chain: &C,
        user: &Address,
        lst: &Address,
        vote: &Address,
        source: &Address,
        min_out: u64,
    ) -> Instruction {
        let (index, _) = self.record(chain, vote);
        self.deposit_stake_accounts(user, lst, vote, source)
            .instruction(DepositStakeInstructionArgs { index, min_out })
    }

    pub fn deposit_stake_accounts(
        &self,
        user: &Address,
        lst: &Address,
        vote: &Address,
        source: &Address,
    ) -> DepositStake {
        DepositStake {
            pool: self.pool,
            user: *user,
            reserve: self.reserve,
            validator_list: self.list,
            vote: *vote,
            stake: self.stake(vote),
            source: *source,
            lst_mint: self.mint,
            user_lst: *lst,
            token_program: self.token_program,
            referrer: None,
            deposit_authority: None,
        }
    }

    pub fn withdraw_sol(&self, user: &Address, lst: &Address, shares: u64, min_out: u64) -> Instruction {
        self.withdraw_sol_accounts(user, lst).instruction(WithdrawSolInstructionArgs { shares, min_out })
    }

    pub fn withdraw_sol_accounts(&self, user: &Address, lst: &Address) -> WithdrawSol {
        WithdrawSol {
            pool: self.pool,
            user: *user,
            reserve: self.reserve,
            lst_mint: self.mint,
            user_lst: *lst,
            token_program: self.token_program,
        }
    }

    pub fn order_unstake(&self, user: &Address, lst: &Address, ticket: &Address, shares: u64) -> Instruction {
        self.order_unstake_accounts(user, lst, ticket)
            .instruction(OrderUnstakeInstructionArgs { shares, min_out: 0 })
    }

    pub fn order_unstake_accounts(&self, user: &Address, lst: &Address, ticket: &Address) -> OrderUnstake {
        OrderUnstake {
            pool: self.pool,
            user: *user,
            user_lst: *lst,
            escrow: self.escrow,
            ticket: *ticket,
            token_program: self.token_program,
        }
    }

    pub fn claim_ticket(&self, ticket: &Address, owner: &Address) -> Instruction {
        self.claim_ticket_accounts(ticket, owner).instruction()
    }

    pub fn claim_ticket_accounts(&self, ticket: &Address, owner: &Address) -> ClaimTicket {
        ClaimTicket { pool: self.pool, ticket: *ticket, owner: *owner, reserve: self.reserve }
    }

    pub fn withdraw_stake(
        &self,
        user: &Address,
        lst: &Address,
        (index, vote): (u32, &Address),
        destination: &Address,
        shares: u64,
        min_out: u64,
    ) -> Instruction {
        self.withdraw_stake_accounts(user, lst, vote, destination).instruction(WithdrawStakeInstructionArgs {
            index,
            shares,
            min_out,
        })
    }

    pub fn withdraw_stake_accounts(
        &self,
        user: &Address,
        lst: &Address,
        vote: &Address,
        destination: &Address,
    ) -> WithdrawStake {
        WithdrawStake {
            pool: self.pool,
            user: *user,
            validator_list: self.list,
            vote: *vote,
            stake: self.stake(vote),
            destination: *destination,
            lst_mint: self.mint,
            user_lst: *lst,
            token_program: self.token_program,
        }
    }

    // The delegation authority.

    pub fn add_validator(&self, vote: &Address) -> Instruction {
        AddValidator {
            pool: self.pool,
            delegation_authority: self.delegation.pubkey(),
            validator_list: self.list,
            vote: *vote,
        }
        .instruction()
    }

    pub fn remove_validator(&self, index: u32, vote: &Address) -> Instruction {
        RemoveValidator {
            pool: self.pool,
            authority: self.delegation.pubkey(),
            validator_list: self.list,
            vote: *vote,
        }
        .instruction(RemoveValidatorInstructionArgs { index })
    }

    pub fn increase_stake_accounts(&self, vote: &Address, stake: &Address) -> IncreaseStake {
        IncreaseStake {
            pool: self.pool,
            delegation_authority: self.delegation.pubkey(),
            reserve: self.reserve,
            validator_list: self.list,
            vote: *vote,
            stake: *stake,
        }
    }

    /// Into the canonical account where there is none yet, else into the activating one.
    pub fn increase_stake<C: Chain>(&self, chain: &C, vote: &Address, lamports: u64) -> Instruction {
        let (index, record) = self.record(chain, vote);
        let stake =
            if record.stake_state == 0 { self.stake(&record.vote) } else { self.activating(&record.vote) };
        self.increase_stake_accounts(vote, &stake)
            .instruction(IncreaseStakeInstructionArgs { index, lamports })
    }

    pub fn decrease_stake_accounts(&self, vote: &Address, stake: &Address) -> DecreaseStake {
        DecreaseStake {
            pool: self.pool,
            authority: self.delegation.pubkey(),
            reserve: self.reserve,
            validator_list: self.list,
            vote: *vote,
            stake: *stake,
            deactivating: self.deactivating(vote),
        }
    }

    pub fn decrease_stake<C: Chain>(&self, chain: &C, vote: &Address, lamports: u64) -> Instruction {
        let (index, record) = self.record(chain, vote);
        let stake =
            if record.stake_state == 0 { self.activating(&record.vote) } else { self.stake(&record.vote) };
        self.decrease_stake_accounts(vote, &stake)
            .instruction(DecreaseStakeInstructionArgs { index, lamports })
    }

    // Cranks.

    pub fn update_validators_accounts(&self) -> UpdateValidators {
        UpdateValidators { pool: self.pool, reserve: self.reserve, validator_list: self.list }
    }

    /// The stake accounts an update of these records must be given.
    pub fn update_metas(&self, records: &[ValidatorRecord]) -> Vec<AccountMeta> {
        let mut metas = Vec::new();
        for record in records {
            if record.stake_state != 0 {
                metas.push(AccountMeta::new(self.stake(&record.vote), false));
            }
            if record.activating > 0 {
                metas.push(AccountMeta::new(self.activating(&record.vote), false));
            }
            if record.deactivating > 0 {
                metas.push(AccountMeta::new(self.deactivating(&record.vote), false));
            }
        }
        metas
    }

    pub fn update_validators<C: Chain>(&self, chain: &C, start: usize, count: usize) -> Instruction {
        let list = self.list(chain);
        let metas = self.update_metas(&list.records[start..start + count]);
        self.update_validators_accounts().instruction_with_remaining_accounts(
            UpdateValidatorsInstructionArgs { start: start as u32, count: count as u8 },
            &metas,
        )
    }

    pub fn finish_update(&self) -> Instruction {
        self.finish_update_accounts().instruction()
    }

    pub fn finish_update_accounts(&self) -> FinishUpdate {
        FinishUpdate {
            pool: self.pool,
            reserve: self.reserve,
            validator_list: self.list,
            rate_history: self.rate_history(),
            lst_mint: self.mint,
            treasury: self.treasury,
            escrow: self.escrow,
            token_program: self.token_program,
        }
    }

    /// The whole update of an epoch, in batches that fit a transaction's locks; what each transaction came to.
    pub fn update<C: Chain>(&self, chain: &mut C) -> Vec<Sent> {
        let list = self.list(chain);
        let mut sent = Vec::new();
        let mut start = 0;
        while start < list.records.len() {
            let mut count = 0;
            let mut locks = 0;
            for record in &list.records[start..] {
                let own = self.update_metas(std::slice::from_ref(record)).len();
                // A legacy transaction has room for 24 stake accounts beside the fixed ones.
                if locks + own > 24 || count == 255 {
                    break;
                }
                locks += own;
                count += 1;
            }
            let batch = self.update_validators(chain, start, count);
            sent.push(chain.must(&[compute_limit(1_400_000), batch], &[&self.payer]));
            start += count;
        }
        sent.push(chain.must(&[self.finish_update()], &[&self.payer]));
        sent
    }

    // Reading.

    pub fn state<C: Chain + ?Sized>(&self, chain: &C) -> Pool {
        Pool::decode(&chain.account(&self.pool).expect("the pool exists").data).expect("a pool")
    }

    /// The pool's money, for the formulas the program uses itself.
    pub fn ledger<C: Chain + ?Sized>(&self, chain: &C) -> Ledger {
        let pool = self.state(chain);
        Ledger {
            total: Lamports(pool.total_lamports),
            supply: LstAmount(pool.supply),
            locked_profit: Lamports(pool.locked_profit),
            profit_slot: pool.profit_slot,
            profit_end_slot: pool.profit_end_slot,
        }
    }

    /// What stake that leaves a validator now has earned since the epoch began.
    pub fn accrual<C: Chain + ?Sized>(&self, chain: &C, vote: &Address) -> Accrual {
        let (pool, (_, record)) = (self.state(chain), self.record(chain, vote));
        let epochs = u64::from(record.growth_epochs);
        let own = sluice_pool_math::epoch_yield(record.growth, record.earning, epochs).unwrap_or(0);
        Accrual {
            epoch_yield: pool.epoch_yield.max(own),
            elapsed: chain.clock().slot.saturating_sub(pool.epoch_start_slot),
            slots: pool.epoch_slots,
        }
    }

    /// Lamports per 10^9 base units of LST, now.
    pub fn rate<C: Chain + ?Sized>(&self, chain: &C) -> u64 {
        self.ledger(chain).rate_at(chain.clock().slot).expect("priced")
    }

    pub fn list<C: Chain + ?Sized>(&self, chain: &C) -> Slab<ValidatorListHeader> {
        Slab::decode(&chain.account(&self.list).expect("the list exists").data).expect("a validator list")
    }

    #[track_caller]
    pub fn record<C: Chain + ?Sized>(&self, chain: &C, vote: &Address) -> (u32, ValidatorRecord) {
        let list = self.list(chain);
        let index =
            list.records.iter().position(|record| record.vote == *vote).expect("a validator of the pool");
        (index as u32, list.records[index].clone())
    }

    /// Lamports of the reserve above its rent that are the pool's, not its liquidity providers'.
    pub fn reserve_lamports<C: Chain + ?Sized>(&self, chain: &C) -> u64 {
        let reserve = chain.account(&self.reserve).expect("the reserve exists");
        reserve.lamports - chain.rent_exempt(reserve.data.len()) - self.state(chain).liquidity_lamports
    }

    pub fn rate_history(&self) -> Address {
        pda::find_rate_history(&self.pool).0
    }

    pub fn stake(&self, vote: &Address) -> Address {
        pda::find_stake(&self.pool, vote).0
    }

    pub fn activating(&self, vote: &Address) -> Address {
        pda::find_activating_stake(&self.pool, vote).0
    }

    pub fn deactivating(&self, vote: &Address) -> Address {
        pda::find_deactivating_stake(&self.pool, vote).0
    }

    /// Frees an address that somebody has occupied.
    pub fn clear_stake_address<C: Chain>(
        &self,
        chain: &C,
        vote: &Address,
        occupied: &Address,
    ) -> Instruction {
        let (index, _) = self.record(chain, vote);
        ClearStakeAddress {
            pool: self.pool,
            reserve: self.reserve,
            validator_list: self.list,
            vote: *vote,
            occupied: *occupied,
        }
        .instruction(ClearStakeAddressInstructionArgs { index })
    }

    /// A new, uninitialized stake account with its rent, for `withdraw_stake`.
    pub fn new_stake_account<C: Chain>(&self, chain: &mut C, name: &str) -> Address {
        let account = keypair(name);
        let create =
            token::create_account(chain, &self.payer, &account.pubkey(), STAKE_SPACE, &STAKE_PROGRAM);
        chain.must(&[create], &[&self.payer, &account]);
        account.pubkey()
    }
}

pub fn compute_limit(units: u32) -> Instruction {
    ComputeBudgetInstruction::set_compute_unit_limit(units)
}
