import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launch, watchedPage } from './browser.ts';
import { buildPage } from './build-page.ts';
import { PlayFleet } from './play-fleet.ts';

/** Where they go; another folder for a look beforehand. */
const folder = process.argv[2] ?? join(import.meta.dirname, '../../docs/screenshots');
const patienceMs = 30_000;

/** What is shown in all of them: a move that goes on, some that are over, a host that is worked at. */
async function setScene(fleet: PlayFleet): Promise<{
  readonly running: string;
  /** Pages that are looked at as they open, by the name of the picture. */
  readonly pages: Readonly<Record<string, string>>;
}> {
  const client = fleet.client();
  fleet.world.bytesPerStep = 512 * 1024 ** 2;
  for (const name of ['web-1', 'db-2', 'cache-3', 'api-2']) await over(fleet, await begin(fleet, name));
  await client.setHost('compute15', { maintenance: { reason: 'a disk is replaced' } });
  for (const [index, { name }] of (await client.hosts()).entries())
    await client.setHost(name, {
      labels: { rack: `a${1 + (index % 3)}`, ...(index % 2 === 0 ? { disk: 'nvme' } : {}) },
    });
  // The guest changes memory nearly as fast as it is sent: there is something to see.
  fleet.world.bytesPerStep = 16 * 1024 ** 2;
  fleet.world.hotSet = { bytes: 700 * 1024 ** 2, bytesPerStep: 11 * 1024 ** 2 };
  const id = await begin(fleet, 'queue-3');
  const { id: instance } = await client.instance('web-1');
  const { plan } = await client.makePlan({ goal: { kind: 'upgrade', hosts: ['compute11', 'compute12'] } });
  const { host } = await client.host('compute12');
  const things = await setThings(fleet);
  await setFindings(fleet);
  return {
    running: id,
    pages: {
      migrations: '/migrations',
      plans: '/plans',
      plan: `/plans/${plan.id}`,
      instance: `/instances/${instance}`,
      hosts: '/hosts',
      host: `/hosts/${host.id}`,
      images: '/images',
      image: `/images/${things.image}`,
      volumes: '/volumes',
      volume: `/volumes/${things.volume}`,
      networks: '/networks',
      network: '/networks/default',
      'security-groups': '/security-groups',
      'security-group': `/security-groups/${things.group}`,
      flavors: '/flavors',
      flavor: `/flavors/${things.flavor}`,
      keypairs: '/keypairs',
      keypair: '/keypairs/laptop',
      activity: '/activity',
      settings: '/settings',
      users: '/settings?view=users',
      policies: '/settings?view=policies',
      projects: '/settings?view=projects',
      webhooks: '/settings?view=webhooks',
      webhook: `/settings/webhooks/${things.webhook}`,
    },
  };
}

/** What instances are made of, and who works here. */
async function setThings(
  fleet: PlayFleet,
): Promise<Readonly<Record<'image' | 'volume' | 'group' | 'flavor' | 'webhook', string>>> {
  const client = fleet.client();
  for (const [name, vcpus, memoryMib] of [
    ['m1.small', 1, 2048],
    ['m1.medium', 2, 4096],
    ['m1.large', 4, 8192],
  ] as const)
    await client.addFlavor({ name, vcpus, memoryMib, rootGib: 20 });
  await client.addVolumeType({ name: 'fast', pool: 'nfs', shared: true, isDefault: true });
  const hosts = ['compute11', 'compute12'];
  const { id: volume } = await client.addVolume({
    name: 'data',
    pool: 'nfs',
    hosts,
    sizeBytes: 40 * 1024 ** 3,
  });
  await client.addVolume({ name: 'logs', pool: 'nfs', hosts, sizeBytes: 8 * 1024 ** 3 });
  const { id: group } = await client.addSecurityGroup({
    name: 'web',
    description: 'what browsers reach',
    rules: [
      { protocol: 'tcp', portMin: 80, portMax: 80 },
      { protocol: 'tcp', portMin: 443, portMax: 443 },
      { protocol: 'icmp', remoteCidr: '10.0.0.0/8' },
    ],
  });
  await client.addSecurityGroup({ name: 'default' });
  await client.setPolicy('calm', {
    scope: 'default',
    description: 'no guest stands still for long',
    values: { maxDowntimeMs: 200, postCopy: 'never' },
  });
  const made = (await fleet.ask('POST', '/image/v2/images', {
    name: 'debian-13',
    disk_format: 'raw',
    container_format: 'bare',
    visibility: 'public',
    os_distro: 'debian',
  })) as { id: string };
  await fleet.ask('POST', '/v2.1/os-keypairs', { keypair: { name: 'laptop' } });
  await fleet.addUser('rita', 'reads and no more', 'reader');
  await fleet.addUser('oscar', 'operates and no more', 'manager');
  const [flavor] = await client.flavors();
  return { image: made.id, volume, group, flavor: flavor?.id ?? '', webhook: await setWebhooks(fleet) };
}

