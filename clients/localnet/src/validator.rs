//! A running validator: its keys, its accounts at genesis and where it stands in its script.
//! It never talks to the bank; `voting` and `epochs` do that.

use {
    crate::{
        config::LAMPORTS_PER_SOL,
        script::{ValidatorScript, VoteStateVersion},
        seed,
    },
    solana_account::Account,
    solana_address::Address,
    solana_bls_signatures::keypair::Keypair as BlsKeypair,
    solana_clock::Clock,
    solana_keypair::Keypair,
    solana_rent::Rent,
    solana_signer::Signer,
    solana_stake_interface::{
        stake_flags::StakeFlags,
        state::{Authorized, Delegation, Lockup, Meta, Stake, StakeStateV2},
    },
    solana_vote_interface::state::{
        BlockTimestamp, VoteInit, VoteInitV2, VoteState1_14_11, VoteStateV3, VoteStateV4, VoteStateVersions,
    },
};

/// What a vote account owns above its rent at genesis: the spare balance that an admission ticket asks for.
const VOTE_ACCOUNT_LAMPORTS: u64 = 20 * LAMPORTS_PER_SOL;
/// What an identity owns at genesis.
const IDENTITY_LAMPORTS: u64 = 10 * LAMPORTS_PER_SOL;
/// A stake account that was active before the first epoch, as the runtime marks those of genesis.
const BOOTSTRAP_EPOCH: u64 = u64::MAX;

/// A validator of the localnet.
#[derive(Debug)]
pub struct Validator {
    pub(crate) script: ValidatorScript,
    pub(crate) identity: Keypair,
    pub(crate) withdrawer: Keypair,
    vote_address: Address,
    stake_address: Address,
    pub(crate) status: Status,
    /// The uptime of this epoch, jitter included.
    pub(crate) current_uptime: f64,
    /// Millionths of a credit earned and not yet written.
    pub(crate) credit_dust: u64,
}

/// Where a validator stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Voting,
    Delinquent,
    /// It will never vote again; its vote account may still be open.
    Dead,
    /// Its vote account is closed.
    Closed,
}

impl Validator {
    pub(crate) fn new(seed: u64, script: ValidatorScript) -> Self {
        let key = |role| seed::keypair(seed, role, &script.name);
        let vote_address = script.vote_address.unwrap_or_else(|| key("vote").pubkey());
        Self {
            identity: key("identity"),
            withdrawer: key("withdrawer"),
            vote_address,
            stake_address: key("stake").pubkey(),
            status: Status::Voting,
            current_uptime: script.uptime,
            credit_dust: 0,
            script,
        }
    }

    pub fn name(&self) -> &str {
        &self.script.name
    }

    /// The script as it stands now: events that passed have changed it.
    pub fn script(&self) -> &ValidatorScript {
        &self.script
    }

    pub fn status(&self) -> Status {
        self.status
    }

    pub fn vote_address(&self) -> Address {
        self.vote_address
    }

    /// The stake account that was delegated to it at genesis. Its staker and withdrawer is [`Self::withdrawer`].
    pub fn stake_address(&self) -> Address {
        self.stake_address
    }

    /// The node's key: its authorized voter too.
    pub fn identity(&self) -> &Keypair {
        &self.identity
    }

    /// The authorized withdrawer of the vote account and of the stake account of genesis.
    pub fn withdrawer(&self) -> &Keypair {
        &self.withdrawer
    }

    /// Its accounts at genesis: vote, stake, identity.
    pub(crate) fn genesis_accounts(&self, rent: &Rent, genesis_time: i64) -> Vec<(Address, Account)> {
        let mut accounts = vec![
            (self.vote_address, self.vote_account(rent, genesis_time)),
            (self.identity.pubkey(), system_account(IDENTITY_LAMPORTS)),
            (self.withdrawer.pubkey(), system_account(IDENTITY_LAMPORTS)),
        ];
        if self.script.stake_lamports > 0 {
            accounts.push((self.stake_address, self.stake_account(rent)));
        }
        accounts
    }

