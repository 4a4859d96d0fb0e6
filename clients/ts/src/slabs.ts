/**
 * Reading raw accounts: who owns them, what they are, and slabs, which are a header and a list of fixed-size records:
 * discriminator (8) | header | length (u32) | padding to the records' alignment | records | room to grow.
 */

import type { Address, FixedSizeDecoder, ReadonlyUint8Array } from '@solana/kit';

/** An account type of one of the programs, as `generated/…/layouts.ts` has it. */
export type AccountLayout<T> = {
  name: string;
  programAddress: Address;
  discriminator: ReadonlyUint8Array;
  /** Bytes of the account; of a slab, without its records. */
  size: number;
  getDecoder: () => FixedSizeDecoder<T>;
};

export type SlabLayout<H, R> = AccountLayout<H> & {
  recordSize: number;
  /** Where the first record starts. */
  recordsOffset: number;
  getRecordDecoder: () => FixedSizeDecoder<R>;
};

export type Slab<H, R> = {
  header: H;
  records: R[];
  /** How many records the account has room for. */
  capacity: number;
};

/** Why bytes are not the account they were taken for. */
export class DecodeError extends Error {
  override name = 'DecodeError';
}

/**
 * Decodes account data. Bytes behind the struct are ignored, as the program does.
 *
 * Anybody can create an account with the same bytes: pass `owner` for data that was not fetched by an address known to be
 * right.
 */
export function decodeData<T>(layout: AccountLayout<T>, data: ReadonlyUint8Array, owner?: Address): T {
  if (owner !== undefined && owner !== layout.programAddress) {
    throw new DecodeError(`${layout.name}: the account is owned by ${owner}, not by ${layout.programAddress}`);
  }
  if (data.length < layout.size) {
    throw new DecodeError(`${layout.name}: ${data.length} bytes, expected at least ${layout.size}`);
  }
  if (layout.discriminator.some((byte, index) => data[index] !== byte)) {
    throw new DecodeError(`${layout.name}: the account has the discriminator of something else`);
  }
  return layout.getDecoder().decode(data);
}

/** Bytes of an account with room for so many records: what the client that creates the account asks for. */
export function slabSpace<H, R>(layout: SlabLayout<H, R>, records: number): number {
  return layout.recordsOffset + records * layout.recordSize;
}

/** Decodes a slab. See {@link decodeData} for what it does not check. */
export function decodeSlab<H, R>(layout: SlabLayout<H, R>, data: ReadonlyUint8Array, owner?: Address): Slab<H, R> {
  const header = decodeData(layout, data, owner);
  const tooShort = (expected: number) =>
    new DecodeError(`${layout.name}: ${data.length} bytes, expected at least ${expected}`);
  if (data.length < layout.recordsOffset) throw tooShort(layout.recordsOffset);
  const view = new DataView(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  const length = view.getUint32(layout.size, true);
  if (data.length < slabSpace(layout, length)) throw tooShort(slabSpace(layout, length));
  const decoder = layout.getRecordDecoder();
  const records = Array.from({ length }, (_, index) => decoder.read(data, slabSpace(layout, index))[0]);
  const capacity = Math.floor((data.length - layout.recordsOffset) / layout.recordSize);
  return { header, records, capacity };
}
