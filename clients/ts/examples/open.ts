/**
 * Opens a pool, its selection and a vault with the SDK alone: what `sluice deploy` does from a file, in the order in which
 * accounts must exist. Each step is a transaction; `send` signs with the signers in the instructions and waits.
 */

import {
  AccountRole,
  generateKeyPairSigner,
  getAddressEncoder,
  type Address,
  type Instruction,
  type KeyPairSigner,
  type TransactionSigner,
} from '@solana/kit';
import {
  createAccount,
  createTokenAccount,
  NO_ADDRESS,
  restakingVault,
  slabSpace,
  stakingPool,
  TOKEN_PROGRAM_ADDRESS,
  validatorSelection,
} from '@sluice-protocol/sdk';

export type Send = (instructions: Instruction[]) => Promise<unknown>;

/** Rent of so many bytes, as `getMinimumBalanceForRentExemption` answers. */
export type RentFor = (bytes: number) => bigint;

type Context = { send: Send; rentFor: RentFor; payer: TransactionSigner };

const MINT_SPACE = 82;
const INITIALIZE_MINT_2 = 20;

/** A new mint of SPL Token with 9 decimals and nobody who may freeze. */
export async function createMint({ send, rentFor, payer }: Context, authority: (mint: Address) => Promise<Address>) {
  const mint = await generateKeyPairSigner();
  const noFreezeAuthority = 0;
  const initialize: Instruction = {
    programAddress: TOKEN_PROGRAM_ADDRESS,
    accounts: [{ address: mint.address, role: AccountRole.WRITABLE }],
    data: Uint8Array.of(
      INITIALIZE_MINT_2,
      9,
      ...getAddressEncoder().encode(await authority(mint.address)),
      noFreezeAuthority,
      ...new Uint8Array(32),
    ),
  };
  const lamports = rentFor(MINT_SPACE);
  const create = createAccount({ payer, account: mint, lamports, space: MINT_SPACE, owner: TOKEN_PROGRAM_ADDRESS });
  await send([create, initialize]);
  return mint;
}

/** A new account of a program, empty, for it to claim. */
async function emptyAccount({ send, rentFor, payer }: Context, owner: Address, space: number): Promise<KeyPairSigner> {
  const account = await generateKeyPairSigner();
  await send([createAccount({ payer, account, lamports: rentFor(space), space, owner })]);
  return account;
}

async function tokenAccount(context: Context, owner: Address, mint: Address): Promise<Address> {
  const { address, instruction } = await createTokenAccount({
    payer: context.payer,
    owner,
    mint,
    tokenProgram: TOKEN_PROGRAM_ADDRESS,
  });
  await context.send([instruction]);
  return address;
}

/** A pool whose admin and delegation authority is `admin`; its LST mint. */
export async function openPool(
  context: Context,
  admin: TransactionSigner,
  params: stakingPool.InitializeParamsArgs,
  validators: number,
): Promise<{ pool: Address; lstMint: Address }> {
  const lstMint = await createMint(context, async (mint) => (await stakingPool.findPoolPda({ lstMint: mint }))[0]);
  const [pool] = await stakingPool.findPoolPda({ lstMint: lstMint.address });
  const space = slabSpace(stakingPool.validatorListHeaderLayout, validators);
  const validatorList = await emptyAccount(context, stakingPool.STAKING_POOL_PROGRAM_ADDRESS, space);
  const escrow = await tokenAccount(context, pool, lstMint.address);
  const treasury = await tokenAccount(context, admin.address, lstMint.address);
  const initialize = await stakingPool.getInitializeInstructionAsync({
    payer: context.payer,
    admin: admin.address,
    delegationAuthority: admin.address,
    validatorList,
    lstMint,
    escrow,
    treasury,
    tokenProgram: TOKEN_PROGRAM_ADDRESS,
    params,
  });
  await context.send([initialize]);
  return { pool, lstMint: lstMint.address };
}

/** A liquidity pool for instant exits. Its seed is nobody's. */
export async function openLiquidity(context: Context, admin: TransactionSigner, pool: Address, seedLamports: bigint) {
  const lpMint = await createMint(context, async () => pool);
  const [reserve] = await stakingPool.findReservePda({ pool });
  const accounts = { pool, admin, payer: context.payer, reserve, lpMint: lpMint.address };
  await context.send([stakingPool.getInitializeLiquidityInstruction({ ...accounts, seedLamports })]);
}

/** The selection of a pool. It decides once the pool's admin names `config` as delegation authority. */
export async function openSelection(
  context: Context,
  admin: TransactionSigner,
  { pool, lstMint }: { pool: Address; lstMint: Address },
  params: validatorSelection.ParamsArgs,
  candidates: number,
): Promise<Address> {
  const program = validatorSelection.VALIDATOR_SELECTION_PROGRAM_ADDRESS;
  const [config] = await validatorSelection.findConfigPda({ pool });
  const space = slabSpace(validatorSelection.registryHeaderLayout, candidates);
  const registry = await emptyAccount(context, program, space);
  const ranking = await emptyAccount(context, program, validatorSelection.rankingLayout.size);
  const vault = await tokenAccount(context, config, lstMint);
  const accounts = { payer: context.payer, pool, admin, registry, ranking, vault };
  await context.send([await validatorSelection.getInitializeInstructionAsync({ ...accounts, params })]);
  return config;
}

/** A vault of a collateral of SPL Token. The seed is taken from the admin's account of it, and is nobody's afterwards. */
export async function openVault(
  context: Context,
  admin: TransactionSigner,
  collateralMint: Address,
  params: restakingVault.VaultParamsArgs,
  stakingPoolAddress: Address = NO_ADDRESS,
): Promise<{ vault: Address; vrtMint: Address }> {
  const vrtMint = await createMint(context, async (mint) => (await restakingVault.findVaultPda({ vrtMint: mint }))[0]);
  const [vault] = await restakingVault.findVaultPda({ vrtMint: vrtMint.address });
  const initialize = await restakingVault.getInitializeVaultInstructionAsync({
    admin,
    collateralMint,
    vrtMint,
    adminCollateral: await tokenAccount(context, admin.address, collateralMint),
    collateralAccount: await tokenAccount(context, vault, collateralMint),
    vrtEscrow: await tokenAccount(context, vault, vrtMint.address),
    collateralTokenProgram: TOKEN_PROGRAM_ADDRESS,
    vrtTokenProgram: TOKEN_PROGRAM_ADDRESS,
    stakingPool: stakingPoolAddress === NO_ADDRESS ? undefined : stakingPoolAddress,
    params,
  });
  await context.send([initialize]);
  return { vault, vrtMint: vrtMint.address };
}
