//! `rebalance`: stake of a batch of validators moves toward their targets.

use anchor_lang::prelude::*;
use sluice_chain_views::stake::{STAKE_ACCOUNT_SIZE, StakeView};
use sluice_money::Lamports;
use sluice_selection_math::{Holding, Lack, Limits, Move, decide_lacking};
use staking_pool::state::{Pool, Reserve, ValidatorList, ValidatorRecord, stake_state};

use super::Place;
use crate::chain;
use crate::constants::*;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::Rebalanced;
use crate::pool::PoolCall;
use crate::state::{Config, Registry};

/// Specification
/// - anyone may send it, in any order, any number of times, once this epoch's allocation was made: what was moved is
///   not moved again
/// - for each place of the batch, in order, three remaining accounts: the vote account; the stake account to use (to
///   increase: the canonical one, or the activating one if that exists; to decrease: the canonical one); the
///   deactivating stake account (to decrease; any account otherwise). The pool checks the stake accounts
/// - a candidate that needs nothing, is in transition, cannot be delegated to, for which nothing is left, or whose
///   address for a new stake account is occupied, is skipped and stops nobody
/// - increases take from the reserve what lies above its rent, what tickets are owed, and the reserve target
/// - no more than the epoch's movement limit goes to validators, and no more comes from them
/// - while tickets are owed more than the reserve has and this epoch's decreases will bring, decreases are made however
///   small, rounded up to what the chain can move; and by whole validators, beyond the movement limit if need be, while
///   the reserve cannot lay out the rent of a split
/// - the pool's own cap on what comes from validators binds too, except for what tickets lack
/// - a candidate enters the pool's list with its first stake; one with neither target nor stake leaves the list, unless the
///   pool's admin retired it: then it gets nothing more, and is his to remove
/// - not while the chain still pays the epoch's rewards
#[derive(Accounts)]
pub struct Rebalance {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(mut, address = config.pool @ SelectionError::WrongPool)]
    pub pool: Account<Pool>,
    #[account(mut, address = pool.reserve @ SelectionError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(mut, address = config.validator_list @ SelectionError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    #[account(address = RENT_SYSVAR @ SelectionError::WrongProgramAccount)]
    pub rent: UncheckedAccount,
    #[account(address = CLOCK_SYSVAR @ SelectionError::WrongProgramAccount)]
    pub clock: UncheckedAccount,
    #[account(address = STAKE_HISTORY_SYSVAR @ SelectionError::WrongProgramAccount)]
    pub stake_history: UncheckedAccount,
    #[account(address = STAKE_CONFIG @ SelectionError::WrongProgramAccount)]
    pub stake_config: UncheckedAccount,
    pub system_program: Program<System>,
    #[account(address = STAKE_PROGRAM @ SelectionError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
    #[account(address = staking_pool::ID @ SelectionError::WrongProgramAccount)]
    pub pool_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<Rebalance>, batch: &[Place]) -> Result<()> {
    let remaining = ctx.remaining_accounts()?;
    let (triples, rest) = remaining.as_chunks::<3>();
    require!(rest.is_empty() && triples.len() == batch.len(), SelectionError::WrongAccountCount);
    let accounts = &mut ctx.accounts;
    let epoch = Clock::get()?.epoch;
    require!(accounts.config.allocated_epoch == epoch, SelectionError::NotAllocated);
    require!(!chain::epoch_rewards_active()?, SelectionError::EpochRewardsActive);

    let rent = Rent::get()?;
    let stake_rent = rent.try_minimum_balance(STAKE_ACCOUNT_SIZE)?;
    let reserve_rent = rent.try_minimum_balance(accounts.reserve.account().data_len())?;
    let call = PoolCall {
        pool: *accounts.pool.account(),
        config: *accounts.config.account(),
        reserve: *accounts.reserve.account(),
        validator_list: *accounts.validator_list.account(),
        rent: *accounts.rent.account(),
        clock: *accounts.clock.account(),
        stake_history: *accounts.stake_history.account(),
        stake_config: *accounts.stake_config.account(),
        system_program: *accounts.system_program.account(),
        stake_program: *accounts.stake_program.account(),
        bump: [accounts.config.bump],
    };
    let crank = Crank { call, epoch, stake_rent, reserve_rent };
    let (moved_up_before, moved_down_before) = (accounts.config.moved_up, accounts.config.moved_down);
    let reserve_before = accounts.reserve.account().lamports();
    let (mut increases, mut decreases) = (0u64, 0u64);
    for (place, triple) in batch.iter().zip(triples) {
        match crank.rebalance(accounts, *place, triple)? {
            Move::Increase(_) => increases = increases.checked_add(1).or_overflow()?,
            Move::Decrease(_) => decreases = decreases.checked_add(1).or_overflow()?,
            Move::None => {}
        }
    }
    emit!(Rebalanced {
        config: *accounts.config.address(),
        epoch,
        increases,
        decreases,
        moved_up_before,
        moved_up_after: accounts.config.moved_up,
        moved_down_before,
        moved_down_after: accounts.config.moved_down,
        reserve_before,
        reserve_after: accounts.reserve.account().lamports(),
    });
    Ok(())
}

