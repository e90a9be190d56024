import { randomUUID } from 'node:crypto';
import { forbidsMoves, type Host, type Instance } from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
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

/**
 * Accepts the deletion of an instance, or refuses it while something else is done to it. One that is being created is taken
 * back by its creation. Gives the id of the operation that is to be started; null when none is.
 */
export async function submitDelete(
  services: Services,
  asked: RequestContext,
  instanceId: string,
): Promise<string | null> {
  const { store } = services;
  const instance = await store.instances.byId(instanceId);
  if (instance === null) throw notFound(instanceId);
  const host = await store.hosts.byId(instance.hostId);
  if (host === null) throw new Error(`host ${instance.hostId} of instance ${instanceId} is not in the store`);
  if (instance.vmState === 'building' && (await store.deletions.request(instanceId))) {
    await store.actions.record({ ...actionOf(asked, instance, host), operationId: null });
    return null;
  }
  await requireFree(services, instance);
  const operationId = randomUUID();
  const input = await deleteInput(services, instance, host);
  const begun = await store.deletions.begin(instance, {
    operationId,
    workflow: 'delete-instance',
    input,
    action: { ...actionOf(asked, instance, host), operationId },
  });
  if (begun) return operationId;
  const now = await store.instances.byId(instanceId);
  if (now === null) throw notFound(instanceId);
  await requireFree(services, now);
  throw new Refusal('instance-state', `${instance.name} changed while it was looked at; ask again.`);
}

/** In Nova's words. One whose creation came to nothing is held by that, and free for this. */
async function requireFree({ store }: Services, instance: Instance): Promise<void> {
  const refused = (why: string): Refusal =>
    new Refusal('instance-state', `Cannot 'delete' instance ${instance.id} while ${why}`);
  if (instance.taskState !== null) throw refused(`it is in task_state ${instance.taskState}`);
  if (instance.vmState === 'resized')
    throw refused('it is in vm_state resized: confirm or revert that first');
  if (forbidsMoves(instance.fault)) throw refused(`this is so: ${instance.fault?.message ?? ''}`);
  if (instance.operationId === null) return;
  const profile = await store.profiles.of(instance.id);
  if (profile === null || profile.failure === null)
    throw refused(`operation ${instance.operationId} holds it`);
}

async function deleteInput({ store }: Services, instance: Instance, host: Host): Promise<DeleteInput> {
  const hosts = await store.hosts.list();
  const former = new Set(
    (await store.migrations.list())
      .filter((migration) => migration.instanceId === instance.id)
      .flatMap(({ sourceHostId, targetHostId }) => [sourceHostId, targetHostId])
      .filter((id) => id !== host.id),
  );
  return {
    instanceId: instance.id,
    instanceName: instance.name,
    host: { id: host.id, name: host.name, uri: host.uri },
    formerHosts: hosts.filter(({ id }) => former.has(id)).map(({ name, uri }) => ({ name, uri })),
  };
}

function actionOf(
  asked: RequestContext,
  instance: Instance,
  host: Host,
): {
  asked: RequestContext;
  instanceId: string;
  action: string;
  event: string;
  host: string;
} {
  const { requestId, userId, projectId } = asked;
  return {
    asked: { requestId, userId, projectId },
    instanceId: instance.id,
    action: 'delete',
    event: 'compute_terminate_instance',
    host: host.name,
  };
}

function notFound(id: string): Refusal {
  return new Refusal('instance-not-found', `Instance ${id} could not be found.`);
}
