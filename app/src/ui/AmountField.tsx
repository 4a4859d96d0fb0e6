/** A field for an amount: exact digits, the balance beside it, a button for all of it, and what is wrong in words. */
import { useId } from 'react';
import { useWords, type Translate } from '../i18n';
import { formatAmount, parseAmount, toInput, type Parsed, spendable } from '../lib/amount';
import { Skeleton } from './basics';

export interface Amount {
  text: string;
  parsed: Parsed;
}

export const NO_AMOUNT: Amount = { text: '', parsed: { ok: false, reason: 'empty' } };

export function amountOf(text: string, decimals = 9): Amount {
  return { text, parsed: parseAmount(text, decimals) };
}

interface Props {
  label: string;
  symbol: string;
  amount: Amount;
  onChange: (amount: Amount) => void;
  /** What there is; `undefined` while it is not known, `null` where it does not matter. */
  balance: bigint | undefined | null;
  decimals?: number;
  /** Anything else that is wrong with it. */
  problem?: string | null;
}

export function amountProblem(t: Translate, amount: Amount, balance: bigint | undefined | null, symbol: string, decimals = 9): string | null {
  const { parsed } = amount;
  if (!parsed.ok) {
    if (parsed.reason === 'empty') return null;
    if (parsed.reason === 'too-precise') return t('amount.tooPrecise', { decimals });
    if (parsed.reason === 'comma') return t('amount.comma');
    return parsed.reason === 'too-large' ? t('amount.tooLarge') : t('amount.malformed');
  }
  if (balance !== undefined && balance !== null && parsed.value > balance) {
    return t('amount.tooMuch', { balance: formatAmount(balance, decimals), symbol });
  }
  return null;
}

export function AmountField({ label, symbol, amount, onChange, balance, decimals = 9, problem }: Props) {
  const t = useWords();
  const id = useId();
  const wrong = amountProblem(t, amount, balance, symbol, decimals) ?? problem ?? null;
  // Whoever spends all SOL still has to pay for it.
  const all = balance && symbol === 'SOL' ? spendable(balance) : balance;
  return (
    <div className={`amount ${wrong ? 'is-wrong' : ''}`}>
      <div className="amount-top">
        <label htmlFor={id}>{label}</label>
        {balance !== null && (
          <span className="amount-balance" id={`${id}-balance`}>
            {t('amount.balance')} {balance === undefined ? <Skeleton width="5em" /> : <span>{formatAmount(balance, decimals)}</span>} {symbol}
          </span>
        )}
      </div>
      <div className="amount-row">
        <input
          id={id}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          spellCheck={false}
          placeholder="0"
          value={amount.text}
          aria-invalid={wrong ? true : undefined}
          aria-describedby={`${id}-problem${balance !== null ? ` ${id}-balance` : ''}`}
          onChange={event => onChange(amountOf(event.target.value, decimals))}
        />
        {all !== undefined && all !== null && (
          <button type="button" className="button button-small" onClick={() => onChange(amountOf(toInput(all, decimals), decimals))}>
            {t('amount.max')}
          </button>
        )}
        <span className="amount-symbol">{symbol}</span>
      </div>
      <p className="amount-problem" id={`${id}-problem`} aria-live="polite">
        {wrong}
      </p>
    </div>
  );
}
