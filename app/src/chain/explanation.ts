/** The program's own answer to "when will I get stake?", by simulating its view. */
import { ask, validatorSelection } from '@sluice-protocol/sdk';
import { useQuery } from '@tanstack/react-query';
import type { Address } from '@solana/kit';
import type { Told } from '../lib/binding';
import { useWallet } from '../wallet/context';
import type { Connection } from './cluster';
import { useChain } from './context';
import type { Snapshot } from './pool';
import { annual, type Row, type Selection } from './selection';

/** A payer of a simulation has to exist, and pays nothing: the reader, else somebody known to have SOL. */
async function payer(rpc: Connection, candidates: readonly (Address | undefined)[]): Promise<Address | null> {
  const known = candidates.filter(candidate => candidate !== undefined);
  const { value } = await rpc.getMultipleAccounts(known, { encoding: 'base64' }).send();
  const at = value.findIndex(account => account !== null && account.owner === '11111111111111111111111111111111');
  return known[at] ?? null;
}

export function useExplanation(row: Row | null, selection: Selection | null | undefined, pool: Snapshot) {
  const { rpc, key } = useChain();
  const { wallet } = useWallet();
  return useQuery({
    queryKey: ['explain', ...key, row?.vote, row?.candidateIndex, String(pool.moment.epoch)],
    queryFn: async () => {
      const from = await payer(rpc, [wallet?.address, pool.state.admin, row!.candidate!.bondOwner, selection!.config.admin, pool.state.feeAuthority]);
      if (!from) return null;
      const instruction = validatorSelection.getExplainInstruction({
        config: selection!.address,
        registry: selection!.config.registry,
        pool: pool.pool,
        vote: row!.vote,
        index: row!.candidateIndex,
      });
      return validatorSelection.decodeExplainReturn(await ask(rpc, instruction, from));
    },
    enabled: !!row?.candidate && !!selection,
    refetchInterval: 10_000,
  });
}

/** The answer with what the sentences need beside it. Without the program's, what the accounts themselves say. */
export function toldOf(row: Row, selection: Selection, pool: Snapshot, answer: validatorSelection.Explanation | null): Told & { bid: bigint } {
  const candidate = row.candidate!;
  const { seat } = candidate;
  const { config } = selection;
  const staying = row.held - row.leaving;
  const later = seat.ideal > seat.target ? seat.ideal - seat.target : 0n;
  const away = seat.target > seat.ideal ? seat.target - seat.ideal : 0n;
  return {
    constraint: seat.constraint,
    staying,
    leaving: row.leaving,
    target: seat.target,
    ideal: seat.ideal,
    arrivesLater: answer?.arrivesLater ?? later,
    leavesLater: answer?.leavesLater ?? away,
    cap: config.cap,
    bound: seat.bound,
    bond: answer?.bond ?? 0n,
    lacksBond: answer?.lacksBond ?? 0n,
    lacksYield: answer?.lacksYield ?? 0n,
    score: seat.score,
    bid: answer?.bid ?? BigInt(candidate.bid) * 1_000n,
    worstCommissionBps: candidate.worstCommissionBps,
    annual: perEpoch => annual(perEpoch, selection),
    nextBid: candidate.nextBid,
    epoch: pool.moment.epoch,
    observedEpoch: candidate.observedEpoch,
    history: candidate.history,
    minDelegation: pool.state.minDelegation,
    params: config.params,
  };
}
