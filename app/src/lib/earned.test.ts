import { describe, expect, it } from 'vitest';
import { earned } from './earned';

const SOL = 1_000_000_000n;

describe('what was earned', () => {
  it('is told by what was paid for what is held', () => {
    expect(earned([{ kind: 'in', shares: 10n * SOL, lamports: 10n * SOL }], 10n * SOL)).toEqual({
      shares: 10n * SOL,
      cost: 10n * SOL,
      realised: 0n,
      unknown: 0n,
    });
  });
  it('is realised by what leaves, at the average cost', () => {
    const told = earned(
      [
        { kind: 'in', shares: 10n * SOL, lamports: 10n * SOL },
        { kind: 'in', shares: 10n * SOL, lamports: 12n * SOL },
        { kind: 'out', shares: 10n * SOL, lamports: 13n * SOL },
      ],
      10n * SOL,
    );
    expect(told).toEqual({ shares: 10n * SOL, cost: 11n * SOL, realised: 2n * SOL, unknown: 0n });
  });
  it('knows nothing of what came by transfer', () => {
    const told = earned([{ kind: 'in', shares: SOL, lamports: SOL }], 3n * SOL);
    expect(told.shares).toBe(SOL);
    expect(told.unknown).toBe(2n * SOL);
  });
  it('forgets the cost of what was sent away', () => {
    const told = earned([{ kind: 'in', shares: 4n * SOL, lamports: 4n * SOL }], SOL);
    expect(told).toEqual({ shares: SOL, cost: SOL, realised: 0n, unknown: 0n });
  });
  it('realises nothing by selling what came by transfer', () => {
    expect(earned([{ kind: 'out', shares: SOL, lamports: SOL }], 0n)).toEqual({ shares: 0n, cost: 0n, realised: 0n, unknown: 0n });
  });
});
