//! `initialize`: each line of its specification, and each way it refuses.

use sluice_sdk::AccountData;
use sluice_sdk::slab::SlabHeader;
use sluice_sdk::staking_pool::accounts::{Pool, RateHistory, Reserve, ValidatorListHeader};
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_sdk::staking_pool::types::InitializeParams;
use sluice_sdk::staking_pool::types::PoolInitialized;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::token::{TOKEN_PROGRAM, create_mint_with, create_token_account};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_system_interface::instruction as system;

use crate::stage::*;

/// The mints and lists that these tests make, by the names of their keys.
const NAMES: [&str; 8] = ["none", "most", "more", "small", "another list", "mint 0", "mint 1", "mint 2"];

/// Everything a pool needs, and not yet the pool.
struct Ready {
    svm: Svm,
    pool: PoolFixture,
    params: InitializeParams,
}

impl Ready {
    fn new() -> Self {
        let mut svm = Svm::new();
        let pool = PoolFixture::prepare(&mut svm, 100);
        Self { svm, pool, params: PoolOptions::default().params }
    }

    fn with(change: impl FnOnce(&mut InitializeParams)) -> Self {
        let mut ready = Self::new();
        change(&mut ready.params);
        ready
    }

    fn initialize(&self) -> Instruction {
        self.pool.initialize(&self.params, &self.pool.delegation.pubkey())
    }

    /// The key of an account that was made by that name.
    fn key(&self, address: &Address) -> Option<Keypair> {
        let (mint, list) = self.pool.new_keys();
        let named = NAMES.map(keypair);
        let known = [self.pool.payer.insecure_clone(), mint, list].into_iter().chain(named);
        known.into_iter().find(|key| key.pubkey() == *address)
    }

    /// Signs for every account that must sign and has a key, whichever stands there; the others do not sign.
    fn sign(&self, instruction: &mut Instruction) -> Vec<Keypair> {
        let mut keys: Vec<Keypair> = Vec::new();
        for meta in instruction.accounts.iter_mut().filter(|meta| meta.is_signer) {
            match self.key(&meta.pubkey) {
                Some(key) if keys.iter().all(|known| known.pubkey() != key.pubkey()) => keys.push(key),
                Some(_) => {}
                None => meta.is_signer = false,
            }
        }
        keys
    }

    #[track_caller]
    fn send(&mut self, mut instruction: Instruction) -> Sent {
        let keys = self.sign(&mut instruction);
        self.svm.must(&[instruction], &keys.iter().collect::<Vec<_>>())
    }

    #[track_caller]
    fn must(&mut self) -> Sent {
        self.send(self.initialize())
    }

    /// Expects a refusal that makes nothing and costs no more than the signatures.
    #[track_caller]
    fn refuses(&mut self, mut instruction: Instruction, refusal: impl Into<Refusal>) {
        let keys = self.sign(&mut instruction);
        let own = [self.pool.pool, self.pool.reserve, self.pool.list, self.pool.mint, self.pool.escrow];
        let keys: Vec<_> = keys.iter().collect();
        refused(&mut self.svm, &[instruction], &keys, &own, refusal);
    }

    /// Expects the refusal of the parameters.
    #[track_caller]
    fn refuses_params(change: impl FnOnce(&mut InitializeParams), refusal: impl Into<Refusal>) {
        let mut ready = Self::with(change);
        let initialize = ready.initialize();
        ready.refuses(initialize, refusal);
    }

    /// Expects the refusal of one account in place of another.
    #[track_caller]
    fn refuses_instead(&mut self, place: &Address, stand_in: &Address, refusal: impl Into<Refusal>) {
        let wrong = substitute(&self.initialize(), place, stand_in);
        self.refuses(wrong, refusal);
    }

    fn token_account(&mut self, name: &str, mint: &Address, owner: &Address) -> Address {
        create_token_account(&mut self.svm, &self.pool.payer, &keypair(name), mint, owner)
    }

    /// A list account with room for that many records.
    fn list(&mut self, name: &str, records: usize) -> Address {
        let (list, space) = (keypair(name), ValidatorListHeader::space(records));
        let create =
            token::create_account(&self.svm, &self.pool.payer, &list.pubkey(), space, &STAKING_POOL_ID);
        self.svm.must(&[create], &[&self.pool.payer, &list]);
        list.pubkey()
    }
}

