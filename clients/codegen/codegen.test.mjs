import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { layoutOf, slabRecord, structLayout } from './layout.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'sluice-codegen-test-'));
const [idls, out, ts] = [join(work, 'idl'), join(work, 'out'), join(work, 'ts')];

const struct = (name, fields, more = {}) => ({
  name,
  type: { kind: 'struct', fields: Object.entries(fields).map(([name, type]) => ({ name, type })) },
  ...more,
});
const raw = { serialization: 'bytemuck', repr: { kind: 'c' } };
const disc = (first) => [first, 0, 0, 0, 0, 0, 0, 0];

function idl() {
  return {
    address: 'Acc1111111111111111111111111111111111111111',
    metadata: { name: 'sample_pool', version: '0.1.0', spec: '0.1.0' },
    instructions: [
      {
        name: 'open_list',
        docs: ['Opens a list.'],
        discriminator: disc(1),
        accounts: [
          { name: 'mint' },
          { name: 'list', writable: true, signer: true, pda: { seeds: [{ kind: 'const', value: [108, 105, 115, 116] }, { kind: 'account', path: 'mint' }, { kind: 'arg', path: 'id' }] } },
          { name: 'referrer', optional: true },
          { name: 'reserve', address: 'list.reserve' },
          { name: 'system_program', address: '11111111111111111111111111111111' },
        ],
        args: [{ name: 'id', type: 'u64' }],
        returns: { option: 'u64' },
      },
    ],
    accounts: [{ name: 'ListHeader', discriminator: disc(2) }],
    events: [{ name: 'ListOpened', discriminator: disc(3) }],
    errors: [{ code: 6000, name: 'NotOpen', msg: 'The "list" is {not} open' }],
    types: [
      struct('ListHeader', { owner: 'pubkey', _reserved: { array: ['u8', 40] }, records: { array: [{ defined: { name: 'Record' } }, 0] } }, raw),
      struct('Record', { vote: 'pubkey', stake: 'u64' }),
      struct('ListOpened', { list: 'pubkey', id: 'u64' }, raw),
    ],
  };
}

function run(...args) {
  return spawnSync(process.execPath, [join(here, 'generate.mjs'), ...args], { encoding: 'utf8' });
}

const generate = (...flags) => run(...flags, idls, out);

function put(idl) {
  mkdirSync(idls, { recursive: true });
  writeFileSync(join(idls, 'sample_pool.json'), JSON.stringify(idl));
}

const read = (path) => readFileSync(join(out, 'sample_pool', path), 'utf8').replaceAll(/\s+/g, ' ');

beforeEach(() => put(idl()));
after(() => rmSync(work, { recursive: true, force: true }));

test('layouts are those of repr(C)', () => {
  const { types } = idl();
  assert.deepEqual(layoutOf({ array: [{ defined: { name: 'Record' } }, 3] }, types), { size: 120, align: 8 });
  assert.deepEqual(structLayout('ListHeader', types), { size: 72, align: 8 });
  assert.equal(slabRecord(types[0]), 'Record');
  assert.equal(slabRecord(types[1]), undefined);
});

test('a layout with implicit padding is refused', () => {
  assert.throws(() => structLayout('A', [struct('A', { flag: 'u8', amount: 'u64' })]), /A\.amount is not aligned/);
  assert.throws(() => structLayout('A', [struct('A', { amount: 'u64', flag: 'u8' })]), /padding at its end/);
  const padded = idl();
  padded.types[2] = struct('ListOpened', { flag: 'u8', id: 'u64' }, raw);
  put(padded);
  const { status, stderr } = generate();
  assert.equal(status, 1);
  assert.match(stderr, /ListOpened\.id is not aligned/);
});

