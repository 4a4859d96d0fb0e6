/** What went wrong, and what to do about it, in the reader's language. The program's own message is kept beside it. */
import { SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR, isSolanaError } from '@solana/kit';
import { ChainMoved, Expired, MessageChanged, Missing, ProgramRefusal } from '../chain/errors';
import type { Translate } from '../i18n';
import type { Key } from '../i18n/en';
import { formatAmount } from '../lib/amount';
import { Rejected } from '../wallet/types';

export interface Explained {
  title: string;
  todo: string;
  /** As the program says it. */
  detail?: string;
  /** The same again cannot work: what was asked for is out of date. */
  isFinal?: boolean;
}

/** Those that a wish cannot outlive: its limits were made for a price that is gone. */
const FINAL = new Set(['SlippageExceeded']);

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
  if (error instanceof ChainMoved) return { title: t('error.moved'), todo: t('todo.moved'), isFinal: true };
  if (error instanceof MessageChanged) return { title: t('error.changed'), todo: t('todo.changed') };
  if (error instanceof Expired) return { title: t('error.expired'), todo: t('todo.expired') };
  if (error instanceof Missing) return { title: error.message, todo: t('todo.missing') };
  if (error instanceof ProgramRefusal) {
    const todo = ADVICE[error.reason];
    return {
      title: t('error.refused'),
      todo: t(todo ?? 'todo.refused'),
      detail: error.reason === error.says ? error.says : `${error.says} (${error.reason})`,
      isFinal: FINAL.has(error.reason),
    };
  }
  const status = httpStatus(error);
  if (status === 429) return { title: t('error.busy'), todo: t('todo.busy') };
  if (status !== null) return { title: t('error.http', { status }), todo: t('todo.busy') };
  if (isNetwork(error)) return { title: t('error.down'), todo: t('todo.down') };
  return { title: t('error.other'), todo: t('todo.unknown'), detail: wordsOf(error) };
}

/** By the code, not by the words: the library leaves its words out of what is built. */
export function httpStatus(error: unknown): number | null {
  return isSolanaError(error, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR) ? error.context.statusCode : null;
}

/** What the server said, where the error carries it; else what the error says. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = isSolanaError(error) ? (error.context as { __serverMessage?: unknown }).__serverMessage : undefined;
  return typeof said === 'string' ? said : error.message;
}

/** The server could not be reached. */
export function isNetwork(error: unknown): boolean {
  return error instanceof TypeError && /fetch|network|load failed/i.test(error.message);
}

/** Why a quote is refused, short enough to stand under a field. */
export function quoteProblem(t: Translate, refused: { reason: string; says: string }, pool: { state: { minDeposit: bigint } }): string {
  if (refused.reason === 'BelowMinimumDeposit') return t('todo.least', { least: `${formatAmount(pool.state.minDeposit)} SOL` });
  const todo = ADVICE[refused.reason];
  return todo ? t(todo) : refused.says;
}
