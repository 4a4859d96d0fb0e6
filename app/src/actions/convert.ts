/** Another pool's token becomes ours, in one transaction. */
import { findStakePda, stakingPool } from '@sluice-protocol/sdk';
import { createNoopSigner, generateKeyPair, getAddressFromPublicKey, type Address } from '@solana/kit';
import { foreignStake, type ForeignPool } from '../chain/foreign';
import type { Snapshot } from '../chain/pool';
import type { Request } from '../chain/send';
import { makeStakeAccount, makeTokenAccount, tokenAccountOf } from '../chain/tokens';
import { LST } from './holder';

export async function convertLst(
  pool: Snapshot,
  there: ForeignPool,
  validator: { vote: Address; index: number; seed: number },
  user: Address,
  tokens: bigint,
  minOut: bigint,
): Promise<Request> {
  const { tokenProgram, validatorList } = pool.state;
  const key = await generateKeyPair();
  const source = await getAddressFromPublicKey(key.publicKey);
  const userLst = await tokenAccountOf(user, pool.mint, tokenProgram);
  const [stake] = await findStakePda({ pool: pool.pool, vote: validator.vote });
  return {
    instructions: [
      await makeTokenAccount(user, user, pool.mint, tokenProgram),
      makeStakeAccount(pool, user, source),
      stakingPool.getDepositLstInstruction({
        pool: pool.pool,
        user: createNoopSigner(user),
        reserve: pool.reserve,
        validatorList,
        vote: validator.vote,
        stake,
        source,
        lstMint: pool.mint,
        userLst,
        tokenProgram,
        stakePoolProgram: there.program,
        stakePool: there.address,
        stakePoolList: there.validatorList,
        stakePoolAuthority: there.authority,
        stakePoolStake: await foreignStake(there, validator.vote, validator.seed),
        userTokens: there.holding.account,
        stakePoolFee: there.feeAccount,
        stakePoolMint: there.mint,
        stakePoolTokenProgram: there.tokenProgram,
        index: validator.index,
        tokens,
        minOut,
      }),
    ],
    keys: [key],
    watch: [
      { account: there.holding.account, symbol: there.mint.slice(0, 4), decimals: there.holding.decimals },
      { account: userLst, symbol: LST, decimals: 9 },
    ],
  };
}
