import {
  forbidsMoves,
  type Host,
  type Instance,
  isVolumeTask,
  stateMismatch,
  type VmState,
} from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** How long a request waits for an earlier one that changes the volumes of the same instance, as Nova's do. */
const patienceMs = 60_000;
const pollMs = 100;

/** An instance whose volumes may be changed now, with the host that shows it. */
interface FreeInstance {
  readonly instance: Instance;
  readonly host: Host;
}

/**
 * The instance in one of these states, held by nothing, where its host shows it. While another of its volumes comes or goes,
 * it is waited for: clients ask for several at once. `action` is Nova's name of what is asked for.
 */
export async function instanceForVolumes(
  services: Services,
  instanceId: string,
  action: string,
  states: readonly VmState[],
): Promise<FreeInstance> {
  const instance = await whenVolumesRest(services, instanceId);
  const refused = (why: string): Refusal =>
    new Refusal('instance-state', `Cannot '${action}' instance ${instance.id} while ${why}`);
  const mismatch = stateMismatch(instance, states);
  if (mismatch !== null) throw refused(`it is in ${mismatch.attribute} ${mismatch.value}`);
  if (forbidsMoves(instance.fault)) throw refused(`this is so: ${instance.fault?.message ?? ''}`);
  if (instance.operationId !== null) throw refused(`operation ${instance.operationId} holds it`);
  const host = await services.store.hosts.byId(instance.hostId);
  if (host === null)
    throw new Error(`host ${instance.hostId} of instance ${instance.id} is not in the store`);
  const { domains } = services.hypervisor.host(host.uri);
  const sighting = await domains.observe(instance.id, { deadlineMs: services.limits.inspectMs });
  if (sighting.kind === 'unreachable')
    throw refused(`its host ${host.name} does not answer: ${sighting.reason}`);
  if (sighting.kind === 'absent') throw refused(`its host ${host.name} knows no such domain`);
  if (sighting.job === 'active') throw refused(`libvirt runs a job on it on ${host.name}`);
  return { instance, host };
}

async function whenVolumesRest({ store }: Services, instanceId: string): Promise<Instance> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const instance = await store.instances.byId(instanceId);
    if (instance === null)
      throw new Refusal('instance-not-found', `Instance ${instanceId} could not be found.`);
    // Another controller may be at it: only the database tells.
    if (!isVolumeTask(instance.taskState) || performance.now() >= end) return instance;
    await new Promise((resolve) => {
      setTimeout(resolve, pollMs);
    });
  }
}

/** How often a request looks at an instance anew that another one took first: each time, that one has got what it wanted. */
const maxAttempts = 100;

/**
 * What an attempt gives, which is null when the instance or its volumes changed between the look and the taking: then it is
 * looked at anew, and what keeps it is told by that look.
 */
export async function untilTaken<T>(instanceId: string, attempt: () => Promise<T | null>): Promise<T> {
  for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
    const taken = await attempt();
    if (taken !== null) return taken;
  }
  throw new Refusal(
    'instance-state',
    `Instance ${instanceId} changed each time it was looked at; ask again.`,
  );
}
