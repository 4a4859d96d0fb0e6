import { expect, it } from 'vitest';
import { about, tell } from './feed';

const moved = { program: 'staking_pool', name: 'ValidatorMoved', data: { vote: 'a' } };
const staked = { program: 'staking_pool', name: 'SolDeposited', data: { lamports: 2_000_000_000n, minted: 1_990_000_000n, fee: {} } };

it('the same event in a row is told once, with how often', () => {
  expect(tell([moved, { ...moved, data: { vote: 'b' } }, staked])).toEqual([
    { name: 'ValidatorMoved', detail: '', times: 2 },
    { name: 'SolDeposited', detail: '2.0000 SOL · 1.9900 slSOL', times: 1 },
  ]);
});

it('amounts of a vault are not called SOL', () => {
  expect(tell([{ program: 'restaking_vault', name: 'WithdrawalClaimed', data: { paid: 5_000_000_000n } }])[0]!.detail).toBe('5.0000');
});

it('what does not name an address is left out of its history', () => {
  expect(about([{ events: [moved, staked] }, { events: [staked] }], 'a')).toEqual([{ events: [moved] }]);
});
