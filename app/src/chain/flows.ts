/** What the wallet bought and sold, read from the events of its own transactions. */
import { useQuery } from '@tanstack/react-query';
import type { Address, Signature } from '@solana/kit';
import type { Flow } from '../lib/earned';
import { useWallet } from '../wallet/context';
import type { Connection } from './cluster';
import { useChain } from './context';
import { readOnce, type ChainEvent } from './events';
import { usePool, usePoolPlace } from './pool';
import { tokenAccountOf } from './tokens';

/** Transactions of a wallet that are looked at; older ones count as transfers. */
const MOST = 300;

function flowOf(event: ChainEvent, user: Address, pool: Address): Flow | null {
  const data = event.data as Record<string, unknown>;
  if (event.program !== 'staking_pool' || data.pool !== pool) return null;
  const amount = (name: string) => data[name] as bigint;
  const isUser = data.user === user || data.owner === user;
  if (!isUser) return null;
  switch (event.name) {
    case 'SolDeposited':
      return { kind: 'in', shares: amount('minted'), lamports: amount('lamports') };
    case 'StakeDeposited':
      return { kind: 'in', shares: amount('minted'), lamports: amount('delegated') + amount('excess') };
    case 'TicketCancelled':
      return { kind: 'in', shares: amount('returned'), lamports: amount('orderedLamports') };
    case 'SolWithdrawn':
      return { kind: 'out', shares: amount('shares'), lamports: amount('paid') };
    case 'UnstakeOrdered':
      return { kind: 'out', shares: amount('shares'), lamports: amount('orderedLamports') };
    case 'StakeWithdrawn':
      return { kind: 'out', shares: amount('shares'), lamports: amount('lamports') };
    default:
      return null;
  }
}

export interface Flows {
  flows: Flow[];
  /** Transactions that are listed, but that the server does not show: what they moved is not known. */
  missing: number;
}

export async function readFlows(rpc: Connection, user: Address, account: Address, pool: Address): Promise<Flows> {
  const signatures = await rpc.getSignaturesForAddress(account, { limit: MOST, commitment: 'confirmed' }).send();
  const flows: Flow[] = [];
  let missing = 0;
  for (const { signature, err } of [...signatures].reverse()) {
    if (err) continue;
    const events = await readOnce(rpc, signature as Signature);
    if (!events) missing += 1;
    for (const event of events ?? []) {
      const flow = flowOf(event, user, pool);
      if (flow) flows.push(flow);
    }
  }
  return { flows, missing };
}

export function useFlows() {
  const { rpc, key } = useChain();
  const { wallet } = useWallet();
  const { data: place } = usePoolPlace();
  const { pool } = usePool();
  const tokenProgram = pool?.state.tokenProgram;
  return useQuery({
    queryKey: ['flows', ...key, place?.pool, wallet?.address],
    queryFn: async () => {
      const account = await tokenAccountOf(wallet!.address, place!.mint, tokenProgram!);
      return readFlows(rpc, wallet!.address, account, place!.pool);
    },
    enabled: wallet !== null && place !== undefined && tokenProgram !== undefined,
    staleTime: 10_000,
    refetchInterval: query => (query.state.data?.missing ? 6_000 : false),
  });
}
