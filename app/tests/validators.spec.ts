import { fetchSelection, findStakePda } from '@sluice-protocol/sdk';
import type { Address } from '@solana/kit';
import { expect, open, signAndWait, test, walletOf } from './fixtures';
import { SOL } from './world/chain';
import { NEWCOMERS } from './world/setup';

interface Local {
  name: string;
  vote: Address;
}

test('the table can be sorted, searched and moved through with the keyboard', async ({ page, world }) => {
  await open(page, world, 'validators');
  const rows = page.locator('[role=rowgroup] [role=row]');
  await expect(rows).toHaveCount(12);
  const stakes = async () => (await rows.locator('[role=cell]:nth-child(5)').allInnerTexts()).map(text => Number(text.replace(/,/g, '')));
  const inOrder = (values: number[]) => [...values].sort((a, b) => b - a);
  expect(await stakes()).toEqual(inOrder(await stakes()));
  await page.getByRole('columnheader', { name: /^Stake/ }).getByRole('button').click();
  await expect(page.getByRole('columnheader', { name: /^Stake/ })).toHaveAttribute('aria-sort', 'ascending');
  expect(await stakes()).toEqual(inOrder(await stakes()).reverse());

  const first = rows.first().getByRole('link');
  const vote = (await first.getAttribute('title'))!;
  await first.focus();
  await page.keyboard.press('ArrowDown');
  await expect(rows.nth(1).getByRole('link')).toBeFocused();
  await page.getByRole('searchbox').fill(vote.slice(0, 12));
  await expect(rows).toHaveCount(1);
  await page.getByRole('searchbox').fill('nobody has this');
  await expect(page.getByText('No validator matches')).toBeVisible();
  await page.getByRole('searchbox').fill('');
  await expect(page.getByRole('columnheader', { name: 'Commission (Worst commission of eight epochs)' })).toBeVisible();
});

test('a validator’s page says in words what decided its stake and what it can do', async ({ page, world }) => {
  const { candidates } = await fetchSelection(world.chain.rpc, world.world.pool);
  await open(page, world, `validators/${candidates[0]!.vote}`);
  await expect(page.locator('.say')).toContainText(/It holds [\d,.]+ SOL\. .+/);
  await expect(page.locator('.next li').first()).not.toBeEmpty();
  await expect(page.getByText('Worst commission of eight epochs')).toBeVisible();
});

test('a validator’s history is told by the pool’s accounts: on a real cluster the vote account’s newest transactions are votes', async ({ page, world }) => {
  const { candidates } = await fetchSelection(world.chain.rpc, world.world.pool);
  const { vote } = candidates.find(({ seat }) => seat.target > 0n)!;
  const asked: unknown[] = [];
  page.on('request', request => {
    const body = JSON.parse(request.postData() ?? 'null') as { method?: string; params?: unknown[] } | null;
    if (body?.method === 'getSignaturesForAddress') asked.push(body.params?.[0]);
  });
  await open(page, world, `validators/${vote}`);
  await expect(page.locator('.feed li').first()).toBeVisible();
  await expect(page.locator('.feed')).toContainText(/Stake (went to|left) a validator|Stake moved between accounts|A candidate joined/);
  const [stake] = await findStakePda({ pool: world.world.pool, vote });
  expect(asked).toContain(stake);
  expect(asked).not.toContain(vote);
});

test('a validator brings itself in, bids, adds to its bond, and gets stake', async ({ page, world }) => {
  const validators = await world.chain.call<Local[]>('localnet_validators');
  const newcomer = validators.at(-NEWCOMERS)!;
  await open(page, world, `validators/${newcomer.vote}`);
  await expect(page.getByText('neither in the pool nor a candidate')).toBeVisible();
  // Its own key, as the localnet gives it out.
  await page.getByRole('banner').getByRole('button', { name: 'Connect' }).click();
  await page.getByRole('button', { name: /Burner wallet/ }).click();
  await page.getByRole('banner').getByRole('button', { name: /…/ }).click();
  await page.getByLabel('Become a validator').selectOption(newcomer.name);
  await page.locator('dialog[open]').getByRole('button', { name: 'Close' }).click();
  const withdrawer = await walletOf(page);
  await world.chain.airdrop(withdrawer, 50n);

  await page.getByRole('navigation').getByRole('link', { name: 'Stake', exact: true }).click();
  await page.getByLabel('Amount to stake').fill('30');
  await page.getByRole('main').getByRole('button', { name: 'Stake', exact: true }).click();
  await signAndWait(page);

  await page.evaluate(vote => (location.hash = `#/validators/${vote}`), newcomer.vote);
  await page.getByLabel('Bond').fill('0.5');
  await expect(page.getByText('The least is 1 slSOL')).toBeVisible();
  await page.getByLabel('Bond').fill('5');
  await page.getByRole('button', { name: 'Join' }).click();
  await signAndWait(page);

  await expect(page.getByRole('heading', { name: 'Your console' })).toBeVisible();
  await page.getByLabel('Lamports per SOL of stake and epoch').fill('25000');
  await page.getByRole('button', { name: 'Set bid' }).click();
  await signAndWait(page);
  await page.locator('.console').getByLabel('Bond').first().fill('4');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await signAndWait(page);

  // Bids and bonds are in the history as well, though they touch no stake.
  await expect(page.locator('.feed')).toContainText('A bid was set');
  await expect(page.locator('.feed')).toContainText('A bond changed');

  await world.epochs(2);
  const { candidates } = await fetchSelection(world.chain.rpc, world.world.pool);
  const joined = candidates.find(({ vote }) => vote === newcomer.vote)!;
  expect(joined.bid).toBe(25_000);
  expect(joined.bond).toBe(9n * SOL);
  expect(joined.seat.target).toBeGreaterThan(0n);
  await expect(page.locator('.say')).toContainText(/It holds [1-9][\d,.]* SOL/, { timeout: 30_000 });
});
