import { describeSighting, hasArrived, type PresentSighting } from '@ferry/model';
import { type MoveContext, setPhase, targetOf } from '../context/move-context.ts';
import { StepError } from '../engine/step-error.ts';
import { hasMade, madeOf } from '../files/made-paths.ts';
import { undoRight } from '../context/undo-right.ts';
import { sayWhatStaysNow } from './what-stays.ts';

const lookAgainMs = 200;

/** Makes sure that the target has no such domain yet: what is found there later came with this migration. */
export async function requireNoTargetDomain(context: MoveContext): Promise<void> {
  await requireAbsent(context, (there) => `has it already, ${there}`);
}

/** Throws `target-not-clean` where the target has the domain, and `target-silent` where it does not tell. */
async function requireAbsent(context: MoveContext, what: (there: string) => string): Promise<void> {
  const { instanceId, target } = context.input;
  const seen = await targetOf(context).domains.observe(instanceId, { signal: context.signal });
  if (seen.kind === 'absent') return;
  throw seen.kind === 'present'
    ? new StepError('target-not-clean', `${target.name} ${what(`${seen.state} (${seen.reason})`)}.`)
    : new StepError('target-silent', `${target.name} does not answer: ${seen.reason}.`);
}

/**
 * Whether it is a guest that came whole and was never told to run, of which the host that the instance belongs to has the
 * one that counts. Without that host's own word it may be the only one, and stays; so it does where a version began the
 * move that let libvirt start the guest there, unless it runs.
 */
async function isLeftPaused(context: MoveContext, target: PresentSighting): Promise<boolean> {
  const { arrivesPaused, instanceId, plan, target: side } = context.input;
  if (!hasArrived(target) || plan.form !== 'coordinated') return false;
  const { hosts, instances } = context.services.store;
  const instance = await instances.byId(instanceId);
  if (instance?.fault?.kind === 'two-copies') {
    // Somebody let it run, and it was paused for that: it is no longer what this migration left.
    const message = `${side.name} holds a copy that ran: a person chooses which one goes on.`;
    throw new StepError('target-not-clean', message);
  }
  // It was deleted, as a person wanted: there is none that counts, and this one never ran.
  if (instance === null && arrivesPaused === true) return true;
  // The source, unless another migration has moved the guest on since.
  const owner = (instance === null ? null : await hosts.byId(instance.hostId)) ?? context.input.source;
  const seen = await context.services.hypervisor.host(owner.uri).domains.observe(instanceId, {
    signal: context.signal,
    deadlineMs: context.services.limits.inspectMs,
  });
  if (seen.kind === 'present' && (seen.state === 'running' || arrivesPaused === true)) return true;
  throw new StepError(
    'target-not-clean',
    `${side.name} holds a paused copy, and ${owner.name} does not show that it has the guest: ${describeSighting(seen)}.`,
  );
}

/** Stands among what a migration has made on its target once the domain there can be its own. */
const domainMark = 'domain';

/**
 * Makes the domain on the target this migration's own, right before it comes there: one that somebody has defined since the target
 * was looked at is neither written over nor taken away. A move that a version began which wrote nothing down goes on as it did there.
 * Throws `target-not-clean`, and `target-silent` where the target does not tell.
 */
export async function claimTargetDomain(context: MoveContext): Promise<void> {
  const made = await madeOf(context);
  if (made === null || made.includes(domainMark)) return;
  const { instanceName, migrationId } = context.input;
  await requireAbsent(
    context,
    (there) => `has ${instanceName} since it was looked at, ${there}: somebody else has defined it there`,
  );
  await context.services.store.migrations.setMade(migrationId, domainMark, true);
}

/**
 * Takes away the definition that a failed migration leaves on the target, and waits for an incoming guest to be taken
 * away by its libvirt, or ends one that came whole and waits. Never ends a domain that runs.
 */
export async function clearTargetDomain(context: MoveContext): Promise<void> {
  if (!(await undoRight(context)).atTarget || !(await hasMade(context))(domainMark)) return;
  const target = targetOf(context);
  const { instanceId } = context.input;
  await setPhase(context, `undo: see that ${context.input.target.name} keeps nothing`);
  for (;;) {
    const sighting = await target.domains.observe(instanceId, {
      signal: context.signal,
      deadlineMs: context.services.limits.inspectMs,
    });
    if (sighting.kind === 'absent') return;
    if (sighting.kind === 'unreachable') {
      throw new StepError(
        'target-silent',
        `${context.input.target.name} does not answer: ${sighting.reason}.`,
      );
    }
    if (sighting.state === 'running') {
      throw new StepError(
        'target-not-clean',
        `${context.input.target.name} runs the domain (${sighting.reason}).`,
      );
    }
    if (sighting.state === 'shutoff') {
      await sayWhatStaysNow(context, 'target');
      await target.domains.ensureUndefined(instanceId, { signal: context.signal });
      return;
    }
    // One that has crashed there and is kept has not run on since: it is what is left of a move that came to nothing.
    if (sighting.state === 'crashed') {
      await sayWhatStaysNow(context, 'target');
      await target.domains.ensureStaleCopyRemoved(instanceId, { signal: context.signal });
      return;
    }
    if (await isLeftPaused(context, sighting)) {
      await sayWhatStaysNow(context, 'target');
      await target.domains.ensureStaleCopyRemoved(instanceId, { signal: context.signal });
      return;
    }
    context.signal.throwIfAborted();
    await new Promise((resolve) => {
      setTimeout(resolve, lookAgainMs);
    });
  }
}
