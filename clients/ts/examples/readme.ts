/** The examples of README.md, as they are there. A test runs them. */

import { createSolanaRpc, type Address, type TransactionSigner } from '@solana/kit';
import { depositSol, fetchPool, findPoolOfMint, loadQuotes } from '@sluice-protocol/sdk';

export async function stake(url: string, lstMint: Address, user: TransactionSigner) {
  const rpc = createSolanaRpc(url);
  const pool = await fetchPool(rpc, await findPoolOfMint(lstMint));
  const { instructions, quote, minOut } = await depositSol({ pool, user, lamports: 1_000_000_000n, slippageBps: 10 });
  console.log(`${quote.minted} base units of LST, at least ${minOut}; fee ${quote.fee}`);
  return { pool, instructions, quote, minOut };
}

export async function exits(pool: Awaited<ReturnType<typeof fetchPool>>, shares: bigint) {
  const quotes = await loadQuotes();
  const { lamportsPerLst } = quotes.rate(pool.state, pool.chain.moment);
  const now = quotes.withdrawSol(pool.state, pool.chain.moment, shares);
  const later = quotes.orderUnstake(pool.state, pool.chain.moment, shares);
  const dueSlot = quotes.firstSlot(pool.chain.schedule, later.claimEpoch);
  return { lamportsPerLst, now, later, dueSlot };
}
