/** The connected wallet, if any. */
import type { Wallet as StandardWallet } from '@wallet-standard/base';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { call } from '../chain/cluster';
import { useChain } from '../chain/context';
import { borrowed, burner } from './burner';
import { connect, disconnect, follow, onWalletsChanged, standardWallets } from './standard';
import type { Wallet } from './types';

const LAST = 'sluice.wallet';
const BURNER = 'burner';

interface Held {
  wallet: Wallet | null;
  /** Those the browser has. */
  available: StandardWallet[];
  connectStandard: (wallet: StandardWallet) => Promise<void>;
  /** Only on a localnet. */
  connectBurner: () => Promise<void>;
  /** Becomes the withdrawer of a validator of a localnet, until the page is left. */
  borrowValidator: (name: string) => Promise<void>;
  disconnect: () => void;
}

const Context = createContext<Held | null>(null);

export function WalletProvider({ children }: { children: ReactNode }) {
  const { cluster, url } = useChain();
  const [wallet, setWallet] = useState<Wallet | null>(null);
  const [available, setAvailable] = useState(standardWallets);
  const source = useRef<StandardWallet | null>(null);
  const unfollow = useRef<() => void>(() => {});

  useEffect(() => onWalletsChanged(() => setAvailable(standardWallets())), []);

  const adopt = useCallback((next: Wallet | null, standard: StandardWallet | null, remember: string | null) => {
    unfollow.current();
    unfollow.current = standard ? follow(standard, setWallet) : () => {};
    source.current = standard;
    setWallet(next);
    if (remember) localStorage.setItem(LAST, remember);
    else localStorage.removeItem(LAST);
  }, []);

  const connectStandard = useCallback(
    async (standard: StandardWallet) => {
      const next = await connect(standard, false);
      if (next) adopt(next, standard, standard.name);
    },
    [adopt],
  );

  const genesis = cluster?.kind === 'localnet' ? cluster.genesis : null;
  const connectBurner = useCallback(async () => {
    if (genesis) adopt(await burner(genesis), null, BURNER);
  }, [adopt, genesis]);

  const borrowValidator = useCallback(
    async (name: string) => {
      if (!genesis) return;
      const keys = await call<{ withdrawer: number[] }>(url, 'localnet_validatorKeys', [name]);
      adopt(await borrowed(Uint8Array.from(keys.withdrawer), name), null, null);
    },
    [adopt, genesis, url],
  );

  const leave = useCallback(() => {
    if (source.current) void disconnect(source.current);
    adopt(null, null, null);
  }, [adopt]);

  // Whoever was connected last comes back, if the wallet agrees without asking. A burner is of one localnet alone.
  useEffect(() => {
    const last = localStorage.getItem(LAST);
    if (wallet?.kind === 'burner') {
      if (last === BURNER && genesis) void burner(genesis).then(next => next.address !== wallet.address && setWallet(next));
      if (cluster && !genesis) setWallet(null);
      return;
    }
    if (wallet || !last) return;
    if (last === BURNER) {
      if (genesis) void connectBurner();
      return;
    }
    const standard = available.find(({ name }) => name === last);
    if (standard) void connect(standard, true).then(next => next && adopt(next, standard, last));
  }, [wallet, available, cluster, genesis, connectBurner, adopt]);

  const held = useMemo(
    () => ({ wallet, available, connectStandard, connectBurner, borrowValidator, disconnect: leave }),
    [wallet, available, connectStandard, connectBurner, borrowValidator, leave],
  );
  return <Context value={held}>{children}</Context>;
}

export function useWallet(): Held {
  const held = useContext(Context);
  if (!held) throw new Error('useWallet outside of WalletProvider');
  return held;
}
