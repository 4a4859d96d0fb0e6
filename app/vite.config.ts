import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The development server injects scripts and styles of its own, which the page's policy rightly refuses: there, and only there, it goes. */
const policyOnlyWhenBuilt: Plugin = {
  name: 'policy-only-when-built',
  apply: 'serve',
  transformIndexHtml: html => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
};

export default defineConfig({
  plugins: [react(), policyOnlyWhenBuilt],
  base: './',
  // The SDK beside us has a copy of its own to be built with.
  resolve: { dedupe: ['@solana/kit'] },
  build: {
    target: 'es2022',
    // A data: URL would need a wider policy for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  test: { include: ['src/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0]);
