//! `admin pool`: fees, limits, roles, brakes and the hand-over of a pool.

use sluice_localnet::ValidatorScript;
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_tests::chain::Chain;
use sluice_tests::{Bank, PoolFixture, SOL};
use solana_address::Address;
use solana_signer::Signer;

use crate::common::{Person, Served, complaint, event, key, nobody, number, row, sluice};

/// A pool and its admin, who has all roles.
pub struct Office {
    pub served: Served,
    pub pool: PoolFixture,
    pub admin: Person,
}

impl Office {
    pub fn new() -> Self {
        let mut bank = Bank::start(vec![ValidatorScript::new("one"), ValidatorScript::new("two")]);
        bank.0.advance_epochs(2);
        let pool = PoolFixture::new(&mut bank);
        let key = pool.admin.insecure_clone();
        Chain::airdrop(&mut bank, &key.pubkey(), 10 * SOL);
        let served = Served::new(bank, pool.mint);
        let admin = served.known(key);
        Self { served, pool, admin }
    }

    pub fn state(&self) -> Pool {
        self.served.chain(|net| self.pool.state(net))
    }

    pub fn epoch(&self) -> u64 {
        self.served.chain(|net| Chain::clock(net).epoch)
    }

    /// Epochs pass, in each of which the pool is updated.
    pub fn epochs(&self, count: u64) {
        for _ in 0..count {
            self.served.chain(|net| {
                net.advance_epoch();
                self.pool.update(net);
            });
        }
    }

    /// Somebody with SOL who has no role, and an LST account with so much.
    pub fn holder(&self, name: &str, lst: u64) -> (Person, Address) {
        let (key, account) = self.served.chain(|net| {
            let (user, account) = self.pool.user(net, name, 100 * SOL);
            if lst > 0 {
                net.must(&[self.pool.deposit_sol(&user.pubkey(), &account, lst, 0)], &[&user]);
            }
            (user, account)
        });
        (self.served.known(key), account)
    }
}

#[test]
fn fees_that_are_raised_wait_and_those_that_are_not_named_stay() {
    let office = Office::new();
    let Office { served, admin, .. } = &office;
    let (stranger, _) = office.holder("stranger", 0);
    let from = office.epoch() + 2;
    let set = ["admin", "pool", "set-fees", "--reward-bps", "600", "--deposit-bps", "5"];
    let error = served.refuses(&stranger, &set);
    let expected = format!(
        "only the fee authority ({}) may do this; this key is {}: name the right one by --keypair",
        admin.address(),
        stranger.address()
    );
    assert_eq!(error, expected);
    let preview = served.previews(admin, &set);
    assert_eq!(row(&preview, "Of profits"), "5 % → 6 %");
    assert_eq!(row(&preview, "Of deposits"), "0 % → 0.05 %");
    assert!(
        row(&preview, "In force").starts_with(&format!("with the first update of epoch {from}, in 2 epochs")),
        "{preview}"
    );
    assert!(!preview.contains("Of instant exits"), "{preview}");
    let done = served.does(admin, &set);
    assert_eq!(number(&event(&done, "FeesScheduled")["epoch"]), from);
    // One more, on top of what is scheduled.
    let more = ["admin", "pool", "set-fees", "--insurance-bps", "1000"];
    let preview = served.previews(admin, &more);
    assert_eq!(row(&preview, "Replaces"), format!("what was scheduled for epoch {from}"));
    served.does(admin, &more);
    let fees = office.state().next_fees;
    assert_eq!((fees.reward_bps, fees.deposit_bps, fees.insurance_bps), (600, 5, 1_000));
    let error = served.refuses(admin, &more);
    assert_eq!(error, "nothing changes: every fee is so already");
    office.epochs(2);
    assert_eq!(office.state().fees.reward_bps, 600);
    let preview = served.previews(admin, &["admin", "pool", "set-fees", "--reward-bps", "100"]);
    assert_eq!((row(&preview, "Of profits"), row(&preview, "In force")), ("6 % → 1 %", "at once"));
    for (fee, name) in [("801", "FeeStepTooLarge"), ("1001", "FeeAboveCap")] {
        let error = served.refuses(admin, &["admin", "pool", "set-fees", "--reward-bps", fee]);
        assert!(error.contains(name), "{error}");
    }
    assert_eq!(served.run(admin, &["admin", "pool", "set-fees"]).status.code(), Some(2), "nothing is named");
}

