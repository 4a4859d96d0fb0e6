import { defineConfig } from '@playwright/test';
import { CHROMIUM } from './tests/chromium';

export default defineConfig({
  testDir: 'tests',
  testMatch: '*.spec.ts',
  globalSetup: './tests/global-setup.ts',
  // One chain for all: its epochs are everybody's.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: { launchOptions: CHROMIUM, viewport: { width: 1280, height: 900 }, trace: 'retain-on-failure', actionTimeout: 20_000 },
});
