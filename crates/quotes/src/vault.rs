//! What the restaking vault holds and takes in.

use sluice_money::{Bps, Lamports, Rounding, VrtAmount, mul_div};
use sluice_pool_math::{Ledger, Liquidity};
use sluice_vault_math::{
    Book, CollateralAmount, EpochCap, Rate, RequestTerms, Shield, Split, Stream, Tranches,
};

use crate::refusal::{OrVault, require};
use crate::words::numbers;
use crate::{Moment, PoolState, Refusal, VaultRefusal};

numbers! {
    /// What a quote needs of a vault: fields of its account of the same names.
    pub struct VaultState {
        /// Collateral of the (senior) shares, in base units.
        pub assets: u64,
        pub vrt_supply: u64,
        /// VRT in tickets.
        pub queued_vrt: u64,
        pub junior_assets: u64,
        pub junior_supply: u64,
        pub queued_junior: u64,
        /// Rewards that have not reached the share price at `reward_slot`, in base units.
        pub locked_rewards: u64,
        pub reward_slot: u64,
        pub reward_end_slot: u64,
        /// What the depositors of a shielded vault brought, in lamports.
        pub principal_lamports: u64,
        /// Smallest deposit, in base units.
        pub min_deposit: u64,
        /// The most collateral there may be after a deposit, in base units.
        pub capacity: u64,
        /// Sum of what all allocations promise, in base units.
        pub total_allocated: u64,
        pub open_requests: u64,
        /// First epoch in which every request opened so far has expired.
        pub requests_expire_at: u64,
        /// The epoch of the four fields below.
        pub cap_epoch: u64,
        pub cap_assets: u64,
        pub cap_junior: u64,
        pub cap_slashed: u64,
        pub senior_deficit: u64,
        /// Deposits and instant exits are refused before this epoch.
        pub paused_until_epoch: u64,
        /// Cool-down of a ticket, in epochs.
        pub cooldown_epochs: u16,
        pub veto_epochs: u16,
        pub execution_epochs: u16,
        /// Most that may be slashed in one epoch, of the assets at its start.
        pub slash_cap_bps: u16,
        /// The most collateral there may be, of all that the staking pool has issued; zero: no limit.
        pub leverage_bps: u16,
        /// Of the senior shares' rewards, for the junior ones.
        pub premium_bps: u16,
        /// Whether only what is worth more than `principal_lamports` can be slashed.
        pub shielded: bool,
        /// Whether the collateral is the staking pool's liquidity token.
        pub of_liquidity: bool,
        /// Whether there are junior shares: their mint is not zero.
        pub has_junior: bool,
        /// Whether the vault has a staking pool: its address is not zero.
        pub has_pool: bool,
    }

    /// The fee a token takes of each transfer (extension TransferFeeConfig of Token-2022); all zero for other tokens.
    pub struct TransferFee {
        pub bps: u16,
        /// In base units.
        pub most: u64,
    }

    /// What a deposit of collateral brings.
    pub struct VaultDeposit {
        /// What arrives at the vault, in base units of the collateral.
        pub credited: u64,
        /// What the depositor gets, in base units of VRT.
        pub minted: u64,
    }

    /// What SOL becomes on its way through the staking pool into the vault.
    pub struct Restake {
        /// LST that arrives at the vault, in base units.
        pub credited: u64,
        /// The pool's deposit fee, in base units of LST.
        pub fee: u64,
        /// What the user gets, in base units of VRT.
        pub minted: u64,
    }

    /// What a vault's shares are worth, with all rewards that are due.
    pub struct VaultPrice {
        /// Collateral of the (senior) shares, in base units.
        pub assets: u64,
        pub supply: u64,
        /// Base units of the collateral per 10^9 base units of VRT, rounded down.
        pub price: u64,
        pub junior_assets: u64,
        pub junior_supply: u64,
        /// As `price`; zero without junior shares.
        pub junior_price: u64,
        /// Rewards that have not reached the price, in base units.
        pub locked_rewards: u64,
        /// The slot at which they have.
        pub reward_end_slot: u64,
    }

    /// What of a vault can be slashed.
    pub struct VaultRisk {
        /// Collateral of both classes, in base units.
        pub total: u64,
        /// What no shield covers, in base units.
        pub exposed: u64,
        /// What all allocations promise, in base units.
        pub promised: u64,
        /// What the cap still allows in this epoch, in base units.
        pub cap_left: u64,
        /// The least of the three: the most that can be lost in this epoch.
        pub most: u64,
        /// What more may be deposited before a limit is reached, in base units.
        pub room: u64,
    }
}

/// 10^9 base units: what a displayed price is for.
const PRICE_ONE: u64 = 1_000_000_000;

impl VaultState {
    pub(crate) fn tranches(&self) -> Tranches {
        Tranches {
            senior: CollateralAmount(self.assets),
            junior: CollateralAmount(self.junior_assets),
            deficit: CollateralAmount(self.senior_deficit),
        }
    }

    pub(crate) fn book(&self, junior: bool) -> Book {
        let (assets, supply) =
            if junior { (self.junior_assets, self.junior_supply) } else { (self.assets, self.vrt_supply) };
        Book { assets: CollateralAmount(assets), supply: VrtAmount(supply) }
    }

