/** What a depositor does with a vault, as instructions. */
import { restakingVault } from '@sluice-protocol/sdk';
import { createNoopSigner, generateKeyPair, getAddressFromPublicKey, type Address } from '@solana/kit';
import type { Snapshot } from '../chain/pool';
import { SYSTEM } from '../chain/programs';
import type { Request } from '../chain/send';
import { makeTokenAccount, tokenAccountOf } from '../chain/tokens';
import { collateralOf, sharesOf, type AllocationEntry, type RequestEntry, type VaultEntry, type VaultTicket } from '../chain/vaults';

/** The staking pool a vault has to be shown, if it has one. */
const poolOf = ({ state }: VaultEntry) => (state.stakingPool === SYSTEM ? undefined : state.stakingPool);

async function places(vault: VaultEntry, pool: Snapshot, user: Address, isJunior: boolean) {
  const shares = sharesOf(vault.state, pool, isJunior);
  const { vrtTokenProgram, collateralTokenProgram, collateralMint } = vault.state;
  const userVrt = await tokenAccountOf(user, shares.mint, vrtTokenProgram);
  const userCollateral = await tokenAccountOf(user, collateralMint, collateralTokenProgram);
  return {
    shares,
    userVrt,
    userCollateral,
    makeVrt: await makeTokenAccount(user, user, shares.mint, vrtTokenProgram),
    makeCollateral: await makeTokenAccount(user, user, collateralMint, collateralTokenProgram),
    watchVrt: { account: userVrt, symbol: shares.symbol, decimals: shares.decimals },
    watchCollateral: { account: userCollateral, ...collateralOf(vault.state, pool) },
  };
}

export async function depositCollateral(vault: VaultEntry, pool: Snapshot, user: Address, account: Address, isJunior: boolean, amount: bigint, minVrtOut: bigint): Promise<Request> {
  const { shares, userVrt, makeVrt, watchVrt, watchCollateral } = await places(vault, pool, user, isJunior);
  const { state } = vault;
  return {
    instructions: [
      makeVrt,
      restakingVault.getDepositInstruction({
        vault: vault.address,
        depositor: createNoopSigner(user),
        depositorCollateral: account,
        depositorVrt: userVrt,
        collateralAccount: state.collateralAccount,
        collateralMint: state.collateralMint,
        vrtMint: shares.mint,
        collateralTokenProgram: state.collateralTokenProgram,
        vrtTokenProgram: state.vrtTokenProgram,
        stakingPool: poolOf(vault),
        amount,
        minVrtOut,
      }),
    ],
    watch: [{ ...watchCollateral, account }, watchVrt],
  };
}

export async function stakeAndRestake(vault: VaultEntry, pool: Snapshot, user: Address, isJunior: boolean, lamports: bigint, minVrtOut: bigint): Promise<Request> {
  const { shares, userVrt, makeVrt, watchVrt } = await places(vault, pool, user, isJunior);
  const { state } = vault;
  return {
    instructions: [
      makeVrt,
      restakingVault.getStakeAndRestakeInstruction({
        vault: vault.address,
        user: createNoopSigner(user),
        userVrt,
        collateralAccount: state.collateralAccount,
        collateralMint: state.collateralMint,
        vrtMint: shares.mint,
        stakingPool: pool.pool,
        poolReserve: pool.reserve,
        collateralTokenProgram: state.collateralTokenProgram,
        vrtTokenProgram: state.vrtTokenProgram,
        lamports,
        minVrtOut,
      }),
    ],
    watch: [watchVrt],
  };
}

