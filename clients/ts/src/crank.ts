/** The pool's update of an epoch, which anyone may send: a price is of this epoch only when it is done. */

import { AccountRole, type AccountMeta, type Instruction } from '@solana/kit';
import * as ix from './generated/stakingPool/instructions/index.js';
import { findRateHistoryPda } from './generated/stakingPool/pdas/index.js';
import { findActivatingStakePda, findDeactivatingStakePda, findStakePda } from './pdas.js';
import { STAKE_STATE, type PoolValidator } from './pool.js';
import type { PoolSnapshot } from './snapshot.js';

/** Stake accounts that a transaction without lookup tables has room for beside the instruction's own. */
const STAKE_ACCOUNTS = 20;

/** Instructions of the update that are left, in the order to send them, each in a transaction of its own. None once it is done. */
export async function updatePool(pool: PoolSnapshot, validators: readonly PoolValidator[]): Promise<Instruction[]> {
  const { epoch } = pool.chain.moment;
  if (pool.pool.updatedEpoch === epoch) return [];
  const instructions: Instruction[] = [];
  let batch: { start: number; count: number; accounts: AccountMeta[] } | undefined;
  const flush = () => {
    if (batch) instructions.push(updateBatch(pool, batch));
    batch = undefined;
  };
  for (const validator of validators) {
    if (validator.updatedEpoch === epoch) {
      flush();
      continue;
    }
    const accounts = await stakeAccounts(pool, validator);
    if (batch && batch.accounts.length + accounts.length > STAKE_ACCOUNTS) flush();
    batch ??= { start: validator.index, count: 0, accounts: [] };
    batch.count += 1;
    batch.accounts.push(...accounts);
    if (batch.count === 255) flush();
  }
  flush();
  const [rateHistory] = await findRateHistoryPda({ pool: pool.address });
  const { reserve, validatorList, lstMint, treasury, escrow, tokenProgram } = pool.pool;
  const accounts = { pool: pool.address, reserve, validatorList, rateHistory, lstMint, treasury, escrow, tokenProgram };
  return [...instructions, ix.getFinishUpdateInstruction(accounts)];
}

function updateBatch(
  { address, pool }: PoolSnapshot,
  { start, count, accounts }: { start: number; count: number; accounts: AccountMeta[] },
): Instruction {
  const { reserve, validatorList } = pool;
  const update = ix.getUpdateValidatorsInstruction({ pool: address, reserve, validatorList, start, count });
  return { ...update, accounts: [...update.accounts, ...accounts] };
}

/** The stake accounts of a validator that there are: canonical, activating, deactivating. */
async function stakeAccounts(pool: PoolSnapshot, record: PoolValidator): Promise<AccountMeta[]> {
  const seeds = { pool: pool.address, vote: record.vote };
  const present = [
    record.stakeState !== STAKE_STATE.none && findStakePda(seeds),
    record.activating > 0n && findActivatingStakePda(seeds),
    record.deactivating > 0n && findDeactivatingStakePda(seeds),
  ];
  const found = await Promise.all(present);
  return found.flatMap((pda) => (pda ? [{ address: pda[0], role: AccountRole.WRITABLE }] : []));
}
