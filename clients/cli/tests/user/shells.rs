//! Completions and manual pages, which need no cluster: all commands and all options are in each.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::commands;
use crate::common::{complaint, said, sluice};

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn shells_get_their_completions() {
    for (shell, begins) in [
        ("bash", "_sluice() {"),
        ("zsh", "#compdef sluice"),
        ("fish", "# Print an optspec"),
        ("powershell", "\nusing namespace System.Management.Automation"),
        ("elvish", "\nuse builtin;"),
    ] {
        let text = said(&sluice(["completions", shell]));
        assert!(text.starts_with(begins), "{shell}: {}", &text[..80]);
    }
    assert_eq!(sluice(["completions", "cmd"]).status.code(), Some(2));
}

#[test]
fn bash_completes_every_command_and_every_option() {
    let completions = scratch("sluice-completions.bash");
    std::fs::write(&completions, said(&sluice(["completions", "bash"]))).unwrap();
    let mut script = String::from("source \"$0\"\n");
    for command in commands::all() {
        // What it asks the function when somebody types the command, a word more, and the tab key.
        for word in ["", "--"] {
            let (words, at) = (command.name(), command.path.len() + 1);
            let _ = writeln!(script, "COMP_WORDS=(sluice {words} '{word}'); COMP_CWORD={at}; COMPREPLY=()");
            let _ = writeln!(script, "_sluice sluice '{word}' x; echo \"${{COMPREPLY[@]}}\"");
        }
    }
    let output = std::process::Command::new("bash").args(["-c", &script]).arg(&completions).output().unwrap();
    let text = said(&output);
    let mut answers = text.lines().map(|line| line.split(' ').collect::<BTreeSet<_>>());
    for command in commands::all() {
        let (names, options) = (answers.next().unwrap(), answers.next().unwrap());
        for name in &command.inner {
            assert!(names.contains(name.as_str()), "sluice {} {name}", command.name());
        }
        for option in &command.options {
            assert!(options.contains(option.as_str()), "sluice {} {option}", command.name());
        }
    }
    assert_eq!(answers.next(), None);
}

#[test]
fn fish_completes_every_command_and_every_option() {
    let text = said(&sluice(["completions", "fish"]));
    for command in commands::leaves() {
        // Under these commands, and no others.
        let (first, beyond) = command.path.split_first().unwrap();
        let mut when = format!("complete -c sluice -n \"__fish_sluice_using_subcommand {first}");
        for name in beyond {
            let _ = write!(when, "; and __fish_seen_subcommand_from {name}");
        }
        let lines: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix(&format!("{when}\""))).collect();
        for option in &command.options {
            let flag = format!(" -l {} ", &option[2..]);
            let there = lines.iter().filter(|line| format!("{line} ").contains(&flag)).count();
            assert_eq!(there, 1, "sluice {} {option}", command.name());
        }
        let name = command.path.last().unwrap();
        assert!(text.contains(&format!(" -a \"{name}\" -d ")), "sluice {}", command.name());
    }
}

#[test]
fn zsh_completes_every_command_and_every_option() {
    let text = said(&sluice(["completions", "zsh"]));
    for command in commands::leaves() {
        let (name, parents) = command.path.split_last().unwrap();
        assert!(text.contains(&format!("\n'{name}:")), "sluice {}", command.name());
        // Behind where it comes to the commands under these parents there is one of that name, with these options.
        let context = format!(":{}-command-$line[1]:", [&["sluice".to_owned()], parents].concat().join("-"));
        let (_, inside) = text.split_once(&context).unwrap_or_else(|| panic!("no {context}"));
        let case = format!("({name})\n_arguments ");
        let mut cases = inside.split(&case).skip(1).filter_map(|rest| rest.split("&& ret=0").next());
        let has = |case: &str, option: &String| {
            case.contains(&format!("{option}[")) || case.contains(&format!("{option}=["))
        };
        let there = cases.any(|case| command.options.iter().all(|option| has(case, option)));
        assert!(there, "sluice {} {:?}", command.name(), command.options);
    }
}

#[test]
fn every_command_has_a_manual_page_with_all_its_options() {
    let directory = scratch("pages/of/sluice");
    let _ = std::fs::remove_dir_all(&directory);
    assert_eq!(said(&sluice(["man", directory.to_str().unwrap()])), "");
    for command in commands::all() {
        let words = std::iter::once("sluice").chain(command.path.iter().map(String::as_str));
        let page = words.collect::<Vec<_>>().join("-") + ".1";
        let text = std::fs::read_to_string(directory.join(&page)).unwrap_or_else(|_| panic!("no {page}"));
        let (synopsis, options) =
            text.split_once(".SH OPTIONS").unwrap_or_else(|| panic!("{page}: no options"));
        assert!(synopsis.contains(".SH SYNOPSIS"), "{page}");
        for option in &command.options {
            // A dash is written as \-.
            let written = format!("\\fB{}\\fR", option.replace('-', "\\-"));
            assert!(options.contains(&written), "{page}: {option}");
        }
    }
    let pages = std::fs::read_dir(&directory).unwrap().count();
    assert_eq!(pages, commands::all().len(), "and no page of anything else");
    let said = complaint(&sluice(["man", "/proc/nothing"]));
    assert!(said.starts_with("cannot write /proc/nothing: "), "{said}");
}
