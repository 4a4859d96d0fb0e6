//! Quotes from decoded accounts: what [`sluice_quotes`] needs, filled from what the chain stores.
//!
//! The functions that answer are that crate's own, passed on here; they call the formulas the programs call. This module
//! only says which field goes where, and what of the chain a caller has to fetch beside the program's accounts: the
//! reserve's lamports, two rents, the clock.
//!
//! ```
//! use sluice_sdk::quote::{self, Moment, Rents};
//! # use sluice_sdk::staking_pool::accounts::Pool;
//! # fn example(pool: &Pool, reserve_lamports: u64, slot: u64, epoch: u64) -> Result<(), quote::Refusal> {
//! let pool = quote::pool(pool, reserve_lamports, Rents { reserve: 1_169_280, stake: 2_282_880 });
//! let now = Moment { slot, epoch, rewards_active: false };
//! let deposit = quote::deposit_sol(&pool, &now, 1_000_000_000, false)?;
//! let min_out = quote::min_out(deposit.minted, 10)?;
//! # let _ = min_out;
//! # Ok(())
//! # }
//! ```

use crate::error::{self, ProgramFailure};
use crate::restaking_vault::accounts::{Vault, WithdrawalTicket};
use crate::restaking_vault::programs::RESTAKING_VAULT_ID;
use crate::staking_pool::accounts::{self, Pool, RateHistory};
use crate::staking_pool::programs::STAKING_POOL_ID;
use crate::staking_pool::types::ValidatorRecord;
use sluice_chain_views::stake::{StakeKind, StakeView};
use solana_address::Address;

pub use sluice_quotes::*;

/// Bytes of the reserve's account.
pub const RESERVE_SPACE: usize = 40;
/// Bytes of a stake account.
pub const STAKE_SPACE: usize = 200;
/// [`ValidatorRecord::stake_state`] of a canonical account that is delegated.
const DELEGATED: u8 = 1;

/// What the chain's rent asks for, in lamports.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rents {
    /// For [`RESERVE_SPACE`] bytes.
    pub reserve: u64,
    /// For [`STAKE_SPACE`] bytes.
    pub stake: u64,
}

/// A pool, the lamports of its reserve's account, and the chain's rents.
pub fn pool(pool: &Pool, reserve_lamports: u64, rents: Rents) -> PoolState {
    PoolState {
        total_lamports: pool.total_lamports,
        supply: pool.supply,
        locked_profit: pool.locked_profit,
        profit_slot: pool.profit_slot,
        profit_end_slot: pool.profit_end_slot,
        updated_epoch: pool.updated_epoch,
        epoch_yield: pool.epoch_yield,
        epoch_start_slot: pool.epoch_start_slot,
        epoch_slots: pool.epoch_slots,
        ticket_lamports: pool.ticket_lamports,
        leaving_lamports: pool.leaving_lamports,
        stake_rent: pool.stake_rent,
        stake_account_rent: pool.stake_account_rent,
        min_delegation: pool.min_delegation,
        min_deposit: pool.min_deposit,
        tvl_cap: pool.tvl_cap,
        paused_until_epoch: pool.paused_until_epoch,
        liquidity_lamports: pool.liquidity_lamports,
        liquidity_shares: pool.liquidity_shares,
        liquidity_supply: pool.liquidity_supply,
        liquidity_target: pool.liquidity_target,
        has_liquidity: pool.lp_mint != Address::default(),
        deposit_bps: pool.fees.deposit_bps,
        referral_bps: pool.fees.referral_bps,
        insurance_bps: pool.fees.insurance_bps,
        instant_least_bps: pool.fees.instant_least_bps,
        instant_most_bps: pool.fees.instant_most_bps,
        liquidity_cut_bps: pool.fees.liquidity_cut_bps,
        reserve_lamports,
        reserve_rent: rents.reserve,
        stake_rent_now: rents.stake,
    }
}

/// What the pool has with a validator.
pub fn holding(record: &ValidatorRecord) -> Holding {
    Holding {
        stake: record.stake,
        activating: record.activating,
        deactivating: record.deactivating,
        earning: record.earning,
        growth: record.growth,
        growth_epochs: record.growth_epochs,
        is_delegated: record.stake_state == DELEGATED,
    }
}

/// A stake account of the pool: `which` is [`STAKE_CANONICAL`], [`STAKE_ACTIVATING`] or [`STAKE_DEACTIVATING`].
pub fn stake_source(which: u8, lamports: u64, data: &[u8]) -> StakeSource {
    let none = StakeSource { which, lamports, ..StakeSource::default() };
    match StakeView::parse(data) {
        Ok(view) if view.kind() == StakeKind::Delegated => StakeSource {
            is_delegated: true,
            activation_epoch: view.activation_epoch(),
            deactivation_epoch: view.deactivation_epoch(),
            ..none
        },
        _ => none,
    }
}

