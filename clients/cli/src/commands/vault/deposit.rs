//! `sluice vault deposit`, and `sluice restake`: collateral, or SOL, in; shares out.

use clap::Args;
use sluice_client::Request;
use sluice_client::vault::{Class, VaultView};
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::events::RestakingVaultEvent;
use sluice_sdk::restaking_vault::instructions::{
    Deposit as DepositAccounts, DepositInstructionArgs, StakeAndRestake, StakeAndRestakeInstructionArgs,
};
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_sdk::staking_pool::events::StakingPoolEvent;

use super::choice::{Shares, VaultChoice};
use super::desk::{Desk, told};
use crate::act::{Acting, Action, Rows};
use crate::amount::{Amount, DECIMALS, any_amount};
use crate::bound::Bound;
use crate::commands::refusal::Refusal;
use crate::commands::words::{percent, row};
use crate::error::Error;
use crate::holder::{fee, receive, sol};
use crate::output::Format;
use crate::purse::Source;

/// What "all" leaves in the wallet for fees of later transactions, in lamports.
const KEEP: u64 = 10_000_000;

/// Arguments of `sluice vault deposit`.
#[derive(Args)]
pub struct Deposit {
    /// How much of the collateral to deposit, or all
    #[arg(value_name = "COLLATERAL", value_parser = any_amount)]
    amount: Amount,
    #[command(flatten)]
    shares: Shares,
    #[command(flatten)]
    bound: Bound,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

/// Arguments of `sluice restake`.
#[derive(Args)]
pub struct Restake {
    /// How much to restake, or all: of SOL 0.01 stay for fees then
    #[arg(value_name = "SOL", value_parser = any_amount)]
    amount: Amount,
    /// Deposit that much of the LST you have, instead of SOL
    #[arg(long)]
    lst: bool,
    #[command(flatten)]
    shares: Shares,
    #[command(flatten)]
    bound: Bound,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Deposit {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let class = self.shares.class(&desk.view)?;
        desk.deposit(self.amount, class, &self.bound, &self.source).await
    }
}

impl Restake {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let class = self.shares.class(&desk.view)?;
        let pool = desk.view.pool.as_ref().filter(|_| desk.view.vault.of_liquidity == 0);
        let Some(pool) = pool else {
            return Err(Refusal::NotAnLstVault { vault: desk.view.address }.into());
        };
        if self.lst {
            desk.deposit(self.amount, class, &self.bound, &self.source).await
        } else {
            desk.restake(self.amount, class, &self.bound, pool).await
        }
    }
}

