import { randomUUID } from 'node:crypto';
import { forbidsMoves, type Host, type Instance } from '@ferry/model';
import type { NewAction } from '../../store/operations/action-store.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** What the deletion of an instance works from. It stands in the log, so it is plain data. */
export interface DeleteInput {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly host: { readonly id: string; readonly name: string; readonly uri: string };
  /** Other hosts that it was on: what it left of its console there goes too, where they answer. */
  readonly formerHosts: readonly { readonly name: string; readonly uri: string }[];
}

/** The instance and the host that it is on; refuses where there is none. */
export async function whatIsDeleted(
  { store }: Services,
  instanceId: string,
): Promise<{ instance: Instance; host: Host }> {
  const instance = await store.instances.byId(instanceId);
  if (instance === null) throw notFound(instanceId);
  const host = await store.hosts.byId(instance.hostId);
  if (host === null) throw new Error(`host ${instance.hostId} of instance ${instanceId} is not in the store`);
  return { instance, host };
}

/** Null: it has changed since it was read, or something has taken it. */
export async function beginDelete(
  services: Services,
  instance: Instance,
  host: Host,
  action: NewAction | null,
): Promise<string | null> {
  const operationId = randomUUID();
  const begun = await services.store.deletions.begin(instance, {
    operationId,
    workflow: 'delete-instance',
    input: await deleteInput(services, instance, host),
    action: action === null ? null : { ...action, operationId },
  });
  return begun ? operationId : null;
}

/** One whose creation came to nothing is held by that, and free for this. */
export async function isFree({ store }: Services, instance: Instance): Promise<boolean> {
  if (instance.taskState !== null) return false;
  if (instance.operationId === null) return true;
  const profile = await store.profiles.of(instance.id);
  return profile !== null && profile.failure !== null;
}

/** In Nova's words: which of several guests is meant, nobody knows. */
export function requireNoFault({ id, fault }: Instance): void {
  if (!forbidsMoves(fault)) return;
  throw new Refusal(
    'instance-state',
    `Cannot 'delete' instance ${id} while this is so: ${fault?.message ?? ''}`,
  );
}

async function deleteInput({ store }: Services, instance: Instance, host: Host): Promise<DeleteInput> {
  const hosts = await store.hosts.list();
  const former = new Set((await store.migrations.hostsOf(instance.id)).filter((id) => id !== host.id));
  return {
    instanceId: instance.id,
    instanceName: instance.name,
    host: { id: host.id, name: host.name, uri: host.uri },
    formerHosts: hosts.filter(({ id }) => former.has(id)).map(({ name, uri }) => ({ name, uri })),
  };
}

function notFound(id: string): Refusal {
  return new Refusal('instance-not-found', `Instance ${id} could not be found.`);
}
