//! Runs the cranks of several pools with one key, until it is told to stop, or once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sluice_client::Rpc;
use sluice_client::pool::PoolId;
use solana_keypair::Keypair;
use tokio::sync::watch;

use crate::cluster::Cluster;
use crate::crank::{Crank, Turn};
use crate::error::CrankError;
use crate::metrics::Metrics;
use crate::report::EpochReport;
use crate::settings::Settings;

/// How long to wait after an error, at first and at most.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// What was done in the last epoch, by pool.
    pub reports: Vec<EpochReport>,
}

impl Outcome {
    /// Whether no pool needs anything more.
    pub fn is_finished(&self) -> bool {
        self.reports.iter().all(|report| report.finished)
    }

    /// What is left of the first pool where something could not be done.
    pub fn left(&self) -> Option<CrankError> {
        let mut unfinished = self.reports.iter().filter(|report| !report.finished);
        unfinished.find_map(|report| {
            let (first, others) = report.left.split_first()?;
            let (pool, first, others) = (report.pool.clone(), first.clone(), others.len());
            Some(CrankError::Left { pool, epoch: report.epoch, first, others })
        })
    }
}

/// What to run.
pub struct Daemon {
    pub servers: Vec<Rpc>,
    pub pools: Vec<PoolId>,
    pub key: Arc<Keypair>,
    pub settings: Settings,
    pub metrics: Metrics,
    /// Only the epoch that it finds: until it needs nothing more, or until that is hopeless. Servers that fail on the way are
    /// borne for so long, as are transactions that do not land; a server that never answers is not.
    pub once: Option<Duration>,
}

/// Runs until `stop` says so, or once. What is being sent is waited for.
///
/// Errors: that of the first pool that cannot be read, where that is not the server's fault or once was asked for.
pub async fn run(daemon: Daemon, stop: watch::Receiver<bool>) -> Result<Outcome, CrankError> {
    let Daemon { servers, pools, key, settings, metrics, once } = daemon;
    let cranks = pools.into_iter().map(|id| {
        let cluster = Cluster::new(servers.clone(), settings.timeout, settings.tries, metrics.clone());
        let crank = Crank::new(cluster, servers[0].clone(), Arc::clone(&key), id, settings.clone());
        metrics.expect(&crank.pool().to_string(), settings.stale, settings.late);
        run_one(crank, settings.clone(), metrics.clone(), once, stop.clone())
    });
    let reports = futures_util::future::try_join_all(cranks).await?;
    Ok(Outcome { reports })
}

async fn run_one(
    mut crank: Crank,
    settings: Settings,
    metrics: Metrics,
    once: Option<Duration>,
    mut stop: watch::Receiver<bool>,
) -> Result<EpochReport, CrankError> {
    let mut wait = FIRST_WAIT.min(settings.poll);
    let mut failing: Option<Instant> = None;
    let mut losing: Option<Instant> = None;
    let mut has_read = false;
    let name = crank.pool().to_string();
    while !*stop.borrow() {
        let step = crank.step().await;
        match &step {
            Err(error) => metrics.failing(&name, Some(error.to_string())),
            Ok(Turn::Lost(_)) => metrics.failing(&name, crank.report().left.first().cloned()),
            // It is somebody else's turn: what failed has not been tried again.
            Ok(Turn::Wait(_)) => {}
            Ok(Turn::Worked | Turn::Done | Turn::Stuck) => metrics.failing(&name, None),
        }
        let sleep = match step {
            Ok(turn) => {
                (failing, has_read) = (None, true);
                wait = FIRST_WAIT.min(settings.poll);
                match turn {
                    Turn::Worked => {
                        losing = None;
                        continue;
                    }
                    Turn::Lost(sleep) => {
                        let since = *losing.get_or_insert_with(Instant::now);
                        if once.is_some_and(|patience| since.elapsed() >= patience) {
                            break;
                        }
                        sleep
                    }
                    Turn::Wait(sleep) => sleep,
                    Turn::Done | Turn::Stuck if once.is_some() => break,
                    Turn::Done | Turn::Stuck => settings.poll,
                }
            }
            Err(error) => {
                let since = *failing.get_or_insert_with(Instant::now);
                let is_broke = matches!(error, CrankError::NoFunds { .. });
                let is_over =
                    once.is_some_and(|patience| is_broke || !has_read || since.elapsed() >= patience);
                // What was read once is there: what says otherwise now is a server that is wrong.
                if (!error.is_passing() && !has_read) || is_over {
                    return Err(error);
                }
                tracing::warn!(pool = %crank.pool(), %error, "trying again");
                wait = (wait * 2).min(LONGEST_WAIT).min(settings.poll.max(FIRST_WAIT));
                wait
            }
        };
        tokio::select! {
            () = tokio::time::sleep(sleep) => {}
            _ = stop.changed() => {}
        }
    }
    Ok(crank.report().clone())
}

/// Becomes true when the process is asked to end, by Ctrl-C or SIGTERM.
pub fn stop_signal() -> watch::Receiver<bool> {
    let (tell, stop) = watch::channel(false);
    tokio::spawn(async move {
        let interrupted = tokio::signal::ctrl_c();
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            match signal(SignalKind::terminate()) {
                Ok(mut terminated) => {
                    tokio::select! {
                        _ = interrupted => {}
                        _ = terminated.recv() => {}
                    }
                }
                Err(_) => {
                    let _ = interrupted.await;
                }
            }
        }
        #[cfg(not(unix))]
        let _ = interrupted.await;
        tracing::info!("stopping after what is being sent");
        let _ = tell.send(true);
        // Receivers see a change as long as the sender lives.
        tell.closed().await;
    });
    stop
}