    fn vote_account(&self, rent: &Rent, genesis_time: i64) -> Account {
        let init = VoteInit {
            node_pubkey: self.identity.pubkey(),
            authorized_voter: self.identity.pubkey(),
            authorized_withdrawer: self.withdrawer.pubkey(),
            commission: (self.script.commission_bps / 100) as u8,
        };
        let clock = Clock::default();
        let last_timestamp = BlockTimestamp { slot: 0, timestamp: genesis_time };
        let (state, space) = match self.script.vote_state {
            VoteStateVersion::V4 => {
                let init = VoteInitV2 {
                    node_pubkey: init.node_pubkey,
                    authorized_voter: init.authorized_voter,
                    authorized_voter_bls_pubkey: self.bls_pubkey(),
                    authorized_withdrawer: init.authorized_withdrawer,
                    inflation_rewards_commission_bps: self.script.commission_bps,
                    block_revenue_commission_bps: 10_000,
                    ..VoteInitV2::default()
                };
                let state = VoteStateV4::new(&init, &self.vote_address, &init.node_pubkey, &clock);
                (VoteStateVersions::new_v4(VoteStateV4 { last_timestamp, ..state }), VoteStateV4::size_of())
            }
            VoteStateVersion::V3 => {
                let state = VoteStateV3 { last_timestamp, ..VoteStateV3::new(&init, &clock) };
                (VoteStateVersions::new_v3(state), VoteStateV3::size_of())
            }
            VoteStateVersion::V1_14_11 => {
                let state = VoteStateV3::new(&init, &clock);
                let state = VoteState1_14_11 {
                    node_pubkey: state.node_pubkey,
                    authorized_withdrawer: state.authorized_withdrawer,
                    commission: state.commission,
                    authorized_voters: state.authorized_voters,
                    last_timestamp,
                    ..VoteState1_14_11::default()
                };
                (VoteStateVersions::V1_14_11(Box::new(state)), VoteState1_14_11::size_of())
            }
        };
        let mut data = bincode::serialize(&state).expect("a vote state serializes");
        data.resize(space, 0);
        Account {
            lamports: rent.minimum_balance(space) + VOTE_ACCOUNT_LAMPORTS,
            data,
            owner: solana_sdk_ids::vote::ID,
            executable: false,
            rent_epoch: u64::MAX,
        }
    }

    fn bls_pubkey(&self) -> [u8; 48] {
        let secret = seed::hash(0, "bls", &[&self.identity.secret_bytes()[..]]);
        BlsKeypair::derive(secret.as_ref()).expect("32 bytes are enough").public.to_bytes_compressed()
    }

    fn stake_account(&self, rent: &Rent) -> Account {
        let space = StakeStateV2::size_of();
        let rent_exempt_reserve = rent.minimum_balance(space);
        let authority = self.withdrawer.pubkey();
        #[expect(deprecated, reason = "programs in the field still read the reserve from the account")]
        let meta =
            Meta { rent_exempt_reserve, authorized: Authorized::auto(&authority), lockup: Lockup::default() };
        let stake = Stake {
            delegation: Delegation::new(&self.vote_address, self.script.stake_lamports, BOOTSTRAP_EPOCH),
            credits_observed: 0,
        };
        let state = StakeStateV2::Stake(meta, stake, StakeFlags::empty());
        let mut data = bincode::serialize(&state).expect("a stake state serializes");
        data.resize(space, 0);
        Account {
            lamports: rent_exempt_reserve + self.script.stake_lamports,
            data,
            owner: solana_sdk_ids::stake::ID,
            executable: false,
            rent_epoch: u64::MAX,
        }
    }
}

pub(crate) fn system_account(lamports: u64) -> Account {
    Account { lamports, rent_epoch: u64::MAX, ..Account::default() }
}
