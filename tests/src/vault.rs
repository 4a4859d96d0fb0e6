//! Fixture client of restaking-vault: one vault in LiteSVM, and the verbs its stories are told in.
//!
//! Every refused transaction is checked to have changed nothing; [`VaultFixture::settle`] checks that tokens in
//! equal tokens out to the unit.

pub mod ix;

use sluice_sdk::AccountData;
use sluice_sdk::restaking_vault::accounts::{Allocation, SlashRequest, Vault, WithdrawalTicket};
use sluice_sdk::restaking_vault::errors::RestakingVaultError;
use sluice_sdk::restaking_vault::instructions::INITIALIZE_VAULT_DISCRIMINATOR;
use sluice_sdk::restaking_vault::programs::RESTAKING_VAULT_ID;
use sluice_sdk::restaking_vault::types::VaultParams;
use solana_account::Account;
use solana_address::Address;
use solana_clock::Clock;
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;

use crate::chain::{Chain, Failed, Sent};
use crate::token::{self, TOKEN_PROGRAM};
use crate::{Refusal, Svm};
use ix::{Parties, VaultAddresses};

/// One whole token of the usual collateral, in base units.
pub const ONE: u64 = 1_000_000_000;

pub const TOKEN_2022_PROGRAM: Address =
    Address::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

pub type Attempt = Result<Sent, Failed>;

impl From<RestakingVaultError> for Refusal {
    fn from(error: RestakingVaultError) -> Self {
        Self::code(&RESTAKING_VAULT_ID, error as u32)
    }
}

/// Checks that an attempt failed with this error, returned by this program.
#[track_caller]
pub fn assert_refused<T: std::fmt::Debug>(attempt: Result<T, Failed>, refusal: impl Into<Refusal>) {
    let failed = attempt.expect_err("must be refused");
    let by = sluice_sdk::logs::failure(&failed.logs).map(|(program, _)| program);
    let error = failed.instruction_error().cloned();
    let found = by.zip(error).map(|(by, error)| Refusal::of(&by, error));
    assert_eq!(found, Some(refusal.into()), "{:?}\n{}", failed.err, failed.logs.join("\n"));
}

/// Checks that an attempt failed with this error, which all programs share, returned by the vault.
#[track_caller]
pub fn assert_fails<T: std::fmt::Debug>(attempt: Result<T, Failed>, error: InstructionError) {
    assert_refused(attempt, Refusal::of(&RESTAKING_VAULT_ID, error));
}

/// Refusals of others.
pub mod foreign {
    use super::*;

    /// Anchor: the same account in two places, one of them writable.
    pub fn duplicate_account() -> Refusal {
        Refusal::code(&RESTAKING_VAULT_ID, crate::chain::DUPLICATE_MUTABLE_ACCOUNT)
    }

    /// Token program: more than there is.
    pub fn insufficient_funds() -> Refusal {
        Refusal::code(&TOKEN_PROGRAM, 1)
    }

    pub fn mint_mismatch() -> Refusal {
        Refusal::code(&TOKEN_PROGRAM, 3)
    }

    pub fn owner_mismatch() -> Refusal {
        Refusal::code(&TOKEN_PROGRAM, 4)
    }

    pub fn frozen() -> Refusal {
        Refusal::code(&TOKEN_PROGRAM, 17)
    }
}

/// A token instruction for the other token program: both read the same bytes.
fn under(program: Address, instruction: Instruction) -> Instruction {
    Instruction { program_id: program, ..instruction }
}

/// `FreezeAccount`.
pub fn freeze(account: &Address, mint: &Address, authority: &Address) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*account, false),
        AccountMeta::new_readonly(*mint, false),
        AccountMeta::new_readonly(*authority, true),
    ];
    Instruction { program_id: TOKEN_PROGRAM, accounts, data: vec![10] }
}

/// `SetAuthority` of a token account: its owner (kind 2) or its close authority (kind 3).
pub fn set_authority(account: &Address, kind: u8, owner: &Address, new: &Address) -> Instruction {
    let data = [&[6, kind, 1][..], new.as_ref()].concat();
    let accounts = vec![AccountMeta::new(*account, false), AccountMeta::new_readonly(*owner, true)];
    Instruction { program_id: TOKEN_PROGRAM, accounts, data }
}

