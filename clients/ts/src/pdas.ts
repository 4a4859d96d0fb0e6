/**
 * Program-derived addresses that the IDLs carry no seeds for. The others are generated: see `stakingPool.findPoolPda` and
 * its like.
 */

import {
  getAddressEncoder,
  getProgramDerivedAddress,
  getU64Encoder,
  type Address,
  type ProgramDerivedAddress,
} from '@solana/kit';
import { ASSOCIATED_TOKEN_PROGRAM_ADDRESS } from './addresses.js';
import { RESTAKING_VAULT_PROGRAM_ADDRESS } from './generated/restakingVault/programs/index.js';
import { STAKING_POOL_PROGRAM_ADDRESS } from './generated/stakingPool/programs/index.js';

const address = getAddressEncoder();

export type ValidatorSeeds = { pool: Address; vote: Address };

/** The canonical stake account of a validator: `["stake", pool, vote]`. */
export const findStakePda = (seeds: ValidatorSeeds) => findStakeOf('stake', seeds);

/** The stake account that is activating for a validator: `["activating", pool, vote]`. */
export const findActivatingStakePda = (seeds: ValidatorSeeds) => findStakeOf('activating', seeds);

/** The stake account that is deactivating for a validator: `["deactivating", pool, vote]`. */
export const findDeactivatingStakePda = (seeds: ValidatorSeeds) => findStakeOf('deactivating', seeds);

function findStakeOf(seed: string, { pool, vote }: ValidatorSeeds): Promise<ProgramDerivedAddress> {
  return getProgramDerivedAddress({
    programAddress: STAKING_POOL_PROGRAM_ADDRESS,
    seeds: [seed, address.encode(pool), address.encode(vote)],
  });
}

/** A slash request: `["slash", allocation, nonce]`, where the next one takes the allocation's `nextNonce`. */
export function findSlashRequestPda(seeds: { allocation: Address; nonce: bigint }): Promise<ProgramDerivedAddress> {
  return getProgramDerivedAddress({
    programAddress: RESTAKING_VAULT_PROGRAM_ADDRESS,
    seeds: ['slash', address.encode(seeds.allocation), getU64Encoder().encode(seeds.nonce)],
  });
}

/** The token account that wallets use for a mint: an owner's associated token account. */
export function findTokenAccount(seeds: {
  owner: Address;
  mint: Address;
  tokenProgram: Address;
}): Promise<ProgramDerivedAddress> {
  return getProgramDerivedAddress({
    programAddress: ASSOCIATED_TOKEN_PROGRAM_ADDRESS,
    seeds: [address.encode(seeds.owner), address.encode(seeds.tokenProgram), address.encode(seeds.mint)],
  });
}
