//! `rebalance`: stake of a batch of validators moves toward their targets.

use anchor_lang::prelude::*;
use sluice_chain_views::stake::{STAKE_ACCOUNT_SIZE, StakeView};
use sluice_money::Lamports;
use sluice_selection_math::{Holding, Limits, Move, decide};
use staking_pool::state::{Pool, Reserve, ValidatorList, ValidatorRecord, stake_state};

use super::Place;
use crate::chain;
use crate::constants::*;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::{PoolEntryChanged, StakeMoved};
use crate::pool::PoolCall;
use crate::state::{Config, Registry};

/// Specification
/// - anyone may send it, in any order, any number of times, once this epoch's allocation was made: what was moved is
///   not moved again
/// - for each place of the batch, in order, three remaining accounts: the vote account; the stake account to use (to
///   increase: the canonical one, or the activating one if that exists; to decrease: the canonical one); the
///   deactivating stake account (to decrease; any account otherwise). The pool checks the stake accounts
/// - a candidate that needs nothing, is in transition, cannot be delegated to, or for which nothing is left, is
///   skipped and stops nobody
/// - increases take from the reserve what lies above its rent, what tickets are owed, and the reserve target
/// - no more than the epoch's movement limit goes to validators, and no more comes from them
/// - a candidate enters the pool's list with its first stake; one with neither target nor stake leaves the list
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
    for (place, triple) in batch.iter().zip(triples) {
        crank.rebalance(accounts, *place, triple)?;
    }
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
    ) -> Result<()> {
        let call = &self.call;
        let candidate = chain::candidate_of(accounts.registry.as_mut_slice(), place.index, vote.address())?;
        let target = candidate.target;
        let records = accounts.validator_list.as_slice();
        let found = chain::find_record(records, candidate, place.pool_index).copied();
        let found = match found {
            // Neither hint holds. That is rare, and before anything is added one has to know: so the whole list is read.
            None if target > 0 => {
                let at =
                    records.iter().position(|record| anchor_lang::address_eq(&record.vote, vote.address()));
                candidate.pool_index = at.and_then(|at| u32::try_from(at).ok()).unwrap_or(NOT_IN_POOL);
                at.and_then(|at| records.get(at)).copied()
            }
            found => found,
        };
        let index = candidate.pool_index;

        if target == 0
            && found.is_some_and(|record| record.held() == 0 && record.stake_state == stake_state::NONE)
        {
            call.remove_validator(vote, index);
            candidate.pool_index = NOT_IN_POOL;
            emit!(PoolEntryChanged {
                config: *accounts.config.address(),
                vote: *vote.address(),
                pool_index: u64::from(index),
                entered: 0,
            });
            return Ok(());
        }

        let reserve_before = accounts.reserve.account().lamports();
        let free =
            reserve_before.saturating_sub(self.reserve_rent).saturating_sub(accounts.pool.ticket_lamports);
        let config: &mut Config = &mut accounts.config;
        let limits = Limits {
            min_delegation: Lamports(accounts.pool.min_delegation),
            min_move: Lamports(config.params.min_move),
            available: Lamports(free.saturating_sub(config.reserve_target).saturating_sub(self.stake_rent)),
            up: Lamports(config.move_limit.saturating_sub(config.moved_up)),
            down: Lamports(config.move_limit.saturating_sub(config.moved_down)),
        };
        let holding = found.as_ref().map(holding).unwrap_or_default();
        let held_before = holding.stake.0.saturating_add(holding.activating.0);
        let (increased, decreased) = match decide(Lamports(target), &holding, &limits) {
            Move::Increase(Lamports(amount)) if chain::is_vote_account(vote) => {
                if found.is_none() {
                    if accounts.validator_list.is_full() {
                        return Ok(());
                    }
                    candidate.pool_index = u32::try_from(accounts.validator_list.len()).ok().or_overflow()?;
                    call.add_validator(vote);
                    emit!(PoolEntryChanged {
                        config: *accounts.config.address(),
                        vote: *vote.address(),
                        pool_index: u64::from(candidate.pool_index),
                        entered: 1,
                    });
                }
                call.increase_stake(vote, stake, candidate.pool_index, amount);
                (amount, 0)
            }
            // A part is split off into a new account, whose rent the reserve lays out.
            Move::Decrease(Lamports(amount))
                if is_delegated(stake) && (amount == held_before || free >= self.stake_rent) =>
            {
                call.decrease_stake(vote, stake, deactivating, candidate.pool_index, amount);
                (0, amount)
            }
            _ => return Ok(()),
        };

        let config: &mut Config = &mut accounts.config;
        config.moved_up = config.moved_up.checked_add(increased).or_overflow()?;
        config.moved_down = config.moved_down.checked_add(decreased).or_overflow()?;
        emit!(StakeMoved {
            config: *accounts.config.address(),
            vote: *vote.address(),
            epoch: self.epoch,
            target,
            held_before,
            increased,
            decreased,
            reserve_before,
            reserve_after: accounts.reserve.account().lamports(),
            moved_up_after: accounts.config.moved_up,
            moved_down_after: accounts.config.moved_down,
        });
        Ok(())
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

/// Whether the account is delegated and stays so. A third party may have deactivated it since the pool's update
/// (`DeactivateDelinquent`), or somebody's decrease of a moment ago: then there is nothing to decrease.
#[inline(always)]
fn is_delegated(stake: &AccountView) -> bool {
    stake.owned_by(&STAKE_PROGRAM)
        && stake
            .try_borrow()
            .is_ok_and(|data| StakeView::parse(&data).is_ok_and(|view| view.deactivation_epoch() == u64::MAX))
}
