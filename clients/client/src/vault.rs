//! A vault as of one slot, brought up to that slot by the crate the program uses, and what belongs to it: tickets,
//! agreements, accusations, distributions.

use sluice_money::{Bps, Lamports, Rounding};
use sluice_pool_math::Liquidity;
use sluice_sdk::pda::restaking_vault as pda;
use sluice_sdk::quote::{self, Moment};
use sluice_sdk::restaking_vault::accounts::{
    Allocation, Operator, Service, SlashRequest, Vault, WithdrawalTicket,
};

use sluice_sdk::staking_pool::accounts::Pool;
use sluice_vault_math::{
    Book, CollateralAmount, EpochCap, Rate, Risk, ScheduledFee, Shield, TicketSchedule, Tranches, VrtAmount,
};
use solana_address::Address;

use crate::accounts::{CLOCK, Clock, ReadError, decode};
use crate::pool::fixed;
use crate::rpc::Rpc;
use crate::tokens::TokenAccount;

/// Who has opted in, as bits of an allocation's consents.
pub const BY_VAULT: u8 = 1;
pub const BY_OPERATOR: u8 = 2;
pub const BY_SERVICE: u8 = 4;
pub const BY_ALL: u8 = BY_VAULT | BY_OPERATOR | BY_SERVICE;

/// Offsets of addresses in accounts, by which they are found.
const FIRST: usize = 8;
const SECOND: usize = 40;
const THIRD: usize = 72;

/// How a vault is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultId {
    /// By the mint of its (senior) shares.
    Mint(Address),
    /// By its address.
    Vault(Address),
}

impl VaultId {
    pub fn address(&self) -> Address {
        match self {
            Self::Mint(mint) => pda::find_vault(mint).0,
            Self::Vault(vault) => *vault,
        }
    }
}

/// Which of a vault's shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Senior,
    Junior,
}

impl Class {
    /// As tickets and events have it.
    pub fn of(junior: bool) -> Self {
        if junior { Self::Junior } else { Self::Senior }
    }
}

/// A vault as of one slot.
#[derive(Clone, Debug)]
pub struct VaultView {
    pub clock: Clock,
    pub address: Address,
    /// Brought up to the slot, as every instruction does first: rewards that are due are in the assets, and the epoch's
    /// records are this epoch's.
    pub vault: Vault,
    /// The staking pool that issues the collateral; `None`: another token.
    pub pool: Option<Pool>,
    /// What the vault's token account really holds, in base units.
    pub held: u64,
}

impl VaultView {
    pub async fn read(rpc: &Rpc, id: &VaultId) -> Result<Self, ReadError> {
        let address = id.address();
        let known: Option<Vault> = rpc.find(&address).await?;
        let known = known.ok_or(ReadError::Missing { what: "vault", address })?;
        // A vault without pool has zeros for one, which is the system program's address: no pool is there.
        let addresses = [CLOCK, address, known.collateral_account, known.staking_pool];
        let (_, found) = rpc.accounts(&addresses).await?;
        let [clock, vault, collateral, pool] = fixed(found);
        let clock = clock.and_then(|account| Clock::decode(&account.data));
        let clock = clock.ok_or(ReadError::Missing { what: "clock sysvar", address: CLOCK })?;
        let vault = vault.ok_or(ReadError::Missing { what: "vault", address })?;
        let mut vault: Vault = decode(&address, &vault)?;
        touch(&mut vault, &clock).ok_or_else(|| broken(address))?;
        let pool = pool.filter(|_| vault.staking_pool != Address::default());
        let pool = pool.map(|account| decode(&vault.staking_pool, &account)).transpose()?;
        let held = collateral.and_then(|account| TokenAccount::decode(&vault.collateral_account, &account));
        Ok(Self { clock, address, vault, pool, held: held.map_or(0, |account| account.amount) })
    }

    pub fn has_junior(&self) -> bool {
        self.vault.junior_mint != Address::default()
    }

    /// The mint of a class's shares.
    pub fn shares_mint(&self, class: Class) -> Address {
        match class {
            Class::Senior => self.vault.vrt_mint,
            Class::Junior => self.vault.junior_mint,
        }
    }

    /// Where a class's shares in tickets lie.
    pub fn escrow(&self, class: Class) -> Address {
        match class {
            Class::Senior => self.vault.vrt_escrow,
            Class::Junior => self.vault.junior_escrow,
        }
    }

    /// What an instruction is told of the pool: an optional account.
    pub fn named_pool(&self) -> Option<Address> {
        self.pool.as_ref().map(|_| self.vault.staking_pool)
    }

    pub fn book(&self, class: Class) -> Book {
        book(&self.vault, class)
    }

    /// Collateral that shares are worth, rounded down; 0 where nothing stands behind them.
    pub fn worth(&self, class: Class, vrt: u64) -> u64 {
        self.book(class).value_of(VrtAmount(vrt)).map_or(0, |value| value.0)
    }

