import { describe, expect, it } from 'vitest';
import { en } from '../i18n/en';
import { fill } from '../i18n/fill';
import { CONSTRAINTS, constraintLabel, enoughBid, next, why, type Sentence, type Told } from './binding';

const SOL = 1_000_000_000n;

const told = (change: Partial<Told> & { bid?: bigint } = {}): Told & { bid: bigint } => ({
  constraint: 1,
  staying: 100n * SOL,
  leaving: 0n,
  target: 100n * SOL,
  ideal: 100n * SOL,
  arrivesLater: 0n,
  leavesLater: 0n,
  cap: 100n * SOL,
  bound: 100n * SOL,
  bond: 20n * SOL,
  lacksBond: 0n,
  lacksYield: 0n,
  score: 400_000_000n,
  worstCommissionBps: 500,
  annual: perEpoch => perEpoch * 183n,
  nextBid: 0,
  epoch: 12n,
  observedEpoch: 12n,
  history: 8,
  minDelegation: SOL,
  params: { minMove: SOL, minHistory: 8n, delinquentSlots: 1_000n, maxCommissionBps: 700, networkCapBps: 100 },
  bid: 0n,
  ...change,
});

const say = (sentences: Sentence[]) => sentences.map(({ key, parameters }) => fill(en[key], parameters)).join(' ');
const code = (name: (typeof CONSTRAINTS)[number]) => CONSTRAINTS.indexOf(name);

describe('what decided', () => {
  it('is said for every constraint, with every number filled in', () => {
    for (const [constraint] of CONSTRAINTS.entries()) {
      const text = say([...why(told({ constraint })), ...next(told({ constraint }))]);
      expect(text, CONSTRAINTS[constraint]).not.toMatch(/[{}]|undefined/);
      expect(say([constraintLabel(constraint)])).not.toBe('');
    }
  });
  it('of a newer program is told by its number', () => {
    expect(say([constraintLabel(99)])).toContain('99');
    expect(say(why(told({ constraint: 99 })))).toContain('99');
  });
  it('names the stake that is on its way', () => {
    expect(say(why(told({ target: 150n * SOL, arrivesLater: 20n * SOL })))).toContain('50.00 SOL arrive');
    expect(say(why(told({ target: 40n * SOL })))).toContain('60.00 SOL leave');
  });
  it('keeps quiet about less than can be moved', () => {
    expect(say(why(told({ target: 100n * SOL + 1n })))).not.toContain('arrive');
  });
});

describe('what can be done', () => {
  it('is a bid that makes up for what is missing, rounded up', () => {
    const short = told({ constraint: code('Score'), lacksYield: 59_999_500n, bid: 0n });
    expect(enoughBid(short)).toBe(60_000n);
    expect(say(next(short))).toContain('60,000');
    expect(say(next(short))).toContain('epoch 13');
  });
  it('is to wait where the bid was raised already', () => {
    const short = told({ constraint: code('Score'), lacksYield: 5_000_000n, nextBid: 5_000 });
    expect(say(next(short))).toContain('counts from epoch 13');
  });
  it('is no bid where none is enough', () => {
    expect(enoughBid(told({ lacksYield: 2_000_000_000n }))).toBeNull();
    expect(say(next(told({ constraint: code('Score'), lacksYield: 2_000_000_000n })))).toContain('No bid');
  });
  it('is more bond where the bond is short', () => {
    expect(say(next(told({ constraint: code('Bond'), lacksBond: 3n * SOL })))).toContain('3 SOL');
  });
  it('is to keep voting for who is new', () => {
    expect(say(next(told({ constraint: code('NewNoHistory'), history: 6 })))).toContain('epoch 14');
  });
});