#[test]
fn a_pool_is_born_with_its_seed_in_the_escrow() {
    let mut ready = Ready::with(|params| params.seed_lamports = 3 * SOL);
    let (admin, delegation) = (ready.pool.admin.pubkey(), ready.pool.delegation.pubkey());
    let before = ready.svm.lamports(&ready.pool.payer.pubkey());

    let sent = ready.must();

    let Ready { svm, pool, .. } = &ready;
    let state = pool.state(svm);
    assert_eq!((state.lst_mint, state.token_program), (pool.mint, TOKEN_PROGRAM));
    assert_eq!((state.reserve, state.validator_list), (pool.reserve, pool.list));
    assert_eq!((state.escrow, state.treasury), (pool.escrow, pool.treasury));
    assert_eq!((state.admin, state.delegation_authority), (admin, delegation));
    assert_eq!((state.total_lamports, state.supply), (3 * SOL, 3 * SOL));
    assert_eq!((state.locked_profit, state.profit_slot), (0, svm.clock().slot));
    assert_eq!(state.profit_end_slot, svm.clock().slot + EPOCH);
    assert_eq!((state.updated_epoch, state.version), (svm.clock().epoch, 1));
    assert_eq!((state.min_delegation, state.stake_rent), (SOL, 0));
    assert_eq!((state.ticket_shares, state.ticket_lamports, state.pending_burn), (0, 0, 0));
    assert_eq!(state.fees, PoolOptions::default().params.fees);
    assert_eq!(
        (state.fee_authority, state.pauser, state.deposit_authority),
        (admin, admin, Address::default())
    );
    assert_eq!((state.min_deposit, state.sweep_threshold), (1_000_000, 10_000_000));
    assert_eq!((state.tvl_cap, state.movement_cap_bps, state.liquidity_target), (u64::MAX, 10_000, 0));

    assert_eq!(token::supply(svm, &pool.mint), 3 * SOL);
    assert_eq!(token::balance(svm, &pool.escrow), 3 * SOL);
    assert_eq!(pool.reserve_lamports(svm), 3 * SOL);
    let rent =
        [Pool::SIZE, Reserve::SIZE, RateHistory::SIZE].map(|size| svm.rent_exempt(size)).iter().sum::<u64>();
    assert_eq!(svm.lamports(&pool.payer.pubkey()), before - 3 * SOL - rent - sent.fee);
    let list = pool.list(svm);
    assert_eq!((list.header.pool, list.records.len(), list.capacity), (pool.pool, 0, 100));
    let reserve = svm.account(&pool.reserve).expect("the reserve exists");
    assert_eq!(Reserve::decode_owned(&reserve.owner, &reserve.data).expect("a reserve").pool, pool.pool);
    ledger::assert_balanced(svm, pool);

    let [StakingPoolEvent::PoolInitialized(event)] = &events(&sent)[..] else { panic!("one event") };
    let expected = PoolInitialized {
        pool: pool.pool,
        lst_mint: pool.mint,
        admin,
        delegation_authority: delegation,
        treasury: pool.treasury,
        seed_lamports: 3 * SOL,
        after: entry(&pool.ledger(svm)),
        fees: state.fees.clone(),
    };
    assert_eq!(*event, expected);
}

#[test]
fn the_admin_is_recorded_and_need_not_sign() {
    let ready = Ready::new();
    let initialize = ready.initialize();
    let signers: Vec<_> =
        initialize.accounts.iter().filter(|meta| meta.is_signer).map(|meta| meta.pubkey).collect();
    assert_eq!(signers, [ready.pool.payer.pubkey(), ready.pool.list, ready.pool.mint]);
}

#[test]
fn nobody_can_open_a_pool_with_a_mint_or_a_list_of_others() {
    let mut ready = Ready::new();
    let mallory = ready.svm.wallet("mallory", 10 * SOL);
    let (list, mint) = (ready.pool.list, ready.pool.mint);
    let (mint_key, list_key) = ready.pool.new_keys();
    let own = [ready.pool.pool, ready.pool.reserve, ready.pool.escrow];
    let by_mallory = substitute(&ready.initialize(), &ready.pool.payer.pubkey(), &mallory.pubkey());
    let refusal = shared(InstructionError::MissingRequiredSignature);
    for (missing, signs) in [(list, &mint_key), (mint, &list_key)] {
        let wrong = unsigned(&by_mallory, &missing);
        refused(&mut ready.svm, &[wrong], &[&mallory, signs], &own, refusal.clone());
    }
}

