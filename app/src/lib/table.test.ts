import { describe, expect, it } from 'vitest';
import type { Address } from '@solana/kit';
import type { Row } from '../chain/selection';
import { searchRows, sortRows } from './table';

const row = (vote: string, held: bigint, commission: number | null): Row =>
  ({
    vote: vote as Address,
    candidate: commission === null ? null : { worstCommissionBps: commission, seat: { constraint: 1 } },
    held,
    target: 0n,
    change: 0n,
  }) as unknown as Row;

const rows = [row('aaa', 5n, 300), row('bbb', 9n, null), row('ccc', 7n, 0)];
const votes = (list: readonly Row[]) => list.map(({ vote }) => vote);

describe('the table', () => {
  it('is sorted by a column, either way', () => {
    expect(votes(sortRows(rows, { column: 'stake', descending: true }))).toEqual(['bbb', 'ccc', 'aaa']);
    expect(votes(sortRows(rows, { column: 'stake', descending: false }))).toEqual(['aaa', 'ccc', 'bbb']);
  });
  it('has what is not known last, either way', () => {
    expect(votes(sortRows(rows, { column: 'commission', descending: true }))).toEqual(['aaa', 'ccc', 'bbb']);
    expect(votes(sortRows(rows, { column: 'commission', descending: false }))).toEqual(['ccc', 'aaa', 'bbb']);
  });
  it('is searched by address and by reason, whatever the case', () => {
    expect(votes(searchRows(rows, 'BB', () => ''))).toEqual(['bbb']);
    expect(votes(searchRows(rows, 'cap', ({ vote }) => (vote === 'ccc' ? 'At the cap' : '')))).toEqual(['ccc']);
    expect(searchRows(rows, '  ', () => '')).toBe(rows);
  });
});
