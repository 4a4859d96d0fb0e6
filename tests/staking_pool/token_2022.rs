//! Pools whose token is of Token-2022: they work like any other, may carry their metadata and show amounts scaled by the
//! rate, and no other extension gets in.

use sluice_localnet::{LocalnetConfig, ValidatorScript};
use sluice_sdk::pda::staking_pool as pda;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_tests::chain::ErrorCode;
use sluice_tests::token_2022::{Extension, TEXT, create_mint, kind, metadata, multiplier, ui_amount};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;

use crate::stage::*;

/// A pool over a Token-2022 mint; with `scaled_ui` it has a scaled UI amount beside its metadata.
fn stage_of(scaled_ui: bool) -> Stage {
    Stage::with(|options| options.token_2022(scaled_ui))
}

/// Everything a pool needs, under Token-2022, and not yet the pool.
fn prepared(scaled_ui: bool) -> (Svm, PoolFixture) {
    let (mut svm, mut options) = (Svm::new(), PoolOptions::default());
    options.token_2022(scaled_ui);
    let pool = PoolFixture::prepare_with(&mut svm, "", &options);
    (svm, pool)
}

fn birth(pool: &PoolFixture) -> Instruction {
    pool.initialize(&PoolOptions::default().params, &pool.delegation.pubkey())
}

/// `initialize` of a pool over another mint, with the escrow and treasury of this one.
fn birth_over(pool: &PoolFixture, mint: &Address) -> Instruction {
    let other = pda::find_pool(mint).0;
    [
        (pool.mint, *mint),
        (pool.pool, other),
        (pool.reserve, pda::find_reserve(&other).0),
        (pool.rate_history(), pda::find_rate_history(&other).0),
    ]
    .iter()
    .fold(birth(pool), |instruction, (old, new)| substitute(&instruction, old, new))
}

/// In by SOL and by stake, out in every way, liquidity, an update with its fee: and the books close.
#[track_caller]
fn lives(stage: &mut Stage) {
    let pool = stage.pool.pool;
    let program = stage.pool.state(&stage.svm).token_program;
    assert_eq!(
        (program, stage.svm.account(&stage.pool.mint).expect("a mint").owner),
        (TOKEN_2022, TOKEN_2022)
    );
    let alice = stage.holder("alice", 40 * SOL);
    let (user, lst) = (alice.address(), alice.lst);
    let vote = stage.staked("ann", 20 * SOL);
    stage.pool.open_liquidity(&mut stage.svm, 2 * SOL);
    let lp = stage.pool.lp_account(&mut stage.svm, "alice", &user);
    stage.must(stage.pool.add_liquidity(&user, &lp, 3 * SOL, 3 * SOL), &[&alice.key]);
    assert_eq!(stage.tokens(&lp), 3 * SOL);

    let tickets = ["claimed", "cancelled"].map(keypair);
    for ticket in &tickets {
        let order = stage.pool.order_unstake(&user, &lst, &ticket.pubkey(), 2 * SOL);
        stage.must(order, &[&alice.key, ticket]);
    }
    stage.must(stage.pool.withdraw_sol(&user, &lst, 5 * SOL, 0), &[&alice.key]);
    let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
    let out = stage.pool.withdraw_stake(&user, &lst, (0, &vote), &destination, 4 * SOL, 0);
    stage.must(out, &[&alice.key]);
    let delegated = stage.delegated(&destination);
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    stage.assert_balanced();
    assert!(stage.tokens(&stage.pool.treasury) > 0, "the fee is minted");

    stage.must(stage.pool.claim_ticket(&tickets[0].pubkey(), &user), &[]);
    let shares = stage.tokens(&lst);
    stage.must(stage.pool.cancel_ticket(&tickets[1].pubkey(), &user, &lst, 0), &[&alice.key]);
    assert!(stage.tokens(&lst) > shares);
    let back = stage.pool.deposit_stake(&stage.svm, &user, &lst, &vote, &destination, 0);
    stage.must(back, &[&alice.key]);
    assert_eq!(stage.record(&vote).stake, 16 * SOL + delegated);
    stage.must(stage.pool.fund_insurance(&user, &lst, SOL), &[&alice.key]);
    let claims = stage.tokens(&lp);
    stage.must(stage.pool.remove_liquidity(&user, &lp, &lst, claims), &[&alice.key]);
    // By the token program itself, too.
    let bob = stage.newcomer("bob");
    let give = token::of(&TOKEN_2022, token::transfer(&lst, &bob.lst, &user, SOL));
    let burn = token::of(&TOKEN_2022, token::burn(&bob.lst, &stage.pool.mint, &bob.address(), SOL / 2));
    stage.must(give, &[&alice.key]);
    stage.must(burn, &[&bob.key]);
    stage.next_epoch();
    stage.assert_balanced();
    assert_eq!(stage.tokens(&stage.pool.escrow), SOL, "the seed alone");
    assert_eq!(stage.pool.pool, pool);
}

