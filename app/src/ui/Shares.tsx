/** Restaked shares of the wallet, vault by vault, in one line each. */
import { useTokens } from '../chain/balances';
import type { Snapshot } from '../chain/pool';
import { quote } from '../chain/quotes';
import { collateralOf, hasJunior, sharesOf, useVaults, useVaultTickets, type VaultEntry } from '../chain/vaults';
import { useWords } from '../i18n';
import { formatAmount, formatShort, mulDiv } from '../lib/amount';
import { Card, Empty, Loading } from './basics';

export function Shares({ pool }: { pool: Snapshot }) {
  const t = useWords();
  const { data: vaults } = useVaults();
  const { data: tokens } = useTokens();
  const { data: tickets } = useVaultTickets();
  if (!vaults || !tokens) {
    return (
      <Card title={t('shares.title')}>
        <Loading lines={2} />
      </Card>
    );
  }
  const lines = vaults.flatMap(vault =>
    [false, ...(hasJunior(vault.state) ? [true] : [])].map(isJunior => {
      const { symbol, mint, decimals } = sharesOf(vault.state, pool, isJunior);
      const held = tokens.filter(token => token.mint === mint).reduce((sum, { amount }) => sum + amount, 0n);
      const waiting = (tickets ?? []).filter(ticket => ticket.vault === vault.address && ticket.junior === isJunior).reduce((sum, { vrtAmount }) => sum + vrtAmount, 0n);
      return { vault, symbol, decimals, held, waiting, worth: worthOf(vault, pool, held + waiting, isJunior) };
    }),
  );
  const shown = lines.filter(({ held, waiting }) => held > 0n || waiting > 0n);
  return (
    <Card title={t('shares.title')}>
      {shown.length === 0 ? (
        <Empty title={t('shares.none')}>
          <a href="#/restake">{t('shares.go')}</a>
        </Empty>
      ) : (
        <ul className="rows">
          {shown.map(({ vault, symbol, decimals, held, waiting, worth }) => (
            <li className="row" key={symbol + vault.address}>
              <div className="row-main">
                <strong>
                  {formatAmount(held, decimals)} {symbol}
                </strong>
                {waiting > 0n && <span className="small muted">{t('shares.waiting', { amount: formatShort(waiting, 4, decimals) })}</span>}
              </div>
              <div className="row-end">
                <span>
                  {worth === null ? '–' : formatAmount(worth, decimals)} {collateralOf(vault.state, pool).symbol}
                </span>
                <a className="button button-small" href={`#/restake/${vault.address}`}>
                  {t('shares.open')}
                </a>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** What shares are worth in collateral, with all rewards that are due. */
export function worthOf(vault: VaultEntry, pool: Snapshot, shares: bigint, isJunior: boolean): bigint | null {
  const price = quote.attempt(() => quote.vaultPrice(quote.vault(vault.state), pool.moment));
  if (!price.ok) return null;
  const { assets, supply, juniorAssets, juniorSupply } = price.value;
  return isJunior ? mulDiv(shares, juniorAssets, juniorSupply) : mulDiv(shares, assets, supply);
}
