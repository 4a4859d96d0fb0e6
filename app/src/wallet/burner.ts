/**
 * A wallet whose key lies in this browser's storage, for localnets only: whoever can read the storage has it. It is offered only
 * where the server is on this machine and answers methods that no real cluster has.
 */
import {
  createKeyPairFromBytes,
  createKeyPairFromPrivateKeyBytes,
  getAddressFromPublicKey,
  getTransactionDecoder,
  getTransactionEncoder,
  partiallySignTransaction,
} from '@solana/kit';
import type { Wallet } from './types';

const KEY = 'sluice.burner';

/** The seed kept for this localnet, made when there is none. */
function seed(genesis: string): Uint8Array {
  const stored = localStorage.getItem(`${KEY}.${genesis}`);
  if (stored && /^[0-9a-f]{64}$/.test(stored)) return Uint8Array.from(stored.match(/../g)!, byte => parseInt(byte, 16));
  const fresh = crypto.getRandomValues(new Uint8Array(32));
  localStorage.setItem(`${KEY}.${genesis}`, Array.from(fresh, byte => byte.toString(16).padStart(2, '0')).join(''));
  return fresh;
}

export async function burner(genesis: string): Promise<Wallet> {
  return held(await createKeyPairFromPrivateKeyBytes(seed(genesis)), 'Burner');
}

/** A key the localnet gave out: a validator's. Kept in memory only. */
export async function borrowed(secret: Uint8Array, name: string): Promise<Wallet> {
  return held(await createKeyPairFromBytes(secret), name);
}

async function held(pair: CryptoKeyPair, name: string): Promise<Wallet> {
  return {
    kind: 'burner',
    name,
    address: await getAddressFromPublicKey(pair.publicKey),
    supports: () => true,
    sign: async wire => {
      const signed = await partiallySignTransaction([pair], getTransactionDecoder().decode(wire));
      return new Uint8Array(getTransactionEncoder().encode(signed));
    },
  };
}
