/** The small parts pages are made of. */
import { useId, useState, type ReactNode } from 'react';
import { useWords } from '../i18n';
import { Icon } from './icons';

export function Card({ title, aside, children, className = '', tone }: { title?: ReactNode; aside?: ReactNode; children: ReactNode; className?: string; tone?: 'sunken' }) {
  const id = useId();
  return (
    <section className={`card ${tone === 'sunken' ? 'card-sunken' : ''} ${className}`} aria-labelledby={title ? id : undefined}>
      {title && (
        <header className="card-head">
          <h2 id={id}>{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}

/** Names and values, in two columns that hold together when read aloud. */
export function Facts({ rows, dense = false }: { rows: readonly (readonly [ReactNode, ReactNode] | null | false)[]; dense?: boolean }) {
  return (
    <dl className={`facts ${dense ? 'facts-dense' : ''}`}>
      {rows.map((row, index) =>
        row ? (
          <div key={index}>
            <dt>{row[0]}</dt>
            <dd>{row[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

export function Stat({ label, children, note }: { label: ReactNode; children: ReactNode; note?: ReactNode }) {
  return (
    <div className="stat">
      <div className="stat-label">{label}</div>
      <div className="stat-value">{children}</div>
      {note && <div className="stat-note">{note}</div>}
    </div>
  );
}

export function Skeleton({ width = '6em', block = false }: { width?: string; block?: boolean }) {
  return <span className={block ? 'skeleton skeleton-block' : 'skeleton'} style={{ width }} aria-hidden="true" />;
}

/** A whole card's worth of waiting, which says so to who cannot see it. */
export function Loading({ lines = 4 }: { lines?: number }) {
  const t = useWords();
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">{t('common.loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} block width={`${92 - ((line * 17) % 40)}%`} />
      ))}
    </div>
  );
}

export type Tone = 'plain' | 'good' | 'warn' | 'bad';

export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}

export function Notice({ tone = 'plain', title, children, action }: { tone?: Tone; title?: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={`notice notice-${tone}`} role={tone === 'bad' || tone === 'warn' ? 'alert' : 'note'}>
      {tone !== 'plain' && <Icon name={tone === 'good' ? 'done' : 'warn'} />}
      <div className="notice-text">
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
      </div>
      {action}
    </div>
  );
}

/** An address, shortened for the eye, whole for the ear, the clipboard and the tooltip. */
export function AddressText({ address, whole = false }: { address: string; whole?: boolean }) {
  const t = useWords();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(address);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <span className="address">
      <span className={`mono ${whole ? 'address-whole' : ''}`} title={address}>
        {whole ? address : shorten(address)}
      </span>
      <button type="button" className="icon-button" onClick={() => void copy()} aria-label={copied ? t('common.copied') : t('common.copy', { address: shorten(address) })}>
        <Icon name={copied ? 'done' : 'copy'} size={14} />
      </button>
    </span>
  );
}

export function shorten(address: string): string {
  return address.length > 10 ? `${address.slice(0, 4)}…${address.slice(-4)}` : address;
}

/** A staff gauge: how much of something there is, with marks. */
export function Gauge({ value, label, text, tone = 'water' }: { value: number; label: string; text?: string; tone?: 'water' | 'warn' }) {
  const percent = Math.round(value * 1000) / 10;
  return (
    <div className={`gauge gauge-${tone}`} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} aria-valuetext={text ?? `${percent} %`}>
      <div className="gauge-level" style={{ width: `${percent}%` }} />
    </div>
  );
}

export function Empty({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <div className="muted">{children}</div>}
    </div>
  );
}

export interface Choice<T extends string> {
  value: T;
  label: ReactNode;
}

/** One of a few, as radio buttons that look like a switch. */
export function Segmented<T extends string>({ legend, value, choices, onChange, hideLegend = true }: { legend: string; value: T; choices: readonly Choice<T>[]; onChange: (value: T) => void; hideLegend?: boolean }) {
  const name = useId();
  return (
    <fieldset className="segmented">
      <legend className={hideLegend ? 'visually-hidden' : ''}>{legend}</legend>
      <div className="segmented-row">
        {choices.map(choice => (
          <label key={choice.value} className={choice.value === value ? 'is-on' : ''}>
            <input type="radio" name={name} value={choice.value} checked={choice.value === value} onChange={() => onChange(choice.value)} />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
