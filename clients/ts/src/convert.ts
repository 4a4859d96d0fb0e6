/**
 * Another liquid staking token in, this pool's out: `deposit_lst`, for tokens of SPL's stake pool program and of Sanctum's two
 * deployments of it. Reads as much of their accounts as that takes.
 */

import {
  getAddressDecoder,
  getAddressEncoder,
  getProgramDerivedAddress,
  getU32Encoder,
  type Address,
  type ReadonlyUint8Array,
  type TransactionSigner,
} from '@solana/kit';
import { STAKE_POOL_PROGRAM_ADDRESSES } from './addresses.js';
import { STAKE_SPACE } from './chain.js';
import { existing, fetchTogether, type ReadOptions, type ReadRpc } from './fetch.js';
import * as ix from './generated/stakingPool/instructions/index.js';
import type * as q from './generated/quotes.js';
import { bounded, createTokenAccount, newStakeAccount, type Amount, type Bound, type Plan } from './instructions.js';
import { findStakePda, findTokenAccount } from './pdas.js';
import type { PoolValidator } from './pool.js';
import { DecodeError } from './slabs.js';
import type { PoolSnapshot } from './snapshot.js';

/** A pool of somebody else's. */
export type OtherPool = {
  address: Address;
  program: Address;
  /** Its token. */
  mint: Address;
  tokenProgram: Address;
  validatorList: Address;
  feeAccount: Address;
  /** Lamports behind its tokens, and how many there are, as of its update of `updatedEpoch`. */
  totalLamports: bigint;
  supply: bigint;
  /** It gives no stake before its update of the epoch. */
  updatedEpoch: bigint;
  /** Of the tokens given for stake, for its manager. */
  withdrawalFee: { numerator: bigint; denominator: bigint };
  validators: OtherValidator[];
};

export type OtherValidator = {
  vote: Address;
  /** Lamports of its stake account, rent included. */
  lamports: bigint;
  /** Part of its stake account's address. */
  seed: number;
  /** Whether it is not on its way out. */
  isActive: boolean;
};

