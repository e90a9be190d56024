import { firstProject } from '@ferry/model';
import type { Store } from '../../store/store.ts';
import { Refusal } from './refusal.ts';

export { defaultClass, type SaidQuotas } from '../../store/identity/quota-store.ts';

/** What a project, or for keypairs and application credentials a user, may have at most; -1: as much as they like. */
export interface Quotas {
  readonly instances: number;
  /** Processors of all instances. */
  readonly cores: number;
  /** MiB of memory of all instances. */
  readonly ram: number;
  /** Of one instance. */
  readonly metadataItems: number;
  readonly keyPairs: number;
  readonly serverGroups: number;
  readonly serverGroupMembers: number;
  readonly images: number;
  readonly volumes: number;
  /** GiB of all volumes. */
  readonly gigabytes: number;
  readonly applicationCredentials: number;
}

/** Nova's and Cinder's own; they count neither images nor credentials, and Glance and Keystone leave them without a limit. */
export const defaultQuotas: Quotas = {
  instances: 10,
  cores: 20,
  ram: 51_200,
  metadataItems: 128,
  keyPairs: 100,
  serverGroups: 10,
  serverGroupMembers: 10,
  images: 100,
  volumes: 10,
  gigabytes: 1000,
  applicationCredentials: 100,
};

const unlimited = -1;

/** Which quota it is that Nova or Cinder names so. */
const quotaNames = {
  instances: 'instances',
  cores: 'cores',
  ram: 'ram',
  metadata_items: 'metadataItems',
  key_pairs: 'keyPairs',
  server_groups: 'serverGroups',
  server_group_members: 'serverGroupMembers',
  volumes: 'volumes',
  gigabytes: 'gigabytes',
} as const satisfies Readonly<Record<string, keyof Quotas>>;

/** Where quotas come from: what the controller was started with, and what administrators have said since. */
type QuotaSource = {
  readonly store: Pick<Store, 'quotas'>;
  readonly limits: { readonly quotas: Quotas };
};

/** The quotas of a project: what an administrator has said of it, else of all, else what the controller was started with. */
export async function quotasOf({ store, limits }: QuotaSource, projectId: string | null): Promise<Quotas> {
  const said = await store.quotas.of(projectId);
  const values = Object.entries(quotaNames).flatMap(([name, quota]) =>
    said[name] === undefined ? [] : [[quota, said[name]] as const],
  );
  return { ...unsaidQuotas(limits.quotas, projectId), ...(Object.fromEntries(values) as Partial<Quotas>) };
}

/**
 * The quotas of a project of which nothing is said. The first one has whatever was adopted, on which its operator's hosts set
 * the limits: of what Nova and Cinder count for a project it may have as much as it likes.
 */
function unsaidQuotas(quotas: Quotas, projectId: string | null): Quotas {
  if (projectId !== firstProject.id) return quotas;
  const { metadataItems, keyPairs, applicationCredentials } = quotas;
  return {
    instances: unlimited,
    cores: unlimited,
    ram: unlimited,
    metadataItems,
    keyPairs,
    serverGroups: unlimited,
    serverGroupMembers: unlimited,
    images: unlimited,
    volumes: unlimited,
    gigabytes: unlimited,
    applicationCredentials,
  };
}

/** Refuses more of something than there may be. `wanted`: with those that are there; `nouns`: as Nova's sentence ends. */
export function requireQuota(most: number, wanted: number, nouns: string): void {
  if (most !== unlimited && wanted > most)
    throw new Refusal(
      'quota-exceeded',
      `Quota exceeded, too many ${nouns}: ${wanted} would be more than ${most}.`,
    );
}

type Counted<Name extends keyof Quotas> = Readonly<Record<Name, number>>;

/** Why a project may not have so much more beside what it has, in Nova's words; null: it may. What it has is no reason alone. */
export function whyOverQuota<Name extends keyof Quotas>(
  quotas: Quotas,
  used: Counted<Name>,
  asked: Counted<Name>,
): string | null {
  const names = (Object.keys(asked) as Name[]).toSorted();
  const over = names.filter(
    (name) => asked[name] > 0 && quotas[name] !== unlimited && used[name] + asked[name] > quotas[name],
  );
  if (over.length === 0) return null;
  const told = (of: Counted<Name>): string => over.map((name) => of[name]).join(', ');
  return `Quota exceeded for ${over.join(', ')}: Requested ${told(asked)}, but already used ${told(used)} of ${told(quotas)} ${over.join(', ')}`;
}
