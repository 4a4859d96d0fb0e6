//! The ledger rebuilt from logs alone.

use sluice_sdk::Event;
use sluice_sdk::restaking_vault::events::RestakingVaultEvent as Happened;
use sluice_sdk::restaking_vault::types::BookEntry;

use crate::prelude::*;

/// Numbers an observer keeps while he reads nothing but events.
#[derive(Debug)]
struct Ledger {
    book: BookEntry,
    /// Senior and junior shares in tickets.
    queued: [u64; 2],
    allocated: u64,
    open_requests: u64,
    paid_in: u64,
    paid_out: u64,
    slashed: u64,
    /// Of distributions.
    set_aside: u64,
    claimed: u64,
    returned: u64,
}

/// All collateral of a vault, due or not.
fn whole(book: &BookEntry) -> u64 {
    book.assets + book.junior_assets + book.locked_rewards
}

impl Ledger {
    fn new() -> Self {
        let (assets, supply, junior_assets, junior_supply) = (0, 0, 0, 0);
        let book =
            BookEntry { assets, supply, junior_assets, junior_supply, locked_rewards: 0, principal: 0 };
        let (queued, allocated, open_requests) = ([0, 0], 0, 0);
        let (paid_in, paid_out, slashed, set_aside, claimed, returned) = (0, 0, 0, 0, 0, 0);
        Self {
            book,
            queued,
            allocated,
            open_requests,
            paid_in,
            paid_out,
            slashed,
            set_aside,
            claimed,
            returned,
        }
    }

    /// Where an event's "before" is not the ledger's state, an event is missing. Rewards reach the price by themselves:
    /// they move from locked to assets and change no sum.
    fn reached(&mut self, before: &BookEntry) {
        assert_eq!(whole(&self.book), whole(before));
        assert!(before.locked_rewards <= self.book.locked_rewards);
        assert_eq!((self.book.supply, self.book.junior_supply), (before.supply, before.junior_supply));
        assert_eq!(self.book.principal, before.principal);
        self.book = before.clone();
    }

    /// From before to after of an event that adds `assets` and `shares`, below zero what it takes, of a class.
    fn booked(&mut self, junior: u64, (assets, shares): (i64, i64), before: BookEntry, after: BookEntry) {
        self.reached(&before);
        let mut expected = before;
        let (held, issued) = match junior {
            0 => (&mut expected.assets, &mut expected.supply),
            _ => (&mut expected.junior_assets, &mut expected.junior_supply),
        };
        *held = held.checked_add_signed(assets).unwrap();
        *issued = issued.checked_add_signed(shares).unwrap();
        expected.principal = after.principal;
        assert_eq!(expected, after);
        self.book = after;
    }

