/**
 * Everything that quotes and instructions need of a pool or a vault, read in one request or two: a snapshot. What it says
 * is of one slot, so quotes of it are consistent; it is as old as the request.
 */

import type { Address, MaybeEncodedAccount } from '@solana/kit';
import { NO_ADDRESS } from './addresses.js';
import { CHAIN_SYSVARS, decodeChain, STAKE_SPACE, type ChainState } from './chain.js';
import {
  decodeAccount,
  existing,
  fetchAccount,
  fetchAccounts,
  fetchTogether,
  type Found,
  type ReadOptions,
  type ReadRpc,
} from './fetch.js';
import { vaultLayout, withdrawalTicketLayout } from './generated/restakingVault/layouts.js';
import type { Vault, WithdrawalTicket } from './generated/restakingVault/accounts/index.js';
import { findPoolPda, findRateHistoryPda, findReservePda } from './generated/stakingPool/pdas/index.js';
import { poolLayout, rateHistoryLayout, ticketLayout } from './generated/stakingPool/layouts.js';
import type { Pool, RateHistory, Ticket } from './generated/stakingPool/accounts/index.js';
import type * as q from './generated/quotes.js';

/** Bytes of the reserve's account. */
const RESERVE_SPACE = 40;
/** Where tickets of both programs name their pool or vault, and their owner. */
const OF_OFFSET = 8n;
const OWNER_OFFSET = 40n;

export type PoolSnapshot = {
  address: Address;
  pool: Pool;
  /** What quotes take. */
  state: q.PoolState;
  chain: ChainState;
};

export type VaultSnapshot = {
  address: Address;
  vault: Vault;
  state: q.VaultState;
  /** What the collateral's token takes of each transfer. */
  fee: q.TransferFee;
  chain: ChainState;
  /** The staking pool that issues the collateral, where one does. */
  pool?: PoolSnapshot;
};

/** The pool that issues an LST. */
export async function findPoolOfMint(lstMint: Address): Promise<Address> {
  const [pool] = await findPoolPda({ lstMint });
  return pool;
}

/** A pool with reserve, clock, rent and epochs, in one request. */
export async function fetchPool(rpc: ReadRpc, pool: Address, options?: ReadOptions): Promise<PoolSnapshot> {
  const [reserve] = await findReservePda({ pool });
  const [account, reserveAccount, ...sysvars] = await fetchTogether(rpc, [pool, reserve, ...CHAIN_SYSVARS], options);
  return poolSnapshot(account, reserveAccount, chainOf(sysvars));
}

const chainOf = (sysvars: MaybeEncodedAccount[]) =>
  decodeChain(sysvars.map((account) => (account.exists ? account.data : undefined)));

function poolSnapshot(
  account: MaybeEncodedAccount | undefined,
  reserve: MaybeEncodedAccount | undefined,
  chain: ChainState,
): PoolSnapshot {
  const { address, data: pool } = decodeAccount(poolLayout, existing('Pool', account) as MaybeEncodedAccount);
  return { address, pool, chain, state: poolState(pool, existing('Reserve', reserve).lamports, chain) };
}

/** What quotes take of a pool, from its account, the lamports of its reserve's account, and the chain's rent. */
export function poolState(pool: Pool, reserveLamports: bigint, chain: Pick<ChainState, 'rentFor'>): q.PoolState {
  return {
    ...pool,
    ...pool.fees,
    hasLiquidity: pool.lpMint !== NO_ADDRESS,
    reserveLamports,
    reserveRent: chain.rentFor(RESERVE_SPACE),
    stakeRentNow: chain.rentFor(STAKE_SPACE),
  };
}

/** A vault with what it depends on, in two requests: the first says what that is. */
export async function fetchVault(rpc: ReadRpc, vault: Address, options?: ReadOptions): Promise<VaultSnapshot> {
  const { data: first } = await fetchAccount(rpc, vaultLayout, vault, options);
  const hasPool = first.stakingPool !== NO_ADDRESS;
  const ofPool = hasPool ? [first.stakingPool, (await findReservePda({ pool: first.stakingPool }))[0]] : [];
  const addresses = [vault, first.collateralMint, ...CHAIN_SYSVARS, ...ofPool];
  const [account, mint, ...rest] = await fetchTogether(rpc, addresses, options);
  const chain = chainOf(rest.slice(0, CHAIN_SYSVARS.length));
  const [pool, reserve] = rest.slice(CHAIN_SYSVARS.length);
  const { data } = decodeAccount(vaultLayout, existing('Vault', account) as MaybeEncodedAccount);
  return {
    address: vault,
    vault: data,
    state: vaultState(data),
    fee: transferFee(existing('collateral mint', mint).data, chain.moment.epoch),
    chain,
    ...(hasPool && { pool: poolSnapshot(pool, reserve, chain) }),
  };
}