/// What the moves of a batch share; rents in lamports.
struct Crank {
    call: PoolCall,
    epoch: u64,
    stake_rent: u64,
    reserve_rent: u64,
}

impl Crank {
    /// Moves one candidate toward its target.
    #[inline(always)]
    fn rebalance(
        &self,
        accounts: &mut Rebalance,
        place: Place,
        [vote, stake, deactivating]: &[AccountView; 3],
    ) -> Result<Move> {
        let call = &self.call;
        let candidate = chain::candidate_of(accounts.registry.as_mut_slice(), place.index, vote.address())?;
        let target = candidate.target;
        let records = accounts.validator_list.as_slice();
        let mut record = chain::find_record(records, candidate, place.pool_index);
        if record.is_none() && target > 0 {
            // Neither place holds. That is rare, and before anything is added one has to know: the whole list is read.
            let at = records.iter().position(|record| anchor_lang::address_eq(&record.vote, vote.address()));
            candidate.pool_index = at.and_then(|at| u32::try_from(at).ok()).unwrap_or(NOT_IN_POOL);
            record = at.and_then(|at| records.get(at));
        }
        let is_known = record.is_some();
        let is_empty =
            record.is_some_and(|record| record.held() == 0 && record.stake_state == stake_state::NONE);
        let is_retired = record.is_some_and(|record| record.retired != 0);
        let holding = record.map(holding).unwrap_or_default();
        if target == 0 && is_empty && !is_retired {
            call.remove_validator(vote, candidate.pool_index);
            candidate.pool_index = NOT_IN_POOL;
            return Ok(Move::None);
        }

        let config: &Config = &accounts.config;
        let pool: &Pool = &accounts.pool;
        // Without what in it belongs to the pool's liquidity providers.
        let reserve = accounts
            .reserve
            .account()
            .lamports()
            .saturating_sub(self.reserve_rent)
            .saturating_sub(pool.liquidity_lamports);
        let free = reserve.saturating_sub(pool.ticket_lamports);
        let tickets = pool.tickets_lack(reserve);
        // The pool has a cap of its own, which does not hold for what tickets lack or the least that can be moved.
        let urgent = if tickets == 0 { 0 } else { tickets.max(pool.min_delegation) };
        let movable = pool.movable(self.epoch).max(urgent);
        let limits = Limits {
            min_delegation: Lamports(pool.min_delegation),
            min_move: Lamports(config.params.min_move),
            available: Lamports(free.saturating_sub(config.reserve_target).saturating_sub(self.stake_rent)),
            up: Lamports(config.move_limit.saturating_sub(config.moved_up)),
            down: Lamports(config.move_limit.saturating_sub(config.moved_down).min(movable)),
        };
        let lack = Lack {
            tickets: Lamports(tickets),
            // The reserve lays out the rent of a split: out of what tickets are owed, if need be, because it is for
            // tickets that stake must come home.
            split_rent: reserve < self.stake_rent,
        };
        let decision = decide_lacking(Lamports(target), &holding, &limits, &lack);
        match decision {
            // A vote account that was closed since it was observed belongs to nobody; one that the pool's admin retired gets
            // nothing more.
            Move::Increase(Lamports(amount))
                if !is_retired && vote.owned_by(&VOTE_PROGRAM) && is_vacant(stake) =>
            {
                if !is_known {
                    if accounts.validator_list.is_full() {
                        return Ok(Move::None);
                    }
                    candidate.pool_index = u32::try_from(accounts.validator_list.len()).ok().or_overflow()?;
                    call.add_validator(vote);
                }
                call.increase_stake(vote, stake, candidate.pool_index, amount);
                let config: &mut Config = &mut accounts.config;
                config.moved_up = config.moved_up.checked_add(amount).or_overflow()?;
                Ok(decision)
            }
            // A part is split off into a new account.
            Move::Decrease(part)
                if is_delegated(stake) && (part == holding.held() || is_vacant(deactivating)) =>
            {
                call.decrease_stake(vote, stake, deactivating, candidate.pool_index, part.0);
                let config: &mut Config = &mut accounts.config;
                config.moved_down = config.moved_down.checked_add(part.0).or_overflow()?;
                Ok(decision)
            }
            _ => Ok(Move::None),
        }
    }
}

#[inline(always)]
fn holding(record: &ValidatorRecord) -> Holding {
    Holding {
        stake: Lamports(record.stake),
        activating: Lamports(record.activating),
        deactivating: Lamports(record.deactivating),
        leaving: record.stake_state == stake_state::DEACTIVATING,
    }
}

/// Whether an account can be created at the address; lamports somebody sent there do not stop that.
#[inline(always)]
fn is_vacant(account: &AccountView) -> bool {
    account.owned_by(&System::id())
}

/// Whether the account is delegated and stays so. A third party may have deactivated it since the pool's update
/// (`DeactivateDelinquent`), or somebody's decrease of a moment ago: then there is nothing to decrease.
#[inline(always)]
fn is_delegated(stake: &AccountView) -> bool {
    stake.owned_by(&STAKE_PROGRAM)
        && stake
            .try_borrow()
            .is_ok_and(|data| StakeView::parse(&data).is_ok_and(|view| view.deactivation_epoch() == u64::MAX))
}