#[test]
fn limits_are_set_in_part_and_a_deposit_feels_them() {
    let office = Office::new();
    let Office { served, admin, .. } = &office;
    let set = [
        "admin",
        "pool",
        "set-limits",
        "--tvl-cap",
        "50",
        "--min-deposit",
        "0.5",
        "--movement-cap-bps",
        "500",
    ];
    let preview = served.previews(admin, &set);
    assert_eq!(row(&preview, "Most after a deposit"), "no limit → 50 SOL");
    assert_eq!(row(&preview, "Smallest deposit"), "0.001 SOL → 0.5 SOL");
    assert_eq!(row(&preview, "Cap on movement an epoch"), "100 % → 5 %");
    served.does(admin, &set);
    let pool = office.state();
    assert_eq!((pool.tvl_cap, pool.min_deposit, pool.sweep_threshold), (50 * SOL, SOL / 2, 10_000_000));
    let error = served.refuses(admin, &set);
    assert_eq!(error, "nothing changes: every limit is so already");
    let (stranger, _) = office.holder("stranger", 0);
    let error = served.refuses(&stranger, &["stake", "60"]);
    assert!(error.contains("staking_pool"), "{error}");
    let error = served.refuses(&stranger, &set);
    assert!(error.starts_with("only the admin"), "{error}");
    let error = served.refuses(admin, &["admin", "pool", "set-limits", "--movement-cap-bps", "10001"]);
    assert!(error.contains("ShareAboveOne"), "{error}");
    served.does(admin, &["admin", "pool", "set-limits", "--tvl-cap", "all"]);
    assert_eq!(office.state().tvl_cap, u64::MAX);
}

#[test]
fn roles_and_the_treasury_change_at_once_the_delegation_authority_on_notice() {
    let office = Office::new();
    let Office { served, admin, pool, .. } = &office;
    let (pauser, treasury) = office.holder("pauser", 0);
    let named = pauser.address().to_string();
    let set = ["admin", "pool", "set-roles", "--pauser", &named, "--deposit-authority", &named];
    let preview = served.previews(admin, &set);
    assert_eq!(row(&preview, "Pauser"), format!("{} → {named}", admin.address()));
    assert_eq!(row(&preview, "Signs deposits"), format!("nobody: anyone may deposit → {named}"));
    served.does(admin, &set);
    let state = office.state();
    assert_eq!((state.pauser, state.fee_authority), (pauser.address(), admin.address()));
    let error = served.refuses(&pauser, &set);
    assert!(error.starts_with("only the admin"), "{error}");
    served.does(admin, &["admin", "pool", "set-roles", "--open-deposits"]);
    assert_eq!(office.state().deposit_authority, Address::default());

    let to = treasury.to_string();
    let preview = served.previews(admin, &["admin", "pool", "set-treasury", &to]);
    assert_eq!(row(&preview, "Treasury"), format!("{} → {to}", pool.treasury));
    served.does(admin, &["admin", "pool", "set-treasury", &to]);
    assert_eq!(office.state().treasury, treasury);
    // The fixture's cranks know the other one.
    served.does(admin, &["admin", "pool", "set-treasury", &pool.treasury.to_string()]);
    let mint = pool.mint.to_string();
    let error = served.refuses(admin, &["admin", "pool", "set-treasury", &mint]);
    assert!(error.contains("is no token account of this pool's LST: no token account is there"), "{error}");

    let from = office.epoch() + 2;
    let next = nobody("next authority").to_string();
    let name = ["admin", "pool", "set-delegation-authority", &next];
    let preview = served.previews(admin, &name);
    assert_eq!(row(&preview, "Delegation authority"), format!("{} → {next}", pool.delegation.pubkey()));
    assert!(row(&preview, "In force").contains(&format!("epoch {from}")), "{preview}");
    served.does(admin, &name);
    let error = served.refuses(admin, &name);
    assert_eq!(error, "nothing changes: the delegation authority is so already");
    let present = pool.delegation.pubkey().to_string();
    let preview = served.previews(admin, &["admin", "pool", "set-delegation-authority", &present]);
    assert_eq!(row(&preview, "Called off"), format!("{next} as delegation authority"));
    office.epochs(2);
    assert_eq!(office.state().delegation_authority.to_string(), next);
}

