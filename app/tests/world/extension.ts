/**
 * A wallet as a browser extension brings one: it announces itself by the wallet standard, holds its own key, asks its owner. Runs in the
 * page; its owner is `window.owner`.
 */
export interface Owner {
  answer: 'sign' | 'reject' | 'wait';
  asked: number;
  /** Signs what waits. */
  release: () => void;
  /** Makes a second account; its address. */
  other: () => Promise<string>;
  /** The wallet tells of a change: the second account is in use now, or the same account once more. */
  change: (to?: 'other') => void;
}

export function installExtension(chains: string[]): void {
  const owner: Owner = { answer: 'sign', asked: 0, release: () => {}, other, change };
  (window as unknown as { owner: Owner }).owner = owner;
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  const base58 = (bytes: Uint8Array) => {
    let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    let text = '';
    for (; number > 0n; number /= 58n) text = alphabet[Number(number % 58n)] + text;
    for (const byte of bytes) {
      if (byte !== 0) break;
      text = `1${text}`;
    }
    return text;
  };
  interface Account {
    address: string;
    publicKey: Uint8Array;
    chains: string[];
    features: string[];
  }
  const pairs = new Map<string, CryptoKeyPair>();
  const listeners = new Set<(changed: { accounts: object[] }) => void>();
  let account: Account | null = null;
  let second: Account | null = null;
  async function fresh(): Promise<Account> {
    const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
    const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    pairs.set(base58(publicKey), pair);
    return { address: base58(publicKey), publicKey, chains, features: ['solana:signTransaction'] };
  }
  async function other() {
    second = await fresh();
    return second.address;
  }
  function change(to?: 'other') {
    account = to ? second : account && { ...account };
    for (const listener of listeners) listener({ accounts: account ? [account] : [] });
  }
  const connect = async ({ silent }: { silent?: boolean } = {}) => {
    if (!account && silent) return { accounts: [] };
    account ??= await fresh();
    return { accounts: [account] };
  };
  const signTransaction = async ({ account: by, transaction }: { account: { address: string }; transaction: Uint8Array }) => {
    owner.asked += 1;
    if (owner.answer === 'reject') throw Object.assign(new Error('User rejected the request.'), { code: 4001 });
    if (owner.answer === 'wait') await new Promise<void>(released => (owner.release = released));
    // Wire form: a count of signatures, room for each, the message. The payer's comes first.
    const signed = new Uint8Array(transaction);
    const message = signed.slice(1 + signed[0]! * 64);
    signed.set(new Uint8Array(await crypto.subtle.sign('Ed25519', pairs.get(by.address)!.privateKey, message)), 1);
    return [{ signedTransaction: signed }];
  };
  const wallet = {
    version: '1.0.0',
    name: 'Test Extension',
    icon: 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=',
    chains,
    accounts: [],
    features: {
      'standard:connect': { version: '1.0.0', connect },
      'standard:events': { version: '1.0.0', on: (_: string, listener: (changed: { accounts: object[] }) => void) => (listeners.add(listener), () => listeners.delete(listener)) },
      'solana:signTransaction': { version: '1.0.0', supportedTransactionVersions: ['legacy', 0], signTransaction },
    },
  };
  const announce = (api: { register: (wallet: object) => void }) => api.register(wallet);
  window.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: announce }));
  window.addEventListener('wallet-standard:app-ready', event => announce((event as CustomEvent).detail));
}
