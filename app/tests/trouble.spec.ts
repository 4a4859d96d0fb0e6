import type { Page } from '@playwright/test';
import { expect, open, signAndWait, test, walletOf, type TheWorld } from './fixtures';
import { installExtension, type Owner } from './world/extension';
import { Wire } from './world/proxy';
import { localnet } from './world/server';

async function withExtension(page: Page, world: TheWorld, chains: string[]) {
  await page.addInitScript(installExtension, chains);
  await open(page, world, 'stake');
  await page.getByRole('banner').getByRole('button', { name: 'Connect' }).click();
  await page.getByRole('button', { name: 'Test Extension' }).click();
  const owner = await walletOf(page);
  await world.chain.airdrop(owner, 20n);
  return owner;
}

test('a signature that is rejected sends nothing, and can be given after all', async ({ page, world }) => {
  const owner = await withExtension(page, world, ['solana:localnet']);
  await page.evaluate(() => ((window as unknown as { owner: Owner }).owner.answer = 'reject'));
  await page.getByLabel('Amount to stake').fill('5');
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
  const dialog = page.locator('dialog[open]');
  await dialog.getByRole('button', { name: 'Sign and send' }).click();
  await expect(dialog.getByRole('alert')).toContainText('You rejected the signature');
  await expect(dialog.getByRole('alert')).toContainText('Nothing was sent');
  expect(await world.tokens(owner, world.world.mint)).toBe(0n);

  await page.evaluate(() => ((window as unknown as { owner: Owner }).owner.answer = 'sign'));
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await signAndWait(page);
  expect(await world.tokens(owner, world.world.mint)).toBeGreaterThan(4_900_000_000n);
});

test('a wallet set to another network is warned of', async ({ page, world }) => {
  await withExtension(page, world, ['solana:mainnet']);
  await expect(page.getByText('Test Extension is not set to Localnet')).toBeVisible();
});

test('on a network without the pool the page says so, and leads to the settings', async ({ page, world }) => {
  const other = await localnet('--validators', '2', '--seed', '9', '--no-programs');
  try {
    await open(page, world, 'stake', { rpc: other.url });
    await expect(page.getByText('There is no pool of Sluice on this cluster')).toBeVisible();
    await expect(page.getByText('You may be on the wrong network')).toBeVisible();
    await page.getByRole('banner').getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByLabel('Address').fill('http://example.org');
    await page.getByRole('button', { name: 'Use' }).first().click();
    await expect(page.getByText('Write an address that begins with https://')).toBeVisible();
    await page.getByLabel('Address').fill(world.world.rpc);
    await page.getByRole('button', { name: 'Use' }).first().click();
    await page.getByRole('navigation').getByRole('link', { name: 'Stake', exact: true }).click();
    await expect(page.getByLabel('Amount to stake')).toBeVisible();
  } finally {
    other.stop();
  }
});

test('a server that turns out to be another cluster gets no signature', async ({ page, world }) => {
  const other = await localnet('--validators', '2', '--seed', '9', '--no-programs');
  const wire = new Wire(new URL(world.world.rpc));
  await wire.mend();
  try {
    await open(page, world, 'stake', { rpc: wire.url, burner: true });
    await world.chain.airdrop(await walletOf(page), 20n);
    await page.getByLabel('Amount to stake').fill('5');
    await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
    const dialog = page.locator('dialog[open]');
    await expect(dialog.getByRole('button', { name: 'Sign and send' })).toBeEnabled();
    await wire.cut();
    const swapped = new Wire(new URL(other.url));
    Object.assign(swapped, { port: Number(new URL(wire.url).port) });
    await swapped.mend();
    await dialog.getByRole('button', { name: 'Sign and send' }).click();
    await expect(dialog.getByRole('alert')).toContainText('another cluster');
    await swapped.cut();
  } finally {
    other.stop();
  }
});

test('a server that is down is said to be, and the page goes on when it is back', async ({ page, world }) => {
  const wire = new Wire(new URL(world.world.rpc));
  await wire.mend();
  await open(page, world, 'stake', { rpc: wire.url, burner: true });
  await world.chain.airdrop(await walletOf(page), 20n);
  await expect(page.getByText('You have 20 SOL')).toBeVisible();
  await wire.cut();
  await expect(page.getByText(/The RPC server .* does not answer/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('You have 20 SOL')).toBeVisible();
  await page.getByLabel('Amount to stake').fill('5');
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
  const dialog = page.locator('dialog[open]');
  await expect(dialog.getByRole('alert')).toContainText('does not answer');

  await wire.mend();
  await expect(page.getByText(/The RPC server .* does not answer/)).toBeHidden({ timeout: 30_000 });
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await signAndWait(page);
  await wire.cut();
});

test('what the program refuses is told in its own words, with what to do', async ({ page, world, burner }) => {
  await burner('stake', 30n);
  await page.getByLabel('Amount to stake').fill('5');
  // The epoch turns between quote and preview: the pool has no price until its update.
  await expect(page.locator('output.out')).toContainText(/^\d+\.\d+/);
  await world.chain.call('localnet_advanceEpoch');
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click({ force: true, timeout: 2_000 }).catch(() => {});
  await expect(page.locator('dialog[open] [role=alert]').or(page.locator('.amount-problem')).first()).toContainText('This epoch is not counted yet');
  await world.epochs(1);
});
