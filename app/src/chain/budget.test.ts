import { describe, expect, it } from 'vitest';
import { MOST_PRIORITY_FEE, choosePrice, limitUnits, offerPrice, priorityFee, unitsFor } from './budget';

describe('the price offered', () => {
  it('is nothing where nothing is wanted', () => {
    expect(choosePrice([1_000_000n], 'none', 10_000)).toBe(0n);
  });
  it('is what others paid, and never less than the least', () => {
    expect(choosePrice([5_000n, 9_000n, 7_000n], 'normal', 10_000)).toBe(7_000n);
    expect(choosePrice([0n, 0n], 'normal', 10_000)).toBe(1_000n);
    expect(choosePrice([], 'high', 10_000)).toBe(50_000n);
  });
  it('never comes to more than the cap', () => {
    const units = 100_000;
    const price = choosePrice([10n ** 15n], 'high', units);
    expect(priorityFee(price, units)).toBe(MOST_PRIORITY_FEE);
  });
});

it('a fee is rounded up to a lamport', () => {
  expect(priorityFee(1n, 1)).toBe(1n);
  expect(priorityFee(1_000n, 10_000)).toBe(10n);
});

it('units leave room, up to the most there are', () => {
  expect(unitsFor(10_000n)).toBe(13_000);
  expect(unitsFor(1_390_000n)).toBe(1_400_000);
});

it('instructions are as the program reads them', () => {
  expect([...limitUnits(258).data!]).toEqual([2, 2, 1, 0, 0]);
  expect([...offerPrice(259n).data!]).toEqual([3, 3, 1, 0, 0, 0, 0, 0, 0]);
});
