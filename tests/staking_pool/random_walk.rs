//! Ten thousand random steps by holders, liquidity providers, the delegation authority, the admin, tippers, idle cranks and
//! an attacker: the books close after every update, the events alone tell the same, the rate falls by losses only, nobody
//! gains but by what the pool earned, and at the end everybody gets out.

use sluice_sdk::staking_pool::errors::StakingPoolError::{self, *};
use sluice_sdk::staking_pool::types::{Fees, Limits, Roles};
use sluice_tests::chain::ErrorCode;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_stake_interface::instruction as stake_instruction;
use solana_stake_interface::state::{Authorized, Lockup};

use crate::stage::*;

mod disturb;

const HOLDERS: usize = 4;
const VALIDATORS: usize = 5;
const STEPS: usize = 3_500;
const FUNDS: u64 = 20_000 * SOL;

/// Somebody with a wallet, slSOL and LP tokens.
struct Person {
    key: Keypair,
    lst: Address,
    lp: Address,
}

/// Everything a step can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    DepositSol,
    WithdrawSol,
    Order,
    Claim,
    TransferTicket,
    SplitTicket,
    CancelTicket,
    WithdrawStake,
    DepositStake,
    LiquidUnstake,
    AddLiquidity,
    RemoveLiquidity,
    FundInsurance,
    Increase,
    Decrease,
    DecreaseByAnyone,
    Retire,
    Tip,
    Burn,
    Loss,
    Fees,
    Pause,
    Attack,
    ThirdParty,
    /// Hands the pool over, limits it, changes who delegates.
    Govern,
}

