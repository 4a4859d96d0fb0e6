//! One vault: its collateral, its shares, tickets, allocations, requests and the distributions for its holders.

use sluice_client::Rpc;
use sluice_sdk::pda::restaking_vault::find_distribution;
use sluice_sdk::restaking_vault::accounts::{
    Allocation, Distribution, SlashRequest, Vault, WithdrawalTicket,
};
use solana_address::Address;

use crate::raw::{Mint, tokens};
use crate::report::{Lines, Section, Unit};
use crate::{Error, steady};

pub async fn section(rpc: &Rpc, address: &Address) -> Result<Section, Error> {
    let vault: Vault = rpc.get(address).await?;
    let mut anchors = vec![*address, vault.collateral_account, vault.vrt_mint, vault.vrt_escrow];
    if vault.junior_mint != Address::default() {
        anchors.extend([vault.junior_mint, vault.junior_escrow]);
    }
    let what = format!("the vault {address}");
    let (slot, lines) = steady(rpc, &what, &anchors, async || read(rpc, address).await).await?;
    Ok(Section { title: "Vault".into(), address: address.to_string(), slot, lines: lines.lines })
}

async fn read(rpc: &Rpc, address: &Address) -> Result<Lines, Error> {
    let vault: Vault = rpc.get(address).await?;
    let unit = Unit::Tokens(vault.collateral_decimals);
    let mut lines = Lines::of(format!("vault.{address}"));
    let (mints, escrows) = ([vault.vrt_mint, vault.junior_mint], [vault.vrt_escrow, vault.junior_escrow]);
    let around = rpc.account_map(&[&mints[..], &escrows[..], &[vault.collateral_account]].concat()).await?;

    let recorded = vault.assets.saturating_add(vault.junior_assets).saturating_add(vault.locked_rewards);
    let collateral = around.get(&vault.collateral_account);
    lines.covered(
        ("collateral", "collateral: both classes' and rewards on their way"),
        unit,
        recorded,
        tokens(collateral, &vault.collateral_mint, address).unwrap_or(0),
        "gifts, which are in no price",
        "less collateral is there than the shares are priced by",
    );
    let tickets = rpc.all::<WithdrawalTicket>(&[(8, address.as_ref())]).await?;
    let classes = [
        (0u8, "vrt", "VRT", vault.vrt_supply, vault.queued_vrt, vault.locked_vrt),
        (1, "junior", "junior shares", vault.junior_supply, vault.queued_junior, vault.locked_junior),
    ];
    for ((junior, name, shares, supply, queued, locked), (mint, escrow)) in
        classes.into_iter().zip(mints.into_iter().zip(escrows))
    {
        if mint == Address::default() {
            continue;
        }
        let issued = around.get(&mint).and_then(Mint::read);
        lines.within(
            (&format!("{name}_supply"), &format!("{shares}: what the mint has issued")),
            unit,
            supply,
            issued.map_or(0, |mint| mint.supply),
            "burnt by holders, who left what it was worth to the others",
            "more shares are there than the price is divided by",
        );
        let is_the_vaults =
            issued.is_some_and(|mint| mint.authority == Some(*address) && mint.freeze_authority.is_none());
        lines.equal(
            (
                &format!("{name}_mint"),
                &format!("mint of {shares} that only the vault issues from, and nobody freezes"),
            ),
            Unit::Count,
            1,
            u64::from(is_the_vaults),
            "somebody else can issue shares, or freeze them",
        );
        lines.covered(
            (&format!("{name}_escrow"), &format!("{shares} in the escrow: tickets and the seed")),
            unit,
            queued.saturating_add(locked),
            tokens(around.get(&escrow), &mint, address).unwrap_or(0),
            "gifts",
            "less is in the escrow than tickets have put there",
        );
        let mine = tickets.iter().filter(|(_, ticket)| ticket.junior == junior);
        let waiting = mine.fold(0u64, |sum, (_, ticket)| sum.saturating_add(ticket.vrt_amount));
        lines.equal(
            (&format!("{name}_tickets"), &format!("{shares} of open tickets")),
            unit,
            queued,
            waiting,
            "the sum of all ticket accounts is not what the vault recorded",
        );
    }
    promises(rpc, address, &vault, unit, &mut lines).await?;
    distributions(rpc, address, &mut lines).await?;
    Ok(lines)
}

/// What is promised to services, and what they ask for.
async fn promises(
    rpc: &Rpc,
    address: &Address,
    vault: &Vault,
    unit: Unit,
    lines: &mut Lines,
) -> Result<(), Error> {
    let allocations = rpc.all::<Allocation>(&[(8, address.as_ref())]).await?;
    let promised = allocations.iter().fold(0u64, |sum, (_, allocation)| {
        sum.saturating_add(allocation.amount).saturating_add(allocation.warming_amount)
    });
    let wrong = "the sum of all allocations is not what the vault recorded";
    lines.equal(
        ("allocated", "collateral promised to services"),
        unit,
        vault.total_allocated,
        promised,
        wrong,
    );
    let sound =
        allocations.iter().filter(|(_, allocation)| allocation.cooling_amount <= allocation.amount).count();
    lines.equal(
        ("cooling", "allocations of which no more cools down than there is"),
        Unit::Count,
        allocations.len() as u64,
        sound as u64,
        "more of an allocation cools down than there is of it",
    );
    let requests = rpc.all::<SlashRequest>(&[(8, address.as_ref())]).await?;
    let wrong = "the slash requests there are are not as many as the vault recorded";
    lines.equal(
        ("requests", "open slash requests"),
        Unit::Count,
        vault.open_requests,
        requests.len() as u64,
        wrong,
    );
    let accused = allocations.iter().filter(|(_, allocation)| allocation.request_open != 0).count();
    let wrong = "an allocation is marked as accused and no request says so, or the other way round";
    lines.equal(
        ("accused", "allocations with an open request"),
        Unit::Count,
        accused as u64,
        requests.len() as u64,
        wrong,
    );
    let cap = u128::from(vault.cap_assets) * u128::from(vault.slash_cap_bps) / 10_000;
    lines.within(
        ("slashed", "slashed in the last epoch that was touched, under its cap"),
        unit,
        u64::try_from(cap).unwrap_or(u64::MAX),
        vault.cap_slashed,
        "less than the cap",
        "more was slashed in an epoch than its cap",
    );
    Ok(())
}

/// Rewards in other tokens: what is not claimed yet is there.
async fn distributions(rpc: &Rpc, address: &Address, lines: &mut Lines) -> Result<(), Error> {
    for (at, distribution) in rpc.all::<Distribution>(&[(8, address.as_ref())]).await? {
        let account = rpc.account(&distribution.token_account).await?;
        let owner = find_distribution(&distribution.token_account).0;
        lines.covered(
            (&format!("distribution.{at}.funds"), &format!("distribution {at}: what is not claimed yet")),
            Unit::Tokens(0),
            distribution.total.saturating_sub(distribution.claimed),
            tokens(account.as_ref(), &distribution.mint, &owner).unwrap_or(0),
            "gifts",
            "less is there than can still be claimed",
        );
        let marks = distribution.bitmap.iter().map(|byte| u64::from(byte.count_ones())).sum();
        lines.equal(
            (&format!("distribution.{at}.claims"), &format!("distribution {at}: leaves that were claimed")),
            Unit::Count,
            u64::from(distribution.claims),
            marks,
            "the marks of claimed leaves are not as many as the claims",
        );
    }
    Ok(())
}
