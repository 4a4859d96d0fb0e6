import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compare } from './surface.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'sluice-surface-test-'));
const released = join(work, 'surface.json');
let recorded;

/** The SDKs as they are, just released. */
beforeEach(() => {
  rmSync(work, { recursive: true, force: true });
  for (const path of ['Cargo.toml', 'sdk/src/generated', 'ts/package.json', 'ts/src']) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    cpSync(join(here, '..', path), join(work, path), { recursive: true });
  }
  edit('ts/package.json', (text) => text.replace(/"version": "[^"]+"/, '"version": "0.4.2"'));
  edit('Cargo.toml', (text) => text.replace(/^version = "[^"]+"/m, 'version = "0.4.2"'));
  if (recorded) writeFileSync(released, recorded);
  else assert.equal(run('--release').status, 0);
  recorded = readFileSync(released);
});
after(() => rmSync(work, { recursive: true, force: true }));

function edit(path, change) {
  const text = readFileSync(join(work, path), 'utf8');
  const changed = change(text);
  assert.notEqual(changed, text);
  writeFileSync(join(work, path), changed);
}

function setVersion(version) {
  edit('ts/package.json', (text) => text.replace('"0.4.2"', `"${version}"`));
  edit('Cargo.toml', (text) => text.replace('"0.4.2"', `"${version}"`));
}

function run(...flags) {
  const args = [join(here, 'surface.mjs'), '--clients', work, '--released', released, ...flags];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

test('a name that is gone from TypeScript needs a version that may break', () => {
  assert.equal(run().status, 0);
  edit('ts/src/pool.ts', (text) => text.replace('export function claimTicket', 'function claimTicket'));
  const { status, stderr } = run();
  assert.equal(status, 1);
  assert.match(stderr, /^gone: @sluice-protocol\/sdk claimTicket\nThis breaks callers of 0\.4\.2.* make it 0\.5\.0 .*\n.*CHANGELOG/);
  assert.equal(run('--release').status, 1, 'nor is it recorded');
  setVersion('0.5.0');
  assert.equal(run().status, 0);
});

test('a program that answers otherwise is named with what it was', () => {
  edit('sdk/src/generated/staking_pool/idl.json', (text) => {
    const idl = JSON.parse(text);
    idl.instructions.find(({ name }) => name === 'deposit_sol').discriminator = [99];
    idl.types.find(({ name }) => name === 'Ticket').type.fields.reverse();
    idl.errors.pop();
    const accounts = idl.instructions.flatMap(({ accounts }) => accounts);
    accounts.find(({ address }) => address).address = idl.address;
    return JSON.stringify(idl);
  });
  const { stderr } = run();
  assert.match(stderr, /^changed: staking_pool instruction deposit_sol\n  from 14 \(lamports: u64, min_out: u64\) .*\n    to 99 \(/m);
  assert.match(stderr, /^changed: staking_pool type Ticket$/m);
  assert.match(stderr, /^gone: staking_pool error \d+$/m);
  assert.match(stderr, /^changed: staking_pool instruction \w+\n  from (.*) = \w+(.*)\n    to \1 = \w+\2$/m);
});

test('what is new needs a version too, a smaller one', () => {
  edit('ts/src/addresses.ts', (text) => `${text}\nexport const NEW = 1;\n`);
  assert.match(run().stderr, /^new: @sluice-protocol\/sdk NEW\nThis gives more than 0\.4\.2 did.* make it 0\.4\.3 /);
  setVersion('0.4.3');
  assert.equal(run('--release').status, 0);
  assert.equal(JSON.parse(readFileSync(released, 'utf8')).version, '0.4.3');
});

test('from 1.0.0 on a break is a major version and an addition a minor one', () => {
  const before = { version: '1.2.3', surface: { deposit: '1', withdraw: '2' } };
  assert.equal(compare(before, { ...before.surface }).least, '1.2.3');
  assert.equal(compare(before, { ...before.surface, claim: '3' }).least, '1.3.0');
  assert.equal(compare(before, { deposit: '1' }).least, '2.0.0');
  assert.equal(compare(before, { deposit: '1', withdraw: '9', claim: '3' }).least, '2.0.0');
});

test('both SDKs have one version', () => {
  edit('Cargo.toml', (text) => text.replace('"0.4.2"', '"0.4.3"'));
  assert.match(run().stderr, /package\.json says 0\.4\.2, .*Cargo\.toml 0\.4\.3: give both the same version/);
});
