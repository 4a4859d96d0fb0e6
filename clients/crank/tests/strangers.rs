//! What strangers can open as much of as they like: how much is asked of a server does not grow with it.

mod common;

use std::time::Duration;

use common::{World, cluster, quick, rpc};
use sluice_crank::snapshot::Reader;
use sluice_crank::{Daemon, Metrics};
use sluice_sdk::pda::restaking_vault as pda;
use sluice_sdk::restaking_vault::types::VaultParams;
use sluice_tests::chain::Chain;
use sluice_tests::vault::ix::{self, VaultAddresses};
use sluice_tests::{Bank, FaultyProxy, PoolFixture, Rates, SOL, keypair, token};
use solana_address::Address;
use solana_signer::Signer;

const VAULTS: usize = 300;
/// What opens a vault, in LST.
const SEED: u64 = 1_000_000;

/// Vaults over the pool's LST that have nothing to do with it.
fn open_vaults(bank: &mut Bank, pool: &PoolFixture) {
    let (stranger, lst) = pool.user(bank, "stranger", 100 * SOL);
    bank.must(&[pool.deposit_sol(&stranger.pubkey(), &lst, 10 * SOL, 0)], &[&stranger]);
    for number in 0..VAULTS {
        let vrt = keypair(&format!("VRT mint {number}"));
        let vault = pda::find_vault(&vrt.pubkey()).0;
        token::create_mint(bank, &pool.payer, &vrt, &vault);
        let account = |bank: &mut Bank, name: &str, mint: &Address| {
            let key = keypair(&format!("{name} {number}"));
            token::create_token_account(bank, &pool.payer, &key, mint, &vault)
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
            delegation_admin: stranger.pubkey(),
            resolver: stranger.pubkey(),
            pauser: stranger.pubkey(),
            seed: SEED,
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
        bank.must(&[ix::initialize_vault(&at, stranger.pubkey(), lst, &params)], &[&stranger, &vrt]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_strange_vaults_cost_two_requests_more_than_none() {
    let world = World::new(3);
    let way = FaultyProxy::start(world.server.url(), Rates::default(), 1, Duration::ZERO).unwrap();
    let settings = quick(Duration::ZERO);
    let servers = cluster(&[way.url().to_owned()], &settings, &Metrics::new());
    world.with_bank(|bank| {
        bank.0.advance_epoch();
        world.selection.crank(bank);
    });
    let mut reader = Reader::new(servers, rpc(way.url()), world.id());
    reader.read(Duration::ZERO).await.unwrap();
    let mut requests = async || {
        let before = way.injected().1;
        let seen = reader.read(Duration::ZERO).await.unwrap().watched.vaults.len();
        (seen, way.injected().1 - before)
    };
    let (none, without) = requests().await;
    assert_eq!(none, 0);
    assert!(without > 2, "it has looked for tickets and for vaults");
    // Epochs pass meanwhile; vaults are looked for in those of which the pool is.
    world.with_bank(|bank| {
        open_vaults(bank, &world.selection.pool);
        bank.0.advance_epoch();
        world.selection.crank(bank);
    });
    // The first reading of an epoch looks at more.
    requests().await;
    let (all, with) = requests().await;
    assert_eq!(all, VAULTS);
    // Slash requests and allocations are looked for where there is a vault.
    assert_eq!(with, without + 2);

    world.next_epoch();
    let key = world.operator("operator");
    let daemon = Daemon {
        servers: vec![rpc(&world.server.url())],
        pools: vec![world.id()],
        key,
        settings: sluice_crank::Settings { keep_tables: false, ..settings },
        metrics: Metrics::new(),
        once: Some(Duration::from_secs(3)),
    };
    let (_go_on, stopped) = tokio::sync::watch::channel(false);
    let ended = sluice_crank::run(daemon, stopped).await.unwrap();
    assert!(ended.is_finished());
    let stages: Vec<_> = ended.reports[0].stages.keys().map(|kind| kind.name()).collect();
    assert!(!stages.is_empty() && stages.iter().all(|stage| !stage.contains("slash")), "{stages:?}");
}
