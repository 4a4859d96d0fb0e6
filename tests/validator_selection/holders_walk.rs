//! Random walks of holders, the oracle, validators that break their word and those who act on it: whatever happens in
//! whatever order, no LST is lost, no weight counts twice, no limit is passed, and the allocation always comes to its end.

use sluice_sdk::validator_selection::types::Params;
use sluice_tests::pool::compute_limit;
use sluice_tests::selection::{Vote, close_account, open_params};
use sluice_tests::*;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::stage::{Holder, Stage};
use crate::{Error, FULL};

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const LST: u64 = 300 * SOL;

struct Walk {
    stage: Stage,
    selection: SelectionFixture,
    holders: Vec<Holder>,
    /// Positions by the holder's place, and how many there were ever.
    positions: Vec<(usize, String)>,
    made: usize,
    oracle: Keypair,
    seed: u64,
    claims: u64,
    emergencies: u64,
    partial: u64,
}

impl Walk {
    fn start(seed: u64) -> Self {
        let params = Params {
            cap_bps: 2_500,
            aso_cap_bps: 4_000,
            directed_bps: 1_500,
            emergency_bps: 1_000,
            max_moved_bps: 1_000,
            max_commission_bps: 1_000,
            delinquent_slots: 500,
            ..open_params()
        };
        let validators = NAMES.map(|name| (name, FULL));
        let open = Params { max_moved_bps: 10_000, ..params.clone() };
        let (mut stage, selection) = Stage::new(open, 1_000 * SOL, &validators);
        selection.crank(&mut stage.svm);
        stage.svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
        let holders = ["holly", "adam"].map(|name| stage.holder(&selection, name, LST)).into();
        let oracle = stage.svm.wallet("oracle", SOL);
        stage.svm.must(&[selection.set_oracle(&oracle.pubkey())], &[&selection.pool.admin]);
        let (positions, made, claims, emergencies, partial) = (Vec::new(), 0, 0, 0, 0);
        Self { stage, selection, holders, positions, made, oracle, seed, claims, emergencies, partial }
    }

