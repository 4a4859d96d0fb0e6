/** Which cluster an RPC server serves. Clusters are told apart by the hash of their first block, never by the server's address. */
import { createSolanaRpc, type Rpc, type SolanaRpcApi } from '@solana/kit';

export type ClusterKind = 'mainnet' | 'testnet' | 'devnet' | 'localnet' | 'unknown';
export type Connection = Rpc<SolanaRpcApi>;

export interface Cluster {
  kind: ClusterKind;
  genesis: string;
  /** As the wallet standard names it. */
  chain: string;
}

const KNOWN: Record<string, Exclude<ClusterKind, 'localnet' | 'unknown'>> = {
  '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d': 'mainnet',
  '4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpPk2NsNY': 'testnet',
  EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG: 'devnet',
};

export function connect(url: string): Connection {
  return createSolanaRpc(url);
}

/** A call by plain JSON-RPC, for methods that only a localnet has. */
export async function call<T>(url: string, method: string, params: unknown[] = []): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const answer = (await response.json()) as { result?: T; error?: { message?: string } };
  if (answer.error) throw new Error(answer.error.message ?? method);
  return answer.result as T;
}

export async function identify(rpc: Connection, url: string): Promise<Cluster> {
  const genesis = await rpc.getGenesisHash().send();
  const known = KNOWN[genesis];
  if (known) return { kind: known, genesis, chain: `solana:${known}` };
  // Only `sluice localnet` answers this, and no cluster with money on it runs on that.
  const isLocal = await call(url, 'localnet_validators').then(
    () => true,
    () => false,
  );
  return { kind: isLocal ? 'localnet' : 'unknown', genesis, chain: 'solana:localnet' };
}
