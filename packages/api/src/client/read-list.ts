import { ApiError } from './api-error.ts';
import type { HttpTransport } from './http-transport.ts';

/** Entries of a page at most. */
const longestPage = 1_000;
/** Readings of one list, when what a page begins after is removed meanwhile. */
const maxAttempts = 3;

/** A list: where it is, the name of its entries in an answer, which are wanted, and how many of them at most. */
export interface WantedList {
  readonly path: string;
  readonly noun: string;
  readonly filter?: Readonly<Record<string, string>>;
  readonly most?: number | undefined;
}

/** A list, page by page; from its beginning again when the entry went after which it was to go on. */
export async function readList<T>(http: HttpTransport, wanted: WantedList): Promise<T[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readPages<T>(http, wanted);
    } catch (error) {
      const isGone = error instanceof ApiError && error.code === 'marker-not-found';
      if (!isGone || attempt === maxAttempts) throw error;
    }
  }
}

async function readPages<T>(
  http: HttpTransport,
  { path, noun, filter = {}, most = Number.POSITIVE_INFINITY }: WantedList,
): Promise<T[]> {
  const all: T[] = [];
  const query = new URLSearchParams(filter);
  for (;;) {
    if (most - all.length < longestPage) query.set('limit', String(most - all.length));
    const asked = query.size === 0 ? path : `${path}?${query.toString()}`;
    const body = await http.json<Record<string, unknown>>('GET', asked);
    all.push(...(body[noun] as T[]));
    // Controllers of before there were pages tell all at once.
    const next = body['next'] as string | null | undefined;
    if (next === null || next === undefined || all.length >= most) return all.slice(0, most);
    query.set('marker', next);
  }
}
