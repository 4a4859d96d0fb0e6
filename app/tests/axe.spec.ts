import AxeBuilder from '@axe-core/playwright';
import { fetchSelection } from '@sluice-protocol/sdk';
import type { Page } from '@playwright/test';
import { expect, open, test, walletOf, type Options, type TheWorld } from './fixtures';

const PAGES = ['stake', 'unstake', 'portfolio', 'validators', 'validator', 'restake', 'vault', 'status', 'settings'] as const;

/** What axe finds that keeps somebody out, in words. */
async function serious(page: Page, within = 'html'): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include(within).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`);
}

async function pathOf(name: string, world: TheWorld): Promise<string> {
  if (name === 'vault') return `restake/${world.world.vault}`;
  if (name !== 'validator') return name;
  const { candidates } = await fetchSelection(world.chain.rpc, world.world.pool);
  return `validators/${candidates[0]!.vote}`;
}

async function openWhole(page: Page, world: TheWorld, name: string, options: Options): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, world, await pathOf(name, world), { burner: true, ...options });
  await expect(page.locator('h1')).toBeVisible();
  await expect(page.locator('.loading')).toHaveCount(0);
}

for (const theme of ['light', 'dark'] as const) {
  for (const name of PAGES) {
    test(`axe finds nothing serious on ${name}, ${theme}`, async ({ page, world }) => {
      await openWhole(page, world, name, { theme });
      expect(await serious(page)).toEqual([]);
    });
  }
}

for (const name of ['stake', 'validator', 'vault'] as const) {
  test(`axe finds nothing serious on ${name}, in Chinese`, async ({ page, world }) => {
    await openWhole(page, world, name, { language: 'zh-CN' });
    expect(await serious(page)).toEqual([]);
  });
}

for (const name of ['unstake', 'validators', 'validator', 'vault'] as const) {
  test(`axe finds nothing serious on ${name}, on a phone`, async ({ page, world }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await openWhole(page, world, name, {});
    expect(await serious(page)).toEqual([]);
  });
}

for (const [theme, width] of [['light', 1280], ['dark', 360]] as const) {
  test(`axe finds nothing serious in a transaction’s dialog, ${theme}, ${width} pixels wide`, async ({ page, world }) => {
    await page.setViewportSize({ width, height: 800 });
    await openWhole(page, world, 'stake', { theme });
    await world.chain.airdrop(await walletOf(page), 20n);
    await page.getByLabel('Amount to stake').fill('5');
    await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
    const dialog = page.locator('dialog[open]');
    await expect(dialog.getByRole('button', { name: 'Sign and send' })).toBeEnabled();
    await expect(dialog.locator('.is-in')).toBeVisible();
    expect(await serious(page, 'dialog[open]')).toEqual([]);
    await dialog.getByRole('button', { name: 'Sign and send' }).click();
    await expect(dialog.getByText(/Confirmed in slot/)).toBeVisible();
    expect(await serious(page, 'dialog[open]')).toEqual([]);
  });
}

test('pages speak Chinese', async ({ page, world }) => {
  await open(page, world, 'stake', { language: 'zh-CN' });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('质押 SOL，保持流动');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page).toHaveTitle('质押 · Sluice');
});

test('everything needed to stake can be reached with the keyboard alone', async ({ page, world }) => {
  await open(page, world, 'stake', { burner: true });
  await expect(page.getByLabel('Amount to stake')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByText('Skip to the content')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('radio', { name: 'SOL', exact: true })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Amount to stake')).toBeFocused();
});

test('a phone of 360 pixels shows every page without scrolling sideways', async ({ page, world }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, world, 'stake', { burner: true });
  for (const path of ['stake', 'unstake', 'portfolio', 'validators', await pathOf('validator', world), 'restake', `restake/${world.world.vault}`, 'status', 'settings']) {
    await page.evaluate(to => (location.hash = `#/${to}`), path);
    await expect(page.locator('h1')).toBeVisible();
    await expect(page.locator('.loading')).toHaveCount(0);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
});
