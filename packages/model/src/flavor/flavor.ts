import { type Caller, hasRole } from '../identity/caller.ts';
import type { FlavorSnapshot } from '../instance/instance-profile.ts';

/** A size that instances are created in, as it stands now; instances keep what it was then. */
export interface Flavor extends FlavorSnapshot {
  /** Kept for clients that set it; it changes nothing. */
  readonly rxtxFactor: number;
  readonly isPublic: boolean;
  readonly description: string | null;
  /** Projects that may use it though it is not public. */
  readonly access: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Whether the caller may use a flavor, and knows of it. */
export function mayUseFlavor(flavor: Flavor, caller: Caller): boolean {
  if (flavor.isPublic || hasRole(caller, 'admin')) return true;
  return caller.projectId !== null && flavor.access.includes(caller.projectId);
}

/** What of a flavor stays with an instance. */
export function flavorSnapshot(flavor: Flavor): FlavorSnapshot {
  const { id, name, vcpus, memoryMib, rootGib, ephemeralGib, swapMib, extraSpecs } = flavor;
  return { id, name, vcpus, memoryMib, rootGib, ephemeralGib, swapMib, extraSpecs };
}
