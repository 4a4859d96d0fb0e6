import type { Page } from '@playwright/test';
import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, open, test } from './fixtures';
import { crowded } from './world/crowd';

const DIST = resolve(import.meta.dirname, '../dist');
const KILOBYTE = 1_000;

test('the first page is there with less than 300 KB', async ({ page, world }) => {
  const loaded: string[] = [];
  page.on('request', request => {
    const { host, pathname } = new URL(request.url());
    if (host === new URL(world.world.pages).host) loaded.push(pathname);
  });
  await open(page, world, 'stake', { burner: true });
  await expect(page.getByLabel('Amount to stake')).toBeVisible();
  await page.waitForLoadState('networkidle');
  const bytes = [...new Set(loaded)].map(path => {
    const file = readFileSync(resolve(DIST, `.${path === '/' ? '/index.html' : path}`));
    return { path, size: path.endsWith('.woff2') ? file.length : gzipSync(file).length };
  });
  const whole = bytes.reduce((sum, { size }) => sum + size, 0);
  expect(whole, JSON.stringify(bytes, null, 1)).toBeLessThan(300 * KILOBYTE);
  expect(loaded.some(path => path.includes('RateChart'))).toBe(false);
});

test('no file of the build carries an inline script or another host', () => {
  const html = readFileSync(resolve(DIST, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
  expect(html).not.toMatch(/(?:src|href)="https?:/);
  expect(html).toContain("script-src 'self' 'wasm-unsafe-eval'");
  for (const file of readdirSync(resolve(DIST, 'assets')).filter(name => name.endsWith('.css'))) {
    expect(readFileSync(resolve(DIST, 'assets', file), 'utf8')).not.toMatch(/url\(["']?https?:/);
  }
});

/** So long a scroll is that the lists are fetched anew while it goes on: the page does so every twelve seconds. */
const SCROLL_MS = 15_000;

/** Scrolls through thousands of rows, down and up; how long the page's tasks kept its thread, in milliseconds, and what it observed of long ones. */
async function scrollThrough(page: Page): Promise<{ tasks: number[]; observed: number[] }> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  const observed = await page.evaluate(async lasting => {
    const long: number[] = [];
    const observer = new PerformanceObserver(list => long.push(...list.getEntries().map(({ duration }) => Math.round(duration))));
    observer.observe({ type: 'longtask' });
    const scroller = document.querySelector('.grid-scroll')!;
    let by = 430;
    for (const end = performance.now() + lasting; performance.now() < end; ) {
      const before = scroller.scrollTop;
      scroller.scrollTop += by;
      if (scroller.scrollTop === before) by = -by;
      await new Promise(requestAnimationFrame);
    }
    await new Promise(done => setTimeout(done, 100));
    observer.disconnect();
    return long;
  }, SCROLL_MS);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid}.${tid}`));
  const tasks = traceEvents.filter(({ name, pid, tid }) => /RunTask/.test(name) && mains.has(`${pid}.${tid}`)).map(({ tdur = 0 }) => tdur / 1_000);
  return { tasks, observed };
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of the thread's own time. */
  tdur?: number;
  args?: { name?: string };
}

test('five thousand validators are scrolled through without a long task', async ({ page, world }) => {
  const server = await crowded(world.chain, world.world.pool, 5_000);
  try {
    await open(page, world, 'validators', { rpc: server.url });
    await expect(page.getByText('5,000 shown')).toBeVisible({ timeout: 60_000 });
    const rows = page.locator('[role=rowgroup] [role=row]');
    // Only what is in sight exists.
    expect(await rows.count()).toBeLessThan(60);
    await page.waitForTimeout(1_000);
    let lists = 0;
    page.on('request', request => {
      if (/"getAccountInfo"/.test(request.postData() ?? '')) lists += 1;
    });
    const { tasks, observed } = await scrollThrough(page);
    // The pool's list and the selection's registry came anew while it was scrolled.
    expect(lists).toBeGreaterThanOrEqual(2);
    expect(tasks.length, 'the trace has the page’s tasks').toBeGreaterThan(100);
    expect(tasks.filter(milliseconds => milliseconds > 50)).toEqual([]);
    // What the page itself can observe is time by the clock on the wall: on a busy machine the work of others is in it.
    test.info().annotations.push({ type: 'long tasks by the wall clock, ms', description: observed.join(' ') || 'none' });
    await page.locator('.grid-scroll').evaluate(element => element.scrollTo(0, element.scrollHeight));
    await expect(page.locator('[aria-rowindex="5001"]')).toBeVisible();
    await page.getByRole('searchbox').fill('At the cap');
    await expect(page.getByText('5,000 shown')).toBeHidden();
  } finally {
    server.stop();
  }
});