/** What quotes take of a vault. */
export function vaultState(vault: Vault): q.VaultState {
  return {
    ...vault,
    shielded: vault.shielded === 1,
    ofLiquidity: vault.ofLiquidity === 1,
    hasJunior: vault.juniorMint !== NO_ADDRESS,
    hasPool: vault.stakingPool !== NO_ADDRESS,
  };
}

/** Vaults, all of them or those of one collateral. */
export function fetchVaults(
  rpc: ReadRpc,
  of: { collateralMint?: Address } = {},
  options?: ReadOptions,
): Promise<Found<Vault>[]> {
  const collateralOffset = 8n + 6n * 32n;
  const where = of.collateralMint ? [{ offset: collateralOffset, address: of.collateralMint }] : [];
  return fetchAccounts(rpc, vaultLayout, where, options);
}

/** An owner's tickets for delayed exits, of one pool or of all. */
export function fetchTickets(
  rpc: ReadRpc,
  of: { owner: Address; pool?: Address },
  options?: ReadOptions,
): Promise<Found<Ticket>[]> {
  return fetchAccounts(rpc, ticketLayout, ticketFilters(of.owner, of.pool), options);
}

/** An owner's withdrawals on their way out of vaults, of one vault or of all. */
export function fetchVaultTickets(
  rpc: ReadRpc,
  of: { owner: Address; vault?: Address },
  options?: ReadOptions,
): Promise<Found<WithdrawalTicket>[]> {
  return fetchAccounts(rpc, withdrawalTicketLayout, ticketFilters(of.owner, of.vault), options);
}

function ticketFilters(owner: Address, issuer: Address | undefined) {
  return [{ offset: OWNER_OFFSET, address: owner }, ...(issuer ? [{ offset: OF_OFFSET, address: issuer }] : [])];
}

/** What quotes take of a vault's ticket. */
export const vaultTicket = (ticket: WithdrawalTicket): q.VaultTicket => ({ ...ticket, junior: ticket.junior === 1 });

/** The entries of a pool's rate history, oldest first. */
export async function fetchRateHistory(rpc: ReadRpc, pool: Address, options?: ReadOptions): Promise<q.RateEntry[]> {
  const [address] = await findRateHistoryPda({ pool });
  const { data } = await fetchAccount(rpc, rateHistoryLayout, address, options);
  return rateEntries(data);
}

/** Unrolls the ring. */
export function rateEntries(history: RateHistory): q.RateEntry[] {
  const { count, entries } = history;
  const length = entries.length;
  if (count <= BigInt(length)) return entries.slice(0, Number(count));
  const first = Number(count % BigInt(length));
  return [...entries.slice(first), ...entries.slice(0, first)];
}

/**
 * The growth of the rate over the last `epochs`: from the newest entry at least that old, or else the oldest there is, to the
 * newest. Undefined with fewer than two entries.
 */
export function growthOver(quotes: q.Quotes, entries: readonly q.RateEntry[], epochs: number): q.Growth | undefined {
  const newest = entries.at(-1);
  const before = entries.slice(0, -1);
  if (!newest || before.length === 0) return undefined;
  const from = newest.epoch - BigInt(epochs);
  const older = before.filter(({ epoch }) => epoch <= from).at(-1) ?? before[0];
  return older && quotes.growth(older, newest);
}

const FIRST_EXTENSION = 166;
const TRANSFER_FEE_CONFIG = 1;

/** The fee that a mint takes of transfers in `epoch`; none for a mint of SPL Token, or without that extension. */
export function transferFee(mint: ArrayLike<number>, epoch: bigint): q.TransferFee {
  const view = new DataView(Uint8Array.from(mint).buffer);
  for (let at = FIRST_EXTENSION; at + 4 <= view.byteLength;) {
    const [kind, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    const body = at + 4;
    at = body + length;
    if (kind !== TRANSFER_FEE_CONFIG || at > view.byteLength) continue;
    // Behind two authorities and what is withheld: the fee until an epoch, and the fee from it on.
    const [older, newer] = [body + 72, body + 90];
    const of = epoch >= view.getBigUint64(newer, true) ? newer : older;
    return { most: view.getBigUint64(of + 8, true), bps: view.getUint16(of + 16, true) };
  }
  return { bps: 0, most: 0n };
}
