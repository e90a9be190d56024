import type { FindingBody, ProblemBody } from '@ferry/api';

/** What the controller refused, or that it could not be asked (`status` 0). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  readonly findings: readonly FindingBody[];

  constructor(status: number, told: Partial<ProblemBody['error']>) {
    super(told.message ?? '');
    this.status = status;
    this.code = told.code ?? 'unknown';
    this.remedy = told.remedy ?? '';
    this.findings = told.findings ?? [];
  }
}

/** Any of the controller's refusals: Ferry's own, the compute API's `{conflictingRequest: {message}}`, the image API's `{message}`. */
async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const told = toldIn(body);
  const code = typeof told.code === 'string' ? told.code : `http-${response.status}`;
  return new Problem(response.status, { ...told, code, message: told.message ?? response.statusText });
}

function toldIn(body: unknown): Partial<ProblemBody['error']> {
  if (body === null || typeof body !== 'object') return {};
  const one: unknown = 'message' in body ? body : Object.values(body)[0];
  if (one === null || typeof one !== 'object') return {};
  return one;
}

/** Longer than a check of a slow host takes. */
const defaultPatienceMs = 120_000;
const proof = { 'x-ferry-dashboard': '1' };

/** Called when the controller knows the session no more. */
let onSignedOut: () => void = () => undefined;

export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

/** One request to the controller that serves this page; the browser adds the session's cookie. */
export async function request(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  {
    body,
    signal,
    headers = {},
    patienceMs = defaultPatienceMs,
  }: { body?: unknown; signal?: AbortSignal; headers?: Record<string, string>; patienceMs?: number } = {},
): Promise<Response> {
  const late = AbortSignal.timeout(patienceMs);
  const init: RequestInit = {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(method === 'GET' ? {} : proof),
      ...(body === undefined ? {} : { 'content-type': typeOf(body) }),
      ...headers,
    },
    signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
  };
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new Problem(0, {
      code: 'offline',
      message: cause instanceof Error ? cause.message : String(cause),
    });
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (problem.code === 'unauthorized' || (response.status === 401 && !path.endsWith('/session')))
    onSignedOut();
  throw problem;
}

/** Files go as they are. */
function typeOf(body: unknown): string {
  return body instanceof Blob ? 'application/octet-stream' : 'application/json';
}

/** The same for an answer of JSON. */
export async function json<T>(...asked: Parameters<typeof request>): Promise<T> {
  const response = await request(...asked);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** All pages of a list; `page` is told what there is after each of them. */
export async function allPages<T>(
  path: string,
  noun: string,
  {
    signal,
    limit = 1_000,
    page,
  }: { signal?: AbortSignal; limit?: number; page?: (all: readonly T[]) => void } = {},
): Promise<T[]> {
  const all: T[] = [];
  const query = new URLSearchParams({ limit: String(limit) });
  for (;;) {
    const asked = `${path}${path.includes('?') ? '&' : '?'}${query.toString()}`;
    const body = await json<Record<string, unknown>>('GET', asked, signal === undefined ? {} : { signal });
    all.push(...(body[noun] as T[]));
    page?.(all);
    const next = body['next'] as string | null;
    if (next === null) return all;
    query.set('marker', next);
  }
}
