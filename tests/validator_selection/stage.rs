//! What stories about holders, groups and emergencies start from: validators that vote steadily, and holders with LST.

use sluice_sdk::validator_selection::accounts::Direction;
use sluice_sdk::validator_selection::types::Params;
use sluice_selection_math::Constraint;
use sluice_tests::pool::compute_limit;
use sluice_tests::selection::Vote;
use sluice_tests::*;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{joined, next_epoch, voted};

/// A validator as it votes until somebody says otherwise.
#[derive(Clone)]
pub struct Steady {
    pub name: String,
    pub vote: Address,
    pub credits: u64,
    pub commission_bps: u16,
}

/// A selection on LiteSVM, with everybody who takes part.
#[derive(Clone)]
pub struct Stage {
    pub svm: Svm,
    pub validators: Vec<Steady>,
    positions: Vec<Address>,
}

/// The fixture of a stage: it has only one.
pub fn fixture(svm: &mut Svm, params: Params, candidates: usize) -> SelectionFixture {
    SelectionFixture::with_capacity(svm, params, candidates, candidates)
}

/// A holder of LST.
pub struct Holder {
    pub keys: Keypair,
    pub lst: Address,
}

impl Holder {
    pub fn address(&self) -> Address {
        self.keys.pubkey()
    }
}

impl Stage {
    /// Validators of the given credits join; `lamports` lie in the reserve, nothing is allocated.
    pub fn new(params: Params, lamports: u64, validators: &[(&str, u64)]) -> (Self, SelectionFixture) {
        let mut svm = Svm::new();
        let selection = fixture(&mut svm, params, 100);
        let mut stage = Self { svm, validators: Vec::new(), positions: Vec::new() };
        for (name, credits) in validators {
            stage.join(&selection, name, *credits);
        }
        selection.fund(&mut stage.svm, lamports - SOL);
        (stage, selection)
    }

    pub fn join(&mut self, selection: &SelectionFixture, name: &str, credits: u64) -> Address {
        let vote = joined(&mut self.svm, selection, name, credits, 0);
        self.validators.push(Steady { name: name.to_owned(), vote, credits, commission_bps: 0 });
        vote
    }

    pub fn vote(&self, name: &str) -> Address {
        keypair(name).pubkey()
    }

    /// All of them, in the order they joined.
    pub fn votes(&self) -> Vec<Address> {
        self.validators.iter().map(|validator| validator.vote).collect()
    }

    /// From its next vote on.
    pub fn set_commission(&mut self, name: &str, commission_bps: u16) {
        let found = self.validators.iter_mut().find(|validator| validator.name == name);
        found.expect("a validator").commission_bps = commission_bps;
    }

    /// Everybody votes, as of now.
    pub fn all_vote(&mut self) {
        for Steady { name, credits, commission_bps, .. } in self.validators.clone() {
            voted(&mut self.svm, &name, credits, commission_bps);
        }
    }

    /// The next epoch, in which everybody has voted and the pool is updated.
    pub fn next(&mut self, selection: &SelectionFixture) {
        next_epoch(&mut self.svm, selection);
        self.all_vote();
    }

    /// The next epoch, with all its cranks.
    pub fn epoch(&mut self, selection: &SelectionFixture) {
        self.next(selection);
        selection.crank(&mut self.svm);
    }

    /// Observations and the allocation of the epoch under way.
    pub fn allocate(&mut self, selection: &SelectionFixture) {
        selection.observe_all(&mut self.svm);
        let allocate = [compute_limit(1_400_000), selection.allocate()];
        self.svm.must(&allocate, &[&selection.pool.payer]);
    }

    pub fn candidate(
        &self,
        selection: &SelectionFixture,
        name: &str,
    ) -> sluice_sdk::validator_selection::types::Candidate {
        selection.candidate(&self.svm, &self.vote(name))
    }

    pub fn ideal(&self, selection: &SelectionFixture, name: &str) -> u64 {
        self.candidate(selection, name).seat.ideal
    }

    pub fn constraint(&self, selection: &SelectionFixture, name: &str) -> Constraint {
        Constraint::from_code(self.candidate(selection, name).seat.constraint).expect("a known constraint")
    }

    // Holders.

    /// Somebody who deposited `lamports`.
    pub fn holder(&mut self, selection: &SelectionFixture, name: &str, lamports: u64) -> Holder {
        let (keys, lst) = selection.pool.user(&mut self.svm, name, lamports + SOL);
        let deposit = selection.pool.deposit_sol(&keys.pubkey(), &lst, lamports, 0);
        self.svm.must(&[deposit], &[&keys]);
        Holder { keys, lst }
    }

    /// Locks behind a validator, in a position whose key has the name `position`.
    pub fn direct(
        &mut self,
        selection: &SelectionFixture,
        holder: &Holder,
        name: &str,
        position: &str,
        shares: u64,
    ) -> Sent {
        let key = keypair(position);
        let vote = self.vote(name);
        let direct =
            selection.direct_stake(&self.svm, &vote, &holder.address(), &holder.lst, &key.pubkey(), shares);
        let sent = self.svm.must(&[direct], &[&holder.keys, &key]);
        self.positions.push(key.pubkey());
        sent
    }

    pub fn undirect(&mut self, selection: &SelectionFixture, holder: &Holder, position: &str) -> Sent {
        let undirect = selection.undirect_stake(&keypair(position).pubkey(), &holder.address(), u32::MAX);
        self.svm.must(&[undirect], &[&holder.keys])
    }

    pub fn claim(&mut self, selection: &SelectionFixture, holder: &Holder, position: &str) -> Sent {
        let claim = selection.claim_directed(&keypair(position).pubkey(), &holder.address(), &holder.lst);
        self.svm.must(&[claim], &[&holder.keys])
    }

    /// Nothing is lost and nothing is made: the vault has all bonds and all that was directed, to the unit, and behind
    /// each candidate is the sum of the positions that count for it.
    #[track_caller]
    pub fn assert_conserved(&self, selection: &SelectionFixture) {
        let state = selection.state(&self.svm);
        let vault = token::balance(&self.svm, &selection.vault);
        assert_eq!(vault, state.bonds + state.directed, "the vault");
        let positions: Vec<Direction> = self
            .positions
            .iter()
            .filter(|position| self.svm.account(position).is_some())
            .map(|position| selection.direction(&self.svm, position))
            .collect();
        assert_eq!(state.directed, positions.iter().map(|position| position.shares).sum::<u64>());
        let candidates = selection.registry(&self.svm).records;
        for candidate in &candidates {
            let behind: u64 = positions
                .iter()
                .filter(|position| {
                    position.vote == candidate.vote
                        && position.joined_epoch == candidate.joined_epoch
                        && position.release_epoch == u64::MAX
                })
                .map(|position| position.shares)
                .sum();
            assert_eq!(candidate.directed, behind, "behind {}", candidate.vote);
        }
        let bonds = candidates.iter().map(|candidate| candidate.bond + candidate.bond_leaving).sum::<u64>();
        assert_eq!(state.bonds, bonds, "bonds");
        ledger::assert_balanced(&self.svm, &selection.pool);
    }
}

/// A vote account as [`Steady`] validators have, whose last vote was cast in `slot`.
pub fn silent_since(svm: &mut Svm, name: &str, credits: u64, slot: u64) {
    let epoch = svm.clock().epoch;
    let vote = Vote { voted: Some(slot), ..Vote::steady(epoch, 10 + (epoch - 100), credits, 0) };
    vote.write(svm, name);
}
