//! One vault: its collateral, its shares, tickets, allocations, requests and the distributions for its holders.

use sluice_client::accounts::{ReadError, decode};
use sluice_client::rpc::ACCOUNTS_PER_REQUEST;
use sluice_client::{Account, Rpc};
use sluice_sdk::pda::restaking_vault::{find_distribution, find_operator, find_service};
use sluice_sdk::restaking_vault::accounts::{
    Allocation, Distribution, SlashRequest, Vault, WithdrawalTicket,
};
use solana_address::Address;

use crate::raw::{Mint, can_be_taken, tokens};
use crate::report::{Lines, Section, Unit};
use crate::{Error, steady};

pub async fn section(rpc: &Rpc, address: &Address) -> Result<Section, Error> {
    let what = format!("the vault {address}");
    let (slot, lines) = steady(rpc, &what, &[*address], async || read(rpc, address).await).await?;
    Ok(Section { title: "Vault".into(), address: address.to_string(), slot, lines: lines.lines })
}

async fn read(rpc: &Rpc, address: &Address) -> Result<Lines, Error> {
    // As of one slot: what the vault recorded, and the accounts beside which it is put and to which anybody may give.
    let places: Vault = rpc.get(address).await?;
    let (mints, escrows) = ([places.vrt_mint, places.junior_mint], [places.vrt_escrow, places.junior_escrow]);
    let one_slot = [&mints[..], &escrows[..], &[places.collateral_account, *address]].concat();
    let around = rpc.account_map(&one_slot).await?;
    let found = around.get(address).ok_or(ReadError::Missing { what: "vault", address: *address })?;
    let vault: Vault = decode(address, found)?;
    let unit = Unit::Tokens(vault.collateral_decimals);
    let mut lines = Lines::of(format!("vault.{address}"));

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
    let allocations = promises(rpc, address, &vault, unit, &mut lines).await?;
    distributions(rpc, address, &vault, &allocations, &mut lines).await?;
    Ok(lines)
}

/// What is promised to services, and what they ask for. Returns the allocations.
async fn promises(
    rpc: &Rpc,
    address: &Address,
    vault: &Vault,
    unit: Unit,
    lines: &mut Lines,
) -> Result<Vec<(Address, Allocation)>, Error> {
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
    Ok(allocations)
}

/// Rewards in other tokens: what is not claimed yet is there. Each with its token account and mint by one request: a claim
/// changes both, and nothing of the vault.
async fn distributions(
    rpc: &Rpc,
    address: &Address,
    vault: &Vault,
    allocations: &[(Address, Allocation)],
    lines: &mut Lines,
) -> Result<(), Error> {
    let all = rpc.all::<Distribution>(&[(8, address.as_ref())]).await?;
    for part in all.chunks(ACCOUNTS_PER_REQUEST / 3) {
        let addresses: Vec<_> = part
            .iter()
            .flat_map(|(at, distribution)| [*at, distribution.token_account, distribution.mint])
            .collect();
        let (_, found) = rpc.accounts(&addresses).await?;
        for ((at, _), found) in part.iter().zip(found.chunks(3)) {
            let [account, token_account, mint] = found else { continue };
            // It may have ended meanwhile, and somebody may have sent lamports to where it was.
            let now = account.as_ref().and_then(|account| decode::<Distribution>(at, account).ok());
            let Some(distribution) = now else { continue };
            let is_the_vaults = is_of_the_vault(&distribution.creator, vault, allocations);
            one(at, &distribution, token_account.as_ref(), mint.as_ref(), is_the_vaults, lines);
        }
    }
    Ok(())
}

/// All three parties of an allocation have opted in.
const BY_ALL: u8 = 7;

/// Whether who made a distribution is somebody of the vault: one of its roles, or an operator or a service for which it
/// has opted in. Anybody may make one for any vault, of any token: nobody of the vault answers for that.
fn is_of_the_vault(creator: &Address, vault: &Vault, allocations: &[(Address, Allocation)]) -> bool {
    let roles = [vault.admin, vault.delegation_admin, vault.resolver, vault.pauser];
    // Both are the addresses that their authorities stand for.
    let (operator, service) = (find_operator(creator).0, find_service(creator).0);
    let is_theirs = |allocation: &Allocation| {
        allocation.consents == BY_ALL && (allocation.operator == operator || allocation.service == service)
    };
    roles.contains(creator) || allocations.iter().any(|(_, allocation)| is_theirs(allocation))
}

