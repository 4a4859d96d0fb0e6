//! Rows of restaking-vault. It keeps no list: an instruction costs the same whoever else there is, save for the tries
//! that finding a new account's address takes. Nothing needs a crank: epochs are counted by whatever comes next.

use sluice_sdk::restaking_vault::types::{DistributionParams, Limits, Roles, VaultParams};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::report::Report;
use crate::token::{self, TOKEN_PROGRAM};
use crate::vault::ix::{self, DistributionAddresses, FeeAccounts, Parties, VaultAddresses};
use crate::vault::merkle::Tree;
use crate::{Chain, PoolFixture, SOL, Sent, Svm, keypair};

const PROGRAM: &str = "restaking_vault";
const DEPOSIT_LIMIT: u64 = 6_000;
const ENQUEUE_LIMIT: u64 = 6_500;
const CLAIM_LIMIT: u64 = 8_000;
/// What an operator's allocation costs in an epoch in which something of it is due.
const OPERATOR_EPOCH_LIMIT: u64 = 1_500;

const COOLDOWN_EPOCHS: u16 = 2;
const VETO_EPOCHS: u16 = 2;
const EXECUTION_EPOCHS: u16 = 2;
const WARMUP_EPOCHS: u16 = 2;
const DEALLOCATION_EPOCHS: u16 = 9;
const STREAM_SLOTS: u64 = 432_000;
/// What the user puts in at a time, and what of it goes into a ticket, in base units.
const DEPOSIT: u64 = 5_000 * SOL + 7;
const TICKET: u64 = 100 * SOL + 3;
/// At risk in each agreement; a slash that the epoch's cap lets through, and one that it does not.
const AT_RISK: u64 = 400 * SOL;
const SLASH: u64 = 5 * SOL + 1;
const LARGE_SLASH: u64 = 400 * SOL;
/// Leaves of a distribution.
const LEAVES: u32 = 1_000;

/// Creator, delegation admin, pauser and resolver of the vault.
const ADMIN: &str = "vault admin";
const USER: &str = "user";
const VRT_MINT: &str = "VRT mint";

pub fn measure(report: &mut Report) {
    let (mut bench, open) = Bench::planned(report);
    bench.row("initialize_vault", "", open, &[ADMIN, VRT_MINT], None);
    bench.tickets("at par");
    bench.leave();
    bench.rewards();
    bench.agreements();
    bench.slashes();
    bench.tickets("after slashes, while a reward streams");
    bench.distribution();
    bench.roles();
    tranched(report);
    composed(report);
}

/// A vault, the chain it is on, and the rows its instructions become.
struct Bench<'a> {
    report: &'a mut Report,
    svm: Svm,
    payer: Keypair,
    at: VaultAddresses,
    /// Token accounts of the user, and one that slashes may pay.
    user_collateral: Address,
    user_vrt: Address,
    insurance: Address,
}

/// An operator and a service, by the names of their keys, and the first slash asked for.
struct Team {
    operator: String,
    service: String,
    parties: Parties,
    allocation: Address,
    request: Address,
}

/// What a vault of these benches is opened with.
fn params() -> VaultParams {
    let admin = keypair(ADMIN).pubkey();
    VaultParams {
        delegation_admin: admin,
        resolver: admin,
        pauser: admin,
        seed: SOL,
        min_deposit: 1,
        capacity: u64::MAX,
        stream_slots: STREAM_SLOTS,
        cooldown_epochs: COOLDOWN_EPOCHS,
        veto_epochs: VETO_EPOCHS,
        execution_epochs: EXECUTION_EPOCHS,
        warmup_epochs: WARMUP_EPOCHS,
        deallocation_epochs: DEALLOCATION_EPOCHS,
        slash_cap_bps: 1_000,
        leverage_bps: 0,
        shielded: false,
    }
}

impl<'a> Bench<'a> {
    /// A vault of an ordinary token, opened.
    fn open(report: &'a mut Report) -> Self {
        let (mut bench, open) = Self::planned(report);
        bench.send(open, &[ADMIN, VRT_MINT]);
        bench
    }

