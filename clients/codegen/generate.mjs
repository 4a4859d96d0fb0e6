#!/usr/bin/env node
// Generates the Rust client modules from the Anchor IDLs.
//
//   node generate.mjs <idl-dir> <out-dir>            write the modules
//   node generate.mjs --check <idl-dir> <out-dir>    compare them with what is there, exit 1 on drift
//
// Codama renders accounts, types, instructions and errors. What its Rust renderer does not know is added by rust.mjs:
// events, slabs, PDA searches, and checks of discriminators. Same IDLs in, same bytes out.

import { rootNodeFromAnchorWithoutDefaultVisitor, extractPdasVisitor } from '@codama/nodes-from-anchor';
import { getRenderMapVisitor } from '@codama/renderers-rust';
import { createFromRoot, setFixedAccountSizesVisitor, visit } from 'codama';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { structLayout } from './layout.mjs';
import * as rust from './rust.mjs';

const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const isAddress = (text) => /^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(text);

/** Reads an IDL and puts it into the one order and form the rest relies on. */
function readIdl(path) {
  const idl = JSON.parse(readFileSync(path, 'utf8'));
  for (const list of ['instructions', 'accounts', 'events', 'types', 'constants']) {
    idl[list] = [...(idl[list] ?? [])].sort(byName);
  }
  idl.errors = [...(idl.errors ?? [])].sort((a, b) => a.code - b.code);
  for (const { accounts } of idl.instructions) {
    for (const account of accounts) {
      // `address = pool.reserve` is a path into another account, not an address a client may fill in.
      if (account.address && !isAddress(account.address)) delete account.address;
    }
  }
  // What is logged or stored as raw bytes must have no implicit padding. The layout of types used only as arguments
  // does not matter: they are serialized field by field.
  const raw = [...idl.accounts, ...idl.types.filter((type) => type.serialization === 'bytemuck')];
  for (const { name } of raw) structLayout(name, idl.types);
  return idl;
}

/** Codama's tree of a program. Events are kept as plain types: rust.mjs writes their decoder. */
function toCodama(idl) {
  const codama = createFromRoot(rootNodeFromAnchorWithoutDefaultVisitor({ ...idl, events: [] }));
  codama.update(extractPdasVisitor());
  codama.update(setFixedAccountSizesVisitor());
  return codama;
}

/** File name to content for one program. */
function renderProgram(idl) {
  const codama = toCodama(idl);
  const program = codama.getRoot().program;
  const here = `crate::generated::${idl.metadata.name}`;
  const visitor = getRenderMapVisitor({
    anchorTraits: false,
    dependencyMap: {
      generatedAccounts: `${here}::accounts`,
      generatedErrors: `${here}::errors`,
      generatedTypes: `${here}::types`,
    },
    traitOptions: {
      baseDefaults: [
        'borsh::BorshSerialize', 'borsh::BorshDeserialize', 'serde::Serialize', 'Clone', 'Debug', 'Eq', 'PartialEq',
      ],
    },
  });
  const files = new Map();
  for (const [path, { content }] of visit(codama.getRoot(), visitor)) {
    const adapted = rust.adapt(path, content, idl, here);
    if (adapted !== undefined) files.set(path, adapted);
  }
  for (const [path, content] of rust.extras(idl, program)) files.set(path, content);
  files.set('mod.rs', rust.programModule(files));
  files.set('idl.json', JSON.stringify(idl, null, 2) + '\n');
  return files;
}

/** Programs that read accounts of another one, which Anchor lists among their own. */
const READS = { restaking_vault: 'staking_pool', validator_selection: 'staking_pool' };

/** Leaves the accounts of the program an IDL reads, and their types, to that program's module. */
function dropForeign(idl, idls) {
  const owner = idls.find(({ metadata }) => metadata.name === READS[idl.metadata.name]);
  if (!owner) return;
  for (const list of ['accounts', 'types']) {
    const foreign = new Set(owner[list].map((item) => JSON.stringify(item)));
    idl[list] = idl[list].filter((item) => !foreign.has(JSON.stringify(item)));
  }
}

/** Path below the output folder to content, for all programs. */
function render(idlDir) {
  const names = readdirSync(idlDir).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) throw new Error(`no IDL in ${idlDir}: build the IDLs first`);
  const idls = names.map((name) => readIdl(join(idlDir, name)));
  for (const idl of idls) dropForeign(idl, idls);
  const files = new Map([['mod.rs', rust.rootModule(idls)]]);
  for (const idl of idls) {
    for (const [path, content] of renderProgram(idl)) files.set(join(idl.metadata.name, path), content);
  }
  return files;
}

function write(idlDir, outDir) {
  const files = render(idlDir);
  // The folder is replaced as a whole: be sure that it is ours.
  const root = join(outDir, 'mod.rs');
  const ours = existsSync(root) && readFileSync(root, 'utf8').startsWith(rust.HEADER.trimEnd());
  if (existsSync(outDir) && readdirSync(outDir).length > 0 && !ours) throw new Error(`${outDir} holds something else`);
  rmSync(outDir, { recursive: true, force: true });
  for (const [path, content] of files) {
    mkdirSync(dirname(join(outDir, path)), { recursive: true });
    writeFileSync(join(outDir, path), content);
  }
  run('rustfmt', ['--edition', '2024', '--config-path', REPOSITORY, root]);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error || status !== 0) throw new Error(`${command} failed: ${error?.message ?? `status ${status}`}`);
}

function check(idlDir, outDir) {
  const fresh = mkdtempSync(join(tmpdir(), 'sluice-codegen-'));
  try {
    write(idlDir, fresh);
    if (!existsSync(outDir)) return false;
    return spawnSync('diff', ['-ru', outDir, fresh], { stdio: 'inherit' }).status === 0;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function main() {
  const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true });
  if (positionals.length !== 2) {
    console.error('usage: node generate.mjs [--check] <idl-dir> <out-dir>');
    return 2;
  }
  const [idlDir, outDir] = positionals.map((path) => resolve(path));
  if (!values.check) {
    write(idlDir, outDir);
    console.log(`generated ${outDir}`);
    return 0;
  }
  if (check(idlDir, outDir)) {
    console.log(`${outDir} is up to date`);
    return 0;
  }
  console.error(`${outDir} does not match ${idlDir}: generate it again and commit the result`);
  return 1;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(`codegen: ${error.message}`);
  process.exitCode = 1;
}
