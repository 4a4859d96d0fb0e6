/**
 * From a transaction's error to a sentence a person can act on.
 *
 * Every program numbers its errors from 6000, so a code means nothing without the program that returned it; with a CPI in
 * play only the log knows which one that was.
 */

import type { Address } from '@solana/kit';
import { ERRORS, PROGRAMS, type ProgramName } from './generated/index.js';
import { parseFailure } from './logs.js';

/** An error code that has a name. */
export type ProgramFailure = {
  program: ProgramName;
  code: number;
  /** Such as `SlippageExceeded`. */
  name: string;
  message: string;
};

/** Codes that Anchor itself returns. */
const FRAMEWORK: Record<number, { name: string; message: string }> = {
  2000: { name: 'ConstraintMut', message: 'an account must be writable' },
  2001: { name: 'ConstraintHasOne', message: 'an account does not belong to the one that refers to it' },
  2003: { name: 'ConstraintRaw', message: 'an account breaks a constraint of the instruction' },
  2005: { name: 'ConstraintRentExempt', message: 'an account is not rent exempt' },
  2007: { name: 'ConstraintExecutable', message: 'an account must be a program' },
  2011: { name: 'ConstraintClose', message: 'an account cannot be closed into itself' },
  2012: { name: 'ConstraintAddress', message: 'an account has the wrong address' },
  2013: { name: 'ConstraintZero', message: 'an account to initialize is not empty' },
  2019: { name: 'ConstraintSpace', message: 'an account has the wrong size' },
  2020: { name: 'ConstraintAccountIsNone', message: 'an optional account is required here' },
  2040: { name: 'ConstraintDuplicateMutableAccount', message: 'the same writable account was passed twice' },
  2500: { name: 'RequireViolated', message: 'a condition of the instruction does not hold' },
  2501: { name: 'RequireEqViolated', message: 'two values must be equal' },
  2502: { name: 'RequireKeysEqViolated', message: 'two addresses must be equal' },
  2503: { name: 'RequireNeqViolated', message: 'two values must differ' },
  2504: { name: 'RequireKeysNeqViolated', message: 'two addresses must differ' },
  2505: { name: 'RequireGtViolated', message: 'a value must be greater' },
  2506: { name: 'RequireGteViolated', message: 'a value must not be less' },
};

/** Name and message of `code` as returned by `program`; undefined for a program that is not ours or a code it does not have. */
export function describeError(program: Address | string, code: number): ProgramFailure | undefined {
  const known = (Object.keys(PROGRAMS) as ProgramName[]).find((name) => PROGRAMS[name] === program);
  if (!known) return undefined;
  const found = ERRORS[known][code] ?? FRAMEWORK[code];
  return found && { program: known, code, ...found };
}

/**
 * What went wrong in a transaction, if it was one of our programs that refused it: the program is the one the log names as
 * having failed first.
 *
 * `error` is what kit threw (a failed preflight carries the log with it), or `err` as the RPC methods return it. `logs` are
 * those of the transaction, needed where `error` does not carry them.
 */
export function explainError(error: unknown, logs?: readonly string[]): ProgramFailure | undefined {
  const code = customCode(error);
  const failure = parseFailure(logs ?? logsOf(error) ?? []);
  return code === undefined || !failure ? undefined : describeError(failure.program, code);
}

type Nested = {
  cause?: unknown;
  context?: { code?: unknown; logs?: unknown; index?: unknown };
  InstructionError?: unknown;
};

/** Each error of a chain of causes, the outermost first. */
function* chain(error: unknown): Generator<Nested> {
  for (let depth = 0; depth < 8 && typeof error === 'object' && error !== null; depth += 1) {
    yield error as Nested;
    error = (error as Nested).cause;
  }
}

/** The number in `{ InstructionError: [index, { Custom: number }] }`, or in kit's error of a custom program error. */
function customCode(error: unknown): number | undefined {
  for (const link of chain(error)) {
    const [, detail] = Array.isArray(link.InstructionError) ? link.InstructionError : [];
    const raw: unknown = (detail as { Custom?: unknown } | undefined)?.Custom;
    const kit: unknown = link.context && 'index' in link.context ? link.context.code : undefined;
    for (const code of [raw, kit]) {
      if (typeof code === 'number' || typeof code === 'bigint') return Number(code);
    }
  }
  return undefined;
}

/** The log that a failed preflight carries. */
export function logsOf(error: unknown): readonly string[] | undefined {
  for (const { context } of chain(error)) {
    if (Array.isArray(context?.logs)) return context.logs as string[];
  }
  return undefined;
}
