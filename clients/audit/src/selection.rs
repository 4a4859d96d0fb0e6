//! The selection: bonds and directed LST against the token account they lie in, candidates against their sums.

use std::collections::HashMap;

use sluice_client::Rpc;
use sluice_client::accounts::{ReadError, decode, decode_slab};
use sluice_sdk::Slab;
use sluice_sdk::validator_selection::accounts::{Config, Direction, RegistryHeader};
use sluice_sdk::validator_selection::pdas::find_config;
use solana_address::Address;

use crate::raw::tokens;
use crate::report::{Lines, Section, Unit};
use crate::{Error, steady};

const LST: Unit = Unit::Tokens(9);
/// In place of an epoch: never.
const NEVER: u64 = u64::MAX;

/// The selection of a pool, if it has one.
pub async fn section(rpc: &Rpc, pool: &Address) -> Result<Option<Section>, Error> {
    let address = find_config(pool).0;
    let Some(config) = rpc.find::<Config>(&address).await? else { return Ok(None) };
    let anchors = [address, config.registry];
    let (slot, lines) = steady(rpc, "the selection", &anchors, async || read(rpc, &address).await).await?;
    Ok(Some(Section { title: "Selection".into(), address: address.to_string(), slot, lines: lines.lines }))
}

async fn read(rpc: &Rpc, address: &Address) -> Result<Lines, Error> {
    // As of one slot, the token account too: anybody may give to it.
    let places: Config = rpc.get(address).await?;
    let around = rpc.account_map(&[*address, places.registry, places.vault]).await?;
    let there = |what: &'static str, address: &Address| {
        around.get(address).ok_or(ReadError::Missing { what, address: *address })
    };
    let config: Config = decode(address, there("selection", address)?)?;
    let registry: Slab<RegistryHeader> = decode_slab(&places.registry, there("registry", &places.registry)?)?;
    let vault = around.get(&config.vault);
    let directions = rpc.all::<Direction>(&[(8, address.as_ref())]).await?;
    let mut lines = Lines::of("selection");
    let candidates = &registry.records;

    let there = tokens(vault, &config.lst_mint, address).unwrap_or(0);
    lines.covered(
        ("escrow", "token account of bonds and directed LST"),
        LST,
        config.bonds.saturating_add(config.directed),
        there,
        "gifts",
        "less LST is there than validators and holders have put there",
    );
    let bonds = candidates.iter().fold(0u64, |sum, candidate| {
        sum.saturating_add(candidate.bond).saturating_add(candidate.bond_leaving)
    });
    let wrong = "the sum over all candidates is not what was recorded";
    lines.equal(("bonds", "bonds, with what is on its way back"), LST, config.bonds, bonds, wrong);
    let locked = directions.iter().fold(0u64, |sum, (_, direction)| sum.saturating_add(direction.shares));
    let wrong = "the sum of all directions is not what was recorded";
    lines.equal(
        ("directed", "directed LST, with what waits to be taken back"),
        LST,
        config.directed,
        locked,
        wrong,
    );

    // What counts for a candidate is what was directed since it joined.
    let mut behind: HashMap<(Address, u64), u64> = HashMap::new();
    for (_, direction) in directions.iter().filter(|(_, direction)| direction.release_epoch == NEVER) {
        let sum = behind.entry((direction.vote, direction.joined_epoch)).or_default();
        *sum = sum.saturating_add(direction.shares);
    }
    let (mut recorded, mut recounted) = (0u64, 0u64);
    let mut wrong = Lines::of("selection.candidate");
    for candidate in candidates {
        let there = behind.get(&(candidate.vote, candidate.joined_epoch)).copied().unwrap_or(0);
        recorded = recorded.saturating_add(candidate.directed);
        recounted = recounted.saturating_add(there);
        if there != candidate.directed {
            let name = format!("{}.directed", candidate.vote);
            let what = format!("directed to {}", candidate.vote);
            let reason = "the sum of its directions is not what was recorded";
            wrong.equal((&name, &what), LST, candidate.directed, there, reason);
        }
    }
    let reason = "of some candidates the directions are not what was recorded: see below";
    lines.equal(("behind", "directed LST that counts for candidates"), LST, recorded, recounted, reason);
    lines.lines.extend(wrong.lines);

    // In the middle of an allocation the sums are not written yet.
    if config.allocating_epoch == config.allocated_epoch {
        let targets =
            candidates.iter().fold(0u64, |sum, candidate| sum.saturating_add(candidate.seat.target));
        let wrong = "the sum of all candidates' targets is not what was recorded";
        lines.equal(
            ("targets", "targets of the last allocation"),
            Unit::Lamports,
            config.targets,
            targets,
            wrong,
        );
    }
    let mut votes: Vec<_> = candidates.iter().map(|candidate| candidate.vote).collect();
    votes.sort_unstable();
    votes.dedup();
    lines.equal(
        ("candidates", "candidates, each of them once"),
        Unit::Count,
        candidates.len() as u64,
        votes.len() as u64,
        "a vote account is a candidate more than once",
    );
    Ok(lines)
}
