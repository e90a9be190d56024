import type { HostBody, InstanceBody } from '@ferry/api';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { launch, signIn, watchedPage } from './browser.ts';
import { PlayFleet } from './play-fleet.ts';

const hosts = 1_000;
const instances = 20_000;
/** Rows that a browser has at once, whatever there is: those in sight, and a few beside them. */
const mostRows = 80;

/** Measures, in the page, how long frames take while it is scrolled from its top to its end. */
const scrollThrough = `new Promise((resolve) => {
  const box = document.querySelector('[role="rowgroup"]');
  const frames = [];
  let last = performance.now();
  const step = (now) => {
    frames.push(now - last);
    last = now;
    box.scrollTop += 1700;
    if (frames.length < 180) requestAnimationFrame(step);
    else resolve(frames.slice(1).sort((one, other) => one - other));
  };
  requestAnimationFrame(step);
})`;

/**
 * Has the two long lists of the API answered as a controller with so much would: entries as a real one tells them, in its
 * pages. So the page is measured, and not how long a simulation of a thousand hosts takes in the same process.
 */
async function answerLargely(page: Page, fleet: PlayFleet): Promise<void> {
  const [host] = await fleet.client().hosts();
  const [instance] = await fleet.client().instances();
  if (host === undefined || instance === undefined) throw new Error('the fleet is empty');
  const manyHosts = Array.from({ length: hosts }, (_, at): HostBody => {
    const number = at + 1;
    return { ...host, id: `host-${number}`, name: `compute${number}`, zone: `zone${number % 8}` };
  });
  const many = Array.from({ length: instances }, (_, at): InstanceBody => {
    const number = at + 1;
    return {
      ...instance,
      id: `instance-${number}`,
      name: `web${number}`,
      hostId: `host-${(at % hosts) + 1}`,
    };
  });
  await page.route(/\/ferry\/v1\/hosts\?/, (route) =>
    route.fulfill({ json: { hosts: manyHosts, next: null } }),
  );
  await page.route(/\/ferry\/v1\/instances\?/, (route) => {
    const marker = new URL(route.request().url()).searchParams.get('marker');
    const begin = marker === null ? 0 : Number(marker.replace('instance-', ''));
    const part = many.slice(begin, begin + 1_000);
    const next = begin + 1_000 >= instances ? null : (part.at(-1)?.id ?? null);
    return route.fulfill({ json: { instances: part, next } });
  });
}

test('a thousand hosts with twenty thousand instances are looked through and searched', {
  tags: ['thorough'],
}, async () => {
  await using fleet = await PlayFleet.open({ hosts: 1, guestsPerHost: 2 });
  const browser = await launch();
  const { page, errors } = await watchedPage(browser, fleet.url);
  await answerLargely(page, fleet);
  await page.goto(fleet.url);
  const begin = performance.now();
  await signIn(page, 'admin', fleet.password);
  await page.getByRole('row', { name: / compute8 / }).waitFor();
  const firstRows = performance.now() - begin;
  await page.getByText(`${instances} instances`).first().waitFor({ timeout: 120_000 });
  const all = performance.now() - begin;
  await page.getByRole('button', { name: 'Expand all' }).click();
  await expect
    .poll(() => page.getByRole('treegrid').getAttribute('aria-rowcount'), { timeout: 60_000 })
    .toBe(String(hosts + instances + 8 + 1));
  const frames = await page.evaluate<number[]>(scrollThrough);
  expect(await page.getByRole('row').count()).toBeLessThan(mostRows);
  const typed = performance.now();
  await page.getByLabel('Search names and ids').pressSequentially('web19999');
  const echoed = performance.now() - typed;
  await page.getByRole('row', { name: /^web19999 / }).waitFor();
  const found = performance.now() - typed;
  await browser.close();
  const at = (share: number): string => (frames[Math.floor(frames.length * share)] ?? 0).toFixed(1);
  process.stdout.write(
    `first rows ${firstRows.toFixed(0)} ms, all ${all.toFixed(0)} ms; frames while scrolling: median ${at(0.5)} ms, p95 ${at(0.95)} ms; eight keys ${echoed.toFixed(0)} ms, found ${found.toFixed(0)} ms\n`,
  );
  expect(errors).toEqual([]);
});
