/** The connection the pages use, and what is known of the cluster behind it. */
import { useQuery } from '@tanstack/react-query';
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { useSettings } from '../settings';
import { connect, identify, type Cluster, type Connection } from './cluster';

export interface Chain {
  rpc: Connection;
  url: string;
  /** `null` until the server has answered once. */
  cluster: Cluster | null;
  /** The server does not answer now. What is on the page is what it said last. */
  isDown: boolean;
  /** Why, while it is down. */
  downError: unknown;
  retry: () => void;
  /** What queries of this cluster are keyed by. */
  key: readonly string[];
}

const Context = createContext<Chain | null>(null);

export function ChainProvider({ children }: { children: ReactNode }) {
  const { rpcUrl } = useSettings().settings;
  const rpc = useMemo(() => connect(rpcUrl), [rpcUrl]);
  const { data, isError, error, refetch } = useQuery({
    queryKey: ['cluster', rpcUrl],
    queryFn: () => identify(rpc, rpcUrl),
    refetchInterval: query => (query.state.status === 'error' ? 2_000 : 10_000),
    retry: false,
  });
  const chain = useMemo<Chain>(
    () => ({
      rpc,
      url: rpcUrl,
      cluster: data ?? null,
      isDown: isError,
      downError: error,
      retry: () => void refetch(),
      key: [rpcUrl, data?.genesis ?? ''],
    }),
    [rpc, rpcUrl, data, isError, error, refetch],
  );
  return <Context value={chain}>{children}</Context>;
}

export function useChain(): Chain {
  const chain = useContext(Context);
  if (!chain) throw new Error('useChain outside of ChainProvider');
  return chain;
}