test('what Codama leaves out is there', () => {
  assert.equal(generate().status, 0);
  const instruction = read('instructions/open_list.rs');
  assert.match(instruction, /\/\/\/ Opens a list\. #\[derive\(Clone, Debug\)\] pub struct OpenList/);
  assert.match(instruction, /pub referrer: Option<solana_address::Address>, pub reserve: solana_address::Address, }/);
  assert.match(instruction, /solana_address::address!\("11111111111111111111111111111111"\)/);
  assert.match(instruction, /fn decode_return\(data: &\[u8\]\) -> Result<Option<u64>, std::io::Error>/);
  assert.doesNotMatch(instruction, /Builder|Cpi/);
  assert.match(read('accounts/list_header.rs'), /const RECORD_SIZE: usize = 40; const RECORD_ALIGN: usize = 8;/);
  assert.match(read('pdas.rs'), /find_list\(mint: &Address, id: u64\)/);
  assert.match(read('pdas.rs'), /&\[b"list", mint\.as_ref\(\), &id\.to_le_bytes\(\)\]/);
  assert.match(read('events.rs'), /LIST_OPENED_EVENT => ListOpened::try_from_slice/);
  assert.match(read('errors/sample_pool.rs'), /#\[error\("The \\"list\\" is \{\{not\}\} open"\)\]/);
});

test('the check passes on fresh output and fails on drift', () => {
  generate();
  assert.equal(generate('--check').status, 0);
  appendFileSync(join(out, 'mod.rs'), '// edited by hand\n');
  assert.equal(generate('--check').status, 1);
  generate();
  const changed = idl();
  changed.instructions[0].args.push({ name: 'more', type: 'u8' });
  put(changed);
  assert.equal(generate('--check').status, 1);
});

test('what the TypeScript renderer leaves out is there', () => {
  const quotes = join(work, 'quotes.json');
  const fields = [{ name: 'total_lamports', kind: 'u64', about: 'All of it.' }];
  const takes = [{ name: 'pool', kind: 'PoolState' }, { name: 'referred', kind: 'bool' }];
  const questions = [{ name: 'deposit_sol', about: 'A deposit.', takes, answers: 'u64' }];
  writeFileSync(quotes, JSON.stringify({ structs: [{ name: 'PoolState', about: '', fields }], questions }));
  assert.equal(run('--quotes', quotes, idls, out, ts).status, 0);
  assert.equal(run('--check', '--quotes', quotes, idls, out, ts).status, 0);
  const page = (path) => readFileSync(join(ts, path), 'utf8').replaceAll(/\s+/g, ' ');
  assert.match(page('samplePool/errors.ts'), /6000: \{ name: 'NotOpen', message: 'The "list" is \{not\} open' \}/);
  assert.match(page('samplePool/events.ts'), /\{ program: 'sample_pool', name: 'ListOpened', data \}/);
  assert.match(page('samplePool/layouts.ts'), /size: 80, .* recordSize: 40, recordsOffset: 88,/);
  assert.match(page('samplePool/instructions/openList.ts'), /\/\*\* Opens a list\. \*\/ export (async )?function getOpenListInstruction/);
  assert.match(page('samplePool/pdas/list.ts'), /getU64Encoder\(\)\.encode\(seeds\.id\)/);
  assert.match(page('quotes.ts'), /depositSol\(pool: PoolState, referred: boolean\): bigint;/);
  for (const path of readdirSync(ts, { recursive: true }).filter((name) => name.endsWith('.ts'))) {
    for (const [, target] of readFileSync(join(ts, path), 'utf8').matchAll(/from '(\.[^']*)'/g)) {
      const file = join(ts, dirname(path), target.replace(/\.js$/, '.ts'));
      assert.ok(target.endsWith('.js') && existsSync(file), `${path} imports ${target}`);
    }
  }
  appendFileSync(join(ts, 'samplePool/errors.ts'), '// edited by hand\n');
  assert.equal(run('--check', '--quotes', quotes, idls, out, ts).status, 1);
});

test('what has not changed keeps its date', () => {
  generate();
  const date = statSync(join(out, 'mod.rs')).mtimeMs;
  generate();
  assert.equal(statSync(join(out, 'mod.rs')).mtimeMs, date);
});

test('a folder that is not generated is left alone', () => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  writeFileSync(join(out, 'mod.rs'), '//! Written by hand.\n');
  assert.equal(generate().status, 1);
  assert.equal(readFileSync(join(out, 'mod.rs'), 'utf8'), '//! Written by hand.\n');
  rmSync(out, { recursive: true });
});
