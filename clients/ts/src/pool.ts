/**
 * Instructions of the staking pool for holders, with every account derived from a snapshot of the pool, token accounts made
 * where they are missing, and the bound taken from a quote.
 */

import { generateKeyPairSigner, type Address, type Instruction, type TransactionSigner } from '@solana/kit';
import { NO_ADDRESS } from './addresses.js';
import type { StakeAccount } from './chain.js';
import { fetchSlab, type Found, type ReadOptions, type ReadRpc } from './fetch.js';
import * as ix from './generated/stakingPool/instructions/index.js';
import { validatorListHeaderLayout } from './generated/stakingPool/layouts.js';
import type { Pool, Ticket } from './generated/stakingPool/accounts/index.js';
import type { ValidatorRecord } from './generated/stakingPool/types/index.js';
import type * as q from './generated/quotes.js';
import { bounded, createTokenAccount, newStakeAccount, type Amount, type Bound, type Plan } from './instructions.js';
import { findActivatingStakePda, findDeactivatingStakePda, findStakePda, findTokenAccount } from './pdas.js';
import type { PoolSnapshot } from './snapshot.js';

/** A validator of a pool: its record, and its place in the list, which instructions ask for and check. */
export type PoolValidator = ValidatorRecord & { index: number };

/** All validators of a pool. */
export async function fetchValidators(rpc: ReadRpc, pool: Pool, options?: ReadOptions): Promise<PoolValidator[]> {
  const { data } = await fetchSlab(rpc, validatorListHeaderLayout, pool.validatorList, options);
  return data.records.map((record, index) => ({ ...record, index }));
}

/** Values of a record's `stakeState`. */
export const STAKE_STATE = { none: 0, delegated: 1, deactivating: 2 } as const;

/** What quotes take of a validator's record. */
export const holding = (record: ValidatorRecord): q.Holding => ({
  ...record,
  isDelegated: record.stakeState === STAKE_STATE.delegated,
});

type Depositor = {
  pool: PoolSnapshot;
  user: TransactionSigner;
  /** Where a pool takes deposits only with the signature of its deposit authority. */
  depositAuthority?: TransactionSigner;
};

/** Whom a deposit mints to. */
type Receiver = {
  /** Whose LST account receives; the user's own by default. */
  owner?: Address;
  /** LST account of who brought the deposit. */
  referrer?: Address;
};

const lstAccount = (pool: Pool, payer: TransactionSigner, owner: Address = payer.address) =>
  createTokenAccount({ payer, owner, mint: pool.lstMint, tokenProgram: pool.tokenProgram });

/** Accounts of the pool that most instructions name. */
const accountsOf = ({ address, pool }: PoolSnapshot) => ({
  pool: address,
  reserve: pool.reserve,
  lstMint: pool.lstMint,
  tokenProgram: pool.tokenProgram,
  validatorList: pool.validatorList,
  escrow: pool.escrow,
  lpMint: pool.lpMint,
});

/** SOL in, LST out. */
export async function depositSol(input: Depositor & Receiver & Bound & { lamports: Amount }): Promise<Plan<q.Deposit>> {
  const { pool, user, referrer, depositAuthority } = input;
  const lamports = BigInt(input.lamports);
  const ask = (quotes: q.Quotes) => quotes.depositSol(pool.state, pool.chain.moment, lamports, referrer !== undefined);
  const { quote, minOut } = await bounded(input, ask, ({ minted }) => minted);
  const lst = await lstAccount(pool.pool, user, input.owner);
  const deposit = ix.getDepositSolInstruction({
    ...accountsOf(pool),
    user,
    userLst: lst.address,
    referrer,
    depositAuthority,
    lamports,
    minOut,
  });
  return { instructions: [lst.instruction, deposit], quote, minOut };
}

/** A whole active stake account, delegated to one of the pool's validators, in; LST out. */
export async function depositStake(
  input: Depositor & Receiver & Bound & { source: Found<StakeAccount>; validators: readonly PoolValidator[] },
): Promise<Plan<q.Deposit>> {
  const { pool, user, source, referrer, depositAuthority } = input;
  const { validator } = await delegationOf(input);
  const ask = (quotes: q.Quotes) =>
    quotes.depositStake(pool.state, pool.chain.moment, source.lamports, referrer !== undefined);
  const { quote, minOut } = await bounded(input, ask, ({ minted }) => minted);
  const lst = await lstAccount(pool.pool, user, input.owner);
  const deposit = ix.getDepositStakeInstruction({
    ...accountsOf(pool),
    ...validator,
    user,
    source: source.address,
    userLst: lst.address,
    referrer,
    depositAuthority,
    minOut,
  });
  return { instructions: [lst.instruction, deposit], quote, minOut };
}

