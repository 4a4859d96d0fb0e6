import { getBase58Decoder, type Address, type Signature } from '@solana/kit';
import { stakingPool } from '@sluice-protocol/sdk';
import { expect, it } from 'vitest';
import type { Connection } from './cluster';
import { readOnce } from './events';
import { readFlows } from './flows';

const key = (byte: number) => getBase58Decoder().decode(new Uint8Array(32).fill(byte)) as Address;
const [POOL, USER, ACCOUNT] = [key(1), key(2), key(3)];

/** A server that lists those transactions, and shows only those that it has. */
function server(listed: readonly string[], shown: Map<string, object>) {
  let asked = 0;
  const answer = (value: unknown) => ({ send: async () => value });
  const rpc = {
    getSignaturesForAddress: () => answer(listed.map(signature => ({ signature, err: null }))),
    getTransaction: (signature: string) => ((asked += 1), answer(shown.get(signature) ?? null)),
  } as unknown as Connection;
  return { rpc, asked: () => asked };
}

it('a transaction the server does not show yet is asked for again; one it has shown is not', async () => {
  const shown = new Map<string, object>();
  const { rpc, asked } = server([], shown);
  const signature = 'late' as Signature;
  expect(await readOnce(rpc, signature)).toBeNull();
  shown.set(signature, { meta: { err: null, logMessages: [] } });
  expect(await readOnce(rpc, signature)).toEqual([]);
  expect(await readOnce(rpc, signature)).toEqual([]);
  expect(asked()).toBe(2);
});

it('what is missing of a wallet’s history is counted, and is there once the server shows it', async () => {
  const shown = new Map<string, object>();
  const { rpc } = server(['deposit'], shown);
  expect(await readFlows(rpc, USER, ACCOUNT, POOL)).toEqual({ flows: [], missing: 1 });
  shown.set('deposit', { meta: { err: null, logMessages: depositLog() } });
  expect(await readFlows(rpc, USER, ACCOUNT, POOL)).toEqual({ flows: [{ kind: 'in', shares: 9n, lamports: 10n }], missing: 0 });
});

/** The log of 10 lamports of the wallet's that became 9 shares, as the program writes it. */
function depositLog(): string[] {
  const bytes = new Uint8Array(8 + stakingPool.getSolDepositedDecoder().fixedSize);
  bytes.set([111, 73, 30, 181, 111, 34, 200, 6]);
  bytes.fill(1, 8, 40);
  bytes.fill(2, 40, 72);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(104, 10n, true);
  view.setBigUint64(112, 9n, true);
  const program = stakingPool.STAKING_POOL_PROGRAM_ADDRESS;
  return [`Program ${program} invoke [1]`, `Program data: ${btoa(String.fromCharCode(...bytes))}`, `Program ${program} success`];
}
