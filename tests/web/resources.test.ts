import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebStage } from './web-stage.ts';

let stage: WebStage;

beforeAll(async () => {
  stage = await WebStage.open({ hosts: 2, guestsPerHost: 2 });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const dialogOf = (page: Page): Locator => page.getByRole('dialog');

/** Presses the button of a dialog, and waits until it has closed by itself. */
async function done(page: Page, word: string): Promise<void> {
  await dialogOf(page).getByRole('button', { name: word, exact: true }).click();
  const told = async (): Promise<string> => {
    if ((await dialogOf(page).count()) === 0) return 'closed';
    return (await dialogOf(page).getByRole('alert').allInnerTexts()).join(' ') || 'open';
  };
  await expect.poll(told).toBe('closed');
}

async function chosen(page: Page, row: string, entry: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${row}` }).click();
  await page.getByRole('menuitem', { name: entry }).click();
}

test('a volume type and a volume are made, the volume is attached, detached and deleted; what a state forbids says why', async () => {
  const { page, errors } = await stage.at('/volumes?view=types');
  await page.getByRole('button', { name: 'New volume type' }).click();
  await dialogOf(page).getByLabel('Name').fill('fast');
  await dialogOf(page).getByLabel('Storage pool').fill('nfs');
  await dialogOf(page).getByLabel('Its hosts have one and the same pool').check();
  await done(page, 'Create');
  await page.getByRole('row', { name: /^fast nfs/ }).waitFor();
  await page.getByRole('button', { name: 'Volumes' }).click();
  await page.getByRole('button', { name: 'New volume', exact: true }).click();
  await dialogOf(page).getByLabel('Name').fill('data');
  await dialogOf(page).getByLabel('Size, GiB').fill('2');
  await dialogOf(page).getByLabel('Volume type').selectOption('fast');
  await done(page, 'Create');
  await page.getByRole('row', { name: /^data available 2 GiB/ }).waitFor();
  expect(await stage.barriers(page, 'available')).toEqual([]);
  await chosen(page, 'data', 'Attach');
  await dialogOf(page).getByLabel('Instance').fill('no-such');
  await dialogOf(page).getByRole('button', { name: 'Attach' }).click();
  await dialogOf(page)
    .getByRole('alert')
    .getByText(/no-such/)
    .waitFor();
  await dialogOf(page).getByLabel('Instance').fill('api-1');
  await done(page, 'Attach');
  await page.getByRole('row', { name: /^data in-use .*api-1/ }).waitFor();
  await page.getByRole('link', { name: 'data' }).click();
  await page.getByRole('heading', { name: 'data' }).waitFor();
  const remove = page.getByRole('button', { name: /^Delete/ });
  expect(await remove.getAttribute('data-because')).toBe('An instance has it: detach it first.');
  expect(await stage.barriers(page, 'Attached to')).toEqual([]);
  await page.getByRole('button', { name: 'Detach from api-1' }).click();
  await done(page, 'Detach');
  await page.getByText('No instance has it.').waitFor();
  await page.locator('header').getByText('available').waitFor();
  await page.getByRole('button', { name: 'Extend' }).click();
  await dialogOf(page).getByLabel('Size, GiB').fill('3');
  await done(page, 'Extend');
  await page.getByText('3 GiB').waitFor();
  await remove.click();
  await done(page, 'Delete');
  await page.getByText('No volumes.').waitFor();
  expect(errors).toEqual([]);
});

test('an image is uploaded from a file, shown, and deleted', async () => {
  const { page, errors } = await stage.at('/images');
  await page.getByText('No images.').waitFor();
  await page.getByRole('button', { name: 'New image' }).click();
  await dialogOf(page).getByLabel('Name').fill('tiny');
  await dialogOf(page)
    .getByLabel('File')
    .setInputFiles({
      name: 'tiny.raw',
      mimeType: 'application/octet-stream',
      buffer: Buffer.alloc(65_536, 7),
    });
  await dialogOf(page).getByLabel('Format').selectOption('raw');
  await done(page, 'Upload');
  await page.getByRole('row', { name: /^tiny active raw 64 KiB/ }).waitFor();
  await chosen(page, 'tiny', 'Change visibility');
  await dialogOf(page).getByLabel('Visibility').selectOption('public');
  await done(page, 'Change visibility');
  await page.getByRole('row', { name: /^tiny .*public/ }).waitFor();
  expect(await stage.barriers(page, 'tiny')).toEqual([]);
  await page.getByRole('link', { name: 'tiny' }).click();
  await page.getByText('SHA-512').waitFor();
  expect(await stage.barriers(page, 'SHA-512')).toEqual([]);
  await page.getByRole('button', { name: 'Delete' }).click();
  await done(page, 'Delete');
  await page.getByText('No images.').waitFor();
  expect(errors).toEqual([]);
});

test('a security group gets a rule, and what is none is refused in the words of the API', async () => {
  const { page, errors } = await stage.at('/security-groups', { user: 'oscar' });
  await page.getByRole('button', { name: 'New security group' }).click();
  await dialogOf(page).getByLabel('Name').fill('web');
  await done(page, 'Create');
  await page.getByRole('link', { name: 'web' }).click();
  await page.getByRole('button', { name: 'Add rule' }).click();
  await dialogOf(page).getByLabel('Ports').fill('8000-8100');
  await dialogOf(page).getByLabel('Other side').fill('10.0.0.0/99');
  await dialogOf(page).getByRole('button', { name: 'Add', exact: true }).click();
  await dialogOf(page)
    .getByRole('alert')
    .getByText(/10\.0\.0\.0\/99/)
    .waitFor();
  await dialogOf(page).getByLabel('Other side').fill('10.0.0.0/8');
  await dialogOf(page).getByRole('button', { name: 'Add', exact: true }).click();
  await dialogOf(page).getByText('The change holds on 0 of 0 hosts.').waitFor();
  await dialogOf(page).getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('row', { name: /^ingress IPv4 tcp 8000–8100 10\.0\.0\.0\/8/ }).waitFor();
  expect(await stage.barriers(page, '8000–8100')).toEqual([]);
  const { id } = await stage.fleet.client().instance('db-1');
  await page.goto(`${stage.fleet.url}/instances/${id}`);
  const panel = page.getByRole('region', { name: 'Security groups' });
  await panel.getByText('everything is let through').waitFor();
  await panel.getByRole('button', { name: 'Set groups' }).click();
  await dialogOf(page).getByLabel('Security groups').fill('web\nno-such');
  await dialogOf(page).getByRole('button', { name: 'Set groups' }).click();
  await dialogOf(page)
    .getByRole('alert')
    .getByText(/no-such/)
    .waitFor();
  await dialogOf(page).getByLabel('Security groups').fill('web');
  await done(page, 'Set groups');
  await panel.getByRole('link', { name: 'web' }).click();
  // The group is held now, and says so.
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialogOf(page).getByRole('button', { name: 'Delete' }).click();
  await dialogOf(page).getByRole('alert').getByText(/db-1/).waitFor();
  expect(errors).toEqual([]);
});

test('flavors and key pairs are made and deleted, and networks tell where they are', {
  tags: 'thorough',
}, async () => {
  const { page, errors } = await stage.at('/flavors');
  await page.getByRole('button', { name: 'New flavor' }).click();
  await dialogOf(page).getByLabel('Name').fill('m1.odd');
  await dialogOf(page).getByLabel('Memory, MiB').fill('3072');
  await done(page, 'Create');
  await page.getByRole('row', { name: /^m1\.odd 1 3 GiB As the image All projects/ }).waitFor();
  expect(await stage.barriers(page, 'm1.odd')).toEqual([]);
  await chosen(page, 'm1.odd', 'Delete');
  await done(page, 'Delete');
  await expect.poll(() => page.getByRole('row', { name: /m1\.odd/ }).count()).toBe(0);
  await page.getByRole('link', { name: 'Key pairs' }).click();
  await page.getByRole('button', { name: 'New key pair' }).click();
  await dialogOf(page).getByLabel('Name').fill('laptop');
  await dialogOf(page).getByRole('button', { name: 'Create' }).click();
  await dialogOf(page)
    .getByText(/BEGIN .*PRIVATE KEY/)
    .waitFor();
  await dialogOf(page).getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('row', { name: /^laptop/ }).waitFor();
  expect(await stage.barriers(page, 'laptop')).toEqual([]);
  await page.getByRole('link', { name: 'Networks' }).click();
  await page.getByRole('row', { name: /^default Active 2 \/ 2/ }).waitFor();
  expect(errors).toEqual([]);
});

test('a reader sees all of it, and no button that would be refused', async () => {
  await stage.fleet.client().addFlavor({ name: 'm1.seen', vcpus: 1, memoryMib: 512 });
  const { page, errors } = await stage.at('/flavors', { user: 'rita' });
  await page.getByRole('row', { name: /m1\.seen/ }).waitFor();
  for (const name of ['Flavors', 'Images', 'Volumes', 'Security groups']) {
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    const buttons = await page.getByRole('main').getByRole('button').allInnerTexts();
    expect([name, buttons]).toEqual([name, name === 'Volumes' ? ['Volumes', 'Volume types'] : []]);
  }
  expect(errors).toEqual([]);
});
