//! Which vault a command is about, and which of its shares.

use clap::Args;
use sluice_client::vault::{Class, VaultId, VaultView};
use solana_address::Address;

use crate::cluster::address;
use crate::commands::refusal::Refusal;

/// Which vault is meant.
#[derive(Args, Clone)]
#[group(required = true, multiple = false)]
pub struct VaultChoice {
    /// Address of the vault
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    vault: Option<Address>,
    /// Mint of the vault's shares (VRT), instead
    #[arg(long, value_name = "MINT", value_parser = address)]
    vrt: Option<Address>,
}

impl VaultChoice {
    pub fn id(&self) -> VaultId {
        // The command line has one of them.
        self.vrt
            .map(VaultId::Mint)
            .or(self.vault.map(VaultId::Vault))
            .unwrap_or(VaultId::Vault(Address::default()))
    }
}

/// Which of a vault's shares are meant.
#[derive(Args, Clone)]
pub struct Shares {
    /// The junior shares, which lose first and earn a premium
    #[arg(long)]
    junior: bool,
}

impl Shares {
    /// Refused where the vault has no junior shares.
    pub fn class(&self, view: &VaultView) -> Result<Class, Refusal> {
        if self.junior && !view.has_junior() {
            return Err(Refusal::NoJunior { vault: view.address });
        }
        Ok(Class::of(self.junior))
    }
}
