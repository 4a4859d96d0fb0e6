/** What the reader chose: kept in this browser, sent nowhere. */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';

export type Theme = 'system' | 'light' | 'dark';
export type Language = 'en' | 'zh-CN';
export type Priority = 'none' | 'normal' | 'high';

export interface Settings {
  rpcUrl: string;
  theme: Theme;
  language: Language;
  priority: Priority;
  /** What a price may move between quote and transaction, in basis points. */
  slippageBps: number;
  /** The LST mint of a pool the reader named; empty: the one known on the cluster. */
  mint: string;
}

const KEY = 'sluice.settings';
export const DEFAULT_RPC = 'http://127.0.0.1:8899';

/** The address of an RPC server as the page may call it, or why not. */
export function checkRpcUrl(text: string): { ok: true; url: string } | { ok: false } {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return { ok: false };
  }
  const isLocal = url.hostname === 'localhost' || url.hostname === '127.0.0.1';
  const mayBeCalled = url.protocol === 'https:' || (url.protocol === 'http:' && isLocal);
  return mayBeCalled && !url.username && !url.hash ? { ok: true, url: url.href.replace(/\/$/, '') } : { ok: false };
}

function defaults(): Settings {
  const language = navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
  return { rpcUrl: DEFAULT_RPC, theme: 'system', language, priority: 'normal', slippageBps: 10, mint: '' };
}

function read(): Settings {
  const settings = defaults();
  let stored: Partial<Settings> = {};
  try {
    stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>;
  } catch {
    // Not ours, or damaged: the defaults do.
  }
  const url = typeof stored.rpcUrl === 'string' ? checkRpcUrl(stored.rpcUrl) : { ok: false as const };
  if (url.ok) settings.rpcUrl = url.url;
  if (stored.theme === 'light' || stored.theme === 'dark') settings.theme = stored.theme;
  if (stored.language === 'en' || stored.language === 'zh-CN') settings.language = stored.language;
  if (stored.priority === 'none' || stored.priority === 'high') settings.priority = stored.priority;
  if (Number.isInteger(stored.slippageBps) && stored.slippageBps! >= 0 && stored.slippageBps! <= 500) settings.slippageBps = stored.slippageBps!;
  if (typeof stored.mint === 'string') settings.mint = stored.mint;
  return settings;
}

interface Held {
  settings: Settings;
  change: (part: Partial<Settings>) => void;
}

const Context = createContext<Held | null>(null);

export function SettingsProvider({ children }: { children: ReactNode }) {
  const [settings, setSettings] = useState(read);
  const change = useCallback((part: Partial<Settings>) => {
    setSettings(before => {
      const after = { ...before, ...part };
      localStorage.setItem(KEY, JSON.stringify(after));
      return after;
    });
  }, []);
  useTheme(settings.theme);
  useEffect(() => {
    document.documentElement.lang = settings.language;
  }, [settings.language]);
  return <Context value={useMemo(() => ({ settings, change }), [settings, change])}>{children}</Context>;
}

export function useSettings(): Held {
  const held = useContext(Context);
  if (!held) throw new Error('useSettings outside of SettingsProvider');
  return held;
}

function useTheme(theme: Theme) {
  useEffect(() => {
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const apply = () => {
      document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
    };
    apply();
    dark.addEventListener('change', apply);
    return () => dark.removeEventListener('change', apply);
  }, [theme]);
}
