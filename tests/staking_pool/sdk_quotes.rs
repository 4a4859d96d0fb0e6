//! `sluice_sdk::quote`: computed from accounts, without asking the program, it is what the program's views answer and what
//! its instructions do, to the unit, and refuses with the same error, wherever a random walk leads.

use sluice_sdk::quote::{self, Moment, PoolState, Refusal, Rents, STAKE_ACTIVATING, STAKE_DEACTIVATING};
use sluice_sdk::staking_pool::errors::StakingPoolError::{SlippageExceeded, StakeNotActive};
use sluice_sdk::staking_pool::events::StakingPoolEvent as Event;
use sluice_sdk::staking_pool::instructions::*;
use sluice_sdk::{AccountData, staking_pool::accounts::RateHistory};
use sluice_tests::chain::ErrorCode;
use sluice_tests::*;
use solana_address::Address;
use solana_epoch_rewards::EpochRewards;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_stake_interface::instruction as stake_instruction;
use solana_stake_interface::state::{Authorized, Lockup};

use crate::stage::*;

const WAYS: usize = 10;

struct Walk {
    stage: Stage,
    random: Random,
    alice: Holder,
    referrer: Address,
    lp: Address,
    votes: Vec<Address>,
    /// Stake accounts of hers, and the validators they are delegated to.
    sources: Vec<(Address, Address)>,
    tickets: Vec<Address>,
    made: u64,
    done: [u32; WAYS],
    refused: u32,
}

