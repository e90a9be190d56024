import fc from 'fast-check';

/** One request to any route, as far as it can be told in JSON. */
export interface AnyRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What stands where a name, a number or an object is expected. */
const odd: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  0.5,
  '',
  ' ',
  'x',
  '-1',
  '99999999999999999999',
  'ä\u2028🚢',
  '\ud800',
  '__proto__',
  'constructor',
  'a'.repeat(300),
  "'; DROP TABLE instance; --",
  '../../etc/passwd',
  '2030-02-31T25:61:00Z',
  '10.0.0.0/99',
  'null',
  [],
  {},
  [[]],
  [null],
  { a: { b: [] } },
];

/** Bodies that are right, or nearly: what is done to them is more than a schema alone would find. */
function bodiesOf(ids: readonly string[]): readonly unknown[] {
  const [id = 'x'] = ids;
  return [
    { server: { name: 'a', imageRef: id, flavorRef: '1', networks: [], metadata: { a: '1' }, tags: ['a'] } },
    { server: { name: 'b', accessIPv4: '1.2.3.4', description: 'd', hostname: 'h' } },
    { flavor: { name: 'f', ram: 64, vcpus: 1, disk: 1, id: 'f', rxtx_factor: 1 } },
    { extra_specs: { 'hw:cpu_policy': 'dedicated' } },
    { keypair: { name: 'k', public_key: 'ssh-ed25519 AAAA', type: 'ssh', user_id: id } },
    { server_group: { name: 'g', policy: 'anti-affinity', rules: { max_server_per_host: 1 } } },
    { aggregate: { name: 'a', availability_zone: 'z' } },
    { add_host: { host: 'compute11' } },
    { metadata: { a: 'b' } },
    { meta: { a: 'b' } },
    { tags: ['a', 'b'] },
    { volumeAttachment: { volumeId: id, tag: 't', device: '/dev/vdb' } },
    { remote_console: { protocol: 'vnc', type: 'novnc' } },
    { 'os-migrateLive': { host: 'compute12', block_migration: 'auto' } },
    { migrate: { host: 'compute12' } },
    { resize: { flavorRef: '1' } },
    { reboot: { type: 'HARD' } },
    { 'os-getConsoleOutput': { length: 10 } },
    { 'os-stop': null },
    { lock: { locked_reason: 'r' } },
    { evacuate: { host: 'compute12' } },
    { status: 'disabled', disabled_reason: 'r', forced_down: true },
    { auth: { identity: { methods: ['password'], password: { user: { name: 'a', password: 'b' } } } } },
    { auth: { identity: { methods: ['token'], token: { id } }, scope: { project: { id } } } },
    { user: { name: 'u', password: '12345678', email: 'e', enabled: true, default_project_id: id } },
    { project: { name: 'p', description: 'd', enabled: true } },
    { application_credential: { name: 'c', roles: [{ name: 'reader' }], expires_at: '2031-01-01T00:00:00' } },
    {
      name: 'i',
      disk_format: 'raw',
      container_format: 'bare',
      min_ram: 1,
      tags: ['t'],
      visibility: 'public',
    },
    [{ op: 'replace', path: '/name', value: 'n' }],
    { name: 'n', vcpus: 1, memoryMib: 64 },
    { name: 'v', pool: 'data', hosts: ['compute11'], sizeBytes: 1 },
    { name: 's', rules: [{ protocol: 'tcp', portMin: 1, portMax: 2, remoteCidr: '10.0.0.0/8' }] },
    { groups: ['s'] },
    { kind: 'live-migration', host: 'compute12', mapPaths: { '/a': '/b' } },
    { host: 'compute11', domain: 'a' },
    { uri: 'simulated://compute13/', labels: { rack: 'a' }, dryRun: true },
    { labels: { rack: 'a' } },
    { transport: 'tls', rotate: true, dryRun: true },
    { hosts: ['compute11'], at: '2031-01-01', measure: true },
    { imageDirectory: '/images', status: 'enabled', maintenance: { reason: 'r' } },
    { goal: { kind: 'drain', hosts: ['compute12'] }, limits: { perSource: 1 }, mayStop: ['a'] },
    { running: 'abort' },
    { kind: 'serial' },
  ];
}

