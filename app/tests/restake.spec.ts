import { findSlashRequestPda, restakingVault } from '@sluice-protocol/sdk';
import { expect, signAndWait, test, type TheWorld } from './fixtures';
import { SOL } from './world/chain';

async function accuse(world: TheWorld, amount: bigint): Promise<void> {
  const { keeper, chain } = world;
  const vault = world.world.vault;
  const [operator] = await restakingVault.findOperatorPda({ authority: keeper.address });
  const [service] = await restakingVault.findServicePda({ authority: keeper.address });
  const [allocation] = await restakingVault.findAllocationPda({ vault, operator, service });
  const { data } = await restakingVault.fetchAllocation(chain.rpc, allocation);
  const [slashRequest] = await findSlashRequestPda({ allocation, nonce: data.nextNonce });
  const evidence = Array.from({ length: 32 }, () => 7);
  await chain.send(
    keeper,
    restakingVault.getRequestSlashInstruction({ vault, allocation, service, serviceAuthority: keeper, slashRequest, amount, evidence }),
  );
}

test('SOL becomes a vault’s shares in one transaction; a slash is seen, executed, and shared', async ({ page, world, burner }) => {
  const owner = await burner(`restake/${world.world.vault}`, 60n);
  const vault = await restakingVault.fetchVault(world.chain.rpc, world.world.vault);

  await page.getByLabel('SOL to stake and restake').fill('30');
  const promised = (await page.locator('output.out').innerText()).split(' ')[0]!;
  await page.getByRole('button', { name: 'Restake', exact: true }).click();
  await expect(page.locator('dialog[open] .is-in')).toContainText(promised);
  await signAndWait(page);
  const shares = await world.tokens(owner, vault.data.vrtMint);
  expect(shares).toBe(BigInt(promised.replace(/[,.]/g, '').padEnd(0, '0')) * 10n ** BigInt(9 - (promised.split('.')[1] ?? '').length));

  // Half is on its way out when somebody is accused: it shares the loss.
  await page.getByRole('radio', { name: 'Leave' }).check();
  await page.getByLabel('Shares to leave with').fill('15');
  await page.getByRole('button', { name: 'Order a ticket' }).click();
  await signAndWait(page);
  const ticket = page.locator('[data-ticket]');
  await expect(ticket).toHaveCount(1);
  const worthBefore = await ticket.locator('strong').innerText();

  await accuse(world, 40n * SOL);
  const request = page.locator('[data-request]');
  await expect(request).toContainText('Can be vetoed');
  await expect(request).toContainText('40 slSOL');
  await expect(request).toContainText(/Epoch \d+, in about/);

  await world.epochs(2);
  await expect(request).toContainText('Can be executed');
  await expect(ticket).toContainText('Held while somebody is accused');
  await request.getByRole('button', { name: 'Execute' }).click();
  await signAndWait(page);
  await expect(request).toHaveCount(0);
  await expect(page.locator('.feed')).toContainText('A slash was executed');
  const number = (text: string) => Number(text.replace(/[^\d.]/g, ''));
  await expect.poll(async () => number(await ticket.locator('strong').innerText())).toBeLessThan(number(worthBefore));

  await expect(ticket.getByText('Ready to claim')).toBeVisible();
  const before = await world.tokens(owner, world.world.mint);
  await ticket.getByRole('button', { name: 'Claim' }).click();
  await signAndWait(page);
  await expect(ticket).toHaveCount(0);
  expect(await world.tokens(owner, world.world.mint)).toBeGreaterThan(before + 12n * SOL);
});

test('the vaults say what they earn, what can be taken and how much more they hold', async ({ page, world, burner }) => {
  await burner('restake', 1n);
  const card = page.locator('.vault').first();
  for (const fact of ['Can be lost this epoch', 'Slash cap an epoch', 'Takes', 'Way out takes']) await expect(card).toContainText(fact);
  await expect(card.locator('dt:has-text("Rewards a year") + dd')).toHaveText(/^\d+\.\d\d %$/);
  await expect(page.getByText('Principal shielded')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Operators' })).toBeVisible();
  await page.goto(`${world.world.pages}/#/restake/${world.world.vault}`);
  await expect(page.getByRole('heading', { name: 'What can be lost' })).toBeVisible();
  await expect(page.getByText('Can be slashed', { exact: true })).toBeVisible();
});
