/** What went wrong, and what to do about it, in the reader's language. The program's own message is kept beside it. */
import { ChainMoved, Expired, Missing, ProgramRefusal } from '../chain/errors';
import type { Translate } from '../i18n';
import type { Key } from '../i18n/en';
import { formatAmount } from '../lib/amount';
import { Rejected } from '../wallet/types';

export interface Explained {
  title: string;
  todo: string;
  /** As the program says it. */
  detail?: string;
}

/** What to do about errors that people meet, by the programs' names for them. */
const ADVICE: Record<string, Key> = {
  PoolStale: 'todo.PoolStale',
  SlippageExceeded: 'todo.SlippageExceeded',
  BelowMinimumDeposit: 'todo.BelowMinimumDeposit',
  DepositTooSmall: 'todo.DepositTooSmall',
  AmountTooSmall: 'todo.AmountTooSmall',
  ZeroAmount: 'todo.AmountTooSmall',
  ReserveInsufficient: 'todo.ReserveInsufficient',
  TicketNotReady: 'todo.TicketNotReady',
  CooldownNotOver: 'todo.TicketNotReady',
  PendingSlash: 'todo.PendingSlash',
  PoolPaused: 'todo.PoolPaused',
  Paused: 'todo.PoolPaused',
  TvlCapExceeded: 'todo.TvlCapExceeded',
  CapacityExceeded: 'todo.CapacityExceeded',
  LeverageExceeded: 'todo.CapacityExceeded',
  DepositAuthorityRequired: 'todo.DepositAuthorityRequired',
  WrongValidatorIndex: 'todo.again',
  BelowMinimumDelegation: 'todo.BelowMinimumDelegation',
  StakeNotActive: 'todo.StakeNotActive',
  StakeNotUsable: 'todo.StakeNotActive',
  AllocationRunning: 'todo.AllocationRunning',
  InsufficientFunds: 'todo.funds',
  InsufficientFundsForRent: 'todo.funds',
  InsufficientFundsForFee: 'todo.funds',
  AccountNotFound: 'todo.funds',
  'Custom(1)': 'todo.funds',
  BlockhashNotFound: 'todo.again',
};

export function explain(t: Translate, error: unknown): Explained {
  if (error instanceof Rejected) return { title: t('error.rejected'), todo: t('todo.rejected') };
  if (error instanceof ChainMoved) return { title: t('error.moved'), todo: t('todo.moved') };
  if (error instanceof Expired) return { title: t('error.expired'), todo: t('todo.expired') };
  if (error instanceof Missing) return { title: error.message, todo: t('todo.missing') };
  if (error instanceof ProgramRefusal) {
    const todo = ADVICE[error.reason];
    return {
      title: t('error.refused'),
      todo: todo ? t(todo) : t('todo.unknown'),
      detail: error.reason === error.says ? error.says : `${error.says} (${error.reason})`,
    };
  }
  if (isNetwork(error)) return { title: t('error.down'), todo: t('todo.down') };
  return { title: t('error.other'), todo: t('todo.unknown'), detail: error instanceof Error ? error.message : String(error) };
}

/** The server could not be reached, or answered with nothing of use. */
export function isNetwork(error: unknown): boolean {
  if (error instanceof TypeError) return /fetch|network|load failed/i.test(error.message);
  return error instanceof Error && /HTTP error|status code/i.test(error.message);
}

/** Why a quote is refused, short enough to stand under a field. */
export function quoteProblem(t: Translate, refused: { reason: string; says: string }, pool: { state: { minDeposit: bigint } }): string {
  const todo = ADVICE[refused.reason];
  return todo ? t(todo, { least: `${formatAmount(pool.state.minDeposit)} SOL` }) : refused.says;
}