/// What was quoted, and the numbers of the error it was refused with.
fn code<T>(quote: Result<T, Refusal>) -> Result<T, u32> {
    quote.map_err(Refusal::code)
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut stage = Stage::with(|options| {
            let fees = &mut options.params.fees;
            (fees.deposit_bps, fees.referral_bps, fees.insurance_bps) = (10, 5_000, 2_500);
            (fees.instant_least_bps, fees.instant_most_bps, fees.liquidity_cut_bps) = (2, 20, 1_500);
            options.params.limits.liquidity_target = 60 * SOL;
        });
        stage.pool.open_liquidity(&mut stage.svm, 20 * SOL);
        let votes: Vec<_> = (0..2).map(|index| stage.validator(&format!("validator {index}"))).collect();
        let alice = stage.holder("alice", 90 * SOL);
        stage.svm.airdrop(&alice.address(), 10_000 * SOL);
        let referrer = stage.newcomer("referrer").lst;
        let lp = stage.pool.lp_account(&mut stage.svm, "alice", &alice.address());
        let mut sources = Vec::new();
        for n in 0..40 {
            let (vote, account, user) = (votes[n % 2], keypair(&format!("stake {n}")), alice.address());
            let delegate = stake_instruction::create_account_and_delegate_stake(
                &user,
                &account.pubkey(),
                &vote,
                &Authorized::auto(&user),
                &Lockup::default(),
                SOL + n as u64 * 77_777_777 + stage.stake_rent(),
            );
            stage.svm.must(&delegate, &[&stage.pool.payer, &alice.key, &account]);
            sources.push((account.pubkey(), vote));
        }
        for vote in &votes {
            stage.increase(vote, 20 * SOL);
        }
        stage.next_epoch();
        let (random, tickets, made) = (Random::new(seed), Vec::new(), 0);
        let (done, refused) = ([0; WAYS], 0);
        Self { stage, random, alice, referrer, lp, votes, sources, tickets, made, done, refused }
    }

    fn moment(&self) -> Moment {
        let clock = self.stage.svm.clock();
        let rewards_active = self.stage.svm.0.get_sysvar::<EpochRewards>().active;
        Moment { slot: clock.slot, epoch: clock.epoch, rewards_active }
    }

    fn state(&self) -> PoolState {
        let (svm, pool) = (&self.stage.svm, &self.stage.pool);
        let rents = Rents {
            reserve: svm.rent_exempt(quote::RESERVE_SPACE),
            stake: svm.rent_exempt(quote::STAKE_SPACE),
        };
        quote::pool(&pool.state(svm), svm.lamports(&pool.reserve), rents)
    }

    fn ask<T>(&self, view: &Instruction, decode: fn(&[u8]) -> std::io::Result<T>) -> Result<T, u32> {
        self.stage.pool.ask(&self.stage.svm, view, decode)
    }

    fn amount(&mut self, have: u64) -> u64 {
        match self.random.below(12) {
            0 => self.random.below(2),
            1 => self.random.below(1_200_000),
            2 => u64::MAX - self.random.below(2),
            3..=6 => self.random.below(have / 8 + 1),
            _ => self.random.below(have / 2 + 1),
        }
    }

    /// Whatever can be asked of the pool with one amount: the SDK's answers are the program's.
    fn compare(&mut self) {
        let (state, now) = (self.state(), self.moment());
        let shares = self.stage.tokens(&self.alice.lst);
        let (lamports, shares) = (self.amount(50 * SOL), self.amount(shares));
        let claims = self.stage.tokens(&self.lp);
        let claims = self.amount(claims);
        let referred = self.random.one_in(2);
        let pool = &self.stage.pool;

        let view = self.ask(&pool.quote_deposit_sol(lamports, referred), QuoteDepositSol::decode_return);
        let ours = code(quote::deposit_sol(&state, &now, lamports, referred));
        assert_eq!(ours.map(|quote| (quote.minted, quote.fee)), view.map(|quote| (quote.out, quote.fee)));

        let view = self.ask(&pool.quote_deposit_stake(lamports, referred), QuoteDepositStake::decode_return);
        let ours = code(quote::deposit_stake(&state, &now, lamports, referred));
        assert_eq!(ours.map(|quote| (quote.minted, quote.fee)), view.map(|quote| (quote.out, quote.fee)));

        let excess = claims.min(SOL);
        let view = self.ask(&pool.quote_liquid_unstake(lamports, excess), QuoteLiquidUnstake::decode_return);
        let ours = code(quote::liquid_unstake(&state, &now, lamports, excess));
        assert_eq!(ours.map(|quote| (quote.paid, quote.fee)), view.map(|quote| (quote.out, quote.fee)));

        let view = self.ask(&pool.quote_withdraw_sol(shares), QuoteWithdrawSol::decode_return);
        let ours = code(quote::withdraw_sol(&state, &now, shares));
        assert_eq!(ours.map(|quote| (quote.paid, quote.fee)), view.map(|quote| (quote.out, quote.fee)));

        let view = self.ask(&pool.quote_order_unstake(shares), QuoteOrderUnstake::decode_return);
        let ours = code(quote::order_unstake(&state, &now, shares));
        assert_eq!(ours.map(|quote| quote.lamports), view.map(|quote| quote.out));

        let view = self.ask(&pool.quote_add_liquidity(lamports), QuoteAddLiquidity::decode_return);
        let ours = code(quote::add_liquidity(&state, &now, lamports));
        assert_eq!(ours.map(|quote| quote.minted), view.map(|quote| quote.out));

        let view = self.ask(&pool.quote_remove_liquidity(claims), QuoteRemoveLiquidity::decode_return);
        let ours = code(quote::remove_liquidity(&state, claims));
        let both = view.map(|quote| (quote.lamports, quote.shares));
        assert_eq!(ours.map(|quote| (quote.lamports, quote.shares)), both);

        if state.updated_epoch == now.epoch {
            let view = self.ask(&pool.lst_to_sol(shares), LstToSol::decode_return);
            assert_eq!(code(quote::value_of(&state, &now, shares)), view.map(|value| value.min));
            let view = self.ask(&pool.sol_to_lst(lamports), SolToLst::decode_return);
            assert_eq!(code(quote::lst_for(&state, &now, lamports)), view.map(|value| value.min));
            let rate = quote::rate(&state, &now).expect("a pool with shares").lamports_per_lst;
            assert_eq!(rate, pool.rate(&self.stage.svm));
            self.is_the_most(&state, &now);
        }
    }

    /// The most that leaves at once does, and one unit more does not.
    fn is_the_most(&self, state: &PoolState, now: &Moment) {
        let most = quote::available(state, now).expect("fits").most_shares;
        let open = PoolState { paused_until_epoch: 0, ..*state };
        if let Err(refusal) = quote::withdraw_sol(&open, now, most) {
            // Shares worth nothing after the fee.
            assert!(most < 3, "{most}: {refusal:?}");
        }
        if most < state.supply {
            let beyond = quote::withdraw_sol(&open, now, most + 1).map_err(Refusal::code);
            assert_eq!(beyond, Err(quote::PoolRefusal::ReserveInsufficient.code()));
        }
    }

    /// Sends what was quoted; `build` makes it of the least that is accepted. Returns the last event where it was done.
    fn act(
        &mut self,
        way: usize,
        quote: Result<u64, u32>,
        signers: &[&Keypair],
        build: impl Fn(&Self, u64) -> Instruction,
    ) -> Option<Event> {
        let signers: Vec<_> = [&self.stage.pool.payer].into_iter().chain(signers.iter().copied()).collect();
        let signers: Vec<Keypair> = signers.into_iter().map(Keypair::insecure_clone).collect();
        let signers: Vec<&Keypair> = signers.iter().collect();
        match quote {
            Ok(out) => {
                let more = build(self, out.saturating_add(1));
                let exact = build(self, out);
                if more != exact && self.random.one_in(4) {
                    let failed = self.stage.svm.send(&[more], &signers).expect_err("more than there is");
                    // Whether stake is active is no question of price.
                    let known = [SlippageExceeded.number(), StakeNotActive.number()].map(Some);
                    assert!(known.contains(&failed.code()), "{}", failed.logs.join("\n"));
                }
                let sent = self.stage.svm.send(&[exact], &signers).ok()?;
                self.done[way] += 1;
                events(&sent).pop()
            }
            Err(code) => {
                let failed = self.stage.svm.send(&[build(self, 0)], &signers).expect_err("it was refused");
                assert_eq!(failed.code(), Some(code), "{}", failed.logs.join("\n"));
                self.refused += 1;
                None
            }
        }
    }

    fn step(&mut self) {
        self.compare();
        let (state, now) = (self.state(), self.moment());
        let (key, lst, lp) = (self.alice.key.insecure_clone(), self.alice.lst, self.lp);
        let user = key.pubkey();
        let tokens = self.stage.tokens(&lst);
        let way = self.random.index(14);
        match way {
            0 | 1 => {
                let lamports = self.amount(30 * SOL).min(1_000 * SOL);
                let referrer = (way == 1).then_some(self.referrer);
                let quote = quote::deposit_sol(&state, &now, lamports, way == 1);
                let event = self.act(way, code(quote).map(|quote| quote.minted), &[&key], |walk, min_out| {
                    let mut accounts = walk.stage.pool.deposit_sol_accounts(&user, &lst);
                    accounts.referrer = referrer;
                    accounts.instruction(DepositSolInstructionArgs { lamports, min_out })
                });
                if let (Some(Event::SolDeposited(event)), Ok(quote)) = (event, quote) {
                    assert_eq!((event.minted, event.fee.referrer), (quote.minted, quote.referrer_fee));
                    assert_eq!(event.fee.insurance, quote.insurance_fee);
                    assert_eq!(event.fee.treasury, quote.treasury_fee);
                    assert_eq!(event.from_liquidity, quote.from_liquidity);
                    assert_eq!(event.to_liquidity, quote.to_liquidity);
                }
            }
            2 | 3 => {
                let Some((source, vote)) = self.sources.pop() else { return };
                let (lamports, delegated) = (self.stage.lamports(&source), self.stage.delegated(&source));
                let quote = if way == 2 {
                    code(quote::deposit_stake(&state, &now, lamports, false)).map(|quote| quote.minted)
                } else {
                    let excess = lamports - delegated;
                    code(quote::liquid_unstake(&state, &now, delegated, excess)).map(|quote| quote.paid)
                };
                if self.stage.record(&vote).stake_state != 1 || quote.is_err() {
                    self.sources.insert(0, (source, vote));
                    return;
                }
                let event = self.act(way, quote, &[&key], |walk, min_out| {
                    let (pool, svm) = (&walk.stage.pool, &walk.stage.svm);
                    if way == 2 {
                        pool.deposit_stake(svm, &user, &lst, &vote, &source, min_out)
                    } else {
                        pool.liquid_unstake(svm, &user, &vote, &source, min_out)
                    }
                });
                match event {
                    Some(Event::StakeDeposited(event)) => assert_eq!(Ok(event.minted), quote),
                    Some(Event::SolWithdrawn(event)) => assert_eq!(Ok(event.paid), quote),
                    _ => self.sources.insert(0, (source, vote)),
                }
            }
            4 => {
                let shares = self.amount(tokens).min(tokens);
                let quote = quote::withdraw_sol(&state, &now, shares);
                let event = self.act(way, code(quote).map(|quote| quote.paid), &[&key], |walk, min_out| {
                    walk.stage.pool.withdraw_sol(&user, &lst, shares, min_out)
                });
                if let (Some(Event::SolWithdrawn(event)), Ok(quote)) = (event, quote) {
                    assert_eq!((event.paid, event.fee), (quote.paid, quote.fee));
                    assert_eq!(event.from_liquidity, quote.from_liquidity);
                    assert_eq!(quote.from_reserve + quote.from_liquidity, quote.paid);
                }
            }
            5 => {
                let (shares, ticket) = (self.amount(tokens).min(tokens), self.name("ticket"));
                let quote = quote::order_unstake(&state, &now, shares);
                let event =
                    self.act(way, code(quote).map(|quote| quote.lamports), &[&key, &ticket], |walk, min| {
                        let accounts = walk.stage.pool.order_unstake_accounts(&user, &lst, &ticket.pubkey());
                        accounts.instruction(OrderUnstakeInstructionArgs { shares, min_out: min })
                    });
                if let (Some(Event::UnstakeOrdered(event)), Ok(quote)) = (event, quote) {
                    let ordered = (event.ordered_lamports, event.claim_epoch);
                    assert_eq!(ordered, (quote.lamports, quote.claim_epoch));
                    self.tickets.push(ticket.pubkey());
                }
            }
            6 | 7 if !self.tickets.is_empty() => self.settle(way),
            8 => self.withdraw_stake(&state, &now),
            9 => {
                let adds = self.random.one_in(2);
                let claims = self.stage.tokens(&lp);
                let lamports = self.amount(9 * SOL).min(1_000 * SOL);
                let amount = self.amount(claims).min(claims);
                let quote = if adds {
                    code(quote::add_liquidity(&state, &now, lamports)).map(|quote| quote.minted)
                } else {
                    code(quote::remove_liquidity(&state, amount)).map(|quote| quote.lamports)
                };
                let event = self.act(way, quote, &[&key], |walk, min_out| {
                    let pool = &walk.stage.pool;
                    if adds {
                        pool.add_liquidity(&user, &lp, lamports, min_out)
                    } else {
                        pool.remove_liquidity(&user, &lp, &lst, amount)
                    }
                });
                match event {
                    Some(Event::LiquidityAdded(event)) => assert_eq!(Ok(event.minted), quote),
                    Some(Event::LiquidityRemoved(event)) => assert_eq!(Ok(event.lamports), quote),
                    _ => {}
                }
            }
            _ => self.world(way),
        }
    }

    fn name(&mut self, of: &str) -> Keypair {
        self.made += 1;
        keypair(&format!("{of} {}", self.made))
    }

    /// Claims a ticket, or takes it back.
    fn settle(&mut self, way: usize) {
        let (state, now) = (self.state(), self.moment());
        let place = self.random.index(self.tickets.len());
        let ticket = self.tickets[place];
        let account = self.stage.svm.account(&ticket).expect("the ticket exists");
        let decoded = sluice_sdk::staking_pool::accounts::Ticket::decode(&account.data).expect("a ticket");
        let view = self.ask(&self.stage.pool.quote_ticket(&ticket), QuoteTicket::decode_return);
        let ours = code(quote::ticket_value(&state, &now, &quote::ticket(&decoded)));
        let same = ours.map(|quote| (quote.claim, quote.cancel, u8::from(quote.is_due)));
        assert_eq!(same, view.map(|quote| (quote.claim, quote.cancel, quote.due)));
        let Ok(quote) = ours else { return };
        let (user, lst) = (self.alice.address(), self.alice.lst);
        let (key, payer) = (self.alice.key.insecure_clone(), self.stage.pool.payer.insecure_clone());
        let pool = &self.stage.pool;
        let (instruction, works) = match way {
            6 => (pool.claim_ticket(&ticket, &user), quote.is_due && quote.is_payable),
            _ => (pool.cancel_ticket(&ticket, &user, &lst, quote.cancel), quote.is_due),
        };
        let signers: Vec<&Keypair> = if way == 6 { vec![&payer] } else { vec![&payer, &key] };
        let sent = self.stage.svm.send(&[instruction], &signers);
        assert_eq!(sent.is_ok(), works, "{quote:?}");
        let Ok(sent) = sent else { return };
        self.done[way] += 1;
        self.tickets.swap_remove(place);
        match events(&sent).pop() {
            Some(Event::TicketClaimed(event)) => assert_eq!(event.paid, quote.claim),
            Some(Event::TicketCancelled(event)) => assert_eq!(event.returned, quote.cancel),
            other => panic!("{other:?}"),
        }
    }

    fn withdraw_stake(&mut self, state: &PoolState, now: &Moment) {
        let vote = self.votes[self.random.index(2)];
        let pool = &self.stage.pool;
        let (which, from) = match self.random.below(6) {
            0 => (STAKE_ACTIVATING, pool.activating(&vote)),
            1 => (STAKE_DEACTIVATING, pool.deactivating(&vote)),
            _ => (quote::STAKE_CANONICAL, pool.stake(&vote)),
        };
        let (index, record) = pool.record(&self.stage.svm, &vote);
        let held = self.stage.tokens(&self.alice.lst);
        let shares = self.amount(held).min(held);
        let account = self.stage.svm.account(&from).unwrap_or_default();
        let source = quote::stake_source(which, account.lamports, &account.data);
        let ours = code(quote::withdraw_stake(state, now, &quote::holding(&record), &source, shares));
        let view = self.stage.pool.quote_withdraw_stake((index, &vote), &from, shares);
        let view = self.ask(&view, QuoteWithdrawStake::decode_return);
        let theirs = view.map(|quote| (quote.out, quote.beside, quote.fee, quote.shares));
        assert_eq!(ours.map(|quote| (quote.lamports, quote.beside, quote.fee, quote.shares)), theirs);

        let name = self.name("out");
        let to = name.pubkey();
        let payer = self.stage.pool.payer.insecure_clone();
        let stage = &mut self.stage;
        let create = token::create_account(&stage.svm, &payer, &to, pool::STAKE_SPACE, &pool::STAKE_PROGRAM);
        stage.svm.must(&[create], &[&payer, &name]);
        let (key, lst) = (self.alice.key.insecure_clone(), self.alice.lst);
        let event = self.act(8, ours.map(|quote| quote.lamports), &[&key], |walk, min_out| {
            let mut accounts = walk.stage.pool.withdraw_stake_accounts(&key.pubkey(), &lst, &vote, &to);
            accounts.stake = from;
            accounts.instruction(WithdrawStakeInstructionArgs { index, shares, min_out })
        });
        if let (Some(Event::StakeWithdrawn(event)), Ok(quote)) = (event, ours) {
            let out = (event.lamports, event.beside, event.accrued, event.shares);
            assert_eq!(out, (quote.lamports, quote.beside, quote.fee, quote.shares));
        }
    }

    /// Stake moves, tips arrive, the pool is paused, and time passes.
    fn world(&mut self, what: usize) {
        let vote = self.votes[self.random.index(2)];
        let delegation = self.stage.pool.delegation.insecure_clone();
        let (admin, payer) = (self.stage.pool.admin.insecure_clone(), self.stage.pool.payer.insecure_clone());
        let epoch = self.stage.svm.clock().epoch;
        let pool = &self.stage.pool;
        match what {
            10 => {
                let (lamports, out) = (SOL + self.random.below(9 * SOL), self.random.one_in(2));
                let instruction = if out {
                    pool.decrease_stake(&self.stage.svm, &vote, lamports)
                } else {
                    pool.increase_stake(&self.stage.svm, &vote, lamports)
                };
                // Refused where the reserve or the validator has not as much.
                let _ = self.stage.svm.send(&[instruction], &[&payer, &delegation]);
            }
            11 if self.random.one_in(4) => {
                let state = pool.state(&self.stage.svm);
                let paused = state.paused_until_epoch > epoch;
                let by = admin.pubkey();
                let toggle = if paused { pool.resume(&by) } else { pool.pause(&by) };
                self.stage.svm.must(&[toggle], &[&payer, &admin]);
            }
            11 => {
                let tip = self.random.below(SOL / 10) + 1;
                self.stage.donate(&self.stage.pool.reserve.clone(), tip);
            }
            12 => {
                let left = EPOCH - 1 - self.stage.svm.clock().slot % EPOCH;
                let slots = self.random.below(EPOCH / 6).min(left);
                self.stage.svm.advance_slots(slots);
            }
            _ if self.stage.pool.state(&self.stage.svm).updated_epoch < epoch => {
                self.stage.svm.set_rewards_active(false);
                self.stage.pool.update(&mut self.stage.svm);
            }
            _ if self.random.one_in(3) => {
                self.stage.svm.advance_epoch();
                let active = self.random.one_in(2);
                self.stage.svm.set_rewards_active(active);
            }
            _ => {}
        }
    }
}

