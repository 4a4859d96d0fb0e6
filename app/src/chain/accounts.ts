/** Accounts by address and by filter, decoded or not. */
import { getBase58Decoder, type Address, type Base58EncodedBytes, type Commitment } from '@solana/kit';
import type { Connection } from './cluster';

export const COMMITMENT: Commitment = 'confirmed';

export interface Raw {
  lamports: bigint;
  owner: Address;
  data: Uint8Array;
}

export function fromBase64(text: string): Uint8Array {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

type Wire = { lamports: bigint; owner: Address; data: readonly [string, string] };

const raw = (account: Wire): Raw => ({ lamports: account.lamports, owner: account.owner, data: fromBase64(account.data[0]) });

/** Accounts of one slot, in the order asked for; `null` where there is none. At most a hundred. */
export async function fetchAccounts(rpc: Connection, addresses: readonly Address[]): Promise<{ slot: bigint; accounts: (Raw | null)[] }> {
  const { context, value } = await rpc.getMultipleAccounts(addresses, { commitment: COMMITMENT, encoding: 'base64' }).send();
  return { slot: context.slot, accounts: value.map(account => account && raw(account as Wire)) };
}

/** As {@link fetchAccounts}, for any number of addresses. */
export async function fetchMany(rpc: Connection, addresses: readonly Address[]): Promise<(Raw | null)[]> {
  const batches = Array.from({ length: Math.ceil(addresses.length / 100) }, (_, at) => addresses.slice(at * 100, at * 100 + 100));
  const found = await Promise.all(batches.map(batch => fetchAccounts(rpc, batch)));
  return found.flatMap(({ accounts }) => accounts);
}

export interface Match {
  offset: number;
  bytes: Uint8Array;
}

/** All accounts of a program whose data has those bytes at those places. */
export async function fetchByFilter(rpc: Connection, program: Address, matches: readonly Match[], size?: number): Promise<(Raw & { address: Address })[]> {
  const memcmp = matches.map(({ offset, bytes }) => ({
    memcmp: { offset: BigInt(offset), bytes: getBase58Decoder().decode(bytes) as Base58EncodedBytes, encoding: 'base58' as const },
  }));
  const filters = size === undefined ? memcmp : [...memcmp, { dataSize: BigInt(size) }];
  const found = await rpc.getProgramAccounts(program, { commitment: COMMITMENT, encoding: 'base64', filters }).send();
  return (found as unknown as { pubkey: Address; account: Wire }[]).map(({ pubkey, account }) => ({ address: pubkey, ...raw(account) }));
}

/** A u64 in the chain's byte order. */
export function u64(data: Uint8Array, offset: number): bigint {
  return new DataView(data.buffer, data.byteOffset, data.byteLength).getBigUint64(offset, true);
}
