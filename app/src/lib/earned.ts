/**
 * What slSOL has earned for its holder, from the pool's own events: what was paid for the shares that are held, against what they are
 * worth. Shares that came or went by plain transfers have no price here, and are told apart.
 */

export type Flow =
  /** Shares were bought for lamports. */
  | { kind: 'in'; shares: bigint; lamports: bigint }
  /** Shares left for lamports, or for a ticket worth so many. */
  | { kind: 'out'; shares: bigint; lamports: bigint };

export interface Earned {
  /** Held shares whose price is known, and what was paid for them, in lamports. */
  shares: bigint;
  cost: bigint;
  /** What those that left brought above what was paid for them, in lamports. */
  realised: bigint;
  /** Held shares that came by transfer. */
  unknown: bigint;
}

/** Flows in the order they happened; shares that leave take their part of the average cost, rounded down. */
export function earned(flows: readonly Flow[], held: bigint): Earned {
  let shares = 0n;
  let cost = 0n;
  let realised = 0n;
  for (const flow of flows) {
    if (flow.kind === 'in') {
      shares += flow.shares;
      cost += flow.lamports;
      continue;
    }
    // More than was bought came by transfer: of its price nothing is known.
    const known = flow.shares < shares ? flow.shares : shares;
    const costOfKnown = shares === 0n ? 0n : (cost * known) / shares;
    const paidForKnown = flow.shares === 0n ? 0n : (flow.lamports * known) / flow.shares;
    realised += paidForKnown - costOfKnown;
    shares -= known;
    cost -= costOfKnown;
  }
  if (held < shares) {
    // The rest was sent away: it takes its cost along.
    cost = shares === 0n ? 0n : (cost * held) / shares;
    shares = held;
  }
  return { shares, cost, realised, unknown: held - shares };
}
