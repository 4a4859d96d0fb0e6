//! `deposit_lst`: each line of its specification, and each way it refuses, with the real SPL stake pool program; what it is
//! worth to whom on the real Bank.

use std::collections::BTreeMap;

use sluice_localnet::{LocalnetConfig, TxRequest, ValidatorScript};
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::{DepositLst, DepositLstInstructionArgs, QuoteDepositStake};
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_sdk::staking_pool::types::{LstConverted, Roles, StakeDeposited};
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::pool::compute_limit;
use sluice_tests::spl_stake_pool::{SPL_STAKE_POOL_ID, WithdrawStake, error};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_sdk_ids::sysvar;
use solana_signer::Signer;
use solana_stake_interface::instruction as stake_instruction;
use solana_stake_interface::state::Authorized;

use crate::stage::*;

mod accounts;

/// The most a transaction may weigh.
const PACKET: usize = 1_232;

/// Sanctum's deployments of the same program.
const SANCTUM: [Address; 2] = [
    Address::from_str_const("SP12tWFxD9oJsVWNavTTBZvMbA6gkAmxtVgxdqvyvhY"),
    Address::from_str_const("SPMBzsVUuoHA4Jm6KunbsotaahvVikZs1JyTW6iJvbn"),
];

/// A pool of ours with ann and ben, and one of somebody else's with ann, ben and cat, both updated; alice has LST of ours,
/// 300 SOL in tokens of theirs, and an empty stake account.
struct Meeting {
    stage: Stage,
    other: SplStakePool,
    alice: Holder,
    tokens: Address,
    votes: [Address; 3],
    source: Address,
}

impl Meeting {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut PoolOptions)) -> Self {
        let (mut meeting, increases) = Self::before_any_stake(change);
        for (vote, lamports) in increases {
            let increase = meeting.other.increase_stake(&meeting.stage.svm, &vote, lamports);
            meeting.stage.svm.must(&[increase], &[&meeting.other.manager]);
        }
        meeting.next_epoch();
        meeting
    }

    /// Their validators have the least stake there can be, and what else they are to get.
    fn before_any_stake(change: impl FnOnce(&mut PoolOptions)) -> (Self, Vec<(Address, u64)>) {
        let (mut svm, mut options) = (Svm::with_peers(), PoolOptions::default());
        change(&mut options);
        let pool = PoolFixture::with_options(&mut svm, options);
        let other = SplStakePool::new(&mut svm);
        let mut stage = Stage { svm, pool };
        let alice = stage.holder("alice", 40 * SOL);
        let (key, tokens) = other.user(&mut stage.svm, "alice", 1_000 * SOL);
        assert_eq!(key.pubkey(), alice.address());
        let deposit = other.deposit_sol(&key.pubkey(), &tokens, 300 * SOL, 300 * SOL);
        stage.svm.must(&[deposit], &[&key]);
        let votes = [stage.validator("ann"), stage.validator("ben"), stage.svm.add_vote_account("cat")];
        for vote in &votes {
            stage.svm.must(&[other.add_validator(vote)], &[&other.manager]);
        }
        for vote in &votes[..2] {
            stage.increase(vote, 10 * SOL);
        }
        let source = other.new_stake_account(&mut stage.svm, "alice's stake");
        let increases = votes.iter().map(|vote| (*vote, 90 * SOL)).collect();
        (Self { stage, other, alice, tokens, votes, source }, increases)
    }

    fn next_epoch(&mut self) {
        self.stage.next_epoch();
        self.other.update(&mut self.stage.svm);
    }

    /// What theirs is to be called with, for a validator of theirs.
    fn there(&self, vote: &Address) -> WithdrawStake {
        let user = self.alice.address();
        self.other.withdraw_stake_accounts(&self.stage.svm, &user, &self.tokens, vote, &self.source)
    }

    fn accounts(&self, vote: &Address) -> DepositLst {
        self.stage.pool.deposit_lst_accounts(&self.alice.lst, vote, &self.there(vote))
    }

    fn convert(&self, vote: &Address, tokens: u64) -> Instruction {
        self.convert_at_least(vote, tokens, 0)
    }

    fn convert_at_least(&self, vote: &Address, tokens: u64, min_out: u64) -> Instruction {
        let (index, _) = self.stage.pool.record(&self.stage.svm, vote);
        self.accounts(vote).instruction(DepositLstInstructionArgs { index, tokens, min_out })
    }

    #[track_caller]
    fn refuses(&mut self, instruction: Instruction, refusal: impl Into<Refusal>) {
        self.stage.refuses(instruction, &[&self.alice.key], refusal);
    }

    #[track_caller]
    fn must(&mut self, instruction: Instruction) -> Sent {
        self.stage.must(instruction, &[&self.alice.key])
    }
}

