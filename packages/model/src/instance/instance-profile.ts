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
