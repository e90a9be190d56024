import type { Caller, FlavorSnapshot } from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
import { submitDecision } from '../cold-migrate/held/held-decision.ts';
import { findInstance } from '../engine/find-instance.ts';
import { noValidHost, Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { moveRequest } from '../move/move-request.ts';
import { quotaOfResize } from '../move/resize-of-move.ts';
import { submitMove } from '../move/submit-move.ts';

const mebibyte = 1024 ** 2;

/** A request, and who makes it. */
type AskedBy = RequestContext & { readonly caller: Caller };

/** Accepts a cold migration that is held, with a change of size; gives the id of its operation. */
export async function submitResize(
  services: Services,
  asked: AskedBy,
  instanceId: string,
  flavor: FlavorSnapshot,
): Promise<string> {
  await requireRoom(services, instanceId, flavor);
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

/**
 * Refuses a size that the project's quota does not have room for, before any host is asked whether it has: a host that is too
 * small is found by the scheduler in Nova, and a quota before it. The move looks again when it begins.
 */
async function requireRoom(services: Services, instanceId: string, to: FlavorSnapshot): Promise<void> {
  const instance = await findInstance(services.store, instanceId);
  const profile = await services.store.profiles.of(instance.id);
  const from = { flavor: profile?.flavor ?? null, memoryBytes: instance.memoryBytes, vcpus: instance.vcpus };
  const resize = { from, to: { flavor: to, memoryBytes: to.memoryMib * mebibyte, vcpus: to.vcpus } };
  const quota = await quotaOfResize(services, profile, resize);
  const over = quota?.whyNotMore(await services.store.servers.usageOf(quota.projectId ?? '')) ?? null;
  if (over !== null) throw new Refusal('quota-exceeded', `${over}.`);
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
