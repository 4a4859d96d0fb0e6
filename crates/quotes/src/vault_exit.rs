//! What the restaking vault pays out.

use sluice_money::{Lamports, LstAmount, VrtAmount};
use sluice_vault_math::{CollateralAmount, Shield, TicketSchedule};

use crate::refusal::{OrVault, require};
use crate::vault::after_transfer;
use crate::words::numbers;
use crate::{Moment, PoolRefusal, PoolState, Refusal, TransferFee, VaultRefusal, VaultState};

numbers! {
    /// What a ticket ordered now is good for.
    pub struct VaultOrder {
        /// Value now, in base units of the collateral; it is valued when it is claimed.
        pub value: u64,
        /// First epoch in which it can be claimed.
        pub unlock_epoch: u64,
        /// First epoch in which no slash request holds it back.
        pub release_epoch: u64,
    }

    /// A ticket, by the fields of its account.
    pub struct VaultTicket {
        pub vrt_amount: u64,
        pub unlock_epoch: u64,
        pub release_epoch: u64,
        /// Whether the VRT are junior shares.
        pub junior: bool,
    }

    /// What a ticket comes to.
    pub struct VaultTicketValue {
        /// What a claim takes out of the vault, in base units of the collateral.
        pub paid: u64,
        /// What of it arrives.
        pub received: u64,
        /// Whether the cool-down is over. A claim is refused before.
        pub is_unlocked: bool,
        /// Whether an open slash request holds it back. A claim is refused meanwhile.
        pub is_held: bool,
    }

    /// What leaving at once pays.
    pub struct InstantWithdrawal {
        /// What is taken out of the vault, in base units of the collateral.
        pub paid: u64,
        /// What of it arrives.
        pub received: u64,
        /// What stays with the others: the value of the shares less `paid`.
        pub left_behind: u64,
    }

    /// What a claim straight into a ticket of the staking pool brings.
    pub struct ClaimAndUnstake {
        /// What goes under the new ticket, in base units of LST.
        pub shares: u64,
        /// What it is ordered for, in lamports.
        pub lamports: u64,
        /// It is payable once the pool's update of this epoch, or of a later one, has finished.
        pub claim_epoch: u64,
    }
}

impl VaultState {
    /// Refuses shares of a shielded vault that could not forget their part of the principal.
    fn require_forgettable(&self, vrt: VrtAmount) -> Result<(), Refusal> {
        if self.shielded {
            let shield = Shield { principal: Lamports(self.principal_lamports) };
            shield.redeem(vrt, VrtAmount(self.vrt_supply)).or_vault()?;
        }
        Ok(())
    }
}

/// `enqueue_withdrawal`: a ticket for `vrt`.
pub fn enqueue_withdrawal(
    vault: &VaultState,
    moment: &Moment,
    junior: bool,
    vrt: u64,
) -> Result<VaultOrder, Refusal> {
    require(vrt > 0, VaultRefusal::ZeroAmount)?;
    vault.require_class(junior)?;
    let schedule = vault.request_terms().ticket(moment.epoch, vault.cooldown_epochs).or_vault()?;
    let value = vault.touched(moment)?.book(junior).value_of(VrtAmount(vrt)).or_vault()?;
    Ok(VaultOrder { value: value.0, unlock_epoch: schedule.unlocks_at, release_epoch: schedule.released_at })
}

/// `claim_withdrawal`: what the ticket would pay now, whether it may or not.
pub fn vault_ticket_value(
    vault: &VaultState,
    moment: &Moment,
    fee: &TransferFee,
    ticket: &VaultTicket,
) -> Result<VaultTicketValue, Refusal> {
    vault.require_class(ticket.junior)?;
    let schedule = TicketSchedule { unlocks_at: ticket.unlock_epoch, released_at: ticket.release_epoch };
    let vrt = VrtAmount(ticket.vrt_amount);
    let paid = vault.touched(moment)?.book(ticket.junior).redeem(vrt).or_vault()?.paid.0;
    vault.require_forgettable(vrt)?;
    Ok(VaultTicketValue {
        paid,
        received: after_transfer(fee, paid)?,
        is_unlocked: moment.epoch >= ticket.unlock_epoch,
        is_held: schedule.is_held(moment.epoch, vault.open_requests, vault.requests_expire_at),
    })
}

/// `claim_and_unstake`: the ticket's collateral, which is the staking pool's LST, ordered from the pool.
///
/// Errors: `CooldownNotOver`, `PendingSlash`, those of [`vault_ticket_value`], and the pool's.
pub fn claim_and_unstake(
    vault: &VaultState,
    pool: &PoolState,
    moment: &Moment,
    ticket: &VaultTicket,
) -> Result<ClaimAndUnstake, Refusal> {
    require(vault.has_pool && !vault.of_liquidity, VaultRefusal::WrongStakingPool)?;
    let value = vault_ticket_value(vault, moment, &TransferFee::default(), ticket)?;
    require(value.is_unlocked, VaultRefusal::CooldownNotOver)?;
    require(!value.is_held, VaultRefusal::PendingSlash)?;
    require(value.paid > 0, PoolRefusal::ZeroAmount)?;
    let lamports = pool.ledger().at(moment.slot)?.lamports_for(LstAmount(value.paid))?.0;
    require(lamports > 0, PoolRefusal::AmountTooSmall)?;
    let claim_epoch = moment.epoch.checked_add(1).ok_or(Refusal::Pool(PoolRefusal::Overflow))?;
    Ok(ClaimAndUnstake { shares: value.paid, lamports, claim_epoch })
}

/// `instant_withdraw`: `vrt` in, collateral out at once.
pub fn instant_withdraw(
    vault: &VaultState,
    moment: &Moment,
    fee: &TransferFee,
    junior: bool,
    vrt: u64,
) -> Result<InstantWithdrawal, Refusal> {
    require(vrt > 0, VaultRefusal::ZeroAmount)?;
    vault.require_open(moment)?;
    let is_accused = vault.open_requests > 0 && moment.epoch < vault.requests_expire_at;
    require(!is_accused, VaultRefusal::PendingSlash)?;
    vault.require_class(junior)?;
    let touched = vault.touched(moment)?;
    let worst = touched.tranches().at_worst(CollateralAmount(touched.total_allocated));
    let left = if junior { worst.junior } else { worst.senior };
    let (book, vrt) = (touched.book(junior), VrtAmount(vrt));
    let paid = book.redeem_at_worst(vrt, left).or_vault()?.paid;
    require(!paid.is_zero(), VaultRefusal::SlippageExceeded)?;
    touched.require_forgettable(vrt)?;
    let value = book.value_of(vrt).or_vault()?;
    Ok(InstantWithdrawal {
        paid: paid.0,
        received: after_transfer(fee, paid.0)?,
        left_behind: value.0.saturating_sub(paid.0),
    })
}
