/** The selection: its settings, and every candidate with what is known of it. */
import { validatorSelection, type stakingPool } from '@sluice-protocol/sdk';
import { useQuery } from '@tanstack/react-query';
import type { Address } from '@solana/kit';
import { fetchAccounts } from './accounts';
import { useChain } from './context';
import { usePool, type Snapshot } from './pool';
import { capacityOf, decodeSlab, fetchLarge } from './slab';

export type Candidate = validatorSelection.Candidate;
export type Config = validatorSelection.Config;

export interface Selection {
  address: Address;
  config: Config;
  candidates: Candidate[];
  /** How many the registry has room for. */
  capacity: number;
  /** Whether the pool follows it. */
  isInForce: boolean;
}

export function useSelection() {
  const { rpc, url, key } = useChain();
  const { pool } = usePool();
  const place = pool?.pool;
  return useQuery({
    queryKey: ['selection', ...key, place],
    queryFn: async (): Promise<Selection | null> => {
      const [address] = await validatorSelection.findConfigPda({ pool: place! });
      const { accounts: [account] } = await fetchAccounts(rpc, [address]);
      if (!account) return null;
      const config = validatorSelection.getConfigDecoder().decode(account.data);
      const registry = await fetchLarge(url, config.registry);
      return {
        address,
        config,
        candidates: await decodeSlab(registry, validatorSelection.registryHeaderLayout),
        capacity: capacityOf(registry, validatorSelection.registryHeaderLayout),
        isInForce: pool!.state.delegationAuthority === address,
      };
    },
    enabled: place !== undefined,
    refetchInterval: 12_000,
    // Thousands of records are not worth comparing.
    structuralSharing: false,
  });
}

/** What the pool's list and the selection's registry say of one validator, together. */
export interface Row {
  vote: Address;
  /** The candidate and its place in the registry; `null` for one that is only in the pool. */
  candidate: Candidate | null;
  candidateIndex: number;
  record: stakingPool.ValidatorRecord | null;
  recordIndex: number;
  /** What the pool has with it now, in lamports, and what of it is cooling down. */
  held: bigint;
  leaving: bigint;
  target: bigint;
  /** Target less what stays: what will come, or go. */
  change: bigint;
}

const DEACTIVATING = 2;

export function rowsOf(selection: Selection | null, records: readonly stakingPool.ValidatorRecord[]): Row[] {
  const places = new Map(records.map((record, index) => [record.vote, { record, index }]));
  const rows = (selection?.candidates ?? []).map((candidate, candidateIndex): Row => {
    const found = places.get(candidate.vote);
    places.delete(candidate.vote);
    return row(candidate.vote, candidate, candidateIndex, found?.record ?? null, found?.index ?? -1);
  });
  for (const [vote, { record, index }] of places) rows.push(row(vote, null, -1, record, index));
  return rows;
}

function row(vote: Address, candidate: Candidate | null, candidateIndex: number, record: stakingPool.ValidatorRecord | null, recordIndex: number): Row {
  const held = record ? record.stake + record.activating + record.deactivating : 0n;
  const leaving = record ? record.deactivating + (record.stakeState === DEACTIVATING ? record.stake : 0n) : 0n;
  const target = candidate?.seat.target ?? 0n;
  return { vote, candidate, candidateIndex, record, recordIndex, held, leaving, target, change: target - (held - leaving) };
}

/** Whether it was found fit to get stake when it was last observed. */
export const competes = (candidate: Candidate) => candidate.verdict === 0 && candidate.flags === 0;

/** Yield of a year, in 10^-12, from that of an epoch. */
export function annual(perEpoch: bigint, selection: Selection): bigint {
  return compound(perEpoch, selection.config.epochSeconds);
}

const YEAR_SECONDS = 31_557_600n;
const ONE = 1_000_000_000_000n;

/** As the program's crate has it: whole epochs compounded, the rest of the year in proportion, each step rounded down. */
export function compound(perEpoch: bigint, epochSeconds: bigint): bigint {
  if (epochSeconds === 0n) return 0n;
  let epochs = YEAR_SECONDS / epochSeconds;
  const rest = YEAR_SECONDS % epochSeconds;
  let grown = ONE;
  let factor = ONE + perEpoch;
  while (epochs > 0n) {
    if (epochs & 1n) grown = (grown * factor) / ONE;
    epochs >>= 1n;
    if (epochs > 0n) factor = (factor * factor) / ONE;
  }
  return (grown * (ONE + (perEpoch * rest) / epochSeconds)) / ONE - ONE;
}

/** How concentrated the pool's stake is. */
export interface Concentration {
  validators: number;
  /** Herfindahl index: 10,000 where one has all. */
  hhi: number;
  /** The smallest number of validators with more than a third. */
  nakamoto: number;
  /** Shares of the stake, largest first, from 0 to 1. */
  shares: number[];
}

export function concentration(rows: readonly Row[]): Concentration {
  const held = rows.map(({ held }) => held).filter(lamports => lamports > 0n).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  const whole = held.reduce((sum, lamports) => sum + lamports, 0n);
  const shares = held.map(lamports => Number((lamports * 1_000_000_000n) / whole) / 1e9);
  let sum = 0;
  const third = shares.findIndex(share => (sum += share) > 1 / 3);
  return {
    validators: held.length,
    hhi: Math.round(shares.reduce((total, share) => total + share * share, 0) * 10_000),
    nakamoto: third + 1,
    shares,
  };
}

/** LST in lamports at the pool's rate, rounded down. */
export function worth(shares: bigint, pool: Snapshot): bigint {
  const { totalLamports, lockedProfit, supply } = pool.state;
  return supply === 0n ? 0n : (shares * (totalLamports - lockedProfit)) / supply;
}
