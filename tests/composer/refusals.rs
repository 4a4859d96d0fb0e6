//! Substituted accounts, missing signatures, and amounts that make no sense.

use sluice_sdk::staking_pool::errors::StakingPoolError;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::composer::ComposerError::*;
use sluice_tests::composer::{ComposerError, MarketFixture, Terms};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::stage::*;

/// Alice with ten SOL locked and one borrowed, and every instruction that names her position, with its signers.
struct Cast {
    stage: Stage,
    alice: Keypair,
    bob: Keypair,
    ticket: Keypair,
}

impl Cast {
    fn new() -> Self {
        let (mut stage, alice) = Stage::locked();
        stage.must(stage.market.borrow(&alice.pubkey(), SOL), &[&alice]);
        let (bob, _) = stage.pool.user(&mut stage.svm, "bob", 100 * SOL);
        Self { stage, alice, bob, ticket: keypair("ticket") }
    }

    fn deposit(&self) -> Instruction {
        self.stage.market.deposit_and_lock(&self.alice.pubkey(), SOL, 0)
    }

    fn borrow(&self) -> Instruction {
        self.stage.market.borrow(&self.alice.pubkey(), 1)
    }

    fn exit(&self) -> Instruction {
        self.stage.market.unlock_and_exit(&self.alice.pubkey(), SOL, 0)
    }

    fn order(&self) -> Instruction {
        self.stage.market.unlock_and_order(&self.alice.pubkey(), &self.ticket.pubkey(), SOL, 0)
    }

    fn repay(&self) -> Instruction {
        self.stage.market.repay(&self.bob.pubkey(), &self.alice.pubkey(), 1)
    }

    fn liquidate(&self) -> Instruction {
        let lst = keypair("bob's slSOL").pubkey();
        self.stage.market.liquidate((&self.bob.pubkey(), &lst), &self.alice.pubkey(), 1, 0)
    }

    fn value(&self) -> Instruction {
        self.stage.market.value_position(&self.alice.pubkey())
    }

    /// Those that only the owner may send.
    fn owners(&self) -> [Instruction; 4] {
        [self.deposit(), self.borrow(), self.exit(), self.order()]
    }

    /// Those that name a position.
    fn all(&self) -> [Instruction; 7] {
        let [deposit, borrow, exit, order] = self.owners();
        [deposit, borrow, exit, order, self.repay(), self.liquidate(), self.value()]
    }

    /// Sends with whoever the instruction wants.
    #[track_caller]
    fn refuses(&mut self, instruction: Instruction, refusal: impl Into<Refusal>) {
        let keys =
            [&self.alice, &self.bob, &self.ticket, &self.stage.market.lender].map(|key| key.insecure_clone());
        let signs = |key: &&Keypair| {
            instruction.accounts.iter().any(|meta| meta.is_signer && meta.pubkey == key.pubkey())
        };
        let signers: Vec<&Keypair> = keys.iter().filter(signs).collect();
        self.stage.refuses(instruction.clone(), &signers, refusal);
    }

    /// Each of these refuses `new` for `old`.
    #[track_caller]
    fn refuse_instead(
        &mut self,
        instructions: &[Instruction],
        old: &Address,
        new: &Address,
        error: ComposerError,
    ) {
        for instruction in instructions {
            self.refuses(substitute(instruction, old, new), error);
        }
    }
}

#[test]
fn nobody_acts_for_the_owner() {
    let mut cast = Cast::new();
    let (alice, bob) = (cast.alice.pubkey(), cast.bob.pubkey());
    let owners = cast.owners();
    cast.refuse_instead(&owners, &alice, &bob, NotOwner);
    for instruction in owners {
        cast.refuses(unsigned(&instruction, &alice), shared(InstructionError::MissingRequiredSignature));
    }
    for instruction in [cast.repay(), cast.liquidate()] {
        cast.refuses(unsigned(&instruction, &bob), shared(InstructionError::MissingRequiredSignature));
    }
    let order = unsigned(&cast.order(), &cast.ticket.pubkey());
    cast.refuses(order, shared(InstructionError::MissingRequiredSignature));
}

