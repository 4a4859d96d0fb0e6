//! A thousand people deposit and leave through a server of 300 validators, all of them at once, while slots tick, epochs pass and
//! `sluice crank` turns. Nothing is lost: what each of them gave is what each got back, and fees; and the books close at
//! the end.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use sluice_client::send::deliver;
use sluice_client::{Request, Rpc, SendError};
use sluice_localnet::{Localnet, LocalnetConfig, RpcServer, ValidatorScript};
use sluice_sdk::pda::restaking_vault as vault_pda;
use sluice_sdk::restaking_vault::types::VaultParams;
use sluice_sdk::validator_selection::types::Params;
use sluice_tests::chain::Chain;
use sluice_tests::selection::open_params;
use sluice_tests::vault::ix::{self, VaultAddresses};
use sluice_tests::{Bank, PoolFixture, SOL, SelectionFixture, keypair, token};
use solana_account::Account;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;
use solana_system_interface::instruction::create_account;

const CROWD: usize = 1_000;
/// What each has, and what each deposits.
const PURSE: u64 = 3 * SOL;
const DEPOSIT: u64 = 2 * SOL;
/// Of which the third kind restakes so much.
const RESTAKED: u64 = SOL;
/// They leave at once, by a ticket, by way of the vault and at once, or with a stake account.
const WAYS: usize = 4;
const VALIDATORS: usize = 300;
/// Each of the thousand has a connection, which has two ends in this process.
const OPEN_FILES: usize = 8_192;
/// How long who was refused waits until the next try.
const LATER: Duration = Duration::from_secs(2);
const TRIES: usize = 90;
/// What the operator's key has.
const PURSE_OF_OPERATOR: u64 = 10 * SOL;
/// More than any of these takes.
const UNITS: u32 = 200_000;
const SIGNATURE: u64 = 5_000;
const SLOT: Duration = Duration::from_millis(100);
const STAKE_SPACE: u64 = 200;
const ASSOCIATED_TOKEN: Address = Address::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

fn person(number: usize) -> Keypair {
    keypair(&format!("person {number}"))
}

fn associated(owner: &Address, mint: &Address) -> Address {
    let seeds = [owner.as_ref(), token::TOKEN_PROGRAM.as_ref(), mint.as_ref()];
    Address::find_program_address(&seeds, &ASSOCIATED_TOKEN).0
}

fn create_associated(owner: &Address, mint: &Address) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*owner, true),
        AccountMeta::new(associated(owner, mint), false),
        AccountMeta::new_readonly(*owner, false),
        AccountMeta::new_readonly(*mint, false),
        AccountMeta::new_readonly(Address::default(), false),
        AccountMeta::new_readonly(token::TOKEN_PROGRAM, false),
    ];
    Instruction { program_id: ASSOCIATED_TOKEN, accounts, data: vec![1] }
}

/// What all of them use.
struct Town {
    rpc: Rpc,
    net: Arc<Mutex<Localnet>>,
    pool: PoolFixture,
    vault: VaultAddresses,
    /// Vote accounts of those that have stake, and where each is in the pool's list.
    votes: Vec<(u32, Address)>,
    rent_of_stake: u64,
    signatures: Mutex<HashMap<Address, u64>>,
    refused: AtomicUsize,
    /// People who wait for the server, now and at most.
    busy: AtomicUsize,
    busiest: AtomicUsize,
}

