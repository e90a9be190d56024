import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../sim/world.ts';
import { FerryServer } from './ferry-server.ts';
import { readSample, type ShapeOptions, shapeDifferences } from './shape.ts';

let ferry: FerryServer;
let token: string;
let server: string;
let migration: number;
let liveRequest: string;
let hypervisor: string;

interface Body {
  readonly migrations: { readonly id: number }[];
  readonly hypervisors: { readonly id: string }[];
}

beforeAll(async () => {
  ferry = await FerryServer.start();
  token = await ferry.token();
  const { stage } = ferry;
  for (const name of ['compute11', 'compute12', 'compute13'])
    stage.world
      .host(name)
      .networks.set('anchor-net', { active: true, autostart: true, bridge: 'virbr1', mtu: 1500 });
  server = await stage.guest({ name: 'web', directory: '/shared', network: 'anchor-net' });
  await stage.client().addSecurityGroup({ name: 'web', description: '' });
  await stage.client().setInstanceGroups('web', { groups: ['web'], addresses: ['198.51.100.210'] });
  stage.slow();
  const body = { 'os-migrateLive': { host: null, block_migration: 'auto' } };
  const { headers } = await compute('POST', `/servers/${server}/action`, 92, body);
  liveRequest = headers.get('x-openstack-request-id') ?? '';
  migration = await until('it is running', async () => {
    const running = await compute('GET', '/os-migrations?status=running', 92);
    return (running.body as Body).migrations[0]?.id ?? null;
  });
  hypervisor = ((await compute('GET', '/os-hypervisors', 92)).body as Body).hypervisors[0]?.id ?? '';
});

afterAll(async () => {
  ferry?.stage.fast();
  await ferry?.[Symbol.asyncDispose]();
});

function compute(
  method: string,
  path: string,
  minor: number,
  body?: unknown,
): ReturnType<FerryServer['request']> {
  const headers = { 'openstack-api-version': `compute 2.${minor}` };
  return ferry.request(method, `/v2.1${path}`, { token, headers, ...(body === undefined ? {} : { body }) });
}

/** The request of a sample, with Ferry's own ids where the sample has its own. */
async function asked(name: string, minor: number): Promise<{ status: number; body: unknown }> {
  const { method, url, body } = readSample(name).request;
  const { pathname, search } = new URL(url);
  const path = `${pathname}${search}`
    .replace(/^\/v2\.1/, '')
    .replace(/(?<=\/servers\/)(?!1111)[0-9a-f-]{36}/, server)
    .replace(/(?<=\/migrations\/)44$/, String(migration))
    .replace(/(?<=\/os-hypervisors\/)(?:1|[0-9a-f-]{36})(?=$|\/)/, minor >= 53 ? hypervisor : '1')
    .replace(/(?<=os-instance-actions\/)req-[0-9a-f-]+/, liveRequest)
    .replace('os-c1', 'compute11');
  return compute(method, path, minor, body ?? undefined);
}

/** Where Ferry has null, or nothing to tell, what Nova has a value for; each is told in docs/nova-compatibility.md. */
const options: ShapeOptions = {
  // An instance that was adopted stands on no image that Ferry knows.
  ignore: [
    ...['server', 'servers[]'].flatMap((root) => [
      `${root}.image`,
      `${root}.os-extended-volumes:volumes_attached`,
    ]),
    ...['hypervisor', 'hypervisors[]'].map((root) => `${root}.cpu_info.features`),
    'availabilityZoneInfo[].hosts',
  ],
  nullable: [
    ...['hypervisor', 'hypervisors[]'].flatMap((root) => [`${root}.disk_available_least`, `${root}.uptime`]),
    'uptime',
    'instanceAction.updated_at',
    'instanceAction.events[].finish_time',
    'instanceAction.events[].result',
  ],
};

const versions = [1, 23, 53, 59, 80, 92];
const pages = [
  'servers',
  'servers-detail',
  'servers-show',
  'os-hypervisors',
  'os-hypervisors-detail',
  'os-hypervisors-show',
  'os-services',
  'os-migrations-running',
];

test.each([
  ...versions.flatMap((minor) => pages.map((page) => [page, minor] as const)),
  ...versions
    .slice(1)
    .flatMap((minor) => [['server-migrations', minor] as const, ['server-migrations-show', minor] as const]),
  ...[1, 51, 58, 84, 92].flatMap((minor) => [
    ['os-instance-actions', minor] as const,
    ['os-instance-actions-show-live-migration', minor] as const,
  ]),
  ...[
    'limits',
    'os-availability-zone',
    'os-availability-zone-detail',
    'os-aggregates',
    'server-ips',
    'server-os-interface',
    'os-hypervisors-statistics',
    'os-hypervisors-search',
  ].map((page) => [page, 1] as const),
  ['os-hypervisors-with-servers', 92] as const,
])('%s of 2.%i has the status and the shape of a real one', async (page, minor) => {
  const { response } = readSample(`nova-${page}-2.${minor}`);
  const actual = await asked(`nova-${page}-2.${minor}`, minor);
  expect(actual.status).toBe(response.status);
  expect(shapeDifferences(actual.body, response.body, options)).toEqual([]);
});

test('fields of a server come in the order of a real one', async () => {
  const sample = readSample('nova-servers-show-2.92').response.body as { server: object };
  const actual = (await asked('nova-servers-show-2.92', 92)).body as { server: object };
  expect(Object.keys(actual.server)).toEqual(Object.keys(sample.server));
});

test.each([
  ['nova-404-server', 92],
  ['nova-404-migration', 92],
  ['nova-404-force-complete', 92],
  ['nova-400-migratelive-badbody', 92],
  ['nova-409-second-migration', 92],
  ['nova-os-quota-sets-x-2.1', 1],
] as const)('%s: the same refusal', async (name, minor) => {
  const { response } = readSample(name);
  const actual = await asked(name, minor);
  expect(actual.status).toBe(response.status);
  expect(shapeDifferences(actual.body, response.body)).toEqual([]);
});

test('who is no administrator sees no hypervisors', async () => {
  const { response } = readSample('nova-403-hypervisors');
  const reader = readFileSync(`${ferry.stage.dataDirectory}/reader.token`, 'utf8').trim();
  const actual = await ferry.request('GET', '/v2.1/os-hypervisors', { token: reader });
  expect(actual).toMatchObject({ status: 403, body: response.body });
});
