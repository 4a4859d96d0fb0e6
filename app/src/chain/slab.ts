/**
 * Accounts that are a header and a list of records, up to some megabytes of them. They are read without freezing the page: parsed by
 * the browser itself, and decoded a few at a time.
 */
import type { Address } from '@solana/kit';
import { fromBase64 } from './accounts';
import { call } from './cluster';
import { Missing } from './errors';

interface Layout<T> {
  /** Bytes before the count of records. */
  size: number;
  recordSize: number;
  recordsOffset: number;
  getRecordDecoder: () => { decode: (bytes: Uint8Array, offset?: number) => T };
}

interface Answer {
  value: { data: [string, string] } | null;
}

export async function fetchLarge(url: string, account: Address): Promise<Uint8Array> {
  const { value } = await call<Answer>(url, 'getAccountInfo', [account, { encoding: 'base64', commitment: 'confirmed' }]);
  if (!value) throw new Missing('NoAccount');
  return fromBase64(value.data[0]);
}

/** Milliseconds of decoding after which the page gets to breathe. */
const AT_ONCE = 12;

export async function decodeSlab<T>(data: Uint8Array, layout: Layout<T>): Promise<T[]> {
  const count = countOf(data, layout);
  const decoder = layout.getRecordDecoder();
  const records: T[] = [];
  let since = performance.now();
  for (let index = 0; index < count; index += 1) {
    records.push(decoder.decode(data, layout.recordsOffset + index * layout.recordSize));
    if (performance.now() - since > AT_ONCE) {
      await new Promise(resolve => setTimeout(resolve, 0));
      since = performance.now();
    }
  }
  return records;
}

/** How many records there are, and how many the account has room for. */
export function countOf(data: Uint8Array, layout: Layout<unknown>): number {
  return new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(layout.size, true);
}

export function capacityOf(data: Uint8Array, layout: Layout<unknown>): number {
  return Math.floor((data.length - layout.recordsOffset) / layout.recordSize);
}
