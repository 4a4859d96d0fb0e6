import { fetchSelection } from '@sluice-protocol/sdk';
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
  // To some a comma is the decimal point: it must not make ten times as much of it.
  for (const text of ['0,5', '1,000']) {
    await amount.fill(text);
    await expect(page.locator('.amount-problem')).toHaveText('Write the decimal point as “.”, and nothing between thousands');
    await expect(go).toBeDisabled();
  }
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
  const fact = (name: string) => page.locator('.action .row').locator(`dt:text-is("${name}") + dd`);
  await expect(fact('Rate')).toHaveText(/^1 slSOL = \d+\.\d+ SOL$/);
  await expect(fact('Fee')).toHaveText(/^\d+(\.\d+)? slSOL$/);
  const least = await fact('At least').innerText();
  expect(Number(least.split(' ')[0])).toBeLessThan(Number((await fact('You receive').innerText()).split(' ')[0]));
  await page.getByRole('button', { name: /^Stake the account with/ }).click();
  await expect(page.locator('dialog[open] dt:text-is("At least") + dd')).toHaveText(least);
  await signAndWait(page);
  await expect(page.getByText('No stake account is yours to withdraw')).toBeVisible();
  expect(await world.tokens(owner, world.world.mint)).toBeGreaterThan(between + 9n * SOL);
});

test('nothing is asked of anybody but the chosen server, on any page nor for a transaction, and the policy has nothing to refuse', async ({ page, world }) => {
  const hosts = new Set<string>();
  page.on('request', request => hosts.add(new URL(request.url()).host));
  await page.addInitScript(() => {
    const refused: string[] = [];
    Object.assign(window, { refused });
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => refused.push(`${violatedDirective}: ${blockedURI}`));
  });
  const refused = () => page.evaluate(() => (window as unknown as { refused: string[] }).refused);
  await open(page, world, 'stake', { burner: true });
  const owner = await walletOf(page);
  await world.chain.airdrop(owner, 10n);
  await page.getByLabel('Amount to stake').fill('2');
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
  await signAndWait(page);
  const { candidates } = await fetchSelection(world.chain.rpc, world.world.pool);
  for (const path of ['unstake', 'portfolio', 'validators', `validators/${candidates[0]!.vote}`, 'restake', `restake/${world.world.vault}`, 'status', 'settings']) {
    await page.goto(`${world.world.pages}/#/${path}`);
    await expect(page.locator('h1')).toBeVisible();
    await expect(page.locator('.loading')).toHaveCount(0);
  }
  await page.waitForTimeout(1_000);
  expect([...hosts].sort()).toEqual([new URL(world.world.pages).host, new URL(world.world.rpc).host].sort());
  expect(await refused()).toEqual([]);
  // It would have been heard: a script of somebody else's is refused, and told.
  await page.evaluate(() => document.head.append(Object.assign(document.createElement('script'), { textContent: 'void 0' })));
  await expect.poll(async () => (await refused()).length).toBe(1);
});
