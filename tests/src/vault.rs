//! Fixture client of restaking-vault: one vault in LiteSVM, and the verbs its stories are told in.
//!
//! Every refused transaction is checked to have changed nothing; [`VaultFixture::settle`] checks that tokens in
//! equal tokens out to the unit.

pub mod ix;
pub mod merkle;
mod teams;
mod tokens;
mod ways;

pub use ways::Drop;

use sluice_sdk::AccountData;
use sluice_sdk::restaking_vault::accounts::{Allocation, SlashRequest, Vault, WithdrawalTicket};
use sluice_sdk::restaking_vault::errors::RestakingVaultError;
use sluice_sdk::restaking_vault::instructions::{
    INITIALIZE_JUNIOR_DISCRIMINATOR, INITIALIZE_VAULT_DISCRIMINATOR,
};
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
use crate::token_2022::Extension;
use crate::{PoolFixture, PoolOptions, Refusal, Svm, token_2022};
use ix::{Parties, VaultAddresses};

/// One whole token of the usual collateral, in base units.
pub const ONE: u64 = 1_000_000_000;

pub use token::TOKEN_2022_PROGRAM;

/// Slots of an epoch.
pub const EPOCH_SLOTS: u64 = 432_000;

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

/// What a vault holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Collateral {
    /// A token that the bank mints and freezes.
    #[default]
    Token,
    /// The same, under Token-2022, with these extensions, and no freeze authority.
    Extended(Vec<Extension>),
    /// The LST of a staking pool.
    Lst,
    /// The liquidity token of a staking pool.
    Liquidity,
}

