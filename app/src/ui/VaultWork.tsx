/** What a vault promised to whom, and who accuses whom, with the time that is left to veto it. */
import { executeSlash, vetoSlash } from '../actions/vault';
import type { Snapshot } from '../chain/pool';
import { SYSTEM } from '../chain/programs';
import { useVaultWork, type AllocationEntry, type RequestEntry, type VaultEntry } from '../chain/vaults';
import { useWords } from '../i18n';
import { formatAmount, formatShort } from '../lib/amount';
import { useWallet } from '../wallet/context';
import { AddressText, Badge, Card, Empty, Facts, Loading } from './basics';
import { EpochMoment } from './pool';
import { useTransact } from './Transaction';

interface Props {
  vault: VaultEntry;
  pool: Snapshot;
  symbol: string;
  decimals: number;
}

export function VaultWork(props: Props) {
  const t = useWords();
  const { data } = useVaultWork(props.vault.address);
  return (
    <>
      <Card title={t('work.requests')}>
        {!data ? (
          <Loading lines={2} />
        ) : data.requests.length === 0 ? (
          <Empty title={t('work.noRequests')}>{t('work.noRequestsNote')}</Empty>
        ) : (
          <ul className="rows">
            {data.requests.map(request => (
              <Request key={request.address} request={request} allocation={data.allocations.find(({ address }) => address === request.state.allocation)} {...props} />
            ))}
          </ul>
        )}
      </Card>
      <Card title={t('work.allocations')}>
        {!data ? (
          <Loading lines={2} />
        ) : data.allocations.length === 0 ? (
          <Empty title={t('work.noAllocations')} />
        ) : (
          <ul className="rows">
            {data.allocations.map(allocation => (
              <Allocation key={allocation.address} allocation={allocation} {...props} />
            ))}
          </ul>
        )}
      </Card>
    </>
  );
}

export type RequestPhase = 'veto' | 'executable' | 'expired';

export function phaseOf(request: { executableEpoch: bigint; expiryEpoch: bigint }, epoch: bigint): RequestPhase {
  if (epoch < request.executableEpoch) return 'veto';
  return epoch < request.expiryEpoch ? 'executable' : 'expired';
}

function Request({ request, allocation, vault, pool, symbol, decimals }: Props & { request: RequestEntry; allocation: AllocationEntry | undefined }) {
  const t = useWords();
  const { wallet } = useWallet();
  const transact = useTransact();
  const { state } = request;
  const phase = phaseOf(state, pool.moment.epoch);
  const isResolver = wallet?.address === vault.state.resolver;
  const evidence = Array.from(state.evidence as Iterable<number>, byte => byte.toString(16).padStart(2, '0')).join('');
  const veto = () =>
    transact({
      title: t('work.txVeto'),
      build: resolver => vetoSlash(vault, request, resolver),
      done: t('work.txVetoDone'),
    });
  const execute = () =>
    allocation &&
    transact({
      title: t('work.txExecute', { amount: formatAmount(state.amount - state.executed, decimals), symbol }),
      build: () => executeSlash(vault, allocation, request),
      done: t('work.txExecuteDone'),
    });
  return (
    <li className="row" data-request={request.address}>
      <div className="row-main">
        <strong>
          {formatAmount(state.amount, decimals)} {symbol}
        </strong>
        {state.executed > 0n && <span className="small muted">{t('work.executed', { amount: formatAmount(state.executed, decimals) })}</span>}
        {allocation && (
          <span className="small muted">
            {t('work.against')} <AddressText address={allocation.state.operator} /> {t('work.by')} <AddressText address={allocation.state.service} />
          </span>
        )}
        <span className="small muted mono evidence" title={evidence}>
          {t('work.evidence')} {evidence.slice(0, 16)}…
        </span>
      </div>
      <div className="row-end">
        <span className="small">
          {phase === 'veto' && (
            <>
              <Badge tone="warn">{t('work.vetoOpen')}</Badge> <EpochMoment pool={pool} epoch={state.executableEpoch} />
            </>
          )}
          {phase === 'executable' && (
            <>
              <Badge tone="bad">{t('work.executable')}</Badge> {t('work.until')} <EpochMoment pool={pool} epoch={state.expiryEpoch} />
            </>
          )}
          {phase === 'expired' && <Badge>{t('work.expired')}</Badge>}
        </span>
        {phase === 'veto' && isResolver && (
          <button type="button" className="button button-small button-main" onClick={veto}>
            {t('work.veto')}
          </button>
        )}
        {phase === 'executable' && wallet && allocation && (
          <button type="button" className="button button-small" onClick={execute}>
            {t('work.execute')}
          </button>
        )}
      </div>
    </li>
  );
}

function Allocation({ allocation, pool, symbol, decimals }: Props & { allocation: AllocationEntry }) {
  const t = useWords();
  const { state } = allocation;
  const { epoch } = pool.moment;
  const amount = (value: bigint) => `${formatShort(value, 4, decimals)} ${symbol}`;
  return (
    <li className="row row-wide">
      <Facts
        dense
        rows={[
          [t('work.service'), <AddressText key="service" address={state.service} />],
          [t('work.operator'), <AddressText key="operator" address={state.operator} />],
          [t('work.slashable'), amount(state.amount + (epoch >= state.warmFrom ? state.warmingAmount : 0n))],
          epoch < state.warmFrom && state.warmingAmount > 0n && [t('work.warming', { epoch: state.warmFrom }), amount(state.warmingAmount)],
          state.coolingAmount > 0n && [t('work.cooling', { epoch: state.cooledAt }), amount(state.coolingAmount)],
          state.totalSlashed > 0n && [t('work.slashed'), <strong key="slashed">{amount(state.totalSlashed)}</strong>],
          [t('work.beneficiary'), state.beneficiary === SYSTEM ? t('work.burnt') : <AddressText key="beneficiary" address={state.beneficiary} />],
        ]}
      />
    </li>
  );
}