/// The other program refused our call.
fn by_spl(code: u32) -> Refusal {
    Refusal::code(&SPL_STAKE_POOL_ID, code)
}

fn by_spl_with(error: InstructionError) -> Refusal {
    Refusal::of(&SPL_STAKE_POOL_ID, error)
}

#[test]
fn tokens_of_another_pool_become_lst_and_stake_moves_over() {
    let mut meeting = Meeting::new();
    let [ann, ..] = meeting.votes;
    let pool = meeting.stage.pool.pool;
    let (there, rent) = (meeting.other.state(&meeting.stage.svm), meeting.stage.stake_rent());
    let given = there.stake_withdrawal(20 * SOL);
    // A thousandth is their fee; nothing was earned yet.
    assert_eq!((given.fee, given.burnt, given.lamports), (SOL / 50, 19_980_000_000, 19_980_000_000));
    let lamports = given.lamports + rent;
    let view = meeting.stage.pool.quote_deposit_stake(lamports, false);
    let quote = meeting.stage.pool.ask(&meeting.stage.svm, &view, QuoteDepositStake::decode_return);
    let out = quote.expect("an answer").out;
    let before = meeting.stage.pool.ledger(&meeting.stage.svm);
    let (lst, reserve) =
        (meeting.stage.tokens(&meeting.alice.lst), meeting.stage.lamports(&meeting.stage.pool.reserve));
    let (here, theirs) = (meeting.stage.pool.stake(&ann), meeting.there(&ann).stake);
    let (stake_here, stake_there) = (meeting.stage.lamports(&here), meeting.stage.lamports(&theirs));

    let wrong = meeting.convert_at_least(&ann, 20 * SOL, out + 1);
    meeting.refuses(wrong, SlippageExceeded);
    let sent = meeting.must(meeting.convert_at_least(&ann, 20 * SOL, out));

    let stage = &meeting.stage;
    assert_eq!(out, lamports, "at a rate of one, without fee");
    assert_eq!(stage.tokens(&meeting.alice.lst), lst + out);
    assert_eq!(stage.tokens(&meeting.tokens), 280 * SOL);
    assert_eq!(stage.tokens(&meeting.other.fee_account), given.fee);
    assert_eq!(stage.svm.account(&meeting.source), None);
    assert_eq!(stage.lamports(&theirs), stake_there - given.lamports);
    assert_eq!(stage.lamports(&here), stake_here + given.lamports);
    assert_eq!(stage.delegated(&here), 10 * SOL + given.lamports);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + rent, "the rent alice paid is hers in shares");
    assert_eq!(stage.record(&ann).stake, 10 * SOL + given.lamports);
    let theirs_after = meeting.other.state(&stage.svm);
    assert_eq!(theirs_after.total_lamports, there.total_lamports - given.lamports);
    assert_eq!(theirs_after.pool_token_supply, there.pool_token_supply - given.burnt);
    stage.assert_balanced();
    let converted = LstConverted {
        pool,
        user: meeting.alice.address(),
        program: SPL_STAKE_POOL_ID,
        stake_pool: meeting.other.pool,
        lst_mint: meeting.other.mint,
        tokens: 20 * SOL,
        lamports,
    };
    let deposited = StakeDeposited {
        pool,
        user: meeting.alice.address(),
        vote: ann,
        source: meeting.source,
        delegated: given.lamports,
        excess: rent,
        minted: out,
        fee: NO_FEE,
        referrer: pool,
        held_after: 10 * SOL + given.lamports,
        reserve_after: reserve + rent,
        before: entry(&before),
        after: entry(&stage.pool.ledger(&stage.svm)),
    };
    assert_eq!(
        events(&sent),
        [StakingPoolEvent::LstConverted(converted), StakingPoolEvent::StakeDeposited(deposited)]
    );
    let totals = (stage.pool.state(&stage.svm).total_lamports, theirs_after.total_lamports);
    meeting.next_epoch();
    let stage = &meeting.stage;
    let after = (stage.pool.state(&stage.svm).total_lamports, meeting.other.state(&stage.svm).total_lamports);
    assert_eq!(after, totals, "neither pool finds or misses anything");
    stage.assert_balanced();
}

