import type { Caller, FlavorSnapshot } from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
import { submitDecision } from '../cold-migrate/held/held-decision.ts';
import { findInstance } from '../engine/find-instance.ts';
import { noValidHost, Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { moveRequest } from '../move/move-request.ts';
import { submitMove } from '../move/submit-move.ts';

/** A request, and who makes it. */
type AskedBy = RequestContext & { readonly caller: Caller };

/** Accepts a cold migration that is held, with a change of size; gives the id of its operation. */
export async function submitResize(
  services: Services,
  asked: AskedBy,
  instanceId: string,
  flavor: FlavorSnapshot,
): Promise<string> {
  const request = { ...moveRequest({ kind: 'cold-migration', hold: true }), resizeTo: flavor };
  // A project's members resize what is theirs, although they do not choose where it runs.
  const migration = await submitMove(services, 'operator', instanceId, request, asked).catch(
    (error: unknown) => {
      // Findings compare hosts.
      if (!(error instanceof Refusal) || error.findings.length === 0) throw error;
      throw noValidHost(services.log, asked.caller, ' for resize', error.message, error);
    },
  );
  return migration.id;
}

/** Accepts that the held migration of a server is confirmed or reverted; gives the id of its operation. */
export async function submitResizeDecision(
  services: Services,
  asked: AskedBy,
  instanceId: string,
  decision: 'confirm' | 'revert',
): Promise<string> {
  const instance = await findInstance(services.store, instanceId);
  const { operationId } = await submitDecision(services, instance.operationId ?? '', decision, asked);
  return operationId;
}
