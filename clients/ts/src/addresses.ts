/** Addresses of the chain's own programs and sysvars, and of the token programs. */

import type { Address } from '@solana/kit';

export const SYSTEM_PROGRAM_ADDRESS = '11111111111111111111111111111111' as Address<'11111111111111111111111111111111'>;
export const STAKE_PROGRAM_ADDRESS =
  'Stake11111111111111111111111111111111111111' as Address<'Stake11111111111111111111111111111111111111'>;
export const VOTE_PROGRAM_ADDRESS =
  'Vote111111111111111111111111111111111111111' as Address<'Vote111111111111111111111111111111111111111'>;
export const TOKEN_PROGRAM_ADDRESS =
  'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' as Address<'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA'>;
export const TOKEN_2022_PROGRAM_ADDRESS =
  'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb' as Address<'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb'>;
export const ASSOCIATED_TOKEN_PROGRAM_ADDRESS =
  'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL' as Address<'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL'>;
export const COMPUTE_BUDGET_PROGRAM_ADDRESS =
  'ComputeBudget111111111111111111111111111111' as Address<'ComputeBudget111111111111111111111111111111'>;

/** The programs whose tokens `deposit_lst` converts: SPL's stake pool, and Sanctum's two deployments of it. */
export const STAKE_POOL_PROGRAM_ADDRESSES: readonly Address[] = [
  'SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy' as Address,
  'SP12tWFxD9oJsVWNavTTBZvMbA6gkAmxtVgxdqvyvhY' as Address,
  'SPMBzsVUuoHA4Jm6KunbsotaahvVikZs1JyTW6iJvbn' as Address,
];

/** An address of zeros: how accounts say "none". */
export const NO_ADDRESS = SYSTEM_PROGRAM_ADDRESS as Address;
