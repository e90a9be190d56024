import type { VmState } from '@ferry/model';
import type { Asked } from '../../store/operations/action-store.ts';
import type { Services } from '../engine/services.ts';

/** Sets what an instance is said to be; false while an operation holds it. */
export async function resetState(
  { store }: Services,
  asked: Asked,
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
