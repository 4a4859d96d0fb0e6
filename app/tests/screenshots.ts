/** Pictures of every page, on a phone and a desk, light and dark; of a wallet that has staked, ordered and restaked. */
import { fetchSelection } from '@sluice-protocol/sdk';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import UPNG from 'upng-js';
import { expect, open, signAndWait, test } from './fixtures';

const FOLDER = resolve(import.meta.dirname, '../screenshots');
const COLOURS = 128;
const TALLEST = 2_000;
const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 860 } } as const;

/** The same picture in as many colours as such pages have. */
function smaller(png: Buffer): Buffer {
  const picture = UPNG.decode(png);
  return Buffer.from(UPNG.encode(UPNG.toRGBA8(picture), picture.width, picture.height, COLOURS));
}

test('screenshots', async ({ page, world, burner }) => {
  test.setTimeout(600_000);
  mkdirSync(FOLDER, { recursive: true });
  await burner('stake', 400n);
  await page.getByLabel('Amount to stake').fill('240');
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
  await signAndWait(page);
  await page.goto(`${world.world.pages}/#/unstake`);
  await page.getByLabel('Amount to leave with').fill('12.5');
  await page.getByRole('button', { name: 'Order a ticket' }).click();
  await signAndWait(page);
  await page.goto(`${world.world.pages}/#/restake/${world.world.vault}`);
  await page.getByLabel('SOL to stake and restake').fill('50');
  await page.getByRole('button', { name: 'Restake', exact: true }).click();
  await signAndWait(page);
  await world.epochs(2);

  const { candidates } = await fetchSelection(world.chain.rpc, world.world.pool);
  const busiest = [...candidates].sort((a, b) => (a.seat.target > b.seat.target ? -1 : 1))[0]!;
  const pages: [name: string, path: string, prepare?: () => Promise<void>][] = [
    ['stake', 'stake', () => page.getByLabel('Amount to stake').fill('25')],
    ['unstake', 'unstake', () => page.getByLabel('Amount to leave with').fill('20')],
    ['portfolio', 'portfolio', () => expect(page.locator('.chart-area canvas')).toBeVisible()],
    ['validators', 'validators'],
    ['validator', `validators/${busiest.vote}`, () => expect(page.locator('.say')).not.toBeEmpty()],
    ['restake', 'restake'],
    ['vault', `restake/${world.world.vault}`],
    [
      'status',
      'status',
      async () => {
        await page.getByRole('button', { name: 'Check it now' }).click();
        await expect(page.getByText('Every slSOL is backed')).toBeVisible();
      },
    ],
    ['settings', 'settings'],
    [
      'transaction',
      'stake',
      async () => {
        await page.getByLabel('Amount to stake').fill('25');
        await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
        await expect(page.locator('dialog[open]').getByRole('button', { name: 'Sign and send' })).toBeEnabled();
      },
    ],
  ];
  for (const theme of ['light', 'dark'] as const) {
    await open(page, world, 'settings', { theme });
    await page.reload();
    for (const [screen, size] of Object.entries(SCREENS)) {
      await page.setViewportSize(size);
      for (const [name, path, prepare] of pages) {
        await page.goto('about:blank');
        await page.goto(`${world.world.pages}/#/${path}`);
        await expect(page.locator('h1')).toBeVisible();
        await expect(page.locator('.loading')).toHaveCount(0);
        await expect(page.locator('.skeleton')).toHaveCount(0);
        await prepare?.();
        await page.waitForTimeout(300);
        // As tall as the page, so that what is fixed to the bottom is at the bottom; no taller than one cares to look at.
        const whole = await page.evaluate(() => document.documentElement.scrollHeight);
        const height = name === 'transaction' ? size.height : Math.min(Math.max(whole, size.height), TALLEST);
        await page.setViewportSize({ ...size, height });
        await page.evaluate(() => window.scrollTo(0, 0));
        await page.waitForTimeout(200);
        writeFileSync(`${FOLDER}/${name}-${screen}-${theme}.png`, smaller(await page.screenshot({ animations: 'disabled' })));
        await page.setViewportSize(size);
      }
    }
  }
});
