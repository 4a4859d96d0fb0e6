//! Fixture client of the example program `composer`, by hand: it is no part of the SDK. One market over a pool, its
//! lender, and each instruction with the right accounts.

use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;

use sluice_sdk::restaking_vault::programs::RESTAKING_VAULT_ID;
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;

use crate::chain::{Chain, ErrorCode, keypair};
use crate::refusal::Refusal;
use crate::vault::ix::VaultAddresses;
use crate::{PoolFixture, SOL, Svm, token};

pub const COMPOSER_ID: Address = Address::from_str_const("APEbNHBwNTngHANhUtA86X1QBCGKmiRCxsTqxU7AhVvm");
const SYSTEM: Address = solana_sdk_ids::system_program::ID;
/// Anchor's first number for a program's own errors.
const ERROR_BASE: u32 = 6_000;

/// The program's errors, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposerError {
    ZeroAmount,
    Overflow,
    InvalidTerms,
    UnusableCollateral,
    NotLender,
    NotOwner,
    WrongMarket,
    WrongPool,
    WrongCollateral,
    WrongPoolProgram,
    WrongTokenProgram,
    PoolStale,
    AboveLimit,
    NotLiquidatable,
    InsufficientCash,
    InsufficientShares,
    SlippageExceeded,
    WrongVaultProgram,
}

impl ErrorCode for ComposerError {
    fn number(&self) -> u32 {
        ERROR_BASE + *self as u32
    }
}

impl From<ComposerError> for Refusal {
    fn from(error: ComposerError) -> Self {
        Refusal::code(&COMPOSER_ID, error.number())
    }
}

/// What a market lends on, in basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    pub ltv_bps: u16,
    pub liquidation_bps: u16,
    pub bonus_bps: u16,
}

impl Default for Terms {
    fn default() -> Self {
        Self { ltv_bps: 8_000, liquidation_bps: 9_000, bonus_bps: 500 }
    }
}

/// A market, as it stands on chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MarketState {
    pub cash: u64,
    pub lent: u64,
    pub shares: u64,
}

/// A position, as it stands on chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PositionState {
    pub shares: u64,
    pub debt: u64,
}

/// One market over a pool.
pub struct MarketFixture {
    pub market: Address,
    pub collateral: Address,
    pub lender: Keypair,
    pub pool: Address,
    pub reserve: Address,
    pub mint: Address,
    pub escrow: Address,
}

impl MarketFixture {
    /// Loads the program.
    pub fn load(svm: &mut Svm) {
        let path = crate::program_path("composer");
        svm.0
            .add_program_from_file(COMPOSER_ID, &path)
            .unwrap_or_else(|error| panic!("{}: {error:?}; run `make build` first", path.display()));
    }

    /// Loads the program and opens a market with `cash` lamports to lend.
    pub fn new(svm: &mut Svm, pool: &PoolFixture, cash: u64) -> Self {
        Self::load(svm);
        let market = Self::prepare(svm, pool, "lender");
        svm.must(&[market.open(&Terms::default())], &[&market.lender]);
        if cash > 0 {
            svm.must(&[market.fund(cash)], &[&market.lender]);
        }
        market
    }

    /// A lender with SOL and the collateral account of a market that is not open yet.
    pub fn prepare(svm: &mut Svm, pool: &PoolFixture, lender: &str) -> Self {
        let key = svm.wallet(lender, 100_000 * SOL);
        let market = Self::address(&pool.pool, &key.pubkey());
        let account = keypair(&format!("{}{lender}'s collateral", pool.prefix));
        let collateral = token::create_token_account(svm, &pool.payer, &account, &pool.mint, &market);
        Self {
            market,
            collateral,
            lender: key,
            pool: pool.pool,
            reserve: pool.reserve,
            mint: pool.mint,
            escrow: pool.escrow,
        }
    }

    pub fn address(pool: &Address, lender: &Address) -> Address {
        Address::find_program_address(&[b"market", pool.as_ref(), lender.as_ref()], &COMPOSER_ID).0
    }

    pub fn position(&self, owner: &Address) -> Address {
        Address::find_program_address(&[b"position", self.market.as_ref(), owner.as_ref()], &COMPOSER_ID).0
    }

    pub fn open(&self, terms: &Terms) -> Instruction {
        let mut data = vec![0];
        for bps in [terms.ltv_bps, terms.liquidation_bps, terms.bonus_bps] {
            data.extend_from_slice(&bps.to_le_bytes());
        }
        let accounts = vec![
            signs(&self.lender.pubkey()),
            reads(&self.pool),
            writes(&self.market),
            reads(&self.collateral),
            reads(&SYSTEM),
        ];
        Instruction { program_id: COMPOSER_ID, accounts, data }
    }

    pub fn fund(&self, lamports: u64) -> Instruction {
        let accounts = vec![writes(&self.market), signs(&self.lender.pubkey()), reads(&SYSTEM)];
        instruction(1, &[lamports], accounts)
    }

    pub fn defund(&self, lamports: u64) -> Instruction {
        instruction(2, &[lamports], vec![writes(&self.market), signs(&self.lender.pubkey())])
    }

    pub fn open_position(&self, owner: &Address) -> Instruction {
        let accounts = vec![signs(owner), reads(&self.market), writes(&self.position(owner)), reads(&SYSTEM)];
        instruction(3, &[], accounts)
    }

