//! A plan and its outcome, for people.

use std::fmt::Write;
use std::path::Path;

use sluice_deploy::units::exact;
use sluice_deploy::{Addresses, Plan, State};

use super::{Outcome, is_missing};

/// What is there, what will be made, and what that costs.
pub fn plan(plan: &Plan, config: &Path) -> String {
    let mut text = format!("Deployment of {}\n", config.display());
    let width = plan.lines.iter().map(|line| line.what.chars().count()).max().unwrap_or(0);
    for line in &plan.lines {
        let mark = match line.state {
            State::There => "✓",
            State::Later => "…",
            State::Missing => "+",
        };
        let _ = write!(text, "  {mark} {:<width$}  {:<44}", line.what, line.address);
        if is_missing(&line.state) {
            let _ = write!(text, "  rent {}", exact(line.rent, 9));
            if line.pays > 0 {
                let _ = write!(text, ", pays {}", exact(line.pays, 9));
            }
            if line.transactions > 1 {
                let _ = write!(text, ", {} transactions", line.transactions);
            }
        }
        if !line.note.is_empty() {
            let _ = write!(text, "  ({})", line.note);
        }
        text.push('\n');
    }
    if !plan.examples.is_empty() {
        let files: Vec<_> = plan.examples.iter().map(|path| path.display().to_string()).collect();
        let _ = writeln!(
            text,
            "Not there yet, and not made by a dry run: {}. These keys, and all addresses that come of them, are only an example.",
            files.join(", ")
        );
    }
    let missing = plan.lines.iter().filter(|line| is_missing(&line.state)).count();
    if missing == 0 {
        let _ = writeln!(text, "Everything is there: nothing to do.");
        return text;
    }
    let _ = writeln!(
        text,
        "{missing} to be made for {} SOL: rent {}, paid in {}, signatures {}. The wallet has {} SOL.",
        exact(plan.spends(), 9),
        exact(plan.rent, 9),
        exact(plan.pays, 9),
        exact(plan.fees, 9),
        exact(plan.balance, 9)
    );
    if plan.borrows > 0 {
        let _ = writeln!(text, "Meanwhile buffers borrow {} SOL.", exact(plan.borrows, 9));
    }
    text
}

pub fn outcome(outcome: &Outcome<'_>) -> String {
    if !outcome.done {
        return "Nothing was done: this was a dry run.\n".into();
    }
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row =
        |label: &str, address: &dyn std::fmt::Display| rows.push((label.to_owned(), address.to_string()));
    let Addresses { programs, pool, selection, vaults, operators, services, .. } = outcome.addresses;
    for program in programs {
        row(&format!("program {}", program.name), &program.address);
    }
    row("pool", &pool.pool);
    row("LST mint", &pool.mint);
    row("reserve", &pool.reserve);
    row("validator list", &pool.validator_list);
    row("rate history", &pool.rate_history);
    row("escrow", &pool.escrow);
    row("treasury", &pool.treasury);
    if let Some(mint) = pool.lp_mint {
        row("LP mint", &mint);
    }
    if let Some(selection) = selection {
        row("selection", &selection.config);
        row("registry", &selection.registry);
        row("ranking", &selection.ranking);
        row("bonds and directed LST", &selection.vault);
    }
    for vault in vaults {
        row(&format!("vault {}", vault.name), &vault.vault);
        row("  collateral mint", &vault.collateral_mint);
        row("  collateral account", &vault.collateral_account);
        row("  VRT mint", &vault.vrt_mint);
        row("  VRT escrow", &vault.vrt_escrow);
        let more = [
            ("  junior mint", vault.junior_mint),
            ("  junior escrow", vault.junior_escrow),
            ("  fee account", vault.fee_account),
        ];
        for (label, address) in more {
            if let Some(address) = address {
                row(label, &address);
            }
        }
    }
    for operator in operators {
        row(&format!("operator {}", operator.name), &operator.address);
    }
    for service in services {
        row(&format!("service {}", service.name), &service.address);
    }
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    rows.iter().map(|(label, address)| format!("{label:<width$}  {address}\n")).collect()
}