/// Several epochs of rewards in both pools; then alice moves over, in one transaction that begins with nothing.
#[test]
fn on_the_bank_alice_moves_over_in_one_transaction() {
    let names = ["ann", "ben", "cat"];
    let scripts = names.iter().map(|name| ValidatorScript::new(*name).stake_sol(1_000_000)).collect();
    let mut bank = Bank::with_peers(LocalnetConfig::new(scripts));
    let votes = names.map(|name| bank.0.validator(name).vote_address());
    let (pool, other) = (PoolFixture::new(&mut bank), SplStakePool::new(&mut bank));
    let (bob, bobs) = pool.user(&mut bank, "bob", 1_000 * SOL);
    bank.must(&[pool.deposit_sol(&bob.pubkey(), &bobs, 100 * SOL, 0)], &[&bob]);
    let (alice, tokens) = other.user(&mut bank, "alice", 1_000 * SOL);
    let (_, lst) = pool.user(&mut bank, "alice", SOL);
    let user = alice.pubkey();
    bank.must(&[other.deposit_sol(&user, &tokens, 300 * SOL, 300 * SOL)], &[&alice]);
    for vote in &votes {
        bank.must(&[other.add_validator(vote)], &[&other.manager]);
        let increase = other.increase_stake(&bank, vote, 90 * SOL);
        bank.must(&[increase], &[&other.manager]);
    }
    for vote in &votes[..2] {
        bank.must(&[pool.add_validator(vote)], &[&pool.payer, &pool.delegation]);
        let increase = pool.increase_stake(&bank, vote, 40 * SOL);
        bank.must(&[increase], &[&pool.payer, &pool.delegation]);
    }
    for _ in 0..5 {
        bank.0.advance_epoch();
        pool.update(&mut bank);
        other.update(&mut bank);
    }
    assert!(other.rate(&bank) > SOL && pool.rate(&bank) > SOL);
    bank.0.warp_slots(20);

    let ben = votes[1];
    let (source, rent) = (keypair("alice's stake"), bank.rent_exempt(pool::STAKE_SPACE));
    let there = other.withdraw_stake_accounts(&bank, &user, &tokens, &ben, &source.pubkey());
    let given = other.state(&bank).stake_withdrawal(50 * SOL);
    assert!(given.lamports > given.burnt);
    let lamports = given.lamports + rent;
    let view = pool.quote_deposit_stake(lamports, false);
    let quote = pool.ask(&bank, &view, QuoteDepositStake::decode_return).expect("an answer");
    let create =
        token::create_account(&bank, &alice, &source.pubkey(), pool::STAKE_SPACE, &pool::STAKE_PROGRAM);
    let (index, record) = pool.record(&bank, &ben);
    let convert = pool.deposit_lst_accounts(&lst, &ben, &there).instruction(DepositLstInstructionArgs {
        index,
        tokens: 50 * SOL,
        min_out: quote.out,
    });
    // Everything that holds lamports in this, and what it holds.
    let holders = [user, source.pubkey(), there.stake, other.reserve, pool.stake(&ben), pool.reserve];
    let sum = |bank: &Bank| holders.iter().map(|holder| bank.lamports(holder)).sum::<u64>();
    let (before, wallet) = (sum(&bank), bank.lamports(&user));
    let (books, theirs) = (pool.ledger(&bank), other.state(&bank));
    let sent = bank.must(&[create, convert], &[&alice, &source]);
    println!(
        "deposit_lst with create: {} CU, {} bytes, {} locks",
        sent.compute_units, sent.bytes, sent.locks
    );

    assert_eq!(token::balance(&bank, &lst), quote.out);
    assert_eq!(token::balance(&bank, &tokens), 250 * SOL);
    assert_eq!(sum(&bank), before - sent.fee, "not a lamport is lost");
    assert_eq!(bank.lamports(&user), wallet - sent.fee - rent);
    assert_eq!(pool.record(&bank, &ben).1.stake, record.stake + given.lamports);
    assert_eq!(pool.ledger(&bank).total.0, books.total.0 + lamports);
    assert_eq!(other.state(&bank).total_lamports, theirs.total_lamports - given.lamports);
    ledger::assert_balanced(&bank, &pool);
    // What alice has is worth what she brought, but for a lamport of rounding: their fee was theirs.
    let ledger = pool.ledger(&bank).at(bank.clock().slot - 1).expect("priced");
    let worth = ledger.lamports_for(sluice_money::LstAmount(quote.out)).expect("priced").0;
    assert!(worth <= lamports && lamports - worth <= 2, "{worth} for {lamports}");

    // It earns where it is now, and both pools find what the Bank says it paid.
    let (total, theirs) = (pool.state(&bank).total_lamports, other.state(&bank).total_lamports);
    let report = bank.0.advance_epoch();
    pool.update(&mut bank);
    other.update(&mut bank);
    let paid: u64 = votes[..2].iter().map(|vote| report.reward_of(&pool.stake(vote))).sum();
    assert_eq!(pool.state(&bank).total_lamports, total + paid);
    let stakes = votes.map(|vote| other.stake(&other.validator(&bank, &vote)));
    let paid: u64 = stakes.iter().map(|stake| report.reward_of(stake)).sum();
    assert_eq!(other.state(&bank).total_lamports, theirs + paid);
    ledger::assert_balanced(&bank, &pool);
}