struct Walk {
    stage: Stage,
    random: Random,
    people: Vec<Person>,
    votes: Vec<Address>,
    /// Key of the ticket, and its owner.
    tickets: Vec<(Keypair, usize)>,
    /// Stake accounts people delegated themselves: address, owner, validator, epoch.
    stakes: Vec<(Address, usize, Address, u64)>,
    replay: Replay,
    /// Who is to delegate two epochs after it was said.
    next_authority: Option<Keypair>,
    made: u64,
    /// Whether it meets losses: without any the rate never falls.
    lossy: bool,
    /// Lamports that came into the pool, and that left it.
    inward: u64,
    outward: u64,
    /// What was tipped, and what was lost.
    tips: u64,
    losses: u64,
    /// What the rate was made of when last looked at.
    value: u128,
    supply: u128,
    done: std::collections::BTreeMap<Step, u32>,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut svm = Svm::new();
        let pool = PoolFixture::prepare(&mut svm, 100);
        let mut options = PoolOptions::default();
        options.params.fees = Fees {
            deposit_bps: 3,
            instant_least_bps: 2,
            instant_most_bps: 20,
            insurance_bps: 2_000,
            ..options.params.fees
        };
        options.params.limits.liquidity_target = 500 * SOL;
        options.params.limits.movement_cap_bps = 4_000;
        let (mint, list) = pool.new_keys();
        let mut replay = Replay::new();
        let initialize = pool.initialize(&options.params, &pool.delegation.pubkey());
        replay.read(&svm.must(&[initialize], &[&pool.payer, &mint, &list]));
        replay.read(&pool.open_liquidity(&mut svm, SOL));
        let mut stage = Stage { svm, pool };
        let people = (0..HOLDERS)
            .map(|index| {
                let name = format!("holder {index}");
                let Holder { key, lst } = stage.newcomer(&name);
                let lp = stage.pool.lp_account(&mut stage.svm, &name, &key.pubkey());
                stage.svm.airdrop(&key.pubkey(), FUNDS);
                Person { key, lst, lp }
            })
            .collect();
        let mut walk = Self {
            stage,
            random: Random::new(seed),
            people,
            votes: Vec::new(),
            tickets: Vec::new(),
            stakes: Vec::new(),
            replay,
            next_authority: None,
            made: 0,
            lossy: seed != 1,
            inward: 2 * SOL,
            outward: 0,
            tips: 0,
            losses: 0,
            value: 0,
            supply: 1,
            done: Default::default(),
        };
        for index in 0..VALIDATORS {
            let vote = walk.stage.svm.add_vote_account(&format!("validator {index}"));
            let add = walk.stage.pool.add_validator(&vote);
            let authority = walk.stage.pool.delegation.insecure_clone();
            let sent = walk.stage.svm.must(&[add], &[&walk.stage.pool.payer, &authority]);
            walk.replay.read(&sent);
            walk.votes.push(vote);
        }
        walk
    }

    fn key(&mut self, of: &str) -> Keypair {
        self.made += 1;
        keypair(&format!("{of} {}", self.made))
    }

    fn is_fresh(&self) -> bool {
        self.stage.pool.state(&self.stage.svm).updated_epoch == self.stage.svm.clock().epoch
    }

    /// Sends; a refusal must be one of those that the state of things explains. Whether it went through.
    #[track_caller]
    fn may(
        &mut self,
        step: Step,
        instruction: Instruction,
        signers: &[&Keypair],
        but: &[StakingPoolError],
    ) -> bool {
        let mut all = vec![&self.stage.pool.payer];
        all.extend(signers);
        match self.stage.svm.send(&[instruction], &all) {
            Ok(sent) => {
                self.replay.read(&sent);
                *self.done.entry(step).or_default() += 1;
                true
            }
            Err(failed) => {
                let expected = but
                    .iter()
                    .chain([&PoolStale, &EpochRewardsActive])
                    .any(|error| failed.code() == Some(error.number()));
                assert!(expected, "{step:?}: {:?}\n{}", failed.err, failed.logs.join("\n"));
                false
            }
        }
    }

    fn step(&mut self) {
        let who = self.random.index(HOLDERS);
        let vote = self.votes[self.random.index(self.votes.len())];
        let person = &self.people[who];
        let (key, lst, lp) = (person.key.insecure_clone(), person.lst, person.lp);
        let user = key.pubkey();
        let wallet = self.stage.lamports(&user);
        let (shares, claims) = (self.stage.tokens(&lst), self.stage.tokens(&lp));
        let some = self.random.below(shares + 1);
        let pause = [PoolPaused];
        match self.random.below(40) {
            0..=4 => {
                let lamports = 1_000_000 + self.random.below(50 * SOL);
                let mut accounts = self.stage.pool.deposit_sol_accounts(&user, &lst);
                let friend = self.people[(who + 1) % HOLDERS].lst;
                accounts.referrer = self.random.one_in(2).then_some(friend);
                let args = sluice_sdk::staking_pool::instructions::DepositSolInstructionArgs {
                    lamports,
                    min_out: 0,
                };
                if self.may(Step::DepositSol, accounts.instruction(args), &[&key], &pause) {
                    assert_eq!(self.stage.lamports(&user), wallet - lamports);
                    self.inward += lamports;
                }
            }
            5..=8 => {
                let part = if self.random.one_in(4) { some } else { some / 8 };
                let withdraw = self.stage.pool.withdraw_sol(&user, &lst, part, 0);
                let but = [ZeroAmount, AmountTooSmall, ReserveInsufficient, PoolPaused];
                self.may(Step::WithdrawSol, withdraw, &[&key], &but);
                self.outward += self.stage.lamports(&user) - wallet;
            }
            9 => {
                let ticket = self.key("ticket");
                let order = self.stage.pool.order_unstake(&user, &lst, &ticket.pubkey(), some / 2);
                if self.may(Step::Order, order, &[&key, &ticket], &[ZeroAmount, AmountTooSmall]) {
                    self.tickets.push((ticket, who));
                }
            }
            10..=12 if !self.tickets.is_empty() => {
                let place = self.random.index(self.tickets.len());
                self.claim(place, &[TicketNotReady, ReserveInsufficient]);
            }
            13 if !self.tickets.is_empty() => self.change_a_ticket(),
            14 | 15 => self.withdraw_stake(who, &vote, some / 2),
            16 => self.delegate_oneself(who, &vote),
            17 | 18 if !self.stakes.is_empty() => self.bring_stake(),
            19 | 20 => {
                let lamports = 1_000_000 + self.random.below(60 * SOL);
                let add = self.stage.pool.add_liquidity(&user, &lp, lamports, 0);
                if self.may(Step::AddLiquidity, add, &[&key], &pause) {
                    self.inward += lamports;
                }
            }
            21 => {
                let part = self.random.below(claims + 1);
                let remove = self.stage.pool.remove_liquidity(&user, &lp, &lst, part);
                self.may(Step::RemoveLiquidity, remove, &[&key], &[ZeroAmount, AmountTooSmall]);
                self.outward += self.stage.lamports(&user) - wallet;
            }
            22 => {
                let fund = self.stage.pool.fund_insurance(&user, &lst, some / 200);
                self.may(Step::FundInsurance, fund, &[&key], &[ZeroAmount]);
            }
            23..=26 => {
                let lamports = SOL + self.random.below(40 * SOL);
                let increase = self.stage.pool.increase_stake(&self.stage.svm, &vote, lamports);
                let authority = self.stage.pool.delegation.insecure_clone();
                let but = [ReserveInsufficient, TransientExists, ValidatorRetired];
                self.may(Step::Increase, increase, &[&authority], &but);
            }
            27 => self.decrease(&vote),
            28 => self.administer(&vote),
            29 => {
                // A tip, on the reserve or on a stake account.
                let (lamports, record) = (self.random.below(SOL / 10) + 1, self.stage.record(&vote));
                let on_reserve = record.stake_state == 0 || self.random.one_in(4);
                let to = if on_reserve { self.stage.pool.reserve } else { self.stage.pool.stake(&vote) };
                self.stage.donate(&to, lamports);
                self.inward += lamports;
                self.tips += lamports;
                *self.done.entry(Step::Tip).or_default() += 1;
            }
            30 => {
                let burn = token::burn(&lst, &self.stage.pool.mint, &user, some / 100);
                self.stage.svm.must(&[burn], &[&self.stage.pool.payer, &key]);
                *self.done.entry(Step::Burn).or_default() += 1;
            }
            31 if self.lossy && self.random.one_in(4) => {
                // No transaction can do this: it stands for a loss.
                let free = self.stage.pool.reserve_lamports(&self.stage.svm);
                let lost = self.random.below(free / 50 + 1);
                self.stage.lose(&self.stage.pool.reserve.clone(), lost);
                self.outward += lost;
                self.losses += lost;
                *self.done.entry(Step::Loss).or_default() += 1;
                self.turn_epoch();
            }
            32..=34 => {
                let slots = self.random.below(EPOCH / 8);
                let left = EPOCH - 1 - self.stage.svm.clock().slot % EPOCH;
                self.stage.svm.advance_slots(slots.min(left));
            }
            35 => self.attack(who),
            _ => {
                let record = self.stage.record(&vote);
                if record.stake_state == 1 && self.random.one_in(10) {
                    self.stage.deactivated_by_a_third_party(&self.stage.pool.stake(&vote));
                    *self.done.entry(Step::ThirdParty).or_default() += 1;
                }
                self.turn_epoch();
            }
        }
        self.rate_falls_by_losses_only();
    }

    fn claim(&mut self, place: usize, but: &[StakingPoolError]) -> bool {
        let (ticket, who) = (self.tickets[place].0.pubkey(), self.tickets[place].1);
        let owner = self.people[who].key.pubkey();
        let (wallet, rent) = (self.stage.lamports(&owner), self.stage.lamports(&ticket));
        let claim = self.stage.pool.claim_ticket(&ticket, &owner);
        let paid = self.may(Step::Claim, claim, &[], but);
        if paid {
            self.outward += self.stage.lamports(&owner) - wallet - rent;
            self.tickets.swap_remove(place);
        }
        paid
    }

    fn change_a_ticket(&mut self) {
        let place = self.random.index(self.tickets.len());
        let (ticket, who) = (self.tickets[place].0.insecure_clone(), self.tickets[place].1);
        let (owner, lst) = (self.people[who].key.insecure_clone(), self.people[who].lst);
        match self.random.below(3) {
            0 => {
                let heir = self.random.index(HOLDERS);
                let to = self.people[heir].key.pubkey();
                let transfer = self.stage.pool.transfer_ticket(&ticket.pubkey(), &owner.pubkey(), &to);
                assert!(self.may(Step::TransferTicket, transfer, &[&owner], &[]));
                self.tickets[place].1 = heir;
            }
            1 => {
                let part = self.key("part");
                let shares = self.random.below(SOL);
                let split =
                    self.stage.pool.split_ticket(&ticket.pubkey(), &owner.pubkey(), &part.pubkey(), shares);
                if self.may(Step::SplitTicket, split, &[&owner, &part], &[TicketNotDivisible]) {
                    self.tickets.push((part, who));
                }
            }
            _ => {
                let cancel = self.stage.pool.cancel_ticket(&ticket.pubkey(), &owner.pubkey(), &lst, 0);
                if self.may(Step::CancelTicket, cancel, &[&owner], &[TicketNotReady]) {
                    self.tickets.swap_remove(place);
                }
            }
        }
    }

    fn withdraw_stake(&mut self, who: usize, vote: &Address, shares: u64) {
        let (key, lst) = (self.people[who].key.insecure_clone(), self.people[who].lst);
        let destination = self.key("out");
        let rent = self.stage.stake_rent();
        let create = token::create_account(
            &self.stage.svm,
            &self.stage.pool.payer,
            &destination.pubkey(),
            pool::STAKE_SPACE,
            &pool::STAKE_PROGRAM,
        );
        self.stage.svm.must(&[create], &[&self.stage.pool.payer, &destination]);
        let (index, _) = self.stage.pool.record(&self.stage.svm, vote);
        let mut accounts =
            self.stage.pool.withdraw_stake_accounts(&key.pubkey(), &lst, vote, &destination.pubkey());
        accounts.stake = match self.random.below(4) {
            0 => self.stage.pool.activating(vote),
            1 => self.stage.pool.deactivating(vote),
            _ => self.stage.pool.stake(vote),
        };
        let args = sluice_sdk::staking_pool::instructions::WithdrawStakeInstructionArgs {
            index,
            shares,
            min_out: 0,
        };
        let but = [ZeroAmount, AmountTooSmall, StakeNotUsable, BelowMinimumDelegation];
        if self.may(Step::WithdrawStake, accounts.instruction(args), &[&key], &but) {
            self.outward += self.stage.lamports(&destination.pubkey()) - rent;
        }
    }

    /// A stake account of somebody's own, which is active in the next epoch.
    fn delegate_oneself(&mut self, who: usize, vote: &Address) {
        let key = self.people[who].key.insecure_clone();
        let account = self.key("own");
        let lamports = 2 * SOL + self.random.below(20 * SOL);
        let delegate = stake_instruction::create_account_and_delegate_stake(
            &key.pubkey(),
            &account.pubkey(),
            vote,
            &Authorized::auto(&key.pubkey()),
            &Lockup::default(),
            lamports,
        );
        self.stage.svm.must(&delegate, &[&key, &account]);
        let epoch = self.stage.svm.clock().epoch;
        self.stakes.push((account.pubkey(), who, *vote, epoch));
    }

    /// Brings a stake account in, for slSOL or for SOL at once.
    fn bring_stake(&mut self) {
        let place = self.random.index(self.stakes.len());
        let (source, who, vote, epoch) = self.stakes[place];
        let now = self.stage.svm.clock().epoch;
        let (key, lst) = (self.people[who].key.insecure_clone(), self.people[who].lst);
        let user = key.pubkey();
        let lamports = self.stage.lamports(&source);
        let wallet = self.stage.lamports(&user);
        let but = [PoolPaused, StakeNotActive, StakeNotUsable, WrongValidatorIndex, ReserveInsufficient];
        assert!(epoch <= now);
        if self.random.one_in(2) {
            let deposit = self.stage.pool.deposit_stake(&self.stage.svm, &user, &lst, &vote, &source, 0);
            if self.may(Step::DepositStake, deposit, &[&key], &but) {
                self.inward += lamports;
                self.stakes.swap_remove(place);
            }
        } else {
            let unstake = self.stage.pool.liquid_unstake(&self.stage.svm, &user, &vote, &source, 0);
            if self.may(Step::LiquidUnstake, unstake, &[&key], &but) {
                self.inward += lamports;
                let paid = self.stage.lamports(&user) - wallet;
                assert!(paid <= lamports, "{paid} paid for {lamports}");
                self.outward += paid;
                self.stakes.swap_remove(place);
            }
        }
    }

    fn decrease(&mut self, vote: &Address) {
        let held = self.stage.record(vote).stake.max(1);
        let lamports = if self.random.one_in(3) { held } else { 1 + self.random.below(held) };
        let decrease = self.stage.pool.decrease_stake(&self.stage.svm, vote, lamports);
        let authority = self.stage.pool.delegation.insecure_clone();
        let mut but = vec![StakeNotUsable, TransientExists, BelowMinimumDelegation, ReserveInsufficient];
        but.push(MovementCapExceeded);
        if self.random.one_in(3) {
            // Anyone, for tickets.
            let stranger = self.people[0].key.insecure_clone();
            let decrease = substitute(&decrease, &authority.pubkey(), &stranger.pubkey());
            but.push(NotDelegationAuthority);
            self.may(Step::DecreaseByAnyone, decrease, &[&stranger], &but);
        } else {
            self.may(Step::Decrease, decrease, &[&authority], &but);
        }
    }

    /// The next epoch; one in five is skipped by every crank, and some begin while the chain pays rewards.
    fn turn_epoch(&mut self) {
        self.stage.svm.advance_epoch();
        if self.random.one_in(3) {
            self.stage.svm.set_rewards_active(true);
            self.claim_or_leave_meanwhile();
            self.stage.svm.set_rewards_active(false);
        }
        if !self.random.one_in(5) {
            self.update();
        }
    }

    /// While rewards are paid, exits go on at the last epoch's price, and no deposit is taken.
    fn claim_or_leave_meanwhile(&mut self) {
        let who = self.random.index(HOLDERS);
        let (key, lst) = (self.people[who].key.insecure_clone(), self.people[who].lst);
        let deposit = self.stage.pool.deposit_sol(&key.pubkey(), &lst, SOL, 0);
        assert!(!self.may(Step::DepositSol, deposit, &[&key], &[]));
        let wallet = self.stage.lamports(&key.pubkey());
        let part = self.stage.tokens(&lst) / 50;
        let withdraw = self.stage.pool.withdraw_sol(&key.pubkey(), &lst, part, 0);
        let but = [ZeroAmount, AmountTooSmall, ReserveInsufficient, PoolPaused];
        self.may(Step::WithdrawSol, withdraw, &[&key], &but);
        self.outward += self.stage.lamports(&key.pubkey()) - wallet;
        if !self.tickets.is_empty() {
            let place = self.random.index(self.tickets.len());
            self.claim(place, &[TicketNotReady, ReserveInsufficient]);
        }
    }

    fn update(&mut self) {
        for sent in self.stage.pool.update(&mut self.stage.svm) {
            self.replay.read(&sent);
        }
        self.stage.assert_balanced();
        self.replay.assert_is(&self.stage.svm, &self.stage.pool);
        let authority = self.stage.pool.state(&self.stage.svm).delegation_authority;
        if let Some(next) = self.next_authority.take_if(|next| next.pubkey() == authority) {
            self.stage.pool.delegation = next;
        }
        self.add_the_retired_again();
    }

    /// A retired validator leaves the list when it holds nothing, and joins anew.
    fn add_the_retired_again(&mut self) {
        let admin = self.stage.pool.admin.insecure_clone();
        let authority = self.stage.pool.delegation.insecure_clone();
        for vote in self.votes.clone() {
            let (index, record) = self.stage.pool.record(&self.stage.svm, &vote);
            if record.retired == 0 || record.stake_state != 0 || record.activating + record.deactivating > 0 {
                continue;
            }
            let remove = self.stage.pool.remove_validator(index, &vote);
            let remove = substitute(&remove, &authority.pubkey(), &admin.pubkey());
            assert!(self.may(Step::Retire, remove, &[&admin], &[]));
            let add = self.stage.pool.add_validator(&vote);
            assert!(self.may(Step::Retire, add, &[&authority], &[]));
        }
    }

    fn rate_falls_by_losses_only(&mut self) {
        let slot = self.stage.svm.clock().slot;
        let ledger = self.stage.pool.ledger(&self.stage.svm).at(slot).expect("priced");
        let value = u128::from(ledger.value().expect("a value").0);
        let supply = u128::from(ledger.supply.0);
        if !self.lossy {
            assert!(value * self.supply >= self.value * supply, "the rate fell");
        }
        (self.value, self.supply) = (value, supply);
    }

    /// As much of a validator's stake as tickets lack, by a stranger.
    fn call_home(&mut self, vote: &Address) {
        let (state, record) = (self.stage.pool.state(&self.stage.svm), self.stage.record(vote));
        let reserve = self.stage.pool.reserve_lamports(&self.stage.svm);
        let lack = state.ticket_lamports.saturating_sub(reserve).saturating_sub(state.leaving_lamports);
        let held = if record.stake_state == 0 { record.activating } else { record.stake };
        let wanted = lack.max(state.min_delegation);
        let can_split =
            record.stake_state == 1 && held >= wanted + state.min_delegation && reserve > 10_000_000;
        let lamports = if can_split { wanted } else { held };
        let stranger = self.people[0].key.insecure_clone();
        let decrease = self.stage.pool.decrease_stake(&self.stage.svm, vote, lamports);
        let authority = self.stage.pool.delegation.pubkey();
        let decrease = substitute(&decrease, &authority, &stranger.pubkey());
        let but = [ZeroAmount, StakeNotUsable, TransientExists, NotDelegationAuthority];
        self.may(Step::DecreaseByAnyone, decrease, &[&stranger], &but);
    }

    /// Everything of everybody is ordered, all stake that this takes comes home, and every ticket is paid.
    fn all_leave(&mut self) {
        let admin = self.stage.pool.admin.insecure_clone();
        let resume = self.stage.pool.resume(&admin.pubkey());
        assert!(self.may(Step::Pause, resume, &[&admin], &[]));
        if !self.is_fresh() {
            self.update();
        }
        for who in 0..HOLDERS {
            let (key, lst, lp) =
                (self.people[who].key.insecure_clone(), self.people[who].lst, self.people[who].lp);
            let (wallet, claims) = (self.stage.lamports(&key.pubkey()), self.stage.tokens(&lp));
            if claims > 0 {
                let remove = self.stage.pool.remove_liquidity(&key.pubkey(), &lp, &lst, claims);
                assert!(self.may(Step::RemoveLiquidity, remove, &[&key], &[]));
                self.outward += self.stage.lamports(&key.pubkey()) - wallet;
            }
            let shares = self.stage.tokens(&lst);
            if shares > 0 {
                let ticket = self.key("last");
                let order = self.stage.pool.order_unstake(&key.pubkey(), &lst, &ticket.pubkey(), shares);
                assert!(self.may(Step::Order, order, &[&key, &ticket], &[]));
                self.tickets.push((ticket, who));
            }
        }
        // The delegation authority does nothing more. Whoever wants to may call home what tickets have lacked for long.
        for _ in 0..10 {
            for vote in self.votes.clone() {
                self.call_home(&vote);
            }
            self.stage.svm.advance_epoch();
            self.update();
        }
        while !self.tickets.is_empty() {
            assert!(self.claim(0, &[]), "a ticket is not paid");
        }
        self.stage.svm.advance_epoch();
        self.update();
    }
}

#[test]
fn whatever_order_things_happen_in_the_books_close_and_everybody_gets_out() {
    let mut done = std::collections::BTreeMap::<Step, u32>::new();
    for seed in [1, 650, 20_251] {
        let mut walk = Walk::new(seed);
        for _ in 0..STEPS {
            walk.step();
        }
        walk.all_leave();
        let backing = ledger::Backing::of(&walk.stage.svm, &walk.stage.pool);
        let seeds = walk.stage.pool.state(&walk.stage.svm).liquidity_lamports;
        assert!(walk.replay.events > 2_000, "{} events", walk.replay.events);
        assert_eq!(
            walk.inward,
            walk.outward + backing.counted() + backing.strays + seeds,
            "seed {seed}: every lamport is found"
        );
        println!("seed {seed}: {} tipped, {} lost, {} left", walk.tips, walk.losses, backing.counted());
        for (step, count) in walk.done {
            *done.entry(step).or_default() += count;
        }
    }
    println!("done: {done:?}");
    assert_eq!(done.len(), 25, "every kind of step was taken: {done:?}");
    assert!(done.values().all(|count| *count >= 3), "{done:?}");
}
