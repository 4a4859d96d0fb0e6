//! A daemon: it works until it is told to stop, tells Prometheus about it, and logs lines that machines read.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::world::World;

/// Ends with the test, however that ends.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn get(url: &str) -> (u16, String) {
    let answer = reqwest::blocking::get(url).unwrap();
    (answer.status().as_u16(), answer.text().unwrap())
}

#[test]
fn a_daemon_works_tells_and_stops_when_asked() {
    let world = World::new("daemon");
    let mut command = world.command([
        "--no-tables",
        "--patience",
        "0",
        "--poll",
        "0.2",
        "--log-format",
        "json",
        "--metrics-addr",
        "127.0.0.1:0",
    ]);
    let mut running = Running(command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap());
    let mut log = BufReader::new(running.0.stderr.take().unwrap()).lines();
    let mut next = || -> Value {
        let line = log.next().expect("it goes on logging").unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"))
    };
    let first = next();
    assert_eq!(first["message"], "serving /metrics and /healthz");
    let url = format!("http://{}", first["address"].as_str().unwrap());
    let mut finished = |epoch: u64| {
        let began = Instant::now();
        loop {
            let line = next();
            assert!(began.elapsed() < Duration::from_secs(60), "{line}");
            if line["message"] == "epoch finished" {
                assert_eq!(line["epoch"], epoch);
                return;
            }
        }
    };
    let epoch = world.net.lock().unwrap().clock().epoch;
    finished(epoch);
    world.next_epoch();
    finished(epoch + 1);

    assert_eq!(get(&format!("{url}/healthz")), (200, "ok\n".into()));
    let (status, text) = get(&format!("{url}/metrics"));
    assert_eq!(status, 200);
    let pool = world.selection.pool.pool;
    let (last, fees) = (epoch + 1, "sluice_crank_fees_lamports_total");
    for line in [
        format!("sluice_crank_finished_epoch{{pool=\"{pool}\"}} {last}"),
        format!("sluice_crank_epoch{{pool=\"{pool}\"}} {last}"),
        format!("sluice_crank_lag_slots{{pool=\"{pool}\"}} 0"),
        format!("sluice_crank_transactions_total{{outcome=\"landed\",pool=\"{pool}\",stage=\"allocate\"}} 2"),
    ] {
        assert!(text.contains(&line), "{line}\n{text}");
    }
    let paid = text.lines().find(|line| line.starts_with(fees)).unwrap().rsplit(' ').next().unwrap();
    assert_eq!(paid.parse::<u64>().unwrap(), sluice_tests::SOL - world.purse());

    let pid = running.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let began = Instant::now();
    let status = loop {
        match running.0.try_wait().unwrap() {
            Some(status) => break status,
            None => assert!(began.elapsed() < Duration::from_secs(20), "it does not stop"),
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(status.code(), Some(0));
}
