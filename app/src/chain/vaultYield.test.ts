import { describe, expect, it } from 'vitest';
import type { Address } from '@solana/kit';
import type { Happened } from './events';
import { yieldOf } from './vaultYield';

const VAULT = 'vault' as Address;
const DAY = 86_400n;

const paid = (streamed: bigint, time: bigint, vault = VAULT) =>
  ({ time, events: [{ program: 'restaking_vault', name: 'RewardsPaid', data: { vault, streamed } }] }) as unknown as Pick<Happened, 'events' | 'time'>;

describe('what a vault earned', () => {
  it('is its rewards in proportion to a year', () => {
    // A thousandth in ten days.
    const told = yieldOf([paid(500n, 100n * DAY), paid(500n, 90n * DAY)], VAULT, 1_000_000n, 100n * DAY);
    expect(told).toEqual({ apr: 36_525_000_000n, rewards: 1_000n });
  });
  it('leaves out what is old, and other vaults', () => {
    expect(yieldOf([paid(500n, 10n * DAY), paid(500n, 99n * DAY, 'other' as Address)], VAULT, 1_000n, 100n * DAY)).toBeNull();
  });
});
