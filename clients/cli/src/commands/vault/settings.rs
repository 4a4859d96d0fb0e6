//! `sluice vault set-limits`, `set-fee` and `set-roles`: what is not named stays as it is.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::instructions::{
    SetLimits as SetLimitsAccounts, SetLimitsInstructionArgs, SetRoles as SetRolesAccounts,
    SetRolesInstructionArgs, SetVaultFee, SetVaultFeeInstructionArgs,
};
use sluice_sdk::restaking_vault::types::{Limits, Roles};
use solana_address::Address;

use super::choice::VaultChoice;
use super::desk::{Desk, told};
use crate::act::{Acting, Rows};
use crate::amount::{Amount, Decimal, any_amount, decimal};
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::words::{change, epoch_at, key, limit, percent, row};
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice vault set-limits`.
#[derive(Args)]
pub struct SetLimits {
    #[command(flatten)]
    change: LimitChange,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
#[group(required = true, multiple = true)]
struct LimitChange {
    /// Smallest deposit
    #[arg(long, value_name = "COLLATERAL", value_parser = decimal)]
    min_deposit: Option<Decimal>,
    /// The most collateral there may be after a deposit; all: no limit
    #[arg(long, value_name = "COLLATERAL", value_parser = any_amount)]
    capacity: Option<Amount>,
    /// The most there may be of all that the pool has issued; 0: no limit
    #[arg(long, value_name = "BPS")]
    leverage_bps: Option<u16>,
}

impl SetLimits {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, units } = &desk;
        wallet.must_be("admin", &view.vault.admin)?;
        let before = Limits {
            min_deposit: view.vault.min_deposit,
            capacity: view.vault.capacity,
            leverage_bps: view.vault.leverage_bps,
        };
        let decimals = units.decimals();
        let limits = Limits {
            min_deposit: match self.change.min_deposit {
                Some(least) => least.units(decimals)?,
                None => before.min_deposit,
            },
            capacity: match self.change.capacity {
                Some(Amount::All) => u64::MAX,
                Some(Amount::Exactly(most)) => most.units(decimals)?,
                None => before.capacity,
            },
            leverage_bps: self.change.leverage_bps.unwrap_or(before.leverage_bps),
        };
        if limits == before {
            return Err(Refusal::NoChange { what: "every limit" }.into());
        }
        let set = SetLimitsAccounts { vault: view.address, admin: wallet.address() };
        let set = set.instruction(SetLimitsInstructionArgs { limits });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, LimitsSet) else { return Rows::new() };
            let collateral = |amount: &u64| limit(*amount, |amount| units.collateral(amount));
            let leverage = |bps: &u64| if *bps == 0 { "no limit".into() } else { percent(*bps) };
            let mut rows = Rows::new();
            rows.extend(change("Smallest deposit", &before.min_deposit, &event.min_deposit, collateral));
            rows.extend(change("Capacity", &before.capacity, &event.capacity, collateral));
            let was = u64::from(before.leverage_bps);
            rows.extend(change("Limit of leverage", &was, &event.leverage_bps, leverage));
            rows.push(row("In force", "at once; no limit stops an exit"));
            rows
        };
        desk.act(format!("Set limits of the vault {}", view.address), vec![set], &rows).await
    }
}

/// Arguments of `sluice vault set-fee`.
#[derive(Args)]
pub struct SetFee {
    #[command(flatten)]
    change: FeeChange,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
#[group(required = true, multiple = true)]
struct FeeChange {
    /// What the vault keeps of rewards
    #[arg(long, value_name = "BPS")]
    fee_bps: Option<u16>,
    /// Token account of the collateral that it goes to
    #[arg(long, value_name = "TOKEN_ACCOUNT", value_parser = address)]
    fee_account: Option<Address>,
    /// Charge nothing: it goes nowhere
    #[arg(long, conflicts_with = "fee_account")]
    no_account: bool,
}

impl SetFee {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, .. } = &desk;
        wallet.must_be("admin", &view.vault.admin)?;
        let (before, account_before) = (view.fee(), view.vault.fee_account);
        let kept = Some(account_before).filter(|account| *account != Address::default());
        let fee_account = if self.change.no_account { None } else { self.change.fee_account.or(kept) };
        // What is scheduled would be called off by setting today's fee again.
        let scheduled = if before.next_epoch > 0 { before.next } else { before.now };
        let fee_bps = self.change.fee_bps.unwrap_or(scheduled.get());
        if fee_account.unwrap_or_default() == account_before && fee_bps == scheduled.get() {
            return Err(Refusal::NoChange { what: "the fee" }.into());
        }
        let pace = wallet.rpc.pace().await?;
        let set = SetVaultFee { vault: view.address, admin: wallet.address(), fee_account };
        let set = set.instruction(SetVaultFeeInstructionArgs { fee_bps });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, VaultFeeSet) else { return Rows::new() };
            let bps = |bps: &u64| percent(*bps);
            let mut rows = Rows::new();
            rows.extend(change("Fee of rewards", &event.fee_bps_before, &event.fee_bps_after, bps));
            if event.next_fee_epoch > 0 {
                let (now, next) = (percent(event.fee_bps_after), percent(event.next_fee_bps));
                let from = epoch_at(event.next_fee_epoch, &pace);
                rows.push(row("Fee of rewards", format!("{now} → {next} from {from}")));
            } else if before.next_epoch > 0 {
                rows.push(row(
                    "Called off",
                    format!("{} from epoch {}", percent(before.next.get().into()), before.next_epoch),
                ));
            }
            let to = |to: &Address| key(to, "nobody: none is charged");
            rows.extend(change("Goes to", &account_before, &event.fee_account, to));
            rows
        };
        desk.act(format!("Set the fee of the vault {}", view.address), vec![set], &rows).await
    }
}

/// Arguments of `sluice vault set-roles`.
#[derive(Args)]
pub struct SetRoles {
    #[command(flatten)]
    change: RoleChange,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
#[group(required = true, multiple = true)]
struct RoleChange {
    /// Opts in for the depositors and allocates
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    delegation_admin: Option<Address>,
    /// May pause deposits
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pauser: Option<Address>,
    /// May veto slashes, a ticket's cool-down from now on; naming the present one takes a change back
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    resolver: Option<Address>,
}

impl SetRoles {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, .. } = &desk;
        wallet.must_be("admin", &view.vault.admin)?;
        let scheduled = view.next_resolver();
        let before = Roles {
            delegation_admin: view.vault.delegation_admin,
            pauser: view.vault.pauser,
            // Naming the one that is scheduled keeps it, and makes it wait as long again.
            resolver: scheduled.map_or(view.resolver(), |(next, _)| next),
        };
        let change_to = &self.change;
        let roles = Roles {
            delegation_admin: change_to.delegation_admin.unwrap_or(before.delegation_admin),
            pauser: change_to.pauser.unwrap_or(before.pauser),
            resolver: change_to.resolver.unwrap_or(before.resolver),
        };
        if roles == before {
            return Err(Refusal::NoChange { what: "every role" }.into());
        }
        let pace = wallet.rpc.pace().await?;
        let set = SetRolesAccounts { vault: view.address, admin: wallet.address() };
        let set = set.instruction(SetRolesInstructionArgs { roles });
        let (now, was) = (view.resolver(), &before);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, RolesSet) else { return Rows::new() };
            let name = |address: &Address| key(address, "nobody");
            let mut rows = Rows::new();
            rows.extend(change("Delegation admin", &was.delegation_admin, &event.delegation_admin, name));
            rows.extend(change("Pauser", &was.pauser, &event.pauser, name));
            if event.next_resolver_epoch > 0 {
                let from = epoch_at(event.next_resolver_epoch, &pace);
                let text = format!("{} → {} from {from}", name(&now), name(&event.next_resolver));
                rows.push(row("Resolver", text));
            } else if let Some((next, from)) = scheduled {
                rows.push(row("Called off", format!("{} as resolver from epoch {from}", name(&next))));
            }
            rows
        };
        desk.act(format!("Set roles of the vault {}", view.address), vec![set], &rows).await
    }
}
