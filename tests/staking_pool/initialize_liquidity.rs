//! `initialize_liquidity`: each line of its specification, and each way it refuses.

use sluice_money::{Lamports, LpAmount, LstAmount};
use sluice_pool_math::Liquidity;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::LiquidityPoolOpened;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::token::{TOKEN_PROGRAM, create_mint, create_mint_with};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::provider::liquidity_entry;
use crate::stage::*;

/// The smallest seed.
const LEAST: u64 = SOL / 10;

/// A pool and a mint for its liquidity.
fn ready() -> Stage {
    let mut stage = Stage::new();
    let (payer, mint, pool) = (stage.pool.payer.insecure_clone(), stage.pool.lp_mint(), stage.pool.pool);
    create_mint(&mut stage.svm, &payer, &mint, &pool);
    stage
}

fn open(stage: &mut Stage, seed_lamports: u64) -> Sent {
    let (open, admin) = (stage.pool.initialize_liquidity(seed_lamports), stage.pool.admin.insecure_clone());
    stage.must(open, &[&admin])
}

#[track_caller]
fn refuses(stage: &mut Stage, instruction: Instruction, refusal: impl Into<Refusal>) {
    let admin = stage.pool.admin.insecure_clone();
    stage.refuses(instruction, &[&admin], refusal);
}

#[test]
fn the_seed_is_liquidity_and_its_claims_are_nobodys() {
    let mut stage = ready();
    let before = stage.pool.state(&stage.svm);
    let (payer, reserve) = (stage.lamports(&stage.pool.payer.pubkey()), stage.lamports(&stage.pool.reserve));

    let sent = open(&mut stage, 2 * SOL);

    assert_eq!(stage.lamports(&stage.pool.payer.pubkey()), payer - 2 * SOL - sent.fee);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + 2 * SOL);
    assert_eq!(token::supply(&stage.svm, &stage.pool.lp_mint().pubkey()), 0, "nobody holds a claim");
    // The pool's own money is what it was: the seed is beside it.
    let mut after = stage.pool.state(&stage.svm);
    assert_eq!(after.lp_mint, stage.pool.lp_mint().pubkey());
    let liquidity =
        Liquidity { lamports: Lamports(2 * SOL), shares: LstAmount::ZERO, supply: LpAmount(2 * SOL) };
    assert_eq!(stage.pool.liquidity(&stage.svm), liquidity);
    after.lp_mint = before.lp_mint;
    (after.liquidity_lamports, after.liquidity_supply) = (0, 0);
    assert_eq!(after, before);
    stage.assert_balanced();
    let event = LiquidityPoolOpened {
        pool: stage.pool.pool,
        lp_mint: stage.pool.lp_mint().pubkey(),
        seed_lamports: 2 * SOL,
        reserve_after: reserve + 2 * SOL,
        liquidity_after: liquidity_entry(&liquidity),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::LiquidityPoolOpened(event)]);
    // An update counts the seed to nobody's profit.
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, SOL);
    stage.assert_balanced();
}

#[test]
fn a_liquidity_pool_is_opened_once() {
    let mut stage = ready();
    open(&mut stage, LEAST);
    let again = stage.pool.initialize_liquidity(LEAST);
    refuses(&mut stage, again.clone(), LiquidityPoolExists);
    // Nor with another mint, which would make the first one's tokens worthless.
    let (payer, pool) = (stage.pool.payer.insecure_clone(), stage.pool.pool);
    create_mint(&mut stage.svm, &payer, &keypair("second"), &pool);
    let second = substitute(&again, &stage.pool.lp_mint().pubkey(), &keypair("second").pubkey());
    refuses(&mut stage, second, LiquidityPoolExists);
    let mut stage = ready();
    let (open, admin) = (stage.pool.initialize_liquidity(LEAST), stage.pool.admin.insecure_clone());
    let own = [stage.pool.pool, stage.pool.reserve];
    let payer = stage.pool.payer.insecure_clone();
    refused(&mut stage.svm, &[open.clone(), open], &[&payer, &admin], &own, LiquidityPoolExists);
}

#[test]
fn the_seed_has_a_least_and_the_payer_must_have_it() {
    for seed in [0, LEAST - 1] {
        let mut stage = ready();
        let open = stage.pool.initialize_liquidity(seed);
        refuses(&mut stage, open, SeedTooSmall);
    }
    for seed in [1_001 * SOL, u64::MAX] {
        let mut stage = ready();
        let open = stage.pool.initialize_liquidity(seed);
        refuses(&mut stage, open, by_system(1));
    }
    let mut stage = ready();
    open(&mut stage, LEAST);
    assert_eq!(stage.pool.state(&stage.svm).liquidity_supply, LEAST);
}

#[test]
fn only_the_admin_opens_it_and_anybody_may_pay() {
    let mut stage = ready();
    let (mallory, bob) = (stage.newcomer("mallory"), stage.newcomer("bob"));
    let (admin, payer) = (stage.pool.admin.pubkey(), stage.pool.payer.pubkey());
    let right = stage.pool.initialize_liquidity(SOL);
    let by_mallory = substitute(&right, &admin, &mallory.address());
    stage.refuses(by_mallory, &[&mallory.key], NotAdmin);
    let delegation = stage.pool.delegation.insecure_clone();
    let by_delegation = substitute(&right, &admin, &delegation.pubkey());
    stage.refuses(by_delegation, &[&delegation], NotAdmin);
    let missing = || shared(InstructionError::MissingRequiredSignature);
    stage.refuses(unsigned(&right, &admin), &[], missing());
    let paid_by_bob = substitute(&right, &payer, &bob.address());
    let key = stage.pool.admin.insecure_clone();
    stage.refuses(unsigned(&paid_by_bob, &bob.address()), &[&key], missing());
    let before = stage.lamports(&bob.address());
    stage.must(paid_by_bob, &[&key, &bob.key]);
    assert_eq!(stage.lamports(&bob.address()), before - SOL);
    stage.assert_balanced();
}

