import { describe, expect, it } from 'vitest';
import { STAKE_PROGRAM_ADDRESS } from '@sluice-protocol/sdk';
import { addUp, hasMoved, mintGap, untilStill } from './proof';
import { SYSTEM } from './programs';

const RENT = 2_000n;

/** A delegated stake account, as the stake program lays it out. */
function stake(lamports: bigint, delegated: bigint) {
  const data = new Uint8Array(200);
  const view = new DataView(data.buffer);
  view.setUint32(0, 2, true);
  view.setBigUint64(156, delegated, true);
  view.setBigUint64(172, (1n << 64n) - 1n, true);
  return { lamports, data, owner: STAKE_PROGRAM_ADDRESS };
}

describe('stake accounts added up', () => {
  it('are their delegation, and no more rent than an account’s', () => {
    expect(addUp([stake(102_000n, 100_000n), null, stake(55_500n, 50_000n)], RENT)).toEqual({
      accounts: 2,
      delegated: 150_000n,
      rent: 4_000n,
      unswept: 3_500n,
    });
  });
  it('count for nothing where somebody else’s program owns them', () => {
    expect(addUp([{ ...stake(102_000n, 100_000n), owner: SYSTEM }], RENT).accounts).toBe(0);
  });
});

describe('the mint against the books', () => {
  it('agrees where tokens and unminted shares are all claims and what waits to be burnt', () => {
    expect(mintGap({ mintSupply: 95n, unminted: 10n, claims: 100n, pendingBurn: 5n })).toBe(0n);
  });
  it('has a gap below zero where there are more tokens than claims', () => {
    expect(mintGap({ mintSupply: 96n, unminted: 10n, claims: 100n, pendingBurn: 5n })).toBe(-1n);
  });
});

describe('the books before and after the accounts are read', () => {
  const books = { account: Uint8Array.of(1, 2, 3), list: Uint8Array.of(4, 5, 6, 7), reserveLamports: 50n, mintSupply: 9n };
  it('are the same where nothing moved', () => {
    expect(hasMoved(books, { ...books, account: books.account.slice(), list: books.list.slice() })).toBe(false);
  });
  it('tell that stake went from one account to another, which leaves the totals alone', () => {
    expect(hasMoved(books, { ...books, list: Uint8Array.of(4, 5, 7, 6) })).toBe(true);
    expect(hasMoved(books, { ...books, list: Uint8Array.of(4, 5, 6, 7, 0) })).toBe(true);
    expect(hasMoved(books, { ...books, account: Uint8Array.of(1, 2, 4) })).toBe(true);
  });
  it('tell of SOL and of tokens that came or went', () => {
    expect(hasMoved(books, { ...books, reserveLamports: 51n })).toBe(true);
    expect(hasMoved(books, { ...books, mintSupply: 8n })).toBe(true);
  });
});

describe('what may move while it is read', () => {
  /** Readings in a row, each of which says whether something moved; how the last one was, and how many there were. */
  const ask = async (...moved: boolean[]) => {
    let readings = 0;
    const { isMoving } = await untilStill(async () => ({ isMoving: moved[readings++]! }));
    return { isMoving, readings };
  };

  it('is read again until it holds still', async () => {
    expect(await ask(false)).toEqual({ isMoving: false, readings: 1 });
    expect(await ask(true, false, false)).toEqual({ isMoving: false, readings: 2 });
  });

  it('is said never to hold still rather than to be short', async () => {
    expect(await ask(true, true, true, true)).toEqual({ isMoving: true, readings: 3 });
  });
});
