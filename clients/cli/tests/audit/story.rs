//! A pool with validators, liquidity, directed stake, a vault with both classes of shares, all exits and a slash, told on a
//! real Bank and served where it ends.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use sluice_localnet::{Localnet, LocalnetConfig, RpcServer, ValidatorScript};
use sluice_sdk::pda::restaking_vault as vault_pda;
use sluice_sdk::restaking_vault::types::{DistributionParams, VaultParams};
use sluice_sdk::staking_pool::instructions::DepositSolInstructionArgs;
use sluice_sdk::staking_pool::types::{Fees, Limits};
use sluice_sdk::validator_selection::types::Params;
use sluice_tests::chain::Chain;
use sluice_tests::selection::open_params;
use sluice_tests::vault::ix::{self, DistributionAddresses, FeeAccounts, Parties, VaultAddresses};
use sluice_tests::vault::merkle::Tree;
use sluice_tests::{Bank, PoolOptions, SOL, SelectionFixture, keypair, token};
use solana_account::{AccountSharedData, ReadableAccount};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

const VALIDATORS: usize = 5;

pub struct Story {
    net: Arc<Mutex<Localnet>>,
    pub server: RpcServer,
    pub selection: SelectionFixture,
    pub votes: Vec<Address>,
    pub vault: VaultAddresses,
    pub junior: VaultAddresses,
    pub allocation: Address,
    pub distribution: Address,
    pub distributed: Address,
    pub open_ticket: Address,
    pub open_withdrawal: Address,
    pub direction: Address,
    pub operator: Address,
}

struct Holder {
    key: Keypair,
    lst: Address,
}

