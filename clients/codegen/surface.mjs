#!/usr/bin/env node
// What callers of the SDKs rely on, against what the last release gave them: surface.json, written when one is made.
//
//   node surface.mjs              fail if the surface is another one and the version does not say so
//   node surface.mjs --release    the same, then record the surface as this version's
//                    --clients DIR, --released FILE   elsewhere, for tests
//
// Of the programs: addresses, instructions, accounts, events, errors. Of the TypeScript package: each name and its kind;
// what a hand-written function takes is left to whoever reviews it. A surface that lost or changed something needs a
// new major version, one that only grew a minor; before 1.0.0 that is a minor and a patch.

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = dirname(fileURLToPath(import.meta.url));
const ts = createRequire(join(HERE, '../ts/package.json'))('typescript');

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

function typeText(type) {
  if (typeof type === 'string') return type;
  if (type.array) return `[${typeText(type.array[0])}; ${type.array[1]}]`;
  if (type.vec) return `[${typeText(type.vec)}]`;
  if (type.option) return `${typeText(type.option)}?`;
  if (type.defined) return type.defined.name;
  throw new Error(`a type that needs a new case: ${JSON.stringify(type)}`);
}

const fieldsText = (fields) => fields.map(({ name, type }) => `${name}: ${typeText(type)}`).join(', ');

/** With the address that clients put there without being told: a fixed one, or what it is derived from. */
function accountText({ name, writable, signer, optional, address, pda }) {
  const filled = address ?? (pda && JSON.stringify(pda.seeds));
  return `${name}${writable ? ' w' : ''}${signer ? ' s' : ''}${optional ? '?' : ''}${filled ? ` = ${filled}` : ''}`;
}

/** Name to description of everything an IDL promises. */
export function programSurface(idl) {
  const surface = new Map([[idl.metadata.name, idl.address]]);
  const put = (kind, name, text) => surface.set(`${idl.metadata.name} ${kind} ${name}`, text);
  for (const { name, discriminator, accounts, args, returns } of idl.instructions) {
    const answer = returns ? ` -> ${typeText(returns)}` : '';
    put('instruction', name, `${discriminator} (${fieldsText(args)})${answer} [${accounts.map(accountText).join(', ')}]`);
  }
  for (const { name, discriminator } of idl.accounts) put('account', name, `${discriminator}`);
  for (const { name, discriminator } of idl.events) put('event', name, `${discriminator}`);
  for (const { code, name } of idl.errors) put('error', `${code}`, name);
  for (const { name, type } of idl.types) put('type', name, fieldsText(type.fields));
  return surface;
}

const KINDS = [
  [ts.SymbolFlags.Function, 'function'],
  [ts.SymbolFlags.Class, 'class'],
  [ts.SymbolFlags.Variable, 'const'],
  [ts.SymbolFlags.Module, 'namespace'],
  [ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Interface, 'type'],
];

/** Name to kind of everything a package exports, from the sources of the modules it names. */
export function packageSurface(folder) {
  const { name: packageName, exports } = readJson(join(folder, 'package.json'));
  const entries = Object.entries(exports).map(([path, { types }]) => ({
    name: join(packageName, path),
    source: join(folder, types.replace('./dist/', 'src/').replace(/\.d\.ts$/, '.ts')),
  }));
  const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, noLib: true, types: [] };
  const program = ts.createProgram(entries.map(({ source }) => source), options);
  const checker = program.getTypeChecker();
  const surface = new Map();
  for (const { name, source } of entries) {
    for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(source)))) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const kinds = KINDS.filter(([flag]) => symbol.flags & flag).map(([, kind]) => kind);
      surface.set(`${name} ${exported.name}`, kinds.join(' '));
    }
  }
  return surface;
}

/** The one version of both SDKs. */
function versionOf(clients) {
  const { version } = readJson(join(clients, 'ts/package.json'));
  const [, rust] = /^\[workspace\.package\]\nversion = "([^"]+)"/m.exec(readFileSync(join(clients, 'Cargo.toml'), 'utf8')) ?? [];
  if (version !== rust) throw new Error(`clients/ts/package.json says ${version}, clients/Cargo.toml ${rust}: give both the same version`);
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${version} is not three numbers: surface.mjs compares only such versions`);
  return version;
}

function surfaceOf(clients) {
  const generated = join(clients, 'sdk/src/generated');
  const programs = readdirSync(generated).filter((name) => existsSync(join(generated, name, 'idl.json')));
  const surfaces = programs.map((name) => programSurface(readJson(join(generated, name, 'idl.json'))));
  const all = [...surfaces, packageSurface(join(clients, 'ts'))].flatMap((surface) => [...surface]);
  return Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1)));
}

const numbers = (version) => version.split('.').map(Number);

function isAtLeast(version, least) {
  const [one, other] = [numbers(version), numbers(least)];
  const first = one.findIndex((number, place) => number !== other[place]);
  return first < 0 || one[first] > other[first];
}

/** What differs from a release, one line each, and the least version that says so. */
export function compare(released, surface) {
  const [before, now] = [Object.entries(released.surface), Object.entries(surface)];
  const gone = before.filter(([name]) => !(name in surface)).map(([name]) => `gone: ${name}`);
  const changed = before
    .filter(([name, text]) => name in surface && surface[name] !== text)
    .map(([name, text]) => `changed: ${name}\n  from ${text}\n    to ${surface[name]}`);
  const added = now.filter(([name]) => !(name in released.surface)).map(([name]) => `new: ${name}`);
  const breaks = gone.length + changed.length > 0;
  const [major, minor, patch] = numbers(released.version);
  const [breaking, growing] =
    major > 0
      ? [`${major + 1}.0.0`, `${major}.${minor + 1}.0`]
      : [`0.${minor + 1}.0`, `0.${minor}.${patch + 1}`];
  const least = breaks ? breaking : added.length > 0 ? growing : released.version;
  return { lines: [...gone, ...changed, ...added], breaks, least };
}

function main() {
  const options = { release: { type: 'boolean' }, clients: { type: 'string' }, released: { type: 'string' } };
  const { values } = parseArgs({ options });
  const clients = resolve(values.clients ?? join(HERE, '..'));
  const file = resolve(values.released ?? join(HERE, 'surface.json'));
  const version = versionOf(clients);
  const surface = surfaceOf(clients);
  if (!existsSync(file) && !values.release) throw new Error(`${file} is missing: take it from git, or 'npm run release' for a first release`);
  const released = existsSync(file) ? readJson(file) : { version, surface };
  const { lines, breaks, least } = compare(released, surface);
  if (!isAtLeast(version, least)) {
    const what = breaks ? `breaks callers of ${released.version}` : `gives more than ${released.version} did`;
    console.error(`${lines.join('\n')}\nThis ${what}, and the version is ${version}: make it ${least} in clients/ts/package.json and
clients/Cargo.toml and say why in CHANGELOG.md, or take the change back.`);
    return 1;
  }
  if (values.release) writeFileSync(file, `${JSON.stringify({ version, surface }, null, 1)}\n`);
  console.log(values.release ? `${file} is what ${version} gives` : `${version} keeps what ${released.version} gave`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = main();
  } catch (error) {
    console.error(`surface: ${error.message}`);
    process.exitCode = 1;
  }
}
