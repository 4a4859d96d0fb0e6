import { describe, expect, it } from 'vitest';
import { PROGRAMS } from '@sluice-protocol/sdk';
import { ProgramRefusal } from './errors';

const POOL = PROGRAMS.staking_pool;
const VAULT = PROGRAMS.restaking_vault;

describe('a refusal', () => {
  it('is the innermost program’s, by its own name and words', () => {
    const logs = [
      `Program ${VAULT} invoke [1]`,
      `Program ${POOL} invoke [2]`,
      `Program ${POOL} failed: custom program error: 0x1770`,
      `Program ${VAULT} failed: custom program error: 0x1770`,
    ];
    const refusal = new ProgramRefusal({ InstructionError: [1, { Custom: 6000n }] }, logs, []);
    expect(refusal.reason).toBe('PoolStale');
    expect(refusal.says).toContain('update');
  });
  it('without a log is told by the programs that were called', () => {
    const refusal = new ProgramRefusal({ InstructionError: [1, { Custom: 6004 }] }, [], [{ programAddress: POOL }]);
    expect(refusal.reason).toBe('SlippageExceeded');
  });
  it('of the chain itself goes by the chain’s name', () => {
    expect(new ProgramRefusal('BlockhashNotFound', [], []).reason).toBe('BlockhashNotFound');
    expect(new ProgramRefusal({ InsufficientFundsForRent: { account_index: 0 } }, [], []).reason).toBe('InsufficientFundsForRent');
  });
  it('of the system program for want of SOL is recognised', () => {
    const logs = ['Program 11111111111111111111111111111111 invoke [1]', 'Transfer: insufficient lamports 5, need 7', 'Program 11111111111111111111111111111111 failed: custom program error: 0x1'];
    const refusal = new ProgramRefusal({ InstructionError: [0, { Custom: 1 }] }, logs, []);
    expect(refusal.reason).toBe('Custom(1)');
    expect(refusal.says).toContain('insufficient lamports');
  });
});
