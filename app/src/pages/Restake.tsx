/** Vaults: what they earn, what can be taken, how much more they hold; and who runs what for whom. */
import type { Snapshot } from '../chain/pool';
import { quote, type Quoted } from '../chain/quotes';
import { collateralOf, hasJunior, sharesOf, useRegistry, useVaults, type VaultEntry } from '../chain/vaults';
import { useVaultYield } from '../chain/vaultYield';
import { useWords } from '../i18n';
import { formatBps, formatShort, formatYield, ratio } from '../lib/amount';
import { AddressText, Badge, Card, Empty, Facts, Gauge, Loading } from '../ui/basics';
import { WithPool, apyOf } from '../ui/pool';
import { Shares } from '../ui/Shares';
import { useWallet } from '../wallet/context';

export default function Restake() {
  const t = useWords();
  const { wallet } = useWallet();
  return (
    <>
      <header className="page-head">
        <h1>{t('restake.title')}</h1>
        <p className="lead">{t('restake.lead')}</p>
      </header>
      <WithPool>
        {pool => (
          <div className="stack">
            <Vaults pool={pool} />
            {wallet && <Shares pool={pool} />}
            <Registry />
          </div>
        )}
      </WithPool>
    </>
  );
}

function Vaults({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { data: vaults } = useVaults();
  if (!vaults) {
    return (
      <Card>
        <Loading lines={5} />
      </Card>
    );
  }
  if (vaults.length === 0) return <Empty title={t('restake.none')}>{t('restake.noneNote')}</Empty>;
  return (
    <div className="vaults">
      {vaults.map(vault => (
        <VaultCard key={vault.address} vault={vault} pool={pool} />
      ))}
    </div>
  );
}

/** More than that is no limit anybody set. */
export const NO_LIMIT = 1n << 62n;

export function riskOf(vault: VaultEntry, pool: Snapshot): Quoted<ReturnType<typeof quote.vaultRisk>> {
  return quote.attempt(() => quote.vaultRisk(quote.vault(vault.state), pool.quoted, pool.moment));
}

function VaultCard({ vault, pool }: { vault: VaultEntry; pool: Snapshot }) {
  const t = useWords();
  const { state } = vault;
  const { symbol, decimals } = collateralOf(state, pool);
  const risk = riskOf(vault, pool);
  const earned = useVaultYield(vault, pool);
  const base = apyOf(pool, 10);
  const total = state.assets + state.juniorAssets;
  const isPaused = pool.moment.epoch < state.pausedUntilEpoch;
  return (
    <Card
      className="vault"
      title={t('restake.vaultOf', { symbol })}
      aside={
        <span className="badges">
          {state.shielded === 1 && <Badge tone="good">{t('restake.shielded')}</Badge>}
          {hasJunior(state) && <Badge>{t('restake.tranches')}</Badge>}
          {isPaused && <Badge tone="bad">{t('pool.paused')}</Badge>}
        </span>
      }
    >
      <Facts
        rows={[
          [t('restake.apy'), earned ? formatYield(earned.apr) : '–'],
          [t('restake.baseApy'), base && symbol === 'slSOL' ? formatYield(base.apy) : '–'],
          [t('restake.holds'), `${formatShort(total, 2, decimals)} ${symbol}`],
          [t('restake.atRisk'), risk.ok ? `${formatShort(risk.value.most, 2, decimals)} ${symbol}` : '–'],
          [t('restake.cap'), formatBps(state.slashCapBps)],
          [t('restake.room'), risk.ok ? (risk.value.room >= NO_LIMIT ? t('restake.noLimit') : `${formatShort(risk.value.room, 2, decimals)} ${symbol}`) : '–'],
          [t('vault.address'), <AddressText key="address" address={vault.address} />],
          [t('restake.cooldown'), t('restake.epochs', { count: state.cooldownEpochs })],
        ]}
      />
      <div>
        <div className="epoch-text small">
          <span>{t('restake.promised')}</span>
          <span className="muted">
            {formatShort(state.totalAllocated, 2, decimals)} / {formatShort(total, 2, decimals)}
          </span>
        </div>
        <Gauge value={ratio(state.totalAllocated, total)} label={t('restake.promised')} tone="warn" />
      </div>
      <a className="button button-main button-wide" href={`#/restake/${vault.address}`}>
        {t('restake.open', { shares: sharesOf(state, pool, false).symbol })}
      </a>
    </Card>
  );
}

function Registry() {
  const t = useWords();
  const { data } = useRegistry();
  const list = (title: string, entries: { address: string; base: string; fee?: number }[] | undefined) => (
    <Card title={title} tone="sunken">
      {!entries ? (
        <Loading lines={2} />
      ) : entries.length === 0 ? (
        <Empty title={t('restake.nobody')} />
      ) : (
        <ul className="rows">
          {entries.map(({ address, fee }) => (
            <li className="row" key={address}>
              <AddressText address={address} />
              {fee !== undefined && <span className="small muted">{t('restake.operatorFee', { fee: formatBps(fee) })}</span>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
  return (
    <div className="columns columns-even">
      {list(t('restake.services'), data?.services.map(({ address, data: { base } }) => ({ address, base })))}
      {list(t('restake.operators'), data?.operators.map(({ address, data: { base, feeBps } }) => ({ address, base, fee: feeBps })))}
    </div>
  );
}
