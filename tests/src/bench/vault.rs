//! Rows of restaking-vault. It keeps no list: an instruction costs the same whoever else there is, save for the tries
//! that finding a new account's address takes.

use sluice_sdk::pda::restaking_vault as pda;
use sluice_sdk::restaking_vault::instructions::*;
use sluice_sdk::restaking_vault::types::VaultParams;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::report::Report;
use crate::token::{self, TOKEN_PROGRAM};
use crate::{Chain, SOL, Sent, Svm, keypair};

const PROGRAM: &str = "restaking_vault";
const DEPOSIT_LIMIT: u64 = 6_000;
const ENQUEUE_LIMIT: u64 = 6_500;
const CLAIM_LIMIT: u64 = 8_000;

const COOLDOWN_EPOCHS: u16 = 2;
const VETO_EPOCHS: u16 = 2;
const EXECUTION_EPOCHS: u16 = 2;
const DEALLOCATION_EPOCHS: u16 = 8;
/// What the user puts in at a time, in base units.
const DEPOSIT: u64 = 5_000 * SOL + 7;
/// At risk in each agreement; a slash that the epoch's cap lets through, and one that it does not.
const AT_RISK: u64 = 1_000 * SOL;
const SLASH: u64 = 5 * SOL + 1;
const LARGE_SLASH: u64 = 900 * SOL;

/// Creator, delegation admin and resolver of the vault.
const ADMIN: &str = "vault admin";
const USER: &str = "user";

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
    vault: Address,
    collateral: Address,
    vrt: Address,
    collateral_account: Address,
    escrow: Address,
    /// Token accounts of the user, and one that slashes may pay.
    user_collateral: Address,
    user_vrt: Address,
    insurance: Address,
}

/// An operator and a service, what they agree on with the vault, and the first slash asked for.
struct Team {
    operator_name: String,
    service_name: String,
    operator: Address,
    service: Address,
    allocation: Address,
    /// Where slashes go; burnt when `None`.
    beneficiary: Option<Address>,
    request: Address,
}

impl Team {
    fn operator_authority(&self) -> Address {
        keypair(&self.operator_name).pubkey()
    }

    fn service_authority(&self) -> Address {
        keypair(&self.service_name).pubkey()
    }

    /// Everybody who signs an agreement.
    fn all(&self) -> [&str; 3] {
        [ADMIN, &self.operator_name, &self.service_name]
    }
}

