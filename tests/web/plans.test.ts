import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { barriers } from './barriers.ts';
import { launch, signIn, watchedPage } from './browser.ts';
import { PlayFleet } from './play-fleet.ts';

/** Only ends a test that hangs. */
const patienceMs = 90_000;

let fleet: PlayFleet;
let browser: Browser;

beforeAll(async () => {
  [fleet, browser] = await Promise.all([PlayFleet.open({ hosts: 3, guestsPerHost: 2 }), launch()]);
  // Fast enough for a test to see the end.
  fleet.world.bytesPerStep = 400 * 1024 ** 2;
  await fleet.addUser('rita', 'reads and no more', 'reader');
});
afterAll(async () => {
  await browser.close();
  await fleet[Symbol.asyncDispose]();
});

test('a plan is made, read, applied and watched to its end, and nothing moves before it is applied', async () => {
  const { page, errors } = await watchedPage(browser, fleet.url);
  page.setDefaultTimeout(patienceMs);
  await page.goto(`${fleet.url}/plans`);
  await signIn(page, 'admin', fleet.password);
  await page.getByText('No plans yet.').waitFor();
  await page.getByRole('button', { name: 'New plan' }).click();
  const dialog = page.getByRole('dialog');
  // What is missing is said, and the button does nothing.
  await dialog.getByText('Choose at least one host.').waitFor({ state: 'attached' });
  await dialog.getByLabel('compute11').check();
  await dialog.getByRole('button', { name: 'Make plan' }).click();
  await page.getByRole('heading', { name: 'Drain compute11' }).waitFor();
  await page.getByText('To be applied').waitFor();
  expect(await fleet.client().migrations()).toEqual([]);
  expect(await barriers(page, 'all')).toEqual([]);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
  await page.locator('header').getByText('Done', { exact: true }).waitFor();
  expect(fleet.world.host('compute11').domains.size).toBe(0);
  await page.getByRole('link', { name: 'Plans' }).first().click();
  await page.getByRole('row', { name: /Drain compute11/ }).waitFor();
  expect(errors).toEqual([]);
  await page.close();
});

test('a reader sees plans, and no button that would be refused', async () => {
  const { plan } = await fleet.client().makePlan({ goal: { kind: 'balance' } });
  const { page } = await watchedPage(browser, fleet.url);
  page.setDefaultTimeout(patienceMs);
  await page.goto(`${fleet.url}/plans/${plan.id}`);
  await signIn(page, 'rita', 'reads and no more');
  await page.getByRole('heading', { name: 'Balance' }).waitFor();
  expect(await page.getByRole('button', { name: /Apply|Delete|Plan anew/ }).count()).toBe(0);
  await page.goto(`${fleet.url}/plans`);
  await page.getByRole('row', { name: /Balance/ }).waitFor();
  expect(await page.getByRole('button', { name: 'New plan' }).count()).toBe(0);
  await page.close();
});
