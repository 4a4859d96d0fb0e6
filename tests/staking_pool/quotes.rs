//! `quote_*`: what is answered is what the instruction does in the same slot, to the unit, and where an answer is refused
//! the instruction is refused with the same error.

use sluice_sdk::staking_pool::errors::StakingPoolError::{self, *};
use sluice_sdk::staking_pool::instructions::*;
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_sdk::staking_pool::types::Limits;
use sluice_tests::chain::ErrorCode;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_stake_interface::instruction as stake_instruction;
use solana_stake_interface::state::{Authorized, Lockup};

use crate::stage::*;

/// A pool that charges for everything, with a liquidity pool.
fn charging() -> Stage {
    let mut stage = Stage::with(|options| {
        let fees = &mut options.params.fees;
        (fees.deposit_bps, fees.referral_bps, fees.insurance_bps) = (10, 5_000, 2_500);
        (fees.instant_least_bps, fees.instant_most_bps, fees.liquidity_cut_bps) = (2, 20, 1_500);
        options.params.limits.liquidity_target = 60 * SOL;
    });
    stage.pool.open_liquidity(&mut stage.svm, 20 * SOL);
    stage
}

/// What instructions there are to ask about.
#[derive(Clone, Copy, Debug)]
enum Way {
    DepositSol,
    DepositReferred,
    DepositStake,
    LiquidUnstake,
    WithdrawSol,
    OrderUnstake,
    ClaimTicket,
    CancelTicket,
    WithdrawStake,
    AddLiquidity,
    RemoveLiquidity,
}

const WAYS: usize = 11;

/// Somebody with LST, LP tokens, and native stake: account and validator.
struct Person {
    holder: Holder,
    lp: Address,
    stakes: Vec<(Address, Address)>,
}

struct Walk {
    stage: Stage,
    random: Random,
    people: Vec<Person>,
    votes: Vec<Address>,
    tickets: Vec<(Address, usize)>,
    made: u64,
    /// How often each way was taken as quoted, and refused as its quote was.
    done: [u32; WAYS],
    refused: [u32; WAYS],
}

