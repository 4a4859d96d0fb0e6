/** How the pool is doing: its epoch, its reserves, its backing, its rules, what happened. */
import { useState } from 'react';
import type { Address } from '@solana/kit';
import { useChain } from '../chain/context';
import { useFeed } from '../chain/events';
import type { Snapshot } from '../chain/pool';
import { mintGap, prove, type Proof } from '../chain/proof';
import { quote } from '../chain/quotes';
import { useSelection, type Selection } from '../chain/selection';
import { useRecords } from '../chain/stakes';
import { stepsOf } from '../chain/steps';
import { useWords } from '../i18n';
import { formatAmount, formatBps } from '../lib/amount';
import { AddressText, Badge, Card, Facts, Loading, Notice } from '../ui/basics';
import { explain } from '../ui/explain';
import { Feed } from '../ui/Feed';
import { EpochGauge, PoolBadges, WithPool, rateOf } from '../ui/pool';

export default function Status() {
  const t = useWords();
  return (
    <>
      <header className="page-head">
        <h1>{t('status.title')}</h1>
        <p className="lead">{t('status.lead')}</p>
      </header>
      <WithPool>{pool => <Page pool={pool} />}</WithPool>
    </>
  );
}

function Page({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { data: selection } = useSelection();
  const accounts: Address[] = selection ? [pool.pool, selection.address] : [pool.pool];
  const { data: feed } = useFeed(accounts);
  return (
    <div className="stack">
      <div className="columns columns-even">
        <Epoch pool={pool} selection={selection} />
        <Reserves pool={pool} />
      </div>
      <Backing pool={pool} />
      <div className="columns columns-even">
        <Rules pool={pool} selection={selection} />
        <Addresses pool={pool} selection={selection} />
      </div>
      <Card title={t('status.feed')}>
        <Feed feed={feed} />
      </Card>
    </div>
  );
}

function Epoch({ pool, selection }: { pool: Snapshot; selection: Selection | null | undefined }) {
  const t = useWords();
  const { data: records } = useRecords();
  return (
    <Card title={t('status.epoch')} aside={<PoolBadges pool={pool} />}>
      <EpochGauge pool={pool} />
      <h3>{t('status.steps')}</h3>
      {!records || selection === undefined ? (
        <Loading lines={4} />
      ) : (
        <ol className="crank">
          {stepsOf(pool, records, selection).map(({ step, done, all }) => {
            const isDone = done >= all;
            return (
              <li key={step} className={isDone ? 'is-done' : ''}>
                <span>{t(`status.step${step}`)}</span>
                <span className="small muted">{all === 0 ? t('status.isNone') : all === 1 ? null : t('status.of', { done, all })}</span>
                <Badge tone={isDone ? 'good' : 'warn'}>{isDone ? t('status.isDone') : t('status.isOpen')}</Badge>
              </li>
            );
          })}
        </ol>
      )}
    </Card>
  );
}

function Reserves({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { state, reserveLamports, chain } = pool;
  const available = quote.attempt(() => quote.available(pool.quoted, pool.moment));
  const rate = rateOf(pool);
  const sol = (lamports: bigint) => `${formatAmount(lamports)} SOL`;
  return (
    <Card title={t('status.reserves')}>
      <Facts
        rows={[
          [t('pool.total'), sol(state.totalLamports)],
          [t('status.reserve'), sol(reserveLamports - chain.rentFor(40) - state.liquidityLamports)],
          [t('status.owed'), sol(state.ticketLamports)],
          [t('status.free'), available.ok ? sol(available.value.reserve) : '–'],
          [t('status.liquidity'), sol(state.liquidityLamports)],
          [t('status.leaving'), sol(state.leavingLamports)],
          [t('status.insurance'), `${formatAmount(state.insuranceShares)} slSOL`],
          [t('status.rate'), rate ? `${formatAmount(rate.lamportsPerLst)} SOL` : '–'],
        ]}
      />
    </Card>
  );
}

type Run = { is: 'idle' } | { is: 'running'; count: number } | { is: 'done'; proof: Proof } | { is: 'failed'; error: unknown };

function Backing({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { rpc, url } = useChain();
  const [run, setRun] = useState<Run>({ is: 'idle' });
  const start = async () => {
    setRun({ is: 'running', count: 0 });
    try {
      setRun({ is: 'done', proof: await prove(rpc, url, pool, count => setRun({ is: 'running', count })) });
    } catch (error) {
      setRun({ is: 'failed', error });
    }
  };
  return (
    <Card
      title={t('status.proof')}
      aside={
        <button type="button" className="button button-main" disabled={run.is === 'running'} onClick={() => void start()}>
          {t('status.proofRun')}
        </button>
      }
    >
      <p className="muted">{t('status.proofLead')}</p>
      <div aria-live="polite">
        {run.is === 'running' && <p>{t('status.proofRunning', { count: run.count })}</p>}
        {run.is === 'failed' && <Notice tone="bad" title={explain(t, run.error).title}>{explain(t, run.error).todo}</Notice>}
        {run.is === 'done' && <Verdict proof={run.proof} />}
      </div>
    </Card>
  );
}

function Verdict({ proof }: { proof: Proof }) {
  const t = useWords();
  const gap = mintGap(proof);
  const beyond = proof.total - proof.recorded;
  const sol = (lamports: bigint) => `${formatAmount(lamports)} SOL`;
  const lst = (shares: bigint) => `${formatAmount(shares)} slSOL`;
  return (
    <div className="stack-tight">
      {proof.isMoving ? (
        <Notice tone="warn" title={t('status.proofMoving')} />
      ) : beyond < 0n ? (
        <Notice tone="bad" title={t('status.proofShort', { amount: formatAmount(-beyond) })} />
      ) : gap < 0n ? (
        <Notice tone="bad" title={t('status.proofMint', { amount: formatAmount(-gap) })} />
      ) : (
        <Notice tone="good" title={t('status.proofOk')} />
      )}
      <div className="columns columns-even">
        <Facts
          rows={[
            [t('status.proofStake', { count: proof.accounts }), sol(proof.delegated)],
            [t('status.proofRent'), sol(proof.rent)],
            [t('status.proofReserve'), sol(proof.reserve)],
            [t('status.proofTotal'), <strong key="total">{sol(proof.total)}</strong>],
            [t('status.proofRecorded'), <strong key="recorded">{sol(proof.recorded)}</strong>],
            [t('status.proofUnswept'), sol(beyond + proof.unswept)],
          ]}
        />
        <Facts
          rows={[
            [t('status.proofSupply'), lst(proof.mintSupply)],
            [t('status.proofClaims'), lst(proof.claims)],
            [t('status.proofUnminted'), lst(proof.unminted)],
            [t('status.proofBurn'), lst(proof.pendingBurn)],
          ]}
        />
      </div>
    </div>
  );
}

function Rules({ pool, selection }: { pool: Snapshot; selection: Selection | null | undefined }) {
  const t = useWords();
  const { state, moment } = pool;
  const { fees, nextFees } = state;
  const isPaused = moment.epoch < state.pausedUntilEpoch;
  const isScheduled = state.nextFeesEpoch > 0n;
  const range = ({ instantLeastBps, instantMostBps }: typeof fees) => `${formatBps(instantLeastBps)} – ${formatBps(instantMostBps)}`;
  const change = (now: string, next: string) =>
    isScheduled && now !== next ? (
      <span>
        {t('status.feeNow', { value: now })}, <strong>{t('status.feeFrom', { epoch: state.nextFeesEpoch, value: next })}</strong>
      </span>
    ) : (
      now
    );
  const authority = selection?.isInForce ? t('status.bySelection') : t('status.byKey');
  return (
    <Card title={t('status.settings')}>
      <Facts
        rows={[
          [t('status.pause'), isPaused ? <Badge key="paused" tone="bad">{t('status.pausedUntil', { epoch: state.pausedUntilEpoch })}</Badge> : t('status.notPaused')],
          [t('status.rewardFee'), change(formatBps(fees.rewardBps), formatBps(nextFees.rewardBps))],
          [t('status.depositFee'), change(formatBps(fees.depositBps), formatBps(nextFees.depositBps))],
          [t('status.instantFee'), change(range(fees), range(nextFees))],
          [t('status.feeChange'), isScheduled ? t('status.feeFrom', { epoch: state.nextFeesEpoch, value: '' }) : t('status.noChange')],
          [t('status.tvlCap'), state.tvlCap >= 1n << 63n ? t('status.noCap') : `${formatAmount(state.tvlCap)} SOL`],
          [t('status.minDeposit'), `${formatAmount(state.minDeposit)} SOL`],
          [t('status.delegation'), selection === undefined ? '…' : authority],
          state.delegationAuthorityEpoch > 0n && [
            t('status.delegationChange', { epoch: state.delegationAuthorityEpoch }),
            <AddressText key="next" address={state.nextDelegationAuthority} />,
          ],
        ]}
      />
    </Card>
  );
}

function Addresses({ pool, selection }: { pool: Snapshot; selection: Selection | null | undefined }) {
  const t = useWords();
  const rows: [string, Address][] = [
    [t('status.pool'), pool.pool],
    [t('pool.mint'), pool.mint],
    [t('status.reserveAddress'), pool.reserve],
    [t('status.list'), pool.state.validatorList],
    ...(selection ? ([[t('status.selection'), selection.address]] as [string, Address][]) : []),
    [t('status.admin'), pool.state.admin],
    [t('status.pauser'), pool.state.pauser],
  ];
  return (
    <Card title={t('status.addresses')}>
      <Facts rows={rows.map(([name, address]) => [name, <AddressText key={name} address={address} />] as const)} />
    </Card>
  );
}
