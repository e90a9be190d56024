import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { barriers } from './barriers.ts';
import { launch, signIn, type Watched, watchedPage } from './browser.ts';
import { dragOnto } from './drag-onto.ts';
import { PlayFleet } from './play-fleet.ts';

/** Bytes that come over the wire before the first page can be used, fonts included. */
const firstPageBytes = 230 * 1024;
/** Only ends a test that hangs. */
const patienceMs = 90_000;

let fleet: PlayFleet;
let browser: Browser;

beforeAll(async () => {
  [fleet, browser] = await Promise.all([PlayFleet.open({ hosts: 6, guestsPerHost: 4 }), launch()]);
  // Fast enough for a test to see the end.
  fleet.world.bytesPerStep = 400 * 1024 ** 2;
  await fleet.addUser('rita', 'reads and no more', 'reader');
});
afterAll(async () => {
  await browser.close();
  await fleet[Symbol.asyncDispose]();
});

/** A page on which somebody is signed in; `path`: where they wanted to go. */
async function opened(
  path = '/',
  { user = 'admin', ...options }: { user?: 'admin' | 'rita' } & Parameters<typeof watchedPage>[2] = {},
): Promise<Watched> {
  const watched = await watchedPage(browser, fleet.url, options);
  watched.page.setDefaultTimeout(patienceMs);
  await watched.page.goto(`${fleet.url}${path}`);
  await signIn(watched.page, user, user === 'admin' ? fleet.password : 'reads and no more');
  return watched;
}

/** Where the controller has an instance. */
async function hostOf(name: string): Promise<string> {
  return (await fleet.client().instance(name)).host;
}

/** A host that would take an instance, and does not have it. */
async function otherHost(name: string): Promise<string> {
  const { host: own } = await fleet.client().instance(name);
  for (const { name: host } of await fleet.client().hosts()) {
    if (host === own) continue;
    if ((await fleet.client().check(name, { kind: 'live-migration', host })).possible) return host;
  }
  throw new Error(`no host would take ${name}`);
}

/** Waits until the row of an instance stands below a host, and the controller has it there. */
async function arrived(page: Page, name: string, host: string): Promise<void> {
  await expect.poll(() => hostOf(name)).toBe(host);
  await expect.poll(() => rowAbove(page, name)).toBe(host);
}

/** The host whose rows an instance's row is among, as the page shows it. */
async function rowAbove(page: Page, name: string): Promise<string | null> {
  const rows = await page.getByRole('row').allInnerTexts();
  const sorted = await page.getByRole('row').evaluateAll((all) =>
    all
      .map((one) => ({
        at: Number(one.getAttribute('aria-rowindex')),
        level: one.getAttribute('aria-level'),
      }))
      .map((one, index) => ({ ...one, index })),
  );
  let host: string | null = null;
  for (const { index, level } of sorted.toSorted((one, other) => one.at - other.at)) {
    const [first = ''] = (rows[index] ?? '').split('\n');
    if (level === '2') host = first;
    if (level === '3' && first === name) return host;
  }
  return null;
}