    fn set_book(&mut self, junior: bool, book: Book) {
        if junior {
            (self.junior_assets, self.junior_supply) = (book.assets.0, book.supply.0);
        } else {
            (self.assets, self.vrt_supply) = (book.assets.0, book.supply.0);
        }
    }

    fn total(&self) -> Result<CollateralAmount, Refusal> {
        self.tranches().total().or_vault()
    }

    pub(crate) fn request_terms(&self) -> RequestTerms {
        RequestTerms { veto_epochs: self.veto_epochs, execution_epochs: self.execution_epochs }
    }

    pub(crate) fn require_class(&self, junior: bool) -> Result<(), Refusal> {
        require(!junior || self.has_junior, VaultRefusal::WrongVrtMint)
    }

    pub(crate) fn require_open(&self, moment: &Moment) -> Result<(), Refusal> {
        require(moment.epoch >= self.paused_until_epoch, VaultRefusal::Paused)
    }

    /// The vault as whatever reads or changes a price finds it: a new epoch's records begun, rewards that are due paid.
    ///
    /// Errors: `Overflow`, for a state that no vault has.
    pub fn touched(&self, moment: &Moment) -> Result<Self, Refusal> {
        let mut vault = *self;
        if moment.epoch > vault.cap_epoch {
            vault.cap_epoch = moment.epoch;
            vault.cap_assets = vault.total()?.0;
            vault.cap_junior = vault.junior_assets;
            vault.cap_slashed = 0;
            vault.senior_deficit = 0;
        }
        if vault.locked_rewards == 0 {
            return Ok(vault);
        }
        let stream = Stream {
            locked: CollateralAmount(vault.locked_rewards),
            slot: vault.reward_slot,
            end_slot: vault.reward_end_slot,
        };
        let released = stream.release(moment.slot).or_vault()?;
        let split = Split {
            senior: CollateralAmount(vault.cap_assets.saturating_sub(vault.cap_junior)),
            junior: CollateralAmount(vault.cap_junior),
            premium: Bps::saturating(vault.premium_bps),
        };
        let tranches = vault.tranches().reward(released.released, split).or_vault()?;
        vault.locked_rewards = released.after.locked.0;
        vault.reward_slot = released.after.slot;
        vault.reward_end_slot = released.after.end_slot;
        vault.assets = tranches.senior.0;
        vault.junior_assets = tranches.junior.0;
        vault.senior_deficit = tranches.deficit.0;
        Ok(vault)
    }

    /// What the collateral is worth by the staking pool's books.
    fn rate(&self, ledger: &Ledger, liquidity: &Liquidity, moment: &Moment) -> Result<Rate, Refusal> {
        let ledger = ledger.at(moment.slot).or_vault()?;
        if !self.of_liquidity {
            let lamports = ledger.value().or_vault()?;
            return Ok(Rate { lamports, supply: CollateralAmount(ledger.supply.0) });
        }
        let shares = ledger.lamports_for(liquidity.shares).or_vault()?;
        let lamports = liquidity.lamports.add(shares).or_vault()?;
        Ok(Rate { lamports, supply: CollateralAmount(liquidity.supply.0) })
    }

    /// The same of a pool whose update of this epoch is done.
    fn fresh_rate(&self, pool: &PoolState, books: &Books, moment: &Moment) -> Result<Rate, Refusal> {
        require(self.has_pool, VaultRefusal::StakingPoolMissing)?;
        require(pool.updated_epoch == moment.epoch, VaultRefusal::PoolStale)?;
        self.rate(&books.ledger, &books.liquidity, moment)
    }

    /// Books collateral that has arrived at a touched vault, and returns the VRT it buys.
    fn credit(
        &self,
        pool: &PoolState,
        books: &Books,
        moment: &Moment,
        junior: bool,
        credited: CollateralAmount,
    ) -> Result<VrtAmount, Refusal> {
        let mut vault = *self;
        let deposited = vault.book(junior).deposit(credited).or_vault()?;
        require(!deposited.minted.is_zero(), VaultRefusal::DepositTooSmall)?;
        vault.set_book(junior, deposited.after);
        let total = vault.total()?;
        require(total.0 <= vault.capacity, VaultRefusal::CapacityExceeded)?;
        if vault.leverage_bps == 0 && !vault.shielded {
            return Ok(deposited.minted);
        }
        let rate = vault.fresh_rate(pool, books, moment)?;
        if vault.leverage_bps > 0 {
            let most = Bps::saturating(vault.leverage_bps).of(rate.supply.0, Rounding::Floor).or_vault()?;
            require(total.0 <= most, VaultRefusal::LeverageExceeded)?;
        }
        if vault.shielded {
            vault.shield().deposit(credited, rate).or_vault()?;
        }
        Ok(deposited.minted)
    }

    fn shield(&self) -> Shield {
        Shield { principal: Lamports(self.principal_lamports) }
    }
}

/// The staking pool's books, as an instruction finds or leaves them.
struct Books {
    ledger: Ledger,
    liquidity: Liquidity,
}

