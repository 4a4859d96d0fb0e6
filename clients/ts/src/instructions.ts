/** What several builders share: bounds, token accounts, and new accounts of the caller's. */

import {
  AccountRole,
  generateKeyPairSigner,
  getAddressEncoder,
  type AccountMeta,
  type AccountSignerMeta,
  type Address,
  type Instruction,
  type TransactionSigner,
} from '@solana/kit';
import { ASSOCIATED_TOKEN_PROGRAM_ADDRESS, STAKE_PROGRAM_ADDRESS, SYSTEM_PROGRAM_ADDRESS } from './addresses.js';
import { STAKE_SPACE, type ChainState } from './chain.js';
import type { Quotes } from './generated/quotes.js';
import { findTokenAccount } from './pdas.js';
import { loadQuotes } from './quotes.js';

/** An amount in base units or lamports. */
export type Amount = bigint | number;

/**
 * The least that a caller accepts: an amount, or what the quote says less a part of it in basis points. Without either, half a
 * percent less than quoted.
 */
export type Bound = { minOut?: Amount; slippageBps?: number };

const DEFAULT_SLIPPAGE_BPS = 50;

/** Instructions, what they were quoted to do, and the bound they carry. Signers are in the instructions, as kit has them. */
export type Plan<Quote> = { instructions: Instruction[]; quote: Quote; minOut: bigint };

/** Quotes, and the bound that comes of it. */
export async function bounded<Quote>(
  bound: Bound,
  ask: (quotes: Quotes) => Quote,
  out: (quote: Quote) => bigint,
): Promise<{ quote: Quote; minOut: bigint }> {
  const quotes = await loadQuotes();
  const quote = ask(quotes);
  const minOut =
    bound.minOut !== undefined
      ? BigInt(bound.minOut)
      : quotes.minOut(out(quote), bound.slippageBps ?? DEFAULT_SLIPPAGE_BPS);
  return { quote, minOut };
}

/** A writable account that signs. */
function signing(signer: TransactionSigner): AccountMeta {
  const meta: AccountSignerMeta = { address: signer.address, role: AccountRole.WRITABLE_SIGNER, signer };
  return meta;
}

/** Makes an owner's token account, or leaves the one that is there. */
export async function createTokenAccount(input: {
  payer: TransactionSigner;
  owner: Address;
  mint: Address;
  tokenProgram: Address;
}): Promise<{ address: Address; instruction: Instruction }> {
  const [address] = await findTokenAccount(input);
  const createIdempotent = 1;
  const instruction = {
    programAddress: ASSOCIATED_TOKEN_PROGRAM_ADDRESS,
    accounts: [
      signing(input.payer),
      { address, role: AccountRole.WRITABLE },
      { address: input.owner, role: AccountRole.READONLY },
      { address: input.mint, role: AccountRole.READONLY },
      { address: SYSTEM_PROGRAM_ADDRESS, role: AccountRole.READONLY },
      { address: input.tokenProgram, role: AccountRole.READONLY },
    ],
    data: Uint8Array.of(createIdempotent),
  };
  return { address, instruction };
}

/** The system program's `CreateAccount`. Both sign. */
export function createAccount(input: {
  payer: TransactionSigner;
  account: TransactionSigner;
  lamports: bigint;
  space: number;
  owner: Address;
}): Instruction {
  const data = new Uint8Array(52);
  const view = new DataView(data.buffer);
  view.setBigUint64(4, input.lamports, true);
  view.setBigUint64(12, BigInt(input.space), true);
  data.set(getAddressEncoder().encode(input.owner), 20);
  return {
    programAddress: SYSTEM_PROGRAM_ADDRESS,
    accounts: [signing(input.payer), signing(input.account)],
    data,
  };
}

/** A new stake account with its rent: where stake of the pool goes to. Its key signs the transaction and is never needed again. */
export async function newStakeAccount(
  payer: TransactionSigner,
  chain: Pick<ChainState, 'rentFor'>,
): Promise<{ address: Address; instruction: Instruction }> {
  const account = await generateKeyPairSigner();
  const lamports = chain.rentFor(STAKE_SPACE);
  const instruction = createAccount({ payer, account, lamports, space: STAKE_SPACE, owner: STAKE_PROGRAM_ADDRESS });
  return { address: account.address, instruction };
}