/// What a test may want different about its vault.
pub struct Plan {
    pub params: VaultParams,
    pub collateral: Collateral,
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
    pub pauser: Keypair,
    /// Issues the collateral, where that is a pool's token.
    pub pool: Option<PoolFixture>,
    pub at: VaultAddresses,
    /// The same with the junior shares, once there are some.
    pub junior: Option<VaultAddresses>,
    /// The bank's own account of a collateral that it cannot mint.
    hoard: Address,
    decimals: u8,
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
    /// warm-up 2 and cool-down 9, slash cap 10 %, rewards stream for an epoch.
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
        let [bank, admin, delegation_admin, resolver, pauser] = std::array::from_fn(|_| Keypair::new());
        for key in [&bank, &admin] {
            svm.airdrop(&key.pubkey(), 200_000 * ONE);
        }
        let mut plan = Plan {
            params: VaultParams {
                delegation_admin: delegation_admin.pubkey(),
                resolver: resolver.pubkey(),
                pauser: pauser.pubkey(),
                seed: ONE,
                min_deposit: 1,
                capacity: u64::MAX,
                stream_slots: EPOCH_SLOTS,
                cooldown_epochs: 2,
                veto_epochs: 2,
                execution_epochs: 2,
                warmup_epochs: 2,
                deallocation_epochs: 9,
                slash_cap_bps: 1_000,
                leverage_bps: 0,
                shielded: false,
            },
            collateral: Collateral::Token,
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
            pauser,
            pool: None,
            junior: None,
            hoard: Address::default(),
            decimals: plan.decimals,
            admin: User { key: admin, collateral: Address::default(), vrt: Address::default() },
            at: VaultAddresses {
                vault: Address::default(),
                collateral_mint: Address::default(),
                collateral_account: Address::default(),
                collateral_token_program: plan.collateral_token_program,
                vrt_mint: Address::default(),
                vrt_escrow: Address::default(),
                vrt_token_program: plan.vrt_token_program,
                staking_pool: None,
            },
            params: plan.params.clone(),
            donated: 0,
            donated_vrt: 0,
            burnt_vrt: 0,
            vrt_keys: Vec::new(),
        };
        world.make_collateral(&plan);
        world.at = world.vault_accounts();
        world.admin.collateral = world.collateral_account_of(world.admin.address());
        world.admin.vrt = world.vrt_account_of(world.admin.address());
        world.mint_collateral(world.admin.collateral, plan.params.seed.min(1_000 * ONE));
        let instruction =
            ix::initialize_vault(&world.at, world.admin.address(), world.admin.collateral, &plan.params);
        (world, instruction)
    }

    /// The collateral's mint, and for a pool's token the pool and a hoard of the bank's.
    fn make_collateral(&mut self, plan: &Plan) {
        let bank = self.bank.pubkey();
        match &plan.collateral {
            Collateral::Token => {
                let program = plan.collateral_token_program;
                self.at.collateral_mint =
                    self.mint(program, &Keypair::new(), plan.decimals, bank, Some(bank));
            }
            Collateral::Extended(extensions) => {
                let (payer, mint) = (self.bank.insecure_clone(), Keypair::new());
                token_2022::create_mint(&mut self.svm, &payer, &mint, &bank, extensions, None).expect("mint");
                self.at.collateral_mint = mint.pubkey();
                self.at.collateral_token_program = TOKEN_2022_PROGRAM;
            }
            Collateral::Lst | Collateral::Liquidity => {
                let pool = PoolFixture::with_options(&mut self.svm, PoolOptions::default());
                self.svm.airdrop(&pool.payer.pubkey(), 100 * ONE);
                let of_liquidity = plan.collateral == Collateral::Liquidity;
                if of_liquidity {
                    pool.open_liquidity(&mut self.svm, ONE);
                }
                self.at.collateral_mint = if of_liquidity { pool.lp_mint().pubkey() } else { pool.mint };
                self.at.staking_pool = Some(pool.pool);
                self.hoard = self.collateral_account_of(bank);
                let deposit = match of_liquidity {
                    true => pool.add_liquidity(&bank, &self.hoard, 100_000 * ONE, 0),
                    false => pool.deposit_sol(&bank, &self.hoard, 100_000 * ONE, 0),
                };
                self.send(&[deposit], &[]).expect("hoard");
                self.pool = Some(pool);
            }
        }
    }

    /// A new VRT mint, and the accounts of the vault it will have, for the collateral there is.
    fn vault_accounts(&mut self) -> VaultAddresses {
        let decimals = self.decimals;
        let key = Keypair::new();
        let vault = ix::vault_address(&key.pubkey());
        let mut at = VaultAddresses { vault, ..self.at };
        at.vrt_mint = self.mint(at.vrt_token_program, &key, decimals, vault, None);
        self.vrt_keys.push(key);
        at.collateral_account = self.collateral_account_of(vault);
        at.vrt_escrow = self.token_account(at.vrt_token_program, at.vrt_mint, vault);
        at
    }

    /// Opens a second vault of the same collateral.
    pub fn another_vault(&mut self, change: impl FnOnce(&mut VaultParams)) -> VaultAddresses {
        let at = self.vault_accounts();
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
        let opens = instructions.iter().any(|one| {
            one.data.starts_with(&INITIALIZE_VAULT_DISCRIMINATOR)
                || one.data.starts_with(&INITIALIZE_JUNIOR_DISCRIMINATOR)
        });
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
        clock.slot += epochs * EPOCH_SLOTS;
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
        assert_eq!(
            self.balance(&at.collateral_account),
            vault.assets + vault.junior_assets + vault.locked_rewards + self.donated,
            "recorded assets"
        );
        let vrt = self.sum_of_accounts(&at.vrt_token_program, &at.vrt_mint);
        assert_eq!(self.supply(&at.vrt_mint), vrt, "VRT outside of all accounts");
        assert_eq!(vault.vrt_supply, vrt + self.burnt_vrt, "recorded VRT supply");
        assert_eq!(
            self.balance(&at.vrt_escrow),
            vault.locked_vrt + vault.queued_vrt + self.donated_vrt,
            "escrowed VRT"
        );
        if let Some(junior) = &self.junior {
            let held = self.sum_of_accounts(&junior.vrt_token_program, &junior.vrt_mint);
            assert_eq!(self.supply(&junior.vrt_mint), held, "junior shares outside of all accounts");
            assert_eq!(vault.junior_supply, held, "recorded junior supply");
            let escrowed = vault.locked_junior + vault.queued_junior;
            assert_eq!(self.balance(&junior.vrt_escrow), escrowed, "escrowed junior shares");
        }
        let tickets = self.accounts_of_vault::<WithdrawalTicket>();
        for (junior, recorded) in [(0, vault.queued_vrt), (1, vault.queued_junior)] {
            let tickets = tickets.iter().filter(|(_, ticket)| ticket.junior == junior);
            assert_eq!(recorded, tickets.map(|(_, ticket)| ticket.vrt_amount).sum::<u64>(), "sum of tickets");
        }
        let allocations = self.accounts_of_vault::<Allocation>();
        let allocated: u64 = allocations.iter().map(|(_, a)| a.amount + a.warming_amount).sum();
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

/// Base units that an account with a transfer fee withholds: behind the account's 165 bytes, its kind and the extension's
/// header.
fn withheld(data: &[u8]) -> u64 {
    data.get(170..178).map_or(0, |bytes| u64::from_le_bytes(bytes.try_into().expect("8 bytes")))
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