#[test]
fn a_pool_of_token_2022_lives_like_any_other() {
    let mut plain = Stage::with(|options| options.token_program = TOKEN_2022);
    assert_eq!(plain.svm.account(&plain.pool.mint).expect("a mint").data.len(), 82);
    lives(&mut plain);
    lives(&mut stage_of(false));
    lives(&mut stage_of(true));
}

#[test]
fn the_mint_carries_what_wallets_show() {
    for scaled_ui in [false, true] {
        let stage = stage_of(scaled_ui);
        let found = metadata(&stage.svm, &stage.pool.mint).expect("metadata");
        assert_eq!((found.name.as_str(), found.symbol.as_str(), found.uri.as_str()), TEXT);
        assert_eq!((found.update_authority, found.mint), (stage.pool.payer.pubkey(), stage.pool.mint));
        assert_eq!(stage.pool.state(&stage.svm).scaled_ui, u8::from(scaled_ui));
    }
}

/// The bits of the largest double not above `value / supply`, which lies in [1, 2).
#[track_caller]
fn assert_truncated(found: f64, value: u64, supply: u64) {
    assert!((1.0..2.0).contains(&found), "{found}");
    let significand = u128::from(found.to_bits() & ((1 << 52) - 1) | (1 << 52));
    let (value, supply) = (u128::from(value) << 52, u128::from(supply));
    assert!(significand * supply <= value && value < (significand + 1) * supply, "{found}");
}

#[test]
fn wallets_show_more_while_the_shares_stay() {
    let mut stage = stage_of(true);
    let alice = stage.holder("alice", 9 * SOL);
    let mint = stage.pool.mint;
    let shown = |stage: &Stage| {
        ui_amount(&stage.svm, &stage.pool.payer, &mint, stage.tokens(&alice.lst)).parse::<f64>().unwrap()
    };
    assert_eq!((multiplier(&stage.svm, &mint), shown(&stage)), (1.0, 9.0));
    let mut last = 9.0;
    for gift in [SOL, 123_456_789, 1, 7 * SOL / 3] {
        stage.donate(&stage.pool.reserve.clone(), gift);
        // What the first update finds is released over its epoch, and shown after the second.
        let (mut value, mut supply) = (0, 1);
        for _ in 0..2 {
            stage.next_epoch();
            let ledger = stage.pool.ledger(&stage.svm).at(stage.svm.clock().slot).expect("priced");
            (value, supply) = (ledger.value().expect("a value").0, ledger.supply.0);
            assert_truncated(multiplier(&stage.svm, &mint), value, supply);
        }
        let now = shown(&stage);
        assert!(now >= last && (now - 9.0 * value as f64 / supply as f64).abs() < 2e-9, "{now} after {last}");
        assert_eq!(stage.tokens(&alice.lst), 9 * SOL);
        last = now;
    }
    assert!(last > 11.0);
    // A loss is shown as one, and a pool that is worth nothing shows what it showed.
    stage.lose(&stage.pool.reserve.clone(), 5 * SOL);
    stage.next_epoch();
    assert!(shown(&stage) < last);
    let before = multiplier(&stage.svm, &mint);
    let all = stage.pool.reserve_lamports(&stage.svm);
    stage.lose(&stage.pool.reserve.clone(), all);
    stage.next_epoch();
    assert_eq!((stage.pool.state(&stage.svm).total_lamports, multiplier(&stage.svm, &mint)), (0, before));
}

