//! `sluice_sdk::quote` of the vault: what it computes from accounts is what the instruction does, to the unit, and where it
//! refuses the instruction is refused with the same error by the same program, wherever a random walk leads.

use crate::prelude::*;
use sluice_sdk::Event;
use sluice_sdk::quote::{self, Moment, PoolState, Refusal, Rents, TransferFee, VaultState};
use sluice_sdk::restaking_vault::events::RestakingVaultEvent as V;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_tests::chain::Failed;
use sluice_tests::token_2022::Extension;

const WAYS: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A token that takes a fee of every transfer.
    Taxed,
    Tranched,
    /// Of a staking pool's token, shielded, and limited to a part of it.
    Shielded,
}

struct Walk {
    kind: Kind,
    dice: u64,
    world: VaultFixture,
    senior: User,
    junior: Option<User>,
    team: Team,
    request: Option<Address>,
    tickets: Vec<(Address, bool)>,
    done: [u32; WAYS],
    refused: u32,
}

fn open(kind: Kind) -> VaultFixture {
    match kind {
        Kind::Taxed => {
            let collector = Keypair::new().pubkey();
            VaultFixture::opened(|plan| {
                plan.collateral = Collateral::Extended(vec![Extension::transfer_fee(&collector, 37)]);
                plan.params.slash_cap_bps = 2_500;
            })
        }
        Kind::Tranched => VaultFixture::tranched(3_000),
        Kind::Shielded => VaultFixture::of_pool(Collateral::Lst, |plan| {
            plan.params.slash_cap_bps = 2_500;
            plan.params.shielded = true;
            plan.params.leverage_bps = 9_000;
        }),
    }
}

/// What a quote came to, told like an attempt.
fn expected<T>(quote: Result<T, Refusal>) -> Result<T, (Address, u32)> {
    quote.map_err(|refusal| match refusal {
        Refusal::Pool(code) => (STAKING_POOL_ID, code.code()),
        Refusal::Vault(code) => (RESTAKING_VAULT_ID, code.code()),
    })
}

/// Which program refused, and by which number.
fn found(failed: &Failed) -> Option<(Address, u32)> {
    let (program, _) = sluice_sdk::logs::failure(&failed.logs)?;
    Some((program, failed.code()?))
}

impl Walk {
    fn new(kind: Kind, seed: u64) -> Self {
        let mut world = open(kind);
        let senior = world.user(1_000 * ONE);
        world.svm.airdrop(&senior.address(), 100_000 * ONE);
        let junior = world.junior.map(|junior| User {
            key: senior.key.insecure_clone(),
            collateral: senior.collateral,
            vrt: world.token_account(TOKEN_PROGRAM, junior.vrt_mint, senior.address()),
        });
        let team = world.opted_in(None);
        let (tickets, done) = (Vec::new(), [0; WAYS]);
        Self { kind, dice: seed, world, senior, junior, team, request: None, tickets, done, refused: 0 }
    }

    /// SplitMix64.
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn amount(&mut self, limit: u64) -> u64 {
        match self.roll(10) {
            0 => self.roll(2),
            1 => self.roll(200).min(limit),
            _ => self.roll(limit / 3 + 1),
        }
    }

    fn user(&self, junior: bool) -> User {
        let of = if junior { self.junior.as_ref().expect("junior shares") } else { &self.senior };
        User { key: of.key.insecure_clone(), collateral: of.collateral, vrt: of.vrt }
    }

    fn class<T>(&mut self, junior: bool, act: impl FnOnce(&mut VaultFixture) -> T) -> T {
        if junior { self.world.with_junior(act) } else { act(&mut self.world) }
    }

    fn moment(&self) -> Moment {
        let clock = self.world.svm.clock();
        Moment { slot: clock.slot, epoch: clock.epoch, rewards_active: false }
    }

    fn vault(&self) -> VaultState {
        quote::vault(&self.world.vault())
    }

    fn pool(&self) -> PoolState {
        let Some(pool) = &self.world.pool else { return PoolState::default() };
        let svm = &self.world.svm;
        let rents = Rents {
            reserve: svm.rent_exempt(quote::RESERVE_SPACE),
            stake: svm.rent_exempt(quote::STAKE_SPACE),
        };
        quote::pool(&pool.state(svm), svm.lamports(&pool.reserve), rents)
    }

    fn fee(&self) -> TransferFee {
        quote::transfer_fee(&self.world.data(&self.world.at.collateral_mint), self.world.epoch())
    }

