/** What a holder does with the pool, as instructions. Every price-dependent one has its bound. */
import { findStakePda, stakingPool } from '@sluice-protocol/sdk';
import { createNoopSigner, generateKeyPair, getAddressFromPublicKey, type Address } from '@solana/kit';
import type { Snapshot } from '../chain/pool';
import type { Request, Watched } from '../chain/send';
import { makeStakeAccount, makeTokenAccount, tokenAccountOf } from '../chain/tokens';

export const LST = 'slSOL';
export const LP = 'slSOL-LP';

const lst = (account: Address): Watched => ({ account, symbol: LST, decimals: 9 });

export async function depositSol(pool: Snapshot, user: Address, lamports: bigint, minOut: bigint): Promise<Request> {
  const { tokenProgram } = pool.state;
  const userLst = await tokenAccountOf(user, pool.mint, tokenProgram);
  return {
    instructions: [
      await makeTokenAccount(user, user, pool.mint, tokenProgram),
      stakingPool.getDepositSolInstruction({
        pool: pool.pool,
        user: createNoopSigner(user),
        reserve: pool.reserve,
        lstMint: pool.mint,
        userLst,
        tokenProgram,
        lamports,
        minOut,
      }),
    ],
    watch: [lst(userLst)],
  };
}

export interface StakePlace {
  account: Address;
  vote: Address;
  /** The validator's place in the pool's list. */
  index: number;
}

export async function depositStake(pool: Snapshot, user: Address, source: StakePlace, minOut: bigint): Promise<Request> {
  const { tokenProgram, validatorList } = pool.state;
  const userLst = await tokenAccountOf(user, pool.mint, tokenProgram);
  return {
    instructions: [
      await makeTokenAccount(user, user, pool.mint, tokenProgram),
      stakingPool.getDepositStakeInstruction({
        pool: pool.pool,
        user: createNoopSigner(user),
        reserve: pool.reserve,
        validatorList,
        vote: source.vote,
        stake: (await findStakePda({ pool: pool.pool, vote: source.vote }))[0],
        source: source.account,
        lstMint: pool.mint,
        userLst,
        tokenProgram,
        index: source.index,
        minOut,
      }),
    ],
    watch: [lst(userLst)],
  };
}

export async function withdrawSol(pool: Snapshot, user: Address, userLst: Address, shares: bigint, minOut: bigint): Promise<Request> {
  return {
    instructions: [
      stakingPool.getWithdrawSolInstruction({
        pool: pool.pool,
        user: createNoopSigner(user),
        reserve: pool.reserve,
        lstMint: pool.mint,
        userLst,
        tokenProgram: pool.state.tokenProgram,
        shares,
        minOut,
      }),
    ],
    watch: [lst(userLst)],
  };
}

export async function orderUnstake(pool: Snapshot, user: Address, userLst: Address, shares: bigint, minOut: bigint): Promise<Request> {
  const key = await generateKeyPair();
  const ticket = await getAddressFromPublicKey(key.publicKey);
  return {
    instructions: [
      stakingPool.getOrderUnstakeInstruction({
        pool: pool.pool,
        user: createNoopSigner(user),
        userLst,
        escrow: pool.state.escrow,
        ticket: createNoopSigner(ticket),
        tokenProgram: pool.state.tokenProgram,
        shares,
        minOut,
      }),
    ],
    keys: [key],
    watch: [lst(userLst)],
  };
}

export async function claimTicket(pool: Snapshot, ticket: Address, owner: Address): Promise<Request> {
  return {
    instructions: [stakingPool.getClaimTicketInstruction({ pool: pool.pool, ticket, owner, reserve: pool.reserve })],
  };
}

export async function cancelTicket(pool: Snapshot, ticket: Address, owner: Address, minOut: bigint): Promise<Request> {
  const { tokenProgram } = pool.state;
  const ownerLst = await tokenAccountOf(owner, pool.mint, tokenProgram);
  return {
    instructions: [
      await makeTokenAccount(owner, owner, pool.mint, tokenProgram),
      stakingPool.getCancelTicketInstruction({
        pool: pool.pool,
        ticket,
        owner: createNoopSigner(owner),
        escrow: pool.state.escrow,
        ownerLst,
        tokenProgram,
        minOut,
      }),
    ],
    watch: [lst(ownerLst)],
  };
}

export async function transferTicket(ticket: Address, owner: Address, newOwner: Address): Promise<Request> {
  return { instructions: [stakingPool.getTransferTicketInstruction({ ticket, owner: createNoopSigner(owner), newOwner })] };
}

/** A new stake account, in the user's name from the first moment on, split off the validator's `stake`. */
export async function withdrawStake(
  pool: Snapshot,
  user: Address,
  userLst: Address,
  source: { vote: Address; stake: Address; index: number },
  shares: bigint,
  minOut: bigint,
): Promise<Request & { destination: Address }> {
  const key = await generateKeyPair();
  const destination = await getAddressFromPublicKey(key.publicKey);
  return {
    instructions: [
      makeStakeAccount(pool, user, destination),
      stakingPool.getWithdrawStakeInstruction({
        pool: pool.pool,
        user: createNoopSigner(user),
        validatorList: pool.state.validatorList,
        vote: source.vote,
        stake: source.stake,
        destination,
        lstMint: pool.mint,
        userLst,
        tokenProgram: pool.state.tokenProgram,
        index: source.index,
        shares,
        minOut,
      }),
    ],
    keys: [key],
    watch: [lst(userLst)],
    destination,
  };
}

export async function addLiquidity(pool: Snapshot, user: Address, lamports: bigint, minOut: bigint): Promise<Request> {
  const { tokenProgram, lpMint } = pool.state;
  const userLp = await tokenAccountOf(user, lpMint, tokenProgram);
  return {
    instructions: [
      await makeTokenAccount(user, user, lpMint, tokenProgram),
      stakingPool.getAddLiquidityInstruction({
        pool: pool.pool,
        user: createNoopSigner(user),
        reserve: pool.reserve,
        lpMint,
        userLp,
        tokenProgram,
        lamports,
        minOut,
      }),
    ],
    watch: [{ account: userLp, symbol: LP, decimals: 9 }],
  };
}

export async function removeLiquidity(pool: Snapshot, user: Address, userLp: Address, amount: bigint, minLamports: bigint, minShares: bigint): Promise<Request> {
  const { tokenProgram, lpMint } = pool.state;
  const userLst = await tokenAccountOf(user, pool.mint, tokenProgram);
  return {
    instructions: [
      await makeTokenAccount(user, user, pool.mint, tokenProgram),
      stakingPool.getRemoveLiquidityInstruction({
        pool: pool.pool,
        user: createNoopSigner(user),
        reserve: pool.reserve,
        lpMint,
        userLp,
        lstMint: pool.mint,
        userLst,
        tokenProgram,
        amount,
        minLamports,
        minShares,
      }),
    ],
    watch: [
      { account: userLp, symbol: LP, decimals: 9 },
      { account: userLst, symbol: LST, decimals: 9 },
    ],
  };
}
