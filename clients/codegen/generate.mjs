#!/usr/bin/env node
// Generates the modules of the Rust client, and those of the TypeScript client, from the Anchor IDLs.
//
//   node generate.mjs <idl-dir> <rust-dir> [<ts-dir>]            write the modules
//   node generate.mjs --check <idl-dir> <rust-dir> [<ts-dir>]    compare them with what is there, exit 1 on drift
//                     --quotes FILE                              what the quotes are asked, for TypeScript
//
// Codama renders accounts, types, instructions and errors. What its renderers do not know is added by rust.mjs and
// typescript.mjs: events, slabs, PDA searches, return data, and checks of discriminators. Same IDLs in, same bytes out.

import { rootNodeFromAnchorWithoutDefaultVisitor, extractPdasVisitor } from '@codama/nodes-from-anchor';
import { getRenderMapVisitor } from '@codama/renderers-rust';
import { createFromRoot, setFixedAccountSizesVisitor, visit } from 'codama';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { structLayout } from './layout.mjs';
import * as rust from './rust.mjs';
import * as typescript from './typescript.mjs';

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

/** File name to content of the Rust modules of one program. */
function renderRust(idl) {
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

/** The IDLs of the folder, each without what is another program's. */
function readIdls(idlDir) {
  const names = readdirSync(idlDir).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) throw new Error(`no IDL in ${idlDir}: build the IDLs first`);
  const idls = names.map((name) => readIdl(join(idlDir, name)));
  for (const idl of idls) dropForeign(idl, idls);
  return idls;
}

/** A language: the file a folder of it has at its root, by which it is known as ours, and all its files. */
const RUST = {
  root: 'mod.rs',
  header: rust.HEADER,
  async render(idls) {
    const files = new Map([['mod.rs', rust.rootModule(idls)]]);
    for (const idl of idls) {
      for (const [path, content] of renderRust(idl)) files.set(join(idl.metadata.name, path), content);
    }
    return files;
  },
  finish: (dir) => run('rustfmt', ['--edition', '2024', '--config-path', REPOSITORY, join(dir, 'mod.rs')]),
};

const TYPESCRIPT = {
  root: 'index.ts',
  header: typescript.HEADER,
  async render(idls, quotes) {
    const files = new Map([['index.ts', await typescript.rootModule(idls)]]);
    if (quotes) files.set('quotes.ts', await typescript.quotesModule(quotes));
    for (const idl of idls) {
      const pages = await typescript.renderProgram(idl, toCodama(idl).getRoot());
      for (const [path, content] of pages) files.set(join(typescript.folder(idl), path), content);
    }
    return files;
  },
  finish() {},
};

/** Renders into a folder that is empty. */
async function render(language, idls, quotes, dir) {
  for (const [path, content] of await language.render(idls, quotes)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  language.finish(dir);
}

/** Calls `use` with freshly rendered output, which is gone afterwards. */
async function withFresh(language, idls, quotes, use) {
  const fresh = mkdtempSync(join(tmpdir(), 'sluice-codegen-'));
  try {
    await render(language, idls, quotes, fresh);
    return use(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

const differs = (one, other, stdio) => spawnSync('diff', ['-ru', one, other], { stdio }).status !== 0;

/** Output that has not changed keeps its date, so that nothing is built again for it. */
function write(language, idls, quotes, outDir) {
  return withFresh(language, idls, quotes, (fresh) => {
    // The folder is replaced as a whole: be sure that it is ours.
    const root = join(outDir, language.root);
    const ours = existsSync(root) && readFileSync(root, 'utf8').startsWith(language.header.trimEnd());
    if (existsSync(outDir) && readdirSync(outDir).length > 0 && !ours) throw new Error(`${outDir} holds something else`);
    if (ours && !differs(outDir, fresh, 'ignore')) return;
    rmSync(outDir, { recursive: true, force: true });
    cpSync(fresh, outDir, { recursive: true });
  });
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error || status !== 0) throw new Error(`${command} failed: ${error?.message ?? `status ${status}`}`);
}

function check(language, idls, quotes, outDir) {
  return withFresh(language, idls, quotes, (fresh) => existsSync(outDir) && !differs(outDir, fresh, 'inherit'));
}

async function main() {
  const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' }, quotes: { type: 'string' } }, allowPositionals: true });
  if (positionals.length < 2 || positionals.length > 3) {
    console.error('usage: node generate.mjs [--check] [--quotes FILE] <idl-dir> <rust-dir> [<ts-dir>]');
    return 2;
  }
  const [idlDir, rustDir, tsDir] = positionals.map((path) => resolve(path));
  const idls = readIdls(idlDir);
  const quotes = values.quotes && JSON.parse(readFileSync(values.quotes, 'utf8'));
  let drift = false;
  for (const [language, dir] of [[RUST, rustDir], [TYPESCRIPT, tsDir]]) {
    if (!dir) continue;
    if (!values.check) {
      await write(language, idls, quotes, dir);
      console.log(`generated ${dir}`);
    } else if (await check(language, idls, quotes, dir)) {
      console.log(`${dir} is up to date`);
    } else {
      console.error(`${dir} does not match ${idlDir}: run 'make sdk' and commit what it writes`);
      drift = true;
    }
  }
  return drift ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`codegen: ${error.message}`);
  process.exitCode = 1;
}
