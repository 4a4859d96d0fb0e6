//! Agreements of an operator or of a service, as both show them.

use std::collections::HashMap;
use std::fmt::Write;

use serde::Serialize;
use sluice_client::Rpc;
use sluice_client::vault::{VaultId, VaultView, risk};
use sluice_sdk::json::text;
use sluice_sdk::restaking_vault::accounts::Allocation;
use solana_address::Address;

use super::vault::words::Units;
use crate::commands::words::consents;
use crate::error::Error;

/// An agreement in this epoch. Amounts in base units of the vault's collateral.
#[derive(Serialize)]
pub struct Agreement {
    #[serde(serialize_with = "text")]
    pub address: Address,
    /// At risk, of which some is on its way out.
    pub at_risk: u64,
    pub warming: u64,
    pub cooling: u64,
    pub allocation: Allocation,
    #[serde(skip)]
    units: Units,
}

/// Puts agreements together with what their vaults' amounts are called.
pub async fn agreements(
    rpc: &Rpc,
    found: Vec<(Address, Allocation)>,
    epoch: u64,
) -> Result<Vec<Agreement>, Error> {
    let mut units: HashMap<Address, Units> = HashMap::new();
    let mut agreements = Vec::with_capacity(found.len());
    for (address, allocation) in found {
        let known = units.get(&allocation.vault).copied();
        let of_vault = match known {
            Some(known) => known,
            None => Units::of(&VaultView::read(rpc, &VaultId::Vault(allocation.vault)).await?),
        };
        units.insert(allocation.vault, of_vault);
        let risk = risk(&allocation, epoch);
        agreements.push(Agreement {
            address,
            at_risk: risk.amount.0,
            warming: risk.warming.0,
            cooling: risk.cooling.0,
            allocation,
            units: of_vault,
        });
    }
    Ok(agreements)
}

/// One paragraph for each.
pub fn lines(agreements: &[Agreement]) -> String {
    let mut text = format!("  Agreements      {}\n", agreements.len());
    for agreement in agreements {
        let (allocation, units) = (&agreement.allocation, agreement.units);
        let _ = writeln!(text, "\nAgreement {}", agreement.address);
        let _ = writeln!(text, "  Vault           {}", allocation.vault);
        let _ = writeln!(text, "  Operator        {}", allocation.operator);
        let _ = writeln!(text, "  Service         {}", allocation.service);
        let _ = writeln!(text, "  Agreed by       {}", consents(allocation.consents));
        let _ = writeln!(text, "  At risk         {}", units.collateral(agreement.at_risk));
        let _ = writeln!(text, "  Warming up      {}", units.collateral(agreement.warming));
        let _ = writeln!(text, "  Cooling down    {}", units.collateral(agreement.cooling));
        let _ = writeln!(text, "  Slashed so far  {}", units.collateral(allocation.total_slashed));
        if allocation.request_open == 1 {
            let _ = writeln!(text, "  Accused         yes: see `sluice service requests`");
        }
    }
    text
}