    pub fn deposit_and_lock(&self, owner: &Address, lamports: u64, min_out: u64) -> Instruction {
        let accounts = vec![
            writes(&self.market),
            signs(owner),
            writes(&self.position(owner)),
            writes(&self.collateral),
            writes(&self.pool),
            writes(&self.reserve),
            writes(&self.mint),
            reads(&token::TOKEN_PROGRAM),
            reads(&SYSTEM),
            reads(&STAKING_POOL_ID),
        ];
        instruction(4, &[lamports, min_out], accounts)
    }

    pub fn borrow(&self, owner: &Address, lamports: u64) -> Instruction {
        let accounts =
            vec![writes(&self.market), signs(owner), writes(&self.position(owner)), reads(&self.pool)];
        instruction(5, &[lamports], accounts)
    }

    /// `payer` pays the debt of `owner`.
    pub fn repay(&self, payer: &Address, owner: &Address, lamports: u64) -> Instruction {
        let accounts =
            vec![writes(&self.market), signs(payer), writes(&self.position(owner)), reads(&SYSTEM)];
        instruction(6, &[lamports], accounts)
    }

    pub fn unlock_and_exit(&self, owner: &Address, shares: u64, min_out: u64) -> Instruction {
        let accounts = vec![
            writes(&self.market),
            signs(owner),
            writes(&self.position(owner)),
            writes(&self.collateral),
            writes(&self.pool),
            writes(&self.reserve),
            writes(&self.mint),
            reads(&token::TOKEN_PROGRAM),
            reads(&STAKING_POOL_ID),
        ];
        instruction(7, &[shares, min_out], accounts)
    }

    /// `ticket` signs, as a new account.
    pub fn unlock_and_order(
        &self,
        owner: &Address,
        ticket: &Address,
        shares: u64,
        min_out: u64,
    ) -> Instruction {
        let accounts = vec![
            writes(&self.market),
            signs(owner),
            writes(&self.position(owner)),
            writes(&self.collateral),
            writes(&self.pool),
            writes(&self.escrow),
            signs(ticket),
            reads(&token::TOKEN_PROGRAM),
            reads(&SYSTEM),
            reads(&STAKING_POOL_ID),
        ];
        instruction(8, &[shares, min_out], accounts)
    }

    /// `liquidator` pays the debt of `owner`.
    pub fn liquidate(
        &self,
        (liquidator, lst): (&Address, &Address),
        owner: &Address,
        lamports: u64,
        min_out: u64,
    ) -> Instruction {
        let accounts = vec![
            writes(&self.market),
            signs(liquidator),
            writes(&self.position(owner)),
            writes(&self.collateral),
            writes(lst),
            reads(&self.pool),
            reads(&token::TOKEN_PROGRAM),
            reads(&SYSTEM),
        ];
        instruction(9, &[lamports, min_out], accounts)
    }

    pub fn value_position(&self, owner: &Address) -> Instruction {
        let accounts = vec![
            reads(&self.market),
            reads(&self.position(owner)),
            reads(&self.mint),
            reads(&self.pool),
            reads(&STAKING_POOL_ID),
        ];
        instruction(10, &[], accounts)
    }

    pub fn state<C: Chain + ?Sized>(&self, chain: &C) -> MarketState {
        let data = chain.account(&self.market).expect("the market exists").data;
        MarketState { cash: word(&data, 104), lent: word(&data, 112), shares: word(&data, 120) }
    }

    pub fn position_state<C: Chain + ?Sized>(&self, chain: &C, owner: &Address) -> PositionState {
        let data = chain.account(&self.position(owner)).expect("the position exists").data;
        PositionState { shares: word(&data, 72), debt: word(&data, 80) }
    }
}

/// `restake`: `lamports` of `user` into VRT of a vault, through the pool that `at` names.
pub fn restake(
    at: &VaultAddresses,
    user: &Address,
    user_vrt: &Address,
    pool_reserve: &Address,
    lamports: u64,
    min_vrt_out: u64,
) -> Instruction {
    let accounts = vec![
        writes(&at.vault),
        signs(user),
        writes(user_vrt),
        writes(&at.collateral_account),
        writes(&at.collateral_mint),
        writes(&at.vrt_mint),
        writes(&at.staking_pool.unwrap_or_default()),
        writes(pool_reserve),
        reads(&at.collateral_token_program),
        reads(&at.vrt_token_program),
        reads(&SYSTEM),
        reads(&STAKING_POOL_ID),
        reads(&RESTAKING_VAULT_ID),
    ];
    instruction(11, &[lamports, min_vrt_out], accounts)
}

fn reads(address: &Address) -> AccountMeta {
    AccountMeta::new_readonly(*address, false)
}

fn writes(address: &Address) -> AccountMeta {
    AccountMeta::new(*address, false)
}

/// Writable, too.
fn signs(address: &Address) -> AccountMeta {
    AccountMeta::new(*address, true)
}

/// A discriminator of one byte, and amounts.
fn instruction(discriminator: u8, amounts: &[u64], accounts: Vec<AccountMeta>) -> Instruction {
    let mut data = vec![discriminator];
    data.extend(amounts.iter().flat_map(|amount| amount.to_le_bytes()));
    Instruction { program_id: COMPOSER_ID, accounts, data }
}

/// Eight bytes of an account, its discriminator of eight included.
fn word(data: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(data[at..at + 8].try_into().expect("8 bytes"))
}
