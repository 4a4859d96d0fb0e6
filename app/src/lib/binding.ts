/**
 * "When will I get stake?", in plain words: what decided a validator's stake and what it can do, as sentences to be filled in. Numbers
 * come from the program's own answer (`explain`); nothing is decided here.
 */
import type { Key } from '../i18n/en';
import { formatAmount, formatBps, formatShort, formatYield } from './amount';

/** By the code on chain; new ones are only ever added at the end. */
export const CONSTRAINTS = [
  'None', 'Cap', 'Score', 'Delinquent', 'Banned', 'TooSmall', 'NewNoHistory', 'Commission', 'PoolFull', 'Left',
  'Stale', 'Funds', 'Bond', 'Network', 'Aso', 'Country', 'Retired', 'Waiting', 'Identity',
] as const;

export type Constraint = (typeof CONSTRAINTS)[number];

export interface Sentence {
  key: Key;
  parameters?: Record<string, string | number | bigint>;
}

/** A constraint in a word or two; the code itself where this version does not know it. */
export function constraintLabel(code: number): Sentence {
  const name = CONSTRAINTS[code];
  return name ? { key: `constraint.${name}` } : { key: 'constraint.unknown', parameters: { code } };
}

/** What the sentences are made of: see `Explanation` of validator-selection. Amounts in lamports, yields in 10^-12. */
export interface Told {
  constraint: number;
  staying: bigint;
  leaving: bigint;
  target: bigint;
  ideal: bigint;
  arrivesLater: bigint;
  leavesLater: bigint;
  cap: bigint;
  bound: bigint;
  bond: bigint;
  lacksBond: bigint;
  lacksYield: bigint;
  score: bigint;
  worstCommissionBps: number;
  /** Yield of an epoch to that of a year. */
  annual: (perEpoch: bigint) => bigint;
  nextBid: number;
  epoch: bigint;
  observedEpoch: bigint;
  history: number;
  minDelegation: bigint;
  params: { minMove: bigint; minHistory: bigint; delinquentSlots: bigint; maxCommissionBps: number; networkCapBps: number };
}

/** The highest bid there is, in lamports per SOL and epoch. */
export const MOST_BID = 1_000_000n;
/** 10^-12 of yield in a lamport per SOL. */
const BID_UNIT = 1_000n;

const sol = (lamports: bigint) => formatShort(lamports, 2);

/** The bid with which it would take the place of the weakest that got stake; `null` where it has one, or none is enough. */
export function enoughBid(told: Pick<Told, 'lacksYield'> & { bid: bigint }): bigint | null {
  if (told.lacksYield === 0n) return null;
  const whole = (told.bid + told.lacksYield + BID_UNIT - 1n) / BID_UNIT;
  return whole <= MOST_BID ? whole : null;
}

/** What it holds, and why. */
export function why(told: Told): Sentence[] {
  const name = CONSTRAINTS[told.constraint];
  const held: Sentence = { key: 'why.held', parameters: { amount: sol(told.staying) } };
  if (!name) return [held, { key: 'constraint.unknown', parameters: { code: told.constraint } }];
  const parameters: Record<Constraint, Sentence['parameters']> = {
    None: undefined,
    Cap: { amount: sol(told.cap) },
    Score: { enough: formatYield(told.annual(told.score + told.lacksYield)), yours: formatYield(told.annual(told.score)) },
    Delinquent: { slots: told.params.delinquentSlots, epoch: told.observedEpoch },
    Banned: undefined,
    TooSmall: { amount: sol(told.params.minMove > told.minDelegation ? told.params.minMove : told.minDelegation) },
    NewNoHistory: { history: told.history, least: told.params.minHistory },
    Commission: { worst: formatBps(told.worstCommissionBps), most: formatBps(told.params.maxCommissionBps) },
    PoolFull: undefined,
    Left: undefined,
    Stale: undefined,
    Funds: undefined,
    Bond: { bond: sol(told.bond), bound: sol(told.bound) },
    Network: { share: formatBps(told.params.networkCapBps) },
    Aso: undefined,
    Country: undefined,
    Retired: undefined,
    Waiting: { amount: sol(told.ideal) },
    Identity: undefined,
  };
  const isOutbid = name === 'Score' && told.lacksYield > 0n;
  const reason: Sentence = { key: isOutbid ? 'why.Outbid' : `why.${name}`, parameters: parameters[name] };
  return [held, reason, ...movements(told)];
}

function movements(told: Told): Sentence[] {
  const ways: [bigint, Key][] = [
    [told.target - told.staying, 'why.arrives'],
    [told.staying - told.target, 'why.leaves'],
    [told.arrivesLater, 'why.arrivesLater'],
    [told.leavesLater, 'why.leavesLater'],
    [told.leaving, 'why.coolingDown'],
  ];
  const least = told.minDelegation > 0n ? told.minDelegation : 1n;
  return ways.filter(([lamports]) => lamports >= least).map(([lamports, key]) => ({ key, parameters: { amount: sol(lamports) } }));
}

/** What it can do about it. */
export function next(told: Told & { bid: bigint }): Sentence[] {
  const name = CONSTRAINTS[told.constraint];
  if (!name) return [];
  if (name === 'Score' || name === 'Funds' || name === 'TooSmall') {
    const steps = offer(told);
    return steps.length > 0 ? steps : [{ key: 'next.enough' }];
  }
  if (name === 'Bond') return [{ key: 'next.Bond', parameters: { amount: formatAmount(told.lacksBond), cap: sol(told.cap) } }];
  if (name === 'NewNoHistory') {
    const missing = told.params.minHistory - BigInt(told.history);
    return [{ key: 'next.NewNoHistory', parameters: { epoch: told.observedEpoch + (missing > 0n ? missing : 0n) } }];
  }
  if (name === 'Commission') return [{ key: 'next.Commission', parameters: { most: formatBps(told.params.maxCommissionBps) } }];
  if (name === 'None') return [{ key: 'next.None', parameters: { epoch: told.epoch + 1n } }];
  return [{ key: `next.${name}` }];
}

function offer(told: Told & { bid: bigint }): Sentence[] {
  if (told.lacksYield === 0n) return [];
  const enough = enoughBid(told);
  if (enough === null) return [{ key: 'next.noBid', parameters: { most: MOST_BID.toLocaleString('en-US') } }, { key: 'next.commission' }];
  if (BigInt(told.nextBid) >= enough) return [{ key: 'next.bidCounts', parameters: { bid: told.nextBid, epoch: told.epoch + 1n } }];
  return [{ key: 'next.bid', parameters: { bid: enough.toLocaleString('en-US'), epoch: told.epoch + 1n } }, { key: 'next.commission' }];
}
