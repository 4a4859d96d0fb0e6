/** Wallets that announce themselves by the wallet standard: browser extensions, and whatever else does. */
import { address } from '@solana/kit';
import { SolanaSignTransaction, type SolanaSignTransactionFeature } from '@solana/wallet-standard-features';
import { getWallets } from '@wallet-standard/app';
import type { Wallet as StandardWallet, WalletAccount } from '@wallet-standard/base';
import {
  StandardConnect,
  StandardDisconnect,
  StandardEvents,
  type StandardConnectFeature,
  type StandardDisconnectFeature,
  type StandardEventsFeature,
} from '@wallet-standard/features';
import { Rejected, type Wallet } from './types';

type Features = StandardConnectFeature & SolanaSignTransactionFeature & Partial<StandardDisconnectFeature & StandardEventsFeature>;

/** Those that can do what the page needs. */
export function standardWallets(): StandardWallet[] {
  return getWallets()
    .get()
    .filter(wallet => StandardConnect in wallet.features && SolanaSignTransaction in wallet.features);
}

export function onWalletsChanged(changed: () => void): () => void {
  const { on } = getWallets();
  const offs = [on('register', changed), on('unregister', changed)];
  return () => offs.forEach(off => off());
}

/** Asks the wallet for an account. `silent`: only if its owner has agreed before. */
export async function connect(wallet: StandardWallet, silent: boolean): Promise<Wallet | null> {
  const features = wallet.features as Features;
  let accounts: readonly WalletAccount[];
  try {
    ({ accounts } = await features[StandardConnect].connect({ silent }));
  } catch (error) {
    if (silent) return null;
    throw rejected(error);
  }
  const account = accounts.find(({ chains }) => chains.some(chain => chain.startsWith('solana:')));
  return account ? held(wallet, account) : null;
}

/** Calls back with the account in use after each change, `null` when there is none left. */
export function follow(wallet: StandardWallet, changed: (wallet: Wallet | null) => void): () => void {
  const events = (wallet.features as Features)[StandardEvents];
  if (!events) return () => {};
  return events.on('change', ({ accounts }) => {
    if (!accounts) return;
    const account = accounts.find(({ chains }) => chains.some(chain => chain.startsWith('solana:')));
    changed(account ? held(wallet, account) : null);
  });
}

export async function disconnect(wallet: StandardWallet): Promise<void> {
  await (wallet.features as Features)[StandardDisconnect]?.disconnect();
}

function held(wallet: StandardWallet, account: WalletAccount): Wallet {
  const feature = (wallet.features as Features)[SolanaSignTransaction];
  return {
    kind: 'standard',
    name: wallet.name,
    address: address(account.address),
    supports: chain => account.chains.includes(chain as `${string}:${string}`),
    sign: async (transaction, chain) => {
      const isKnown = account.chains.includes(chain as `${string}:${string}`);
      try {
        const [signed] = await feature.signTransaction({
          account,
          transaction,
          ...(isKnown ? { chain: chain as `solana:${string}` } : {}),
        });
        if (!signed) throw new Error('The wallet returned no transaction');
        return signed.signedTransaction;
      } catch (error) {
        throw rejected(error);
      }
    },
  };
}

/** Wallets say no in many ways: the standard's error 4001, or some words. */
function rejected(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  const says = error instanceof Error ? error.message : String(error);
  return code === 4001 || /reject|denied|declin|cancel/i.test(says) ? new Rejected() : error;
}