    /// The same, and the instruction that opens it.
    fn planned(report: &'a mut Report) -> (Self, Instruction) {
        let mut svm = Svm::new();
        let payer = svm.wallet("payer", 100 * SOL);
        let collateral = keypair("collateral mint");
        token::create_mint(&mut svm, &payer, &collateral, &payer.pubkey());
        let mut bench = Self::over(report, svm, collateral.pubkey(), None);
        let admin_collateral = bench.account("admin's collateral", &collateral.pubkey(), ADMIN);
        let mint = [(admin_collateral, 3 * SOL), (bench.user_collateral, 3 * DEPOSIT)]
            .map(|(to, amount)| token::mint_to(&collateral.pubkey(), &to, &bench.payer.pubkey(), amount));
        bench.svm.must(&mint, &[&bench.payer]);
        let open = ix::initialize_vault(&bench.at, keypair(ADMIN).pubkey(), admin_collateral, &params());
        (bench, open)
    }

    /// The accounts of a vault of this collateral.
    fn over(
        report: &'a mut Report,
        mut svm: Svm,
        collateral: Address,
        staking_pool: Option<Address>,
    ) -> Self {
        let [payer, ..] = ["payer", ADMIN, USER].map(|name| svm.wallet(name, 20_000 * SOL));
        let vrt = keypair(VRT_MINT);
        let vault = ix::vault_address(&vrt.pubkey());
        token::create_mint(&mut svm, &payer, &vrt, &vault);
        let vrt = vrt.pubkey();
        let mut account = |name: &str, mint: &Address, owner: &Address| {
            token::create_token_account(&mut svm, &payer, &keypair(name), mint, owner)
        };
        let at = VaultAddresses {
            vault,
            collateral_mint: collateral,
            collateral_account: account("vault's collateral", &collateral, &vault),
            collateral_token_program: TOKEN_PROGRAM,
            vrt_mint: vrt,
            vrt_escrow: account("vault's VRT", &vrt, &vault),
            vrt_token_program: TOKEN_PROGRAM,
            staking_pool,
        };
        let user = keypair(USER).pubkey();
        let insurance = account("insurance", &collateral, &keypair("insurer").pubkey());
        let user_collateral = account("user's collateral", &collateral, &user);
        let user_vrt = account("user's VRT", &vrt, &user);
        Self { report, svm, payer, at, user_collateral, user_vrt, insurance }
    }

    /// A token account of the key of a name.
    fn account(&mut self, name: &str, mint: &Address, owner: &str) -> Address {
        let owner = keypair(owner).pubkey();
        token::create_token_account(&mut self.svm, &self.payer, &keypair(name), mint, &owner)
    }

    /// Sends an instruction that these sign besides the payer.
    #[track_caller]
    fn send(&mut self, instruction: Instruction, signers: &[&str]) -> Sent {
        let signers: Vec<Keypair> = signers.iter().map(|name| keypair(name)).collect();
        let signers: Vec<&Keypair> = [&self.payer].into_iter().chain(&signers).collect();
        self.svm.must(&[instruction], &signers)
    }

    /// Sends it and records it.
    #[track_caller]
    fn row(
        &mut self,
        name: &str,
        case: &str,
        instruction: Instruction,
        signers: &[&str],
        limit: Option<u64>,
    ) {
        let sent = self.send(instruction, signers);
        self.report.add((PROGRAM, name, case), 0, &sent, limit);
    }

    fn pass_epochs(&mut self, epochs: u16) {
        (0..epochs).for_each(|_| self.svm.advance_epoch());
    }

    /// A deposit, a ticket for a part of it, and its claim by a stranger.
    fn tickets(&mut self, case: &str) {
        let (at, user, name) = (self.at, keypair(USER).pubkey(), format!("ticket {}", &case[..5]));
        let ticket = keypair(&name).pubkey();
        let deposit = ix::deposit(&at, user, self.user_collateral, self.user_vrt, DEPOSIT, 1);
        self.row("deposit", case, deposit, &[USER], Some(DEPOSIT_LIMIT));
        let enqueue = ix::enqueue_withdrawal(&at, user, self.user_vrt, ticket, TICKET);
        self.row("enqueue_withdrawal", case, enqueue, &[USER, &name], Some(ENQUEUE_LIMIT));
        let give = ix::transfer_ticket(ticket, user, user);
        self.row("transfer_ticket", case, give, &[USER], None);
        self.pass_epochs(COOLDOWN_EPOCHS);
        let claim = ix::claim_withdrawal(&at, ticket, user, self.user_collateral, 1);
        self.row("claim_withdrawal", case, claim, &[], Some(CLAIM_LIMIT));
    }