#[test]
fn what_the_sdk_quotes_is_what_happens() {
    let (mut done, mut refused) = ([0; WAYS], 0);
    for seed in [5, 91] {
        let mut walk = Walk::new(seed);
        for _ in 0..1_000 {
            walk.step();
        }
        for (sum, count) in done.iter_mut().zip(walk.done) {
            *sum += count;
        }
        refused += walk.refused;
    }
    println!("done {done:?}, refused {refused}");
    assert!(done.iter().all(|count| *count >= 10), "every way was taken: {done:?}");
    assert!(refused >= 100, "and refused: {refused}");
}

#[test]
fn the_growth_of_a_history_is_that_of_its_rate() {
    let mut stage = Stage::new();
    stage.holder("alice", 99 * SOL);
    let reserve = stage.pool.reserve;
    let mut rates = Vec::new();
    for epoch in 0..4 {
        stage.donate(&reserve, (epoch + 1) * SOL / 50);
        let mut clock = stage.svm.clock();
        clock.unix_timestamp += 172_800;
        stage.svm.0.set_sysvar(&clock);
        stage.next_epoch();
        rates.push(stage.pool.rate(&stage.svm));
    }
    let data = stage.svm.account(&stage.pool.rate_history()).expect("the history").data;
    let history = RateHistory::decode(&data).expect("a history");
    let growth = quote::growth_over(&history, 2).expect("two entries");
    let (now, before) = (u128::from(rates[3]), u128::from(rates[1]));
    assert_eq!(growth.epochs, 2);
    let found = i128::try_from(now * 1_000_000_000_000 / before).expect("fits") - 1_000_000_000_000;
    assert!(found > 0 && (i128::from(growth.growth) - found).abs() <= 2_000, "{growth:?}, not {found}");
    assert!(growth.apy >= growth.apr && growth.apr > growth.growth);
}
