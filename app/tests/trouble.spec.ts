import type { Page, Route } from '@playwright/test';
import { address } from '@solana/kit';
import { formatAmount } from '../src/lib/amount';
import { expect, open, signAndWait, test, walletOf, type TheWorld } from './fixtures';
import { installExtension, type Owner } from './world/extension';
import { Wire } from './world/proxy';
import { localnet } from './world/server';

async function withExtension(page: Page, world: TheWorld, chains: string[], rpc?: string) {
  await page.addInitScript(installExtension, chains);
  await open(page, world, 'stake', { rpc });
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

/** The dialog of a stake of five SOL, with what its button says. */
async function stakeFive(page: Page) {
  await page.getByLabel('Amount to stake').fill('5');
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
  const dialog = page.locator('dialog[open]');
  return { dialog, sign: dialog.getByRole('button', { name: 'Sign and send' }), alert: dialog.getByRole('alert') };
}

/** Says what becomes of each call of one of `methods`; the others go their way. */
async function intercept(page: Page, rpc: string, methods: RegExp, answer: (route: Route) => Promise<void>): Promise<void> {
  await page.route(`${rpc}/**`, route => (methods.test(route.request().postData() ?? '') ? answer(route) : route.continue()));
}

test('a server that was seen to turn into another cluster gets no signature either', async ({ page, world }) => {
  const other = await localnet('--validators', '2', '--seed', '9', '--no-programs');
  const wire = new Wire(new URL(world.world.rpc));
  await wire.mend();
  const swapped = new Wire(new URL(other.url));
  try {
    await withExtension(page, world, ['solana:localnet'], wire.url);
    const { dialog, sign, alert } = await stakeFive(page);
    await expect(sign).toBeEnabled();
    const badge = page.locator('a.cluster');
    const genesis = await badge.getAttribute('title');
    await wire.cut();
    Object.assign(swapped, { port: Number(new URL(wire.url).port) });
    await swapped.mend();
    // The page has asked again, and knows the new cluster: by now it could compare that with itself.
    await expect(badge).not.toHaveAttribute('title', genesis!, { timeout: 30_000 });
    await expect(alert).toContainText('another cluster');
    await expect(sign).toBeHidden();
    await expect(dialog.getByRole('button', { name: 'Try again' })).toBeHidden();
    expect(await page.evaluate(() => (window as unknown as { owner: Owner }).owner.asked)).toBe(0);
  } finally {
    await swapped.cut();
    other.stop();
  }
});

test('a wallet that tells of a change while it signs is not asked a second time', async ({ page, world }) => {
  const owner = await withExtension(page, world, ['solana:localnet']);
  await page.evaluate(() => ((window as unknown as { owner: Owner }).owner.answer = 'wait'));
  const { dialog, sign } = await stakeFive(page);
  await sign.click();
  await expect(dialog.getByText('Sign in Test Extension')).toBeVisible();
  await page.evaluate(() => (window as unknown as { owner: Owner }).owner.change());
  // Long enough for another preview to be made.
  await page.waitForTimeout(2_000);
  await expect(dialog.getByText('Sign in Test Extension')).toBeVisible();
  await expect(sign).toBeHidden();
  await page.evaluate(() => (window as unknown as { owner: Owner }).owner.release());
  await expect(dialog.getByText(/Confirmed in slot/)).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { owner: Owner }).owner.asked)).toBe(1);
  expect(await world.tokens(owner, world.world.mint)).toBeGreaterThan(4_900_000_000n);
});

test('a preview for an account that is no longer in use is not shown', async ({ page, world }) => {
  await withExtension(page, world, ['solana:localnet']);
  const next = address(await page.evaluate(() => (window as unknown as { owner: Owner }).owner.other()));
  await world.chain.airdrop(next, 20n);
  let isFirst = true;
  let isOver = () => {};
  const over = new Promise<void>(done => (isOver = done));
  await intercept(page, world.world.rpc, /simulateTransaction/, async route => {
    if (!isFirst) return route.continue();
    isFirst = false;
    await over;
    await route.abort();
  });
  const { dialog, sign, alert } = await stakeFive(page);
  await expect.poll(() => isFirst).toBe(false);
  await page.evaluate(() => (window as unknown as { owner: Owner }).owner.change('other'));
  await expect(sign).toBeEnabled();
  isOver();
  await page.waitForTimeout(1_000);
  await expect(alert).toBeHidden();
  await sign.click();
  await expect(dialog.getByText(/Confirmed in slot/)).toBeVisible();
  expect(await world.tokens(next, world.world.mint)).toBeGreaterThan(4_900_000_000n);
});