/// A wallet with a collateral and a VRT account.
pub struct User {
    pub key: Keypair,
    pub collateral: Address,
    pub vrt: Address,
}

impl User {
    pub fn address(&self) -> Address {
        self.key.pubkey()
    }
}

/// An operator and a service, registered.
pub struct Team {
    pub operator_authority: Keypair,
    pub service_authority: Keypair,
    pub parties: Parties,
    pub allocation: Address,
}

/// What a test may want different about its vault.
pub struct Plan {
    pub params: VaultParams,
    pub collateral_token_program: Address,
    pub vrt_token_program: Address,
    pub decimals: u8,
}

pub struct VaultFixture {
    pub svm: Svm,
    /// Pays all fees; mints and freezes the collateral.
    pub bank: Keypair,
    pub admin: User,
    pub delegation_admin: Keypair,
    pub resolver: Keypair,
    pub at: VaultAddresses,
    pub params: VaultParams,
    /// Collateral and VRT sent to the vault's accounts past the program.
    pub donated: u64,
    pub donated_vrt: u64,
    /// VRT their holders burnt past the program.
    pub burnt_vrt: u64,
    /// Keys of the VRT mints, which sign the opening of their vaults.
    vrt_keys: Vec<Keypair>,
}

impl VaultFixture {
    /// A vault of an SPL Token collateral: seed 1 token, cool-down 2 epochs, veto 2, execution 2, allocation
    /// cool-down 9, slash cap 10 %.
    pub fn new() -> Self {
        Self::opened(|_| {})
    }

    pub fn opened(change: impl FnOnce(&mut Plan)) -> Self {
        let (mut world, instruction) = Self::planned(change);
        let admin = world.admin.key.insecure_clone();
        world.send(&[instruction], &[&admin]).expect("initialize_vault");
        world
    }

    /// Everything a vault needs before `initialize_vault`, and that instruction.
    pub fn planned(change: impl FnOnce(&mut Plan)) -> (Self, Instruction) {
        let mut svm = Svm::new();
        let (bank, admin, delegation_admin, resolver) =
            (Keypair::new(), Keypair::new(), Keypair::new(), Keypair::new());
        for key in [&bank, &admin] {
            svm.airdrop(&key.pubkey(), 1_000 * ONE);
        }
        let mut plan = Plan {
            params: VaultParams {
                delegation_admin: delegation_admin.pubkey(),
                resolver: resolver.pubkey(),
                seed: ONE,
                min_deposit: 1,
                cooldown_epochs: 2,
                veto_epochs: 2,
                execution_epochs: 2,
                deallocation_epochs: 9,
                slash_cap_bps: 1_000,
            },
            collateral_token_program: TOKEN_PROGRAM,
            vrt_token_program: TOKEN_PROGRAM,
            decimals: 9,
        };
        change(&mut plan);
        let mut world = Self {
            svm,
            bank,
            delegation_admin,
            resolver,
            admin: User { key: admin, collateral: Address::default(), vrt: Address::default() },
            at: VaultAddresses {
                vault: Address::default(),
                collateral_mint: Address::default(),
                collateral_account: Address::default(),
                collateral_token_program: plan.collateral_token_program,
                vrt_mint: Address::default(),
                vrt_escrow: Address::default(),
                vrt_token_program: plan.vrt_token_program,
            },
            params: plan.params.clone(),
            donated: 0,
            donated_vrt: 0,
            burnt_vrt: 0,
            vrt_keys: Vec::new(),
        };
        let bank = world.bank.pubkey();
        let program = plan.collateral_token_program;
        world.at.collateral_mint = world.mint(program, &Keypair::new(), plan.decimals, bank, Some(bank));
        world.at = world.vault_accounts(plan.decimals);
        world.admin.collateral = world.collateral_account_of(world.admin.address());
        world.admin.vrt = world.vrt_account_of(world.admin.address());
        world.mint_collateral(world.admin.collateral, plan.params.seed.min(1_000 * ONE));
        let instruction =
            ix::initialize_vault(&world.at, world.admin.address(), world.admin.collateral, &plan.params);
        (world, instruction)
    }

