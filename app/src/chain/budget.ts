/** Compute limits and priority fees: what a transaction may use, and what is offered for it to come soon. */
import { address, type Address, type Instruction } from '@solana/kit';
import type { Priority } from '../settings';
import type { Connection } from './cluster';

export const COMPUTE_BUDGET = address('ComputeBudget111111111111111111111111111111');
export const MOST_UNITS = 1_400_000;
/** What the chain charges for each signature, in lamports. */
export const SIGNATURE_FEE = 5_000n;
/** The most that is ever offered beyond that, in lamports. */
export const MOST_PRIORITY_FEE = 2_000_000n;

/** At least so much is offered, and by this part of what others offered lately, in micro-lamports a unit. */
const OFFERS: Record<Priority, { least: bigint; rank: number }> = {
  none: { least: 0n, rank: -1 },
  normal: { least: 1_000n, rank: 0.5 },
  high: { least: 50_000n, rank: 0.9 },
};

export function limitUnits(units: number): Instruction {
  const data = new Uint8Array(5);
  data[0] = 2;
  new DataView(data.buffer).setUint32(1, units, true);
  return { programAddress: COMPUTE_BUDGET, data };
}

export function offerPrice(microLamports: bigint): Instruction {
  const data = new Uint8Array(9);
  data[0] = 3;
  new DataView(data.buffer).setBigUint64(1, microLamports, true);
  return { programAddress: COMPUTE_BUDGET, data };
}

/** What a price comes to for so many units, rounded up as the chain does, in lamports. */
export function priorityFee(microLamports: bigint, units: number): bigint {
  return (microLamports * BigInt(units) + 999_999n) / 1_000_000n;
}

/** Leaves a tenth more than was used, because the chain moves on between preview and execution. */
export function unitsFor(used: bigint): number {
  return Math.min(MOST_UNITS, Math.ceil(Number(used) * 1.1) + 2_000);
}

/** The price to offer, of those that were paid lately for the same accounts. */
export function choosePrice(recent: readonly bigint[], priority: Priority, units: number): bigint {
  const { least, rank } = OFFERS[priority];
  if (rank < 0) return 0n;
  const sorted = [...recent].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const asked = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * rank))] ?? 0n;
  const price = asked > least ? asked : least;
  const most = (MOST_PRIORITY_FEE * 1_000_000n) / BigInt(units);
  return price < most ? price : most;
}

export async function recentPrices(rpc: Connection, accounts: Address[]): Promise<bigint[]> {
  const recent = await rpc.getRecentPrioritizationFees(accounts.slice(0, 128)).send();
  return recent.map(({ prioritizationFee }) => BigInt(prioritizationFee));
}
