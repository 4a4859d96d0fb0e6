/** The programs, and what their numbers mean. */
import {
  ASSOCIATED_TOKEN_PROGRAM_ADDRESS as ASSOCIATED_TOKEN,
  PROGRAMS,
  STAKE_PROGRAM_ADDRESS as STAKE,
  SYSTEM_PROGRAM_ADDRESS as SYSTEM,
  TOKEN_2022_PROGRAM_ADDRESS as TOKEN_2022,
  TOKEN_PROGRAM_ADDRESS as TOKEN,
  describeError,
} from '@sluice-protocol/sdk';

export { ASSOCIATED_TOKEN, STAKE, SYSTEM, TOKEN, TOKEN_2022 };

const NAMES: Record<string, string> = {
  [PROGRAMS.staking_pool]: 'Sluice staking-pool',
  [PROGRAMS.validator_selection]: 'Sluice validator-selection',
  [PROGRAMS.restaking_vault]: 'Sluice restaking-vault',
  [SYSTEM]: 'System',
  [TOKEN]: 'SPL Token',
  [TOKEN_2022]: 'Token-2022',
  [ASSOCIATED_TOKEN]: 'Associated Token',
  [STAKE]: 'Stake',
  ComputeBudget111111111111111111111111111111: 'Compute Budget',
};

export function nameOfProgram(program: string): string | undefined {
  return NAMES[program];
}

/** Name and message of an error of one of our programs. */
export function describeFailure(program: string, code: number): { reason: string; says: string } | undefined {
  const known = describeError(program, code);
  return known && { reason: known.name, says: known.message };
}
