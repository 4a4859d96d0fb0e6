//! Fixture client of validator-selection: a pool whose stake it decides, each instruction with the right accounts, and
//! vote accounts as they would stand on chain.

mod ways;

use std::collections::VecDeque;

use borsh::BorshSerialize;
use sluice_sdk::pda::staking_pool as pool_pda;
use sluice_sdk::slab::SlabHeader;
use sluice_sdk::validator_selection::accounts::{Config, Ranking, RegistryHeader};
use sluice_sdk::validator_selection::errors::ValidatorSelectionError;
use sluice_sdk::validator_selection::instructions::*;
use sluice_sdk::validator_selection::pdas;
use sluice_sdk::validator_selection::programs::VALIDATOR_SELECTION_ID;
use sluice_sdk::validator_selection::types::{Candidate, Params, Place};
use sluice_sdk::{AccountData, Slab};
use solana_account::Account;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_vote_interface::authorized_voters::AuthorizedVoters;
use solana_vote_interface::state::{
    LandedVote, Lockout, VoteState1_14_11, VoteStateV3, VoteStateV4, VoteStateVersions,
};

use crate::chain::{Chain, ErrorCode, Sent, keypair};
use crate::pool::{PoolFixture, PoolOptions, compute_limit};
use crate::{SOL, Svm, token};

impl ErrorCode for ValidatorSelectionError {
    fn number(&self) -> u32 {
        self.clone() as u32
    }
}

/// Not in the pool's list, in place of an index.
pub const NOT_IN_POOL: u32 = u32::MAX;
/// Candidates of a batch that fit a legacy transaction, to observe and to rebalance.
const OBSERVE_BATCH: usize = 20;
const REBALANCE_BATCH: usize = 4;

/// Settings with which every candidate may compete: at most a quarter of the pool each, 5 % liquid, no movement limit, no
/// bonds, no cap on groups or shares of the network, and moves cost nothing.
pub fn open_params() -> Params {
    Params {
        kappa_prior: 24_000_000,
        min_move: 0,
        grace_slots: 1_000,
        min_history: 3,
        delinquent_slots: 10_000,
        join_bond: 0,
        cap_bps: 2_500,
        reserve_bps: 500,
        max_moved_bps: 10_000,
        max_commission_bps: 10_000,
        aso_cap_bps: 10_000,
        country_cap_bps: 10_000,
        network_cap_bps: 10_000,
        directed_bps: 2_000,
        emergency_bps: 10_000,
        horizon_epochs: 10,
        move_cost_bps: 0,
        hysteresis_bps: 0,
        min_bond_bps: 0,
        bid_epochs: 4,
        notice_epochs: 2,
        performance_grace_bps: 10_000,
        untried_bps: 10_000,
        padding: [0; 3],
    }
}

/// A pool, its selection, and the keys of those who run them.
pub struct SelectionFixture {
    pub pool: PoolFixture,
    pub config: Address,
    pub registry: Address,
    /// Signed `initialize` by the key of the name "ranking".
    pub ranking: Address,
    /// Bonds and directed LST.
    pub vault: Address,
}

impl SelectionFixture {
    pub fn new<C: Chain>(chain: &mut C) -> Self {
        Self::with_params(chain, open_params())
    }

    pub fn with_params<C: Chain>(chain: &mut C, params: Params) -> Self {
        Self::with_capacity(chain, params, 100, 100)
    }

    /// Room for so many candidates, and for so many validators in the pool's list.
    pub fn with_capacity<C: Chain>(
        chain: &mut C,
        params: Params,
        candidates: usize,
        validators: usize,
    ) -> Self {
        let fixture = Self::prepare(chain, candidates, validators);
        let initialize = fixture.initialize(params);
        let keys = [keypair("registry"), keypair("ranking")];
        chain.must(&[initialize], &[&fixture.pool.payer, &fixture.pool.admin, &keys[0], &keys[1]]);
        fixture
    }

