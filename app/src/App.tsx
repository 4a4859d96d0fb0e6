/** Which page is shown. Each comes when it is first looked at. */
import { lazy, Suspense, useEffect } from 'react';
import { useWords } from './i18n';
import { useRoute } from './router';
import { Empty, Loading } from './ui/basics';
import { ErrorBoundary } from './ui/ErrorBoundary';
import { Shell } from './ui/Shell';

const Stake = lazy(() => import('./pages/Stake'));
const Unstake = lazy(() => import('./pages/Unstake'));
const Portfolio = lazy(() => import('./pages/Portfolio'));
const Validators = lazy(() => import('./pages/Validators'));
const Validator = lazy(() => import('./pages/Validator'));
const Restake = lazy(() => import('./pages/Restake'));
const Vault = lazy(() => import('./pages/Vault'));
const Status = lazy(() => import('./pages/Status'));
const Settings = lazy(() => import('./pages/Settings'));

export function App() {
  const t = useWords();
  const route = useRoute();
  useEffect(() => {
    const name = route.page === 'unknown' ? t('nav.unknown') : t(`title.${route.page}`);
    document.title = `${name} · Sluice`;
  }, [route, t]);
  return (
    <Shell route={route}>
      <ErrorBoundary key={JSON.stringify(route)}>
        <Suspense fallback={<Loading lines={8} />}>
          {route.page === 'stake' && <Stake />}
          {route.page === 'unstake' && <Unstake />}
          {route.page === 'portfolio' && <Portfolio />}
          {route.page === 'validators' && <Validators />}
          {route.page === 'validator' && <Validator vote={route.vote} />}
          {route.page === 'restake' && <Restake />}
          {route.page === 'vault' && <Vault address={route.vault} />}
          {route.page === 'status' && <Status />}
          {route.page === 'settings' && <Settings />}
          {route.page === 'unknown' && (
            <Empty title={t('nav.unknown')}>
              <a href="#/stake">{t('nav.home')}</a>
            </Empty>
          )}
        </Suspense>
      </ErrorBoundary>
    </Shell>
  );
}
