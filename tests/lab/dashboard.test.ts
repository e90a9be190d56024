import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumPath, launch, signIn, watchedPage } from '../web/browser.ts';
import { buildPage } from '../web/build-page.ts';
import { dragOnto } from '../web/drag-onto.ts';
import { LabWorld } from './lab-world.ts';

const listen = '127.0.0.1:8774';
const url = `http://${listen}`;
/** A move between real hosts on two busy cores. */
const patienceMs = 120_000;

let world: LabWorld;
let folder: string;
let browser: Browser;

/** The browser runs where the controller does: in its namespace, which has the lab's networks alone. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-dashboard-'));
  await buildPage();
  world = await LabWorld.up('dashboard', 2);
  await world.ferry.stop();
  await world.ferry.start('--listen', listen);
  const inside = join(folder, 'chromium');
  const { namespace } = world.lab.ctl;
  writeFileSync(inside, `#!/bin/sh\nexec ip netns exec ${namespace} ${chromiumPath} "$@"\n`, { mode: 0o700 });
  browser = await launch(inside);
});
afterAll(async () => {
  await browser?.close();
  await world?.down();
  rmSync(folder, { recursive: true, force: true });
});

/** What the guest's screen shows, as a picture. */
async function picture(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Open screen' }).click();
  const frame = page.frameLocator('iframe');
  await frame.getByText('connected').waitFor();
  const drawn = (): Promise<string> =>
    frame
      .locator('canvas')
      .evaluate((canvas) =>
        (canvas as unknown as { toDataURL(type: string): string }).toDataURL('image/png'),
      );
  const blank = 'data:,';
  await expect.poll(drawn).not.toBe(blank);
  return drawn();
}

/** The number that the guest counts up on its serial console, within the page. */
async function tick(page: Page): Promise<number> {
  await page.getByRole('button', { name: 'Serial console' }).click();
  const lines = page.frameLocator('iframe').locator('.xterm-rows');
  const last = async (): Promise<number> => {
    const text = await lines.innerText();
    return Number([...text.matchAll(/tick (\d+)/g)].at(-1)?.[1] ?? -1);
  };
  await expect.poll(last).toBeGreaterThan(0);
  return last();
}

test('a real VM is dragged onto another host, is watched as it arrives, and its screen is the picture it was', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({
    name: 'web',
    host: 'compute11',
    storage: 'shared',
    serial: 'pty',
    screen: '0.0.0.0',
  });
  const { id } = await world.client.instance('web');
  const { page, errors, strangers } = await watchedPage(browser, url);
  page.setDefaultTimeout(patienceMs);
  await page.goto(`${url}/instances/${id}`);
  const password = readFileSync(join(world.ferry.dataDirectory, 'admin.password'), 'utf8').trim();
  await signIn(page, 'admin', password);
  const before = await picture(page);
  const counted = await tick(page);

  await page.getByRole('link', { name: 'Fleet' }).first().click();
  await dragOnto(page, 'web', 'compute12');
  const dialog = page.getByRole('dialog', { name: 'Move web' });
  await dialog.getByText('Possible', { exact: true }).waitFor();
  expect(await world.lab.runners('web')).toEqual(['compute11']);
  await dialog.getByRole('button', { name: 'Move now' }).click();
  await page.getByRole('region', { name: 'Tasks' }).getByRole('link', { name: 'web' }).click();
  await page.getByRole('main').getByText('Completed', { exact: true }).waitFor();
  expect(await world.lab.runners('web')).toEqual(['compute12']);

  await page.goto(`${url}/instances/${id}`);
  await page.getByRole('main').getByText('compute12').first().waitFor();
  expect(await picture(page)).toBe(before);
  expect(await tick(page)).toBeGreaterThan(counted);
  expect(await guest.waitAlive()).toMatchObject({ bad: 0 });
  expect([errors, strangers]).toEqual([[], []]);
});
