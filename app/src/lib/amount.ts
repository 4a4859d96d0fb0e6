/**
 * Amounts as people write them, and as the chain counts them. Everything is a bigint of base units (lamports, units of a token);
 * nothing passes through a floating point number.
 */

/** Decimal places of SOL, and of every token of the protocol's own. */
export const DECIMALS = 9;

export type Parsed =
  | { ok: true; value: bigint }
  | { ok: false; reason: 'empty' | 'comma' | 'malformed' | 'too-precise' | 'too-large' };

const MAX_U64 = (1n << 64n) - 1n;

/**
 * Parses "1234.5" exactly to base units. Refuses more decimal places than there are, never rounds; and any comma, which is the
 * decimal point to some and between thousands to others: "1,500" read the wrong way would be a thousand times what was meant.
 */
export function parseAmount(text: string, decimals: number = DECIMALS): Parsed {
  const plain = text.trim().replace(/[_\s’']/g, '').replace(/[０-９．]/g, wide => (wide === '．' ? '.' : String(wide.charCodeAt(0) - 0xff10)));
  if (plain === '') return { ok: false, reason: 'empty' };
  if (/[,，٫]/.test(plain)) return { ok: false, reason: 'comma' };
  const match = /^(\d*)(?:\.(\d*))?$/.exec(plain);
  if (!match || (match[1] === '' && !match[2])) return { ok: false, reason: 'malformed' };
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) return { ok: false, reason: 'too-precise' };
  const value = BigInt((match[1] || '0') + fraction.padEnd(decimals, '0'));
  return value > MAX_U64 ? { ok: false, reason: 'too-large' } : { ok: true, value };
}

/** All digits that count, grouped by thousands: "1,234.000000001". */
export function formatAmount(value: bigint, decimals: number = DECIMALS): string {
  const { sign, whole, fraction } = parts(value, decimals);
  const kept = fraction.replace(/0+$/, '');
  return sign + group(whole) + (kept ? `.${kept}` : '');
}

/** As {@link formatAmount} with `places` decimal places, cut off towards zero; never shows something as nothing. */
export function formatShort(value: bigint, places = 4, decimals: number = DECIMALS): string {
  const { sign, whole, fraction } = parts(value, decimals);
  const cut = fraction.slice(0, places);
  if (value !== 0n && whole === '0' && /^0*$/.test(cut)) {
    const least = places === 0 ? '1' : `0.${'1'.padStart(places, '0')}`;
    return sign ? `-<${least}` : `<${least}`;
  }
  return sign + group(whole) + (places > 0 ? `.${cut}` : '');
}

/** Plain digits for an input field: no grouping. */
export function toInput(value: bigint, decimals: number = DECIMALS): string {
  return formatAmount(value, decimals).replace(/,/g, '');
}

/** A whole number, grouped by thousands. */
export function formatCount(value: bigint | number): string {
  return group(String(value));
}

/** Basis points as a percentage: 25 is "0.25 %". */
export function formatBps(bps: number): string {
  return `${(bps / 100).toFixed(2)} %`;
}

/** A share of 10^-12 as a percentage with two places, cut off. */
export function formatYield(parts12: bigint, places = 2): string {
  const scaled = (parts12 < 0n ? -parts12 : parts12) / 10n ** BigInt(10 - places);
  const digits = scaled.toString().padStart(places + 1, '0');
  const sign = parts12 < 0n && scaled > 0n ? '-' : '';
  return `${sign}${group(digits.slice(0, -places))}.${digits.slice(-places)} %`;
}

/** Stays in the wallet for fees and the rent of accounts when all is spent, in lamports. */
const KEPT_FOR_FEES = 10_000_000n;

/** The most of a wallet's lamports that can be spent. */
export function spendable(lamports: bigint): bigint {
  return lamports > KEPT_FOR_FEES ? lamports - KEPT_FOR_FEES : 0n;
}

/** `value * numerator / denominator`, rounded down. For what is shown, never for what is sent. */
export function mulDiv(value: bigint, numerator: bigint, denominator: bigint): bigint {
  return denominator === 0n ? 0n : (value * numerator) / denominator;
}

/** How full something is, from 0 to 1, for drawing. */
export function ratio(part: bigint, whole: bigint): number {
  if (whole <= 0n) return 0;
  const parts = Number((part * 1_000_000n) / whole) / 1_000_000;
  return Math.min(1, Math.max(0, parts));
}

function parts(value: bigint, decimals: number) {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  return { sign, whole: digits.slice(0, digits.length - decimals), fraction: digits.slice(digits.length - decimals) };
}

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