/** Hosts with shells, of which one has a clock that is ahead, and one a line of another that leads to itself. */
async function setFindings(fleet: PlayFleet): Promise<void> {
  for (const host of fleet.world.hosts.values()) {
    host.shell = { python: '3.13.5', zstd: true, root: true };
    host.examination = {};
  }
  fleet.world.host('compute11').examination = {
    clock: { aheadMs: 65_000, uncertaintyMs: 1 },
    processes: ['chronyd'],
    userfaultfd: 'root-only',
  };
  fleet.world.host('compute12').namesHere.set('compute11', ['127.0.1.1']);
  await fleet.client().doctor({});
}

/** Two receivers, of which one does not take what it is sent; the id of that one. */
async function setWebhooks(fleet: PlayFleet): Promise<string> {
  const client = fleet.client();
  const secret = 'a secret of the pictures';
  await client.addWebhook({
    name: 'chat',
    url: 'https://chat.example.org/in/7',
    // Nothing is told of that here: nothing is sent to it.
    kinds: ['host.removed'],
    secret,
  });
  const url = 'http://127.0.0.1:9/ferry';
  const { id } = await client.addWebhook({ name: 'tickets', url, kinds: ['*'], secret });
  await client.testWebhook(id);
  return id;
}

/** Moves an instance live to the first host that would take it. */
async function begin(fleet: PlayFleet, name: string): Promise<string> {
  const client = fleet.client();
  for (const { name: host } of await client.hosts()) {
    const move = { kind: 'live-migration', host } as const;
    if ((await client.check(name, move)).possible) return (await client.migrate(name, move)).id;
  }
  throw new Error(`no host would take ${name}`);
}

async function over(fleet: PlayFleet, id: string): Promise<void> {
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    if ((await fleet.client().migration(id)).finishedAt !== null) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`migration ${id} is not over after ${patienceMs} ms`);
}

/** All pages in one scheme and one language. */
async function shoot(
  browser: Browser,
  fleet: PlayFleet,
  scene: Awaited<ReturnType<typeof setScene>>,
  { colorScheme, locale }: { readonly colorScheme: 'light' | 'dark'; readonly locale: 'en-GB' | 'zh-CN' },
): Promise<void> {
  const { page } = await watchedPage(browser, fleet.url, { colorScheme, locale });
  page.setDefaultTimeout(patienceMs);
  const name = (what: string): string => `${what}-${locale.slice(0, 2)}-${colorScheme}.png`;
  const keep = (what: string): Promise<unknown> => page.screenshot({ path: join(folder, name(what)) });
  await page.goto(fleet.url);
  await page.locator('input[name="username"]').fill('admin');
  await keep('sign-in');
  await page.locator('input[name="password"]').fill(fleet.password);
  await page.locator('button[type="submit"]').click();
  await page.locator('[role="row"][aria-level="3"]').first().waitFor();
  await settled(page);
  await keep('fleet');
  await drag(page);
  await keep('drag');
  await page.mouse.up();
  const dialog = page.getByRole('dialog');
  await dialog.locator('dl').first().waitFor();
  await keep('move');
  await page.keyboard.press('Escape');
  await page.goto(`${fleet.url}/migrations/${scene.running}`);
  await page.locator('figure svg').first().waitFor();
  await settled(page);
  await keep('migration');
  for (const [what, path] of Object.entries(scene.pages)) {
    await page.goto(`${fleet.url}${path}`);
    await page.locator('tbody tr, main dl').first().waitFor();
    await settled(page);
    await keep(what);
  }
  await page.goto(`${fleet.url}/hosts?view=doctor`);
  await page.locator('table button').first().waitFor();
  await keep('doctor');
  await page.locator('main section button').first().click();
  await dialog.locator('section').first().waitFor();
  await keep('mend');
  await page.context().close();
}

/** Takes an instance to the first target of the panel, and holds it there. */
async function drag(page: Page): Promise<void> {
  const row = page.locator('[role="row"][aria-level="3"][data-free="true"]').nth(3);
  const from = await row.boundingBox();
  if (from === null) throw new Error('no instance is in sight');
  await page.mouse.move(from.x + 80, from.y + 16);
  await page.mouse.down();
  await page.mouse.move(from.x + 240, from.y + 60, { steps: 5 });
  const target = page.locator('aside [data-kind="possible"]').nth(1);
  await target.waitFor();
  await settled(page);
  const to = await target.boundingBox();
  if (to === null) throw new Error('no target is in sight');
  await page.mouse.move(to.x + 40, to.y + 16, { steps: 6 });
}

/** Checks and fonts have come. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => undefined);
  await page.evaluate('document.fonts.ready');
}

/** `make web-screenshots`. */
async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await buildPage();
  await using fleet = await PlayFleet.open(
    { hosts: 9, guestsPerHost: 5 },
    { loadIntervalMs: 500, webhooks: { allowed: ['127.0.0.1'] } },
  );
  const scene = await setScene(fleet);
  const browser = await launch();
  for (const colorScheme of ['dark', 'light'] as const)
    for (const locale of ['en-GB', 'zh-CN'] as const)
      await shoot(browser, fleet, scene, { colorScheme, locale });
  await browser.close();
}

await main();