    /// A new VRT mint, and the accounts of the vault it will have, for the collateral there is.
    fn vault_accounts(&mut self, decimals: u8) -> VaultAddresses {
        let key = Keypair::new();
        let vault = ix::vault_address(&key.pubkey());
        let mut at = VaultAddresses { vault, ..self.at };
        at.vrt_mint = self.mint(at.vrt_token_program, &key, decimals, vault, None);
        self.vrt_keys.push(key);
        at.collateral_account = self.token_account(at.collateral_token_program, at.collateral_mint, vault);
        at.vrt_escrow = self.token_account(at.vrt_token_program, at.vrt_mint, vault);
        at
    }

    /// Opens a second vault of the same collateral.
    pub fn another_vault(&mut self, change: impl FnOnce(&mut VaultParams)) -> VaultAddresses {
        let at = self.vault_accounts(9);
        let mut params = self.params.clone();
        change(&mut params);
        self.mint_collateral(self.admin.collateral, params.seed);
        let admin = self.admin.key.insecure_clone();
        let instruction = ix::initialize_vault(&at, admin.pubkey(), self.admin.collateral, &params);
        self.send(&[instruction], &[&admin]).expect("initialize_vault");
        at
    }

    // ---- the chain -----------------------------------------------------------------------------------------

    /// Sends one transaction, fees paid by the bank. Of `signers`, and of the VRT mints' keys where a vault is opened,
    /// those sign that the instructions name as signers, so that a test can take a signature away. A refused transaction is checked to have changed nothing.
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Attempt {
        let bank = self.bank.insecure_clone();
        let message = Message::new(instructions, Some(&bank.pubkey()));
        let required = usize::from(message.header.num_required_signatures);
        let opens = instructions.iter().any(|one| one.data.starts_with(&INITIALIZE_VAULT_DISCRIMINATOR));
        let vrt_keys: Vec<Keypair> =
            if opens { self.vrt_keys.iter().map(Keypair::insecure_clone).collect() } else { Vec::new() };
        let mut present = vec![&bank];
        for address in &message.account_keys[1..required] {
            let known = signers.iter().copied().chain(&vrt_keys).find(|key| key.pubkey() == *address);
            match known {
                Some(key) => present.push(key),
                None => return Err(Failed { err: TransactionError::SignatureFailure, logs: vec![] }),
            }
        }
        let touched: Vec<Address> = message.account_keys[1..].to_vec();
        let before: Vec<Option<Account>> = touched.iter().map(|a| self.svm.0.get_account(a)).collect();
        let attempt = self.svm.send(instructions, &present);
        if attempt.is_err() {
            let after: Vec<Option<Account>> = touched.iter().map(|a| self.svm.0.get_account(a)).collect();
            assert!(before == after, "a refused transaction changed an account");
        }
        attempt
    }

    pub fn epoch(&self) -> u64 {
        self.svm.clock().epoch
    }

    pub fn pass_epochs(&mut self, epochs: u64) {
        let mut clock: Clock = self.svm.clock();
        clock.epoch += epochs;
        clock.slot += epochs * 432_000;
        self.svm.0.set_sysvar(&clock);
    }

    pub fn data(&self, address: &Address) -> Vec<u8> {
        self.svm.account(address).unwrap_or_else(|| panic!("{address} does not exist")).data
    }

    pub fn exists(&self, address: &Address) -> bool {
        self.svm.account(address).is_some()
    }

    pub fn lamports(&self, address: &Address) -> u64 {
        self.svm.lamports(address)
    }

    /// Writes an account as no transaction could leave it.
    pub fn forge(&mut self, address: Address, change: impl FnOnce(&mut Account)) {
        let mut account = self.svm.account(&address).unwrap_or_default();
        change(&mut account);
        self.svm.0.set_account(address, account).expect("valid account");
    }

    pub fn funded_key(&mut self) -> Keypair {
        let key = Keypair::new();
        self.svm.airdrop(&key.pubkey(), 100 * ONE);
        key
    }

