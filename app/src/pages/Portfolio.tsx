/** What the wallet has in the protocol, what it is worth, and what it has earned. */
import { lazy, Suspense, useMemo } from 'react';
import { LP, LST } from '../actions/holder';
import { useToken } from '../chain/balances';
import { useFlows } from '../chain/flows';
import type { Snapshot } from '../chain/pool';
import { quote } from '../chain/quotes';
import { useTickets } from '../chain/tickets';
import { useWords } from '../i18n';
import { formatAmount, formatShort, formatYield } from '../lib/amount';
import { earned } from '../lib/earned';
import { Card, Empty, Loading, Skeleton, Stat } from '../ui/basics';
import { Liquidity } from '../ui/Liquidity';
import { WithPool, apyOf, rateOf } from '../ui/pool';
import { Tickets } from '../ui/Tickets';
import { Shares } from '../ui/Shares';
import { ConnectButton } from '../ui/WalletMenu';
import { useWallet } from '../wallet/context';

const RateChart = lazy(() => import('../ui/RateChart'));

export default function Portfolio() {
  const t = useWords();
  const { wallet } = useWallet();
  return (
    <>
      <header className="page-head">
        <h1>{t('portfolio.title')}</h1>
        <p className="lead">{t('portfolio.lead')}</p>
      </header>
      <WithPool>
        {pool => (
          <div className="stack">
            {wallet ? (
              <Worth pool={pool} />
            ) : (
              <Card>
                <Empty title={t('portfolio.connect')} />
                <ConnectButton />
              </Card>
            )}
            <div className="columns columns-wide">
              <RateHistory pool={pool} />
              <Yields pool={pool} />
            </div>
            {wallet && <Tickets pool={pool} />}
            {wallet && <Shares pool={pool} />}
            <Liquidity pool={pool} />
          </div>
        )}
      </WithPool>
    </>
  );
}

function Worth({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const holding = useToken(pool.mint);
  const lp = useToken(pool.state.lpMint);
  const { data: known } = useFlows();
  const { data: tickets } = useTickets();
  const value = holding && quote.attempt(() => quote.valueOf(pool.quoted, pool.moment, holding.amount));
  const told = useMemo(() => (holding && known && !known.missing ? earned(known.flows, holding.amount) : null), [holding, known]);
  const worthOfKnown = told && quote.attempt(() => quote.valueOf(pool.quoted, pool.moment, told.shares));
  const gain = told && worthOfKnown?.ok ? worthOfKnown.value - told.cost + told.realised : null;
  const worthOfLp = lp && quote.attempt(() => liquidityWorth(pool, lp.amount));
  const inTickets = tickets?.reduce((sum, { orderedLamports }) => sum + orderedLamports, 0n);
  return (
    <Card className="worth">
      <div className="stats">
        <Stat label={t('portfolio.holding')} note={holding ? `${formatAmount(holding.amount)} ${LST}` : undefined}>
          {value ? value.ok ? <>{formatAmount(value.value)} <span className="unit">SOL</span></> : t('pool.staleValue') : <Skeleton />}
        </Stat>
        <Stat
          label={t('portfolio.earned')}
          note={known?.missing ? t('portfolio.missing', { count: known.missing }) : told && told.unknown > 0n ? t('portfolio.unknown', { amount: formatShort(told.unknown) }) : t('portfolio.earnedNote')}
        >
          {gain !== null ? <>{gain > 0n ? '+' : ''}{formatAmount(gain)} <span className="unit">SOL</span></> : known?.missing ? '–' : <Skeleton />}
        </Stat>
        <Stat label={t('portfolio.inTickets')} note={tickets ? t('portfolio.ticketCount', { count: tickets.length }) : undefined}>
          {inTickets !== undefined ? <>{formatAmount(inTickets)} <span className="unit">SOL</span></> : <Skeleton />}
        </Stat>
        <Stat label={t('portfolio.lp')} note={lp ? `${formatAmount(lp.amount)} ${LP}` : undefined}>
          {worthOfLp ? worthOfLp.ok ? <>{formatAmount(worthOfLp.value)} <span className="unit">SOL</span></> : t('pool.staleValue') : <Skeleton />}
        </Stat>
      </div>
    </Card>
  );
}

/** What LP tokens give back, the slSOL of it by the pool's rate, in lamports. */
function liquidityWorth(pool: Snapshot, tokens: bigint): bigint {
  if (tokens === 0n) return 0n;
  const { lamports, shares } = quote.removeLiquidity(pool.quoted, tokens);
  return lamports + (shares > 0n ? quote.valueOf(pool.quoted, pool.moment, shares) : 0n);
}

const SCALE = 1_000_000_000;
const asRate = (value: number) => value.toFixed(6);

function RateHistory({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const points = useMemo(
    () =>
      pool.entries
        .filter(({ supply }) => supply > 0n)
        .map(({ epoch, value, supply }) => ({ epoch: Number(epoch), value: Number((value * BigInt(SCALE)) / supply) / SCALE })),
    [pool.entries],
  );
  return (
    <Card title={t('portfolio.history')}>
      {points.length < 2 ? (
        <Empty title={t('portfolio.noHistory')} />
      ) : (
        <Suspense fallback={<Loading lines={5} />}>
          <RateChart points={points} label={t('portfolio.historyLabel')} format={asRate} />
        </Suspense>
      )}
      {points.length >= 2 && (
        <details className="small">
          <summary>{t('portfolio.asTable')}</summary>
          <div className="table-wrap table-short">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t('common.epoch')}</th>
                  <th scope="col" className="num">
                    {t('portfolio.historyLabel')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {[...pool.entries].reverse().map(({ epoch, value, supply }) => (
                  <tr key={String(epoch)}>
                    <td>{String(epoch)}</td>
                    <td className="num">{supply > 0n ? formatAmount((value * BigInt(SCALE)) / supply) : '–'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </Card>
  );
}

function Yields({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const rate = rateOf(pool);
  return (
    <Card title={t('portfolio.yields')} tone="sunken">
      <div className="stats stats-small">
        {[1, 10, 64].map(epochs => {
          const growth = apyOf(pool, epochs);
          return (
            <Stat key={epochs} label={epochs === 1 ? t('portfolio.last') : t('portfolio.over', { epochs })} note={growth ? t('portfolio.apr', { apr: formatYield(growth.apr) }) : undefined}>
              {growth ? formatYield(growth.apy) : '–'}
            </Stat>
          );
        })}
        <Stat label={t('portfolio.locked')} note={t('portfolio.lockedNote')}>
          {rate ? <>{formatShort(rate.locked, 4)} <span className="unit">SOL</span></> : '–'}
        </Stat>
      </div>
      <p className="small muted">{t('portfolio.yieldsNote')}</p>
    </Card>
  );
}