/// With everything an instruction can name: a new account, a compute limit, a referrer and a deposit authority.
#[test]
fn it_fits_a_transaction_with_or_without_a_lookup_table() {
    let mut bank =
        Bank::with_peers(LocalnetConfig::new(vec![ValidatorScript::new("ann").stake_sol(1_000_000)]));
    let ann = bank.0.validator("ann").vote_address();
    let mut options = PoolOptions::default();
    options.params.fees.deposit_bps = 10;
    let pool = PoolFixture::with_options(&mut bank, options);
    let other = SplStakePool::new(&mut bank);
    let (alice, tokens) = other.user(&mut bank, "alice", 1_000 * SOL);
    let (_, lst) = pool.user(&mut bank, "alice", SOL);
    let (_, referrer) = pool.user(&mut bank, "bob", SOL);
    let user = alice.pubkey();
    bank.must(&[other.deposit_sol(&user, &tokens, 300 * SOL, 0)], &[&alice]);
    bank.must(&[pool.deposit_sol(&user, &lst, 30 * SOL, 0)], &[&alice]);
    bank.must(&[other.add_validator(&ann)], &[&other.manager]);
    bank.must(&[pool.add_validator(&ann)], &[&pool.payer, &pool.delegation]);
    let increases = [other.increase_stake(&bank, &ann, 90 * SOL), pool.increase_stake(&bank, &ann, 20 * SOL)];
    bank.must(&increases[..1], &[&other.manager]);
    bank.must(&increases[1..], &[&pool.payer, &pool.delegation]);
    bank.0.advance_epoch();
    other.update(&mut bank);
    pool.update(&mut bank);
    let authority = keypair("deposit authority");
    let roles = Roles {
        fee_authority: pool.admin.pubkey(),
        pauser: pool.admin.pubkey(),
        deposit_authority: authority.pubkey(),
    };
    bank.must(&[pool.set_roles(roles)], &[&pool.payer, &pool.admin]);

    let convert = |bank: &Bank, source: &Keypair| {
        let there = other.withdraw_stake_accounts(bank, &user, &tokens, &ann, &source.pubkey());
        let mut accounts = pool.deposit_lst_accounts(&lst, &ann, &there);
        accounts.referrer = Some(referrer);
        accounts.deposit_authority = Some(authority.pubkey());
        let (stake, space) = (pool::STAKE_PROGRAM, pool::STAKE_SPACE);
        [
            compute_limit(250_000),
            token::create_account(bank, &alice, &source.pubkey(), space, &stake),
            accounts.instruction(DepositLstInstructionArgs { index: 0, tokens: 20 * SOL, min_out: 1 }),
        ]
    };
    let source = keypair("first");
    let all = convert(&bank, &source);
    let sent = bank.must(&all, &[&alice, &source, &authority]);
    println!("all: {} CU, {} bytes, {} locks", sent.compute_units, sent.bytes, sent.locks);
    assert!(sent.bytes <= PACKET, "{} bytes", sent.bytes);
    assert!(sent.compute_units <= 200_000, "{} CU: more than is given without asking", sent.compute_units);
    assert!(token::balance(&bank, &referrer) > 0);
    ledger::assert_balanced(&bank, &pool);

    // What does not change from one conversion to the next goes into a table.
    let source = keypair("second");
    let all = convert(&bank, &source);
    let own = [user, lst, tokens, source.pubkey(), authority.pubkey()];
    let mut fixed: Vec<Address> = all[2].accounts.iter().map(|meta| meta.pubkey).collect();
    fixed.retain(|address| !own.contains(address));
    fixed.sort();
    fixed.dedup();
    let table = bank.0.create_lookup_table(&fixed).expect("a table");
    let request = TxRequest::new(&all, &[&alice, &source, &authority]).lookup_tables(&[table]);
    let transaction = request.sign(bank.0.latest_blockhash());
    let bytes = bincode_size(&transaction);
    bank.0.process(transaction).expect("converted");
    println!("with a table: {bytes} bytes");
    assert!(bytes <= sent.bytes - 500, "{bytes} bytes");
    ledger::assert_balanced(&bank, &pool);
}

