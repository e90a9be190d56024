import { hasRole, type Volume, volumeStatus } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { NovaFault } from '../nova/nova-fault.ts';
import { nextLink, pageOf, type Query, valuesOf } from '../nova/paging.ts';

/** What a list of volumes is ordered by: Cinder's names, and the value of each that orders. */
const sortKeys: Readonly<Record<string, (volume: Volume) => string | number>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  display_name: ({ name }) => name,
  size: ({ sizeBytes }) => sizeBytes ?? 0,
  status: ({ state }) => state,
  created_at: ({ createdAt }) => createdAt,
  updated_at: ({ updatedAt }) => updatedAt,
};

interface Order {
  readonly key: string;
  readonly descending: boolean;
}

/** Cinder's own order where none is asked for: the newest first, and those of one moment by id. */
const ownOrder: readonly Order[] = [
  { key: 'created_at', descending: true },
  { key: 'id', descending: true },
];

/**
 * The volumes that a query asks for: by name, status, metadata and project, in its order, as many as its page holds. A page
 * that is full has a next one, which may be empty (Cinder's `_links`).
 */
export function volumePage(
  request: FastifyRequest,
  volumes: readonly VolumeRecord[],
): { readonly page: readonly VolumeRecord[]; readonly links: object | null } {
  const query = request.query as Query;
  const wanted = volumes.filter((record) => isWanted(record, query, hasRole(request.caller, 'admin')));
  const orders = ordersOf(query);
  const all = wanted.toSorted((one, other) => compare(one.volume, other.volume, orders));
  const { limit, marker } = pageOf(query);
  const before = marker === null ? -1 : all.findIndex(({ volume }) => volume.id === marker);
  if (marker !== null && before === -1) throw new NovaFault(400, `marker [${marker}] not found`);
  const page = all.slice(before + 1, before + 1 + limit);
  return { page, links: nextLink(request, page, limit, page.at(-1)?.volume.id) };
}

function isWanted({ volume, attachments }: VolumeRecord, query: Query, ofAnyProject: boolean): boolean {
  const names = [...valuesOf(query, 'name'), ...valuesOf(query, 'display_name')];
  const statuses = valuesOf(query, 'status');
  const projects = ofAnyProject ? valuesOf(query, 'project_id') : [];
  return (
    (names.length === 0 || names.includes(volume.name)) &&
    (statuses.length === 0 || statuses.includes(volumeStatus(volume, attachments))) &&
    (projects.length === 0 || projects.includes(volume.projectId ?? '')) &&
    valuesOf(query, 'metadata').every((text) => hasWords(volume.metadata, text))
  );
}

/** `metadata={'key': 'value'}`: JSON, or as Python writes it, which is what Cinder's own client sends. */
function hasWords(metadata: Readonly<Record<string, string>>, text: string): boolean {
  const words = readWords(text) ?? readWords(text.replaceAll("'", '"'));
  if (words === null) throw new NovaFault(400, `metadata is a JSON object of words, and not ${text}.`);
  return Object.entries(words).every(([key, value]) => metadata[key] === value);
}

function readWords(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** `sort=key:dir,key` of later clients, `sort_key` and `sort_dir` of older ones. */
function ordersOf(query: Query): readonly Order[] {
  const [sort] = valuesOf(query, 'sort');
  const [key] = valuesOf(query, 'sort_key');
  const [direction] = valuesOf(query, 'sort_dir');
  const asked =
    sort ??
    (key === undefined && direction === undefined ? null : `${key ?? 'created_at'}:${direction ?? 'desc'}`);
  if (asked === null) return ownOrder;
  return [
    ...asked.split(',').map((one) => {
      const [name = '', way = 'desc'] = one.split(':').map((part) => part.trim());
      if (!Object.hasOwn(sortKeys, name))
        throw new NovaFault(
          400,
          `Volumes are not sorted by "${name}"; by ${Object.keys(sortKeys).join(', ')}.`,
        );
      if (way !== 'asc' && way !== 'desc')
        throw new NovaFault(400, `A direction is asc or desc, and not "${way}".`);
      return { key: name, descending: way === 'desc' };
    }),
    { key: 'id', descending: true },
  ];
}

function compare(one: Volume, other: Volume, orders: readonly Order[]): number {
  for (const { key, descending } of orders) {
    const [a, b] = [sortKeys[key]?.(one) ?? '', sortKeys[key]?.(other) ?? ''];
    if (a !== b) return (a < b ? -1 : 1) * (descending ? -1 : 1);
  }
  return 0;
}