/// What the program returned of its own: `None` where another one failed.
fn own_code(failed: &Failed) -> Option<u32> {
    let (by, _) = sluice_sdk::logs::failure(&failed.logs)?;
    if by == STAKING_POOL_ID { failed.code() } else { None }
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut stage = charging();
        let votes: Vec<_> = (0..3).map(|index| stage.validator(&format!("validator {index}"))).collect();
        let mut people = Vec::new();
        for index in 0..3 {
            let name = format!("person {index}");
            let holder = stage.holder(&name, 60 * SOL);
            stage.svm.airdrop(&holder.address(), 1_000 * SOL);
            let lp = stage.pool.lp_account(&mut stage.svm, &name, &holder.address());
            let add = stage.pool.add_liquidity(&holder.address(), &lp, 5 * SOL, 0);
            stage.must(add, &[&holder.key]);
            let mut person = Person { holder, lp, stakes: Vec::new() };
            for n in 0..40 {
                let vote = votes[n % 3];
                let account = keypair(&format!("{name} stake {n}"));
                let user = person.holder.address();
                let delegate = stake_instruction::create_account_and_delegate_stake(
                    &user,
                    &account.pubkey(),
                    &vote,
                    &Authorized::auto(&user),
                    &Lockup::default(),
                    SOL + n as u64 * 77_777_777 + stage.stake_rent(),
                );
                stage.svm.must(&delegate, &[&stage.pool.payer, &person.holder.key, &account]);
                person.stakes.push((account.pubkey(), vote));
            }
            people.push(person);
        }
        for vote in &votes {
            stage.increase(vote, 20 * SOL);
        }
        stage.next_epoch();
        let random = Random::new(seed);
        let (tickets, made) = (Vec::new(), 0);
        Self { stage, random, people, votes, tickets, made, done: [0; WAYS], refused: [0; WAYS] }
    }

    /// Mostly a part of what there is; now and then nothing, dust, too much, or more than there is in the world.
    fn amount(&mut self, have: u64) -> u64 {
        match self.random.below(16) {
            0 => 0,
            1 => 1,
            2 => self.random.below(1_200_000),
            3 => have.saturating_add(self.random.below(SOL)),
            4 => u64::MAX,
            5..=9 => self.random.below(have / 8 + 1),
            _ => self.random.below(have / 2 + 1),
        }
    }

    fn name(&mut self, of: &str) -> Keypair {
        self.made += 1;
        keypair(&format!("{of} {}", self.made))
    }

    /// Sends what was quoted. `beside`: errors of the program that a quote knows nothing of. The quote, where the
    /// instruction was done.
    fn decide<T>(
        &mut self,
        way: Way,
        quote: Result<T, u32>,
        instruction: Instruction,
        signers: &[&Keypair],
        beside: &[StakingPoolError],
    ) -> Option<T> {
        let mut all = vec![&self.stage.pool.payer];
        all.extend(signers);
        let sent = self.stage.svm.send(&[instruction], &all);
        let is_beside = |code: Option<u32>| beside.iter().any(|error| code == Some(error.number()));
        match (quote, sent) {
            (Ok(quote), Ok(_)) => {
                self.done[way as usize] += 1;
                Some(quote)
            }
            (Err(code), Err(failed)) => {
                let found = own_code(&failed);
                let same = found == Some(code) || is_beside(found);
                assert!(same, "{way:?}: quoted error {code}, {:?}\n{}", failed.err, failed.logs.join("\n"));
                self.refused[way as usize] += u32::from(found == Some(code));
                None
            }
            // The caller has not as much, as the token program or the system program says.
            (Ok(_), Err(failed)) => {
                let found = own_code(&failed);
                let known = found.is_none() || is_beside(found);
                assert!(known, "{way:?}: quoted, and yet {:?}\n{}", failed.err, failed.logs.join("\n"));
                None
            }
            (Err(code), Ok(_)) => panic!("{way:?}: quoted error {code}, and yet done"),
        }
    }

    fn step(&mut self) {
        let who = self.random.index(self.people.len());
        let person = &self.people[who];
        let (key, lst, lp) = (person.holder.key.insecure_clone(), person.holder.lst, person.lp);
        let user = key.pubkey();
        let (wallet, shares) = (self.stage.lamports(&user), self.stage.tokens(&lst));
        let held = |walk: &Self| (walk.stage.lamports(&user), walk.stage.tokens(&lst));
        match self.random.below(22) {
            what @ 0..=2 => {
                let lamports = self.amount(40 * SOL);
                let referrer = self.people[(who + 1) % 3].holder.lst;
                let (way, referrer) = match what {
                    0 => (Way::DepositReferred, Some(referrer)),
                    _ => (Way::DepositSol, None),
                };
                let pool = &self.stage.pool;
                let view = pool.quote_deposit_sol(lamports, referrer.is_some());
                let quote = pool.ask(&self.stage.svm, &view, QuoteDepositSol::decode_return);
                let mut accounts = pool.deposit_sol_accounts(&user, &lst);
                accounts.referrer = referrer;
                let deposit = accounts.instruction(DepositSolInstructionArgs { lamports, min_out: 0 });
                let tokens = |walk: &Self| referrer.map_or(0, |account| walk.stage.tokens(&account));
                let fees = |walk: &Self| {
                    let state = walk.stage.pool.state(&walk.stage.svm);
                    state.fee_shares + state.insurance_shares + tokens(walk)
                };
                let before = fees(self);
                if let Some(quote) = self.decide(way, quote, deposit, &[&key], &[]) {
                    assert_eq!(held(self), (wallet - lamports, shares + quote.out));
                    assert_eq!(fees(self) - before, quote.fee);
                }
            }
            3 => {
                let Some((source, vote)) = self.people[who].stakes.pop() else { return };
                let lamports = self.stage.lamports(&source);
                let pool = &self.stage.pool;
                let view = pool.quote_deposit_stake(lamports, false);
                let quote = pool.ask(&self.stage.svm, &view, QuoteDepositStake::decode_return);
                let deposit = pool.deposit_stake(&self.stage.svm, &user, &lst, &vote, &source, 0);
                let beside = [StakeNotActive, StakeNotUsable];
                match self.decide(Way::DepositStake, quote, deposit, &[&key], &beside) {
                    Some(quote) => assert_eq!(held(self), (wallet, shares + quote.out)),
                    None => self.people[who].stakes.insert(0, (source, vote)),
                }
            }
            4 => {
                let Some((source, vote)) = self.people[who].stakes.pop() else { return };
                let (lamports, delegated) = (self.stage.lamports(&source), self.stage.delegated(&source));
                let pool = &self.stage.pool;
                let view = pool.quote_liquid_unstake(delegated, lamports - delegated);
                let quote = pool.ask(&self.stage.svm, &view, QuoteLiquidUnstake::decode_return);
                let unstake = pool.liquid_unstake(&self.stage.svm, &user, &vote, &source, 0);
                let beside = [StakeNotActive, StakeNotUsable];
                match self.decide(Way::LiquidUnstake, quote, unstake, &[&key], &beside) {
                    Some(quote) => {
                        assert_eq!(held(self), (wallet + quote.out, shares));
                        assert_eq!(quote.out + quote.fee, lamports);
                    }
                    None => self.people[who].stakes.insert(0, (source, vote)),
                }
            }
            5 | 6 => {
                let given = self.amount(shares);
                let pool = &self.stage.pool;
                let view = pool.quote_withdraw_sol(given);
                let quote = pool.ask(&self.stage.svm, &view, QuoteWithdrawSol::decode_return);
                let withdraw = pool.withdraw_sol(&user, &lst, given, 0);
                let ledger = pool.ledger(&self.stage.svm).at(self.stage.svm.clock().slot).expect("priced");
                if let Some(quote) = self.decide(Way::WithdrawSol, quote, withdraw, &[&key], &[]) {
                    assert_eq!(held(self), (wallet + quote.out, shares - given));
                    let value = ledger.lamports_for(sluice_money::LstAmount(given)).expect("priced").0;
                    assert_eq!(quote.out + quote.fee, value);
                }
            }
            7 | 8 => {
                let (given, ticket) = (self.amount(shares), self.name("ticket"));
                let pool = &self.stage.pool;
                let view = pool.quote_order_unstake(given);
                let quote = pool.ask(&self.stage.svm, &view, QuoteOrderUnstake::decode_return);
                let order = pool.order_unstake(&user, &lst, &ticket.pubkey(), given);
                if let Some(quote) = self.decide(Way::OrderUnstake, quote, order, &[&key, &ticket], &[]) {
                    assert_eq!((self.ordered(&ticket.pubkey()), quote.fee), (quote.out, 0));
                    assert_eq!(self.stage.tokens(&lst), shares - given);
                    self.tickets.push((ticket.pubkey(), who));
                }
            }
            what @ 9..=11 if !self.tickets.is_empty() => {
                let place = self.random.index(self.tickets.len());
                self.settle(place, what == 11);
            }
            12 | 13 => self.withdraw_stake(who),
            14 => {
                let lamports = self.amount(10 * SOL);
                let pool = &self.stage.pool;
                let view = pool.quote_add_liquidity(lamports);
                let quote = pool.ask(&self.stage.svm, &view, QuoteAddLiquidity::decode_return);
                let add = pool.add_liquidity(&user, &lp, lamports, 0);
                let claims = self.stage.tokens(&lp);
                if let Some(quote) = self.decide(Way::AddLiquidity, quote, add, &[&key], &[]) {
                    assert_eq!((self.stage.tokens(&lp), quote.fee), (claims + quote.out, 0));
                    assert_eq!(held(self), (wallet - lamports, shares));
                }
            }
            15 => {
                let claims = self.stage.tokens(&lp);
                let amount = self.amount(claims);
                let pool = &self.stage.pool;
                let view = pool.quote_remove_liquidity(amount);
                let quote = pool.ask(&self.stage.svm, &view, QuoteRemoveLiquidity::decode_return);
                let remove = pool.remove_liquidity(&user, &lp, &lst, amount);
                if let Some(quote) = self.decide(Way::RemoveLiquidity, quote, remove, &[&key], &[]) {
                    assert_eq!(held(self), (wallet + quote.lamports, shares + quote.shares));
                    assert_eq!(self.stage.tokens(&lp), claims - amount);
                }
            }
            what => self.world(what),
        }
    }

    fn ordered(&self, ticket: &Address) -> u64 {
        use sluice_sdk::AccountData;
        let account = self.stage.svm.account(ticket).expect("the ticket exists");
        sluice_sdk::staking_pool::accounts::Ticket::decode(&account.data).expect("a ticket").ordered_lamports
    }

    fn settle(&mut self, place: usize, cancel: bool) {
        let (ticket, who) = self.tickets[place];
        let (key, lst) = (self.people[who].holder.key.insecure_clone(), self.people[who].holder.lst);
        let user = key.pubkey();
        let (wallet, shares) = (self.stage.lamports(&user), self.stage.tokens(&lst));
        let (rent, reserve) =
            (self.stage.lamports(&ticket), self.stage.pool.reserve_lamports(&self.stage.svm));
        let pool = &self.stage.pool;
        let quote = pool.ask(&self.stage.svm, &pool.quote_ticket(&ticket), QuoteTicket::decode_return);
        // What is not due, and what the reserve has not, is answered, not refused.
        let due = quote.as_ref().is_ok_and(|quote| quote.due == 1);
        let settled = if cancel {
            let cancel = pool.cancel_ticket(&ticket, &user, &lst, 0);
            let beside: &[_] = if due { &[] } else { &[TicketNotReady] };
            let quote = self.decide(Way::CancelTicket, quote, cancel, &[&key], beside);
            assert!(quote.is_none() || due, "cancelled, and it was not due");
            quote.map(|quote| (rent, quote.cancel))
        } else {
            let claim = pool.claim_ticket(&ticket, &user);
            let payable = quote.as_ref().is_ok_and(|quote| quote.claim <= reserve);
            let beside: &[_] = match (due, payable) {
                (false, _) => &[TicketNotReady],
                (true, false) => &[ReserveInsufficient],
                (true, true) => &[],
            };
            let quote = self.decide(Way::ClaimTicket, quote, claim, &[], beside);
            assert!(quote.is_none() || (due && payable), "paid, and it was not due");
            quote.map(|quote| (quote.claim + rent, 0))
        };
        if let Some((lamports, returned)) = settled {
            assert_eq!(self.stage.lamports(&user), wallet + lamports);
            assert_eq!(self.stage.tokens(&lst), shares + returned);
            self.tickets.swap_remove(place);
        }
    }

    fn withdraw_stake(&mut self, who: usize) {
        let (key, lst) = (self.people[who].holder.key.insecure_clone(), self.people[who].holder.lst);
        let vote = self.votes[self.random.index(3)];
        let pool = &self.stage.pool;
        let from = match self.random.below(8) {
            0 => pool.activating(&vote),
            1 => pool.deactivating(&vote),
            _ => pool.stake(&vote),
        };
        let shares = self.stage.tokens(&lst);
        let given = self.amount(shares);
        let name = self.name("out");
        let rent = self.stage.stake_rent();
        let pool = &self.stage.pool;
        let create = token::create_account(
            &self.stage.svm,
            &pool.payer,
            &name.pubkey(),
            pool::STAKE_SPACE,
            &pool::STAKE_PROGRAM,
        );
        self.stage.svm.must(&[create], &[&pool.payer, &name]);
        let to = name.pubkey();
        let (index, _) = pool.record(&self.stage.svm, &vote);
        let view = pool.quote_withdraw_stake((index, &vote), &from, given);
        let quote = pool.ask(&self.stage.svm, &view, QuoteWithdrawStake::decode_return);
        let mut accounts = pool.withdraw_stake_accounts(&key.pubkey(), &lst, &vote, &to);
        accounts.stake = from;
        let withdraw =
            accounts.instruction(WithdrawStakeInstructionArgs { index, shares: given, min_out: 0 });
        let before = self.stage.lamports(&from);
        if let Some(quote) = self.decide(Way::WithdrawStake, quote, withdraw, &[&key], &[]) {
            assert_eq!(self.stage.tokens(&lst), shares - quote.shares);
            assert_eq!(self.stage.lamports(&to), rent + quote.out);
            assert_eq!(self.stage.delegated(&to), quote.out - quote.beside);
            assert_eq!(self.stage.lamports(&from), before - quote.out);
        }
    }

    /// What others do meanwhile, and time.
    fn world(&mut self, what: u64) {
        let vote = self.votes[self.random.index(3)];
        let delegation = self.stage.pool.delegation.insecure_clone();
        let admin = self.stage.pool.admin.insecure_clone();
        let payer = self.stage.pool.payer.insecure_clone();
        let epoch = self.stage.svm.clock().epoch;
        match what {
            16 => {
                let lamports = SOL + self.random.below(9 * SOL);
                let increase = self.stage.pool.increase_stake(&self.stage.svm, &vote, lamports);
                let _ = self.stage.svm.send(&[increase], &[&payer, &delegation]);
            }
            17 => {
                let held = self.stage.record(&vote).stake;
                let lamports = if self.random.below(4) == 0 { held } else { self.random.below(held + 1) };
                let decrease = self.stage.pool.decrease_stake(&self.stage.svm, &vote, lamports);
                let _ = self.stage.svm.send(&[decrease], &[&payer, &delegation]);
            }
            18 => {
                let (stake, tip) = (self.stage.pool.stake(&vote), self.random.below(SOL / 10));
                let to = if self.stage.record(&vote).stake > 0 { stake } else { self.stage.pool.reserve };
                self.stage.donate(&to, tip + 1);
            }
            19 if self.random.below(3) == 0 => {
                // A pause until it is lifted, or a cap that is nearly met.
                let state = self.stage.pool.state(&self.stage.svm);
                let toggle = if state.paused_until_epoch > epoch {
                    self.stage.pool.resume(&admin.pubkey())
                } else {
                    self.stage.pool.pause(&admin.pubkey())
                };
                self.stage.svm.must(&[toggle], &[&payer, &admin]);
                let room = if self.random.below(3) == 0 { 3 * SOL } else { u64::MAX / 2 };
                let limits =
                    Limits { tvl_cap: state.total_lamports + room, ..PoolOptions::default().params.limits };
                self.stage.svm.must(&[self.stage.pool.set_limits(limits)], &[&payer, &admin]);
            }
            20 => {
                let left = EPOCH - 1 - self.stage.svm.clock().slot % EPOCH;
                let slots = self.random.below(EPOCH / 6).min(left);
                self.stage.svm.advance_slots(slots);
            }
            _ if self.random.below(3) == 0 => {
                if self.stage.pool.state(&self.stage.svm).updated_epoch == epoch {
                    self.stage.svm.advance_epoch();
                    // Rewards are paid for a while, or nobody has updated yet.
                    self.stage.svm.set_rewards_active(self.random.below(2) == 0);
                } else {
                    self.update();
                }
            }
            _ if self.stage.pool.state(&self.stage.svm).updated_epoch < epoch => self.update(),
            _ => {}
        }
    }

    fn update(&mut self) {
        self.stage.svm.set_rewards_active(false);
        self.stage.pool.update(&mut self.stage.svm);
        self.stage.assert_balanced();
    }
}

