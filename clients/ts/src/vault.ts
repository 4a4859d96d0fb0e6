/** Instructions of the restaking vault for depositors, built as those of the pool are: see pool.ts. */

import { generateKeyPairSigner, type Address, type Instruction, type TransactionSigner } from '@solana/kit';
import { NO_ADDRESS } from './addresses.js';
import type { Found } from './fetch.js';
import * as ix from './generated/restakingVault/instructions/index.js';
import type { Vault, WithdrawalTicket } from './generated/restakingVault/accounts/index.js';
import type * as q from './generated/quotes.js';
import { bounded, createTokenAccount, type Amount, type Bound, type Plan } from './instructions.js';
import { findTokenAccount } from './pdas.js';
import { vaultTicket, type PoolSnapshot, type VaultSnapshot } from './snapshot.js';

type Of = { vault: VaultSnapshot };

/** Which shares; those that bear losses first, or the others, which are all there are where a vault has no junior ones. */
type OfClass = { junior?: boolean };

/** A pool of nothing: what quotes take where a vault has no staking pool, and do not look at. */
export const NO_POOL: q.PoolState = {
  totalLamports: 0n,
  supply: 0n,
  lockedProfit: 0n,
  profitSlot: 0n,
  profitEndSlot: 0n,
  updatedEpoch: 0n,
  epochYield: 0n,
  epochStartSlot: 0n,
  epochSlots: 0n,
  ticketLamports: 0n,
  leavingLamports: 0n,
  stakeRent: 0n,
  stakeAccountRent: 0n,
  minDelegation: 0n,
  minDeposit: 0n,
  tvlCap: 0n,
  pausedUntilEpoch: 0n,
  liquidityLamports: 0n,
  liquidityShares: 0n,
  liquiditySupply: 0n,
  liquidityTarget: 0n,
  hasLiquidity: false,
  depositBps: 0,
  referralBps: 0,
  insuranceBps: 0,
  instantLeastBps: 0,
  instantMostBps: 0,
  liquidityCutBps: 0,
  reserveLamports: 0n,
  reserveRent: 0n,
  stakeRentNow: 0n,
};

const mintOf = (vault: Vault, junior = false) => (junior ? vault.juniorMint : vault.vrtMint);
const escrowOf = (vault: Vault, junior = false) => (junior ? vault.juniorEscrow : vault.vrtEscrow);

/** Accounts of the vault that most instructions name. */
function accountsOf({ address, vault }: VaultSnapshot, junior?: boolean) {
  return {
    vault: address,
    collateralMint: vault.collateralMint,
    collateralAccount: vault.collateralAccount,
    collateralTokenProgram: vault.collateralTokenProgram,
    vrtMint: mintOf(vault, junior),
    vrtEscrow: escrowOf(vault, junior),
    vrtTokenProgram: vault.vrtTokenProgram,
  };
}

function vrtAccount(vault: Vault, payer: TransactionSigner, junior?: boolean) {
  return createTokenAccount({
    payer,
    owner: payer.address,
    mint: mintOf(vault, junior),
    tokenProgram: vault.vrtTokenProgram,
  });
}

async function heldVrt(vault: Vault, owner: Address, junior?: boolean): Promise<Address> {
  const [address] = await findTokenAccount({ owner, mint: mintOf(vault, junior), tokenProgram: vault.vrtTokenProgram });
  return address;
}

function collateralAccount(vault: Vault, payer: TransactionSigner, owner: Address = payer.address) {
  return createTokenAccount({
    payer,
    owner,
    mint: vault.collateralMint,
    tokenProgram: vault.collateralTokenProgram,
  });
}

/** Collateral in, VRT out. */
export async function restake(
  input: Of & OfClass & Bound & { user: TransactionSigner; amount: Amount },
): Promise<Plan<q.VaultDeposit>> {
  const { vault, user, junior = false } = input;
  const amount = BigInt(input.amount);
  const ask = (quotes: q.Quotes) =>
    quotes.vaultDeposit(vault.state, vault.pool?.state ?? NO_POOL, vault.chain.moment, vault.fee, junior, amount);
  const { quote, minOut } = await bounded(input, ask, ({ minted }) => minted);
  const vrt = await vrtAccount(vault.vault, user, junior);
  const { collateralMint: mint, collateralTokenProgram: tokenProgram } = vault.vault;
  const [depositorCollateral] = await findTokenAccount({ owner: user.address, mint, tokenProgram });
  const deposit = ix.getDepositInstruction({
    ...accountsOf(vault, junior),
    depositor: user,
    depositorCollateral,
    depositorVrt: vrt.address,
    stakingPool: vault.vault.stakingPool === NO_ADDRESS ? undefined : vault.vault.stakingPool,
    amount,
    minVrtOut: minOut,
  });
  return { instructions: [vrt.instruction, deposit], quote, minOut };
}

/** The staking pool whose LST a vault holds. */
function poolOf({ pool, vault }: VaultSnapshot): PoolSnapshot {
  if (!pool || vault.ofLiquidity === 1) throw new Error("the vault's collateral is not the LST of a staking pool");
  return pool;
}

