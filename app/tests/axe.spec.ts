import AxeBuilder from '@axe-core/playwright';
import { fetchSelection } from '@sluice-protocol/sdk';
import { expect, open, test } from './fixtures';

const PAGES = ['stake', 'unstake', 'portfolio', 'validators', 'validator', 'restake', 'vault', 'status', 'settings'] as const;

for (const theme of ['light', 'dark'] as const) {
  for (const name of PAGES) {
    test(`axe finds nothing serious on ${name}, ${theme}`, async ({ page, world }) => {
      await page.emulateMedia({ reducedMotion: 'reduce' });
      const { candidates } = await fetchSelection(world.chain.rpc, world.world.pool);
      const path = name === 'validator' ? `validators/${candidates[0]!.vote}` : name === 'vault' ? `restake/${world.world.vault}` : name;
      await open(page, world, path, { theme, burner: true });
      await expect(page.locator('h1')).toBeVisible();
      await expect(page.locator('.loading')).toHaveCount(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`)).toEqual([]);
    });
  }
}

test('axe finds nothing serious in the dialogs', async ({ page, burner }) => {
  await burner('stake', 20n);
  await page.getByLabel('Amount to stake').fill('5');
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
  await expect(page.locator('dialog[open]').getByRole('button', { name: 'Sign and send' })).toBeEnabled();
  const { violations } = await new AxeBuilder({ page }).include('dialog[open]').analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
});

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
  for (const path of ['stake', 'unstake', 'portfolio', 'validators', 'restake', `restake/${world.world.vault}`, 'status', 'settings']) {
    await page.evaluate(to => (location.hash = `#/${to}`), path);
    await expect(page.locator('h1')).toBeVisible();
    await expect(page.locator('.loading')).toHaveCount(0);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
});
