//! What the staking pool does with SOL, LST and liquidity.

use sluice_money::{Bps, Lamports, LpAmount, LstAmount, Rounding};
use sluice_pool_math::{self as math, DepositFee, FeeCurve, InstantTerms, Ledger, Liquidity, RATE_ONE};

use crate::refusal::{fits, require};
use crate::words::numbers;
use crate::{Moment, PoolRefusal, Refusal};

numbers! {
    /// What a quote needs of a pool: fields of its account of the same names, and of the reserve's account.
    pub struct PoolState {
        /// Everything that backs the LST, in lamports.
        pub total_lamports: u64,
        /// LST that claims it, in base units.
        pub supply: u64,
        /// Profit not yet released at `profit_slot`, in lamports.
        pub locked_profit: u64,
        pub profit_slot: u64,
        /// The slot at which all of it is released.
        pub profit_end_slot: u64,
        /// The epoch of the last finished update.
        pub updated_epoch: u64,
        /// What an epoch yields on stake, in 10^-12.
        pub epoch_yield: u64,
        /// First slot of `updated_epoch`, and how many slots it has.
        pub epoch_start_slot: u64,
        pub epoch_slots: u64,
        /// What open tickets are owed at most, in lamports.
        pub ticket_lamports: u64,
        /// Stake that is cooling down, in lamports.
        pub leaving_lamports: u64,
        /// Rent in the pool's stake accounts, in lamports.
        pub stake_rent: u64,
        /// The highest rent paid for a stake account so far, in lamports.
        pub stake_account_rent: u64,
        /// The chain's minimum delegation as read at the last update, in lamports.
        pub min_delegation: u64,
        /// Smallest deposit, in lamports.
        pub min_deposit: u64,
        /// The most that `total_lamports` may be after a deposit.
        pub tvl_cap: u64,
        /// Deposits and instant exits are refused before this epoch.
        pub paused_until_epoch: u64,
        /// SOL of liquidity providers, in lamports.
        pub liquidity_lamports: u64,
        /// Shares of the pool that they took over, in base units of LST.
        pub liquidity_shares: u64,
        /// Claims on both, in base units of the LP token.
        pub liquidity_supply: u64,
        /// Liquidity at and above which an instant exit costs the least, in lamports.
        pub liquidity_target: u64,
        /// Whether there is a liquidity pool: its mint is not zero.
        pub has_liquidity: bool,
        /// Of a deposit.
        pub deposit_bps: u16,
        /// Of a deposit's fee, for who brought it.
        pub referral_bps: u16,
        /// Of the rest of a fee, for the insurance fund.
        pub insurance_bps: u16,
        /// Of an instant exit that leaves plenty of liquidity.
        pub instant_least_bps: u16,
        /// Of the last lamport of liquidity.
        pub instant_most_bps: u16,
        /// Of what liquidity providers earn.
        pub liquidity_cut_bps: u16,
        /// Lamports of the reserve's account, rent included.
        pub reserve_lamports: u64,
        /// The least that the chain lets the reserve's account hold: rent of 40 bytes.
        pub reserve_rent: u64,
        /// The same of a stake account: rent of 200 bytes.
        pub stake_rent_now: u64,
    }

    /// What LST is worth.
    pub struct Rate {
        /// Lamports per 10^9 base units of LST, rounded down.
        pub lamports_per_lst: u64,
        /// The same once all locked profit is released and nothing else happens.
        pub released_rate: u64,
        /// Total less what is still locked, in lamports.
        pub value: u64,
        /// What is still locked, in lamports.
        pub locked: u64,
    }

    /// What a deposit brings.
    pub struct Deposit {
        /// What the depositor gets, in base units of LST.
        pub minted: u64,
        /// What it costs: the three parts below together, in base units of LST.
        pub fee: u64,
        /// For who brought the deposit.
        pub referrer_fee: u64,
        pub insurance_fee: u64,
        pub treasury_fee: u64,
        /// Of the shares, what liquidity providers sold.
        pub from_liquidity: u64,
        /// What they get for them, in lamports.
        pub to_liquidity: u64,
    }

    /// What an instant exit pays.
    pub struct InstantExit {
        /// What the holder gets, in lamports.
        pub paid: u64,
        /// What it costs: the value of the shares less `paid`, in lamports.
        pub fee: u64,
        pub from_reserve: u64,
        pub from_liquidity: u64,
    }

    /// How much can leave at once.
    pub struct Available {
        /// What the reserve has that is promised to nobody, in lamports.
        pub reserve: u64,
        /// What liquidity providers have, in lamports.
        pub liquidity: u64,
        /// The most LST that an instant exit takes now, in base units.
        pub most_shares: u64,
    }

    /// What a delayed exit is good for.
    pub struct Order {
        /// Value now, in lamports: the ticket never pays more, and no less but for a loss.
        pub lamports: u64,
        /// It is payable once the update of this epoch, or of a later one, has finished.
        pub claim_epoch: u64,
        /// The epoch in which the reserve should hold it: `claim_epoch` where reserve and stake on its way there cover this
        /// order and all before it; one later where stake must be called home first.
        pub expected_epoch: u64,
    }

    /// A ticket, by the fields of its account.
    pub struct Ticket {
        /// Escrowed LST, in base units.
        pub shares: u64,
        /// Value when ordered, in lamports.
        pub ordered_lamports: u64,
        pub claim_epoch: u64,
    }

    /// What a ticket comes to.
    pub struct TicketValue {
        /// Lamports that a claim pays.
        pub claim: u64,
        /// LST that taking it back gives, in base units; 0 where the shares are worth nothing and it is refused.
        pub cancel: u64,
        /// Whether the update it waits for has finished. Both are refused before.
        pub is_due: bool,
        /// Whether the reserve holds what the claim pays.
        pub is_payable: bool,
    }

    /// What adding liquidity brings.
    pub struct AddLiquidity {
        /// In base units of the LP token.
        pub minted: u64,
    }

    /// What removing liquidity pays.
    pub struct RemoveLiquidity {
        pub lamports: u64,
        /// In base units of LST.
        pub shares: u64,
    }
}

