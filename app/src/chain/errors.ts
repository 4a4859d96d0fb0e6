/** Why something did not happen, as data. What to say of it is in `ui/explain`. */
import type { Instruction } from '@solana/kit';
import { describeFailure } from './programs';

/** The server serves another cluster than the one that was shown. */
export class ChainMoved extends Error {
  override name = 'ChainMoved';
}

/** The wallet gave back something that does something else than what it was given to sign. */
export class MessageChanged extends Error {
  override name = 'MessageChanged';
}

/** The transaction was not taken in while it could be. */
export class Expired extends Error {
  override name = 'Expired';
}

/** There is no such thing on this cluster. */
export class Missing extends Error {
  override name = 'Missing';
}

/** A program, or the chain itself, refused. */
export class ProgramRefusal extends Error {
  override name = 'ProgramRefusal';
  /** The program's name for the error, if it has one: "PoolStale". Else the chain's: "InsufficientFundsForRent". */
  readonly reason: string;
  /** The program's own message. */
  readonly says: string;
  constructor(
    readonly failure: unknown,
    readonly logs: readonly string[],
    instructions: readonly Instruction[],
  ) {
    const { reason, says } = readFailure(failure, logs, instructions);
    super(says);
    this.reason = reason;
    this.says = says;
  }
}

const FAILED = /^Program (\w+) failed: (.*)$/;
const CUSTOM = /custom program error: 0x([0-9a-f]+)/i;

function readFailure(failure: unknown, logs: readonly string[], instructions: readonly Instruction[]) {
  // The innermost program fails first; those that called it repeat what it said.
  for (const line of logs) {
    const [, program, how] = FAILED.exec(line) ?? [];
    if (!program || how === undefined) continue;
    const code = CUSTOM.exec(how)?.[1];
    if (code === undefined) return { reason: kindOf(failure), says: how };
    const known = describeFailure(program, parseInt(code, 16));
    return known ?? { reason: `Custom(${parseInt(code, 16)})`, says: tokenShort(logs) ?? how };
  }
  const code = customCode(failure);
  if (code !== null) {
    for (const { programAddress } of instructions) {
      const known = describeFailure(programAddress, code);
      if (known) return known;
    }
  }
  const kind = kindOf(failure);
  return { reason: kind, says: kind };
}

/** System and token programs say in words when there is too little. */
function tokenShort(logs: readonly string[]): string | undefined {
  const line = logs.find(text => /insufficient (lamports|funds)/i.test(text));
  return line?.replace(/^Program log: (Error: )?/, '');
}

function customCode(failure: unknown): number | null {
  const inner = (failure as { InstructionError?: [unknown, unknown] } | null)?.InstructionError?.[1];
  const code = (inner as { Custom?: number | bigint } | null)?.Custom;
  return code === undefined ? null : Number(code);
}

function kindOf(failure: unknown): string {
  if (typeof failure === 'string') return failure;
  const entries = Object.entries((failure ?? {}) as Record<string, unknown>);
  const [name, inner] = entries[0] ?? ['Unknown', null];
  if (name !== 'InstructionError' || !Array.isArray(inner)) return name;
  return kindOf(inner[1]);
}