impl Town {
    /// Sends until it has landed; whatever is refused because an epoch has begun is tried again.
    async fn does(&self, instructions: Vec<Instruction>, signers: &[&Keypair]) {
        let payer = signers[0].pubkey();
        let request = Request::new(instructions);
        for _ in 0..TRIES {
            let busy = self.busy.fetch_add(1, Ordering::Relaxed) + 1;
            self.busiest.fetch_max(busy, Ordering::Relaxed);
            let tried = self.tries(&request, signers).await;
            self.busy.fetch_sub(1, Ordering::Relaxed);
            match tried {
                Ok(()) => return,
                Err(SendError::Refused(_) | SendError::Failed(_) | SendError::Expired { .. }) => {
                    self.refused.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => panic!("{payer}: {error}"),
            }
            tokio::time::sleep(LATER).await;
        }
        panic!("{payer} was refused for too long");
    }

    /// What fails would cost its fee: it is asked first, as a wallet does.
    async fn tries(&self, request: &Request, signers: &[&Keypair]) -> Result<(), SendError> {
        let payer = signers[0].pubkey();
        request.simulate(&self.rpc, &payer).await?;
        let (signed, last) = request.sign(&self.rpc, signers, UNITS).await?;
        let landed = deliver(&self.rpc, &signed, last).await;
        if !matches!(landed, Err(SendError::Expired { .. })) {
            *self.signatures.lock().unwrap().entry(payer).or_default() += signers.len() as u64;
        }
        landed.map(|_| ())
    }

    async fn shares(&self, account: &Address) -> u64 {
        let account = self.rpc.account(account).await.unwrap().expect("a token account");
        u64::from_le_bytes(account.data[64..72].try_into().unwrap())
    }

    /// In, and out by one of the ways.
    async fn life(self: Arc<Self>, number: usize) {
        let (key, pool) = (person(number), &self.pool);
        let user = key.pubkey();
        let lst = associated(&user, &pool.mint);
        let deposit = pool.deposit_sol(&user, &lst, DEPOSIT, 1);
        self.does(vec![create_associated(&user, &pool.mint), deposit], &[&key]).await;
        match number % WAYS {
            0 => {}
            1 => {
                let (ticket, shares) = (keypair(&format!("ticket {number}")), self.shares(&lst).await);
                let order = pool.order_unstake(&user, &lst, &ticket.pubkey(), shares);
                self.does(vec![order], &[&key, &ticket]).await;
                self.does(vec![pool.claim_ticket(&ticket.pubkey(), &user)], &[&key]).await;
                return;
            }
            2 => {
                let vrt = associated(&user, &self.vault.vrt_mint);
                let restake = ix::deposit(&self.vault, user, lst, vrt, RESTAKED, 1);
                self.does(vec![create_associated(&user, &self.vault.vrt_mint), restake], &[&key]).await;
                let (ticket, shares) = (keypair(&format!("withdrawal {number}")), self.shares(&vrt).await);
                let enqueue = ix::enqueue_withdrawal(&self.vault, user, vrt, ticket.pubkey(), shares);
                self.does(vec![enqueue], &[&key, &ticket]).await;
                self.does(vec![ix::claim_withdrawal(&self.vault, ticket.pubkey(), user, lst, 1)], &[&key])
                    .await;
            }
            _ => {
                let stake = keypair(&format!("stake {number}"));
                let (index, vote) = self.votes[number / WAYS % self.votes.len()];
                let new = create_account(
                    &user,
                    &stake.pubkey(),
                    self.rent_of_stake,
                    STAKE_SPACE,
                    &solana_sdk_ids::stake::ID,
                );
                let shares = self.shares(&lst).await;
                let leave = pool.withdraw_stake(&user, &lst, (index, &vote), &stake.pubkey(), shares, 1);
                self.does(vec![new, leave], &[&key, &stake]).await;
                return;
            }
        }
        let shares = self.shares(&lst).await;
        self.does(vec![pool.withdraw_sol(&user, &lst, shares, 1)], &[&key]).await;
    }
}

/// `sluice crank` as a daemon; it ends with the test, however that ends.
struct Crank(Child);

impl Crank {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        command.args(arguments).args(["--patience", "0", "--poll", "0.2"]).env("RUST_LOG", "warn");
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    fn is_at_work(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Crank {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Many shells allow a process a thousand files, and more where it asks for them.
fn may_open_files() {
    let process = std::process::id().to_string();
    let asked =
        Command::new("prlimit").args(["--pid", &process, &format!("--nofile={OPEN_FILES}:")]).output();
    let asked = asked.expect("prlimit, of util-linux");
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
}

/// The same pool, for another thread.
fn copy(pool: &PoolFixture) -> PoolFixture {
    PoolFixture {
        prefix: pool.prefix.clone(),
        admin: pool.admin.insecure_clone(),
        delegation: pool.delegation.insecure_clone(),
        payer: pool.payer.insecure_clone(),
        ..*pool
    }
}

fn vault(bank: &mut Bank, pool: &PoolFixture) -> VaultAddresses {
    let (admin, lst) = pool.user(bank, "vault admin", 20 * SOL);
    bank.must(&[pool.deposit_sol(&admin.pubkey(), &lst, 5 * SOL, 0)], &[&admin]);
    let vrt = keypair("VRT mint");
    let vault = vault_pda::find_vault(&vrt.pubkey()).0;
    token::create_mint(bank, &pool.payer, &vrt, &vault);
    let account = |bank: &mut Bank, name: &str, mint: &Address| {
        token::create_token_account(bank, &pool.payer, &keypair(name), mint, &vault)
    };
    let at = VaultAddresses {
        vault,
        collateral_mint: pool.mint,
        collateral_account: account(bank, "collateral", &pool.mint),
        collateral_token_program: token::TOKEN_PROGRAM,
        vrt_mint: vrt.pubkey(),
        vrt_escrow: account(bank, "VRT escrow", &vrt.pubkey()),
        vrt_token_program: token::TOKEN_PROGRAM,
        staking_pool: Some(pool.pool),
    };
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
    bank.must(&[ix::initialize_vault(&at, admin.pubkey(), lst, &params)], &[&admin, &vrt]);
    at
}

#[tokio::test]
async fn a_thousand_people_come_and_go_at_once_and_nothing_is_lost() {
    may_open_files();
    let names: Vec<String> = (0..VALIDATORS).map(|place| format!("v{place}")).collect();
    let scripts = names.iter().map(ValidatorScript::new).collect();
    let mut config = LocalnetConfig::new(scripts).with_slots_per_epoch(256);
    for number in 0..CROWD {
        let account = Account { lamports: PURSE, rent_epoch: u64::MAX, ..Account::default() };
        config = config.with_account(person(number).pubkey(), account);
    }
    let mut bank = Bank::with_config(config);
    bank.0.advance_epochs(4);
    let params = Params { kappa_prior: 93_000_000_000, reserve_bps: 4_000, ..open_params() };
    let selection = SelectionFixture::with_capacity(&mut bank, params, VALIDATORS, VALIDATORS);
    let votes: Vec<Address> = names.iter().map(|name| bank.0.validator(name).vote_address()).collect();
    for some in votes.chunks(10) {
        let joins: Vec<Instruction> = some.iter().map(|vote| selection.join(vote)).collect();
        bank.must(&joins, &[&selection.pool.payer]);
    }
    // Enough to pay who leaves at once, at any time.
    selection.fund(&mut bank, 3_000 * SOL);
    let vault = vault(&mut bank, &selection.pool);
    // And stake that is active, for who leaves with that.
    selection.crank(&mut bank);
    bank.0.advance_epoch();
    selection.crank(&mut bank);
    let records = selection.pool.list(&bank).records;
    let staked = (0..).zip(&records).filter(|(_, record)| record.stake > 0);
    let votes: Vec<_> = staked.map(|(index, record)| (index, record.vote)).collect();
    assert!(votes.len() > 1, "{} have stake", votes.len());
    let (rent, rent_of_stake) = (bank.rent_exempt(165), bank.rent_exempt(STAKE_SPACE as usize));
    let operator = bank.wallet("operator", PURSE_OF_OPERATOR);
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let [key, path] = ["json", "csv"].map(|end| scratch.join(format!("crowd-{}.{end}", std::process::id())));
    write_keypair_file(&operator, &key).unwrap();

    let net = Arc::new(Mutex::new(bank.0));
    let server = RpcServer::start_ticking(Arc::clone(&net), 0, SLOT).unwrap();
    let began = net.lock().unwrap().epoch();
    let (pool, mint) = (copy(&selection.pool), selection.pool.mint.to_string());
    let purse = ["--keypair", key.to_str().unwrap()];
    let url = server.url();
    let mut crank = Crank::start(&[&["crank", "--mint", &mint, "--url", &url][..], &purse].concat());
    let town = Arc::new(Town {
        rpc: Rpc::new(&url, CommitmentConfig::confirmed()).unwrap(),
        net: Arc::clone(&net),
        pool,
        vault,
        votes,
        rent_of_stake,
        signatures: Mutex::default(),
        refused: AtomicUsize::default(),
        busy: AtomicUsize::default(),
        busiest: AtomicUsize::default(),
    });
    let crowd = async {
        let lives = (0..CROWD).map(|number| tokio::task::spawn_local(Arc::clone(&town).life(number)));
        for life in lives.collect::<Vec<_>>() {
            life.await.unwrap();
        }
    };
    tokio::task::LocalSet::new().run_until(crowd).await;
    assert!(crank.is_at_work());
    drop((crank, server));
    let epochs = {
        let mut net = net.lock().unwrap();
        assert!(net.balance(&operator.pubkey()) < PURSE_OF_OPERATOR, "the crank has worked");
        // Nothing of stake can be done before that.
        while net.rewards_are_active() {
            net.warp_slots(1);
        }
        net.epoch() - began
    };
    assert!(epochs >= 2, "tickets were paid by later epochs: {epochs}");

    // The epoch's books are closed, and counted again by the command line.
    let server = RpcServer::start(Arc::clone(&net), 0).unwrap();
    let url = server.url();
    let close = [&["crank", "--once", "--no-tables", "--mint", &mint, "--url", &url][..], &purse].concat();
    let closed = crate::common::said(&crate::common::sluice(close));
    assert!(closed.contains("This epoch needs nothing more."), "{closed}");
    let report = crate::common::sluice([
        "audit",
        "--strict",
        "--url",
        &url,
        "--mint",
        &mint,
        "--csv",
        path.to_str().unwrap(),
    ]);
    assert!(report.status.success(), "{}", String::from_utf8_lossy(&report.stdout));

    // Each of them, to the lamport: what went in and came out by the ledger, and what it cost.
    let mut moved: HashMap<String, (u64, u64)> = HashMap::new();
    let mut rows = csv::Reader::from_path(&path).unwrap();
    for row in rows.deserialize() {
        let row: HashMap<String, String> = row.unwrap();
        let details: Value = serde_json::from_str(&row["details"]).unwrap();
        let number = |name: &str| details[name].as_u64().unwrap_or(0);
        let sums = moved.entry(row["who"].clone()).or_default();
        match row["event"].as_str() {
            "SolDeposited" => sums.0 += number("lamports"),
            "SolWithdrawn" | "TicketClaimed" => sums.1 += number("paid"),
            "StakeWithdrawn" => sums.1 += number("lamports"),
            _ => {}
        }
    }
    std::fs::remove_file(&path).unwrap();
    std::fs::remove_file(&key).unwrap();
    let net = town.net.lock().unwrap();
    let signatures = town.signatures.lock().unwrap();
    let (mut paid_in, mut paid_out) = (0, 0);
    for number in 0..CROWD {
        let user = person(number).pubkey();
        let (deposited, paid) = moved[&user.to_string()];
        assert_eq!(deposited, DEPOSIT, "{number} deposited once");
        let way = number % WAYS;
        let accounts = if way == 2 { 2 } else { 1 };
        let mut costs = signatures[&user] * SIGNATURE + accounts * rent;
        let mut received = paid;
        if way == 3 {
            // It is in the stake account, which has earned since, but for that account's rent.
            let held = net.balance(&keypair(&format!("stake {number}")).pubkey()) - rent_of_stake;
            assert!((paid..paid * 101 / 100).contains(&held), "{number} has {held} of {paid}");
            costs += rent_of_stake;
            received = 0;
        }
        assert_eq!(net.balance(&user), PURSE - deposited + received - costs, "{number}");
        // The seed of the ticket is back, and no token is left behind.
        assert_eq!(token::balance(&*net, &associated(&user, &selection.pool.mint)), 0, "{number}");
        // The fee of an instant exit is a tenth of a percent; a ticket costs nothing but rounding; what stake has earned in
        // its last epoch stays behind.
        let least = match way {
            1 => DEPOSIT - 2,
            3 => DEPOSIT / 1_000 * 996,
            _ => DEPOSIT / 1_000 * 998,
        };
        assert!((least..DEPOSIT * 101 / 100).contains(&paid), "{number} got {paid}");
        paid_in += deposited;
        paid_out += paid;
    }
    assert_eq!(paid_in, CROWD as u64 * DEPOSIT);
    let busiest = town.busiest.load(Ordering::Relaxed);
    assert!(busiest > CROWD * 9 / 10, "{busiest} at once");
    println!(
        "{CROWD} people, {busiest} at once, {epochs} epochs, {} refusals waited out, {paid_in} in, {paid_out} out",
        town.refused.load(Ordering::Relaxed)
    );
}
