import { expect, it } from 'vitest';
import { sayOf } from './say';

const account = { identity: 'node', withdrawer: 'authority' };

it('the keys of the vote account decide; the bond is its owner’s', () => {
  expect(sayOf('node', account, 'authority')).toEqual({ role: 'identity', decides: true, ownsBond: false });
  expect(sayOf('authority', account, 'authority')).toEqual({ role: 'withdrawer', decides: true, ownsBond: true });
  expect(sayOf('authority', account, 'before')).toEqual({ role: 'withdrawer', decides: true, ownsBond: false });
});

it('who owns the bond and is not the validator may take it back, and nothing else', () => {
  expect(sayOf('before', account, 'before')).toEqual({ role: 'bondOwner', decides: false, ownsBond: true });
  expect(sayOf('before', null, 'before')).toEqual({ role: 'bondOwner', decides: false, ownsBond: true });
});

it('nobody else has a say', () => {
  expect(sayOf('somebody', account, 'authority')).toBeNull();
});