test('the sign-in is kept to itself, and one ends where one wanted to be', async () => {
  const watched = await watchedPage(browser, fleet.url);
  const { page, bytes, strangers, errors } = watched;
  await page.goto(`${fleet.url}/migrations`);
  await page.getByLabel('User', { exact: true }).fill('admin');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('is not right').waitFor();
  await signIn(page, 'admin', fleet.password);
  await page.getByRole('heading', { name: 'Migrations' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/migrations');
  const cookies = await page.context().cookies();
  expect(cookies).toMatchObject([{ name: 'ferry-session', httpOnly: true, sameSite: 'Strict' }]);
  const value = cookies[0]?.value ?? '';
  expect(
    await page.evaluate('document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)'),
  ).not.toContain(value);
  await page.getByRole('button', { name: /admin/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Ferry' }).waitFor();
  const { status } = await fetch(`${fleet.url}/ferry/v1/hosts`, {
    headers: { cookie: `ferry-session=${value}` },
  });
  expect([status, strangers, errors]).toEqual([401, [], []]);
  expect(bytes.size).toBeGreaterThan(3);
});

test('the fleet is shown with its hosts and instances, and the first page is small', async () => {
  const { page, bytes, strangers, errors } = await opened();
  await page.getByRole('row', { name: /compute11/ }).waitFor();
  await page.getByText('6 of 6 hosts up').waitFor();
  const assets = [...bytes].filter(([path]) => path.startsWith('/assets/') || path === '/');
  const total = assets.reduce((sum, [, size]) => sum + size, 0);
  expect(assets.length).toBeGreaterThan(3);
  expect(total).toBeLessThan(firstPageBytes);
  expect([strangers, errors]).toEqual([[], []]);
  await page.getByLabel('Search names and ids').fill('compute12');
  await expect.poll(() => page.getByRole('row', { name: /compute11/ }).count()).toBe(0);
  await page.getByRole('row', { name: /compute12/ }).waitFor();
});

test('an instance is dragged onto another host: that says it would take it, a yes starts it, and it arrives', async () => {
  const { page, errors } = await opened();
  const target = await otherHost('web-1');
  await dragOnto(page, 'web-1', target);
  const dialog = page.getByRole('dialog', { name: 'Move web-1' });
  await dialog.getByText('Possible', { exact: true }).waitFor();
  expect(await hostOf('web-1')).not.toBe(target);
  await dialog.getByRole('button', { name: 'Move now' }).click();
  await page.getByRole('region', { name: 'Tasks' }).getByRole('link', { name: 'web-1' }).waitFor();
  await arrived(page, 'web-1', target);
  expect(errors).toEqual([]);
});

test('the same by keyboard alone; closing the dialog starts nothing', async () => {
  const { page } = await opened();
  const target = await otherHost('cache-1');
  const row = page.getByRole('row', { name: /^cache-1 / });
  await row.focus();
  await page.keyboard.press('m');
  const dialog = page.getByRole('dialog', { name: 'Move cache-1' });
  await dialog.locator(':focus').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await fleet.client().migrations({ instance: 'cache-1' })).toEqual([]);
  await row.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('m');
  await dialog.getByRole('radio', { name: new RegExp(target) }).focus();
  await page.keyboard.press('Space');
  await dialog.getByText('Possible', { exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'Move now' }).focus();
  await page.keyboard.press('Enter');
  await arrived(page, 'cache-1', target);
});

test('a target that cannot take it says why, and no move can be started there', async () => {
  const { id } = await fleet.client().instance('queue-1');
  const target = await otherHost('queue-1');
  const facts = fleet.world.host(target).facts as { arch: string };
  const { arch } = facts;
  facts.arch = 'aarch64';
  await fleet.client().setHost(target, { maintenance: null });
  try {
    const { page } = await opened(`/instances/${id}`);
    await page.getByRole('button', { name: 'Move…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: new RegExp(target) }).check();
    await dialog.getByText('Not possible', { exact: true }).waitFor();
    await dialog.getByText('aarch64').first().waitFor();
    expect(await dialog.getByRole('button', { name: 'Move now' }).getAttribute('aria-disabled')).toBe('true');
  } finally {
    facts.arch = arch;
  }
});

test('a reader sees the same and no button that would be refused', async () => {
  const { page } = await opened('/', { user: 'rita' });
  const row = page.getByRole('row', { name: /^db-1 / });
  await row.getByRole('button', { name: 'Actions for db-1' }).click();
  await page.getByRole('menuitem').first().waitFor();
  expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Open']);
  await page.getByRole('menuitem', { name: 'Open' }).click();
  await page.getByRole('heading', { name: 'db-1' }).waitFor();
  await page.getByText('Effective policy').waitFor();
  expect(await page.locator('main').getByRole('button').allInnerTexts()).toHaveLength(1);
  await row.waitFor({ state: 'detached' });
});

test('a controller that goes away is said, with since when, and what it did meanwhile shows when it is back', async () => {
  const { page } = await opened();
  await page.getByRole('row', { name: /compute11/ }).waitFor();
  await fleet.stop();
  await page.getByText(/Offline since \d{2}:\d{2}:\d{2}/).waitFor();
  await fleet.start();
  await fleet.client().setHost('compute14', { maintenance: { reason: 'a disk' } });
  await page.getByText(/Offline since/).waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /compute14 .*Maintenance/s }).waitFor();
  await fleet.client().setHost('compute14', { maintenance: null });
  await page.getByRole('row', { name: /compute14 .*Up/s }).waitFor();
  expect(await page.getByText(/Offline since/).count()).toBe(0);
});

test('everything is found by its name with the keyboard', async () => {
  const { page } = await opened();
  await page.getByRole('row', { name: /compute11/ }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('search-1');
  await page.getByRole('option', { name: /Instance search-1/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'search-1' }).waitFor();
  const { id } = await fleet.client().instance('search-1');
  expect(new URL(page.url()).pathname).toBe(`/instances/${id}`);
});

test('a migration shows its steps, its transfer and what was said; its recording can be taken', async () => {
  const name = 'db-2';
  // Slow enough to be looked at while it goes on.
  fleet.world.bytesPerStep = 40 * 1024 ** 2;
  const { id } = await fleet.client().migrate(name, { kind: 'live-migration', host: await otherHost(name) });
  const { page, errors } = await opened(`/migrations/${id}`);
  await page.getByRole('heading', { name }).waitFor();
  await page.getByRole('region', { name: 'Steps' }).getByText('transfer').waitFor();
  await page.getByRole('main').getByText('Completed', { exact: true }).waitFor();
  await page.getByRole('img', { name: /^Remaining: / }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Recording' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`migration-${id}.ndjson`);
  expect(errors).toEqual([]);
});

test('the serial console is shown within the page, with the rights of who looks', async () => {
  const { id } = await fleet.client().instance('mail-1');
  const { page, errors } = await opened(`/instances/${id}`);
  await page.getByText('vda').waitFor();
  await page.getByRole('button', { name: 'Serial console' }).click();
  await page.frameLocator('iframe').getByText('connected').waitFor();
  expect(errors).toEqual([]);
});

test('it speaks Chinese, and keeps to it', async () => {
  const { page } = await opened();
  await page.getByRole('button', { name: /admin/ }).click();
  await page.getByRole('menuitem', { name: '简体中文' }).click();
  await page.getByRole('heading', { name: '集群' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: '集群' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-Hans');
});

test.each(['light', 'dark'] as const)('nothing bars anybody from any page, in %s', async (colorScheme) => {
  const [instance] = await fleet.client().instances({ name: 'web-2' });
  const { id } = await fleet
    .client()
    .migrate('web-2', { kind: 'live-migration', host: await otherHost('web-2') });
  const { page } = await opened('/', { colorScheme });
  const look = async (path: string, shown: string): Promise<void> => {
    await page.goto(`${fleet.url}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('main').getByText(shown).first().waitFor();
    expect([path, await barriers(page, colorScheme === 'light' ? 'all' : 'colours')]).toEqual([path, []]);
  };
  await look('/fleet', 'compute11');
  await look('/migrations', 'web-2');
  await look(`/migrations/${id}`, 'clean-source');
  await look(`/instances/${instance?.id ?? ''}`, 'vda');
  await page.getByRole('button', { name: 'Move…' }).click();
  await page.getByRole('dialog').getByRole('img', { name: 'Possible' }).first().waitFor();
  expect(await barriers(page, colorScheme === 'light' ? 'all' : 'colours')).toEqual([]);
});
