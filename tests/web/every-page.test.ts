import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../sim/world.ts';
import { WebStage } from './web-stage.ts';

let stage: WebStage;

beforeAll(async () => {
  stage = await WebStage.open({ hosts: 3, guestsPerHost: 2 });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** Addresses of all pages as the dashboard has them, a view of each its own. */
function addresses(): readonly string[] {
  const source = readFileSync(join(import.meta.dirname, '../../packages/web/src/pages/pages.tsx'), 'utf8');
  const [routes = ''] = source.split('interface SidebarEntry');
  return [...routes.matchAll(/path: '([^']+)'/g)].map(([, path]) => path ?? '');
}

/** At least one of everything, and by the address of its page where one of them is found, with a word that it shows. */
async function setScene(): Promise<Readonly<Record<string, readonly (readonly [string, string])[]>>> {
  const { fleet } = stage;
  const client = fleet.client();
  const { id: instance } = await client.instance('api-1');
  const { host } = await client.host('compute12');
  const migration = await moved('db-1');
  const { plan } = await client.makePlan({ goal: { kind: 'drain', hosts: ['compute12'] } });
  const { id: image } = (await fleet.ask('POST', '/image/v2/images', {
    name: 'debian-13',
    disk_format: 'raw',
    container_format: 'bare',
    os_distro: 'debian',
  })) as { id: string };
  await client.addVolumeType({ name: 'fast', pool: 'nfs', shared: true, isDefault: true });
  const { id: volume } = await client.addVolume({
    name: 'data',
    pool: 'nfs',
    hosts: ['compute11'],
    sizeBytes: 1024 ** 3,
  });
  const { id: group } = await client.addSecurityGroup({
    name: 'web',
    rules: [{ protocol: 'tcp', portMin: 443, portMax: 443 }],
  });
  const { id: flavor } = await client.addFlavor({ name: 'm1.small', vcpus: 1, memoryMib: 512 });
  await fleet.ask('POST', '/v2.1/os-keypairs', { keypair: { name: 'laptop' } });
  await client.setPolicy('calm', { scope: 'default', values: { maxDowntimeMs: 200 } });
  const { id: webhook } = await client.addWebhook({
    name: 'chat',
    url: 'https://hooks.example.org/ferry',
    kinds: ['plan.updated'],
    secret: 'a secret of the tests',
  });
  await client.doctor({});
  return {
    '/fleet': [['/fleet', 'hosts up']],
    '/instances/:id': [[`/instances/${instance}`, 'Effective policy']],
    '/hosts': [
      ['/hosts', 'compute12'],
      ['/hosts?view=doctor', 'All findings'],
    ],
    '/hosts/:id': [[`/hosts/${host.id}`, 'Base images']],
    '/migrations': [['/migrations', 'db-1']],
    '/migrations/:id': [[`/migrations/${migration}`, 'Steps']],
    '/plans': [['/plans', 'Drain compute12']],
    '/plans/:id': [[`/plans/${plan.id}`, 'Order over time']],
    '/images': [['/images', 'debian-13']],
    '/images/:id': [[`/images/${image}`, 'os_distro']],
    '/volumes': [
      ['/volumes', 'data'],
      ['/volumes?view=types', 'fast'],
    ],
    '/volumes/:id': [[`/volumes/${volume}`, 'Attached to']],
    '/networks': [['/networks', 'virbr0']],
    '/networks/:id': [['/networks/default', 'Moves that need it']],
    '/security-groups': [['/security-groups', 'web']],
    '/security-groups/:id': [[`/security-groups/${group}`, '443']],
    '/flavors': [['/flavors', 'm1.small']],
    '/flavors/:id': [[`/flavors/${flavor}`, 'No instance has it.']],
    '/keypairs': [['/keypairs', 'laptop']],
    '/keypairs/:id': [['/keypairs/laptop', 'No instance has it.']],
    '/activity': [['/activity', 'ferry:']],
    '/settings': [
      ['/settings', 'Application credentials'],
      ['/settings?view=policies', 'calm'],
      ['/settings?view=users', 'rita'],
      ['/settings?view=projects', 'admin'],
      ['/settings?view=webhooks', 'chat'],
    ],
    '/settings/webhooks/:id': [[`/settings/webhooks/${webhook}`, 'Nothing was sent yet.']],
  };
}

/** The id of a migration that is over. */
async function moved(name: string): Promise<string> {
  const client = stage.fleet.client();
  for (const { name: host } of await client.hosts()) {
    const move = { kind: 'live-migration', host } as const;
    if (!(await client.check(name, move)).possible) continue;
    const { id } = await client.migrate(name, move);
    await until('the move is over', async () =>
      (await client.migration(id)).finishedAt === null ? null : true,
    );
    return id;
  }
  throw new Error(`no host would take ${name}`);
}

test('no page bars anybody, in the light or in the dark; a page that is new is looked at, too', {
  tags: 'thorough',
}, async () => {
  const scene = await setScene();
  expect(Object.keys(scene).toSorted()).toEqual(addresses().toSorted());
  const { page, errors } = await stage.at('/fleet');
  const found: Record<string, string[]> = {};
  for (const [path, shown] of Object.values(scene).flat()) {
    await page.goto(`${stage.fleet.url}${path}`);
    const barriers = await stage.barriers(page, shown);
    if (barriers.length > 0) found[path] = barriers;
  }
  expect(found).toEqual({});
  expect(errors).toEqual([]);
});
