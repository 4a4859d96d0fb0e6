//! `sluice convert`: the token of another stake pool in, this pool's LST out.

use clap::Args;
use sluice_client::spl_stake_pool::{StakePool, Validator};
use sluice_client::stakes::{STAKE_PROGRAM, STAKE_SPACE};
use sluice_client::{Request, Rpc, SendError};
use sluice_sdk::Event;
use sluice_sdk::pda::staking_pool::find_stake;
use sluice_sdk::staking_pool::accounts::ValidatorListHeader;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::{DepositLst, DepositLstInstructionArgs};
use sluice_sdk::staking_pool::types::{LstConverted, StakeDeposited};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::act::{Acting, Action, Rows};
use crate::amount::{Amount, any_amount, exact};
use crate::bound::Bound;
use crate::cluster::{PoolChoice, address};
use crate::error::Error;
use crate::holder::{Cosigning, Holder, Referral, create, fee, lst, receive, sol};
use crate::output::Format;
use crate::purse::{Purse, Source};

/// The most validators that are tried.
const TRIES: usize = 6;

/// Arguments of `sluice convert`.
#[derive(Args)]
pub struct Convert {
    /// Mint of the other pool's token
    #[arg(value_name = "MINT", value_parser = address)]
    token: Address,
    /// How much of it, or all
    #[arg(value_name = "AMOUNT", value_parser = any_amount)]
    amount: Amount,
    /// Account of the other pool, for servers that do not search [default: the one that issues the token]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    stake_pool: Option<Address>,
    /// Vote account of a validator that both pools have [default: the largest that has enough]
    #[arg(long, value_name = "VOTE", value_parser = address)]
    validator: Option<Address>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    bound: Bound,
    #[command(flatten)]
    referral: Referral,
    #[command(flatten)]
    cosigning: Cosigning,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

/// Why a token cannot be converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    #[error(
        "{mint} is not the token of a pool of the SPL stake pool program, nor of Sanctum's two: only those are converted"
    )]
    NoPool { mint: Address },
    #[error("the stake pool {pool} has the token {its}, not {mint}")]
    OtherToken { pool: Address, its: Address, mint: Address },
    #[error(
        "the stake pool {pool} was not updated in this epoch: its own crank has to run before its token is redeemed"
    )]
    Stale { pool: Address },
    #[error(
        "none of {tried} validators that both pools have gives stake for that: it is less than may be delegated, or more than \
         one has ({reason})"
    )]
    NotGiven { tried: usize, reason: String },
    #[error("the two pools have no active validator in common: unstake there, and `sluice stake` the SOL")]
    NothingShared,
}

/// A validator both pools have: its place in ours, and the other's stake account.
struct Shared {
    index: u32,
    vote: Address,
    stake: Address,
}

impl Convert {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let holder = Holder::open(&self.acting, &self.pool, format).await?;
        let Holder { wallet, view, .. } = &holder;
        let other = self.other_pool(&wallet.rpc).await?;
        if other.updated_epoch != view.clock.epoch {
            return Err(ConvertError::Stale { pool: other.address }.into());
        }
        let mint = wallet.rpc.mint(&other.mint).await?;
        let unit = "tokens";
        let mut purse = Purse::read(&wallet.rpc, &wallet.address(), &other.mint, &mint.program, unit).await?;
        purse.decimals = mint.decimals;
        let spending = purse.spend(self.amount, &self.source)?;
        let arrival = holder.lst.arrival(&wallet.rpc).await?;
        let referrer = self.referral.account(&holder).await?;
        let cosigner = self.cosigning.key(&holder)?;
        let rent = wallet.rpc.minimum_balance(STAKE_SPACE).await?;
        let source = Keypair::new();
        let request = |shared: &Shared, min_out| {
            let deposit = DepositLst {
                pool: view.address,
                user: wallet.address(),
                reserve: view.pool.reserve,
                validator_list: view.pool.validator_list,
                vote: shared.vote,
                stake: find_stake(&view.address, &shared.vote).0,
                source: source.pubkey(),
                lst_mint: view.pool.lst_mint,
                user_lst: arrival.account,
                token_program: view.pool.token_program,
                stake_pool_program: other.program,
                stake_pool: other.address,
                stake_pool_list: other.validator_list,
                stake_pool_authority: other.withdraw_authority(),
                stake_pool_stake: shared.stake,
                user_tokens: spending.account,
                stake_pool_fee: other.fee_account,
                stake_pool_mint: other.mint,
                stake_pool_token_program: other.token_program,
                referrer,
                deposit_authority: cosigner.as_ref().map(|_| view.pool.deposit_authority),
            };
            let arguments =
                DepositLstInstructionArgs { index: shared.index, tokens: spending.amount, min_out };
            let make = create(&wallet.address(), &source.pubkey(), rent, STAKE_SPACE, &STAKE_PROGRAM);
            Request::new(
                arrival.create.iter().cloned().chain([make, deposit.instruction(arguments)]).collect(),
            )
        };

