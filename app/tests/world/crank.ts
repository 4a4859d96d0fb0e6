/** An epoch of the pool: everything anyone may send, in order. */
import {
  fetchPool,
  fetchSelection,
  fetchValidators,
  findActivatingStakePda,
  findDeactivatingStakePda,
  findStakePda,
  updatePool,
  validatorSelection,
  type PoolValidator,
  type SelectionCandidate,
} from '@sluice-protocol/sdk';
import { AccountRole, type AccountMeta, type Address, type KeyPairSigner } from '@solana/kit';
import type { Chain } from './chain';

const OBSERVE_BATCH = 20;
const REBALANCE_BATCH = 4;
const NOT_IN_POOL = 0xffff_ffff;

export async function crank(chain: Chain, pool: Address, payer: KeyPairSigner): Promise<void> {
  const before = await fetchPool(chain.rpc, pool);
  for (const update of await updatePool(before, await fetchValidators(chain.rpc, before.pool))) await chain.send(payer, update);
  await select(chain, pool, payer);
}

async function select(chain: Chain, pool: Address, payer: KeyPairSigner): Promise<void> {
  const { pool: state, chain: now } = await fetchPool(chain.rpc, pool);
  const first = await fetchSelection(chain.rpc, pool);
  const { address: config, config: settings } = first;
  const { registry, ranking, vault, tokenProgram } = settings;
  const { validatorList, reserve, lstMint } = state;
  if (first.candidates.length === 0 || settings.allocatedEpoch === now.moment.epoch) return;
  const places = await poolPlaces(chain, pool);
  const place = ({ index, vote }: SelectionCandidate) => ({ index, poolIndex: places.get(vote)?.index ?? NOT_IN_POOL });
  for (const batch of chunks(first.candidates, OBSERVE_BATCH)) {
    const observe = validatorSelection.getObserveInstruction({ config, registry, pool, validatorList, batch: batch.map(place) });
    await chain.send(payer, { ...observe, accounts: [...observe.accounts, ...batch.map(({ vote }) => readonly(vote))] });
  }
  await chain.send(payer, validatorSelection.getAllocateInstruction({ config, registry, ranking, pool, reserve, validatorList, work: 0xffff_ffff }));
  // Those that lose most come first: what they free is given to the others.
  const { candidates } = await fetchSelection(chain.rpc, pool);
  for (const batch of chunks([...candidates].sort((a, b) => (a.seat.target < b.seat.target ? -1 : 1)), REBALANCE_BATCH)) {
    const rebalance = validatorSelection.getRebalanceInstruction({ config, registry, pool, reserve, validatorList, batch: batch.map(place) });
    const metas = await Promise.all(batch.map(candidate => stakeMetas(pool, candidate, places.get(candidate.vote))));
    await chain.send(payer, { ...rebalance, accounts: [...rebalance.accounts, ...metas.flat()] });
  }
  await chain.send(payer, validatorSelection.getSettleInstruction({ config, registry, pool, lstMint, vault, tokenProgram, start: 0, count: candidates.length }));
}

async function poolPlaces(chain: Chain, pool: Address): Promise<Map<Address, PoolValidator>> {
  const { pool: state } = await fetchPool(chain.rpc, pool);
  return new Map((await fetchValidators(chain.rpc, state)).map(validator => [validator.vote, validator]));
}

/** The three accounts a candidate needs, whichever way its stake moves. */
async function stakeMetas(pool: Address, { vote, seat }: SelectionCandidate, record: PoolValidator | undefined): Promise<AccountMeta[]> {
  const held = record ? record.stake + record.activating : 0n;
  const hasStake = record !== undefined && record.stakeState !== 0;
  const isBeside = held > 0n && hasStake !== seat.target <= held;
  const [[stake], [deactivating]] = await Promise.all([
    isBeside ? findActivatingStakePda({ pool, vote }) : findStakePda({ pool, vote }),
    findDeactivatingStakePda({ pool, vote }),
  ]);
  return [readonly(vote), { address: stake, role: AccountRole.WRITABLE }, { address: deactivating, role: AccountRole.WRITABLE }];
}

const readonly = (address: Address): AccountMeta => ({ address, role: AccountRole.READONLY });

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, at * size + size));
}
