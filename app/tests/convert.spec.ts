import { fetchPool, fetchValidators } from '@sluice-protocol/sdk';
import { expect, open, signAndWait, test, walletOf } from './fixtures';
import { SOL } from './world/chain';
import { ForeignPool } from './world/foreign';

test('another pool’s token becomes slSOL in one transaction', async ({ page, world }) => {
  const { chain, keeper } = world;
  const { pool } = await fetchPool(chain.rpc, world.world.pool);
  const validators = await fetchValidators(chain.rpc, pool);
  const [shared] = validators.filter(({ stakeState }) => stakeState === 1).sort((a, b) => (a.stake < b.stake ? 1 : -1));
  const other = await ForeignPool.open(chain, keeper, 300n);
  await other.delegate(shared!.vote, 200n);
  await world.epochs(1);
  await other.update();
  await world.epochs(1);
  await other.update();

  await open(page, world, 'stake', { burner: true });
  const owner = await walletOf(page);
  await chain.airdrop(owner, 5n);
  await other.give(owner, 40n);
  await page.getByRole('radio', { name: 'Another LST' }).check();
  await page.getByLabel('Amount to convert').fill('25');
  const receive = page.locator('dt:has-text("You receive") + dd');
  await expect(receive).toHaveText(/^\d+\.\d+ slSOL$/);
  await expect(page.locator('.action dt:text-is("Rate") + dd')).toHaveText(/^1 \S+ = \d+\.\d+ slSOL$/);
  await expect(page.locator('.action dt:text-is("Fee") + dd')).toContainText(/^\d+\.\d\d % for the deposit/);
  const promised = (await receive.innerText()).replace(' slSOL', '');
  await page.getByRole('button', { name: 'Convert', exact: true }).click();
  await expect(page.locator('dialog[open] .is-in')).toHaveText(`+${promised} slSOL`);
  await signAndWait(page);
  expect(await world.tokens(owner, other.mint)).toBe(15n * SOL);
  const [whole, part = ''] = promised.split('.');
  expect(await world.tokens(owner, world.world.mint)).toBe(BigInt(whole! + part.padEnd(9, '0')));
});
