//! Long walks of random steps by random people and an attacker. Whatever happens, the books balance, nobody loses more
//! than what was agreed and capped, the principal of a shielded vault is out of reach, nobody who saw a slash coming got
//! away, and everybody leaves in the end.

use crate::prelude::*;

/// A small deterministic generator (SplitMix64), so that a failing walk can be walked again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn pick(&mut self, length: usize) -> usize {
        usize::try_from(self.roll(length as u64)).unwrap()
    }

    /// Amounts of every magnitude up to `limit`.
    fn amount(&mut self, limit: u64) -> u64 {
        let bits = 64 - limit.leading_zeros();
        let magnitude = self.roll(u64::from(bits) + 1);
        self.roll(limit.min(1 << magnitude.min(63)) + 1)
    }
}

/// What kind of vault is walked over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Tranched,
    Shielded,
}

/// Somebody with a collateral account, and an account for each kind of shares.
struct Person {
    senior: User,
    junior: Option<User>,
}

/// An account of collateral that belongs to nobody else, and what went in and came out of the vault.
#[derive(Default)]
struct Flows {
    paid_in: u64,
    paid_out: u64,
    slashed: u64,
}

struct Walk {
    kind: Kind,
    dice: Dice,
    world: VaultFixture,
    /// The last one is the attacker: he is also in league with the last team.
    people: Vec<Person>,
    teams: Vec<Team>,
    tickets: Vec<Ticket>,
    requests: Vec<(usize, Address)>,
    flows: Flows,
    succeeded: usize,
    slashes: usize,
    longest_wait: u64,
    /// Lamports of principal behind the shares of a shielded vault when the walk looked last, and those shares.
    floor: (u64, u64),
}

struct Ticket {
    owner: usize,
    junior: bool,
    address: Address,
}

impl Walk {
    fn start(kind: Kind, seed: u64) -> Self {
        let mut world = match kind {
            Kind::Plain => VaultFixture::opened(|plan| plan.params.slash_cap_bps = 2_500),
            Kind::Tranched => {
                let mut world = VaultFixture::opened(|plan| plan.params.slash_cap_bps = 2_500);
                let open = world.plan_junior(ONE, 3_000);
                let admin = world.admin.key.insecure_clone();
                world.send(&[open], &[&admin]).unwrap();
                world
            }
            Kind::Shielded => VaultFixture::of_pool(Collateral::Lst, |plan| {
                plan.params.slash_cap_bps = 2_500;
                plan.params.shielded = true;
                plan.params.leverage_bps = 10_000;
            }),
        };
        let people = (0..5)
            .map(|_| {
                let senior = world.user(1_000 * ONE);
                let junior = (kind == Kind::Tranched).then(|| {
                    let junior = world.junior.unwrap();
                    let vrt = world.token_account(TOKEN_PROGRAM, junior.vrt_mint, senior.address());
                    User { key: senior.key.insecure_clone(), collateral: senior.collateral, vrt }
                });
                Person { senior, junior }
            })
            .collect::<Vec<_>>();
        let pocket = people[4].senior.collateral;
        let teams: Vec<Team> = (0..4).map(|n| world.opted_in((n == 3).then_some(pocket))).collect();
        let vault = world.vault();
        let flows = Flows { paid_in: vault.assets + vault.junior_assets, ..Flows::default() };
        let floor = (vault.principal_lamports, vault.vrt_supply);
        Self {
            kind,
            dice: Dice(seed),
            world,
            people,
            teams,
            tickets: Vec::new(),
            requests: Vec::new(),
            flows,
            succeeded: 0,
            slashes: 0,
            longest_wait: 0,
            floor,
        }
    }

    /// Whether this step is about junior shares.
    fn junior(&mut self) -> bool {
        self.kind == Kind::Tranched && self.dice.roll(2) == 0
    }

