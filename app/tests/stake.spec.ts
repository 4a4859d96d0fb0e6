import { expect, open, signAndWait, test, walletOf } from './fixtures';
import { SOL } from './world/chain';

test('SOL is staked: the preview says to the lamport what happens', async ({ page, world, burner }) => {
  const owner = await burner('stake', 50n);
  await page.getByLabel('Amount to stake').fill('12.345678901');
  const promised = (await page.locator('output.out').innerText()).replace(' slSOL', '');
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();

  const dialog = page.locator('dialog[open]');
  await expect(dialog.getByText('−12.347718181 SOL').or(dialog.locator('.is-out'))).toBeVisible();
  await expect(dialog.locator('.is-in')).toHaveText(`+${promised} slSOL`);
  await expect(dialog.getByText('Sluice staking-pool')).toBeVisible();
  await expect(dialog.getByText('Localnet')).toBeVisible();
  const [out, fee] = await Promise.all([dialog.locator('.is-out .changes-amount').innerText(), dialog.locator('dt:has-text("Network fee") + dd').innerText()]);
  const before = await world.sol(owner);
  await signAndWait(page);

  const units = (text: string) => BigInt(text.replace(/[^\d.]/g, '').replace(/^(\d+)(?:\.(\d+))?$/, (_, whole: string, part = '') => whole + String(part).padEnd(9, '0')));
  expect(await world.tokens(owner, world.world.mint)).toBe(units(promised));
  expect(before - (await world.sol(owner))).toBe(units(out) + units(fee));
});

test('an amount that cannot be is refused in words, before anything is sent', async ({ page, burner }) => {
  await burner('stake', 5n);
  const amount = page.getByLabel('Amount to stake');
  const go = page.getByRole('main').getByRole('button', { name: 'Stake', exact: true });
  await expect(page.getByText('You have 5 SOL')).toBeVisible();
  await amount.fill('6');
  await expect(page.locator('.amount-problem')).toHaveText('You have 5 SOL');
  await expect(go).toBeDisabled();
  await amount.fill('0.0000000001');
  await expect(page.locator('.amount-problem')).toHaveText('At most 9 decimal places');
  await amount.fill('0.0001');
  await expect(page.locator('.amount-problem')).toContainText('the least is 0.001 SOL');
  await page.getByRole('button', { name: 'Max' }).click();
  await expect(amount).toHaveValue('4.99');
  await expect(go).toBeEnabled();
});

test('a stake account becomes slSOL', async ({ page, world, burner }) => {
  const owner = await burner('stake', 50n);
  await page.getByLabel('Amount to stake').fill('20');
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
  await signAndWait(page);
  // Out as stake, and in again.
  await page.goto(`${world.world.pages}/#/unstake`);
  await page.getByLabel('Amount to leave with').fill('10');
  await page.getByRole('button', { name: 'Get a stake account' }).click();
  await signAndWait(page);
  const between = await world.tokens(owner, world.world.mint);
  await page.goto(`${world.world.pages}/#/stake`);
  await page.getByRole('radio', { name: 'Stake account' }).check();
  await page.getByRole('button', { name: /^Stake the account with/ }).click();
  await signAndWait(page);
  await expect(page.getByText('No stake account is yours to withdraw')).toBeVisible();
  expect(await world.tokens(owner, world.world.mint)).toBeGreaterThan(between + 9n * SOL);
});

test('nothing is asked of anybody but the chosen server', async ({ page, world }) => {
  const hosts = new Set<string>();
  page.on('request', request => hosts.add(new URL(request.url()).host));
  await open(page, world, 'stake', { burner: true });
  await walletOf(page);
  for (const path of ['unstake', 'portfolio', 'validators', 'restake', 'status', 'settings']) {
    await page.goto(`${world.world.pages}/#/${path}`);
    await expect(page.locator('h1')).toBeVisible();
  }
  await page.waitForTimeout(1_000);
  expect([...hosts].sort()).toEqual([new URL(world.world.pages).host, new URL(world.world.rpc).host].sort());
});