    // ---- tokens --------------------------------------------------------------------------------------------

    pub fn mint(
        &mut self,
        program: Address,
        key: &Keypair,
        decimals: u8,
        authority: Address,
        freeze: Option<Address>,
    ) -> Address {
        let mut data = vec![20, decimals];
        data.extend(authority.as_ref());
        data.push(u8::from(freeze.is_some()));
        data.extend(freeze.iter().flat_map(|key| key.to_bytes()));
        let create = token::create_account(&self.svm, &self.bank, &key.pubkey(), 82, &program);
        let accounts = vec![AccountMeta::new(key.pubkey(), false)];
        let initialize = Instruction { program_id: program, accounts, data };
        self.send(&[create, initialize], &[key]).expect("mint");
        key.pubkey()
    }

    pub fn token_account(&mut self, program: Address, mint: Address, owner: Address) -> Address {
        let key = Keypair::new();
        let create = token::create_account(&self.svm, &self.bank, &key.pubkey(), 165, &program);
        let accounts = vec![AccountMeta::new(key.pubkey(), false), AccountMeta::new_readonly(mint, false)];
        let data = [&[18], owner.as_ref()].concat();
        let initialize = Instruction { program_id: program, accounts, data };
        self.send(&[create, initialize], &[&key]).expect("token account");
        key.pubkey()
    }

    pub fn collateral_account_of(&mut self, owner: Address) -> Address {
        self.token_account(self.at.collateral_token_program, self.at.collateral_mint, owner)
    }

    pub fn vrt_account_of(&mut self, owner: Address) -> Address {
        self.token_account(self.at.vrt_token_program, self.at.vrt_mint, owner)
    }

    pub fn mint_collateral(&mut self, to: Address, amount: u64) {
        let mint = token::mint_to(&self.at.collateral_mint, &to, &self.bank.pubkey(), amount);
        let mint = under(self.at.collateral_token_program, mint);
        self.send(&[mint], &[]).expect("mint collateral");
    }

    /// Sends collateral to the vault's account past the program.
    pub fn donate(&mut self, amount: u64) {
        self.mint_collateral(self.at.collateral_account, amount);
        self.donated += amount;
    }

    pub fn freeze(&mut self, account: Address) {
        let freeze = freeze(&account, &self.at.collateral_mint, &self.bank.pubkey());
        self.send(&[freeze], &[]).expect("freeze");
    }

    /// Balance of a token account.
    pub fn balance(&self, account: &Address) -> u64 {
        token::balance(&self.svm, account)
    }

    pub fn supply(&self, mint: &Address) -> u64 {
        token::supply(&self.svm, mint)
    }

    fn sum_of_accounts(&self, program: &Address, mint: &Address) -> u64 {
        let accounts = self.svm.0.get_program_accounts(program);
        accounts
            .iter()
            .filter(|(_, account)| account.data.len() == 165 && account.data[..32] == *mint.as_ref())
            .map(|(_, account)| token_amount(&account.data))
            .sum()
    }

    // ---- users ---------------------------------------------------------------------------------------------

    /// A user who holds `collateral`.
    pub fn user(&mut self, collateral: u64) -> User {
        let key = self.funded_key();
        let user = User {
            collateral: self.collateral_account_of(key.pubkey()),
            vrt: self.vrt_account_of(key.pubkey()),
            key,
        };
        self.mint_collateral(user.collateral, collateral);
        user
    }

    /// A user who has deposited `collateral`.
    pub fn depositor(&mut self, collateral: u64) -> User {
        let user = self.user(collateral);
        self.deposit(&user, collateral).expect("deposit");
        user
    }

    pub fn deposit(&mut self, user: &User, amount: u64) -> Attempt {
        self.deposit_for(user, amount, 0)
    }

    pub fn deposit_for(&mut self, user: &User, amount: u64, min_vrt_out: u64) -> Attempt {
        let instruction =
            ix::deposit(&self.at, user.address(), user.collateral, user.vrt, amount, min_vrt_out);
        self.send(&[instruction], &[&user.key])
    }