impl PoolState {
    pub(crate) fn ledger(&self) -> Ledger {
        Ledger {
            total: Lamports(self.total_lamports),
            supply: LstAmount(self.supply),
            locked_profit: Lamports(self.locked_profit),
            profit_slot: self.profit_slot,
            profit_end_slot: self.profit_end_slot,
        }
    }

    pub(crate) fn liquidity(&self) -> Liquidity {
        Liquidity {
            lamports: Lamports(self.liquidity_lamports),
            shares: LstAmount(self.liquidity_shares),
            supply: LpAmount(self.liquidity_supply),
        }
    }

    fn deposit_fee(&self, referred: bool) -> DepositFee {
        DepositFee {
            fee: Bps::saturating(self.deposit_bps),
            referral: if referred { Bps::saturating(self.referral_bps) } else { Bps::ZERO },
            insurance: Bps::saturating(self.insurance_bps),
        }
    }

    pub(crate) fn instant_terms(&self, free: u64) -> InstantTerms {
        InstantTerms {
            free: Lamports(free),
            curve: FeeCurve {
                least: Bps::saturating(self.instant_least_bps),
                most: Bps::saturating(self.instant_most_bps),
                target: Lamports(self.liquidity_target),
            },
            cut: Bps::saturating(self.liquidity_cut_bps),
            insurance: Bps::saturating(self.insurance_bps),
        }
    }

    /// What the reserve holds for the pool once it has got `more` lamports.
    fn reserve_after(&self, more: u64) -> Result<u64, Refusal> {
        let reserve = fits(self.reserve_lamports.checked_add(more))?;
        Ok(reserve.saturating_sub(self.reserve_rent).saturating_sub(self.liquidity_lamports))
    }

    /// What of it is promised to nobody.
    pub(crate) fn free_after(&self, more: u64) -> Result<u64, Refusal> {
        Ok(self.reserve_after(more)?.saturating_sub(self.ticket_lamports))
    }

    pub(crate) fn require_fresh(&self, moment: &Moment) -> Result<(), Refusal> {
        require(self.updated_epoch == moment.epoch, PoolRefusal::PoolStale)
    }

    fn require_priced(&self, moment: &Moment) -> Result<(), Refusal> {
        let last_is_good = self.updated_epoch.checked_add(1) == Some(moment.epoch) && moment.rewards_active;
        require(self.updated_epoch == moment.epoch || last_is_good, PoolRefusal::PoolStale)
    }

    fn require_open(&self, moment: &Moment) -> Result<(), Refusal> {
        require(moment.epoch >= self.paused_until_epoch, PoolRefusal::PoolPaused)
    }

