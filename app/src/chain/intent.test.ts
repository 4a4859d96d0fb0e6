import { describe, expect, it } from 'vitest';
import {
  AccountRole,
  address,
  appendTransactionMessageInstructions,
  blockhash,
  compileTransaction,
  createTransactionMessage,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
  type Address,
  type Instruction,
} from '@solana/kit';
import { keepsIntent } from './intent';

const PAYER: Address = address('SysvarC1ock11111111111111111111111111111111');
const OTHER: Address = address('SysvarRent111111111111111111111111111111111');
const POOL = address('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');
const GUARDED = address('Stake11111111111111111111111111111111111111');
const GUARD = address('L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95');
const BUDGET = address('ComputeBudget111111111111111111111111111111');
const HASH = blockhash('4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpPk2NsNY');

const does = (programAddress: Address, data: number, role = AccountRole.WRITABLE): Instruction => ({
  programAddress,
  accounts: [{ address: OTHER, role }],
  data: new Uint8Array([data]),
});

function message(instructions: Instruction[], payer = PAYER, hash = HASH) {
  return compileTransaction(
    pipe(
      createTransactionMessage({ version: 0 }),
      empty => setTransactionMessageFeePayer(payer, empty),
      paid => setTransactionMessageLifetimeUsingBlockhash({ blockhash: hash, lastValidBlockHeight: 1n }, paid),
      dated => appendTransactionMessageInstructions(instructions, dated),
    ),
  ).messageBytes;
}

const budget: Instruction = { programAddress: BUDGET, data: new Uint8Array([2, 0, 0, 0, 0]) };
const guard: Instruction = { programAddress: GUARD, accounts: [{ address: POOL, role: AccountRole.READONLY }], data: new Uint8Array([9]) };
const [first, second] = [does(POOL, 1), does(POOL, 2)];
const previewed = message([budget, first, second]);

describe('what a wallet may change', () => {
  it('is nothing, the fee, and guards of its own', () => {
    expect(keepsIntent(previewed, previewed)).toBe(true);
    expect(keepsIntent(previewed, message([{ ...budget, data: new Uint8Array([2, 9, 9, 0, 0]) }, budget, first, second]))).toBe(true);
    expect(keepsIntent(previewed, message([budget, guard, first, guard, second, guard]))).toBe(true);
  });

  it.each([
    ['who pays', message([budget, first, second], OTHER)],
    ['the block hash', message([budget, first, second], PAYER, blockhash('GfVcyD4kkTrj4bKc7WA9sZCin9JDbdT4Zkd3EittNR1W'))],
    ['an instruction less', message([budget, first])],
    ['an instruction more', message([budget, first, second, does(GUARDED, 1)])],
    ['the same one twice', message([budget, first, first, second])],
    ['their order', message([budget, second, first])],
    ['their data', message([budget, first, does(POOL, 3)])],
    ['what they may write', message([budget, does(POOL, 1, AccountRole.READONLY), does(POOL, 2, AccountRole.READONLY)])],
  ])('is never %s', (_, signed) => {
    expect(keepsIntent(previewed, signed)).toBe(false);
  });
});