export async function enqueueWithdrawal(vault: VaultEntry, pool: Snapshot, user: Address, ownerVrt: Address, isJunior: boolean, vrtAmount: bigint): Promise<Request> {
  const key = await generateKeyPair();
  const ticket = await getAddressFromPublicKey(key.publicKey);
  const { shares } = await places(vault, pool, user, isJunior);
  return {
    instructions: [
      restakingVault.getEnqueueWithdrawalInstruction({
        vault: vault.address,
        owner: createNoopSigner(user),
        ownerVrt,
        vrtEscrow: isJunior ? vault.state.juniorEscrow : vault.state.vrtEscrow,
        ticket: createNoopSigner(ticket),
        vrtTokenProgram: vault.state.vrtTokenProgram,
        vrtAmount,
      }),
    ],
    keys: [key],
    watch: [{ account: ownerVrt, symbol: shares.symbol, decimals: shares.decimals }],
  };
}

export async function claimWithdrawal(vault: VaultEntry, pool: Snapshot, ticket: VaultTicket, minOut: bigint): Promise<Request> {
  const { shares, userCollateral, makeCollateral, watchCollateral } = await places(vault, pool, ticket.owner, ticket.junior);
  const { state } = vault;
  return {
    instructions: [
      makeCollateral,
      restakingVault.getClaimWithdrawalInstruction({
        vault: vault.address,
        ticket: ticket.address,
        owner: ticket.owner,
        recipient: userCollateral,
        collateralAccount: state.collateralAccount,
        collateralMint: state.collateralMint,
        vrtEscrow: ticket.junior ? state.juniorEscrow : state.vrtEscrow,
        vrtMint: shares.mint,
        collateralTokenProgram: state.collateralTokenProgram,
        vrtTokenProgram: state.vrtTokenProgram,
        minOut,
      }),
    ],
    watch: [watchCollateral],
  };
}

export async function instantWithdraw(vault: VaultEntry, pool: Snapshot, user: Address, ownerVrt: Address, isJunior: boolean, vrtAmount: bigint, minOut: bigint): Promise<Request> {
  const { shares, userCollateral, makeCollateral, watchCollateral } = await places(vault, pool, user, isJunior);
  const { state } = vault;
  return {
    instructions: [
      makeCollateral,
      restakingVault.getInstantWithdrawInstruction({
        vault: vault.address,
        owner: createNoopSigner(user),
        ownerVrt,
        recipient: userCollateral,
        collateralAccount: state.collateralAccount,
        collateralMint: state.collateralMint,
        vrtMint: shares.mint,
        collateralTokenProgram: state.collateralTokenProgram,
        vrtTokenProgram: state.vrtTokenProgram,
        vrtAmount,
        minOut,
      }),
    ],
    watch: [{ account: ownerVrt, symbol: shares.symbol, decimals: shares.decimals }, watchCollateral],
  };
}

export async function transferVaultTicket(ticket: Address, owner: Address, newOwner: Address): Promise<Request> {
  return { instructions: [restakingVault.getTransferTicketInstruction({ ticket, owner: createNoopSigner(owner), newOwner })] };
}

export async function vetoSlash(vault: VaultEntry, request: RequestEntry, resolver: Address): Promise<Request> {
  return {
    instructions: [
      restakingVault.getVetoSlashInstruction({
        vault: vault.address,
        allocation: request.state.allocation,
        slashRequest: request.address,
        resolver: createNoopSigner(resolver),
        rentPayer: request.state.rentPayer,
      }),
    ],
  };
}

export async function executeSlash(vault: VaultEntry, allocation: AllocationEntry, request: RequestEntry): Promise<Request> {
  const { state } = vault;
  const { beneficiary } = allocation.state;
  return {
    instructions: [
      restakingVault.getExecuteSlashInstruction({
        vault: vault.address,
        allocation: allocation.address,
        slashRequest: request.address,
        rentPayer: request.state.rentPayer,
        collateralMint: state.collateralMint,
        collateralAccount: state.collateralAccount,
        beneficiary: beneficiary === SYSTEM ? undefined : beneficiary,
        collateralTokenProgram: state.collateralTokenProgram,
        stakingPool: poolOf(vault),
      }),
    ],
  };
}
