//! `sluice localnet`, the real binary: what it prints, what it serves, how it stops, and what it refuses.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sluice_tests::program_path;
use solana_address::Address;
use solana_client::rpc_client::RpcClient;
use solana_client::rpc_request::RpcRequest;
use solana_keypair::read_keypair_file;
use solana_signer::Signer;

const LOADER: &str = "BPFLoaderUpgradeab1e11111111111111111111111";

fn programs() -> String {
    program_path("staking_pool").parent().unwrap().to_str().unwrap().to_owned()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
    command.arg("localnet").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn temporary(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("sluice-cli-localnet-{}-{name}", std::process::id()))
}

/// A running localnet; killed if a test ends before it has stopped it.
struct Running {
    child: Child,
    /// All it printed until it was ready.
    said: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(&[&["--port", "0"], arguments].concat()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        let is_json = arguments.contains(&"json");
        while !(if is_json { said.ends_with("\n}\n") } else { said.ends_with("ready\n") }) {
            if lines.read_line(&mut said).unwrap() == 0 {
                let mut why = String::new();
                child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
                panic!("it ended: {said}{why}");
            }
        }
        Self { child, said }
    }

    /// The value of a line of the table.
    fn line(&self, name: &str) -> &str {
        let line = self.said.lines().find(|line| line.starts_with(name));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.said))[name.len()..].trim()
    }

    /// As Ctrl-C: the exit code.
    fn interrupt(&mut self, signal: &str) -> Option<i32> {
        assert!(
            Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success()
        );
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn extra(client: &RpcClient, method: &'static str, params: Value) -> Value {
    client.send(RpcRequest::Custom { method }, params).unwrap()
}

#[test]
fn it_serves_the_programs_passes_epochs_and_stops_when_interrupted() {
    let key = temporary("faucet.json");
    let (path, folder) = (key.to_str().unwrap(), programs());
    let options =
        ["--programs", &folder, "--faucet-keypair", path, "--slots-per-epoch", "32", "--slot-time", "50ms"];
    let mut running = Running::start(&options);
    let url = running.line("RPC").to_owned();
    assert!(!url.ends_with(":0"), "the real port: {url}");
    let client = RpcClient::new(url.clone());
    assert_eq!(client.get_genesis_hash().unwrap().to_string(), running.line("Genesis hash"));

    let faucet = read_keypair_file(&key).unwrap().pubkey();
    assert!(running.line("Faucet").starts_with(&faucet.to_string()));
    for program in sluice_sdk::PROGRAMS {
        let account = client.get_account(&program.id).unwrap();
        assert!(account.executable && account.owner.to_string() == LOADER, "{}", program.name);
        assert!(running.said.contains(&program.id.to_string()));
        // Behind the tag and the slot of its deployment: who may upgrade it.
        let data = Address::try_from(&account.data[4..36]).unwrap();
        assert_eq!(client.get_account(&data).unwrap().data[13..45], faucet.to_bytes());
    }
    assert_eq!(client.get_vote_accounts().unwrap().current.len(), 24);

    // Slots pass by themselves, epochs when asked.
    let slot = client.get_slot().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while client.get_slot().unwrap() < slot + 3 {
        assert!(Instant::now() < deadline, "slots do not pass");
        std::thread::sleep(Duration::from_millis(50));
    }
    let epoch = client.get_epoch_info().unwrap().epoch;
    let report = extra(&client, "localnet_advanceEpoch", json!([2]));
    assert!(report["epoch"].as_u64().unwrap() >= epoch + 2 && report["rewards"].as_u64().unwrap() > 0);

    let to = Address::new_from_array([7; 32]);
    let signature = client.request_airdrop(&to, 1_000_000_000).unwrap();
    client.poll_for_signature(&signature).unwrap();
    assert_eq!(client.get_balance(&to).unwrap(), 1_000_000_000);

    assert_eq!(running.interrupt("-INT"), Some(0));
    assert!(RpcClient::new(url).get_health().is_err(), "nobody is left");
    // The same file again, as the key depends on the seed alone; but not for another seed.
    let options = ["--programs", &folder, "--faucet-keypair", path];
    assert_eq!(Running::start(&options).interrupt("-TERM"), Some(0));
    let other = refused(&[&options[..], &["--seed", "1"]].concat());
    assert!(other.contains("holds another keypair already"), "{other}");
    std::fs::remove_file(key).unwrap();
}

#[test]
fn json_says_the_same_and_a_cluster_without_slot_time_stands_still() {
    let account = temporary("account.json");
    let owner = Address::new_from_array([9; 32]);
    let content = json!({
        "pubkey": Address::new_from_array([5; 32]).to_string(),
        "account": {
            "lamports": 2_000_000_000u64, "data": ["AQID", "base64"], "owner": owner.to_string(),
            "executable": false, "rentEpoch": u64::MAX, "space": 3,
        },
    });
    std::fs::write(&account, content.to_string()).unwrap();
    let (file, elsewhere) = (account.to_str().unwrap(), Address::new_from_array([6; 32]).to_string());
    let options = [
        "--no-programs",
        "--output",
        "json",
        "--slot-time",
        "0",
        "--validators",
        "30",
        "--seed",
        "5",
        "--epoch-days",
        "0.5",
        "--account",
        "-",
        file,
        "--account",
        &elsewhere,
        file,
    ];
    let mut running = Running::start(&options);
    let started: Value = serde_json::from_str(&running.said).unwrap();
    assert_eq!((&started["programs"], &started["slot_milliseconds"]), (&json!([]), &json!(0)));
    assert_eq!(started["epoch_seconds"], 43_200.0);
    assert_eq!(started["validators"].as_array().unwrap().len(), 30);
    let client = RpcClient::new(started["url"].as_str().unwrap());
    for byte in [5, 6] {
        let written = client.get_account(&Address::new_from_array([byte; 32])).unwrap();
        assert_eq!((written.lamports, written.data, written.owner), (2_000_000_000, vec![1, 2, 3], owner));
    }
    let listed = extra(&client, "localnet_validators", json!([]));
    assert_eq!(listed[0]["vote"], started["validators"][0]["vote"]);
    let slot = client.get_slot().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(client.get_slot().unwrap(), slot);
    assert_eq!(extra(&client, "localnet_advanceSlots", json!([2])), slot + 2);
    assert_eq!(running.interrupt("-INT"), Some(0));
    std::fs::remove_file(account).unwrap();
}

#[test]
fn recorded_validators_keep_their_names() {
    let path = temporary("validators.csv");
    let vote = Address::new_from_array([3; 32]);
    let lines = format!(
        "vote_account,commission_pct,mev_commission_bps,active_stake_lamports,epoch_credits\n\
         {vote},5,,5000000000000,1000\n{},7,800,3000000000000,900\n",
        Address::new_from_array([4; 32])
    );
    std::fs::write(&path, lines).unwrap();
    let options = ["--no-programs", "--slot-time", "0", "--validators-csv", path.to_str().unwrap()];
    let running = Running::start(&options);
    let client = RpcClient::new(running.line("RPC").to_owned());
    let known = client.get_vote_accounts().unwrap().current;
    assert_eq!(known.len(), 2);
    assert_eq!((known[0].vote_pubkey.clone(), known[0].commission), (vote.to_string(), 5));
    drop(running);
    std::fs::remove_file(path).unwrap();
}

/// What it says when it refuses to start: one line, and code 1.
#[track_caller]
fn refused(arguments: &[&str]) -> String {
    let output = ended(command(arguments));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.is_empty());
    assert!(said.starts_with("error: ") && said.lines().count() == 1, "{said}");
    said
}