    /// What leaving at once pays for shares: as if all that is allocated were slashed. Rounded down.
    pub fn worth_at_once(&self, class: Class, vrt: u64) -> u64 {
        let worst = tranches(&self.vault).at_worst(CollateralAmount(self.vault.total_allocated));
        let left = if class == Class::Junior { worst.junior } else { worst.senior };
        self.book(class).redeem_at_worst(VrtAmount(vrt), left).map_or(0, |redeemed| redeemed.paid.0)
    }

    /// Collateral of both classes.
    pub fn total(&self) -> u64 {
        self.vault.assets.saturating_add(self.vault.junior_assets)
    }

    /// What the pool says the collateral is worth, however old that is; `None` without a pool, or one without value.
    pub fn rate(&self) -> Option<Rate> {
        let pool = self.pool.as_ref()?;
        let ledger = crate::pool::ledger(pool, self.clock.slot).ok()?;
        if self.vault.of_liquidity == 0 {
            return Some(Rate { lamports: ledger.value().ok()?, supply: CollateralAmount(ledger.supply.0) });
        }
        let liquidity = Liquidity {
            lamports: Lamports(pool.liquidity_lamports),
            shares: sluice_money::LstAmount(pool.liquidity_shares),
            supply: sluice_money::LpAmount(pool.liquidity_supply),
        };
        let shares = ledger.lamports_for(liquidity.shares).ok()?;
        Some(Rate {
            lamports: liquidity.lamports.add(shares).ok()?,
            supply: CollateralAmount(liquidity.supply.0),
        })
    }

    /// Whether the pool has been updated in this epoch, which a shield and a limit of leverage need.
    pub fn pool_is_fresh(&self) -> bool {
        self.pool.as_ref().is_some_and(|pool| pool.updated_epoch == self.clock.epoch)
    }

    /// What of the vault can be slashed: everything, or what is worth more than the principal of a shielded one, by the
    /// pool's rate. `None` where that rate cannot be told.
    pub fn exposed(&self) -> Option<u64> {
        if self.vault.shielded == 0 {
            return Some(self.total());
        }
        let shield = Shield { principal: Lamports(self.vault.principal_lamports) };
        Some(shield.exposed(CollateralAmount(self.total()), self.rate()?).ok()?.0)
    }

    /// What is not on its way out in tickets, of both classes.
    pub fn staying(&self) -> u64 {
        let of = |class, queued| self.book(class).staying(VrtAmount(queued)).map_or(0, |value| value.0);
        let senior = of(Class::Senior, self.vault.queued_vrt);
        if self.has_junior() {
            senior.saturating_add(of(Class::Junior, self.vault.queued_junior))
        } else {
            senior
        }
    }

    /// What may be allocated beside what is; `None` where the pool's rate cannot be told.
    pub fn allocatable(&self) -> Option<u64> {
        Some(self.staying().min(self.exposed()?).saturating_sub(self.vault.total_allocated))
    }

    /// What may still be deposited: capacity and the limit of leverage. `None`: the limit of leverage cannot be told.
    pub fn room(&self) -> Option<u64> {
        let capacity = self.vault.capacity.saturating_sub(self.total());
        if self.vault.leverage_bps == 0 {
            return Some(capacity);
        }
        let supply = self.rate()?.supply.0;
        let most = Bps::saturating(self.vault.leverage_bps).of(supply, Rounding::Floor).ok()?;
        Some(capacity.min(most.saturating_sub(self.total())))
    }

    /// What services may still take together in this epoch.
    pub fn cap_left(&self) -> u64 {
        let cap = EpochCap {
            epoch: self.vault.cap_epoch,
            assets_at_start: CollateralAmount(self.vault.cap_assets),
            slashed: CollateralAmount(self.vault.cap_slashed),
        };
        let share = Bps::saturating(self.vault.slash_cap_bps);
        cap.left(share, CollateralAmount(self.total())).map_or(0, |left| left.0)
    }

    /// The vault's fee in this epoch, and the one that is scheduled.
    pub fn fee(&self) -> ScheduledFee {
        scheduled(self.vault.fee_bps, self.vault.next_fee_bps, self.vault.next_fee_epoch).at(self.clock.epoch)
    }

    /// Who may veto in this epoch.
    pub fn resolver(&self) -> Address {
        let vault = &self.vault;
        if vault.next_resolver_epoch != 0 && self.clock.epoch >= vault.next_resolver_epoch {
            vault.next_resolver
        } else {
            vault.resolver
        }
    }

    /// The resolver that will replace the present one, and from which epoch on.
    pub fn next_resolver(&self) -> Option<(Address, u64)> {
        let vault = &self.vault;
        (vault.next_resolver_epoch > self.clock.epoch)
            .then_some((vault.next_resolver, vault.next_resolver_epoch))
    }

    pub fn is_paused(&self) -> bool {
        self.clock.epoch < self.vault.paused_until_epoch
    }

    /// Whether a slash request that has not expired holds instant exits and young tickets back.
    pub fn is_accused(&self) -> bool {
        self.vault.open_requests > 0 && self.clock.epoch < self.vault.requests_expire_at
    }

