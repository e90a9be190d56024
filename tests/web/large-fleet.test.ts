import { expect, test } from 'vitest';
import { launch, signIn, watchedPage } from './browser.ts';
import { answerLargely, scrollThrough } from './large-answers.ts';
import { PlayFleet } from './play-fleet.ts';

const hosts = 1_000;
const instances = 20_000;
/** Rows that a browser has at once, whatever there is: those in sight, and a few beside them. */
const mostRows = 80;

test('a thousand hosts with twenty thousand instances are looked through and searched', {
  tags: ['thorough'],
}, async () => {
  await using fleet = await PlayFleet.open({ hosts: 1, guestsPerHost: 2 });
  const browser = await launch();
  const { page, errors } = await watchedPage(browser, fleet.url);
  await answerLargely(page, fleet, { hosts, instances });
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
  const frames = (await page.evaluate<number[]>(scrollThrough(1_700))).toSorted((one, other) => one - other);
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
