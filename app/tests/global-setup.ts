/** Starts what the tests are about: a localnet with a pool that has lived, and the built pages. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pages } from './world/server';
import { build } from './world/setup';

export default async function setup(): Promise<(() => void) | undefined> {
  // A world that is up already, by whoever works on the tests.
  if (process.env.SLUICE_WORLD) return undefined;
  if (!existsSync(resolve(import.meta.dirname, '../dist/index.html'))) throw new Error('app/dist is missing: run "npm run build" first');
  const { world, server } = await build();
  const served = await pages();
  process.env.SLUICE_WORLD = JSON.stringify({ ...world, pages: served.url });
  return () => {
    served.stop();
    server.stop();
  };
}
