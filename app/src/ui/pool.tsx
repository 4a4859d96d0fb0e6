/** What several pages say of the pool: its rate, its yield, how far its epoch is. */
import type { Growth, Rate } from '@sluice-protocol/sdk';
import { quote } from '../chain/quotes';
import type { ReactNode } from 'react';
import { usePool, type Snapshot } from '../chain/pool';
import { Missing } from '../chain/errors';
import { useChain } from '../chain/context';
import { useWords } from '../i18n';
import { formatAmount, formatShort, formatYield } from '../lib/amount';
import { formatMoment, formatSpan, secondsUntilEpoch } from '../lib/time';
import { useSettings } from '../settings';
import { Badge, Card, Facts, Gauge, Loading, Notice, AddressText } from './basics';
import { explain, isNetwork } from './explain';

/** Shows `children` once the pool is there; until then that it is on its way, or why it is not. */
export function WithPool({ children }: { children: (pool: Snapshot) => ReactNode }) {
  const t = useWords();
  const { pool, error } = usePool();
  const { isDown, cluster } = useChain();
  if (pool) return <>{children(pool)}</>;
  if (error instanceof Missing && cluster) {
    return (
      <Notice tone="bad" title={t('pool.none', { cluster: t(`cluster.${cluster.kind}`) })}>
        {t('pool.noneTodo')}
      </Notice>
    );
  }
  if (error && !isDown && !isNetwork(error)) {
    const { title, todo, detail } = explain(t, error);
    return (
      <Notice tone="bad" title={title}>
        {todo} {detail}
      </Notice>
    );
  }
  return (
    <Card>
      <Loading lines={6} />
    </Card>
  );
}

/** The rate that counts now; `null` where there is none. */
export function rateOf(pool: Snapshot): Rate | null {
  const rate = quote.attempt(() => quote.rate(pool.quoted, pool.moment));
  return rate.ok ? rate.value : null;
}

export function apyOf(pool: Snapshot, epochs: number): Growth | null {
  return quote.growthOf(pool.entries, epochs);
}

export function PoolFacts({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const rate = rateOf(pool);
  const apy = apyOf(pool, 10);
  return (
    <Card title={t('pool.title')} aside={<PoolBadges pool={pool} />} tone="sunken" className="pool-facts">
      <Facts
        rows={[
          [t('pool.rate'), rate ? `${formatAmount(rate.lamportsPerLst)} SOL` : '–'],
          [t('pool.apy'), apy ? formatYield(apy.apy) : t('pool.apyUnknown')],
          [t('pool.total'), `${formatShort(pool.state.totalLamports, 2)} SOL`],
          [t('pool.fee'), t('pool.feeValue', { percent: (pool.state.fees.rewardBps / 100).toFixed(2) })],
          [t('pool.mint'), <AddressText key="mint" address={pool.mint} />],
        ]}
      />
      <EpochGauge pool={pool} />
    </Card>
  );
}

export function PoolBadges({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const isPaused = pool.moment.epoch < pool.state.pausedUntilEpoch;
  const isStale = pool.state.updatedEpoch !== pool.moment.epoch;
  return (
    <span className="badges">
      {pool.isCustom && <Badge tone="warn">{t('pool.custom')}</Badge>}
      {isPaused && <Badge tone="bad">{t('pool.paused')}</Badge>}
      {isStale ? <Badge tone="warn">{t('pool.stale')}</Badge> : <Badge tone="good">{t('pool.current')}</Badge>}
    </span>
  );
}

export function EpochGauge({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { language } = useSettings().settings;
  const { epoch, slotIndex, slotsInEpoch } = pool.clock;
  const left = secondsUntilEpoch(pool.clock, epoch + 1n);
  const text = t('epoch.left', { span: formatSpan(left, language) || '0', epoch: epoch + 1n });
  return (
    <div className="epoch">
      <div className="epoch-text">
        <span>{t('epoch.now', { epoch })}</span>
        <span className="muted">{text}</span>
      </div>
      <Gauge value={Number(slotIndex) / Number(slotsInEpoch || 1n)} label={t('epoch.now', { epoch })} text={text} />
    </div>
  );
}

/** When an epoch begins, in words: how long that is, and about when. */
export function EpochMoment({ pool, epoch }: { pool: Snapshot; epoch: bigint }) {
  const t = useWords();
  const { language } = useSettings().settings;
  const seconds = secondsUntilEpoch(pool.clock, epoch);
  if (seconds === 0) return <>{t('epoch.reached', { epoch })}</>;
  const at = formatMoment(new Date(Date.now() + seconds * 1000), language);
  return <span title={at}>{t('epoch.in', { epoch, span: formatSpan(seconds, language), at })}</span>;
}