#[test]
fn what_is_quoted_is_what_happens() {
    let (mut done, mut refused) = ([0; WAYS], [0; WAYS]);
    for seed in [3, 77, 4_242] {
        let mut walk = Walk::new(seed);
        for _ in 0..1_200 {
            walk.step();
        }
        for way in 0..WAYS {
            done[way] += walk.done[way];
            refused[way] += walk.refused[way];
        }
    }
    println!("done {done:?}, refused {refused:?}");
    assert!(done.iter().all(|count| *count >= 20), "every way was taken: {done:?}");
    assert!(refused.iter().all(|count| *count >= 3), "and refused: {refused:?}");
}

#[test]
fn a_pool_without_liquidity_pool_quotes_no_liquidity() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let (user, lst) = (alice.address(), alice.lst);
    let tokens = stage.newcomer("bob").lst;
    let pool = &stage.pool;
    for (view, instruction) in [
        (pool.quote_add_liquidity(SOL), pool.add_liquidity(&user, &tokens, SOL, 0)),
        (pool.quote_remove_liquidity(SOL), pool.remove_liquidity(&user, &tokens, &lst, SOL)),
    ] {
        stage.refuses(view, &[], WrongLpMint);
        stage.refuses(instruction, &[&alice.key], WrongLpMint);
    }
}