    /// An exit that does not wait.
    fn leave(&mut self) {
        let user = keypair(USER).pubkey();
        let leave = ix::instant_withdraw(&self.at, user, self.user_vrt, self.user_collateral, TICKET, 1);
        self.row("instant_withdraw", "", leave, &[USER], Some(CLAIM_LIMIT));
    }

    /// Rewards in the collateral, with and without whom they pay on the way.
    fn rewards(&mut self) {
        let (at, user, admin) = (self.at, keypair(USER).pubkey(), keypair(ADMIN).pubkey());
        let pay = ix::pay_rewards(&at, user, self.user_collateral, FeeAccounts::default(), SOL);
        self.row("pay_rewards", "", pay, &[USER], None);
        let fee = ix::set_vault_fee(&at, admin, Some(self.insurance), 100);
        self.row("set_vault_fee", "a rise", fee, &[ADMIN], None);
        let team = self.team("paid", None);
        let [operator, _] = registrations(&team);
        self.send(operator, &[&team.operator]);
        let fee = ix::set_operator_fee(team.parties.operator, team.parties.operator_authority, 200);
        self.row("set_operator_fee", "a rise", fee, &[&team.operator], None);
        self.pass_epochs(2);
        let collateral = at.collateral_mint;
        let operator_collateral = Some(self.account("operator's collateral", &collateral, &team.operator));
        let fees = FeeAccounts {
            fee_account: Some(self.insurance),
            operator: Some(team.parties.operator),
            operator_collateral,
        };
        let pay = ix::pay_rewards(&at, user, self.user_collateral, fees, SOL);
        self.row("pay_rewards", "with two fees", pay, &[USER], None);
    }

    /// An agreement from its first day to its last.
    fn agreements(&mut self) {
        let (at, payer) = (self.at, self.payer.pubkey());
        let team = self.team("first", None);
        let [operator, service] = registrations(&team);
        self.row("register_operator", "", operator, &[&team.operator], None);
        self.row("register_service", "", service, &[&team.service], None);
        let opt_in = |by: Address| ix::opt_in(&at, &team.parties, by, payer);
        self.row("opt_in", "first", opt_in(keypair(ADMIN).pubkey()), &[ADMIN], None);
        self.row("opt_in", "later", opt_in(team.parties.operator_authority), &[&team.operator], None);
        self.send(opt_in(team.parties.service_authority), &[&team.service]);
        let allocate = ix::allocate(&at, &team.parties, AT_RISK);
        self.row("allocate", "", allocate, &[ADMIN], None);
        self.pass_epochs(WARMUP_EPOCHS);
        let deallocate = ix::deallocate(&at, &team.parties, AT_RISK / 2);
        self.row("deallocate", "a part", deallocate, &[ADMIN], None);
        let opt_out = ix::opt_out(&at, &team.parties, team.parties.operator_authority);
        self.row("opt_out", "", opt_out, &[&team.operator], None);
        self.pass_epochs(DEALLOCATION_EPOCHS);
        let release = ix::release_allocation(&at, team.allocation);
        self.row("release_allocation", "", release, &[], Some(OPERATOR_EPOCH_LIMIT));
    }

    /// The ends a request can come to.
    fn slashes(&mut self) {
        let (at, admin) = (self.at, keypair(ADMIN).pubkey());
        let team = self.agreed("insured", Some(self.insurance));
        self.slash(&team, SLASH, "whole, paid out");
        let team = self.agreed("burning", None);
        self.slash(&team, SLASH, "whole, burnt");
        let team = self.agreed("capped", None);
        self.slash(&team, LARGE_SLASH, "what the epoch's cap lets through, burnt");

        let team = self.agreed("forgiven", None);
        let request = ix::request_slash(&at, &team.parties, 0, SLASH, [7; 32]);
        self.row("request_slash", "", request, &[&team.service], None);
        let rent_payer = team.parties.service_authority;
        let veto = ix::veto_slash(&at, team.allocation, team.request, admin, rent_payer);
        self.row("veto_slash", "", veto, &[ADMIN], None);

        let team = self.agreed("forgotten", None);
        let request = ix::request_slash(&at, &team.parties, 0, SLASH, [7; 32]);
        self.send(request, &[&team.service]);
        self.pass_epochs(VETO_EPOCHS + EXECUTION_EPOCHS);
        let rent_payer = team.parties.service_authority;
        let close = ix::close_slash_request(&at, team.allocation, team.request, rent_payer);
        self.row("close_slash_request", "", close, &[], None);
    }