    /// Acts with one class of shares.
    fn class<T>(&mut self, junior: bool, act: impl FnOnce(&mut VaultFixture) -> T) -> T {
        if junior { self.world.with_junior(act) } else { act(&mut self.world) }
    }

    /// A user by number and class, with the same keys.
    fn user(&self, who: usize, junior: bool) -> User {
        let person = &self.people[who];
        let of = if junior { person.junior.as_ref().expect("junior shares") } else { &person.senior };
        User { key: of.key.insecure_clone(), collateral: of.collateral, vrt: of.vrt }
    }

    fn step(&mut self) {
        let before = self.world.vault();
        let who = self.dice.pick(5);
        let team = self.dice.pick(4);
        let mut slashed = 0;
        let done = match self.dice.roll(20) {
            0 | 1 => self.deposit(who),
            2 | 3 => self.enqueue(who),
            4 => self.claim(),
            5 => self.leave(who),
            6 => self.reward(who),
            7 => {
                let limit = before.assets + before.junior_assets;
                let amount = if self.dice.roll(2) == 0 { limit / 8 } else { self.dice.amount(limit) };
                self.world.allocate(&self.teams[team], amount).is_ok()
            }
            8 => {
                let amount = self.dice.amount(self.world.allocation(&self.teams[team]).amount);
                self.world.deallocate(&self.teams[team], amount).is_ok()
            }
            9 => {
                self.world.release(&self.teams[team]).is_ok()
                    | (self.dice.roll(8) == 0 && {
                        let by = self.teams[team].operator_authority.insecure_clone();
                        self.world.opt_out(&self.teams[team], &by).is_ok()
                    })
            }
            10 | 17 => {
                let amount = self.dice.amount(self.world.allocation(&self.teams[team]).amount);
                match self.world.request(&self.teams[team], amount) {
                    Ok(request) => {
                        self.requests.push((team, request));
                        true
                    }
                    Err(_) => false,
                }
            }
            11 | 12 if !self.requests.is_empty() => self.judge(&mut slashed),
            13 => self.attack(),
            14 if !self.tickets.is_empty() => {
                let index = self.dice.pick(self.tickets.len());
                let (address, to) = (self.tickets[index].address, self.people[who].senior.address());
                let owner = self.user(self.tickets[index].owner, false);
                self.tickets[index].owner = who;
                self.world.give_ticket(&owner, address, to).is_ok()
            }
            _ => {
                self.pass();
                true
            }
        };
        self.succeeded += usize::from(done);
        self.check(&before, slashed);
    }

    fn deposit(&mut self, who: usize) -> bool {
        let junior = self.junior();
        let user = self.user(who, junior);
        let amount = self.dice.amount(self.world.balance(&user.collateral));
        let done = self.class(junior, |world| world.deposit(&user, amount)).is_ok();
        self.flows.paid_in += if done { amount } else { 0 };
        done
    }

    fn enqueue(&mut self, who: usize) -> bool {
        let junior = self.junior();
        let user = self.user(who, junior);
        let amount = self.dice.amount(self.world.balance(&user.vrt));
        let Ok(address) = self.class(junior, |world| world.enqueue(&user, amount)) else { return false };
        self.tickets.push(Ticket { owner: who, junior, address });
        true
    }

    /// Claims a random ticket. One past its release is always paid; one that is held never is.
    fn claim(&mut self) -> bool {
        if self.tickets.is_empty() {
            return false;
        }
        let index = self.dice.pick(self.tickets.len());
        let Ticket { owner, junior, address } = self.tickets[index];
        let (state, vault, epoch) = (self.world.ticket(&address), self.world.vault(), self.world.epoch());
        let user = self.user(owner, junior);
        let before = self.world.balance(&user.collateral);
        let claimed = self.class(junior, |world| world.claim(&user, address));
        if epoch >= state.release_epoch {
            assert!(claimed.is_ok(), "a ticket past its release was not paid: {claimed:?}");
        } else if vault.open_requests > 0 && epoch < vault.requests_expire_at {
            assert!(claimed.is_err(), "a ticket ran away from an open request");
        }
        if claimed.is_ok() {
            self.tickets.swap_remove(index);
            self.flows.paid_out += self.world.balance(&user.collateral) - before;
            self.longest_wait = self.longest_wait.max(epoch - state.enqueued_epoch);
        }
        claimed.is_ok()
    }