impl Desk {
    async fn deposit(
        &self,
        amount: Amount,
        class: Class,
        bound: &Bound,
        source: &Source,
    ) -> Result<(), Error> {
        let Self { wallet, view, units } = self;
        let spending = self.collateral().await?.spend(amount, source)?;
        let arrival = self.shares(class).await?.arrival(&wallet.rpc).await?;
        let needs_pool = view.vault.shielded == 1 || view.vault.leverage_bps > 0;
        let deposit = DepositAccounts {
            vault: view.address,
            depositor: wallet.address(),
            depositor_collateral: spending.account,
            depositor_vrt: arrival.account,
            collateral_account: view.vault.collateral_account,
            collateral_mint: view.vault.collateral_mint,
            vrt_mint: view.shares_mint(class),
            collateral_token_program: view.vault.collateral_token_program,
            vrt_token_program: view.vault.vrt_token_program,
            staking_pool: view.named_pool().filter(|_| needs_pool),
        };
        let request = |min_vrt_out| {
            let args = DepositInstructionArgs { amount: spending.amount, min_vrt_out };
            Request::new(arrival.create.iter().cloned().chain([deposit.instruction(args)]).collect())
        };
        let minted = |event: &Event| match event {
            Event::RestakingVault(RestakingVaultEvent::CollateralDeposited(event)) => Some(event.minted),
            _ => None,
        };
        let out = wallet.foresee(&request(0), minted).await?;
        let least = bound.least_with(out, units.decimals())?;
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, CollateralDeposited) else { return Rows::new() };
            let mut rows = vec![row("You give", units.collateral(event.amount))];
            if event.credited != event.amount {
                rows.push(row("Of which arrives", units.collateral(event.credited)));
            }
            rows.push(receive(units.shares(class, event.minted), units.shares(class, least)));
            rows.extend(units.book(&event.before, &event.after));
            rows.extend(arrival.rows());
            rows.extend(risk(view, class));
            rows
        };
        let title = format!("Deposit {} into the vault {}", units.collateral(spending.amount), view.address);
        self.finish(title, request(least), &rows).await
    }

    async fn restake(&self, amount: Amount, class: Class, bound: &Bound, pool: &Pool) -> Result<(), Error> {
        let Self { wallet, view, units } = self;
        let arrival = self.shares(class).await?.arrival(&wallet.rpc).await?;
        let kept = if amount == Amount::All { KEEP } else { 0 };
        let balance = wallet.rpc.balance(&wallet.address()).await?;
        let lamports = amount.of(balance.saturating_sub(arrival.rent + kept), DECIMALS, "SOL")?;
        let restake = StakeAndRestake {
            vault: view.address,
            user: wallet.address(),
            user_vrt: arrival.account,
            collateral_account: view.vault.collateral_account,
            collateral_mint: view.vault.collateral_mint,
            vrt_mint: view.shares_mint(class),
            staking_pool: view.vault.staking_pool,
            pool_reserve: pool.reserve,
            collateral_token_program: view.vault.collateral_token_program,
            vrt_token_program: view.vault.vrt_token_program,
        };
        let request = |min_vrt_out| {
            let args = StakeAndRestakeInstructionArgs { lamports, min_vrt_out };
            Request::new(arrival.create.iter().cloned().chain([restake.instruction(args)]).collect())
        };
        let minted = |event: &Event| match event {
            Event::RestakingVault(RestakingVaultEvent::StakedAndRestaked(event)) => Some(event.minted),
            _ => None,
        };
        let out = wallet.foresee(&request(0), minted).await?;
        let least = bound.least_with(out, units.decimals())?;
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, StakedAndRestaked) else { return Rows::new() };
            let mut rows = vec![
                row("You give", sol(event.lamports)),
                row("Which is", units.collateral(event.credited)),
                receive(units.shares(class, event.minted), units.shares(class, least)),
            ];
            rows.extend(events.iter().find_map(pool_fee).into_iter().flatten());
            rows.extend(units.book(&event.before, &event.after));
            rows.extend(arrival.rows());
            rows.extend(risk(view, class));
            rows
        };
        let title = format!("Restake {} in the vault {}", sol(lamports), view.address);
        self.finish(title, request(least), &rows).await
    }

    pub(super) async fn finish(
        &self,
        title: String,
        request: Request,
        rows: &dyn Fn(&[Event]) -> Rows,
    ) -> Result<(), Error> {
        self.wallet.act(Action { title, request, signers: vec![], rows }).await?;
        Ok(())
    }
}

/// What the staking pool charges on the way.
fn pool_fee(event: &Event) -> Option<Rows> {
    match event {
        Event::StakingPool(StakingPoolEvent::SolDeposited(event)) => Some(fee(&event.fee)),
        _ => None,
    }
}

/// What who comes in should know: it can be lost, and it takes time to leave.
fn risk(view: &VaultView, class: Class) -> Rows {
    let vault = &view.vault;
    let cap = percent(vault.slash_cap_bps.into());
    let lost = match vault.shielded {
        1 => format!("of the yield alone, at most {cap} of the vault an epoch"),
        _ => format!("at most {cap} of the vault an epoch"),
    };
    let mut rows = vec![
        row("Can be slashed", lost),
        row("Way out", format!("{} epochs after it is ordered", vault.cooldown_epochs)),
    ];
    if class == Class::Junior {
        rows.push(row("Bears losses", "before the senior shares"));
    }
    if view.is_accused() {
        rows.push(row("Open slash requests", vault.open_requests.to_string()));
    }
    rows
}
