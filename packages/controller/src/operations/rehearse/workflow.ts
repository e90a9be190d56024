import { setTimeout as sleep } from 'node:timers/promises';
import { formerStepNames } from '../context/with-step-names-of-now.ts';
import { type LinkRehearsal, type PhaseReport, rehearsedPhases } from '@ferry/model';
import { failureOf, NothingMoved, workflow } from '@ferry/workflow';
import { setStatus, throwIfAbortRequested } from '../context/move-context.ts';
import type { Services } from '../engine/services.ts';
import { readMoveInput } from '../context/move-input.ts';
import { type InspectedTarget, readInspectedTarget } from '../facts/inspected-target.ts';
import { inspectTarget } from '../move/inspect-target.ts';
import { prepareNetworks, undoNetworks } from '../move/prepare-networks.ts';
import { prepareStorage, undoStorage } from '../move/prepare-storage.ts';
import { makeLiveTargets, removeTargetImages } from '../move/target-images.ts';
import { prepareFirewall, undoFirewall } from '../security-groups/prepare-firewall.ts';
import type { LookedRehearsal, RehearsalContext, RehearsalInput } from './rehearsal-input.ts';
import { attemptPhase } from './steps/attempt-phase.ts';
import { seeAsBefore } from './steps/see-as-before.ts';
import { ensureNothingLeft, sendDisk, sendMemory } from './steps/stand-in.ts';

const minute = 60_000;

/**
 * All of a live migration but the move: the target is prepared as for it, a guest of Ferry's own goes the way, and all is taken
 * back, in the reverse order. What fails on the way is a finding; what cannot be taken back is tried again, as in a migration.
 */
export const rehearseWorkflow = workflow<RehearsalInput, Services>('rehearse', readMoveInput)
  .step({ name: 'begin', deadlineMs: minute, do: begin })
  .step({
    name: 'inspect-target',
    formerNames: formerStepNames['inspect-target'],
    readOutput: readInspectedTarget,
    why: 'what is found on the target later came with this rehearsal, and is taken away again',
    deadlineMs: minute,
    do: lookAtTarget,
  })
  .step({
    name: 'prepare-networks',
    deadlineMs: minute,
    do: (context) => prepare(context, 'prepare-networks', () => prepareNetworks(context)),
    undo: undoNetworks,
  })
  .step({
    name: 'prepare-storage',
    formerNames: formerStepNames['prepare-storage'],
    deadlineMs: 5 * minute,
    do: (context) => prepare(context, 'prepare-storage', () => prepareStorage(context)),
    undo: undoStorage,
  })
  .step({
    name: 'prepare-firewall',
    deadlineMs: minute,
    do: (context) => prepare(context, 'prepare-firewall', () => prepareFirewall(context)),
    undo: undoFirewall,
  })
  .step({
    name: 'prepare-images',
    why: 'empty ones alone: what would be brought whole would be taken away at once',
    deadlineMs: 10 * minute,
    do: (context) => prepare(context, 'prepare-images', () => makeLiveTargets(context)),
    undo: removeTargetImages,
  })
  .step({
    name: 'send-memory',
    why: 'whether the hosts reach each other, trust each other and understand each other is only known by doing it',
    deadlineMs: 5 * minute,
    do: tryMemory,
    undo: ensureNothingLeft,
  })
  .step({
    name: 'send-disk',
    why: 'disks go by connections of their own; and what goes over the link is measured by them, as empty memory takes nothing',
    deadlineMs: 10 * minute,
    do: tryDisk,
    undo: ensureNothingLeft,
  })
  .step({ name: 'end-stand-in', deadlineMs: 5 * minute, do: ensureNothingLeft })
  .step({ name: 'take-back-images', deadlineMs: 10 * minute, do: removeTargetImages })
  .step({ name: 'take-back-firewall', deadlineMs: minute, do: undoFirewall })
  .step({
    name: 'take-back-storage',
    formerNames: formerStepNames['take-back-storage'],
    deadlineMs: 5 * minute,
    do: undoStorage,
  })
  .step({ name: 'take-back-networks', deadlineMs: minute, do: undoNetworks })
  .pivot({
    name: 'see-as-before',
    why: 'that nothing of it is left is seen, and not believed',
    deadlineMs: 5 * minute,
    do: writeReport,
  })
  .build();

/** What the steps of a rehearsal give that its report is made of. */
interface RehearsalOutputs {
  readonly 'inspect-target': InspectedTarget & { readonly report: PhaseReport };
  readonly 'prepare-networks': PhaseReport;
  readonly 'prepare-storage': PhaseReport;
  readonly 'prepare-firewall': PhaseReport;
  readonly 'prepare-images': PhaseReport;
  readonly 'send-memory': PhaseReport;
  readonly 'send-disk': PhaseReport & { readonly link: LinkRehearsal };
}