    pub fn enqueue(&mut self, user: &User, vrt_amount: u64) -> Result<Address, Failed> {
        let ticket = Keypair::new();
        let instruction =
            ix::enqueue_withdrawal(&self.at, user.address(), user.vrt, ticket.pubkey(), vrt_amount);
        self.send(&[instruction], &[&user.key, &ticket]).map(|_| ticket.pubkey())
    }

    /// Claims a ticket to its owner's account, triggered by a stranger.
    pub fn claim(&mut self, user: &User, ticket: Address) -> Attempt {
        self.claim_for(user, ticket, 0)
    }

    pub fn claim_for(&mut self, user: &User, ticket: Address, min_out: u64) -> Attempt {
        let instruction = ix::claim_withdrawal(&self.at, ticket, user.address(), user.collateral, min_out);
        self.send(&[instruction], &[])
    }

    // ---- services ------------------------------------------------------------------------------------------

    /// A new operator and a new service, not allocated to yet.
    pub fn team(&mut self, beneficiary: Option<Address>) -> Team {
        let (operator, service) = (self.funded_key(), self.funded_key());
        self.send(&[ix::register_operator(operator.pubkey())], &[&operator]).expect("register_operator");
        self.send(&[ix::register_service(service.pubkey())], &[&service]).expect("register_service");
        self.team_of(operator, service, beneficiary)
    }

    /// A registered operator and a registered service as a team.
    pub fn team_of(&self, operator: Keypair, service: Keypair, beneficiary: Option<Address>) -> Team {
        let parties = Parties {
            delegation_admin: self.delegation_admin.pubkey(),
            operator: ix::operator_address(&operator.pubkey()),
            operator_authority: operator.pubkey(),
            service: ix::service_address(&service.pubkey()),
            service_authority: service.pubkey(),
            beneficiary,
        };
        let allocation = ix::allocation_address(&self.at.vault, &parties.operator, &parties.service);
        Team { operator_authority: operator, service_authority: service, parties, allocation }
    }

    /// A new team with `amount` at risk, burnt when slashed.
    pub fn allocated(&mut self, amount: u64) -> Team {
        let team = self.team(None);
        self.allocate(&team, amount).expect("allocate");
        team
    }

    pub fn allocate(&mut self, team: &Team, amount: u64) -> Attempt {
        let instruction = ix::allocate(&self.at, &team.parties, self.bank.pubkey(), amount);
        let delegation_admin = self.delegation_admin.insecure_clone();
        self.send(&[instruction], &[&delegation_admin, &team.operator_authority, &team.service_authority])
    }

    pub fn deallocate(&mut self, team: &Team, by: &Keypair, amount: u64) -> Attempt {
        let instruction = ix::deallocate(&self.at, &team.parties, by.pubkey(), amount);
        self.send(&[instruction], &[by])
    }

    pub fn release(&mut self, team: &Team) -> Attempt {
        let instruction = ix::release_allocation(&self.at, team.allocation);
        self.send(&[instruction], &[])
    }

    pub fn request(&mut self, team: &Team, amount: u64) -> Result<Address, Failed> {
        let nonce = self.allocation(team).next_nonce;
        let instruction = ix::request_slash(&self.at, &team.parties, nonce, amount, [7; 32]);
        self.send(&[instruction], &[&team.service_authority])
            .map(|_| ix::slash_request_address(&team.allocation, nonce))
    }

    pub fn veto(&mut self, team: &Team, request: Address) -> Attempt {
        let resolver = self.resolver.insecure_clone();
        let rent_payer = team.parties.service_authority;
        let instruction = ix::veto_slash(&self.at, team.allocation, request, resolver.pubkey(), rent_payer);
        self.send(&[instruction], &[&resolver])
    }

    /// Executes a request, triggered by a stranger.
    pub fn execute(&mut self, team: &Team, request: Address) -> Attempt {
        let instruction = ix::execute_slash(
            &self.at,
            team.allocation,
            request,
            team.parties.service_authority,
            team.parties.beneficiary,
        );
        self.send(&[instruction], &[])
    }