        // Only the other program knows what each validator can give.
        let mut why_not = ConvertError::NothingShared;
        let mut chosen = None;
        for (tried, shared) in self.shared(&holder, &other).await?.into_iter().take(TRIES).enumerate() {
            match wallet.foresee(&request(&shared, 0), deposited).await {
                Ok(event) => {
                    chosen = Some((shared, self.bound.least(event.minted)));
                    break;
                }
                Err(Error::Send(SendError::Failed(reason))) => {
                    why_not = ConvertError::NotGiven { tried: tried + 1, reason };
                }
                Err(error) => return Err(error),
            }
        }
        let (shared, least) = chosen.ok_or(why_not)?;
        let given = format!("{} of {}", exact(spending.amount, purse.decimals), other.mint);
        let rows = |events: &[Event]| -> Rows {
            let both = events.iter().find_map(converted).zip(events.iter().find_map(deposited));
            let Some((converted, deposited)) = both else { return Rows::new() };
            let mut rows = vec![
                (
                    "You give".into(),
                    format!(
                        "{given}, for which its pool gives {} of stake",
                        sol(converted.lamports.saturating_sub(rent))
                    ),
                ),
                ("Validator".into(), deposited.vote.to_string()),
                (
                    "Rent".into(),
                    format!("{} of a stake account on the way, which is paid for too", sol(rent)),
                ),
                receive(lst(deposited.minted), lst(least)),
                holder.rate(),
            ];
            rows.extend(fee(&deposited.fee));
            rows.extend(arrival.rows());
            rows
        };
        let title = format!("Convert {given}");
        let signers = cosigner.iter().chain([&source]).collect();
        wallet.act(Action { title, request: request(&shared, least), signers, rows: &rows }).await?;
        Ok(())
    }

    async fn other_pool(&self, rpc: &Rpc) -> Result<StakePool, Error> {
        let mint = self.token;
        let pool = match self.stake_pool {
            Some(address) => rpc.stake_pool(&address).await?,
            None => rpc.stake_pool_of(&mint).await?.ok_or(ConvertError::NoPool { mint })?,
        };
        // What was searched for is what a server says it found.
        if pool.mint != mint {
            return Err(ConvertError::OtherToken { pool: pool.address, its: pool.mint, mint }.into());
        }
        Ok(pool)
    }

    /// Validators of both pools: the one that was asked for, or the one the other pool prefers and then those it has most with.
    async fn shared(&self, holder: &Holder, other: &StakePool) -> Result<Vec<Shared>, Error> {
        let Holder { wallet, view, .. } = holder;
        let ours = wallet.rpc.get_slab::<ValidatorListHeader>(&view.pool.validator_list).await?.records;
        let mut theirs = wallet.rpc.stake_pool_validators(other).await?;
        theirs.retain(|validator| self.validator.is_none_or(|vote| vote == validator.vote));
        let preferred = |validator: &Validator| other.preferred == Some(validator.vote);
        theirs.sort_by_key(|validator| std::cmp::Reverse((preferred(validator), validator.active_lamports)));
        let shared = theirs.iter().filter_map(|validator| {
            let (index, _) =
                (0..).zip(&ours).find(|(_, record)| record.vote == validator.vote && record.stake > 0)?;
            Some(Shared { index, vote: validator.vote, stake: other.stake(validator) })
        });
        Ok(shared.collect())
    }
}

fn converted(event: &Event) -> Option<LstConverted> {
    match event {
        Event::StakingPool(StakingPoolEvent::LstConverted(event)) => Some(event.clone()),
        _ => None,
    }
}

fn deposited(event: &Event) -> Option<StakeDeposited> {
    match event {
        Event::StakingPool(StakingPoolEvent::StakeDeposited(event)) => Some(event.clone()),
        _ => None,
    }
}
