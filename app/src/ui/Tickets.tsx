/** Tickets of the pool: what each will pay and when, and what can be done with it until then. */
import { useState } from 'react';
import { isAddress, type Address } from '@solana/kit';
import { LST, cancelTicket, claimTicket, transferTicket } from '../actions/holder';
import type { Snapshot } from '../chain/pool';
import { quote } from '../chain/quotes';
import { statusOf, useTickets, type Ticket } from '../chain/tickets';
import { useWords } from '../i18n';
import { formatAmount } from '../lib/amount';
import { useSettings } from '../settings';
import { AddressText, Badge, Card, Empty, Loading } from './basics';
import { EpochMoment } from './pool';
import { useTransact } from './Transaction';

export function Tickets({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { data: tickets } = useTickets();
  return (
    <Card title={t('tickets.title')}>
      {!tickets ? (
        <Loading lines={2} />
      ) : tickets.length === 0 ? (
        <Empty title={t('tickets.none')}>{t('tickets.noneNote')}</Empty>
      ) : (
        <ul className="rows">
          {tickets.map(ticket => (
            <TicketRow key={ticket.address} ticket={ticket} pool={pool} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function TicketRow({ ticket, pool }: { ticket: Ticket; pool: Snapshot }) {
  const t = useWords();
  const { slippageBps } = useSettings().settings;
  const transact = useTransact();
  const [isGiving, setGiving] = useState(false);
  const status = statusOf(ticket, pool);
  const pays = status.is === 'payable' || status.is === 'short' ? status.pays : ticket.orderedLamports;
  const isDue = status.is === 'payable' || status.is === 'short';
  const claim = () =>
    transact({
      title: t('tickets.txClaim', { amount: formatAmount(pays) }),
      build: () => claimTicket(pool, ticket.address, ticket.owner),
      done: t('tickets.txClaimDone'),
    });
  const cancel = () => {
    const value = quote.attempt(() => quote.ticketValue(pool.quoted, pool.moment, ticket));
    const minOut = value.ok ? quote.least(value.value.cancel, slippageBps) : 0n;
    transact({
      title: t('tickets.txCancel'),
      promises: [[t('quote.minimum'), `${formatAmount(minOut)} ${LST}`]],
      build: owner => cancelTicket(pool, ticket.address, owner, minOut),
      done: t('tickets.txCancelDone'),
    });
  };
  return (
    <li className="row" data-ticket={ticket.address}>
      <div className="row-main">
        <strong>{formatAmount(pays)} SOL</strong>
        <span className="small muted">
          {t('tickets.for', { amount: formatAmount(ticket.shares) })} · <AddressText address={ticket.address} />
        </span>
      </div>
      <div className="row-end">
        <span className="small">
          {status.is === 'waiting' && <EpochMoment pool={pool} epoch={status.epoch} />}
          {status.is === 'updating' && <Badge tone="warn">{t('tickets.updating')}</Badge>}
          {status.is === 'short' && <Badge tone="warn">{t('tickets.short')}</Badge>}
          {status.is === 'payable' && <Badge tone="good">{t('tickets.ready')}</Badge>}
        </span>
        <span className="row-buttons">
          <button type="button" className="button button-small" aria-expanded={isGiving} onClick={() => setGiving(!isGiving)}>
            {t('tickets.transfer')}
          </button>
          {isDue && (
            <button type="button" className="button button-small" onClick={cancel}>
              {t('tickets.cancel')}
            </button>
          )}
          <button type="button" className="button button-small button-main" disabled={status.is !== 'payable'} onClick={claim}>
            {t('tickets.claim')}
          </button>
        </span>
      </div>
      {isGiving && (
        <TransferForm
          onTransfer={newOwner =>
            transact({
              title: t('tickets.txTransfer'),
              promises: [[t('tickets.newOwner'), <AddressText key="owner" address={newOwner} whole />]],
              build: owner => transferTicket(ticket.address, owner, newOwner),
              done: t('tickets.txTransferDone'),
              onDone: () => setGiving(false),
            })
          }
        />
      )}
    </li>
  );
}

export function TransferForm({ onTransfer }: { onTransfer: (newOwner: Address) => void }) {
  const t = useWords();
  const [text, setText] = useState('');
  const to = text.trim();
  const isWrong = to !== '' && !isAddress(to);
  return (
    <form className="inline-form row-form" onSubmit={event => (event.preventDefault(), isAddress(to) && onTransfer(to))}>
      <label className="field">
        <span>{t('tickets.newOwner')}</span>
        <input type="text" value={text} spellCheck={false} autoComplete="off" aria-invalid={isWrong || undefined} onChange={event => setText(event.target.value)} />
      </label>
      <button type="submit" className="button" disabled={!isAddress(to)}>
        {t('tickets.transferGo')}
      </button>
      <p className="field-problem small" aria-live="polite">
        {isWrong && t('tickets.badAddress')}
      </p>
    </form>
  );
}
