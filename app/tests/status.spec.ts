import { fetchPool, stakingPool } from '@sluice-protocol/sdk';
import { expect, open, test, walletOf } from './fixtures';

test('the backing is added up in the browser, from the chain’s own accounts', async ({ page, world }) => {
  await open(page, world, 'status');
  await page.getByRole('button', { name: 'Check it now' }).click();
  await expect(page.getByText('Every slSOL is backed')).toBeVisible();
  const value = async (name: string) => (await page.locator(`dt:has-text("${name}") + dd`).first().innerText()).trim();
  expect(await value('Recorded by the pool')).toMatch(/^[\d,.]+ SOL$/);
});

test('the crank’s steps are told, and what is open after an epoch begins', async ({ page, world }) => {
  await open(page, world, 'status');
  const steps = page.locator('.crank li');
  await expect(steps).toHaveCount(6);
  await expect(steps.nth(1)).toContainText('done');
  await world.chain.call('localnet_advanceEpoch');
  await expect(steps.nth(1)).toContainText('open');
  await expect(page.getByText('Waits for this epoch’s update').first()).toBeVisible();
  await world.epochs(1);
  await expect(steps.nth(3)).toContainText('done');
});

test('rules, addresses and what happened last are shown', async ({ page, world }) => {
  await open(page, world, 'status');
  await expect(page.locator('.feed')).toContainText('The epoch’s update');
  await expect(page.getByText('none is scheduled')).toBeVisible();
  await expect(page.getByText('the selection, on chain')).toBeVisible();
});

test('a pause and a fee that will rise are seen, and what still works is said', async ({ page, world }) => {
  const { chain, keeper } = world;
  const { pool } = await fetchPool(chain.rpc, world.world.pool);
  await chain.send(
    keeper,
    stakingPool.getSetFeesInstruction({ pool: world.world.pool, feeAuthority: keeper, fees: { ...pool.fees, rewardBps: pool.fees.rewardBps + 50 } }),
    stakingPool.getPauseInstruction({ pool: world.world.pool, authority: keeper }),
  );
  try {
    await open(page, world, 'status', { burner: true });
    await expect(page.getByText(/from epoch \d+ on 5\.50 %/)).toBeVisible();
    await expect(page.getByText(/deposits and instant exits, until epoch \d+/)).toBeVisible();
    const owner = await walletOf(page);
    await chain.airdrop(owner, 5n);
    await page.evaluate(() => (location.hash = '#/stake'));
    await page.getByLabel('Amount to stake').fill('1');
    await expect(page.locator('.amount-problem')).toContainText('Tickets, claims and exits with stake work');
  } finally {
    await chain.send(keeper, stakingPool.getResumeInstruction({ pool: world.world.pool, authority: keeper }));
  }
});