    fn draw(&mut self, bound: u64) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % bound
    }

    fn name(&mut self) -> &'static str {
        NAMES[self.draw(6) as usize]
    }

    /// Sends what may be refused, but only for one of these reasons; true if it was not.
    #[track_caller]
    fn try_send(&mut self, instruction: Instruction, signers: &[&Keypair], reasons: &[Error]) -> bool {
        match self.stage.svm.send(&[compute_limit(1_400_000), instruction], signers) {
            Ok(_) => true,
            Err(failed) => {
                let allowed = reasons.iter().any(|reason| failed.code() == Some(reason.clone() as u32));
                assert!(allowed, "{:?}\n{}", failed.err, failed.logs.join("\n"));
                false
            }
        }
    }

    /// New vote accounts: some greedy, some gone, some silent.
    fn vote(&mut self) {
        let (epoch, slot) = (self.stage.svm.clock().epoch, self.stage.svm.clock().slot);
        for name in NAMES {
            let vote = Vote::steady(epoch, 10 + (epoch - 100), FULL, self.draw(900) as u16);
            let vote = match self.draw(40) {
                0 => Vote { commission_bps: 10_000, ..vote },
                1 => Vote { voted: Some(slot.saturating_sub(1_000)), ..vote },
                2 => Vote { node: Some(keypair(["x", "y"][self.draw(2) as usize]).pubkey()), ..vote },
                3 => {
                    let address = self.stage.vote(name);
                    close_account(&mut self.stage.svm, &address);
                    continue;
                }
                _ => vote,
            };
            vote.write(&mut self.stage.svm, name);
        }
    }

    fn step(&mut self) {
        let payer = self.selection.pool.payer.insecure_clone();
        match self.draw(14) {
            0 | 1 => {
                let (at, name) = (self.draw(2) as usize, self.name());
                let left = token::balance(&self.stage.svm, &self.holders[at].lst);
                if left > SOL {
                    let position = format!("position {}", self.made);
                    let shares = SOL + self.draw(left - SOL);
                    self.stage.direct(&self.selection, &self.holders[at], name, &position, shares);
                    self.made += 1;
                    self.positions.push((at, position));
                }
            }
            2 | 3 if !self.positions.is_empty() => {
                let pick = self.draw(self.positions.len() as u64) as usize;
                let (at, position) = self.positions[pick].clone();
                let holder = &self.holders[at];
                let (owner, key) = (holder.keys.insecure_clone(), keypair(&position).pubkey());
                let undirect = self.selection.undirect_stake(&key, &owner.pubkey(), pick as u32);
                let claim = self.selection.claim_directed(&key, &owner.pubkey(), &holder.lst);
                if self.draw(2) == 0 {
                    self.try_send(undirect, &[&owner], &[Error::AlreadyReleasing]);
                } else if self.try_send(claim, &[&owner], &[Error::DirectionNotReleased]) {
                    self.positions.swap_remove(pick);
                    self.claims += 1;
                }
            }
            4 => {
                self.stage.svm.advance_epoch();
                self.selection.pool.update(&mut self.stage.svm);
                self.vote();
                if self.draw(2) == 0 {
                    self.selection.crank(&mut self.stage.svm);
                }
            }
            5 => self.vote(),
            6 | 7 => {
                let votes = self.selection.votes(&self.stage.svm);
                let observe = self.selection.observe(&self.stage.svm, &votes);
                self.try_send(observe, &[&payer], &[Error::AllocationRunning]);
            }
            8 => {
                let work = 1 + self.draw(12) as u32;
                let reasons = [Error::AlreadyAllocated, Error::NotObserved, Error::NotAllObserved];
                let allocate = self.selection.allocate_some(work);
                if self.try_send(allocate, &[&payer], &reasons) {
                    self.partial += 1;
                }
            }
            9 | 10 => {
                let votes = self.selection.votes(&self.stage.svm);
                let rebalance = self.selection.rebalance(&self.stage.svm, &votes[..3]);
                self.try_send(rebalance, &[&payer], &[Error::NotAllocated]);
            }
            11 => {
                let votes = self.selection.votes(&self.stage.svm);
                let before = self.taken();
                let unstake = self.selection.emergency_unstake(&self.stage.svm, &votes[..4]);
                self.try_send(unstake, &[&payer], &[Error::AllocationRunning]);
                self.emergencies += u64::from(self.taken() > before);
            }
            12 => {
                let group = (keypair(self.name()).pubkey(), self.draw(4) as u16, self.draw(3) as u16);
                let oracle = self.oracle.insecure_clone();
                let set = self.selection.set_groups(&self.stage.svm, &oracle.pubkey(), &[group]);
                self.try_send(set, &[&oracle], &[Error::AllocationRunning]);
            }
            _ => {
                let vote = keypair(self.name()).pubkey();
                let confirm = self.selection.confirm_identity(&self.stage.svm, &vote);
                let reasons = [
                    Error::AllocationRunning,
                    Error::IdentityKnown,
                    Error::IdentityTaken,
                    Error::IdentityChanged,
                    Error::NotAVoteAccount,
                ];
                self.try_send(confirm, &[&payer], &reasons);
            }
        }
    }

    /// What emergencies took in this epoch.
    fn taken(&self) -> u64 {
        let state = self.selection.state(&self.stage.svm);
        let is_now = state.emergency_epoch == self.stage.svm.clock().epoch;
        if is_now { state.emergency_lamports } else { 0 }
    }

    #[track_caller]
    fn check(&self) {
        self.stage.assert_conserved(&self.selection);
        let (svm, selection) = (&self.stage.svm, &self.selection);
        let (state, pool) = (selection.state(svm), selection.pool.state(svm));
        assert!(self.taken() <= pool.total_lamports / 10);
        // No more LST counts than there is with the holders.
        let candidates = selection.registry(svm).records;
        let counted: u64 = candidates.iter().map(|candidate| candidate.directed).sum();
        assert!(counted <= state.directed && state.directed <= 2 * LST);
        let free: u64 = self.holders.iter().map(|holder| token::balance(svm, &holder.lst)).sum();
        assert_eq!(free + state.directed, 2 * LST);
        // Two that compete never share an identity.
        for (i, one) in candidates.iter().enumerate() {
            for other in candidates[..i].iter().filter(|other| other.identity == one.identity) {
                assert!(one.flags & 4 != 0 || other.flags & 4 != 0);
            }
        }
        let ideals = |of: &dyn Fn(&sluice_sdk::validator_selection::types::SeatRecord) -> bool| -> u64 {
            candidates.iter().map(|c| &c.seat).filter(|seat| of(seat)).map(|seat| seat.ideal).sum()
        };
        let is_done = state.allocated_epoch == svm.clock().epoch;
        if is_done {
            assert!(state.moved_up <= state.move_limit && state.moved_down <= state.move_limit);
            assert!(candidates.iter().all(|candidate| candidate.seat.ideal <= state.cap));
            assert!(ideals(&|_| true) <= pool.total_lamports);
        }
    }
}

#[test]
fn whatever_holders_and_validators_do_nothing_is_lost_and_nothing_stops() {
    let (mut claims, mut emergencies, mut partial) = (0, 0, 0);
    for seed in 0..10 {
        let mut walk = Walk::start(seed);
        for _ in 0..400 {
            walk.step();
            walk.check();
        }
        // However it was left, it goes on: the next epoch has its allocation and its moves, and everybody gets its LST.
        walk.stage.epoch(&walk.selection);
        for (at, position) in walk.positions.clone() {
            let owner = walk.holders[at].keys.insecure_clone();
            let undirect = walk.selection.undirect_stake(&keypair(&position).pubkey(), &owner.pubkey(), 0);
            walk.try_send(undirect, &[&owner], &[Error::AlreadyReleasing]);
        }
        walk.stage.svm.advance_epoch();
        walk.stage.svm.advance_epoch();
        for (at, position) in walk.positions.clone() {
            walk.stage.claim(&walk.selection, &walk.holders[at], &position);
        }
        assert_eq!(token::balance(&walk.stage.svm, &walk.selection.vault), 0);
        claims += walk.claims;
        emergencies += walk.emergencies;
        partial += walk.partial;
    }
    println!("claims {claims}, emergencies {emergencies}, steps {partial}");
    assert!(claims > 20 && emergencies > 10 && partial > 20);
}