    fn follow(&mut self, event: Happened) {
        let signed = |amount: u64| i64::try_from(amount).unwrap();
        match event {
            Happened::VaultInitialized(e) => {
                self.paid_in = e.after.assets;
                self.book = e.after;
            }
            Happened::JuniorInitialized(e) => {
                let seed = e.after.junior_assets;
                self.paid_in += seed;
                self.booked(1, (signed(seed), signed(seed)), e.before, e.after);
            }
            Happened::CollateralDeposited(e) => {
                assert!(e.credited <= e.amount);
                self.paid_in += e.credited;
                self.booked(e.junior, (signed(e.credited), signed(e.minted)), e.before, e.after);
            }
            Happened::StakedAndRestaked(e) => {
                self.paid_in += e.credited;
                self.booked(e.junior, (signed(e.credited), signed(e.minted)), e.before, e.after);
            }
            Happened::InstantlyWithdrawn(e) => {
                assert!(e.received <= e.paid);
                self.paid_out += e.paid;
                self.booked(e.junior, (-signed(e.paid), -signed(e.vrt_amount)), e.before, e.after);
            }
            Happened::WithdrawalEnqueued(e) => {
                let queued = &mut self.queued[e.junior as usize];
                assert_eq!(*queued, e.queued_before);
                assert_eq!(e.queued_after, e.queued_before + e.vrt_amount);
                *queued = e.queued_after;
            }
            Happened::WithdrawalClaimed(e) => {
                let queued = &mut self.queued[e.junior as usize];
                assert_eq!(*queued, e.queued_before);
                assert_eq!(e.queued_after, e.queued_before - e.vrt_amount);
                *queued = e.queued_after;
                self.paid_out += e.paid;
                self.booked(e.junior, (-signed(e.paid), -signed(e.vrt_amount)), e.before, e.after);
            }
            Happened::RewardsPaid(e) => {
                assert_eq!(e.amount, e.to_operator + e.to_fee_account + e.streamed);
                self.reached(&e.before);
                let locked_rewards = e.before.locked_rewards + e.streamed;
                assert_eq!(e.after, BookEntry { locked_rewards, ..e.before });
                self.paid_in += e.streamed;
                self.book = e.after;
            }
            Happened::CollateralAllocated(e) => {
                self.reached(&e.book);
                assert_eq!(self.allocated, e.total_allocated_before);
                let added = e.warming_after - e.warming_before;
                assert_eq!(e.total_allocated_after, e.total_allocated_before + added);
                self.allocated = e.total_allocated_after;
            }
            Happened::DeallocationStarted(e) => assert_eq!(e.cooling_after, e.cooling_before + e.amount),
            Happened::OptedOut(e) => {
                assert_eq!(self.allocated, e.total_allocated_before);
                assert_eq!(e.total_allocated_after, e.total_allocated_before - e.freed);
                assert!(e.consents_after < e.consents_before && e.cooling_after >= e.cooling_before);
                self.allocated = e.total_allocated_after;
            }
            Happened::AllocationReleased(e) => {
                assert_eq!(self.allocated, e.total_allocated_before);
                let freed = e.amount_before - e.amount_after;
                assert_eq!(e.total_allocated_after, e.total_allocated_before - freed);
                self.allocated = e.total_allocated_after;
            }
            Happened::SlashRequested(e) => self.now_open(self.open_requests + 1, e.open_requests_after),
            Happened::SlashVetoed(e) => self.now_open(self.open_requests - 1, e.open_requests_after),
            Happened::SlashRequestClosed(e) => self.now_open(self.open_requests - 1, e.open_requests_after),
            Happened::SlashExecuted(e) => {
                self.reached(&e.before);
                assert_eq!(self.allocated, e.total_allocated_before);
                assert_eq!(e.allocated_after, e.allocated_before - e.slashed);
                assert_eq!(e.total_allocated_after, e.total_allocated_before - e.slashed);
                assert_eq!(e.epoch_slashed_after, e.epoch_slashed_before + e.slashed);
                let of_junior = e.slashed.min(e.before.junior_assets);
                let expected = BookEntry {
                    junior_assets: e.before.junior_assets - of_junior,
                    assets: e.before.assets - (e.slashed - of_junior),
                    ..e.before
                };
                assert_eq!(e.after, expected);
                (self.allocated, self.open_requests) = (e.total_allocated_after, e.open_requests_after);
                self.book = e.after;
                self.slashed += e.slashed;
            }
            Happened::DistributionCreated(e) => self.set_aside += e.total,
            Happened::RewardClaimed(e) => {
                assert_eq!(self.claimed, e.claimed_before);
                assert_eq!(e.claimed_after, e.claimed_before + e.amount);
                self.claimed = e.claimed_after;
            }
            Happened::RewardsClawedBack(e) => {
                assert_eq!(e.claimed, self.claimed);
                self.returned += e.returned;
            }
            Happened::OptedIn(e) => assert!(e.consents_after > e.consents_before),
            Happened::TicketTransferred(e) => assert_ne!(e.before, e.after),
            Happened::RolesSet(e) => assert_ne!(e.next_resolver_epoch, 0),
            Happened::VaultFeeSet(e) => assert_eq!((e.fee_bps_after, e.next_fee_bps), (0, 100)),
            Happened::OperatorFeeSet(e) => assert_eq!((e.fee_bps_after, e.next_fee_bps), (0, 200)),
            Happened::AdminProposed(e) => assert_ne!(e.admin, e.proposed),
            Happened::AdminChanged(e) => assert_ne!(e.before, e.after),
            Happened::Paused(e) => assert!(e.until_epoch > 0),
            Happened::LimitsSet(e) => assert_eq!(e.capacity, u64::MAX),
            Happened::Resumed(_) | Happened::UnstakeOrdered(_) => {}
            Happened::OperatorRegistered(_) | Happened::ServiceRegistered(_) => {}
        }
    }

    fn now_open(&mut self, expected: u64, open: u64) {
        assert_eq!(open, expected);
        self.open_requests = open;
    }
}

