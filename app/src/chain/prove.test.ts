import { stakingPool } from '@sluice-protocol/sdk';
import type { Address } from '@solana/kit';
import { afterEach, expect, it, vi } from 'vitest';
import type { Connection } from './cluster';
import type { Snapshot } from './pool';
import { prove } from './proof';

/** The list as the server tells it, one after another; the last one again and again. */
const lists: Uint8Array[] = [];
const list = (mark: number) => new Uint8Array(stakingPool.validatorListHeaderLayout.recordsOffset).fill(mark, 0, 1);

vi.mock('./slab', async original => ({
  ...(await original<typeof import('./slab')>()),
  fetchLarge: async () => (lists.length > 1 ? lists.shift()! : lists[0]!),
}));
vi.mock('./accounts', async original => ({
  ...(await original<typeof import('./accounts')>()),
  fetchAccounts: async () => ({
    slot: 1n,
    accounts: [new Uint8Array(stakingPool.poolLayout.size), new Uint8Array(0), new Uint8Array(82)].map(data => ({ lamports: 0n, owner: 'x' as Address, data })),
  }),
  fetchMany: async () => [],
}));

afterEach(() => void (lists.length = 0));

const ask = () => {
  const counted = vi.fn();
  const pool = { state: { validatorList: 'list' }, chain: { rentFor: () => 0n } } as unknown as Snapshot;
  return prove({} as Connection, '', pool, counted).then(({ isMoving }) => ({ isMoving, readings: counted.mock.calls.length }));
};

it('is read once where the list stays as it is', async () => {
  lists.push(list(1));
  expect(await ask()).toEqual({ isMoving: false, readings: 1 });
});

it('is read again where stake moved meanwhile, until it holds still', async () => {
  lists.push(list(1), list(2), list(2));
  expect(await ask()).toEqual({ isMoving: false, readings: 2 });
});

it('says that it never held still rather than that something is short', async () => {
  lists.push(...[1, 2, 3, 4, 5, 6, 7].map(list));
  expect(await ask()).toEqual({ isMoving: true, readings: 3 });
});