#[test]
fn a_pause_is_begun_by_two_roles_and_stops_deposits() {
    let office = Office::new();
    let Office { served, admin, .. } = &office;
    let (stranger, _) = office.holder("stranger", 0);
    let error = served.refuses(&stranger, &["admin", "pool", "pause"]);
    assert!(error.starts_with("only the admin (") && error.contains("or the pauser ("), "{error}");
    let error = served.refuses(admin, &["admin", "pool", "resume"]);
    assert_eq!(error, "there is no pause to end: deposits and instant exits go on");
    let pauser = stranger.address().to_string();
    served.does(admin, &["admin", "pool", "set-roles", "--pauser", &pauser]);
    let until = office.epoch() + 2;
    let preview = served.previews(&stranger, &["admin", "pool", "pause"]);
    assert!(row(&preview, "Ends by itself with").starts_with(&format!("epoch {until}")), "{preview}");
    served.does(&stranger, &["admin", "pool", "pause"]);
    let error = served.refuses(&stranger, &["stake", "1"]);
    assert!(error.contains("Paused"), "{error}");
    let preview = served.previews(&stranger, &["admin", "pool", "resume"]);
    assert_eq!(row(&preview, "Paused"), format!("until epoch {until} → not any more"));
    served.does(&stranger, &["admin", "pool", "resume"]);
    let error = served.refuses(&stranger, &["admin", "pool", "pause"]);
    assert!(error.contains(&format!("the pauser may pause again from epoch {} on", until + 2)), "{error}");
    served.does(admin, &["admin", "pool", "pause"]);
    assert_eq!(office.state().paused_until_epoch, until);
}

#[test]
fn a_pool_is_handed_over_in_two_steps() {
    let office = Office::new();
    let Office { served, admin, .. } = &office;
    let (heir, _) = office.holder("heir", 0);
    let named = heir.address().to_string();
    let error = served.refuses(&heir, &["admin", "pool", "accept-admin"]);
    assert!(error.contains("has to run propose-admin first"), "{error}");
    let error = served.refuses(&heir, &["admin", "pool", "propose-admin", &named]);
    assert!(error.starts_with("only the admin"), "{error}");
    let preview = served.previews(admin, &["admin", "pool", "propose-admin", &named]);
    assert_eq!(row(&preview, "Proposed"), format!("nobody → {named}"));
    served.does(admin, &["admin", "pool", "propose-admin", &named]);
    let error = served.refuses(admin, &["admin", "pool", "accept-admin"]);
    assert!(error.starts_with(&format!("only the proposed admin ({named})")), "{error}");
    let preview = served.previews(&heir, &["admin", "pool", "accept-admin"]);
    assert_eq!(row(&preview, "Admin"), format!("{} → {named}", admin.address()));
    let done = served.does(&heir, &["admin", "pool", "accept-admin"]);
    assert_eq!(key(&event(&done, "AdminChanged")["after"]), heir.address());
    assert_eq!(office.state().admin, heir.address());
}

#[test]
fn the_insurance_fund_is_funded_by_anyone_and_the_rate_stays() {
    let office = Office::new();
    let Office { served, pool, .. } = &office;
    let (alice, lst) = office.holder("alice", 10 * SOL);
    let fund = ["admin", "pool", "fund-insurance", "2.5"];
    let preview = served.previews(&alice, &fund);
    assert_eq!(row(&preview, "Insurance fund"), "0 LST → 2.5 LST");
    let (rate, supply) = served.chain(|net| (pool.rate(net), sluice_tests::token::supply(net, &pool.mint)));
    let done = served.does(&alice, &fund);
    assert_eq!(number(&event(&done, "InsuranceFunded")["shares"]), 2_500_000_000);
    assert_eq!(served.tokens(&lst), 7_500_000_000);
    assert_eq!(office.state().insurance_shares, 2_500_000_000);
    let after = served.chain(|net| (pool.rate(net), sluice_tests::token::supply(net, &pool.mint)));
    assert_eq!(after, (rate, supply - 2_500_000_000));
    let error = served.refuses(&alice, &["admin", "pool", "fund-insurance", "8"]);
    assert_eq!(error, "8 LST were asked for, and there are 7.5 LST to take them from");
}

#[test]
fn a_pool_that_is_not_there_and_a_server_that_is_down_are_named() {
    let office = Office::new();
    let Office { served, admin, .. } = &office;
    let file = admin.file.to_str().unwrap();
    let ask = |url: &str, mint: &str| {
        complaint(&sluice([
            "admin",
            "pool",
            "pause",
            "--keypair",
            file,
            "--url",
            url,
            "--mint",
            mint,
            "--yes",
        ]))
    };
    let mint = nobody("another mint").to_string();
    let error = ask(&served.server.url(), &mint);
    assert!(error.starts_with(&format!("no pool for the mint {mint}")), "{error}");
    let error = ask("http://127.0.0.1:1", &mint);
    assert!(error.starts_with("no RPC server answers at 127.0.0.1:1"), "{error}");
    let error = complaint(&sluice(["admin", "pool", "pause", "--keypair", "/nonexistent", "--mint", &mint]));
    assert!(error.starts_with("no keypair at /nonexistent"), "{error}");
}