#[test]
fn a_ticket_of_a_pool_that_lost_everything_is_claimed_for_nothing_as_quoted() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), 2 * SOL);
    stage.must(order, &[&alice.key, &ticket]);
    stage.lose(&stage.pool.reserve.clone(), 10 * SOL);
    stage.next_epoch();
    let view = stage.pool.quote_ticket(&ticket.pubkey());
    let quote = stage.pool.ask(&stage.svm, &view, QuoteTicket::decode_return).expect("an answer");
    assert_eq!((quote.claim, quote.cancel, quote.due), (0, 0, 1));
    let cancel = stage.pool.cancel_ticket(&ticket.pubkey(), &alice.address(), &alice.lst, 0);
    stage.refuses(cancel, &[&alice.key], Insolvent);
    let (wallet, rent) = (stage.lamports(&alice.address()), stage.lamports(&ticket.pubkey()));
    stage.must(stage.pool.claim_ticket(&ticket.pubkey(), &alice.address()), &[]);
    assert_eq!(stage.lamports(&alice.address()), wallet + rent);
}

/// The reserve is short of its rent because that rose: what stake brings in fills it up before it pays.
#[test]
fn a_quote_knows_what_the_reserve_must_keep() {
    let mut stage = charging();
    let alice = stage.holder("alice", 9 * SOL);
    let vote = stage.staked("ann", 5 * SOL);
    let source = keypair("source");
    let delegate = stake_instruction::create_account_and_delegate_stake(
        &alice.address(),
        &source.pubkey(),
        &vote,
        &Authorized::auto(&alice.address()),
        &Lockup::default(),
        2 * SOL + stage.stake_rent(),
    );
    stage.svm.must(&delegate, &[&stage.pool.payer, &alice.key, &source]);
    stage.next_epoch();
    // All that is the pool's own has left the reserve, and half of its rent.
    let own = stage.pool.reserve_lamports(&stage.svm);
    stage.lose(&stage.pool.reserve.clone(), own + 500_000);
    let pool = &stage.pool;
    let view = pool.quote_liquid_unstake(2 * SOL, stage.stake_rent());
    let quote = pool.ask(&stage.svm, &view, QuoteLiquidUnstake::decode_return).expect("an answer");
    let wallet = stage.lamports(&alice.address());
    let unstake = pool.liquid_unstake(&stage.svm, &alice.address(), &vote, &source.pubkey(), quote.out);
    stage.must(unstake, &[&alice.key]);
    assert_eq!(stage.lamports(&alice.address()), wallet + quote.out);
}

