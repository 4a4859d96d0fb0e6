/** The generated code against the IDLs it came from, read here by other means than the generator's. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  isSolanaError,
  SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  SolanaError,
} from '@solana/kit';
import {
  decodeData,
  decodeEvent,
  decodeSlab,
  DecodeError,
  describeError,
  explainError,
  PROGRAMS,
  restakingVault,
  slabSpace,
  stakingPool,
  validatorSelection,
  type AccountLayout,
  type ProgramName,
  type SlabLayout,
} from '@sluice-protocol/sdk';
import { ROOT } from './support/served.js';

type Named = { name: string; discriminator: number[] };
type Kind = string | { array?: [Kind, number]; vec?: Kind; defined?: { name: string } };
type Idl = {
  address: string;
  instructions: Named[];
  accounts: Named[];
  events: Named[];
  errors: { code: number; name: string; msg: string }[];
  types: { name: string; type: { fields: { type: Kind }[] } }[];
};

const names = Object.keys(PROGRAMS) as ProgramName[];
const idls = names.map((name) => {
  const path = `${ROOT}clients/sdk/src/generated/${name}/idl.json`;
  return { name, idl: JSON.parse(readFileSync(path, 'utf8')) as Idl };
});
const modules = { staking_pool: stakingPool, restaking_vault: restakingVault, validator_selection: validatorSelection };
const WORDS: Record<string, number> = {
  bool: 1,
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
  i64: 8,
  pubkey: 32,
};

function size(idl: Idl, kind: Kind): number {
  if (typeof kind === 'string') return WORDS[kind]!;
  if (kind.array) return size(idl, kind.array[0]) * kind.array[1];
  if (kind.vec) return 4; // How many there are: none.
  return structSize(idl, kind.defined!.name);
}

function structSize(idl: Idl, name: string): number {
  const { fields } = idl.types.find((type) => type.name === name)!.type;
  return fields.reduce((sum, { type }) => sum + size(idl, type), 0);
}

test('every program has its address', () => {
  for (const { name, idl } of idls) assert.equal(PROGRAMS[name], idl.address);
});

test('every error has its name and message', () => {
  for (const { name, idl } of idls) {
    assert.ok(idl.errors.length > 0);
    for (const { code, name: error, msg } of idl.errors) {
      assert.deepEqual(describeError(idl.address, code), { program: name, code, name: error, message: msg });
    }
    assert.equal(describeError(idl.address, 2012)?.name, 'ConstraintAddress');
    assert.equal(describeError(idl.address, 5), undefined);
  }
  assert.equal(describeError('11111111111111111111111111111111', 6000), undefined);
});

test('every event decodes from its bytes and no others', () => {
  for (const { name, idl } of idls) {
    assert.ok(idl.events.length > 0);
    for (const event of idl.events) {
      const bytes = Uint8Array.of(...event.discriminator, ...new Uint8Array(structSize(idl, event.name)));
      const decoded = decodeEvent(idl.address, bytes)!;
      assert.deepEqual([decoded.program, decoded.name], [name, event.name]);
      assert.equal(decodeEvent(idl.address, bytes.subarray(0, -1)), undefined);
      assert.equal(decodeEvent('11111111111111111111111111111111', bytes), undefined);
      assert.equal(decodeEvent(idl.address, Uint8Array.of(...bytes, 0)), undefined);
    }
  }
});

test('every account has its discriminator, size and owner', () => {
  for (const { name, idl } of idls) {
    for (const account of idl.accounts) {
      const key = `${account.name[0]!.toLowerCase()}${account.name.slice(1)}Layout`;
      const layout = (modules[name] as unknown as Record<string, AccountLayout<object>>)[key]!;
      assert.deepEqual([...layout.discriminator], account.discriminator, key);
      assert.equal(layout.size, 8 + structSize(idl, account.name), key);
      const bytes = Uint8Array.of(...account.discriminator, ...new Uint8Array(layout.size));
      assert.ok(decodeData(layout, bytes, layout.programAddress));
      assert.throws(() => decodeData(layout, bytes, '11111111111111111111111111111111' as never), /owned by 1111/);
      assert.throws(() => decodeData(layout, bytes.subarray(0, layout.size - 1)), DecodeError);
      assert.throws(() => decodeData(layout, Uint8Array.of(...bytes).fill(1, 0, 1)), /something else/);
    }
  }
});

test('every instruction starts with its discriminator', () => {
  for (const { name, idl } of idls) {
    const module = modules[name] as unknown as Record<string, unknown>;
    for (const { name: instruction, discriminator } of idl.instructions) {
      const found = module[`${instruction.toUpperCase()}_DISCRIMINATOR`] as Uint8Array;
      assert.deepEqual([...found], discriminator, instruction);
    }
  }
});

test('a slab has the records in use, and room', () => {
  const layout: SlabLayout<stakingPool.ValidatorListHeader, stakingPool.ValidatorRecord> =
    stakingPool.validatorListHeaderLayout;
  const data = new Uint8Array(slabSpace(layout, 5));
  data.set(layout.discriminator);
  data.set([2], layout.size);
  data.set([7], slabSpace(layout, 1) + 32);
  const { records, capacity } = decodeSlab(layout, data);
  assert.deepEqual([records.length, capacity, records[1]!.stake], [2, 5, 7n]);
  data.set([6], layout.size);
  assert.throws(() => decodeSlab(layout, data), /expected at least/);
  assert.throws(() => decodeSlab(layout, data.subarray(0, layout.size + 2)), DecodeError);
});

test('an error is explained in every form it comes in', () => {
  const pool = PROGRAMS.staking_pool;
  const logs = [`Program ${pool} invoke [1]`, `Program ${pool} failed: custom program error: 0x1774`];
  const expected = { program: 'staking_pool', code: 6004, name: 'SlippageExceeded' };
  const message = 'The outcome is below the minimum the caller accepts';
  const raw = { InstructionError: [2, { Custom: 6004 }] };
  assert.deepEqual(explainError(raw, logs), { ...expected, message });
  assert.deepEqual(explainError({ InstructionError: [2n, { Custom: 6004n }] }, logs), { ...expected, message });
  const cause = new SolanaError(SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM, { code: 6004, index: 2 });
  assert.ok(isSolanaError(cause, SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM));
  const preflight = new SolanaError(SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE, {
    cause,
    logs,
  } as never);
  assert.deepEqual(explainError(preflight), { ...expected, message });
  assert.equal(explainError(raw), undefined);
  assert.equal(
    explainError(
      raw,
      logs.map((line) => line.replaceAll(pool, PROGRAMS.staking_pool.slice(1))),
    ),
    undefined,
  );
  assert.equal(explainError(new Error('network'), logs), undefined);
});