    /// Everything `initialize` needs, and not yet the selection. The keys of the names "registry" and "ranking" sign it.
    pub fn prepare<C: Chain>(chain: &mut C, candidates: usize, validators: usize) -> Self {
        let config = pdas::find_config(&pool_pda::find_pool(&keypair("slSOL mint").pubkey()).0).0;
        let options = PoolOptions {
            capacity: validators,
            delegation_authority: Some(config),
            ..PoolOptions::default()
        };
        let pool = PoolFixture::with_options(chain, options);
        let registry = Self::new_registry(chain, &pool.payer, "registry", candidates);
        let vault = keypair("selection vault");
        token::create_token_account(chain, &pool.payer, &vault, &pool.mint, &config);
        let ranking = Self::new_ranking(chain, &pool.payer, "ranking");
        Self { pool, config, registry, ranking, vault: vault.pubkey() }
    }

    /// An empty account of the program with room for so many candidates.
    pub fn new_registry<C: Chain>(chain: &mut C, payer: &Keypair, name: &str, candidates: usize) -> Address {
        Self::new_account(chain, payer, name, RegistryHeader::space(candidates))
    }

    /// An empty account of the program with room for an allocation.
    pub fn new_ranking<C: Chain>(chain: &mut C, payer: &Keypair, name: &str) -> Address {
        Self::new_account(chain, payer, name, Ranking::SIZE)
    }

    fn new_account<C: Chain>(chain: &mut C, payer: &Keypair, name: &str, space: usize) -> Address {
        let account = keypair(name);
        // A large registry's rent is more than the payer of most tests has.
        chain.airdrop(&payer.pubkey(), chain.rent_exempt(space));
        let create = token::create_account(chain, payer, &account.pubkey(), space, &VALIDATOR_SELECTION_ID);
        chain.must(&[create], &[payer, &account]);
        account.pubkey()
    }

    pub fn initialize(&self, params: Params) -> Instruction {
        self.initialize_accounts().instruction(InitializeInstructionArgs { params })
    }

    pub fn initialize_accounts(&self) -> Initialize {
        Initialize {
            payer: self.pool.payer.pubkey(),
            pool: self.pool.pool,
            admin: self.pool.admin.pubkey(),
            config: self.config,
            ranking: self.ranking,
            registry: self.registry,
            vault: self.vault,
        }
    }

    // The admin.

    pub fn set_params(&self, params: Params) -> Instruction {
        SetParams { config: self.config, admin: self.pool.admin.pubkey() }
            .instruction(SetParamsInstructionArgs { params })
    }

    pub fn ban<C: Chain>(&self, chain: &C, vote: &Address, banned: bool) -> Instruction {
        self.ban_accounts(vote)
            .instruction(BanInstructionArgs { index: self.place(chain, vote).index, banned })
    }

    pub fn ban_accounts(&self, vote: &Address) -> Ban {
        Ban { config: self.config, admin: self.pool.admin.pubkey(), registry: self.registry, vote: *vote }
    }

    // Validators.

    /// Without a bond, brought by the pool's payer.
    pub fn join(&self, vote: &Address) -> Instruction {
        self.join_by(vote, &self.pool.payer.pubkey())
    }

    /// Without a bond, brought by anybody: of the token account nothing is taken.
    pub fn join_by(&self, vote: &Address, payer: &Address) -> Instruction {
        self.join_accounts(vote, payer, &keypair("nobody's slSOL").pubkey())
            .instruction(JoinInstructionArgs { bond: 0 })
    }

    pub fn join_accounts(&self, vote: &Address, payer: &Address, payer_lst: &Address) -> Join {
        Join {
            config: self.config,
            registry: self.registry,
            pool: self.pool.pool,
            vote: *vote,
            payer: *payer,
            payer_lst: *payer_lst,
            vault: self.vault,
            token_program: self.pool.token_program,
        }
    }

    pub fn leave<C: Chain>(
        &self,
        chain: &C,
        vote: &Address,
        authority: &Address,
        leaving: bool,
    ) -> Instruction {
        Leave { config: self.config, registry: self.registry, vote: *vote, authority: *authority }
            .instruction(LeaveInstructionArgs { index: self.place(chain, vote).index, leaving })
    }