/// The output of one that ends by itself.
#[track_caller]
fn ended(mut command: Command) -> Output {
    let mut child = command.spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("it goes on");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

#[test]
fn what_cannot_start_says_why_and_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = refused(&["--no-programs", "--port", &port]);
    assert!(said.contains(&format!("127.0.0.1:{port}")) && said.contains("--port"), "{said}");

    let said = refused(&["--programs", "/nonexistent"]);
    assert!(said.contains("/nonexistent/") && said.contains("make build"), "{said}");

    let csv = temporary("bad.csv");
    let header = "vote_account,commission_pct,mev_commission_bps,active_stake_lamports,epoch_credits\n";
    std::fs::write(&csv, format!("{header}{},many,,1,1\n", Address::default())).unwrap();
    let path = csv.to_str().unwrap();
    let said = refused(&["--no-programs", "--validators-csv", path]);
    assert!(said.contains(path) && said.contains("line 2: commission_pct is \"many\""), "{said}");
    std::fs::write(&csv, header).unwrap();
    assert!(refused(&["--no-programs", "--validators-csv", path]).contains("nobody has stake"));
    std::fs::remove_file(&csv).unwrap();
    assert!(refused(&["--no-programs", "--validators-csv", path]).contains("cannot read validators from"));

    assert!(refused(&["--no-programs", "--slots-per-epoch", "10"]).contains("at least 32"));
    assert!(refused(&["--no-programs", "--validators", "0"]).contains("nobody has stake"));
    assert!(refused(&["--no-programs", "--epoch-days", "0"]).contains("--epoch-days"));
    let said = refused(&["--no-programs", "--faucet-keypair", "/dev/null/key.json"]);
    assert!(said.contains("cannot write /dev/null/key.json"), "{said}");
    let said = refused(&["--no-programs", "--account", "-", "/nonexistent/account.json"]);
    assert!(said.contains("/nonexistent/account.json"), "{said}");
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_starts() {
    for arguments in [
        &["--slot-time", "400"][..],
        &["--slot-time", "-1s"],
        &["--port", "65536"],
        &["--validators", "some"],
        &["--no-programs", "--programs", "target"],
        &["--account", "one"],
    ] {
        let output = ended(command(arguments));
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
