/**
 * Proof of backing: every account that is the pool's, fetched and added up, against what the pool recorded. Needs nothing but the
 * accounts themselves; whoever doubts the server runs it against another.
 */
import {
  STAKE_PROGRAM_ADDRESS,
  STAKE_SPACE,
  decodeStakeAccount,
  findActivatingStakePda,
  findDeactivatingStakePda,
  findStakePda,
  stakingPool,
} from '@sluice-protocol/sdk';
import type { Address } from '@solana/kit';
import { fetchAccounts, fetchMany, u64, type Raw } from './accounts';
import type { Connection } from './cluster';
import type { Snapshot } from './pool';
import { decodeSlab, fetchLarge } from './slab';

const RESERVE_SPACE = 40;

export interface Found {
  accounts: number;
  /** Delegations and what is cooling down, in lamports. */
  delegated: bigint;
  /** Rent in those accounts, as the pool counts it. */
  rent: bigint;
  /** What else lies in them: tips nobody has swept yet. */
  unswept: bigint;
  /** The reserve above its rent and without the liquidity providers' SOL. */
  reserve: bigint;
}

export interface Proof extends Found {
  total: bigint;
  recorded: bigint;
  mintSupply: bigint;
  /** Shares that are numbers in the pool's account. */
  unminted: bigint;
  pendingBurn: bigint;
  claims: bigint;
  /** Something of the pool changed each time it was read: the sums are of no one moment. */
  isMoving: boolean;
}

/** Adds up stake accounts as the pool counts them: delegation, and of the rest no more than an account's rent. */
export function addUp(stakes: readonly (Pick<Raw, 'lamports' | 'data' | 'owner'> | null)[], rentOfStake: bigint): Omit<Found, 'reserve'> {
  const sum = { accounts: 0, delegated: 0n, rent: 0n, unswept: 0n };
  for (const account of stakes) {
    if (!account || account.owner !== STAKE_PROGRAM_ADDRESS) continue;
    const delegated = decodeStakeAccount(account.data)?.delegation?.stake ?? 0n;
    const beside = account.lamports - delegated;
    const rent = beside < rentOfStake ? beside : rentOfStake;
    sum.accounts += 1;
    sum.delegated += delegated;
    sum.rent += rent;
    sum.unswept += beside - rent;
  }
  return sum;
}

/** What the books say the mint must have: claims, less those that are not minted, and what waits to be burnt. */
export function mintGap(proof: Pick<Proof, 'mintSupply' | 'unminted' | 'claims' | 'pendingBurn'>): bigint {
  return proof.claims + proof.pendingBurn - proof.unminted - proof.mintSupply;
}

/** So often the accounts are read before it is said that they never hold still. */
const ATTEMPTS = 3;

export async function prove(rpc: Connection, url: string, pool: Snapshot, onCount: (accounts: number) => void): Promise<Proof> {
  return untilStill(() => readAll(rpc, url, pool, onCount));
}

/** Reads until nothing moved meanwhile, or often enough. */
export async function untilStill<T extends Pick<Proof, 'isMoving'>>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await read();
    if (!found.isMoving || attempt >= ATTEMPTS) return found;
  }
}

async function readAll(rpc: Connection, url: string, pool: Snapshot, onCount: (accounts: number) => void): Promise<Proof> {
  const before = await readPool(rpc, url, pool);
  const records = await decodeSlab(before.list, stakingPool.validatorListHeaderLayout);
  const finds = [findStakePda, findActivatingStakePda, findDeactivatingStakePda];
  const addresses: Address[] = [];
  for (const { vote } of records) {
    for (const find of finds) addresses.push((await find({ pool: pool.pool, vote }))[0]);
  }
  onCount(addresses.length);
  const sums = addUp(await fetchMany(rpc, addresses), pool.chain.rentFor(STAKE_SPACE));
  const after = await readPool(rpc, url, pool);
  const { state, reserveLamports, mintSupply } = after;
  const reserve = reserveLamports - pool.chain.rentFor(RESERVE_SPACE) - state.liquidityLamports;
  return {
    ...sums,
    reserve,
    total: sums.delegated + sums.rent + reserve,
    recorded: state.totalLamports,
    mintSupply,
    unminted: state.insuranceShares + state.feeShares + state.liquidityShares,
    pendingBurn: state.pendingBurn,
    claims: state.supply,
    isMoving: hasMoved(before, after),
  };
}

interface Books {
  account: Uint8Array;
  list: Uint8Array;
  reserveLamports: bigint;
  mintSupply: bigint;
}

/**
 * The totals alone do not tell: stake that goes from one account to another leaves them as they are, and is counted twice or not at
 * all where the two accounts are read at different moments. The pool writes down every move in its account or its list.
 */
export function hasMoved(before: Books, after: Books): boolean {
  return (
    before.reserveLamports !== after.reserveLamports ||
    before.mintSupply !== after.mintSupply ||
    !isSame(before.account, after.account) ||
    !isSame(before.list, after.list)
  );
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

async function readPool(rpc: Connection, url: string, pool: Snapshot) {
  const [{ accounts: [account, reserve, mint] }, list] = await Promise.all([
    fetchAccounts(rpc, [pool.pool, pool.reserve, pool.mint]),
    fetchLarge(url, pool.state.validatorList),
  ]);
  if (!account || !reserve || !mint) throw new Error('The pool is gone');
  return {
    state: stakingPool.getPoolDecoder().decode(account.data),
    account: account.data,
    list,
    reserveLamports: reserve.lamports,
    mintSupply: u64(mint.data, 36),
  };
}
