/** Events the programs logged, read from transactions. */
import { parseEvents } from '@sluice-protocol/sdk';
import type { Address, Signature } from '@solana/kit';
import { useQuery } from '@tanstack/react-query';
import type { Connection } from './cluster';
import { useChain } from './context';
import { usePoolPlace } from './pool';

export type ChainEvent = ReturnType<typeof parseEvents>[number];

export async function readEvents(rpc: Connection, signature: Signature): Promise<ChainEvent[]> {
  const transaction = await rpc.getTransaction(signature, { commitment: 'confirmed', encoding: 'json', maxSupportedTransactionVersion: 0 }).send();
  return transaction?.meta?.err ? [] : parseEvents(transaction?.meta?.logMessages ?? []);
}

export interface Happened {
  signature: Signature;
  slot: bigint;
  time: bigint | null;
  events: ChainEvent[];
}

const NEWEST = 25;

/** What touched an account last, newest first. Transactions do not change: each is read once. */
export function useFeed(accounts: readonly Address[]) {
  const { rpc, key } = useChain();
  const { data: place } = usePoolPlace();
  return useQuery({
    queryKey: ['feed', ...key, place?.pool, accounts.join()],
    queryFn: async (): Promise<Happened[]> => {
      const lists = await Promise.all(accounts.map(account => rpc.getSignaturesForAddress(account, { limit: NEWEST, commitment: 'confirmed' }).send()));
      const unique = new Map(lists.flat().filter(({ err }) => !err).map(entry => [entry.signature, entry]));
      const newest = [...unique.values()].sort((a, b) => (a.slot < b.slot ? 1 : -1)).slice(0, NEWEST);
      const read = await Promise.all(
        newest.map(async ({ signature, slot, blockTime }) => {
          const events = seen.get(signature) ?? (await readEvents(rpc, signature));
          seen.set(signature, events);
          return { signature, slot, time: blockTime as bigint | null, events };
        }),
      );
      return read.filter(({ events }) => events.length > 0);
    },
    enabled: accounts.length > 0,
    refetchInterval: 6_000,
  });
}

const seen = new Map<string, ChainEvent[]>();
