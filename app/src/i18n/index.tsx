/** The page's words. English is part of the first load; Chinese comes when it is asked for. */
import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from 'react';
import { useSettings } from '../settings';
import { en, type Key } from './en';
import { fill, type Parameters } from './fill';

type Words = Record<Key, string>;
export type Translate = (key: Key, parameters?: Parameters) => string;

const Context = createContext<Translate>(key => en[key]);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const { language } = useSettings().settings;
  const [chinese, setChinese] = useState<Words | null>(null);
  useEffect(() => {
    if (language === 'zh-CN' && !chinese) void import('./zh').then(({ zh }) => setChinese(zh));
  }, [language, chinese]);
  const words = language === 'zh-CN' ? chinese : en;
  const translate = useCallback<Translate>((key, parameters) => fill((words ?? en)[key], parameters), [words]);
  if (!words) return null;
  return <Context value={translate}>{children}</Context>;
}

export function useWords(): Translate {
  return useContext(Context);
}