async function begin(context: RehearsalContext): Promise<void> {
  const known = await context.services.store.migrations.byId(context.input.migrationId);
  if (known?.status !== 'preparing') await setStatus(context, 'queued', 'waits for its turn');
  await setStatus(context, 'preparing', 'prepare the target as for the migration');
  await throwIfAbortRequested(context);
}

/** Without it nothing can be taken back: what it fails by ends the rehearsal. */
async function lookAtTarget(context: RehearsalContext): Promise<RehearsalOutputs['inspect-target']> {
  const beganMs = performance.now();
  const found = await inspectTarget(context);
  const { define, start } = found.networks;
  const missing = [...define.map((one) => `define network ${one}`), ...start.map((one) => `start ${one}`)];
  const says = `nothing of the guest is there${missing.length === 0 ? '' : `; to do: ${missing.join(', ')}`}`;
  const elapsedMs = Math.round(performance.now() - beganMs);
  return { ...found, report: { phase: 'inspect-target', elapsedMs, says, problem: null } };
}

type Prepared = 'prepare-networks' | 'prepare-storage' | 'prepare-firewall' | 'prepare-images';

function prepare(
  context: LookedRehearsal,
  phase: Prepared,
  work: () => Promise<unknown>,
): Promise<PhaseReport> {
  return attemptPhase(context, phase, async () => {
    await work();
    return prepared[phase](context);
  });
}

const prepared: Readonly<Record<Prepared, (context: LookedRehearsal) => string>> = {
  'prepare-networks': ({ output }) => named('network', output['inspect-target'].networks.start),
  'prepare-storage': ({ output }) => {
    const { start, secrets } = output['inspect-target'].storage;
    return named('pool or secret', [...start, ...secrets.map(({ uuid }) => uuid)]);
  },
  'prepare-firewall': ({ input }) => named('packet filter', input.filter === null ? [] : [input.filter]),
  'prepare-images': ({ input }) => {
    const made = input.plan.disks.filter((disk) => disk.action === 'copy');
    const { images, bytes } = input.rehearsal.later;
    const says = named(
      'empty image',
      made.map(({ target }) => target),
    );
    return images === 0 ? says : `${says}; ${images} of ${mebibytes(bytes)} MiB left to the migration`;
  },
};

const mebibytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);

function named(what: string, names: readonly string[]): string {
  return names.length === 0 ? `no ${what} is to be made ready` : `${what}: ${names.join(', ')}`;
}

async function tryMemory(context: RehearsalContext): Promise<PhaseReport> {
  const { source, target } = context.input;
  await setStatus(context, 'running', `send a guest of Ferry's own from ${source.name} to ${target.name}`);
  return attemptPhase(context, 'send-memory', () => sendMemory(context));
}

async function tryDisk(context: RehearsalContext): Promise<RehearsalOutputs['send-disk']> {
  const { disk } = context.input.rehearsal;
  if (disk === null) {
    const says =
      'the guest has no file beside which one of Ferry could stand, and the hosts have no directory in which disks are made';
    const report = { phase: 'send-disk', elapsedMs: 0, says, problem: null } as const;
    return { ...report, link: { kind: 'not-measured', because: says } };
  }
  await setStatus(context, 'running', `send a disk of Ferry's own, to measure the link`);
  let link: LinkRehearsal = { kind: 'not-measured', because: 'the disk did not come' };
  const report = await attemptPhase(context, 'send-disk', async () => {
    const sent = await sendDisk(context, disk);
    ({ link } = sent);
    return `${mebibytes(sent.bytes)} MiB of a disk came`;
  });
  return { ...report, link };
}

/** The last step: what is written is only written once nothing is left. */
async function writeReport(context: LookedRehearsal & { readonly output: RehearsalOutputs }): Promise<void> {
  const kept = await lookPatiently(context);
  const { output, input, services } = context;
  // By the phases' names of now: a former version's log may have others.
  const phases = rehearsedPhases.map((phase) => ({
    ...(phase === 'inspect-target' ? output[phase].report : phaseOnly(output[phase])),
    phase,
  }));
  const { link } = output['send-disk'];
  await services.store.migrations.setRehearsal(input.migrationId, { phases, link, kept, asBefore: true });
}

function phaseOnly({ phase, elapsedMs, says, problem }: PhaseReport): PhaseReport {
  return { phase, elapsedMs, says, problem };
}

const maxLooks = 3;

/**
 * What is left is taken back once more, and so is all where a host does not answer: by the undos, with the instance free if that
 * takes long.
 */
async function lookPatiently(context: LookedRehearsal): Promise<string[]> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await seeAsBefore(context);
    } catch (error) {
      context.signal.throwIfAborted();
      const { code, message } = failureOf(error);
      if (looks === maxLooks || code === 'target-not-clean')
        throw new NothingMoved(code, `That all of it is taken back was not seen: ${message}`, {
          cause: error,
        });
      await sleep(context.services.limits.pollMs, undefined, { signal: context.signal });
    }
  }
}