#[test]
fn fees_and_seed_have_bounds_that_may_be_met() {
    Ready::refuses_params(|params| params.fees.reward_bps = 1_001, FeeAboveCap);
    Ready::refuses_params(|params| params.fees.reward_bps = u16::MAX, FeeAboveCap);
    Ready::refuses_params(|params| params.fees.deposit_bps = 21, FeeAboveCap);
    Ready::refuses_params(|params| params.fees.instant_most_bps = 21, FeeAboveCap);
    Ready::refuses_params(|params| params.fees.instant_least_bps = 11, FeeAboveCap);
    Ready::refuses_params(|params| params.fees.liquidity_cut_bps = 5_001, FeeAboveCap);
    Ready::refuses_params(|params| params.fees.insurance_bps = 10_001, FeeAboveCap);
    Ready::refuses_params(|params| params.fees.referral_bps = 10_001, FeeAboveCap);
    Ready::refuses_params(|params| params.limits.movement_cap_bps = 10_001, ShareAboveOne);
    Ready::refuses_params(|params| params.seed_lamports = SOL - 1, SeedTooSmall);
    Ready::refuses_params(|params| params.seed_lamports = 0, SeedTooSmall);
    let mut ready = Ready::with(|params| {
        params.fees.reward_bps = 1_000;
        params.fees.deposit_bps = 20;
        params.fees.instant_most_bps = 20;
        params.fees.liquidity_cut_bps = 5_000;
        params.seed_lamports = SOL;
    });
    ready.must();
    let state = ready.pool.state(&ready.svm);
    assert_eq!((state.fees.reward_bps, state.fees.instant_most_bps, state.supply), (1_000, 20, SOL));
}

#[test]
fn the_payer_must_have_the_seed() {
    Ready::refuses_params(|params| params.seed_lamports = u64::MAX, by_system(1));
    Ready::refuses_params(|params| params.seed_lamports = 1_001 * SOL, by_system(1));
}

#[test]
fn the_payer_must_sign() {
    let mut ready = Ready::new();
    let other = ready.svm.wallet("other payer", SOL);
    let wrong = unsigned(&ready.initialize(), &ready.pool.payer.pubkey());
    let own = [ready.pool.pool, ready.pool.reserve];
    let (mint, list) = ready.pool.new_keys();
    let refusal = shared(InstructionError::MissingRequiredSignature);
    refused(&mut ready.svm, &[wrong], &[&other, &mint, &list], &own, refusal);
}

#[test]
fn a_pool_is_born_once() {
    let mut ready = Ready::new();
    ready.must();
    ready.svm.0.expire_blockhash();
    let again = ready.initialize();
    ready.refuses(again, framework(CONSTRAINT_ZERO));
    // Nor with another list.
    let list = ready.list("another list", 10);
    let again = substitute(&ready.initialize(), &ready.pool.list.clone(), &list);
    ready.refuses(again, by_system(0));
}

#[test]
fn lamports_sent_ahead_to_its_addresses_do_not_stop_a_birth() {
    let mut ready = Ready::new();
    let donor = ready.svm.wallet("donor", 10 * SOL);
    let (to_pool, to_reserve) = (SOL / 1_000, 2 * SOL);
    for (address, lamports) in [(ready.pool.pool, to_pool), (ready.pool.reserve, to_reserve)] {
        ready.svm.must(&[system::transfer(&donor.pubkey(), &address, lamports)], &[&donor]);
    }
    ready.must();
    assert_eq!(ready.pool.state(&ready.svm).total_lamports, SOL);
    assert_eq!(ready.svm.lamports(&ready.pool.pool), ready.svm.rent_exempt(Pool::SIZE));
    // What the reserve has beyond its rent is profit, once an update finds it.
    let surplus = to_reserve - ready.svm.rent_exempt(Reserve::SIZE);
    assert_eq!(ready.pool.reserve_lamports(&ready.svm), SOL + surplus);
    ready.svm.advance_epoch();
    ready.pool.update(&mut ready.svm);
    assert_eq!(ready.pool.state(&ready.svm).total_lamports, SOL + surplus);
    ledger::assert_balanced(&ready.svm, &ready.pool);
}

