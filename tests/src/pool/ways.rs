//! More ways in and out than SOL and stake: liquidity, tickets, insurance, conversions, and what each would come to.

use sluice_money::{Bps, Lamports, LpAmount, LstAmount};
use sluice_pool_math::{DepositFee, DepositOutcome, FeeCurve, InstantOutcome, InstantTerms, Liquidity};
use sluice_sdk::staking_pool::instructions::*;
use sluice_sdk::staking_pool::types::Fees;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::PoolFixture;
use crate::chain::{Chain, Sent, keypair};
use crate::spl_stake_pool::{SPL_STAKE_POOL_ID, WithdrawStake as WithdrawStakeThere};
use crate::token;
use crate::token_2022::Features;

impl PoolFixture {
    // What an instruction would do now, by the formulas the program uses itself.

    /// What a deposit costs now, with or without somebody who brought it.
    pub fn deposit_fee<C: Chain + ?Sized>(&self, chain: &C, referred: bool) -> DepositFee {
        let Fees { deposit_bps, referral_bps, insurance_bps, .. } = self.state(chain).fees;
        DepositFee {
            fee: Bps::saturating(deposit_bps),
            referral: Bps::saturating(if referred { referral_bps } else { 0 }),
            insurance: Bps::saturating(insurance_bps),
        }
    }

    pub fn expect_deposit<C: Chain + ?Sized>(&self, chain: &C, lamports: u64) -> DepositOutcome {
        let (ledger, liquidity) = (self.ledger(chain), self.liquidity(chain));
        let (slot, fee) = (chain.clock().slot, self.deposit_fee(chain, false));
        sluice_pool_math::deposit(&ledger, &liquidity, slot, Lamports(lamports), &fee).expect("priced")
    }

    pub fn expect_stake_deposit<C: Chain + ?Sized>(&self, chain: &C, lamports: u64) -> DepositOutcome {
        let (slot, fee) = (chain.clock().slot, self.deposit_fee(chain, false));
        sluice_pool_math::deposit(&self.ledger(chain), &Liquidity::NONE, slot, Lamports(lamports), &fee)
            .expect("priced")
    }

    pub fn expect_exit<C: Chain + ?Sized>(&self, chain: &C, shares: u64) -> InstantOutcome {
        let (ledger, liquidity) = (self.ledger(chain), self.liquidity(chain));
        let (slot, terms) = (chain.clock().slot, self.instant_terms(chain));
        sluice_pool_math::instant_exit(&ledger, &liquidity, slot, LstAmount(shares), &terms).expect("priced")
    }

    // The liquidity pool.

    pub fn lp_mint(&self) -> Keypair {
        keypair(&format!("{}LP mint", self.prefix))
    }

    pub fn initialize_liquidity_accounts(&self) -> InitializeLiquidity {
        InitializeLiquidity {
            pool: self.pool,
            admin: self.admin.pubkey(),
            payer: self.payer.pubkey(),
            reserve: self.reserve,
            lp_mint: self.lp_mint().pubkey(),
        }
    }

    pub fn initialize_liquidity(&self, seed_lamports: u64) -> Instruction {
        self.initialize_liquidity_accounts().instruction(InitializeLiquidityInstructionArgs { seed_lamports })
    }

    /// Makes the mint and opens the liquidity pool with a seed.
    pub fn open_liquidity<C: Chain>(&self, chain: &mut C, seed_lamports: u64) -> Sent {
        if self.token_program == token::TOKEN_PROGRAM {
            token::create_mint(chain, &self.payer, &self.lp_mint(), &self.pool);
        } else {
            Features::default().create_mint(chain, &self.payer, &self.lp_mint(), &self.pool);
        }
        chain.must(&[self.initialize_liquidity(seed_lamports)], &[&self.payer, &self.admin])
    }

    /// An empty account for LP tokens.
    pub fn lp_account<C: Chain>(&self, chain: &mut C, name: &str, owner: &Address) -> Address {
        let account = keypair(&format!("{}{name}'s LP", self.prefix));
        token::create_token_account(chain, &self.payer, &account, &self.lp_mint().pubkey(), owner)
    }

    pub fn add_liquidity_accounts(&self, user: &Address, lp: &Address) -> AddLiquidity {
        AddLiquidity {
            pool: self.pool,
            user: *user,
            reserve: self.reserve,
            lp_mint: self.lp_mint().pubkey(),
            user_lp: *lp,
            token_program: self.token_program,
            deposit_authority: None,
        }
    }

    pub fn add_liquidity(&self, user: &Address, lp: &Address, lamports: u64, min_out: u64) -> Instruction {
        self.add_liquidity_accounts(user, lp).instruction(AddLiquidityInstructionArgs { lamports, min_out })
    }

    pub fn remove_liquidity_accounts(&self, user: &Address, lp: &Address, lst: &Address) -> RemoveLiquidity {
        RemoveLiquidity {
            pool: self.pool,
            user: *user,
            reserve: self.reserve,
            lp_mint: self.lp_mint().pubkey(),
            user_lp: *lp,
            lst_mint: self.mint,
            user_lst: *lst,
            token_program: self.token_program,
        }
    }

