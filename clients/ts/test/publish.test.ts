/**
 * The package as somebody gets it who installs it: packed, unpacked into a project of its own beside kit, imported by plain
 * node and type-checked as projects are set up today, the code of the READMEs included.
 */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ROOT } from './support/served.js';

const home = fileURLToPath(new URL('../../', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'sluice-consumer-'));
const installed = join(project, 'node_modules/@sluice-protocol/sdk');

/** What npm would install, without the network: the archive, and the packages that are here already. */
before(() => {
  // `npm test` has built it, and other tests are reading it: nothing is built again here.
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', project];
  const archive = execFileSync('npm', pack, { cwd: home, encoding: 'utf8' }).trim();
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(project, archive), '-C', installed, '--strip-components', '1']);
  symlinkSync(join(home, 'node_modules/@solana'), join(project, 'node_modules/@solana'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
});
after(() => rmSync(project, { recursive: true, force: true }));

/** Type-checks the project, the types of its packages included. */
function typeCheck(module: string, moduleResolution: string) {
  const sources = readdirSync(project).filter((name) => name.endsWith('.ts'));
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', module];
  const tsc = [join(home, 'node_modules/typescript/bin/tsc'), ...options, '--moduleResolution', moduleResolution];
  return spawnSync(process.execPath, [...tsc, ...sources], { cwd: project, encoding: 'utf8' }).stdout;
}

test('the archive holds modules, their sources, a README and the licence', () => {
  const { dependencies, private: isPrivate } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  assert.deepEqual([dependencies, isPrivate], [undefined, undefined]);
  assert.deepEqual(readdirSync(installed).sort(), ['LICENSE', 'README.md', 'dist', 'package.json', 'src']);
  assert.equal(readFileSync(join(installed, 'LICENSE'), 'utf8'), readFileSync(`${ROOT}LICENSE`, 'utf8'));
  const maps = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.map'),
  );
  assert.ok(maps.length > 200);
  for (const map of maps) {
    const path = join(installed, 'dist', map);
    const { sources } = JSON.parse(readFileSync(path, 'utf8')) as { sources: string[] };
    for (const source of sources) assert.ok(existsSync(join(dirname(path), source)), `${map} names ${source}`);
  }
});

test('plain node imports it, asks a quote, derives an address and decodes an account', () => {
  writeFileSync(
    join(project, 'consumer.js'),
    `import { decodeData, findPoolOfMint, loadQuotes, stakingPool } from '@sluice-protocol/sdk';
import { poolLayout } from '@sluice-protocol/sdk/staking-pool';
import * as vault from '@sluice-protocol/sdk/restaking-vault';
import * as selection from '@sluice-protocol/sdk/validator-selection';
const data = new Uint8Array(poolLayout.size);
data.set(poolLayout.discriminator);
const { totalLamports } = decodeData(stakingPool.poolLayout, data, stakingPool.STAKING_POOL_PROGRAM_ADDRESS);
const quotes = await loadQuotes();
const pool = await findPoolOfMint(vault.RESTAKING_VAULT_PROGRAM_ADDRESS);
const [config] = await selection.findConfigPda({ pool });
console.log(JSON.stringify([String(totalLamports), String(quotes.minOut(1_000_000n, 50)), pool, config]));
`,
  );
  const said = execFileSync(process.execPath, ['consumer.js'], { cwd: project, encoding: 'utf8' });
  const [totalLamports, minOut, pool, config] = JSON.parse(said) as string[];
  assert.deepEqual([totalLamports, minOut], ['0', '995000']);
  for (const address of [pool!, config!]) assert.match(address, /^[1-9A-HJ-NP-Za-km-z]{43,44}$/);
});

const CONSUMER = `import type { Address, Instruction, Rpc, SolanaRpcApi, TransactionSigner } from '@solana/kit';
import { depositSol, fetchAccount, fetchPool, parseEvents, type Plan, type SluiceEvent } from '@sluice-protocol/sdk';
import { getDepositSolInstruction, poolLayout, type Pool } from '@sluice-protocol/sdk/staking-pool';
import { findVaultPda } from '@sluice-protocol/sdk/restaking-vault';
import { configLayout } from '@sluice-protocol/sdk/validator-selection';
export async function deposit(rpc: Rpc<SolanaRpcApi>, address: Address, user: TransactionSigner): Promise<Instruction[]> {
  const pool = await fetchPool(rpc, address);
  const { instructions, minOut } = await depositSol({ pool, user, lamports: 1n });
  const least: bigint = minOut;
  // @ts-expect-error an amount is no text
  await depositSol({ pool, user, lamports: 'all' });
  const { data } = await fetchAccount(rpc, poolLayout, address);
  const raw: Pool = data;
  const owner: Address = configLayout.programAddress;
  return instructions;
}
export const minted = (logs: string[]): bigint[] =>
  parseEvents(logs).flatMap((event: SluiceEvent) => (event.name === 'SolDeposited' ? [event.data.minted] : []));
export { findVaultPda, getDepositSolInstruction, type Plan };
`;

/** The TypeScript of a README in one module: imports first, then what the text says is there, then its code. */
function codeOf(readme: string, given: string): string {
  const blocks = [...readFileSync(readme, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  assert.ok(blocks.length > 0);
  const lines = blocks.join('\n').split('\n');
  const isImport = (line: string) => line.startsWith('import ');
  return [...lines.filter(isImport), given, ...lines.filter((line) => !isImport(line)), 'export {};'].join('\n');
}

test('a project of today type-checks against it, and so does the code of both READMEs', () => {
  const types = `import type { Address, TransactionSigner } from '@solana/kit';`;
  const given = `declare const lstMint: Address, user: TransactionSigner, shares: bigint;`;
  const named = `import { createSolanaRpc } from '@solana/kit';
import { depositSol, fetchPool, findPoolOfMint } from '@sluice-protocol/sdk';
const rpc = createSolanaRpc('http://127.0.0.1:8899');`;
  const own = codeOf(join(installed, 'README.md'), `${types}\ndeclare const url: string;\n${given}`);
  writeFileSync(join(project, 'consumer.ts'), CONSUMER);
  writeFileSync(join(project, 'readme.ts'), own);
  writeFileSync(join(project, 'repository.ts'), codeOf(`${ROOT}README.md`, `${types}\n${named}\n${given}`));
  assert.equal(typeCheck('nodenext', 'nodenext'), '', 'as node resolves it');
  assert.equal(typeCheck('esnext', 'bundler'), '', 'as bundlers do');
});
