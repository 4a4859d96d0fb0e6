//! docs/operate.md and what lies beside it: its steps lead to a crank that runs, its lines are understood, and metrics, stages and
//! options are those there are.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::running::Running;
use crate::world::{World, complaint, run, said, sluice};

const MANUAL: &str = include_str!("../../../../docs/operate.md");
const UNIT: &str = include_str!("../../../../docs/operate/sluice-crank.service");
const ALERTS: &str = include_str!("../../../../docs/operate/alerts.yml");
/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

/// What the unit says of a name.
fn setting(name: &str) -> String {
    // A \ at the end goes on in the next line.
    let unit = UNIT.replace("\\\n", " ");
    let mut lines = unit.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    lines.next().unwrap_or_else(|| panic!("the unit has no {name}")).to_owned()
}

/// The lines of the manual that are to be typed, without their indentation.
fn typed() -> Vec<&'static str> {
    MANUAL.lines().filter_map(|line| line.strip_prefix("    ")).collect()
}

/// A path of the unit or of the manual's steps, below the folder that stands for the machine.
fn below(machine: &Path, path: &str) -> PathBuf {
    machine.join(path.trim_start_matches('/'))
}

/// Does what the manual says between the key and systemd, on a folder that stands for the machine.
fn install(machine: &Path, world: &World) {
    for folder in ["usr/local/bin", "etc/systemd/system"] {
        std::fs::create_dir_all(machine.join(folder)).unwrap();
    }
    let [machine, key] = [machine, &world.key].map(|path| path.to_str().unwrap());
    let steps = typed().into_iter().skip_while(|line| !line.starts_with("install "));
    let steps: Vec<String> = steps
        .take_while(|line| !line.starts_with("systemctl "))
        .map(|line| {
            line.replace(" /usr/", &format!(" {machine}/usr/"))
                .replace(" /etc/", &format!(" {machine}/etc/"))
                .replace("clients/target/release/sluice", env!("CARGO_BIN_EXE_sluice"))
                .replace(" key.json", &format!(" {key}"))
                .replace("<LST>", &world.mint())
                .replace("https://one.example", NOWHERE)
                .replace("https://two.example", &world.server.url())
        })
        .collect();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut shell = Command::new("sh");
    let shell = shell.args(["-euc", &steps.join("\n")]).current_dir(repository).output().unwrap();
    assert_eq!(said(&shell), "");
}

/// The unit's command, as systemd would start it on that machine.
fn start(machine: &Path) -> Command {
    let file = std::fs::read_to_string(below(machine, &setting("EnvironmentFile"))).unwrap();
    let variables: BTreeMap<&str, &str> = file.lines().map(|line| line.split_once('=').unwrap()).collect();
    let (name, key) =
        setting("LoadCredential").split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let key = below(machine, &key).to_str().unwrap().to_owned();
    let line = setting("ExecStart").replace(&format!("%d/{name}"), &key);
    // A variable that is a word of its own becomes as many words as it has.
    let words = line.split_whitespace().flat_map(|word| match word.strip_prefix('$') {
        Some(variable) => variables[variable].split_whitespace().collect(),
        None => vec![word],
    });
    // Somebody may have that port on this machine.
    let words: Vec<&str> =
        words.map(|word| if word == "127.0.0.1:9184" { "127.0.0.1:0" } else { word }).collect();
    let mut command = Command::new(below(machine, words[0]));
    command.args(&words[1..]).env_clear().envs(variables);
    command
}

/// The crank's metrics in a text, each with the labels it has there in braces, but for the pool that nearly all have.
fn metrics(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (at, _) in text.match_indices("sluice_crank_") {
        let rest = &text[at..];
        let end =
            rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let labels = rest[end..]
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'))
            .map_or("", |(inner, _)| inner);
        let labels = labels.split(',').filter_map(|label| label.split('=').next()).map(str::trim);
        let labels = labels.filter(|label| !label.is_empty() && *label != "pool").map(str::to_owned);
        found.entry(rest[..end].to_owned()).or_default().extend(labels);
    }
    found
}

/// What the manual says under a heading.
fn section(heading: &str) -> &'static str {
    MANUAL.split("\n## ").find(|text| text.starts_with(heading)).unwrap_or_else(|| panic!("no {heading}"))
}

#[test]
fn the_steps_of_the_manual_lead_to_a_crank_whose_every_metric_it_has() {
    let world = World::new("manual");
    let machine = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crank/machine");
    let _ = std::fs::remove_dir_all(&machine);
    install(&machine, &world);
    for (path, mode) in [("etc/sluice/crank.env", 0o600), ("etc/sluice/crank-key.json", 0o400)] {
        let there = std::fs::metadata(machine.join(path)).unwrap().permissions().mode();
        assert_eq!(there & 0o777, mode, "{path}");
    }
    let unit = std::fs::read_to_string(machine.join("etc/systemd/system/sluice-crank.service")).unwrap();
    assert_eq!(unit, UNIT);

    let mut command = start(&machine);
    // Nobody else is there to be waited for, and no slot passes in which a table could settle.
    command.args(["--patience", "0", "--no-tables"]);
    let running = Running::of(command);
    running.says("epoch finished");
    let (status, text) = running.get("/metrics");
    assert_eq!(status, 200);

    let printed: String =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    let there = metrics(&printed);
    assert_eq!(metrics(section("Metrics and alerts").split("| Graph |").next().unwrap()), there);
    for (name, labels) in [metrics(MANUAL), metrics(ALERTS)].into_iter().flatten() {
        let known = there.get(&name).unwrap_or_else(|| panic!("no metric {name}"));
        assert!(labels.is_subset(known), "{name}: {labels:?}");
    }
    let stages =
        section("What is done").lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" |"));
    let stages = stages.flat_map(|(names, _)| names.split(", ").map(|name| name.trim_matches('`')));
    let stages: BTreeSet<&str> = stages.collect();
    let counted = printed.lines().filter(|line| line.starts_with("sluice_crank_pending_items{"));
    let counted = counted.filter_map(|line| line.split_once("stage=\"")?.1.split('"').next());
    assert_eq!(stages, counted.collect(), "the stages of the manual and of the metrics");
}

#[test]
fn every_crank_that_the_manual_starts_is_understood() {
    let mut lines = 0;
    for line in typed() {
        let Some((_, words)) = line.split_once("sluice crank ") else { continue };
        let words = words.split(" #").next().unwrap_or_default();
        let words = words.replace("<LST>", "11111111111111111111111111111111").replace("<URL>", NOWHERE);
        let output = sluice()
            .arg("crank")
            .args(words.split_whitespace())
            .env("SLUICE_KEYPAIR", "nokey.json")
            .output()
            .unwrap();
        // It has come as far as to look for the key.
        assert!(complaint(&output).contains("no keypair at "), "{line}");
        lines += 1;
    }
    assert!(lines >= 4, "{lines} lines");
}

#[test]
fn every_option_of_the_crank_that_the_manual_speaks_of_is_one() {
    let help = said(&run(["crank", "--help"]));
    let known: BTreeSet<&str> =
        help.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').collect();
    let spoken = MANUAL.split('`').skip(1).step_by(2);
    let options = spoken.flat_map(str::split_whitespace).filter(|word| word.starts_with("--"));
    let options: BTreeSet<&str> = options.collect();
    assert!(options.len() >= 10, "{options:?}");
    for option in options {
        assert!(known.contains(option), "docs/operate.md speaks of {option}");
    }
}
