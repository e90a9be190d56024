import type { Host, Instance } from '@ferry/model';
import type { NewAction, RequestContext } from '../../store/operations/action-store.ts';
import type { Services } from '../engine/services.ts';
import { carryOutAskedDelete } from './asked-delete.ts';
import { beginDelete, isFree, requireNoFault, whatIsDeleted } from './begin-delete.ts';

/**
 * Accepts the deletion of an instance, whatever is done to it (decision 0127). One that is being created is taken back by its
 * creation; what else holds it ends first, a move by being aborted where it still can be, one that waits to be confirmed by
 * that. Gives the id of the operation that is to be started; null when none is.
 */
export async function submitDelete(
  services: Services,
  asked: RequestContext,
  instanceId: string,
): Promise<string | null> {
  const { store } = services;
  const { instance, host } = await whatIsDeleted(services, instanceId);
  const action = actionOf(asked, instance, host);
  if (instance.vmState === 'building' && (await store.deletions.request(instanceId))) {
    await store.actions.record(action);
    return null;
  }
  requireNoFault(instance);
  if (await isFree(services, instance)) {
    const operationId = await beginDelete(services, instance, host, action);
    if (operationId !== null) return operationId;
  }
  await store.deletions.ask(instanceId, action);
  return carryOutAskedDelete(services, instanceId);
}

function actionOf(asked: RequestContext, instance: Instance, host: Host): NewAction {
  const { requestId, userId, projectId } = asked;
  return {
    asked: { requestId, userId, projectId },
    instanceId: instance.id,
    operationId: null,
    action: 'delete',
    event: 'compute_terminate_instance',
    host: host.name,
  };
}
