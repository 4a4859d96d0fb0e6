/**
 * Stake pools of SPL's program, and Sanctum's two deployments of it: whose tokens the wallet holds, and through which validator they can
 * be turned into ours. Their layouts are written down here as far as that takes.
 */
import { STAKE_POOL_PROGRAM_ADDRESSES, type stakingPool } from '@sluice-protocol/sdk';
import { useQuery } from '@tanstack/react-query';
import { getAddressDecoder, getAddressEncoder, getProgramDerivedAddress, type Address } from '@solana/kit';
import { fetchAccounts, fetchByFilter, u64 } from './accounts';
import { useTokens, type Holding } from './balances';
import type { Connection } from './cluster';
import { useChain } from './context';

/** Where a `StakePool` account has what. */
const AT = { validatorList: 98, poolMint: 162, feeAccount: 194, tokenProgram: 226, total: 258, supply: 266, updatedEpoch: 274 };
/** A `ValidatorList`: type, capacity, count, then records of one size. */
const LIST = { count: 5, records: 9, size: 73, activeStake: 0, seed: 36, status: 40, vote: 41 };
const ACTIVE = 0;

export interface ForeignPool {
  program: Address;
  address: Address;
  authority: Address;
  validatorList: Address;
  mint: Address;
  tokenProgram: Address;
  feeAccount: Address;
  total: bigint;
  supply: bigint;
  updatedEpoch: bigint;
  validators: { vote: Address; activeStake: bigint; seed: number }[];
  holding: Holding;
}

const bytesOf = (address: Address) => new Uint8Array(getAddressEncoder().encode(address));

async function readPool(rpc: Connection, program: Address, holding: Holding): Promise<ForeignPool | null> {
  const [found] = await fetchByFilter(rpc, program, [{ offset: AT.poolMint, bytes: bytesOf(holding.mint) }]);
  if (!found) return null;
  const key = (offset: number) => getAddressDecoder().decode(found.data, offset);
  const validatorList = key(AT.validatorList);
  const [{ accounts: [list] }, [authority]] = await Promise.all([
    fetchAccounts(rpc, [validatorList]),
    getProgramDerivedAddress({ programAddress: program, seeds: [bytesOf(found.address), 'withdraw'] }),
  ]);
  return {
    program,
    address: found.address,
    authority,
    validatorList,
    mint: holding.mint,
    tokenProgram: key(AT.tokenProgram),
    feeAccount: key(AT.feeAccount),
    total: u64(found.data, AT.total),
    supply: u64(found.data, AT.supply),
    updatedEpoch: u64(found.data, AT.updatedEpoch),
    validators: list ? readList(list.data) : [],
    holding,
  };
}

function readList(data: Uint8Array): ForeignPool['validators'] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = view.getUint32(LIST.count, true);
  return Array.from({ length: count }, (_, index) => LIST.records + index * LIST.size)
    .filter(at => data[at + LIST.status] === ACTIVE)
    .map(at => ({
      vote: getAddressDecoder().decode(data, at + LIST.vote),
      activeStake: view.getBigUint64(at + LIST.activeStake, true),
      seed: view.getUint32(at + LIST.seed, true),
    }));
}

/** Pools of tokens that the wallet holds. */
export function useForeignPools(ownMints: readonly Address[]) {
  const { rpc, key } = useChain();
  const { data: tokens } = useTokens();
  const held = (tokens ?? []).filter(({ mint, amount }) => amount > 0n && !ownMints.includes(mint));
  return useQuery({
    queryKey: ['foreign', ...key, held.map(({ account, amount }) => `${account}${amount}`).join()],
    queryFn: async () => {
      const found = await Promise.all(held.flatMap(holding => STAKE_POOL_PROGRAM_ADDRESSES.map(program => readPool(rpc, program, holding))));
      return found.filter(pool => pool !== null);
    },
    enabled: tokens !== undefined,
    refetchInterval: 15_000,
  });
}

/** The validator of both pools with the most stake there, and its place in our list; `null` where they share none. */
export function sharedValidator(there: ForeignPool, records: readonly stakingPool.ValidatorRecord[]): { vote: Address; index: number; seed: number; activeStake: bigint } | null {
  const places = new Map(records.map(({ vote, stakeState }, index) => [vote, { index, stakeState }]));
  const shared = there.validators.filter(({ vote }) => places.get(vote)?.stakeState === 1).sort((a, b) => (a.activeStake < b.activeStake ? 1 : -1));
  const [best] = shared;
  return best ? { vote: best.vote, index: places.get(best.vote)!.index, seed: best.seed, activeStake: best.activeStake } : null;
}

/** Their stake account with a validator. */
export async function foreignStake(there: ForeignPool, vote: Address, seed: number): Promise<Address> {
  const seeds = [bytesOf(vote), bytesOf(there.address)];
  if (seed !== 0) seeds.push(new Uint8Array(Uint32Array.of(seed).buffer));
  const [address] = await getProgramDerivedAddress({ programAddress: there.program, seeds });
  return address;
}