fn bincode_size(transaction: &solana_transaction::versioned::VersionedTransaction) -> usize {
    bincode::serialized_size(transaction).expect("serializes") as usize
}

#[test]
fn whoever_may_move_the_tokens_may_convert_them() {
    let mut meeting = Meeting::new();
    let [ann, ..] = meeting.votes;
    let mallory = meeting.stage.newcomer("mallory");
    let theft = {
        let mut there = meeting.there(&ann);
        there.transfer_authority = mallory.address();
        let accounts = meeting.stage.pool.deposit_lst_accounts(&mallory.lst, &ann, &there);
        accounts.instruction(DepositLstInstructionArgs { index: 0, tokens: 20 * SOL, min_out: 0 })
    };
    meeting.stage.refuses(theft.clone(), &[&mallory.key], by_token(4));
    let unsigned_theft = unsigned(&meeting.convert(&ann, 20 * SOL), &meeting.alice.address());
    meeting.stage.refuses(unsigned_theft, &[], shared(InstructionError::MissingRequiredSignature));
    let approve = token::approve(&meeting.tokens, &mallory.address(), &meeting.alice.address(), 20 * SOL);
    meeting.must(approve);
    meeting.stage.must(theft, &[&mallory.key]);
    assert!(meeting.stage.tokens(&mallory.lst) > 19 * SOL);
    meeting.stage.assert_balanced();
}

