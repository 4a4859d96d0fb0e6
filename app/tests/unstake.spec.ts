import { address, generateKeyPairSigner } from '@solana/kit';
import { fetchTickets } from '@sluice-protocol/sdk';
import { expect, signAndWait, test, walletOf, type TheWorld } from './fixtures';
import { SOL } from './world/chain';
import type { Page } from '@playwright/test';

const lamports = (text: string) => {
  const [whole = '0', part = ''] = text.replace(/[^\d.]/g, '').split('.');
  return BigInt(whole + part.padEnd(9, '0'));
};

/** Stakes, and goes where one leaves. */
async function staked(page: Page, world: TheWorld, sol: string): Promise<void> {
  await page.getByLabel('Amount to stake').fill(sol);
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
  await signAndWait(page);
  await page.goto(`${world.world.pages}/#/unstake`);
}

const exit = (page: Page, name: string) => page.locator('.exit').filter({ has: page.getByRole('heading', { name, exact: true }) });

test('the three exits stand side by side and say what each pays and when', async ({ page, world, burner }) => {
  await burner('stake', 40n);
  await staked(page, world, '30');
  await page.getByLabel('Amount to leave with').fill('10');
  const [now, later, stake] = [exit(page, 'Now'), exit(page, 'Later, by ticket'), exit(page, 'As stake')];
  for (const card of [now, later, stake]) await expect(card.locator('output')).toContainText(/^\d+\.\d+/);
  const pays = async (card: typeof now) => lamports((await card.locator('output').innerText()).split('\n')[0]!);
  // Nobody pays for waiting: the ticket pays most.
  expect(await pays(later)).toBeGreaterThan(await pays(now));
  expect(await pays(later)).toBeGreaterThanOrEqual(await pays(stake));
  await expect(later).toContainText(/Epoch \d+, in about/);
  // What the program is told to refuse below.
  const least = await later.locator('dt:text-is("Ordered for at least") + dd').innerText();
  expect(lamports(least)).toBeLessThan(await pays(later));
  expect(lamports(least)).toBeGreaterThan(((await pays(later)) * 99n) / 100n);
  await expect(now).toContainText('at once');
});

test('leaving at once pays what was quoted', async ({ page, world, burner }) => {
  const owner = await burner('stake', 40n);
  await staked(page, world, '20');
  await page.getByLabel('Amount to leave with').fill('5.5');
  const card = exit(page, 'Now');
  await expect(card.locator('output')).toContainText(/^\d+\.\d+/);
  await card.getByRole('button', { name: 'Get SOL now' }).click();
  const dialog = page.locator('dialog[open]');
  const received = lamports(await dialog.locator('.is-in .changes-amount').innerText());
  const fee = lamports(await dialog.locator('dt:has-text("Network fee") + dd').innerText());
  const before = await world.sol(owner);
  await signAndWait(page);
  expect((await world.sol(owner)) - before).toBe(received - fee);
});

test('a ticket is ordered, waits, is given away, and is claimed by its new owner', async ({ page, world, burner }) => {
  const owner = await burner('stake', 40n);
  await staked(page, world, '20');
  for (const amount of ['3', '4']) {
    await page.getByLabel('Amount to leave with').fill(amount);
    await exit(page, 'Later, by ticket').getByRole('button', { name: 'Order a ticket' }).click();
    await signAndWait(page);
  }
  const tickets = page.locator('[data-ticket]');
  await expect(tickets).toHaveCount(2);
  await expect(tickets.first().getByRole('button', { name: 'Claim' })).toBeDisabled();

  const heir = await generateKeyPairSigner();
  const given = tickets.filter({ hasText: 'for 3 slSOL' });
  await given.getByRole('button', { name: 'Give away' }).click();
  await given.getByLabel('New owner').fill(heir.address);
  await given.getByRole('button', { name: 'Review' }).click();
  await signAndWait(page);
  await expect(tickets).toHaveCount(1);
  expect(await fetchTickets(world.chain.rpc, { owner: heir.address })).toHaveLength(1);

  await world.epochs(2);
  await expect(tickets.getByText('Ready to claim')).toBeVisible();
  const [ticket] = await fetchTickets(world.chain.rpc, { owner });
  const before = await world.sol(owner);
  await tickets.getByRole('button', { name: 'Claim' }).click();
  const dialog = page.locator('dialog[open]');
  const fee = lamports(await dialog.locator('dt:has-text("Network fee") + dd').innerText());
  await signAndWait(page);
  await expect(tickets).toHaveCount(0);
  // What was ordered, the ticket's rent, less the fee of the claim.
  expect((await world.sol(owner)) - before).toBe(ticket!.data.orderedLamports + ticket!.lamports - fee);
});

test('a ticket that is due can be taken back', async ({ page, world, burner }) => {
  const owner = await burner('stake', 40n);
  await staked(page, world, '10');
  await page.getByLabel('Amount to leave with').fill('6');
  await exit(page, 'Later, by ticket').getByRole('button', { name: 'Order a ticket' }).click();
  await signAndWait(page);
  const before = await world.tokens(owner, address(world.world.mint));
  await world.epochs(1);
  await page.getByRole('button', { name: 'Take back' }).click();
  await signAndWait(page);
  expect(await world.tokens(owner, address(world.world.mint))).toBeGreaterThan(before + 5n * SOL);
});

test('stake leaves as a stake account in one’s own name', async ({ page, world, burner }) => {
  const owner = await burner('stake', 40n);
  await staked(page, world, '20');
  await page.getByLabel('Amount to leave with').fill('8');
  const card = exit(page, 'As stake');
  await expect(card.locator('output')).toContainText(/^\d+\.\d+/);
  const promised = lamports((await card.locator('output').innerText()).split('\n')[0]!);
  await card.getByRole('button', { name: 'Get a stake account' }).click();
  await signAndWait(page);
  const found = await world.chain.rpc
    .getProgramAccounts(address('Stake11111111111111111111111111111111111111'), {
      encoding: 'base64',
      filters: [{ memcmp: { offset: 44n, bytes: owner as never, encoding: 'base58' } }],
    })
    .send();
  expect(found).toHaveLength(1);
  const data = Buffer.from(found[0]!.account.data[0], 'base64');
  expect(data.readBigUInt64LE(156)).toBe(promised);
});

test('more than there is at hand is refused with the other ways named', async ({ page, world, burner }) => {
  await burner('stake', 2_000n);
  await staked(page, world, '1900');
  await world.epochs(2);
  await page.getByLabel('Amount to leave with').fill('1800');
  await expect(exit(page, 'Now').locator('.exit-problem')).toContainText('order a ticket');
  await expect(exit(page, 'Now').getByRole('button')).toBeDisabled();
  await expect(exit(page, 'Later, by ticket').getByRole('button', { name: 'Order a ticket' })).toBeEnabled();
  expect(await walletOf(page)).toBeTruthy();
});
