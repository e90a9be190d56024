import { type ImageQuery, type ImageSortKey, isImageSortKey } from '@ferry/model';
import { GlanceFault } from './glance-fault.ts';

/** What a list of images asks for, and which part of it. */
export interface ImageListQuery {
  readonly query: ImageQuery;
  readonly limit: number;
  readonly marker: string | null;
}

type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

const defaultLimit = 25;
const greatestLimit = 1000;
const known: ReadonlySet<string> = new Set(
  'limit marker sort sort_key sort_dir visibility os_hidden tag size_min size_max member_status'.split(' '),
);

/** Reads the parameters of `GET /v2/images`; refuses those that make no sense. */
export function readImageQuery(parameters: Parameters): ImageListQuery {
  const { visibility, os_hidden: hidden, tag, size_min: sizeMin, size_max: sizeMax } = parameters;
  const fields = Object.fromEntries(
    Object.entries(parameters)
      .filter(([name]) => !known.has(name))
      .map(([name, value]) => [name, valuesOf(one(value))]),
  );
  const wanted = one(visibility);
  if (wanted !== undefined && !['public', 'private', 'shared', 'community', 'all'].includes(wanted))
    throw new GlanceFault(400, `Invalid visibility value: ${wanted}`);
  const sort = sortOf(parameters);
  return {
    query: {
      ...(wanted === undefined ? {} : { visibility: wanted }),
      ...(hidden === undefined ? {} : { hidden: one(hidden)?.toLowerCase() === 'true' }),
      ...(tag === undefined ? {} : { tags: [tag].flat() }),
      ...(sizeMin === undefined ? {} : { sizeMinBytes: numberOf('size_min', one(sizeMin)) }),
      ...(sizeMax === undefined ? {} : { sizeMaxBytes: numberOf('size_max', one(sizeMax)) }),
      ...(sort.length === 0 ? {} : { sort }),
      fields,
    },
    limit: Math.min(
      parameters['limit'] === undefined ? defaultLimit : numberOf('limit', one(parameters['limit'])),
      greatestLimit,
    ),
    marker: one(parameters['marker']) ?? null,
  };
}

/** `sort=name:asc,id`, or the older `sort_key` and `sort_dir`, each as often as wanted. */
function sortOf(parameters: Parameters): { key: ImageSortKey; dir: 'asc' | 'desc' }[] {
  const keys = [parameters['sort_key'] ?? []].flat();
  const dirs = [parameters['sort_dir'] ?? []].flat();
  const pairs = [
    ...[parameters['sort'] ?? []].flat().flatMap((text) => text.split(',').map((part) => part.split(':'))),
    ...keys.map((key, index) => [key, dirs[index] ?? dirs.at(-1)]),
  ];
  return pairs.map(([key = '', dir = 'desc']) => {
    if (!isImageSortKey(key)) throw new GlanceFault(400, `Invalid sort key: ${key}`);
    if (dir !== 'asc' && dir !== 'desc') throw new GlanceFault(400, `Invalid sort direction: ${dir}`);
    return { key, dir };
  });
}

/** Several values are asked for by `in:one,other`, where one with a comma stands in quotes. */
function valuesOf(text: string | undefined): string[] {
  if (text === undefined) return [];
  if (!text.startsWith('in:')) return [text];
  return Array.from(text.slice(3).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1'),
  );
}

function numberOf(name: string, text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/.test(text))
    throw new GlanceFault(400, `Invalid value for ${name}: it must be a whole number, not negative.`);
  return Number(text);
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return [value].flat()[0];
}
