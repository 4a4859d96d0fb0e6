//! The views: what an instruction would do now, asked of the program.

use std::io;

use sluice_sdk::staking_pool::instructions::*;
use solana_address::Address;
use solana_instruction::Instruction;

use super::PoolFixture;
use crate::chain::Chain;

impl PoolFixture {
    /// What a view answers, or the number of the error with which it refuses.
    #[track_caller]
    pub fn ask<C: Chain + ?Sized, T>(
        &self,
        chain: &C,
        view: &Instruction,
        decode: fn(&[u8]) -> io::Result<T>,
    ) -> Result<T, u32> {
        match chain.view(view, &self.payer) {
            Ok(answer) => Ok(decode(&answer).expect("the answer the SDK expects")),
            Err(failed) => {
                Err(failed.code().unwrap_or_else(|| panic!("{:?}\n{}", failed.err, failed.logs.join("\n"))))
            }
        }
    }

    pub fn lst_to_sol(&self, lst_amount: u64) -> Instruction {
        LstToSol { lst_mint: self.mint, pool: self.pool }.instruction(LstToSolInstructionArgs { lst_amount })
    }

    pub fn sol_to_lst(&self, lamports: u64) -> Instruction {
        SolToLst { lst_mint: self.mint, pool: self.pool }.instruction(SolToLstInstructionArgs { lamports })
    }

    pub fn quote_deposit_sol(&self, lamports: u64, referred: bool) -> Instruction {
        QuoteDepositSol { pool: self.pool, reserve: self.reserve }
            .instruction(QuoteDepositSolInstructionArgs { lamports, referred })
    }

    pub fn quote_deposit_stake(&self, lamports: u64, referred: bool) -> Instruction {
        QuoteDepositStake { pool: self.pool, reserve: self.reserve }
            .instruction(QuoteDepositStakeInstructionArgs { lamports, referred })
    }

    pub fn quote_liquid_unstake(&self, delegated: u64, excess: u64) -> Instruction {
        QuoteLiquidUnstake { pool: self.pool, reserve: self.reserve }
            .instruction(QuoteLiquidUnstakeInstructionArgs { delegated, excess })
    }

    pub fn quote_withdraw_sol(&self, shares: u64) -> Instruction {
        QuoteWithdrawSol { pool: self.pool, reserve: self.reserve }
            .instruction(QuoteWithdrawSolInstructionArgs { shares })
    }

    pub fn quote_order_unstake(&self, shares: u64) -> Instruction {
        QuoteOrderUnstake { pool: self.pool, reserve: self.reserve }
            .instruction(QuoteOrderUnstakeInstructionArgs { shares })
    }

    pub fn quote_ticket(&self, ticket: &Address) -> Instruction {
        QuoteTicket { pool: self.pool, ticket: *ticket }.instruction()
    }

    /// `stake` is one of the accounts of the validator at `index`.
    pub fn quote_withdraw_stake(
        &self,
        (index, vote): (u32, &Address),
        stake: &Address,
        shares: u64,
    ) -> Instruction {
        QuoteWithdrawStake { pool: self.pool, validator_list: self.list, vote: *vote, stake: *stake }
            .instruction(QuoteWithdrawStakeInstructionArgs { index, shares })
    }

    pub fn quote_add_liquidity(&self, lamports: u64) -> Instruction {
        QuoteAddLiquidity { pool: self.pool, reserve: self.reserve }
            .instruction(QuoteAddLiquidityInstructionArgs { lamports })
    }

    pub fn quote_remove_liquidity(&self, amount: u64) -> Instruction {
        QuoteRemoveLiquidity { pool: self.pool, reserve: self.reserve }
            .instruction(QuoteRemoveLiquidityInstructionArgs { amount })
    }
}