    pub fn close_request(&mut self, team: &Team, request: Address) -> Attempt {
        let rent_payer = team.parties.service_authority;
        let instruction = ix::close_slash_request(&self.at, team.allocation, request, rent_payer);
        self.send(&[instruction], &[])
    }

    /// Request, veto window, execution: the whole way of a slash.
    pub fn slash(&mut self, team: &Team, amount: u64) {
        let request = self.request(team, amount).expect("request_slash");
        self.pass_epochs(u64::from(self.params.veto_epochs));
        self.execute(team, request).expect("execute_slash");
    }

    // ---- state ---------------------------------------------------------------------------------------------

    pub fn vault(&self) -> Vault {
        decode(&self.data(&self.at.vault))
    }

    pub fn allocation(&self, team: &Team) -> Allocation {
        decode(&self.data(&team.allocation))
    }

    pub fn ticket(&self, ticket: &Address) -> WithdrawalTicket {
        decode(&self.data(ticket))
    }

    pub fn slash_request(&self, request: &Address) -> SlashRequest {
        decode(&self.data(request))
    }

    /// The program's accounts of this type that belong to the vault.
    pub fn accounts_of_vault<T: AccountData>(&self) -> Vec<(Address, T)> {
        let accounts = self.svm.0.get_program_accounts(&RESTAKING_VAULT_ID);
        accounts
            .into_iter()
            .filter(|(_, account)| account.data.starts_with(&T::DISCRIMINATOR))
            .filter(|(_, account)| account.data[8..40] == *self.at.vault.as_ref())
            .map(|(address, account)| (address, decode(&account.data)))
            .collect()
    }

    /// Tokens in equal tokens out, and every total is the sum of its parts.
    #[track_caller]
    pub fn settle(&self) {
        let (at, vault) = (self.at, self.vault());
        let collateral = self.sum_of_accounts(&at.collateral_token_program, &at.collateral_mint);
        assert_eq!(self.supply(&at.collateral_mint), collateral, "collateral outside of all accounts");
        assert_eq!(self.balance(&at.collateral_account), vault.assets + self.donated, "recorded assets");
        let vrt = self.sum_of_accounts(&at.vrt_token_program, &at.vrt_mint);
        assert_eq!(self.supply(&at.vrt_mint), vrt, "VRT outside of all accounts");
        assert_eq!(vault.vrt_supply, vrt + self.burnt_vrt, "recorded VRT supply");
        assert_eq!(
            self.balance(&at.vrt_escrow),
            vault.locked_vrt + vault.queued_vrt + self.donated_vrt,
            "escrowed VRT"
        );
        let tickets = self.accounts_of_vault::<WithdrawalTicket>();
        let queued: u64 = tickets.iter().map(|(_, ticket)| ticket.vrt_amount).sum();
        assert_eq!(vault.queued_vrt, queued, "sum of tickets");
        let allocations = self.accounts_of_vault::<Allocation>();
        let allocated: u64 = allocations.iter().map(|(_, allocation)| allocation.amount).sum();
        assert_eq!(vault.total_allocated, allocated, "sum of allocations");
        assert!(allocations.iter().all(|(_, a)| a.cooling_amount <= a.amount), "cooling parts");
        let requests = self.accounts_of_vault::<SlashRequest>();
        assert_eq!(vault.open_requests, requests.len() as u64, "open requests");
        for (address, allocation) in &allocations {
            let open = requests.iter().filter(|(_, request)| request.allocation == *address).count();
            assert_eq!(usize::from(allocation.request_open), open, "open requests of an allocation");
        }
        let cap = u128::from(vault.cap_assets) * u128::from(vault.slash_cap_bps) / 10_000;
        assert!(u128::from(vault.cap_slashed) <= cap, "epoch cap");
    }
}

fn decode<T: AccountData>(data: &[u8]) -> T {
    assert_eq!(data.len(), T::SIZE, "{} has another layout", T::NAME);
    T::decode(data).expect(T::NAME)
}

/// Base units in the bytes of a token account.
fn token_amount(data: &[u8]) -> u64 {
    u64::from_le_bytes(data[64..72].try_into().expect("8 bytes"))
}

impl Default for VaultFixture {
    fn default() -> Self {
        Self::new()
    }
}