#[test]
fn whoever_inflates_the_rate_of_a_new_pool_loses_to_the_seed() {
    let mut stage = Stage::with(|options| {
        options.params.limits.min_deposit = 0;
        options.params.fees.reward_bps = 0;
        options.instant_fee(0);
    });
    // The attacker buys as much as the seed is, gives the pool a hundred SOL, and waits for them to be released.
    let attacker = stage.holder("attacker", SOL);
    stage.donate(&stage.pool.reserve.clone(), 100 * SOL);
    stage.next_epoch();
    stage.next_epoch();
    // The victim's rounding loss is below one base unit's worth: 51 lamports.
    let victim = stage.holder("victim", SOL);
    let value = |stage: &Stage, holder: &Holder| {
        let shares = sluice_money::LstAmount(stage.tokens(&holder.lst));
        stage.pool.ledger(&stage.svm).lamports_for(shares).expect("priced").0
    };
    assert!(SOL - value(&stage, &victim) <= 51, "{}", value(&stage, &victim));
    // And half of the gift is the seed's, for ever: 101 SOL spent, 51 and the victim's rounding left.
    assert_eq!(value(&stage, &attacker), 51 * SOL + 3);
}

/// Spoils an account.
type Flaw = fn(&mut solana_account::Account);

#[test]
fn the_mint_is_new_and_wholly_the_pools() {
    let mut ready = Ready::new();
    let (pool, mint, payer) = (ready.pool.pool, ready.pool.mint, ready.pool.payer.insecure_clone());
    let initialize = ready.initialize();
    // Edits of the right mint's account: what is said of it, one thing at a time.
    let flaws: [(&str, Flaw); 9] = [
        ("no authority", |account| account.data[..4].fill(0)),
        ("another's authority", |account| account.data[4] ^= 1),
        ("some supply", |account| account.data[36] = 1),
        ("eight decimals", |account| account.data[44] = 8),
        ("ten decimals", |account| account.data[44] = 10),
        ("not initialized", |account| account.data[45] = 0),
        ("a freeze authority", |account| account.data[46..50].copy_from_slice(&[1, 0, 0, 0])),
        ("a longer account", |account| account.data.resize(83, 0)),
        ("another program's", |account| account.owner = svm::FORGER),
    ];
    for (flaw, spoil) in flaws {
        let right = ready.svm.account(&mint).expect("the mint exists");
        ready.svm.edit(&mint, spoil);
        let before = ready.svm.account(&mint);
        assert_ne!(before.as_ref(), Some(&right), "{flaw}");
        ready.refuses(initialize.clone(), UnusableMint);
        ready.svm.edit(&mint, |account| *account = right);
    }
    // The same with mints the token program made.
    let cases = [(6, None, pool), (9, Some(payer.pubkey()), pool), (9, None, payer.pubkey())];
    for (n, (decimals, freeze, authority)) in cases.into_iter().enumerate() {
        let mut ready = Ready::new();
        let mint = keypair(&format!("mint {n}"));
        // Its pool would be another one, so the authority is meant for that.
        let pool = sluice_sdk::pda::staking_pool::find_pool(&mint.pubkey()).0;
        let authority = if authority == ready.pool.pool { pool } else { authority };
        create_mint_with(&mut ready.svm, &payer, &mint, &authority, decimals, freeze.as_ref());
        let wrong = over_another_mint(&ready, &mint.pubkey());
        ready.refuses(wrong, UnusableMint);
    }
    ready.must();
}

/// `initialize` of the pool over another mint, with the escrow and treasury of this one.
fn over_another_mint(ready: &Ready, mint: &Address) -> Instruction {
    let pool = sluice_sdk::pda::staking_pool::find_pool(mint).0;
    let reserve = sluice_sdk::pda::staking_pool::find_reserve(&pool).0;
    let instruction = substitute(&ready.initialize(), &ready.pool.mint, mint);
    let instruction = substitute(&instruction, &ready.pool.pool, &pool);
    let history = sluice_sdk::pda::staking_pool::find_rate_history(&pool).0;
    let instruction = substitute(&instruction, &ready.pool.rate_history(), &history);
    substitute(&instruction, &ready.pool.reserve, &reserve)
}

