/** What is published: nothing of Node, nothing that has to be loaded, and a README that says what is there. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as sdk from '@sluice-protocol/sdk';

const home = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(`${home}${path}`, 'utf8');
const modules = readdirSync(`${home}dist`, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.js'),
);

test('a browser can run every module', () => {
  assert.ok(modules.length > 200);
  for (const path of modules) {
    const code = read(`dist/${path}`);
    for (const [, from] of code.matchAll(/\bfrom '([^']+)'/g)) {
      assert.match(from!, /^(\.{1,2}\/.*\.js|@solana\/kit(\/program-client-core)?)$/, path);
    }
    assert.doesNotMatch(code, /\b(process\.|Buffer\b|require\(|eval\(|new Function)/, path);
    assert.ok(path.includes('wasm') || path.includes('views') || !/\bfetch\(/.test(code), `${path} fetches by itself`);
  }
});

test('its types name no package but kit', () => {
  for (const path of modules) {
    const types = read(`dist/${path.replace(/\.js$/, '.d.ts')}`);
    for (const [, from] of types.matchAll(/(?:\bfrom |\bimport\()["']([^"']+)["']/g)) {
      assert.match(from!, /^(\.{1,2}\/.*\.js|@solana\/kit)$/, path);
    }
  }
});

test('the quotes are small', () => {
  assert.ok(Buffer.byteLength(read('dist/wasm.js')) < 60_000);
});

test('what the README names is there', () => {
  const rows = read('README.md').match(/^\| (Snapshots|Lists|Pool|Vault|Selection|Addresses) \|.*$/gm)!;
  const named = rows.flatMap((row) => [...row.matchAll(/`([a-z][A-Za-z]+|[A-Z_]+)(?=[`(])/g)].map(([, name]) => name!));
  assert.ok(named.length > 40);
  assert.deepEqual(
    named.filter((name) => !(name in sdk)),
    [],
  );
});

test('the READMEs show what examples/readme.ts does', () => {
  const example = read('examples/readme.ts').replaceAll(/\s+/g, ' ');
  const texts = read('README.md') + read('../../README.md');
  const blocks = [...texts.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  assert.equal(blocks.length, 3);
  for (const line of blocks.join('').split('\n')) {
    const code = line
      .replace(/\s*\/\/.*$/, '')
      .trim()
      .replaceAll(/\s+/g, ' ');
    if (!code.startsWith('import ')) assert.ok(example.includes(code), code);
  }
});