    /// Leaves at once: never around an open request, and for no more than would be left if all that is allocated were
    /// slashed.
    fn leave(&mut self, who: usize) -> bool {
        let junior = self.junior();
        let user = self.user(who, junior);
        let amount = self.dice.amount(self.world.balance(&user.vrt));
        let before = self.world.balance(&user.collateral);
        let vault = self.world.vault();
        let left = self.class(junior, |world| world.leave(&user, amount));
        if left.is_err() {
            return false;
        }
        assert!(vault.open_requests == 0 || self.world.epoch() >= vault.requests_expire_at);
        let paid = self.world.balance(&user.collateral) - before;
        self.flows.paid_out += paid;
        let now = self.world.vault();
        // The price he was paid by counts what is promised as gone; due rewards are in what is there now.
        let promised = vault.total_allocated;
        let (assets, supply) = match junior {
            false => (
                (now.assets + paid).saturating_sub(promised.saturating_sub(now.junior_assets)),
                now.vrt_supply + amount,
            ),
            true => ((now.junior_assets + paid).saturating_sub(promised), now.junior_supply + amount),
        };
        let most = u128::from(amount) * u128::from(assets) / u128::from(supply);
        assert_eq!(u128::from(paid), most);
        true
    }

    fn reward(&mut self, who: usize) -> bool {
        let user = self.user(who, false);
        let amount = self.dice.amount(self.world.balance(&user.collateral) / 20);
        let done = self.world.reward(&user, amount).is_ok();
        self.flows.paid_in += if done { amount } else { 0 };
        done
    }

    /// A request is vetoed, closed or executed.
    fn judge(&mut self, slashed: &mut u64) -> bool {
        let index = self.dice.pick(self.requests.len());
        let (team, request) = self.requests[index];
        let team = &self.teams[team];
        let (asked, allocation) = (self.world.slash_request(&request), self.world.allocation(team));
        let before = self.world.vault();
        let done = match self.dice.roll(12) {
            0 => self.world.veto(team, request).is_ok(),
            1 => self.world.close_request(team, request).is_ok(),
            // What nobody acted on in time is mostly closed: it keeps others from being asked for.
            2..8 if self.world.epoch() >= asked.expiry_epoch => {
                self.world.close_request(team, request).is_ok()
            }
            _ => {
                let done = self.world.execute(team, request).is_ok();
                let whole = |v: &Vault| v.assets + v.junior_assets + v.locked_rewards;
                *slashed = whole(&before) - whole(&self.world.vault());
                assert!(*slashed <= asked.amount - asked.executed, "more than was asked for");
                let warm = match self.world.epoch() >= allocation.warm_from {
                    true => allocation.warming_amount,
                    false => 0,
                };
                assert!(*slashed <= allocation.amount + warm, "more than was at risk");
                self.flows.slashed += *slashed;
                self.slashes += usize::from(done);
                done
            }
        };
        if !self.world.exists(&request) {
            self.requests.swap_remove(index);
        }
        done
    }

