import { ferryRole } from '@ferry/model';
import type { NovaControls } from './http/nova/nova-controls.ts';
import { submitAttach } from './operations/volumes/submit-attach.ts';
import { attachmentOf, submitDetach } from './operations/volumes/detach-volume.ts';
import { submitCreate } from './operations/create-instance/submit-create.ts';
import { submitDelete } from './operations/servers/submit-delete.ts';
import type { IdentityControls } from './identity-controls.ts';
import { consoleControls } from './console-controls.ts';
import type { OperationRunner } from './operations/engine/operation-runner.ts';
import { submitPower } from './operations/servers/submit-power.ts';
import type { Services } from './operations/engine/services.ts';
import { submitMove } from './operations/move/submit-move.ts';
import { moveRequest } from './operations/move/move-request.ts';
import { abortLive } from './operations/move/abort-live.ts';
import { quotasOf } from './operations/engine/quotas.ts';
import { changeServer, resetState } from './operations/servers/change-server.ts';
import { listVolumes, serverVolumeOf } from './operations/volumes/list-volumes.ts';
import { readConsole, readStatistics } from './operations/servers/read-guest.ts';
import { forceComplete } from './operations/move/force-complete.ts';

/** Joins the pages of the compute API to operations and readings. */
export function novaControls(
  services: Services,
  runner: OperationRunner,
  identity: IdentityControls,
): NovaControls {
  const { store } = services;
  return {
    server: (id) => store.servers.byId(id),
    servers: (query) => store.servers.page(query),
    changeServer: (id, change) => changeServer(services, id, change),
    power: async (asked, id, action) => {
      runner.start(await submitPower(services, asked, id, action));
    },
    createServers: async (asked, wanted) => {
      const accepted = await submitCreate(services, asked, wanted);
      for (const { operationId } of accepted) runner.start(operationId);
      return accepted.map(({ instanceId }) => instanceId);
    },
    ...attachmentControls(services, runner),
    deleteServer: async (asked, id) => {
      const operationId = await submitDelete(services, asked, id);
      if (operationId !== null) runner.start(operationId);
    },
    moveServer: async (asked, id, move) => {
      const migration = await submitMove(services, ferryRole(asked.caller), id, moveRequest(move), asked);
      runner.start(migration.id);
      return migration;
    },
    resetState: (asked, id, state) => resetState(services, asked, id, state),
    consoleOutput: (id) => readConsole(services, id),
    knowsHost: async (name) => (await store.hosts.byNameOrId(name))?.name === name,
    migrationsOf: (instanceId) => store.migrationRecords.of(instanceId),
    migrationRecords: (query) => store.migrationRecords.page(query),
    forceComplete: (asked, migration) => forceComplete(services, asked, migration),
    abortMigration: (asked, migration) => abortLive(services, asked, migration),
    guestStatistics: (id) => readStatistics(services, id),
    actionsOf: (query) => store.actions.page(query),
    actionOf: (instanceId, requestId) => store.actions.byRequest(instanceId, requestId),
    projectOfActions: (instanceId) => store.actions.projectOf(instanceId),
    usageOf: (projectId) => store.servers.usageOf(projectId),
    quotasOf: (projectId) => quotasOf(services.limits.quotas, projectId),
    defaultQuotas: services.limits.quotas,
    usages: (query) => store.usage.page(query),
    ...consoleControls(services, identity),
    ...hostControls(services),
  };
}

function attachmentControls(
  services: Services,
  runner: OperationRunner,
): Pick<NovaControls, 'volumesOf' | 'attachVolume' | 'detachVolume' | 'keepVolume'> {
  return {
    volumesOf: (id) => listVolumes(services, id),
    attachVolume: async (asked, id, wanted) => {
      const { operationId, attachment } = await submitAttach(services, asked, id, wanted);
      runner.start(operationId);
      return serverVolumeOf(attachment);
    },
    detachVolume: async (asked, id, volumeId) => {
      runner.start(await submitDetach(services, asked, id, volumeId));
    },
    keepVolume: async (id, volumeId, deleteOnTermination) => {
      const { attachment } = await attachmentOf(services, id, volumeId);
      await services.store.attachments.setDeleteOnTermination(attachment.id, deleteOnTermination);
    },
  };
}

function hostControls({
  store,
}: Services): Pick<
  NovaControls,
  | 'hostRecords'
  | 'instancesOfHost'
  | 'changeHost'
  | 'removeHost'
  | 'aggregates'
  | 'addAggregate'
  | 'changeAggregate'
  | 'addAggregateHost'
  | 'removeAggregateHost'
  | 'removeAggregate'
> {
  const { hostServices, aggregates } = store;
  return {
    hostRecords: () => hostServices.list(),
    instancesOfHost: (hostId) => hostServices.instancesOf(hostId),
    changeHost: async (hostId, change) => {
      await hostServices.change(hostId, change);
      return (await hostServices.list()).find(({ host }) => host.id === hostId) ?? null;
    },
    removeHost: (hostId) => hostServices.remove(hostId),
    aggregates: () => aggregates.list(),
    addAggregate: (name, zone) => aggregates.add(name, zone),
    changeAggregate: (number, change) => aggregates.change(number, change),
    addAggregateHost: (number, hostId) => aggregates.addHost(number, hostId),
    removeAggregateHost: (number, hostId) => aggregates.removeHost(number, hostId),
    removeAggregate: (number) => aggregates.remove(number),
  };
}
