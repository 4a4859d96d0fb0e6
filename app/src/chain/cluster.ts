/** Which cluster an RPC server serves. Clusters are told apart by the hash of their first block, never by the server's address. */
import { SOLANA_ERROR__JSON_RPC__METHOD_NOT_FOUND, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR, SolanaError, createSolanaRpc, type Rpc, type SolanaRpcApi } from '@solana/kit';

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

/** The server answered, and said no. */
export class MethodRefused extends Error {
  override name = 'MethodRefused';
  constructor(
    message: string,
    readonly code: number | undefined,
  ) {
    super(message);
  }
}

/** A call by plain JSON-RPC, for methods that only a localnet has. */
export async function call<T>(url: string, method: string, params: unknown[] = []): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  // Told as the library tells it, so that whoever catches it need not know who called.
  if (!response.ok) {
    throw new SolanaError(SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR, { headers: response.headers, message: response.statusText, statusCode: response.status });
  }
  const answer = (await response.json()) as { result?: T; error?: { message?: string; code?: number } };
  if (answer.error) throw new MethodRefused(answer.error.message ?? method, answer.error.code);
  return answer.result as T;
}

export async function identify(rpc: Connection, url: string): Promise<Cluster> {
  const genesis = await rpc.getGenesisHash().send();
  const known = KNOWN[genesis];
  if (known) return { kind: known, genesis, chain: `solana:${known}` };
  const isLocal = isLoopback(url) && (await answersAsLocalnet(url));
  return { kind: isLocal ? 'localnet' : 'unknown', genesis, chain: 'solana:localnet' };
}

/** Whether the server is on this machine. One elsewhere can answer whatever it likes, and is not trusted to be a toy. */
export function isLoopback(url: string): boolean {
  try {
    const { hostname } = new URL(url);
    return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  } catch {
    return false;
  }
}

/** Only `sluice localnet` has this method. A failure of another kind tells nothing: it is thrown, and the server is asked again. */
async function answersAsLocalnet(url: string): Promise<boolean> {
  try {
    await call(url, 'localnet_validators');
    return true;
  } catch (error) {
    if (error instanceof MethodRefused && error.code === SOLANA_ERROR__JSON_RPC__METHOD_NOT_FOUND) return false;
    throw error;
  }
}