    /// What an attacker tries. None of it may succeed, or do him any good: the checks after each step would see it.
    fn attack(&mut self) -> bool {
        let thief = self.user(4, false);
        let at = self.world.at;
        match self.dice.roll(6) {
            // A donation moves no price.
            0 => {
                let amount = self.dice.amount(self.world.balance(&thief.collateral) / 100);
                let gift =
                    token::transfer(&thief.collateral, &at.collateral_account, &thief.address(), amount);
                let done = self.world.send(&[gift], &[&thief.key]).is_ok();
                self.world.donated += if done { amount } else { 0 };
                done
            }
            // Somebody else's ticket, to his own account.
            1 if !self.tickets.is_empty() => {
                let index = self.dice.pick(self.tickets.len());
                let victim = &self.tickets[index];
                if victim.owner == 4 {
                    return false;
                }
                let owner = self.people[victim.owner].senior.address();
                let claim = ix::claim_withdrawal(&at, victim.address, owner, thief.collateral, 0);
                assert!(self.world.send(&[claim], &[]).is_err(), "a ticket was stolen");
                false
            }
            // A slash for what another service secures, and one executed to his own account.
            2 => {
                let victim = &self.teams[self.dice.pick(3)];
                let parties = ix::Parties {
                    service_authority: self.teams[3].parties.service_authority,
                    ..victim.parties
                };
                let nonce = self.world.allocation(victim).next_nonce;
                let request = ix::request_slash(&at, &parties, nonce, 1, [0; 32]);
                let key = self.teams[3].service_authority.insecure_clone();
                assert!(self.world.send(&[request], &[&key]).is_err(), "accused for another service");
                false
            }
            3 if !self.requests.is_empty() => {
                let (team, request) = self.requests[self.dice.pick(self.requests.len())];
                let Team { allocation, parties, .. } = &self.teams[team];
                let service = parties.service_authority;
                let stolen = Some(thief.collateral).filter(|_| team != 3);
                let execute = ix::execute_slash(&at, *allocation, request, service, stolen);
                if stolen.is_some() {
                    assert!(self.world.send(&[execute], &[]).is_err(), "a slash was redirected");
                }
                false
            }
            // The vault's collateral, as if it were a reward of his.
            4 => {
                let steal = ix::pay_rewards(
                    &at,
                    thief.address(),
                    at.collateral_account,
                    ix::FeeAccounts::default(),
                    ONE,
                );
                assert!(self.world.send(&[steal], &[&thief.key]).is_err());
                false
            }
            // In and out again at once, around a reward: the shares of others lose nothing.
            _ => {
                let amount = self.dice.amount(self.world.balance(&thief.collateral));
                let had = self.world.balance(&thief.vrt);
                if self.world.deposit(&thief, amount).is_err() {
                    return false;
                }
                self.flows.paid_in += amount;
                let bought = self.world.balance(&thief.vrt) - had;
                let before = self.world.balance(&thief.collateral);
                if self.world.leave(&thief, bought).is_ok() {
                    let paid = self.world.balance(&thief.collateral) - before;
                    self.flows.paid_out += paid;
                    assert!(paid <= amount, "in and out again earned {}", paid - amount);
                }
                true
            }
        }
    }

    /// Time passes; with it the pool earns or, once in a while, is not updated.
    fn pass(&mut self) {
        if self.dice.roll(3) == 0 {
            let slots = self.dice.roll(EPOCH_SLOTS / 3);
            self.world.pass_slots(slots);
            return;
        }
        let epochs = 1 + self.dice.roll(5) / 4;
        if self.kind == Kind::Shielded {
            let lamports = self.dice.amount(2_000 * ONE);
            let (bank, reserve) = (self.world.bank.pubkey(), self.world.pool().reserve);
            let earn = solana_system_interface::instruction::transfer(&bank, &reserve, lamports);
            self.world.send(&[earn], &[]).unwrap();
        }
        let slots_into = self.world.svm.clock().slot % EPOCH_SLOTS;
        self.world.pass_epochs(epochs);
        let mut clock = self.world.svm.clock();
        clock.slot -= slots_into;
        self.world.svm.0.set_sysvar(&clock);
        if self.kind == Kind::Shielded && self.dice.roll(8) > 0 {
            self.world.update_pool();
        }
    }

