//! `make demo`: SOL goes in, is delegated, earns real rewards, moves to better validators, secures a service, is
//! slashed, and comes out; then the books are closed to the lamport.
//!
//! Everything happens on the localnet's Bank with the programs as they would be deployed. With `--once` the
//! process ends there, with 0 only if every check held; else the cluster goes on, with an RPC server, the crank and the web app.

mod checks;
mod cluster;
mod epoch;
mod live;
mod market;
mod portfolio;
mod restaking;
mod story;
mod summary;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut once = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--once" => once = true,
            other => {
                eprintln!("unknown argument {other:?}; the only one is --once");
                return ExitCode::from(2);
            }
        }
    }
    let story = story::tell();
    summary::print(&story);
    let failed = story.checks.failed();
    if failed == 0 {
        println!("\nEvery one of {} checks held.", story.checks.len());
    } else {
        println!("\n{failed} of {} checks did not hold.", story.checks.len());
    }
    if failed > 0 && once {
        return ExitCode::FAILURE;
    }
    if once {
        return ExitCode::SUCCESS;
    }
    match live::go_on(story.cluster) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}