test('a dialog that is closed while the transaction is on its way leaves word of how it ends', async ({ page, world, burner }) => {
  const owner = await burner('stake', 20n);
  let isSilent = false;
  await intercept(page, world.world.rpc, /sendTransaction|getSignatureStatuses|getBlockHeight/, route => (isSilent ? route.abort() : route.continue()));
  const { dialog, sign } = await stakeFive(page);
  isSilent = true;
  await sign.click();
  await expect(dialog.getByText('Waiting for the cluster to confirm it')).toBeVisible();
  await dialog.locator('footer').getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
  const toast = page.locator('.toasts');
  await expect(toast).toContainText('Sent, not confirmed yet: Stake 5 SOL');
  await expect(toast).toContainText('Signature');
  expect(await world.tokens(owner, world.world.mint)).toBe(0n);

  isSilent = false;
  await expect(toast).toContainText(/Confirmed in slot/);
  expect(await world.tokens(owner, world.world.mint)).toBeGreaterThan(4_900_000_000n);
  await toast.getByRole('button', { name: 'Close' }).click();
  await expect(toast).toBeEmpty();
});

test('what is shown in the end is what came of it, not what was foreseen', async ({ page, world, burner }) => {
  // What earlier slashes and gifts brought is released by then: only what an epoch earns moves the price.
  await world.epochs(3);
  const owner = await burner('stake', 20n);
  const { dialog, sign } = await stakeFive(page);
  await expect(sign).toBeEnabled();
  // Called on the way, by the pool.
  await expect(dialog.locator('.programs')).toContainText('SPL Token');
  const foreseen = await dialog.getByRole('list', { name: 'What changes in your wallet' }).getByText('slSOL').innerText();
  // The pool earns in between: the same SOL is worth a little less of its token, within what the reader accepts.
  await world.epochs(1);
  await sign.click();
  await expect(dialog.getByText(/Confirmed in slot/)).toBeVisible();
  const list = dialog.getByRole('list', { name: 'What changed in your wallet' });
  await expect(list.getByText('slSOL')).toHaveText(`+${formatAmount(await world.tokens(owner, world.world.mint))} slSOL`);
  expect(await list.getByText('slSOL').innerText()).not.toBe(foreseen);
});

test('what the program refuses is told in its own words, with what to do', async ({ page, world }) => {
  const wire = new Wire(new URL(world.world.rpc));
  await wire.mend();
  await open(page, world, 'stake', { rpc: wire.url, burner: true });
  await world.chain.airdrop(await walletOf(page), 30n);
  await expect(page.getByText('You have 30 SOL')).toBeVisible();
  // The epoch turns where the page does not see it: its quote is of the last one, and the pool has no price until its update.
  await wire.cut();
  const { dialog, alert } = await stakeFive(page);
  await expect(alert).toContainText('does not answer');
  await world.chain.call('localnet_advanceEpoch');
  try {
    await wire.mend();
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await expect(alert).toContainText('The program refuses this');
    await expect(alert).toContainText('This epoch is not counted yet');
    await expect(alert.locator('.failure-detail')).toContainText('(PoolStale)');
    await expect(alert).not.toContainText('ticket');
  } finally {
    await world.epochs(1);
    await wire.cut();
  }
});

test('a price that moved past the limit fails after it was sent, and is not tried again at the old one', async ({ page, world, burner }) => {
  const owner = await burner('stake', 20n);
  const { dialog, sign, alert } = await stakeFive(page);
  await expect(sign).toBeEnabled();
  await world.epochs(8);
  await sign.click();
  await expect(alert).toContainText('The price moved since the quote');
  await expect(alert.locator('.failure-detail')).toContainText('(SlippageExceeded)');
  await expect(dialog.locator('.dialog-signature')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Try again' })).toBeHidden();
  expect(await world.tokens(owner, world.world.mint)).toBe(0n);
  await dialog.locator('footer').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
  await signAndWait(page);
});

test('a server that has had enough is told from one that is down', async ({ page, world, burner }) => {
  await burner('stake', 20n);
  let status = 429;
  await intercept(page, world.world.rpc, /simulateTransaction|getGenesisHash/, route => route.fulfill({ status, headers: { 'access-control-allow-origin': '*' }, body: 'no' }));
  const { dialog, alert } = await stakeFive(page);
  await expect(alert).toContainText('takes no more requests for now');
  await expect(page.locator('.troubles')).toContainText('takes no more requests for now', { timeout: 30_000 });
  status = 503;
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(alert).toContainText('answers with an error (503)');
});