    fn check(&mut self, before: &Vault, slashed: u64) {
        self.world.settle();
        let after = self.world.vault();
        let held = after.assets + after.junior_assets + after.locked_rewards;
        assert_eq!(self.flows.paid_in, self.flows.paid_out + self.flows.slashed + held, "to the unit");
        assert!(after.assets > 0 && after.vrt_supply > 0);
        let cap = u128::from(after.cap_assets) * u128::from(after.slash_cap_bps) / 10_000;
        assert!(u128::from(after.cap_slashed) <= cap, "more than an epoch's cap");
        let price = |v: &Vault, other: &Vault| u128::from(v.assets) * u128::from(other.vrt_supply);
        let fell = price(&after, before) < price(before, &after);
        if slashed == 0 {
            assert!(!fell, "the price fell without a slash");
        } else if fell {
            assert_eq!(after.junior_assets, 0, "seniors lost before juniors had nothing");
        }
        if self.kind == Kind::Shielded {
            // No share's part of the principal ever shrinks, to the lamport that a value is rounded by, and a slash leaves
            // all of it.
            let (principal, supply) = self.floor;
            assert!(
                u128::from(after.principal_lamports + 1) * u128::from(supply)
                    >= u128::from(principal) * u128::from(after.vrt_supply),
                "the remembered principal of a share fell"
            );
            self.floor = (after.principal_lamports, after.vrt_supply);
            if slashed > 0 {
                let ledger = self.world.pool().ledger(&self.world.svm);
                let ledger = ledger.at(self.world.svm.clock().slot).unwrap();
                let worth = ledger.lamports_for(sluice_money::LstAmount(after.assets)).unwrap().0;
                assert!(worth >= after.principal_lamports, "{worth} of {}", after.principal_lamports);
            }
        }
    }

    /// Everybody leaves, whatever is still open: after the last release every ticket is paid.
    fn end(mut self, steps: usize) {
        assert!(self.succeeded > steps / 4, "too few steps did anything: {} of {steps}", self.succeeded);
        for who in 0..5 {
            for junior in [false, true] {
                if junior && self.kind != Kind::Tranched {
                    continue;
                }
                let user = self.user(who, junior);
                let vrt = self.world.balance(&user.vrt);
                if vrt > 0 {
                    let address = self.class(junior, |world| world.enqueue(&user, vrt)).unwrap();
                    self.tickets.push(Ticket { owner: who, junior, address });
                }
            }
        }
        self.world.pass_epochs(10);
        while let Some(Ticket { owner, junior, address }) = self.tickets.pop() {
            let user = self.user(owner, junior);
            self.class(junior, |world| world.claim(&user, address)).unwrap();
        }
        let vault = self.world.vault();
        assert_eq!((vault.vrt_supply, vault.queued_vrt), (vault.locked_vrt, 0));
        assert_eq!((vault.junior_supply, vault.queued_junior), (vault.locked_junior, 0));
        self.world.settle();
        println!(
            "{:?}: {} of {steps} steps did something, {} slashes, longest wait {} epochs",
            self.kind, self.succeeded, self.slashes, self.longest_wait
        );
    }
}

fn walk(kind: Kind, seed: u64, steps: usize) -> usize {
    let mut walk = Walk::start(kind, seed);
    for _ in 0..steps {
        walk.step();
    }
    let slashes = walk.slashes;
    walk.end(steps);
    slashes
}

/// Twelve walks, 10,200 steps.
fn walks(kind: Kind) {
    let slashes: usize = (1..=12).map(|seed| walk(kind, seed, 850)).sum();
    assert!(slashes >= 60, "only {slashes} slashes");
}

#[test]
fn the_books_balance_after_every_step_of_a_long_walk() {
    walks(Kind::Plain);
}

#[test]
fn the_classes_keep_their_order_after_every_step_of_a_long_walk() {
    walks(Kind::Tranched);
}

#[test]
fn the_principal_is_out_of_reach_after_every_step_of_a_long_walk() {
    walks(Kind::Shielded);
}
