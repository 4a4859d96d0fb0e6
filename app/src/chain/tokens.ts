/** Token accounts: where a wallet's tokens of a mint are, and the instruction that makes the place when there is none. */
import { STAKE_SPACE, findTokenAccount, type ChainState } from '@sluice-protocol/sdk';
import { AccountRole, getAddressEncoder, type Address, type Instruction } from '@solana/kit';
import { ASSOCIATED_TOKEN, STAKE, SYSTEM } from './programs';

export async function tokenAccountOf(owner: Address, mint: Address, tokenProgram: Address): Promise<Address> {
  const [account] = await findTokenAccount({ owner, mint, tokenProgram });
  return account;
}

/** Does nothing where the account is there already. */
export async function makeTokenAccount(payer: Address, owner: Address, mint: Address, tokenProgram: Address): Promise<Instruction> {
  return {
    programAddress: ASSOCIATED_TOKEN,
    accounts: [
      { address: payer, role: AccountRole.WRITABLE_SIGNER },
      { address: await tokenAccountOf(owner, mint, tokenProgram), role: AccountRole.WRITABLE },
      { address: owner, role: AccountRole.READONLY },
      { address: mint, role: AccountRole.READONLY },
      { address: SYSTEM, role: AccountRole.READONLY },
      { address: tokenProgram, role: AccountRole.READONLY },
    ],
    data: new Uint8Array([1]),
  };
}

/** An empty stake account with its rent, for a program to fill; `account` signs. */
export function makeStakeAccount(pool: { chain: Pick<ChainState, 'rentFor'> }, payer: Address, account: Address): Instruction {
  const data = new Uint8Array(52);
  const view = new DataView(data.buffer);
  view.setBigUint64(4, pool.chain.rentFor(STAKE_SPACE), true);
  view.setBigUint64(12, BigInt(STAKE_SPACE), true);
  data.set(getAddressEncoder().encode(STAKE), 20);
  return {
    programAddress: SYSTEM,
    accounts: [
      { address: payer, role: AccountRole.WRITABLE_SIGNER },
      { address: account, role: AccountRole.WRITABLE_SIGNER },
    ],
    data,
  };
}
