import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyImage } from '../sim/server-world.ts';
import { until } from '../sim/world.ts';
import { WebStage } from './web-stage.ts';

let stage: WebStage;

beforeAll(async () => {
  stage = await WebStage.open({ hosts: 2, guestsPerHost: 2 });
  await createServer();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** One server that was created with a flavor and a key pair of the administrator's. */
async function createServer(): Promise<void> {
  const { fleet } = stage;
  const client = fleet.client();
  for (const { name } of await client.hosts()) await client.setHost(name, { imageDirectory: '/images' });
  const image = { name: 'tiny', disk_format: 'qcow2', container_format: 'bare' };
  const { id: imageRef } = (await fleet.ask('POST', '/image/v2/images', image)) as { id: string };
  const put = await fetch(`${fleet.url}/image/v2/images/${imageRef}/file`, {
    method: 'PUT',
    headers: {
      'x-auth-token': readFileSync(join(fleet.dataDirectory, 'admin.token'), 'utf8').trim(),
      'content-type': 'application/octet-stream',
    },
    body: tinyImage(),
  });
  expect(put.status).toBe(204);
  await client.addFlavor({ id: 'a size', name: 'm1.seen', vcpus: 1, memoryMib: 64 });
  const extra_specs = { 'hw:cpu_policy': 'shared' };
  await fleet.ask('POST', '/v2.1/flavors/a%20size/os-extra_specs', { extra_specs });
  await client.addFlavor({ name: 'm1.unused', vcpus: 1, memoryMib: 64 });
  await fleet.ask('POST', '/v2.1/os-keypairs', { keypair: { name: 'laptop' } });
  const server = { name: 'made', imageRef, flavorRef: 'a size', key_name: 'laptop', networks: [] };
  await fleet.ask('POST', '/v2.1/servers', { server });
  await until('the server runs', async () =>
    (await client.instance('made')).powerState === 'running' ? true : null,
  );
}

/** Goes where the palette finds something. */
async function found(page: Page, name: string, option: RegExp): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(name);
  await page.getByRole('option', { name: option }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

test('a network tells how it is at each host, and which instances have a card in it', async () => {
  const { page, errors } = await stage.at('/networks');
  await page.getByRole('row', { name: /^default Active 2 \/ 2/ }).waitFor();
  expect(await stage.barriers(page, 'default')).toEqual([]);
  await page.getByRole('link', { name: 'default', exact: true }).click();
  const hosts = page.getByRole('region', { name: 'Hosts' });
  await hosts.getByRole('row', { name: /^compute11 Active .*Let in/ }).waitFor();
  const instances = page.getByRole('region', { name: 'Instances that have it' });
  await instances.getByRole('row', { name: /^api-1 / }).waitFor();
  expect(await stage.barriers(page, 'api-1')).toEqual([]);
  await page.goto(`${stage.fleet.url}/networks/none`);
  await page.getByText('No host has a network none.').waitFor();
  expect(errors).toEqual([]);
});

test('a flavor tells what it asks of hosts and which instances were made in it, and goes from its own page', async () => {
  const { page, errors } = await stage.at('/fleet');
  await found(page, 'm1.seen', /^Flavor m1\.seen/);
  await page.getByRole('region', { name: 'Asked of hosts' }).getByText('hw:cpu_policy').waitFor();
  const instances = page.getByRole('region', { name: 'Instances that have it' });
  await instances.getByRole('row', { name: /^made Running/ }).waitFor();
  expect(await instances.getByRole('row').count()).toBe(2);
  expect(await stage.barriers(page, 'made')).toEqual([]);
  await found(page, 'm1.unused', /^Flavor m1\.unused/);
  await page.getByText('No instance has it.').waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { level: 1, name: 'Flavors' }).waitFor();
  await page.getByRole('row', { name: /m1\.seen/ }).waitFor();
  expect(await page.getByRole('row', { name: /m1\.unused/ }).count()).toBe(0);
  expect(errors).toEqual([]);
});

test('a key pair tells its public key, and which of the own instances were made with it', async () => {
  const { page, errors } = await stage.at('/fleet');
  await found(page, 'laptop', /^Key pair laptop/);
  await page.getByRole('region', { name: 'Public key' }).getByText(/^ssh-/).waitFor();
  await page
    .getByRole('region', { name: 'Instances that have it' })
    .getByRole('link', { name: 'made' })
    .click();
  await page.getByRole('heading', { level: 1, name: 'made' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'laptop' }).waitFor();
  expect(await stage.barriers(page, 'made')).toEqual([]);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('You have no key pairs.').waitFor();
  expect(errors).toEqual([]);
});

test('a reader is shown them without a button that would be refused', async () => {
  const { page, errors } = await stage.at('/flavors/a%20size', { user: 'rita' });
  await page.getByRole('row', { name: /^made / }).waitFor();
  expect(await page.getByRole('main').getByRole('button').allInnerTexts()).toEqual(['a size']);
  await page.getByRole('link', { name: 'Networks' }).click();
  await page.getByRole('link', { name: 'default', exact: true }).click();
  await page.getByRole('row', { name: /^made / }).waitFor();
  expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
  expect(errors).toEqual([]);
});
