import { describe, expect, it } from 'vitest';
import { formatAmount, formatBps, formatShort, formatYield, parseAmount, ratio, toInput } from './amount';

const value = (text: string, decimals?: number) => {
  const parsed = parseAmount(text, decimals);
  return parsed.ok ? parsed.value : parsed.reason;
};

describe('an amount that is typed', () => {
  it('is read to the lamport', () => {
    expect(value('1.000000001')).toBe(1_000_000_001n);
    expect(value('0.1')).toBe(100_000_000n);
    expect(value('.5')).toBe(500_000_000n);
    expect(value('7.')).toBe(7_000_000_000n);
    expect(value('1.50000000000000')).toBe(1_500_000_000n);
    expect(value('18446744073.709551615')).toBe(18_446_744_073_709_551_615n);
  });
  it('may have thousands apart and digits of full width', () => {
    expect(value('1 234.5')).toBe(1_234_500_000_000n);
    expect(value('1’234.5')).toBe(1_234_500_000_000n);
    expect(value('１２．５')).toBe(12_500_000_000n);
  });
  it('has no comma: to some it is the decimal point, to others it is between thousands', () => {
    for (const text of ['0,5', '1,5', '12,34', '1,000', '1,234.5', '1.234,5', '1 234,5', ',5', '１，５']) expect(value(text)).toBe('comma');
  });
  it('is refused rather than rounded', () => {
    expect(value('0.0000000001')).toBe('too-precise');
    expect(value('18446744073.709551616')).toBe('too-large');
    expect(value('1e3')).toBe('malformed');
    expect(value('-1')).toBe('malformed');
    expect(value('1.2.3')).toBe('malformed');
    expect(value('.')).toBe('malformed');
    expect(value('  ')).toBe('empty');
  });
  it('keeps to the decimals of its token', () => {
    expect(value('1.25', 2)).toBe(125n);
    expect(value('1.255', 2)).toBe('too-precise');
    expect(value('3', 0)).toBe(3n);
  });
});

describe('an amount that is shown', () => {
  it('has all its digits', () => {
    expect(formatAmount(1_234_000_000_001n)).toBe('1,234.000000001');
    expect(formatAmount(5_000_000_000n)).toBe('5');
    expect(formatAmount(-1n)).toBe('-0.000000001');
  });
  it('goes back into the field it came from', () => {
    for (const lamports of [0n, 1n, 999n, 1_000_000_000n, 123_456_789_012_345n]) {
      expect(value(toInput(lamports))).toBe(lamports);
    }
  });
  it('is cut off where it is short, and never to nothing', () => {
    expect(formatShort(1_999_999_999n, 2)).toBe('1.99');
    expect(formatShort(1n, 4)).toBe('<0.0001');
    expect(formatShort(0n, 2)).toBe('0.00');
    expect(formatShort(-10n, 2)).toBe('-<0.01');
  });
});

describe('a share', () => {
  it('of basis points or of 10^-12 is a percentage', () => {
    expect(formatBps(5)).toBe('0.05 %');
    expect(formatYield(74_480_000_000n)).toBe('7.44 %');
    expect(formatYield(74_480_000_000n, 3)).toBe('7.448 %');
    expect(formatYield(-74_480_000_000n)).toBe('-7.44 %');
    expect(formatYield(0n)).toBe('0.00 %');
  });
  it('stays between nothing and all', () => {
    expect(ratio(1n, 2n)).toBe(0.5);
    expect(ratio(3n, 2n)).toBe(1);
    expect(ratio(1n, 0n)).toBe(0);
  });
});