/// The lines of one distribution.
fn one(
    at: &Address,
    distribution: &Distribution,
    token_account: Option<&Account>,
    mint: Option<&Account>,
    is_the_vaults: bool,
    lines: &mut Lines,
) {
    let owner = find_distribution(&distribution.token_account).0;
    let there = tokens(token_account, &distribution.mint, &owner).unwrap_or(0);
    let left = distribution.total.saturating_sub(distribution.claimed);
    let (name, what) =
        (format!("distribution.{at}.funds"), format!("distribution {at}: what is not claimed yet"));
    let (name, unit, creator) = ((&*name, &*what), Unit::Tokens(0), distribution.creator);
    if there < left && can_be_taken(mint) {
        let why = format!(
            "{creator} made it of a token that somebody can take out of any account (its mint has a permanent delegate, or \
             is gone), and somebody has: no fault of the vault"
        );
        lines.noted(name, unit, left, there, &why);
    } else if there < left && !is_the_vaults {
        let why = format!(
            "less is there than can still be claimed, of what {creator} gave, who is nobody of the vault: it is \
             in no price, and no fault of the vault"
        );
        lines.noted(name, unit, left, there, &why);
    } else {
        lines.covered(name, unit, left, there, "gifts", "less is there than can still be claimed");
    }
    let marks = distribution.bitmap.iter().map(|byte| u64::from(byte.count_ones())).sum();
    lines.equal(
        (&format!("distribution.{at}.claims"), &format!("distribution {at}: leaves that were claimed")),
        Unit::Count,
        u64::from(distribution.claims),
        marks,
        "the marks of claimed leaves are not as many as the claims",
    );
}

#[cfg(test)]
mod tests {
    use sluice_client::tokens::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM};
    use sluice_sdk::AccountData;

    use super::*;
    use crate::report::{Line, Verdict};

    fn key(byte: u8) -> Address {
        Address::new_from_array([byte; 32])
    }

    /// An account of ours of zeros, to be filled in.
    fn zeros<T: AccountData>() -> T {
        let mut data = vec![0; T::SIZE];
        data[..8].copy_from_slice(&T::DISCRIMINATOR);
        T::decode(&data).unwrap()
    }

    /// The line of a distribution of 100 of which 10 were claimed and `there` is there.
    fn funds(there: u64, mint: Option<&Account>, is_the_vaults: bool) -> Line {
        let (token_account, creator) = (key(2), key(4));
        let distribution =
            Distribution { mint: key(3), token_account, creator, total: 100, claimed: 10, ..zeros() };
        let owner = find_distribution(&token_account).0;
        let data = [key(3).as_ref(), owner.as_ref(), &there.to_le_bytes(), &[0; 93]].concat();
        let account = Account { data, owner: TOKEN_PROGRAM, ..Account::default() };
        let mut lines = Lines::of("vault");
        one(&key(1), &distribution, Some(&account), mint, is_the_vaults, &mut lines);
        lines.lines.swap_remove(0)
    }

    #[test]
    fn a_shortage_is_a_note_where_the_vault_did_not_make_it() {
        let mut mint = Account { data: vec![0; 82], owner: TOKEN_PROGRAM, ..Account::default() };
        mint.data[45] = 1;
        let enough = funds(90, Some(&mint), false);
        assert_eq!((enough.verdict, enough.note), (Verdict::Right, false));
        let its_own = funds(89, Some(&mint), true);
        assert_eq!((its_own.verdict, its_own.note), (Verdict::Wrong, false));
        let strangers = funds(89, Some(&mint), false);
        assert_eq!((strangers.verdict, strangers.note, strangers.difference), (Verdict::Right, true, -1));
        assert!(strangers.reason.starts_with("note: ") && strangers.reason.contains(&key(4).to_string()));

        // A permanent delegate, or a mint that is gone: whoever made it.
        let mut delegated = mint.clone();
        delegated.owner = TOKEN_2022_PROGRAM;
        delegated.data.resize(165, 0);
        delegated.data.extend_from_slice(&[1, 12, 0, 32, 0]);
        delegated.data.extend_from_slice(key(9).as_ref());
        for mint in [Some(&delegated), None] {
            let taken = funds(0, mint, true);
            assert_eq!((taken.verdict, taken.note, taken.difference), (Verdict::Right, true, -90));
            assert!(taken.reason.contains("permanent delegate"), "{}", taken.reason);
        }
    }

    #[test]
    fn of_the_vault_are_its_roles_and_those_it_has_opted_in_with() {
        let vault = Vault { admin: key(1), delegation_admin: key(2), ..zeros() };
        assert!(is_of_the_vault(&key(1), &vault, &[]) && is_of_the_vault(&key(2), &vault, &[]));
        assert!(!is_of_the_vault(&key(3), &vault, &[]));
        let service = |consents: u8| {
            let allocation = Allocation { service: find_service(&key(3)).0, consents, ..zeros() };
            [(key(8), allocation)]
        };
        assert!(is_of_the_vault(&key(3), &vault, &service(BY_ALL)));
        assert!(!is_of_the_vault(&key(4), &vault, &service(BY_ALL)), "another service");
        assert!(!is_of_the_vault(&key(3), &vault, &service(4)), "it alone has opted in, which anybody may");
    }
}
