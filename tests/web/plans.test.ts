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
  // What guests take of a host until it is empty, as a line.
  await page.getByRole('img', { name: /^compute11: 0 B, ≤ / }).waitFor();
  expect(await barriers(page, 'all')).toEqual([]);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
  await page.locator('header').getByText('Done', { exact: true }).waitFor();
  expect(fleet.world.host('compute11').domains.size).toBe(0);
  const tasks = page.getByRole('region', { name: 'Tasks' });
  await tasks.getByRole('link', { name: 'Drain compute11' }).waitFor();
  await tasks.getByText(/^(\d+) of \1 steps$/).waitFor();
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

test('a balancer is set, looks, is switched off and deleted', async () => {
  const { page, errors } = await watchedPage(browser, fleet.url);
  page.setDefaultTimeout(patienceMs);
  await page.goto(`${fleet.url}/plans?view=balancers`);
  await signIn(page, 'admin', fleet.password);
  await page.getByText('No balancers.').waitFor();
  await page.getByRole('button', { name: 'New balancer' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('all');
  await dialog.getByLabel('Groups').fill('no-such');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog
    .getByRole('alert')
    .getByText(/no-such/)
    .waitFor();
  await dialog.getByLabel('Groups').fill('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /^all Proposes all hosts 5 min/ }).waitFor();
  expect(await barriers(page, 'all')).toEqual([]);
  const act = async (entry: string): Promise<void> => {
    await page.getByRole('button', { name: 'Actions for all' }).click();
    await page.getByRole('menuitem', { name: entry }).click();
    await dialog.getByRole('button', { name: entry, exact: true }).click();
  };
  await act('Off');
  await page.getByRole('row', { name: /^all Off/ }).waitFor();
  expect((await fleet.client().balancer('all')).mode).toBe('off');
  await act('Delete');
  await page.getByText('No balancers.').waitFor();
  expect(errors).toEqual([]);
  await page.close();
});

test('a forecast is made on the page of an instance, and what was measured stands there by the hour', {
  tags: 'thorough',
}, async () => {
  const { id, host } = await fleet.client().instance('api-1');
  const domain = fleet.world.host(host).domains.get(id);
  const writes = { workingSetBytes: 10 * 1024 ** 2, writeBytesPerSecond: 10 * 1024 ** 2 };
  if (domain !== undefined)
    domain.memory = {
      usedBytes: 256 * 1024 ** 2,
      writes: { ...writes, backgroundBytesPerSecond: 0, isWriteRateKnown: true },
    };
  const { page, errors } = await watchedPage(browser, fleet.url);
  page.setDefaultTimeout(patienceMs);
  await page.goto(`${fleet.url}/instances/${id}`);
  await signIn(page, 'admin', fleet.password);
  await page.getByRole('button', { name: 'Measure and forecast' }).click();
  const panel = page.getByRole('region', { name: 'Forecast' });
  await panel.getByText('Verdict').waitFor();
  await panel.getByText('Bandwidth it needs').waitFor();
  await panel
    .getByText(/changed$/)
    .first()
    .waitFor({ state: 'attached' });
  expect(await fleet.client().migrations({ instance: 'api-1', open: 'true' })).toEqual([]);
  expect(await barriers(page, 'all')).toEqual([]);
  expect(errors).toEqual([]);
  await page.close();
});
