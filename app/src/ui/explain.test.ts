import { describe, expect, it } from 'vitest';
import { SOLANA_ERROR__JSON_RPC__INTERNAL_ERROR, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR, SolanaError } from '@solana/kit';
import { PROGRAMS } from '@sluice-protocol/sdk';
import { ChainMoved, MessageChanged, ProgramRefusal } from '../chain/errors';
import { fill } from '../i18n/fill';
import type { Translate } from '../i18n';
import { en, type Key } from '../i18n/en';
import { zh } from '../i18n/zh';
import { explain, quoteProblem } from './explain';

const t: Translate = (key, parameters) => fill(en[key], parameters);

/** As it is in the built pages, where the library has left its words out. */
function built(error: Error): Error {
  error.message = 'Solana error #8100002; Decode this error by running `npx @solana/errors decode -- 8100002`';
  return error;
}
const http = (statusCode: number) => built(new SolanaError(SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR, { headers: new Headers(), message: 'no', statusCode }));
const refusal = (reason: string) => Object.assign(new ProgramRefusal('Any', [], []), { reason, says: 'Its own words' });

describe('what is said of an error', () => {
  it('of the server is told by its code', () => {
    expect(explain(t, http(429)).title).toBe('The RPC server takes no more requests for now');
    expect(explain(t, http(503)).title).toBe('The RPC server answers with an error (503)');
    for (const status of [429, 503]) expect(JSON.stringify(explain(t, http(status)))).not.toContain('Solana error #');
  });
  it('gives the server’s own words where there are any', () => {
    const error = built(new SolanaError(SOLANA_ERROR__JSON_RPC__INTERNAL_ERROR, { __serverMessage: 'out of disk' }));
    expect(explain(t, error).detail).toBe('out of disk');
  });
  it('of a program does not blame the server, known to us or not', () => {
    const { todo, detail } = explain(t, refusal('SomethingNew'));
    expect(todo).toBe(en['todo.refused']);
    expect(todo).not.toContain('settings');
    expect(detail).toBe('Its own words (SomethingNew)');
  });
  it('of a price that moved, or a cluster that did, offers no second try', () => {
    expect(explain(t, refusal('SlippageExceeded')).isFinal).toBe(true);
    expect(explain(t, new ProgramRefusal({ InstructionError: [1, { Custom: 6004 }] }, [], [{ programAddress: PROGRAMS.staking_pool }])).isFinal).toBe(true);
    expect(explain(t, new ChainMoved()).isFinal).toBe(true);
    expect(explain(t, refusal('PoolStale')).isFinal).toBeFalsy();
  });
  it('of a wallet that changed the message says so', () => {
    expect(explain(t, new MessageChanged()).title).toBe('The wallet changed the transaction');
  });
  it('to a depositor into a pool that is not counted is not to order a ticket', () => {
    expect(explain(t, refusal('PoolStale')).todo).not.toContain('ticket');
  });
});

describe('the texts of what to do', () => {
  it('need no parameter, but for the one a quote gives', () => {
    for (const words of [en, zh] as Record<Key, string>[]) {
      for (const key of (Object.keys(words) as Key[]).filter(name => name.startsWith('todo.') && name !== 'todo.least')) {
        expect(words[key], key).not.toContain('{');
      }
      expect(words['todo.least']).toContain('{least}');
    }
    expect(explain(t, refusal('BelowMinimumDeposit')).todo).toBe('Use a larger amount: the pool asks for more.');
  });
  it('name the least where a quote is refused for it', () => {
    const pool = { state: { minDeposit: 1_000_000n } };
    expect(quoteProblem(t, { reason: 'BelowMinimumDeposit', says: '' }, pool)).toBe('Use a larger amount: the least is 0.001 SOL.');
  });
});
