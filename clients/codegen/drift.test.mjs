// The committed SDKs against the IDLs that `make build` wrote, and against IDLs of programs that have changed since.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const clients = dirname(here);
const target = join(here, '../../target');
const work = mkdtempSync(join(tmpdir(), 'sluice-drift-test-'));
const [idls, rust, ts] = [join(work, 'idl'), join(work, 'rust'), join(work, 'ts')];

/** A copy of what is committed, and of the IDLs it comes from. */
beforeEach(() => {
  rmSync(work, { recursive: true, force: true });
  cpSync(join(target, 'idl'), idls, { recursive: true });
  cpSync(join(clients, 'sdk/src/generated'), rust, { recursive: true });
  cpSync(join(clients, 'ts/src/generated'), ts, { recursive: true });
});
after(() => rmSync(work, { recursive: true, force: true }));

function check() {
  const args = [join(here, 'generate.mjs'), '--check', '--quotes', join(target, 'quotes.json'), idls, rust, ts];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  // The committed file of each pair that differs, and every file that has no other.
  const files = [...stdout.matchAll(/^--- (\S+)|^Only in (\S+): (\S+)/gm)].map(([, differs, folder, alone]) =>
    (differs ?? join(folder, alone)).replace(`${work}/`, ''),
  );
  return { status, stderr, files };
}

function change(program, edit) {
  const path = join(idls, `${program}.json`);
  const idl = JSON.parse(readFileSync(path, 'utf8'));
  edit(idl, (list, name) => idl[list].find((entry) => entry.name === name));
  writeFileSync(path, JSON.stringify(idl));
}

test('what is committed is what the programs generate', () => {
  assert.deepEqual(check(), { status: 0, stderr: '', files: [] });
});

test('a changed instruction, account, event or error is found in both languages, and what is left over', () => {
  change('staking_pool', (_, find) => {
    find('instructions', 'deposit_sol').args.push({ name: 'memo', type: 'u64' });
    find('types', 'Ticket').type.fields.at(-1).name = 'renamed';
  });
  change('restaking_vault', (_, find) => find('events', 'AdminChanged').discriminator.reverse());
  change('validator_selection', (idl) => (idl.errors[0].msg = 'Said otherwise'));
  writeFileSync(join(rust, 'staking_pool/accounts/gone.rs'), '');
  writeFileSync(join(ts, 'stakingPool/pdas/gone.ts'), '');
  const { status, stderr, files } = check();
  assert.equal(status, 1);
  assert.match(stderr, /rust does not match .*make sdk.*\n.*ts does not match .*make sdk/);
  for (const name of [
    'rust/staking_pool/instructions/deposit_sol.rs',
    'rust/staking_pool/accounts/ticket.rs',
    'rust/restaking_vault/events.rs',
    'rust/validator_selection/errors/validator_selection.rs',
    'rust/staking_pool/accounts/gone.rs',
    'ts/stakingPool/instructions/depositSol.ts',
    'ts/stakingPool/accounts/ticket.ts',
    'ts/restakingVault/events.ts',
    'ts/validatorSelection/errors.ts',
    'ts/stakingPool/pdas/gone.ts',
  ]) {
    assert.ok(files.includes(name), `${name} is not among ${files}`);
  }
});
