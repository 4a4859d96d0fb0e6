//! `sluice vault create` and `add-junior`: a new vault, and shares of it that bear losses first.

use std::path::PathBuf;

use clap::Args;
use sluice_client::mints::{MINT_SIZE, NewMint};
use sluice_client::pool::PoolId;
use sluice_client::tokens::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM, create_associated, find_associated};
use sluice_client::vault::Class;
use sluice_client::{Request, keys};
use sluice_sdk::Event;
use sluice_sdk::pda::restaking_vault::find_vault;
use sluice_sdk::restaking_vault::accounts::Vault;
use sluice_sdk::restaking_vault::instructions::{
    InitializeJunior, InitializeJuniorInstructionArgs, InitializeVault, InitializeVaultInstructionArgs,
};
use sluice_sdk::restaking_vault::types::VaultParams;
use sluice_sdk::staking_pool::accounts::Pool;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::choice::VaultChoice;
use super::desk::{Desk, told};
use crate::act::{Acting, Action, Rows};
use crate::amount::{Amount, Decimal, any_amount, decimal, exact};
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::words::{key, limit, percent, row};
use crate::error::Error;
use crate::holder::sol;
use crate::output::Format;
use crate::purse::{Purse, Source};

/// Arguments of `sluice vault create`.
#[derive(Args)]
pub struct Create {
    /// Mint of what the vault holds
    #[arg(long, value_name = "MINT", value_parser = address)]
    collateral: Address,
    /// The staking pool that issues it, as its LST or its liquidity token
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pool: Option<Address>,
    /// The first deposit, which is locked for ever
    #[arg(long, value_name = "COLLATERAL", value_parser = any_amount)]
    seed: Amount,
    /// Keypair file of the new mint of shares [default: a new key]
    #[arg(long, value_name = "FILE")]
    vrt_keypair: Option<PathBuf>,
    /// Make the mint of shares under Token-2022
    #[arg(long)]
    token_2022: bool,
    #[command(flatten)]
    roles: InitialRoles,
    #[command(flatten)]
    limits: InitialLimits,
    #[command(flatten)]
    terms: Terms,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
struct InitialRoles {
    /// Opts in for the depositors and allocates [default: the keypair's]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    delegation_admin: Option<Address>,
    /// May veto slashes; 11111111111111111111111111111111 for nobody
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    resolver: Address,
    /// May pause deposits [default: the keypair's]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pauser: Option<Address>,
}

#[derive(Args)]
struct InitialLimits {
    /// Smallest deposit
    #[arg(long, value_name = "COLLATERAL", value_parser = decimal, default_value = "0.001")]
    min_deposit: Decimal,
    /// The most collateral there may be after a deposit [default: no limit]
    #[arg(long, value_name = "COLLATERAL", value_parser = decimal)]
    capacity: Option<Decimal>,
    /// The most there may be of all that the pool has issued; 0: no limit
    #[arg(long, value_name = "BPS", default_value_t = 0)]
    leverage_bps: u16,
}

/// What can never be changed later.
#[derive(Args)]
struct Terms {
    /// Cool-down of a withdrawal
    #[arg(long, value_name = "EPOCHS", default_value_t = 2)]
    cooldown_epochs: u16,
    /// How long a slash can be vetoed
    #[arg(long, value_name = "EPOCHS", default_value_t = 2)]
    veto_epochs: u16,
    /// How long it can be executed then
    #[arg(long, value_name = "EPOCHS", default_value_t = 2)]
    execution_epochs: u16,
    /// After how long an allocation can be slashed
    #[arg(long, value_name = "EPOCHS", default_value_t = 2)]
    warmup_epochs: u16,
    /// How long it still can once it is taken back
    #[arg(long, value_name = "EPOCHS", default_value_t = 9)]
    deallocation_epochs: u16,
    /// The most that all services together may take in an epoch
    #[arg(long, value_name = "BPS", default_value_t = 1_000)]
    slash_cap_bps: u16,
    /// Over how many slots a reward reaches the price of a share
    #[arg(long, value_name = "SLOTS", default_value_t = 432_000)]
    stream_slots: u64,
    /// Only yield can be slashed: what depositors brought is remembered in SOL
    #[arg(long)]
    shielded: bool,
}

impl Create {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let wallet = self.acting.open(format)?;
        let (rpc, admin) = (&wallet.rpc, wallet.address());
        let mint = rpc.mint(&self.collateral).await?;
        if let Some(pool) = self.pool {
            let account = rpc.account(&pool).await?;
            let known: Pool = PoolId::Pool(pool).decode(rpc, account)?;
            if known.lst_mint != self.collateral && known.lp_mint != self.collateral {
                let reason = format!("it issues {}, not {}", known.lst_mint, self.collateral);
                return Err(
                    Refusal::NotThat { address: pool, what: "pool of this collateral", reason }.into()
                );
            }
        }
        let unit = if self.pool.is_some() { "LST" } else { "tokens" };
        let purse = Purse::read(rpc, &admin, &self.collateral, &mint.program, unit).await?;
        let purse = Purse { decimals: mint.decimals, ..purse };
        let seed = purse.spend(self.seed, &self.source)?;
        let vrt = match &self.vrt_keypair {
            Some(path) => keys::read(path)?,
            None => Keypair::new(),
        };
        let vrt_mint = vrt.pubkey();
        let vault = find_vault(&vrt_mint).0;
        let program = if self.token_2022 { TOKEN_2022_PROGRAM } else { TOKEN_PROGRAM };
        let params = self.params(&admin, seed.amount, mint.decimals)?;
        let initialize = InitializeVault {
            admin,
            vault,
            collateral_mint: self.collateral,
            vrt_mint,
            admin_collateral: seed.account,
            collateral_account: find_associated(&vault, &self.collateral, &mint.program),
            vrt_escrow: find_associated(&vault, &vrt_mint, &program),
            collateral_token_program: mint.program,
            vrt_token_program: program,
            staking_pool: self.pool,
        };
        let rents = [
            rpc.minimum_balance(MINT_SIZE).await?,
            rpc.associated_rent(&self.collateral, &mint.program).await?,
            rpc.associated_rent(&vrt_mint, &program).await?,
            rpc.minimum_balance(Vault::LEN).await?,
        ];
        let new = NewMint {
            address: &vrt_mint,
            program: &program,
            authority: &vault,
            decimals: mint.decimals,
            rent: rents[0],
        };
        let mut instructions = new.create(&admin).to_vec();
        instructions.push(create_associated(&admin, &vault, &self.collateral, &mint.program));
        instructions.push(create_associated(&admin, &vault, &vrt_mint, &program));
        instructions.push(initialize.instruction(InitializeVaultInstructionArgs { params }));
        let said = |amount| format!("{} {unit}", exact(amount, mint.decimals));
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, VaultInitialized) else { return Rows::new() };
            vec![
                row("Vault", event.vault.to_string()),
                row("Shares' mint", event.vrt_mint.to_string()),
                row("Locked for ever", said(event.after.assets)),
                row("Rent", sol(rents.iter().sum())),
                row("Delegation admin", event.delegation_admin.to_string()),
                row("Resolver", key(&event.resolver, "nobody: no slash can be vetoed")),
                row("Pauser", key(&event.pauser, "nobody")),
                row("Smallest deposit", said(event.min_deposit)),
                row("Capacity", limit(event.capacity, said)),
                row(
                    "Limit of leverage",
                    match event.leverage_bps {
                        0 => "none".into(),
                        bps => format!("{} of all {unit}", percent(bps)),
                    },
                ),
                row("Ticket's cool-down", format!("{} epochs", event.cooldown_epochs)),
                row("Veto window", format!("{} epochs", event.veto_epochs)),
                row("Then executable for", format!("{} epochs", event.execution_epochs)),
                row("Allocation's warm-up", format!("{} epochs", event.warmup_epochs)),
                row("Allocation's cool-down", format!("{} epochs", event.deallocation_epochs)),
                row("Slash cap an epoch", percent(event.slash_cap_bps)),
                row("Rewards flow over", format!("{} slots", event.stream_slots)),
                row("Can be slashed", if event.shielded == 1 { "yield alone" } else { "everything" }),
            ]
        };
        let title =
            format!("Open a vault of {}; its windows, cap and shield can never be changed", self.collateral);
        let request = Request::new(instructions);
        wallet.act(Action { title, request, signers: vec![&vrt], rows: &rows }).await?;
        Ok(())
    }

    fn params(&self, admin: &Address, seed: u64, decimals: u8) -> Result<VaultParams, Error> {
        let (terms, limits, roles) = (&self.terms, &self.limits, &self.roles);
        let capacity = limits.capacity.map(|capacity| capacity.units(decimals)).transpose()?;
        Ok(VaultParams {
            delegation_admin: roles.delegation_admin.unwrap_or(*admin),
            resolver: roles.resolver,
            pauser: roles.pauser.unwrap_or(*admin),
            seed,
            min_deposit: limits.min_deposit.units(decimals)?,
            capacity: capacity.unwrap_or(u64::MAX),
            stream_slots: terms.stream_slots,
            cooldown_epochs: terms.cooldown_epochs,
            veto_epochs: terms.veto_epochs,
            execution_epochs: terms.execution_epochs,
            warmup_epochs: terms.warmup_epochs,
            deallocation_epochs: terms.deallocation_epochs,
            slash_cap_bps: terms.slash_cap_bps,
            leverage_bps: limits.leverage_bps,
            shielded: terms.shielded,
        })
    }
}

