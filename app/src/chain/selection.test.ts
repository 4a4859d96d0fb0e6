import { describe, expect, it } from 'vitest';
import type { Address } from '@solana/kit';
import { compound, concentration, type Row } from './selection';

const row = (held: bigint): Row => ({
  vote: 'Vote111111111111111111111111111111111111111' as Address,
  candidate: null,
  candidateIndex: -1,
  record: null,
  recordIndex: -1,
  held,
  leaving: 0n,
  target: 0n,
  change: 0n,
});

describe('the yield of a year', () => {
  it('compounds whole epochs and adds the rest in proportion', () => {
    // A hundredth an epoch, two and a half epochs a year.
    expect(compound(10_000_000_000n, 12_623_040n)).toBe(25_200_500_000n);
  });
  it('is nothing where no epoch has a length', () => {
    expect(compound(10_000_000_000n, 0n)).toBe(0n);
  });
});

describe('concentration', () => {
  it('is whole where one has all', () => {
    expect(concentration([row(5n), row(0n)])).toEqual({ validators: 1, hhi: 10_000, nakamoto: 1, shares: [1] });
  });
  it('counts how few have more than a third', () => {
    const told = concentration([row(10n), row(10n), row(10n), row(10n)]);
    expect(told.hhi).toBe(2_500);
    expect(told.nakamoto).toBe(2);
  });
  it('of nothing is nothing', () => {
    expect(concentration([])).toEqual({ validators: 0, hhi: 0, nakamoto: 0, shares: [] });
  });
});
