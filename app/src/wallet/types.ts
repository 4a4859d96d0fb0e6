/** A wallet as the pages see it, wherever its key is. */
import type { Address } from '@solana/kit';

export interface Wallet {
  kind: 'standard' | 'burner';
  name: string;
  address: Address;
  /** Whether its owner said it is for this chain; a burner is for the localnet it was made on. */
  supports: (chain: string) => boolean;
  /** Signs a whole transaction in wire form and gives it back in wire form. Throws {@link Rejected} when its owner said no. */
  sign: (wire: Uint8Array, chain: string) => Promise<Uint8Array>;
}

/** The owner of the wallet said no. */
export class Rejected extends Error {
  constructor() {
    super('The signature was rejected in the wallet');
    this.name = 'Rejected';
  }
}
