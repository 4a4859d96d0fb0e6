//! What goes wrong, and what is said then.

use solana_keypair::Keypair;

use crate::world::{World, complaint, keypair_file, run, sluice};

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