#[test]
fn the_ledger_can_be_rebuilt_from_events_alone() {
    let (mut world, initialize) = VaultFixture::planned(|_| {});
    let mut ledger = Ledger::new();
    let mut see = |attempt: Attempt| match <[Event; 1]>::try_from(attempt.unwrap().events()) {
        Ok([Event::RestakingVault(event)]) => ledger.follow(event),
        other => panic!("one event an instruction, not {other:?}"),
    };
    let admin = world.admin.key.insecure_clone();
    see(world.send(&[initialize], &[&admin]));
    let junior = world.plan_junior(ONE, 2_000);
    see(world.send(&[junior], &[&admin]));
    let alice = world.user(500 * ONE);
    let bold = world.junior_user(500 * ONE);
    see(world.deposit(&alice, 200 * ONE));
    see(world.with_junior(|world| world.deposit(&bold, 20 * ONE)));
    let (operator, service) = (world.funded_key(), world.funded_key());
    see(world.send(&[ix::register_operator(operator.pubkey())], &[&operator]));
    see(world.send(&[ix::register_service(service.pubkey())], &[&service]));
    let team = world.team_of(operator, service, None);
    see(world.set_operator_fee(&team, 200));
    let (insurance, paid) = (world.user(0), world.collateral_account_of(team.operator_authority.pubkey()));
    see(world.set_fee(Some(insurance.collateral), 100));
    let delegation_admin = world.delegation_admin.insecure_clone();
    for key in [&delegation_admin, &team.operator_authority, &team.service_authority] {
        see(world.opt_in(&team, key));
    }
    see(world.allocate(&team, 50 * ONE));
    see(world.allocate(&team, 25 * ONE));
    world.warm_up();
    let fees = ix::FeeAccounts {
        fee_account: Some(insurance.collateral),
        operator: Some(team.parties.operator),
        operator_collateral: Some(paid),
    };
    see(world.reward_with(&alice, 10 * ONE + 7, fees));
    let (ticket, other) = (Keypair::new(), Keypair::new());
    let order = ix::enqueue_withdrawal(&world.at, alice.address(), alice.vrt, ticket.pubkey(), 70 * ONE);
    see(world.send(&[order], &[&alice.key, &ticket]));
    let junior = world.junior.unwrap();
    let order = ix::enqueue_withdrawal(&junior, bold.address(), bold.vrt, other.pubkey(), ONE);
    see(world.send(&[order], &[&bold.key, &other]));
    see(world.give_ticket(&bold, other.pubkey(), alice.address()));
    for (nonce, end) in (0..).zip(["execute", "veto", "close"]) {
        let request = ix::request_slash(&world.at, &team.parties, nonce, 30 * ONE, [1; 32]);
        see(world.send(&[request], &[&team.service_authority]));
        let request = ix::slash_request_address(&team.allocation, nonce);
        match end {
            "execute" => {
                world.pass_epochs(2);
                see(world.execute(&team, request));
                world.pass_epochs(1);
                see(world.execute(&team, request));
            }
            "veto" => see(world.veto(&team, request)),
            _ => {
                world.pass_epochs(4);
                see(world.close_request(&team, request));
            }
        }
        world.pass_epochs(9);
    }
    see(world.reward(&alice, 3 * ONE));
    world.pass_slots(100_000);
    see(world.deposit(&alice, 33 * ONE + 1));
    see(world.leave(&alice, ONE));
    see(world.claim(&alice, ticket.pubkey()));
    let claim =
        ix::claim_withdrawal(&world.junior.unwrap(), other.pubkey(), alice.address(), alice.collateral, 0);
    see(world.send(&[claim], &[]));
    let left = world.allocation(&team).amount;
    see(world.deallocate(&team, left / 2));
    see(world.opt_out(&team, &team.service_authority));
    world.pass_epochs(9);
    see(world.release(&team));

    let leaves = [(alice.address(), 5), (bold.address(), 7)];
    let params = DistributionParams { root: [0; 32], amount: 20, expiry_epoch: world.epoch() + 2, leaves: 2 };
    let (drop, create) = world.plan_drop(&leaves, 20, &params);
    see(world.send(&[create], &[&drop.creator]));
    let tokens = world.token_account(TOKEN_PROGRAM, drop.at.mint, bold.address());
    let claim = ix::claim_reward(&drop.at, bold.address(), tokens, (1, 7), drop.tree.proof(1));
    see(world.send(&[claim], &[]));
    world.pass_epochs(2);
    see(world.send(&[ix::claw_back(&drop.at, drop.creator.pubkey(), drop.creator_tokens)], &[]));

    let heir = world.funded_key();
    see(world.set_limits(Limits { min_deposit: 2, capacity: u64::MAX, leverage_bps: 0 }));
    see(world.set_roles(Roles { resolver: heir.pubkey(), ..world.roles() }));
    see(world.pause(&admin));
    see(world.send(&[ix::resume(&world.at, admin.pubkey())], &[&admin]));
    see(world.send(&[ix::propose_admin(&world.at, admin.pubkey(), heir.pubkey())], &[&admin]));
    see(world.send(&[ix::accept_admin(&world.at, heir.pubkey())], &[&heir]));

    let vault = world.vault();
    ledger.reached(&BookEntry {
        assets: vault.assets,
        supply: vault.vrt_supply,
        junior_assets: vault.junior_assets,
        junior_supply: vault.junior_supply,
        locked_rewards: vault.locked_rewards,
        principal: 0,
    });
    assert_eq!(ledger.queued, [vault.queued_vrt, vault.queued_junior]);
    assert_eq!(ledger.allocated, vault.total_allocated);
    assert_eq!(ledger.open_requests, vault.open_requests);
    assert_eq!(ledger.paid_in, ledger.paid_out + ledger.slashed + whole(&ledger.book));
    assert!(ledger.paid_out > 0 && ledger.slashed > 0);
    assert_eq!((ledger.set_aside, ledger.claimed, ledger.returned), (20, 7, 13));
    world.settle();
}
