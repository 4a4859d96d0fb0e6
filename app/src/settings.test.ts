import { describe, expect, it } from 'vitest';
import { checkRpcUrl } from './settings';

describe('the address of a server', () => {
  it('is taken with https, and without it only for this machine', () => {
    expect(checkRpcUrl(' https://rpc.example/key ')).toEqual({ ok: true, url: 'https://rpc.example/key' });
    expect(checkRpcUrl('http://127.0.0.1:8899/')).toEqual({ ok: true, url: 'http://127.0.0.1:8899' });
    expect(checkRpcUrl('http://localhost:8899')).toEqual({ ok: true, url: 'http://localhost:8899' });
  });
  it('is refused otherwise', () => {
    for (const wrong of ['', 'rpc.example', 'http://rpc.example', 'ws://localhost', 'javascript:alert(1)', 'https://user:secret@rpc.example']) {
      expect(checkRpcUrl(wrong), wrong).toEqual({ ok: false });
    }
  });
});
