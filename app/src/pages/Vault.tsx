/** One vault: in, out, what it promised to whom, who accuses whom, and what happened. */
import { useState } from 'react';
import { isAddress, type Address } from '@solana/kit';
import { useFeed } from '../chain/events';
import type { Snapshot } from '../chain/pool';
import { quote } from '../chain/quotes';
import { collateralOf, hasJunior, useVaults, type VaultEntry } from '../chain/vaults';
import { useVaultYield } from '../chain/vaultYield';
import { useWords } from '../i18n';
import { formatAmount, formatBps, formatShort, formatYield, ratio } from '../lib/amount';
import { AddressText, Badge, Card, Empty, Facts, Gauge, Loading, Notice, Segmented, Stat } from '../ui/basics';
import { Feed } from '../ui/Feed';
import { WithPool } from '../ui/pool';
import { VaultForms } from '../ui/VaultForms';
import { VaultTickets } from '../ui/VaultTickets';
import { VaultWork } from '../ui/VaultWork';
import { NO_LIMIT, riskOf } from './Restake';

export default function Vault({ address }: { address: string }) {
  return <WithPool>{pool => <Found pool={pool} address={address} />}</WithPool>;
}

function Found({ pool, address }: { pool: Snapshot; address: string }) {
  const t = useWords();
  const { data: vaults } = useVaults();
  if (!vaults) {
    return (
      <Card>
        <Loading lines={6} />
      </Card>
    );
  }
  const vault = isAddress(address) ? vaults.find(known => known.address === address) : undefined;
  if (!vault) {
    return (
      <Empty title={t('vault.missing')}>
        <a href="#/restake">{t('vault.back')}</a>
      </Empty>
    );
  }
  return <Page vault={vault} pool={pool} />;
}

function Page({ vault, pool }: { vault: VaultEntry; pool: Snapshot }) {
  const t = useWords();
  const [tranche, setTranche] = useState<'senior' | 'junior'>('senior');
  const { state } = vault;
  const { symbol, decimals } = collateralOf(state, pool);
  const isJunior = tranche === 'junior';
  return (
    <>
      <header className="page-head">
        <p className="crumb">
          <a href="#/restake">{t('vault.back')}</a>
        </p>
        <h1>{t('restake.vaultOf', { symbol })}</h1>
        <p className="lead">
          <AddressText address={vault.address} />
        </p>
      </header>
      <div className="stack">
        <Overview vault={vault} pool={pool} />
        <div className="columns">
          <Card className="action" title={t('vault.yours')}>
            {hasJunior(state) && (
              <Segmented
                legend={t('vault.tranche')}
                value={tranche}
                onChange={setTranche}
                choices={[
                  { value: 'senior', label: t('vault.senior') },
                  { value: 'junior', label: t('vault.junior') },
                ]}
              />
            )}
            {hasJunior(state) && <p className="small muted">{t(isJunior ? 'vault.juniorNote' : 'vault.seniorNote', { premium: formatBps(state.premiumBps) })}</p>}
            <VaultForms vault={vault} pool={pool} isJunior={isJunior} key={tranche} />
          </Card>
          <Risk vault={vault} pool={pool} />
        </div>
        <VaultTickets vault={vault} pool={pool} />
        <VaultWork vault={vault} pool={pool} symbol={symbol} decimals={decimals} />
        <History vault={vault.address} />
      </div>
    </>
  );
}

function Overview({ vault, pool }: { vault: VaultEntry; pool: Snapshot }) {
  const t = useWords();
  const earned = useVaultYield(vault, pool);
  const { symbol, decimals } = collateralOf(vault.state, pool);
  const price = quote.attempt(() => quote.vaultPrice(quote.vault(vault.state), pool.moment));
  return (
    <Card className="worth">
      <div className="stats">
        <Stat label={t('restake.holds')} note={symbol}>
          {formatShort(vault.state.assets + vault.state.juniorAssets, 2, decimals)}
        </Stat>
        <Stat label={t('vault.price')} note={symbol}>
          {price.ok ? formatAmount(price.value.price) : '–'}
        </Stat>
        {hasJunior(vault.state) && (
          <Stat label={t('vault.juniorPrice')} note={symbol}>
            {price.ok ? formatAmount(price.value.juniorPrice) : '–'}
          </Stat>
        )}
        <Stat label={t('restake.apy')} note={t('vault.apyNote')}>
          {earned ? formatYield(earned.apr) : '–'}
        </Stat>
        <Stat label={t('vault.streaming')} note={symbol}>
          {price.ok ? formatShort(price.value.lockedRewards, 4, decimals) : '–'}
        </Stat>
      </div>
    </Card>
  );
}

function Risk({ vault, pool }: { vault: VaultEntry; pool: Snapshot }) {
  const t = useWords();
  const { state } = vault;
  const { symbol, decimals } = collateralOf(state, pool);
  const risk = riskOf(vault, pool);
  if (!risk.ok) return <Notice tone="warn" title={risk.says} />;
  const { total, exposed, promised, capLeft, most, room } = risk.value;
  const amount = (value: bigint) => `${formatShort(value, 4, decimals)} ${symbol}`;
  return (
    <Card title={t('vault.risk')} tone="sunken" aside={state.shielded === 1 ? <Badge tone="good">{t('restake.shielded')}</Badge> : undefined}>
      <p className="small muted">{t(state.shielded === 1 ? 'vault.riskShielded' : 'vault.riskPlain')}</p>
      <Facts
        rows={[
          [t('vault.most'), <strong key="most">{amount(most)}</strong>],
          [t('vault.exposed'), amount(exposed)],
          [t('restake.promised'), amount(promised)],
          [t('vault.capLeft', { cap: formatBps(state.slashCapBps) }), amount(capLeft)],
          [t('restake.room'), room >= NO_LIMIT ? t('restake.noLimit') : amount(room)],
          [t('restake.cooldown'), t('restake.epochs', { count: state.cooldownEpochs })],
          [t('vault.veto'), t('restake.epochs', { count: state.vetoEpochs })],
          [t('vault.fee'), formatBps(state.feeBps)],
          state.nextFeeEpoch > 0n && [t('vault.nextFee', { epoch: state.nextFeeEpoch }), formatBps(state.nextFeeBps)],
          [t('vault.resolver'), <AddressText key="resolver" address={state.resolver} />],
        ]}
      />
      <Gauge value={ratio(most, total)} label={t('vault.most')} tone="warn" />
    </Card>
  );
}

function History({ vault }: { vault: Address }) {
  const t = useWords();
  const { data } = useFeed([vault]);
  return (
    <Card title={t('vault.history')}>
      <Feed feed={data} />
    </Card>
  );
}
