/** Stake accounts: those of a wallet, and those the pool has with a validator. */
import { decodeStakeAccount, stakingPool } from '@sluice-protocol/sdk';
import { useQuery } from '@tanstack/react-query';
import { getAddressEncoder, type Address } from '@solana/kit';
import { useWallet } from '../wallet/context';
import { fetchByFilter } from './accounts';
import { useChain } from './context';
import { usePool } from './pool';
import { STAKE } from './programs';
import { decodeSlab, fetchLarge } from './slab';

export interface StakeAccount {
  address: Address;
  lamports: bigint;
  vote: Address;
  delegated: bigint;
  activationEpoch: bigint;
  /** `null`: it was not told to cool down. */
  deactivationEpoch: bigint | null;
  staker: Address;
  withdrawer: Address;
  /** A lockup with a date or an epoch in it. */
  isLocked: boolean;
}

/** Reads a delegated stake account; `null` for any other. */
export function readStake(lamports: bigint, data: Uint8Array): Omit<StakeAccount, 'address'> | null {
  const stake = decodeStakeAccount(data);
  if (!stake?.delegation || !stake.staker || !stake.withdrawer) return null;
  const { vote, stake: delegated, activationEpoch, deactivationEpoch } = stake.delegation;
  return {
    lamports,
    vote,
    delegated,
    activationEpoch,
    deactivationEpoch: deactivationEpoch ?? null,
    staker: stake.staker,
    withdrawer: stake.withdrawer,
    isLocked: stake.lockup !== undefined && (stake.lockup.unixTimestamp !== 0n || stake.lockup.epoch !== 0n),
  };
}

/** Delegated stake accounts that the wallet may withdraw. */
export function useStakeAccounts() {
  const { rpc, key } = useChain();
  const { wallet } = useWallet();
  return useQuery({
    queryKey: ['stakes', ...key, wallet?.address],
    queryFn: async () => {
      const owner = new Uint8Array(getAddressEncoder().encode(wallet!.address));
      const found = await fetchByFilter(rpc, STAKE, [{ offset: 44, bytes: owner }], 200);
      return found
        .flatMap(({ address, lamports, data }): StakeAccount[] => {
          const stake = readStake(lamports, data);
          return stake ? [{ address, ...stake }] : [];
        })
        .sort((a, b) => (a.delegated < b.delegated ? 1 : -1));
    },
    enabled: wallet !== null && key[1] !== '',
    refetchInterval: 6_000,
  });
}

export type Records = readonly stakingPool.ValidatorRecord[];

/** The pool's list of validators, in order. */
export function useRecords() {
  const { url, key } = useChain();
  const { pool } = usePool();
  const list = pool?.state.validatorList;
  return useQuery({
    queryKey: ['records', ...key, list],
    queryFn: async (): Promise<Records> => decodeSlab(await fetchLarge(url, list!), stakingPool.validatorListHeaderLayout),
    enabled: list !== undefined,
    refetchInterval: 12_000,
    // Thousands of records are not worth comparing.
    structuralSharing: false,
  });
}
