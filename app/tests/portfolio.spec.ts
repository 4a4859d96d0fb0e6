import { expect, signAndWait, test } from './fixtures';

test('what was staked shows its worth, and after epochs what it earned', async ({ page, world, burner }) => {
  await burner('stake', 120n);
  await page.getByLabel('Amount to stake').fill('100');
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
  await signAndWait(page);
  await world.epochs(3);
  await page.goto(`${world.world.pages}/#/portfolio`);
  const stat = (label: string) => page.locator('.stat').filter({ hasText: label });
  await expect(stat('Your slSOL').locator('.stat-value')).toContainText(/^100\.\d+/);
  await expect(stat('Earned so far').locator('.stat-value')).toContainText(/^\+0\.\d+/);
  await expect(stat('Last epoch').locator('.stat-value')).toContainText(/^\d+\.\d\d %/);
  await expect(page.locator('.chart-area canvas')).toBeVisible();
  await page.getByText('As a table').click();
  await expect(page.getByRole('columnheader', { name: 'SOL per slSOL' })).toBeVisible();
});

test('liquidity goes in and comes out', async ({ page, burner }) => {
  await burner('portfolio', 50n);
  await page.getByLabel('SOL to add').fill('20');
  await page.getByRole('button', { name: 'Add', exact: true }).last().click();
  await signAndWait(page);
  const liquidity = page.locator('.stat').filter({ has: page.getByText('Liquidity', { exact: true }) });
  await expect(liquidity.locator('.stat-value')).toHaveText(/^(19\.99|20)\d*(\.\d+)? SOL$/);
  await expect(liquidity.locator('.stat-note')).toContainText(/^\d+\.?\d* /);
  await page.getByRole('radio', { name: 'Remove' }).check();
  await page.getByRole('button', { name: 'Max' }).last().click();
  await page.getByRole('button', { name: 'Remove', exact: true }).last().click();
  const dialog = page.locator('dialog[open]');
  await expect(dialog.locator('.is-in').first()).toContainText(/SOL/);
  await signAndWait(page);
});

test('the most that liquidity can be added of leaves what the transaction costs', async ({ page, burner }) => {
  await burner('portfolio', 7n);
  await expect(page.getByText('You have 7 SOL')).toBeVisible();
  await page.getByRole('button', { name: 'Max' }).click();
  await expect(page.getByLabel('SOL to add')).toHaveValue('6.99');
  await page.getByRole('button', { name: 'Add', exact: true }).last().click();
  await signAndWait(page);
});