/// A ticket of the pool.
pub fn ticket(ticket: &accounts::Ticket) -> Ticket {
    Ticket {
        shares: ticket.shares,
        ordered_lamports: ticket.ordered_lamports,
        claim_epoch: ticket.claim_epoch,
    }
}

/// A vault.
pub fn vault(vault: &Vault) -> VaultState {
    VaultState {
        assets: vault.assets,
        vrt_supply: vault.vrt_supply,
        queued_vrt: vault.queued_vrt,
        junior_assets: vault.junior_assets,
        junior_supply: vault.junior_supply,
        queued_junior: vault.queued_junior,
        locked_rewards: vault.locked_rewards,
        reward_slot: vault.reward_slot,
        reward_end_slot: vault.reward_end_slot,
        principal_lamports: vault.principal_lamports,
        min_deposit: vault.min_deposit,
        capacity: vault.capacity,
        total_allocated: vault.total_allocated,
        open_requests: vault.open_requests,
        requests_expire_at: vault.requests_expire_at,
        cap_epoch: vault.cap_epoch,
        cap_assets: vault.cap_assets,
        cap_junior: vault.cap_junior,
        cap_slashed: vault.cap_slashed,
        senior_deficit: vault.senior_deficit,
        paused_until_epoch: vault.paused_until_epoch,
        cooldown_epochs: vault.cooldown_epochs,
        veto_epochs: vault.veto_epochs,
        execution_epochs: vault.execution_epochs,
        slash_cap_bps: vault.slash_cap_bps,
        leverage_bps: vault.leverage_bps,
        premium_bps: vault.premium_bps,
        shielded: vault.shielded == 1,
        of_liquidity: vault.of_liquidity == 1,
        has_junior: vault.junior_mint != Address::default(),
        has_pool: vault.staking_pool != Address::default(),
    }
}

/// A ticket of a vault.
pub fn vault_ticket(ticket: &WithdrawalTicket) -> VaultTicket {
    VaultTicket {
        vrt_amount: ticket.vrt_amount,
        unlock_epoch: ticket.unlock_epoch,
        release_epoch: ticket.release_epoch,
        junior: ticket.junior == 1,
    }
}

/// The fee that a mint takes of transfers in `epoch`; none for a mint of SPL Token, or without that extension.
pub fn transfer_fee(mint: &[u8], epoch: u64) -> TransferFee {
    fee_of(mint, epoch).unwrap_or_default()
}

/// Extensions of Token-2022 follow byte 165, which says that the account is a mint, each behind its kind and length.
fn fee_of(mint: &[u8], epoch: u64) -> Option<TransferFee> {
    const FIRST_EXTENSION: usize = 166;
    const TRANSFER_FEE_CONFIG: u16 = 1;
    /// Behind two authorities and what is withheld: the fee until an epoch, and the fee from it on.
    const OLDER: usize = 72;
    const NEWER: usize = 90;
    let mut rest = mint.get(FIRST_EXTENSION..)?;
    loop {
        let (kind, after) = rest.split_first_chunk::<2>()?;
        let (length, after) = after.split_first_chunk::<2>()?;
        let (body, after) = after.split_at_checked(u16::from_le_bytes(*length).into())?;
        rest = after;
        if u16::from_le_bytes(*kind) != TRANSFER_FEE_CONFIG {
            continue;
        }
        let word = |at: usize| Some(u64::from_le_bytes(*body.get(at..)?.first_chunk()?));
        let at = if epoch >= word(NEWER)? { NEWER } else { OLDER };
        let bps = u16::from_le_bytes(*body.get(at + 16..)?.first_chunk()?);
        return Some(TransferFee { bps, most: word(at + 8)? });
    }
}

/// The entries of a pool's rate history, oldest first.
pub fn entries(history: &RateHistory) -> Vec<RateEntry> {
    let length = history.entries.len();
    let count = usize::try_from(history.count).unwrap_or(usize::MAX);
    let (first, held) = if count > length { (count % length, length) } else { (0, count) };
    (0..held)
        .map(|index| {
            let entry = &history.entries[(first + index) % length];
            RateEntry {
                epoch: entry.epoch,
                unix_timestamp: entry.unix_timestamp,
                value: entry.value,
                total: entry.total,
                supply: entry.supply,
            }
        })
        .collect()
}