#[test]
fn nobody_acts_for_the_lender() {
    let mut cast = Cast::new();
    let (lender, bob) = (cast.stage.market.lender.pubkey(), cast.bob.pubkey());
    let moves = [cast.stage.market.fund(SOL), cast.stage.market.defund(SOL)];
    cast.refuse_instead(&moves, &lender, &bob, NotLender);
    for instruction in moves {
        cast.refuses(unsigned(&instruction, &lender), shared(InstructionError::MissingRequiredSignature));
    }
}

#[test]
fn a_position_is_of_its_market() {
    let mut cast = Cast::new();
    let stage = &mut cast.stage;
    let other = MarketFixture::prepare(&mut stage.svm, &stage.pool, "other lender");
    stage.must(other.open(&Terms::default()), &[&other.lender]);
    stage.must(other.open_position(&cast.alice.pubkey()), &[&cast.alice]);
    let (own, foreign) =
        (cast.stage.market.position(&cast.alice.pubkey()), other.position(&cast.alice.pubkey()));
    cast.refuse_instead(&cast.all(), &own, &foreign, WrongMarket);

    let collateral = cast.stage.market.collateral;
    let with_collateral = [cast.deposit(), cast.exit(), cast.order(), cast.liquidate()];
    cast.refuse_instead(&with_collateral, &collateral, &other.collateral, WrongCollateral);
}

#[test]
fn the_pool_is_the_markets() {
    let mut cast = Cast::new();
    let foreign = PoolFixture::named(&mut cast.stage.svm, "other ", PoolOptions::default());
    let (own, forged) = (cast.stage.market.pool, cast.stage.svm.forgery(&cast.stage.market.pool));
    let unread = [cast.deposit(), cast.value()];
    let read = [cast.borrow(), cast.exit(), cast.order(), cast.liquidate()];
    cast.refuse_instead(&unread, &own, &foreign.pool, WrongPool);
    cast.refuse_instead(&unread, &own, &forged, WrongPool);
    cast.refuse_instead(&read, &own, &foreign.pool, WrongPool);
    for instruction in read {
        let forgery = substitute(&instruction, &own, &forged);
        cast.refuses(forgery, shared(InstructionError::IllegalOwner));
    }
}

#[test]
fn the_pool_itself_refuses_foreign_accounts() {
    let mut cast = Cast::new();
    let foreign = PoolFixture::named(&mut cast.stage.svm, "other ", PoolOptions::default());
    let market = &cast.stage.market;
    let (reserve, mint, escrow) = (market.reserve, market.mint, market.escrow);
    for instruction in [cast.deposit(), cast.exit()] {
        cast.refuses(substitute(&instruction, &reserve, &foreign.reserve), StakingPoolError::WrongReserve);
        cast.refuses(substitute(&instruction, &mint, &foreign.mint), StakingPoolError::WrongMint);
        let token = substitute(&instruction, &token::TOKEN_PROGRAM, &foreign.pool);
        cast.refuses(token, StakingPoolError::WrongTokenProgram);
    }
    let order = substitute(&cast.order(), &escrow, &foreign.escrow);
    cast.refuses(order, StakingPoolError::WrongEscrow);
    let value = substitute(&cast.value(), &mint, &foreign.mint);
    cast.refuses(value, StakingPoolError::WrongMint);
    let forged = cast.stage.svm.forgery(&reserve);
    let deposit = substitute(&cast.deposit(), &reserve, &forged);
    cast.refuses(deposit, by_pool(InstructionError::IllegalOwner));
}

#[test]
fn programs_are_what_they_should_be() {
    let mut cast = Cast::new();
    let (pool, token) = (sluice_sdk::staking_pool::programs::STAKING_POOL_ID, token::TOKEN_PROGRAM);
    let calling = [cast.deposit(), cast.exit(), cast.order(), cast.value()];
    cast.refuse_instead(&calling, &pool, &token, WrongPoolProgram);
    let paying = [cast.order(), cast.liquidate()];
    cast.refuse_instead(&paying, &token, &pool, WrongTokenProgram);
}

