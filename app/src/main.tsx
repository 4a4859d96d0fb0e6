import '@fontsource-variable/instrument-sans/wght.css';
import './ui/tokens.css';
import './ui/base.css';
import './ui/components.css';
import './ui/forms.css';
import './ui/dialogs.css';
import './ui/shell.css';
import './ui/pages.css';
import './ui/grid.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { ChainProvider } from './chain/context';
import { LanguageProvider } from './i18n';
import { SettingsProvider } from './settings';
import { TransactionProvider } from './ui/Transaction';
import { WalletProvider } from './wallet/context';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The chosen server may be on this machine: being offline is no reason not to ask.
      networkMode: 'always',
      retry: 1,
      retryDelay: 800,
      staleTime: 1_000,
      refetchOnWindowFocus: true,
    },
  },
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <SettingsProvider>
        <LanguageProvider>
          <ChainProvider>
            <WalletProvider>
              <TransactionProvider>
                <App />
              </TransactionProvider>
            </WalletProvider>
          </ChainProvider>
        </LanguageProvider>
      </SettingsProvider>
    </QueryClientProvider>
  </StrictMode>,
);
