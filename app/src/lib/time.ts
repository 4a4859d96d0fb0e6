/** When an epoch begins, as far as it can be told, and how to say how long that is. */

export interface EpochClock {
  epoch: bigint;
  /** Slots of the epoch that are over, and how many it has. */
  slotIndex: bigint;
  slotsInEpoch: bigint;
  /** Seconds a slot takes, as measured. */
  slotSeconds: number;
}

/** Seconds until `epoch` begins; 0 when it has. */
export function secondsUntilEpoch(clock: EpochClock, epoch: bigint): number {
  if (epoch <= clock.epoch) return 0;
  const slots = clock.slotsInEpoch - clock.slotIndex + (epoch - clock.epoch - 1n) * clock.slotsInEpoch;
  return Number(slots) * clock.slotSeconds;
}

export interface Span {
  count: number;
  unit: 'day' | 'hour' | 'minute' | 'second';
}

/** A length of time in its two largest units, rounded up: "1 day 4 hours". Empty when it is over. */
export function spans(seconds: number): Span[] {
  let left = Math.ceil(seconds);
  if (left <= 0) return [];
  if (left > 60) left = Math.ceil(left / 60) * 60;
  if (left > 86_400) left = Math.ceil(left / 3_600) * 3_600;
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
  ] as const;
  const all: Span[] = [];
  for (const [unit, length] of units) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count > 0) all.push({ count, unit });
  }
  return all.slice(0, 2);
}

/** A length of time as the language says it. */
export function formatSpan(seconds: number, language: string): string {
  return spans(seconds)
    .map(({ count, unit }) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count))
    .join(' ');
}

/** Date and time of a point that many seconds from now. */
export function formatMoment(date: Date, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}
