/** Withdrawals on their way out of a vault. */
import { useState } from 'react';
import { claimWithdrawal, transferVaultTicket } from '../actions/vault';
import type { Snapshot } from '../chain/pool';
import { quote } from '../chain/quotes';
import { collateralOf, sharesOf, useVaultTickets, type VaultEntry, type VaultTicket } from '../chain/vaults';
import { useWords } from '../i18n';
import { formatAmount } from '../lib/amount';
import { useSettings } from '../settings';
import { useWallet } from '../wallet/context';
import { AddressText, Badge, Card, Empty, Loading } from './basics';
import { EpochMoment } from './pool';
import { TransferForm } from './Tickets';
import { useTransact } from './Transaction';

const NO_FEE = { bps: 0, most: 0n };

export function VaultTickets({ vault, pool }: { vault: VaultEntry; pool: Snapshot }) {
  const t = useWords();
  const { wallet } = useWallet();
  const { data: tickets } = useVaultTickets();
  if (!wallet) return null;
  const own = tickets?.filter(ticket => ticket.vault === vault.address);
  return (
    <Card title={t('vault.tickets')}>
      {!own ? (
        <Loading lines={2} />
      ) : own.length === 0 ? (
        <Empty title={t('tickets.none')}>{t('vault.noTickets')}</Empty>
      ) : (
        <ul className="rows">
          {own.map(ticket => (
            <Row key={ticket.address} ticket={ticket} vault={vault} pool={pool} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Row({ ticket, vault, pool }: { ticket: VaultTicket; vault: VaultEntry; pool: Snapshot }) {
  const t = useWords();
  const { slippageBps } = useSettings().settings;
  const transact = useTransact();
  const [isGiving, setGiving] = useState(false);
  const { symbol, decimals } = collateralOf(vault.state, pool);
  const shares = sharesOf(vault.state, pool, ticket.junior);
  const value = quote.attempt(() => quote.vaultTicketValue(quote.vault(vault.state), pool.moment, NO_FEE, ticket));
  const isReady = value.ok && value.value.isUnlocked && !value.value.isHeld;
  const claim = () => {
    if (!value.ok) return;
    const minOut = quote.least(value.value.received, slippageBps);
    transact({
      title: t('vault.txClaim', { amount: formatAmount(value.value.received, decimals), symbol }),
      promises: [[t('quote.minimum'), `${formatAmount(minOut, decimals)} ${symbol}`]],
      build: () => claimWithdrawal(vault, pool, ticket, minOut),
      done: t('vault.txClaimDone'),
    });
  };
  return (
    <li className="row" data-ticket={ticket.address}>
      <div className="row-main">
        <strong>
          {value.ok ? formatAmount(value.value.received, decimals) : '–'} {symbol}
        </strong>
        <span className="small muted">
          {formatAmount(ticket.vrtAmount, decimals)} {shares.symbol} · <AddressText address={ticket.address} />
        </span>
      </div>
      <div className="row-end">
        <span className="small">
          {pool.moment.epoch < ticket.unlockEpoch ? (
            <EpochMoment pool={pool} epoch={ticket.unlockEpoch} />
          ) : isReady ? (
            <Badge tone="good">{t('tickets.ready')}</Badge>
          ) : (
            <Badge tone="warn">{t('vault.held', { epoch: ticket.releaseEpoch })}</Badge>
          )}
        </span>
        <span className="row-buttons">
          <button type="button" className="button button-small" aria-expanded={isGiving} onClick={() => setGiving(!isGiving)}>
            {t('tickets.transfer')}
          </button>
          <button type="button" className="button button-small button-main" disabled={!isReady} onClick={claim}>
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
              build: owner => transferVaultTicket(ticket.address, owner, newOwner),
              done: t('tickets.txTransferDone'),
              onDone: () => setGiving(false),
            })
          }
        />
      )}
    </li>
  );
}
