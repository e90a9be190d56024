/** APIs by the beginnings of their addresses. */
const apis: readonly (readonly [string, string])[] = [
  ['/ferry/v1/', 'ferry'],
  ['/v2.1/', 'compute'],
  ['/identity/v3/', 'identity'],
  ['/image/v2/', 'image'],
  ['/network/v2.0/', 'network'],
  ['/volume/v3/', 'volume'],
];

/** The API that a route is of, by its address. */
export function apiOfRoute(route: string): string {
  return partsOf(route).api;
}

function partsOf(route: string): { prefix: string; api: string } {
  const [prefix, api] = apis.find(([start]) => route.startsWith(start)) ?? ['/', 'other'];
  return { prefix, api };
}

/** Last words of addresses that say themselves what is done. */
const verbs: ReadonlySet<string> = new Set([
  'abort',
  'apply',
  'cancel',
  'confirm',
  'continue',
  'evacuate',
  'fence',
  'fix',
  'force-complete',
  'keep',
  'password',
  'pause',
  'post-copy',
  'replan',
  'resume',
  'revert',
  'test',
]);

const verbOf: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'set',
  PATCH: 'change',
  DELETE: 'delete',
};

/** Whether requests of that method are written down: others change nothing. */
export function isAuditedMethod(method: string): boolean {
  return verbOf[method] !== undefined;
}

/** What a request asks for, of which a route tells. */
interface RequestContext {
  readonly method: string;
  /** The route's address, with the names of its parts: `/v2.1/servers/:id/action`. */
  readonly route: string;
  readonly body: unknown;
}

/**
 * What a request is called in the audit log: its API, what stands in the route's address and what is done there:
 * `ferry:instances.migrations.create`, `identity:users.delete`, `compute:servers.os-start`. Null: it changes nothing.
 */
export function auditedAction({ method, route, body }: RequestContext): string | null {
  const verb = verbOf[method];
  if (verb === undefined) return null;
  const { prefix, api } = partsOf(route);
  const words = route
    .slice(prefix.length)
    .split('/')
    .filter((word) => word !== '' && word !== '*' && !word.startsWith(':'));
  // In the compute and the volume API the body's one key says what is done.
  if ((api === 'compute' || api === 'volume') && words.at(-1) === 'action')
    return `${api}:${[...words.slice(0, -1), keyOf(body)].join('.')}`;
  return `${api}:${[...words, ...(verbs.has(words.at(-1) ?? '') ? [] : [verb])].join('.')}`;
}

function keyOf(body: unknown): string {
  const [key = 'action'] = body !== null && typeof body === 'object' ? Object.keys(body) : [];
  return /^[\w-]{1,64}$/.test(key) ? key : 'action';
}