#[test]
fn only_programs_that_are_known_are_called() {
    let mut meeting = Meeting::new();
    let right = meeting.convert(&meeting.votes[0], 20 * SOL);
    // The same code in somebody's own deployment, and programs that do other things.
    let hostile = keypair("hostile program").pubkey();
    let code = program_path("peer_spl_stake_pool");
    meeting.stage.svm.0.add_program_from_file(hostile, &code).expect("deployed");
    let known = [pool::STAKE_PROGRAM, token::TOKEN_PROGRAM, STAKING_POOL_ID, SYSTEM];
    for program in known.into_iter().chain([hostile, keypair("nobody").pubkey()]) {
        let wrong = substitute(&right, &SPL_STAKE_POOL_ID, &program);
        meeting.refuses(wrong, UnknownStakePool);
    }
    // Sanctum's are called, and refuse a pool that is another program's.
    for program in SANCTUM {
        meeting.stage.svm.0.add_program_from_file(program, &code).expect("deployed");
        let wrong = substitute(&right, &SPL_STAKE_POOL_ID, &program);
        meeting.refuses(wrong, Refusal::of(&program, InstructionError::IncorrectProgramId));
    }
    // So does the known program, whatever a hostile pool looks like.
    for place in [meeting.other.pool, meeting.other.validator_list] {
        let forged = meeting.stage.svm.forgery(&place);
        let wrong = substitute(&right, &place, &forged);
        let refusal = match place == meeting.other.pool {
            true => by_spl_with(InstructionError::IncorrectProgramId),
            false => by_spl(error::INVALID_VALIDATOR_LIST),
        };
        meeting.refuses(wrong, refusal);
    }
    meeting.must(right);
}

#[test]
fn both_pools_are_of_this_epoch() {
    let mut meeting = Meeting::new();
    let [ann, ..] = meeting.votes;
    meeting.stage.svm.advance_epoch();
    let convert = meeting.convert(&ann, 20 * SOL);
    meeting.refuses(convert.clone(), PoolStale);
    meeting.stage.pool.update(&mut meeting.stage.svm);
    meeting.refuses(convert.clone(), by_spl(error::OUT_OF_DATE));
    meeting.other.update(&mut meeting.stage.svm);
    meeting.must(convert);
}

#[test]
fn a_pause_a_minimum_and_a_cap_hold_as_for_any_deposit() {
    let mut meeting = Meeting::with(|options| options.params.limits.min_deposit = 15 * SOL);
    let [ann, ..] = meeting.votes;
    let admin = meeting.stage.pool.admin.insecure_clone();
    let convert = meeting.convert(&ann, 20 * SOL);
    let small = meeting.convert(&ann, 15 * SOL);
    meeting.refuses(small, BelowMinimumDeposit);
    let nothing = meeting.convert(&ann, 0);
    meeting.refuses(nothing, ZeroAmount);

    meeting.stage.must(meeting.stage.pool.pause(&admin.pubkey()), &[&admin]);
    meeting.refuses(convert.clone(), PoolPaused);
    meeting.stage.must(meeting.stage.pool.resume(&admin.pubkey()), &[&admin]);

    let total = meeting.stage.pool.state(&meeting.stage.svm).total_lamports;
    let brought = 19_980_000_000 + meeting.stage.stake_rent();
    let mut limits = PoolOptions::default().params.limits;
    limits.tvl_cap = total + brought - 1;
    meeting.stage.must(meeting.stage.pool.set_limits(limits.clone()), &[&admin]);
    meeting.refuses(convert.clone(), TvlCapExceeded);
    limits.tvl_cap += 1;
    meeting.stage.must(meeting.stage.pool.set_limits(limits), &[&admin]);

    let authority = keypair("deposit authority");
    let (fee_authority, pauser) = (admin.pubkey(), admin.pubkey());
    let roles = Roles { fee_authority, pauser, deposit_authority: authority.pubkey() };
    meeting.stage.must(meeting.stage.pool.set_roles(roles), &[&admin]);
    meeting.refuses(convert, DepositAuthorityRequired);
    let mut accounts = meeting.accounts(&ann);
    let args = DepositLstInstructionArgs { index: 0, tokens: 20 * SOL, min_out: 0 };
    accounts.deposit_authority = Some(meeting.alice.address());
    meeting.refuses(accounts.instruction(args.clone()), DepositAuthorityRequired);
    accounts.deposit_authority = Some(authority.pubkey());
    let signers = [&meeting.alice.key, &authority];
    meeting.stage.must(accounts.instruction(args), &signers);
    meeting.stage.assert_balanced();
}
