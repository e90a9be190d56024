import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebStage } from './web-stage.ts';

let stage: WebStage;

beforeAll(async () => {
  stage = await WebStage.open({ hosts: 3, guestsPerHost: 2 }, { loadIntervalMs: 50 });
  // One that is not taken in yet.
  stage.fleet.world.addHost('spare', { shared: {}, facts: {} });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

test('a host is added by the form, shown with what it has, and removed again', async () => {
  const { page, errors } = await stage.at('/hosts');
  await page.getByRole('row', { name: /compute11 .*Up/ }).waitFor();
  expect(await stage.barriers(page, 'compute11')).toEqual([]);
  await page.getByRole('button', { name: 'Add host' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('authorized_keys').waitFor();
  expect(await dialog.getByRole('button', { name: /^Add/ }).getAttribute('data-because')).toBe(
    'Missing: libvirt URI',
  );
  await dialog.getByLabel('libvirt URI', { exact: true }).fill('qemu+ssh://root@localhost/system');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  // The controller's own words of why not.
  await dialog
    .getByRole('alert')
    .getByText(/localhost/)
    .waitFor();
  await dialog.getByLabel('libvirt URI', { exact: true }).fill('simulated://spare/');
  await dialog.getByLabel('Labels').fill('rack=a3');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByText('ferry host configure spare --transport tls --dry-run').waitFor();
  await dialog.getByRole('link', { name: /spare is added/ }).click();
  await page.getByRole('heading', { name: 'spare' }).waitFor();
  await page.getByText('rack=a3').waitFor();
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Remove host' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove host' }).click();
  await page.getByRole('heading', { name: 'Hosts' }).waitFor();
  await expect.poll(() => page.getByRole('row', { name: /spare/ }).count()).toBe(0);
  expect(errors).toEqual([]);
});

test('maintenance begins and ends on its page, with the reason, and what cannot be done says why', async () => {
  const client = stage.fleet.client();
  const { host } = await client.host('compute12');
  const { page, errors } = await stage.at(`/hosts/${host.id}`);
  await page.getByRole('button', { name: 'Start maintenance' }).click();
  await page.getByLabel('Reason').fill('a disk is replaced');
  await page.keyboard.press('Enter');
  await page.getByText(/In maintenance since .*says admin\. a disk is replaced/).waitFor();
  expect((await client.host('compute12')).host.maintenance).toMatchObject({ reason: 'a disk is replaced' });
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  const remove = page.getByRole('menuitem', { name: /Remove host/ });
  await remove.getByText(/compute12 has 2 instances recorded/).waitFor();
  expect(await remove.getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'End maintenance' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End maintenance' }).click();
  await page.getByText(/In maintenance since/).waitFor({ state: 'detached' });
  expect((await client.host('compute12')).host.maintenance).toBeNull();
  // Its load by the hour is there as soon as it was looked at twice.
  await page
    .getByRole('list', { name: 'Load by the hour of the day' })
    .getByText(/processors in use/)
    .waitFor({
      state: 'attached',
    });
  expect(await stage.barriers(page, 'Base images')).toEqual([]);
  expect(errors).toEqual([]);
});

test('the doctor is run by a word, shows the ways between hosts, and what was found on one', async () => {
  const { page, errors } = await stage.at('/hosts?view=doctor', { user: 'oscar' });
  await page.getByText('Nothing has been checked yet.').waitFor();
  await page.getByRole('button', { name: 'Run the checks' }).click();
  const way = page.getByRole('button', { name: /^compute11 to compute13: / });
  await way.click();
  await page
    .getByRole('region', { name: 'compute11 → compute13' })
    .getByText(/checks passed|OK|Error|Warning|Not known/)
    .first()
    .waitFor();
  expect(await stage.barriers(page, 'Ways between hosts')).toEqual([]);
  // An operator adds no hosts.
  expect(await page.getByRole('button', { name: 'Add host' }).count()).toBe(0);
  expect(errors).toEqual([]);
});

test('a drain is planned from the page of a host', async () => {
  const { host } = await stage.fleet.client().host('compute13');
  const { page } = await stage.at(`/hosts/${host.id}`, { user: 'oscar' });
  expect(await page.getByRole('button', { name: /maintenance|Actions$/ }).count()).toBe(0);
  await page.getByRole('button', { name: 'Plan a drain' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Plan a drain' }).click();
  await page.getByRole('heading', { name: 'Drain compute13' }).waitFor();
  expect(await stage.fleet.client().migrations()).toEqual([]);
});

test('a reader sees hosts and no button that would be refused', async () => {
  const { page, errors } = await stage.at('/hosts', { user: 'rita' });
  await page.getByRole('link', { name: 'compute11' }).click();
  await page.getByRole('heading', { name: 'compute11' }).waitFor();
  await page.getByText('Base images').waitFor();
  await page.getByText('x86_64').first().waitFor();
  expect(await page.getByRole('main').getByRole('button').allInnerTexts()).toHaveLength(1);
  expect(errors).toEqual([]);
});
