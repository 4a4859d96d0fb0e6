/**
 * Quotes: what an instruction would do if it were sent now, computed by the programs' own formulas.
 *
 * The formulas are Rust, the crate the programs call, compiled to WebAssembly and embedded in this module: no request is
 * made for it. A page needs `wasm-unsafe-eval` in the `script-src` of its content policy. Amounts are exact, as bigints.
 */

import { RESTAKING_VAULT_PROGRAM_ADDRESS } from './generated/restakingVault/programs/index.js';
import { STAKING_POOL_PROGRAM_ADDRESS } from './generated/stakingPool/programs/index.js';
import { questions, type Ask, type Fields, type Kind, type Quotes, type Shape } from './generated/quotes.js';
import { describeError, type ProgramFailure } from './errors.js';
import { decodeBase64 } from './logs.js';
import { WASM } from './wasm.js';

export type * from './generated/quotes.js';

/** The program would refuse the instruction; `failure` says why, as the program would. */
export class QuoteRefused extends Error {
  override name = 'QuoteRefused';

  constructor(readonly failure: ProgramFailure) {
    super(failure.message);
  }
}

type Exports = {
  memory: WebAssembly.Memory;
  input(): number;
  output(): number;
  ask(question: number): number;
};

/** Words of 64 bits that a question or an answer may have. */
const WORDS = 128;
const ADDRESSES = [undefined, STAKING_POOL_PROGRAM_ADDRESS, RESTAKING_VAULT_PROGRAM_ADDRESS];

let loading: Promise<Quotes> | undefined;

/** The quotes. Compiled once; every call returns the same object. */
export function loadQuotes(): Promise<Quotes> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Quotes> {
  const bytes = decodeBase64(WASM);
  if (!bytes) throw new Error('the embedded WebAssembly is not base64');
  const { instance } = await WebAssembly.instantiate(bytes);
  return questions(asker(instance.exports as unknown as Exports));
}

function asker(wasm: Exports): Ask {
  const input = new BigUint64Array(wasm.memory.buffer, wasm.input(), WORDS);
  const output = new BigUint64Array(wasm.memory.buffer, wasm.output(), WORDS);
  return (question, shapes, values, answer) => {
    let at = 0;
    const put = (word: bigint) => {
      input[at] = word;
      at += 1;
    };
    shapes.forEach((shape, index) => write(shape, values[index], `argument ${index + 1}`, put));
    const code = wasm.ask(question);
    if (code !== 0) throw refusal(code);
    let next = 0;
    return read(answer, () => {
      next += 1;
      return output[next - 1] ?? 0n;
    });
  };
}

function refusal(code: number): Error {
  const program = ADDRESSES[code >>> 16];
  const failure = program && describeError(program, code & 0xffff);
  return failure ? new QuoteRefused(failure) : new RangeError('a number of the question is out of its range');
}

function write(shape: Shape, value: unknown, called: string, put: (word: bigint) => void): void {
  if (typeof shape === 'string') {
    put(toWord(shape, value, called));
    return;
  }
  for (const [name, kind] of shape) put(toWord(kind, (value as Record<string, unknown>)[name], name));
}

/** The most that a word of each kind may be, and for a signed one the most below zero. */
const MOST: Record<Kind, bigint> = {
  u64: 0xffff_ffff_ffff_ffffn,
  i64: 0x7fff_ffff_ffff_ffffn,
  u32: 0xffff_ffffn,
  u16: 0xffffn,
  u8: 0xffn,
  bool: 1n,
};

function toWord(kind: Kind, value: unknown, name: string): bigint {
  const whole = typeof value === 'boolean' || Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
  const number = typeof value === 'bigint' ? value : whole;
  const least = kind === 'i64' ? -MOST.i64 - 1n : 0n;
  if (number === undefined || number < least || number > MOST[kind]) {
    throw new RangeError(`${name} is ${String(value)}: no ${kind}`);
  }
  return BigInt.asUintN(64, number);
}

function read(shape: Shape, take: () => bigint): unknown {
  if (typeof shape === 'string') return fromWord(shape, take());
  return Object.fromEntries((shape as Fields).map(([name, kind]) => [name, fromWord(kind, take())]));
}

function fromWord(kind: Kind, word: bigint): bigint | number | boolean {
  if (kind === 'u64') return word;
  if (kind === 'i64') return BigInt.asIntN(64, word);
  return kind === 'bool' ? word !== 0n : Number(word);
}
