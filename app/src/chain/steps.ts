/** How far this epoch's crank has come, by what the accounts say. */
import type { stakingPool } from '@sluice-protocol/sdk';
import type { Snapshot } from './pool';
import { rowsOf, type Selection } from './selection';

export interface Step {
  step: 'Update' | 'Finish' | 'Observe' | 'Allocate' | 'Rebalance' | 'Settle';
  done: number;
  all: number;
}

export function stepsOf(pool: Snapshot, records: readonly stakingPool.ValidatorRecord[], selection: Selection | null): Step[] {
  const { epoch } = pool.moment;
  const yes = (is: boolean) => (is ? 1 : 0);
  const steps: Step[] = [
    { step: 'Update', done: records.filter(({ updatedEpoch }) => updatedEpoch === epoch).length, all: records.length },
    { step: 'Finish', done: yes(pool.state.updatedEpoch === epoch), all: 1 },
  ];
  if (!selection) return steps;
  const { candidates, config } = selection;
  const due = candidates.filter(({ realisedEpoch, earning }) => realisedEpoch === epoch && earning > 0n);
  const isAllocated = config.allocatedEpoch === epoch;
  const least = config.params.minMove > pool.state.minDelegation ? config.params.minMove : pool.state.minDelegation;
  const moves = isAllocated ? rowsOf(selection, records).filter(({ change }) => change >= least || -change >= least).length : 0;
  return [
    ...steps,
    { step: 'Observe', done: candidates.filter(({ observedEpoch }) => observedEpoch === epoch).length, all: candidates.length },
    { step: 'Allocate', done: yes(isAllocated), all: 1 },
    { step: 'Rebalance', done: 0, all: moves },
    { step: 'Settle', done: due.filter(({ settledEpoch }) => settledEpoch === epoch).length, all: due.length },
  ];
}
