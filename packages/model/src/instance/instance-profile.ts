/** What an instance was made from, as it was then: later changes of the flavor do not change it. Sizes as Nova has them. */
export interface FlavorSnapshot {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly rootGib: number;
  readonly ephemeralGib: number;
  readonly swapMib: number;
  readonly extraSpecs: Readonly<Record<string, string>>;
}

/** Why an instance could not be created. */
export interface CreationFailure {
  /** Of a step or a host, from a closed list. */
  readonly code: string;
  readonly message: string;
  readonly at: string;
}

/** What people and projects have to do with an instance, beside where and how it runs. */
export interface InstanceProfile {
  readonly instanceId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When it first ran under Ferry; null for one that never did. */
  readonly launchedAt: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** Who locked it, against changes by others than administrators; null when it is not locked. */
  readonly lockedBy: 'owner' | 'admin' | null;
  readonly lockedReason: string | null;
  /** The image its disk stands on; null for one that was adopted. */
  readonly imageId: string | null;
  /** Null for one that was adopted: what it has is its own then. */
  readonly flavor: FlavorSnapshot | null;
  readonly keyName: string | null;
  readonly availabilityZone: string | null;
  readonly hostname: string | null;
  /** Base64, as it was given. */
  readonly userData: string | null;
  readonly configDrive: boolean;
  /** Null where it was created or adopted. */
  readonly failure: CreationFailure | null;
  /** When somebody wanted it gone while it was being created; null: nobody did. */
  readonly deleteRequestedAt: string | null;
  /** By which addresses its owner says that it is reached; null: nothing is said. */
  readonly accessIpv4: string | null;
  readonly accessIpv6: string | null;
  /** What those have in common that one request created; null for one that was adopted, or created before it was kept. */
  readonly reservationId: string | null;
}

/** When an instance was there; times are UTC ISO 8601. */
export interface InstanceLife {
  /** When it first ran; null: it never did. */
  readonly launchedAt: string | null;
  /** Null: it is still there. */
  readonly deletedAt: string | null;
}

const msPerHour = 3_600_000;

/**
 * Hours of a period for which an instance was there: from its first run to its deletion, whether it runs or not, as Nova
 * counts (nova/api/openstack/compute/simple_tenant_usage.py, `_hours_for`).
 */
export function usedHours(life: InstanceLife, start: string, end: string): number {
  if (life.launchedAt === null) return 0;
  const from = Math.max(Date.parse(life.launchedAt), Date.parse(start));
  const to = Math.min(life.deletedAt === null ? Infinity : Date.parse(life.deletedAt), Date.parse(end));
  return Math.max(0, to - from) / msPerHour;
}

/** The reservation of a request, by the first instance that it created. */
export function reservationOfFirst(instanceId: string): string {
  return `r-${instanceId.replaceAll('-', '').slice(0, 8)}`;
}

/** The reservation of an instance: one that has none is the only one of its own. */
export function reservationOf(profile: Pick<InstanceProfile, 'instanceId' | 'reservationId'>): string {
  return profile.reservationId ?? reservationOfFirst(profile.instanceId);
}
