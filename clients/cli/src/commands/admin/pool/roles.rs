//! `sluice admin pool set-roles`, `set-treasury` and `set-delegation-authority`.

use clap::Args;
use sluice_client::tokens::TokenAccount;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::instructions::{
    SetDelegationAuthority as DelegationAccounts, SetRoles as SetRolesAccounts, SetRolesInstructionArgs,
    SetTreasury as TreasuryAccounts,
};
use sluice_sdk::staking_pool::types::Roles;
use solana_address::Address;

use super::desk::{Office, told};
use crate::act::Rows;
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::words::{change, epoch_at, key, row};
use crate::error::Error;
use crate::output::Format;

#[derive(Args)]
#[group(required = true, multiple = true)]
struct RoleChange {
    /// May set fees
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    fee_authority: Option<Address>,
    /// May pause deposits
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pauser: Option<Address>,
    /// Has to sign every deposit
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    deposit_authority: Option<Address>,
    /// Let anyone deposit
    #[arg(long, conflicts_with = "deposit_authority")]
    open_deposits: bool,
}

/// Arguments of `sluice admin pool set-roles`.
#[derive(Args)]
pub struct SetRoles {
    #[command(flatten)]
    change: RoleChange,
    #[command(flatten)]
    office: Office,
}

impl SetRoles {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        let pool = &desk.view.pool;
        desk.wallet.must_be("admin", &pool.admin)?;
        let before = Roles {
            fee_authority: pool.fee_authority,
            pauser: pool.pauser,
            deposit_authority: pool.deposit_authority,
        };
        let to = &self.change;
        let open = to.open_deposits.then(Address::default);
        let roles = Roles {
            fee_authority: to.fee_authority.unwrap_or(before.fee_authority),
            pauser: to.pauser.unwrap_or(before.pauser),
            deposit_authority: open.or(to.deposit_authority).unwrap_or(before.deposit_authority),
        };
        if roles == before {
            return Err(Refusal::NoChange { what: "every role" }.into());
        }
        let set = SetRolesAccounts { pool: desk.pool(), admin: desk.wallet.address() };
        let set = set.instruction(SetRolesInstructionArgs { roles });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, RolesSet) else { return Rows::new() };
            let name = |address: &Address| key(address, "nobody");
            let signs = |address: &Address| key(address, "nobody: anyone may deposit");
            let mut rows = Rows::new();
            rows.extend(change("Fee authority", &before.fee_authority, &event.fee_authority, name));
            rows.extend(change("Pauser", &before.pauser, &event.pauser, name));
            let (was, is) = (&before.deposit_authority, &event.deposit_authority);
            rows.extend(change("Signs deposits", was, is, signs));
            rows.push(row("In force", "at once"));
            rows
        };
        desk.wallet.order(format!("Set roles of the pool {}", desk.pool()), vec![set], &rows).await
    }
}

/// Arguments of `sluice admin pool set-treasury`.
#[derive(Args)]
pub struct SetTreasury {
    /// Token account of the pool's LST
    #[arg(value_name = "TOKEN_ACCOUNT", value_parser = address)]
    treasury: Address,
    #[command(flatten)]
    office: Office,
}

impl SetTreasury {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        let (wallet, pool) = (&desk.wallet, &desk.view.pool);
        wallet.must_be("admin", &pool.admin)?;
        if self.treasury == pool.treasury {
            return Err(Refusal::NoChange { what: "the treasury" }.into());
        }
        let account = wallet.rpc.account(&self.treasury).await?;
        let token = account.as_ref().and_then(|account| TokenAccount::decode(&self.treasury, account));
        let reason = match token {
            None => "no token account is there".into(),
            Some(token) if token.mint != pool.lst_mint => format!("it is one of the mint {}", token.mint),
            Some(_) => String::new(),
        };
        if !reason.is_empty() {
            let what = "token account of this pool's LST";
            return Err(Refusal::NotThat { address: self.treasury, what, reason }.into());
        }
        let set = TreasuryAccounts { pool: desk.pool(), admin: wallet.address(), treasury: self.treasury };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, TreasurySet) else { return Rows::new() };
            vec![
                row("Treasury", format!("{} → {}", event.before, event.after)),
                row("In force", "at once, for fees charged and not yet minted as well"),
            ]
        };
        wallet
            .order(format!("Set the treasury of the pool {}", desk.pool()), vec![set.instruction()], &rows)
            .await
    }
}

/// Arguments of `sluice admin pool set-delegation-authority`.
#[derive(Args)]
pub struct SetDelegationAuthority {
    /// Who will decide about stake; the present one takes a change back
    #[arg(value_name = "ADDRESS", value_parser = address)]
    delegation_authority: Address,
    #[command(flatten)]
    office: Office,
}

impl SetDelegationAuthority {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        let (wallet, pool) = (&desk.wallet, &desk.view.pool);
        wallet.must_be("admin", &pool.admin)?;
        let named = self.delegation_authority;
        let scheduled = pool.delegation_authority_epoch > 0;
        let settled = if scheduled { pool.next_delegation_authority } else { pool.delegation_authority };
        if named == settled {
            return Err(Refusal::NoChange { what: "the delegation authority" }.into());
        }
        let set =
            DelegationAccounts { pool: desk.pool(), admin: wallet.address(), delegation_authority: named };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, DelegationAuthorityScheduled) else { return Rows::new() };
            let mut rows = Rows::new();
            if event.now == event.next {
                let next = pool.next_delegation_authority;
                rows.push(row("Called off", format!("{next} as delegation authority")));
            } else {
                rows.push(row("Delegation authority", format!("{} → {}", event.now, event.next)));
                let from = epoch_at(event.epoch, &desk.pace);
                rows.push(row("In force", format!("with the first update of {from}, or later")));
            }
            rows
        };
        let title = format!("Set the delegation authority of the pool {}", desk.pool());
        wallet.order(title, vec![set.instruction()], &rows).await
    }
}