#[test]
fn views_change_nothing_and_name_their_accounts() {
    let mut stage = charging();
    let alice = stage.holder("alice", 9 * SOL);
    let vote = stage.staked("ann", 5 * SOL);
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), SOL);
    stage.must(order, &[&alice.key, &ticket]);
    stage.svm.advance_slots(1_000);
    let other = stage.other_pool();
    let pool = &stage.pool;
    let (stake, ticket) = (pool.stake(&vote), ticket.pubkey());
    let views = [
        pool.lst_to_sol(SOL),
        pool.sol_to_lst(SOL),
        pool.quote_deposit_sol(SOL, true),
        pool.quote_deposit_stake(SOL, false),
        pool.quote_liquid_unstake(SOL, 1),
        pool.quote_withdraw_sol(SOL),
        pool.quote_order_unstake(SOL),
        pool.quote_ticket(&ticket),
        pool.quote_withdraw_stake((0, &vote), &stake, 2 * SOL),
        pool.quote_add_liquidity(SOL),
        pool.quote_remove_liquidity(SOL),
    ];
    let own = [pool.pool, pool.reserve, pool.list, pool.mint, stake, ticket];
    for view in &views {
        assert!(view.accounts.iter().all(|meta| !meta.is_writable && !meta.is_signer), "asks for nothing");
        // Sent as a transaction: it succeeds, and everything is as it was.
        untouched(&mut stage.svm, &own, &[&stage.pool.payer], |svm| {
            svm.must(std::slice::from_ref(view), &[&stage.pool.payer]);
        });
    }
    let forged_pool = stage.svm.forgery(&stage.pool.pool);
    let forged_ticket = stage.svm.forgery(&ticket);
    for view in &views {
        let wrong = substitute(view, &stage.pool.pool, &forged_pool);
        stage.refuses(wrong, &[], shared(solana_instruction::error::InstructionError::IllegalOwner));
        for (place, stand_in, refusal) in [
            (stage.pool.reserve, other.reserve, Refusal::from(WrongReserve)),
            (stage.pool.list, other.list, WrongValidatorList.into()),
            (stage.pool.mint, other.mint, WrongMint.into()),
            (vote, other.list, WrongValidatorIndex.into()),
            (stake, other.stake(&vote), WrongStakeAccount.into()),
            (ticket, forged_ticket, shared(solana_instruction::error::InstructionError::IllegalOwner)),
        ] {
            if view.accounts.iter().any(|meta| meta.pubkey == place) {
                stage.refuses(substitute(view, &place, &stand_in), &[], refusal);
            }
        }
    }
    let (carol, lst) = other.user(&mut stage.svm, "carol", 10 * SOL);
    let foreign = keypair("foreign ticket");
    let deposit = other.deposit_sol(&carol.pubkey(), &lst, 2 * SOL, 0);
    let order = other.order_unstake(&carol.pubkey(), &lst, &foreign.pubkey(), SOL);
    stage.svm.must(&[deposit, order], &[&carol, &foreign]);
    let wrong = stage.pool.quote_ticket(&foreign.pubkey());
    stage.refuses(wrong, &[], WrongPool);
}