impl Story {
    pub fn tell() -> Self {
        let scripts = (0..VALIDATORS).map(|place| {
            let script = ValidatorScript::new(format!("v{place}")).commission_bps(100 * place as u16);
            if place == 0 { script.mev(500, 20_000) } else { script }
        });
        let config = LocalnetConfig::new(scripts.collect()).with_slots_per_epoch(128);
        let mut bank = Bank::with_config(config);
        bank.0.advance_epochs(4);
        let bank = &mut bank;
        let votes: Vec<_> =
            (0..VALIDATORS).map(|place| bank.0.validator(&format!("v{place}")).vote_address()).collect();
        let params =
            Params { kappa_prior: 93_000_000_000, join_bond: SOL, min_bond_bps: 10, ..open_params() };
        let selection = SelectionFixture::with_params(bank, params);
        let pool = &selection.pool;
        pool.open_liquidity(bank, SOL);
        // Liquidity has a price that grows as it gets less; other fees rise on notice.
        let params = PoolOptions::default().params;
        bank.must(
            &[pool.set_limits(Limits { liquidity_target: 500 * SOL, ..params.limits })],
            &[&pool.admin],
        );
        let fees = Fees { deposit_bps: 5, instant_most_bps: 15, insurance_bps: 2_000, ..params.fees };
        bank.must(&[pool.set_fees(fees)], &[&pool.admin]);

        let holder = |bank: &mut Bank, name: &str, deposit: u64| {
            let (key, lst) = pool.user(bank, name, deposit + 50 * SOL);
            bank.must(&[pool.deposit_sol(&key.pubkey(), &lst, deposit, 0)], &[&key]);
            Holder { key, lst }
        };
        let (alice, bob) = (holder(bank, "alice", 3_000 * SOL), holder(bank, "bob", 2_000 * SOL));
        for vote in &votes {
            let join = selection.join_with_bond(vote, &alice.key.pubkey(), &alice.lst, 20 * SOL);
            bank.must(&[join], &[&alice.key]);
        }
        let lp = pool.lp_account(bank, "bob's LP", &bob.key.pubkey());
        bank.must(&[pool.add_liquidity(&bob.key.pubkey(), &lp, 20 * SOL, 0)], &[&bob.key]);
        bank.must(&[pool.fund_insurance(&bob.key.pubkey(), &bob.lst, SOL)], &[&bob.key]);
        let directions = [keypair("direction"), keypair("taken back")];
        for direction in &directions {
            let at = direction.pubkey();
            let direct = selection.direct_stake(bank, &votes[2], &bob.key.pubkey(), &bob.lst, &at, 30 * SOL);
            bank.must(&[direct], &[&bob.key, direction]);
        }
        selection.crank(bank);

        let restaking = Restaking::open(bank, &selection, &bob);
        next_epochs(bank, &selection, 3);
        restaking.slash(bank, &selection);

        // Every way out, some of them still open.
        let (user, lst) = (alice.key.pubkey(), alice.lst);
        bank.must(&[pool.withdraw_sol(&user, &lst, 10 * SOL, 0)], &[&alice.key]);
        let destination = pool.new_stake_account(bank, "alice's stake");
        let (index, record) = pool.record(bank, &votes[0]);
        let withdraw = pool.withdraw_stake(&user, &lst, (index, &record.vote), &destination, 100 * SOL, 0);
        bank.must(&[withdraw], &[&alice.key]);
        let tickets = ["claimed", "cancelled", "open"].map(keypair);
        for ticket in &tickets {
            bank.must(&[pool.order_unstake(&user, &lst, &ticket.pubkey(), 50 * SOL)], &[&alice.key, ticket]);
        }
        let place = selection.place(bank, &votes[2]).index;
        let undirect = selection.undirect_stake(&directions[1].pubkey(), &bob.key.pubkey(), place);
        bank.must(&[undirect], &[&bob.key]);
        next_epochs(bank, &selection, 2);
        bank.must(&[pool.claim_ticket(&tickets[0].pubkey(), &user)], &[&pool.payer]);
        bank.must(&[pool.cancel_ticket(&tickets[1].pubkey(), &user, &lst, 0)], &[&alice.key]);
        let remove = pool.remove_liquidity(&bob.key.pubkey(), &lp, &bob.lst, 5 * SOL);
        bank.must(&[remove], &[&bob.key]);
        // What is burnt and what is given the next update counts.
        bank.must(&[token::burn(&lst, &pool.mint, &user, SOL)], &[&alice.key]);
        next_epochs(bank, &selection, 1);

        // Every fee there is, none of them counted by an update yet.
        let mut referred = pool.deposit_sol_accounts(&user, &lst);
        referred.referrer = Some(bob.lst);
        let referred = referred.instruction(DepositSolInstructionArgs { lamports: 7 * SOL, min_out: 0 });
        bank.must(&[referred], &[&alice.key]);
        let bring = pool.deposit_stake(bank, &user, &lst, &votes[0], &destination, 0);
        bank.must(&[bring], &[&alice.key]);
        bank.must(&[pool.withdraw_sol(&user, &lst, SOL, 0)], &[&alice.key]);
        let state = pool.state(bank);
        let reserve = bank.account(&pool.reserve).expect("the reserve").lamports;
        let free = reserve - state.liquidity_lamports - state.ticket_lamports;
        bank.must(&[pool.withdraw_sol(&user, &lst, free + 5 * SOL, 0)], &[&alice.key]);
        assert!(pool.state(bank).liquidity_shares > 0, "liquidity providers paid a part");
        bank.must(&[pool.fund_insurance(&bob.key.pubkey(), &bob.lst, SOL)], &[&bob.key]);
        restaking.reward(bank);
        let net = std::mem::replace(&mut bank.0, Localnet::start(LocalnetConfig::default()).unwrap());
        let net = Arc::new(Mutex::new(net));
        let server = RpcServer::start(Arc::clone(&net), 0).unwrap();
        Self {
            net,
            server,
            votes,
            vault: restaking.at,
            junior: restaking.junior,
            allocation: restaking.parties.allocation(&restaking.at.vault),
            distribution: restaking.distribution.distribution,
            distributed: restaking.distribution.token_account,
            open_ticket: tickets[2].pubkey(),
            open_withdrawal: restaking.ticket,
            direction: directions[0].pubkey(),
            operator: restaking.parties.operator,
            selection,
        }
    }

    pub fn chain<T>(&self, act: impl FnOnce(&mut Localnet) -> T) -> T {
        act(&mut self.net.lock().unwrap())
    }

    /// The same chain, for another thread.
    pub fn shared(&self) -> Arc<Mutex<Localnet>> {
        Arc::clone(&self.net)
    }

    /// Runs the command about the story's pool.
    pub fn audit(&self, more: &[&str]) -> Output {
        self.audit_by(&self.server.url(), more)
    }

    /// By what another server tells.
    pub fn audit_by(&self, url: &str, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        command.env("HOME", env!("CARGO_TARGET_TMPDIR")).stdin(Stdio::null());
        command.args(["audit", "--url", url, "--mint", &self.selection.pool.mint.to_string()]);
        command.args(more).output().unwrap()
    }

    /// What it says for programs, whether the books close or not.
    #[track_caller]
    pub fn report(&self, more: &[&str]) -> Value {
        let output = self.audit(&[&["--output", "json"], more].concat());
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{complaint}"))
    }

    /// Changes the bytes of an account, which no transaction could.
    pub fn touch(&self, address: &Address, change: impl FnOnce(&mut Vec<u8>)) {
        self.chain(|net| {
            let mut account: AccountSharedData = net.bank().get_account(address).expect("it is there");
            let mut data = account.data().to_vec();
            change(&mut data);
            account.set_data_from_slice(&data);
            net.bank().store_account(address, &account);
        });
    }