impl<'a> Bench<'a> {
    fn open(report: &'a mut Report) -> Self {
        let mut svm = Svm::new();
        let [payer, admin, user] = ["payer", ADMIN, USER].map(|name| svm.wallet(name, 100 * SOL));
        let (collateral, vrt) = (keypair("collateral mint"), keypair("VRT mint"));
        let vault = pda::find_vault(&vrt.pubkey()).0;
        token::create_mint(&mut svm, &payer, &collateral, &payer.pubkey());
        token::create_mint(&mut svm, &payer, &vrt, &vault);
        let (collateral, vrt) = (collateral.pubkey(), vrt.pubkey());
        let mut account = |name: &str, mint: &Address, owner: &Address| {
            token::create_token_account(&mut svm, &payer, &keypair(name), mint, owner)
        };
        let collateral_account = account("vault's collateral", &collateral, &vault);
        let escrow = account("vault's VRT", &vrt, &vault);
        let insurance = account("insurance", &collateral, &keypair("insurer").pubkey());
        let admin_collateral = account("admin's collateral", &collateral, &admin.pubkey());
        let user_collateral = account("user's collateral", &collateral, &user.pubkey());
        let user_vrt = account("user's VRT", &vrt, &user.pubkey());
        let mint = [(admin_collateral, SOL), (user_collateral, 2 * DEPOSIT)]
            .map(|(to, amount)| token::mint_to(&collateral, &to, &payer.pubkey(), amount));
        svm.must(&mint, &[&payer]);
        let open = InitializeVault {
            admin: admin.pubkey(),
            vault,
            collateral_mint: collateral,
            vrt_mint: vrt,
            admin_collateral,
            collateral_account,
            vrt_escrow: escrow,
            collateral_token_program: TOKEN_PROGRAM,
            vrt_token_program: TOKEN_PROGRAM,
        };
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
        let mut bench = Self {
            report,
            svm,
            payer,
            vault,
            collateral,
            vrt,
            collateral_account,
            escrow,
            user_collateral,
            user_vrt,
            insurance,
        };
        let open = open.instruction(InitializeVaultInstructionArgs { params });
        bench.row("initialize_vault", "", open, &[ADMIN], None);
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
        let user = keypair(USER).pubkey();
        let deposit = Deposit {
            vault: self.vault,
            depositor: user,
            depositor_collateral: self.user_collateral,
            depositor_vrt: self.user_vrt,
            collateral_account: self.collateral_account,
            vrt_mint: self.vrt,
            collateral_token_program: TOKEN_PROGRAM,
            vrt_token_program: TOKEN_PROGRAM,
        }
        .instruction(DepositInstructionArgs { amount: DEPOSIT, min_vrt_out: 1 });
        self.row("deposit", case, deposit, &[USER], Some(DEPOSIT_LIMIT));
        let name = format!("ticket {case}");
        let ticket = keypair(&name).pubkey();
        let enqueue = EnqueueWithdrawal {
            vault: self.vault,
            owner: user,
            owner_vrt: self.user_vrt,
            vrt_escrow: self.escrow,
            ticket,
            vrt_token_program: TOKEN_PROGRAM,
        }
        .instruction(EnqueueWithdrawalInstructionArgs { vrt_amount: 100 * SOL + 3 });
        self.row("enqueue_withdrawal", case, enqueue, &[USER, &name], Some(ENQUEUE_LIMIT));
        self.pass_epochs(COOLDOWN_EPOCHS);
        let claim = ClaimWithdrawal {
            vault: self.vault,
            ticket,
            owner: user,
            recipient: self.user_collateral,
            collateral_account: self.collateral_account,
            vrt_escrow: self.escrow,
            vrt_mint: self.vrt,
            collateral_token_program: TOKEN_PROGRAM,
            vrt_token_program: TOKEN_PROGRAM,
        }
        .instruction(ClaimWithdrawalInstructionArgs { min_out: 1 });
        self.row("claim_withdrawal", case, claim, &[], Some(CLAIM_LIMIT));
    }

    /// An agreement from its first day to its last.
    fn agreements(&mut self) {
        let team = self.new_team("first", None);
        let [operator, service] = Self::registration(&team);
        self.row("register_operator", "", operator, &[&team.operator_name], None);
        self.row("register_service", "", service, &[&team.service_name], None);
        let allocate = self.allocate(&team, AT_RISK);
        self.row("allocate", "first, slashes burn", allocate.clone(), &team.all(), None);
        self.row("allocate", "more", allocate, &team.all(), None);
        let deallocate = |authority: Address, amount: u64| {
            Deallocate {
                vault: self.vault,
                operator: team.operator,
                service: team.service,
                allocation: team.allocation,
                authority,
            }
            .instruction(DeallocateInstructionArgs { amount })
        };
        let by_the_vault = deallocate(keypair(ADMIN).pubkey(), AT_RISK);
        let by_the_operator = deallocate(team.operator_authority(), AT_RISK);
        self.row("deallocate", "a part, by the vault", by_the_vault, &[ADMIN], None);
        self.row("deallocate", "the rest, by the operator", by_the_operator, &[&team.operator_name], None);
        self.pass_epochs(DEALLOCATION_EPOCHS);
        let release = ReleaseAllocation { vault: self.vault, allocation: team.allocation };
        self.row("release_allocation", "", release.instruction(), &[], None);

        let team = self.new_team("insured", Some(self.insurance));
        for (instruction, name) in Self::registration(&team).into_iter().zip(&team.all()[1..]) {
            self.send(instruction, &[name]);
        }
        let allocate = self.allocate(&team, AT_RISK);
        self.row("allocate", "first, slashes pay somebody", allocate, &team.all(), None);
        self.slash(&team, SLASH, "whole, paid out");
    }