const view = (data: ReadonlyUint8Array) => new DataView(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
const key = (data: ReadonlyUint8Array, at: number): Address => getAddressDecoder().decode(data.slice(at, at + 32));

/** What both of that program's accounts begin with. */
const ACCOUNT_TYPE = { pool: 1, list: 2 } as const;
const LIST_ENTRIES = 9;
const ENTRY_SPACE = 73;

/** Another pool, with its validators, in two requests. */
export async function fetchOtherPool(rpc: ReadRpc, address: Address, options?: ReadOptions): Promise<OtherPool> {
  const [first] = await fetchTogether(rpc, [address], options);
  const { validatorList } = decodeOtherPool(existing('stake pool', first));
  const [account, list] = await fetchTogether(rpc, [address, validatorList], options);
  const validators = decodeValidators(existing('validator list', list).data);
  return { ...decodeOtherPool(existing('stake pool', account)), validators };
}

/** Decodes a stake pool's account. */
export function decodeOtherPool(account: {
  address: Address;
  programAddress: Address;
  data: ReadonlyUint8Array;
}): Omit<OtherPool, 'validators'> {
  const { address, programAddress: program, data } = account;
  if (!STAKE_POOL_PROGRAM_ADDRESSES.includes(program) || data[0] !== ACCOUNT_TYPE.pool) {
    throw new DecodeError(`${address} is not a stake pool whose token can be converted`);
  }
  const fields = view(data);
  // Behind the fixed part: a fee that may have a successor, and two validators that may be preferred.
  let at = 346;
  const skip = (bytes: number) => {
    at += 1 + (data[at] === 0 ? 0 : bytes);
  };
  skip(16);
  skip(32);
  skip(32);
  const depositFee = 16;
  at += depositFee;
  return {
    address,
    program,
    validatorList: key(data, 98),
    mint: key(data, 162),
    feeAccount: key(data, 194),
    tokenProgram: key(data, 226),
    totalLamports: fields.getBigUint64(258, true),
    supply: fields.getBigUint64(266, true),
    updatedEpoch: fields.getBigUint64(274, true),
    withdrawalFee: { denominator: fields.getBigUint64(at, true), numerator: fields.getBigUint64(at + 8, true) },
  };
}

function decodeValidators(data: ReadonlyUint8Array): OtherValidator[] {
  if (data[0] !== ACCOUNT_TYPE.list) throw new DecodeError('the account is not a validator list of a stake pool');
  const fields = view(data);
  return Array.from({ length: fields.getUint32(5, true) }, (_, index) => {
    const at = LIST_ENTRIES + index * ENTRY_SPACE;
    return {
      lamports: fields.getBigUint64(at, true),
      seed: fields.getUint32(at + 36, true),
      isActive: data[at + 40] === 0,
      vote: key(data, at + 41),
    };
  });
}

/** Lamports of stake that the other pool gives for so many of its tokens: less its fee, at its recorded rate, rounded down. */
export function stakeFor({ supply, totalLamports, withdrawalFee }: OtherPool, tokens: bigint): bigint {
  const { numerator, denominator } = withdrawalFee;
  const fee = denominator === 0n ? 0n : (tokens * numerator + denominator - 1n) / denominator;
  return supply === 0n ? 0n : ((tokens - fee) * totalLamports) / supply;
}

/** The validators of both pools. */
export function sharedValidators(other: OtherPool, validators: readonly PoolValidator[]) {
  return other.validators.flatMap((there) => {
    const here = validators.find(({ vote }) => vote === there.vote);
    return here && there.isActive ? [{ here, there }] : [];
  });
}

/** Tokens of another pool in, LST out, over stake with a validator of both. */
export async function convertLst(
  input: Bound & {
    pool: PoolSnapshot;
    user: TransactionSigner;
    other: OtherPool;
    validator: { here: PoolValidator; there: OtherValidator };
    tokens: Amount;
    referrer?: Address;
    depositAuthority?: TransactionSigner;
  },
): Promise<Plan<q.Deposit>> {
  const { pool, user, other, validator, referrer, depositAuthority } = input;
  const tokens = BigInt(input.tokens);
  const { index, vote } = validator.here;
  const lamports = stakeFor(other, tokens) + pool.chain.rentFor(STAKE_SPACE);
  const ask = (quotes: q.Quotes) =>
    quotes.depositStake(pool.state, pool.chain.moment, lamports, referrer !== undefined);
  const { quote, minOut } = await bounded(input, ask, ({ minted }) => minted);
  const { lstMint, tokenProgram, reserve, validatorList } = pool.pool;
  const lst = await createTokenAccount({ payer: user, owner: user.address, mint: lstMint, tokenProgram });
  const source = await newStakeAccount(user, pool.chain);
  const [stake] = await findStakePda({ pool: pool.address, vote });
  const of = { owner: user.address, mint: other.mint, tokenProgram: other.tokenProgram };
  const [userTokens] = await findTokenAccount(of);
  const convert = ix.getDepositLstInstruction({
    pool: pool.address,
    user,
    reserve,
    validatorList,
    vote,
    stake,
    source: source.address,
    lstMint,
    userLst: lst.address,
    tokenProgram,
    stakePoolProgram: other.program,
    stakePool: other.address,
    stakePoolList: other.validatorList,
    stakePoolAuthority: await withdrawAuthority(other),
    stakePoolStake: await otherStake(other, validator.there),
    userTokens,
    stakePoolFee: other.feeAccount,
    stakePoolMint: other.mint,
    stakePoolTokenProgram: other.tokenProgram,
    referrer,
    depositAuthority,
    index,
    tokens,
    minOut,
  });
  return { instructions: [lst.instruction, source.instruction, convert], quote, minOut };
}

const encode = (address: Address) => getAddressEncoder().encode(address);

/** Staker and withdrawer of all that the other pool holds. */
export async function withdrawAuthority({
  address,
  program,
}: Pick<OtherPool, 'address' | 'program'>): Promise<Address> {
  const [authority] = await getProgramDerivedAddress({ programAddress: program, seeds: [encode(address), 'withdraw'] });
  return authority;
}

/** The other pool's stake account with a validator. */
export async function otherStake(
  { address, program }: Pick<OtherPool, 'address' | 'program'>,
  { vote, seed }: Pick<OtherValidator, 'vote' | 'seed'>,
): Promise<Address> {
  const suffix = seed === 0 ? [] : [getU32Encoder().encode(seed)];
  const [stake] = await getProgramDerivedAddress({
    programAddress: program,
    seeds: [encode(vote), encode(address), ...suffix],
  });
  return stake;
}