const words =
  'limit marker offset sort_key sort_dir name status all_tenants changes-since detailed start end host path id user_id tags not-tags with_servers reverse deleted since until before after content enabled include_names user.id scope.project.id'.split(
    ' ',
  );

/** Addresses of the routes that a body is for, by its first word; the others are for Ferry's own and the image API. */
const routesOf: Readonly<Record<string, RegExp>> = {
  server: /\/servers/,
  flavor: /\/flavors/,
  extra_specs: /extra_specs/,
  keypair: /keypairs/,
  server_group: /server-groups/,
  aggregate: /os-aggregates/,
  add_host: /os-aggregates.*action/,
  metadata: /metadata/,
  meta: /metadata/,
  tags: /tags/,
  volumeAttachment: /volume_attachments/,
  remote_console: /remote-consoles/,
  status: /os-services/,
  auth: /auth\/tokens/,
  user: /identity.*users/,
  project: /identity.*projects/,
  application_credential: /application_credentials/,
  goal: /\/plans$/,
  running: /\/plans\/.*cancel/,
};
const actions = /^(?:os-migrateLive|migrate|resize|reboot|os-getConsoleOutput|os-stop|lock|evacuate)$/;

function isFor(body: unknown, url: string): boolean {
  const [word = ''] = Object.keys(body as object);
  if (actions.test(word)) return /servers.*action/.test(url);
  return (routesOf[word] ?? /^\/(?:ferry|image)/).test(url);
}

/** The same with one value in it replaced, or one of its objects with a word more. */
function damaged(value: unknown, at: number, by: unknown): unknown {
  let left = at;
  const walk = (one: unknown): unknown => {
    left -= 1;
    if (left === 0) return by;
    if (Array.isArray(one)) return one.map(walk);
    if (one === null || typeof one !== 'object') return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value);
}

/** Requests to these routes; `ids`: of what there is, so that some of them find something. */
export function anyRequest(
  routes: readonly { readonly method: string; readonly url: string }[],
  ids: readonly string[],
): fc.Arbitrary<AnyRequest> {
  const oddText = fc.constantFrom(...odd.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))));
  const part = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: oddText });
  const query = fc.array(fc.tuple(fc.constantFrom(...words), fc.oneof(part, oddText)), { maxLength: 3 });
  const value = fc.oneof(fc.constantFrom(...odd), part, fc.jsonValue({ maxDepth: 3 }));
  const bodies = bodiesOf(ids);
  const body = fc
    .tuple(fc.nat({ max: 1000 }), fc.integer({ min: 0, max: 12 }), value)
    .map(([which, at, by]) => (url: string): string => {
      const fitting = bodies.filter((one) => isFor(one, url));
      const seeds = fitting.length === 0 ? bodies : fitting;
      // Some are left whole: what comes after the schema is to be met as well.
      return JSON.stringify(damaged(seeds[which % seeds.length], at, by));
    });
  const anyBody = fc.oneof(
    { weight: 6, arbitrary: body },
    { weight: 1, arbitrary: fc.string().map((text) => (): string => text) },
  );
  const type = fc.oneof(
    { weight: 6, arbitrary: fc.constant('application/json') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'application/octet-stream',
        'application/openstack-images-v2.1-json-patch',
        'text/plain',
      ),
    },
  );
  return fc
    .record({
      route: fc.constantFrom(...routes),
      parts: fc.array(part, { minLength: 4, maxLength: 4 }),
      query,
      body: anyBody,
      type,
      minor: fc.integer({ min: 1, max: 96 }),
    })
    .map(({ route, parts, query: asked, body: sent, type: kind, minor }): AnyRequest => {
      let next = 0;
      const path = route.url.replaceAll(/:\w+(?:\([^)]*\))?|\*/g, () =>
        escaped(parts[next++ % parts.length]),
      );
      const search = asked.map(([name, text]) => `${name}=${escaped(text)}`).join('&');
      const hasBody = !['GET', 'HEAD'].includes(route.method);
      return {
        method: route.method,
        path: search === '' ? path : `${path}?${search}`,
        headers: {
          'openstack-api-version': `compute 2.${minor}`,
          ...(hasBody ? { 'content-type': kind } : {}),
        },
        body: hasBody ? sent(route.url) : null,
      };
    });
}

/** Half of a surrogate pair has no escape of its own. */
function escaped(text = ''): string {
  return encodeURIComponent(text.toWellFormed());
}
