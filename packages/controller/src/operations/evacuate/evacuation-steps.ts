import { readHost } from '../facts/read-host.ts';
import { NothingMoved } from '@ferry/workflow';
import { guestSeenAlive } from '../move/guest-seen-alive.ts';
import {
  abortRequested,
  type MoveContext,
  sayPhase,
  sayStatus,
  targetOf,
  throwIfAbortRequested,
} from '../move/move-context.ts';
import type { EvacuationMove } from './evacuation-move.ts';

type Context = MoveContext & { readonly input: EvacuationMove };

/** The first thing an evacuation says. */
export async function beginEvacuation(context: Context): Promise<void> {
  await sayStatus(context, 'pre-migrating', `prepare ${context.input.target.name}`);
  await throwIfAbortRequested(context);
}

/** Gives the target the definition as it was last read. */
export async function defineFromKept(context: Context): Promise<void> {
  const { target, xml } = context.input;
  await throwIfAbortRequested(context);
  await sayPhase(context, `define on ${target.name}`);
  await targetOf(context).domains.ensureDefined(xml, { signal: context.signal });
}

/** The pivot: the source is still off by what somebody said of it, it does not answer, and its disks are free. Changes nothing. */
export async function proveGone(context: Context): Promise<void> {
  const { source, target, writtenPaths } = context.input;
  const { services, signal } = context;
  await sayPhase(context, `see once more that ${source.name} is gone`);
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
  const sight = await there.domains.sight(context.input.instanceId, call);
  if (sight.kind === 'unreachable') throw new Error(`${target.name} does not answer: ${sight.reason}`);
  if (sight.kind === 'absent')
    throw new NothingMoved('target-not-clean', `The definition is gone from ${target.name}.`);
  for (const path of sight.state === 'running' ? [] : writtenPaths) {
    const held = await there.probes.refusalToWrite(path, call);
    if (held !== null) throw new NothingMoved('disk-held', `Somebody has ${path} open: ${held}.`);
  }
}

/** It is what it was: started where it ran, and seen alive. */
export async function startThere(context: Context): Promise<{ readonly guestSeenAlive: string | null }> {
  const { instanceId, power, autostart, target } = context.input;
  const { domains } = targetOf(context);
  const call = { signal: context.signal };
  if (autostart) await domains.setAutostart(instanceId, true, call);
  if (power !== 'running') return { guestSeenAlive: null };
  await sayPhase(context, `start on ${target.name}`);
  await domains.ensureStarted(instanceId, call);
  return { guestSeenAlive: await guestSeenAlive(context, domains, instanceId) };
}