/// Arguments of `sluice vault add-junior`.
#[derive(Args)]
pub struct AddJunior {
    /// The first deposit, which is locked for ever
    #[arg(long, value_name = "COLLATERAL", value_parser = any_amount)]
    seed: Amount,
    /// What the junior shares get of the senior ones' rewards, for bearing losses first
    #[arg(long, value_name = "BPS")]
    premium_bps: u16,
    /// Keypair file of the new mint of junior shares [default: a new key]
    #[arg(long, value_name = "FILE")]
    junior_keypair: Option<PathBuf>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl AddJunior {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, units } = &desk;
        wallet.must_be("admin", &view.vault.admin)?;
        let seed = desk.collateral().await?.spend(self.seed, &self.source)?;
        let junior = match &self.junior_keypair {
            Some(path) => keys::read(path)?,
            None => Keypair::new(),
        };
        let (admin, mint, program) = (wallet.address(), junior.pubkey(), view.vault.vrt_token_program);
        let rent = wallet.rpc.minimum_balance(MINT_SIZE).await?;
        let escrow_rent = wallet.rpc.associated_rent(&mint, &program).await?;
        let new = NewMint {
            address: &mint,
            program: &program,
            authority: &view.address,
            decimals: units.decimals(),
            rent,
        };
        let initialize = InitializeJunior {
            vault: view.address,
            admin,
            junior_mint: mint,
            junior_escrow: find_associated(&view.address, &mint, &program),
            admin_collateral: seed.account,
            collateral_account: view.vault.collateral_account,
            collateral_mint: view.vault.collateral_mint,
            collateral_token_program: view.vault.collateral_token_program,
            vrt_token_program: program,
        };
        let args = InitializeJuniorInstructionArgs { seed: seed.amount, premium_bps: self.premium_bps };
        let mut instructions = new.create(&admin).to_vec();
        instructions.push(create_associated(&admin, &view.address, &mint, &program));
        instructions.push(initialize.instruction(args));
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, JuniorInitialized) else { return Rows::new() };
            let seed = event.after.junior_assets;
            let mut rows = vec![
                row("Junior shares' mint", event.junior_mint.to_string()),
                row("Premium", format!("{} of the seniors' rewards", percent(event.premium_bps))),
                row(
                    "Locked for ever",
                    format!("{}, for {}", units.collateral(seed), units.shares(Class::Junior, seed)),
                ),
                row("Rent", sol(rent + escrow_rent)),
            ];
            rows.extend(units.book(&event.before, &event.after));
            rows
        };
        let title = format!("Give the vault {} junior shares", view.address);
        let request = Request::new(instructions);
        wallet.act(Action { title, request, signers: vec![&junior], rows: &rows }).await?;
        Ok(())
    }
}