/** SOL in, VRT out, through the vault's staking pool in one instruction. */
export async function stakeAndRestake(
  input: Of & OfClass & Bound & { user: TransactionSigner; lamports: Amount },
): Promise<Plan<q.Restake>> {
  const { vault, user, junior = false } = input;
  const pool = poolOf(vault);
  const lamports = BigInt(input.lamports);
  const ask = (quotes: q.Quotes) =>
    quotes.stakeAndRestake(vault.state, pool.state, vault.chain.moment, junior, lamports);
  const { quote, minOut } = await bounded(input, ask, ({ minted }) => minted);
  const vrt = await vrtAccount(vault.vault, user, junior);
  const restake = ix.getStakeAndRestakeInstruction({
    ...accountsOf(vault, junior),
    user,
    userVrt: vrt.address,
    stakingPool: pool.address,
    poolReserve: pool.pool.reserve,
    lamports,
    minVrtOut: minOut,
  });
  return { instructions: [vrt.instruction, restake], quote, minOut };
}

/** VRT into a ticket, a new account whose address is returned. It is valued when it is claimed, so it has no bound. */
export async function enqueueWithdrawal(
  input: Of & OfClass & { user: TransactionSigner; vrt: Amount },
): Promise<{ instructions: Instruction[]; quote: q.VaultOrder; ticket: Address }> {
  const { vault, user, junior = false } = input;
  const vrtAmount = BigInt(input.vrt);
  const ask = (quotes: q.Quotes) => quotes.enqueueWithdrawal(vault.state, vault.chain.moment, junior, vrtAmount);
  const { quote } = await bounded({ minOut: 0n }, ask, ({ value }) => value);
  const ticket = await generateKeyPairSigner();
  const enqueue = ix.getEnqueueWithdrawalInstruction({
    ...accountsOf(vault, junior),
    owner: user,
    ownerVrt: await heldVrt(vault.vault, user.address, junior),
    ticket,
    vrtAmount,
  });
  return { instructions: [enqueue], quote, ticket: ticket.address };
}

/** Pays a ticket whose cool-down is over to its owner. Anyone may send it, and pays for the owner's token account if need be. */
export async function claimWithdrawal(
  input: Of & Bound & { payer: TransactionSigner; ticket: Found<WithdrawalTicket> },
): Promise<Plan<q.VaultTicketValue>> {
  const { vault, payer, ticket } = input;
  const of = vaultTicket(ticket.data);
  const ask = (quotes: q.Quotes) => quotes.vaultTicketValue(vault.state, vault.chain.moment, vault.fee, of);
  const { quote, minOut } = await bounded(input, ask, ({ received }) => received);
  const recipient = await collateralAccount(vault.vault, payer, ticket.data.owner);
  const claim = ix.getClaimWithdrawalInstruction({
    ...accountsOf(vault, of.junior),
    ticket: ticket.address,
    owner: ticket.data.owner,
    recipient: recipient.address,
    minOut,
  });
  return { instructions: [recipient.instruction, claim], quote, minOut };
}

/** A ticket whose cool-down is over, straight into one of the staking pool, whose address is returned. */
export async function claimAndUnstake(
  input: Of & Bound & { owner: TransactionSigner; ticket: Found<WithdrawalTicket> },
): Promise<Plan<q.ClaimAndUnstake> & { poolTicket: Address }> {
  const { vault, owner, ticket } = input;
  const pool = poolOf(vault);
  const of = vaultTicket(ticket.data);
  const ask = (quotes: q.Quotes) => quotes.claimAndUnstake(vault.state, pool.state, vault.chain.moment, of);
  const { quote, minOut } = await bounded(input, ask, ({ lamports }) => lamports);
  const poolTicket = await generateKeyPairSigner();
  const recipient = await collateralAccount(vault.vault, owner);
  const claim = ix.getClaimAndUnstakeInstruction({
    ...accountsOf(vault, of.junior),
    ticket: ticket.address,
    owner,
    recipient: recipient.address,
    stakingPool: pool.address,
    poolEscrow: pool.pool.escrow,
    poolTicket,
    minOut,
  });
  return { instructions: [recipient.instruction, claim], quote, minOut, poolTicket: poolTicket.address };
}

/** VRT in, collateral out at once, for what would be left if all that is allocated were slashed. */
export async function instantWithdraw(
  input: Of & OfClass & Bound & { user: TransactionSigner; vrt: Amount },
): Promise<Plan<q.InstantWithdrawal>> {
  const { vault, user, junior = false } = input;
  const vrtAmount = BigInt(input.vrt);
  const ask = (quotes: q.Quotes) =>
    quotes.instantWithdraw(vault.state, vault.chain.moment, vault.fee, junior, vrtAmount);
  const { quote, minOut } = await bounded(input, ask, ({ received }) => received);
  const recipient = await collateralAccount(vault.vault, user);
  const leave = ix.getInstantWithdrawInstruction({
    ...accountsOf(vault, junior),
    owner: user,
    ownerVrt: await heldVrt(vault.vault, user.address, junior),
    recipient: recipient.address,
    vrtAmount,
    minOut,
  });
  return { instructions: [recipient.instruction, leave], quote, minOut };
}