    fn require_deposits(&self, moment: &Moment, lamports: u64) -> Result<(), Refusal> {
        self.require_fresh(moment)?;
        self.require_open(moment)?;
        require(lamports > 0, PoolRefusal::ZeroAmount)?;
        require(lamports >= self.min_deposit, PoolRefusal::BelowMinimumDeposit)
    }

    fn require_liquidity(&self) -> Result<(), Refusal> {
        require(self.has_liquidity, PoolRefusal::WrongLpMint)
    }

    /// A deposit of `lamports`, of which `liquidity` may sell shares.
    pub(crate) fn deposit(
        &self,
        moment: &Moment,
        liquidity: &Liquidity,
        lamports: u64,
        referred: bool,
    ) -> Result<math::DepositOutcome, Refusal> {
        self.require_deposits(moment, lamports)?;
        let fee = self.deposit_fee(referred);
        let outcome = math::deposit(&self.ledger(), liquidity, moment.slot, Lamports(lamports), &fee)?;
        require(outcome.ledger.total.0 <= self.tvl_cap, PoolRefusal::TvlCapExceeded)?;
        Ok(outcome)
    }
}

impl Deposit {
    fn of(outcome: &math::DepositOutcome) -> Result<Self, Refusal> {
        Ok(Self {
            minted: outcome.minted.0,
            fee: outcome.fee.total()?.0,
            referrer_fee: outcome.fee.referrer.0,
            insurance_fee: outcome.fee.insurance.0,
            treasury_fee: outcome.fee.treasury.0,
            from_liquidity: outcome.from_liquidity.0,
            to_liquidity: outcome.to_liquidity.0,
        })
    }
}

/// The rate at the moment's slot. A pool whose update is late has one too: that of its last update, released further.
///
/// Errors: `Insolvent`; `Overflow`.
pub fn rate(pool: &PoolState, moment: &Moment) -> Result<Rate, Refusal> {
    let ledger = pool.ledger().at(moment.slot)?;
    let released = Ledger { locked_profit: Lamports::ZERO, ..ledger };
    Ok(Rate {
        lamports_per_lst: ledger.rate_at(moment.slot)?,
        released_rate: if released.supply.is_zero() {
            RATE_ONE
        } else {
            released.lamports_for(LstAmount(RATE_ONE))?.0
        },
        value: ledger.value()?.0,
        locked: ledger.locked_profit.0,
    })
}

/// Lamports that `shares` are worth at the rate of the moment's slot, before any fee, rounded down.
///
/// Errors: `Insolvent`; `Overflow`.
pub fn value_of(pool: &PoolState, moment: &Moment, shares: u64) -> Result<u64, Refusal> {
    Ok(pool.ledger().at(moment.slot)?.lamports_for(LstAmount(shares))?.0)
}

/// LST that `lamports` are worth at the rate of the moment's slot, before any fee, rounded down.
///
/// Errors: `Insolvent`; `Overflow`.
pub fn lst_for(pool: &PoolState, moment: &Moment, lamports: u64) -> Result<u64, Refusal> {
    Ok(pool.ledger().at(moment.slot)?.shares_for(Lamports(lamports))?.0)
}

/// The least that an outcome of `out` may shrink to when `slippage_bps` are accepted, rounded down.
///
/// Errors: `ShareAboveOne`.
pub fn min_out(out: u64, slippage_bps: u16) -> Result<u64, Refusal> {
    let slippage = Bps::new(slippage_bps).ok_or(PoolRefusal::ShareAboveOne)?;
    slippage.complement().of(out, Rounding::Floor).map_err(|_| PoolRefusal::Overflow.into())
}

/// `deposit_sol`: `lamports` in. `referred`: with a referrer that can receive LST.
pub fn deposit_sol(
    pool: &PoolState,
    moment: &Moment,
    lamports: u64,
    referred: bool,
) -> Result<Deposit, Refusal> {
    Deposit::of(&pool.deposit(moment, &pool.liquidity(), lamports, referred)?)
}

/// `deposit_stake`: a stake account of `lamports` in all; also `deposit_lst`, for the lamports that come of it.
pub fn deposit_stake(
    pool: &PoolState,
    moment: &Moment,
    lamports: u64,
    referred: bool,
) -> Result<Deposit, Refusal> {
    Deposit::of(&pool.deposit(moment, &Liquidity::NONE, lamports, referred)?)
}