/** A whole active stake account in, SOL out at once, for the fees of a deposit and of an instant exit. */
export async function liquidUnstake(
  input: Depositor & Bound & { source: Found<StakeAccount>; validators: readonly PoolValidator[] },
): Promise<Plan<q.LiquidUnstake>> {
  const { pool, user, source, depositAuthority } = input;
  const { validator, delegated } = await delegationOf(input);
  const ask = (quotes: q.Quotes) =>
    quotes.liquidUnstake(pool.state, pool.chain.moment, delegated, source.lamports - delegated);
  const { quote, minOut } = await bounded(input, ask, ({ paid }) => paid);
  const unstake = ix.getLiquidUnstakeInstruction({
    ...accountsOf(pool),
    ...validator,
    user,
    source: source.address,
    depositAuthority,
    minOut,
  });
  return { instructions: [unstake], quote, minOut };
}

/** The validator that a stake account is delegated to, as instructions name it. */
async function delegationOf(input: {
  pool: PoolSnapshot;
  source: Found<StakeAccount>;
  validators: readonly PoolValidator[];
}) {
  const { delegation } = input.source.data;
  if (!delegation) throw new Error('the stake account is not delegated: delegate it, and wait until it is active');
  const record = input.validators.find(({ vote }) => vote === delegation.vote);
  if (!record) throw new Error(`the pool has no validator ${delegation.vote}: delegate to one of its validators first`);
  const { index, vote } = record;
  const [stake] = await findStakePda({ pool: input.pool.address, vote });
  return { validator: { index, vote, stake }, delegated: delegation.stake };
}

type Holder = { pool: PoolSnapshot; user: TransactionSigner };

/** The holder's own LST account, which exists. */
async function heldLst({ pool, user }: Holder): Promise<Address> {
  const { lstMint, tokenProgram } = pool.pool;
  const [address] = await findTokenAccount({ owner: user.address, mint: lstMint, tokenProgram });
  return address;
}

/** LST in, SOL out at once, for a fee. */
export async function withdrawSol(input: Holder & Bound & { shares: Amount }): Promise<Plan<q.InstantExit>> {
  const { pool, user } = input;
  const shares = BigInt(input.shares);
  const ask = (quotes: q.Quotes) => quotes.withdrawSol(pool.state, pool.chain.moment, shares);
  const { quote, minOut } = await bounded(input, ask, ({ paid }) => paid);
  const userLst = await heldLst(input);
  return {
    instructions: [ix.getWithdrawSolInstruction({ ...accountsOf(pool), user, userLst, shares, minOut })],
    quote,
    minOut,
  };
}

/** A delayed exit, free of charge: LST goes under a ticket, a new account whose address is returned. */
export async function orderUnstake(
  input: Holder & Bound & { shares: Amount },
): Promise<Plan<q.Order> & { ticket: Address }> {
  const { pool, user } = input;
  const shares = BigInt(input.shares);
  const ask = (quotes: q.Quotes) => quotes.orderUnstake(pool.state, pool.chain.moment, shares);
  const { quote, minOut } = await bounded(input, ask, ({ lamports }) => lamports);
  const ticket = await generateKeyPairSigner();
  const userLst = await heldLst(input);
  const order = ix.getOrderUnstakeInstruction({ ...accountsOf(pool), user, userLst, ticket, shares, minOut });
  return { instructions: [order], quote, minOut, ticket: ticket.address };
}

/** Pays a ticket that is due to its owner. Anyone may send it. */
export function claimTicket(input: { pool: PoolSnapshot; ticket: Found<Ticket> }): Instruction {
  const { pool, ticket } = input;
  return ix.getClaimTicketInstruction({ ...accountsOf(pool), ticket: ticket.address, owner: ticket.data.owner });
}

/** Gives back the LST of a ticket that is due: what it would pay, in shares of today. */
export async function cancelTicket(
  input: Bound & { pool: PoolSnapshot; owner: TransactionSigner; ticket: Found<Ticket> },
): Promise<Plan<q.TicketValue>> {
  const { pool, owner, ticket } = input;
  const ask = (quotes: q.Quotes) => quotes.ticketValue(pool.state, pool.chain.moment, ticket.data);
  const { quote, minOut } = await bounded(input, ask, ({ cancel }) => cancel);
  const lst = await lstAccount(pool.pool, owner);
  const cancel = ix.getCancelTicketInstruction({
    ...accountsOf(pool),
    ticket: ticket.address,
    owner,
    ownerLst: lst.address,
    minOut,
  });
  return { instructions: [lst.instruction, cancel], quote, minOut };
}