#[test]
fn escrow_and_treasury_are_two_token_accounts_of_the_mint() {
    let mut ready = Ready::new();
    let (pool, mint, payer) = (ready.pool.pool, ready.pool.mint, ready.pool.payer.pubkey());
    let (escrow, treasury) = (ready.pool.escrow, ready.pool.treasury);
    let other_mint = keypair("other mint");
    create_mint_with(&mut ready.svm, &ready.pool.payer, &other_mint, &payer, 9, None);

    let not_the_pools = ready.token_account("not the pool's", &mint, &payer);
    let other_mints = ready.token_account("other mint's", &other_mint.pubkey(), &pool);
    let forged = ready.svm.forgery(&escrow);
    let frozen = ready.token_account("frozen", &mint, &pool);
    ready.svm.edit(&frozen, |account| account.data[108] = 2);
    let blank = ready.token_account("blank", &mint, &pool);
    ready.svm.edit(&blank, |account| account.data[108] = 0);
    let short = ready.token_account("short", &mint, &pool);
    ready.svm.edit(&short, |account| account.data.truncate(164));
    let wallet = ready.svm.wallet("wallet", SOL).pubkey();
    let nothing = keypair("nothing").pubkey();
    for account in [not_the_pools, other_mints, forged, frozen, blank, short, wallet] {
        ready.refuses_instead(&escrow, &account, UnusableTokenAccount);
    }
    for account in [other_mints, forged, frozen, blank, short, nothing] {
        ready.refuses_instead(&treasury, &account, UnusableTokenAccount);
    }
    ready.refuses_instead(&treasury, &escrow, framework(DUPLICATE_MUTABLE_ACCOUNT));
    // The treasury may be anybody's, the pool's own included.
    let pools_own = ready.token_account("pool's own", &mint, &pool);
    let right = substitute(&ready.initialize(), &treasury, &pools_own);
    ready.send(right);
}