    // Cranks.

    pub fn observe<C: Chain>(&self, chain: &C, votes: &[Address]) -> Instruction {
        let places = votes.iter().map(|vote| self.place(chain, vote)).collect();
        self.observe_places(places, votes)
    }

    pub fn observe_places(&self, batch: Vec<Place>, votes: &[Address]) -> Instruction {
        let metas: Vec<_> = votes.iter().map(|vote| AccountMeta::new_readonly(*vote, false)).collect();
        self.observe_accounts().instruction_with_remaining_accounts(ObserveInstructionArgs { batch }, &metas)
    }

    pub fn observe_accounts(&self) -> Observe {
        Observe {
            config: self.config,
            registry: self.registry,
            pool: self.pool.pool,
            validator_list: self.pool.list,
        }
    }

    /// All of it at once.
    pub fn allocate(&self) -> Instruction {
        self.allocate_some(u32::MAX)
    }

    pub fn allocate_some(&self, work: u32) -> Instruction {
        self.allocate_accounts().instruction(AllocateInstructionArgs { work })
    }

    pub fn allocate_accounts(&self) -> Allocate {
        Allocate {
            config: self.config,
            registry: self.registry,
            ranking: self.ranking,
            pool: self.pool.pool,
            reserve: self.pool.reserve,
            validator_list: self.pool.list,
        }
    }

    pub fn rebalance<C: Chain>(&self, chain: &C, votes: &[Address]) -> Instruction {
        let places = votes.iter().map(|vote| self.place(chain, vote)).collect();
        let metas: Vec<_> = votes.iter().flat_map(|vote| self.rebalance_metas(chain, vote)).collect();
        self.rebalance_places(places, &metas)
    }

    pub fn rebalance_places(&self, batch: Vec<Place>, metas: &[AccountMeta]) -> Instruction {
        self.rebalance_accounts()
            .instruction_with_remaining_accounts(RebalanceInstructionArgs { batch }, metas)
    }

    pub fn rebalance_accounts(&self) -> Rebalance {
        Rebalance {
            config: self.config,
            registry: self.registry,
            pool: self.pool.pool,
            reserve: self.pool.reserve,
            validator_list: self.pool.list,
        }
    }

    /// The three accounts a candidate needs, whichever way its stake moves.
    pub fn rebalance_metas<C: Chain>(&self, chain: &C, vote: &Address) -> [AccountMeta; 3] {
        let target = self.candidate(chain, vote).seat.target;
        let record = self.pool.list(chain).records.into_iter().find(|record| record.vote == *vote);
        let (held, has_stake) =
            record.map_or((0, false), |record| (record.stake + record.activating, record.stake_state != 0));
        // With a canonical account an increase goes beside it; without one, a decrease comes from beside it.
        let beside = held > 0 && has_stake != (target <= held);
        let stake = if beside { self.pool.activating(vote) } else { self.pool.stake(vote) };
        [
            AccountMeta::new_readonly(*vote, false),
            AccountMeta::new(stake, false),
            AccountMeta::new(self.pool.deactivating(vote), false),
        ]
    }

    pub fn remove<C: Chain>(&self, chain: &C, vote: &Address) -> Instruction {
        Remove { config: self.config, registry: self.registry, validator_list: self.pool.list, vote: *vote }
            .instruction(RemoveInstructionArgs { index: self.place(chain, vote).index })
    }

    /// Observes every candidate, in batches; what each transaction came to.
    pub fn observe_all<C: Chain>(&self, chain: &mut C) -> Vec<Sent> {
        let votes = self.votes(chain);
        votes
            .chunks(OBSERVE_BATCH)
            .map(|votes| {
                let observe = self.observe(chain, votes);
                chain.must(&[observe], &[&self.pool.payer])
            })
            .collect()
    }

