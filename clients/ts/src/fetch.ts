/** Reading accounts of the programs: checked for who owns them and what they are, which the generated decoders leave open. */

import {
  fetchEncodedAccount,
  fetchEncodedAccounts,
  getBase58Decoder,
  getBase64Encoder,
  type Address,
  type Base58EncodedBytes,
  type Base64EncodedDataResponse,
  type Commitment,
  type EncodedAccount,
  type GetAccountInfoApi,
  type GetMultipleAccountsApi,
  type GetProgramAccountsApi,
  type MaybeEncodedAccount,
  type Rpc,
} from '@solana/kit';
import { STAKE_PROGRAM_ADDRESS } from './addresses.js';
import { decodeStakeAccount, STAKE_SPACE, STAKE_WITHDRAWER_OFFSET, type StakeAccount } from './chain.js';
import { decodeData, decodeSlab, DecodeError, type AccountLayout, type Slab, type SlabLayout } from './slabs.js';

/** What a function that reads asks of an RPC client. Any of kit's that `createSolanaRpc` makes will do. */
export type ReadRpc = Rpc<GetAccountInfoApi & GetMultipleAccountsApi & GetProgramAccountsApi>;

export type ReadOptions = { commitment?: Commitment; abortSignal?: AbortSignal };

/** A decoded account and where it is. */
export type Found<T> = { address: Address; lamports: bigint; data: T };

function found<T>(account: { address: Address; lamports: bigint }, data: T): Found<T> {
  return { address: account.address, lamports: account.lamports, data };
}

/** The account at `address`; throws a {@link DecodeError} where there is none, or something else. */
export async function fetchAccount<T>(
  rpc: ReadRpc,
  layout: AccountLayout<T>,
  address: Address,
  options?: ReadOptions,
): Promise<Found<T>> {
  return decodeAccount(layout, await fetchEncodedAccount(rpc, address, options));
}

/** The same, or undefined where there is no account. */
export async function fetchMaybeAccount<T>(
  rpc: ReadRpc,
  layout: AccountLayout<T>,
  address: Address,
  options?: ReadOptions,
): Promise<Found<T> | undefined> {
  const account = await fetchEncodedAccount(rpc, address, options);
  return account.exists ? decodeAccount(layout, account) : undefined;
}

/** The slab at `address`. */
export async function fetchSlab<H, R>(
  rpc: ReadRpc,
  layout: SlabLayout<H, R>,
  address: Address,
  options?: ReadOptions,
): Promise<Found<Slab<H, R>>> {
  const account = existing(layout.name, await fetchEncodedAccount(rpc, address, options));
  return found(account, decodeSlab(layout, account.data, account.programAddress));
}

/** Decodes what kit fetched. */
export function decodeAccount<T>(layout: AccountLayout<T>, account: MaybeEncodedAccount): Found<T> {
  const there = existing(layout.name, account);
  return found(there, decodeData(layout, there.data, there.programAddress));
}

export function existing(name: string, account: MaybeEncodedAccount | undefined): EncodedAccount {
  if (!account?.exists) throw new DecodeError(`${name}: there is no account at ${account?.address}`);
  return account;
}

/** Several accounts in one request, in the order asked for: all of the same slot. */
export async function fetchTogether(
  rpc: ReadRpc,
  addresses: readonly Address[],
  options?: ReadOptions,
): Promise<MaybeEncodedAccount[]> {
  return fetchEncodedAccounts(rpc, [...addresses], options);
}

/** All accounts of a type whose bytes at these offsets are these addresses. */
export async function fetchAccounts<T>(
  rpc: ReadRpc,
  layout: AccountLayout<T>,
  where: readonly { offset: bigint; address: Address }[] = [],
  options?: ReadOptions,
): Promise<Found<T>[]> {
  const accounts = await rpc
    .getProgramAccounts(layout.programAddress, {
      encoding: 'base64',
      filters: [
        memcmp(0n, getBase58Decoder().decode(layout.discriminator)),
        ...where.map(({ offset, address }) => memcmp(offset, address)),
      ],
      ...(options?.commitment && { commitment: options.commitment }),
    })
    .send(options);
  return accounts.map(({ pubkey, account }) =>
    found({ address: pubkey, lamports: account.lamports }, decodeData(layout, bytes(account.data), account.owner)),
  );
}

/** The stake accounts that `withdrawer` may withdraw from: what a wallet can deposit. */
export async function fetchStakeAccounts(
  rpc: ReadRpc,
  withdrawer: Address,
  options?: ReadOptions,
): Promise<Found<StakeAccount>[]> {
  const accounts = await rpc
    .getProgramAccounts(STAKE_PROGRAM_ADDRESS, {
      encoding: 'base64',
      filters: [{ dataSize: BigInt(STAKE_SPACE) }, memcmp(STAKE_WITHDRAWER_OFFSET, withdrawer)],
      ...(options?.commitment && { commitment: options.commitment }),
    })
    .send(options);
  return accounts.flatMap(({ pubkey, account }) => {
    const stake = decodeStakeAccount(bytes(account.data));
    return stake ? [found({ address: pubkey, lamports: account.lamports }, stake)] : [];
  });
}

const bytes = ([text]: Base64EncodedDataResponse) => getBase64Encoder().encode(text);

function memcmp(offset: bigint, text: string) {
  return { memcmp: { offset, bytes: text as Base58EncodedBytes, encoding: 'base58' as const } };
}