#[test]
fn the_validator_list_is_new_and_has_room_for_up_to_5_000_records() {
    let mut ready = Ready::new();
    let list = ready.pool.list;
    let (none, most, more) = (ready.list("none", 0), ready.list("most", 5_000), ready.list("more", 5_001));
    ready.refuses_instead(&list, &none, UnusableValidatorList);
    ready.refuses_instead(&list, &more, UnusableValidatorList);

    // A list with records of somebody's making, or of another pool, or another program's.
    let space = ValidatorListHeader::SIZE;
    ready.svm.edit(&most, |account| account.data[space..space + 4].copy_from_slice(&1_u32.to_le_bytes()));
    ready.refuses_instead(&list, &most, UnusableValidatorList);
    ready.svm.edit(&most, |account| account.data[space..space + 4].fill(0));
    let other = PoolFixture::named(&mut ready.svm, "other ", PoolOptions::default());
    ready.refuses_instead(&list, &other.list, framework(CONSTRAINT_ZERO));
    let forged = ready.svm.forgery(&list);
    ready.refuses_instead(&list, &forged, shared(InstructionError::IllegalOwner));
    let small = ready.list("small", 0);
    ready.svm.edit(&small, |account| account.data.truncate(7));
    ready.refuses_instead(&list, &small, framework(CONSTRAINT_ZERO));

    let right = substitute(&ready.initialize(), &list, &most);
    ready.send(right);
    ready.pool.list = most;
    assert_eq!(ready.pool.list(&ready.svm).capacity, 5_000);
    ledger::assert_balanced(&ready.svm, &ready.pool);
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut ready = Ready::new();
    let (pool, reserve, list) = (ready.pool.pool, ready.pool.reserve, ready.pool.list);
    let (mint, escrow) = (ready.pool.mint, ready.pool.escrow);
    let nobody = keypair("nobody").pubkey();
    for (place, stand_in, refusal) in [
        (pool, nobody, shared(InstructionError::InvalidSeeds)),
        (reserve, nobody, shared(InstructionError::InvalidSeeds)),
        (TOKEN_PROGRAM, TOKEN_2022, UnusableMint.into()),
        (TOKEN_PROGRAM, nobody, WrongTokenProgram.into()),
        (TOKEN_PROGRAM, pool::STAKE_PROGRAM, WrongTokenProgram.into()),
        (pool::STAKE_PROGRAM, TOKEN_PROGRAM, WrongProgramAccount.into()),
        (SYSTEM, TOKEN_PROGRAM, shared(InstructionError::IncorrectProgramId)),
    ] {
        ready.refuses_instead(&place, &stand_in, refusal);
    }
    for (place, stand_in) in pairs(&[pool, reserve, list, mint, escrow]) {
        ready.refuses_instead(&place, &stand_in, framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
    ready.must();
}

#[test]
fn a_stake_program_that_does_not_answer_stops_a_birth() {
    let mut ready = Ready::new();
    ready.svm.silence_stake_program();
    let initialize = ready.initialize();
    ready.refuses(initialize, UnexpectedChainState);
}

#[test]
fn a_pool_of_one_token_program_does_not_obey_the_other() {
    let mut stage = Stage::with(|options| options.token_2022(false));
    let alice = stage.holder("alice", SOL);
    let right = stage.pool.deposit_sol(&alice.address(), &alice.lst, SOL, 0);
    // The instruction as it would be for a mint of the first token program.
    let wrong = substitute(&right, &TOKEN_2022, &TOKEN_PROGRAM);
    stage.refuses(wrong, &[&alice.key], WrongTokenProgram);
}

#[test]
fn an_extended_treasury_is_paid_its_fee() {
    // As associated accounts of Token-2022 are, which cannot change their owner: `ImmutableOwner`.
    let (mut chain, mut options) = (Svm::new(), PoolOptions::default());
    options.token_2022(false);
    let mut pool = PoolFixture::prepare_with(&mut chain, "", &options);
    let (treasury, payer) = (keypair("extended treasury"), pool.payer.insecure_clone());
    let create = token::create_account(&chain, &payer, &treasury.pubkey(), 170, &TOKEN_2022);
    let on_treasury = |accounts: Vec<AccountMeta>, data: Vec<u8>| {
        let accounts = [vec![AccountMeta::new(treasury.pubkey(), false)], accounts].concat();
        Instruction { program_id: TOKEN_2022, accounts, data }
    };
    let extend = on_treasury(vec![], vec![22]);
    let data = [&[18], pool.admin.pubkey().as_ref()].concat();
    let initialize = on_treasury(vec![AccountMeta::new_readonly(pool.mint, false)], data);
    chain.must(&[create, extend, initialize], &[&payer, &treasury]);
    pool.treasury = treasury.pubkey();

    let initialize = pool.initialize(&PoolOptions::default().params, &pool.delegation.pubkey());
    let (mint, list) = pool.new_keys();
    chain.must(&[initialize], &[&payer, &mint, &list]);
    chain.must(&[system::transfer(&payer.pubkey(), &pool.reserve, SOL)], &[&payer]);
    chain.advance_epoch();
    pool.update(&mut chain);
    // 5 % of a SOL at a rate of one.
    assert_eq!(token::balance(&chain, &pool.treasury), 50_000_000);
    ledger::assert_balanced(&chain, &pool);
}

#[test]
fn an_extension_makes_an_escrow_unusable() {
    // An escrow that wants a memo with each transfer would let nobody order a ticket.
    let (mut chain, mut options) = (Svm::new(), PoolOptions::default());
    options.token_2022(false);
    let pool = PoolFixture::prepare_with(&mut chain, "", &options);
    let without = chain.account(&pool.escrow).expect("the escrow exists");
    chain.edit(&pool.escrow, |account| {
        account.data.push(2); // A token account, not a mint,
        account.data.extend([8, 0, 1, 0, 1]); // with `MemoTransfer`, of one byte, switched on.
        account.lamports += SOL;
    });
    let initialize = pool.initialize(&PoolOptions::default().params, &pool.delegation.pubkey());
    let (mint, list) = pool.new_keys();
    let signers = [&pool.payer, &mint, &list];
    refused(&mut chain, std::slice::from_ref(&initialize), &signers, &[pool.pool], UnusableTokenAccount);
    chain.edit(&pool.escrow, |account| *account = without);
    chain.must(&[initialize], &signers);
}