    /// Holds an attempt against what was quoted. The last event of the vault, where it was done.
    fn compare<T: std::fmt::Debug>(
        &mut self,
        way: usize,
        quote: Result<T, Refusal>,
        attempt: Attempt,
    ) -> Option<(T, V)> {
        match (expected(quote), attempt) {
            (Ok(quote), Ok(sent)) => {
                self.done[way] += 1;
                let events = sent.events();
                let mut vault = events.into_iter().rev().filter_map(|event| match event {
                    Event::RestakingVault(event) => Some(event),
                    _ => None,
                });
                Some((quote, vault.next().expect("an event of the vault")))
            }
            (Err(code), Err(failed)) => {
                assert_eq!(found(&failed), Some(code), "{way}: {}", failed.logs.join("\n"));
                self.refused += 1;
                None
            }
            (quote, attempt) => panic!("{way}: quoted {quote:?}, came to {attempt:?}"),
        }
    }

    fn step(&mut self) {
        let junior = self.junior.is_some() && self.roll(2) == 0;
        let user = self.user(junior);
        let (vault, pool, now, fee) = (self.vault(), self.pool(), self.moment(), self.fee());
        let (collateral, vrt) = (self.world.balance(&user.collateral), self.world.balance(&user.vrt));
        match self.roll(16) {
            0 | 1 => {
                let amount = self.amount(collateral);
                let quote = quote::vault_deposit(&vault, &pool, &now, &fee, junior, amount);
                let attempt = self.class(junior, |world| world.deposit(&user, amount));
                if let Some((quote, V::CollateralDeposited(event))) = self.compare(0, quote, attempt) {
                    assert_eq!((event.credited, event.minted), (quote.credited, quote.minted));
                    assert_eq!(self.world.balance(&user.vrt), vrt + quote.minted);
                }
            }
            2 => {
                let amount = self.amount(vrt);
                let quote = quote::enqueue_withdrawal(&vault, &now, junior, amount);
                match (quote, self.class(junior, |world| world.enqueue(&user, amount))) {
                    (Ok(quote), Ok(ticket)) => {
                        let ordered = self.world.ticket(&ticket);
                        let epochs = (ordered.unlock_epoch, ordered.release_epoch);
                        assert_eq!(epochs, (quote.unlock_epoch, quote.release_epoch));
                        self.tickets.push((ticket, junior));
                        self.done[1] += 1;
                    }
                    (Err(refusal), Err(failed)) => {
                        assert_eq!(found(&failed), Some((RESTAKING_VAULT_ID, refusal.code())));
                    }
                    (quote, attempt) => panic!("quoted {quote:?}, came to {attempt:?}"),
                }
            }
            3 | 4 if !self.tickets.is_empty() => self.claim(),
            5 | 6 => {
                let amount = self.amount(vrt);
                let quote = quote::instant_withdraw(&vault, &now, &fee, junior, amount);
                let attempt = self.class(junior, |world| world.leave(&user, amount));
                if let Some((quote, V::InstantlyWithdrawn(event))) = self.compare(2, quote, attempt) {
                    assert_eq!((event.paid, event.received), (quote.paid, quote.received));
                    assert_eq!(self.world.balance(&user.collateral), collateral + quote.received);
                }
            }
            7 if self.kind == Kind::Shielded => {
                let lamports = self.amount(90 * ONE);
                let quote = quote::stake_and_restake(&vault, &pool, &now, junior, lamports);
                let attempt = self.world.stake_and_restake(&user, lamports, 0);
                if let Some((quote, V::StakedAndRestaked(event))) = self.compare(3, quote, attempt) {
                    assert_eq!((event.credited, event.minted), (quote.credited, quote.minted));
                }
            }
            what => self.happens(what),
        }
        self.price_is_the_ledgers();
    }

    /// What is displayed is what the next instruction would find.
    fn price_is_the_ledgers(&self) {
        let (vault, now) = (self.vault(), self.moment());
        let price = quote::vault_price(&vault, &now).expect("a vault with a seed");
        let risk = quote::vault_risk(&vault, &self.pool(), &now);
        assert_eq!(price.assets + price.junior_assets + price.locked_rewards, {
            let vault = self.world.vault();
            vault.assets + vault.junior_assets + vault.locked_rewards
        });
        if let Ok(risk) = risk {
            assert!(risk.most <= risk.exposed && risk.exposed <= risk.total);
            assert_eq!(risk.total, price.assets + price.junior_assets);
        }
    }