#[test]
fn a_liquidator_is_not_paid_into_the_collateral_account() {
    let mut cast = Cast::new();
    let (lst, collateral) = (keypair("bob's slSOL").pubkey(), cast.stage.market.collateral);
    let liquidate = substitute(&cast.liquidate(), &lst, &collateral);
    cast.refuses(liquidate, framework(DUPLICATE_MUTABLE_ACCOUNT));
}

#[test]
fn amounts_make_sense() {
    let mut cast = Cast::new();
    let (alice, bob) = (cast.alice.pubkey(), cast.bob.pubkey());
    let lender = cast.stage.market.lender.insecure_clone();
    let market = &cast.stage.market;
    let zeros = [market.fund(0), market.defund(0), market.borrow(&alice, 0), market.repay(&bob, &alice, 0)];
    let too_much = market.fund(u64::MAX);
    let gone = market.unlock_and_exit(&alice, 10 * SOL + 1, 0);
    for instruction in zeros {
        cast.refuses(instruction, ZeroAmount);
    }
    cast.stage.refuses(too_much, &[&lender], Overflow);
    cast.refuses(gone, InsufficientShares);
    let all = cast.stage.market.repay(&bob, &alice, u64::MAX);
    cast.stage.must(all.clone(), &[&cast.bob]);
    cast.refuses(all, ZeroAmount);
}

#[test]
fn a_liquidation_of_nothing_is_refused() {
    let mut cast = Cast::new();
    let (alice, bob) = (cast.alice.pubkey(), cast.bob.pubkey());
    cast.stage.must(cast.stage.market.borrow(&alice, 7 * SOL), &[&cast.alice]);
    cast.stage.lose(2 * SOL);
    let lst = keypair("bob's slSOL").pubkey();
    cast.refuses(cast.stage.market.liquidate((&bob, &lst), &alice, 0, 0), ZeroAmount);
}

#[test]
fn a_market_is_opened_over_a_pool_and_a_sealed_account() {
    let mut stage = Stage::new();
    let other = PoolFixture::named(&mut stage.svm, "other ", PoolOptions::default());
    let market = MarketFixture::prepare(&mut stage.svm, &stage.pool, "other lender");
    let foreign = MarketFixture::prepare(&mut stage.svm, &other, "other lender");
    let lender = market.lender.insecure_clone();
    let open = market.open(&Terms::default());
    let (bob, bobs) = stage.pool.user(&mut stage.svm, "bob", SOL);

    let forged = stage.svm.forgery(&market.pool);
    let mut over_forged = substitute(&open, &market.pool, &forged);
    over_forged =
        substitute(&over_forged, &market.market, &MarketFixture::address(&forged, &lender.pubkey()));
    stage.refuses(over_forged, &[&lender], shared(InstructionError::IllegalOwner));
    let elsewhere = substitute(&open, &market.market, &foreign.market);
    stage.refuses(elsewhere, &[&lender], shared(InstructionError::InvalidSeeds));

    let forged = stage.svm.forgery(&market.collateral);
    for unusable in [foreign.collateral, bobs, forged, bob.pubkey()] {
        let open = substitute(&open, &market.collateral, &unusable);
        stage.refuses(open, &[&lender], UnusableCollateral);
    }
    // Delegate, frozen, close authority.
    for (offset, byte) in [(72, 1), (108, 2), (129, 1)] {
        let whole = stage.svm.account(&market.collateral).expect("exists");
        stage.svm.edit(&market.collateral, |account| account.data[offset] = byte);
        stage.refuses(open.clone(), &[&lender], UnusableCollateral);
        stage.svm.edit(&market.collateral, |account| *account = whole);
    }
    stage.must(open.clone(), &[&lender]);
    // Once: the system program refuses to create what there is.
    let again = Refusal::code(&solana_sdk_ids::system_program::ID, 0);
    stage.refuses(open, &[&lender], again);
}