#[test]
fn on_the_bank_a_scaled_token_follows_the_rewards() {
    let ann = ValidatorScript::new("ann").stake_sol(1_000_000);
    let mut bank = Bank::with_config(LocalnetConfig::new(vec![ann]));
    let vote = bank.0.validator("ann").vote_address();
    let mut options = PoolOptions::default();
    options.token_2022(true);
    let pool = PoolFixture::with_options(&mut bank, options);
    let (alice, lst) = pool.user(&mut bank, "alice", 1_000 * SOL);
    bank.must(&[pool.deposit_sol(&alice.pubkey(), &lst, 99 * SOL, 99 * SOL)], &[&alice]);
    bank.must(&[pool.add_validator(&vote)], &[&pool.payer, &pool.delegation]);
    let increase = pool.increase_stake(&bank, &vote, 90 * SOL);
    bank.must(&[increase], &[&pool.payer, &pool.delegation]);
    assert_eq!(metadata(&bank, &pool.mint).expect("metadata").symbol, TEXT.1);
    let mut last = 1.0;
    for epoch in 0..5 {
        bank.0.advance_epoch();
        pool.update(&mut bank);
        ledger::assert_balanced(&bank, &pool);
        let found = multiplier(&bank, &pool.mint);
        // Earned in the second epoch, found by the second update, released by the third.
        assert!(if epoch < 2 { found == last } else { found > last }, "epoch {epoch}: {found} after {last}");
        last = found;
    }
    let shown = ui_amount(&bank, &pool.payer, &pool.mint, token::balance(&bank, &lst));
    assert!(shown.parse::<f64>().unwrap() > 99.0, "{shown}");
    assert_eq!(token::balance(&bank, &lst), 99 * SOL);
}

#[test]
fn every_other_extension_is_refused() {
    let (mut svm, pool) = prepared(false);
    let (payer, list) = (pool.payer.insecure_clone(), pool.new_keys().1);
    let somebody = keypair("somebody").pubkey();
    let others = Extension::others(&somebody);
    assert_eq!(others.len(), 11);
    for extension in others {
        let mint = keypair(extension.name);
        let authority = pda::find_pool(&mint.pubkey()).0;
        // Alone, and behind metadata and a scaled UI amount that would both be welcome.
        let welcome = || {
            vec![
                Extension::metadata_pointer(&payer.pubkey(), &mint.pubkey()),
                Extension::scaled_ui(&authority, 1.0),
            ]
        };
        for extensions in [vec![extension.clone()], [welcome(), vec![extension.clone()]].concat()] {
            let mut svm = svm.clone();
            let text = (extensions.len() > 1).then_some(TEXT);
            if let Err(failed) = create_mint(&mut svm, &payer, &mint, &authority, &extensions, text) {
                // Token-2022 itself has interest and scale exclude each other.
                assert_eq!((extension.name, extensions.len()), ("InterestBearingConfig", 3), "{failed:?}");
                continue;
            }
            let wrong = birth_over(&pool, &mint.pubkey());
            refused(&mut svm, &[wrong], &[&payer, &mint, &list], &[pool.pool], UnusableMint);
        }
    }
    // The same mint without is refused for its escrow only, which is another's.
    let mint = keypair("right");
    let authority = pda::find_pool(&mint.pubkey()).0;
    create_mint(&mut svm, &payer, &mint, &authority, &[], None).expect("made");
    let wrong = birth_over(&pool, &mint.pubkey());
    refused(&mut svm, &[wrong], &[&payer, &mint, &list], &[pool.pool], UnusableTokenAccount);
}

#[test]
fn a_freeze_authority_or_a_supply_is_refused_behind_extensions_too() {
    let (mut svm, pool) = prepared(true);
    let (mint, list) = pool.new_keys();
    let right = svm.account(&pool.mint).expect("the mint exists");
    type Flaw = fn(&mut solana_account::Account);
    let flaws: [Flaw; 5] = [
        |account| account.data[4] ^= 1,
        |account| account.data[36] = 1,
        |account| account.data[44] = 6,
        |account| account.data[46] = 1,
        // Marked as a token account.
        |account| account.data[165] = 2,
    ];
    for flaw in flaws {
        svm.edit(&pool.mint, flaw);
        refused(&mut svm, &[birth(&pool)], &[&pool.payer, &mint, &list], &[pool.pool], UnusableMint);
        svm.edit(&pool.mint, |account| *account = right.clone());
    }
    svm.must(&[birth(&pool)], &[&pool.payer, &mint, &list]);
}

