//! Every quote by number, for callers that share no types with this crate.

use crate::words::{Plain, Shape};
use crate::*;

/// Something that can be asked.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub name: &'static str,
    pub about: &'static str,
    /// What goes in, in this order.
    pub takes: &'static [Part],
    pub answers: Shape,
}

/// A named value of a question.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub name: &'static str,
    pub shape: Shape,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskError {
    /// The instruction would be refused.
    Refused(Refusal),
    /// No such question, too few words, a word out of its range, or no room for the answer.
    Malformed,
}

impl From<Refusal> for AskError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Asks question `number` of [`QUESTIONS`]: words of its parts in, words of its answer out.
pub fn ask(number: usize, input: &[u64], output: &mut [u64]) -> Result<(), AskError> {
    let answer = ANSWERS.get(number).ok_or(AskError::Malformed)?;
    answer(&mut input.iter(), &mut output.iter_mut())
}

type Answer = fn(&mut core::slice::Iter<u64>, &mut core::slice::IterMut<u64>) -> Result<(), AskError>;

fn read<T: Plain>(words: &mut core::slice::Iter<u64>) -> Result<T, AskError> {
    T::read(words).ok_or(AskError::Malformed)
}

fn write<T: Plain>(answer: &T, words: &mut core::slice::IterMut<u64>) -> Result<(), AskError> {
    answer.write(words).ok_or(AskError::Malformed)
}

/// The list of questions, and how each is answered. Structs of numbers stand in brackets, single ones in parentheses: the
/// order of a question's function.
macro_rules! questions {
    ($(
        $(#[doc = $about:literal])*
        $name:ident [$($state:ident: $kind:ident),*] ($($number:ident: $word:ident),*) -> $answer:ident;
    )*) => {
        pub const QUESTIONS: &[Question] = &[$(
            Question {
                name: stringify!($name),
                about: concat!($($about),*),
                takes: &[
                    $( Part { name: stringify!($state), shape: <$kind as Plain>::SHAPE }, )*
                    $( Part { name: stringify!($number), shape: <$word as Plain>::SHAPE }, )*
                ],
                answers: <$answer as Plain>::SHAPE,
            },
        )*];

        const ANSWERS: &[Answer] = &[$(
            |input, output| {
                $( let $state: $kind = read(input)?; )*
                $( let $number: $word = read(input)?; )*
                let answer: $answer = crate::$name($(&$state,)* $($number),*)?;
                write(&answer, output)
            },
        )*];
    };
}

questions! {
    /// The first slot of an epoch.
    first_slot [schedule: EpochSchedule] (epoch: u64) -> u64;
    /// The least that an outcome may shrink to when so much slippage is accepted, rounded down.
    min_out [] (out: u64, slippage_bps: u16) -> u64;
    /// What LST is worth now. A pool whose update is late has a rate too: that of its last update, released further.
    rate [pool: PoolState, moment: Moment] () -> Rate;
    /// Lamports that LST is worth now, before any fee, rounded down.
    value_of [pool: PoolState, moment: Moment] (shares: u64) -> u64;
    /// LST that lamports are worth now, before any fee, rounded down.
    lst_for [pool: PoolState, moment: Moment] (lamports: u64) -> u64;
    /// The growth of the rate between two entries of its history.
    growth [older: RateEntry, newer: RateEntry] () -> Growth;
    /// `deposit_sol`. `referred`: with a referrer that can receive LST.
    deposit_sol [pool: PoolState, moment: Moment] (lamports: u64, referred: bool) -> Deposit;
    /// `deposit_stake`, of a stake account of so many lamports in all; also `deposit_lst`, for the lamports that come of it.
    deposit_stake [pool: PoolState, moment: Moment] (lamports: u64, referred: bool) -> Deposit;
    /// `liquid_unstake`, of a stake account of `delegated` lamports and `excess` beside them.
    liquid_unstake [pool: PoolState, moment: Moment] (delegated: u64, excess: u64) -> LiquidUnstake;
    /// `withdraw_sol`.
    withdraw_sol [pool: PoolState, moment: Moment] (shares: u64) -> InstantExit;
    /// How much SOL can leave at once, and how much LST that takes. Knows nothing of a pause.
    available [pool: PoolState, moment: Moment] () -> Available;
    /// `order_unstake`.
    order_unstake [pool: PoolState, moment: Moment] (shares: u64) -> Order;
    /// `claim_ticket` and `cancel_ticket`.
    ticket_value [pool: PoolState, moment: Moment, ticket: Ticket] () -> TicketValue;
    /// `withdraw_stake`, of at most so many shares from an account of the validator.
    withdraw_stake [pool: PoolState, moment: Moment, holding: Holding, source: StakeSource] (shares: u64) -> StakeWithdrawal;
    /// `add_liquidity`.
    add_liquidity [pool: PoolState, moment: Moment] (lamports: u64) -> AddLiquidity;
    /// `remove_liquidity`. Needs no price.
    remove_liquidity [pool: PoolState] (amount: u64) -> RemoveLiquidity;
    /// What arrives of tokens that are sent.
    after_transfer [fee: TransferFee] (amount: u64) -> u64;
    /// What a vault's shares are worth now.
    vault_price [vault: VaultState, moment: Moment] () -> VaultPrice;
    /// What of a vault can be slashed now, and what may still be deposited.
    vault_risk [vault: VaultState, pool: PoolState, moment: Moment] () -> VaultRisk;
    /// `deposit` of collateral, for junior shares or the others. The pool is not looked at where the vault has neither a shield nor a limit of leverage.
    vault_deposit [vault: VaultState, pool: PoolState, moment: Moment, fee: TransferFee] (junior: bool, amount: u64) -> VaultDeposit;
    /// `stake_and_restake`.
    stake_and_restake [vault: VaultState, pool: PoolState, moment: Moment] (junior: bool, lamports: u64) -> Restake;
    /// `enqueue_withdrawal`.
    enqueue_withdrawal [vault: VaultState, moment: Moment] (junior: bool, vrt: u64) -> VaultOrder;
    /// `claim_withdrawal`: what the ticket would pay now, whether it may or not.
    vault_ticket_value [vault: VaultState, moment: Moment, fee: TransferFee, ticket: VaultTicket] () -> VaultTicketValue;
    /// `claim_and_unstake`.
    claim_and_unstake [vault: VaultState, pool: PoolState, moment: Moment, ticket: VaultTicket] () -> ClaimAndUnstake;
    /// `instant_withdraw`.
    instant_withdraw [vault: VaultState, moment: Moment, fee: TransferFee] (junior: bool, vrt: u64) -> InstantWithdrawal;
}
