/** The validators' table: its columns, how they are sorted, what a search finds. */
import type { Row } from '../chain/selection';
import { CONSTRAINTS } from './binding';

export const COLUMNS = ['vote', 'apy', 'commission', 'credits', 'stake', 'target', 'change', 'bond', 'bid', 'why'] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  column: Column;
  descending: boolean;
}

type Value = bigint | number | string;

/** What a row is sorted by in a column; numbers that are not known come last in either direction. */
export function valueOf(row: Row, column: Column): Value | null {
  const { candidate } = row;
  switch (column) {
    case 'vote':
      return row.vote;
    case 'stake':
      return row.held;
    case 'target':
      return row.target;
    case 'change':
      return row.change;
    case 'apy':
      return candidate && candidate.earning > 0n ? candidate.realised : null;
    case 'commission':
      return candidate ? candidate.worstCommissionBps : null;
    case 'credits':
      return candidate ? candidate.lastCredits : null;
    case 'bond':
      return candidate ? candidate.bond : null;
    case 'bid':
      return candidate ? candidate.bid : null;
    case 'why':
      return candidate ? (CONSTRAINTS[candidate.seat.constraint] ?? '~') : null;
  }
}

export function sortRows(rows: readonly Row[], order: Order): Row[] {
  const keyed = rows.map(row => ({ row, value: valueOf(row, order.column) }));
  const sign = order.descending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) return a.value === b.value ? 0 : a.value === null ? 1 : -1;
    return a.value < b.value ? -sign : a.value > b.value ? sign : 0;
  });
  return keyed.map(({ row }) => row);
}

/** Rows whose address, or whose reason as shown, has the words in it. */
export function searchRows(rows: readonly Row[], search: string, reasonOf: (row: Row) => string): readonly Row[] {
  const words = search.trim().toLowerCase();
  if (words === '') return rows;
  return rows.filter(row => row.vote.toLowerCase().includes(words) || reasonOf(row).toLowerCase().includes(words));
}