    /// The first epoch in which a ticket can be claimed, as far as can be told now.
    pub fn claimable_from(&self, ticket: &WithdrawalTicket) -> u64 {
        let schedule = TicketSchedule { unlocks_at: ticket.unlock_epoch, released_at: ticket.release_epoch };
        let open = self.vault.open_requests;
        let epoch = self.clock.epoch.max(schedule.unlocks_at);
        if schedule.is_held(epoch, open, self.vault.requests_expire_at) {
            schedule.released_at.min(self.vault.requests_expire_at)
        } else {
            schedule.unlocks_at
        }
    }
}

fn broken(address: Address) -> ReadError {
    ReadError::Unreadable { address, reason: "the vault's numbers contradict each other".into() }
}

fn tranches(vault: &Vault) -> Tranches {
    Tranches {
        senior: CollateralAmount(vault.assets),
        junior: CollateralAmount(vault.junior_assets),
        deficit: CollateralAmount(vault.senior_deficit),
    }
}

fn book(vault: &Vault, class: Class) -> Book {
    let (assets, supply) = match class {
        Class::Senior => (vault.assets, vault.vrt_supply),
        Class::Junior => (vault.junior_assets, vault.junior_supply),
    };
    Book { assets: CollateralAmount(assets), supply: VrtAmount(supply) }
}

/// Brings a vault up to a slot, as every instruction does first: a new epoch's records begin, and rewards that are due
/// reach the price. `None` where the numbers contradict each other, which the program rules out.
fn touch(vault: &mut Vault, clock: &Clock) -> Option<()> {
    let moment = Moment { slot: clock.slot, epoch: clock.epoch, rewards_active: false };
    let touched = quote::vault(vault).touched(&moment).ok()?;
    vault.cap_epoch = touched.cap_epoch;
    vault.cap_assets = touched.cap_assets;
    vault.cap_junior = touched.cap_junior;
    vault.cap_slashed = touched.cap_slashed;
    vault.senior_deficit = touched.senior_deficit;
    vault.locked_rewards = touched.locked_rewards;
    vault.reward_slot = touched.reward_slot;
    vault.assets = touched.assets;
    vault.junior_assets = touched.junior_assets;
    Some(())
}

fn scheduled(now: u16, next: u16, next_epoch: u64) -> ScheduledFee {
    ScheduledFee { now: Bps::saturating(now), next: Bps::saturating(next), next_epoch }
}

/// An operator's fee in `epoch`, and the one that is scheduled.
pub fn operator_fee(operator: &Operator, epoch: u64) -> ScheduledFee {
    scheduled(operator.fee_bps, operator.next_fee_bps, operator.next_fee_epoch).at(epoch)
}

/// What an agreement puts at risk in `epoch`.
pub fn risk(allocation: &Allocation, epoch: u64) -> Risk {
    let risk = Risk {
        amount: CollateralAmount(allocation.amount),
        warming: CollateralAmount(allocation.warming_amount),
        warm_from: allocation.warm_from,
        cooling: CollateralAmount(allocation.cooling_amount),
        cooled_at: allocation.cooled_at,
    };
    // The sum is part of the vault's total, which fits.
    risk.at(epoch).unwrap_or(risk)
}

/// Accounts with their addresses.
type Found<T> = Result<Vec<(Address, T)>, ReadError>;

impl Rpc {
    /// All vaults.
    pub async fn vaults(&self) -> Found<Vault> {
        self.all(&[]).await
    }

    /// Tickets of an owner, of a vault, or both.
    pub async fn vault_tickets(
        &self,
        vault: Option<&Address>,
        owner: Option<&Address>,
    ) -> Found<WithdrawalTicket> {
        self.all(&filters(&[(FIRST, vault), (SECOND, owner)])).await
    }

    /// Agreements of a vault, of an operator, of a service, or all of these.
    pub async fn allocations(
        &self,
        vault: Option<&Address>,
        operator: Option<&Address>,
        service: Option<&Address>,
    ) -> Found<Allocation> {
        self.all(&filters(&[(FIRST, vault), (SECOND, operator), (THIRD, service)])).await
    }

    /// Slash requests against a vault, about an allocation, or all of them.
    pub async fn slash_requests(
        &self,
        vault: Option<&Address>,
        allocation: Option<&Address>,
    ) -> Found<SlashRequest> {
        self.all(&filters(&[(FIRST, vault), (SECOND, allocation)])).await
    }

    pub async fn operators(&self) -> Found<Operator> {
        self.all(&[]).await
    }

    pub async fn services(&self) -> Found<Service> {
        self.all(&[]).await
    }
}

fn filters<'a>(wanted: &[(usize, Option<&'a Address>)]) -> Vec<(usize, &'a [u8])> {
    let given = wanted.iter().filter_map(|(offset, address)| Some((*offset, (*address)?)));
    given.map(|(offset, address): (usize, &'a Address)| (offset, address.as_ref())).collect()
}

/// The address that a key has as operator, or as service, where it registered itself.
pub fn operator_of(base: &Address) -> Address {
    pda::find_operator(base).0
}

pub fn service_of(base: &Address) -> Address {
    pda::find_service(base).0
}
