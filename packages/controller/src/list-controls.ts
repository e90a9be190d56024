import type { HostFilter, InstanceBody, MigrationBody } from '@ferry/api';
import {
  heldByMove,
  type Host,
  type Instance,
  type InstanceFault,
  instanceActions,
  type Migration,
} from '@ferry/model';
import type { ListControls, ListedPage } from './http/controls.ts';
import { hostWithActions } from './operations/hosts/add-host.ts';
import { Refusal } from './operations/engine/refusal.ts';
import type { Services } from './operations/engine/services.ts';
import type { StoredPage } from './store/database/list-pages.ts';
import type { Store } from './store/store.ts';

/** Joins Ferry's own lists to readings. `projectIdOf` finds a project by its name or id. */
export function listControls(
  { store }: Services,
  projectIdOf: (nameOrId: string) => Promise<string>,
): ListControls {
  return {
    hosts: async (filter = {}) => {
      const hosts = await store.hosts.list();
      const uses = await store.hosts.uses();
      return (await hostsThatFit(store, hosts, filter)).map((host) => hostWithActions(host, uses));
    },
    instances: async ({ host, power, state, project, name, moving, fault }, bounds) => {
      const names = await hostNames(store);
      const query = {
        hostId: host === undefined ? undefined : await hostIdOf(store, host),
        powerState: power,
        vmState: state,
        projectId: project === undefined ? undefined : await projectIdOf(project),
        namePrefix: name,
        moving: truth(moving),
        fault: truth(fault),
      };
      return listed(bounds.marker, await store.lists.instances(query, bounds), (one) =>
        instanceBody(one, names),
      );
    },
    migrations: async ({ open, since, ...filter }, bounds) => {
      const query = {
        ...filter,
        open: truth(open),
        since: since === undefined ? undefined : new Date(since).toISOString(),
      };
      return listed(bounds.marker, await store.lists.migrations(query, bounds), migrationBody);
    },
  };
}

function truth(word: 'true' | 'false' | undefined): boolean | undefined {
  return word === undefined ? undefined : word === 'true';
}

/** Hosts are a few hundred at most: they are looked through here. */
async function hostsThatFit(
  store: Store,
  hosts: readonly Host[],
  { state, status, zone }: HostFilter,
): Promise<Host[]> {
  const zones = zone === undefined ? null : await store.creations.zones();
  return hosts.filter(
    ({ id, service }) =>
      (state === undefined || service.state === state) &&
      (status === undefined || service.status === status) &&
      (zones === null || zones.of(id) === zone),
  );
}

async function hostIdOf(store: Store, name: string): Promise<string> {
  const host = await store.hosts.byNameOrId(name);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${name}".`);
  return host.id;
}

function listed<T, Body extends { readonly id: string }>(
  marker: string | null,
  page: StoredPage<T> | 'no-marker',
  bodyOf: (one: T) => Body,
): ListedPage<Body> {
  if (page === 'no-marker')
    throw new Refusal('marker-not-found', `The list has no "${marker}" any more, after which to go on.`);
  const entries = page.entries.map(bodyOf);
  return { entries, next: page.more ? (entries.at(-1)?.id ?? null) : null };
}

/** Names of all hosts by their ids. */
export async function hostNames({ hosts }: Pick<Store, 'hosts'>): Promise<Map<string, string>> {
  return new Map((await hosts.list()).map((host) => [host.id, host.name]));
}

/** An instance as it is told; its host by name. */
export function instanceBody(instance: Instance, names: ReadonlyMap<string, string>): InstanceBody {
  const nameOf = (id: string): string => names.get(id) ?? id;
  const migrationId = heldByMove(instance) ? instance.migrationId : null;
  return {
    ...instance,
    migrationId,
    host: nameOf(instance.hostId),
    fault: faultBody(instance.fault, nameOf),
  };
}

/** The same, with what may be done to it now. */
export async function instanceWithActions(
  { store }: Pick<Services, 'store'>,
  instance: Instance,
): Promise<InstanceBody> {
  const hosts = await store.hosts.list();
  const host = hosts.find(({ id }) => id === instance.hostId) ?? null;
  const kept = await store.definitionBackups.of(instance.id, instance.hostId);
  const names = new Map(hosts.map(({ id, name }) => [id, name]));
  const actions = instanceActions({ instance, host, definitionKept: kept !== null });
  return { ...instanceBody(instance, names), actions };
}

/** Hosts are told by their names. */
function faultBody(fault: InstanceFault | null, nameOf: (id: string) => string): InstanceBody['fault'] {
  if (fault === null) return null;
  const { kind, message, remedy, hostIds, withoutGap, keep, since = null } = fault;
  return {
    kind,
    message,
    remedy,
    hosts: hostIds.map(nameOf).toSorted(),
    since,
    withoutGap: withoutGap === null ? null : nameOf(withoutGap),
    keep: keep === null ? null : nameOf(keep),
  };
}

/** A migration as it is told. */
export function migrationBody(migration: Migration): MigrationBody {
  return migration as unknown as MigrationBody;
}