    pub fn remove_liquidity(&self, user: &Address, lp: &Address, lst: &Address, amount: u64) -> Instruction {
        self.remove_liquidity_accounts(user, lp, lst).instruction(RemoveLiquidityInstructionArgs {
            amount,
            min_lamports: 0,
            min_shares: 0,
        })
    }

    pub fn liquidity<C: Chain + ?Sized>(&self, chain: &C) -> Liquidity {
        let pool = self.state(chain);
        Liquidity {
            lamports: Lamports(pool.liquidity_lamports),
            shares: LstAmount(pool.liquidity_shares),
            supply: LpAmount(pool.liquidity_supply),
        }
    }

    /// What an instant exit depends on besides the rate, now.
    pub fn instant_terms<C: Chain + ?Sized>(&self, chain: &C) -> InstantTerms {
        let pool = self.state(chain);
        InstantTerms {
            free: Lamports(self.reserve_lamports(chain).saturating_sub(pool.ticket_lamports)),
            curve: FeeCurve {
                least: Bps::saturating(pool.fees.instant_least_bps),
                most: Bps::saturating(pool.fees.instant_most_bps),
                target: Lamports(pool.liquidity_target),
            },
            cut: Bps::saturating(pool.fees.liquidity_cut_bps),
            insurance: Bps::saturating(pool.fees.insurance_bps),
        }
    }

    // Tickets.

    pub fn transfer_ticket(&self, ticket: &Address, owner: &Address, new_owner: &Address) -> Instruction {
        TransferTicket { ticket: *ticket, owner: *owner, new_owner: *new_owner }.instruction()
    }

    /// `part` signs, as a new account.
    pub fn split_ticket(
        &self,
        ticket: &Address,
        owner: &Address,
        part: &Address,
        shares: u64,
    ) -> Instruction {
        SplitTicket { ticket: *ticket, owner: *owner, part: *part }
            .instruction(SplitTicketInstructionArgs { shares })
    }

    pub fn cancel_ticket_accounts(&self, ticket: &Address, owner: &Address, lst: &Address) -> CancelTicket {
        CancelTicket {
            pool: self.pool,
            ticket: *ticket,
            owner: *owner,
            escrow: self.escrow,
            owner_lst: *lst,
            token_program: self.token_program,
        }
    }

    pub fn cancel_ticket(
        &self,
        ticket: &Address,
        owner: &Address,
        lst: &Address,
        min_out: u64,
    ) -> Instruction {
        self.cancel_ticket_accounts(ticket, owner, lst).instruction(CancelTicketInstructionArgs { min_out })
    }

    // Others.

    pub fn liquid_unstake_accounts(&self, user: &Address, vote: &Address, source: &Address) -> LiquidUnstake {
        LiquidUnstake {
            pool: self.pool,
            user: *user,
            reserve: self.reserve,
            validator_list: self.list,
            vote: *vote,
            stake: self.stake(vote),
            source: *source,
            deposit_authority: None,
        }
    }

    pub fn liquid_unstake<C: Chain + ?Sized>(
        &self,
        chain: &C,
        user: &Address,
        vote: &Address,
        source: &Address,
        min_out: u64,
    ) -> Instruction {
        let (index, _) = self.record(chain, vote);
        self.liquid_unstake_accounts(user, vote, source)
            .instruction(LiquidUnstakeInstructionArgs { index, min_out })
    }

    /// Turns tokens of an SPL stake pool into ours, by the accounts of its `WithdrawStake`: the destination is the source
    /// here, and whoever may move the tokens is the user.
    pub fn deposit_lst_accounts(
        &self,
        lst: &Address,
        vote: &Address,
        from: &WithdrawStakeThere,
    ) -> DepositLst {
        DepositLst {
            pool: self.pool,
            user: from.transfer_authority,
            reserve: self.reserve,
            validator_list: self.list,
            vote: *vote,
            stake: self.stake(vote),
            source: from.destination,
            lst_mint: self.mint,
            user_lst: *lst,
            token_program: self.token_program,
            stake_pool_program: SPL_STAKE_POOL_ID,
            stake_pool: from.pool,
            stake_pool_list: from.validator_list,
            stake_pool_authority: from.withdraw_authority,
            stake_pool_stake: from.stake,
            user_tokens: from.tokens,
            stake_pool_fee: from.fee_account,
            stake_pool_mint: from.mint,
            stake_pool_token_program: from.token_program,
            referrer: None,
            deposit_authority: None,
        }
    }

    pub fn fund_insurance(&self, user: &Address, lst: &Address, shares: u64) -> Instruction {
        FundInsurance {
            pool: self.pool,
            user: *user,
            lst_mint: self.mint,
            user_lst: *lst,
            token_program: self.token_program,
        }
        .instruction(FundInsuranceInstructionArgs { shares })
    }
}
