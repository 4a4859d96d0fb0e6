/**
 * A pool that has lived a little: validators with bonds, stake with them, rewards, a vault that secures a service. Made once, on a real
 * localnet; every test brings its own wallet to it.
 */
import {
  depositSol,
  fetchPool,
  fetchSelection,
  fetchVaults,
  findTokenAccount,
  restake,
  fetchVault,
  restakingVault,
  validatorSelection,
} from '@sluice-protocol/sdk';
import type { Address, KeyPairSigner } from '@solana/kit';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chain, SOL, keyFile } from './chain';
import { crank } from './crank';
import { deploy, localnet, type Served } from './server';

/** Validators of the localnet that are left for tests to bring in. */
export const NEWCOMERS = 2;

export interface World {
  rpc: string;
  pool: Address;
  mint: Address;
  vault: Address;
  keeperFile: string;
}

export async function build(): Promise<{ world: World; server: Served }> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-app-'));
  const keeperFile = join(folder, 'faucet.json');
  const server = await localnet('--validators', '14', '--faucet-keypair', keeperFile);
  try {
    const chain = new Chain(server.url);
    deploy(server.url, keeperFile, join(folder, 'keys'));
    const keeper = await keyFile(keeperFile);
    return { world: { ...(await live(chain, keeper)), rpc: server.url, keeperFile }, server };
  } catch (error) {
    server.stop();
    throw error;
  }
}

async function live(chain: Chain, keeper: KeyPairSigner): Promise<{ pool: Address; mint: Address; vault: Address }> {
  const { pool, mint } = await thePool(chain);
  const { instructions } = await depositSol({ pool: await fetchPool(chain.rpc, pool), user: keeper, lamports: 3_000n * SOL, slippageBps: 100 });
  await chain.send(keeper, ...instructions);
  // A record of voting is asked of whoever joins.
  await nextEpoch(chain, pool, keeper, 2);
  await joinAll(chain, pool, keeper);
  await nextEpoch(chain, pool, keeper, 2);
  const vault = await secure(chain, pool, keeper);
  await nextEpoch(chain, pool, keeper, 3);
  return { pool, mint, vault };
}

async function thePool(chain: Chain): Promise<{ pool: Address; mint: Address }> {
  const vaults = await fetchVaults(chain.rpc);
  const pool = vaults.map(({ data }) => data.stakingPool)[0];
  if (!pool) throw new Error('the deployment has no vault');
  return { pool, mint: (await fetchPool(chain.rpc, pool)).pool.lstMint };
}

export async function nextEpoch(chain: Chain, pool: Address, keeper: KeyPairSigner, epochs = 1): Promise<void> {
  for (let past = 0; past < epochs; past += 1) {
    await chain.call('localnet_advanceEpoch');
    await chain.call('localnet_advanceSlots', [4]);
    await crank(chain, pool, keeper);
  }
}

async function joinAll(chain: Chain, pool: Address, keeper: KeyPairSigner): Promise<void> {
  const { address: config, config: settings } = await fetchSelection(chain.rpc, pool);
  const { registry, vault, tokenProgram, params, lstMint } = settings;
  const [payerLst] = await findTokenAccount({ owner: keeper.address, mint: lstMint, tokenProgram });
  const validators = await chain.call<{ vote: Address }[]>('localnet_validators');
  for (const { vote } of validators.slice(0, -NEWCOMERS)) {
    const join_ = validatorSelection.getJoinInstruction({
      config, registry, pool, vote, payer: keeper, payerLst, vault, tokenProgram, bond: params.joinBond + 2n * SOL,
    });
    await chain.send(keeper, join_);
  }
}

/** The keeper is operator and service as well: what it secures is only a fixture. */
async function secure(chain: Chain, pool: Address, keeper: KeyPairSigner): Promise<Address> {
  const vaults = await fetchVaults(chain.rpc);
  const plain = vaults.find(({ data }) => data.stakingPool === pool && data.shielded === 0);
  if (!plain) throw new Error('the deployment has no vault without a shield');
  const vault = await fetchVault(chain.rpc, plain.address);
  const { instructions } = await restake({ vault, user: keeper, amount: 400n * SOL, slippageBps: 100 });
  await chain.send(keeper, ...instructions);
  await chain.send(
    keeper,
    await restakingVault.getRegisterOperatorInstructionAsync({ authority: keeper }),
    await restakingVault.getRegisterServiceInstructionAsync({ authority: keeper }),
  );
  const [operator] = await restakingVault.findOperatorPda({ authority: keeper.address });
  const [service] = await restakingVault.findServicePda({ authority: keeper.address });
  const [allocation] = await restakingVault.findAllocationPda({ vault: plain.address, operator, service });
  await chain.send(
    keeper,
    restakingVault.getOptInInstruction({ vault: plain.address, operator, service, authority: keeper, payer: keeper, allocation }),
    restakingVault.getAllocateInstruction({ vault: plain.address, delegationAdmin: keeper, allocation, stakingPool: pool, amount: 200n * SOL }),
  );
  const { collateralAccount, collateralMint, collateralTokenProgram } = plain.data;
  const [payerCollateral] = await findTokenAccount({ owner: keeper.address, mint: collateralMint, tokenProgram: collateralTokenProgram });
  await chain.send(
    keeper,
    restakingVault.getPayRewardsInstruction({
      vault: plain.address, payer: keeper, payerCollateral, collateralAccount, collateralMint, collateralTokenProgram, amount: SOL / 2n,
    }),
  );
  return plain.address;
}
