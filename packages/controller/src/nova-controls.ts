import { ferryRole } from '@ferry/model';
import type { NovaControls } from './http/nova/nova-controls.ts';
import { submitCreate } from './operations/create-instance/submit-create.ts';
import { submitDelete } from './operations/delete-instance/submit-delete.ts';
import type { OperationRunner } from './operations/operation-runner.ts';
import { submitPower } from './operations/power/submit-power.ts';
import type { Services } from './operations/shared/services.ts';
import { submitMove } from './operations/submit-move.ts';
import { moveRequest } from './move-request.ts';
import { consoleOutput } from './operations/servers/console-output.ts';
import { changeServer } from './operations/servers/change-server.ts';

/** Joins the pages of the compute API to operations and readings. */
export function novaControls(services: Services, runner: OperationRunner): NovaControls {
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
    deleteServer: async (asked, id) => {
      const operationId = await submitDelete(services, asked, id);
      if (operationId !== null) runner.start(operationId);
    },
    consoleOutput: (id, lines) => consoleOutput(services, id, lines),
    moveServer: async (asked, id, move) => {
      const migration = await submitMove(services, ferryRole(asked.caller), id, moveRequest(move), asked);
      runner.start(migration.id);
      return migration;
    },
  };
}
