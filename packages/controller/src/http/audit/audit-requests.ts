import type { FastifyRequest } from 'fastify';
import type { NewAudit } from '../../store/operations/audit-store.ts';
import { tokenOf } from '../openstack/authenticate.ts';
import { clientAddress } from '../openstack/public-url.ts';
import type { Actor, Api, App } from '../routing/api.ts';

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
function isAuditedMethod(method: string): boolean {
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

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks for something that is written down; null: nobody that is known, or nothing is. */
    actor: Actor | null;
  }
  interface FastifyContextConfig {
    /** False: though it is no reading, it changes nothing. */
    audit?: false;
  }
}

/**
 * Writes down whatever somebody who is known asks for and how it ended, in all APIs and for each route that there will
 * be: before the reply leaves, so that nobody hears of a success that is not in the log. To be called before any route is
 * added.
 */
export function auditRequests(app: App, api: Api): void {
  app.decorateRequest('actor', null);
  app.addHook('onRequest', async (request) => {
    const token = isAudited(request) ? tokenOf(request) : null;
    // Asked now: what ends a token, or its user, is written down as theirs. One that cannot be asked about is refused by the API itself.
    if (token !== null) request.actor = await api.actorOf(token).catch(() => null);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const { actor } = request;
    const action = actor === null ? null : actionOf(request);
    if (actor === null || action === null) return payload;
    // Asked for once, also where a reply is replaced by that of an error.
    request.actor = null;
    const record: NewAudit = {
      ...actor,
      action,
      address: clientAddress(request),
      requestId: request.requestId,
      target: auditedTarget(request.params, request.body),
      result: reply.statusCode < 400 ? 'done' : reply.statusCode < 500 ? 'refused' : 'failed',
      status: reply.statusCode,
    };
    await api.store.audit.record(record).catch((error: unknown) => {
      api.metrics.count('ferry_audit_write_failures_total', {});
      request.log.error({ err: error, record }, 'the audit log could not be written; this is what it lacks');
    });
    return payload;
  });
}

function isAudited({ method, routeOptions, is404 }: FastifyRequest): boolean {
  return isAuditedMethod(method) && !is404 && routeOptions.config.audit !== false;
}

function actionOf(request: FastifyRequest): string | null {
  if (!isAudited(request)) return null;
  const { method, routeOptions, body } = request;
  return auditedAction({ method, route: routeOptions.url ?? '', body });
}

/** What of a body may stand in the audit log: names of what is done to what, never a password, secret, key or data. */
const told: ReadonlySet<string> = new Set(
  'name host domain kind enabled uri type visibility pool size powered_off imageRef flavorRef volumeId reason disabled_reason forced_down poweredOff'.split(
    ' ',
  ),
);
const longest = 200;

/**
 * What a request is about: what its address names, and a few words of its body, of the one object in it where there is
 * one. Texts are cut.
 */
export function auditedTarget(params: unknown, body: unknown): Record<string, string> {
  return { ...wordsOf(body), ...textsOf(params, () => true) };
}

function wordsOf(body: unknown): Record<string, string> {
  const objects = isObject(body) ? [body, ...Object.values(body).filter(isObject)] : [];
  return Object.assign({}, ...objects.map((one) => textsOf(one, (name) => told.has(name)))) as Record<
    string,
    string
  >;
}

function textsOf(value: unknown, isTold: (name: string) => boolean): Record<string, string> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries
      .filter(([name, one]) => isTold(name) && ['string', 'number', 'boolean'].includes(typeof one))
      .map(([name, one]) => [name, withoutPassword(String(one)).slice(0, longest)]),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** An address can hold a password, `scheme://user:password@host`, and parameters. */
function withoutPassword(text: string): string {
  return text
    .replace(/^([a-z][\w+.-]*:\/\/)[^/@]*:[^/@]*@/i, '$1***@')
    .replace(/(^[a-z][\w+.-]*:\/\/[^?]*)\?.*$/i, '$1');
}
