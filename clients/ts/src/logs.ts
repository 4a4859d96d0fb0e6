/**
 * What a transaction's log says: events, return data, and which program failed.
 *
 * Data is attributed to the program that was running when it was logged, by following the `invoke`, `success` and `failed`
 * lines: a program cannot forge another one's events, because what it prints itself always starts with `Program log:`.
 */

import { isAddress, type Address } from '@solana/kit';
import { decodeEvent, type SluiceEvent } from './generated/index.js';

/** Bytes logged by a program, and the program that was running. */
export type LoggedData = { program: Address; bytes: Uint8Array };

type Line =
  | { kind: 'invoke'; program: Address }
  | { kind: 'success' }
  | { kind: 'failed'; program: Address; reason: string }
  | { kind: 'data'; fields: string }
  | { kind: 'return'; program: Address; data: string }
  | { kind: 'other' };

const OTHER: Line = { kind: 'other' };

function parse(line: string): Line {
  if (!line.startsWith('Program ')) return OTHER;
  const rest = line.slice('Program '.length);
  if (rest.startsWith('data: ')) return { kind: 'data', fields: rest.slice('data: '.length) };
  const returned = rest.startsWith('return: ');
  const [program, what] = splitOnce(returned ? rest.slice('return: '.length) : rest);
  if (what === undefined || !isAddress(program)) return OTHER;
  if (returned) return { kind: 'return', program, data: what };
  if (what.startsWith('invoke [')) return { kind: 'invoke', program };
  if (what === 'success') return { kind: 'success' };
  if (what.startsWith('failed: ')) return { kind: 'failed', program, reason: what.slice('failed: '.length) };
  return OTHER;
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf(' ');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Bytes of a base64 text; undefined if it is none. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!BASE64.test(text)) return undefined;
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** Everything the programs of a transaction logged as data, in order. */
export function parseData(logs: readonly string[]): LoggedData[] {
  const running: Address[] = [];
  const found: LoggedData[] = [];
  for (const text of logs) {
    const line = parse(text);
    if (line.kind === 'invoke') {
      running.push(line.program);
    } else if (line.kind === 'success' || line.kind === 'failed') {
      running.pop();
    } else if (line.kind === 'data') {
      const program = running.at(-1);
      if (program === undefined) continue;
      for (const field of line.fields.split(' ')) {
        const bytes = decodeBase64(field);
        if (bytes) found.push({ program, bytes });
      }
    }
  }
  return found;
}

/** The events of our programs, in order. Other programs' data is left out. */
export function parseEvents(logs: readonly string[]): SluiceEvent[] {
  return parseData(logs).flatMap(({ program, bytes }) => decodeEvent(program, bytes) ?? []);
}

/** What the last instruction returned, and by which program: how `quote_*` instructions and `explain` answer. */
export function parseReturnData(logs: readonly string[]): LoggedData | undefined {
  for (const text of [...logs].reverse()) {
    const line = parse(text);
    if (line.kind !== 'return') continue;
    const bytes = decodeBase64(line.data);
    return bytes && { program: line.program, bytes };
  }
  return undefined;
}

/** The program that failed first, which is the innermost one, and the reason as the runtime wrote it. */
export function parseFailure(logs: readonly string[]): { program: Address; reason: string } | undefined {
  for (const text of logs) {
    const line = parse(text);
    if (line.kind === 'failed') return { program: line.program, reason: line.reason };
  }
  return undefined;
}
