//! VRT in, collateral out at once.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;
use sluice_vault_math::{CollateralAmount, Redeemed, VrtAmount};

use crate::errors::{OrVaultError, VaultError};
use crate::events::{BookEntry, InstantlyWithdrawn};
use crate::invoke::{self, TransferChecked};
use crate::state::{Class, Vault};
use crate::token::TokenAccountView;

/// Specification:
/// - the owner signs and owns the account the VRT are burnt from; the collateral goes to any account of its mint;
/// - the vault is not paused, and no slash request is open that has not expired;
/// - it pays by the idle collateral, what the class would have if everything allocated were slashed:
///   `vrt * (assets - at risk) / supply`, rounded down. Where nothing is allocated that is the share price. So whoever
///   leaves at once gets no more than who waits, whatever is slashed meanwhile, and what is allocated stays backed;
/// - what the owner leaves behind is the others'; it never pays nothing, and at least `min_out` arrives.
#[derive(Accounts)]
pub struct InstantWithdraw {
    #[account(mut)]
    pub vault: Account<Vault>,
    pub owner: Signer,
    /// Token account of the owner the VRT are burnt from.
    #[account(mut)]
    pub owner_vrt: UncheckedAccount,
    #[account(mut)]
    pub recipient: UncheckedAccount,
    #[account(mut, address = vault.collateral_account @ VaultError::WrongCollateralAccount)]
    pub collateral_account: UncheckedAccount,
    #[account(address = vault.collateral_mint @ VaultError::WrongCollateralMint)]
    pub collateral_mint: UncheckedAccount,
    #[account(mut)]
    pub vrt_mint: UncheckedAccount,
    #[account(address = vault.collateral_token_program @ VaultError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount,
    #[account(address = vault.vrt_token_program @ VaultError::WrongTokenProgram)]
    pub vrt_token_program: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<InstantWithdraw>, vrt_amount: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let vault = &mut accounts.vault;
    let clock = Clock::get()?;
    require!(vrt_amount > 0, VaultError::ZeroAmount);
    require!(clock.epoch >= vault.paused_until_epoch, VaultError::Paused);
    require!(!vault.is_accused(clock.epoch), VaultError::PendingSlash);
    let class = vault.class_of_mint(accounts.vrt_mint.address())?;
    // What lies with the incinerator or the system program anybody may burn: it is paid to nobody.
    let from = TokenAccountView::read(accounts.owner_vrt.account(), accounts.vrt_token_program.address())
        .ok_or(VaultError::NotVrtOwner)?;
    require!(from.owner == *accounts.owner.address(), VaultError::NotVrtOwner);
    let to =
        TokenAccountView::read(accounts.recipient.account(), accounts.collateral_token_program.address())
            .ok_or(VaultError::WrongRecipient)?;
    require!(to.mint == vault.collateral_mint, VaultError::WrongRecipient);

    vault.touch(&clock)?;
    let before = BookEntry::from(&**vault);
    let vrt = VrtAmount(vrt_amount);
    let worst = vault.tranches().at_worst(CollateralAmount(vault.total_allocated));
    let left = match class {
        Class::Senior => worst.senior,
        Class::Junior => worst.junior,
    };
    let Redeemed { after, paid } = vault.book(class).redeem_at_worst(vrt, left).or_vault_error()?;
    require!(!paid.is_zero(), VaultError::SlippageExceeded);
    vault.forget_principal(vrt)?;
    vault.set_book(class, after);

    invoke::burn(
        accounts.vrt_token_program.account(),
        accounts.owner_vrt.account(),
        accounts.vrt_mint.account(),
        accounts.owner.account(),
        vrt.0,
        &[],
    );
    let key = vault.key();
    let seeds = key.seeds();
    let transfer = TransferChecked {
        program: accounts.collateral_token_program.account(),
        from: accounts.collateral_account.account(),
        mint: accounts.collateral_mint.account(),
        to: accounts.recipient.account(),
        authority: vault.account(),
        decimals: vault.collateral_decimals,
    };
    let received = transfer.invoke_counted(paid.0, &[CpiSigner::from(&seeds)])?;
    require!(received >= min_out, VaultError::SlippageExceeded);
    emit!(InstantlyWithdrawn {
        vault: *vault.address(),
        owner: *accounts.owner.address(),
        vrt_amount,
        paid: paid.0,
        received,
        junior: u64::from(class.is_junior()),
        before,
        after: BookEntry::from(&**vault),
    });
    Ok(())
}
