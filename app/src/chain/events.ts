/** Events the programs logged, read from transactions. */
import { findActivatingStakePda, findDeactivatingStakePda, findStakePda, parseEvents } from '@sluice-protocol/sdk';
import type { Address, Signature } from '@solana/kit';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { about } from '../lib/feed';
import type { Connection } from './cluster';
import { useChain } from './context';
import { usePoolPlace } from './pool';

export type ChainEvent = ReturnType<typeof parseEvents>[number];

/** What a transaction logged, or `null` where the server does not have it: it may list one before it can show it. */
export async function readEvents(rpc: Connection, signature: Signature): Promise<ChainEvent[] | null> {
  const transaction = await rpc.getTransaction(signature, { commitment: 'confirmed', encoding: 'json', maxSupportedTransactionVersion: 0 }).send();
  if (!transaction?.meta) return null;
  return transaction.meta.err ? [] : parseEvents(transaction.meta.logMessages ?? []);
}

const seen = new Map<string, ChainEvent[]>();

/** As {@link readEvents}. Transactions do not change: each is read once, but one that was not there is asked for again. */
export async function readOnce(rpc: Connection, signature: Signature): Promise<ChainEvent[] | null> {
  const known = seen.get(signature);
  if (known) return known;
  const events = await readEvents(rpc, signature);
  if (events) seen.set(signature, events);
  return events;
}

export interface Happened {
  signature: Signature;
  slot: bigint;
  time: bigint | null;
  events: ChainEvent[];
}

const NEWEST = 25;

/** What touched accounts last, newest first; no more than `most` transactions are read. */
export function useFeed(accounts: readonly Address[], most = NEWEST) {
  const { rpc, key } = useChain();
  const { data: place } = usePoolPlace();
  return useQuery({
    queryKey: ['feed', ...key, place?.pool, accounts.join(), most],
    queryFn: async (): Promise<Happened[]> => {
      const lists = await Promise.all(accounts.map(account => rpc.getSignaturesForAddress(account, { limit: NEWEST, commitment: 'confirmed' }).send()));
      const unique = new Map(lists.flat().filter(({ err }) => !err).map(entry => [entry.signature, entry]));
      const newest = [...unique.values()].sort((a, b) => (a.slot < b.slot ? 1 : -1)).slice(0, most);
      const read = await Promise.all(
        newest.map(async ({ signature, slot, blockTime }) => ({ signature, slot, time: blockTime as bigint | null, events: (await readOnce(rpc, signature)) ?? [] })),
      );
      return read.filter(({ events }) => events.length > 0);
    },
    enabled: accounts.length > 0,
    refetchInterval: 6_000,
  });
}

/**
 * What happened with a validator. Its vote account would not tell: its newest transactions are its votes. The pool's stake accounts
 * with it take part in whatever moves its stake, the selection's registry in bids, bonds and marks.
 */
export function useHistory(vote: Address, registry: Address | null) {
  const { data: place } = usePoolPlace();
  const pool = place?.pool;
  const { data: stakes } = useQuery({
    queryKey: ['stakes of', pool, vote],
    queryFn: async () => {
      const found = await Promise.all([findStakePda, findActivatingStakePda, findDeactivatingStakePda].map(find => find({ pool: pool!, vote })));
      return found.map(([stake]) => stake);
    },
    enabled: pool !== undefined,
    staleTime: Infinity,
  });
  const accounts = useMemo(() => (stakes ? [...stakes, ...(registry ? [registry] : [])] : []), [stakes, registry]);
  // Each account has its share: others' bids do not push out what happened to this one's stake.
  const { data } = useFeed(accounts, NEWEST * accounts.length);
  return useMemo(() => data && about(data, vote), [data, vote]);
}
