/** The world's pool with as many validators as there can be: its own accounts, the lists made longer, written into a localnet's genesis. */
import { fetchPool, fetchSelection, stakingPool, validatorSelection } from '@sluice-protocol/sdk';
import type { Address } from '@solana/kit';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chain } from './chain';
import { localnet, type Served } from './server';

interface Layout {
  size: number;
  recordSize: number;
  recordsOffset: number;
}

/** A list of `count` records: those there are, over and over, each with a vote address of its own and numbers that differ. */
function lengthen(data: Buffer, { size, recordSize, recordsOffset }: Layout, count: number, amounts: readonly number[]): Buffer {
  const held = data.readUInt32LE(size);
  const long = Buffer.alloc(recordsOffset + count * recordSize);
  data.copy(long, 0, 0, recordsOffset);
  long.writeUInt32LE(count, size);
  for (let index = 0; index < count; index += 1) {
    const at = recordsOffset + index * recordSize;
    const from = recordsOffset + (index % held) * recordSize;
    data.copy(long, at, from, from + recordSize);
    // The vote address comes first in both kinds of record.
    long.fill(0, at, at + 32);
    long.writeUInt32BE(0xabcd_0000 + index, at);
    for (const field of amounts) long.writeBigUInt64LE(BigInt((index * 7_919) % 5_000) * 1_000_000_000n, at + field);
  }
  return long;
}

export async function crowded(chain: Chain, pool: Address, count: number): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-crowd-'));
  const { pool: state } = await fetchPool(chain.rpc, pool);
  const { address: config, config: settings } = await fetchSelection(chain.rpc, pool);
  const [[history]] = await Promise.all([stakingPool.findRateHistoryPda({ pool })]);
  const kept = [pool, state.reserve, history, state.lstMint, state.lpMint, state.escrow, config];
  const flags: string[] = [];
  const write = async (address: Address, change: (data: Buffer) => Buffer) => {
    const { value } = await chain.rpc.getAccountInfo(address, { encoding: 'base64' }).send();
    if (!value) throw new Error(`there is no account ${address}`);
    const data = change(Buffer.from(value.data[0], 'base64'));
    const file = join(folder, `${address}.json`);
    const account = { lamports: 50_000_000_000, data: [data.toString('base64'), 'base64'], owner: value.owner, executable: false, rentEpoch: 0 };
    writeFileSync(file, JSON.stringify({ pubkey: address, account }));
    flags.push('--account', address, file);
  };
  for (const address of kept) await write(address, data => data);
  // The stake of a record, and the score, what it holds and its target of a candidate's seat.
  await write(state.validatorList, data => lengthen(data, stakingPool.validatorListHeaderLayout, count, [32]));
  await write(settings.registry, data => lengthen(data, validatorSelection.registryHeaderLayout, count, [80, 104]));
  return localnet('--validators', '2', '--seed', '5', ...flags);
}
