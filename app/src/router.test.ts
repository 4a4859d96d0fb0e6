import { expect, it } from 'vitest';
import { parseRoute } from './router';

it('an address of a page leads to it', () => {
  expect(parseRoute('')).toEqual({ page: 'stake' });
  expect(parseRoute('#/unstake')).toEqual({ page: 'unstake' });
  expect(parseRoute('#/validators/')).toEqual({ page: 'validators' });
  const vote = 'Vote111111111111111111111111111111111111111';
  expect(parseRoute(`#/validators/${vote}`)).toEqual({ page: 'validator', vote });
  expect(parseRoute(`#/restake/${vote}?tab=junior`)).toEqual({ page: 'vault', vault: vote });
});

it('anything else is said to be unknown', () => {
  expect(parseRoute('#/validators/<script>')).toEqual({ page: 'unknown', path: 'validators/<script>' });
  expect(parseRoute('#/nowhere')).toEqual({ page: 'unknown', path: 'nowhere' });
});