    /// Adds to the eight bytes at an offset, modulo their size.
    pub fn add(&self, address: &Address, at: usize, amount: i64) {
        self.touch(address, |data| {
            let word = u64::from_le_bytes(data[at..at + 8].try_into().unwrap());
            data[at..at + 8].copy_from_slice(&word.wrapping_add_signed(amount).to_le_bytes());
        });
    }

    /// Where the eight bytes of a number are in an account, if it is there once.
    pub fn offset(&self, address: &Address, number: u64) -> usize {
        let data = self.chain(|net| net.get_account(address)).expect("it is there").data;
        let places: Vec<_> =
            (0..data.len() - 7).step_by(8).filter(|at| data[*at..at + 8] == number.to_le_bytes()).collect();
        assert_eq!(places.len(), 1, "{number} in {address}");
        places[0]
    }

    /// Where the pool's rates are, two bytes each.
    pub fn before_fees(&self, fees: &Fees) -> usize {
        let data = self.chain(|net| net.get_account(&self.selection.pool.pool)).expect("it is there").data;
        let rates = [fees.reward_bps, fees.deposit_bps, fees.instant_least_bps, fees.instant_most_bps];
        let bytes: Vec<u8> = rates.iter().flat_map(|rate| rate.to_le_bytes()).collect();
        data.windows(bytes.len()).position(|window| window == bytes).expect("the rates")
    }

    /// Where the number before an address is.
    pub fn before(&self, account: &Address, address: &Address) -> usize {
        let data = self.chain(|net| net.get_account(account)).expect("it is there").data;
        (8..data.len() - 31).find(|at| data[*at..at + 32] == *address.as_ref()).expect("the address") - 8
    }

    pub fn scratch(&self, name: &str) -> PathBuf {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }
}

pub fn next_epochs(bank: &mut Bank, selection: &SelectionFixture, epochs: u64) {
    for _ in 0..epochs {
        bank.0.advance_epoch();
        selection.crank(bank);
        selection.settle_all(bank);
    }
}

/// The vault of the story.
struct Restaking {
    at: VaultAddresses,
    junior: VaultAddresses,
    parties: Parties,
    admin: Keypair,
    service: Keypair,
    service_lst: Address,
    fees: FeeAccounts,
    ticket: Address,
    distribution: DistributionAddresses,
}

