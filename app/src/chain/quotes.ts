/**
 * Quotes by the programs' own formulas, compiled to WebAssembly. They are there once {@link prepareQuotes} is done, which reading a
 * pool waits for; from then on they answer at once, and in exact numbers.
 */
import {
  QuoteRefused,
  growthOver,
  loadQuotes,
  poolState,
  rateEntries,
  stakingPool,
  vaultState,
  type Growth,
  type Holding,
  type Quotes,
  type RateEntry,
  type StakeSource,
} from '@sluice-protocol/sdk';
import { readStake } from './stakes';

/** An answer, or the program's reason to refuse, by name and in its own words. */
export type Quoted<T> = { ok: true; value: T } | { ok: false; reason: string; says: string };

const DELEGATED = 1;
const CANONICAL = 0;

const helpers = {
  /** Asks; a refusal is an answer, anything else is thrown. */
  attempt<T>(ask: () => T): Quoted<T> {
    try {
      return { ok: true, value: ask() };
    } catch (error) {
      if (error instanceof QuoteRefused) return { ok: false, reason: error.failure.name, says: error.failure.message };
      throw error;
    }
  },
  pool: poolState,
  vault: vaultState,
  entries: rateEntries,
  /** The least to accept of `out`. */
  least(out: bigint, slippageBps: number): bigint {
    return quote.minOut(out, slippageBps);
  },
  growthOf(entries: readonly RateEntry[], epochs: number): Growth | null {
    return growthOver(quote, entries, epochs) ?? null;
  },
  holding(record: stakingPool.ValidatorRecord): Holding {
    return { ...record, isDelegated: record.stakeState === DELEGATED };
  },
  /** The pool's canonical stake account with a validator. */
  stakeSource(lamports: bigint, data: Uint8Array): StakeSource {
    const stake = readStake(lamports, data);
    return {
      which: CANONICAL,
      lamports,
      isDelegated: stake !== null,
      activationEpoch: stake?.activationEpoch ?? 0n,
      deactivationEpoch: stake?.deactivationEpoch ?? 0n,
    };
  },
};

export const quote = helpers as typeof helpers & Quotes;

export async function prepareQuotes(): Promise<void> {
  Object.assign(quote, await loadQuotes());
}