    /// The ends a request can come to.
    fn slashes(&mut self) {
        let team = self.agreed("burning");
        self.slash(&team, SLASH, "whole, burnt");
        let team = self.agreed("capped");
        self.slash(&team, LARGE_SLASH, "what the epoch's cap lets through");

        let team = self.agreed("forgiven");
        let request = self.request(&team, SLASH);
        self.row("request_slash", "", request, &[&team.service_name], None);
        let veto = VetoSlash {
            vault: self.vault,
            allocation: team.allocation,
            slash_request: team.request,
            resolver: keypair(ADMIN).pubkey(),
            rent_payer: team.service_authority(),
        };
        self.row("veto_slash", "", veto.instruction(), &[ADMIN], None);

        let team = self.agreed("forgotten");
        let request = self.request(&team, SLASH);
        self.send(request, &[&team.service_name]);
        self.pass_epochs(VETO_EPOCHS + EXECUTION_EPOCHS);
        let close = CloseSlashRequest {
            vault: self.vault,
            allocation: team.allocation,
            slash_request: team.request,
            rent_payer: team.service_authority(),
        };
        self.row("close_slash_request", "", close.instruction(), &[], None);
    }

    /// A slash that nobody vetoes.
    fn slash(&mut self, team: &Team, amount: u64, case: &str) {
        let request = self.request(team, amount);
        self.send(request, &[&team.service_name]);
        self.pass_epochs(VETO_EPOCHS);
        let execute = ExecuteSlash {
            vault: self.vault,
            allocation: team.allocation,
            slash_request: team.request,
            rent_payer: team.service_authority(),
            collateral_mint: self.collateral,
            collateral_account: self.collateral_account,
            beneficiary: team.beneficiary,
            collateral_token_program: TOKEN_PROGRAM,
        };
        self.row("execute_slash", case, execute.instruction(), &[], None);
    }

    fn request(&self, team: &Team, amount: u64) -> Instruction {
        RequestSlash {
            vault: self.vault,
            allocation: team.allocation,
            service: team.service,
            service_authority: team.service_authority(),
            slash_request: team.request,
        }
        .instruction(RequestSlashInstructionArgs { amount, evidence: [7; 32] })
    }

    fn new_team(&mut self, name: &str, beneficiary: Option<Address>) -> Team {
        let [operator_name, service_name] = ["operator", "service"].map(|role| format!("{name} {role}"));
        let [operator, service] =
            [&operator_name, &service_name].map(|name| self.svm.wallet(name, SOL).pubkey());
        let (operator, service) = (pda::find_operator(&operator).0, pda::find_service(&service).0);
        let allocation = pda::find_allocation(&self.vault, &operator, &service).0;
        let request = pda::find_slash_request(&allocation, 0).0;
        Team { operator_name, service_name, operator, service, allocation, beneficiary, request }
    }

    /// A team that has registered and agreed that slashes burn.
    fn agreed(&mut self, name: &str) -> Team {
        let team = self.new_team(name, None);
        for (instruction, name) in Self::registration(&team).into_iter().zip(&team.all()[1..]) {
            self.send(instruction, &[name]);
        }
        let allocate = self.allocate(&team, AT_RISK);
        self.send(allocate, &team.all());
        team
    }

    fn registration(team: &Team) -> [Instruction; 2] {
        let operator = RegisterOperator { authority: team.operator_authority(), operator: team.operator };
        let service = RegisterService { authority: team.service_authority(), service: team.service };
        [operator.instruction(), service.instruction()]
    }

    fn allocate(&self, team: &Team, amount: u64) -> Instruction {
        Allocate {
            vault: self.vault,
            delegation_admin: keypair(ADMIN).pubkey(),
            operator: team.operator,
            operator_authority: team.operator_authority(),
            service: team.service,
            service_authority: team.service_authority(),
            payer: self.payer.pubkey(),
            allocation: team.allocation,
            beneficiary: team.beneficiary,
        }
        .instruction(AllocateInstructionArgs { amount })
    }
}
