//! What goes wrong, and what is said then.

use sluice_sdk::validator_selection::instructions::ALLOCATE_DISCRIMINATOR;
use sluice_tests::Rates;
use sluice_tests::chain::Chain;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::world::{World, bad_way, complaint, keypair_file, run, said, sluice};

#[test]
fn each_thing_that_goes_wrong_has_its_line() {
    let world = World::new("failing");
    let url = world.server.url();
    let mint = world.mint();
    let crank = |arguments: &[&str]| {
        let key = world.key.to_string_lossy().into_owned();
        let mut all = vec!["crank", "--once", "--keypair", &key];
        all.extend(arguments);
        complaint(&run(&all))
    };
    let nobody = solana_address::Address::new_from_array([9; 32]).to_string();
    let none = crank(&["--mint", &nobody, "--url", &url]);
    assert!(none.contains("no pool for the mint") && none.contains(&nobody), "{none}");
    let down = crank(&["--mint", &mint, "--url", "http://127.0.0.1:1"]);
    assert!(down.contains("no RPC server answers at 127.0.0.1:1"), "{down}");
    let url_error = crank(&["--mint", &mint, "--url", "nonsense"]);
    assert!(url_error.contains("no URL of an RPC server"), "{url_error}");
    let time = crank(&["--mint", &mint, "--url", &url, "--patience=-1"]);
    assert!(time.contains("--patience -1 is no number of seconds"), "{time}");
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = held.local_addr().unwrap().to_string();
    let bind = crank(&["--mint", &mint, "--url", &url, "--metrics-addr", &address]);
    assert!(bind.contains("cannot listen at") && bind.contains("--metrics-addr"), "{bind}");
}

#[test]
fn who_cannot_pay_is_told_so_before_anything_is_sent() {
    let world = World::new("poor");
    let poor = keypair_file("nothing", &Keypair::new());
    let mut command = sluice();
    command.args(["crank", "--once", "--mint", &world.mint(), "--url", &world.server.url(), "--keypair"]);
    let text = complaint(&command.arg(&poor).output().unwrap());
    assert!(text.contains("0 lamports") && text.contains("--keypair"), "{text}");
    let mut command = sluice();
    command.args(["crank", "--once", "--mint", &world.mint(), "--url", &world.server.url()]);
    let text = complaint(&command.args(["--keypair", "/nonexistent.json"]).output().unwrap());
    assert!(text.contains("no keypair at /nonexistent.json"), "{text}");
}

#[test]
fn who_runs_out_of_lamports_in_the_middle_is_told_so_at_once() {
    let mut world = World::new("running out");
    // One fee above the least an account may have.
    let (poor, rent) = {
        let net = &mut *world.net.lock().unwrap();
        let rent = net.rent_exempt(0);
        (net.wallet("soon poor", rent + 5_000), rent)
    };
    world.key = keypair_file("soon poor", &poor);
    let text = complaint(&world.crank(["--once", "--no-tables"]));
    let who = format!("error: {} has {rent} lamports, which pays for no transaction", poor.pubkey());
    assert!(text.starts_with(&who) && text.contains("--keypair"), "{text}");
    assert_eq!(world.balance(&poor.pubkey()), rent);
    assert_eq!(world.pool().updated_epoch, world.epoch(), "what could be paid was done");
}

#[test]
fn what_cannot_be_done_is_named_and_once_fails() {
    let world = World::new("left");
    // Everything else is done by way of this server.
    let way = bad_way(
        world.server.url(),
        Rates { unavailable_kind: Some(ALLOCATE_DISCRIMINATOR), ..Rates::default() },
    );
    let output = world.command_at(way.url(), ["--once", "--no-tables", "--poll", "0.2"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let (pool, what) = (world.selection.pool.pool, format!("allocate {}: ", world.selection.config));
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.contains("observe") && report.contains(&format!("left: {what}")), "{report}");
    assert!(report.ends_with("Something is left.\n"), "{report}");
    let text = String::from_utf8(output.stderr).unwrap();
    let mut errors = text.lines().filter(|line| line.starts_with("error: "));
    let error = errors.next().unwrap_or_else(|| panic!("no error in {text}"));
    assert!(errors.next().is_none(), "{text}");
    assert!(error.starts_with(&format!("error: {what}")) && error.contains("503"), "{error}");
    let epoch = world.epoch();
    let next =
        format!("run this again when that is mended: epoch {epoch} of the pool {pool} is not finished");
    assert!(error.ends_with(&next), "{error}");

    way.set(Rates::default());
    let report = said(&world.command_at(way.url(), ["--once", "--no-tables"]).output().unwrap());
    assert!(report.contains("allocate") && report.contains("This epoch needs nothing more."), "{report}");
}

#[test]
fn what_is_not_understood_is_no_command() {
    for arguments in [
        &["crank", "--once"][..],
        &["crank", "--mint", "xyz"],
        &["crank", "--mint", "11111111111111111111111111111111", "--once", "--dry-run"],
        &["crank", "--mint", "11111111111111111111111111111111", "--unit-price", "1", "--percentile", "50"],
        &["crank", "--mint", "11111111111111111111111111111111", "--percentile", "101"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
