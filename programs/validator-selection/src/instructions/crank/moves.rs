//! What `rebalance` and `emergency_unstake` share: the accounts, the state of a validator, and the pool's calls.

use anchor_lang::prelude::*;
use sluice_chain_views::stake::{STAKE_ACCOUNT_SIZE, StakeView};
use sluice_money::Lamports;
use sluice_selection_math::{Holding, Lack, Limits};
use staking_pool::state::{Pool, Reserve, ValidatorList, ValidatorRecord, stake_state};

use crate::constants::*;
use crate::errors::SelectionError;
use crate::pool::PoolCall;
use crate::state::{Config, Registry};

/// Stake of a batch of validators moves. For each place of the batch, in order, three remaining accounts: the vote
/// account; the stake account to use (to increase: the canonical one, or the activating one if that exists; to decrease:
/// the canonical one, or the activating one if there is no other); the deactivating stake account (to decrease; any
/// account otherwise). The pool checks the stake accounts.
#[derive(Accounts)]
pub struct MoveStake {
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

/// What the moves of a batch share; rents in lamports.
pub struct Mover {
    pub call: PoolCall,
    pub epoch: u64,
    pub stake_rent: u64,
    pub reserve_rent: u64,
}

impl Mover {
    pub fn new(accounts: &MoveStake, epoch: u64) -> Result<Self> {
        let rent = Rent::get()?;
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
        Ok(Self {
            call,
            epoch,
            stake_rent: rent.try_minimum_balance(STAKE_ACCOUNT_SIZE)?,
            reserve_rent: rent.try_minimum_balance(accounts.reserve.account().data_len())?,
        })
    }

    /// What bounds a move now, and what the reserve lacks.
    #[inline(always)]
    pub fn limits(&self, accounts: &MoveStake) -> (Limits, Lack) {
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
        (limits, lack)
    }

    /// Starts the cool-down of `part` of what the validator at `index` of the pool's list holds, if that can be done now.
    #[inline(always)]
    pub fn decrease(
        &self,
        [vote, stake, deactivating]: &[AccountView; 3],
        holding: &Holding,
        index: u32,
        part: Lamports,
    ) -> bool {
        // A part is split off into a new account.
        let can = is_delegated(stake) && (part == holding.held() || is_vacant(deactivating));
        if can {
            self.call.decrease_stake(vote, stake, deactivating, index, part.0);
        }
        can
    }
}

#[inline(always)]
pub fn holding(record: &ValidatorRecord) -> Holding {
    Holding {
        stake: Lamports(record.stake),
        activating: Lamports(record.activating),
        deactivating: Lamports(record.deactivating),
        leaving: record.stake_state == stake_state::DEACTIVATING,
    }
}

/// Whether an account can be created at the address; lamports somebody sent there do not stop that.
#[inline(always)]
pub fn is_vacant(account: &AccountView) -> bool {
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