    /// Rebalances every candidate, decreases first, in batches.
    pub fn rebalance_all<C: Chain>(&self, chain: &mut C) -> Vec<Sent> {
        let mut votes = self.votes(chain);
        votes.sort_by_key(|vote| self.candidate(chain, vote).seat.target);
        votes
            .chunks(REBALANCE_BATCH)
            .map(|votes| {
                let rebalance = self.rebalance(chain, votes);
                chain.must(&[compute_limit(1_400_000), rebalance], &[&self.pool.payer])
            })
            .collect()
    }

    /// Everything an epoch needs: the pool's update, observations, the allocation, the moves.
    pub fn crank<C: Chain>(&self, chain: &mut C) {
        if self.pool.state(chain).updated_epoch != chain.clock().epoch {
            self.pool.update(chain);
        }
        self.observe_all(chain);
        chain.must(&[compute_limit(1_400_000), self.allocate()], &[&self.pool.payer]);
        self.rebalance_all(chain);
    }

    // Reading.

    pub fn state<C: Chain>(&self, chain: &C) -> Config {
        Config::decode(&chain.account(&self.config).expect("the config exists").data).expect("a config")
    }

    pub fn registry<C: Chain>(&self, chain: &C) -> Slab<RegistryHeader> {
        Slab::decode(&chain.account(&self.registry).expect("the registry exists").data).expect("a registry")
    }

    pub fn votes<C: Chain>(&self, chain: &C) -> Vec<Address> {
        self.registry(chain).records.iter().map(|candidate| candidate.vote).collect()
    }

    #[track_caller]
    pub fn candidate<C: Chain>(&self, chain: &C, vote: &Address) -> Candidate {
        let candidates = self.registry(chain).records;
        candidates.into_iter().find(|candidate| candidate.vote == *vote).expect("a candidate")
    }

    /// Where a candidate is, as a client that has just read both lists knows it.
    #[track_caller]
    pub fn place<C: Chain>(&self, chain: &C, vote: &Address) -> Place {
        let index = self.votes(chain).iter().position(|candidate| candidate == vote).expect("a candidate");
        let pool_index = self.pool.list(chain).records.iter().position(|record| record.vote == *vote);
        Place { index: index as u32, pool_index: pool_index.map_or(NOT_IN_POOL, |index| index as u32) }
    }

    /// What the pool holds with a validator, cooling stake included; 0 if it is not in the list.
    pub fn held<C: Chain>(&self, chain: &C, vote: &Address) -> u64 {
        let records = self.pool.list(chain).records;
        records
            .iter()
            .find(|record| record.vote == *vote)
            .map_or(0, |r| r.stake + r.activating + r.deactivating)
    }

    /// `lamports` more in the reserve, by a deposit.
    pub fn fund<C: Chain>(&self, chain: &mut C, lamports: u64) {
        let depositor = keypair("depositor");
        let lst = keypair("depositor's slSOL").pubkey();
        if chain.account(&lst).is_none() {
            self.pool.user(chain, "depositor", SOL);
        }
        chain.airdrop(&depositor.pubkey(), lamports + SOL);
        chain.must(&[self.pool.deposit_sol(&depositor.pubkey(), &lst, lamports, 0)], &[&depositor]);
    }
}

/// Which layout a written vote account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteLayout {
    V1_14_11,
    V3,
    V4,
}

/// A vote account to be written.
#[derive(Clone, Debug)]
pub struct Vote {
    pub layout: VoteLayout,
    /// `None`: the key of the name "NAME's node", after the account's.
    pub node: Option<Address>,
    pub withdrawer: Address,
    pub commission_bps: u16,
    /// Epoch and credits earned in it, oldest first.
    pub credits: Vec<(u64, u64)>,
    /// The slot of the last vote; `None`: the one it is written in.
    pub voted: Option<u64>,
}

impl Vote {
    /// `epochs` full epochs of `credits` each up to `epoch`, which has begun.
    pub fn steady(epoch: u64, epochs: u64, credits: u64, commission_bps: u16) -> Self {
        Self {
            layout: VoteLayout::V4,
            node: None,
            withdrawer: keypair("withdrawer").pubkey(),
            commission_bps,
            credits: (epoch - epochs..=epoch)
                .map(|e| (e, if e == epoch { 1_000 } else { credits }))
                .collect(),
            voted: None,
        }
    }

