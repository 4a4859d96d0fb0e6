//! A line of the table: a command, arguments that it understands, and what becomes of it in each case.

use std::collections::BTreeMap;
use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use Case::{Never, Says};

use crate::common::sluice;

/// Commands that run at a time: most of them wait for a server that is not there.
const AT_ONCE: usize = 24;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// It fails, with one line in which this is said.
    Says(&'static str),
    /// It cannot come up, and why.
    Never(&'static str),
}

pub struct Leaf {
    pub command: &'static str,
    /// Valid ones: `{name}` is an address, `<name>` a file.
    pub arguments: &'static str,
    /// Who may do it.
    pub by: &'static str,
    /// Whether it asks before it acts.
    pub asks: bool,
    /// No server answers.
    pub down: Case,
    /// There is no keypair file of that name.
    pub keypair: Case,
    /// An address that is none.
    pub address: Case,
    /// A key that may not do it.
    pub key: Case,
    /// A key without SOL.
    pub funds: Case,
    /// The epoch's update has not been made.
    pub stale: Case,
}

pub const NO_SERVER: Case = Says("no RPC server answers at 127.0.0.1:1: ");
pub const NO_KEYPAIR: Case = Says(
    "no keypair at /nowhere/id.json: make one with `solana-keygen new`, or name another in its place (yours by --keypair)",
);
pub const NO_ADDRESS: Case = Says("not an address, which is 32 to 44 characters of base58");
pub const POOR: Case = Says("has no SOL on this cluster to pay the fee with: send it some, or name another");
pub const STALE: Case = Says("`sluice crank --once` does all that this epoch still needs");
pub const ANYONE: Case = Never("anyone may do it, so no key is wrong");
/// A key spends what it has, and this one has nothing.
pub const NOT_ITS: Case = Says(" to take them from");
pub const ANY_EPOCH: Case = Never("what it does needs no price of this epoch");
pub const NO_PLACE: Case = Never("it takes no address");
const LOOKS: Case = Never("it looks, as anyone may at any time, and pays nothing");

/// A command that somebody signs: `key`, `funds` and `stale` are told.
pub const fn acts(
    command: &'static str,
    arguments: &'static str,
    by: &'static str,
    [key, funds, stale]: [Case; 3],
) -> Leaf {
    let (down, keypair, address) = (NO_SERVER, NO_KEYPAIR, NO_ADDRESS);
    Leaf { command, arguments, by, asks: true, down, keypair, address, key, funds, stale }
}

/// A command that reads a cluster and needs nobody's key.
pub const fn looks(command: &'static str, arguments: &'static str) -> Leaf {
    let lists = lists(command, arguments);
    Leaf { keypair: LOOKS, ..lists }
}

/// One that reads what belongs to a key.
pub const fn lists(command: &'static str, arguments: &'static str) -> Leaf {
    let (down, keypair, address) = (NO_SERVER, NO_KEYPAIR, NO_ADDRESS);
    let (key, funds, stale) = (LOOKS, LOOKS, LOOKS);
    Leaf { command, arguments, by: "", asks: false, down, keypair, address, key, funds, stale }
}

/// One that deals with no cluster, for a reason.
pub const fn apart(command: &'static str, arguments: &'static str, why: &'static str) -> Leaf {
    let never = Never(why);
    let (down, keypair, address, key, funds, stale) = (never, never, never, never, never, never);
    Leaf { command, arguments, by: "", asks: false, down, keypair, address, key, funds, stale }
}

/// What the names in arguments stand for.
pub type Names = BTreeMap<&'static str, String>;

/// Whether a word of the arguments stands for an address.
pub fn is_address(word: &str) -> bool {
    word.starts_with('{')
}

impl Leaf {
    pub fn cases(&self) -> [Case; 6] {
        [self.down, self.keypair, self.address, self.key, self.funds, self.stale]
    }

    /// The command's words.
    pub fn path(&self) -> Vec<String> {
        self.command.split(' ').map(str::to_owned).collect()
    }

    /// The command's words, and those of the arguments as `say` has them.
    pub fn words(&self, say: impl Fn(usize, &str) -> String) -> Vec<String> {
        let arguments = self.arguments.split_whitespace().enumerate();
        self.path().into_iter().chain(arguments.map(|(place, word)| say(place, word))).collect()
    }

    /// The same, with every name as it is known.
    #[track_caller]
    pub fn named(&self, names: &Names) -> Vec<String> {
        self.words(|_, word| named(word, names))
    }

    /// Its words with a server, and with a key where it takes one; it asks nothing.
    pub fn at(&self, names: &Names, url: &str, keypair: &str) -> Vec<String> {
        let mut words = self.with(names, url, keypair);
        if self.asks {
            words.push("--yes".into());
        }
        words
    }

    /// The same, with which it says what it would do.
    pub fn tried_at(&self, names: &Names, url: &str, keypair: &str) -> Vec<String> {
        let mut words = self.with(names, url, keypair);
        words.push("--dry-run".into());
        words
    }

    fn with(&self, names: &Names, url: &str, keypair: &str) -> Vec<String> {
        let mut words = self.named(names);
        words.extend(["--url", url].map(str::to_owned));
        if matches!(self.keypair, Says(_)) {
            words.extend(["--keypair", keypair].map(str::to_owned));
        }
        words
    }
}

/// What a word of the arguments stands for: itself, if it is no name.
#[track_caller]
pub fn named(word: &str, names: &Names) -> String {
    let name = word.strip_prefix(['{', '<']).and_then(|word| word.strip_suffix(['}', '>']));
    let known = |name: &str| names.get(name).unwrap_or_else(|| panic!("nothing is named {name}")).clone();
    name.map_or(word.to_owned(), known)
}

/// Runs a command, which has to fail with one line that has `fragment` in it.
pub fn fails_with(words: &[String], fragment: &str) -> Result<(), String> {
    let line = refusal(&sluice(words)).map_err(|other| format!("{}: {other}", words.join(" ")))?;
    let fits = line.contains(fragment);
    if fits { Ok(()) } else { Err(format!("{}: {line}", words.join(" "))) }
}

/// Runs a command, which has to go well.
pub fn goes_well(words: &[String]) -> Result<(), String> {
    let output = sluice(words);
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("{}: {said}", words.join(" "))) }
}

/// The one line a command failed with, or what it did instead.
fn refusal(output: &Output) -> Result<String, String> {
    let [said, printed] = [&output.stderr, &output.stdout].map(|bytes| String::from_utf8_lossy(bytes));
    let line = said.strip_prefix("error: ").filter(|line| line.lines().count() == 1);
    let failed = matches!(output.status.code(), Some(1 | 2)) && printed.is_empty();
    let line = line.filter(|_| failed).map(|line| line.trim_end().to_owned());
    line.ok_or_else(|| format!("no failure in one line, but {}:\n{said}{printed}", output.status))
}

/// Checks all of them, many at a time, and shows everything that is wrong.
#[track_caller]
pub fn each<T: Sync>(items: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(text) = check(item) {
                        wrong.lock().unwrap().push(text);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), items.len(), wrong.join("\n"));
}
