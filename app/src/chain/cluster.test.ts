import { afterEach, describe, expect, it, vi } from 'vitest';
import { SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR, isSolanaError } from '@solana/kit';
import { call, identify, isLoopback, type Connection } from './cluster';

const HERE = 'http://127.0.0.1:8899';
const served = (genesis: string) => ({ getGenesisHash: () => ({ send: async () => genesis }) }) as unknown as Connection;
const answers = (body: object, status = 200) => vi.stubGlobal('fetch', vi.fn(async () => new Response(JSON.stringify(body), { status })));

afterEach(() => vi.unstubAllGlobals());

describe('which cluster', () => {
  it('a known genesis tells alone', async () => {
    expect((await identify(served('EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG'), 'https://api.devnet.solana.com')).kind).toBe('devnet');
  });
  it('a localnet is one that says so on this machine', async () => {
    answers({ result: [] });
    expect((await identify(served('new'), HERE)).kind).toBe('localnet');
  });
  it('a server elsewhere that says so is not believed, and not asked', async () => {
    answers({ result: [] });
    expect((await identify(served('new'), 'https://rpc.example.org')).kind).toBe('unknown');
    expect(fetch).not.toHaveBeenCalled();
  });
  it('a server without the method is unknown', async () => {
    answers({ error: { code: -32601, message: 'Method not found' } });
    expect((await identify(served('new'), HERE)).kind).toBe('unknown');
  });
  it('a server that fails is asked again, not taken for another cluster', async () => {
    answers({ error: { code: -32603, message: 'Internal error' } });
    await expect(identify(served('new'), HERE)).rejects.toThrow('Internal error');
    answers({}, 503);
    await expect(identify(served('new'), HERE)).rejects.toThrow();
  });
});

describe('this machine', () => {
  it('is known by its names and numbers', () => {
    for (const url of [HERE, 'http://localhost:8899', 'http://[::1]:8899', 'http://net.localhost']) expect(isLoopback(url), url).toBe(true);
    for (const url of ['https://example.org', 'http://127.0.0.1.example.org', 'http://localhost.example.org', 'http://10.0.0.1', '']) {
      expect(isLoopback(url), url).toBe(false);
    }
  });
});

describe('a call', () => {
  it('fails by the code of the answer, whatever came with it', async () => {
    answers({ result: 'nothing of use' }, 429);
    const error = await call(HERE, 'getHealth').catch((caught: unknown) => caught);
    expect(isSolanaError(error, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR) && error.context.statusCode).toBe(429);
  });
});
