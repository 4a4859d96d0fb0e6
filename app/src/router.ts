/** Where the reader is, by the address's fragment: pages work on any static host, and nothing is sent to it. */
import { useSyncExternalStore } from 'react';

export type Route =
  | { page: 'stake' | 'unstake' | 'portfolio' | 'validators' | 'restake' | 'status' | 'settings' }
  | { page: 'validator'; vote: string }
  | { page: 'vault'; vault: string }
  | { page: 'unknown'; path: string };

const PAGES = ['stake', 'unstake', 'portfolio', 'validators', 'restake', 'status', 'settings'] as const;
const ADDRESS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#\/?/, '').replace(/\?.*$/, '').replace(/\/$/, '');
  if (path === '') return { page: 'stake' };
  const [first, second, ...rest] = path.split('/');
  const page = PAGES.find(known => known === first);
  if (page && second === undefined) return { page };
  if (second && ADDRESS.test(second) && rest.length === 0) {
    if (first === 'validators') return { page: 'validator', vote: second };
    if (first === 'restake') return { page: 'vault', vault: second };
  }
  return { page: 'unknown', path };
}

const subscribe = (changed: () => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}

/** Parameters behind the fragment's question mark. */
export function routeParameters(hash: string): URLSearchParams {
  return new URLSearchParams(hash.split('?')[1] ?? '');
}
