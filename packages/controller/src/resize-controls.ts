import { ferryRole } from '@ferry/model';
import type { ResizeControls } from './http/nova/resize-controls.ts';
import { moveRequest } from './operations/move/move-request.ts';
import { submitDecision } from './operations/cold-migrate/held/held-decision.ts';
import { submitEvacuation } from './operations/evacuate/submit-evacuation.ts';
import type { OperationRunner } from './operations/engine/operation-runner.ts';
import { noValidHost, Refusal } from './operations/engine/refusal.ts';
import { findInstance } from './operations/engine/find-instance.ts';
import type { Services } from './operations/engine/services.ts';
import { submitMove } from './operations/move/submit-move.ts';

/** Joins resizing, its confirmation and evacuation to their operations. */
export function resizeControls(services: Services, runner: OperationRunner): ResizeControls {
  return {
    resizeServer: async (asked, id, flavor) => {
      const request = { ...moveRequest({ kind: 'cold-migration', hold: true }), resizeTo: flavor };
      // A project's members resize what is theirs, although they do not choose where it runs.
      const migration = await submitMove(services, 'operator', id, request, asked).catch((error: unknown) => {
        // Findings compare hosts.
        if (!(error instanceof Refusal) || error.findings.length === 0) throw error;
        throw noValidHost(services.log, asked.caller, ' for resize', error.message, error);
      });
      runner.start(migration.id);
    },
    decideServer: async (asked, id, decision) => {
      const instance = await findInstance(services.store, id);
      const { operationId } = await submitDecision(services, instance.migrationId ?? '', decision, asked);
      runner.start(operationId);
    },
    evacuateServer: async (asked, id, { host, leaveOff }) => {
      const request = { host, leaveOff, sharedPaths: [], accept: [] };
      const migration = await submitEvacuation(services, ferryRole(asked.caller), id, request, asked);
      runner.start(migration.id);
    },
  };
}
