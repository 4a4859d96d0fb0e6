/** The same rules as the Rust client's, and the same examples. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getAddressDecoder } from '@solana/kit';
import { parseData, parseEvents, parseFailure, parseReturnData } from '@sluice-protocol/sdk';

const key = (byte: number) => getAddressDecoder().decode(new Uint8Array(32).fill(byte));
const [OUTER, INNER] = [key(3), key(5)];
const log = (...lines: string[]) => lines.map((line) => line.replace('OUTER', OUTER).replace('INNER', INNER));

test('data belongs to the program that runs', () => {
  const logs = log(
    'Program OUTER invoke [1]',
    'Program log: Instruction: Deposit',
    'Program data: AQ==',
    'Program INNER invoke [2]',
    'Program data: Ag== Aw==',
    'Program INNER consumed 100 of 200 compute units',
    'Program INNER success',
    'Program data: BA==',
    'Program OUTER success',
  );
  assert.deepEqual(
    parseData(logs).map(({ program, bytes }) => [program, ...bytes]),
    [
      [OUTER, 1],
      [INNER, 2],
      [INNER, 3],
      [OUTER, 4],
    ],
  );
});

test('printed text is not data', () => {
  const logs = log(
    'Program OUTER invoke [1]',
    'Program log: Program data: AQ==',
    'Program log: Program INNER invoke [2]',
    'Program data: not base64!',
    'Program data: Ag==',
    'Program OUTER success',
    'Program data: Aw==',
  );
  assert.deepEqual(parseData(logs), [{ program: OUTER, bytes: Uint8Array.of(2) }]);
});

test('return data is the last one', () => {
  const logs = log('Program return: INNER AQ==', 'Program return: OUTER Ag==');
  assert.deepEqual(parseReturnData(logs), { program: OUTER, bytes: Uint8Array.of(2) });
  assert.equal(parseReturnData([]), undefined);
});

test('the innermost program fails first', () => {
  const logs = log(
    'Program OUTER invoke [1]',
    'Program INNER invoke [2]',
    'Program INNER failed: custom program error: 0x1',
    'Program OUTER failed: custom program error: 0x1',
  );
  assert.deepEqual(parseFailure(logs), { program: INNER, reason: 'custom program error: 0x1' });
});

test('what a stranger logs is no event', () => {
  assert.deepEqual(
    parseEvents(log('Program OUTER invoke [1]', 'Program data: AQIDBAUGBwg=', 'Program OUTER success')),
    [],
  );
});
