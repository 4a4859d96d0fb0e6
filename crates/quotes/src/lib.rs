//! Quotes: what an instruction of the staking pool or the restaking vault would do if it were sent now.
//!
//! Owns the checks and the order of steps around the formulas, which it calls where the programs call them, so that
//! a quote is the outcome to the unit and is refused with the error the program would return. Takes plain numbers and
//! returns plain numbers; never knows an account, an address or a clock of its own. Of a caller's accounts (balances,
//! signatures) it knows nothing.
//!
//! [`QUESTIONS`] lists everything that can be asked, with the numbers that go in and come out, for those who call by
//! number instead of by name: the WebAssembly build of this crate, and the code generated around it.
#![no_std]

mod ask;
mod history;
mod moment;
mod pool;
mod refusal;
mod stake;
mod vault;
mod vault_exit;
mod words;

pub use ask::{AskError, Part, QUESTIONS, Question, ask};
pub use history::{Growth, RateEntry, growth};
pub use moment::{EpochSchedule, Moment, first_slot};
pub use pool::{
    AddLiquidity, Available, Deposit, InstantExit, Order, PoolState, Rate, RemoveLiquidity, Ticket,
    TicketValue, add_liquidity, available, deposit_sol, deposit_stake, lst_for, min_out, order_unstake, rate,
    remove_liquidity, ticket_value, value_of, withdraw_sol,
};
pub use refusal::{PoolRefusal, Refusal, VaultRefusal};
pub use stake::{
    Holding, LiquidUnstake, STAKE_ACTIVATING, STAKE_CANONICAL, STAKE_DEACTIVATING, StakeSource,
    StakeWithdrawal, liquid_unstake, withdraw_stake,
};
pub use vault::{
    Restake, TransferFee, VaultDeposit, VaultPrice, VaultRisk, VaultState, after_transfer, stake_and_restake,
    vault_deposit, vault_price, vault_risk,
};
pub use vault_exit::{
    ClaimAndUnstake, InstantWithdrawal, VaultOrder, VaultTicket, VaultTicketValue, claim_and_unstake,
    enqueue_withdrawal, instant_withdraw, vault_ticket_value,
};
pub use words::{Field, Numbers, Plain, Shape};