/// `withdraw_sol`: `shares` in, SOL out at once.
pub fn withdraw_sol(pool: &PoolState, moment: &Moment, shares: u64) -> Result<InstantExit, Refusal> {
    pool.require_priced(moment)?;
    pool.require_open(moment)?;
    require(shares > 0, PoolRefusal::ZeroAmount)?;
    let terms = pool.instant_terms(pool.free_after(0)?);
    let exit = math::instant_exit(&pool.ledger(), &pool.liquidity(), moment.slot, LstAmount(shares), &terms)?;
    Ok(InstantExit {
        paid: exit.paid.0,
        fee: exit.fee.0,
        from_reserve: exit.from_reserve.0,
        from_liquidity: exit.from_liquidity.0,
    })
}

/// How much SOL can leave at once, and how much LST that takes. Knows nothing of a pause.
///
/// Errors: `Overflow`.
pub fn available(pool: &PoolState, moment: &Moment) -> Result<Available, Refusal> {
    let free = pool.free_after(0)?;
    let (ledger, liquidity, terms) = (pool.ledger(), pool.liquidity(), pool.instant_terms(free));
    let pays = |shares: u64| {
        !matches!(
            math::instant_exit(&ledger, &liquidity, moment.slot, LstAmount(shares), &terms),
            Err(math::PoolMathError::Illiquid | math::PoolMathError::Overflow)
        )
    };
    // More shares ask for no less: the last that is paid is found by halving.
    let (mut most, mut beyond) = (0, pool.supply.saturating_add(1));
    while beyond.saturating_sub(most) > 1 {
        let middle = most.midpoint(beyond);
        if pays(middle) {
            most = middle;
        } else {
            beyond = middle;
        }
    }
    Ok(Available { reserve: free, liquidity: pool.liquidity_lamports, most_shares: most })
}

/// `order_unstake`: a ticket for `shares`.
pub fn order_unstake(pool: &PoolState, moment: &Moment, shares: u64) -> Result<Order, Refusal> {
    require(shares > 0, PoolRefusal::ZeroAmount)?;
    let lamports = pool.ledger().at(moment.slot)?.lamports_for(LstAmount(shares))?.0;
    require(lamports > 0, PoolRefusal::AmountTooSmall)?;
    let claim_epoch = fits(moment.epoch.checked_add(1))?;
    let owed = pool.ticket_lamports.saturating_add(lamports);
    let is_covered = owed <= pool.reserve_after(0)?.saturating_add(pool.leaving_lamports);
    let expected_epoch = if is_covered { claim_epoch } else { claim_epoch.saturating_add(1) };
    Ok(Order { lamports, claim_epoch, expected_epoch })
}

/// `claim_ticket` and `cancel_ticket`.
pub fn ticket_value(pool: &PoolState, moment: &Moment, ticket: &Ticket) -> Result<TicketValue, Refusal> {
    pool.require_priced(moment)?;
    let (ledger, shares, ordered) =
        (pool.ledger(), LstAmount(ticket.shares), Lamports(ticket.ordered_lamports));
    let claim = math::claim(&ledger, moment.slot, shares, ordered)?.paid.0;
    let cancel = math::cancel(&ledger, moment.slot, shares, ordered);
    Ok(TicketValue {
        claim,
        cancel: cancel.map_or(0, |outcome| outcome.returned.0),
        is_due: pool.updated_epoch >= ticket.claim_epoch,
        is_payable: claim <= pool.reserve_after(0)?,
    })
}

/// `add_liquidity`: `lamports` in, LP tokens out.
pub fn add_liquidity(pool: &PoolState, moment: &Moment, lamports: u64) -> Result<AddLiquidity, Refusal> {
    pool.require_liquidity()?;
    pool.require_deposits(moment, lamports)?;
    let outcome = math::add_liquidity(&pool.ledger(), &pool.liquidity(), moment.slot, Lamports(lamports))?;
    Ok(AddLiquidity { minted: outcome.minted.0 })
}

/// `remove_liquidity`: LP tokens in, SOL and LST out. Needs no price.
pub fn remove_liquidity(pool: &PoolState, amount: u64) -> Result<RemoveLiquidity, Refusal> {
    pool.require_liquidity()?;
    require(amount > 0, PoolRefusal::ZeroAmount)?;
    let outcome = math::remove_liquidity(&pool.liquidity(), LpAmount(amount))?;
    Ok(RemoveLiquidity { lamports: outcome.lamports.0, shares: outcome.shares.0 })
}
