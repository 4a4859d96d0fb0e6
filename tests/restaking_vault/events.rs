//! The ledger rebuilt from logs alone.

use sluice_sdk::Event;
use sluice_sdk::restaking_vault::events::RestakingVaultEvent as Happened;
use sluice_sdk::restaking_vault::types::BookEntry;

use crate::prelude::*;

/// Numbers an observer keeps while he reads nothing but events.
#[derive(Debug, PartialEq, Eq)]
struct Ledger {
    book: BookEntry,
    queued: u64,
    allocated: u64,
    open_requests: u64,
    paid_in: u64,
    paid_out: u64,
    slashed: u64,
}

impl Ledger {
    fn new() -> Self {
        let book = BookEntry { assets: 0, supply: 0 };
        Self { book, queued: 0, allocated: 0, open_requests: 0, paid_in: 0, paid_out: 0, slashed: 0 }
    }

    /// Follows one event. Where its "before" is not the ledger's state, an event is missing.
    fn follow(&mut self, event: Happened) {
        match event {
            Happened::VaultInitialized(e) => {
                self.paid_in = e.after.assets;
                self.book = e.after;
            }
            Happened::CollateralDeposited(e) => {
                assert_eq!(self.book, e.before);
                let (assets, supply) = (e.before.assets + e.amount, e.before.supply + e.minted);
                assert_eq!(e.after, BookEntry { assets, supply });
                self.book = e.after;
                self.paid_in += e.amount;
            }
            Happened::WithdrawalEnqueued(e) => {
                assert_eq!(self.queued, e.queued_before);
                assert_eq!(e.queued_after, e.queued_before + e.vrt_amount);
                self.queued = e.queued_after;
            }
            Happened::WithdrawalClaimed(e) => {
                assert_eq!((self.queued, &self.book), (e.queued_before, &e.before));
                assert_eq!(e.queued_after, e.queued_before - e.vrt_amount);
                let (assets, supply) = (e.before.assets - e.paid, e.before.supply - e.vrt_amount);
                assert_eq!(e.after, BookEntry { assets, supply });
                (self.queued, self.book) = (e.queued_after, e.after);
                self.paid_out += e.paid;
            }
            Happened::CollateralAllocated(e) => {
                assert_eq!((self.allocated, &self.book), (e.total_allocated_before, &e.book));
                let added = e.amount_after - e.amount_before;
                assert_eq!(e.total_allocated_after, e.total_allocated_before + added);
                self.allocated = e.total_allocated_after;
            }
            Happened::DeallocationStarted(e) => assert_eq!(e.cooling_after, e.cooling_before + e.amount),
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
                assert_eq!((self.allocated, &self.book), (e.total_allocated_before, &e.before));
                assert_eq!(e.allocated_after, e.allocated_before - e.slashed);
                assert_eq!(e.total_allocated_after, e.total_allocated_before - e.slashed);
                assert_eq!(e.epoch_slashed_after, e.epoch_slashed_before + e.slashed);
                let (assets, supply) = (e.before.assets - e.slashed, e.before.supply);
                assert_eq!(e.after, BookEntry { assets, supply });
                (self.allocated, self.open_requests) = (e.total_allocated_after, e.open_requests_after);
                self.book = e.after;
                self.slashed += e.slashed;
            }
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
    let alice = world.user(500 * ONE);
    see(world.deposit(&alice, 200 * ONE));
    let (operator, service) = (world.funded_key(), world.funded_key());
    see(world.send(&[ix::register_operator(operator.pubkey())], &[&operator]));
    see(world.send(&[ix::register_service(service.pubkey())], &[&service]));
    let team = world.team_of(operator, service, None);
    see(world.allocate(&team, 50 * ONE));
    see(world.allocate(&team, 25 * ONE));
    let ticket = Keypair::new();
    let order = ix::enqueue_withdrawal(&world.at, alice.address(), alice.vrt, ticket.pubkey(), 70 * ONE);
    see(world.send(&[order], &[&alice.key, &ticket]));
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
    see(world.deposit(&alice, 33 * ONE + 1));
    see(world.claim(&alice, ticket.pubkey()));
    let key = world.delegation_admin.insecure_clone();
    let left = world.allocation(&team).amount;
    see(world.deallocate(&team, &key, left));
    world.pass_epochs(9);
    see(world.release(&team));

    let vault = world.vault();
    assert_eq!(ledger.book, BookEntry { assets: vault.assets, supply: vault.vrt_supply });
    assert_eq!((ledger.queued, ledger.allocated), (vault.queued_vrt, vault.total_allocated));
    assert_eq!(ledger.open_requests, vault.open_requests);
    assert_eq!(ledger.paid_in, ledger.paid_out + ledger.slashed + vault.assets);
    assert!(ledger.paid_out > 0 && ledger.slashed > 0);
    world.settle();
}
