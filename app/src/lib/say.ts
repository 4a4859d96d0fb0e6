/** Who has a say in a candidate, and in what. */

export interface Say {
  role: 'identity' | 'withdrawer' | 'bondOwner';
  /** May bid, leave and come back: the programs ask for a key of the vote account as it is now. */
  decides: boolean;
  /** May take the bond back: the withdrawer as last observed, which the vote account may have replaced since. */
  ownsBond: boolean;
}

export function sayOf(who: string, account: { identity: string; withdrawer: string } | null, bondOwner: string): Say | null {
  const ownsBond = bondOwner === who;
  if (account?.identity === who) return { role: 'identity', decides: true, ownsBond };
  if (account?.withdrawer === who) return { role: 'withdrawer', decides: true, ownsBond };
  return ownsBond ? { role: 'bondOwner', decides: false, ownsBond } : null;
}
