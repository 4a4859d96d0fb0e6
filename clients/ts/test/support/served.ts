/** A localnet of its own for a test: a real Agave Bank behind a real RPC server, started and stopped here. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));

export type Served = { url: string; wsUrl: string; stop(): void };

/** Starts a cluster whose slots pass when they are asked to, with the programs from genesis. `make host` builds the command. */
export async function serve(validators = 3, slotsPerEpoch = 64): Promise<Served> {
  const sluice = `${ROOT}clients/target/debug/sluice`;
  if (!existsSync(sluice)) throw new Error(`${sluice} is missing: run 'make host' first`);
  const args = [
    'localnet',
    '--port',
    '0',
    '--slot-time',
    '0',
    '--output',
    'json',
    '--programs',
    `${ROOT}target/deploy`,
  ];
  const more = ['--validators', `${validators}`, '--slots-per-epoch', `${slotsPerEpoch}`];
  const child = spawn(sluice, [...args, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  // However this process ends.
  const stop = () => void child.kill('SIGINT');
  process.once('exit', stop);
  let [said, complained] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complained += text;
      if (/^ready$/m.test(complained)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the localnet ended with ${code}: ${complained}`)));
  });
  const { url, websocket } = JSON.parse(said) as { url: string; websocket: string };
  return { url, wsUrl: websocket, stop };
}