#[test]
fn the_scale_is_the_pools_to_set_and_begins_at_one() {
    let (mut svm, pool) = prepared(false);
    let (payer, list) = (pool.payer.insecure_clone(), pool.new_keys().1);
    for (name, authority) in [("somebody's", keypair("somebody").pubkey()), ("nobody's", Address::default())]
    {
        let mint = keypair(name);
        let scaled = [Extension::scaled_ui(&authority, 1.0)];
        create_mint(&mut svm, &payer, &mint, &pda::find_pool(&mint.pubkey()).0, &scaled, None).expect("made");
        let wrong = birth_over(&pool, &mint.pubkey());
        refused(&mut svm, &[wrong], &[&payer, &mint, &list], &[pool.pool], UnusableMint);
    }
    // A mint that would have shown a thousand for one shows one as soon as there is the pool.
    let (mut svm, mut pool) = prepared(false);
    let mint = keypair("boastful");
    pool.pool = pda::find_pool(&mint.pubkey()).0;
    let scaled = [Extension::scaled_ui(&pool.pool, 1_000.0)];
    create_mint(&mut svm, &payer, &mint, &pool.pool, &scaled, None).expect("made");
    pool.mint = mint.pubkey();
    pool.reserve = pda::find_reserve(&pool.pool).0;
    let account = |svm: &mut Svm, name: &str, owner: &Address| {
        token::create_token_account(svm, &payer, &keypair(name), &mint.pubkey(), owner)
    };
    pool.escrow = account(&mut svm, "its escrow", &pool.pool);
    pool.treasury = account(&mut svm, "its treasury", &payer.pubkey());
    assert_eq!(multiplier(&svm, &pool.mint), 1_000.0);
    svm.must(&[birth(&pool)], &[&payer, &mint, &list]);
    assert_eq!(multiplier(&svm, &pool.mint), 1.0);
    assert_eq!(ui_amount(&svm, &payer, &pool.mint, SOL), "1");
}

/// The mint of a liquidity pool may carry metadata, and no scale: nobody would keep it.
#[test]
fn the_liquidity_token_may_carry_metadata_and_no_scale() {
    let mut stage = stage_of(true);
    let (payer, admin) = (stage.pool.payer.insecure_clone(), stage.pool.admin.insecure_clone());
    let open = stage.pool.initialize_liquidity(SOL);
    let named = stage.pool.lp_mint();
    let pointer = Extension::metadata_pointer(&payer.pubkey(), &named.pubkey());
    let scaled = keypair("scaled");
    let scale = Extension::scaled_ui(&stage.pool.pool, 1.0);
    create_mint(&mut stage.svm, &payer, &scaled, &stage.pool.pool, &[scale], None).expect("made");
    create_mint(&mut stage.svm, &payer, &named, &stage.pool.pool, &[pointer], Some(TEXT)).expect("made");
    let wrong = substitute(&open, &named.pubkey(), &scaled.pubkey());
    stage.refuses(wrong, &[&admin], UnusableMint);
    stage.must(open, &[&admin]);
}

#[test]
fn garbage_behind_a_mint_is_refused() {
    let (mut svm, pool) = prepared(false);
    let (mint, list) = pool.new_keys();
    let right = svm.account(&pool.mint).expect("the mint exists");
    let header = |kind: u16, length: u16| [kind.to_le_bytes(), length.to_le_bytes()].concat();
    let tails: [(&str, Vec<u8>); 9] = [
        ("an unknown extension", header(999, 0)),
        ("a known one whose value is cut off", header(kind::TOKEN_METADATA, 8)),
        ("one as long as can be said", header(kind::METADATA_POINTER, u16::MAX)),
        ("a scaled UI amount without its authority", header(kind::SCALED_UI_AMOUNT, 0)),
        ("half a header", vec![kind::TOKEN_METADATA as u8, 0]),
        ("a byte", vec![1]),
        ("an end with something behind it", [header(0, 0), vec![0, 7]].concat()),
        ("an end that is not empty", header(0, 1)),
        ("a type of token accounts", header(7, 0)),
    ];
    for (what, tail) in tails {
        svm.edit(&pool.mint, |account| {
            account.data.extend(&tail);
            account.lamports += SOL;
        });
        println!("{what}");
        refused(&mut svm, &[birth(&pool)], &[&pool.payer, &mint, &list], &[pool.pool], UnusableMint);
        svm.edit(&pool.mint, |account| *account = right.clone());
    }
    // Under the other program there are no extensions at all.
    let wrong = substitute(&birth(&pool), &TOKEN_2022, &token::TOKEN_PROGRAM);
    refused(&mut svm, &[wrong], &[&pool.payer, &mint, &list], &[pool.pool], UnusableMint);
}

