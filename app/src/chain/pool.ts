/** The pool that is shown, everything about it of one slot, and which one that is. */
import { CHAIN_SYSVARS, decodeChain, stakingPool, type ChainState, type Moment, type PoolState, type RateEntry } from '@sluice-protocol/sdk';
import { useQuery } from '@tanstack/react-query';
import { address, isAddress, type Address } from '@solana/kit';
import { DEPLOYMENTS } from '../deployments';
import type { EpochClock } from '../lib/time';
import { useSettings } from '../settings';
import { fetchAccounts, fetchByFilter, u64, type Raw } from './accounts';
import type { Cluster, Connection } from './cluster';
import { useChain } from './context';
import { Missing } from './errors';
import { prepareQuotes, quote } from './quotes';

export interface PoolPlace {
  pool: Address;
  mint: Address;
  reserve: Address;
  history: Address;
  /** The reader named it; nobody vouches for it. */
  isCustom: boolean;
}

export interface Snapshot extends PoolPlace {
  state: stakingPool.Pool;
  history: Address;
  entries: RateEntry[];
  reserveLamports: bigint;
  mintSupply: bigint;
  chain: ChainState;
  /** What quotes are made of. */
  quoted: PoolState;
  moment: Moment;
  clock: EpochClock;
}

/** Which pool: named by the reader, known for the cluster, or on a localnet the first there is. */
async function locate(rpc: Connection, cluster: Cluster, named: string): Promise<PoolPlace> {
  const known = named || DEPLOYMENTS[cluster.genesis]?.mint;
  const mint = known && isAddress(known) ? address(known) : cluster.kind === 'localnet' ? await first(rpc) : null;
  if (!mint) throw new Missing('NoPool');
  const [pool] = await stakingPool.findPoolPda({ lstMint: mint });
  const [[reserve], [history]] = await Promise.all([stakingPool.findReservePda({ pool }), stakingPool.findRateHistoryPda({ pool })]);
  return { pool, mint, reserve, history, isCustom: named !== '' };
}

async function first(rpc: Connection): Promise<Address | null> {
  const { programAddress, discriminator } = stakingPool.poolLayout;
  const pools = await fetchByFilter(rpc, programAddress, [{ offset: 0, bytes: discriminator }]);
  const mints = pools.map(({ data }) => stakingPool.getPoolDecoder().decode(data).lstMint).sort();
  return mints[0] ?? null;
}

export function usePoolPlace() {
  const { rpc, cluster, key } = useChain();
  const { mint } = useSettings().settings;
  return useQuery({
    queryKey: ['place', ...key, mint],
    queryFn: () => locate(rpc, cluster!, mint),
    enabled: cluster !== null,
    staleTime: Infinity,
    refetchInterval: query => (query.state.status === 'error' ? 3_000 : false),
  });
}

const need = (account: Raw | null | undefined): Raw => {
  if (!account) throw new Missing('NoPool');
  return account;
};

async function read(rpc: Connection, place: PoolPlace): Promise<Snapshot> {
  const [{ accounts }, info, slotSeconds] = await Promise.all([
    fetchAccounts(rpc, [place.pool, place.reserve, place.history, place.mint, ...CHAIN_SYSVARS]),
    rpc.getEpochInfo({ commitment: 'confirmed' }).send(),
    measureSlot(rpc),
    prepareQuotes(),
  ]);
  const [pool, reserve, history, mint, ...sysvars] = accounts;
  const state = stakingPool.getPoolDecoder().decode(need(pool).data);
  const chain = decodeChain(sysvars.map(account => account?.data));
  const reserveLamports = need(reserve).lamports;
  return {
    ...place,
    state,
    chain,
    entries: quote.entries(stakingPool.getRateHistoryDecoder().decode(need(history).data)),
    reserveLamports,
    mintSupply: u64(need(mint).data, 36),
    quoted: quote.pool(state, reserveLamports, chain),
    moment: chain.moment,
    clock: { epoch: chain.moment.epoch, slotIndex: info.slotIndex, slotsInEpoch: info.slotsInEpoch, slotSeconds },
  };
}

/** Seconds a slot took lately, by the chain's own clock; what mainnet's take where it cannot be told. */
async function measureSlot(rpc: Connection): Promise<number> {
  try {
    const samples = await rpc.getRecentPerformanceSamples(4).send();
    const slots = samples.reduce((sum, { numSlots }) => sum + Number(numSlots), 0);
    const seconds = samples.reduce((sum, { samplePeriodSecs }) => sum + samplePeriodSecs, 0);
    if (slots > 0) return seconds / slots;
  } catch {
    // Not every server keeps samples.
  }
  return 0.4;
}

export function usePool() {
  const { rpc, key } = useChain();
  const { data: place, error } = usePoolPlace();
  const query = useQuery({
    queryKey: ['pool', ...key, place?.pool],
    queryFn: () => read(rpc, place!),
    enabled: place !== undefined,
    refetchInterval: 3_000,
  });
  return { ...query, pool: query.data, error: error ?? query.error };
}
