import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { en } from './en';
import { zh } from './zh';

const GENERATED = resolve(import.meta.dirname, '../../../clients/ts/src/generated');

it.each(['stakingPool', 'validatorSelection', 'restakingVault'])('every event of %s has its words in both languages', program => {
  const source = readFileSync(resolve(GENERATED, program, 'events.ts'), 'utf8');
  const names = [...source.matchAll(/program: '\w+', name: '(\w+)', data/g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(15);
  const wordless = (words: Record<string, string>) => names.filter(name => !words[`event.${name}`]);
  expect(wordless(en)).toEqual([]);
  expect(wordless(zh)).toEqual([]);
  expect(names.filter(name => !/[\u4e00-\u9fff]/.test(zh[`event.${name}` as keyof typeof zh]))).toEqual([]);
});