impl Restaking {
    fn open(bank: &mut Bank, selection: &SelectionFixture, bob: &Holder) -> Self {
        let pool = &selection.pool;
        let user = |bank: &mut Bank, name: &str| {
            let (key, lst) = pool.user(bank, name, 100 * SOL);
            bank.must(&[pool.deposit_sol(&key.pubkey(), &lst, 60 * SOL, 0)], &[&key]);
            (key, lst)
        };
        let (admin, admin_lst) = user(bank, "vault admin");
        let (service, service_lst) = user(bank, "service");
        let operator = bank.wallet("operator", SOL);
        let (vrt, junior_key) = (keypair("VRT mint"), keypair("junior mint"));
        let vault = vault_pda::find_vault(&vrt.pubkey()).0;
        let account = |bank: &mut Bank, name: &str, mint: &Address, owner: &Address| {
            token::create_token_account(bank, &pool.payer, &keypair(name), mint, owner)
        };
        for mint in [&vrt, &junior_key] {
            token::create_mint(bank, &pool.payer, mint, &vault);
        }
        let at = VaultAddresses {
            vault,
            collateral_mint: pool.mint,
            collateral_account: account(bank, "collateral", &pool.mint, &vault),
            collateral_token_program: token::TOKEN_PROGRAM,
            vrt_mint: vrt.pubkey(),
            vrt_escrow: account(bank, "VRT escrow", &vrt.pubkey(), &vault),
            vrt_token_program: token::TOKEN_PROGRAM,
            staking_pool: Some(pool.pool),
        };
        let escrow = account(bank, "junior escrow", &junior_key.pubkey(), &vault);
        let junior = at.with_shares(junior_key.pubkey(), escrow);
        let params = VaultParams {
            delegation_admin: admin.pubkey(),
            resolver: admin.pubkey(),
            pauser: admin.pubkey(),
            seed: SOL,
            min_deposit: 1,
            capacity: u64::MAX,
            stream_slots: 128,
            cooldown_epochs: 2,
            veto_epochs: 2,
            execution_epochs: 2,
            warmup_epochs: 2,
            deallocation_epochs: 9,
            slash_cap_bps: 2_000,
            leverage_bps: 0,
            shielded: false,
        };
        bank.must(&[ix::initialize_vault(&at, admin.pubkey(), admin_lst, &params)], &[&admin, &vrt]);
        let set_fee = ix::set_vault_fee(&at, admin.pubkey(), Some(admin_lst), 100);
        bank.must(&[set_fee], &[&admin]);
        let open = ix::initialize_junior(&junior, admin.pubkey(), admin_lst, SOL, 2_000);
        bank.must(&[open], &[&admin, &junior_key]);

        let bob_key = bob.key.pubkey();
        let shares = account(bank, "bob's VRT", &vrt.pubkey(), &bob_key);
        let deposit = ix::deposit(&at, bob_key, bob.lst, shares, 300 * SOL, 1);
        bank.must(&[deposit], &[&bob.key]);
        let admin_junior = account(bank, "admin's junior", &junior_key.pubkey(), &admin.pubkey());
        let deposit = ix::deposit(&junior, admin.pubkey(), admin_lst, admin_junior, 20 * SOL, 1);
        bank.must(&[deposit], &[&admin]);
        let ticket = keypair("withdrawal");
        let enqueue = ix::enqueue_withdrawal(&at, bob_key, shares, ticket.pubkey(), 40 * SOL);
        bank.must(&[enqueue], &[&bob.key, &ticket]);

        bank.must(&[ix::register_operator(operator.pubkey())], &[&operator]);
        bank.must(&[ix::register_service(service.pubkey())], &[&service]);
        let operator_at = vault_pda::find_operator(&operator.pubkey()).0;
        bank.must(&[ix::set_operator_fee(operator_at, operator.pubkey(), 70)], &[&operator]);
        let operator_lst = account(bank, "operator's slSOL", &pool.mint, &operator.pubkey());
        let parties = Parties {
            delegation_admin: admin.pubkey(),
            operator: operator_at,
            operator_authority: operator.pubkey(),
            service: vault_pda::find_service(&service.pubkey()).0,
            service_authority: service.pubkey(),
            beneficiary: None,
        };
        for key in [&admin, &operator, &service] {
            let opt_in = ix::opt_in(&at, &parties, key.pubkey(), pool.payer.pubkey());
            bank.must(&[opt_in], &[&pool.payer, key]);
        }
        bank.must(&[ix::allocate(&at, &parties, 100 * SOL)], &[&admin]);

        // Two leaves in slSOL, of which one is claimed.
        let token_account = keypair("distribution");
        let distribution = DistributionAddresses {
            mint: pool.mint,
            token_account: token_account.pubkey(),
            distribution: ix::distribution_address(&token_account.pubkey()),
            token_program: token::TOKEN_PROGRAM,
        };
        account(bank, "distribution", &pool.mint, &distribution.distribution);
        let leaves = [(bob_key, 3 * SOL), (admin.pubkey(), 2 * SOL)];
        let tree = Tree::new(&distribution.distribution, &leaves);
        let expiry_epoch = bank.0.epoch() + 50;
        let params = DistributionParams { amount: 5 * SOL, root: tree.root(), leaves: 2, expiry_epoch };
        let create = ix::create_distribution(vault, &distribution, service.pubkey(), service_lst, params);
        bank.must(&[create], &[&service]);
        let claim = ix::claim_reward(&distribution, bob_key, bob.lst, (0, 3 * SOL), tree.proof(0));
        bank.must(&[claim], &[&pool.payer]);
        let fees = FeeAccounts {
            fee_account: Some(admin_lst),
            operator: Some(operator_at),
            operator_collateral: Some(operator_lst),
        };
        let ticket = ticket.pubkey();
        Self { at, junior, parties, admin, service, service_lst, fees, ticket, distribution }
    }

    /// A reward of which operator and vault have their fees.
    fn reward(&self, bank: &mut Bank) {
        let service = self.service.pubkey();
        let pay = ix::pay_rewards(&self.at, service, self.service_lst, self.fees, 2 * SOL + 1);
        bank.must(&[pay], &[&self.service]);
    }

    /// A reward, and a slash of what is at risk.
    fn slash(&self, bank: &mut Bank, selection: &SelectionFixture) {
        self.reward(bank);
        let allocation = self.parties.allocation(&self.at.vault);
        bank.must(&[ix::request_slash(&self.at, &self.parties, 0, 25 * SOL, [7; 32])], &[&self.service]);
        next_epochs(bank, selection, 2);
        let request = ix::slash_request_address(&allocation, 0);
        let execute = ix::execute_slash(&self.at, allocation, request, self.service.pubkey(), None);
        bank.must(&[execute], &[&self.admin]);
    }
}
