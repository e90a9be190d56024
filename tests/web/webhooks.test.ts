import { afterAll, beforeAll, expect, test } from 'vitest';
import { isSigned, WebhookReceiver } from '../sim/webhook-receiver.ts';
import { WebStage } from './web-stage.ts';

let stage: WebStage;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await WebhookReceiver.open();
  stage = await WebStage.open({ hosts: 2, guestsPerHost: 1 }, { webhooks: { allowed: ['127.0.0.1'] } });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

test('a webhook is made, its secret shown once, tested, watched and deleted', async () => {
  const { page, errors } = await stage.at('/settings?view=webhooks');
  await page.getByText('No webhooks.').waitFor();
  await page.getByRole('button', { name: 'New webhook' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('chat');
  await dialog.getByLabel('Address').fill('ftp://nowhere/');
  await dialog.getByRole('group', { name: 'Events' }).getByLabel('migration.updated').uncheck();
  expect(await dialog.getByRole('button', { name: /^Create/ }).getAttribute('data-because')).toBe(
    'Missing: Events',
  );
  await dialog.getByLabel('host.updated').check();
  await dialog.getByLabel('plan.updated').check();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByRole('alert').getByText('its address is no http:// or https:// URL').waitFor();
  await dialog.getByLabel('Address').fill(receiver.url);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('The secret is shown this once.').waitFor();
  const secret = (await dialog.locator('dd').innerText()).trim();
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('row', { name: /^chat OK http:.* host\.updated plan\.updated/ }).waitFor();
  expect(await page.content()).not.toContain(secret);
  expect(await stage.barriers(page, 'host.updated')).toEqual([]);

  await page.getByRole('link', { name: 'chat' }).click();
  await page.getByText('Nothing was sent yet.').waitFor();
  await page.getByRole('button', { name: 'Send test' }).click();
  await dialog.getByRole('button', { name: 'Send test' }).click();
  await dialog.getByText(/Delivered · HTTP 204/).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('row', { name: /webhook\.test – 1 Delivered · HTTP 204/ }).waitFor();
  expect(isSigned(await receiver.got('the test', ({ kind }) => kind === 'webhook.test'), secret)).toBe(true);

  receiver.answer = (response) => response.writeHead(500).end();
  await stage.fleet.client().setHost('compute11', { labels: { rack: 'a1' } });
  // The page looks by itself.
  await page
    .getByRole('row', { name: /host\.updated .*Failed · HTTP 500 .*it answered 500/ })
    .first()
    .waitFor();
  await page.getByRole('alert').getByText('it answered 500').waitFor();
  expect(await stage.barriers(page, 'it answered 500')).toEqual([]);

  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No webhooks.').waitFor();
  expect(await stage.fleet.client().webhooks()).toEqual([]);
  expect(errors).toEqual([]);
});

test('nobody but an administrator is shown webhooks', async () => {
  for (const user of ['oscar', 'rita'] as const) {
    const { page, errors } = await stage.at('/settings?view=webhooks', { user });
    await page.getByRole('heading', { name: 'Account' }).waitFor();
    expect(await page.getByRole('button', { name: 'Webhooks' }).count()).toBe(0);
    expect(errors).toEqual([]);
  }
});