    /// A slash that nobody vetoes.
    fn slash(&mut self, team: &Team, amount: u64, case: &str) {
        let request = ix::request_slash(&self.at, &team.parties, 0, amount, [7; 32]);
        self.send(request, &[&team.service]);
        self.pass_epochs(VETO_EPOCHS);
        let Parties { service_authority, beneficiary, .. } = team.parties;
        let execute =
            ix::execute_slash(&self.at, team.allocation, team.request, service_authority, beneficiary);
        self.row("execute_slash", case, execute, &[], None);
    }

    /// Rewards in another token.
    fn distribution(&mut self) {
        let (mint, account) = (keypair("reward mint"), keypair("distribution's tokens"));
        token::create_mint(&mut self.svm, &self.payer, &mint, &self.payer.pubkey());
        let distribution = ix::distribution_address(&account.pubkey());
        token::create_token_account(&mut self.svm, &self.payer, &account, &mint.pubkey(), &distribution);
        let user = keypair(USER).pubkey();
        let user_tokens = self.account("user's reward tokens", &mint.pubkey(), USER);
        let give = token::mint_to(&mint.pubkey(), &user_tokens, &self.payer.pubkey(), SOL);
        self.send(give, &[]);
        let of = DistributionAddresses {
            distribution,
            mint: mint.pubkey(),
            token_account: account.pubkey(),
            token_program: TOKEN_PROGRAM,
        };
        let leaves: Vec<_> = (0..LEAVES).map(|index| (user, u64::from(index))).collect();
        let tree = Tree::new(&distribution, &leaves);
        let expiry_epoch = self.svm.clock().epoch + 2;
        let params = DistributionParams { root: tree.root(), amount: SOL, expiry_epoch, leaves: LEAVES };
        let create = ix::create_distribution(self.at.vault, &of, user, user_tokens, params);
        self.row("create_distribution", "", create, &[USER], None);
        let claim = ix::claim_reward(&of, user, user_tokens, (7, 7), tree.proof(7));
        self.row("claim_reward", "1,000 leaves", claim, &[], None);
        self.pass_epochs(2);
        self.row("claw_back", "", ix::claw_back(&of, user, user_tokens), &[], None);
    }

    fn roles(&mut self) {
        let (at, admin) = (self.at, keypair(ADMIN).pubkey());
        let limits = Limits { min_deposit: 1, capacity: u64::MAX, leverage_bps: 0 };
        self.row("set_limits", "", ix::set_limits(&at, admin, limits), &[ADMIN], None);
        let user = keypair(USER).pubkey();
        let roles = Roles { delegation_admin: admin, pauser: admin, resolver: user };
        self.row("set_roles", "another resolver", ix::set_roles(&at, admin, roles), &[ADMIN], None);
        self.row("pause", "", ix::pause(&at, admin), &[ADMIN], None);
        self.row("resume", "", ix::resume(&at, admin), &[ADMIN], None);
        self.row("propose_admin", "", ix::propose_admin(&at, admin, user), &[ADMIN], None);
        self.row("accept_admin", "", ix::accept_admin(&at, user), &[USER], None);
    }

    /// An operator and a service, not yet registered.
    fn team(&mut self, name: &str, beneficiary: Option<Address>) -> Team {
        let [operator, service] = ["operator", "service"].map(|role| format!("{name} {role}"));
        let [operator_authority, service_authority] =
            [&operator, &service].map(|name| self.svm.wallet(name, SOL).pubkey());
        let parties = Parties {
            delegation_admin: keypair(ADMIN).pubkey(),
            operator: ix::operator_address(&operator_authority),
            operator_authority,
            service: ix::service_address(&service_authority),
            service_authority,
            beneficiary,
        };
        let allocation = parties.allocation(&self.at.vault);
        Team { operator, service, parties, allocation, request: ix::slash_request_address(&allocation, 0) }
    }