/// The growth of the rate over the last `epochs`: from the newest entry at least that old, or else the oldest there is, to
/// the newest. `None` with fewer than two entries, or where one has no rate.
pub fn growth_over(history: &RateHistory, epochs: u64) -> Option<Growth> {
    let entries = entries(history);
    let (newest, before) = entries.split_last()?;
    let from = newest.epoch.saturating_sub(epochs);
    let oldest = before.iter().rev().find(|entry| entry.epoch <= from).or(before.first())?;
    growth(oldest, newest).ok()
}

/// The refusal as the program would report it.
pub fn describe(refusal: Refusal) -> ProgramFailure {
    let (program, name) = match refusal {
        Refusal::Pool(_) => (&STAKING_POOL_ID, "staking_pool"),
        Refusal::Vault(_) => (&RESTAKING_VAULT_ID, "restaking_vault"),
    };
    error::describe(program, refusal.code()).unwrap_or_else(|| ProgramFailure {
        program: name,
        code: refusal.code(),
        name: format!("{refusal:?}"),
        message: "The instruction would be refused".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staking_pool::types;

    fn history(count: u64) -> RateHistory {
        let mut history: RateHistory = borsh::from_slice(&[0; 10_072]).expect("zeros");
        for number in 0..count {
            history.entries[number as usize % 250] = types::RateEntry {
                epoch: 10 + number,
                unix_timestamp: number as i64 * 86_400,
                value: 1_000_000 + number * 200,
                total: 0,
                supply: 1_000_000,
            };
        }
        history.count = count;
        history
    }

    #[test]
    fn the_ring_is_read_from_its_oldest_entry() {
        for count in [0, 1, 249, 250, 251, 777] {
            let epochs: Vec<_> = entries(&history(count)).iter().map(|entry| entry.epoch).collect();
            let oldest = 10 + count.saturating_sub(250);
            assert_eq!(epochs, (oldest..10 + count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn growth_is_over_as_many_epochs_as_there_are() {
        assert_eq!(growth_over(&history(1), 1), None);
        let one = growth_over(&history(2), 1).unwrap();
        assert_eq!((one.growth, one.epochs, one.seconds), (200_000_000, 1, 86_400));
        assert_eq!(one.apr, 73_050_000_000);
        assert!((75_770_000_000..75_800_000_000).contains(&one.apy), "{}", one.apy);
        assert_eq!(growth_over(&history(65), 64).unwrap().epochs, 64);
        assert_eq!(growth_over(&history(12), 64).unwrap().epochs, 11);
    }

    #[test]
    fn every_refusal_has_the_programs_name_and_message() {
        use PoolRefusal as P;
        use VaultRefusal as V;
        for refusal in [
            P::PoolStale,
            P::ZeroAmount,
            P::BelowMinimumDeposit,
            P::AmountTooSmall,
            P::ReserveInsufficient,
            P::Overflow,
            P::Insolvent,
            P::WrongStakeAccount,
            P::StakeNotUsable,
            P::BelowMinimumDelegation,
            P::PoolPaused,
            P::TvlCapExceeded,
            P::WrongLpMint,
            P::ShareAboveOne,
        ] {
            assert_eq!(describe(refusal.into()).name, format!("{refusal:?}"));
        }
        for refusal in [
            V::ZeroAmount,
            V::SlippageExceeded,
            V::Overflow,
            V::DepositTooSmall,
            V::WrongVrtMint,
            V::CooldownNotOver,
            V::PendingSlash,
            V::WrongStakingPool,
            V::StakingPoolMissing,
            V::PoolStale,
            V::CapacityExceeded,
            V::LeverageExceeded,
            V::Paused,
            V::JuniorWipedOut,
        ] {
            assert_eq!(describe(refusal.into()).name, format!("{refusal:?}"));
        }
    }

    #[test]
    fn a_mint_with_a_transfer_fee_says_what_it_takes_when() {
        let mut mint = vec![0; 166];
        mint.extend([3, 0, 2, 0, 9, 9]);
        mint.extend([1, 0, 108, 0]);
        mint.extend([0; 72]);
        for (epoch, most, bps) in [(3u64, 500u64, 10u16), (7, 900, 25)] {
            mint.extend(epoch.to_le_bytes());
            mint.extend(most.to_le_bytes());
            mint.extend(bps.to_le_bytes());
        }
        assert_eq!(transfer_fee(&mint, 6), TransferFee { bps: 10, most: 500 });
        assert_eq!(transfer_fee(&mint, 7), TransferFee { bps: 25, most: 900 });
        assert_eq!(transfer_fee(&mint[..200], 7), TransferFee::default());
        assert_eq!(transfer_fee(&mint[..82], 7), TransferFee::default());
    }
}
