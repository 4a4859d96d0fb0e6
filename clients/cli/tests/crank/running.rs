//! A daemon as a process of its own: what it logs, what it tells over HTTP, and its end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

/// Ends with the test, however that ends.
pub struct Running {
    child: Child,
    url: String,
    log: Receiver<Value>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Of a `sluice crank`, which is made quick here, the only one at work, and to be asked over HTTP.
    pub fn start(mut command: Command) -> Self {
        command.args(["--patience", "0", "--poll", "0.2", "--log-format", "json"]);
        command.args(["--metrics-addr", "127.0.0.1:0"]);
        Self::of(command)
    }

    /// Of one that is asked over HTTP and logs JSON by itself.
    pub fn of(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (write, log) = channel();
        // Whoever does not read what a process writes stops it.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"));
                let _ = write.send(line);
            }
        });
        let mut running = Self { child, url: String::new(), log };
        let serving = running.says("serving /metrics and /healthz");
        running.url = format!("http://{}", serving["address"].as_str().unwrap());
        running
    }

    /// Waits until it logs that.
    pub fn says(&self, message: &str) -> Value {
        let began = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(began.elapsed());
            let line = self.log.recv_timeout(left).unwrap_or_else(|_| panic!("it never says {message:?}"));
            if line["message"] == message {
                return line;
            }
        }
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        let answer = reqwest::blocking::get(format!("{}{path}", self.url)).unwrap();
        (answer.status().as_u16(), answer.text().unwrap())
    }

    /// Status and sentence of /healthz.
    pub fn health(&self) -> (u16, String) {
        self.get("/healthz")
    }

    /// Waits until it is well.
    #[track_caller]
    pub fn gets_well(&self) {
        eventually("it is well", || self.health() == (200, "ok\n".into()));
    }

    /// Waits until it is ill and says all of these words.
    #[track_caller]
    pub fn gets_ill(&self, words: &[&str]) {
        let began = Instant::now();
        loop {
            let (status, text) = self.health();
            if status == 503 && words.iter().all(|word| text.contains(word)) {
                assert_eq!(text.lines().count(), 1, "{text}");
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{status}, and not {words:?}: {text}");
            std::thread::sleep(LOOK);
        }
    }

    /// Sum of a metric over the label sets that have all of these labels.
    pub fn metric(&self, name: &str, labels: &[&str]) -> u64 {
        let (_, text) = self.get("/metrics");
        let is_wanted = |line: &&str| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with('{'))
                && labels.iter().all(|label| line.contains(label))
        };
        let values = text.lines().filter(is_wanted).filter_map(|line| line.rsplit(' ').next());
        values.map(|value| value.parse::<u64>().unwrap()).sum()
    }

    /// Whether it has seen an epoch finished.
    pub fn has_finished(&self, epoch: u64) -> bool {
        self.metric("sluice_crank_finished_epoch", &[]) == epoch
    }

    /// Asks it to end, as systemd does; how it ended.
    pub fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut ended = None;
        eventually("it stops", || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        ended.unwrap()
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        assert_eq!(self.child.wait().unwrap().code(), None, "a signal ended it");
    }
}

/// Waits until that is so.
#[track_caller]
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}: it never was so");
        std::thread::sleep(LOOK);
    }
}