/// Whatever bytes a mint may have, reading them ends in a pool or in a refusal.
#[test]
fn malformed_extensions_never_panic() {
    let (svm, pool) = prepared(true);
    let (mint, list) = pool.new_keys();
    let right = svm.account(&pool.mint).expect("the mint exists");
    let mut random = Random::new(22);
    let (mut born, mut unusable) = (0, 0);
    for _ in 0..600 {
        let mut svm = svm.clone();
        svm.edit(&pool.mint, |account| {
            match random.below(4) {
                0 => account.data.truncate(82 + random.index(right.data.len() - 82)),
                1 => account.data.extend((0..random.below(40)).map(|n| (n % 3) as u8)),
                _ => {}
            }
            for _ in 0..random.below(4) {
                let len = account.data.len();
                // Mostly where types and lengths are.
                let at =
                    if random.below(3) == 0 { 166 + random.index(220) } else { 82 + random.index(len - 82) };
                if let Some(byte) = account.data.get_mut(at) {
                    *byte =
                        if random.below(2) == 0 { random.below(30) as u8 } else { random.below(256) as u8 };
                }
            }
            account.lamports += SOL;
        });
        match svm.send(&[birth(&pool)], &[&pool.payer, &mint, &list]) {
            Ok(_) => born += 1,
            Err(failed) => {
                let own = failed.code() == Some(UnusableMint.number());
                // What we find usable and Token-2022 does not, it says when it is to mint.
                let by = sluice_sdk::logs::failure(&failed.logs).map(|(program, _)| program);
                assert!(own || by == Some(TOKEN_2022), "{:?}\n{}", failed.err, failed.logs.join("\n"));
                let fallen = TransactionError::InstructionError(0, InstructionError::ProgramFailedToComplete);
                assert_ne!(failed.err, fallen);
                unusable += u32::from(own);
            }
        }
    }
    println!("{born} born, {unusable} unusable");
    assert!(born > 50 && unusable > 50, "{born} born, {unusable} unusable");
}

/// A user's account may be extended, as associated accounts are, or be guarded: then calls of programs may not burn, and
/// the owner who wants out lifts the guard.
#[test]
fn a_guarded_account_gives_nothing_until_its_owner_lifts_the_guard() {
    let mut stage = stage_of(false);
    let alice = stage.newcomer("alice");
    let account = keypair("guarded");
    let on_account = |accounts: Vec<solana_instruction::AccountMeta>, data: Vec<u8>| Instruction {
        program_id: TOKEN_2022,
        accounts: [vec![solana_instruction::AccountMeta::new(account.pubkey(), false)], accounts].concat(),
        data,
    };
    let readonly = |address: Address, signs| solana_instruction::AccountMeta::new_readonly(address, signs);
    let payer: Keypair = stage.pool.payer.insecure_clone();
    // Room for `ImmutableOwner` and `CpiGuard`.
    let create = token::create_account(&stage.svm, &payer, &account.pubkey(), 166 + 4 + 5, &TOKEN_2022);
    let immutable = on_account(vec![], vec![22]);
    let data = [&[18], alice.address().as_ref()].concat();
    let initialize = on_account(vec![readonly(stage.pool.mint, false)], data);
    let guard = |on: u8| on_account(vec![readonly(alice.address(), true)], vec![34, 1 - on]);
    stage.svm.must(&[create, immutable, initialize], &[&payer, &account]);
    stage.svm.must(&[guard(1)], &[&payer, &alice.key]);

    let lst = account.pubkey();
    stage.must(stage.pool.deposit_sol(&alice.address(), &lst, 9 * SOL, 0), &[&alice.key]);
    assert_eq!(stage.tokens(&lst), 9 * SOL);
    let out = stage.pool.withdraw_sol(&alice.address(), &lst, SOL, 0);
    stage.refuses(out.clone(), &[&alice.key], by_token_2022(43));
    stage.svm.must(&[guard(0)], &[&payer, &alice.key]);
    stage.must(out, &[&alice.key]);
    assert_eq!(stage.tokens(&lst), 8 * SOL);
}

/// Token-2022 refused a call of ours.
fn by_token_2022(code: u32) -> Refusal {
    Refusal::code(&TOKEN_2022, code)
}