    /// An operator and a service that have registered and agreed, and their collateral is at risk; slashes burn where
    /// there is no beneficiary.
    fn agreed(&mut self, name: &str, beneficiary: Option<Address>) -> Team {
        let team = self.team(name, beneficiary);
        let [operator, service] = registrations(&team);
        self.send(operator, &[&team.operator]);
        self.send(service, &[&team.service]);
        let Parties { delegation_admin, operator_authority, service_authority, .. } = team.parties;
        let payer = self.payer.pubkey();
        for (by, name) in [
            (delegation_admin, ADMIN),
            (operator_authority, team.operator.as_str()),
            (service_authority, &team.service),
        ] {
            self.send(ix::opt_in(&self.at, &team.parties, by, payer), &[name]);
        }
        self.send(ix::allocate(&self.at, &team.parties, AT_RISK), &[ADMIN]);
        self.pass_epochs(WARMUP_EPOCHS);
        team
    }
}

/// A vault with junior shares.
fn tranched(report: &mut Report) {
    let mut bench = Bench::open(report);
    let at = bench.at;
    let mint = keypair("junior mint");
    token::create_mint(&mut bench.svm, &bench.payer, &mint, &at.vault);
    let escrow = keypair("vault's junior shares");
    token::create_token_account(&mut bench.svm, &bench.payer, &escrow, &mint.pubkey(), &at.vault);
    let junior = at.with_shares(mint.pubkey(), escrow.pubkey());
    let admin_collateral = keypair("admin's collateral").pubkey();
    let open = ix::initialize_junior(&junior, keypair(ADMIN).pubkey(), admin_collateral, SOL, 2_000);
    bench.row("initialize_junior", "", open, &[ADMIN, "junior mint"], None);
    bench.user_vrt = bench.account("user's junior shares", &mint.pubkey(), USER);
    bench.at = junior;
    bench.tickets("junior shares");
}

/// A vault of a pool's LST with a shield and a limit of leverage, and the way from SOL and back.
fn composed(report: &mut Report) {
    let mut svm = Svm::new();
    let pool = PoolFixture::new(&mut svm);
    let mut bench = Bench::over(report, svm, pool.mint, Some(pool.pool));
    let (at, admin, user) = (bench.at, keypair(ADMIN).pubkey(), keypair(USER).pubkey());
    let admin_collateral = bench.account("admin's collateral", &pool.mint, ADMIN);
    bench.send(pool.deposit_sol(&admin, &admin_collateral, 3 * SOL, 0), &[ADMIN]);
    bench.send(pool.deposit_sol(&user, &bench.user_collateral, 2 * DEPOSIT, 0), &[USER]);
    let params = VaultParams { leverage_bps: 10_000, shielded: true, ..params() };
    let open = ix::initialize_vault(&at, admin, admin_collateral, &params);
    bench.row("initialize_vault", "shielded", open, &[ADMIN, VRT_MINT], None);
    let deposit = ix::deposit(&at, user, bench.user_collateral, bench.user_vrt, DEPOSIT, 1);
    bench.row("deposit", "shielded, with a limit of leverage", deposit, &[USER], Some(DEPOSIT_LIMIT));
    let stake = ix::stake_and_restake(&at, user, bench.user_vrt, pool.reserve, SOL, 1);
    bench.row("stake_and_restake", "shielded, with a limit of leverage", stake, &[USER], None);
    let enqueue = ix::enqueue_withdrawal(&at, user, bench.user_vrt, keypair("ticket").pubkey(), TICKET);
    bench.send(enqueue, &[USER, "ticket"]);
    bench.pass_epochs(COOLDOWN_EPOCHS);
    pool.update(&mut bench.svm);
    let ends = (pool.escrow, keypair("pool ticket").pubkey());
    let claim = ix::claim_and_unstake(&at, keypair("ticket").pubkey(), user, bench.user_collateral, ends, 1);
    bench.row("claim_and_unstake", "shielded", claim, &[USER, "pool ticket"], None);
}

fn registrations(team: &Team) -> [Instruction; 2] {
    let Parties { operator_authority, service_authority, .. } = team.parties;
    [ix::register_operator(operator_authority), ix::register_service(service_authority)]
}
