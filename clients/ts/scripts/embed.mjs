#!/usr/bin/env node
// Puts the WebAssembly build of the quotes into src/wasm.ts, as text: a page with a strict content policy fetches nothing
// but what it was built of. `make build` makes the file it reads.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const wasm = fileURLToPath(new URL('../../../target/wasm/sluice_quotes.wasm', import.meta.url));
const out = fileURLToPath(new URL('../src/wasm.ts', import.meta.url));

try {
  const text = readFileSync(wasm).toString('base64');
  const module = `/** Written by scripts/embed.mjs: ${text.length} letters of base64. */\nexport const WASM =\n  '${text}';\n`;
  let before = '';
  try {
    before = readFileSync(out, 'utf8');
  } catch {}
  if (before !== module) writeFileSync(out, module);
} catch (error) {
  console.error(`embed: ${error.message}: run 'make build' (or toolchain/build-wasm.sh) first`);
  process.exitCode = 1;
}
