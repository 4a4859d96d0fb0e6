//! Where the tests begin: a pool, a market over it with a thousand SOL to lend, and who comes to it.

use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_tests::composer::{COMPOSER_ID, MarketFixture, MarketState, PositionState};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_system_interface::instruction as system;

/// Slots of an epoch of LiteSVM.
pub const EPOCH: u64 = 432_000;
/// What the market can lend at first.
pub const CASH: u64 = 1_000 * SOL;

pub struct Stage {
    pub svm: Svm,
    pub pool: PoolFixture,
    pub market: MarketFixture,
}

impl Stage {
    pub fn new() -> Self {
        let mut svm = Svm::new();
        let pool = PoolFixture::new(&mut svm);
        let market = MarketFixture::new(&mut svm, &pool, CASH);
        Self { svm, pool, market }
    }

    /// Alice, with ten SOL deposited and locked at a rate of one.
    pub fn locked() -> (Self, Keypair) {
        let mut stage = Self::new();
        let alice = stage.borrower("alice");
        let deposit = stage.market.deposit_and_lock(&alice.pubkey(), 10 * SOL, 10 * SOL);
        stage.must(deposit, &[&alice]);
        (stage, alice)
    }

    /// A wallet with a hundred SOL and an empty position.
    pub fn borrower(&mut self, name: &str) -> Keypair {
        let key = self.svm.wallet(name, 100 * SOL);
        self.must(self.market.open_position(&key.pubkey()), &[&key]);
        key
    }

    /// Sends at the cost of the pool's payer. Whatever the market does, it holds what its books say.
    #[track_caller]
    pub fn must(&mut self, instruction: Instruction, signers: &[&Keypair]) -> Sent {
        let mut all = vec![&self.pool.payer];
        all.extend(signers);
        let before = self.unbooked();
        let ours = instruction.program_id == COMPOSER_ID;
        let sent = self.svm.must(&[instruction], &all);
        if ours {
            assert_eq!(self.unbooked(), before, "lamports or LST moved, but not in the books");
        }
        sent
    }

    /// Lamports and LST of the market that its books do not know: its rent, and what was sent to it.
    fn unbooked(&self) -> (u64, u64) {
        let state = self.books();
        let lamports = self.svm.lamports(&self.market.market) - state.cash;
        (lamports, token::balance(&self.svm, &self.market.collateral) - state.shares)
    }

    /// Expects a refusal that changes nothing.
    #[track_caller]
    pub fn refuses(&mut self, instruction: Instruction, signers: &[&Keypair], refusal: impl Into<Refusal>) {
        let mut all = vec![&self.pool.payer];
        all.extend(signers);
        let (pool, market) = (&self.pool, &self.market);
        let watched = [market.market, market.collateral, pool.pool, pool.reserve, pool.mint, pool.escrow];
        refused(&mut self.svm, &[instruction], &all, &watched, refusal);
    }

    pub fn books(&self) -> MarketState {
        self.market.state(&self.svm)
    }

    pub fn position(&self, owner: &Keypair) -> PositionState {
        self.market.position_state(&self.svm, &owner.pubkey())
    }

    /// What a position is worth, as the program answers.
    pub fn value(&mut self, owner: &Keypair) -> u64 {
        let sent = self.must(self.market.value_position(&owner.pubkey()), &[]);
        let answer = sluice_sdk::logs::return_data(&sent.logs).expect("an answer");
        assert_eq!(answer.program, COMPOSER_ID);
        u64::from_le_bytes(answer.bytes.try_into().expect("eight bytes"))
    }

    /// The next epoch, updated at its first slot.
    pub fn next_epoch(&mut self) {
        self.svm.advance_epoch();
        self.pool.update(&mut self.svm);
    }

    /// The pool earns `lamports`, all released: two epochs later.
    pub fn earn(&mut self, lamports: u64) {
        self.donate(&self.pool.reserve.clone(), lamports);
        self.next_epoch();
        self.next_epoch();
    }

    /// The pool loses `lamports` and knows it, an epoch later. They are taken out as no transaction could.
    pub fn lose(&mut self, lamports: u64) {
        self.svm.edit(&self.pool.reserve, |account| account.lamports -= lamports);
        self.next_epoch();
    }

    /// A plain transfer from a stranger.
    pub fn donate(&mut self, to: &Address, lamports: u64) {
        let donor = self.svm.wallet("donor", lamports + SOL);
        self.svm.must(&[system::transfer(&donor.pubkey(), to, lamports)], &[&donor]);
    }

    pub fn lamports(&self, of: &Keypair) -> u64 {
        self.svm.lamports(&of.pubkey())
    }
}

/// What composer returns of the errors that all programs share.
pub fn shared(error: InstructionError) -> Refusal {
    Refusal::of(&COMPOSER_ID, error)
}

/// The framework's own codes.
pub fn framework(code: u32) -> Refusal {
    Refusal::code(&COMPOSER_ID, code)
}

/// What the pool returns of the errors that all programs share.
pub fn by_pool(error: InstructionError) -> Refusal {
    Refusal::of(&STAKING_POOL_ID, error)
}