#[test]
fn it_needs_no_update_of_this_epoch() {
    let mut stage = ready();
    stage.svm.advance_epoch();
    stage.svm.advance_epoch();
    open(&mut stage, LEAST);
    stage.pool.update(&mut stage.svm);
    stage.assert_balanced();
}

#[test]
fn the_mint_is_new_and_wholly_the_pools() {
    let mut stage = Stage::new();
    let (payer, pool) = (stage.pool.payer.insecure_clone(), stage.pool.pool);
    let (alice, right) = (stage.newcomer("alice"), stage.pool.lp_mint().pubkey());
    let open = stage.pool.initialize_liquidity(SOL);
    let mut made = |name: &str, authority: &Address, decimals: u8, freeze: Option<&Address>| -> Keypair {
        create_mint_with(&mut stage.svm, &payer, &keypair(name), authority, decimals, freeze);
        keypair(name)
    };
    let another = alice.address();
    let coarse = made("eight decimals", &pool, 8, None).pubkey();
    let foreign = made("another's", &another, 9, None).pubkey();
    let freezable = made("freezable", &pool, 9, Some(&another)).pubkey();
    let own_freeze = made("frozen by the pool", &pool, 9, Some(&pool)).pubkey();
    let issued = made("issued", &pool, 9, None).pubkey();
    stage.write_word(&issued, 36, 1);
    let forged = made_forged(&mut stage, &issued);
    let other = stage.other_pool();
    create_mint(&mut stage.svm, &payer, &other.lp_mint(), &other.pool);
    let blank = keypair("blank");
    let create = token::create_account(&stage.svm, &payer, &blank.pubkey(), 82, &TOKEN_PROGRAM);
    stage.svm.must(&[create], &[&payer, &blank]);
    for wrong in [
        coarse,
        foreign,
        freezable,
        own_freeze,
        issued,
        forged,
        blank.pubkey(),
        other.lp_mint().pubkey(),
        // The LST's own: with its authority the pool would print what it redeems.
        stage.pool.mint,
        stage.pool.escrow,
        alice.lst,
        alice.address(),
        keypair("nobody").pubkey(),
        SYSTEM,
    ] {
        refuses(&mut stage, substitute(&open, &right, &wrong), UnusableMint);
    }
    create_mint(&mut stage.svm, &payer, &stage.pool.lp_mint(), &pool);
    refuses(&mut stage, substitute(&open, &right, &forged), UnusableMint);
    let admin = stage.pool.admin.insecure_clone();
    stage.must(open, &[&admin]);
}

/// A mint that would do, were it not under another program.
fn made_forged(stage: &mut Stage, issued: &Address) -> Address {
    let forged = stage.svm.forgery(issued);
    stage.svm.edit(&forged, |account| account.data[36..44].fill(0));
    forged
}

/// The bytes of a Token-2022 mint with that extension: what its initialization would leave.
fn extended(stage: &mut Stage, kind: u16, value: &[u8]) {
    let mint = stage.pool.lp_mint().pubkey();
    stage.svm.edit(&mint, |account| {
        account.owner = TOKEN_2022;
        account.data.resize(165, 0);
        account.data.push(1);
        account.data.extend_from_slice(&kind.to_le_bytes());
        account.data.extend_from_slice(&(value.len() as u16).to_le_bytes());
        account.data.extend_from_slice(value);
        account.lamports += SOL;
    });
    // Only an address in the pool's books: no token program is called.
    let pool = stage.pool.pool;
    stage.svm.edit(&pool, |account| account.data[40..72].copy_from_slice(TOKEN_2022.as_ref()));
    assert_eq!(stage.pool.state(&stage.svm).token_program, TOKEN_2022);
}

#[test]
fn of_extensions_only_metadata_will_do() {
    let (metadata_pointer, metadata, scaled_ui, transfer_fee, permanent_delegate) = (18, 19, 25, 1, 12);
    for kind in [metadata_pointer, metadata] {
        let mut stage = ready();
        extended(&mut stage, kind, &[7; 64]);
        open(&mut stage, SOL);
    }
    let scaled: fn(&Stage) -> Vec<u8> = |stage| [stage.pool.pool.as_ref(), &[0; 24]].concat();
    for kind in [scaled_ui, transfer_fee, permanent_delegate] {
        let mut stage = ready();
        // The pool sets no multiplier of this mint, even if it is the one who may.
        let value = scaled(&stage);
        extended(&mut stage, kind, &value);
        let open = stage.pool.initialize_liquidity(SOL);
        refuses(&mut stage, open, UnusableMint);
    }
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut stage = ready();
    let other = stage.other_pool();
    let right = stage.pool.initialize_liquidity(SOL);
    let (pool, reserve) = (stage.pool.pool, stage.pool.reserve);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_reserve = stage.svm.forgery(&reserve);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, stage.pool.list, shared(InstructionError::InvalidAccountData)),
        (pool, other.pool, NotAdmin.into()),
        (reserve, other.reserve, WrongReserve.into()),
        (reserve, forged_reserve, shared(InstructionError::IllegalOwner)),
        (reserve, pool, framework(DUPLICATE_MUTABLE_ACCOUNT)),
        (SYSTEM, TOKEN_PROGRAM, shared(InstructionError::IncorrectProgramId)),
    ] {
        refuses(&mut stage, substitute(&right, &place, &stand_in), refusal);
    }
    let admin = stage.pool.admin.insecure_clone();
    stage.must(right, &[&admin]);
}
