import type { InstanceProfile, VmState } from '@ferry/model';
import type { ServerRecord } from '../../store/instances/server-record.ts';
import { quotasOf, requireQuota } from '../engine/quotas.ts';
import type { Services } from '../engine/services.ts';
import type { RequestContext } from '../../store/operations/action-store.ts';

/** What is said of a server, or a part of it. */
export type ServerChange = Partial<Omit<InstanceProfile, 'instanceId' | 'createdAt'>> & {
  readonly name?: string;
};

/** Changes what is said of a server, from what is said of it now; null when there is none of that id. */
export async function changeServer(
  { store, limits }: Services,
  id: string,
  changeOf: (server: ServerRecord) => ServerChange,
): Promise<ServerRecord | null> {
  const before = await store.servers.byId(id);
  if (before === null) return null;
  // Refusals of what is asked come from here, before anything is written.
  const { name, metadata = {} } = changeOf(before);
  const count = Object.keys(metadata).length;
  // What has more from before may have fewer now.
  if (count > Object.keys(before.profile.metadata).length) {
    const { metadataItems } = await quotasOf({ store, limits }, before.profile.projectId);
    requireQuota(metadataItems, count, 'metadata items');
  }
  await store.profiles.change(id, (profile) => {
    const { name: _name, ...change } = changeOf({ ...before, profile });
    return change;
  });
  if (name !== undefined) await store.instances.rename(id, name);
  return store.servers.byId(id);
}

/** Sets what an instance is said to be; false while an operation holds it. */
export async function resetState(
  { store }: Services,
  asked: RequestContext,
  id: string,
  vmState: VmState,
): Promise<boolean> {
  if (!(await store.instances.setVmState(id, vmState))) return false;
  const server = await store.servers.byId(id);
  await store.actions.record({
    asked,
    instanceId: id,
    operationId: null,
    action: 'resetState',
    event: 'api_reset_state',
    host: server?.host.name ?? '',
  });
  return true;
}
