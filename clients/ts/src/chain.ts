/** What quotes need to know of the chain beside the programs' accounts: clock, rent, epochs, and stake accounts. */

import { getAddressDecoder, type Address, type ReadonlyUint8Array } from '@solana/kit';
import type { EpochSchedule, Moment } from './generated/quotes.js';

export const CLOCK_SYSVAR_ADDRESS =
  'SysvarC1ock11111111111111111111111111111111' as Address<'SysvarC1ock11111111111111111111111111111111'>;
export const RENT_SYSVAR_ADDRESS =
  'SysvarRent111111111111111111111111111111111' as Address<'SysvarRent111111111111111111111111111111111'>;
export const EPOCH_REWARDS_SYSVAR_ADDRESS =
  'SysvarEpochRewards1111111111111111111111111' as Address<'SysvarEpochRewards1111111111111111111111111'>;
export const EPOCH_SCHEDULE_SYSVAR_ADDRESS =
  'SysvarEpochSchedu1e111111111111111111111111' as Address<'SysvarEpochSchedu1e111111111111111111111111'>;

/** The sysvars in the order {@link decodeChain} takes them: for one `getMultipleAccounts` with accounts that need them. */
export const CHAIN_SYSVARS = [
  CLOCK_SYSVAR_ADDRESS,
  RENT_SYSVAR_ADDRESS,
  EPOCH_REWARDS_SYSVAR_ADDRESS,
  EPOCH_SCHEDULE_SYSVAR_ADDRESS,
] as const;

export type ChainState = {
  moment: Moment;
  schedule: EpochSchedule;
  /** Seconds since 1970, by the chain's clock. */
  unixTimestamp: bigint;
  /** The least that an account of so many bytes must hold, in lamports. */
  rentFor(bytes: number): bigint;
};

/** What a storage overhead of 128 bytes costs is part of every account's rent. */
const ACCOUNT_OVERHEAD = 128;

const view = (data: ReadonlyUint8Array) => new DataView(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);

/** Decodes the data of {@link CHAIN_SYSVARS}. A chain without EpochRewards is never paying them. */
export function decodeChain(datas: readonly (ReadonlyUint8Array | undefined)[]): ChainState {
  const [clock, rent, rewards, schedule] = datas;
  if (!clock || !rent || !schedule) throw new Error('the RPC server returned no sysvars');
  const [clockView, rentView, scheduleView] = [view(clock), view(rent), view(schedule)];
  const perByte = Number(rentView.getBigUint64(0, true)) * rentView.getFloat64(8, true);
  return {
    moment: {
      slot: clockView.getBigUint64(0, true),
      epoch: clockView.getBigUint64(16, true),
      rewardsActive: (rewards?.[80] ?? 0) !== 0,
    },
    schedule: {
      slotsPerEpoch: scheduleView.getBigUint64(0, true),
      firstNormalEpoch: scheduleView.getBigUint64(17, true),
      firstNormalSlot: scheduleView.getBigUint64(25, true),
    },
    unixTimestamp: clockView.getBigInt64(32, true),
    rentFor: (bytes) => BigInt(Math.floor((ACCOUNT_OVERHEAD + bytes) * perByte)),
  };
}

/** Bytes of a stake account. */
export const STAKE_SPACE = 200;
/** Where a stake account says who may withdraw from it: for filters. */
export const STAKE_WITHDRAWER_OFFSET = 44n;

const NEVER = 0xffff_ffff_ffff_ffffn;

/** A stake account, as far as a deposit depends on it. */
export type StakeAccount = {
  state: 'uninitialized' | 'initialized' | 'delegated';
  staker?: Address;
  withdrawer?: Address;
  lockup?: { unixTimestamp: bigint; epoch: bigint; custodian: Address };
  /** Of a delegated one. Amounts are in lamports. */
  delegation?: {
    vote: Address;
    stake: bigint;
    activationEpoch: bigint;
    /** Undefined while it is not on its way out. */
    deactivationEpoch?: bigint;
  };
};

/** Decodes the data of a stake account; undefined where it is none. */
export function decodeStakeAccount(data: ReadonlyUint8Array): StakeAccount | undefined {
  if (data.length !== STAKE_SPACE) return undefined;
  const fields = view(data);
  const state = (['uninitialized', 'initialized', 'delegated'] as const)[fields.getUint32(0, true)];
  if (state === undefined || state === 'uninitialized') return state && { state };
  const key = (at: number) => getAddressDecoder().decode(data.slice(at, at + 32));
  const deactivationEpoch = fields.getBigUint64(172, true);
  return {
    state,
    staker: key(12),
    withdrawer: key(44),
    lockup: { unixTimestamp: fields.getBigInt64(76, true), epoch: fields.getBigUint64(84, true), custodian: key(92) },
    ...(state === 'delegated' && {
      delegation: {
        vote: key(124),
        stake: fields.getBigUint64(156, true),
        activationEpoch: fields.getBigUint64(164, true),
        ...(deactivationEpoch !== NEVER && { deactivationEpoch }),
      },
    }),
  };
}
