/** What a vault's shares earned in collateral, from the rewards that were paid into it lately. */
import type { Address } from '@solana/kit';
import { useMemo } from 'react';
import { useFeed, type Happened } from './events';
import type { Snapshot } from './pool';
import type { VaultEntry } from './vaults';

/** Rewards of so many seconds are looked at, at least so many are taken for the time they were earned in. */
const WINDOW = 30n * 86_400n;
const LEAST = 5n * 86_400n;
const YEAR = 31_557_600n;
const ONE = 1_000_000_000_000n;

export interface VaultYield {
  /** In 10^-12 a year, without compounding: rewards come when services pay them. */
  apr: bigint;
  rewards: bigint;
}

/** Rewards that came within the window before `now`, against what the vault holds; `null` where there were none. */
export function yieldOf(feed: readonly Pick<Happened, 'events' | 'time'>[], vault: Address, total: bigint, now: bigint): VaultYield | null {
  let rewards = 0n;
  let oldest = now;
  for (const { events, time } of feed) {
    if (time === null || time < now - WINDOW) continue;
    for (const event of events) {
      if (event.program !== 'restaking_vault' || event.name !== 'RewardsPaid' || event.data.vault !== vault) continue;
      rewards += event.data.streamed;
      if (time < oldest) oldest = time;
    }
  }
  if (rewards === 0n || total === 0n) return null;
  const seconds = now - oldest;
  return { apr: (rewards * ONE * YEAR) / (total * (seconds > LEAST ? seconds : LEAST)), rewards };
}

export function useVaultYield(vault: VaultEntry, pool: Snapshot): VaultYield | null {
  const { data: feed } = useFeed([vault.address]);
  return useMemo(
    () => (feed ? yieldOf(feed, vault.address, vault.state.assets + vault.state.juniorAssets, pool.chain.unixTimestamp) : null),
    [feed, vault, pool.chain.unixTimestamp],
  );
}
