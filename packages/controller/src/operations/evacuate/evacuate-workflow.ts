import { NothingMoved, workflow } from '@ferry/workflow';
import { formerStepNames } from '../context/with-step-names-of-now.ts';
import {
  abortRequested,
  commitOwner,
  type MoveContext,
  setPhase,
  setStatus,
  targetOf,
  throwIfAbortRequested,
} from '../context/move-context.ts';
import { prepareFirewall, undoFirewall } from '../security-groups/prepare-firewall.ts';
import { inspectTarget } from '../move/inspect-target.ts';
import { prepareNetworks, undoNetworks } from '../move/prepare-networks.ts';
import { readInspectedTarget } from '../facts/inspected-target.ts';
import { type MoveInput, readMoveInput } from '../context/move-input.ts';
import type { Services } from '../engine/services.ts';
import { claimTargetDomain, clearTargetDomain } from '../move/target-domain.ts';
import { prepareStorage, undoStorage } from '../move/prepare-storage.ts';
import { readHost } from '../facts/read-host.ts';
import { guestSeenAlive } from '../move/guest-seen-alive.ts';

const minute = 60_000;

/** An instance whose host is gone is started elsewhere, from its definition as it was last read and disks that are there. */
export const evacuateWorkflow = workflow<EvacuationMove, Services>('evacuate', readMoveInput)
  .step({ name: 'begin', deadlineMs: minute, do: beginEvacuation })
  .step({
    name: 'inspect-target',
    formerNames: formerStepNames['inspect-target'],
    readOutput: readInspectedTarget,
    why: 'what is found there later came with this evacuation',
    deadlineMs: minute,
    do: inspectTarget,
  })
  .step({ name: 'prepare-networks', deadlineMs: minute, do: prepareNetworks, undo: undoNetworks })
  .step({
    name: 'prepare-storage',
    formerNames: formerStepNames['prepare-storage'],
    deadlineMs: 5 * minute,
    do: prepareStorage,
    undo: undoStorage,
  })
  .step({ name: 'prepare-firewall', deadlineMs: minute, do: prepareFirewall, undo: undoFirewall })
  .step({ name: 'define-on-target', deadlineMs: minute, do: defineFromKept, undo: clearTargetDomain })
  .pivot({
    name: 'prove-gone',
    why: 'the last look before a second copy could run: the source is off, and nobody holds the disks',
    deadlineMs: minute,
    do: proveGone,
  })
  .step({ name: 'commit', why: 'first of all the record must be right', deadlineMs: minute, do: commitOwner })
  .step({ name: 'start', deadlineMs: 10 * minute, do: startThere })
  .build();

/** What an evacuation works from: a move without anything to copy, and the definition that its source cannot tell any more. */
export interface EvacuationMove extends MoveInput {
  readonly xml: string;
  /** Files that nobody may have open when it is started at the target. */
  readonly writtenPaths: readonly string[];
}

type Context = MoveContext & { readonly input: EvacuationMove };

/** The first thing an evacuation says. */
async function beginEvacuation(context: Context): Promise<void> {
  await setStatus(context, 'pre-migrating', `prepare ${context.input.target.name}`);
  await throwIfAbortRequested(context);
}

/** Gives the target the definition as it was last read. */
async function defineFromKept(context: Context): Promise<void> {
  const { target, xml } = context.input;
  await throwIfAbortRequested(context);
  await setPhase(context, `define on ${target.name}`);
  await claimTargetDomain(context);
  await targetOf(context).domains.ensureDefined(xml, { signal: context.signal });
}

/** The pivot: the source is still off by what somebody said of it, it does not answer, and its disks are free. Changes nothing. */
async function proveGone(context: Context): Promise<void> {
  const { source, target, writtenPaths } = context.input;
  const { services, signal } = context;
  await setPhase(context, `see once more that ${source.name} is gone`);
  if (await abortRequested(context)) throw new NothingMoved('aborted', 'It was aborted by an operator.');
  const call = { signal, deadlineMs: services.limits.inspectMs };
  const known = await services.store.hosts.byId(source.id);
  const answers = known !== null && (await readHost(services, known, call)).kind === 'answers';
  if (answers) throw new NothingMoved('source-answers', `${source.name} answers again.`);
  if (known?.fence == null)
    throw new NothingMoved(
      'source-answers',
      `${source.name} has answered meanwhile: nobody knows it to be off.`,
    );
  const there = targetOf(context);
  const sighting = await there.domains.observe(context.input.instanceId, call);
  if (sighting.kind === 'unreachable') throw new Error(`${target.name} does not answer: ${sighting.reason}`);
  if (sighting.kind === 'absent')
    throw new NothingMoved('target-not-clean', `The definition is gone from ${target.name}.`);
  for (const path of sighting.state === 'running' ? [] : writtenPaths) {
    const held = await there.trials.refusalToWrite(path, call);
    if (held !== null) throw new NothingMoved('disk-held', `Somebody has ${path} open: ${held}.`);
  }
}

/** It is what it was: started where it ran, and seen alive. */
async function startThere(context: Context): Promise<{ readonly guestSeenAlive: string | null }> {
  const { instanceId, power, autostart, target } = context.input;
  const { domains } = targetOf(context);
  const call = { signal: context.signal };
  if (autostart) await domains.setAutostart(instanceId, true, call);
  if (power !== 'running') return { guestSeenAlive: null };
  await setPhase(context, `start on ${target.name}`);
  await domains.ensureStarted(instanceId, call);
  return { guestSeenAlive: await guestSeenAlive(context, domains, instanceId) };
}
