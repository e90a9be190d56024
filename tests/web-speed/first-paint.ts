import type { Browser } from 'playwright-core';
import { signIn, watchedPage } from '../web/browser.ts';
import type { PlayFleet } from '../web/play-fleet.ts';

/** How fast the fleet is there for somebody who is signed in and has nothing of the page yet; milliseconds since it was asked for. */
export interface FirstPaint {
  /** The largest thing of the page was painted, as browsers count it. */
  readonly largestMs: number;
  /** The first hosts were there. */
  readonly hostsMs: number;
  /** The summary counted all instances. */
  readonly allMs: number;
}

/** Written into the page before its own scripts: when each was seen first. */
const watch = `
  window.seen = {};
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.seen.largest = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  const look = () => {
    if (document.querySelector('[role="row"][aria-level="2"]') !== null) window.seen.hosts ??= performance.now();
    if (document.body?.innerText.includes(window.awaited ?? '-')) window.seen.all ??= performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
`;

const untilAll = `new Promise((resolve) => {
  const look = () => (window.seen.all === undefined ? requestAnimationFrame(look) : resolve());
  look();
})`;

/** Opens the fleet in a browser that has never seen it, with the session of a sign-in. */
export async function firstPaint(browser: Browser, fleet: PlayFleet, instances: number): Promise<FirstPaint> {
  const before = await watchedPage(browser, fleet.url);
  await before.page.goto(fleet.url);
  await signIn(before.page, 'admin', fleet.password);
  const storageState = await before.page.context().storageState();
  await before.page.context().close();
  const { page } = await watchedPage(browser, fleet.url, { storageState });
  await page.addInitScript(`window.awaited = ${JSON.stringify(`${instances} instances`)};${watch}`);
  await page.goto(`${fleet.url}/fleet`);
  await page.evaluate(untilAll);
  // What is painted last is told a moment later.
  await page.waitForTimeout(500);
  const { largest, hosts, all } =
    await page.evaluate<Record<'largest' | 'hosts' | 'all', number>>('window.seen');
  await page.context().close();
  return { largestMs: largest, hostsMs: hosts, allMs: all };
}
