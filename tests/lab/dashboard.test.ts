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

/** What a cursor that blinks takes of a screen in text, 9 by 16 pixels: so many may differ between two pictures of one screen. */
const pixelsOfCursor = 9 * 16;

/** How many pixels of two pictures differ; all, where they are not of one size. */
function differingPixels(page: Page, one: string, other: string): Promise<number> {
  return page.evaluate(`(async () => {
    const pixels = async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      return new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
    };
    const [a, b] = [await pixels(${JSON.stringify(one)}), await pixels(${JSON.stringify(other)})];
    return a.length === b.length ? a.filter((pixel, at) => pixel !== b[at]).length : Math.max(a.length, b.length);
  })()`);
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
  // Taken by the hosts' libvirtd, before the yes and after the arrival.
  const pictures = page.getByRole('region', { name: 'Screen before and after' }).getByRole('img');
  await expect.poll(() => pictures.count(), { timeout: patienceMs }).toBe(2);
  const [first, second] = [
    await pictures.nth(0).getAttribute('src'),
    await pictures.nth(1).getAttribute('src'),
  ];
  expect(first).toMatch(/^data:image\/png;base64,.{100}/);
  expect(await differingPixels(page, first ?? '', second ?? '')).toBeLessThanOrEqual(pixelsOfCursor);

  await page.goto(`${url}/instances/${id}`);
  await page.getByRole('main').getByText('compute12').first().waitFor();
  expect(await differingPixels(page, before, await picture(page))).toBeLessThanOrEqual(pixelsOfCursor);
  expect(await tick(page)).toBeGreaterThan(counted);
  expect(await guest.waitAlive()).toMatchObject({ bad: 0 });
  expect([errors, strangers]).toEqual([[], []]);
});
