/** What is around every page: where to go, which cluster this is, whose wallet, and what is wrong at the moment. */
import { useEffect, useRef, type ReactNode } from 'react';
import { useChain } from '../chain/context';
import { useWords } from '../i18n';
import type { Key } from '../i18n/en';
import type { Route } from '../router';
import { useWallet } from '../wallet/context';
import { Notice } from './basics';
import { explain, httpStatus } from './explain';
import { Icon, Mark, type IconName } from './icons';
import { WalletMenu } from './WalletMenu';

const PAGES: readonly { page: Route['page']; icon: IconName; label: Key }[] = [
  { page: 'stake', icon: 'stake', label: 'nav.stake' },
  { page: 'unstake', icon: 'unstake', label: 'nav.unstake' },
  { page: 'portfolio', icon: 'portfolio', label: 'nav.portfolio' },
  { page: 'validators', icon: 'validators', label: 'nav.validators' },
  { page: 'restake', icon: 'restake', label: 'nav.restake' },
  { page: 'status', icon: 'status', label: 'nav.status' },
];

const isWithin = (route: Route, page: Route['page']) =>
  route.page === page || (route.page === 'validator' && page === 'validators') || (route.page === 'vault' && page === 'restake');

export function Shell({ route, children }: { route: Route; children: ReactNode }) {
  const t = useWords();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(JSON.stringify(route));
  // A page that changes under a screen reader has to say so: its heading gets the focus.
  useEffect(() => {
    const now = JSON.stringify(route);
    if (now === shown.current) return;
    shown.current = now;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [route]);
  return (
    <>
      <a className="skip" href="#main" onClick={event => (event.preventDefault(), main.current?.focus())}>
        {t('nav.skip')}
      </a>
      <header className="top">
        <div className="top-row">
          <a className="brand" href="#/stake" aria-label={t('nav.home')}>
            <Mark />
            <span>Sluice</span>
          </a>
          <nav className="nav" aria-label={t('nav.label')}>
            {PAGES.map(({ page, icon, label }) => (
              <a key={page} href={`#/${page}`} aria-current={isWithin(route, page) ? 'page' : undefined}>
                <Icon name={icon} />
                <span>{t(label)}</span>
              </a>
            ))}
          </nav>
          <div className="top-end">
            <ClusterBadge />
            <a className="icon-button" href="#/settings" aria-label={t('nav.settings')} aria-current={route.page === 'settings' ? 'page' : undefined}>
              <Icon name="settings" />
            </a>
            <WalletMenu />
          </div>
        </div>
      </header>
      <Troubles />
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <footer className="foot">
        <p>{t('foot.audit')}</p>
        <p>{t('foot.private')}</p>
      </footer>
    </>
  );
}

function ClusterBadge() {
  const t = useWords();
  const { cluster, isDown } = useChain();
  const kind = cluster?.kind;
  const tone = isDown || kind === 'unknown' ? 'bad' : kind === 'mainnet' ? 'good' : 'plain';
  return (
    <a className={`cluster cluster-${tone}`} href="#/settings" title={cluster?.genesis}>
      <span className="cluster-dot" aria-hidden="true" />
      <span className="visually-hidden">{t('cluster.label')}</span>
      {isDown ? t('cluster.down') : kind ? t(`cluster.${kind}`) : t('cluster.connecting')}
    </a>
  );
}

/** What the reader has to know before doing anything. */
function Troubles() {
  const t = useWords();
  const { cluster, isDown, downError, retry, url } = useChain();
  const { wallet } = useWallet();
  const isForeign = wallet && cluster && cluster.kind !== 'unknown' && !wallet.supports(cluster.chain);
  return (
    <div className="troubles" aria-live="polite">
      {isDown && (
        <Notice
          tone="bad"
          title={httpStatus(downError) === null ? t('trouble.down', { host: hostOf(url) }) : explain(t, downError).title}
          action={
            <button type="button" className="button button-small" onClick={retry}>
              {t('common.retry')}
            </button>
          }
        >
          {t('trouble.downTodo')}
        </Notice>
      )}
      {cluster?.kind === 'unknown' && (
        <Notice tone="bad" title={t('trouble.unknown')}>
          {t('trouble.unknownTodo', { genesis: cluster.genesis })}
        </Notice>
      )}
      {isForeign && (
        <Notice tone="warn" title={t('trouble.wallet', { wallet: wallet.name, cluster: t(`cluster.${cluster.kind}`) })}>
          {t('trouble.walletTodo')}
        </Notice>
      )}
    </div>
  );
}

export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