impl Books {
    fn of(pool: &PoolState) -> Self {
        Self { ledger: pool.ledger(), liquidity: pool.liquidity() }
    }
}

/// What arrives of `amount` tokens that are sent, less the token's fee, which is rounded up.
///
/// Errors: `Overflow`.
pub fn after_transfer(fee: &TransferFee, amount: u64) -> Result<u64, Refusal> {
    let taken = Bps::saturating(fee.bps).of(amount, Rounding::Ceil).or_vault()?;
    Ok(amount.saturating_sub(taken.min(fee.most)))
}

/// `deposit`: `amount` of collateral in, for junior shares or the others. `pool` is not looked at where the vault has
/// neither a shield nor a limit of leverage.
pub fn vault_deposit(
    vault: &VaultState,
    pool: &PoolState,
    moment: &Moment,
    fee: &TransferFee,
    junior: bool,
    amount: u64,
) -> Result<VaultDeposit, Refusal> {
    require(amount > 0, VaultRefusal::ZeroAmount)?;
    require(amount >= vault.min_deposit, VaultRefusal::DepositTooSmall)?;
    vault.require_open(moment)?;
    vault.require_class(junior)?;
    let touched = vault.touched(moment)?;
    require(!junior || touched.junior_assets > 0, VaultRefusal::JuniorWipedOut)?;
    let credited = after_transfer(fee, amount)?;
    let minted = touched.credit(pool, &Books::of(pool), moment, junior, CollateralAmount(credited))?;
    Ok(VaultDeposit { credited, minted: minted.0 })
}

/// `stake_and_restake`: `lamports` in, through the vault's staking pool.
pub fn stake_and_restake(
    vault: &VaultState,
    pool: &PoolState,
    moment: &Moment,
    junior: bool,
    lamports: u64,
) -> Result<Restake, Refusal> {
    require(lamports > 0, VaultRefusal::ZeroAmount)?;
    require(vault.has_pool && !vault.of_liquidity, VaultRefusal::WrongStakingPool)?;
    vault.require_open(moment)?;
    vault.require_class(junior)?;
    let touched = vault.touched(moment)?;
    require(!junior || touched.junior_assets > 0, VaultRefusal::JuniorWipedOut)?;
    let bought = pool.deposit(moment, &pool.liquidity(), lamports, false)?;
    let credited = bought.minted.0;
    require(credited >= touched.min_deposit, VaultRefusal::DepositTooSmall)?;
    let books = Books { ledger: bought.ledger, liquidity: bought.liquidity };
    let minted = touched.credit(pool, &books, moment, junior, CollateralAmount(credited))?;
    Ok(Restake { credited, fee: bought.fee.total()?.0, minted: minted.0 })
}

/// What the shares are worth now.
///
/// Errors: `Overflow`.
pub fn vault_price(vault: &VaultState, moment: &Moment) -> Result<VaultPrice, Refusal> {
    let touched = vault.touched(moment)?;
    let price = |book: Book| {
        if book.supply.is_zero() {
            return Ok(0);
        }
        mul_div(PRICE_ONE, book.assets.0, book.supply.0, Rounding::Floor).or_vault()
    };
    let (senior, junior) = (touched.book(false), touched.book(true));
    Ok(VaultPrice {
        assets: senior.assets.0,
        supply: senior.supply.0,
        price: price(senior)?,
        junior_assets: junior.assets.0,
        junior_supply: junior.supply.0,
        junior_price: price(junior)?,
        locked_rewards: touched.locked_rewards,
        reward_end_slot: touched.reward_end_slot,
    })
}

/// What can be slashed now, and what may still be deposited. `pool` is not looked at where the vault has neither a shield
/// nor a limit of leverage.
///
/// Errors: `StakingPoolMissing`, `PoolStale`, `Overflow`.
pub fn vault_risk(vault: &VaultState, pool: &PoolState, moment: &Moment) -> Result<VaultRisk, Refusal> {
    let touched = vault.touched(moment)?;
    let total = touched.total()?;
    let (mut exposed, mut limit) = (total, touched.capacity);
    if touched.shielded || touched.leverage_bps > 0 {
        let rate = touched.fresh_rate(pool, &Books::of(pool), moment)?;
        if touched.shielded {
            exposed = touched.shield().exposed(total, rate).or_vault()?;
        }
        if touched.leverage_bps > 0 {
            let leverage = Bps::saturating(touched.leverage_bps);
            limit = limit.min(leverage.of(rate.supply.0, Rounding::Floor).or_vault()?);
        }
    }
    let cap = EpochCap {
        epoch: touched.cap_epoch,
        assets_at_start: CollateralAmount(touched.cap_assets),
        slashed: CollateralAmount(touched.cap_slashed),
    };
    let cap_left = cap.left(Bps::saturating(touched.slash_cap_bps), total).or_vault()?;
    let promised = touched.total_allocated;
    Ok(VaultRisk {
        total: total.0,
        exposed: exposed.0,
        promised,
        cap_left: cap_left.0,
        most: promised.min(exposed.0).min(cap_left.0),
        room: limit.saturating_sub(total.0),
    })
}
