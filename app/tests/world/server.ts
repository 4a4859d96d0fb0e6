/** The processes behind the tests: the real localnet, the real deployment, the built pages. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { preview } from 'vite';

export const REPOSITORY = resolve(import.meta.dirname, '../../..');
/** `make host` builds it. */
export const SLUICE = process.env.SLUICE_BIN ?? join(REPOSITORY, 'clients/target/debug/sluice');

export interface Served {
  url: string;
  stop: () => void;
}

/** `sluice localnet` on a free port, once it says that it is ready. Epochs and slots come when they are asked for. */
export async function localnet(...more: string[]): Promise<Served> {
  const [command = SLUICE, ...given] = process.env.SLUICE_LOCALNET?.split(' ') ?? [SLUICE, 'localnet'];
  if (!existsSync(command)) throw new Error(`${command} is missing: run "make host" first`);
  const child: ChildProcess = spawn(command, [...given, '--port', '0', '--slot-time', '0', ...more], { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const url = await new Promise<string>((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`the localnet is not ready after two minutes:\n${said}`)), 120_000);
    const read = (chunk: Buffer) => {
      said += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (!address || !/\bready\b/i.test(said)) return;
      clearTimeout(timer);
      found(address[0]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('exit', code => failed(new Error(`the localnet ended with ${code}:\n${said}`)));
  });
  return { url, stop: () => void child.kill('SIGTERM') };
}

export interface Addresses {
  pool: string;
  lstMint: string;
}

/** `sluice deploy` with the example for a local cluster. */
export function deploy(url: string, keypair: string, keys: string): void {
  const arguments_ = ['deploy', '--config', join(REPOSITORY, 'migrations/localnet.toml'), '--make-keys', keys, '--url', url, '--keypair', keypair, '--yes'];
  const { status, stdout, stderr } = spawnSync(SLUICE, arguments_, { cwd: REPOSITORY, encoding: 'utf8', timeout: 180_000 });
  if (status !== 0) throw new Error(`sluice ${arguments_.join(' ')} failed:\n${stdout}\n${stderr}`);
}

/** The built pages, as a host would serve them. */
export async function pages(): Promise<Served> {
  const server = await preview({ root: resolve(import.meta.dirname, '../..'), preview: { host: '127.0.0.1', port: 0 }, logLevel: 'error' });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('the preview has no address');
  return { url: url.replace(/\/$/, ''), stop: () => void server.close() };
}