    fn claim(&mut self) {
        let place = self.roll(self.tickets.len() as u64) as usize;
        let (address, junior) = self.tickets[place];
        let (vault, pool, now, fee) = (self.vault(), self.pool(), self.moment(), self.fee());
        let ticket = quote::vault_ticket(&self.world.ticket(&address));
        let user = self.user(junior);
        if self.kind == Kind::Shielded && self.roll(2) == 0 {
            let quote = quote::claim_and_unstake(&vault, &pool, &now, &ticket);
            match (expected(quote), self.world.claim_and_unstake(&user, address, 0)) {
                (Ok(quote), Ok(ordered)) => {
                    let ordered = Ticket::decode(&self.world.data(&ordered)).expect("a ticket");
                    assert_eq!((ordered.shares, ordered.ordered_lamports), (quote.shares, quote.lamports));
                    assert_eq!(ordered.claim_epoch, quote.claim_epoch);
                    self.done[4] += 1;
                    self.tickets.swap_remove(place);
                }
                (Err(code), Err(failed)) => assert_eq!(found(&failed), Some(code)),
                (quote, attempt) => panic!("quoted {quote:?}, came to {attempt:?}"),
            }
            return;
        }
        let value = quote::vault_ticket_value(&vault, &now, &fee, &ticket).expect("a value");
        let quote = match value {
            quote::VaultTicketValue { is_unlocked: false, .. } => {
                Err(quote::VaultRefusal::CooldownNotOver.into())
            }
            quote::VaultTicketValue { is_held: true, .. } => Err(quote::VaultRefusal::PendingSlash.into()),
            _ => Ok(value),
        };
        let attempt = self.class(junior, |world| world.claim(&user, address));
        if let Some((quote, V::WithdrawalClaimed(event))) = self.compare(5, quote, attempt) {
            assert_eq!((event.paid, event.received), (quote.paid, quote.received));
            self.tickets.swap_remove(place);
        }
    }

    /// Rewards, risk, slashes, pauses and time. What of it is refused changes nothing.
    fn happens(&mut self, what: u64) {
        let user = self.user(false);
        match what {
            8 => {
                let amount = self.amount(self.world.balance(&user.collateral) / 20);
                let _ = self.world.reward(&user, amount);
            }
            9 => {
                let total = self.world.vault().assets;
                let amount = self.amount(total);
                let _ = self.world.allocate(&self.team, amount);
            }
            10 => {
                let amount = self.world.allocation(&self.team).amount / 2;
                let _ = self.world.deallocate(&self.team, amount);
                let _ = self.world.release(&self.team);
            }
            11 => match self.request.take() {
                Some(request) if self.roll(3) > 0 => {
                    let _ = self.world.execute(&self.team, request);
                    let _ = self.world.close_request(&self.team, request);
                    self.request = self.world.exists(&request).then_some(request);
                }
                Some(request) => self.request = Some(request),
                None => {
                    let amount = self.amount(self.world.allocation(&self.team).amount);
                    self.request = self.world.request(&self.team, amount).ok();
                }
            },
            12 => {
                let admin = self.world.admin.key.insecure_clone();
                let instruction = match self.world.vault().paused_until_epoch > self.world.epoch() {
                    true => ix::resume(&self.world.at, admin.pubkey()),
                    false if self.roll(3) == 0 => ix::pause(&self.world.at, admin.pubkey()),
                    false => return,
                };
                self.world.send(&[instruction], &[&admin]).expect("the admin may");
            }
            13 => {
                let slots = self.roll(EPOCH_SLOTS / 3);
                self.world.pass_slots(slots);
            }
            _ => {
                self.world.pass_epochs(1);
                if self.kind == Kind::Shielded && self.roll(5) > 0 {
                    let lamports = self.roll(50 * ONE);
                    let (bank, reserve) = (self.world.bank.pubkey(), self.world.pool().reserve);
                    let earn = solana_system_interface::instruction::transfer(&bank, &reserve, lamports);
                    self.world.send(&[earn], &[]).expect("lamports");
                    self.world.update_pool();
                }
            }
        }
    }
}

fn walk(kind: Kind, seed: u64) {
    let mut walk = Walk::new(kind, seed);
    for _ in 0..1_500 {
        walk.step();
    }
    println!("{kind:?}: done {:?}, refused {}", walk.done, walk.refused);
    let of_pool = [3, 4];
    for (way, count) in walk.done.iter().enumerate() {
        let taken = kind == Kind::Shielded || !of_pool.contains(&way);
        assert!(!taken || *count >= 5, "{kind:?}: way {way} was taken {count} times");
    }
    assert!(walk.refused >= 30, "{kind:?}: refused {} times", walk.refused);
}

#[test]
fn what_is_quoted_of_a_taxed_token_is_what_arrives() {
    walk(Kind::Taxed, 7);
}

#[test]
fn what_is_quoted_of_either_class_is_what_happens() {
    walk(Kind::Tranched, 8);
}

#[test]
fn what_is_quoted_of_a_pools_token_is_what_happens() {
    walk(Kind::Shielded, 9);
}
