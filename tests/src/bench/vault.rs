//! Rows of restaking-vault. It keeps no list: an instruction costs the same whoever else there is, save for the tries
//! that finding a new account's address takes.

use sluice_sdk::restaking_vault::types::VaultParams;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::report::Report;
use crate::token::{self, TOKEN_PROGRAM};
use crate::vault::ix::{self, Parties, VaultAddresses};
use crate::{Chain, SOL, Sent, Svm, keypair};

const PROGRAM: &str = "restaking_vault";
const DEPOSIT_LIMIT: u64 = 6_000;
const ENQUEUE_LIMIT: u64 = 6_500;
const CLAIM_LIMIT: u64 = 8_000;

const COOLDOWN_EPOCHS: u16 = 2;
const VETO_EPOCHS: u16 = 2;
const EXECUTION_EPOCHS: u16 = 2;
const DEALLOCATION_EPOCHS: u16 = 9;
/// What the user puts in at a time, and what of it goes into a ticket, in base units.
const DEPOSIT: u64 = 5_000 * SOL + 7;
const TICKET: u64 = 100 * SOL + 3;
/// At risk in each agreement; a slash that the epoch's cap lets through, and one that it does not.
const AT_RISK: u64 = 800 * SOL;
const SLASH: u64 = 5 * SOL + 1;
const LARGE_SLASH: u64 = 700 * SOL;

/// Creator, delegation admin and resolver of the vault.
const ADMIN: &str = "vault admin";
const USER: &str = "user";
const VRT_MINT: &str = "VRT mint";

pub fn measure(report: &mut Report) {
    let mut bench = Bench::open(report);
    bench.tickets("at par");
    bench.agreements();
    bench.slashes();
    bench.tickets("after slashes");
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

impl Team {
    /// Everybody who signs an agreement.
    fn all(&self) -> [&str; 3] {
        [ADMIN, &self.operator, &self.service]
    }
}

impl<'a> Bench<'a> {
    fn open(report: &'a mut Report) -> Self {
        let mut svm = Svm::new();
        let [payer, admin, user] = ["payer", ADMIN, USER].map(|name| svm.wallet(name, 100 * SOL));
        let (collateral, vrt) = (keypair("collateral mint"), keypair(VRT_MINT));
        let vault = ix::vault_address(&vrt.pubkey());
        token::create_mint(&mut svm, &payer, &collateral, &payer.pubkey());
        token::create_mint(&mut svm, &payer, &vrt, &vault);
        let (collateral, vrt) = (collateral.pubkey(), vrt.pubkey());
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
        };
        let insurance = account("insurance", &collateral, &keypair("insurer").pubkey());
        let admin_collateral = account("admin's collateral", &collateral, &admin.pubkey());
        let user_collateral = account("user's collateral", &collateral, &user.pubkey());
        let user_vrt = account("user's VRT", &vrt, &user.pubkey());
        let mint = [(admin_collateral, SOL), (user_collateral, 2 * DEPOSIT)]
            .map(|(to, amount)| token::mint_to(&collateral, &to, &payer.pubkey(), amount));
        svm.must(&mint, &[&payer]);
        let params = VaultParams {
            delegation_admin: admin.pubkey(),
            resolver: admin.pubkey(),
            seed: SOL,
            min_deposit: 1,
            cooldown_epochs: COOLDOWN_EPOCHS,
            veto_epochs: VETO_EPOCHS,
            execution_epochs: EXECUTION_EPOCHS,
            deallocation_epochs: DEALLOCATION_EPOCHS,
            slash_cap_bps: 1_000,
        };
        let mut bench = Self { report, svm, payer, at, user_collateral, user_vrt, insurance };
        let open = ix::initialize_vault(&at, admin.pubkey(), admin_collateral, &params);
        bench.row("initialize_vault", "", open, &[ADMIN, VRT_MINT], None);
        bench
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
        let (at, user, name) = (self.at, keypair(USER).pubkey(), format!("ticket {case}"));
        let ticket = keypair(&name).pubkey();
        let deposit = ix::deposit(&at, user, self.user_collateral, self.user_vrt, DEPOSIT, 1);
        self.row("deposit", case, deposit, &[USER], Some(DEPOSIT_LIMIT));
        let enqueue = ix::enqueue_withdrawal(&at, user, self.user_vrt, ticket, TICKET);
        self.row("enqueue_withdrawal", case, enqueue, &[USER, &name], Some(ENQUEUE_LIMIT));
        self.pass_epochs(COOLDOWN_EPOCHS);
        let claim = ix::claim_withdrawal(&at, ticket, user, self.user_collateral, 1);
        self.row("claim_withdrawal", case, claim, &[], Some(CLAIM_LIMIT));
    }

    /// An agreement from its first day to its last.
    fn agreements(&mut self) {
        let (at, admin) = (self.at, keypair(ADMIN).pubkey());
        let team = self.team("first", None);
        let [operator, service] = registrations(&team);
        self.row("register_operator", "", operator, &[&team.operator], None);
        self.row("register_service", "", service, &[&team.service], None);
        let allocate = ix::allocate(&at, &team.parties, self.payer.pubkey(), AT_RISK);
        self.row("allocate", "first, slashes burn", allocate.clone(), &team.all(), None);
        self.row("allocate", "more", allocate, &team.all(), None);
        let deallocate = ix::deallocate(&at, &team.parties, admin, AT_RISK);
        self.row("deallocate", "a part, by the vault", deallocate, &[ADMIN], None);
        let deallocate = ix::deallocate(&at, &team.parties, team.parties.operator_authority, AT_RISK);
        self.row("deallocate", "the rest, by the operator", deallocate, &[&team.operator], None);
        self.pass_epochs(DEALLOCATION_EPOCHS);
        let release = ix::release_allocation(&at, team.allocation);
        self.row("release_allocation", "", release, &[], None);
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

    /// An operator and a service that have registered and agreed; slashes burn where there is no beneficiary.
    fn agreed(&mut self, name: &str, beneficiary: Option<Address>) -> Team {
        let team = self.team(name, beneficiary);
        let [operator, service] = registrations(&team);
        self.send(operator, &[&team.operator]);
        self.send(service, &[&team.service]);
        let allocate = ix::allocate(&self.at, &team.parties, self.payer.pubkey(), AT_RISK);
        match beneficiary {
            None => drop(self.send(allocate, &team.all())),
            Some(_) => self.row("allocate", "first, slashes pay somebody", allocate, &team.all(), None),
        }
        team
    }
}

fn registrations(team: &Team) -> [Instruction; 2] {
    let Parties { operator_authority, service_authority, .. } = team.parties;
    [ix::register_operator(operator_authority), ix::register_service(service_authority)]
}
