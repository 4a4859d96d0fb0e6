//! `sluice admin pool set-fees` and `set-limits`: what is not named stays as it is.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::instructions::{
    SetFees as SetFeesAccounts, SetFeesInstructionArgs, SetLimits as SetLimitsAccounts,
    SetLimitsInstructionArgs,
};
use sluice_sdk::staking_pool::types::{Fees, Limits};

use super::desk::{Office, told};
use crate::act::Rows;
use crate::commands::admin::partial::{partial, sol, units_or_all, units_or_none};
use crate::commands::refusal::Refusal;
use crate::commands::words::{epoch_at, percent, row};
use crate::error::Error;
use crate::output::Format;

partial!(FeeChange of Fees {
    /// Of each epoch's profit
    #[arg(long, value_name = "BPS")]
    reward_bps: u16, "Of profits", percent;
    /// Of each deposit
    #[arg(long, value_name = "BPS")]
    deposit_bps: u16, "Of deposits", percent;
    /// Of an instant exit that leaves plenty of liquidity
    #[arg(long, value_name = "BPS")]
    instant_least_bps: u16, "Of instant exits, least", percent;
    /// Of the last lamport of liquidity
    #[arg(long, value_name = "BPS")]
    instant_most_bps: u16, "Of instant exits, most", percent;
    /// Of what liquidity providers earn
    #[arg(long, value_name = "BPS")]
    liquidity_cut_bps: u16, "Of what liquidity earns", percent;
    /// Of every fee, for the insurance fund
    #[arg(long, value_name = "BPS")]
    insurance_bps: u16, "Insurance fund's part", percent;
    /// Of a deposit fee, for who brought the deposit
    #[arg(long, value_name = "BPS")]
    referral_bps: u16, "Referrer's part", percent;
});

/// Arguments of `sluice admin pool set-fees`.
#[derive(Args)]
pub struct SetFees {
    #[command(flatten)]
    change: FeeChange,
    #[command(flatten)]
    office: Office,
}

impl SetFees {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        let pool = &desk.view.pool;
        desk.wallet.must_be("fee authority", &pool.fee_authority)?;
        // A change replaces what is scheduled: it starts from that, so that nothing is called off unseen.
        let scheduled = pool.next_fees_epoch > 0;
        let base = if scheduled { &pool.next_fees } else { &pool.fees };
        let fees = self.change.applied(base);
        if fees == *base {
            return Err(Refusal::NoChange { what: "every fee" }.into());
        }
        let set = SetFeesAccounts { pool: desk.pool(), fee_authority: desk.wallet.address() };
        let set = set.instruction(SetFeesInstructionArgs { fees });
        let rows = |events: &[Event]| -> Rows {
            let mut rows = if let Some(event) = told!(events, FeesScheduled) {
                let mut rows = FeeChange::changes(&event.now, &event.next);
                let from = epoch_at(event.epoch, &desk.pace);
                rows.push(row("In force", format!("with the first update of {from}, or later")));
                rows
            } else if let Some(event) = told!(events, FeesSet) {
                let mut rows = FeeChange::changes(&event.before, &event.after);
                rows.push(row("In force", "at once"));
                rows
            } else {
                return Rows::new();
            };
            if scheduled {
                let epoch = pool.next_fees_epoch;
                rows.push(row("Replaces", format!("what was scheduled for epoch {epoch}")));
            }
            rows
        };
        desk.wallet.order(format!("Set fees of the pool {}", desk.pool()), vec![set], &rows).await
    }
}

partial!(LimitChange of Limits {
    /// Smallest deposit
    #[arg(long, value_name = "SOL", value_parser = units_or_none)]
    min_deposit: u64, "Smallest deposit", sol;
    /// The most the pool may hold after a deposit; all: no limit
    #[arg(long, value_name = "SOL", value_parser = units_or_all)]
    tvl_cap: u64, "Most after a deposit", sol;
    /// What strays on a stake account until an update collects it
    #[arg(long, value_name = "SOL", value_parser = units_or_none)]
    sweep_threshold: u64, "Swept from", sol;
    /// Reserve and liquidity from which on an instant exit costs the least
    #[arg(long, value_name = "SOL", value_parser = units_or_none)]
    liquidity_target: u64, "Target of liquidity", sol;
    /// What may start to cool down in an epoch, of the whole
    #[arg(long, value_name = "BPS")]
    movement_cap_bps: u16, "Cap on movement an epoch", percent;
});

/// Arguments of `sluice admin pool set-limits`.
#[derive(Args)]
pub struct SetLimits {
    #[command(flatten)]
    change: LimitChange,
    #[command(flatten)]
    office: Office,
}

impl SetLimits {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        let pool = &desk.view.pool;
        desk.wallet.must_be("admin", &pool.admin)?;
        let before = Limits {
            min_deposit: pool.min_deposit,
            tvl_cap: pool.tvl_cap,
            sweep_threshold: pool.sweep_threshold,
            liquidity_target: pool.liquidity_target,
            movement_cap_bps: pool.movement_cap_bps,
        };
        let limits = self.change.applied(&before);
        if limits == before {
            return Err(Refusal::NoChange { what: "every limit" }.into());
        }
        let set = SetLimitsAccounts { pool: desk.pool(), admin: desk.wallet.address() };
        let set = set.instruction(SetLimitsInstructionArgs { limits });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, LimitsSet) else { return Rows::new() };
            let after = Limits {
                min_deposit: event.min_deposit,
                tvl_cap: event.tvl_cap,
                sweep_threshold: event.sweep_threshold,
                liquidity_target: event.liquidity_target,
                // It was a u16 in the instruction.
                movement_cap_bps: u16::try_from(event.movement_cap_bps).unwrap_or(u16::MAX),
            };
            let mut rows = LimitChange::changes(&before, &after);
            rows.push(row("In force", "at once; no limit stops an exit"));
            rows
        };
        desk.wallet.order(format!("Set limits of the pool {}", desk.pool()), vec![set], &rows).await
    }
}