/** Which of a validator's stake accounts a withdrawal takes from. */
export type StakeOf = { which: 'canonical' | 'activating' | 'deactivating'; account: Found<StakeAccount> };

const WHICH = { canonical: 0, activating: 1, deactivating: 2 } as const;
const FIND = { canonical: findStakePda, activating: findActivatingStakePda, deactivating: findDeactivatingStakePda };

/** Address of one of a validator's stake accounts. */
export async function stakeAddress(
  pool: Address,
  vote: Address,
  which: StakeOf['which'] = 'canonical',
): Promise<Address> {
  const [address] = await FIND[which]({ pool, vote });
  return address;
}

/** What quotes take of a stake account. */
export function stakeSource({ which, account }: StakeOf): q.StakeSource {
  const { delegation } = account.data;
  return {
    which: WHICH[which],
    lamports: account.lamports,
    isDelegated: delegation !== undefined,
    activationEpoch: delegation?.activationEpoch ?? 0n,
    deactivationEpoch: delegation ? (delegation.deactivationEpoch ?? 0xffff_ffff_ffff_ffffn) : 0n,
  };
}

/** LST in, a stake account of the user's out: a new one, whose address is returned. */
export async function withdrawStake(
  input: Holder & Bound & { shares: Amount; validator: PoolValidator; from: StakeOf },
): Promise<Plan<q.StakeWithdrawal> & { destination: Address }> {
  const { pool, user, validator, from } = input;
  const shares = BigInt(input.shares);
  const ask = (quotes: q.Quotes) =>
    quotes.withdrawStake(pool.state, pool.chain.moment, holding(validator), stakeSource(from), shares);
  const { quote, minOut } = await bounded(input, ask, ({ lamports }) => lamports);
  const destination = await newStakeAccount(user, pool.chain);
  const withdraw = ix.getWithdrawStakeInstruction({
    ...accountsOf(pool),
    user,
    index: validator.index,
    vote: validator.vote,
    stake: from.account.address,
    destination: destination.address,
    userLst: await heldLst(input),
    shares,
    minOut,
  });
  return { instructions: [destination.instruction, withdraw], quote, minOut, destination: destination.address };
}

function requireLiquidity(pool: Pool): void {
  if (pool.lpMint === NO_ADDRESS) throw new Error('this pool has no liquidity pool');
}

/** SOL for others' instant exits in, LP tokens out. */
export async function addLiquidity(input: Depositor & Bound & { lamports: Amount }): Promise<Plan<q.AddLiquidity>> {
  const { pool, user, depositAuthority } = input;
  requireLiquidity(pool.pool);
  const lamports = BigInt(input.lamports);
  const ask = (quotes: q.Quotes) => quotes.addLiquidity(pool.state, pool.chain.moment, lamports);
  const { quote, minOut } = await bounded(input, ask, ({ minted }) => minted);
  const { lpMint: mint, tokenProgram } = pool.pool;
  const lp = await createTokenAccount({ payer: user, owner: user.address, mint, tokenProgram });
  const add = ix.getAddLiquidityInstruction({
    ...accountsOf(pool),
    user,
    userLp: lp.address,
    depositAuthority,
    lamports,
    minOut,
  });
  return { instructions: [lp.instruction, add], quote, minOut };
}

/** LP tokens in, SOL and LST out. `minOut` is the least of the SOL; of the LST, the same part of the quote is the least. */
export async function removeLiquidity(
  input: Holder & { amount: Amount; slippageBps?: number },
): Promise<Plan<q.RemoveLiquidity> & { minShares: bigint }> {
  const { pool, user } = input;
  requireLiquidity(pool.pool);
  const amount = BigInt(input.amount);
  const ask = (quotes: q.Quotes) => quotes.removeLiquidity(pool.state, amount);
  const { quote, minOut } = await bounded(input, ask, ({ lamports }) => lamports);
  const { minOut: minShares } = await bounded(input, ask, ({ shares }) => shares);
  const { lpMint: mint, tokenProgram } = pool.pool;
  const [userLp] = await findTokenAccount({ owner: user.address, mint, tokenProgram });
  const lst = await lstAccount(pool.pool, user);
  const remove = ix.getRemoveLiquidityInstruction({
    ...accountsOf(pool),
    user,
    userLp,
    userLst: lst.address,
    amount,
    minLamports: minOut,
    minShares,
  });
  return { instructions: [lst.instruction, remove], quote, minOut, minShares };
}
