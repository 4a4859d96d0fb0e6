/** The table of validators. Only rows in sight exist; a reader without sight is told how many there are and which one this is. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { Snapshot } from '../chain/pool';
import { annual, type Row, type Selection, worth } from '../chain/selection';
import { useWords, type Translate } from '../i18n';
import { formatBps, formatCount, formatShort, formatYield } from '../lib/amount';
import { constraintLabel } from '../lib/binding';
import { COLUMNS, searchRows, sortRows, type Column, type Order } from '../lib/table';
import { Badge, Empty } from './basics';

const ROW_HEIGHT = 46;
const estimateSize = () => ROW_HEIGHT;

interface Props {
  rows: readonly Row[];
  selection: Selection | null;
  pool: Snapshot;
  search: string;
}

function reasonOf(t: Translate, row: Row): string {
  if (!row.candidate) return '–';
  const { key, parameters } = constraintLabel(row.candidate.seat.constraint);
  return t(key, parameters);
}

export function ValidatorTable({ rows, selection, pool, search }: Props) {
  const t = useWords();
  const [order, setOrder] = useState<Order>({ column: 'stake', descending: true });
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => sortRows(searchRows(rows, search, row => reasonOf(t, row)), order), [rows, search, order, t]);
  // Its places are computed anew whenever this function is another one: for thousands of rows that would be felt.
  const keyOf = useCallback((index: number) => shown[index]!.vote, [shown]);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    overscan: 4,
    getItemKey: keyOf,
  });
  const sort = useCallback((column: Column) => {
    setOrder(before => ({ column, descending: before.column === column ? !before.descending : column !== 'vote' && column !== 'why' }));
  }, []);
  // Arrow keys go from row to row, also to those that do not exist yet.
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    const from = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    if (step === undefined || !from) return;
    event.preventDefault();
    const to = Math.min(shown.length - 1, Math.max(0, Number(from.dataset.index) + step));
    virtual.scrollToIndex(to);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"] a`)?.focus());
  };
  return (
    <>
      <p className="small muted" aria-live="polite">
        {t('validators.shown', { count: shown.length.toLocaleString('en-US') })}
        <span className="visually-hidden">
          {' '}
          {t('validators.sorted', { column: t(`validators.${order.column}`), order: t(order.descending ? 'validators.descending' : 'validators.ascending') })}
        </span>
      </p>
      {shown.length === 0 ? (
        <Empty title={t('validators.none')} />
      ) : (
        <div className="grid-scroll" ref={scroller} onKeyDown={move} tabIndex={0} role="region" aria-label={t('validators.title')}>
          <div className="grid" role="table" aria-rowcount={shown.length + 1} aria-colcount={COLUMNS.length}>
            <div className="grid-row grid-head" role="row" aria-rowindex={1}>
              {COLUMNS.map(column => (
                <div key={column} role="columnheader" className={`grid-cell c-${column}`} aria-sort={order.column === column ? (order.descending ? 'descending' : 'ascending') : 'none'}>
                  <button type="button" onClick={() => sort(column)} title={column === 'commission' ? t('validator.worst') : undefined}>
                    {t(`validators.${column}`)}
                    {column === 'commission' && <span className="visually-hidden"> ({t('validator.worst')})</span>}
                    <span aria-hidden="true" className="grid-order">
                      {order.column === column ? (order.descending ? '↓' : '↑') : ''}
                    </span>
                  </button>
                </div>
              ))}
            </div>
            <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
              {virtual.getVirtualItems().map(item => (
                <Line key={item.key} row={shown[item.index]!} index={item.index} top={item.start} selection={selection} pool={pool} reason={reasonOf(t, shown[item.index]!)} />
              ))}
            </div>
          </div>
        </div>
      )}
      <p className="small muted">{t('validators.tableNote')}</p>
    </>
  );
}

interface LineProps {
  row: Row;
  index: number;
  top: number;
  selection: Selection | null;
  pool: Snapshot;
  reason: string;
}

const Line = memo(function Line({ row, index, top, selection, pool, reason }: LineProps) {
  const { candidate, vote } = row;
  const sol = (lamports: bigint) => formatShort(lamports, 2);
  const isFit = candidate !== null && candidate.verdict === 0 && candidate.flags === 0;
  return (
    <div className="grid-row" role="row" aria-rowindex={index + 2} data-index={index} style={{ transform: `translateY(${top}px)`, height: ROW_HEIGHT }}>
      <div role="rowheader" className="grid-cell c-vote">
        <a href={`#/validators/${vote}`} className="mono" title={vote}>
          {vote.slice(0, 6)}…{vote.slice(-4)}
        </a>
      </div>
      <div role="cell" className="grid-cell num">
        {candidate && selection && candidate.earning > 0n ? formatYield(annual(candidate.realised, selection)) : '–'}
      </div>
      <div role="cell" className="grid-cell num">{candidate ? formatBps(candidate.worstCommissionBps) : '–'}</div>
      <div role="cell" className="grid-cell num">{candidate ? formatCount(candidate.lastCredits) : '–'}</div>
      <div role="cell" className="grid-cell num">{sol(row.held)}</div>
      <div role="cell" className="grid-cell num">{candidate ? sol(row.target) : '–'}</div>
      <div role="cell" className={`grid-cell num ${row.change > 0n ? 'is-up' : row.change < 0n ? 'is-down' : ''}`}>
        {row.change > 0n ? '+' : ''}
        {sol(row.change).replace('-', '−')}
      </div>
      <div role="cell" className="grid-cell num">{candidate ? sol(worth(candidate.bond, pool)) : '–'}</div>
      <div role="cell" className="grid-cell num">{candidate ? formatCount(candidate.bid) : '–'}</div>
      <div role="cell" className="grid-cell c-why">
        {candidate && !isFit ? <Badge tone="warn">{reason}</Badge> : reason}
      </div>
    </div>
  );
});
