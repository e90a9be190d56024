import { readTime } from '../routing/read-time.ts';
import type {
  HostFilter,
  InstanceBody,
  InstanceFilter,
  MigrationBody,
  MigrationFilter,
  PlanBody,
  PlanFilter,
} from '@ferry/api';
import type { Host } from '@ferry/model';
import { Refusal } from '../../operations/engine/refusal.ts';
import type { StoredPage } from '../../store/list-pages.ts';
import type { Store } from '../../store/store.ts';
import { hostNames, instanceBody, migrationBody } from './views/instance-view.ts';
import { planBody } from './views/plan-view.ts';

/** Where a page of a list begins (after the entry of that id; null: at the beginning), and how many entries it has at most. */
export interface PageBounds {
  readonly marker: string | null;
  readonly limit: number;
}

/** A page of a list, and the marker of the next; null: it is the last. */
interface ListedPage<T> {
  readonly entries: T[];
  readonly next: string | null;
}

/** Instances that fit, a page of them. `projectIdOf` finds a project by its name or id. */
export async function listInstances(
  store: Store,
  { host, power, state, project, name, moving, fault, user, ...madeOf }: InstanceFilter,
  bounds: PageBounds,
  projectIdOf: (nameOrId: string) => Promise<string>,
): Promise<ListedPage<InstanceBody>> {
  const names = await hostNames(store);
  const query = {
    hostId: host === undefined ? undefined : await hostIdOf(store, host),
    powerState: power,
    vmState: state,
    projectId: project === undefined ? undefined : await projectIdOf(project),
    namePrefix: name,
    moving: truth(moving),
    fault: truth(fault),
    userId: user,
    ...madeOf,
  };
  return listed(bounds.marker, await store.lists.instances(query, bounds), (one) => instanceBody(one, names));
}

/** Migrations that fit, a page of them. */
export async function listMigrations(
  store: Store,
  { open, since, ...filter }: MigrationFilter,
  bounds: PageBounds,
): Promise<ListedPage<MigrationBody>> {
  const query = {
    ...filter,
    open: truth(open),
    since: since === undefined ? undefined : readTime('since', since),
  };
  return listed(bounds.marker, await store.lists.migrations(query, bounds), migrationBody);
}

/** Plans that fit, a page of them. */
export async function listPlans(
  store: Store,
  { state, open }: PlanFilter,
  bounds: PageBounds,
): Promise<ListedPage<PlanBody>> {
  const page = await store.plans.page({ status: state, open: truth(open) }, bounds);
  const entries = page === 'no-marker' ? [] : page.entries;
  const counts = await store.plans.counts(entries.map(({ id }) => id));
  const names = await hostNames(store);
  return listed(bounds.marker, page, (plan) => planBody(plan, counts.get(plan.id) ?? {}, names));
}

function truth(word: 'true' | 'false' | undefined): boolean | undefined {
  return word === undefined ? undefined : word === 'true';
}

/** Hosts that fit. They are a few hundred at most, and are looked through here. */
export async function hostsThatFit(
  store: Store,
  hosts: readonly Host[],
  { state, status, zone, label }: HostFilter,
): Promise<Host[]> {
  const zones = zone === undefined ? null : await store.creations.zones();
  return hosts.filter(
    ({ id, service, labels }) =>
      (label === undefined || hasLabel(labels, label)) &&
      (state === undefined || service.state === state) &&
      (status === undefined || service.status === status) &&
      (zones === null || zones.of(id) === zone),
  );
}

/** `name=value`, or a name alone: whatever its value is. */
function hasLabel(labels: Host['labels'], label: string): boolean {
  const [name = '', ...value] = label.split('=');
  if (!Object.hasOwn(labels, name)) return false;
  return value.length === 0 || labels[name] === value.join('=');
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
