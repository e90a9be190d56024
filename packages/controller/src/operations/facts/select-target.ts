import {
  chooseHost,
  type GroupOfInstance,
  type GroupPlacement,
  groupPlacement,
  type Host,
  type Instance,
} from '@ferry/model';
import type { Store } from '../../store/store.ts';

/** The target of a move, or why there is none. */
export interface TargetSelection {
  readonly target: Host | null;
  readonly problem: string | null;
  /** Why this one, when Ferry chose it; empty when it was named. */
  readonly choice: string;
}

/** The named host, or the one with most free memory that its server group allows when none is named. */
export async function selectTarget(
  store: Store,
  hosts: readonly Host[],
  instance: Instance,
  name: string | null,
  group: GroupOfInstance | null,
): Promise<TargetSelection> {
  if (name !== null) {
    const target = hosts.find((host) => host.name === name) ?? hosts.find((host) => host.id === name) ?? null;
    return { target, problem: target === null ? `there is no host "${name}"` : null, choice: '' };
  }
  const claimed = new Map<string, number>();
  for (const host of hosts) claimed.set(host.id, await store.migrations.claimedMemoryBytes(host.id));
  const choice = chooseHost(instance, hosts, claimed, placementsOf(group));
  return {
    target: choice.host,
    problem: choice.host === null ? choice.because : null,
    choice: choice.because,
  };
}

function placementsOf(group: GroupOfInstance | null): ((hostId: string) => GroupPlacement) | undefined {
  if (group === null) return undefined;
  const nameOf = (id: string): string => group.hostNames[id] ?? id;
  return (hostId) => groupPlacement(group.group, group.others, hostId, nameOf);
}
