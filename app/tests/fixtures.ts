/** What every test has: the world, and a page of the app with a burner wallet of its own. */
import { test as base, expect, type Page } from '@playwright/test';
import { address, type Address, type KeyPairSigner } from '@solana/kit';
import { findTokenAccount } from '@sluice-protocol/sdk';
import { Chain, keyFile } from './world/chain';
import { nextEpoch, type World } from './world/setup';

export { expect };

const TOKEN = address('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');

export class TheWorld {
  readonly chain: Chain;
  constructor(
    readonly world: World & { pages: string },
    readonly keeper: KeyPairSigner,
  ) {
    this.chain = new Chain(world.rpc);
  }
  /** So many epochs, each with its crank. */
  epochs(count: number): Promise<void> {
    return nextEpoch(this.chain, this.world.pool, this.keeper, count);
  }
  async sol(owner: Address): Promise<bigint> {
    return (await this.chain.rpc.getBalance(owner).send()).value;
  }
  /** Tokens of a mint in the owner's own account; zero where there is none. */
  async tokens(owner: Address, mint: Address): Promise<bigint> {
    const [account] = await findTokenAccount({ owner, mint, tokenProgram: TOKEN });
    const { value } = await this.chain.rpc.getMultipleAccounts([account], { encoding: 'base64' }).send();
    const data = value[0]?.data[0];
    return data ? Buffer.from(data, 'base64').readBigUInt64LE(64) : 0n;
  }
}

export interface Options {
  rpc?: string;
  theme?: 'light' | 'dark';
  language?: 'en' | 'zh-CN';
  burner?: boolean;
}

/** The app as a reader finds it who chose that server. */
export async function open(page: Page, world: TheWorld, path: string, { rpc, theme = 'light', language = 'en', burner = false }: Options = {}): Promise<void> {
  const settings = { rpcUrl: rpc ?? world.world.rpc, theme, language, priority: 'normal', slippageBps: 10, mint: '' };
  await page.addInitScript(
    ([stored, wallet]) => {
      localStorage.setItem('sluice.settings', stored!);
      if (wallet) localStorage.setItem('sluice.wallet', wallet);
    },
    [JSON.stringify(settings), burner ? 'burner' : ''],
  );
  await page.goto(`${world.world.pages}/#/${path}`);
}

/** The address of the wallet that is connected, as the wallet's dialog shows it. */
export async function walletOf(page: Page): Promise<Address> {
  const button = page.getByRole('banner').getByRole('button', { name: /…/ });
  await button.click();
  const dialog = page.getByRole('dialog', { name: 'Your wallet' });
  const shown = await dialog.locator('.address-whole').innerText();
  await dialog.getByRole('button', { name: 'Close' }).click();
  return address(shown.trim());
}

/** Signs what is in the dialog, waits until it is confirmed, and closes it. */
export async function signAndWait(page: Page): Promise<void> {
  const dialog = page.locator('dialog[open]');
  await dialog.getByRole('button', { name: 'Sign and send' }).click();
  await expect(dialog.getByText(/Confirmed in slot/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();
}

export const test = base.extend<{ world: TheWorld; burner: (path: string, sol?: bigint) => Promise<Address> }>({
  world: async ({}, use) => {
    const world = JSON.parse(process.env.SLUICE_WORLD ?? 'null') as (World & { pages: string }) | null;
    if (!world) throw new Error('the world was not set up');
    await use(new TheWorld(world, await keyFile(world.keeperFile)));
  },
  /** Opens a page with a fresh burner wallet that has some SOL. */
  burner: async ({ page, world }, use) => {
    await use(async (path, sol = 50n) => {
      await open(page, world, path, { burner: true });
      const owner = await walletOf(page);
      if (sol > 0n) await world.chain.airdrop(owner, sol);
      return owner;
    });
  },
});
