/** The WebAssembly build answers what the host answers: the same random questions, put to both. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { growthOver, loadQuotes, NO_POOL, QuoteRefused, type Quotes, type RateEntry } from '@sluice-protocol/sdk';
import { ROOT } from './support/served.js';

type Abi = {
  structs: { name: string; fields: { name: string; kind: string }[] }[];
  questions: { name: string; takes: { name: string; kind: string }[]; answers: string }[];
};

const abi = JSON.parse(readFileSync(`${ROOT}target/quotes.json`, 'utf8')) as Abi;
const camel = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function value(kind: string, next: () => bigint): unknown {
  const struct = abi.structs.find(({ name }) => name === kind);
  if (struct) return Object.fromEntries(struct.fields.map(({ name, kind }) => [camel(name), value(kind, next)]));
  const word = next();
  if (kind === 'bool') return word === 1n;
  if (kind === 'i64') return BigInt.asIntN(64, word);
  return kind === 'u64' ? word : Number(word);
}

const taker = (words: string) => {
  const left = words === '' ? [] : words.split(',');
  return () => BigInt(left.shift()!);
};

test('every question is answered as on the host', async () => {
  const quotes = (await loadQuotes()) as unknown as Record<string, (...values: unknown[]) => unknown>;
  const seen = new Map<string, { answered: number; refused: number }>();
  for (const line of readFileSync(`${ROOT}target/wasm/vectors`, 'utf8').trim().split('\n')) {
    const [number, input, output] = line.split(';') as [string, string, string];
    const question = abi.questions[Number(number)]!;
    const next = taker(input);
    const values = question.takes.map(({ kind }) => value(kind, next));
    const count = seen.get(question.name) ?? { answered: 0, refused: 0 };
    seen.set(question.name, count);
    const refused = /^(pool|vault) (\d+)$/.exec(output);
    if (refused) {
      const program = refused[1] === 'pool' ? 'staking_pool' : 'restaking_vault';
      assert.throws(
        () => quotes[camel(question.name)]!(...values),
        (error) =>
          error instanceof QuoteRefused &&
          error.failure.program === program &&
          error.failure.code === Number(refused[2]),
        line,
      );
      count.refused += 1;
    } else {
      assert.deepEqual(quotes[camel(question.name)]!(...values), value(question.answers, taker(output)), line);
      count.answered += 1;
    }
  }
  assert.equal(seen.size, abi.questions.length, 'every question was asked');
  for (const [name, { answered }] of seen) assert.ok(answered >= 5, `${name} was answered ${answered} times`);
});

test('numbers that do not fit are refused by name', async () => {
  const quotes: Quotes = await loadQuotes();
  const now = { slot: 0n, epoch: 0n, rewardsActive: false };
  assert.throws(() => quotes.minOut(1n << 64n, 1), /argument 1 is 18446744073709551616: no u64/);
  assert.throws(() => quotes.minOut(1n, 70_000), /argument 2 is 70000: no u16/);
  assert.throws(() => quotes.valueOf({ ...NO_POOL, supply: -1n }, now, 1n), /supply is -1: no u64/);
  assert.throws(() => quotes.valueOf({ ...NO_POOL, depositBps: 1.5 }, now, 1n), /depositBps is 1.5/);
  assert.throws(() => quotes.minOut(1n, 10_001), { name: 'QuoteRefused', message: 'The share is above one whole' });
});

test('growth is over as many epochs as there are', async () => {
  const quotes = await loadQuotes();
  const entry = (number: number): RateEntry => ({
    epoch: BigInt(10 + number),
    unixTimestamp: BigInt(number * 86_400),
    value: 1_000_000n + BigInt(number * 200),
    total: 0n,
    supply: 1_000_000n,
  });
  const entries = Array.from({ length: 12 }, (_, number) => entry(number));
  assert.equal(growthOver(quotes, entries.slice(0, 1), 1), undefined);
  const one = growthOver(quotes, entries.slice(0, 2), 1)!;
  assert.deepEqual([one.growth, one.epochs, one.seconds, one.apr], [200_000_000n, 1n, 86_400n, 73_050_000_000n]);
  assert.ok(one.apy > one.apr);
  assert.equal(growthOver(quotes, entries, 10)!.epochs, 10n);
  assert.equal(growthOver(quotes, entries, 64)!.epochs, 11n);
});
