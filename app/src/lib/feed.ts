/** What events were about, in amounts: SOL in and out, shares, who. */
import { formatShort } from './amount';

export interface Event {
  program: string;
  name: string;
  data: object;
}

/** Fields worth telling, in order, with the unit they are in: the pool's, and a vault's, which are of its collateral. */
const OF_POOL: readonly (readonly [string, string])[] = [
  ['lamports', 'SOL'],
  ['paid', 'SOL'],
  ['orderedLamports', 'SOL'],
  ['delegated', 'SOL'],
  ['minted', 'slSOL'],
  ['shares', 'slSOL'],
  ['profit', 'SOL ↑'],
  ['loss', 'SOL ↓'],
];
const OF_VAULT: readonly (readonly [string, string])[] = [
  ['lamports', 'SOL'],
  ['paid', ''],
  ['streamed', ''],
  ['slashed', ''],
  ['amount', ''],
  ['minted', ''],
];
const MOST_FIELDS = 2;

export interface Told {
  name: string;
  detail: string;
  /** How many times in a row. */
  times: number;
}

/** Events in words, the same ones in a row together. */
export function tell(events: readonly Event[]): Told[] {
  const told: Told[] = [];
  for (const event of events) {
    const detail = detailOf(event);
    const last = told.at(-1);
    if (last && last.name === event.name && last.detail === detail) last.times += 1;
    else told.push({ name: event.name, detail, times: 1 });
  }
  return told;
}

function detailOf(event: Event): string {
  const data = event.data as Record<string, unknown>;
  const parts: string[] = [];
  for (const [field, unit] of event.program === 'restaking_vault' ? OF_VAULT : OF_POOL) {
    const value = data[field];
    if (typeof value !== 'bigint' || value === 0n) continue;
    parts.push(`${formatShort(value, 4)}${unit && ` ${unit}`}`);
    if (parts.length === MOST_FIELDS) break;
  }
  return parts.join(' · ');
}

/** Events that name an address in one of their fields. */
export function about<T extends { events: readonly Event[] }>(feed: readonly T[], address: string): T[] {
  return feed
    .map(entry => ({ ...entry, events: entry.events.filter(({ data }) => Object.values(data).includes(address)) }))
    .filter(({ events }) => events.length > 0);
}
