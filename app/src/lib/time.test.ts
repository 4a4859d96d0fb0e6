import { describe, expect, it } from 'vitest';
import { formatSpan, secondsUntilEpoch, spans } from './time';

const clock = { epoch: 10n, slotIndex: 100n, slotsInEpoch: 400n, slotSeconds: 0.5 };

describe('the wait for an epoch', () => {
  it('is what is left of this one', () => {
    expect(secondsUntilEpoch(clock, 11n)).toBe(150);
  });
  it('takes in those between', () => {
    expect(secondsUntilEpoch(clock, 13n)).toBe(550);
  });
  it('is over once the epoch has begun', () => {
    expect(secondsUntilEpoch(clock, 10n)).toBe(0);
    expect(secondsUntilEpoch(clock, 3n)).toBe(0);
  });
});

describe('a length of time', () => {
  it('is told in its two largest units, rounded up', () => {
    expect(spans(59)).toEqual([{ count: 59, unit: 'second' }]);
    expect(spans(61)).toEqual([{ count: 2, unit: 'minute' }]);
    expect(spans(3_600 + 61)).toEqual([
      { count: 1, unit: 'hour' },
      { count: 2, unit: 'minute' },
    ]);
    expect(spans(86_400 + 3_601)).toEqual([
      { count: 1, unit: 'day' },
      { count: 2, unit: 'hour' },
    ]);
  });
  it('is nothing when it is over', () => {
    expect(spans(0)).toEqual([]);
    expect(spans(-5)).toEqual([]);
  });
  it('is said in the language of the page', () => {
    expect(formatSpan(90_000, 'en')).toBe('1 day 1 hour');
    expect(formatSpan(90_000, 'zh-CN')).toMatch(/1\s?天\s?1\s?小时/);
  });
});
