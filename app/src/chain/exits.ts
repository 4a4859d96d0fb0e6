/** Validators that an exit as stake can be taken from, best first. */
import { findStakePda } from '@sluice-protocol/sdk';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Address } from '@solana/kit';
import { fetchMany } from './accounts';
import { useChain } from './context';
import type { Snapshot } from './pool';
import { quote, type Quoted } from './quotes';
import { useRecords } from './stakes';

/** The largest holdings are looked at: any of them is as good, and the choice stays short. */
const MOST_SOURCES = 12;
const DELEGATED = 1;

export interface ExitSource {
  vote: Address;
  stake: Address;
  /** The validator's place in the pool's list. */
  index: number;
  /** What the pool has in that account, in lamports. */
  held: bigint;
  quoted: Quoted<ReturnType<typeof quote.withdrawStake>>;
}

export function useExitStake(pool: Snapshot, shares: bigint | null): { sources: ExitSource[]; isLoading: boolean } {
  const { rpc, key } = useChain();
  const { data: records } = useRecords();
  const largest = useMemo(
    () =>
      (records ?? [])
        .map((record, index) => ({ record, index }))
        .filter(({ record }) => record.stakeState === DELEGATED)
        .sort((a, b) => (a.record.stake < b.record.stake ? 1 : -1))
        .slice(0, MOST_SOURCES),
    [records],
  );
  const votes = largest.map(({ record }) => record.vote);
  const { data: accounts, isLoading } = useQuery({
    queryKey: ['exitStake', ...key, pool.pool, votes.join()],
    queryFn: async () => {
      const stakes = await Promise.all(votes.map(async vote => (await findStakePda({ pool: pool.pool, vote }))[0]));
      const found = await fetchMany(rpc, stakes);
      return stakes.map((stake, at) => ({ stake, account: found[at] ?? null }));
    },
    enabled: votes.length > 0,
    refetchInterval: 10_000,
  });
  const sources = useMemo(() => {
    if (!accounts || !shares) return [];
    return largest.flatMap(({ record, index }, at): ExitSource[] => {
      const found = accounts[at];
      if (!found?.account) return [];
      const { stake, account } = found;
      const quoted = quote.attempt(() =>
        quote.withdrawStake(pool.quoted, pool.moment, quote.holding(record), quote.stakeSource(account.lamports, account.data), shares),
      );
      return [{ vote: record.vote, stake, index, held: record.stake, quoted }];
    });
  }, [accounts, shares, largest, pool]);
  // Those that can give what is asked come first, and among them the one that takes least for it.
  const ranked = useMemo(
    () => [...sources].sort((a, b) => (a.quoted.ok && b.quoted.ok ? (a.quoted.value.lamports < b.quoted.value.lamports ? 1 : -1) : Number(b.quoted.ok) - Number(a.quoted.ok))),
    [sources],
  );
  return { sources: ranked, isLoading: isLoading || records === undefined };
}