    fn state(&self, node: Address, voted: u64) -> VoteStateVersions {
        let vote = LandedVote { latency: 1, lockout: Lockout::new_with_confirmation_count(voted, 1) };
        let votes = VecDeque::from([vote]);
        let mut total = 0;
        let epoch_credits = self
            .credits
            .iter()
            .map(|(epoch, earned)| {
                let before = total;
                total += earned;
                (*epoch, total, before)
            })
            .collect();
        let authorized_voters = AuthorizedVoters::new(0, node);
        let commission = (self.commission_bps / 100) as u8;
        match self.layout {
            VoteLayout::V1_14_11 => VoteStateVersions::V1_14_11(Box::new(VoteState1_14_11 {
                node_pubkey: node,
                authorized_withdrawer: self.withdrawer,
                commission,
                votes: votes.into_iter().map(|vote| vote.lockout).collect(),
                authorized_voters,
                epoch_credits,
                ..Default::default()
            })),
            VoteLayout::V3 => VoteStateVersions::new_v3(VoteStateV3 {
                node_pubkey: node,
                authorized_withdrawer: self.withdrawer,
                commission,
                votes,
                authorized_voters,
                epoch_credits,
                ..Default::default()
            }),
            VoteLayout::V4 => VoteStateVersions::new_v4(VoteStateV4 {
                node_pubkey: node,
                authorized_withdrawer: self.withdrawer,
                inflation_rewards_commission_bps: self.commission_bps,
                block_revenue_commission_bps: 10_000,
                votes,
                authorized_voters,
                epoch_credits,
                ..Default::default()
            }),
        }
    }

    /// Writes it at the address of `name`.
    pub fn write(&self, svm: &mut Svm, name: &str) -> Address {
        let address = keypair(name).pubkey();
        let mut data = vec![0; VoteStateV4::size_of()];
        let node = self.node.unwrap_or_else(|| keypair(&format!("{name}'s node")).pubkey());
        let state = self.state(node, self.voted.unwrap_or(svm.clock().slot));
        VoteStateV4::serialize(&state, &mut data).expect("fits");
        write_account(svm, &address, data, solana_sdk_ids::vote::ID);
        address
    }
}

/// Puts an account in place, rent-exempt.
pub fn write_account(svm: &mut Svm, address: &Address, data: Vec<u8>, owner: Address) {
    let lamports = svm.rent_exempt(data.len());
    let account = Account { lamports, data, owner, executable: false, rent_epoch: u64::MAX };
    svm.0.set_account(*address, account).expect("valid account");
}

/// Takes an account away, as closing it would.
pub fn close_account(svm: &mut Svm, address: &Address) {
    svm.0.set_account(*address, Account::default()).expect("valid account");
}

/// Overwrites the config, for states that take long to reach.
pub fn write_config(svm: &mut Svm, fixture: &SelectionFixture, change: impl FnOnce(&mut Config)) {
    let mut account = svm.account(&fixture.config).expect("the config exists");
    let mut config = Config::decode(&account.data).expect("a config");
    change(&mut config);
    account.data = serialized(&config);
    svm.0.set_account(fixture.config, account).expect("valid account");
}

/// Overwrites the candidates, for registries that take long to fill.
pub fn write_candidates(svm: &mut Svm, fixture: &SelectionFixture, candidates: &[Candidate]) {
    let mut account = svm.account(&fixture.registry).expect("the registry exists");
    let records = candidates.iter().flat_map(serialized).collect::<Vec<_>>();
    account.data[RegistryHeader::SIZE..][..4].copy_from_slice(&(candidates.len() as u32).to_le_bytes());
    account.data[RegistryHeader::RECORDS_OFFSET..][..records.len()].copy_from_slice(&records);
    svm.0.set_account(fixture.registry, account).expect("valid account");
}

fn serialized(value: &impl BorshSerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.serialize(&mut bytes).expect("memory is large enough");
    bytes
}
