//! A thousand people deposit and leave at once through the server, while slots tick, epochs pass and the crank turns. Nothing
//! is lost: what each of them gave is what each got back, and fees; and the books close at the end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
use solana_keypair::Keypair;
use solana_signer::Signer;
use tokio::sync::Semaphore;

const CROWD: usize = 1_000;
/// What each has, and what each deposits.
const PURSE: u64 = 3 * SOL;
const DEPOSIT: u64 = 2 * SOL;
/// Of which the third kind restakes so much.
const RESTAKED: u64 = SOL;
/// Transactions under way at a time.
const AT_ONCE: usize = 64;
/// More than any of these takes.
const UNITS: u32 = 200_000;
const SIGNATURE: u64 = 5_000;
const SLOT: Duration = Duration::from_millis(40);
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
    turns: Semaphore,
    signatures: Mutex<HashMap<Address, u64>>,
    refused: AtomicUsize,
}

impl Town {
    /// Sends until it has landed; whatever is refused because an epoch has begun is tried again.
    async fn does(&self, instructions: Vec<Instruction>, signers: &[&Keypair]) {
        let payer = signers[0].pubkey();
        let request = Request::new(instructions);
        for _ in 0..400 {
            {
                let _turn = self.turns.acquire().await.unwrap();
                // What fails would cost its fee: it is asked first, as a wallet does.
                let result = match request.simulate(&self.rpc, &payer).await {
                    Ok(_) => match request.sign(&self.rpc, signers, UNITS).await {
                        Ok((signed, last)) => {
                            let landed = deliver(&self.rpc, &signed, last).await;
                            if !matches!(landed, Err(SendError::Expired { .. })) {
                                *self.signatures.lock().unwrap().entry(payer).or_default() +=
                                    signers.len() as u64;
                            }
                            landed.map(|_| ())
                        }
                        Err(error) => Err(error),
                    },
                    Err(error) => Err(error),
                };
                match result {
                    Ok(()) => return,
                    Err(SendError::Refused(_) | SendError::Failed(_) | SendError::Expired { .. }) => {
                        self.refused.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(error) => panic!("{payer}: {error}"),
                }
            }
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
        panic!("{payer} was refused for too long");
    }

    async fn shares(&self, account: &Address) -> u64 {
        let account = self.rpc.account(account).await.unwrap().expect("a token account");
        u64::from_le_bytes(account.data[64..72].try_into().unwrap())
    }

    /// In, and out by one of three ways.
    async fn life(self: Arc<Self>, number: usize) {
        let (key, pool) = (person(number), &self.pool);
        let user = key.pubkey();
        let lst = associated(&user, &pool.mint);
        let deposit = pool.deposit_sol(&user, &lst, DEPOSIT, 1);
        self.does(vec![create_associated(&user, &pool.mint), deposit], &[&key]).await;
        match number % 3 {
            0 => {}
            1 => {
                let (ticket, shares) = (keypair(&format!("ticket {number}")), self.shares(&lst).await);
                let order = pool.order_unstake(&user, &lst, &ticket.pubkey(), shares);
                self.does(vec![order], &[&key, &ticket]).await;
                self.does(vec![pool.claim_ticket(&ticket.pubkey(), &user)], &[&key]).await;
                return;
            }
            _ => {
                let vrt = associated(&user, &self.vault.vrt_mint);
                let restake = ix::deposit(&self.vault, user, lst, vrt, RESTAKED, 1);
                self.does(vec![create_associated(&user, &self.vault.vrt_mint), restake], &[&key]).await;
                let (ticket, shares) = (keypair(&format!("withdrawal {number}")), self.shares(&vrt).await);
                let enqueue = ix::enqueue_withdrawal(&self.vault, user, vrt, ticket.pubkey(), shares);
                self.does(vec![enqueue], &[&key, &ticket]).await;
                self.does(vec![ix::claim_withdrawal(&self.vault, ticket.pubkey(), user, lst, 1)], &[&key])
                    .await;
            }
        }
        let shares = self.shares(&lst).await;
        self.does(vec![pool.withdraw_sol(&user, &lst, shares, 1)], &[&key]).await;
    }
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
    let scripts = (0..4).map(|place| ValidatorScript::new(format!("v{place}"))).collect();
    let mut config = LocalnetConfig::new(scripts).with_slots_per_epoch(128);
    for number in 0..CROWD {
        let account = Account { lamports: PURSE, rent_epoch: u64::MAX, ..Account::default() };
        config = config.with_account(person(number).pubkey(), account);
    }
    let mut bank = Bank::with_config(config);
    bank.0.advance_epochs(4);
    let params = Params { kappa_prior: 93_000_000_000, reserve_bps: 4_000, ..open_params() };
    let selection = SelectionFixture::with_params(&mut bank, params);
    for place in 0..4 {
        let vote = bank.0.validator(&format!("v{place}")).vote_address();
        bank.must(&[selection.join(&vote)], &[&selection.pool.payer]);
    }
    // Enough to pay who leaves at once, at any time.
    selection.fund(&mut bank, 3_000 * SOL);
    let vault = vault(&mut bank, &selection.pool);
    selection.crank(&mut bank);
    let rent = bank.rent_exempt(165);

    let net = Arc::new(Mutex::new(bank.0));
    let server = RpcServer::start_ticking(Arc::clone(&net), 0, SLOT).unwrap();
    let began = net.lock().unwrap().epoch();
    let pool = copy(&selection.pool);
    let stop = Arc::new(AtomicBool::new(false));
    let turning = std::thread::spawn({
        let (net, stop) = (Arc::clone(&net), Arc::clone(&stop));
        move || {
            let mut done = began;
            while !stop.load(Ordering::Relaxed) {
                let mut net = net.lock().unwrap();
                if net.epoch() > done && !net.rewards_are_active() {
                    selection.crank(&mut *net);
                    done = net.epoch();
                }
                drop(net);
                std::thread::sleep(Duration::from_millis(50));
            }
            selection
        }
    });
    let rpc = Rpc::new(&server.url(), CommitmentConfig::confirmed()).unwrap();
    let town = Arc::new(Town {
        rpc,
        net: Arc::clone(&net),
        pool,
        vault,
        turns: Semaphore::new(AT_ONCE),
        signatures: Mutex::default(),
        refused: AtomicUsize::new(0),
    });
    let crowd = async {
        let lives = (0..CROWD).map(|number| tokio::task::spawn_local(Arc::clone(&town).life(number)));
        for life in lives.collect::<Vec<_>>() {
            life.await.unwrap();
        }
    };
    tokio::task::LocalSet::new().run_until(crowd).await;
    stop.store(true, Ordering::Relaxed);
    let selection = turning.join().unwrap();
    let epochs = net.lock().unwrap().epoch() - began;
    assert!(epochs >= 3, "tickets were paid by later epochs: {epochs}");
    drop(server);

    // The epoch's books are closed, and counted again by the command line.
    {
        let mut net = net.lock().unwrap();
        if selection.pool.state(&*net).updated_epoch != net.epoch() {
            selection.crank(&mut *net);
        }
    }
    let server = RpcServer::start(Arc::clone(&net), 0).unwrap();
    let path =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("crowd-{}.csv", std::process::id()));
    let mint = selection.pool.mint.to_string();
    let report = crate::common::sluice([
        "audit",
        "--strict",
        "--url",
        &server.url(),
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
            _ => {}
        }
    }
    std::fs::remove_file(&path).unwrap();
    let net = town.net.lock().unwrap();
    let signatures = town.signatures.lock().unwrap();
    let (mut paid_in, mut paid_out) = (0, 0);
    for number in 0..CROWD {
        let user = person(number).pubkey();
        let (deposited, paid) = moved[&user.to_string()];
        assert_eq!(deposited, DEPOSIT, "{number} deposited once");
        let accounts = if number % 3 == 2 { 2 } else { 1 };
        let costs = signatures[&user] * SIGNATURE + accounts * rent;
        assert_eq!(net.balance(&user), PURSE - deposited + paid - costs, "{number}");
        // The seed of the ticket is back, and no token is left behind.
        assert_eq!(token::balance(&*net, &associated(&user, &selection.pool.mint)), 0, "{number}");
        // The fee of an instant exit is a tenth of a percent; a ticket costs nothing but rounding.
        let least = if number % 3 == 1 { DEPOSIT - 2 } else { DEPOSIT / 1_000 * 998 };
        assert!((least..DEPOSIT * 101 / 100).contains(&paid), "{number} got {paid}");
        paid_in += deposited;
        paid_out += paid;
    }
    assert_eq!(paid_in, CROWD as u64 * DEPOSIT);
    println!(
        "{CROWD} people, {epochs} epochs, {} refusals waited out, {paid_in} in, {paid_out} out",
        town.refused.load(Ordering::Relaxed)
    );
}
